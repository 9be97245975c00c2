"""Keras 3's layers and operations.

Source: https://keras.io/api/layers/ and https://keras.io/api/ops/

`layers.X` is a layer, `ops.x` an operation on tensors, and a bare name a class that goes with the source.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ir import layers as L
from ir.shapes import axis_of
from translator.dialects.keras.borders import (
    Added,
    ConvPadding,
    Cropping,
    PoolPadding,
    TransposeExtra,
    TransposePadding,
    ZeroPadding,
)
from translator.dialects.keras.classes import WITH_CLASSES
from translator.dialects.keras.codecs import (
    AddedBias,
    AllChannels,
    Broadcasts,
    Counted,
    Covered,
    EqualStrides,
    FlatAxis,
    KeepsBatch,
    KnownPlane,
    LastAxis,
    Moot,
    Multiplier,
    NotNegative,
    OneAxis,
    OneOpen,
    SharedAxes,
    Simple,
    Strides,
    added_elsewhere,
    axis_field,
    pair,
)
from translator.dialects.keras.definitions import DEFINITIONS
from translator.dialects.keras.op import Op
from translator.dialects.keras.over_time import OVER_TIME
from translator.mapping import Always, At, Blob, Field, Rule, Rules, Said


def convolution(layer: Any, name: str, letters: str) -> Rule:
    """Return the rule of a convolution of some rank."""
    return Rule(
        f"layers.{name}",
        layer,
        blobs=(Blob("kernel", f"{letters}IO"), Blob("bias")),
        filters=Field("filters"),
        kernel=pair("kernel_size"),
        stride=Strides(),
        dilation=pair("dilation_rate", absent=1),
        pad=ConvPadding(),
        groups=Field("groups", absent=1),
        bias=Field("use_bias", absent=True),
    )


def depthwise(layer: Any, name: str, letters: str) -> Rule:
    """Return the rule of a convolution with one group for each channel."""
    return Rule(
        f"layers.{name}",
        layer,
        blobs=(Blob("kernel", f"{letters}IO", "depthwise"), Blob("bias")),
        groups=AllChannels(),
        kernel=pair("kernel_size"),
        stride=EqualStrides(),
        dilation=pair("dilation_rate", absent=1),
        pad=ConvPadding(),
        filters=Multiplier(),
        bias=Field("use_bias", absent=True),
    )


def transposed(layer: Any, name: str, letters: str) -> Rule:
    """Return the rule of a transposed convolution of some rank."""
    return Rule(
        f"layers.{name}",
        layer,
        blobs=(Blob("kernel", f"{letters}OI"), Blob("bias")),
        filters=Field("filters"),
        kernel=pair("kernel_size"),
        stride=Strides(),
        dilation=pair("dilation_rate", absent=1),
        pad=TransposePadding(),
        output_pad=TransposeExtra(),
        bias=Field("use_bias", absent=True),
    )


def pooling(layer: Any, name: str) -> Rule:
    """Return the rule of a pooling of some rank."""
    average = "count_pad" in layer.params
    counted: dict[str, Any] = {"count_pad": Counted()} if average else {}
    return Rule(
        f"layers.{name}",
        layer,
        kernel=pair("pool_size", shown=True),
        stride=pair("strides", shown=True),
        pad=PoolPadding(),
        rounding=Moot("floor"),
        **counted,
    )


def global_pooling(layer: Any, name: str) -> Rule:
    """Return the rule of a global pooling that keeps the spatial axes."""
    return Rule(f"layers.{name}", layer, where={"keepdims": True})


def padding(layer: Any, rank: int) -> list[Rule]:
    """Return the rules of a border that is added or cut away."""
    return [
        Rule(f"layers.ZeroPadding{rank}D", layer, pad=ZeroPadding()),
        Rule(f"layers.Cropping{rank}D", layer, pad=Cropping(), value=Moot(0.0)),
        Rule("ops.pad", layer, pad=Added(), value=Said(), mode=Simple("constant", "reflect"), build=_pad),
    ]


def _pad(layer: Any, at: At, inputs: list[Any]) -> Op:
    space = [list(axis) for axis in layer.pad]
    none = [0, 0]
    width = [none, *space, none] if at.layout == "channels_last" else [none, none, *space]
    if layer.mode != "constant":
        return Op("ops.pad", inputs, {"pad_width": width, "mode": layer.mode})
    value = -math.inf if layer.value is None else layer.value
    return Op("ops.pad", inputs, {"pad_width": width, "constant_values": value})


def activation(layer: Any, name: str) -> Rule:
    """Return the rule of a function that Keras has by name."""
    return Rule("layers.Activation", layer, where={"activation": name})


def _einsum(layer: Any, at: At, inputs: list[Any]) -> Op:
    letters = "abcdefgh"[: len(at.inputs[0])]
    start = axis_of(layer.axis, len(letters), end=True)
    stop = len(letters) if layer.count == -1 else start + layer.count
    scaled = letters[start:stop]
    sizes = tuple(at.outputs[0][1:])
    config = {"equation": f"{letters},{scaled}->{letters}", "output_shape": sizes}
    return Op("layers.EinsumDense", inputs, config | ({"bias_axes": scaled} if layer.bias else {}))


def reshaping(layer: Any) -> list[Rule]:
    """Return the rules of a layer that gives its elements another shape."""
    codecs: dict[str, Any] = {name: Said() for name in layer.params}
    return [
        Rule("layers.Reshape", layer, build=_reshape, **{**codecs, next(iter(codecs)): KeepsBatch()}),
        Rule("ops.reshape", layer, build=_reshape_all, **{**codecs, next(iter(codecs)): OneOpen()}),
    ]


def _open(sizes: Any) -> tuple[int, ...]:
    return tuple(-1 if size is None else size for size in sizes)


def _reshape(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("layers.Reshape", inputs, {"target_shape": _open(at.outputs[0][1:])})


def _reshape_all(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.reshape", inputs, {"newshape": _open(at.outputs[0])})


def _permute(layer: Any, at: At, inputs: list[Any]) -> Op:
    if layer.order[0] == 0:
        return Op("layers.Permute", inputs, {"dims": layer.order[1:]})
    return Op("ops.transpose", inputs, {"axes": layer.order})


def _split(layer: Any, at: At, inputs: list[Any]) -> Op:
    where = layer.pieces if layer.points is None else list(layer.points)
    rank = len(at.inputs[0])
    axis = axis_of(layer.axis, rank)
    return Op("ops.split", inputs, {"indices_or_sections": where, "axis": -1 if axis == rank - 1 else axis})


def _tile(layer: Any, at: At, inputs: list[Any]) -> Op:
    rank = len(at.inputs[0])
    repeats = [1] * rank
    repeats[axis_of(layer.axis, rank)] = layer.times
    return Op("ops.tile", inputs, {"repeats": repeats})


def _mean(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.mean", inputs, {"axis": list(layer.axes), "keepdims": True})


def _reduce(layer: Any, at: At, inputs: list[Any]) -> Op:
    rank = len(at.inputs[0])
    axes = list(range(axis_of(layer.axis, rank), rank))
    return Op(f"ops.{REDUCED.get(layer.function, layer.function)}", inputs, {"axis": axes})


def _argmax(layer: Any, at: At, inputs: list[Any]) -> Op:
    # Of equal values Caffe takes the last, and Keras the first.
    index = Op("ops.argmax", [Op("ops.flip", inputs, {"axis": layer.axis})], {"axis": layer.axis, "keepdims": True})
    size = at.inputs[0][layer.axis]
    return Op("ops.subtract", [float(size or 0) - 1, Op("ops.cast", [index], {"dtype": "float32"})])


def _joined(kind: str) -> Callable[[Any, At, list[Any]], Op]:
    """Return how two tensors that may stretch are joined: Keras's layers want one batch, its operations do not."""

    def build(layer: Any, at: At, inputs: list[Any]) -> Op:
        x, by = at.inputs
        if kind == "Add" and added_elsewhere(x, len(x) - len(by), by):
            inputs = inputs[::-1]
        alike = len(x) == len(by) > 0 and x[:1] == by[:1]
        return Op(f"layers.{kind}", [inputs]) if alike else Op(f"ops.{kind.lower()}", inputs)

    return build


