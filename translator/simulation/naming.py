"""Names as people and frameworks give them: conv2d_1, conv1, convolution2d_3, fc6."""

from __future__ import annotations

from random import Random

from ir.layer import Layer

KERAS_2 = {
    "Conv2D": "conv2d",
    "MaxPool2D": "max_pooling2d",
    "AvgPool2D": "average_pooling2d",
    "Concat": "concatenate",
    "Embed": "embedding",
    "SimpleRNN": "simple_rnn",
}
KERAS_1 = {
    "Conv2D": "convolution2d",
    "MaxPool2D": "maxpooling2d",
    "AvgPool2D": "averagepooling2d",
    "Concat": "merge",
    "Embed": "embedding",
    "SimpleRNN": "simplernn",
}
CAFFE = {
    "Conv2D": "conv",
    "MaxPool2D": "pool",
    "AvgPool2D": "pool",
    "Dense": "fc",
    "Dropout": "drop",
    "Flatten": "flat",
    "Concat": "concat",
    "Embed": "embed",
    "SimpleRNN": "rnn",
}
SCHEMES = {"keras 2": (KERAS_2, "_"), "keras 1": (KERAS_1, "_"), "caffe": (CAFFE, "")}
"""The stem of a layer type's names, where it is not the type in small letters, and what stands before the number."""


class Scheme:
    """One way to give names, drawn for a design."""

    def __init__(self, rng: Random) -> None:
        self.name = rng.choice(sorted(SCHEMES))
        self.stems, self.mark = SCHEMES[self.name]
        self.counts: dict[str, int] = {}

    def layer(self, layer: Layer) -> str:
        """Return the name of the next layer of a type."""
        kind = type(layer).__name__
        return self._next(self.stems.get(kind, kind.lower()))

    def input(self, place: int) -> str:
        """Return the name of an input."""
        return ("data" if not place else f"data{place + 1}") if self.name == "caffe" else self._next("input")

    def _next(self, stem: str) -> str:
        self.counts[stem] = number = self.counts.get(stem, 0) + 1
        return f"{stem}{self.mark}{number}"
