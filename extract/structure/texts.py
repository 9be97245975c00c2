"""Tables that are written as text: CSV, Markdown, HTML, and LaTeX's tabular."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from extract.columns.grids import Cell, Grid, plain_grid
from extract.structure.printed import printed_tables
from extract.structure.squeezed import squeezed_tables
from extract.structure.trees import leaves, plain_name
from extract.words.lexicon import posts_of

MOST_ROWS = 2000
"""Rows of a table at most, and columns of a cell that spans several."""


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
        return list(_latex(text))
    if suffix == ".txt":
        return sorted([*_markdown(text), *_printed(text)], key=lambda each: each.span)
    return [Written(_csv(text), (0, len(text)))]


def grids_of(text: str, suffix: str) -> list[Grid]:
    """Return the grids of the tables of a text."""
    return [each.grid for each in tables_of(text, suffix)]


def _printed(text: str) -> Iterator[Written]:
    for rows, span in (*printed_tables(text), *squeezed_tables(text)):
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
    plain = _with_formulas(re.sub(r"<br\s*/?>", "\n", text.replace(r"\|", "|")))
    return re.sub(r"\\([\[\](){}#.+!<>-])", r"\1", _MARKS.sub("", plain)).strip()


_MARKS = re.compile(r"`|\*{2,3}|(?<![\d ])\*|\*(?![\d ])|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")
"""Marks of Markdown, but not the star of a product and what stands within a name: 3*3, fc_mu."""


def _with_formulas(text: str) -> str:
    """Return a text in which formulas between dollars, as pages have them for MathJax, are plain: no blank counts."""
    return re.sub(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)", lambda each: _formula(each[1] or each[2]), text)


def _formula(text: str) -> str:
    text = re.sub(r"(?<=\d) ?\{ ?, ?\} ?(?=\d)", ",", re.sub(r"(?<=\d) (?=\d)", "", text))
    return _latex_text(_lined(_UPRIGHT.sub(lambda found: _APART.sub(_together, found[1]), text)))


_UPRIGHT = re.compile(r"\\(?:math(?:rm|bf|it|tt|sf)|text(?:bf|it)?|operatorname)\s*\{([^{}]*)\}")
_APART = re.compile(r"(?<![\w\\])[A-Za-z](?: [A-Za-z\d](?!\w)){2,}")
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

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None and self.rows:
            text = _with_formulas(re.sub(r"[ \t\r]+", " ", "".join(self.cell)))
            text = re.sub(r"(\d+)\^2\b", r"\1×\1", text).strip()
            self._add(text)
            self.cell = None
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
    text = re.sub(r"(?<!\\)%.*", lambda found: " " * len(found[0]), text)
    for body, span in _tabulars(text, 0):
        body = _RULE.sub("", body)
        rows = [row for row in re.split(rf"\\\\(?:\[[^\]]*\]|\s*{_LENGTH})?", _lined(body)) if row.strip()][:MOST_ROWS]
        cells = [*_with_shared_activations(rows, [tuple(_latex_row(row)) for row in rows])]
        yield Written(Grid(tuple(cells), max((row[-1].last + 1 for row in cells if row), default=0)), span)


_SEVERAL = re.compile(r"\\multirow(?:\[\w\])?\{(\d+)\}")


def _with_shared_activations(rows: Sequence[str], cells: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Yield rows, an activation that is set beside several of them in each."""
    shared: dict[int, tuple[Cell, int]] = {}
    for row, own in zip(rows, cells, strict=True):
        shared = {place: (cell, left - 1) for place, (cell, left) in shared.items() if left}
        yield tuple(shared[each.first][0] if each.first in shared and not each.tells else each for each in own)
        for part, cell in zip(re.split(r"(?<!\\)&", row), own, strict=True):
            plain = cell.first and posts_of(cell.text) and not re.search(r"\d", cell.text)
            if plain and (many := _SEVERAL.search(part)):
                shared[cell.first] = cell, int(many[1]) - 1


_TABULAR = re.compile(r"\\(begin|end)\{tabular[x*]?\}")
_FORMAT = re.compile(r"\s*(?:\[\w\])?(?:\{[^{}]*\})?\s*\{(?:[^{}]|\{[^{}]*\})*\}")
"""How wide a table is, where it stands, and how its columns are set."""