def _resized(layer: Any, at: At, inputs: list[Any]) -> Op:
    height, width = layer.size
    return Op("layers.Resizing", inputs, {"height": height, "width": width})


def _shuffle(layer: Any, at: At, inputs: list[Any]) -> Op:
    height, width = at.space
    dealt = (layer.groups, (at.channels or 0) // layer.groups)
    first = at.layout == "channels_first"
    parts = (*dealt, height, width) if first else (height, width, *dealt)
    grouped = Op("layers.Reshape", inputs, {"target_shape": parts})
    turned = Op("layers.Permute", [grouped], {"dims": (2, 1, 3, 4) if first else (1, 2, 4, 3)})
    return Op("ops.reshape", [turned], {"newshape": _open(at.outputs[0])})


def _power(layer: Any, at: At, inputs: list[Any]) -> Op:
    named = {0.5: "ops.sqrt", 2.0: "ops.square"}.get(layer.power)
    return Op(named, inputs) if named else Op("ops.power", [*inputs, layer.power])


def _above(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.cast", [Op("ops.greater", [*inputs, layer.threshold])], {"dtype": "float32"})


def _compared(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.cast", [Op(f"ops.{layer.relation}", inputs)], {"dtype": "float32"})


def _selected(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.where", [Op("ops.cast", inputs[:1], {"dtype": "bool"}), *inputs[1:]])


def _take(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.take", [inputs[0], Op("ops.cast", [inputs[1]], {"dtype": "int32"})], {"axis": 0})


def _take_along(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ops.take_along_axis", [inputs[0], Op("ops.cast", [inputs[1]], {"dtype": "int32"})], {"axis": layer.axis})


FUNCTIONS = {
    **{each: each for each in ("floor", "ceil", "round", "sign", "erf", "sin", "cos", "tan", "sinh", "cosh")},
    **{f"a{each}": f"arc{each}" for each in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
"""Functions of each element, and their names in Keras."""
RELATIONS = ("equal", "less", "less_equal", "greater", "greater_equal")
REDUCED = {"max": "max", "min": "min", "product": "prod"}
"""What a reduction takes that Keras has by another word, or that no other layer of it has."""
CONVOLUTIONS = [
    *(
        depthwise(layer, f"DepthwiseConv{rank}D", letters)
        for layer, rank, letters in ((L.Conv2D, 2, "HW"), (L.Conv1D, 1, "L"))
    ),
    *(
        convolution(layer, f"Conv{rank}D", letters)
        for layer, rank, letters in ((L.Conv2D, 2, "HW"), (L.Conv1D, 1, "L"), (L.Conv3D, 3, "DHW"))
    ),
    *(
        transposed(layer, f"Conv{rank}DTranspose", letters)
        for layer, rank, letters in (
            (L.Conv2DTranspose, 2, "HW"),
            (L.Conv1DTranspose, 1, "L"),
            (L.Conv3DTranspose, 3, "DHW"),
        )
    ),
]
POOLS = [
    *(pooling(getattr(L, f"MaxPool{rank}D"), f"MaxPooling{rank}D") for rank in (2, 1, 3)),
    *(pooling(getattr(L, f"AvgPool{rank}D"), f"AveragePooling{rank}D") for rank in (2, 1, 3)),
    *(global_pooling(getattr(L, f"GlobalMaxPool{rank}D"), f"GlobalMaxPooling{rank}D") for rank in (2, 1, 3)),
    *(global_pooling(getattr(L, f"GlobalAvgPool{rank}D"), f"GlobalAveragePooling{rank}D") for rank in (2, 1, 3)),
    *(rule for rank in (2, 1, 3) for rule in padding(getattr(L, f"Pad{rank}D"), rank)),
]
RESAMPLED = [
    Rule("layers.UpSampling2D", L.Upsample2D, where={"interpolation": "nearest"}, scale=pair("size")),
    Rule(
        "layers.Resizing",
        L.ResizeBilinear2D,
        where={"interpolation": "bilinear"},
        size=KnownPlane(),
        corners=Always(False),
        build=_resized,
    ),
    Rule("ops.reshape", L.ChannelShuffle, groups=KnownPlane(), build=_shuffle),
]
ACTIVATIONS = [
    activation(L.Sigmoid, "sigmoid"),
    activation(L.Tanh, "tanh"),
    activation(L.Softplus, "softplus"),
    activation(L.GELU, "gelu"),
    Rule("ops.gelu", L.GELU, where={"approximate": True}, approximate=Always(True)),
    activation(L.HardSigmoid, "hard_sigmoid"),
    activation(L.HardSwish, "hard_silu"),
    *(Rule(f"ops.{theirs}", L.Function, function=Always(ours)) for ours, theirs in FUNCTIONS.items()),
    Rule("layers.Activation", L.Swish, where={"activation": "silu"}),
    Rule("layers.Activation", L.Identity, where={"activation": "linear"}),
    Rule(
        "layers.ReLU",
        L.ReLU,
        negative_slope=NotNegative("negative_slope", absent=0.0),
        maximum=NotNegative("max_value", absent=None),
    ),
    Rule("layers.ELU", L.ELU, alpha=Field("alpha", absent=1.0)),
    Rule("layers.PReLU", L.PReLU, blobs=(Blob("slope"),), axis=SharedAxes(), shared=Said()),
    Rule("layers.Softmax", L.Softmax, axis=axis_field(-1)),
    Rule("layers.Dropout", L.Dropout, rate=Field("rate")),
    Rule("ops.abs", L.Abs),
    Rule("ops.clip", L.Clip, minimum=Field("x_min"), maximum=Field("x_max")),
    Rule("layers.Rescaling", L.Power, power=Always(1.0), scale=Field("scale"), shift=Field("offset", absent=0.0)),
    Rule("ops.power", L.Power, power=Said(), build=_power),
    Rule("ops.exp", L.Exp),
    Rule("ops.log", L.Log),
    Rule("ops.greater", L.Threshold, threshold=Said(), build=_above),
]
JOINS = [
    Rule("layers.Concatenate", L.Concat, axis=axis_field(-1)),
    Rule("layers.Subtract", L.Add, coefficients=Simple((1.0, -1.0))),
    Rule("layers.Add", L.Add, coefficients=Simple(None)),
    Rule("layers.Multiply", L.Multiply),
    Rule("layers.Maximum", L.Maximum),
    Rule("layers.Subtract", L.Subtract, build=_joined("Subtract")),
    Rule("ops.divide", L.Divide),
    Rule("ops.matmul", L.MatMul),
    *(Rule(f"ops.{each}", L.Compare, relation=Always(each), build=_compared) for each in RELATIONS),
    Rule("ops.power", L.RaiseTo),
    Rule("ops.where", L.Select, build=_selected),
    Rule("layers.Multiply", L.ScaleBy, axis=Broadcasts(), build=_joined("Multiply")),
    Rule("layers.Add", L.BiasBy, axis=Broadcasts(), build=_joined("Add")),
]
SHAPES = [
    Rule("layers.Flatten", L.Flatten, axis=FlatAxis(), end_axis=LastAxis()),
    *reshaping(L.Flatten),
    *reshaping(L.Reshape),
    Rule("layers.Permute", L.Permute, order=Said(), build=_permute),
    Rule("ops.split", L.Slice, axis=Said(), points=Said(), pieces=Said(), build=_split),
    Rule("ops.tile", L.Tile, axis=Said(), times=Said(), build=_tile),
    Rule("ops.flip", L.Reverse, axis=Field("axis")),
    Rule("ops.mean", L.Mean, axes=Said(), build=_mean),
    Rule("ops.sum", L.Reduction, function=Simple("sum", "mean", *REDUCED), axis=Said(), build=_reduce),
    Rule("ops.argmax", L.ArgMax, axis=OneAxis(), build=_argmax),
    Rule("ops.take", L.BatchReindex, build=_take),
    Rule("ops.take_along_axis", L.TakeAlong, axis=Said(), build=_take_along),
]
WEIGHTED = [
    *OVER_TIME,
    Rule(
        "layers.Dense",
        L.Dense,
        blobs=(Blob("kernel", "IO"), Blob("bias")),
        units=Field("units"),
        bias=Field("use_bias", absent=True),
        axis=LastAxis(),
    ),
    Rule(
        "layers.Embedding",
        L.Embed,
        blobs=(Blob("kernel"),),
        vocabulary=Field("input_dim"),
        units=Field("output_dim"),
    ),
    Rule(
        "layers.BatchNormalization",
        L.BatchNorm,
        blobs=(Blob("gamma"), Blob("beta"), Blob("mean"), Blob("variance")),
        axis=axis_field(-1),
        epsilon=Field("epsilon", absent=1e-3),
        momentum=Field("momentum", absent=0.99),
        center=Field("center", absent=True),
        scale=Field("scale", absent=True),
    ),
    Rule(
        "layers.LayerNormalization",
        L.LayerNorm,
        blobs=(Blob("gamma"), Blob("beta")),
        epsilon=Field("epsilon", absent=1e-3),
        center=Field("center", absent=True),
        scale=Field("scale", absent=True),
    ),
    Rule(
        "layers.EinsumDense",
        L.Scale,
        blobs=(Blob("gamma"), Blob("beta")),
        axis=Said(),
        count=Covered(),
        bias=AddedBias(),
        build=_einsum,
    ),
]


RULES = Rules([*CONVOLUTIONS, *POOLS, *RESAMPLED, *ACTIVATIONS, *JOINS, *SHAPES, *WEIGHTED])
"""What Keras has itself."""


SOURCE_RULES = Rules([*CONVOLUTIONS, *POOLS, *RESAMPLED, *ACTIVATIONS, *JOINS, *SHAPES, *WEIGHTED, *WITH_CLASSES])
"""What Keras source can say, the classes that go with it included."""


def teach(rule: Rule, source: str | Mapping[str, str] = "") -> None:
    """Add a rule before those of the table, and the text of the class that it names: one, or one for each layout."""
    SOURCE_RULES.prefer(rule)
    if source:
        texts = {"channels_last": source, "channels_first": source} if isinstance(source, str) else source
        DEFINITIONS[rule.foreign] = {layout: text.strip() for layout, text in texts.items()}
