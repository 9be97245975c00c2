"""Layers that take values from places, or put them there; see `pointwise.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ir import layers as L
from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable

JOINS = {"instead": (11, "none"), "add": (16, "add"), "multiply": (16, "mul"), "max": (18, "max"), "min": (18, "min")}
"""Since which operator set values can be put in a way, and its name."""
MODES = {"linear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}
"""What lies between pixels, as it was called before operator set 20."""
BORDERS = {"zeros": "zeros", "edge": "border", "mirror": "reflection"}


def taken(site: Site) -> list[str]:
    """Take values by numbers that come as floats."""
    return [site.op("GatherElements", site.x, site.cast(site.inputs[1], "int64"), axis=site.layer.axis)]


def known_joins(opset: int) -> Callable[[Any, At], None]:
    """Return what requires that an operator set can put values in the way that a layer does."""

    def check(layer: L.PutAlong, at: At) -> None:
        if opset < JOINS[layer.how][0]:
            raise Unsayable(f"it takes operators of set {JOINS[layer.how][0]}")

    return check


def put(site: Site) -> list[str]:
    """Put values by numbers that come as floats."""
    layer = site.layer
    more = {} if layer.how == "instead" else {"reduction": JOINS[layer.how][1]}
    index = site.cast(site.inputs[1], "int64")
    return [site.op("ScatterElements", site.x, index, site.inputs[2], axis=layer.axis, **more)]


def sampled(site: Site) -> list[str]:
    """Take pixels at points."""
    layer = site.layer
    mode = layer.mode if site.opset >= 20 else MODES[layer.mode]
    facts = {"mode": mode, "padding_mode": BORDERS[layer.border], "align_corners": int(layer.corners)}
    return [site.op("GridSample", *site.inputs, **facts)]
