"""Patterns of what Caffe spells out: means that stay as sizes of 1, what stretches along these, products, and erf."""

from __future__ import annotations

from ir import layers as L
from ir.graph import Node, Ref
from ir.layer import Layer
from ir.shapes import axis_of
from ir.shapes import product as product_of
from translator.passes.lowering.arithmetic import ERF_ABOVE, ERF_BELOW
from translator.passes.trail import Found, Trail, close

SEQUENCES: dict[type[Layer], type[Layer]] = {
    L.MaxPool2D: L.MaxPool1D,
    L.AvgPool2D: L.AvgPool1D,
    L.GlobalMaxPool2D: L.GlobalMaxPool1D,
    L.GlobalAvgPool2D: L.GlobalAvgPool1D,
}
"""Poolings of images, and those of sequences."""


def mean(trail: Trail, node: Node) -> Found | None:
    """Raise a reduction of the last axes, brought there or not, whose result has sizes of 1 in their places."""
    reduction = trail.makers.get(node.inputs[0])
    if reduction is None or not isinstance(reduction.layer, L.Reduction):
        return None
    x, rank = reduction.inputs[0], len(trail.shapes.get(reduction.inputs[0], ()))
    if not rank or reduction.layer != L.Reduction(function="mean", axis=reduction.layer.axis):
        return None
    ways, turn = [(tuple(range(rank)), x)], trail.layer(x)
    if isinstance(turn, L.Permute) and trail.shapes.get(trail.before(x)):
        ways.append((turn.order, trail.before(x)))
    first = axis_of(reduction.layer.axis, rank)
    for order, source in ways:
        gone, kept = sorted(order[first:]), order[:first]
        shape = tuple(1 if axis in gone else size for axis, size in enumerate(trail.shapes[source]))
        if list(kept) == sorted(kept) and trail.shapes.get(node.refs[0]) == shape:
            return Found(L.Mean(axes=tuple(gone)), (source,))
    return None


def difference(trail: Trail, node: Node) -> Found | None:
    """Raise a difference of which a term is repeated along axes of size 1, and one that is a sign."""
    if node.layer != L.Add(coefficients=(1.0, -1.0)):
        return None
    if [trail.layer(ref) for ref in node.inputs] == [L.Threshold(), L.Threshold()]:
        x, opposite = map(trail.before, node.inputs)
        if trail.layer(opposite) == L.Power(scale=-1.0) and trail.before(opposite) == x:
            return Found(L.Function(function="sign"), (x,))
    inputs = tuple(_unrepeated(trail, ref) for ref in node.inputs)
    return Found(L.Subtract(), inputs) if inputs != node.inputs else None


def product(trail: Trail, node: Node) -> Found | None:
    """Raise a product of two of which one is repeated along axes of size 1, or the inverse of such a one."""
    if len(node.inputs) != 2:
        return None
    for x, ref in (node.inputs, node.inputs[::-1]):
        if trail.layer(ref) == L.Power(power=-1.0):
            under = _unrepeated(trail, trail.before(ref))
            if under != trail.before(ref) and _unrepeated(trail, x) == x:
                return Found(L.Divide(), (x, under))
        by = _unrepeated(trail, ref)
        if by != ref and _unrepeated(trail, x) == x:
            return Found(L.ScaleBy(axis=0), (x, by))
    return None


def _unrepeated(trail: Trail, ref: Ref) -> Ref:
    """Return the tensor that is repeated to make one, along axes where it has a size of 1."""
    layer = trail.layer(ref)
    while isinstance(layer, L.Tile):
        shape = trail.shapes.get(trail.before(ref), ())
        if not shape or shape[axis_of(layer.axis, len(shape))] != 1:
            break
        ref = trail.before(ref)
        layer = trail.layer(ref)
    return ref


def matrices(trail: Trail, node: Node) -> Found | None:
    """Raise rows and columns that are repeated, multiplied and added up along the last axis."""
    products = trail.makers.get(node.inputs[0])
    shape = trail.shapes.get(node.inputs[0], ())
    rank = len(shape) - 1
    if node.layer != L.Reduction(axis=rank) or products is None or products.layer != L.Multiply():
        return None
    if rank < 2 or len(products.inputs) != 2:
        return None
    left = _without(trail, products.inputs[0], rank - 1)
    right = _without(trail, products.inputs[1], rank - 2)
    if left is None or right is None:
        return None
    order, source = list(range(rank)), right
    turn = trail.layer(right)
    if isinstance(turn, L.Permute):
        order, source = list(turn.order), trail.before(right)
    order[-2:] = order[:-3:-1]
    if order == list(range(rank)):
        return Found(L.MatMul(), (left, source))
    extra = Node(trail.free(f"{node.name}_turned"), L.Permute(order=order), (source,), origin=node.origin)
    return Found(L.MatMul(), (left, *extra.refs), extra)