def _tabulars(text: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the bodies of tables with their spans; one within another is the lines of a cell.

    Those that hold nothing but others set them beside each other.
    """
    opened: list[int] = []
    begin = 0
    for mark in _TABULAR.finditer(text):
        if mark[1] == "begin":
            opened.append(mark.end())
            begin = mark.start() if len(opened) == 1 else begin
            continue
        inside = opened.pop() if opened else None
        if inside is None or opened:
            continue
        held = text[inside : mark.start()]
        bare = _RULE.sub("", _WITHIN.sub("", _FORMAT.sub("", held, count=1)))
        if _WITHIN.search(held) and not re.search(r"[^\W_]", bare):
            yield from _tabulars(held, start + inside)
        else:
            yield _FORMAT.sub("", _with_lines(held), count=1), (start + begin, start + mark.end())


def _with_lines(body: str) -> str:
    """Return the body of a table in which those within its cells are the lines of these."""
    return _WITHIN.sub(lambda found: re.sub(r"\s*\\\\\s*", BREAK, _FORMAT.sub("", found[1], count=1)), body)


_WITHIN = re.compile(r"\\begin\{tabular[x*]?\}(.*?)\\end\{tabular[x*]?\}", re.DOTALL)
_LENGTH = r"\[-?[\d.]+ ?(?:ex|em|pt|mm|cm|in)\]"
"""How far below a line the next one begins."""
_RULE = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|addlinespace|c(?:mid)?(?:line|rule)(?:\(\w*\))?\{[^}]*\})"
    r"|\\(?:(?:row|cell)?color|[vh]space\*?|label|cite\w*)(?:\[[^]]*\])?\{[^}]*\}"
)
"""What draws rules and colours, or refers to other places."""
_CELL = re.compile(r"\\(?:makecell|shortstack|thead)(?:\[\w*\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
"""A cell of several lines."""


def _lined(text: str) -> str:
    """Return LaTeX in which what has lines of its own within a row, matrices and cells, has them in one line."""
    text = re.sub(r"\\begin\{([a-z]*matrix|array)\}.*?\\end\{\1\}", _one_line, text, flags=re.DOTALL)
    return _CELL.sub(lambda found: found[1].replace("\\\\", BREAK), text)


BREAK = "\x0b"
"""What stands for the end of a line within a cell."""


def _one_line(match: re.Match[str]) -> str:
    """Return a matrix with a semicolon for the end of each of its lines."""
    plain = re.sub(r"\\begin\{array\}(?:\[\w\])?\{[^}]*\}", r"\\begin{matrix}", match[0])
    return plain.replace(r"\end{array}", r"\end{matrix}").replace("\\\\", "; ")


def _latex_row(row: str) -> Iterator[Cell]:
    column = 0
    for part in re.split(r"(?<!\\)&", row):
        many = re.search(r"\\multicolumn\{(\d+)\}\{[^}]*\}\{(.*)\}", part, re.DOTALL)
        span = _span(many[1]) if many else 1
        yield Cell(_latex_text(many[2] if many else part), column, column + span - 1)
        column += span


def plain_latex(text: str) -> str:
    """Return what LaTeX sets of a text that is no table, a caption."""
    text = re.sub(r"\\(?:label|cite\w*|ref)\{[^}]*\}|\\(?:begin|end)\{[^}]*\}(?:\[[^]]*\])?|\\caption", " ", text)
    return _latex_text(text).replace("\n", " ")


def _latex_text(text: str) -> str:
    """Return what LaTeX sets, as plain text: the sign for a product, nothing for fonts."""
    text = re.sub(r"\\multirow\{[^}]*\}\{[^}]*\}", "", text)
    text = re.sub(r"\\begin\{[a-z]*matrix\}|\\left\s*\[|\\bigl?\[", "[", text)
    text = re.sub(r"\\end\{[a-z]*matrix\}|\\right\s*\]|\\bigr?\]", "]", text)
    text = re.sub(r"\[\s*\[", "[", re.sub(r"\]\s*\]", "]", text)).replace("\\times", "×").replace("\\\\", "; ")
    text = re.sub(r"\\(?:text|math)?(?:bf|it|rm|tt|sf|sc|textbf|textit|emph)\b", "", text)
    text = re.sub(r"(\d+)\s*\$?\^\s*(?:2|\{2\})\$?", r"\1×\1", text)
    text = re.sub(r"\\(?:long)?rightarrow\b|\\to\b", "→", text)
    text = re.sub(r"\\(?:checkmark|cmark|surd|ding\{5[12]\})", "✓", text)
    text = re.sub(r"\\(?:xmark|ding\{5[5-8]\})", "✗", text)
    text = re.sub(r"([_^])\s*\{([\w+-]*)\}", r"\1\2", _FRACTION.sub(r"\1/\2", text))
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _SIGNS.get(found[1], found[0]), text)
    text = re.sub(r"(?<=\d)\\[,!](?=\d{3}\b)", "", text)
    text = re.sub(r"\\[,;:! ]", " ", re.sub(r"\\([%#&_])", r"\1", text))
    plain = re.sub(r"[^\S\x0b]+", " ", re.sub(r"\\[a-zA-Z]+|(?<!\\)[${}~]", " ", text))
    return re.sub(r" ?\x0b ?", "\n", re.sub(r"\\([{}])", r"\1", plain)).strip()


_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_NAMED = (
    "cdot· in∈ sim~ pm± ldots... dots... cdots... oplus⊕ otimes⊗ odot⊙ leftarrow← le≤ leq≤ ge≥ geq≥"
    " alphaα betaβ gammaγ sigmaσ epsilonε lambdaλ muμ tauτ"
)
_SIGNS = {name[1]: name[2] for name in re.finditer(r"([a-z]+)(\S+)", _NAMED)}
"""The signs that LaTeX sets for names, of those that tables of networks have."""
