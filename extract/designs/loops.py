"""Where arrows lead, over others too, and which lead back: of a circle the last one is none that a layer takes."""

from __future__ import annotations

from collections.abc import Sequence

Edge = tuple[int, int]


def leading_back(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """Return which edges between so many layers lead back to one that they come from, from the first layers on.

    >>> leading_back(4, [(0, 1), (1, 2), (2, 1), (2, 3)])
    [(2, 1)]
    """
    after: dict[int, list[int]] = {i: [b for a, b in edges if a == i] for i in range(count)}
    ends = {b for _, b in edges}
    found: list[Edge] = []
    done: set[int] = set()
    for first in sorted(range(count), key=lambda i: i in ends):
        trail: list[tuple[int, list[int]]] = [] if first in done else [(first, list(after[first]))]
        while trail:
            here, ahead = trail[-1]
            if not ahead:
                done.add(here)
                trail.pop()
                continue
            following = ahead.pop(0)
            if any(following == each for each, _ in trail):
                found.append((here, following))
            elif following not in done:
                trail.append((following, list(after[following])))
    return found


def behind(start: int, edges: Sequence[Edge]) -> list[int]:
    """Return the numbers of the layers to which arrows lead from one, over others too."""
    found: list[int] = []
    waiting = [start]
    while waiting:
        here = waiting.pop()
        new = [b for a, b in edges if a == here and b not in found]
        found += new
        waiting += new
    return found
