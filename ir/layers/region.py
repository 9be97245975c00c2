"""Layers that look at regions of an image."""

from math import sqrt

from ir.kinds import Reals, Size, Sizes
from ir.layer import Layer, LayerError, Shape, ShapeError, param
from ir.shapes import agree, image_of, show


class ROIPool2D(Layer, grammar="image, any -> image", inputs=2, spatial=True):
    """Keep the largest value of each part of a region, the region divided into a grid of parts.

    The second input has a row for each region: the number of its image, and left, top, right and bottom, both ends
    included, in pixels of an image that is 1 / scale as large. Parts that overlap share pixels; an empty one gives 0.
    Source: https://github.com/rbgirshick/caffe-fast-rcnn/blob/master/src/caffe/layers/roi_pooling_layer.cpp
    """

    rank = 2
    size: Sizes = param("Rows and columns of the grid.")
    scale: float = param("Pixels of the input for one of the regions' image.", default=1.0)

    def shape(self, x: Shape, regions: Shape) -> Shape:
        _, channels, _ = image_of(x, 2)
        if len(regions) != 2 or not agree(regions[1], 5):
            raise ShapeError(f"wants regions of shape (R, 5), but {{1}} gives {show(regions)}")
        return regions[0], channels, *self.size


class Proposals(Layer, grammar="image, image, any -> any", inputs=3, spatial=True):
    """Give the regions of an image that most likely hold an object: rows of image, left, top, right and bottom.

    At each cell stand boxes of several forms (`anchors`). The inputs are their scores (1, 2 * forms, H, W), those of
    no object first, their offsets (1, 4 * forms, H, W), and height, width and scale of the image (1, 3). Boxes are cut
    at the border of the image and small ones left out; the best are taken in the order of their scores, each unless it
    overlaps (intersection over union, both ends of a box included) one that was taken by more than `overlap`. With
    `scored` their scores are a second output, (regions, 1).
    Source: https://github.com/rbgirshick/py-faster-rcnn/blob/master/lib/rpn/proposal_layer.py, generate_anchors.py
    """

    stride: Size = param("Pixels of the image from one cell to the next.")
    scales: Reals = param("Factors of the forms' size.", default=(8, 16, 32))
    ratios: Reals = param("Ratios of height to width of the forms.", default=(0.5, 1, 2))
    base: Size = param("Side of the square that factors and ratios are of, in pixels.", default=16)
    least: float = param("Side of the smallest box that counts, in pixels before the image was scaled.", default=16)
    candidates: Size = param("Boxes that are looked at, the best.", default=6000)
    overlap: float = param("Overlap up to which boxes stand beside each other.", default=0.7)
    keep: Size = param("Boxes that are kept, the best.", default=300)
    scored: bool = param("Whether the scores are given too.", default=False)

    @property
    def outputs(self) -> int:
        return 1 + self.scored

    def check(self) -> None:
        if not self.scales or min(self.scales) <= 0 or not self.ratios or min(self.ratios) <= 0:
            raise LayerError("wants scales and ratios, each above 0", "scales")

    def anchors(self) -> tuple[tuple[float, float, float, float], ...]:
        """Return left, top, right and bottom of each form around the first cell."""
        middle = (self.base - 1) / 2
        found = []
        for ratio in self.ratios:
            wide = round(sqrt(self.base**2 / ratio))
            for scale in self.scales:
                reach = [(side * scale - 1) / 2 for side in (wide, round(wide * ratio))]
                found.append((middle - reach[0], middle - reach[1], middle + reach[0], middle + reach[1]))
        return tuple(found)

    def shape(self, scores: Shape, offsets: Shape, image: Shape) -> Shape:
        forms = len(self.scales) * len(self.ratios)
        for place, (x, each) in enumerate(((scores, 2), (offsets, 4))):
            _, channels, _ = image_of(x, 2)
            if not agree(channels, each * forms):
                raise ShapeError(f"wants {each * forms} channels for {forms} forms, but {{{place}}} gives {show(x)}")
        if not agree(image[-1], 3):
            raise ShapeError(f"wants height, width and scale of the image, but {{2}} gives {show(image)}")
        return None, 5

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        return (self.shape(*inputs), (None, 1))[: self.outputs]


class PSROIPool2D(Layer, grammar="image, any -> image", inputs=2, spatial=True):
    """Take the mean of each part of a region, each part out of channels of its own.

    The second input is as that of a ROIPool2D. Parts that overlap share pixels; an empty one gives 0.
    Source: https://github.com/daijifeng001/caffe-rfcn/blob/r-fcn/src/caffe/layers/psroi_pooling_layer.cu
    """

    rank = 2
    channels: Size = param("Channels of the output.")
    grid: Size = param("Rows and columns of the grid of parts.")
    scale: float = param("Pixels of the input for one of the regions' image.", default=1.0)

    def shape(self, x: Shape, regions: Shape) -> Shape:
        _, channels, _ = image_of(x, 2)
        wanted = self.channels * self.grid**2
        if not agree(channels, wanted):
            raise ShapeError(f"wants {wanted} channels, but {{0}} gives {show(x)}")
        if len(regions) != 2 or not agree(regions[1], 5):
            raise ShapeError(f"wants regions of shape (R, 5), but {{1}} gives {show(regions)}")
        return regions[0], self.channels, self.grid, self.grid
