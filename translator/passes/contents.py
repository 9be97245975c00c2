"""What tensors hold, as expressions, so that the same is known to be the same in whatever layers it is said.

A tensor is looked at as the row of elements that each item of the batch has, whatever its shape: to reshape it changes
nothing, a piece of it is a range, and a range of sums is a sum of ranges. Every expression has a number, the same for
the same expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.shapes import Shape, axis_of, product
from ir.validate import Shapes, node_shapes

Expression = tuple[Any, ...]
_SAME = (L.Reshape, L.Flatten)
_OWN_ZERO = (L.Tanh, L.ReLU, L.Abs)


class Contents:
    """The numbers of expressions (`of`), and the shapes of the tensors that hold them.

    `keys` are the names of weights that stand for others.
    """

    def __init__(self, shapes: Shapes, keys: Mapping[str, str] | None = None) -> None:
        self.shapes = dict(shapes)
        self.keys = dict(keys or {})
        self.of: dict[Ref, int] = {}
        self.expressions: list[tuple[Expression, int]] = []
        self.numbers: dict[tuple[Expression, int], int] = {}

    def number(self, expression: Expression, size: int) -> int:
        """Return the number of an expression that stands for so many elements."""
        found = self.numbers.setdefault((expression, size), len(self.expressions))
        if found == len(self.expressions):
            self.expressions.append((expression, size))
        return found

    def zero(self, size: int) -> int:
        return self.number(("zero",), size)

    def is_zero(self, number: int) -> bool:
        return bool(self.expressions[number][0] == ("zero",))

    def add(self, node: Node) -> None:
        """Take a node in; its inputs stand for themselves where they are not known."""
        inputs = [self.input(ref) for ref in node.inputs]
        if any(ref not in self.shapes for ref in node.refs):
            given = [self.shapes[ref] for ref in node.inputs]
            self.shapes.update(zip(node.refs, node_shapes(node, given, "channels_first"), strict=True))
        shapes = [self.shapes[ref] for ref in node.refs]
        if None in inputs or any(product(shape[1:]) is None for shape in shapes):
            return
        found = self.result(node, [each for each in inputs if each is not None], shapes)
        if found is not None:
            self.of.update(zip(node.refs, found, strict=True))

    def input(self, ref: Ref) -> int | None:
        """Return the number of what a tensor holds; None where it has no certain size."""
        size = product(self.shapes[ref][1:]) if ref in self.shapes else None
        if ref not in self.of and size is not None:
            self.of[ref] = self.number(("input", ref), size)
        return self.of.get(ref)

    def result(self, node: Node, inputs: list[int], shapes: list[Shape]) -> list[int] | None:
        """Return the numbers of what a node gives; None where it is nothing that is looked into."""
        layer = node.layer
        given = [self.shapes[ref] for ref in node.inputs]
        sizes = [product(shape[1:]) or 0 for shape in shapes]
        if isinstance(layer, _SAME) or _moves_nothing(layer, given):
            return inputs if product(given[0][1:]) == sizes[0] else None
        if isinstance(layer, L.Slice) and _is_outermost(layer.axis, given[0]):
            starts = [sum(sizes[:i]) for i in range(len(sizes))]
            return [self.range(inputs[0], at, at + size) for at, size in zip(starts, sizes, strict=True)]
        if isinstance(layer, L.Concat) and _is_outermost(layer.axis, given[0]):
            return inputs if len(inputs) == 1 else [self.number(("strung", *inputs), sizes[0])]
        if isinstance(layer, L.Dense) and axis_of(layer.axis, len(given[0])) == len(given[0]) - 1:
            if self.is_zero(inputs[0]) and not layer.bias:
                return [self.zero(sizes[0])]
            keys = [node.key(role) for role in ("kernel", "bias")[: 1 + layer.bias]]
            told = ("dense", *(self.keys.get(key, key) for key in keys), given[0][-1], layer.units, *inputs)
            return [self.number(told, sizes[0])]
        if isinstance(layer, L.ScaleBy) and product(given[1][1:]) == 1 and given[1][:1] == given[0][:1]:
            return [self.number(("scaled", *inputs), sizes[0])]
        found = self.each(layer, inputs, sizes[0]) if layer.elementwise else None
        return None if found is None else [found]

    def each(self, layer: Any, inputs: list[int], size: int) -> int | None:
        """Return the number of what a function of each element gives."""
        if isinstance(layer, L.Add) and layer.coefficients in (None, (1.0,) * len(inputs)):
            terms = sorted(each for each in inputs if not self.is_zero(each))
            return self.number(("sum", *terms), size) if len(terms) > 1 else terms[0] if terms else self.zero(size)
        if isinstance(layer, L.Multiply):
            zero = any(map(self.is_zero, inputs))
            return self.zero(size) if zero else self.number(("product", *sorted(inputs)), size)
        if len(inputs) > 1:
            return None
        if isinstance(layer, L.Power) and layer.power == 1 and layer.scale == 0 == layer.shift:
            return self.zero(size)
        if self.is_zero(inputs[0]) and isinstance(layer, _OWN_ZERO):
            return inputs[0]
        expression = self.expressions[inputs[0]][0]
        if layer in (L.Clip(minimum=0.0, maximum=1.0), L.ReLU(maximum=1.0)) and expression[0] == "function":
            line = expression[1]
            if isinstance(line, L.Power) and (line.power, line.shift) == (1, 0.5):
                return self.number(("function", L.HardSigmoid(slope=line.scale), expression[2]), size)
        return self.number(("function", layer, *inputs), size)

    def range(self, number: int, start: int, stop: int) -> int:
        """Return the number of a range of elements; that of a function of each is the function of the range."""
        expression, size = self.expressions[number]
        kind, *parts = expression
        if (start, stop) == (0, size):
            return number
        if kind == "zero":
            return self.zero(stop - start)
        if kind == "range":
            return self.range(parts[0], parts[1] + start, parts[1] + stop)
        if kind in ("sum", "product"):
            cut = sorted(self.range(each, start, stop) for each in parts)
            return self.number((kind, *cut), stop - start)
        if kind in ("function", "scaled"):
            at = 1 if kind == "function" else 0
            parts[at] = self.range(parts[at], start, stop)
            return self.number((kind, *parts), stop - start)
        return self.number(("range", number, start, stop), stop - start)


def _moves_nothing(layer: Any, given: list[Shape]) -> bool:
    """Tell whether a layer turns axes, but leaves the order of elements."""
    if not isinstance(layer, L.Permute) or layer.order[0] != 0:
        return False
    kept = [axis for axis in layer.order if given[0][axis] != 1]
    return kept == sorted(kept)


def _is_outermost(axis: int, shape: Shape) -> bool:
    """Tell whether pieces along an axis are ranges of an item's elements."""
    at = axis_of(axis, len(shape))
    return at > 0 and all(size == 1 for size in shape[1:at])
