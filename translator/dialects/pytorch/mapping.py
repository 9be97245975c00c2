"""PyTorch's modules and functions.

`nn.X` is a module of PyTorch's, a bare name a class that goes with the source, and no name an expression.
Source: https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.layers.conv import AXES
from ir.shapes import axis_of, product
from translator.dialects.pytorch import expressions as E
from translator.dialects.pytorch import placing
from translator.dialects.pytorch.codecs import (
    Affine,
    AxisIs,
    Ceil,
    Counted,
    Gate,
    KnownOutput,
    Momentum,
    OneSize,
    Only,
    OutputPadding,
    Padding,
    PoolStride,
    Unmasked,
    WholeOrSized,
    WindowPadding,
    one,
    sizes,
)
from translator.dialects.pytorch.definitions import DEFINITIONS
from translator.mapping import Always, At, Blob, Field, Rule, Rules, Said, Unsayable, Word, alike, carried
from translator.source import Call, Index, Sum


def convolution(layer: Any, name: str, axes: str, **codecs: Any) -> Rule:
    """Return the rule of a convolution, whose kernel has the given axes."""
    return Rule(
        f"nn.{name}",
        layer,
        blobs=(Blob("kernel", axes, "weight"), Blob("bias", name="bias")),
        build=lambda each, at: [at.channels, each.filters],
        filters=Said(),
        kernel=sizes("kernel_size"),
        stride=sizes("stride", absent=1),
        pad=Padding() if "output_pad" in codecs else WindowPadding(),
        dilation=sizes("dilation", absent=1),
        groups=Field("groups", absent=1),
        bias=Field("bias", absent=True),
        **codecs,
    )


def pooling(layer: Any, name: str) -> Rule:
    """Return the rule of a pooling of some rank."""
    own: dict[str, Any] = {"count_pad": Counted()} if "count_pad" in layer.params else {}
    if "dilation" in layer.params:
        own["dilation"] = sizes("dilation", absent=1)
    return Rule(
        name,
        layer,
        kernel=sizes("kernel_size"),
        stride=PoolStride(),
        pad=Padding(half=True),
        rounding=Ceil(),
        **own,
    )


def expression(layer: Any, build: Any, **codecs: Any) -> Rule:
    """Return a rule that is an expression; parameters without a codec are in it."""
    return Rule("", layer, build=build, **{**{name: Said() for name in layer.params}, **codecs})


def function(name: str, layer: Any) -> Rule:
    """Return the rule of a function of PyTorch's that takes the inputs alone."""
    return Rule("", layer, build=lambda each, at, args: Call(name, args))


def norm(rank: int, name: str) -> Rule:
    """Return the rule of a BatchNorm over tensors of some rank."""
    return Rule(
        name,
        L.BatchNorm,
        blobs=(
            Blob("gamma", name="weight"),
            Blob("beta", name="bias"),
            Blob("mean", name="running_mean"),
            Blob("variance", name="running_var"),
        ),
        build=lambda each, at: [at.inputs[0][1]],
        axis=AxisIs(1, rank),
        epsilon=Field("eps", absent=1e-5),
        momentum=Momentum(),
        scale=Affine(),
        center=Said(),
        batch_statistics=Field("track_running_stats", absent=True, encode=_gathered),
    )


def _gathered(of_batch: bool, at: At) -> bool:
    """Tell whether the statistics are gathered ones; those of one vector alone PyTorch refuses to take."""
    if of_batch and len(at.inputs[0]) == 2:
        raise Unsayable("statistics of a batch of vectors, of which there may be one")
    return not of_batch


