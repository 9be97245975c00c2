"""Layers of detectors."""

from typing import Any, Literal

from ir.kinds import Reals, Size, Whole, Wholes
from ir.layer import Layer, LayerError, Shape, ShapeError, param
from ir.shapes import agree, product, show


class PriorBox(Layer, grammar="image, image -> any", inputs=2):
    """Give boxes of several forms around each pixel of the first input, as shares of the second, and their variances.

    The result is (1, 2, 4 * boxes): left, top, right and bottom of each box, row by row, pixel by pixel and form by
    form, and the variance of each. Source: https://github.com/weiliu89/caffe/tree/ssd, prior_box_layer.cpp
    """

    grid: Wholes = param("Height and width of the first input.")
    image: Wholes = param("Height and width of the image.")
    least: Reals = param("Sides of the smaller squares, in pixels.")
    most: Reals = param("For each of these what the side of a larger square is meant up to, or none.", default=())
    ratios: Reals = param("Ratios of width to height of the other forms, for each of the smaller squares.", default=())
    variances: Reals = param("Variance of each coordinate, or one for all.", default=(0.1,))
    clip: bool = param("Whether boxes end at the border of the image.", default=False)
    step: Reals = param("Pixels from one centre to the next, down and across.")
    offset: float = param("Where in its pixel a centre is.", default=0.5)

    def check(self) -> None:
        if any(len(sizes) != 2 or min(sizes) < 1 for sizes in (self.grid, self.image)):
            raise LayerError("wants a height and a width, each 1 or more", "grid")
        if len(self.step) != 2 or not self.least or min(self.least) <= 0:
            raise LayerError("wants two steps, and sides above 0", "least")
        if self.most and len(self.most) != len(self.least):
            raise LayerError("wants a largest side for each smallest one, or none", "most")
        if len(self.variances) not in (1, 4) or any(ratio <= 0 for ratio in self.ratios):
            raise LayerError("wants one variance or four, and ratios above 0", "variances")

    def forms(self) -> tuple[tuple[float, float], ...]:
        """Return width and height of each box around a pixel."""
        found: list[tuple[float, float]] = []
        for i, side in enumerate(self.least):
            found.append((side, side))
            if self.most:
                found.append(((side * self.most[i]) ** 0.5,) * 2)
            found += [(side * ratio**0.5, side / ratio**0.5) for ratio in self.ratios]
        return tuple(found)

    def shape(self, *inputs: Shape) -> Shape:
        return 1, 2, self.grid[0] * self.grid[1] * len(self.forms()) * 4

    def values(self) -> Any:
        """Return the result as an array."""
        import numpy as np

        down, across = ((np.arange(n) + self.offset) * by for n, by in zip(self.grid, self.step, strict=True))
        centres = np.stack(np.meshgrid(across, down), -1)[:, :, None]
        half = np.array(self.forms()) / 2
        boxes = np.concatenate([centres - half, centres + half], -1) / np.array(self.image[::-1] * 2)
        boxes = boxes.clip(0, 1) if self.clip else boxes
        spread = np.broadcast_to(np.array(self.variances * (4 // len(self.variances))), boxes.shape)
        return np.stack([boxes.reshape(-1), spread.reshape(-1)])[None].astype(np.float32)


class DetectionOutput(Layer, grammar="any, any, any -> any", inputs=3):
    """Give the best boxes of each class: rows of image, class, score, left, top, right and bottom.

    The inputs are offsets (N, boxes * 4), scores (N, boxes * classes) and the boxes that they are for, as a PriorBox
    gives them. Of a class, boxes with a score above `threshold` are taken in the order of their scores, each unless it
    overlaps (intersection over union) one that was taken by more than `overlap`. Rows go by image, class and score; if
    there are none, there is one for each image with -1 behind its number. The result is (1, 1, rows, 7).
    Source: https://github.com/weiliu89/caffe/tree/ssd, detection_output_layer.cpp and util/bbox_util.cpp
    """

    classes: Size = param("Number of classes, the background among them.")
    background: Whole = param("The class that is no object; -1 for none.", default=0)
    code: Literal["corner", "center_size"] = param(
        "Whether offsets move the corners, or the centre and the logarithm of the size.", default="corner"
    )
    scaled: bool = param("Whether offsets are multiplied by the variances.", default=True)
    threshold: float | None = param("Score above which a box counts; null for any.", default=None)
    overlap: float = param("Overlap up to which boxes of one class stand beside each other.", default=0.3)
    candidates: Size | None = param("Boxes of a class that are looked at, the best; null for all.", default=None)
    keep: Size | None = param("Boxes of an image that are kept, the best; null for all.", default=None)

    def shape(self, offsets: Shape, scores: Shape, boxes: Shape) -> Shape:
        count = boxes[-1]
        if len(boxes) != 3 or boxes[1] != 2 or count is None or count % 4:
            raise ShapeError(f"wants boxes and variances of shape (1, 2, 4 * boxes), but {{2}} gives {show(boxes)}")
        wanted = {0: (offsets, count), 1: (scores, count // 4 * self.classes)}
        for place, (given, size) in wanted.items():
            if len(given) < 2 or not agree(product(given[1:]), size):
                raise ShapeError(f"wants {size} numbers for each image, but {{{place}}} gives {show(given)}")
        return 1, 1, None, 7
