"""Functions of each element, and softmax."""

from typing import Literal

from ir.kinds import Axis, Size
from ir.layer import Layer, LayerError, Shape, Weight, param
from ir.layers.norm import channel_weight
from ir.shapes import axis_of


class _Elementwise(Layer, abstract=True, grammar="any -> same", elementwise=True):
    pass


class ReLU(_Elementwise):
    """Cut off negative values, or shrink them: max(x, 0) + negative_slope * min(x, 0)."""

    negative_slope: float = param("Factor for negative values.", default=0.0)
    maximum: float | None = param("Where large values are cut off.", default=None)


class PReLU(Layer, grammar="any -> same"):
    """Multiply negative values by a learned slope."""

    axis: Axis = param("Axis of the channels.", default=1)
    shared: bool = param("Whether all channels share one slope.", default=False)

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"slope": Weight("", ()) if self.shared else channel_weight(x, self.axis)}


class ELU(_Elementwise):
    """Bend negative values: alpha * (exp(x) - 1)."""

    alpha: float = param("Where very negative values end, as -alpha.", default=1.0)


class Sigmoid(_Elementwise):
    """Squash to between 0 and 1: 1 / (1 + exp(-x))."""


class Tanh(_Elementwise):
    """Squash to between -1 and 1."""


class Abs(_Elementwise):
    """Take the absolute value."""


class Softplus(_Elementwise):
    """Take log(1 + exp(x)), a smooth ReLU (Caffe's BNLL)."""


class Swish(_Elementwise):
    """Take x * sigmoid(beta * x)."""

    beta: float = param("Factor within the sigmoid.", default=1.0)


class GELU(_Elementwise):
    """Multiply by the share of the normal distribution that lies below: x * (1 + erf(x / sqrt(2))) / 2."""

    approximate: bool = param(
        "Whether the share is taken to be (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2.", default=False
    )


class HardSigmoid(_Elementwise):
    """Squash to between 0 and 1 along a line: min(max(slope * x + 0.5, 0), 1)."""

    slope: float = param("Slope of the line; PyTorch and Keras 3 have 1/6, ONNX and Keras 1 and 2 0.2.", default=1 / 6)


class HardSwish(_Elementwise):
    """Take x * min(max(x / 6 + 0.5, 0), 1)."""


class Function(_Elementwise):
    """Take a function that goes by its name in mathematics; halves are rounded to the even neighbour."""

    function: Literal[
        "floor", "ceil", "round", "sign", "erf",
        "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh",
    ] = param("Which one.")  # fmt: skip


class Clip(_Elementwise):
    """Cut off values below and above limits."""

    minimum: float = param("Lower limit.")
    maximum: float = param("Upper limit.")

    def check(self) -> None:
        if self.minimum > self.maximum:
            raise LayerError(f"the lower limit {self.minimum} is above the upper limit {self.maximum}", "minimum")


class Threshold(_Elementwise):
    """Give 1 above a threshold, else 0."""

    threshold: float = param("What a value must exceed.", default=0.0)


class Power(_Elementwise):
    """Take (shift + scale * x) ** power."""

    power: float = param("Exponent.", default=1.0)
    scale: float = param("Factor.", default=1.0)
    shift: float = param("What is added to the product.", default=0.0)


class Exp(_Elementwise):
    """Take base ** (shift + scale * x)."""

    base: float | None = param("Base; null for e.", default=None)
    scale: float = param("Factor.", default=1.0)
    shift: float = param("What is added to the product.", default=0.0)


class Log(_Elementwise):
    """Take the logarithm of shift + scale * x."""

    base: float | None = param("Base; null for e.", default=None)
    scale: float = param("Factor.", default=1.0)
    shift: float = param("What is added to the product.", default=0.0)


class Dropout(_Elementwise):
    """Set elements to zero at random in training, and scale up the rest; change nothing at inference."""

    rate: float = param("Share of the elements that are dropped.", default=0.5)

    def check(self) -> None:
        if not 0 <= self.rate <= 1:
            raise LayerError(f"a dropout rate lies between 0 and 1, not at {self.rate}", "rate")


class Identity(_Elementwise):
    """Change nothing."""


class Softmax(Layer, grammar="any -> same"):
    """Turn scores along an axis into shares that add up to 1."""

    axis: Axis = param("Axis of the scores.", default=-1)

    def shape(self, x: Shape) -> Shape:
        axis_of(self.axis, len(x))
        return x


class ArgMax(Layer, grammar="any -> any"):
    """Find where the largest values stand, as numbers of the input's type; of equal ones the last comes first.

    Without an axis the result is (N, 1, top), or (N, 2, top) with values, and has axes of 1 behind to as many as the
    input has. Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/argmax_layer.cpp
    """

    axis: Axis | None = param("Axis to search; null searches all but the batch together.", default=None)
    top: Size = param("How many of the largest to find.", default=1)
    values: bool = param("Whether to give the values: alone with an axis, after the indices without.", default=False)

    def shape(self, x: Shape) -> Shape:
        if self.axis is None:
            return x[0], 2 if self.values else 1, self.top, *(1,) * (len(x) - 3)
        axis = axis_of(self.axis, len(x))
        return *x[:axis], self.top, *x[axis + 1 :]
