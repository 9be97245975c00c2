"""What stands above each other within a line of a table, as one word: tall brackets, and fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from extract.columns.grids import Box
from extract.pages.page import Page, Word, lines_of

LONGEST_BAR = 40.0
"""Points of the bar of a fraction at most."""


def folded(words: Sequence[Word], page: Page) -> list[Word]:
    """Return words, those of fractions as `L/2`, and those within tall brackets as `[3×3, 64; 3×3, 64]`."""
    return _with_stacks(_with_fractions(_on_line(words), page), page.stacks)


def _on_line(words: Sequence[Word]) -> list[Word]:
    """Return words, a root that stands for a tick, and hangs below its line in TeX, on the line beside it."""

    def lines_below(root: Word) -> list[float]:
        return [each.base for each in words if each.text != "√" and 0.5 < (each.base - root.base) / root.size < 1.1]

    return [
        replace(each, base=min(below)) if each.text == "√" and (below := lines_below(each)) else each for each in words
    ]


def _with_stacks(words: Sequence[Word], stacks: Sequence[Box]) -> list[Word]:
    found = list(words)
    for left, top, right, bottom in stacks:
        inside = [each for each in found if left <= each.centre <= right and top < each.middle < bottom]
        if not inside:
            continue
        said = "; ".join(line.text for line in lines_of(inside))
        size = median(each.size for each in inside)
        base = (top + bottom) / 2 + 0.25 * size
        stack = Word(f"[{said}]", left, top, right, bottom, size, base, inside[0].bold)
        found = [*(each for each in found if each not in inside), stack]
    return found


def _with_fractions(words: Sequence[Word], page: Page) -> list[Word]:
    """Return words, one above and one below a bar that is as short as the longer of them as a single one."""
    found = list(words)
    for height, x0, x1 in page.rules:
        if x1 - x0 > LONGEST_BAR:
            continue
        over = [each for each in found if x0 - 1.5 < each.x0 and each.x1 < x1 + 1.5]
        upper = max(
            (each for each in over if 0 < height - each.base < 0.7 * each.size),
            key=lambda each: each.base,
            default=None,
        )
        lower = min(
            (each for each in over if 0.4 * each.size < each.base - height < 1.4 * each.size),
            key=lambda each: each.base,
            default=None,
        )
        if upper and lower and x1 - x0 < max(upper.x1 - upper.x0, lower.x1 - lower.x0) + 3:
            beside = [each.size for each in found if abs(each.middle - height) < 2 and -20 < each.x0 - x1 < 20]
            size = max([upper.size, *beside])
            whole = Word(f"{upper.text}/{lower.text}", x0, upper.top, x1, lower.bottom, size, height + 0.25 * size)
            found = [*(each for each in found if each is not upper and each is not lower), whole]
    return found
