"""Tell how far a long work has come: the writing of weights, the drawing of a data set."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TextIO

from ir.graph import Model
from ir.weights import Tensor

Tell = Callable[[float], None]
"""Is told the share of the weights that have been read, from 0 to 1."""


def watched(model: Model, tell: Tell) -> Model:
    """Return a model whose weights tell of themselves as they are read."""
    total = sum(tensor.size for tensor in model.weights.values())
    seen: set[str] = set()
    done = 0

    def watch(key: str, tensor: Tensor) -> Tensor:
        def load() -> Any:
            nonlocal done
            if key not in seen:
                seen.add(key)
                done += tensor.size
            tell(done / total if total else 1.0)
            return tensor.load()

        return replace(tensor, load=load)

    return Model(model.graph, {key: watch(key, tensor) for key, tensor in model.weights.items()})


class Bar:
    """A bar on a terminal, which appears when the work takes longer than a moment."""

    def __init__(self, stream: TextIO, delay: float = 0.5, width: int = 30, what: str = "weights") -> None:
        self.stream = stream
        self.what = what
        self.delay = delay
        self.width = width
        self.start = time.monotonic()
        self.shown = ""

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.start < self.delay:
            return
        bar = "#" * round(share * self.width)
        text = f"\r{self.what} [{bar:{self.width}}] {share:4.0%}"
        if text != self.shown:
            self.stream.write(text)
            self.stream.flush()
            self.shown = text

    def clear(self) -> None:
        """Take the bar away."""
        if self.shown:
            self.stream.write("\r" + " " * (len(self.shown) - 1) + "\r")
            self.stream.flush()
