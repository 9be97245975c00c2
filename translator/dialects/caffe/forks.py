"""Layers of Caffe's forks that work on images."""

from __future__ import annotations

import math
from typing import Any

from ir import layers as L
from translator.attrs import Attrs
from translator.dialects.caffe.codecs import SymmetricPad, Window
from translator.dialects.caffe.forms import FILLERS, elementwise
from translator.mapping import Always, At, Blob, Codec, Field, Rule, Unsayable


class MeanSlope(Codec):
    """The bounds of a random slope: inference divides by their logarithmic mean.

    Source: https://github.com/ducha-aiki/caffe, src/caffe/layers/rrelu_layer.cpp
    """

    keys = ("lb", "ub")

    def read(self, attrs: Attrs, at: At) -> Any:
        low, high = attrs.get("lb"), attrs.get("ub")
        if not low or not high or low * high <= 0 or low >= high:
            raise ValueError("needs bounds lb < ub of one sign")
        return math.log(high / low) / (high - low)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("ReLU says it with its negative slope")


class Both(Codec):
    """A size along both axes: one field of its own each, or none."""

    def __init__(self, high: str, wide: str) -> None:
        self.keys = (high, wide)

    def read(self, attrs: Attrs, at: At) -> Any:
        high, wide = (attrs.get(key) or None for key in self.keys[:2])
        if (high is None) != (wide is None):
            raise ValueError(f"needs both {self.keys[0]} and {self.keys[1]}")
        return high and (high, wide)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return dict(zip(self.keys, value or (), strict=False))


class InterpSize(Both):
    """`height` and `width`; a border, which the layer may cut off first, is not known here."""

    def __init__(self) -> None:
        super().__init__("height", "width")
        self.keys = (*self.keys, "pad_beg", "pad_end")

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("pad_beg") or attrs.get("pad_end"):
            raise Unsayable("it cuts a border off before it interpolates")
        return super().read(attrs, at)


class UnpoolSize(Both):
    """`upsample_h` and `upsample_w`; `pad_out_h` and `pad_out_w` take one off twice the input's size."""

    def __init__(self) -> None:
        super().__init__("upsample_h", "upsample_w")
        self.keys = (*self.keys, "pad_out_h", "pad_out_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        sizes = [attrs.get(key) for key in self.keys[:2]]
        short = [bool(attrs.get(key)) for key in self.keys[2:]]
        if None not in sizes:
            return tuple(sizes)
        if not any(short):
            return None
        if not at.inputs or None in at.space:
            raise ValueError("needs to know the size of the image")
        return tuple(2 * (size or 0) - cut for size, cut in zip(at.space, short, strict=True))


class UnpoolingSize(Codec):
    """`unpool_size`, or height and width under the names of two forks; or a `scale`, which another codec reads.

    Sources: unpooling_layer.cpp of https://github.com/HyeonwooNoh/caffe (`unpool_size`, `unpool_h`, `unpool_w`) and of
    https://github.com/tum-vision/fusenet (`output_h`, `output_w`, `scale`); others take it from windows.
    """

    keys = ("unpool_size", "unpool_h", "unpool_w", "output_h", "output_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        both = attrs.get("unpool_size")
        sizes = (
            attrs.get("unpool_h", attrs.get("output_h", both)),
            attrs.get("unpool_w", attrs.get("output_w", both)),
        )
        if None not in sizes:
            return sizes
        if "scale" not in attrs:
            raise Unsayable("the size follows from windows, of which forks differ")
        return None

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("Upsample says it")


class Grid(Both):
    """Two sizes, both of which there must be."""

    def read(self, attrs: Attrs, at: At) -> Any:
        sizes = super().read(attrs, at)
        if sizes is None:
            raise ValueError(f"needs {self.keys[0]} and {self.keys[1]}")
        return sizes


class ReorgStride(Codec):
    """The stride of Reorg, which takes channels that its square divides, and can go the other way too.

    Source: https://github.com/choasup/caffe-yolo9000, reorg_layer.cpp, after Darknet's
    """

    keys = ("stride", "reverse")

    def read(self, attrs: Attrs, at: At) -> Any:
        stride = attrs.get("stride")
        if not stride:
            raise ValueError("needs stride")
        if attrs.get("reverse"):
            raise Unsayable("it goes the other way")
        if at.channels is None or at.channels % stride**2:
            raise Unsayable(f"Darknet's order takes channels that {stride**2} divides")
        return stride

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"stride": value}


def local(foreign: str, group: str = "local_param") -> Rule:
    """Return the rule of a convolution with filters for each place, whose blobs have four axes."""
    return Rule(
        foreign,
        L.LocallyConnected2D,
        group=group,
        ignore=FILLERS,
        blobs=(
            Blob("kernel", form=lambda shape: (shape[0], 1, *shape[1:])),
            Blob("bias", form=lambda shape: (1, 1, *shape)),
        ),
        filters=Field("num_output"),
        kernel=Window("kernel", "kernel_size"),
        stride=Window("stride", "stride", absent=1),
        pad=SymmetricPad(),
        bias=Field("bias_term", absent=True),
    )


RULES = [
    Rule(
        "ROIPooling",
        L.ROIPool2D,
        group="roi_pooling_param",
        size=Grid("pooled_h", "pooled_w"),
        scale=Field("spatial_scale", absent=1.0),
    ),
    Rule(
        "EltwiseAffine",
        L.Scale,
        group="eltwise_affine_param",
        where={"channel_shared": None},
        blobs=(Blob("gamma"), Blob("beta")),
        ignore=("slope_filler", "bias_filler"),
        bias=Always(True),
    ),
    elementwise("RReLU", L.ReLU, "rrelu_param", negative_slope=MeanSlope()),
    Rule(
        "Interp",
        L.ResizeBilinear2D,
        group="interp_param",
        size=InterpSize(),
        shrink=Field("shrink_factor", absent=1),
        zoom=Field("zoom_factor", absent=1),
    ),
    *(local(name) for name in ("Local", "LOCAL")),
    local("LOCAL_WEIGHTED_CONVOLUTION", "local_weighted_convolution_param"),
    Rule(
        "Reorg",
        L.Reorg2D,
        group="reorg_param",
        assumes="the order of Darknet's reorg is assumed, which most forks have; one has the plain order of pixels",
        factor=ReorgStride(),
    ),
    Rule(
        "Upsample",
        L.Unpool2D,
        group="upsample_param",
        size=UnpoolSize(),
        scale=Window("scale", "scale", absent=2, repeats=False),
    ),
    Rule(
        "Unpooling",
        L.Unpool2D,
        group="unpooling_param",
        where={"unpool": "MAX"},
        ignore=("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w", "pad", "pad_h", "pad_w"),
        size=UnpoolingSize(),
        scale=Window("scale", "scale", absent=2, repeats=False),
    ),
    Rule("Upsample", L.Upsample2D, group="upsample_param", scale=Window("scale", "scale", absent=2, repeats=False)),
    Rule("ShuffleChannel", L.ChannelShuffle, group="shuffle_channel_param", groups=Field("group", absent=1)),
]
