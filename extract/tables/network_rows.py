"""Networks that have a row each, behind their names: all layers in a cell, or how wide those that are hidden are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.columns.grids import Cell, Grid
from extract.columns.header_rows import header
from extract.columns.headers import SIZED, role_of
from extract.columns.roles import Columns
from extract.tables.width_chains import PAIR, chains, written
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of

Network = tuple[str, Grid, Columns]

OWN = re.compile(
    r"(?i:\b(?:generators?|discriminators?|critics?|actors?|students?|teachers?|policy|value net\w*)\b)"
    r"|^\W*[A-Z]\w{0,2}(?: ?[a-z\d]{1,2})? ?\([a-z][\w\u2032\u02c6'’^~ ]{0,3}(?:, ?[a-z][\w\u2032\u02c6'’^~ ]{0,3})*\)"
)
"""The title of a network that is one by itself: `Generator`, `D(x)`."""
PART = re.compile(r"\b(?:encoders?|decoders?|networks?|(?:sub-?)?nets?)\b", re.IGNORECASE)
"""That of a part of a network, or of one by itself where what comes in is said of each."""
_COMPONENT = re.compile(
    r"\b(?:ensembles?|heads?|targets?|predictors?|classifiers?|projectors?|models?|q-?\w*)\b", re.IGNORECASE
)
_MODELS = re.compile(r"(?:the )?(?:models?|networks?|nets?|variants?|datasets?|tasks?)(?: names?)?", re.IGNORECASE)
"""The header of a column of names of networks."""
_WHICH = re.compile(r"(?:no|nr|num|id|index)\.?|#|№", re.IGNORECASE)
"""That of a column of their numbers."""
_LAID_OUT = re.compile(r"\b(?:structures?|architectures?|layers|configurations?|topology|layout)\b", re.IGNORECASE)
_WIDTHS = re.compile(r"\W*\d+(?:\s*[,/–-]\s*\d+)*\W*")
"""How wide layers are that are behind each other."""
LEAST = 3


def a_row_each(grid: Grid, columns: Columns) -> list[Network]:
    """Return networks that have a row each, behind their names, where some is one by itself: an actor and a critic."""
    rows = grid.rows[columns.start :]
    names = [row[0].text.replace("\n", " ") if row and row[0].first == 0 else "" for row in rows]
    named = [bool(OWN.search(name) or PART.search(name) or _COMPONENT.search(name)) for name in names]
    own = any(OWN.search(name) for name in names) and sum(named) >= 0.6 * len(rows) > 1
    several = sum(any(len(read_cell(cell.text)) > 1 for cell in row[1:]) for row in rows)
    if not own or several < 0.6 * len(rows) or any(map(kind_of, names)) or _pass_on(rows):
        return []
    plain = replace(columns, roles=("ignored", *columns.roles[1:]))
    return [
        (title_of(name), Grid((*grid.rows[: columns.start], row), grid.width), plain)
        for name, row in zip(names, rows, strict=True)
    ]


def title_of(title: str) -> str:
    """Return the name of a network by its title, without what that says more of it.

    >>> [title_of(each) for each in ("Encoder (MNIST)", "D(x, z) - 8 × 1 × 1 input", "G z (x) - 3 × 32 × 32 input")]
    ['Encoder', 'D(x, z)', 'G z (x)']
    """
    function = _FUNCTION.match(title.strip())
    return function[0] if function else re.split(r"\s[-–—:]\s|[:,;]|\s[\[(]", title)[0].strip()


_FUNCTION = re.compile(r"[A-Z]\w{0,2}(?: [a-z])? ?\([a-z](?:, ?[a-z])*\)")
"""A network by what it makes of what: G(z), D(x, z)."""


def _pass_on(rows: Sequence[Sequence[Cell]]) -> bool:
    """Tell rows that each take what the one above gives, `(h, w, 3) → (h/2, w/2, 64)`: the parts of one network."""
    flows = [next((re.sub(r"\s", "", cell.text).split("→") for cell in row if "→" in cell.text), []) for row in rows]
    return all(flows) and all(before[-1] == after[0] for before, after in pairwise(flows))


def models_of(grid: Grid) -> list[Network]:
    """Return the networks of a table of them: each row says all layers of one, or each column those of a kind."""
    return (
        _chained(grid)
        or _listed(grid)
        or _numbered(grid)
        or _staged(grid)
        or _hidden(grid)
        or _neurons_down(grid)
        or _by_kinds(grid)
        or _by_kinds(_kinds_down(grid))
    )


def _heads(grid: Grid) -> list[str]:
    """Return the headers of all columns."""
    return [header(grid, i, 1).strip() for i in range(grid.width)]


def _texts(row: Sequence[Cell], places: Sequence[int]) -> list[str]:
    """Return what the cells of a row say that begin in some columns."""
    return [next((cell.text.strip() for cell in row if cell.first == i), "") for i in places]


def _chained(grid: Grid) -> list[Network]:
    """Return networks of Dense, a row each, of which a cell says how wide all are: `784 → 128 → 10`."""
    heads = _heads(grid)
    own = all(row and OWN.search(row[0].text) for row in grid.rows[1:])  # Whatever they are called together.
    if len(grid.rows) < LEAST or not (_MODELS.fullmatch(heads[0]) or own):
        return []
    return [(name, table, PAIR) for name, table in chains(grid, heads)]


def _listed(grid: Grid) -> list[Network]:
    """Return networks, a row each, of which a cell lists all layers: `Conv(…) - Conv(…) - Linear(…)`."""
    heads = _heads(grid)
    if len(grid.rows) < LEAST or not (_MODELS.fullmatch(heads[0]) or _WHICH.fullmatch(heads[0])):
        return []
    for column in range(1, grid.width):
        cells = [[cell for cell in row if cell.first == cell.last == column] for row in grid.rows[1:]]
        named = _LAID_OUT.search(heads[column]) or all(each and kind_of(each[0].text) for each in cells)
        if named and all(each and len(read_cell(each[0].text)) >= LEAST for each in cells):
            roles = tuple("type" if i == column else "ignored" for i in range(grid.width))
            found = Columns(1, tuple(heads), roles)
            return [(_name(row), Grid((grid.rows[0], row), grid.width), found) for row in grid.rows[1:]]
    return []


_NUMBERS = re.compile(r"\d+(?: ?[-–,/] ?\d+){2,}")
"""A number of each of several layers."""


def _numbered(grid: Grid) -> list[Network]:
    """Return networks, a row each, of whose convolutions a cell lists the widths and one the windows: `12-16`."""
    heads = _heads(grid)
    roles = {role_of(head): i for i, head in enumerate(heads)}
    if len(grid.rows) < LEAST or not _MODELS.fullmatch(heads[0]) or not {"filters", "kernel"} <= {*roles}:
        return []
    places = [roles[name] for name in ("filters", "kernel", "stride") if name in roles]
    found = []
    for row in grid.rows[1:]:
        texts = _texts(row, places)
        lists = [re.findall(r"\d+", text) for text in texts if _NUMBERS.fullmatch(text)]
        if len(lists) < len(places) or len({len(each) for each in lists}) > 1:
            return []
        names = ("filters", "kernel", "stride")[: len(places)]
        rows = [
            tuple(Cell(text, i, i) for i, text in enumerate(("Conv", *layer))) for layer in zip(*lists, strict=True)
        ]
        columns = Columns(0, ("Layer", *names), ("type", *names))
        found.append((_name(row), Grid(tuple(rows), len(names) + 1), columns))
    return found


def _staged(grid: Grid) -> list[Network]:
    """Return networks, a row each, of whose stages each column says the width, or how often and how wide: `2-128`."""
    heads = _heads(grid)
    places = [i for i, head in enumerate(heads) if _STAGE.fullmatch(head)]
    if len(places) < LEAST or not (_MODELS.fullmatch(heads[0]) or _CALLED.fullmatch(heads[0])):
        return []
    found = []
    for row in grid.rows[1:]:
        texts = _texts(row, places)
        if not all(_STAGE_OF.fullmatch(text) for text in texts):
            return []
        rows = [(Cell(heads[i], 0, 0), Cell(text, 1, 1)) for i, text in zip(places, texts, strict=True)]
        found.append((_name(row), Grid(tuple(rows), 2), PAIR))
    return found


_CALLED = re.compile(r"names?|backbones?|architectures?", re.IGNORECASE)
_STAGE = re.compile(r"(?:stage|block|group)[ _-]?\d", re.IGNORECASE)
"""The header of a column that says how a stage is made."""
_STAGE_OF = re.compile(r"\d+(?: ?[-×x,] ?\d+)*")


def _hidden(grid: Grid) -> list[Network]:
    """Return networks of Dense, a row each, between columns of what comes in and out: `9 | (512, 512) | 1`."""
    heads = [each.lower() for each in _heads(grid)]
    places = [next((i for i, each in enumerate(heads) if re.match(said, each)), -1) for said in _COLUMNS]
    rows = [_texts(row, places) for row in grid.rows[1:]]
    if -1 in places or not rows or not all(_WIDTHS.fullmatch(text) for row in rows for text in row):
        return []
    widths = [[re.findall(r"\d+", text) for text in row] for row in rows]
    if any(len(given) != 1 or len(taken) != 1 for taken, _, given in widths) or all(
        len(each[1]) < 2 for each in widths
    ):
        return []
    named = 0 not in places
    return [
        (_name(row) if named else "", written([*taken, *inner, *given]), PAIR)
        for row, (taken, inner, given) in zip(grid.rows[1:], widths, strict=True)
    ]


def _neurons_down(grid: Grid) -> list[Network]:
    """Return networks of Dense, a column each, whose rows are `Input | 30`, `Hidden 1 | 64` and `Output | 1`."""
    first, *rest = grid.rows or ((),)
    names = [row[0].text.strip() if row else "" for row in rest]
    layers = len(rest) >= LEAST and re.match(r"inputs?\b", names[0], re.IGNORECASE)
    if not layers or not all(_NEURONS.match(name) for name in names[1:]) or not re.match("(?i)output", names[-1]):
        return []
    found = []
    for head in first[1:]:
        widths = [next((cell.text.strip() for cell in row if cell.covers(head.first)), "") for row in rest]
        widths = [each for each in widths if re.search(r"\w", each)]
        if len(widths) < LEAST or not all(map(str.isdecimal, widths)):
            return []
        found.append((head.text.replace("\n", " ").strip(), written(widths), PAIR))
    return found


_NEURONS = re.compile(r"(?:hidden|output)(?: layer)?s?[ _#-]*\d{0,2}\b", re.IGNORECASE)
_COLUMNS = (r"inputs?\b", r"hidden (?:layers?|units|neurons|nodes|sizes?|dim\w*)\b", r"outputs?\b")


def _name(row: Sequence[Cell]) -> str:
    return row[0].text.replace("\n", " ").strip()


_KINDS = (
    ("Conv", re.compile(r"conv(?:olution)?(?:al|s)?(?: layers?)?", re.IGNORECASE)),
    ("Fully connected", re.compile(r"(?:fc|dense|linear|fully[ -]connected)s?(?: layers?)?", re.IGNORECASE)),
)
"""The names of rows of all layers of a kind."""


def _kinds_down(grid: Grid) -> Grid:
    """Return a table whose headers are kinds of layers, `Conv | Fully connected`, turned, with one for its networks."""
    heads = [cell.text.strip() for cell in grid.rows[0]] if grid.rows else []
    if any(sum(bool(is_kind.fullmatch(head)) for head in heads) != 1 for _, is_kind in _KINDS):
        return Grid((), 0)  # What recurs is a layer each time.
    if sum(role_of(row[0].text) in SIZED for row in grid.rows[1:] if row) > 1:
        return Grid((), 0)  # A layer a column.
    first, *rest = grid.turned().rows
    corner = Cell(
        _corner if _MODELS.fullmatch(_corner := first[0].text.strip()) and first[0].first == 0 else "Model", 0, 0
    )
    return Grid(((corner, *(cell for cell in first if cell.first)), *rest), len(grid.rows))


def _by_kinds(grid: Grid) -> list[Network]:
    """Return networks, a column each, whose rows list all layers of a kind: `Conv Layers | 64, 64, pool`."""
    if not grid.rows or len(grid.rows[0]) < LEAST or not _MODELS.fullmatch(grid.rows[0][0].text.strip()):
        return []
    told = [(next((row for row in grid.rows[1:] if is_kind.fullmatch(row[0].text.strip())), ()), name)
            for name, is_kind in _KINDS]  # fmt: skip
    found = []
    for head in grid.rows[0][1:]:
        rows: list[tuple[str, str]] = []
        for row, name in told:
            text = next((cell.text for cell in row if cell.first == cell.last == head.first), "")
            understood = re.sub(_PART, "", text).strip(" ,;-–\n") == ""
            parts = re.findall(_PART, text) if understood else [text]
            rows += (each for part in parts if part.strip() for each in _layers(part.strip(), name))
        if not all(row for row, _ in told) or not rows or not all(name for name, _ in rows):
            return []
        cells = tuple((Cell(name, 0, 0), Cell(text, 1, 1)) for name, text in rows)
        found.append((head.text.strip(), Grid(cells, 2), PAIR))
    return found


_PART = r"(?:\d+ ?[x×*] ?)?\[[^\]]*\]|\d+(?: ?[x×*∗/] ?\d+)*(?: ?\([^()]*\))?|[A-Za-z][A-Za-z -]*"
"""What stands between commas, in a line of its own, or in brackets: `2x64 pool`, `3x[16, 16]`."""


def leaves_out(grid: Grid) -> bool:
    """Tell a table of all layers of each kind that says of other layers too, of which it is not told where they are."""
    heads = [cell.text.strip() for cell in (*grid.rows[0], *(row[0] for row in grid.rows[1:] if row))]
    told = [any(is_kind.fullmatch(head) for _, is_kind in _KINDS) for head in heads]
    return any(told) and any(
        bool(kind_of(head) or posts_of(head)) and not _COUNTED.search(head)
        for head, is_told in zip(heads, told, strict=True)
        if not is_told
    )


_COUNTED = re.compile(r"\b(?:weights|param\w*)\b", re.IGNORECASE)
"""What is counted of layers."""


def says_products(grid: Grid) -> bool:
    """Tell a table whose rows of all layers of a kind say `64 * 64`, which may be two layers or one between them."""
    own = [row for row in grid.rows if row and any(is_kind.fullmatch(row[0].text.strip()) for _, is_kind in _KINDS)]
    found = [each for row in own for cell in row[1:] for each in re.findall(r"(\d+) ?[*∗×x] ?\d", cell.text)]
    return any(int(each) > _MANY for each in found)


_MANY = 8
"""How often a layer comes at most, where that stands in front of how wide it is."""


def _layers(text: str, name: str) -> list[tuple[str, str]]:
    """Return the names and widths of layers of a kind, and nothing for a name where they are not understood.

    >>> _layers("64 * 64", "Conv"), _layers("pool", "Conv"), _layers("10/100", "Fully connected")
    ([('Conv', '64'), ('Conv', '64')], [('pool', '')], [('Fully connected', '10/100')])
    """
    if found := re.fullmatch(r"(\d+) ?[*∗×x] ?(\d+)", text):
        first, second = found[1], found[2]
        return [(name, second)] * int(first) if int(first) <= _MANY < int(second) else [(name, first), (name, second)]
    if re.fullmatch(r"\d+(?:/\d+)*", text):
        return [(name, text)]
    if found := re.fullmatch(r"(\d+) ?\((\d+) ?[×x] ?(\d+)\)", text):
        return [(name, f"{found[2]}×{found[3]}, {found[1]}")]
    if found := re.fullmatch(r"(?:(\d+) ?[x×*] ?)?\[(\d+(?: ?, ?\d+)*)\]", text):
        inner = "; ".join(f"conv {width}" for width in re.findall(r"\d+", found[2]))
        return [(name, f"[{inner}] × {found[1] or 1}")]
    return [(text if kind_of(text) else "", "")]
