"""What the columns of a table are for, by the words of their headers and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.columns.against_headers import revise, weigh
from extract.columns.by_arithmetic import tell_signs
from extract.columns.by_content import LARGEST_SIDE, are_narrow, role_by_content
from extract.columns.grids import Grid
from extract.columns.header_rows import SIZES, first_of_body, header, under_titles
from extract.columns.headers import LETTERS, SIZED, role_of
from extract.columns.layer_names import names_layers
from extract.words.families import POOLS
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized

DEEP = 16
"""Of how many layers no module is: where a column of depths has such a number, it says how many filters there are."""


@dataclass(frozen=True)
class Columns:
    """Where a table's body begins, and for each column its header and what it is for."""

    start: int
    headers: tuple[str, ...]
    roles: tuple[str, ...]


def columns_of(grid: Grid) -> Columns:
    """Return what the columns of a table are for."""
    start = first_of_body(grid)
    headers = tuple(header(grid, column, start) for column in range(grid.width))
    roles = [role_of(each) or _role_of_content(grid, i, start) for i, each in enumerate(headers)]
    titled = [i for i in under_titles(grid, headers, start, "filters") if not names_layers(grid, start, i, kind_of)]
    letters = all(
        each.lower() in LETTERS or not each.isalpha() or grid.counts(i, start)
        for i, each in enumerate(headers)
        if len(each) == 1 and i not in titled
    )
    several = letters and sum(len(each) == 1 for each in headers) > 2
    _tell_depths(grid, start, roles)
    for i, name in enumerate(headers):
        if i in titled:
            roles[i] = "filters"  # Its header names a design.
        elif letters and len(name) == 1 and name.isalpha() and not names_layers(grid, start, i):
            roles[i] = LETTERS.get(name.lower(), "")
            if name.lower() == "n" and "filters" not in roles and not {"c", "f"} & {each.lower() for each in headers}:
                roles[i] = "filters"
        elif several and len(name) == 2 and not roles[i]:
            roles[i] = "ignored"  # A sign of something that follows from the others.
        revise(grid, start, headers, roles, i)
    _find_names(grid, start, roles, headers)
    if "type" in roles:
        _tell_by_content(grid, start, headers, roles)
    _leave_out_strange(grid, start, headers, roles)
    if not any(headers) and roles.count("kernel") == 2 and "stride" not in roles:
        roles[roles.index("kernel", roles.index("kernel") + 1)] = "stride"  # Windows, and how far they step.
    if not any(headers) and "activation" in roles:
        roles[:] = [
            "type" if not role and names_layers(grid, start, i, kind_of) else role for i, role in enumerate(roles)
        ]
    _tell_weights(headers, roles)
    tell_signs(grid, start, headers, roles)
    weigh(grid, start, headers, roles)
    return Columns(start, headers, tuple(roles))


