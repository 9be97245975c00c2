"""How the classes are read that go with emitted source, where a file was saved of a model that has them.

A class of another's making may bear the same name: it must have just the fields of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from ir.shapes import window_count
from translator.dialects.keras.classes import WITH_CLASSES
from translator.dialects.keras.layers import READINGS
from translator.dialects.keras.site import Site
from translator.mapping import Unsayable

EVERY = frozenset(["name", "trainable", "dtype"])
"""Fields that any layer has."""
_BLOBS = {rule.foreign: rule.blobs_of for rule in WITH_CLASSES}


def _fitting(site: Site) -> tuple[tuple[int, int], ...]:
    """Return the border of a pooling of which what is before each axis is said, and how many windows it has."""
    fields = site.fields
    space = site.shapes[0][1:3] if site.layout == "channels_last" else site.shapes[0][2:]
    axes = zip(space, fields["pool_size"], fields["strides"], fields["padding"], fields["size"], strict=True)
    found = []
    for size, kernel, stride, before, count in axes:
        site.need(size is not None, "the size of its input is not known")
        after = max(0, (count - 1) * stride + kernel - (size or 0) - before)
        site.need(window_count(size or 0, kernel, stride, (before, after)) == count, "its windows do not fit")
        found.append((before, after))
    return tuple(found)


def _indexed(site: Site) -> Layer:
    fields = site.fields
    return L.MaxPoolIndices2D(kernel=fields["pool_size"], stride=fields["strides"], pad=_fitting(site))


def _columns(site: Site) -> Layer:
    fields = site.fields
    return L.Im2Col(kernel=fields["kernel_size"], stride=fields["strides"], dilation=fields["dilation_rate"])


def _local(site: Site) -> Layer:
    fields = site.fields
    return L.LocallyConnected2D(
        filters=fields["filters"],
        kernel=fields["kernel_size"],
        stride=fields["strides"],
        bias=bool(fields["use_bias"]),
    )


def _boxes(site: Site) -> Layer:
    """Make a PriorBox, whose grid is that of the image which it takes."""
    layer = _alike(L.PriorBox)(site)
    assert isinstance(layer, L.PriorBox)
    # Where nothing else looks at the image its channels may stand in either place.
    sizes = [tuple(site.shapes[0][1:3]), tuple(site.shapes[0][2:4])]
    site.need(tuple(layer.grid) in sizes, "its grid is another one than its input's")
    return layer


def _alike(layer: Any, **named: str) -> Callable[[Site], Layer]:
    """Return what makes a layer of the fields that bear its parameters' names, but for some that bear others."""

    def make(site: Site) -> Layer:
        own = {name: site.fields[name] for name in layer.params if name in site.fields}
        made: Layer = layer(**own, **{name: site.fields[key] for name, key in named.items()})
        return made

    return make


_SPACE = ("data_format",)
OWN: dict[str, tuple[Callable[[Site], Layer], tuple[str, ...]]] = {
    "ArgMax": (_alike(L.ArgMax), ("axis", "top", "values")),
    "Constant": (_alike(L.Constant, sizes="shape"), ("shape",)),
    "ContinuedLSTM": (_alike(L.ContinuedLSTM), ("units",)),
    "ContinuedRNN": (_alike(L.ContinuedRNN), ("units",)),
    "DetectionOutput": (_alike(L.DetectionOutput), tuple(L.DetectionOutput.params)),
    "Im2Col": (_columns, ("kernel_size", "strides", "dilation_rate", "size", *_SPACE)),
    "LRN": (_alike(L.LRN), ("size", "alpha", "beta", "k")),
    "LocallyConnected": (_local, ("filters", "kernel_size", "strides", "size", "use_bias", *_SPACE)),
    "MaxPoolIndices": (_indexed, ("pool_size", "strides", "padding", "size", *_SPACE)),
    "PSROIPool": (_alike(L.PSROIPool2D), (*L.PSROIPool2D.params, *_SPACE)),
    "PriorBox": (_boxes, tuple(L.PriorBox.params)),
    "Proposals": (_alike(L.Proposals), (*L.Proposals.params, *_SPACE)),
    "ROIPool": (_alike(L.ROIPool2D), ("size", "scale", *_SPACE)),
    "Reorg": (_alike(L.Reorg2D), ("factor", *_SPACE)),
    "ResizeBilinear": (_alike(L.ResizeBilinear2D), ("size", *_SPACE)),
    "SequenceStart": (_alike(L.SequenceStart), ()),
    "Unpool": (_alike(L.Unpool2D), ("size", *_SPACE)),
}
"""How a layer is made of the fields of each class, and which those are."""


def _reading(kind: str) -> Callable[[Site], Sequence[Ref]]:
    make, keys = OWN[kind]
    other = READINGS.get(kind)

    def read(site: Site) -> Sequence[Ref]:
        if site.fields.keys() - EVERY - set(_SPACE) != set(keys) - set(_SPACE):
            if other is None:
                raise Unsayable("it is a class of another's making")
            return other(site)
        layer = make(site)
        site.taken += keys
        bare = layer.arity == (0, 0)
        ref = site.add(layer, blobs=_BLOBS[kind](layer), bare=bare)
        return [Ref(ref.node, place) for place in range(layer.outputs)]

    return read


READINGS.update({kind: _reading(kind) for kind in OWN})

__all__ = ["OWN"]
