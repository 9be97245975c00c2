"""How far apart tensors are, and what is told of two models."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

TOLERANCE = 1e-4
"""The largest difference, relative to the largest absolute value of a tensor, at which two models agree."""


@dataclass(frozen=True)
class Difference:
    """How far two tensors of one name are apart: the largest absolute difference, and that over the largest value."""

    name: str
    absolute: float
    relative: float


@dataclass(frozen=True)
class Verification:
    """What came of a comparison.

    `first` and `second` say what ran in which engine; `layers` are the tensors within that both have, in the order of
    the model, and `departs` names the first of them (or of the outputs) that is further apart than the tolerance.
    """

    first: str
    second: str
    outputs: tuple[Difference, ...]
    layers: tuple[Difference, ...] = ()
    departs: str = ""

    @property
    def agree(self) -> bool:
        """Whether every output is within the tolerance."""
        return not self.departs

    def __str__(self) -> str:
        rows = [*self.layers, *self.outputs]
        width = max(len(each.name) for each in rows)
        lines = [f"{self.first}, and {self.second}", f"{'':{width}}  difference  relative"]
        lines += [f"{each.name:{width}}  {each.absolute:10.1e}  {each.relative:8.1e}" for each in rows]
        lines.append(f"they differ; the first to depart is {self.departs}" if self.departs else "they agree")
        return "\n".join(lines)

    def as_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps({**asdict(self), "agree": self.agree}, indent=1)


def difference(name: str, wanted: Any, found: Any) -> Difference:
    """Return how far apart two tensors are, infinitely for other shapes or numbers that are not finite.

    One may have its channels last: where its shape allows both, it is read as it is nearer.
    """
    import numpy as np

    forms = [found] if found.ndim < 3 else [found, np.moveaxis(found, -1, 1)]
    apart = [float(np.abs(wanted - each).max(initial=0)) for each in forms if each.shape == wanted.shape]
    absolute = min((each for each in apart if np.isfinite(each)), default=float("inf"))
    largest = float(np.abs(wanted).max(initial=0))
    return Difference(name, absolute, absolute / max(largest, 1e-30))
