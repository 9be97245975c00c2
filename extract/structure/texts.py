"""Tables that are written as text: CSV, Markdown, HTML, and LaTeX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from extract.columns.grids import Cell, Grid, plain_grid
from extract.structure.darknet import darknet_tables
from extract.structure.latex import MOST_ROWS, latex_tables
from extract.structure.latex_cells import latex_text, lined
from extract.structure.latex_source import plain_source
from extract.structure.printed import printed_tables
from extract.structure.squeezed import squeezed_tables
from extract.structure.trees import leaves, plain_name


@dataclass(frozen=True)
class Written:
    """A table of a text, and where it begins and ends there."""

    grid: Grid
    span: tuple[int, int]


def tables_of(text: str, suffix: str) -> list[Written]:
    """Return the tables of a text, whose kind its suffix tells; Markdown may hold those of HTML."""
    if suffix in (".html", ".htm"):
        return list(_html(text))
    if suffix in (".md", ".markdown"):
        plain = _TABLE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        return sorted([*_html(text), *_markdown(plain), *_printed(text)], key=lambda each: each.span)
    if suffix == ".tex":
        return sorted([*_latex(text), *_printed(text)], key=lambda each: each.span)
    if suffix == ".txt":
        return sorted([*_markdown(text), *_printed(text)], key=lambda each: each.span)
    return [Written(_csv(text), (0, len(text)))]


def grids_of(text: str, suffix: str) -> list[Grid]:
    """Return the grids of the tables of a text."""
    return [each.grid for each in tables_of(readable(text, suffix), suffix)]


def readable(text: str, suffix: str) -> str:
    """Return a text as its tables are looked for in it: the source of LaTeX as it is set."""
    return plain_source(text) if suffix == ".tex" else text


def _printed(text: str) -> Iterator[Written]:
    for rows, span in (*printed_tables(text), *squeezed_tables(text), *darknet_tables(text)):
        yield Written(plain_grid(rows[:MOST_ROWS]), span)


def _csv(text: str) -> Grid:
    delimiter = max(",;\t", key=text[:2000].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))[:MOST_ROWS]
    return plain_grid([row for row in rows if any(cell.strip() for cell in row)])


def _markdown(text: str) -> Iterator[Written]:
    rows: list[list[str]] = []
    start = place = 0
    for line in [*text.split("\n"), ""]:
        if "|" in line:
            start = start if rows else place
            cells = [_plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append(cells)
        elif rows and not _DRAWN.fullmatch(line):
            yield Written(plain_grid(_of_tree(rows[:MOST_ROWS])), (start, place))
            rows = []
        place += len(line) + 1


_DRAWN = re.compile(r"\s*\+(?:[-=:]+\+)+\s*")
"""A line between the rows of a table that is drawn: +-----+-----+."""


def _of_tree(rows: list[list[str]]) -> list[list[str]]:
    """Return rows of which the first cells are plain where they are drawn as a tree."""
    names = [row[0] for row in rows]
    if not any(name.startswith(("├", "└", "│")) for name in names):
        return rows
    places = [0, *(1 + i for i in leaves(names[1:]))]
    return [[plain_name(rows[i][0]), *rows[i][1:]] for i in places]


def _plain(text: str) -> str:
    """Return a cell of Markdown without its marks."""
    plain = _with_formulas(
        _BRACKETS.sub(lambda each: f"({each[1] or each[2]})", re.sub(r"<br\s*/?>", "\n", text.replace(r"\|", "|")))
    )
    return re.sub(r"\\([\[\](){}#.+!<>_-])", r"\1", _MARKS.sub("", plain)).strip()


_BRACKETS = re.compile(r"(?<=\w )\\\(([\w ]+)\\\)|\\\(([\w ]+(?:, ?[\w ]+)+)\\\)")
"""Brackets that are marked as such, and around no formula: `dense \\(fc\\)`, `\\(1, 28, 28\\)`."""
_MARKS = re.compile(r"`|\*{2,3}|(?<![\d ])\*|\*(?![\d ])|(?<![\w\\])_{1,3}(?=\S)|(?<=[^\s\\])_{1,3}(?!\w)")
"""Marks of Markdown, but not the star of a product and what stands within a name: 3*3, fc_mu."""


def _with_formulas(text: str) -> str:
    """Return a text in which formulas between dollars, as pages have them for MathJax, are plain: no blank counts."""
    return re.sub(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)", lambda each: _formula(each[1] or each[2]), text)


def _formula(text: str) -> str:
    text = re.sub(r"(?<=\d) ?\{ ?, ?\} ?(?=\d)", ",", re.sub(r"(?<=\d) (?=\d)", "", text))
    plain = latex_text(lined(_UPRIGHT.sub(lambda found: _APART.sub(_together, found[1]), text)))
    return re.sub(r"(?<=[(\[]) +| +(?=[)\],])", "", plain)


_UPRIGHT = re.compile(r"\\(?:math(?:rm|bf|it|tt|sf)|text(?:bf|it)?|operatorname)\s*\{([^{}]*)\}")
_APART = re.compile(r"(?<![\w\\])[A-Za-z](?: [A-Za-z\d](?!\w))+")
"""The letters of a word each by itself, as programs that read pages write formulas: C o n v 2 d."""


def _together(found: re.Match[str]) -> str:
    return found[0].replace(" ", "")


class _Tables(HTMLParser):
    """Gathers the tables of a page; a cell over several rows stands in each."""

    def __init__(self) -> None:
        super().__init__()
        self.grids: list[Grid] = []
        self.rows: list[list[Cell]] | None = None
        self.held: dict[int, tuple[int, Cell]] = {}
        self.cell: list[str] | None = None
        self.formula = 0
        """Where in a cell a formula begins that is written between tags."""
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.rows, self.held = [], {}
        elif tag == "tr" and self.rows is not None and len(self.rows) < MOST_ROWS:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            said = dict(attrs)
            self.spans = (_span(said.get("colspan")), _span(said.get("rowspan")))
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")
        elif tag == "sup" and self.cell is not None:
            self.cell.append("^")
        elif tag == "math" and self.cell is not None:
            self.formula = len(self.cell)

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None and self.rows:
            text = _with_formulas(re.sub(r"[ \t\r]+", " ", "".join(self.cell)))
            text = re.sub(r"(\d+)\^2\b", r"\1×\1", text).strip()
            self._add(text)
            self.cell = None
        elif tag == "math" and self.cell is not None and "\\" in (formula := "".join(self.cell[self.formula :])):
            self.cell[self.formula :] = [f"${formula}$"]  # As LaTeX has it.
        elif tag == "table" and self.rows is not None:
            width = max((cell.last + 1 for row in self.rows for cell in row), default=0)
            self.grids.append(Grid(tuple(tuple(row) for row in self.rows if row), width))
            self.rows = None

    def _add(self, text: str) -> None:
        assert self.rows
        row = self.rows[-1]
        column = self._taken(row)
        cell = Cell(text, column, column + self.spans[0] - 1)
        row.append(cell)
        if self.spans[1] > 1:
            self.held[column] = (self.spans[1] - 1, cell)
        self._taken(row)

    def _taken(self, row: list[Cell]) -> int:
        """Put in what hangs down from rows above; return the next free column."""
        column = row[-1].last + 1 if row else 0
        while column in self.held and not any(cell.covers(column) for cell in row):
            left, cell = self.held.pop(column)
            row.append(cell)
            if left > 1:
                self.held[column] = (left - 1, cell)
            column = cell.last + 1
        return column


def _span(text: str | None) -> int:
    return min(int(text), MOST_ROWS) if text and text.isdecimal() and int(text) else 1


_TABLE = re.compile(r"<table\b.*?</table\s*>", re.DOTALL | re.IGNORECASE)


def _html(text: str) -> Iterator[Written]:
    for found in _TABLE.finditer(text):
        parser = _Tables()
        parser.feed(found[0])
        parser.close()
        yield from (Written(grid, found.span()) for grid in parser.grids[-1:])


def _latex(text: str) -> Iterator[Written]:
    for grid, span in latex_tables(text):
        yield Written(grid, span)
