"""Classes of detectors that go with emitted source."""

from __future__ import annotations

DETECTION_OUTPUT = '''
@keras.saving.register_keras_serializable()
class DetectionOutput(layers.Layer):
    """Give the best boxes of each class: rows of image, class, score, left, top, right, bottom."""

    def __init__(
        self,
        classes,
        background=0,
        code="corner",
        scaled=True,
        threshold=None,
        overlap=0.3,
        candidates=None,
        keep=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.classes, self.background, self.code, self.scaled = classes, background, code, scaled
        self.threshold, self.overlap = threshold, overlap
        self.candidates, self.keep = candidates, keep

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((1, 1, None, 7))

    def call(self, inputs):
        offsets, scores, priors = inputs
        count = priors.shape[-1] // 4
        priors, variances = ops.unstack(ops.reshape(priors, (2, count, 4)), 2)
        boxes = self.decode(ops.reshape(offsets, (-1, count, 4)), priors, variances)
        labels = [each for each in range(self.classes) if each != self.background]
        scores = ops.reshape(scores, (-1, count, self.classes))
        scores = ops.take(ops.moveaxis(scores, 1, 2), labels, axis=1)
        many = min(self.candidates or count, count)
        scores, order = ops.top_k(scores, many)
        boxes = ops.repeat(boxes[:, None], len(labels), axis=1)
        order = ops.repeat(order[..., None], 4, axis=-1)
        boxes = ops.take_along_axis(boxes, ops.cast(order, "int32"), axis=2)
        lowest = -float("inf") if self.threshold is None else self.threshold
        stand = self.suppress(boxes, scores > lowest, many)
        return self.rows(boxes, scores, stand, labels, many)

    def decode(self, offsets, priors, variances):
        """Return the boxes that offsets say."""
        offsets = offsets * variances if self.scaled else offsets
        if self.code == "corner":
            return priors + offsets
        size = priors[:, 2:] - priors[:, :2]
        centre = offsets[..., :2] * size + (priors[:, :2] + priors[:, 2:]) / 2
        half = ops.exp(offsets[..., 2:]) * size / 2
        return ops.concatenate([centre - half, centre + half], -1)

    def suppress(self, boxes, stand, many):
        """Return which boxes of each class stand, the best looked at first."""
        areas = ops.prod(ops.maximum(boxes[..., 2:] - boxes[..., :2], 0.0), -1)
        places = ops.arange(many)

        def step(i, stand):
            box = ops.take(boxes, i, axis=2)[:, :, None]
            low = ops.maximum(box[..., :2], boxes[..., :2])
            high = ops.minimum(box[..., 2:], boxes[..., 2:])
            shared = ops.prod(ops.maximum(high - low, 0.0), -1)
            union = ops.take(areas, i, axis=2)[:, :, None] + areas - shared
            over = shared / ops.where(shared > 0, union, 1.0) > self.overlap
            here = ops.take(ops.cast(stand, "int32"), i, axis=2)[:, :, None] > 0
            falls = ops.logical_and(ops.logical_and(over, here), places > i)
            return ops.logical_and(stand, ops.logical_not(falls))

        return ops.fori_loop(0, many, step, stand)

    def rows(self, boxes, scores, stand, labels, many):
        """Return the rows of all images, or for each one of -1 where there are none."""
        total = len(labels) * many
        boxes, scores = ops.reshape(boxes, (-1, total, 4)), ops.reshape(scores, (-1, total, 1))
        stand = ops.reshape(stand, (-1, total))
        if self.keep is not None and self.keep < total:
            best = ops.top_k(ops.where(stand, scores[..., 0], -float("inf")), self.keep)[1]
            chosen = ops.cast(best, "int32")[:, :, None] == ops.arange(total, dtype="int32")
            stand = ops.logical_and(stand, ops.any(chosen, axis=1))
        images = ops.cumsum(ops.ones_like(scores), axis=0) - 1
        label = ops.repeat(ops.convert_to_tensor(labels, dtype=scores.dtype), many)
        label = ops.zeros_like(scores) + label[:, None]
        found = ops.reshape(ops.concatenate([images, label, scores, boxes], -1), (-1, 7))
        image = images[:, 0]
        nothing = ops.concatenate([image, ops.repeat(ops.zeros_like(image) - 1, 6, axis=-1)], -1)
        stand = ops.reshape(stand, (-1,))
        none = ops.logical_and(ops.logical_not(ops.any(stand)), image[:, 0] >= 0)
        wanted = ops.nonzero(ops.concatenate([stand, none], 0))[0]
        return ops.take(ops.concatenate([found, nothing], 0), wanted, axis=0)[None, None]

    def get_config(self):
        own = {"classes": self.classes, "background": self.background, "code": self.code}
        own |= {"scaled": self.scaled, "threshold": self.threshold, "overlap": self.overlap}
        own |= {"candidates": self.candidates, "keep": self.keep}
        return {**super().get_config(), **own}
'''.strip()