def _without(trail: Trail, ref: Ref, axis: int) -> Ref | None:
    """Return the tensor that was given an axis and is repeated along it; None where there is none."""
    repeat = trail.layer(ref)
    if not isinstance(repeat, L.Tile) or repeat.axis != axis:
        return None
    spread = trail.before(ref)
    if not isinstance(trail.layer(spread), L.Reshape):
        return None
    source, shape = trail.before(spread), trail.shapes.get(spread, ())
    return source if shape and trail.shapes.get(source) == shape[:axis] + shape[axis + 1 :] else None


def error_function(trail: Trail, node: Node) -> Found | None:
    """Raise the quotient of polynomials that stands for the error function."""
    if len(node.inputs) != 3:
        return None
    within, above, inverse = node.inputs
    if trail.layer(within) != L.Clip(minimum=-4.0, maximum=4.0) or trail.layer(inverse) != L.Power(power=-1.0):
        return None
    for ref, wanted in ((above, ERF_ABOVE), (trail.before(inverse), ERF_BELOW)):
        found = _factors(trail, ref, within)
        if len(found) != len(wanted) or not all(map(close, found, wanted)):
            return None
    return Found(L.Function(function="erf"), (trail.before(within),))


def _factors(trail: Trail, ref: Ref, x: Ref) -> list[float]:
    """Return the factors of a polynomial of the square of a tensor, the constant first; none where it is none."""
    factors: list[float] = []
    while isinstance(line := trail.layer(ref), L.Power) and line.power == 1:
        before = trail.makers.get(trail.before(ref))
        if before is None:
            return []
        factors.append(line.shift)
        if before.layer == L.Power(power=2.0):
            return [*factors, line.scale] if before.inputs == (x,) else []
        square = before.inputs[1:]
        if before.layer != L.Multiply() or line.scale != 1 or len(square) != 1:
            return []
        maker = trail.makers.get(square[0])
        if maker is None or (maker.layer, maker.inputs) != (L.Power(power=2.0), (x,)):
            return []
        ref = before.inputs[0]
    return []


def as_sequence(trail: Trail, node: Node) -> Found | None:
    """Raise a pooling of a sequence as an image of one row."""
    pool = trail.makers.get(node.inputs[0])
    kind = None if pool is None else SEQUENCES.get(type(pool.layer))
    spread = trail.makers.get(pool.inputs[0]) if pool is not None and kind is not None else None
    if pool is None or kind is None or spread is None or not isinstance(spread.layer, L.Reshape):
        return None
    x, row, out = (trail.shapes.get(ref, ()) for ref in (*spread.inputs, *spread.refs, *pool.refs))
    if len(x) != 3 or row != (*x[:2], 1, x[2]) or trail.shapes.get(node.refs[0]) != (*out[:2], *out[3:]):
        return None
    values = {name: value for name, value in vars(pool.layer).items() if name in kind.params}
    for name in ("kernel", "stride", "pad", "dilation"):
        if name in values:
            first, *values[name] = values[name]
            if first not in (1, (0, 0)):
                return None
    return Found(kind(**values), spread.inputs)


def largest(trail: Trail, node: Node) -> Found | None:
    """Raise the largest of the last axes, taken by a pooling over rows."""
    pool = trail.makers.get(node.inputs[0])
    spread = trail.makers.get(pool.inputs[0]) if pool is not None and isinstance(pool.layer, L.MaxPool2D) else None
    if pool is None or spread is None or not isinstance(spread.layer, L.Reshape):
        return None
    x, rows, out = (trail.shapes.get(ref, ()) for ref in (*spread.inputs, *spread.refs, *node.refs))
    count = product_of(x[len(out) :])
    plain_pool = pool.layer in [L.MaxPool2D(kernel=(1, count or 1), rounding=way) for way in ("floor", "ceil")]
    if not out or len(out) >= len(x) or x[: len(out)] != out or rows[1:] != (1, 1, count) or not plain_pool:
        return None
    return Found(L.Reduction(function="max", axis=len(out)), spread.inputs)


def factors_behind(trail: Trail, node: Node) -> Found | None:
    """Raise what a Reshape takes axes of 1 from for a layer that stretches over them in any case."""
    x, by = node.inputs
    source, rank = plain(trail, by), len(trail.shapes.get(x, ()))
    axis = getattr(node.layer, "axis", 0)
    first = axis + rank if axis < 0 else axis  # That of a single number may stand behind the last one.
    fits = source != by and rank and first + len(trail.shapes[source]) <= rank
    return Found(node.layer, (x, source)) if fits else None


def plain(trail: Trail, ref: Ref) -> Ref:
    """Return a tensor with the axes of 1 behind it that a Reshape left out."""
    if not isinstance(trail.layer(ref), L.Reshape):
        return ref
    before = trail.before(ref)
    shape, full = trail.shapes.get(ref, ()), trail.shapes.get(before, ())
    return before if full and full == (*shape, *(1,) * (len(full) - len(shape))) else ref
