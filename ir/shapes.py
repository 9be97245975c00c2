"""Shapes with a symbolic batch, and the arithmetic of windows.

A size is a whole number, or None where it is known only at run time (the batch, mostly).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Dim = int | None
Shape = tuple[Dim, ...]


class ShapeError(ValueError):
    """The inputs do not fit a layer; in `hint`, {name} stands for the layer's name."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def show(shape: Sequence[Dim]) -> str:
    """Write a shape as people do: (N, 3, 227, 227), a `?` for an unknown size after the batch.

    >>> show((None, 3, None, 227))
    '(N, 3, ?, 227)'
    """
    names = ["N" if i == 0 and size is None else "?" if size is None else str(size) for i, size in enumerate(shape)]
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def product(sizes: Iterable[Dim]) -> Dim:
    """Multiply sizes; unknown if any of them is."""
    total = 1
    for size in sizes:
        if size is None:
            return None
        total *= size
    return total


def axis_of(axis: int, rank: int, *, end: bool = False) -> int:
    """Return an axis counted from the front; `end` lets it stand behind the last one."""
    place = axis + rank if axis < 0 else axis
    if not 0 <= place < rank + end:
        raise ShapeError(f"axis {axis} is not one of the {rank} axes of the input")
    return place


def image_of(x: Shape, rank: int) -> tuple[Dim, Dim, Shape]:
    """Split a tensor with `rank` spatial axes, channels first, into batch, channels and space.

    In the messages of a ShapeError `{0}` stands for the name of the first input.
    """
    if len(x) != rank + 2:
        wanted = {1: "a sequence", 2: "an image", 3: "a volume"}[rank]
        raise ShapeError(f"wants {wanted}, but {{0}} gives {show(x)}")
    return x[0], x[1], x[2:]


def window_count(
    size: int, kernel: int, stride: int, pad: tuple[int, int], dilation: int = 1, ceil: bool = False
) -> int:
    """Count the windows along an axis.

    With `ceil` a last, partial window counts if it starts inside the input or its leading border
    (PyTorch, ONNX; Caffe's clip rule in pooling_layer.cpp is the same).

    >>> window_count(112, 3, 2, (0, 0), ceil=True), window_count(112, 3, 2, (0, 0))
    (56, 55)
    """
    reach = dilation * (kernel - 1) + 1
    room = size + sum(pad) - reach
    if room < 0:
        raise ShapeError(f"has a window of {reach}, wider than the input with its border, {size + sum(pad)}")
    count = room // stride + 1
    if ceil and room % stride:
        count += 1
        if (count - 1) * stride >= size + pad[0]:
            count -= 1
    return count


def windows(
    space: Shape,
    kernel: Sequence[int],
    stride: Sequence[int],
    pad: Sequence[tuple[int, int]],
    dilation: Sequence[int] | None = None,
    rounding: str = "floor",
) -> Shape:
    """Count the windows along every spatial axis; unknown sizes stay unknown."""
    dilation = dilation or (1,) * len(kernel)
    return tuple(
        None if size is None else window_count(size, k, s, p, d, rounding == "ceil")
        for size, k, s, p, d in zip(space, kernel, stride, pad, dilation, strict=True)
    )


def same_pad(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return the border that TensorFlow's `same` adds, the odd element behind.

    >>> same_pad(224, 3, 2), same_pad(225, 3, 2)
    ((0, 1), (1, 1))
    """
    count = -(-size // stride)
    total = max(0, (count - 1) * stride + dilation * (kernel - 1) + 1 - size)
    return total // 2, total - total // 2


def agree(a: Dim, b: Dim) -> bool:
    """Tell whether two sizes may be equal."""
    return a is None or b is None or a == b


def runs(axes: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges, each a first axis and a number of them, that axes make up.

    >>> runs([3, 0, 2])
    [(0, 1), (2, 2)]
    """
    found: list[tuple[int, int]] = []
    for axis in sorted(set(axes)):
        if found and sum(found[-1]) == axis:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((axis, 1))
    return found


def merge(shapes: Sequence[Shape]) -> Shape:
    """Return the one shape that several inputs share; raise ShapeError if they differ."""
    first = shapes[0]
    for i, other in enumerate(shapes[1:], 1):
        if len(other) != len(first) or not all(map(agree, first, other)):
            raise ShapeError(
                f"wants inputs of one shape, but {{0}} gives {show(first)} and {{{i}}} gives {show(other)}"
            )
        first = tuple(b if a is None else a for a, b in zip(first, other, strict=True))
    return first


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of an elementwise operation, sizes aligned from the right, 1 stretching."""
    rank = max(map(len, shapes))
    result: list[Dim] = [1] * rank
    for shape in shapes:
        for i, size in enumerate(shape, rank - len(shape)):
            if result[i] == 1:
                result[i] = size
            elif size not in (1, None) and result[i] not in (size, None):
                raise ShapeError("wants shapes that broadcast, but gets " + " and ".join(map(show, shapes)))
            elif result[i] is None and size not in (1, None):
                result[i] = size
    return tuple(result)
