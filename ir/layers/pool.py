"""Pooling, and the borders that go with windows."""

from typing import Literal

from ir.kinds import Pads, Size, Sizes
from ir.layer import Layer, LayerError, Shape, ShapeError, param
from ir.shapes import image_of, product, show, windows

Rounding = Literal["floor", "ceil"]


class _Pool(Layer, abstract=True, spatial=True):
    kernel: Sizes = param("Size of the window along each spatial axis.")
    stride: Sizes = param("Step between windows.", default=1)
    pad: Pads = param("Border before and after each spatial axis.", default=0)
    rounding: Rounding = param(
        "Whether a last, partial window counts (ceil) or not (floor); "
        "one that starts behind the input and its leading border never does.",
        default="floor",
    )

    def shape(self, x: Shape) -> Shape:
        assert self.rank
        _, channels, space = image_of(x, self.rank)
        return x[0], channels, *windows(space, self.kernel, self.stride, self.pad, rounding=self.rounding)


class _MaxPool(_Pool, abstract=True):
    dilation: Sizes = param("Step between the elements of a window.", default=1)

    @property
    def reach(self) -> tuple[int, ...]:
        """From the first element of a window to the last, along each axis."""
        return tuple(step * (size - 1) + 1 for size, step in zip(self.kernel, self.dilation, strict=True))

    def shape(self, x: Shape) -> Shape:
        assert self.rank
        _, channels, space = image_of(x, self.rank)
        return x[0], channels, *windows(space, self.kernel, self.stride, self.pad, self.dilation, self.rounding)


class _AvgPool(_Pool, abstract=True):
    count_pad: bool = param("Whether the border counts in the divisor; what lies behind it never does.", default=True)


class MaxPool1D(_MaxPool, grammar="sequence -> sequence"):
    """Keep the largest value of each window; the border never wins."""

    rank = 1


class MaxPool2D(_MaxPool, grammar="image -> image"):
    """Keep the largest value of each window; the border never wins."""

    rank = 2


class MaxPool3D(_MaxPool, grammar="volume -> volume"):
    """Keep the largest value of each window; the border never wins."""

    rank = 3


class AvgPool1D(_AvgPool, grammar="sequence -> sequence"):
    """Take the mean of each window."""

    rank = 1


class AvgPool2D(_AvgPool, grammar="image -> image"):
    """Take the mean of each window."""

    rank = 2


class AvgPool3D(_AvgPool, grammar="volume -> volume"):
    """Take the mean of each window."""

    rank = 3


class MaxPoolIndices2D(_Pool, grammar="image -> image, image"):
    """Keep the largest value of each window, and where it stood: its index in the channel's plane."""

    rank = 2

    @property
    def outputs(self) -> int:
        return 2

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        return (self.shape(*inputs),) * 2


class StochasticPool2D(_Pool, grammar="image -> image"):
    """Take the mean of each window, every value weighted by itself (Caffe's test-time rule)."""

    rank = 2


class _GlobalPool(Layer, abstract=True, spatial=True):
    def shape(self, x: Shape) -> Shape:
        assert self.rank
        batch, channels, _ = image_of(x, self.rank)
        return batch, channels, *(1,) * self.rank


class GlobalMaxPool1D(_GlobalPool, grammar="sequence -> sequence"):
    """Keep the largest value of each channel, as a sequence of one."""

    rank = 1


class GlobalMaxPool2D(_GlobalPool, grammar="image -> image"):
    """Keep the largest value of each channel, as an image of one pixel."""

    rank = 2


class GlobalMaxPool3D(_GlobalPool, grammar="volume -> volume"):
    """Keep the largest value of each channel, as a volume of one voxel."""

    rank = 3


class GlobalAvgPool1D(_GlobalPool, grammar="sequence -> sequence"):
    """Take the mean of each channel, as a sequence of one."""

    rank = 1


class GlobalAvgPool2D(_GlobalPool, grammar="image -> image"):
    """Take the mean of each channel, as an image of one pixel."""

    rank = 2


class GlobalAvgPool3D(_GlobalPool, grammar="volume -> volume"):
    """Take the mean of each channel, as a volume of one voxel."""

    rank = 3


class SpatialPyramidPool2D(Layer, grammar="image -> vector", spatial=True):
    """Pool over grids of 1x1, 2x2, 4x4 ... bins, and string the results together."""

    rank = 2
    levels: Size = param("Number of grids; grid i has 2**i bins on a side.")
    function: Literal["max", "average"] = param("What is taken of a bin.", default="max")

    def check(self) -> None:
        if self.levels > 16:
            raise LayerError(f"a pyramid of {self.levels} levels has more bins than any image pixels", "levels")

    def shape(self, x: Shape) -> Shape:
        batch, channels, _ = image_of(x, 2)
        return batch, product((channels, sum(4**level for level in range(self.levels))))


class _Pad(Layer, abstract=True, spatial=True):
    pad: Pads = param("What is added before and after each spatial axis.")
    value: float | None = param("What the border holds; null for the lowest value there is.", default=0.0)
    mode: Literal["constant", "edge", "reflect", "wrap"] = param(
        "What it holds instead of one value: what stands at the edge, what is mirrored by it, or what is on the other "
        "side.",
        default="constant",
    )

    def check(self) -> None:
        if self.mode != "constant" and (self.value != 0 or any(min(pad) < 0 for pad in self.pad)):
            raise LayerError(f"a border of mode {self.mode} has no value, and is not cut away", "mode")

    def shape(self, x: Shape) -> Shape:
        assert self.rank
        batch, channels, space = image_of(x, self.rank)
        for size, pad in zip(space, self.pad, strict=True):
            if size is not None and (max(pad) > size - (self.mode == "reflect")) and self.mode in ("reflect", "wrap"):
                raise ShapeError(f"has a border of {max(pad)}, and {{0}} gives {show(x)}")
        grown = (None if size is None else size + sum(pad) for size, pad in zip(space, self.pad, strict=True))
        return batch, channels, *grown


class Pad1D(_Pad, grammar="sequence -> sequence"):
    """Add a border to a sequence."""

    rank = 1


class Pad2D(_Pad, grammar="image -> image"):
    """Add a border to an image."""

    rank = 2


class Pad3D(_Pad, grammar="volume -> volume"):
    """Add a border to a volume."""

    rank = 3