SPATIAL = [
    *(convolution(getattr(L, f"Conv{rank}D"), f"Conv{rank}d", f"OI{AXES[rank]}") for rank in (2, 1, 3)),
    *(
        convolution(
            getattr(L, f"Conv{rank}DTranspose"),
            f"ConvTranspose{rank}d",
            f"IO{AXES[rank]}",
            output_pad=OutputPadding(),
        )
        for rank in (2, 1, 3)
    ),
    *(pooling(getattr(L, f"MaxPool{rank}D"), f"nn.MaxPool{rank}d") for rank in (2, 1, 3)),
    *(pooling(getattr(L, f"AvgPool{rank}D"), f"nn.AvgPool{rank}d") for rank in (2, 1, 3)),
    *(
        expression(getattr(L, f"AvgPool{rank}D"), E.mean_of_inside, count_pad=Always(False), rounding=WholeOrSized())
        for rank in (2, 1, 3)
    ),
    pooling(L.MaxPoolIndices2D, "MaxPoolIndices"),
    *(
        Rule(f"nn.Adaptive{kind}Pool{rank}d", getattr(L, f"Global{kind}Pool{rank}D"), build=lambda each, at: [1])
        for kind in ("Max", "Avg")
        for rank in (2, 1, 3)
    ),
    *(expression(getattr(L, f"Pad{rank}D"), E.pad) for rank in (2, 1, 3)),
    Rule("nn.Upsample", L.Upsample2D, scale=sizes("scale_factor")),
    Rule("PriorBox", L.PriorBox, **alike(L.PriorBox)),
    Rule("DetectionOutput", L.DetectionOutput, **alike(L.DetectionOutput)),
    Rule("PSROIPool", L.PSROIPool2D, **alike(L.PSROIPool2D)),
    Rule("Proposals", L.Proposals, **alike(L.Proposals)),
    Rule("ROIPool", L.ROIPool2D, size=sizes("size"), scale=Field("scale", absent=1.0)),
    Rule("nn.ChannelShuffle", L.ChannelShuffle, build=lambda each, at: [each.groups], groups=Said()),
    Rule(
        "LocallyConnected",
        L.LocallyConnected2D,
        blobs=(Blob("kernel", name="weight"), Blob("bias", name="bias")),
        build=lambda each, at: [at.channels, each.filters, at.outputs[0][2:]],
        filters=Said(),
        kernel=sizes("kernel_size"),
        stride=sizes("stride", absent=1),
        pad=Padding(),
        bias=Field("bias", absent=True),
    ),
    Rule("Reorg", L.Reorg2D, build=lambda each, at: [each.factor], factor=Said()),
    expression(L.ResizeBilinear2D, E.resized, size=KnownOutput()),
    Rule("Unpool", L.Unpool2D, build=lambda each, at: [at.outputs[0][2:]], size=KnownOutput(), scale=Said()),
    expression(L.Im2Col, E.columns, pad=Padding(), kernel=KnownOutput()),
]
ACTIVATIONS = [
    Rule("nn.ReLU", L.ReLU),
    Rule("nn.ReLU6", L.ReLU, maximum=Only(6.0)),
    Rule("nn.LeakyReLU", L.ReLU, negative_slope=Field("negative_slope", absent=0.01)),
    expression(L.ReLU, E.capped),
    Rule("nn.ELU", L.ELU, alpha=Field("alpha", absent=1.0)),
    Rule("nn.Sigmoid", L.Sigmoid),
    Rule("nn.Tanh", L.Tanh),
    Rule("nn.Softplus", L.Softplus),
    Rule("nn.GELU", L.GELU, approximate=Word("approximate", {"none": False, "tanh": True}, absent="none")),
    Rule("nn.Hardsigmoid", L.HardSigmoid),
    Rule("nn.Hardswish", L.HardSwish),
    expression(L.Function, lambda each, at, args: Call(f"torch.{each.function}", args)),
    Rule("nn.SiLU", L.Swish),
    expression(L.Swish, E.swish),
    expression(L.Identity, lambda each, at, args: args[0]),
    Rule("nn.Dropout", L.Dropout, rate=Field("p", absent=0.5)),
    Rule("nn.Softmax", L.Softmax, axis=Field("dim")),
    function("torch.abs", L.Abs),
    expression(L.Clip, lambda each, at, args: Call("torch.clamp", [*args, each.minimum, each.maximum])),
    expression(L.Threshold, E.above),
    expression(L.Power, E.power),
    expression(L.Exp, E.exponential),
    expression(L.Log, E.logarithm, base=Only(None, 2.0, 10.0)),
]
JOINS = [
    expression(L.Concat, E.concatenation),
    expression(L.Add, E.total),
    expression(L.Multiply, E.times),
    expression(L.Maximum, E.maximum),
    expression(L.Subtract, lambda each, at, args: Sum("-", args)),
    expression(L.Divide, lambda each, at, args: Sum("/", args)),
    function("torch.matmul", L.MatMul),
    expression(L.Attention, E.attention, causal=Unmasked()),
    expression(L.Compare, E.compared),
    function("torch.pow", L.RaiseTo),
    expression(L.TakeAlong, placing.taken),
    expression(L.PutAlong, placing.put),
    expression(L.GridSample2D, placing.sampled),
    expression(L.GridSample3D, placing.sampled, mode=Only("linear", "nearest")),
    expression(L.Select, lambda each, at, args: Call("torch.where", [E.method(args[0], "bool"), *args[1:]])),
    expression(L.ScaleBy, lambda each, at, args: Sum("*", [args[0], E.stretched(each, at, args)])),
    expression(L.BiasBy, lambda each, at, args: Sum("+", [args[0], E.stretched(each, at, args)])),
]
SHAPES = [
    expression(L.Flatten, E.flatten),
    expression(L.Reshape, E.reshape),
    expression(L.Permute, lambda each, at, args: E.method(args[0], "permute", *each.order)),
    expression(L.Slice, E.split),
    expression(L.Crop, E.crop),
    expression(L.Tile, E.repeat),
    expression(L.Mean, E.mean),
    expression(L.Reverse, lambda each, at, args: Call("torch.flip", [*args, [each.axis]])),
    expression(L.Reduction, E.reduction),
    expression(L.BatchReindex, lambda each, at, args: Index(args[0], [E.method(args[1], "long")])),
    Rule(
        "ArgMax",
        L.ArgMax,
        axis=Field("axis", encode=one),
        top=Field("top", absent=1),
        values=Field("values", absent=False),
    ),
]


