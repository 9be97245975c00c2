"""Layers of C3D, Caffe for video: windows over volumes, whose depth has fields of its own.

Source: https://github.com/facebookarchive/C3D, caffe.proto and the layers of these names.
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.attrs import Attrs
from translator.dialects.caffe.codecs import RoundsUp, Window
from translator.dialects.caffe.forms import FILLERS
from translator.mapping import At, Blob, Codec, Field, Rule, Unsayable


class Deep(Codec):
    """A size along all three axes: one field for the depth, and one for height and width alike."""

    def __init__(self, deep: str, flat: str, *, absent: int | None = None) -> None:
        self.keys = (deep, flat)
        self.absent = absent

    def read(self, attrs: Attrs, at: At) -> Any:
        sizes = [each[0] if each else self.absent for each in map(attrs.repeated, self.keys)]
        if None in sizes:
            raise ValueError(f"needs both {self.keys[0]} and {self.keys[1]}")
        return (sizes[0], sizes[1], sizes[1])

    def write(self, value: Any, at: At) -> dict[str, Any]:
        depth, height, width = value
        if height != width:
            raise Unsayable("height and width differ")
        said = zip(self.keys, (depth, height), strict=True)
        return {key: size for key, size in said if size != self.absent}


class DeepPad(Deep):
    """A border that is the same before and after an axis."""

    def __init__(self) -> None:
        super().__init__("temporal_pad", "pad", absent=0)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(before != after for before, after in value):
            raise Unsayable("Caffe pads both sides alike")
        return super().write(tuple(before for before, _ in value), at)


def windows() -> dict[str, Codec]:
    """Return how the parameters of windows are spelt."""
    return {
        "kernel": Deep("kernel_depth", "kernel_size"),
        "stride": Deep("temporal_stride", "stride", absent=1),
        "pad": DeepPad(),
    }


def convolution(foreign: str, layer: Any) -> Rule:
    """Return the rule of a convolution; BVLC's own, which has a kernel for each axis, comes before it."""
    said: dict[str, Any] = windows()
    return Rule(
        foreign,
        layer,
        group="convolution3d_param",
        ignore=FILLERS,
        blobs=(Blob("kernel"), Blob("bias")),
        filters=Field("num_output"),
        groups=Field("group", absent=1),
        bias=Field("bias_term", absent=True),
        **said,
    )


def pooling(layer: Any, pool: str) -> Rule:
    """Return the rule of a pooling, which rounds up as Caffe's does over images."""
    said: dict[str, Any] = windows()
    where = {"pool": pool}
    group = "pooling3d_param"
    return Rule("Pooling3D", layer, group=group, where=where, ignore=FILLERS, **said, rounding=RoundsUp())


class Bare(Codec):
    """No border: with one, this layer has windows that lie wholly in it, which the catalogue's has not."""

    keys = ("pad",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if any(attrs.repeated("pad")):
            raise Unsayable("its windows may lie wholly in its border")
        return 0

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("Pooling3D says it")


def pooling_nd(layer: Any, pool: str) -> Rule:
    """Return the rule of a pooling that has its windows along each axis, as Greentea has it.

    Source: https://github.com/naibaf7/caffe, pooling_nd_layer.cpp
    """
    return Rule(
        "PoolingND",
        layer,
        group="pooling_nd_param",
        where={"pool": pool},
        ignore=FILLERS,
        kernel=Window("kernel", "kernel_size"),
        stride=Window("stride", "stride", absent=1),
        pad=Bare(),
        rounding=RoundsUp(),
    )


RULES = [
    convolution("Convolution3D", L.Conv3D),
    convolution("Deconvolution3D", L.Conv3DTranspose),
    pooling(L.MaxPool3D, "MAX"),
    pooling(L.AvgPool3D, "AVE"),
    *(pooling_nd(layer, "MAX") for layer in (L.MaxPool3D, L.MaxPool2D)),
    *(pooling_nd(layer, "AVE") for layer in (L.AvgPool3D, L.AvgPool2D)),
]
