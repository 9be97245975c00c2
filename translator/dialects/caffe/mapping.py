"""Caffe's layers.

Source: https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto, and each layer's .cpp.
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.attrs import Attrs
from translator.mapping import Always, At, Blob, Codec, Field, Rule, Rules, Said, Unsayable, Word


class Window(Codec):
    """A size along each spatial axis: `kernel_size`, once or once for each axis, or `kernel_h` and `kernel_w`."""

    def __init__(self, stem: str, plain: str, *, absent: int | None = None, repeats: bool = True) -> None:
        self.stem, self.plain, self.absent, self.repeats = stem, plain, absent, repeats
        self.keys = (plain, f"{stem}_h", f"{stem}_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        plain, high, wide = self.keys
        if high in attrs or wide in attrs:
            if plain in attrs:
                raise ValueError(f"gives {plain} as well as {high} and {wide}")
            missing = self.absent
            if missing is None and not (high in attrs and wide in attrs):
                raise ValueError(f"needs both {high} and {wide}")
            return (attrs.get(high, missing), attrs.get(wide, missing))
        sizes = attrs.repeated(plain)
        if not sizes:
            if self.absent is None:
                raise ValueError(f"needs {plain}")
            return self.absent
        return sizes[0] if len(sizes) == 1 else sizes

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if len(set(value)) == 1:
            return {} if value[0] == self.absent else {self.plain: value[0]}
        if len(value) == 2:
            return {f"{self.stem}_h": value[0], f"{self.stem}_w": value[1]}
        if not self.repeats:
            raise Unsayable("sizes differ along more than two axes")
        return {self.plain: tuple(value)}


class SymmetricPad(Window):
    """A border that is the same before and after an axis: all that Caffe has."""

    def __init__(self, *, repeats: bool = True) -> None:
        super().__init__("pad", "pad", absent=0, repeats=repeats)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(before != after for before, after in value):
            raise Unsayable("Caffe pads both sides alike")
        return super().write(tuple(before for before, _ in value), at)


class Dilation(Codec):
    """`dilation`, once or once for each axis."""

    keys = ("dilation",)

    def read(self, attrs: Attrs, at: At) -> Any:
        sizes = attrs.repeated("dilation")
        return 1 if not sizes else sizes[0] if len(sizes) == 1 else sizes

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if len(set(value)) == 1:
            return {} if value[0] == 1 else {"dilation": value[0]}
        return {"dilation": tuple(value)}


class Rounding(Codec):
    """BVLC's `round_mode`, and what forks have for it: `ceil_mode` and `torch_pooling`.

    `ceil_mode` is written: it is what OpenCV and the forks read, and BVLC's own field, of 2018, makes OpenCV fail.
    """

    keys = ("round_mode", "ceil_mode", "torch_pooling")

    def read(self, attrs: Attrs, at: At) -> Any:
        floor = (
            attrs.get("round_mode") == "FLOOR" or attrs.get("ceil_mode") is False or attrs.get("torch_pooling") is True
        )
        return "floor" if floor else "ceil"

    def write(self, value: Any, at: At) -> dict[str, Any]:
        # Where the windows fit exactly the two are one, and Caffe's default says it shorter.
        exact = all(
            size is not None and (size + sum(p) - k) % s == 0
            for size, k, s, p in zip(at.space, at.values["kernel"], at.values["stride"], at.values["pad"], strict=True)
        )
        return {"ceil_mode": False} if value == "floor" and not exact else {}


class LegacyAxis(Codec):
    """`axis`, or the field that had its place in Caffe's first year."""

    def __init__(self, legacy: str) -> None:
        self.keys = ("axis", legacy)

    def read(self, attrs: Attrs, at: At) -> Any:
        return attrs.get("axis", attrs.get(self.keys[1], 1))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {} if value == 1 else {"axis": value}


class Sizes(Codec):
    """A `shape` with its `dim`s."""

    keys = ("shape",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if "shape" not in attrs:
            raise ValueError("needs shape")
        return attrs["shape"].repeated("dim")

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"shape": Attrs({"dim": tuple(value)})}


