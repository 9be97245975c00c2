"""Layers that bring several tensors together."""

from typing import Literal

from ir.kinds import Axis, Reals
from ir.layer import Layer, Shape, ShapeError, param
from ir.shapes import Dim, agree, axis_of, broadcast, merge, show


class Concat(Layer, grammar="any+ -> same", inputs=(1, None)):
    """String tensors together along an axis."""

    axis: Axis = param("Axis along which they follow each other.", default=1)

    def shape(self, *inputs: Shape) -> Shape:
        first: Shape = inputs[0]
        total: Dim = 0
        axis = axis_of(self.axis, len(first))
        for i, x in enumerate(inputs):
            rest = x[:axis] + x[axis + 1 :]
            if len(x) != len(first) or not all(map(agree, first[:axis] + first[axis + 1 :], rest)):
                raise ShapeError(f"joins along axis {axis}, but {{0}} gives {show(first)} and {{{i}}} gives {show(x)}")
            size = x[axis]
            total = None if total is None or size is None else total + size
        return *first[:axis], total, *first[axis + 1 :]


class Add(Layer, grammar="any+ -> same", inputs=(1, None), elementwise=True):
    """Add tensors up, element by element."""

    coefficients: Reals | None = param("Factor for each input; null for 1 everywhere.", default=None)

    def shape(self, *inputs: Shape) -> Shape:
        if self.coefficients is not None and len(self.coefficients) != len(inputs):
            raise ShapeError(f"has {len(self.coefficients)} coefficients for {len(inputs)} inputs")
        return merge(inputs)


class Multiply(Layer, grammar="any+ -> same", inputs=(1, None), elementwise=True):
    """Multiply tensors, element by element."""

    def shape(self, *inputs: Shape) -> Shape:
        return merge(inputs)


class Maximum(Layer, grammar="any+ -> same", inputs=(1, None), elementwise=True):
    """Keep the largest of the inputs' values, element by element."""

    def shape(self, *inputs: Shape) -> Shape:
        return merge(inputs)


class Subtract(Layer, grammar="any, any -> same", inputs=2):
    """Subtract the second tensor from the first; sizes of 1 stretch."""

    def shape(self, *inputs: Shape) -> Shape:
        return broadcast(inputs)


class Divide(Layer, grammar="any, any -> same", inputs=2):
    """Divide the first tensor by the second; sizes of 1 stretch."""

    def shape(self, *inputs: Shape) -> Shape:
        return broadcast(inputs)


class MatMul(Layer, grammar="any, any -> any", inputs=2):
    """Multiply matrices, those in the last two axes; the axes before them stretch.

    A tensor of one axis is a row on the left and a column on the right, and that axis goes.
    """

    def shape(self, a: Shape, b: Shape) -> Shape:
        if not a or not b:
            raise ShapeError(f"multiplies matrices, but {{0}} gives {show(a)} and {{1}} gives {show(b)}")
        if not agree(a[-1], b[-2] if len(b) > 1 else b[0]):
            raise ShapeError(f"wants as many columns as rows, but {{0}} gives {show(a)} and {{1}} gives {show(b)}")
        return *broadcast([a[:-2], b[:-2]]), *a[-2:-1], *(b[-1:] if len(b) > 1 else ())


class RaiseTo(Layer, grammar="any, any -> same", inputs=2):
    """Raise the first tensor to the power that the second says; sizes of 1 stretch."""

    def shape(self, *inputs: Shape) -> Shape:
        return broadcast(inputs)


class Compare(Layer, grammar="any, any -> same", inputs=2):
    """Give 1 where a relation holds between the elements of two tensors, else 0; sizes of 1 stretch."""

    relation: Literal["equal", "less", "less_equal", "greater", "greater_equal"] = param(
        "How the first is to the second."
    )

    def shape(self, *inputs: Shape) -> Shape:
        return broadcast(inputs)


class Select(Layer, grammar="any, any, any -> same", inputs=3):
    """Take the second tensor's elements where the first has other ones than 0, else the third's; sizes of 1 stretch."""

    def shape(self, *inputs: Shape) -> Shape:
        return broadcast(inputs)