PROPOSALS = '''
@keras.saving.register_keras_serializable()
class Proposals(layers.Layer):
    """Give the regions that most likely hold an object: rows of image, left, top, right, bottom."""

    def __init__(
        self,
        stride,
        scales=(8, 16, 32),
        ratios=(0.5, 1, 2),
        base=16,
        least=16,
        candidates=6000,
        overlap=0.7,
        keep=300,
        scored=False,
        data_format="channels_last",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.stride, self.scales, self.ratios, self.base = stride, scales, ratios, base
        self.least, self.candidates, self.overlap, self.keep = least, candidates, overlap, keep
        self.scored, self.data_format = scored, data_format

    def forms(self):
        """Return left, top, right and bottom of each form around the first cell."""
        middle = (self.base - 1) / 2
        found = []
        for ratio in self.ratios:
            wide = round((self.base**2 / ratio) ** 0.5)
            for scale in self.scales:
                across, down = ((side * scale - 1) / 2 for side in (wide, round(wide * ratio)))
                found.append((middle - across, middle - down, middle + across, middle + down))
        return found

    def compute_output_spec(self, inputs):
        boxes = keras.KerasTensor((None, 5))
        return (boxes, keras.KerasTensor((None, 1))) if self.scored else boxes

    def call(self, inputs):
        scores, offsets, image = inputs
        if self.data_format == "channels_first":
            scores, offsets = ops.moveaxis(scores, 1, -1), ops.moveaxis(offsets, 1, -1)
        scores = ops.reshape(scores[0, ..., len(self.scales) * len(self.ratios) :], (-1,))
        boxes = self.decode(offsets[0])
        high, wide, scale = ops.unstack(image[0], 3)
        boxes = ops.minimum(ops.maximum(boxes, 0.0), ops.stack([wide, high, wide, high]) - 1)
        sides = boxes[:, 2:] - boxes[:, :2] + 1
        large = ops.all(sides >= self.least * scale, axis=1)
        scores, order = ops.top_k(
            ops.where(large, scores, -float("inf")), min(self.candidates, scores.shape[0])
        )
        boxes = ops.take(boxes, ops.cast(order, "int32"), axis=0)
        stand = self.suppress(boxes, scores > -float("inf"), scores.shape[0])
        kept = ops.nonzero(stand)[0][: self.keep]
        boxes = ops.take(boxes, kept, axis=0)
        boxes = ops.concatenate([ops.zeros_like(boxes[:, :1]), boxes], 1)
        return (boxes, ops.take(scores, kept, axis=0)[:, None]) if self.scored else boxes

    def decode(self, offsets):
        """Return the boxes that offsets say, cell by cell."""
        rows, columns = (ops.arange(n, dtype="float32") * self.stride for n in offsets.shape[:2])
        across, down = ops.meshgrid(columns, rows)
        corners = ops.stack([across, down, across, down], -1)[:, :, None]
        corners = ops.reshape(corners + ops.array(self.forms(), dtype="float32"), (-1, 4))
        offsets = ops.reshape(offsets, (-1, 4))
        size = corners[:, 2:] - corners[:, :2] + 1
        centre = offsets[:, :2] * size + corners[:, :2] + 0.5 * size
        half = 0.5 * ops.exp(offsets[:, 2:]) * size
        return ops.concatenate([centre - half, centre + half], 1)

    def suppress(self, boxes, stand, many):
        """Return which boxes stand, the best looked at first."""
        areas = ops.prod(boxes[:, 2:] - boxes[:, :2] + 1, -1)
        places = ops.arange(many)

        def step(i, stand):
            box = ops.take(boxes, i, axis=0)
            low, high = ops.maximum(box[:2], boxes[:, :2]), ops.minimum(box[2:], boxes[:, 2:])
            shared = ops.prod(ops.maximum(high - low + 1, 0.0), -1)
            over = shared / (ops.take(areas, i) + areas - shared) > self.overlap
            here = ops.take(ops.cast(stand, "int32"), i) > 0
            falls = ops.logical_and(ops.logical_and(over, here), places > i)
            return ops.logical_and(stand, ops.logical_not(falls))

        return ops.fori_loop(0, many, step, stand)

    def get_config(self):
        own = {"stride": self.stride, "scales": self.scales, "ratios": self.ratios}
        own |= {"base": self.base, "least": self.least, "candidates": self.candidates}
        own |= {"overlap": self.overlap, "keep": self.keep, "scored": self.scored}
        return {**super().get_config(), **own, "data_format": self.data_format}
'''.strip()

