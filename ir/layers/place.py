"""Layers that take values from places, or put them there, which another tensor says while the model runs."""

from typing import Literal

from ir.kinds import Axis
from ir.layer import Layer, Shape, ShapeError, param
from ir.shapes import agree, axis_of, image_of, show


def _fits(whole: Shape, index: Shape, axis: int) -> bool:
    """Tell whether an index has the sizes of what it is of, but along one axis."""
    pairs = enumerate(zip(whole, index, strict=False))
    return len(whole) == len(index) and all(at == axis or agree(*pair) for at, pair in pairs)


class TakeAlong(Layer, grammar="any, any -> any", inputs=2):
    """Take for each number of the second tensor the value that stands in that place of the first, along an axis.

    The numbers count from 0; along the other axes both have the same sizes.
    """

    axis: Axis = param("Axis along which the places are counted.", default=1)

    def shape(self, x: Shape, index: Shape) -> Shape:
        axis = axis_of(self.axis, len(x))
        if not _fits(x, index, axis):
            raise ShapeError(f"takes along axis {axis}, but {{0}} gives {show(x)} and {{1}} gives {show(index)}")
        return index


class PutAlong(Layer, grammar="any, any, any -> same", inputs=3):
    """Put each value of the third tensor into the first, in the place along an axis that the second says.

    The numbers count from 0; along the other axes all have the same sizes. Where values are put instead of what was
    there, no two may go to one place.
    """

    axis: Axis = param("Axis along which the places are counted.", default=1)
    how: Literal["instead", "add", "multiply", "max", "min"] = param(
        "Whether a value is put instead of what was there, or joined with it.", default="instead"
    )

    def shape(self, x: Shape, index: Shape, values: Shape) -> Shape:
        axis = axis_of(self.axis, len(x))
        if not _fits(x, index, axis) or len(index) != len(values) or not all(map(agree, index, values)):
            told = f"{{0}} gives {show(x)}, {{1}} gives {show(index)} and {{2}} gives {show(values)}"
            raise ShapeError(f"puts along axis {axis}, but {told}")
        return x


class _GridSample(Layer, abstract=True, inputs=2, spatial=True):
    mode: Literal["linear", "nearest", "cubic"] = param("What is taken between pixels.", default="linear")
    border: Literal["zeros", "edge", "mirror"] = param(
        "What stands beyond the border: 0, what is at the edge, or what is mirrored by it.", default="zeros"
    )
    corners: bool = param("Whether -1 and 1 are the middles of the outer pixels, not their outer edges.", default=False)

    def shape(self, x: Shape, grid: Shape) -> Shape:
        assert self.rank
        batch, channels, _ = image_of(x, self.rank)
        if len(grid) != len(x) or not agree(grid[-1], self.rank) or not agree(batch, grid[0]):
            raise ShapeError(f"wants {self.rank} numbers for each point of {{0}}, but {{1}} gives {show(grid)}")
        return batch, channels, *grid[1:-1]


class GridSample2D(_GridSample, grammar="image, any -> image"):
    """Take pixels at points that the second tensor gives: (batch, height, width, 2), x before y, each from -1 to 1.

    Between pixels a cubic curve has the factor -0.75. Source: https://onnx.ai/onnx/operators/onnx__GridSample.html
    """

    rank = 2


class GridSample3D(_GridSample, grammar="volume, any -> volume"):
    """Take voxels at points that the second tensor gives: (batch, depth, height, width, 3), x before y before z.

    Each number is from -1 to 1. Source: https://onnx.ai/onnx/operators/onnx__GridSample.html
    """

    rank = 3
