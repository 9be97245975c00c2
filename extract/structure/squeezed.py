"""What Keras prints of a model where a page has lost its blanks: one is left between columns, and lines are empty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.structure.printed import MOST_LINES

_TITLES = re.compile(r"Layer \(type(?::depth-idx)?\) (?:Input Shape )?Output Shape Param ?#(?: Connected to)?")
_ROW = re.compile(r"([\w./:-]+(?: \([A-Z]\w*\))?) ([\[(][\d\s,()\[\]?-]*[\])]) ([\d,]+)(?: (\S.*))?")
"""A layer, what it gives, how many numbers it learns, and what it is connected to."""
_RULE = re.compile(r"[\s_=─━-]*")
LEAST_ROWS = 2


def squeezed_tables(text: str) -> Iterator[tuple[list[list[str]], tuple[int, int]]]:
    """Yield the rows of such tables in a text, each as its cells, the titles first, and the places of its ends."""
    rows: list[list[str]] = []
    start = place = end = lines = 0
    for line in [*text.split("\n"), "."]:
        plain = line.strip()
        if _TITLES.fullmatch(plain):
            start, rows = place, [["Layer (type)", "Output Shape", "Param #", "Connected to"]]
            end, lines = place + len(line), 0
        elif rows and (found := _ROW.fullmatch(plain.replace("None", "?"))) and lines < MOST_LINES:
            rows.append([found[1], found[2].replace("?", "None"), found[3], found[4] or ""])
            end = place + len(line)
            lines += 1
        elif rows and not _RULE.fullmatch(plain):
            if len(rows) > LEAST_ROWS:
                joined = any(row[3] for row in rows[1:])
                yield [row if joined else row[:3] for row in rows], (start, end)
            rows = []
        place += len(line) + 1
