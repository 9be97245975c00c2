"""Networks below each other in one table, each behind a row that names it: generator and discriminator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from statistics import median

from extract.columns.grids import Cell, Grid, filled, said
from extract.columns.headers import role_of
from extract.columns.layer_names import names_layer
from extract.columns.roles import Columns
from extract.columns.sections import is_of_layers
from extract.tables.network_rows import OWN, PART, a_row_each, title_of
from extract.tables.ways import WAY
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

Part = Sequence[tuple[Cell, ...]]

MIDDLE = 0.4
"""How far a label is from the middle of its rows at most, as a share of its height."""
LEAST = 4
"""Rows of two tables at least, each with its headers."""
_INPUT = re.compile(r"\binput\b", re.IGNORECASE)


def networks_of(grid: Grid, columns: Columns) -> Iterator[tuple[str, Grid, Columns]]:
    """Yield the networks of a table with their titles: several, where each stands below one, or all of it."""
    for is_title, are_own in ((_title, _are_own), (_is_alone, partial(_begin_anew, columns))):
        start = next((i for i in range(1, columns.start) if is_title(grid.rows[i])), columns.start)
        parts = _below_titles(grid.rows[start:], is_title)
        if len(parts) > 1 and all(len(part) > 1 for part in parts) and are_own(parts):
            for part in parts:
                name = title_of(part[0][0].text.replace("\n", " "))
                bare = len(filled(part[0])) == 1 and not re.search(r"\d|input", part[0][0].text, re.IGNORECASE)
                rows = part[1:] if bare else _taking_in(part)  # A title that says no more is no layer.
                yield name, Grid((*grid.rows[:start], *rows), grid.width), replace(columns, start=start)
            return
    yield from list(_beside_labels(grid, columns)) or a_row_each(grid, columns) or [("", grid, columns)]


def _taking_in(part: Part) -> Part:
    """Return the rows of a network, its title as what comes in where it says but that beside its name: `D(x) | 28`."""
    name, *others = filled(part[0])
    if len(others) != 1 or kind_of(name.text) == "input" or kind_of(part[1][0].text) == "input":
        return part
    return [tuple(replace(cell, text="Input") if cell is name else cell for cell in part[0]), *part[1:]]


def _beside_labels(grid: Grid, columns: Columns) -> Iterator[tuple[str, Grid, Columns]]:
    """Yield the networks whose names stand in the first column, beside their layers, each of which begins anew."""
    rows = grid.rows[columns.start :]
    labels = [(i, row[0]) for i, row in enumerate(rows) if row and row[0].first == row[0].last == 0 and row[0].text]
    labels = [(i, cell) for k, (i, cell) in enumerate(labels) if k == 0 or cell.text != labels[k - 1][1].text]
    starts = _starts(rows, labels)
    parts = [rows[i:j] for i, j in pairwise([*starts, len(rows)])]
    bare = [[tuple(cell for cell in row if cell.first > 0) for row in part] for part in parts]
    layers = sum(names_layer(cell.text) for _, cell in labels)
    ways = any(_WAY.fullmatch(head.strip()) for head in columns.headers[:1]) and 2 * layers < len(labels)
    if len(parts) < 2 or not all((ways or len(part) > 1) and all(part) for part in bare):
        return
    if kind_of(bare[-1][0][0].text) in ("concat", "add") and all(_BRANCH.search(cell.text) for _, cell in labels[:-1]):
        for (_, label), part in zip(labels[:-1], bare[:-1], strict=True):  # Each with what is behind all of them.
            rows = (*grid.rows[: columns.start], *part, *bare[-1])
            yield " ".join(label.text.split()), Grid(rows, grid.width), columns
        return
    if any(kind_of(row[0].text) in ("concat", "add") for row in bare[-1]):
        return  # What joins them: they are ways through one network.
    counted = any(_MODEL.fullmatch(head.strip()) for head in columns.headers[:1]) and not layers
    counted &= all(part[0][0].text.strip() == "1" and len(part) > 1 for part in bare)  # Whose layers count anew.
    if counted or ways or all(kind_of(part[0][0].text) == "input" for part in bare):
        for (_, label), part in zip(labels, bare, strict=True):
            name = " ".join(label.text.split())
            yield name, Grid((*grid.rows[: columns.start], *part), grid.width), columns


_BRANCH = re.compile(rf"\b(?:{WAY}|modality)(?: ?(?:\d+|[A-Z]))?\s*$", re.IGNORECASE)
"""A way through a network, by its name."""
_MODEL = re.compile(r"(?:models?|networks?|architectures?|configurations?)(?: names?)?", re.IGNORECASE)
_WAY = re.compile(rf"(?:{WAY}|(?:sub-?)?net(?:work)?|agent)(?:es|s)?(?: names?)?", re.I)
"""The header of a column that says which of several ways through a network a layer is on, or of which network it is."""


def _starts(rows: Part, labels: Sequence[tuple[int, Cell]]) -> list[int]:
    """Return the rows at which what labels stand beside begins, in line with them or around; none where it is open."""
    found = [i for i, _ in labels]
    if found[:1] == [0]:
        return found
    heights = [[cell.box for cell in row if cell.first > 0 and cell.box] for row in rows]
    if not all(heights) or any(cell.box is None for _, cell in labels):
        return []
    middles = [median((box[1] + box[3]) / 2 for box in boxes) for boxes in heights]
    found, start = [], 0
    for i, cell in labels:
        high = cell.box[3] - cell.box[1] if cell.box else 0.0
        at = (cell.box[1] + cell.box[3]) / 2 if cell.box else 0.0
        ends = (end for end in range(i, len(rows)) if abs((middles[start] + middles[end]) / 2 - at) < MIDDLE * high)
        end = next(ends, None) if start < len(rows) else None
        if end is None:
            return []
        found.append(start)
        start = end + 1
    return found if start == len(rows) else []


def tables_below(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield the tables that stand below each other in one with their titles, each with the same headers of its own.

    A title stands alone above the headers, or is one of them: `Generator | Kernel`, `Discriminator | Kernel`.
    """
    rows = grid.rows
    if len(rows) < LEAST:
        return
    alone = [i for i, row in enumerate(rows[:-2]) if len(filled(row)) == 1 and len(filled(rows[i + 1])) > 1]
    heads = [i for i in alone if said(rows[i + 1]) == said(rows[1])]
    if heads and all(is_of_layers(filled(rows[i])[0].text) for i in heads):
        return  # The layers of one network by their kinds.
    if len(heads) > 1 and heads[0] == 0:
        for start, end in pairwise([*heads, len(rows)]):
            yield filled(rows[start])[0].text.replace("\n", " "), Grid(rows[start + 1 : end], grid.width)
        return
    for place in range(2):
        if len(again := _headed_by(rows, place)) > 1:
            for start, end in pairwise([*again, len(rows)]):
                yield rows[start][place].text.replace("\n", " "), Grid(rows[start:end], grid.width)
            return


