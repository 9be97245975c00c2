"""Classes that go with emitted source: layers that bring an image to another size, or its elements to other places."""

from __future__ import annotations

RESIZE_BILINEAR = '''
@keras.saving.register_keras_serializable()
class ResizeBilinear(layers.Layer):
    """Interpolate linearly to another size, with the corner pixels in the corners."""

    def __init__(self, size, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.size, self.data_format = size, data_format

    def call(self, x):
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        rows, columns = (self.weights_of(n, m) for n, m in zip(x.shape[1:3], self.size))
        found = ops.einsum("nhwc,ih,jw->nijc", x, rows, columns)
        return ops.moveaxis(found, -1, 1) if first else found

    def weights_of(self, before, after):
        step = (before - 1) / (after - 1) if after > 1 else 0.0
        at = ops.arange(after, dtype="float32") * step
        return ops.relu(1 - ops.abs(at[:, None] - ops.arange(before, dtype="float32")))

    def get_config(self):
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
'''.strip()

IM2COL = '''
@keras.saving.register_keras_serializable()
class Im2Col(layers.Layer):
    """Lay out the elements of every window as channels, channel by channel."""

    def __init__(self, kernel_size, strides, dilation_rate, size, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.kernel_size, self.strides, self.dilation_rate, self.size = kernel_size, strides, dilation_rate, size
        self.data_format = data_format

    def call(self, x):
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        (down, right), (apart, aside), (rows, columns) = self.strides, self.dilation_rate, self.size
        shifted = [
            x[:, i : i + (rows - 1) * down + 1 : down, j : j + (columns - 1) * right + 1 : right, :]
            for i in range(0, self.kernel_size[0] * apart, apart)
            for j in range(0, self.kernel_size[1] * aside, aside)
        ]
        found = ops.reshape(ops.stack(shifted, axis=-1), (-1, rows, columns, len(shifted) * x.shape[-1]))
        return ops.moveaxis(found, -1, 1) if first else found

    def get_config(self):
        config = {"kernel_size": self.kernel_size, "strides": self.strides, "dilation_rate": self.dilation_rate}
        return {**super().get_config(), **config, "size": self.size, "data_format": self.data_format}
'''.strip()

LOCALLY_CONNECTED = '''
@keras.saving.register_keras_serializable()
class LocallyConnected(layers.Layer):
    """Give each place of an image filters of its own, and each a bias of its own."""

    def __init__(
        self, filters, kernel_size, strides, size, use_bias=True, data_format=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.use_bias = filters, kernel_size, use_bias
        self.strides, self.size, self.data_format = strides, size, data_format

    def build(self, shape):
        (high, wide), (rows, columns) = self.kernel_size, self.size
        channels = shape[1] if self.data_format == "channels_first" else shape[-1]
        form = (self.filters, channels * high * wide, rows * columns)
        self.kernel = self.add_weight(shape=form, initializer="glorot_uniform", name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=form[::2], initializer="zeros", name="bias")

    def call(self, x):
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        (high, wide), (down, right), (rows, columns) = self.kernel_size, self.strides, self.size
        shifted = [
            x[:, i : i + (rows - 1) * down + 1 : down, j : j + (columns - 1) * right + 1 : right, :]
            for i in range(high)
            for j in range(wide)
        ]
        form = (-1, rows * columns, x.shape[-1] * high * wide)
        windows = ops.reshape(ops.stack(shifted, axis=-1), form)
        found = ops.einsum("npk,okp->nop", windows, self.kernel)
        found = found + self.bias if self.use_bias else found
        found = ops.reshape(found, (-1, self.filters, rows, columns))
        return found if first else ops.moveaxis(found, 1, -1)

    def get_config(self):
        config = {"filters": self.filters, "kernel_size": self.kernel_size, "strides": self.strides}
        config |= {"size": self.size, "use_bias": self.use_bias, "data_format": self.data_format}
        return {**super().get_config(), **config}
'''.strip()

