"""Layers that look at regions of an image."""

from ir.kinds import Sizes
from ir.layer import Layer, Shape, ShapeError, param
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
