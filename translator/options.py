"""What a user may ask for beside the file and the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ir.shapes import Shape

Phase = Literal["deploy", "train", "test"]


@dataclass(frozen=True)
class ReadOptions:
    """How to read: weights that lie in another file, a phase, shapes that the file leaves open, layers nobody knows.

    To deploy is to test in the stage `deploy`, where no other is named. `variant` picks one of a paper's designs.
    """

    weights: Path | None = None
    phase: Phase = "deploy"
    level: int = 0
    stages: frozenset[str] = frozenset()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    on_unknown: Literal["stub", "error"] = "stub"
    variant: str = ""


@dataclass(frozen=True)
class WriteOptions:
    """How to write: where to, the layout (None for the target's own), ONNX's opset, and whether weights go along.

    Some formats have several kinds of file; the suffix of `path` tells which one is wanted. `progress` is told what
    share of the weights has been read.
    """

    path: Path | None = None
    layout: Literal["channels_first", "channels_last"] | None = None
    opset: int | None = None
    weights: bool = True
    progress: Callable[[float], None] | None = None
