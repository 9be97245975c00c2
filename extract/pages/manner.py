"""How a document is set: the size of its running text, how far its lines are apart, and the ends of its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.pages.page import Line
from extract.pages.sheets import Sheet

JUSTIFIED = 0.3
"""The share of the letters of lines that begin at one place at least that end at one place, where text is justified."""
MOST_ENDS = 400
"""Pairs of ends of lines that are looked at, those of most letters."""
MOST_COLUMNS = 4
"""Columns of a page at most."""


@dataclass
class Manner:
    """How a document is set: the size of its running text, and the ends of its columns."""

    sizes: Counter[float] = field(default_factory=Counter)
    ends: Counter[tuple[int, int]] = field(default_factory=Counter)
    running: Counter[str] = field(default_factory=Counter)
    steps: Counter[float] = field(default_factory=Counter)

    def learn(self, sheet: Sheet, lines: Sequence[Line]) -> None:
        """Take a page into account."""
        for line in lines:
            letters = len(line.text)
            self.sizes[round(line.size, 1)] += letters
            if letters >= 25 and len(line.words) >= 4:
                self.ends[round(line.x0), round(line.x1)] += letters
        self.running.update({_faceless(line) for line in margins_of(sheet, lines)})
        last: dict[tuple[int, float], float] = {}
        for line in lines:
            place = round(line.x0), round(line.size, 1)
            if place in last and len(line.text) >= 25:
                self.steps[round((line.base - last[place]) / line.size, 1)] += 1
            last[place] = line.base

    @property
    def leading(self) -> float:
        """How far the lines of the running text are below each other, as a share of their size."""
        return self.steps.most_common(1)[0][0] if self.steps else 1.2

    @property
    def size(self) -> float:
        """The size of the running text in points."""
        return self.sizes.most_common(1)[0][0] if self.sizes else 10.0

    def columns(self, width: float) -> list[tuple[float, float]]:
        """Return the columns of a page: one, or those that most of its text fills, from left to right."""
        return self._ragged(width) or self._justified(width) or [(0.1 * width, 0.9 * width)]

    def _ragged(self, width: float) -> list[tuple[float, float]]:
        """Return columns whose lines begin at one place and end where there was no room for the next word, if so."""
        begins: dict[int, Counter[int]] = {}
        for (x0, x1), letters in self.ends.most_common(MOST_ENDS):
            key = next((each for each in begins if abs(each - x0) <= 2), x0)
            begins.setdefault(key, Counter())[x1] += letters
        totals = Counter({x0: ends.total() for x0, ends in begins.items()})
        kept: list[tuple[float, float]] = []
        for x0, letters in totals.most_common(MOST_COLUMNS):
            ends = begins[x0]
            (last, _), *_ = ends.most_common(1)
            if sum(ends[last + i] for i in range(-2, 3)) > JUSTIFIED * letters:
                return []
            right = max(ends)
            if letters < 0.3 * totals.most_common(1)[0][1] or any(x0 < b and a < right for a, b in kept):
                break
            kept.append((float(x0), float(right)))
        return sorted(kept) if all(x1 - x0 > 0.2 * width for x0, x1 in kept) else []

    def _justified(self, width: float) -> list[tuple[float, float]]:
        """Return columns of which most lines have the same two ends."""
        near: Counter[tuple[int, int]] = Counter()
        for (x0, x1), count in self.ends.most_common(MOST_ENDS):
            key = next((each for each in near if abs(each[0] - x0) <= 2 and abs(each[1] - x1) <= 2), (x0, x1))
            near[key] += count
        (first, most), *_ = near.most_common(1) or [((0, 0), 0)]
        kept: list[tuple[int, int]] = []
        for (x0, x1), count in near.most_common(12):
            share = 0.05 if abs(x1 - x0 - first[1] + first[0]) <= 2 else 0.3  # The last column may be left half empty.
            if count >= share * most and x1 - x0 > 0.2 * width and all(x0 >= b - 4 or x1 <= a + 4 for a, b in kept):
                kept.append((x0, x1))
        return [(float(x0), float(x1)) for x0, x1 in sorted(kept)]

    def is_running(self, line: Line) -> bool:
        """Tell the heading of every page, or what stands below each."""
        return self.running[_faceless(line)] > 1


def _faceless(line: Line) -> str:
    """Return what a line of the margin says on every page: without its numbers, at its height."""
    return f"{re.sub(r'[0-9]+|[ivx]+$', '#', line.text)}@{round(line.base / 6)}"


def margins_of(sheet: Sheet, lines: Sequence[Line]) -> list[Line]:
    """Return the lines at the head and at the foot of a page."""
    return [line for line in lines if line.base < 0.11 * sheet.height or line.base > 0.89 * sheet.height]
