"""The shapes of what operators give that no layer says, as far as their kind tells.

Source: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable

from ir.shapes import Shape, broadcast, windows
from translator.dialects.onnx.operators.reduce import axes_of
from translator.dialects.onnx.reading import Site
from translator.mapping import Unsayable

ALIKE = (
    "Acos Acosh Asin Asinh Atan Atanh BatchNormalization BitwiseNot Cast Ceil Celu Cos Cosh CumSum "
    "DequantizeLinear Elu Erf Exp Floor Gelu GroupNormalization HardSigmoid HardSwish Hardmax "
    "InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Log LogSoftmax LpNormalization "
    "MeanVarianceNormalization Mish Neg Not PRelu QuantizeLinear RMSNormalization Reciprocal Relu Round Scatter "
    "ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh "
    "ThresholdedRelu Trilu "
)
"""Operators whose first output is like their first input."""
STRETCHING = (
    "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max "
    "Mean Min Mod Mul Or Pow Sub Sum Where Xor "
)
"""Operators whose inputs stretch to one shape."""


REDUCING = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare"
"""What operators do that reduce axes, behind `Reduce`."""


def outline(site: Site, place: int = 0) -> Shape | None:
    """Return the shape of an operator's output; None where its kind does not tell it, or it does not fit."""
    rule = OUTLINES.get(site.kind) if place == 0 else _state if site.kind in RECURRENT else None
    try:
        return rule(site) if rule else None
    except (ValueError, IndexError, ZeroDivisionError, Unsayable):
        return None


def _alike(site: Site) -> Shape:
    return site.value().shape


def _stretched(site: Site) -> Shape:
    return broadcast([each.shape for each in site.inputs if each is not None])


def _product(first: int, second: int) -> Callable[[Site], Shape | None]:
    """Return the rule of a product of matrices, of which there may be many of a kind."""

    def rule(site: Site) -> Shape | None:
        a, b = site.value(first).shape, site.value(second).shape
        if len(a) < 2 or len(b) < 2:
            return None
        stack = broadcast([a[:-2], b[:-2]]) if len(a) + len(b) > 4 else ()
        return *stack, a[-2], b[-1]

    return rule


def _gemm(site: Site) -> Shape:
    a, b = site.value(0).shape, site.value(1).shape
    return a[1 if site.get("transA", 0) else 0], b[0 if site.get("transB", 0) else 1]


def _convolved(weights: int) -> Callable[[Site], Shape]:
    """Return the rule of a convolution, whose weights are one of its inputs."""

    def rule(site: Site) -> Shape:
        kernel = site.value(weights).shape
        x = site.value().shape
        return x[0], kernel[0], *_windows(site, x[2:], [size or 1 for size in kernel[2:]])

    return rule


def _pooled(site: Site) -> Shape:
    x = site.value().shape
    return *x[:2], *_windows(site, x[2:], list(site.get("kernel_shape") or ()))


def _windows(site: Site, space: Shape, kernel: list[int]) -> Shape:
    rank = len(space)
    strides, dilations = (list(site.get(name) or [1] * rank) for name in ("strides", "dilations"))
    if str(site.get("auto_pad")).startswith("SAME"):
        return tuple(size and -(-size // stride) for size, stride in zip(space, strides, strict=True))
    pads = list(site.get("pads") or [0] * 2 * rank)
    border = list(zip(pads[:rank], pads[rank:], strict=True))
    return windows(space, kernel, strides, border, dilations, "ceil" if site.get("ceil_mode", 0) else "floor")


def _reduced(site: Site) -> Shape:
    x, axes = site.value().shape, axes_of(site)
    if site.get("keepdims", 1):
        return tuple(1 if axis in axes else size for axis, size in enumerate(x))
    return tuple(size for axis, size in enumerate(x) if axis not in axes)


def _gathered(site: Site) -> Shape:
    x, axis = site.value().shape, site.axis(0)
    return *x[:axis], *site.value(1).shape, *x[axis + 1 :]


def _chosen(site: Site) -> Shape:
    x = site.value().shape
    if site.get("axis") is None:
        return (None,)
    axis = site.axis(0)
    return *x[:axis], None, *x[axis + 1 :]


RECURRENT = ("GRU", "LSTM", "RNN")


def _state(site: Site) -> Shape:
    """Return the shape of the last state of a recurrent layer."""
    x, recurrent = site.value().shape, site.value(2).shape
    if len(x) != 3 or site.get("layout", 0):
        raise Unsayable("its axes are in another order")
    return recurrent[0], x[1], recurrent[2]


def _states(site: Site) -> Shape:
    directions, batch, units = _state(site)
    return site.value().shape[0], directions, batch, units


OUTLINES: dict[str, Callable[[Site], Shape | None]] = {
    **dict.fromkeys(ALIKE.split(), _alike),
    **dict.fromkeys(STRETCHING.split(), _stretched),
    **dict.fromkeys((f"Reduce{each}" for each in REDUCING.split()), _reduced),
    **dict.fromkeys(RECURRENT, _states),
    "MatMul": _product(0, 1),
    "MatMulInteger": _product(0, 1),
    "QLinearMatMul": _product(0, 3),
    "Gemm": _gemm,
    "Conv": _convolved(1),
    "ConvInteger": _convolved(1),
    "QLinearConv": _convolved(3),
    "MaxPool": _pooled,
    "LpPool": _pooled,
    "Gather": _gathered,
    "Compress": _chosen,
    "NonMaxSuppression": lambda site: (None, 3),
    "NonZero": lambda site: (site.value().rank, None),
    "Range": lambda site: (None,) if any(each and each.ref for each in site.inputs) else None,
}
"""The rules, by operator."""