def _headed_by(rows: Part, place: int) -> list[int]:
    """Return the rows of headers that come again, but for one in a place, which names what is below; else none."""
    if len(rows[0]) <= place:
        return []
    others = [[cell for i, cell in enumerate(row) if i != place] for row in rows]
    again = [i for i, row in enumerate(others[:-1]) if said(row) == said(others[0])]
    headed = any(role_of(cell.text) for cell in others[0]) and not any(names_layer(cell.text) for cell in rows[0])
    named = len({*said([rows[i][place] for i in again])}) == len(again)
    return again if headed and named and all(len(filled(others[i])) == len(others[0]) for i in again) else []


def framed(grid: Grid) -> Grid | None:
    """Return the table within one of what is said of a model: beside the word for it, `Architecture | …`."""
    rows = [row for row in grid.rows if len(row) > 1 and row[0].first == row[0].last == 0]
    inside = [row[1:] for row in rows if _FRAME.fullmatch(row[0].text.strip())]
    if not LEAST <= len(inside) < len(rows):
        return None
    taken = [row for row in rows if kind_of(row[0].text) == "input"][:1]
    first = [(replace(row[0], first=1, last=1), replace(row[1], first=2, last=2)) for row in taken]
    return Grid((*first, *inside), grid.width)


_FRAME = re.compile(r"(?:(?:network|model|layer) )?(?:architecture|structure|layers|topology)", re.IGNORECASE)