PSROI_POOL = '''
@keras.saving.register_keras_serializable()
class PSROIPool(layers.Layer):
    """Take the mean of each part of a region, each part out of channels of its own."""

    def __init__(self, channels, grid, scale=1.0, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.channels, self.grid, self.scale = channels, grid, scale
        self.data_format = data_format

    def compute_output_spec(self, inputs):
        first = self.data_format == "channels_first"
        grid = (self.grid, self.grid)
        shape = (self.channels, *grid) if first else (*grid, self.channels)
        return keras.KerasTensor((inputs[1].shape[0], *shape), dtype=inputs[0].dtype)

    def call(self, inputs):
        x, regions = inputs
        first = self.data_format == "channels_first"
        x = ops.moveaxis(x, 1, -1) if first else x
        height, width = x.shape[1:3]
        maps = ops.reshape(x, (-1, height, width, self.channels, self.grid, self.grid))

        def pool(region):
            corners = ops.sign(region[1:]) * ops.floor(ops.abs(region[1:]) + 0.5)
            left, top, right, bottom = ops.unstack(corners, 4)
            rows = self.parts(top * self.scale, (bottom + 1) * self.scale, height)
            columns = self.parts(left * self.scale, (right + 1) * self.scale, width)
            image = ops.take(maps, ops.cast(region[0], "int32"), axis=0)
            total = ops.einsum("hwcij,ih,jw->ijc", image, rows, columns)
            area = ops.sum(rows, 1)[:, None] * ops.sum(columns, 1)[None]
            return total / ops.maximum(area, 1.0)[:, :, None]

        found = ops.map(pool, regions)
        return ops.moveaxis(found, -1, 1) if first else found

    def parts(self, start, stop, size):
        length = ops.maximum(stop - start, 0.1) / self.grid
        part = ops.arange(self.grid, dtype="float32")[:, None]
        pixel = ops.arange(size, dtype="float32")
        inside = pixel >= ops.floor(part * length + start)
        inside = ops.logical_and(inside, pixel < ops.ceil((part + 1) * length + start))
        return ops.cast(inside, "float32")

    def get_config(self):
        own = {"channels": self.channels, "grid": self.grid, "scale": self.scale}
        return {**super().get_config(), **own, "data_format": self.data_format}
'''.strip()

DEFINITIONS = {"DetectionOutput": DETECTION_OUTPUT, "PSROIPool": PSROI_POOL, "Proposals": PROPOSALS}
"""The text of each class by its name."""
