"""Which lines of a table make each row, where no rules between rows tell it: by how near they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.layer_names import names_layer
from extract.pages.page import Line, segments
from extract.structure.row_cells import NEAR
from extract.structure.wrapping import hangs


def close_lines(lines: Sequence[Line]) -> list[list[int]]:
    """Return which lines make each row where no rules are: a line, or those between which there is no room for one.

    What stands alone between two rows is a label of both, and of more; it goes with the first of them.
    """
    found: list[list[int]] = []
    for i, line in enumerate(lines):
        near = i > 0 and line.base - lines[i - 1].base < NEAR * min(line.size, lines[i - 1].size)
        near = near or _is_middle(lines, i) or _is_middle(lines, i - 1) or _is_ahead(lines, i - 1)
        if near and not (i > 1 and _is_label(*lines[i - 2 : i + 1])):
            found[-1].append(i)
        else:
            found.append([i])
    return found


def _is_middle(lines: Sequence[Line], i: int) -> bool:
    """Tell a row that stands beside the middle of a cell of three lines: the others are nearer to it than to others."""
    if not 0 < i < len(lines) - 1:
        return False
    above, line, below = lines[i - 1 : i + 2]
    before, behind = line.base - above.base, below.base - line.base
    outer = [above.base - lines[i - 2].base] if i > 1 else []
    outer += [lines[i + 2].base - below.base] if i + 2 < len(lines) else []
    level = any(part.x0 < above.x1 and above.x0 < part.x1 for part in segments(line))
    single = len(segments(above)) == len(segments(below)) == 1 and len(segments(line)) > 2
    both = level and above.x0 < below.x1 and below.x0 < above.x1
    return both and single and abs(before - behind) < 0.5 and all(each > 1.1 * before for each in outer)


def _is_ahead(lines: Sequence[Line], i: int) -> bool:
    """Tell the first line of a cell that begins above the others of its row: words alone, and nearer to that row."""
    if not 0 < i < len(lines) - 1:
        return False
    above, line, below = lines[i - 1 : i + 2]
    single, level = segments(line), segments(below)
    over = len(single) == 1 and len(level) > 2 and level[0].x1 < line.x0
    over = over and any(part.x0 < line.x1 and line.x0 < part.x1 for part in level[1:])
    near = below.base - line.base < min(AHEAD * line.size, 0.9 * (line.base - above.base))
    return over and near and not re.search(r"\d", line.text) and not names_layer(line.text)


AHEAD = 1.25
"""How far the lines of one cell are apart at most, as a share of the type's size."""


def _is_label(above: Line, line: Line, below: Line) -> bool:
    """Tell a line with but a label in front of the lines above and below it, which say several things of layers."""
    short, long = sorted((segments(above), segments(below)), key=len)
    alone = len(segments(line)) == 1 and line.x1 < min(above.x0, below.x0)
    pairs = [(a, b) for a in segments(above) for b in segments(below) if a.x0 < b.x1 and b.x0 < a.x1]
    level = len(long) > 1 and all(any(each in pair for pair in pairs) for each in short)
    return alone and level and not all(hangs(a.text, b.text) for a, b in pairs)
