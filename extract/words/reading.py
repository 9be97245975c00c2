"""A layer as it is read from a cell, a box or a row, before it is put behind another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """A layer as it is read: its kind, its hyper-parameters, what stands behind it, and how often it comes.

    Kernels, strides and shapes are tuples; a `block` holds readings that are repeated together; `inferred` names the
    hyper-parameters that are not said, but follow from what is. Letters may stand for numbers: `wider` for how many
    times more filters there are, and `often` for how often it comes. Of an `unclear` text some is not understood. What
    its row is called is `names`.
    """

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    times: int = 1
    block: tuple[Reading, ...] = ()
    text: str = ""
    inferred: tuple[str, ...] = ()
    wider: str = ""
    often: str = ""
    unclear: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)


def leaves(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yield the layers of readings, those of blocks for the blocks."""
    for each in readings:
        yield from leaves(each.block) if each.block else (each,)