def _leave_out_strange(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Ignore numbers under a header that nobody knows which change where a pooling stands: no filters do."""
    types = [i for i, role in enumerate(roles) if role == "type"]
    for i in (i for i, role in enumerate(roles) if types and not role and headers[i]):
        rows = [(grid.at(j, types[0]), grid.at(j, i)) for j in range(start, len(grid.rows))]
        said = [(kind_of(name.text), cell.text.strip()) for name, cell in rows if name and cell]
        numbers = all(text.isdecimal() for _, text in said) and len(said) == len(rows) > MOST_NAMES
        pooled = [(one[1], two[1]) for one, two in pairwise(said) if two[0] in POOLS]
        if numbers and any(one != two for one, two in pooled):
            roles[i] = "ignored"


MOST_NAMES = 3
"""Rows at most that tell nothing of a column."""


def _tell_weights(headers: Sequence[str], roles: list[str]) -> None:
    """Take shapes beside those of outputs for what layers are made with: of weights, of a window."""
    shapes = [i for i, role in enumerate(roles) if role == "output" and not re.search("out", headers[i], re.I)]
    if len(shapes) == 1 < roles.count("output") and "kernel" not in roles:
        roles[shapes[0]] = "kernel"


def _tell_depths(grid: Grid, start: int, roles: list[str]) -> None:
    """Take depths that no module has for numbers of filters, where no other column says these."""
    if "filters" not in roles and "branch" not in roles and "depth" in roles:
        texts = [cell.text.strip() for cell in grid.column(roles.index("depth"), start)]
        if max((int(text) for text in texts if text.isdecimal()), default=0) >= DEEP:
            roles[roles.index("depth")] = "filters"


def _find_names(grid: Grid, start: int, roles: list[str], headers: Sequence[str]) -> None:
    """Find the column of layers' names, where no header says which it is."""
    bare = (
        start == 0 and grid.width > 1 and not any(names_layers(grid, start, i, kind_of) for i in range(1, grid.width))
    )
    first = next((i for i, role in enumerate(roles) if role != "counter"), 0)
    bare |= roles[:1] == ["counter"] and "type" not in roles
    if (
        "type" not in roles
        and roles[first:][:1] == [""]
        and names_layers(grid, start, first)
        and (SIZED & {*roles} or bare or _are_kinds_beside_sizes(grid, start, first))
    ):
        roles[first] = "type"
    each = roles and len(grid.texts(first, start)) >= len(grid.rows) - start  # And no label of several rows.
    if start > 0 and each and not headers[first] and not roles[first] and names_layers(grid, start, first, _is_kind):
        roles[first] = "type"  # What all others speak of needs no header.
    if start > 0 and each and not roles[first] and _are_of_dense(grid.texts(first, start)):
        roles[first] = "type"
    if (
        len(roles) == 2
        and roles[0] in ("", "filters")
        and start == 1
        and any(map(_is_kind, grid.texts(0, 1)))
        and 2 * sum(any(_is_kind(cell.text) for cell in row) for row in grid.rows[1:]) >= len(grid.texts(0, 1))
    ):
        roles[0] = "type"  # Names, and what is said of each.
    if (
        start > 0
        and len(roles) > 2
        and not {*roles} - {"counter", "type", "", *SIZED, "count"}
        and not role_of(headers[first])
    ):
        _find_among_strange(grid, start, roles)
    if "type" not in roles and start == 0:
        for i in range(min(2, grid.width)):
            if not roles[i] and names_layers(grid, start, i, _is_bare_kind):
                roles[i] = "type"
    if "type" not in roles and start == 0 and grid.width > 1:
        named = [i for i, role in enumerate(roles) if not role and names_layers(grid, start, i, kind_of)]
        roles[:] = ["type" if [i] == named else role for i, role in enumerate(roles)]


def _are_of_dense(texts: Sequence[str]) -> bool:
    """Tell the names of what comes in, of hidden layers and of what is given, which are those of Dense."""
    named = [re.match(r"\W*(input|hidden|output)s?\b", text, re.IGNORECASE) for text in texts]
    return all(named) and any(each[1].lower() == "hidden" for each in named if each)


def _are_kinds_beside_sizes(grid: Grid, start: int, column: int) -> bool:
    """Tell a column of kinds of layers beside one of what they give, whatever language their headers are in."""
    others = (grid.texts(i, start) for i in range(grid.width) if i != column)
    sized = any(role_by_content(texts, set()) == "output" for texts in others)
    return sized and names_layers(grid, start, column, _is_kind)


def _find_among_strange(grid: Grid, start: int, roles: list[str]) -> None:
    """Find the columns of names under headers that nobody knows here: the first two behind a counter, and no others."""
    first = next((i for i, role in enumerate(roles) if role != "counter"), 0)
    if any(roles[first : first + 2]):
        if roles[first : first + 2] == ["type", ""] and names_layers(grid, start, first + 1, _is_named):
            roles[first + 1] = "type"
        return
    rows = [row[first:] for row in grid.rows[start:] if len(row) > first + 2]
    told = [[_is_named(cell.text) for cell in row] for row in rows]
    named = sum(any(row[:2]) for row in told) >= 0.8 * len(told)
    if len(told) > MOST_NAMES and named and sum(any(row[2:]) for row in told) < 0.3 * len(told):
        roles[first : first + 2] = ["type" if any(row[i] for row in told) else "" for i in (0, 1)]


def _is_named(text: str) -> bool:
    """Tell the name of a layer, or of a class of units."""
    return bool(_is_kind(text) or _CLASS.fullmatch(text.strip()))


_CLASS = re.compile(r"(?:[a-z]+ )?[A-Z][a-z]+[A-Z]\w*")
"""The class of a unit that nobody knows, maybe with a word for what it does."""


def _tell_by_content(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Fill in what columns are for whose headers do not say it, where no other such column looks alike."""
    found = {
        i: role_by_content(grid.texts(i, start), {*roles})
        for i, role in enumerate(roles)
        if not role and (headers[i] or not any(headers))
    }
    for i, role in found.items():
        many = list(found.values()).count(role)
        if role and (many == 1 or (many == 2 and role == "output" and not any(headers))):
            roles[i] = role
        elif role == "count":
            roles[i] = "ignored"  # As each of several programs counts them.


_BARE = re.compile(r"(?:\D|\d(?=-?[dD]\b|[dD][A-Z]))+(?:[ _.-]?\d{1,2}){0,2}")


def _is_kind(text: str) -> bool:
    """Tell the name of a layer from that of a stage, of several."""
    return kind_of(text) not in ("", "stage") or bool(posts_of(text))


def _is_bare_kind(text: str) -> bool:
    """Tell the name of a layer with no more than which one of its kind it is."""
    return bool(kind_of(text) or posts_of(text)) and bool(_BARE.fullmatch(text.strip()))


def _role_of_content(grid: Grid, column: int, start: int) -> str:
    """Return what a column without a header of its own is for: one of sizes has those of outputs."""
    texts = [normalized(text) for text in grid.texts(column, start)]
    sizes = [text for text in texts if SIZES.fullmatch(text)]
    if len(sizes) < 3 or len(sizes) < 0.8 * len(texts):
        return ""
    sides = [[*map(int, re.findall(r"\d+", text))] for text in sizes]
    windows = all(len(each) == 2 and each[0] == each[1] <= LARGEST_SIDE for each in sides)
    return "kernel" if (windows and sides[-1][0] > 1) or are_narrow(sides) else "output"
