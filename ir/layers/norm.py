"""Normalisation, and the affine layers that go with it."""

from typing import Literal

from ir.kinds import Axis, Size, Whole
from ir.layer import Layer, LayerError, Shape, ShapeError, Weight, param
from ir.shapes import agree, axis_of, merge, show


def _sizes(x: Shape, axis: int, count: int = 1) -> tuple[int, ...]:
    """Return the sizes of `count` axes from `axis` on; -1 counts to the end."""
    start = axis_of(axis, len(x), end=True)
    stop = len(x) if count == -1 else start + count
    if stop > len(x):
        raise ShapeError(f"covers axes {start} to {stop - 1}, but {{0}} gives {show(x)}")
    sizes = x[start:stop]
    if None in sizes:
        raise ShapeError(f"needs to know the sizes it scales, but {{0}} gives {show(x)}")
    return tuple(size for size in sizes if size is not None)


def channel_weight(x: Shape, axis: int) -> Weight:
    """Return a weight with one value for each channel."""
    return Weight("C", _sizes(x, axis))


class BatchNorm(Layer, grammar="any -> same"):
    """Shift and scale each channel by statistics: gamma * (x - mean) / sqrt(variance + epsilon) + beta."""

    axis: Axis = param("Axis of the channels.", default=1)
    epsilon: float = param("Added to the variance.", default=1e-5)
    momentum: float = param("Share of the old statistics that an update keeps.", default=0.9)
    scale: bool = param("Whether the result is multiplied by gamma.", default=True)
    center: bool = param("Whether beta is added to the result.", default=True)
    batch_statistics: bool = param("Whether the statistics are those of the batch, at inference too.", default=False)

    def weights(self, x: Shape) -> dict[str, Weight]:
        each = channel_weight(x, self.axis)
        roles = ["gamma"] * self.scale + ["beta"] * self.center
        roles += [] if self.batch_statistics else ["mean", "variance"]
        return dict.fromkeys(roles, each)

    def shape(self, x: Shape) -> Shape:
        _sizes(x, self.axis)
        return x


class LayerNorm(Layer, grammar="any -> same"):
    """Normalize along the last axis: gamma * (x - mean) / sqrt(variance + epsilon) + beta."""

    epsilon: float = param("Added to the variance.", default=1e-5)
    scale: bool = param("Whether the result is multiplied by gamma.", default=True)
    center: bool = param("Whether beta is added to the result.", default=True)

    def weights(self, x: Shape) -> dict[str, Weight]:
        roles = ["gamma"] * self.scale + ["beta"] * self.center
        return dict.fromkeys(roles, channel_weight(x, -1)) if roles else {}


class _Affine(Layer, abstract=True):
    axis: Axis = param("First axis that the weights cover.", default=1)
    count: Whole = param("Number of axes that they cover; -1 for all that follow.", default=1)

    def shape(self, x: Shape) -> Shape:
        _sizes(x, self.axis, self.count)
        return x


class Scale(_Affine, grammar="any -> same"):
    """Multiply by learned factors, and add learned biases."""

    bias: bool = param("Whether a bias is added.", default=False)

    def weights(self, x: Shape) -> dict[str, Weight]:
        sizes = _sizes(x, self.axis, self.count)
        each = Weight("CDEFGH"[: len(sizes)], sizes)
        return {"gamma": each} | ({"beta": each} if self.bias else {})


class Bias(_Affine, grammar="any -> same"):
    """Add learned biases."""

    def weights(self, x: Shape) -> dict[str, Weight]:
        sizes = _sizes(x, self.axis, self.count)
        return {"beta": Weight("CDEFGH"[: len(sizes)], sizes)}


class _Broadcast(Layer, abstract=True, inputs=2):
    axis: Axis = param("Axis of the first input that the second one's first axis goes with.", default=1)

    def shape(self, x: Shape, by: Shape) -> Shape:
        start = axis_of(self.axis, len(x), end=True)
        covered = x[start : start + len(by)]
        if len(covered) != len(by) or not all(
            size == 1 or agree(of, size) for of, size in zip(covered, by, strict=True)
        ):
            raise ShapeError(
                f"wants {{1}} to cover axes of {{0}} from {start} on, but they give {show(by)} and {show(x)}"
            )
        return x


class ScaleBy(_Broadcast, grammar="any, any -> same"):
    """Multiply the first input by the second, stretched over the axes it lacks and its sizes of 1."""


class BiasBy(_Broadcast, grammar="any, any -> same"):
    """Add the second input to the first, stretched over the axes it lacks and its sizes of 1."""


class Axpy(Layer, grammar="any, image, image -> image", inputs=3):
    """Multiply each channel of the second input by the first, and add the third."""

    def shape(self, a: Shape, x: Shape, y: Shape) -> Shape:
        if len(a) < 2 or not all(map(agree, a[:2], x[:2])) or any(size != 1 for size in a[2:]):
            raise ShapeError(f"wants one factor for each channel, but {{0}} gives {show(a)} and {{1}} gives {show(x)}")
        return merge((x, y))


class L2Normalize(Layer, grammar="any -> same"):
    """Divide by the root of the sum of squares over the channels, and multiply by learned factors, if there are any."""

    across_spatial: bool = param("Whether the sum is over the pixels too.", default=True)
    shared: bool = param("Whether all channels share one factor.", default=True)
    epsilon: float = param("Added to the sum.", default=1e-10)
    learned: bool = param("Whether the result is multiplied by learned factors.", default=True)

    def weights(self, x: Shape) -> dict[str, Weight]:
        if not self.learned:
            return {}
        return {"gamma": Weight("C", (1,)) if self.shared else channel_weight(x, 1)}


class LRN(Layer, grammar="image -> image", spatial=True):
    """Divide by (k + alpha / n * sum of squares) ** beta over n neighbours."""

    size: Size = param("Number of neighbouring channels, or side of the window within a channel.", default=5)
    alpha: float = param("Weight of the mean of squares.", default=1.0)
    beta: float = param("Exponent.", default=0.75)
    k: float = param("Added to the weighted mean.", default=1.0)
    region: Literal["across_channels", "within_channel"] = param("Where the neighbours are.", default="across_channels")

    def check(self) -> None:
        if self.size % 2 == 0:
            raise LayerError(f"an LRN over {self.size} neighbours has no middle; the size must be odd", "size")


class MVN(Layer, grammar="image -> image"):
    """Subtract the mean of each channel, and divide by its standard deviation."""

    normalize_variance: bool = param("Whether to divide by the standard deviation.", default=True)
    across_channels: bool = param("Whether the statistics are those of all channels together.", default=False)
    epsilon: float = param("Added to the standard deviation (outside the root).", default=1e-9)
