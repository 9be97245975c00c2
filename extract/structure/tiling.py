"""Rows of several lines without rules between them: what is said once of a row stands in the middle of its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from extract.pages.page import Line
from extract.structure.ruling import Ends, columns_under
from extract.words.cells import read_cell
from extract.words.families import POSTED

NEAR = 0.3
"""How far from the middle of its lines a label stands at most, as a share of the type's size."""
MOSTLY = 0.6
"""The share of lines without a label that are activations or normalisations, at least, where all lines are rows."""
_SETTING = re.compile(r"[A-Z][A-Za-z ]*: ?\S")
"""What is set of a layer, with its value."""
Parts = Sequence[Line]


def tiled(
    groups: list[list[int]], lines: Sequence[Parts], columns: Sequence[Ends], parted: Set[int] = frozenset()
) -> list[list[int]]:
    """Return groups of lines, those joined around whose middle a label and more stand, where all lines join so.

    None goes over a rule through the column of labels: above the lines that are `parted` there is one.
    Lines without a label have to say something in the same columns, and those with one in two others at least.
    """
    filled = [columns_under([part for row in group for part in lines[row]], columns) for group in groups]
    bare = [each for each in filled if 0 not in each]
    held = set.union(*bare) if bare else set()
    labelled = [each for each in filled[1:] if 0 in each]
    if len(columns) < 3 or len(bare) < 2 or any(each != held for each in bare):
        return groups
    behind = [i for i, each in enumerate(filled) if 0 not in each and _is_post(groups[i], lines)]
    if len(behind) > MOSTLY * len(bare):  # Each belongs to the layer above it, and is a row.
        return groups
    if any(len(each - held) < 2 for each in labelled):
        return groups
    column = min(held)
    found: list[list[int]] = []
    start = 0
    for i, group in enumerate(groups):
        if 0 not in filled[i]:
            continue
        label = next(part for row in group for part in lines[row] if 0 in columns_under([part], columns))
        end = _end(groups, lines, columns, column, start, label)
        if end < i:
            return groups
        found.append([row for each in groups[start : end + 1] for row in each])
        if parted & {*found[-1][1:]}:
            return groups
        start = end + 1
    return found if start == len(groups) else groups


def around(
    groups: list[list[int]], lines: Sequence[Parts], columns: Sequence[Ends], parted: Set[int] = frozenset()
) -> list[list[int]]:
    """Return groups of lines, with lines of one setting alone in that around whose middle as many stand.

    `Filters: 8` and `Padding: same` stand above and below the lines in whose middle the name of their layer is.
    `parted` is as for `tiled`.
    """
    filled = [columns_under([part for row in group for part in lines[row]], columns) for group in groups]
    said = [[part.text for row in group for part in lines[row]] for group in groups]
    alone = [
        0 not in places and len(texts) == 1 and bool(_SETTING.match(texts[0]))
        for places, texts in zip(filled, said, strict=True)
    ]
    found: list[list[int]] = []
    start = 0
    while start < len(groups):
        middle = next((i for i in range(start, len(groups)) if not alone[i]), len(groups))
        end = 2 * middle - start + 1
        if end > len(groups) or not all(alone[middle + 1 : end]) or not filled[start] <= filled[middle]:
            return groups
        found.append([row for group in groups[start:end] for row in group])
        if parted & {*found[-1][1:]}:
            return groups
        start = end
    return found


def _end(
    groups: list[list[int]], lines: Sequence[Parts], columns: Sequence[Ends], column: int, start: int, label: Line
) -> int:
    """Return the last of the groups from `start` on in whose middle a label stands, -1 where it does in none."""
    first = _bases(groups[start], lines, columns, column)
    for end in range(start, len(groups)):
        last = _bases(groups[end], lines, columns, column)
        if first and last and abs((first[0] + last[-1]) / 2 - label.base) < NEAR * label.size:
            return end
    return -1


def _is_post(group: Sequence[int], lines: Sequence[Parts]) -> bool:
    """Tell a normalisation or an activation."""
    kinds = [[each.kind for each in read_cell(part.text)] for row in group for part in lines[row]]
    return any(said and POSTED.issuperset(said) for said in kinds)


def _bases(group: Sequence[int], lines: Sequence[Parts], columns: Sequence[Ends], column: int) -> list[float]:
    parts = [part for row in group for part in lines[row]]
    return [part.base for part in parts if column in columns_under([part], columns)] or [part.base for part in parts]
