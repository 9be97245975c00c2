"""Rows of stages that no box and no arrow shows: pipelines and blocks in perspective, by what is written at them.

Two forms are read: columns of layers below the stages, and sizes below the stages with what is done between them above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, pairwise
from statistics import median

from extract.drawings.arrows import Box
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.pages.page import Line, Word
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized

MOST = 400
"""Texts of a figure at most: more are a table, or a plot."""
LEAST = 3
"""Stages of a row at least."""
MOST_LINES = 12
"""Lines above and below the last stage at most in which the outputs are named."""
SHORT = 4
"""Letters of a first word at least: a shorter one is a part of the picture beside it."""
INFINITE = float("inf")
_SIZE = re.compile(r"\d+ ?× ?\d+ ?× ?\d+")
_SIZED = re.compile(r"\d+ ?× ?\d+")
_BRACE = re.compile(r"\s*[{}]?\s*[×xX]\s*(\d{1,2})\s*$")
"""How often what a brace holds comes, behind it."""


def chain_of(phrases: Sequence[Line]) -> Diagram | None:
    """Return the stages that texts tell, from left to right, or None where they tell fewer than three."""
    if len(phrases) > MOST:
        return None
    plain = [each for line in phrases for each in _parts(line)]
    found = _columns(plain) or _rows(plain)
    return found if found is not None and found.links else None


def _parts(line: Line) -> Iterator[Line]:
    """Yield a phrase, or the sizes that it is made of."""
    words = [word for each in line.words for word in words_in(each)]
    place = next((i for i in range(len(words)) if _BRACE.fullmatch(" ".join(w.text for w in words[i:]))), 0)
    if place:
        yield from _parts(Line(tuple(words[:place])))
        yield Line(tuple(words[place:]))
    elif len(words) > 1 and all(_SIZE.fullmatch(normalized(word.text)) or word.text.isdecimal() for word in words):
        yield from (Line((word,)) for word in words)
    else:
        yield line


def words_in(word: Word) -> Iterator[Word]:
    """Yield the words of what stands as one, each at its share of the width."""
    wide = (word.x1 - word.x0) / max(1, len(word.text))
    for match in re.finditer(r"\S+", word.text):
        ends = word.x0 + match.start() * wide, word.x0 + match.end() * wide
        yield Word(match[0], ends[0], word.top, ends[1], word.bottom, word.size, word.base, word.bold)


def _stacks(phrases: Sequence[Line]) -> list[list[Line]]:
    """Return the texts that stand closely below each other, about one middle."""
    found: list[list[Line]] = []
    for line in sorted(phrases, key=lambda each: each.base):
        near = [
            stack
            for stack in found
            if 0 < line.base - stack[-1].base < 1.7 * max(line.size, stack[-1].size)
            and abs(line.centre - stack[-1].centre) < 0.5 * max(line.x1 - line.x0, stack[-1].x1 - stack[-1].x0)
        ]
        if near:
            min(near, key=lambda stack: abs(line.centre - stack[-1].centre)).append(line)
        else:
            found.append([line])
    return found


def _columns(phrases: Sequence[Line]) -> Diagram | None:
    """Return the layers of columns of texts whose first lines name kinds of layer, at one height."""
    braces = [each for each in phrases if _BRACE.fullmatch(each.text)]
    worded = [each for each in phrases if not each.text.isdecimal() and each not in braces]
    stacks = [_whole(stack) for stack in _stacks(worded)]
    named = [stack for stack in stacks if kind_of(stack[0].text)]
    rows = [[each for each in named if abs(each[0].base - first[0].base) < first[0].size] for first in named]
    longest = max(rows, key=lambda each: len(each), default=[])
    row = sorted(longest, key=lambda stack: stack[0].centre)
    lines = {(i, word.base) for i, stack in enumerate(row) for each in stack for word in each.words}
    if len(row) < LEAST or len(lines) < 2 * LEAST:
        return None
    shapes: list[Shape] = []
    said: list[str] = []
    for stack, width in zip(row, _widths(row, phrases), strict=True):
        for title, line in _repeated(list(_layers(stack)), braces):
            text = f"{line.text} {width}" if line is title else line.text.rstrip(" {}")
            shapes.append(Shape((line.x0, line.top, line.x1, line.bottom), (text.strip(),)))
            said.append("" if line is title else title.text)
    if len(shapes) > MOST:
        return None
    return _chain([_input(row, stacks, shapes[0].box), *shapes], ["", *said])


def _whole(stack: Sequence[Line]) -> list[Line]:
    """Return the texts of a column, those that go on in small letters below a capital one as one."""
    found = [stack[0]]
    for line in stack[1:]:
        goes_on = found[-1].text[0].isupper() and line.text[0].islower() and not _SIZED.search(normalized(line.text))
        found[-1:] = [Line((*found[-1].words, *line.words))] if goes_on else [found[-1], line]
    return found


def _input(row: Sequence[Sequence[Line]], stacks: Sequence[Sequence[Line]], box: Box) -> Shape:
    """Return what comes into columns: what the one text says that stands at their height on their left, if one does."""
    first = row[0][0]
    left = [each for each in stacks if each[0].x1 < first.x0]
    level = [each for each in left if abs(each[0].words[0].base - first.words[0].base) < first.size]
    if len(level) != 1:
        return Shape((box[0] - 1, box[1], box[0], box[3]), ("input",))
    lines = level[0]
    x0, x1 = min(each.x0 for each in lines), max(each.x1 for each in lines)
    return Shape((x0, lines[0].top, x1, lines[-1].bottom), tuple(each.text for each in lines))


def _repeated(layers: Sequence[tuple[Line, Line]], braces: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Return the layers of a column, those that a brace beside them holds as often as it says, together."""
    found = list(layers)
    for brace in braces:
        said = _BRACE.fullmatch(brace.text)
        held = [i for i, (_, line) in enumerate(found) if _holds(brace, line)]
        if len(found) > MOST:
            break  # More than is read, and braces over braces would be far more.
        if said and held:
            first, last = held[0], held[-1] + 1
            found[first:last] = found[first:last] * max(1, int(said[1]))
    return found


