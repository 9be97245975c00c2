"""Headers whose middle stands beside a rule between a header over several columns and those of the columns below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.pages.borders import Rule
from extract.pages.page import Line, segments

NEAR = 0.9
"""How far the middle ones are above those below the rule at most, as a share of the type's size."""
LEAST = 0.15
"""How far at least."""
AT = 3.0
"""Points that a header stands beyond the ends of a rule at most."""


def with_middle_headers(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Line]:
    """Return the lines of a table, headers beside such a rule on the line below it."""
    found = list(lines)
    for i in range(len(lines) - 2):
        above, middle, below = lines[i : i + 3]
        between = [(x0, x1) for y, x0, x1 in rules if above.base - 1 < y < below.base - 0.5 * below.size]
        if not between or not _is_near(above, middle) or not _is_near(middle, below):
            continue
        outside = not any(part.x0 < x1 - AT and part.x1 > x0 + AT for part in segments(middle) for x0, x1 in between)
        if outside and all(_is_within(part, between) for line in (above, below) for part in segments(line)):
            down = below.base - middle.base
            moved = [
                replace(word, top=word.top + down, bottom=word.bottom + down, base=word.base + down)
                for word in middle.words
            ]
            whole = Line(tuple(sorted((*moved, *below.words), key=lambda word: word.x0)))
            found[i + 1 : i + 3] = [whole]
            break
    return found


def _is_near(above: Line, below: Line) -> bool:
    """Tell lines that are nearer than those of two rows."""
    return LEAST < (below.base - above.base) / below.size < NEAR


def _is_within(part: Line, ends: Sequence[tuple[float, float]]) -> bool:
    """Tell what stands below or above rules."""
    return any(x0 - AT < part.x0 and part.x1 < x1 + AT for x0, x1 in ends)