class Pieces(Codec):
    """The number of tops."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return at.results

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {}


class EachChannel(Codec):
    """One group for each channel: what a depthwise layer of a fork means without saying it."""

    def read(self, attrs: Attrs, at: At) -> Any:
        if not at.inputs or at.channels is None:
            raise ValueError("needs to know the number of channels")
        return at.channels

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("Convolution says it with its groups")


class Order(Codec):
    """`order` of SSD's Permute: axes that it leaves out follow in their own order."""

    keys = ("order",)

    def read(self, attrs: Attrs, at: At) -> Any:
        order = attrs.repeated("order")
        rank = len(at.inputs[0]) if at.inputs else max(4, len(order))
        return (*order, *(axis for axis in range(rank) if axis not in order))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"order": tuple(value)}


class Base(Field):
    """A base, where -1 stands for e."""

    def __init__(self) -> None:
        super().__init__(
            "base",
            absent=-1.0,
            decode=lambda value, at: None if value == -1 else value,
            encode=lambda value, at: -1.0 if value is None else value,
        )


FILLERS = ("weight_filler", "bias_filler", "filler", "engine", "force_nd_im2col", "stable_prod_grad", "debug_info")
"""Fields that start or speed up training and mean nothing to a deployed model."""


def convolution(foreign: str, layer: Any) -> Rule:
    """Return the rule of a convolution of some rank."""
    return Rule(
        foreign,
        layer,
        group="convolution_param",
        ignore=(*FILLERS, "axis"),
        blobs=(Blob("kernel"), Blob("bias")),
        filters=Field("num_output"),
        kernel=Window("kernel", "kernel_size"),
        stride=Window("stride", "stride", absent=1),
        pad=SymmetricPad(),
        dilation=Dilation(),
        groups=Field("group", absent=1),
        bias=Field("bias_term", absent=True),
    )


def depthwise(foreign: str) -> Rule:
    """Return the rule of a fork's depthwise convolution."""
    plain = convolution(foreign, L.Conv2D)
    codecs: dict[str, Any] = {**plain.codecs, "groups": EachChannel()}
    return Rule(foreign, L.Conv2D, group=plain.group, ignore=(*plain.ignore, "group"), blobs=plain.blobs, **codecs)


def pooling(layer: Any, pool: str, gives: int = 1) -> Rule:
    """Return the rule of a pooling over windows."""
    return Rule(
        "Pooling",
        layer,
        group="pooling_param",
        where={"pool": pool},
        gives=gives,
        ignore=(*FILLERS, "global_pooling"),
        kernel=Window("kernel", "kernel_size", repeats=False),
        stride=Window("stride", "stride", absent=1, repeats=False),
        pad=SymmetricPad(repeats=False),
        rounding=Rounding(),
    )


def global_pooling(layer: Any, pool: str) -> Rule:
    """Return the rule of a pooling over the whole image."""
    ignored = ("stride", "pad", "kernel_size", "kernel_h", "kernel_w", *Rounding.keys)
    return Rule(
        "Pooling",
        layer,
        group="pooling_param",
        where={"pool": pool, "global_pooling": True},
        ignore=(*FILLERS, *ignored),
    )


def elementwise(foreign: str, layer: Any, group: str = "", **codecs: Any) -> Rule:
    """Return the rule of a function of each element."""
    return Rule(foreign, layer, group=group, ignore=("engine",), **codecs)


def affine(foreign: str, layer: Any, group: str, blobs: tuple[Blob, ...], **codecs: Any) -> Rule:
    """Return the rule of Scale or Bias with one bottom."""
    return Rule(
        foreign,
        layer,
        group=group,
        ignore=FILLERS,
        blobs=blobs,
        axis=Field("axis", absent=1),
        count=Field("num_axes", absent=1),
        **codecs,
    )


def recurrent(foreign: str, layer: Any, *roles: str) -> Rule:
    """Return the rule of a recurrent layer."""
    return Rule(
        foreign,
        layer,
        group="recurrent_param",
        ignore=(*FILLERS, "expose_hidden"),
        blobs=[Blob(role) for role in roles],
        units=Field("num_output"),
    )


