"""Cells whose words go on in the next line, as a column is narrow: one text again, and no row of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise

from extract.columns.layer_names import names_layer
from extract.pages.page import Line
from extract.structure.ruling import Ends, columns_under
from extract.words.hyphens import parted, put_together
from extract.words.lexicon import kind_of, posts_of

SPACE = 0.2
"""How wide a gap between words is at least, as a share of the type's size."""
LOOSE = 0.3
"""The share of a column that is left empty at most where a text is broken that has to go on."""
ALIGNED = 1.5
"""Points that the lines of a cell begin beside each other at most, or have their middles."""
_OPEN = re.compile(r"(?:[-–—+,&/(×→:;=@]|\d ?[xX]|\b(?:with|and|of|by|to|in|for|the))$")
"""The end of a text that something has to follow."""
_COUNTED = re.compile(
    r"(?<!\d )\b(?:sizes?|strides?|kernel|pad(?:ding)?|rate|dim\w*|vocab\w*|units|filters|dilation|groups|channels"
    r"|outputs?|inputs?)$",
    re.IGNORECASE,
)
"""A word that a number has to follow."""
_FOLLOWS = re.compile(r"[-+,&/)×→:;=@]")
"""The beginning of one that follows something."""
Parts = Sequence[Line]


def unwrapped(lines: Sequence[Parts], columns: Sequence[Ends], ruled: Set[int] = frozenset()) -> list[list[Line]]:
    """Return the parts of lines; those that go on in the next line have its words, which then has them no more.

    Above those that are `ruled` there is a rule.
    A part goes on where no more words had room behind it, and what is said is torn: `Fully connected` and `layer`.
    """
    lines = [_by_columns(line, columns) for line in lines]
    ends = _ends(lines, columns)
    found = [list(line) for line in lines]
    rests: list[int] = []
    torn: list[int] = []
    for i in range(1, len(lines)):
        if i in ruled or (i + 1 < len(lines) and _is_nearer(lines[i - 1 : i + 2])):
            continue
        pairs = [(over.text, part.text) for part in lines[i] for over in lines[i - 1] if shares(over, part)]
        if any(_are_numbers(over, part) for line in lines[max(0, i - 2) : i] for over in line for part in lines[i]):
            continue  # A number under another is of a row of its own.
        fewer = len(lines[i]) < len(lines[i - 1]) + (i - 1 in torn) or all(hangs(*each) for each in pairs)
        if fewer and _fits(lines[i - 1], lines[i], ends, columns):
            rests.append(i)
            aside = lines[i][0].x0 > columns[0][1]
            whole = (_is_title(*each, aside) if i == 1 else are_one(*each) for each in pairs)
            torn += [i] if all(whole) else []
    taken = [i for i in rests if i > 1 or i in torn] if 2 * len(torn) > len(rests) else torn
    taken = [i for i in taken if not all(_stands_alone(part, lines, rests) for part in lines[i])]
    for i in taken:
        start = next(j for j in range(i - 1, -1, -1) if j not in taken)
        for part in lines[i]:
            above = max((each for each in found[start] if shares(each, part)), key=lambda each: each.x0)
            found[start][found[start].index(above)] = _joined(above, part)
        found[i] = []
    return found


def _by_columns(line: Parts, columns: Sequence[Ends]) -> list[Line]:
    """Return the parts of a line, as one those between whose words there are but wide gaps in one column."""
    found: list[Line] = []
    for part in line:
        places = columns_under([part], columns)
        if found and len(places) == 1 and columns_under([found[-1]], columns) == places:
            found[-1] = Line((*found[-1].words, *part.words))
        else:
            found.append(part)
    return found


def _are_numbers(over: Line, part: Line) -> bool:
    return shares(over, part) and over.text.strip().isdecimal() and part.text.strip().isdecimal()


def _stands_alone(part: Line, lines: Sequence[Parts], rests: Sequence[int]) -> bool:
    """Tell a text that more than one other line has at the same place, which goes on from none above it."""
    others = (each for i, line in enumerate(lines) if i not in rests for each in line if shares(each, part))
    return sum(each.text == part.text for each in others) > 1