REORG = '''
@keras.saving.register_keras_serializable()
class Reorg(layers.Layer):
    """Bring an image to a smaller size and more channels, in the order of Darknet."""

    def __init__(self, factor, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.factor, self.data_format = factor, data_format

    def call(self, x):
        first = self.data_format == "channels_first"
        x = x if first else ops.moveaxis(x, -1, 1)
        by, (channels, height, width) = self.factor, x.shape[1:]
        squares = ops.reshape(x, (-1, channels // by**2, height, by, width, by))
        turned = ops.transpose(squares, (0, 3, 5, 1, 2, 4))
        found = ops.reshape(turned, (-1, channels * by**2, height // by, width // by))
        return found if first else ops.moveaxis(found, 1, -1)

    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "data_format": self.data_format}
'''.strip()

MAX_POOL_INDICES = '''
@keras.saving.register_keras_serializable()
class MaxPoolIndices(layers.Layer):
    """Keep the largest value of each window, and where it stood in its channel's plane."""

    def __init__(self, pool_size, strides, padding, size, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.pool_size, self.strides, self.padding, self.size = pool_size, strides, padding, size
        self.data_format = data_format

    def call(self, x):
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        (high, wide), (down, right), (top, left) = self.pool_size, self.strides, self.padding
        rows, columns = self.size
        height, width = x.shape[1:3]
        bottom = max(0, (rows - 1) * down + high - height - top)
        end = max(0, (columns - 1) * right + wide - width - left)
        x = ops.pad(x, [[0, 0], [top, bottom], [left, end], [0, 0]], constant_values=float("-inf"))
        shifted = [
            x[:, i : i + (rows - 1) * down + 1 : down, j : j + (columns - 1) * right + 1 : right, :]
            for i in range(high)
            for j in range(wide)
        ]
        values = ops.stack(shifted, axis=-1)
        place = ops.argmax(values, axis=-1)
        row = ops.reshape(ops.arange(rows) * down - top, (-1, 1, 1)) + place // wide
        column = ops.reshape(ops.arange(columns) * right - left, (-1, 1)) + place % wide
        found = ops.max(values, axis=-1), ops.cast(row * width + column, x.dtype)
        return tuple(ops.moveaxis(each, -1, 1) for each in found) if first else found

    def get_config(self):
        own = {"pool_size": self.pool_size, "strides": self.strides}
        own |= {"padding": self.padding, "size": self.size, "data_format": self.data_format}
        return {**super().get_config(), **own}
'''.strip()

UNPOOL = '''
@keras.saving.register_keras_serializable()
class Unpool(layers.Layer):
    """Put each value where it stood in its channel's plane before a pooling; the rest is 0."""

    def __init__(self, size, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.size, self.data_format = size, data_format

    def call(self, inputs):
        first = self.data_format == "channels_first"
        x, places = (ops.moveaxis(each, 1, -1) if first else each for each in inputs)
        high, wide, channels = *self.size, x.shape[-1]
        images = ops.reshape(ops.arange(ops.shape(x)[0]), (-1, 1, 1, 1))
        pixels = images * (high * wide) + ops.cast(places, "int32")
        index = ops.reshape(pixels * channels + ops.arange(channels), (-1, 1))
        size = ops.shape(x)[0] * high * wide * channels
        full = ops.scatter_update(ops.zeros((size,), x.dtype), index, ops.reshape(x, (-1,)))
        found = ops.reshape(full, (-1, high, wide, channels))
        return ops.moveaxis(found, -1, 1) if first else found

    def get_config(self):
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
'''.strip()

