"""PyTorch's modules and functions.

`nn.X` is a module of PyTorch's, a bare name a helper class that goes with the source, and no name an expression.
Source: https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.layers.conv import AXES
from ir.shapes import axis_of, product
from translator.dialects.pytorch.codecs import (
    Affine,
    Aligned,
    AxisIs,
    Ceil,
    Counted,
    OneOpen,
    Only,
    OutputPadding,
    Padding,
    PoolStride,
    RankAnd1,
    sizes,
)
from translator.dialects.pytorch.helpers import stub_name
from translator.mapping import Always, At, Blob, Field, Rule, Rules, Said
from translator.source import Call, Name, Sum


def convolution(layer: Any, name: str, rank: int) -> Rule:
    """Return the rule of a convolution of some rank."""
    return Rule(
        f"nn.{name}",
        layer,
        blobs=(Blob("kernel", f"OI{AXES[rank]}", "weight"), Blob("bias", name="bias")),
        build=lambda each, at: [at.channels, each.filters],
        filters=Said(),
        kernel=sizes("kernel_size"),
        stride=sizes("stride", absent=1),
        pad=Padding(),
        dilation=sizes("dilation", absent=1),
        groups=Field("groups", absent=1),
        bias=Field("bias", absent=True),
    )


def transposed(layer: Any, name: str, rank: int) -> Rule:
    """Return the rule of a transposed convolution of some rank."""
    return Rule(
        f"nn.{name}",
        layer,
        blobs=(Blob("kernel", f"IO{AXES[rank]}", "weight"), Blob("bias", name="bias")),
        build=lambda each, at: [at.channels, each.filters],
        filters=Said(),
        kernel=sizes("kernel_size"),
        stride=sizes("stride", absent=1),
        pad=Padding(),
        output_pad=OutputPadding(),
        dilation=sizes("dilation", absent=1),
        groups=Field("groups", absent=1),
        bias=Field("bias", absent=True),
    )


def pooling(layer: Any, name: str) -> Rule:
    """Return the rule of a pooling of some rank."""
    counted: dict[str, Any] = {"count_pad": Counted()} if "count_pad" in layer.params else {}
    return Rule(
        name,
        layer,
        kernel=sizes("kernel_size"),
        stride=PoolStride(),
        pad=Padding(half=True),
        rounding=Ceil(),
        **counted,
    )


def module(name: str, layer: Any, **codecs: Any) -> Rule:
    """Return the rule of a module without weights."""
    return Rule(name, layer, **codecs)


def expression(layer: Any, build: Any, **codecs: Any) -> Rule:
    """Return a rule that is an expression; parameters without a codec are in it."""
    return Rule("", layer, build=build, **{**{name: Said() for name in layer.params}, **codecs})


def norm(rank: int) -> Rule:
    """Return the rule of a BatchNorm over tensors of some rank."""
    names = {2: "nn.BatchNorm1d", 3: "nn.BatchNorm1d", 4: "nn.BatchNorm2d", 5: "nn.BatchNorm3d"}
    return Rule(
        names[rank],
        L.BatchNorm,
        blobs=(
            Blob("gamma", name="weight"),
            Blob("beta", name="bias"),
            Blob("mean", name="running_mean"),
            Blob("variance", name="running_var"),
        ),
        build=lambda each, at: [at.inputs[0][1]],
        axis=RankAnd1(rank),
        epsilon=Field("eps", absent=1e-5),
        momentum=Field("momentum", absent=0.1, encode=lambda value, at: round(1 - value, 12)),
        scale=Affine(),
        center=Said(),
    )


def _features(each: Any, at: At) -> list[Any]:
    return [at.inputs[0][-1], each.units]


def _method(x: Any, name: str, *args: Any, **kwargs: Any) -> Call:
    return Call(f"{x.text}.{name}", args, kwargs)


def _pad(each: Any, at: At, args: Sequence[Name]) -> Any:
    flat = tuple(side for pair in reversed(each.pad) for side in pair)
    value: dict[str, Any] = {0.0: {}, None: {"value": float("-inf")}}.get(each.value, {"value": each.value})
    return Call("F.pad", [*args, flat], value)


def _power(each: Any, at: At, args: Sequence[Name]) -> Any:
    named = {0.5: "torch.sqrt", 2.0: "torch.square"}.get(each.power)
    return Call(named, args) if named else Call("torch.pow", [*args, each.power])


def _affine(each: Any, at: At, args: Sequence[Name]) -> Any:
    (x,) = args
    product_ = x.text if each.scale == 1 else f"-{x.text}" if each.scale == -1 else f"{x.text} * {each.scale!r}"
    if each.shift == 0:
        return Name(product_)
    return Name(f"{product_} {'-' if each.shift < 0 else '+'} {abs(each.shift)!r}")


def _difference(each: Any, at: At, args: Sequence[Name]) -> Any:
    return Sum("-", args)


def _maximum(each: Any, at: At, args: Sequence[Name]) -> Any:
    result: Any = args[0]
    for other in args[1:]:
        result = Call("torch.maximum", [result, other])
    return result


def _flatten(each: Any, at: At, args: Sequence[Name]) -> Any:
    end: dict[str, Any] = (
        {} if axis_of(each.end_axis, len(at.inputs[0])) == len(at.inputs[0]) - 1 else {"end_dim": each.end_axis}
    )
    return Call("torch.flatten", [*args, each.axis], end)


def _reshape(each: Any, at: At, args: Sequence[Name]) -> Any:
    return _method(args[0], "reshape", *(-1 if size is None else size for size in at.outputs[0]))


def _split(each: Any, at: At, args: Sequence[Name]) -> Any:
    lengths = each.lengths(at.inputs[0])
    return Call("torch.split", [*args, lengths[0] if each.points is None else list(lengths)], {"dim": each.axis})


def _repeat(each: Any, at: At, args: Sequence[Name]) -> Any:
    times = [1] * len(at.inputs[0])
    times[axis_of(each.axis, len(times))] = each.times
    return _method(args[0], "repeat", *times)


def _reduce(each: Any, at: At, args: Sequence[Name]) -> Any:
    rank = len(at.inputs[0])
    return Call(f"torch.{each.function}", args, {"dim": tuple(range(axis_of(each.axis, rank), rank))})


def _mean(each: Any, at: At, args: Sequence[Name]) -> Any:
    return Call("torch.mean", args, {"dim": tuple(each.axes), "keepdim": True})


def _columns(each: Any, at: At, args: Sequence[Name]) -> Any:
    values = {"stride": each.stride, "padding": tuple(pad[0] for pad in each.pad), "dilation": each.dilation}
    kwargs = {key: value for key, value in values.items() if set(value) != {0 if key == "padding" else 1}}
    columns = Call("F.unfold", [*args, each.kernel], kwargs)
    return Call(Attribute(columns, "reshape"), [-1 if size is None else size for size in at.outputs[0]])


def Attribute(of: Call, name: str) -> Name:  # noqa: N802  (stands beside Call and Name)
    """Return an attribute of what a call gives."""
    from translator.source import text

    return Name(f"{text(of)}.{name}")


SPATIAL = [
    *(convolution(getattr(L, f"Conv{rank}D"), f"Conv{rank}d", rank) for rank in (2, 1, 3)),
    *(transposed(getattr(L, f"Conv{rank}DTranspose"), f"ConvTranspose{rank}d", rank) for rank in (2, 1, 3)),
    *(pooling(getattr(L, f"MaxPool{rank}D"), f"nn.MaxPool{rank}d") for rank in (2, 1, 3)),
    *(pooling(getattr(L, f"AvgPool{rank}D"), f"nn.AvgPool{rank}d") for rank in (2, 1, 3)),
    pooling(L.MaxPoolIndices2D, "MaxPoolIndices"),
    *(
        Rule(f"nn.Adaptive{kind}Pool{rank}d", getattr(L, f"Global{kind}Pool{rank}D"), build=lambda each, at: [1])
        for kind in ("Max", "Avg")
        for rank in (2, 1, 3)
    ),
    *(expression(getattr(L, f"Pad{rank}D"), _pad) for rank in (2, 1, 3)),
    expression(L.Im2Col, _columns, pad=Padding()),
]
ACTIVATIONS = [
    module("nn.ReLU", L.ReLU),
    module("nn.ReLU6", L.ReLU, negative_slope=Always(0.0), maximum=Only(6.0)),
    module("nn.LeakyReLU", L.ReLU, negative_slope=Field("negative_slope", absent=0.01)),
    module("nn.ELU", L.ELU, alpha=Field("alpha", absent=1.0)),
    module("nn.Sigmoid", L.Sigmoid),
    module("nn.Tanh", L.Tanh),
    module("nn.Softplus", L.Softplus),
    module("nn.SiLU", L.Swish),
    module("nn.Identity", L.Identity),
    module("nn.Dropout", L.Dropout, rate=Field("p", absent=0.5)),
    module("nn.Softmax", L.Softmax, axis=Field("dim")),
    expression(L.Abs, lambda each, at, args: Call("torch.abs", args)),
    expression(L.Clip, lambda each, at, args: Call("torch.clamp", [*args, each.minimum, each.maximum])),
    expression(L.Threshold, lambda each, at, args: Name(f"({args[0].text} > {each.threshold!r}).float()")),
    expression(L.Power, _affine, power=Always(1.0)),
    expression(L.Power, _power, scale=Always(1.0), shift=Always(0.0)),
    expression(
        L.Exp, lambda each, at, args: Call("torch.exp", args), base=Always(None), scale=Always(1.0), shift=Always(0.0)
    ),
    expression(
        L.Log, lambda each, at, args: Call("torch.log", args), base=Always(None), scale=Always(1.0), shift=Always(0.0)
    ),
]
JOINS = [
    expression(L.Concat, lambda each, at, args: Call("torch.cat", [list(args)], {"dim": each.axis})),
    expression(L.Add, lambda each, at, args: Sum("+", args), coefficients=Only(None)),
    expression(L.Add, _difference, coefficients=Only((1.0, -1.0))),
    expression(L.Multiply, lambda each, at, args: Sum("*", args)),
    expression(L.Maximum, _maximum),
    expression(L.Subtract, _difference),
    expression(L.Divide, lambda each, at, args: Sum("/", args)),
]


SHAPES = [
    expression(L.ScaleBy, lambda each, at, args: Sum("*", args), axis=Aligned()),
    expression(L.BiasBy, lambda each, at, args: Sum("+", args), axis=Aligned()),
    expression(L.Flatten, _flatten),
    expression(L.Reshape, _reshape, sizes=OneOpen()),
    expression(L.Permute, lambda each, at, args: _method(args[0], "permute", *each.order)),
    expression(L.Slice, _split),
    expression(L.Tile, _repeat),
    expression(L.Mean, _mean),
    expression(L.Reduction, _reduce, function=Only("sum", "mean"), coefficient=Always(1.0)),
    expression(L.BatchReindex, lambda each, at, args: Name(f"{args[0].text}[{args[1].text}.long()]")),
    Rule(
        "ArgMax",
        L.ArgMax,
        axis=Field("axis", absent=None),
        top=Field("top", absent=1),
        values=Field("values", absent=False),
    ),
]


def recurrent(layer: Any, *roles: str) -> Rule:
    """Return the rule of a recurrent layer."""

    def build(each: Any, at: At) -> list[Any]:
        features = [product(at.inputs[0][2:]), *(product(shape[1:]) for shape in at.inputs[2:])]
        return [features[0], each.units, *features[1:]]

    return Rule(layer.__name__, layer, blobs=[Blob(role, name=role) for role in roles], build=build, units=Said())


def _scale_shape(each: Any, at: At) -> list[Any]:
    x = at.inputs[0]
    start = axis_of(each.axis, len(x), end=True)
    stop = len(x) if each.count == -1 else start + each.count
    return [(*x[start:stop], *(1,) * (len(x) - stop))]


WEIGHTED = [
    Rule(
        "nn.Linear",
        L.Dense,
        blobs=(Blob("kernel", "OI", "weight"), Blob("bias", name="bias")),
        build=_features,
        units=Said(),
        bias=Field("bias", absent=True),
        axis=AxisIs(-1),
    ),
    Rule(
        "nn.Embedding",
        L.Embed,
        blobs=(Blob("kernel", name="weight"),),
        build=lambda each, at: [each.vocabulary, each.units],
        vocabulary=Said(),
        units=Said(),
    ),
    *(norm(rank) for rank in (4, 2, 3, 5)),
    Rule("nn.PReLU", L.PReLU, blobs=(Blob("slope", name="weight"),), axis=Said(), shared=Only(True)),
    Rule(
        "nn.PReLU",
        L.PReLU,
        blobs=(Blob("slope", name="weight"),),
        build=lambda each, at: [at.inputs[0][1]],
        axis=AxisIs(1),
    ),
    Rule(
        "nn.LocalResponseNorm",
        L.LRN,
        build=lambda each, at: [each.size],
        size=Said(),
        alpha=Field("alpha", absent=1e-4),
        beta=Field("beta", absent=0.75),
        k=Field("k", absent=1.0),
    ),
    Rule(
        "Scale",
        L.Scale,
        blobs=(Blob("gamma", name="weight"), Blob("beta", name="bias")),
        build=_scale_shape,
        axis=Said(),
        count=Said(),
        bias=Field("bias", absent=True),
    ),
    Rule(
        "Constant",
        L.Constant,
        blobs=(Blob("value", name="value"),),
        build=lambda each, at: [each.sizes],
        sizes=Said(),
    ),
    recurrent(L.ContinuedLSTM, "kernel", "bias", "static_kernel", "recurrent_kernel"),
    recurrent(L.ContinuedRNN, "kernel", "bias", "static_kernel", "recurrent_kernel", "output_kernel", "output_bias"),
    Rule(
        "stub",
        L.Custom,
        build=lambda each, at: [],
        type=Said(),
        arguments=Said(),
        results=Said(),
        sizes=Said(),
    ),
]

RULES = Rules([*SPATIAL, *ACTIVATIONS, *JOINS, *SHAPES, *WEIGHTED])
"""What PyTorch source can say, helper classes included."""

__all__ = ["RULES", "stub_name"]
