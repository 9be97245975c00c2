"""The columns of a table: between vertical rules, and from what stands below each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.columns.grids import Box
from extract.pages.borders import Bar
from extract.pages.page import Line, Page, segments

TIGHT = 0.6
"""The gap between two cells at least, as a share of the type's size, where it stands between two columns."""
EXACT = 0.3
"""Points that an end or the middle of a cell is beside that of its column at most, where the next one is close."""
OFTEN = 0.2
"""The share of a table's height that a vertical rule between two of its columns covers at least."""
SELDOM = 0.1
"""That of one which begins with the header: below it most cells may span the columns."""

Ends = tuple[float, float]


def bars_in(page: Page, box: Box) -> list[Bar]:
    """Return the vertical rules within a table: those at places where they cover much of its height."""
    left, top, right, bottom = box
    inside = sorted(
        each for each in page.bars if left - 2 < each[0] < right + 2 and each[1] < bottom + 2 and each[2] > top - 2
    )
    groups: list[list[Bar]] = []
    for bar in inside:
        if groups and bar[0] - groups[-1][0][0] < 2:
            groups[-1].append(bar)
        else:
            groups.append([bar])
    high = bottom - top
    least = [SELDOM if min(bar[1] for bar in group) < top + 3 else OFTEN for group in groups]
    return [bar for group, share in zip(groups, least, strict=True) if _covered(group) >= share * high for bar in group]


def _covered(bars: Sequence[Bar]) -> float:
    """Return how much of its height the rules at one place cover, those that are drawn twice once."""
    total, reach = 0.0, float("-inf")
    for _, top, bottom in sorted(bars, key=lambda each: each[1]):
        total += max(0.0, bottom - max(top, reach))
        reach = max(reach, bottom)
    return total


def below_each_other(lines: Sequence[Line]) -> list[int]:
    """Return how many words at the end of each line stand below those of the first, one below each: tight columns."""
    if not lines:
        return []
    head = lines[0].words[::-1]

    def under(line: Line) -> int:
        words = line.words[::-1]
        pairs = enumerate(zip(head, words, strict=False))
        apart = (i for i, (a, b) in pairs if a.x0 > b.x1 or b.x0 > a.x1 or _is_rest(b.text))
        many = next(apart, min(len(head), len(words)))
        # Of several words below one the last stands in no column of its own.
        return many - (0 < many < len(words) and words[many].x1 > head[many - 1].x0)

    counts = [under(line) for line in lines]
    many = max(
        (least for least in set(counts) if sum(each >= least for each in counts) >= 0.8 * len(counts)), default=0
    )
    tight = many >= 3 and len(lines) >= 4
    return [many if tight and each >= many else 0 for each in counts]


def shared_starts(lines: Sequence[Line]) -> list[float]:
    """Return where a word of the first line, and one of most others, begins behind the first: columns however close."""
    if len(lines) < LEAST:
        return []
    return [
        head.x0 for head in lines[0].words[1:] if sum(_begins(line, head.x0) for line in lines) >= MOSTLY * len(lines)
    ]


def _begins(line: Line, place: float) -> bool:
    """Tell a line of which a word behind the first begins at a place, and not within brackets."""
    at = next((i for i, word in enumerate(line.words) if i and abs(word.x0 - place) < EXACT), 0)
    before = "".join(word.text for word in line.words[:at])
    return at > 0 and before.count("(") <= before.count(")")


LEAST, MOSTLY = 4, 0.8
"""Lines at least that show where columns begin, and the share of them that has to."""


def _is_rest(text: str) -> bool:
    """Tell a word that ends what a bracket before it begins: `128)` of `(24, 128)`."""
    return any(text.count(end) > text.count(begin) for begin, end in ("()", "[]"))


def cut(line: Line, bars: Sequence[Bar], aligned: int = 0, starts: Sequence[float] = ()) -> list[Line]:
    """Return the parts of a line between its gaps, and between the vertical rules that go through it.

    Of the words at its end so many stand in columns of their own; others do that begin where columns do.
    """
    own = {id(word) for word in line.words[len(line.words) - aligned :]}
    middle = line.base - 0.25 * line.size
    places = [x for x, top, bottom in bars if top - 1 <= middle <= bottom + 1]
    found = []
    for part in segments(line):
        start = 0
        for i, (before, word) in enumerate(pairwise(part.words), 1):
            begins = any(abs(word.x0 - x) < EXACT for x in starts)
            if begins or id(word) in own or any(before.x1 - 1 <= x <= word.x0 + 1 for x in places):
                found.append(Line(part.words[start:i]))
                start = i
        found.append(Line(part.words[start:]))
    return found


def columns_of(lines: Sequence[Sequence[Line]], bars: Sequence[Bar], rows: Sequence[Sequence[int]]) -> list[Ends]:
    """Return the ends of columns: the narrow parts of lines make them, and what goes over several makes none.

    The parts of the first line, and those of `rows` with nothing else in them, may be titles of several columns,
    however narrow they are: of the latter only what stands beside all others makes a column.
    """
    below = range(1, len(lines))
    shared = sum(len(lines[i]) > 1 for i in below) > len(below) / 2
    single = {row[0] for row in rows if len(row) == 1 and len(lines[row[0]]) == 1 and shared} - {0}
    parts = [
        part
        for i in below
        if i not in single
        for part in lines[i]
        if not (_goes_over(part, lines) or _is_centred(part, lines))
    ]
    heads = [part for line in lines[:1] for part in line]
    whole = over_all(lines)
    titles = [lines[i][0] for i in single if lines[i][0] not in whole]
    places = sorted({round(x) for x, _, _ in bars})
    columns: list[list[float]] = []
    for part in (*sorted(parts, key=_width), *sorted(heads, key=_width), *sorted(titles, key=_width)):
        if any(part.x0 + 2 < x < part.x1 - 2 for x in places):
            continue  # What goes through a rule stands in several columns.
        over = [each for each in columns if part.x0 < each[1] and part.x1 > each[0]]
        if part in titles and any(each[1] < part.x0 for each in columns) and any(each[0] > part.x1 for each in columns):
            continue
        if not over:
            columns.append([part.x0, part.x1])
        elif len(over) == 1:
            over[0][:] = [min(over[0][0], part.x0), max(over[0][1], part.x1)]
    return sorted((left, right) for left, right in columns)