PRIOR_BOX = '''
@keras.saving.register_keras_serializable()
class PriorBox(layers.Layer):
    """Give boxes of some forms around each pixel of a grid, and their variances."""

    def __init__(
        self,
        grid,
        image,
        least,
        step,
        most=(),
        ratios=(),
        variances=(0.1,),
        clip=False,
        offset=0.5,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.grid, self.image, self.step, self.offset = grid, image, step, offset
        self.least, self.most, self.ratios = least, most, ratios
        self.variances, self.clip = variances, clip

    def forms(self):
        """Return width and height of each box around a pixel."""
        found = []
        for i, side in enumerate(self.least):
            found.append((side, side))
            found += [((side * self.most[i]) ** 0.5,) * 2] if self.most else []
            found += [(side * ratio**0.5, side / ratio**0.5) for ratio in self.ratios]
        return found

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((1, 2, self.grid[0] * self.grid[1] * len(self.forms()) * 4))

    def call(self, inputs):
        rows, columns = (
            (ops.arange(n, dtype="float32") + self.offset) * by
            for n, by in zip(self.grid, self.step)
        )
        across, down = ops.meshgrid(columns, rows)
        centres = ops.stack([across, down], -1)[:, :, None]
        half = ops.array(self.forms(), dtype="float32") / 2
        size = ops.array([self.image[1], self.image[0]] * 2, dtype="float32")
        boxes = ops.concatenate([centres - half, centres + half], -1) / size
        boxes = ops.clip(boxes, 0, 1) if self.clip else boxes
        spread = ops.broadcast_to(ops.array(self.variances, dtype="float32"), boxes.shape)
        return ops.stack([ops.reshape(boxes, (-1,)), ops.reshape(spread, (-1,))])[None]

    def get_config(self):
        own = {"grid": self.grid, "image": self.image, "least": self.least, "step": self.step}
        own |= {"most": self.most, "ratios": self.ratios, "variances": self.variances}
        own |= {"clip": self.clip, "offset": self.offset}
        return {**super().get_config(), **own}
'''.strip()

ROI_POOL = '''
@keras.saving.register_keras_serializable()
class ROIPool(layers.Layer):
    """Keep the largest value of each part of a region: rows of image, left, top, right, bottom."""

    def __init__(self, size, scale=1.0, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.size, self.scale, self.data_format = size, scale, data_format

    def compute_output_spec(self, inputs):
        x, regions = inputs
        first = self.data_format == "channels_first"
        channels = x.shape[1] if first else x.shape[-1]
        shape = (channels, *self.size) if first else (*self.size, channels)
        return keras.KerasTensor((regions.shape[0], *shape), dtype=x.dtype)

    def call(self, inputs):
        x, regions = inputs
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        height, width = x.shape[1:3]

        def pool(region):
            corners = region[1:5] * self.scale
            left, top, right, bottom = ops.unstack(
                ops.sign(corners) * ops.floor(ops.abs(corners) + 0.5), 4
            )
            image = ops.take(x, ops.cast(region[0], "int32"), axis=0)
            columns = self.parts(left, right, self.size[1], width)
            image = ops.max(ops.where(columns[:, None, :, None], image[None], -float("inf")), 2)
            rows = self.parts(top, bottom, self.size[0], height)
            image = ops.where(rows[:, None, :, None], image[None], -float("inf"))
            image = ops.max(image, 2)
            return ops.where(ops.isinf(image), 0.0, image)

        found = ops.map(pool, regions)
        return ops.moveaxis(found, -1, 1) if first else found

    def parts(self, start, stop, count, size):
        length = ops.maximum(stop - start + 1, 1) / count
        part = ops.arange(count, dtype="float32")[:, None]
        pixel = ops.arange(size, dtype="float32")
        inside = pixel >= ops.floor(part * length) + start
        return ops.logical_and(inside, pixel < ops.ceil((part + 1) * length) + start)

    def get_config(self):
        own = {"size": self.size, "scale": self.scale, "data_format": self.data_format}
        return {**super().get_config(), **own}
'''.strip()

DEFINITIONS = {
    "Im2Col": IM2COL,
    "LocallyConnected": LOCALLY_CONNECTED,
    "Reorg": REORG,
    "MaxPoolIndices": MAX_POOL_INDICES,
    "PriorBox": PRIOR_BOX,
    "ROIPool": ROI_POOL,
    "ResizeBilinear": RESIZE_BILINEAR,
    "Unpool": UNPOOL,
}
"""The text of each class by its name; one text for both layouts, which the class is told."""
