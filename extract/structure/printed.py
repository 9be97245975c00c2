"""Tables as programs print them, with letters of one width: what Keras and torchsummary tell of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.structure.trees import leaves, plain_name

_RULE = re.compile(r"\s*(?:={5,}|_{5,}|-{5,}|[─━═┏┳┓┡╇┩├┼┤└┴┘┬┌┐]{5,})[=_\-─━═┏┳┓┡╇┩├┼┤└┴┘┬┌┐\s]*")
_BARS = re.compile(r"[│┃]")
_GAP = re.compile(r" {2,}")
LEAST_COLUMNS = 2
ABOVE_ROWS = 2
"""Rules above and below the titles: where there are no others, each line is a row."""
MOST_LINES = 10_000
"""Lines of a table at most."""


def printed_tables(text: str) -> Iterator[tuple[list[list[str]], tuple[int, int]]]:
    """Yield the rows of tables in a text, each as its cells, the titles first, and the places of its ends."""
    lines: list[str] = []
    start = place = 0
    for line in [*text.split("\n"), ""]:
        if line.strip() and len(lines) < MOST_LINES:
            start = start if lines else place
            lines.append(line.expandtabs())
        elif lines:
            if len(rows := _rows(lines)) > 1:
                yield rows, (start, place)
            lines = []
        place += len(line) + 1


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the rows of a table among lines, none where it is none: rules are above and below its titles."""
    rules = [i for i, line in enumerate(lines) if _RULE.fullmatch(line)]
    if len(rules) > 1 and any(_BARS.search(line) for line in lines[rules[0] + 1 : rules[0] + 2]):
        return _boxed(lines[rules[0] : rules[-1]])
    strong = [i for i in rules if "=" in lines[i]]
    if len(strong) > 1 and strong[0] + 1 < len(lines) and strong[0] + 2 == strong[1]:
        strong = strong[1:]  # A rule stands above the titles too.
    if not strong or strong[0] == 0 or strong[0] - 1 in rules:
        return []
    end = strong[1] if len(strong) > 1 else len(lines)
    body = [line for i, line in enumerate(lines[:end]) if i > strong[0] and i not in rules]
    return _in_columns(lines[strong[0] - 1], body)


def _boxed(lines: Sequence[str]) -> list[list[str]]:
    """Return the rows between rules of what is drawn with bars: the lines of each cell are one text."""
    rows: list[list[str]] = []
    fresh = True
    apart = sum(bool(_RULE.fullmatch(line)) for line in lines) <= ABOVE_ROWS
    for line in lines:
        if _RULE.fullmatch(line):
            fresh = True
            continue
        cells = [cell.strip() for cell in _BARS.split(line.strip().strip("│┃"))]
        if fresh or apart or not rows or len(cells) != len(rows[-1]):
            rows.append(cells)
        else:
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
        fresh = False
    return [row for row in rows if len(row) > 1]


def _in_columns(head: str, body: Sequence[str]) -> list[list[str]]:
    """Return rows whose columns begin, or end, below where their titles do, or between which there are gaps."""
    titles = [(match.start(), match.end()) for match in re.finditer(r"\S+(?: \S+)*", head)]
    if len(titles) < LEAST_COLUMNS:
        return []
    lines = [head, *(body[i] for i in leaves(body))]
    rows = [[plain_name(cell) for cell in _GAP.split(line.strip())] for line in lines]
    if all(len(row) == len(titles) for row in rows):
        return rows
    for places in ([start for start, _ in titles[1:]], [end for _, end in titles[:-1]]):
        if not any(_cuts(line, place) for line in lines for place in places):
            ends = [0, *places, None]
            return [[plain_name(line[a:b]) for a, b in pairwise(ends)] for line in lines]
    return [row for row in rows if len(row) == len(titles)]


def _cuts(line: str, place: int) -> bool:
    return place < len(line) and not line[place - 1].isspace() and not line[place].isspace()
