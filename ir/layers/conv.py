"""Convolutions."""

from ir.kinds import Counts, Pads, Size, Sizes
from ir.layer import Layer, LayerError, Shape, ShapeError, Weight, param
from ir.shapes import image_of, product, windows

AXES = {1: "L", 2: "HW", 3: "DHW"}
"""The letters of the spatial axes, by their number."""


class _Convolution(Layer, abstract=True, spatial=True):
    filters: Size = param("Number of output channels.")
    kernel: Sizes = param("Size of the window along each spatial axis.")
    stride: Sizes = param("Step between windows.", default=1)
    pad: Pads = param("Zeros added before and after each spatial axis.", default=0)
    dilation: Sizes = param("Step between the elements of a window.", default=1)
    groups: Size = param("Number of groups that channels are split into.", default=1)
    bias: bool = param("Whether a bias is added to each channel.", default=True)

    def check(self) -> None:
        if self.filters % self.groups:
            raise LayerError(f"{self.filters} filters do not split into {self.groups} groups", "groups")

    def _channels(self, x: Shape) -> tuple[int, Shape]:
        assert self.rank
        _, channels, space = image_of(x, self.rank)
        if channels is None:
            raise ShapeError("needs to know the number of channels that {0} gives")
        if channels % self.groups:
            raise ShapeError(f"splits channels into {self.groups} groups, but {{0}} gives {channels}")
        return channels, space

    def _weights(self, axes: str, shape: tuple[int, ...]) -> dict[str, Weight]:
        assert self.rank
        kernel = Weight(axes + AXES[self.rank], shape + self.kernel)
        return {"kernel": kernel} | ({"bias": Weight("O", (self.filters,))} if self.bias else {})


class _Conv(_Convolution, abstract=True):
    def shape(self, x: Shape) -> Shape:
        _, space = self._channels(x)
        return x[0], self.filters, *windows(space, self.kernel, self.stride, self.pad, self.dilation)

    def weights(self, x: Shape) -> dict[str, Weight]:
        return self._weights("OI", (self.filters, self._channels(x)[0] // self.groups))


class Conv1D(_Conv, grammar="sequence -> sequence"):
    """Slide filters along a sequence."""

    rank = 1


class Conv2D(_Conv, grammar="image -> image"):
    """Slide filters over an image."""

    rank = 2


class Conv3D(_Conv, grammar="volume -> volume"):
    """Slide filters through a volume."""

    rank = 3


class _ConvTranspose(_Convolution, abstract=True):
    output_pad: Counts = param("Extra size behind each spatial axis of the output.", default=0)

    def shape(self, x: Shape) -> Shape:
        _, space = self._channels(x)
        sizes = (
            None if size is None else (size - 1) * s + d * (k - 1) + 1 - sum(p) + extra
            for size, k, s, p, d, extra in zip(
                space, self.kernel, self.stride, self.pad, self.dilation, self.output_pad, strict=True
            )
        )
        result = (x[0], self.filters, *sizes)
        if any(size is not None and size < 1 for size in result[2:]):
            raise ShapeError(f"cuts away all of the output: {result[2:]} is left")
        return result

    def weights(self, x: Shape) -> dict[str, Weight]:
        return self._weights("IO", (self._channels(x)[0], self.filters // self.groups))


class Conv1DTranspose(_ConvTranspose, grammar="sequence -> sequence"):
    """Spread filters along a longer sequence, the gradient of a convolution."""

    rank = 1


class Conv2DTranspose(_ConvTranspose, grammar="image -> image"):
    """Spread filters over a larger image, the gradient of a convolution."""

    rank = 2


class Conv3DTranspose(_ConvTranspose, grammar="volume -> volume"):
    """Spread filters through a larger volume, the gradient of a convolution."""

    rank = 3


class LocallyConnected2D(Layer, grammar="image -> image", spatial=True):
    """Give each place of an image filters of its own, and each a bias of its own.

    The kernel has an axis for the elements of a window, channel by channel, and one for the windows, row by row.
    Source: https://github.com/BVLC/caffe/pull/1271, local_layer.cpp
    """

    rank = 2
    filters: Size = param("Number of output channels.")
    kernel: Sizes = param("Height and width of the window.")
    stride: Sizes = param("Step between windows.", default=1)
    pad: Pads = param("Zeros added before and after each spatial axis.", default=0)
    bias: bool = param("Whether a bias is added to each element of the output.", default=True)

    def shape(self, x: Shape) -> Shape:
        batch, _, space = image_of(x, 2)
        return batch, self.filters, *windows(space, self.kernel, self.stride, self.pad, (1, 1))

    def weights(self, x: Shape) -> dict[str, Weight]:
        channels, places = x[1], product(self.shape(x)[2:])
        if channels is None or places is None:
            raise ShapeError("needs to know the channels and the size of the image that {0} gives")
        kernel = Weight("OKP", (self.filters, channels * self.kernel[0] * self.kernel[1], places))
        return {"kernel": kernel} | ({"bias": Weight("OP", (self.filters, places))} if self.bias else {})


class Im2Col(Layer, grammar="image -> image", spatial=True):
    """Lay out the elements of every window as channels, channel by channel."""

    rank = 2
    kernel: Sizes = param("Height and width of the window.")
    stride: Sizes = param("Step between windows.", default=1)
    pad: Pads = param("Zeros added before and after each spatial axis.", default=0)
    dilation: Sizes = param("Step between the elements of a window.", default=1)

    def shape(self, x: Shape) -> Shape:
        batch, channels, space = image_of(x, 2)
        columns = None if channels is None else channels * self.kernel[0] * self.kernel[1]
        return batch, columns, *windows(space, self.kernel, self.stride, self.pad, self.dilation)