def unstretched(lines: Sequence[Parts], columns: Sequence[Ends]) -> tuple[list[list[Line]], list[Ends]]:
    """Return parts and columns, as one those that only the wide gaps between the words of justified lines made two."""
    found = [list(line) for line in lines]
    kept: list[Ends] = []
    start = 0
    while start < len(columns):
        last = next((i for i in range(len(columns) - 1, start, -1) if _is_one(found, columns[start : i + 1])), start)
        whole = columns[start][0], columns[last][1]
        for line in found if last > start else ():
            if inside := [part for part in line if part.x0 < whole[1] and part.x1 > whole[0]]:
                line[line.index(inside[0])] = Line(tuple(word for part in inside for word in part.words))
                line[:] = [part for part in line if part not in inside[1:]]
        kept.append(whole)
        start = last + 1
    return found, kept


def _is_one(lines: Sequence[Parts], columns: Sequence[Ends]) -> bool:
    """Tell columns of one text: lines with gaps between them end at one place, and over each gap go half as many."""
    left, right = columns[0][0], columns[-1][1]
    inside = [[part for part in line if part.x0 < right and part.x1 > left] for line in lines]
    inside = [line for line in inside if line and abs(line[0].x0 - left) < ALIGNED]
    ends = [line[-1].x1 for line in inside if len(line) > 1]
    over = [sum(part.x0 < a[1] and part.x1 > b[0] for line in inside for part in line) for a, b in pairwise(columns)]
    several = [line for line in inside if len(line) > 1]
    worded = sum(any(re.search("[A-Za-z]{2}", part.text) for part in line) for line in several)
    if 2 * worded < len(several):
        return False  # Numbers below each other, in columns of their own.
    return min(over) > 1 and 1 < len(ends) <= 2 * min(over) and max(ends) - min(ends) < ALIGNED


def _ends(lines: Sequence[Parts], columns: Sequence[Ends]) -> list[float]:
    """Return the right end of each column, of what stands in it alone."""
    ends = [right for _, right in columns]
    for i in range(len(columns)):
        own = [part.x1 for line in lines for part in line if columns_under([part], columns) == {i}]
        ends[i] = max(own, default=ends[i])
    return ends


def _is_nearer(three: Sequence[Parts]) -> bool:
    """Tell a line closer to the one below than to the one above it: its row stands in the middle of its cell."""
    above, base, below = (line[0].base if line else 0.0 for line in three)
    return below - base < 0.75 * (base - above)


def _fits(above: Parts, line: Parts, ends: Sequence[float], columns: Sequence[Ends]) -> bool:
    """Tell a line of which each part stands below one that has no room for its first word, and others have none."""
    for part in line:
        places = columns_under([part], columns)
        over = [each for each in above if columns_under([each], columns) == places]
        if len(places) != 1 or len(over) != 1 or part.base - over[0].base > 1.6 * part.size:
            return False
        if min(abs(part.x0 - over[0].x0), abs(part.x0 + part.x1 - over[0].x0 - over[0].x1) / 2) > ALIGNED:
            return False
        (place,), first = places, part.words[0]
        room = ends[place] - over[0].x1 - SPACE * part.size
        left = LOOSE * (ends[place] - columns[place][0]) if hangs(over[0].text, part.text) else 1.0
        if first.x1 - first.x0 < room - left:
            return False
    return bool(line)


def hangs(first: str, second: str) -> bool:
    """Tell a text that has to go on, and what goes on."""
    if re.fullmatch(r"\w+", first) and re.fullmatch(r"\([A-Z]\w+\)", second):
        return True  # A name of Keras, and its layer: max_pooling2d (MaxPooling2D).
    sized = re.fullmatch(r"\(.*|\d+(?: ?[×xX*,] ?\d+)+", second)
    bracketed = bool(sized) and not re.search(r"[\d(]", first) and names_layer(first)
    return bool(bracketed or _OPEN.search(first) or _FOLLOWS.match(second)) or first.count("(") > first.count(")")