def stepped(name: str, layer: Any, **codecs: Any) -> Rule:
    """Return the rule of a recurrent layer that is run step by step, with functions of its own."""
    gated: dict[str, Any] = {"gate": Said(), "slope": Gate()} if "gate" in layer.params else {}
    return Rule(
        name,
        layer,
        blobs=[Blob(role, name=role) for role in ("kernel", "recurrent_kernel", "bias")],
        build=lambda each, at: [at.inputs[0][-1], each.units],
        units=Said(),
        sequences=Field("sequences", absent=False),
        activation=Field("activation", absent="tanh"),
        **gated,
        **codecs,
    )


def recurrent(layer: Any, *roles: str) -> Rule:
    """Return the rule of a recurrent layer."""

    def build(each: Any, at: At) -> list[Any]:
        features = [product(at.inputs[0][2:]), *(product(shape[1:]) for shape in at.inputs[2:])]
        return [features[0], each.units, *features[1:]]

    return Rule(layer.__name__, layer, blobs=[Blob(role, name=role) for role in roles], build=build, units=Said())


def affine(name: str, layer: Any, *blobs: Blob, **codecs: Any) -> Rule:
    """Return the rule of learned factors or biases, whose shape has a 1 for each axis behind those it covers."""

    def build(each: Any, at: At) -> list[Any]:
        x = at.inputs[0]
        start = axis_of(each.axis, len(x), end=True)
        stop = len(x) if each.count == -1 else start + each.count
        return [(*x[start:stop], *(1,) * (len(x) - stop))]

    return Rule(name, layer, blobs=blobs, build=build, axis=Said(), count=Said(), **codecs)


