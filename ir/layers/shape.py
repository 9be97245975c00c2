"""Layers that rearrange, cut or reduce tensors."""

from itertools import pairwise
from typing import Literal

from ir.kinds import Axis, Size, Whole, Wholes
from ir.layer import Layer, LayerError, Shape, ShapeError, Weight, param
from ir.shapes import axis_of, product, show


class Flatten(Layer, grammar="any -> vector", variants={"axis": "any -> any", "end_axis": "any -> any"}):
    """Join a range of axes into one."""

    axis: Axis = param("First axis of the range.", default=1)
    end_axis: Axis = param("Last axis of the range.", default=-1)

    def shape(self, x: Shape) -> Shape:
        start, end = axis_of(self.axis, len(x)), axis_of(self.end_axis, len(x))
        if end < start:
            raise ShapeError(f"wants a range of axes, but {start} to {end} is none in {show(x)}")
        return *x[:start], product(x[start : end + 1]), *x[end + 1 :]


class Reshape(Layer, grammar="any -> any"):
    """Give the same elements, in the same order, another shape."""

    sizes: Wholes = param("The new sizes: 0 keeps the one in its place, one -1 takes what is left.")
    axis: Axis = param("First axis that is reshaped.", default=0)
    count: Whole = param("Number of axes that are reshaped; -1 for all that follow.", default=-1)

    def check(self) -> None:
        if self.sizes.count(-1) > 1:
            raise LayerError("only one size can be -1", "sizes")
        if any(size < -1 for size in self.sizes):
            raise LayerError("a size is a whole number, 0 to keep the one there, or -1 for what is left", "sizes")

    def shape(self, x: Shape) -> Shape:
        # As in Caffe, a negative axis may stand behind the last one, where new axes go.
        start = self.axis if self.axis >= 0 else self.axis + len(x) + 1
        stop = len(x) if self.count == -1 else start + self.count
        if not 0 <= start <= stop <= len(x):
            raise ShapeError(f"reshapes axes {start} to {stop - 1}, but {{0}} gives {show(x)}")
        old = x[start:stop]
        if any(size == 0 and i >= len(old) for i, size in enumerate(self.sizes)):
            raise ShapeError(f"keeps a size that {{0}} does not have: {self.sizes} of {show(old)}")
        new = [old[i] if size == 0 else size for i, size in enumerate(self.sizes)]
        return *x[:start], *fill(old, new, self.sizes), *x[stop:]


def fill(old: Shape, new: list[int | None], asked: tuple[int, ...]) -> Shape:
    """Return the new sizes with -1 worked out; sizes that cancel need not be known."""
    kept = [i for i, size in enumerate(asked) if size == 0]
    before = product(size for i, size in enumerate(old) if i not in kept)
    after = product(size for i, size in enumerate(new) if i not in kept and size != -1)
    if -1 not in new:
        if before is not None and after is not None and before != after:
            raise ShapeError(f"turns {show(old)} into {show(new)}, which has another number of elements")
        return tuple(new)
    left = None
    if before is not None and after is not None:
        if after == 0 or before % after:
            raise ShapeError(f"cannot split {before} elements over {show([s for s in new if s != -1])}")
        left = before // after
    return tuple(left if size == -1 else size for size in new)


class Permute(Layer, grammar="any -> any"):
    """Put the axes into another order."""

    order: Wholes = param("For each axis of the output, the axis of the input it comes from.")

    def check(self) -> None:
        if sorted(self.order) != list(range(len(self.order))):
            raise LayerError(f"{list(self.order)} does not name each axis once", "order")

    def shape(self, x: Shape) -> Shape:
        if len(self.order) != len(x):
            raise ShapeError(f"orders {len(self.order)} axes, but {{0}} gives {show(x)}")
        return tuple(x[axis] for axis in self.order)


