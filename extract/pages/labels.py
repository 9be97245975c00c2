"""Captions among the lines of a page, with their labels and all of their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.pages.manner import Manner
from extract.pages.page import Line
from extract.pages.sheets import Box, Ink, runs_of

LABEL = re.compile(
    r"\[?(?P<before>(?:Supplement(?:ary|al)|Supp?l?\.|Extended Data|Appendix|Additional)\s+)?"
    r"(?P<kind>(?P<table>Table|TABLE|T ABLE|Tab|TAB|Tabelle|Tableau|Tabla|Tabela|Tabella|Таблица|表)"
    r"|Figure|FIGURE|F IGURE|Fig|FIG|Abbildung|Abb|Figura|Рисунок|Рис|[图圖図])\.?\s*"
    r"(?P<number>\d+(?:[-–.]\d+)*[a-z]?(?=\s*[.:：|])|\d+(?:\.\d+)*|[IVX]+|[A-Z](?:\.?\d+)+)"
    r"(?:\([a-z]\))?\s*(?P<end>[.:：|\]]|[-–—](?=\s))?(?=\s|$)"
)
"""What a caption begins with: `Figure 2:`, `TABLE III`, `Table 3.1.`, `Tab. A.2:`, `Extended Data Fig. 1 |`."""
MOST_LINES = 30
"""Lines of a caption at most."""
CLOSE, CLOSER, WIDEST = 1.45, 1.15, 2.5
"""How far below each other they are at most: as a share of their size, of how far those of the text are, and at all."""


@dataclass(frozen=True)
class Label:
    """A caption: its label, as "Table 1", its lines, and how sure it is that it is no sentence of the text.

    `rule` is the height and the ends of a table's rule that touches its last line.
    """

    kind: str
    number: str
    lines: tuple[Line, ...]
    sure: float
    rule: tuple[int, int, int] | None = None
    before: str = ""
    """What it is a table or figure of, where not of the main text: Supplementary, Extended Data."""
    ended: bool = True
    """Whether a sign stands behind its number; a sentence of the text has none."""

    @property
    def name(self) -> str:
        """The label itself."""
        return f"{self.before} {self.kind.title()} {self.number}".strip()

    @property
    def text(self) -> str:
        """All that the caption says."""
        return " ".join(line.text for line in self.lines)

    @property
    def box(self) -> Box:
        """The box around it."""
        lines = self.lines
        return (
            min(each.x0 for each in lines),
            lines[0].top,
            max(each.x1 for each in lines),
            lines[-1].bottom if self.rule is None else float(self.rule[0] - 1),
        )


def labels_on(lines: Sequence[Line], manner: Manner, width: float, ink: Ink | None = None) -> list[Label]:
    """Return the captions of a page; one ends above a rule that its ink shows."""
    columns = manner.columns(width)
    found = []
    for i, start in enumerate(lines):
        match = LABEL.match(start.text)
        if not match:
            continue
        line = _whole(start, match, lines)
        sure = _sureness(line, match, lines[:i], manner)
        if sure > 0:
            kind = "table" if match["table"] else "figure"
            rest = [each for each in lines[i + 1 :] if each.base > line.base + 1]
            own = [line, *_following(line, rest, columns, manner.leading, ink)]
            before = (match["before"] or "").strip()
            found.append(
                Label(kind, match["number"], tuple(own), sure, _touching(own[-1], ink), before, bool(match["end"]))
            )
    return found


def _touching(line: Line, ink: Ink | None) -> tuple[int, int, int] | None:
    """Return height and ends of a rule that is drawn within the lower ends of a line's letters: a table's below it."""
    if ink is None:
        return None
    for y in range(int(line.base) + 1, min(int(line.bottom) + 2, len(ink))):
        for x0, x1 in runs_of(ink[y]):
            if x1 - x0 >= RULE and x0 < line.x1 and line.x0 < x1:
                return y, x0, x1
    return None


RULE = 40
"""Points that a rule is long at least."""


def _whole(line: Line, match: re.Match[str], lines: Sequence[Line]) -> Line:
    """Return the line of a label with the text that stands apart from it."""
    if match.end() < len(line.text):
        return line
    ahead = [each for each in lines if abs(each.base - line.base) < 1 and 0 < each.x0 - line.x1 < 2.5 * line.size]
    return Line((*line.words, *ahead[0].words)) if ahead else line


def _sureness(line: Line, match: re.Match[str], above: Sequence[Line], manner: Manner) -> float:
    """Return how sure it is that a line begins a caption: by its marks, its type, and the gap above it."""
    sure = 1.5 * bool(match["end"]) + 1.0 * line.words[0].bold + 1.0 * match["kind"].isupper()
    sure += 0.7 * (abs(line.size - manner.size) > 0.4)
    before = [each for each in above if each.x0 < line.x1 and line.x0 < each.x1 and each.base < line.base - 1]
    last = max(before, key=lambda each: each.base, default=None)
    close = last is not None and line.base - last.base < 1.4 * line.size and abs(last.size - line.size) < 0.4
    if not close:
        return sure + 0.7
    prose = last is not None and len(last.words) >= 5 and last.x0 < line.x0 + 2 and last.x1 > line.x0 + 60
    return max(sure - 1.6, 1.0 * bool(match["end"])) if prose else sure


def _following(
    first: Line, below: Sequence[Line], columns: Sequence[tuple[float, float]], usual: float, ink: Ink | None
) -> list[Line]:
    """Return the other lines of a caption: those that follow closely in its size, up to where its paragraph ends.

    `usual` is how far apart the lines of the running text are, as a share of their size: manuscripts are set wide.
    """
    found: list[Line] = []
    last, leading = first, min(max(CLOSE, CLOSER * usual), WIDEST) * first.size
    left, right = first.x0, first.x1
    ends = [x1 for x0, x1 in columns if x0 - 4 < first.x0 < x1]
    whole = max(x1 for _, x1 in columns)
    for _ in range(MOST_LINES):
        near = [
            each
            for each in below
            if 0.5 * first.size < each.base - last.base < leading and _is_under(each, left, right)
        ]
        # Raised and lowered signs are no lines; those of small capitals may have no large one.
        near = [each for each in near if each.largest > 0.8 * first.size or _is_small(each, [first, *found])]
        if not near:
            break
        line = min(near, key=lambda each: each.base)
        row = [each for each in near if each.base - line.base < 0.4 * first.size]
        if not (_is_alike(line, first) or _is_small(line, [first, *found])) or len(row) > 1 or LABEL.match(line.text):
            break
        if ink is not None and _is_ruled_off(ink, last, line):
            break
        reach = max([right, *(end for end in ends if end >= right - 4)][:2]) if right < whole - 4 else right
        if _is_over(last, line, (left, reach)):
            break
        leading = min(leading, 1.15 * (line.base - last.base) + 1.0)
        left, right = min(left, line.x0), max(right, line.x1)
        found.append(line)
        last = line
    return found


def _is_ruled_off(ink: Ink, last: Line, line: Line) -> bool:
    """Tell whether a rule goes over a line, below the one before it."""
    middle = line.centre
    left, right = min(line.x0, middle - line.size), max(line.x1, middle + line.size)  # No stroke of a digit alone.
    between = ink[int(last.base) + 1 : int(line.base - 0.6 * line.size) + 1, max(0, int(left) + 1) : int(right)]
    return bool(between.size and between.all(axis=1).any())


def _is_alike(line: Line, first: Line) -> bool:
    """Tell whether two lines are of one size; in small capitals only the large ones tell it."""
    capitals = first.text.isupper() and abs(line.largest - first.largest) <= 0.6
    return abs(line.size - first.size) <= 0.6 or capitals


def _is_small(line: Line, above: Sequence[Line]) -> bool:
    """Tell a line of small capitals as they stand in the lines above it."""
    smallest = min(word.size for each in above for word in each.words)
    return line.text.isupper() and above[-1].text.isupper() and abs(line.largest - smallest) < 0.3


def _is_under(line: Line, left: float, right: float) -> bool:
    return line.x0 < right and line.x1 > left


def _is_over(last: Line, line: Line, ends: tuple[float, float]) -> bool:
    """Tell whether a paragraph ended with its last line: the next word would have stood in it."""
    first = line.words[0]
    middles = abs(last.centre - line.centre)
    room = ends[1] - last.x1
    return room > (first.x1 - first.x0) + 0.6 * last.size and middles > 4 and line.x0 < last.x0 + 12