RULES = Rules(
    [
        *(convolution("Convolution", each) for each in (L.Conv2D, L.Conv1D, L.Conv3D)),
        *(depthwise(name) for name in ("DepthwiseConvolution", "ConvolutionDepthwise", "DepthwiseConv")),
        *(convolution("Deconvolution", each) for each in (L.Conv2DTranspose, L.Conv1DTranspose, L.Conv3DTranspose)),
        Rule(
            "Im2col",
            L.Im2Col,
            group="convolution_param",
            ignore=(*FILLERS, "axis", "num_output"),
            kernel=Window("kernel", "kernel_size"),
            stride=Window("stride", "stride", absent=1),
            pad=SymmetricPad(),
            dilation=Dilation(),
        ),
        global_pooling(L.GlobalMaxPool2D, "MAX"),
        global_pooling(L.GlobalAvgPool2D, "AVE"),
        pooling(L.MaxPoolIndices2D, "MAX", gives=2),
        pooling(L.MaxPool2D, "MAX"),
        pooling(L.AvgPool2D, "AVE"),
        pooling(L.StochasticPool2D, "STOCHASTIC"),
        Rule(
            "SPP",
            L.SpatialPyramidPool2D,
            group="spp_param",
            ignore=("engine",),
            levels=Field("pyramid_height"),
            function=Word("pool", {"MAX": "max", "AVE": "average"}, absent="MAX"),
        ),
        Rule(
            "InnerProduct",
            L.Dense,
            group="inner_product_param",
            ignore=(*FILLERS, "transpose"),
            blobs=(Blob("kernel"), Blob("bias")),
            units=Field("num_output"),
            bias=Field("bias_term", absent=True),
            axis=Field("axis", absent=1),
        ),
        Rule(
            "Embed",
            L.Embed,
            group="embed_param",
            ignore=FILLERS,
            blobs=(Blob("kernel"), Blob("bias")),
            vocabulary=Field("input_dim"),
            units=Field("num_output"),
            bias=Field("bias_term", absent=True),
        ),
        Rule(
            "BatchNorm",
            L.BatchNorm,
            group="batch_norm_param",
            blobs=(Blob("mean"), Blob("variance"), Blob("factor")),
            axis=Always(1),
            scale=Always(False),
            center=Always(False),
            epsilon=Field("eps", absent=1e-5),
            momentum=Field("moving_average_fraction", absent=0.999),
            batch_statistics=Field(
                "use_global_stats", absent=True, decode=lambda value, at: not value, encode=lambda value, at: not value
            ),
        ),
        affine("Scale", L.Scale, "scale_param", (Blob("gamma"), Blob("beta")), bias=Field("bias_term", absent=False)),
        affine("Bias", L.Bias, "bias_param", (Blob("beta"),)),
        Rule(
            "Scale",
            L.ScaleBy,
            group="scale_param",
            ignore=(*FILLERS, "num_axes", "bias_term"),
            axis=Field("axis", absent=1),
        ),
        Rule("Bias", L.BiasBy, group="bias_param", ignore=(*FILLERS, "num_axes"), axis=Field("axis", absent=1)),
        Rule(
            "LRN",
            L.LRN,
            group="lrn_param",
            ignore=("engine",),
            size=Field("local_size", absent=5),
            alpha=Field("alpha", absent=1.0),
            beta=Field("beta", absent=0.75),
            k=Field("k", absent=1.0),
            region=Word(
                "norm_region",
                {"ACROSS_CHANNELS": "across_channels", "WITHIN_CHANNEL": "within_channel"},
                absent="ACROSS_CHANNELS",
            ),
        ),
        Rule(
            "MVN",
            L.MVN,
            group="mvn_param",
            normalize_variance=Field("normalize_variance", absent=True),
            across_channels=Field("across_channels", absent=False),
            epsilon=Field("eps", absent=1e-9),
        ),
        Rule(
            "PReLU",
            L.PReLU,
            group="prelu_param",
            ignore=FILLERS,
            blobs=(Blob("slope"),),
            axis=Always(1),
            shared=Field("channel_shared", absent=False),
        ),
        elementwise("ReLU", L.ReLU, "relu_param", negative_slope=Field("negative_slope", absent=0.0)),
        elementwise("ReLU6", L.ReLU, negative_slope=Always(0.0), maximum=Always(6.0)),
        elementwise("ELU", L.ELU, "elu_param", alpha=Field("alpha", absent=1.0)),
        elementwise("Sigmoid", L.Sigmoid, "sigmoid_param"),
        elementwise("TanH", L.Tanh, "tanh_param"),
        elementwise("AbsVal", L.Abs),
        elementwise("BNLL", L.Softplus),
        elementwise("Swish", L.Swish, "swish_param", beta=Field("beta", absent=1.0)),
        elementwise("Clip", L.Clip, "clip_param", minimum=Field("min"), maximum=Field("max")),
        elementwise("Threshold", L.Threshold, "threshold_param", threshold=Field("threshold", absent=0.0)),
        elementwise(
            "Power",
            L.Power,
            "power_param",
            power=Field("power", absent=1.0),
            scale=Field("scale", absent=1.0),
            shift=Field("shift", absent=0.0),
        ),
        elementwise(
            "Exp", L.Exp, "exp_param", base=Base(), scale=Field("scale", absent=1.0), shift=Field("shift", absent=0.0)
        ),
        elementwise(
            "Log", L.Log, "log_param", base=Base(), scale=Field("scale", absent=1.0), shift=Field("shift", absent=0.0)
        ),
        elementwise("Dropout", L.Dropout, "dropout_param", rate=Field("dropout_ratio", absent=0.5)),
        elementwise("Split", L.Identity),
        Rule("Softmax", L.Softmax, group="softmax_param", ignore=("engine",), axis=Field("axis", absent=1)),
        Rule(
            "ArgMax",
            L.ArgMax,
            group="argmax_param",
            axis=Field("axis", absent=None),
            top=Field("top_k", absent=1),
            values=Field("out_max_val", absent=False),
        ),
        Rule("Concat", L.Concat, group="concat_param", axis=LegacyAxis("concat_dim")),
        Rule(
            "Eltwise",
            L.Add,
            group="eltwise_param",
            where={"operation": "SUM"},
            ignore=FILLERS,
            coefficients=Field("coeff", absent=None, decode=lambda value, at: value or None),
        ),
        Rule("Eltwise", L.Multiply, group="eltwise_param", where={"operation": "PROD"}, ignore=(*FILLERS, "coeff")),
        Rule("Eltwise", L.Maximum, group="eltwise_param", where={"operation": "MAX"}, ignore=(*FILLERS, "coeff")),
        Rule(
            "Slice",
            L.Slice,
            group="slice_param",
            axis=LegacyAxis("slice_dim"),
            points=Field("slice_point", absent=None, decode=lambda value, at: value or None),
            pieces=Pieces(),
        ),
        Rule(
            "Flatten",
            L.Flatten,
            group="flatten_param",
            axis=Field("axis", absent=1),
            end_axis=Field("end_axis", absent=-1),
        ),
        Rule(
            "Reshape",
            L.Reshape,
            group="reshape_param",
            sizes=Sizes(),
            axis=Field("axis", absent=0),
            count=Field("num_axes", absent=-1),
        ),
        Rule(
            "Crop",
            L.Crop,
            group="crop_param",
            axis=Field("axis", absent=2),
            offset=Field("offset", absent=(0,), decode=lambda value, at: value or (0,)),
        ),
        Rule("Permute", L.Permute, group="permute_param", order=Order()),
        Rule("Tile", L.Tile, group="tile_param", axis=Field("axis", absent=1), times=Field("tiles")),
        Rule(
            "Reduction",
            L.Reduction,
            group="reduction_param",
            function=Word(
                "operation", {"SUM": "sum", "ASUM": "abs_sum", "SUMSQ": "square_sum", "MEAN": "mean"}, absent="SUM"
            ),
            axis=Field("axis", absent=0),
            coefficient=Field("coeff", absent=1.0),
        ),
        Rule("BatchReindex", L.BatchReindex),
        Rule("Parameter", L.Constant, group="parameter_param", blobs=(Blob("value"),), sizes=Sizes()),
        Rule("custom", L.Custom, type=Said(), arguments=Said(), results=Said(), sizes=Said()),
        recurrent("LSTM", L.ContinuedLSTM, "kernel", "bias", "static_kernel", "recurrent_kernel"),
        recurrent(
            "RNN", L.ContinuedRNN, "kernel", "bias", "static_kernel", "recurrent_kernel", "output_kernel", "output_bias"
        ),
    ]
)

DEFAULTS = {"pool": "MAX", "operation": "SUM", "global_pooling": False}
"""What the fields that pick a rule (`where`) hold where they are absent."""

DATA = frozenset(
    [
        "Data",
        "ImageData",
        "MemoryData",
        "HDF5Data",
        "DummyData",
        "WindowData",
        "Input",
        "AnnotatedData",
        "VideoData",
        "DenseImageData",
    ]
)
"""Layers that bring data in: their tops are the net's inputs."""

TRAINING = frozenset(
    [
        "Accuracy",
        "SoftmaxWithLoss",
        "EuclideanLoss",
        "HingeLoss",
        "SigmoidCrossEntropyLoss",
        "InfogainLoss",
        "ContrastiveLoss",
        "MultinomialLogisticLoss",
        "HDF5Output",
        "Silence",
    ]
)
"""Layers of training and measuring: losses, metrics, and what drops a blob."""