class Slice(Layer, grammar="any -> same+"):
    """Cut a tensor into pieces along an axis."""

    axis: Axis = param("Axis along which it is cut.", default=1)
    points: Wholes | None = param("Where the cuts are; null cuts into equal pieces.", default=None)
    pieces: Size = param("Number of pieces.", default=1)

    def check(self) -> None:
        if self.points is None:
            return
        if self.pieces != len(self.points) + 1:
            raise LayerError(f"{len(self.points)} cuts make {len(self.points) + 1} pieces, not {self.pieces}", "points")
        if list(self.points) != sorted(set(self.points)) or min(self.points, default=1) < 1:
            raise LayerError(f"the cuts {list(self.points)} do not rise", "points")

    @property
    def outputs(self) -> int:
        return self.pieces

    def lengths(self, x: Shape) -> tuple[int, ...]:
        """Return the length of each piece."""
        size = x[axis_of(self.axis, len(x))]
        if size is None:
            raise ShapeError(f"needs to know the size it cuts, but {{0}} gives {show(x)}")
        if self.points is None:
            if size % self.pieces:
                raise ShapeError(f"cannot cut {size} into {self.pieces} equal pieces")
            return (size // self.pieces,) * self.pieces
        if self.points and self.points[-1] >= size:
            raise ShapeError(f"cuts at {self.points[-1]}, but {{0}} gives {show(x)}")
        cuts = (0, *self.points, size)
        return tuple(b - a for a, b in pairwise(cuts))

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        (x,) = inputs
        axis = axis_of(self.axis, len(x))
        return tuple((*x[:axis], length, *x[axis + 1 :]) for length in self.lengths(x))


class Reverse(Layer, grammar="any -> same"):
    """Turn the order along an axis round."""

    axis: Axis = param("Axis along which the order is turned round.", default=0)

    def shape(self, x: Shape) -> Shape:
        axis_of(self.axis, len(x))
        return x


class Crop(Layer, grammar="any, any -> same", inputs=2):
    """Cut the first tensor to the size of the second, from `axis` on."""

    axis: Axis = param("First axis that is cut.", default=2)
    offset: Wholes = param("Where the cut begins: one value for all axes, or one for each.", default=(0,))

    def offsets(self, rank: int) -> tuple[int, ...]:
        """Return the offset along each axis that is cut."""
        count = rank - axis_of(self.axis, rank)
        if len(self.offset) not in (1, count):
            raise ShapeError(f"has {len(self.offset)} offsets for {count} axes")
        return self.offset if len(self.offset) == count else self.offset * count

    def shape(self, x: Shape, like: Shape) -> Shape:
        axis = axis_of(self.axis, len(x))
        if len(x) != len(like):
            raise ShapeError(f"wants inputs of one rank, but {{0}} gives {show(x)} and {{1}} gives {show(like)}")
        for size, wanted, offset in zip(x[axis:], like[axis:], self.offsets(len(x)), strict=True):
            if size is not None and wanted is not None and offset + wanted > size:
                raise ShapeError(f"cuts {wanted} from {offset} on, but {{0}} gives {show(x)}")
        return *x[:axis], *like[axis:]


class Tile(Layer, grammar="any -> same"):
    """Repeat a tensor along an axis."""

    axis: Axis = param("Axis along which it is repeated.", default=1)
    times: Size = param("How often.")

    def shape(self, x: Shape) -> Shape:
        axis = axis_of(self.axis, len(x))
        return *x[:axis], product((x[axis], self.times)), *x[axis + 1 :]


class Reduction(Layer, grammar="any -> any"):
    """Reduce all axes from `axis` on to one number."""

    function: Literal["sum", "abs_sum", "square_sum", "mean", "max", "min", "product"] = param(
        "What is taken.", default="sum"
    )
    axis: Axis = param("First axis that is reduced.", default=0)
    coefficient: float = param("Factor for the result.", default=1.0)

    def shape(self, x: Shape) -> Shape:
        return x[: axis_of(self.axis, len(x))]


class Mean(Layer, grammar="any -> same"):
    """Take the mean over some axes, each kept with size 1."""

    axes: Wholes = param("Axes that the mean is taken over.")

    def shape(self, x: Shape) -> Shape:
        gone = {axis_of(axis, len(x)) for axis in self.axes}
        return tuple(1 if i in gone else size for i, size in enumerate(x))


class BatchReindex(Layer, grammar="any, any -> same", inputs=2):
    """Pick items of the batch by index, in any order."""

    def shape(self, x: Shape, index: Shape) -> Shape:
        return index[0], *x[1:]


class Constant(Layer, grammar="-> any", inputs=0):
    """Give learned values that depend on no input."""

    sizes: Wholes = param("Shape of the values.")

    def shape(self, *inputs: Shape) -> Shape:
        return self.sizes

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"value": Weight("", self.sizes)}
