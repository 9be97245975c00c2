"""How layers are read that are in the code of projects known to all: Keras's applications, AutoKeras, YAD2K, FaceNet.

The code of a Lambda is looked at for a name, and never run.
Source: `keras/applications` of 2.15 (convnext.py, inception_resnet_v2.py), https://github.com/keras-team/autokeras
(keras_layers.py), https://github.com/allanzelener/YAD2K (yad2k.py) and https://github.com/nyoki-mtl/keras-facenet
(inception_resnet_v1.py)
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ir import layers as L
from ir.graph import Ref
from translator.dialects.keras.cutting import inserted
from translator.dialects.keras.images import gathered
from translator.dialects.keras.readings import reads
from translator.dialects.keras.site import Site
from translator.mapping import Blob

BLOCKS = {"space_to_depth_x2": 2, "space_to_depth_x4": 4}
"""The Lambdas of YAD2K by the names of their layers, and the sides of the blocks that they make channels of."""


@reads("LayerScale")
def _layer_scale(site: Site) -> Ref:
    """Read ConvNeXt's factor of each channel."""
    site.taken += ["init_values", "projection_dim"]
    site.need(site.get("projection_dim") == site.shapes[0][-1], "it has not a factor for each channel")
    return site.add(L.Scale(axis=site.rank - 1), blobs=[Blob("gamma")])


@reads("StochasticDepth")
def _stochastic_depth(site: Site) -> Ref:
    """Read ConvNeXt's layer that leaves a branch out at random, while it is trained."""
    site.taken += site.fields
    return site.add(L.Identity())


@reads("CustomScaleLayer")
def _scaled_sum(site: Site) -> Ref:
    """Read what Inception-ResNet adds a branch by: x + scale * branch."""
    return site.add(L.Add(coefficients=(1.0, float(site.get("scale", 1.0)))))


@reads("CastToFloat32", "Custom>CastToFloat32")
def _cast(site: Site) -> Ref:
    """Read AutoKeras's first layer, and what others call so too: the same numbers as floats."""
    return site.add(L.Identity())


@reads("ExpandLastDim", "Custom>ExpandLastDim")
def _expanded(site: Site) -> Ref:
    """Read AutoKeras's layer that gives an image of gray values, or a row of numbers, its one channel."""
    return inserted(site, site.x, site.rank)


@reads("Lambda")
def _known(site: Site) -> Ref:
    """Read a Lambda of a known project, and tell it; what others do is in their code alone."""
    side = BLOCKS.get(site.entry.name.rpartition("/")[2])
    arguments: Any = site.fields.get("arguments")
    scale = arguments.get("scale") if isinstance(arguments, dict) and arguments.keys() == {"scale"} else None
    code = _code(site)
    if side:
        project, ref = "YAD2K", gathered(site, side)
    elif isinstance(scale, float) and len(site.inputs) == 2 and b"inception_resnet_v2" in code:
        project, ref = "Keras's Inception-ResNet", site.add(L.Add(coefficients=(1.0, scale)))
    else:
        site.need(isinstance(scale, float) and len(site.inputs) == 1 and b"scaling" in code, "")
        project, ref = "FaceNet", site.add(L.Power(scale=scale or 1.0))
    site.taken += site.fields
    told = f"{site.entry.name} is a Lambda that looks like one of {project}, and is taken to do what that does"
    site.drawn.report.add("assumed-value", told, site.entry.origin)
    return ref


def _code(site: Site) -> bytes:
    """Return the code of a Lambda as it lies in the file, in base64 or, before 2.1, as it is."""
    function = site.fields.get("function")
    text = function[0] if isinstance(function, list) and function else ""
    if not isinstance(text, str):
        return b""
    try:
        return base64.b64decode(text.encode(errors="replace"), validate=False) + text.encode(errors="replace")
    except binascii.Error:
        return text.encode(errors="replace")