def _holds(brace: Line, line: Line) -> bool:
    """Tell whether a brace stands beside a line: closely to the right, its middle at most half its height away."""
    across = -0.5 * line.size < brace.x0 - line.x1 < 1.5 * brace.size
    return across and abs(line.base - brace.base) < 0.5 * max(brace.size, line.size)


def _layers(stack: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """Yield the layers of a column, each with the line that names its kind: that line itself where no sizes follow."""
    title, used = stack[0], False
    for line in stack[1:]:
        if _SIZED.search(normalized(line.text)):
            yield title, line
            used = True
        elif kind_of(line.text):
            if not used:
                yield title, title
            title, used = line, False
    if not used:
        yield title, title


def _widths(row: Sequence[Sequence[Line]], phrases: Sequence[Line]) -> list[str]:
    """Return the numbers below the stages of columns, where there is one for each and one for what comes in."""
    top, size = row[0][0].base, row[0][0].size
    above = [each for each in phrases if each.text.isdecimal() and 0 < top - each.base < 5 * size]
    lowest = max((each.base for each in above), default=0.0)
    below = sorted((each for each in above if lowest - each.base < 0.5 * size), key=lambda each: each.centre)
    return [each.text for each in below[1:]] if len(below) == len(row) + 1 else [""] * len(row)


def _rows(phrases: Sequence[Line]) -> Diagram | None:
    """Return stages by the sizes that stand at one height; one that is called an input begins a row of its own."""
    high = median(each.size for each in phrases) if phrases else 0.0
    sizes = [each for each in phrases if _SIZE.fullmatch(normalized(_plain(each)))]
    starts = [each for each in sizes if _title(each, phrases, high)]
    level = [each for each in sizes if each not in starts]
    shapes: list[Shape] = []
    links: list[Link] = []
    for start in starts or sorted(level, key=lambda each: each.x0)[:1]:
        end = min((each.x0 for each in starts if each.x0 > start.x1 and _beside(each, start, high)), default=INFINITE)
        row = _row(start, [each for each in phrases if start.x1 < each.x0 < end], level, high)
        if len(row) < LEAST:
            continue
        title = _title(start, phrases, high)
        first, *rest = [Shape((each.x0, each.top, each.x1, each.bottom), (_plain(each),)) for each in row]
        if title is not None:
            first = Shape(first.box, (title.text, *first.texts))
        found = _chain([first, *rest], ["", *(_above(a, b, phrases) for a, b in pairwise(row))])
        links += [Link(link.start + len(shapes), link.end + len(shapes), link.text) for link in found.links]
        shapes += found.shapes
        last = len(shapes) - 1
        for output in _outputs(row[-1], [each for each in phrases if each.x0 < end], high):
            links.append(Link(last, len(shapes)))
            shapes.append(output)
    return Diagram(tuple(shapes), tuple(links)) if shapes else None


def _row(start: Line, right: Sequence[Line], level: Sequence[Line], high: float) -> list[Line]:
    """Return the sizes and numbers to the right of one that stand at one height, where most sizes do."""
    said = [each for each in right if (each in level or each.text.isdecimal()) and _beside(each, start, high)]
    rows = [[each for each in said if abs(each.base - one.base) < 0.5 * high] for one in said if one in level]
    longest: list[Line] = max(rows, key=lambda each: len(each), default=[])
    return [start, *sorted(longest, key=lambda each: each.x0)]


def _outputs(last: Line, phrases: Sequence[Line], high: float) -> list[Shape]:
    """Return what several texts to the right of the last stage name, one below the other."""
    found = []
    for each in phrases:
        words = list(dropwhile(lambda word: len(word) < SHORT, re.findall(r"[A-Za-z][a-z-]{2,}", each.text)))
        if (
            words
            and each.x0 > last.x1 - 2 * high
            and abs(each.base - last.base) < MOST_LINES * high
            and not kind_of(each.text)
        ):
            found.append((each, " ".join(words)))
    left = min((each.x0 for each, _ in found), default=0.0)
    aligned = [(each, text) for each, text in found if each.x0 - left < 3 * high]
    stacks: list[list[tuple[Line, str]]] = []
    for each, text in sorted(aligned, key=lambda pair: pair[0].base):
        if stacks and each.base - stacks[-1][-1][0].base < 1.7 * high:
            stacks[-1].append((each, text))
        else:
            stacks.append([(each, text)])
    if len(stacks) < 2:
        return []
    ends = [(stack[0][0], stack[-1][0], " ".join(text for _, text in stack)) for stack in stacks]
    return [Shape((a.x0, a.top, max(a.x1, b.x1), b.bottom), (text,)) for a, b, text in ends]


def _plain(line: Line) -> str:
    return line.text.strip("|[] ")


def _beside(line: Line, other: Line, high: float) -> bool:
    return abs(line.base - other.base) < 2.0 * high


def _title(size: Line, phrases: Sequence[Line], high: float) -> Line | None:
    """Return the text above a size that calls it an input."""
    inputs = [each for each in phrases if re.search(r"\binput", each.text, re.IGNORECASE)]
    above = [each for each in inputs if 0 < size.base - each.base < 2.2 * high]
    return next((each for each in above if each.x0 < size.x1 and each.x1 > size.x0), None)


def _above(before: Line, after: Line, phrases: Sequence[Line]) -> str:
    """Return the layers that are named above the way from one stage to the next."""
    left, right = before.centre, after.centre
    found = [each for each in phrases if left < each.centre < right and each.base < after.base and kind_of(each.text)]
    return " ; ".join(each.text for each in sorted(found, key=lambda each: each.base))


def _chain(shapes: Sequence[Shape], said: Sequence[str]) -> Diagram:
    """Return boxes that lead to each other, with what is said of the way to each."""
    links = [Link(i, i + 1, said[i + 1]) for i in range(len(shapes) - 1)]
    return Diagram(tuple(shapes), tuple(links))
