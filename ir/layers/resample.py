"""Layers that bring an image to another size, or its elements to other places."""

from ir.kinds import Size, Sizes
from ir.layer import Layer, LayerError, Shape, ShapeError, param
from ir.shapes import agree, image_of, show


class Upsample2D(Layer, grammar="image -> image", spatial=True):
    """Repeat each pixel along both axes."""

    rank = 2
    scale: Sizes = param("How often a pixel is repeated along each axis.", default=2)

    def shape(self, x: Shape) -> Shape:
        batch, channels, space = image_of(x, 2)
        return batch, channels, *(size and size * scale for size, scale in zip(space, self.scale, strict=True))


class ResizeBilinear2D(Layer, grammar="image -> image", spatial=True):
    """Interpolate linearly along both axes.

    The corner pixels stay in the corners, or each pixel is the middle of an area and the nearest one stands for what is
    beyond the border; for that the result has a size.

    Without a size the image is first thinned out, to (n - 1) / shrink + 1 pixels along an axis, and then widened, to
    n + (n - 1) * (zoom - 1). Source: https://github.com/hszhao/PSPNet, interp_layer.cpp
    """

    rank = 2
    size: Sizes | None = param("Height and width of the result.", default=None)
    shrink: Size = param("Step between the pixels that are kept, where no size is given.", default=1)
    zoom: Size = param("Pixels from one that is kept to the next, where no size is given.", default=1)
    corners: bool = param("Whether the corner pixels stay in the corners.", default=True)

    def check(self) -> None:
        if not self.corners and self.size is None:
            raise LayerError("a result whose corners are no pixels' middles has a size", "size")

    def shape(self, x: Shape) -> Shape:
        batch, channels, space = image_of(x, 2)
        return batch, channels, *(self.size or (size and self._length(size) for size in space))

    def _length(self, size: int) -> int:
        kept = (size - 1) // self.shrink + 1
        return kept + (kept - 1) * (self.zoom - 1)


class Unpool2D(Layer, grammar="image, image -> image", inputs=2, spatial=True):
    """Put each value back where it stood in its channel's plane before a pooling; the rest is 0.

    The second input says where: MaxPoolIndices2D gives it. No two values of a channel may go to one place.
    Source: https://github.com/alexgkendall/caffe-segnet/blob/segnet-cleaned/src/caffe/layers/upsample_layer.cpp
    """

    rank = 2
    size: Sizes | None = param("Height and width of the result; null for the input's, scaled.", default=None)
    scale: Sizes = param("By how much the result is larger, where no size is given.", default=2)

    def shape(self, x: Shape, places: Shape) -> Shape:
        batch, channels, space = image_of(x, 2)
        if len(places) != len(x) or not all(map(agree, x, places)):
            raise ShapeError(f"wants a place for each value, but {{0}} gives {show(x)} and {{1}} gives {show(places)}")
        scaled = (size and size * scale for size, scale in zip(space, self.scale, strict=True))
        return batch, channels, *(self.size or scaled)


class Reorg2D(Layer, grammar="image -> image", spatial=True):
    """Bring an image to a smaller size and more channels, in the order of Darknet.

    The values, in their order, are taken for an image of factor^2 times fewer channels that is by the factor higher and
    wider; of each square of it the pixels become channels, all of a place in the square together; and the result, in
    its order again, is the output.
    Source: https://github.com/pjreddie/darknet/blob/master/src/blas.c, reorg_cpu
    """

    rank = 2
    factor: Size = param("By how much the image becomes lower and narrower.")

    def shape(self, x: Shape) -> Shape:
        batch, channels, space = image_of(x, 2)
        if None in (channels, *space):
            raise ShapeError("needs to know the channels and the size of the image that {0} gives")
        if (channels or 0) % self.factor**2 or any((size or 0) % self.factor for size in space):
            wanted = f"channels that {self.factor**2} divides and sizes that {self.factor} divides"
            raise ShapeError(f"wants {wanted}, but {{0}} gives {show(x)}")
        height, width = ((size or 0) // self.factor for size in space)
        return batch, (channels or 0) * self.factor**2, height, width


class ChannelShuffle(Layer, grammar="image -> image", spatial=True):
    """Deal the channels out: the first of each group, then the second of each, and so on."""

    rank = 2
    groups: Size = param("Number of groups of channels.")

    def shape(self, x: Shape) -> Shape:
        _, channels, _ = image_of(x, 2)
        if channels is not None and channels % self.groups:
            raise ShapeError(f"deals {self.groups} groups, but {{0}} gives {channels} channels")
        return x