def lacks_more(first: str, second: str) -> bool:
    """Tell a text that has to go on, or has a word at its end of which the number is below."""
    return hangs(first, second) or (_COUNTED.search(first) is not None and second[:1].isdecimal())


def _is_title(first: str, second: str, aside: bool) -> bool:
    """Tell the words of a header and those that go on below them; `aside` where nothing stands in the first column."""
    named = kind_of(second) or (posts_of(second) and not aside)
    return hangs(first, second) or not (named or re.search(r"\d", second))


def are_one(first: str, second: str) -> bool:
    """Tell a text that names no layer by itself, or makes what stands above whole."""
    if re.fullmatch(r"[A-Z]{2,}", first) and kind_of(second):
        return False  # A unit by its letters, and another layer: MHSA, MLP.
    if second.startswith("[") and first.count("[") == first.count("]"):
        return False  # A block of its own.
    if hangs(first, second) or _is_torn(first, second):
        return True
    if not re.search("[A-Za-z]{2}", first):
        return False
    if not names_layer(first) and names_layer(f"{first} {second}"):
        return True
    return not kind_of(second) and not posts_of(second.split()[0])


def whole_lines(lines: Sequence[Line], width: float) -> list[Line]:
    """Return the lines of a cell, so wide as its column, those that go on in the next as one."""
    found = [*lines[:1]]
    for line in lines[1:]:
        if _goes_on(found[-1], line, width):
            found[-1] = _joined(found[-1], line)
        else:
            found.append(line)
    return found


def is_one_row(lines: Sequence[Parts], columns: Sequence[Ends]) -> bool:
    """Tell lines of which each part goes on what stands above it, but for labels, which stand beside their middle."""
    own = [line for line in lines if columns_under(line, columns) != {0}]

    def goes_on(above: Parts, part: Line) -> bool:
        places = columns_under([part], columns)
        over = [each for each in above if columns_under([each], columns) == places]
        width = columns[max(places)][1] - columns[min(places)][0] if places else 0.0
        return len(over) == 1 and _goes_on(over[0], part, width)

    return len(own) > 1 and all(goes_on(above, part) for above, line in pairwise(own) for part in line)


def _goes_on(above: Line, line: Line, width: float) -> bool:
    """Tell a line whose first word had no room in the one above, where what is said is torn: `(None,` and `32, 64)`."""
    first = line.words[0]
    full = above.x1 - above.x0 + SPACE * line.size + first.x1 - first.x0 > width
    torn = lacks_more(above.text, line.text) or _is_torn(above.text, line.text)
    return full and line.base > above.words[-1].base and torn


def _is_torn(first: str, second: str) -> bool:
    """Tell the words of one layer, of which the first name none by themselves, or only which kind of the others."""
    if re.fullmatch(r"[A-Za-z]+", first) and re.fullmatch(r"\d{1,2}", second):
        return True  # Block 1.
    if re.search(r"[a-z]$", first) and (word := re.match(r"([a-z]+)\b", second)) and not _named(word[1]):
        return True  # output channels.
    words = re.split(r"[/,+;&]", first)[-1].strip(), re.split(r"[/,+;&]", second)[0].strip()
    if not all(re.fullmatch(r"[A-Za-z ]+", each) for each in words):
        return False
    above, below, whole = (_named(each) for each in (*words, " ".join(words)))
    return bool(whole) and (not above or (above != below and bool(below) and above.endswith(below)))


def _named(text: str) -> str:
    """Return the kind of layer that a text names, or what it puts behind one."""
    return kind_of(text) or "".join(posts_of(text))


def _joined(above: Line, part: Line) -> Line:
    """Return a text with what follows it; a hyphen at its end parts a word, but joins layers, or may be its own."""
    last, first = above.words[-1], part.words[0]
    if not parted(last.text, first.text):
        return Line((*above.words, *part.words))
    return Line((*above.words[:-1], replace(last, text=put_together(last.text, first.text)), *part.words[1:]))


def shares(above: Line, part: Line) -> bool:
    """Tell texts of which some of one stands above some of the other."""
    return above.x0 < part.x1 and part.x0 < above.x1