WITH_STATES: dict[str, Any] = {"started": Said(), "states": Field("states", absent=False)}
OVER_TIME: dict[str, Any] = {name: Field(name, absent=False) for name in ("started", "states", "masked")}
"""What those of the classes over time know of states, and of steps that do not count."""
GIVEN = ("query", "key", "value")
KEPT = (("kernel", "weight"), ("bias", "bias"))
"""Where PyTorch keeps the projections of attention: those of what it is given one behind the other, in one."""
WEIGHTED = [
    Rule(
        "MultiHeadAttention",
        L.MultiHeadAttention,
        where={"batch_first": True},
        blobs=(
            *(
                Blob(f"{name}_{role}", name=f"in_proj_{kept}/{i}")
                for i, name in enumerate(GIVEN)
                for role, kept in KEPT
            ),
            *(Blob(f"result_{role}", name=f"out_proj.{kept}") for role, kept in KEPT),
        ),
        build=lambda each, at: [at.inputs[0][-1], each.heads],
        heads=Said(),
        key_size=OneSize(),
        value_size=Said(),
        units=Said(),
        bias=Field("bias", absent=True),
    ),
    Rule(
        "nn.LayerNorm",
        L.LayerNorm,
        blobs=(Blob("gamma", name="weight"), Blob("beta", name="bias")),
        build=lambda each, at: [at.inputs[0][-1]],
        epsilon=Field("eps", absent=1e-5),
    ),
    Rule(
        "nn.Linear",
        L.Dense,
        blobs=(Blob("kernel", "OI", "weight"), Blob("bias", name="bias")),
        build=lambda each, at: [at.inputs[0][-1], each.units],
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
    norm(4, "nn.BatchNorm2d"),
    norm(2, "nn.BatchNorm1d"),
    norm(3, "nn.BatchNorm1d"),
    norm(5, "nn.BatchNorm3d"),
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
        "MVN",
        L.MVN,
        normalize_variance=Field("normalize_variance", absent=True),
        across_channels=Field("across_channels", absent=False),
        epsilon=Field("eps", absent=1e-9),
    ),
    affine("Scale", L.Scale, Blob("gamma", name="weight"), Blob("beta", name="bias"), bias=Field("bias", absent=True)),
    affine("Bias", L.Bias, Blob("beta", name="bias")),
    Rule(
        "Constant",
        L.Constant,
        blobs=(Blob("value", name="value"),),
        build=lambda each, at: [each.sizes],
        sizes=Said(),
    ),
    recurrent(L.ContinuedLSTM, "kernel", "bias", "static_kernel", "recurrent_kernel"),
    recurrent(L.ContinuedRNN, "kernel", "bias", "static_kernel", "recurrent_kernel", "output_kernel", "output_bias"),
    *(
        Rule(
            f"{name}{suffix}",
            layer,
            blobs=(
                Blob("kernel", name="weight_ih_l0"),
                Blob("recurrent_kernel", name="weight_hh_l0"),
                Blob("bias", name="bias_ih_l0"),
            ),
            build=lambda each, at: [at.inputs[0][-1], each.units],
            units=Said(),
            sequences=Field("sequences", absent=False),
            **more,
        )
        for suffix, more in (("", {}), ("WithStates", WITH_STATES))
        for name, layer in (("LSTM", L.LSTM), ("GRU", L.GRU), ("RNN", L.SimpleRNN))
    ),
    *(
        stepped(f"{before}{name}{behind}", layer, **more, **own)
        for before, behind, more in (("Stepped", "", {}), ("", "OverTime", OVER_TIME))
        for name, layer, own in (
            ("LSTM", L.LSTM, {}),
            ("GRU", L.GRU, {"reset_after": Field("reset_after", absent=True)}),
            ("RNN", L.SimpleRNN, {}),
        )
    ),
    Rule("SequenceStart", L.SequenceStart, steps=Said(), batch=Said()),
    carried("stub"),
]

RULES = Rules([*SPATIAL, *ACTIVATIONS, *JOINS, *SHAPES, *WEIGHTED])
"""What PyTorch source can say, the classes that go with it included."""


def teach(rule: Rule, source: str = "") -> None:
    """Add a rule before those of the table, and the text of the class that it names."""
    RULES.prefer(rule)
    if source:
        DEFINITIONS[rule.foreign] = source.strip()