def columns_under(parts: Sequence[Line], columns: Sequence[Ends]) -> set[int]:
    """Return the columns that some of the parts of lines stand in."""
    return {i for i, (x0, x1) in enumerate(columns) for part in parts if part.x0 < x1 and part.x1 > x0}


def over_all(lines: Sequence[Sequence[Line]]) -> list[Line]:
    """Return what stands alone in the middle of the whole table, several times, and in the middle of no column."""
    parts = [part for line in lines for part in line]
    middle = (min(part.x0 for part in parts) + max(part.x1 for part in parts)) / 2
    if sum(abs(part.centre - middle) < OFF for line in lines if len(line) > 1 for part in line) > 1:
        return []
    found = [line[0] for line in lines if len(line) == 1 and abs(line[0].centre - middle) < OFF]
    return found if len(found) > 1 else []


def _goes_over(part: Line, lines: Sequence[Sequence[Line]]) -> bool:
    """Tell a part in the middle of several columns: in many lines it is over parts of two, and reaches into both."""
    over = [
        [each for each in line if each.x0 < part.x1 - 1 and each.x1 > part.x0 + 1 and each is not part]
        for line in lines
    ]
    middle = part.centre
    apart = [each for each in over if len(each) == 2 and each[0].x1 < middle < each[1].x0]
    return len(apart) >= max(MANY, OFTEN * len(lines)) and all(len(each) != 1 for each in over if each in apart)


def _is_centred(part: Line, lines: Sequence[Sequence[Line]]) -> bool:
    """Tell a part that stands in the middle of two columns, as of several lines, with nothing else beside it there."""
    middle = part.centre
    own = [each for line in lines if any(each is part for each in line) for each in line if each is not part]
    pairs: list[Ends] = []
    for line in lines:
        left = max((each for each in line if each.x1 < middle), key=lambda each: each.x1, default=None)
        right = min((each for each in line if each.x0 > middle), key=lambda each: each.x0, default=None)
        through = [each for each in line if each.x0 <= middle <= each.x1]
        if any(abs(each.centre - middle) > OFF for each in through):
            return False
        if left and right and not through and not any(each.x0 < right.x1 and each.x1 > left.x0 for each in own):
            pairs.append((left.x0, right.x1))
    if len(pairs) < 2:
        return False
    widest = min(x0 for x0, _ in pairs), max(x1 for _, x1 in pairs)
    centred = [abs((x0 + x1) / 2 - middle) < OFF for x0, x1 in (*pairs, widest)]
    return centred[-1] or sum(centred) > 1


OFF = 2.0
"""Points that the middle of a title, or its left end, is beside that of its column at most."""
MANY = 4
"""Lines at least that show that what is in the middle of two columns stands in neither."""


def _width(part: Line) -> float:
    return part.x1 - part.x0


def joined(columns: Sequence[Ends], rows: Sequence[Sequence[Line]], bars: Sequence[Bar]) -> list[Ends]:
    """Return columns, as one those whose parts stand close to each other in every row: a fraction and what follows.

    So are two of which no row has a part in each, where some part goes over both: the lines of wide cells, and a dash.
    """
    near, far, apart = set(), set(), _never_beside(columns, rows)
    for row in rows:
        spans: list[list[float]] = []
        for part in sorted(row, key=lambda each: each.x0):
            if spans and part.x0 - spans[-1][1] < 0.5 * part.size:
                spans[-1][1] = max(spans[-1][1], part.x1)
            else:
                spans.append([part.x0, part.x1])
        for i, ((_, left), (right, _)) in enumerate(pairwise(columns)):
            if any(part.x0 < left - 1 and right + 1 < part.x1 for part in row):
                continue  # One cell over both.
            if any(x0 < left - 1 and right + 1 < x1 for x0, x1 in spans):
                near.add(i)
            elif any(a[0] < left and a[1] < right + 1 and left - 1 < b[0] and right < b[1] for a, b in pairwise(spans)):
                far.add(i)
    found: list[Ends] = list(columns[:1])
    for i, ((_, left), column) in enumerate(pairwise(columns)):
        ruled = any(left - 1 < x < column[0] + 1 for x, _, _ in bars)
        whole = i in apart | (near - far) and not ruled
        found[-1:] = [(found[-1][0], column[1])] if whole else [found[-1], column]
    return found


def _never_beside(columns: Sequence[Ends], rows: Sequence[Sequence[Line]]) -> set[int]:
    """Return the columns of which no row has a part beside one in the next, though some parts go over both."""
    places = [[_over(part, columns) for part in row] for row in rows]
    over = {i for row in places for first, last in row for i in range(first, last)}
    beside = {i for row in places for _, i in row for first, _ in row if first == i + 1}
    return over - beside


def _over(part: Line, columns: Sequence[Ends]) -> tuple[int, int]:
    """Return the first and the last of the columns that a part stands in."""
    own = [i for i, (x0, x1) in enumerate(columns) if part.x0 < x1 - 1 and part.x1 > x0 + 1] or [-1]
    return own[0], own[-1]
