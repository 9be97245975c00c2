"""The lines of a page that stand in the frame of a table: between rules that begin and end at the same places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from extract.pages.page import Line
from extract.pages.sheets import Ink, runs_of

Rule = tuple[int, int, int]
"""A rule: its height from the top, and where it begins and ends."""
LONG = 80
"""Points that a rule is long at least."""
SAME = 2
"""Points by which the ends of rules are apart at most that are as long."""
HEADER = 5
"""How far the second rule is below the first at most, in heights of a line: between them stands a header."""
NARROW = 0.75
"""The share of a frame's width that a line of a cell has at most; what is wider may be running text."""
WIDE = 0.9
"""The share of a line that parts two frames."""


def framed(ink: Ink, lines: Sequence[Line]) -> set[Line]:
    """Return the lines that stand in the frame of a table: below its header and above the last of three rules or more.

    They are narrower than the frame, as cells are, and none between its rules is as wide.
    """
    found: set[Line] = set()
    for rules in _alike(_rules(ink)):
        held: list[Rule] = []
        for rule in [*rules, None]:
            if rule is None or (held and any(_is_wide(line, held[-1]) for line in _between(held[-1], rule, lines))):
                found.update(_of_frame(held, lines))
                held = []
            held += [rule] if rule is not None else []
    return found


def _of_frame(rules: Sequence[Rule], lines: Sequence[Line]) -> Iterator[Line]:
    if len(rules) < len(("top", "header", "bottom")):
        return
    inside = [line for above, below in pairwise(rules) for line in _between(above, below, lines)]
    size = max((line.size for line in inside), default=0.0)
    if rules[1][0] - rules[0][0] < HEADER * size:
        yield from (line for line in inside if line.x1 - line.x0 < NARROW * (rules[0][2] - rules[0][1]))


def _between(above: Rule, below: Rule, lines: Sequence[Line]) -> list[Line]:
    """Return the lines between two rules that are no wider than these."""
    left, right = above[1] - SAME, above[2] + SAME
    return [line for line in lines if above[0] < line.base <= below[0] + 1 and left < line.x0 and line.x1 < right]


def _is_wide(line: Line, rule: Rule) -> bool:
    return line.x1 - line.x0 > WIDE * (rule[2] - rule[1])


def _alike(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return rules by where they begin and end."""
    groups: list[list[Rule]] = []
    for rule in rules:
        for group in groups:
            if abs(group[0][1] - rule[1]) <= SAME and abs(group[0][2] - rule[2]) <= SAME:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return groups


def _rules(ink: Ink) -> list[Rule]:
    """Return the long runs of ink, those of a thick rule once."""
    found: list[Rule] = []
    for y in np.flatnonzero(ink.sum(axis=1) >= LONG):
        for start, end in runs_of(ink[y]):
            thick = any(y - other[0] <= SAME and abs(other[1] - start) <= SAME for other in found[-4:])
            if end - start >= LONG and not thick:
                found.append((int(y), start, end))
    return found
