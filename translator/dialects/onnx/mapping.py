"""ONNX's operators, in the newest form; `versions.py` knows what an older operator set says otherwise.

Source: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ir import layers as L
from ir.shapes import axis_of, window_count
from translator import mapping
from translator.attrs import Attrs
from translator.dialects.onnx import (
    arrange,
    attention,
    custom,
    detection,
    learned,
    placing,
    pointwise,
    recurrent,
    resample,
    windows,
)
from translator.mapping import Always, At, Blob, Codec, Field, Rules, Said, Unsayable


class Steps(Field):
    """A whole number for each spatial axis, left out where it is the same idle one everywhere."""

    def __init__(self, key: str, idle: int = 1) -> None:
        super().__init__(key, absent=idle, encode=lambda value, at: idle if set(value) == {idle} else list(value))


class Pads(Codec):
    """`pads`: what is added before each spatial axis, and then what is added behind each."""

    keys = ("pads",)

    def read(self, attrs: Attrs, at: At) -> Any:
        pads = attrs.get("pads", (0,) * 2 * at.rank)
        return tuple(zip(pads[: at.rank], pads[at.rank :], strict=True))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        pads = [before for before, _ in value] + [after for _, after in value]
        if any(pad < 0 for pad in pads):
            raise Unsayable("a border is not negative")
        return {"pads": pads} if any(pads) else {}


class PoolPads(Pads):
    """The border of a pooling, which engines want to be smaller than the window."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(max(pad) >= kernel for pad, kernel in zip(value, at.values["kernel"], strict=True)):
            raise Unsayable("the border is as wide as the window")
        return super().write(value, at)


class Rounding(Codec):
    """`ceil_mode`, left out where the windows fit exactly."""

    keys = ("ceil_mode",)

    def read(self, attrs: Attrs, at: At) -> Any:
        return "ceil" if attrs.get("ceil_mode") else "floor"

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"ceil_mode": 1} if value == "ceil" and not _is_same_floored(at) else {}


