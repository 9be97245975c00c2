"""Which lines of a page are its running text: those that fill a column of the document, and those that go with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from extract.pages.manner import Manner, margins_of
from extract.pages.page import Line, Word
from extract.pages.sheets import Sheet

LARGER = 1.15
"""By how much a heading is larger at least than what stands above and below it."""
GAP = 1.15
"""Shares of a size of type from which on a gap between words parts a line."""
ROWS = 3
"""Lines at even steps at least that are rows."""
BULLETS = "•◦▪∙"
"""What stands before the items of a list."""
_HEADING = re.compile(
    r"(?:\d+(?:\.\d+)*\.?|[A-Z](?:\.\d+)*\.?|[IVX]+\.|Appendix \w+:?)\s+\S|Abstract|References|Acknowl"
)

_LABEL = re.compile(r"(?:Table|TABLE|Tab\.|Figure|FIGURE|Fig\.|FIG\.) \w[\w.–-]*[.:]$")


def lines_on(words: Iterable[Word]) -> list[Line]:
    """Return the lines of a page from the top down; a wide gap, as between columns, ends a line."""
    found: dict[int, list[list[Word]]] = defaultdict(list)
    for word in sorted(words, key=lambda each: each.x0):
        slot = int(word.base // 4)
        best: list[Word] | None = None
        for line in (each for near in (slot - 1, slot, slot + 1) for each in found[near]):
            last = line[-1]
            size, end = (
                max(word.size, last.size),
                max(each.x1 for each in line[-2:]),
            )  # Over a letter an accent is short.
            if abs(word.base - line[0].base) < 0.3 * size and word.x0 - end < GAP * size:
                best = line if best is None or last.x1 > best[-1].x1 else best
        if best is None:
            found[slot].append([word])
        else:
            best.append(word)
    lines = [Line(tuple(line)) for near in found.values() for line in near]
    return sorted(_parted(lines), key=lambda line: (line.base, line.x0))


def _parted(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield lines, those parted that lie over an alley: a gap where lines below each other have one, or begin."""
    alleys: dict[int, list[tuple[float, float, bool, float]]] = defaultdict(list)
    for line in lines:
        for i, x in ((0, line.x0), *_gaps(line)):
            label = _LABEL.match(" ".join(word.text for word in line.words[i : i + 2])) is not None
            alleys[int(x // 3)].append((line.base, x, label, line.size))
    for line in lines:
        start = 0
        for i, x in _gaps(line):
            near = [each for slot in (-1, 0, 1) for each in alleys[int(x // 3) + slot] if abs(each[1] - x) < 2]
            bases = {
                round(base)
                for base, _, _, size in near
                if abs(base - line.base) < 3.6 * line.size and line.size < LARGER * size
            }
            counted = i == 1 and _is_number(Line(line.words[:1]))  # The number of a section, in front of its name.
            below = not counted and any(label and -1 < line.base - base < 12 * line.size for base, _, label, _ in near)
            if len(bases) >= 3 or below:
                yield Line(line.words[start:i])
                start = i
        yield Line(line.words[start:])


def _gaps(line: Line) -> list[tuple[int, float]]:
    """Return the words of a line that stand behind a gap wider than most, and where they begin."""
    pairs = enumerate(pairwise(line.words), 1)
    return [(i, b.x0) for i, (a, b) in pairs if b.x0 - a.x1 > 0.75 * max(a.size, b.size)]


@dataclass(frozen=True)
class Body:
    """A page's lines: the running text with its headings, what stands in the margins, and all the others."""

    text: tuple[Line, ...]
    margin: tuple[Line, ...]
    other: tuple[Line, ...]


def body_of(sheet: Sheet, lines: Sequence[Line], manner: Manner, ruled: Set[Line] = frozenset()) -> Body:
    """Part the lines of a page; those that vertical rules go through are rows of tables, and no running text."""
    columns = manner.columns(sheet.width)
    margin = {line for line in margins_of(sheet, lines) if manner.is_running(line) or _is_number(line)}
    margin |= {line for line in (*lines[:1], *lines[-1:]) if _is_number(line)}
    margin |= _footnotes(sheet, lines, manner.size)
    rest = [line for line in lines if line not in margin]
    plain = [line for line in rest if line not in ruled]
    text = {line for line in plain if _fills(line, columns, manner.size)}
    text |= _narrow(plain, manner.size)
    text |= _lasts(plain, text)
    if sheet.number == 1:  # Its title, and who wrote it.
        first = min((line.base for line in text), default=0.0)
        text |= {
            line for line in plain if line.base < first and line.size > 1.02 * manner.size and _letters(line) > 0.5
        }
    text |= _headings(plain, text, columns, manner.size)
    text |= _raised(plain, text, manner.size)
    return Body(
        tuple(line for line in rest if line in text),
        tuple(margin),
        tuple(line for line in rest if line not in text),
    )


def _footnotes(sheet: Sheet, lines: Sequence[Line], size: float) -> set[Line]:
    """Return the first lines of footnotes with their signs: small type at the foot of a page behind a raised sign."""
    low = [line for line in lines if line.base > 0.75 * sheet.height and line.size < size - 0.6]
    signs = [line for line in low if len(line.words) == 1 and len(line.text) < 3]
    found: set[Line] = set()
    for sign in signs:
        for line in low:
            if abs(line.x0 - sign.x1) < 2 and 1 < line.base - sign.base < 5 and sign.size < 0.85 * line.size:
                found |= {sign, line}
    return found


def _raised(lines: Sequence[Line], text: set[Line], size: float) -> set[Line]:
    """Return the exponents and the like that stand on lines of their own, in or beside lines of the text."""
    small = [line for line in lines if line not in text and line.size < 0.8 * size and line.x1 - line.x0 < 2 * size]
    return {
        line
        for line in small
        if any(each.x0 < line.x1 and line.x0 < each.x1 + 3 and 0 < each.base - line.base < 0.6 * size for each in text)
    }


def _is_number(line: Line) -> bool:
    return bool(re.fullmatch(r"\W*\d+\W*|[ivx]+", line.text))


def _letters(line: Line) -> float:
    return sum(char.isalpha() for char in line.text) / len(line.text)


def _fills(line: Line, columns: Sequence[tuple[float, float]], size: float) -> bool:
    """Tell a line that goes from one end of a column to the other, but for an indent."""
    if len(line.words) < 4 or not 0.6 * size < line.size < 1.15 * size:
        return False
    if line.text[0] in BULLETS and abs(line.size - size) < 0.4:
        return True
    letters = _letters(line)
    for x0, x1 in columns:
        indent = 0.12 * (x1 - x0)
        if -3 < line.x0 - x0 < indent and abs(line.x1 - x1) < 4 and letters > 0.5:
            return True
        ragged = abs(line.x0 - x0) < 3 and x1 - indent < line.x1 < x1 + 4 and abs(line.size - size) < 0.6
        if ragged and letters > 0.65 and len(line.words) > 6:
            return True
    return False


WORDS = 0.6
"""The share of letters in narrow text at least; cells of one width hold numbers and signs too."""


def _narrow(lines: Sequence[Line], size: float) -> set[Line]:
    """Return the text that flows around a figure: lines below each other with the same ends."""
    found: set[Line] = set()
    ready = [line for line in lines if abs(line.size - size) < 0.4 and line.x1 - line.x0 > 8 * size]
    short = [line for line in lines if line.x1 - line.x0 <= 8 * size]
    for i, line in enumerate(ready):
        run = [line]
        for other in ready[i + 1 :]:
            step = other.base - run[-1].base
            if step > 1.35 * size:
                break
            if step > 0.8 * size and abs(other.x0 - line.x0) < 1.5 and abs(other.x1 - line.x1) < 2.5:
                run.append(other)
        different = len({each.text for each in run}) == len(run) and not _are_cells(run, short)
        different &= sum(map(_letters, run)) > WORDS * len(run)
        if len(run) >= 3 and different and sum(len(each.words) for each in run) >= 4 * len(run):
            found.update(run)
    ends = {(line.x0, line.x1) for line in found}
    alike = [line for line in ready if any(abs(line.x0 - x0) < 1 and abs(line.x1 - x1) < 1 for x0, x1 in ends)]
    return found | {line for line in alike if len(line.words) >= 6}


def _are_cells(run: Sequence[Line], short: Sequence[Line]) -> bool:
    """Tell lines that are cells of a table: short ones stand beside them, below each other as they do."""
    in_front = [
        [each for each in short if abs(each.base - line.base) < 1 and each.x1 < line.x0 < each.x1 + 6 * line.size]
        for line in run
    ]
    behind = [[each for each in short if abs(each.base - line.base) < 1 and line.x1 < each.x0] for line in run]
    return any(
        sum(map(bool, beside)) >= 0.6 * len(run) and _below_each_other([found[0] for found in beside if found])
        for beside in (in_front, behind)
    )


def _below_each_other(lines: Sequence[Line]) -> bool:
    """Tell lines that begin, end, or have their middle at one place."""
    places = ({round(line.x0) for line in lines}, {round(line.x1) for line in lines})
    return any(len(each) == 1 for each in (*places, {round(line.centre) for line in lines}))


def _lasts(lines: Sequence[Line], text: set[Line]) -> set[Line]:
    """Return the last lines of paragraphs, which are short, and the firsts: they stand close to lines of the text."""
    found: set[Line] = set()
    for line in lines:
        if line in text:
            continue
        for other in text:
            away = abs(other.base - line.base)
            indent = -3 < line.x0 - other.x0 < 0.12 * (other.x1 - other.x0) or 0 < other.x0 - line.x0 < 20
            same = abs(other.size - line.size) < 0.4 and indent and line.x1 < other.x1 + 4
            if same and 0 < away < 1.35 * line.size:
                found.add(line)
                break
    return found


def _is_last_of_rows(line: Line, others: Sequence[Line]) -> bool:
    """Tell what stands below rows as far as they do from each other: a heading has white above it."""
    away = {round(line.base - each.base) for each in others if abs(each.size - line.size) < 0.4}
    step = min((each for each in away if line.size < each < 2 * line.size), default=0)
    return step > 0 and all(away & {i * step - 1, i * step, i * step + 1} for i in range(1, ROWS + 1))


def _headings(lines: Sequence[Line], text: set[Line], columns: Sequence[tuple[float, float]], size: float) -> set[Line]:
    """Return the headings: larger, bold or numbered lines at the start of a column, or in its middle, above text."""
    found = set()
    for line in lines:
        if line in text or len(line.text) > 90 or line.size < size - 0.6:
            continue
        bold = line.size > 1.08 * size or line.words[0].bold or line.text.isupper()
        if _is_last_of_rows(line, [each for each in lines if each not in text]):
            continue
        at = [
            (x0, x1) for x0, x1 in columns if abs(line.x0 - x0) < 3 or (abs(line.centre - (x0 + x1) / 2) < 4 and bold)
        ]
        if not at or not (bold or _HEADING.match(line.text)) or sum(char.isalpha() for char in line.text) < 4:
            continue
        alone = bold and re.match(r"\d+(?:\.\d+)*\.?\s+[A-Z]", line.text) and line.size > size + 0.3
        if alone or any(
            0 < other.base - line.base < 3.6 * size and other.x0 < line.x1 and line.x0 < other.x1 for other in text
        ):
            found.add(line)
    return found