def _below_titles(rows: Part, is_title: Callable[[Sequence[Cell]], bool]) -> list[Part]:
    """Return the rows from each title to the next, none where some stand above the first."""
    titles = [i for i, row in enumerate(rows) if is_title(row)]
    return [rows[i:j] for i, j in pairwise([*titles, len(rows)])] if titles[:1] == [0] else []


def _title(row: Sequence[Cell]) -> bool:
    """Tell a row that names a network, and may say the size of what comes into it."""
    cells = filled(row)
    alone = len(cells) == 1 or (len(cells) == 2 and re.fullmatch(r"[\d\s×xX*,()]+", cells[1].text))
    named = bool(cells) and bool(OWN.search(cells[0].text) or PART.search(cells[0].text))
    return bool(alone) and named and row[0] is cells[0] and kind_of(cells[0].text) in ("", "input")


def _is_alone(row: Sequence[Cell]) -> bool:
    """Tell a row of nothing but a title, whatever it says."""
    cells = filled(row)
    return len(cells) == 1 and bool(re.search(r"[A-Za-z]{2}", cells[0].text)) and not names_layer(cells[0].text)


def _are_own(parts: Sequence[Part]) -> bool:
    first, last = parts[0][0][0].text, parts[-1][0][0].text
    turned = re.search(r"\bdecoder", first, re.IGNORECASE) and re.search(r"\bencoder", last, re.IGNORECASE)
    return bool(turned) or any(OWN.search(part[0][0].text) for part in parts) or all(map(_says_input, parts))


def _begin_anew(columns: Columns, parts: Sequence[Part]) -> bool:
    """Tell networks that end in vectors, behind each of which what comes in is printed, and nothing above gives it."""
    given: set[str] = set()
    for before, after in pairwise(parts):
        given |= {text for row in before for text in _printed(row, columns, "output")}
        taken = _printed(after[1], columns, "input")
        if not taken or taken[0] in given or kind_of(before[-1][0].text) not in ("dense", "softmax"):
            return False
    return True


def _printed(row: Sequence[Cell], columns: Columns, role: str) -> list[str]:
    texts = [normalized(cell.text) for cell in row if cell.first == cell.last and columns.roles[cell.first] == role]
    return [text for text in texts if re.search(r"\d", text)]


def _says_input(part: Part) -> bool:
    """Tell a network of which its title, or the row below, says what comes in."""
    title, first = part[0], part[1] if len(part) > 1 else part[0]
    sized = any(re.search(r"\d", cell.text) for cell in title)
    return sized or any(_INPUT.search(cell.text) for cell in (*title, *first[:2]))


def are_chained(grid: Grid, columns: Columns) -> bool:
    """Tell a table in which most rows take what the one above gives, as both are printed, whatever the layers are."""
    rows = [(_printed(row, columns, "input"), _printed(row, columns, "output")) for row in grid.rows[columns.start :]]
    passed = [given == taken != [] for (_, given), (taken, _) in pairwise(rows)]
    return sum(passed) >= max(CHAINED, 0.7 * len(passed)) or are_widening(grid, columns)


def are_widening(grid: Grid, columns: Columns) -> bool:
    """Tell a table in which each row takes as many channels as the one above gives: 3 → 64, 64 → 64, 64 → 128."""
    widths = [
        [found for text in _printed(row, columns, "filters") if (found := re.fullmatch(r"(\d+) ?→ ?(\d+)", text))]
        for row in grid.rows[columns.start :]
    ]
    return len(widths) >= CHAINED and all(
        before and after and before[0][2] == after[0][1] for before, after in pairwise(widths)
    )


CHAINED = 4
"""Rows that take what the one above gives, at least."""