class Floored(Rounding):
    """What pooling knew before `ceil_mode`."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if super().write(value, at):
            raise Unsayable("before operator set 10 a partial window never counts")
        return {}


def _is_same_floored(at: At) -> bool:
    """Tell whether a pooling has the same windows whether it rounds up or down."""
    gaps = at.values.get("dilation", (1,) * len(at.space))
    reach = [gap * (size - 1) + 1 for size, gap in zip(at.values["kernel"], gaps, strict=True)]
    axes = zip(at.space, reach, at.values["stride"], at.values["pad"], strict=True)
    return all(
        size is not None and window_count(size, k, s, p, ceil=True) == window_count(size, k, s, p)
        for size, k, s, p in axes
    )


class Together(Always):
    """What pooling knew before `dilations`."""

    def __init__(self, rank: int | None) -> None:
        super().__init__((1,) * (rank or 0))


class CountPad(Codec):
    """`count_include_pad`, left out where there is no border."""

    keys = ("count_include_pad",)

    def read(self, attrs: Attrs, at: At) -> Any:
        return bool(attrs.get("count_include_pad", 0))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"count_include_pad": 1} if value and any(map(any, at.values["pad"])) else {}


class Rule(mapping.Rule):
    """A rule that may hold for some inputs alone: `needs` raises Unsayable where the layer cannot be said on them."""

    def __init__(
        self, foreign: str, layer: Any, /, *, needs: Callable[[Any, At], object] | None = None, **facts: Any
    ) -> None:
        super().__init__(foreign, layer, **facts)
        self.needs = needs

    def write(self, layer: Any, at: At) -> Attrs:
        if self.needs:
            self.needs(layer, at)
        return super().write(layer, at)


def built(foreign: str, layer: Any, build: Any, *params: str, needs: Any = None) -> Rule:
    """Return a rule whose build function looks at the layer itself; it says every value of `params`."""
    every = {name: Said() for name in (params or layer.params)}
    return Rule(foreign, layer, needs=needs, build=build, **every)


def axis_field(absent: int | None = None) -> Field:
    """Return an axis, counted from the front: negative ones came with operator set 11."""

    def encode(value: int, at: At) -> int:
        return axis_of(value, len(at.inputs[0]))

    return Field("axis", absent=absent, encode=encode)


def convolution(foreign: str, layer: Any, **codecs: Any) -> Rule:
    """Return the rule of a convolution of some rank."""
    return Rule(
        foreign,
        layer,
        blobs=(Blob("kernel"), Blob("bias")),
        filters=Said(),
        kernel=Field("kernel_shape", encode=lambda value, at: list(value)),
        stride=Steps("strides"),
        pad=Pads(),
        dilation=Steps("dilations"),
        groups=Field("group", absent=1),
        bias=Said(),
        **codecs,
    )


def pooling(foreign: str, layer: Any, opset: int, **codecs: Any) -> Rule:
    """Return the rule of a pooling over windows."""
    return Rule(
        foreign,
        layer,
        kernel=Field("kernel_shape", encode=lambda value, at: list(value)),
        stride=Steps("strides"),
        pad=PoolPads(),
        rounding=Rounding() if opset >= 10 else Floored(),
        **codecs,
    )


def windowed(opset: int) -> list[Rule]:
    """Return the rules of what slides windows."""
    return [
        *(convolution("Conv", each) for each in (L.Conv1D, L.Conv2D, L.Conv3D)),
        *(
            convolution("ConvTranspose", each, output_pad=Steps("output_padding", idle=0))
            for each in (L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose)
        ),
        *(
            pooling("MaxPool", each, opset, dilation=Steps("dilations") if opset >= 10 else Together(each.rank))
            for each in (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
        ),
        *(
            pooling("AveragePool", each, opset, count_pad=CountPad())
            for each in (L.AvgPool1D, L.AvgPool2D, L.AvgPool3D)
        ),
        *(Rule("GlobalMaxPool", each) for each in (L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D)),
        *(Rule("GlobalAveragePool", each) for each in (L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D)),
        pooling("MaxPool", L.MaxPoolIndices2D, opset, needs=windows.known_plane, build=windows.max_pool_indices),
        built("Conv", L.Im2Col, windows.im2col, needs=windows.known_channels),
        built(
            "Einsum",
            L.LocallyConnected2D,
            windows.local,
            needs=windows.known_channels if opset >= 12 else detection.since(12),
        ),
        built("Transpose", L.Reorg2D, resample.reorg),
        built("Resize", L.Upsample2D, resample.upsample),
        built("Resize", L.ResizeBilinear2D, resample.resize, needs=resample.known_result),
        built("ScatterElements", L.Unpool2D, resample.unpool, needs=resample.known_result),
        Rule(
            "MaxRoiPool",
            L.ROIPool2D,
            size=Field("pooled_shape", encode=lambda value, at: list(value)),
            scale=Field("spatial_scale", absent=1.0),
        ),
        built("Constant", L.PriorBox, lambda site: [site.constant(site.layer.values(), "boxes")]),
        built(
            "NonMaxSuppression",
            L.DetectionOutput,
            detection.detections,
            needs=detection.known_boxes if opset >= 11 else detection.since(11),
        ),
        built(
            "NonMaxSuppression",
            L.Proposals,
            detection.proposals,
            needs=detection.known_cells if opset >= 11 else detection.since(11),
        ),
        built(
            "Einsum",
            L.PSROIPool2D,
            detection.parts,
            needs=detection.known_cells if opset >= 12 else detection.since(12),
        ),
        built("Transpose", L.ChannelShuffle, resample.shuffle, needs=resample.known_image),
        *(
            built("Pad", each, windows.pad, needs=windows.known_mode if opset < 19 else None)
            for each in (L.Pad1D, L.Pad2D, L.Pad3D)
        ),
    ]


def weighted(opset: int) -> list[Rule]:
    """Return the rules of other layers with weights, and of normalisations."""
    return [
        built("Gemm", L.Dense, learned.dense),
        built("Gather", L.Embed, learned.embed),
        Rule(
            "BatchNormalization",
            L.BatchNorm,
            needs=learned.known_turn,
            build=learned.batch_norm,
            axis=Said(),
            epsilon=Field("epsilon", absent=1e-5),
            momentum=Field("momentum", absent=0.9),
            scale=Said(),
            center=Said(),
        ),
        built("Mul", L.Scale, learned.scale),
        built("Add", L.Bias, learned.scale),
        built("Mul", L.ScaleBy, learned.stretched),
        built("Add", L.BiasBy, learned.stretched),
        Rule(
            "LRN",
            L.LRN,
            needs=learned.of_image,
            size=Field("size"),
            alpha=Field("alpha", absent=1e-4),
            beta=Field("beta", absent=0.75),
            k=Field("bias", absent=1.0),
            region=Always("across_channels"),
        ),
        built("PRelu", L.PReLU, learned.prelu),
        built("Identity", L.Constant, learned.constant),
        built("Scan", L.ContinuedLSTM, recurrent.lstm),
        built("Scan", L.ContinuedRNN, recurrent.rnn),
        *(
            built(kind, layer, recurrent.over_time, needs=None if opset >= 12 else recurrent.unmasked)
            for layer, kind in recurrent.KINDS.items()
        ),
        built("Add", L.SequenceStart, recurrent.start),
    ]


FUNCTIONS = {
    each: each.capitalize()
    for each in (
        "floor", "ceil", "sign", "erf", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh",
        "atanh", "round",
    )
}  # fmt: skip
"""Functions of each element by their operators."""


def elementwise(opset: int) -> list[Rule]:
    """Return the rules of functions of each element."""
    return [
        Rule("Relu", L.ReLU),
        Rule("LeakyRelu", L.ReLU, negative_slope=Field("alpha", absent=0.01)),
        Rule("Clip", L.ReLU, where={"min": 0.0}, maximum=Field("max")),
        built("Min", L.ReLU, pointwise.cut_leaky_relu),
        *(
            Rule(
                kind,
                L.Function,
                function=Always(name),
                needs=detection.since(11) if opset < 11 and kind == "Round" else None,
            )
            for name, kind in FUNCTIONS.items()
        ),
        Rule("HardSigmoid", L.HardSigmoid, slope=Field("alpha", absent=0.2)),
        Rule("HardSwish", L.HardSwish) if opset >= 14 else built("HardSigmoid", L.HardSwish, pointwise.hard_swish),
        Rule("Elu", L.ELU, alpha=Field("alpha", absent=1.0)),
        Rule("Sigmoid", L.Sigmoid),
        Rule("Tanh", L.Tanh),
        Rule("Abs", L.Abs),
        Rule("Softplus", L.Softplus),
        built("Erf", L.GELU, pointwise.gelu),
        Rule("Clip", L.Clip, minimum=Field("min"), maximum=Field("max")),
        Rule("Exp", L.Exp),
        Rule("Log", L.Log),
        Rule("Dropout", L.Dropout, rate=Field("ratio", absent=0.5)),
        Rule("Identity", L.Identity),
        built("Greater", L.Threshold, pointwise.threshold),
        built("Pow", L.Power, pointwise.power),
    ]


def structural(opset: int) -> list[Rule]:
    """Return the rules of what joins, cuts and rearranges."""
    return [
        Rule("Softmax", L.Softmax, axis=axis_field(absent=-1), build=arrange.softmax),
        built("TopK", L.ArgMax, arrange.arg_max, needs=arrange.known_scores),
        Rule("Concat", L.Concat, axis=axis_field()),
        Rule("Sum", L.Add, build=pointwise.summed),
        Rule("Mul", L.Multiply, build=pointwise.multiplied),
        Rule("Max", L.Maximum),
        Rule("Sub", L.Subtract),
        Rule("Div", L.Divide),
        Rule("MatMul", L.MatMul),
        *([built("Attention", L.Attention, attention.operator, needs=attention.of_four_axes)] if opset >= 23 else []),
        built("Softmax", L.Attention, attention.spelt_out, needs=attention.known_sizes),
        built("Less", L.Compare, pointwise.compared, needs=None if opset >= 12 else detection.since(12)),
        Rule("Pow", L.RaiseTo),
        built("Where", L.Select, pointwise.selected),
        built("GatherElements", L.TakeAlong, placing.taken, needs=None if opset >= 11 else detection.since(11)),
        built("ScatterElements", L.PutAlong, placing.put, needs=placing.known_joins(opset)),
        built("GridSample", L.GridSample2D, placing.sampled, needs=None if opset >= 16 else detection.since(16)),
        built("GridSample", L.GridSample3D, placing.sampled, needs=None if opset >= 20 else detection.since(20)),
        built("Flatten", L.Flatten, arrange.reshape, needs=arrange.sayable_sizes),
        built("Reshape", L.Reshape, arrange.reshape, needs=arrange.sayable_sizes),
        Rule("Transpose", L.Permute, order=Field("perm", encode=lambda value, at: list(value))),
        built("Split", L.Slice, arrange.split),
        built("Slice", L.Crop, arrange.crop, needs=arrange.known_cut if opset < 10 else None),
        built("Tile", L.Tile, arrange.tile),
        built("ReduceSum", L.Reduction, arrange.reduction),
        built("ReduceMean", L.Mean, arrange.mean),
        built("Slice", L.Reverse, arrange.reverse, needs=arrange.known_length if opset < 10 else None),
        built("Gather", L.BatchReindex, arrange.batch_reindex),
        built("", L.Custom, custom.custom),
    ]


TAUGHT: list[Rule] = []
"""Rules of plugins, which hold for every operator set."""


def teach(rule: Rule) -> None:
    """Add a rule before those of the table."""
    TAUGHT.insert(0, rule)
    rules.cache_clear()


@cache
def rules(opset: int) -> Rules:
    """Return what an operator set can say."""
    return Rules([*TAUGHT, *windowed(opset), *weighted(opset), *elementwise(opset), *structural(opset)])
