"""How the layers are read that normalise each sample: along some axes, or by groups of channels.

Source: `keras/src/layers/normalization` of 3, and the layers of https://github.com/tensorflow/addons that became these
"""

from __future__ import annotations

from math import prod
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.shapes import axis_of
from translator.dialects.keras.layers import rule_of
from translator.dialects.keras.readings import reads
from translator.dialects.keras.reducing import normalized
from translator.dialects.keras.site import Site
from translator.mapping import Blob


def standardised(site: Site, x: Ref, axes: list[int], epsilon: float, part: str = "") -> Ref:
    """Subtract the mean along axes, and divide by the root of the variance and a little."""
    off = site.add(L.Subtract(), x, site.add(L.Mean(axes=axes), x, part="mean"), part="off")
    square = site.add(L.Power(power=2.0), off, part="square")
    variance = site.add(L.Mean(axes=axes), square, part="variance")
    deviation = site.add(L.Power(power=0.5, shift=epsilon), variance, part="deviation")
    return site.add(L.Divide(), off, deviation, part=part)


def affine(site: Site, x: Ref, axis: int, count: int) -> Ref:
    """Multiply by learned factors, and add learned numbers, where the fields say so."""
    scale, center = bool(site.get("scale", True)), bool(site.get("center", True))
    if scale:
        blobs = [Blob("gamma"), Blob("beta")]
        return site.add(L.Scale(axis=axis, count=count, bias=center), x, blobs=blobs)
    return site.add(L.Bias(axis=axis, count=count), x, blobs=[Blob("beta")]) if center else site.add(L.Identity(), x)


@reads("LayerNormalization")
def _layer_normalization(site: Site) -> Ref:
    said = site.get("axis", -1)
    axes = sorted({axis_of(axis, site.rank) for axis in (said if isinstance(said, list) else [said])})
    site.need(not site.get("rms_scaling"), "it scales by the mean of squares")
    if axes == [site.rank - 1]:
        layer, rule = rule_of(site)
        site.taken += rule.keys
        return site.add(layer, blobs=rule.blobs_of(layer))
    site.need(axes[0] > 0 and axes == list(range(axes[0], axes[-1] + 1)), "its axes do not follow each other")
    found = standardised(site, site.x, axes, site.get("epsilon", 1e-3), part="standardised")
    return affine(site, found, axes[0], len(axes))


@reads("GroupNormalization", "Addons>GroupNormalization", "Addons>InstanceNormalization")
def _group_normalization(site: Site) -> Ref:
    """Normalise the channels of a group together; -1 makes each channel a group."""
    site.need(axis_of(site.get("axis", -1), site.rank) == site.rank - 1, "its channels are not last")
    sizes: list[Any] = list(site.shapes[0][1:])
    site.need(None not in sizes, "its sizes are not known")
    channels, groups = sizes[-1], site.get("groups", -1 if "Instance" in site.entry.kind else 32)
    groups = channels if groups == -1 else groups
    site.need(groups > 0 and channels % groups == 0, "its channels are not dealt to groups evenly")
    dealt = site.add(L.Reshape(sizes=(0, prod(sizes[:-1]), groups, channels // groups)), part="groups")
    found = standardised(site, dealt, [1, 3], site.get("epsilon", 1e-3), part="standardised")
    return affine(site, site.add(L.Reshape(sizes=(0, *sizes)), found, part="channels"), site.rank - 1, 1)


@reads("RMSNormalization")
def _rms_normalization(site: Site) -> Ref:
    """Divide by the root of the mean of squares along the last axis, and multiply by learned factors."""
    said = site.get("axis", -1)
    axes = [axis_of(axis, site.rank) for axis in (said if isinstance(said, list) else [said])]
    site.need(axes == [site.rank - 1], "its axes are not the last one")
    square = site.add(L.Mean(axes=axes), site.add(L.Power(power=2.0), part="square"), part="mean")
    root = site.add(L.Power(power=0.5, shift=site.get("epsilon", 1e-6)), square, part="root")
    found = site.add(L.Divide(), site.x, root, part="divided")
    return site.add(L.Scale(axis=axes[0]), found, blobs=[Blob("gamma")])


@reads("UnitNormalization")
def _unit_normalization(site: Site) -> Ref:
    axes = site.get("axis", -1)
    return normalized(site, sorted({axis_of(axis, site.rank) for axis in (axes if isinstance(axes, list) else [axes])}))
