"""Boxes and arrows of a drawing: which boxes there are, what stands in them, and which leads to which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extract.arrows import NEAR, Arrow, Box, attach, in_sight, links, onward, outside, reaching, scaled
from extract.cells import Reading
from extract.drawing import Drawing, Path, Point
from extract.lexicon import SIGNS, kind_of, posts_of
from extract.page import Line, Word, lines_of, segments
from extract.strokes import area, block_arrow, cleaned, is_head

STACKED = 12.0
"""Points between boxes at most that follow each other without an arrow."""
APART = 8.0
"""Points between boxes that are two; parts of one stand closer."""
BESIDE = 1.3
"""How far what is said of a line is from it at most, as a share of the type's size."""
HELD = 0.6
"""How wide a box is at least, as a share of a text in it: a wider text goes over it."""
MOST = 2000
"""Boxes and lines at most: a drawing of more is a plot."""
USUAL = 14.0
"""The size of type that the lengths here are meant for; a drawing of another is scaled."""


@dataclass(frozen=True)
class Shape:
    """A box of a diagram: its place, its texts by lines, and the layers that it shows besides what they say."""

    box: Box
    texts: tuple[str, ...]
    shows: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Link:
    """An arrow from one box to another, by their numbers, with the text beside it."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True)
class Diagram:
    """The boxes of a drawing and the arrows between them, with what is asked of them."""

    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]
    asked: tuple[str, ...] = ()

    @property
    def is_joined(self) -> bool:
        """Tell boxes that arrows lead between: no volumes, whatever areas their lines close in."""
        return len(self.shapes) > 1 and 2 * len(self.links) >= len(self.shapes)

    def scaled(self, by: float) -> Diagram:
        """Return the diagram larger by a factor."""
        return replace(self, shapes=tuple(replace(each, box=scaled(each.box, by)) for each in self.shapes))

    def parts(self) -> list[Diagram]:
        """Return the drawings that no arrow joins, each with two boxes at least, row by row from the left."""
        part = list(range(len(self.shapes)))
        for link in self.links:
            old, new = sorted((part[link.start], part[link.end]), reverse=True)
            part = [new if each == old else each for each in part]
        found = []
        for number in dict.fromkeys(part):
            inside = [i for i, each in enumerate(part) if each == number]
            if len(inside) > 1:
                links = (each for each in self.links if part[each.start] == number)
                moved = tuple(
                    replace(each, start=inside.index(each.start), end=inside.index(each.end)) for each in links
                )
                found.append(Diagram(tuple(self.shapes[i] for i in inside), moved, self.asked))
        return _as_read(found)


def _as_read(parts: Sequence[Diagram]) -> list[Diagram]:
    """Return drawings row by row, from the left: what begins above the middle of a row's highest is in the row."""
    rows: list[list[tuple[Box, Diagram]]] = []
    hulls = []
    for part in parts:
        left, top, right, bottom = zip(*(shape.box for shape in part.shapes), strict=True)
        hulls.append((min(left), min(top), max(right), max(bottom)))
    for hull, part in sorted(zip(hulls, parts, strict=True), key=lambda each: each[0][1]):
        first = rows[-1][0][0] if rows else hull
        if rows and hull[1] < (first[1] + first[3]) / 2:
            rows[-1].append((hull, part))
        else:
            rows.append([(hull, part)])
    return [part for row in rows for _, part in sorted(row, key=lambda each: each[0][0])]


def diagram_of(drawing: Drawing) -> Diagram:
    """Return the diagram of a drawing."""
    scale = median(word.size for word in drawing.words) / USUAL if drawing.words else 1.0
    return _diagram_of(drawing.scaled(1 / scale)).scaled(scale) if scale > 0 else Diagram((), ())


def _diagram_of(drawing: Drawing) -> Diagram:
    drawing = cleaned(drawing)
    boxes = _boxes(drawing)
    heads = [each for each in drawing.paths if is_head(each)]
    blocks = [way for each in drawing.paths if (way := block_arrow(each)) is not None]
    open_lines = [each for each in drawing.paths if not each.closed and each.stroked]
    if len(open_lines) + len(boxes) > MOST:
        return Diagram((), ())
    held, free = _words(drawing.words, boxes)
    said = [box for box, words in zip(boxes, held, strict=True) if words]
    lines = [each for each in open_lines if not _inside_one(each, boxes)]
    arrows = [Arrow(part) for each in lines for part in in_sight(each.points, said)]
    arrows += [Arrow(reaching(*each, boxes), heads=[False, True]) for each in blocks]
    attach(arrows, heads, boxes)
    phrases = [part for line in (lines_of(free) if free else ()) for part in segments(line, 0.9)]
    shapes = [Shape(box, _texts(words) or _symbol(box, open_lines)) for box, words in zip(boxes, held, strict=True)]
    return joined(shapes, arrows, phrases)


def joined(shapes: list[Shape], arrows: Sequence[Arrow], phrases: list[Line]) -> Diagram:
    """Return the diagram of boxes, lines and what is written beside them, in points of type of `USUAL` size."""
    _at_loose_ends(arrows, phrases, shapes)
    return _linked(shapes, arrows, _beside(phrases, arrows))


def _boxes(drawing: Drawing) -> list[Box]:
    """Return the boxes: closed outlines larger than heads; those that touch or lie within each other are one."""
    outlines = [each for each in drawing.paths if each.closed and not is_head(each) and _is_full(each)]
    outlines = [each for each in outlines if block_arrow(each) is None]
    drawn = [each.box for each in outlines if each.stroked]
    found = [each.box for each in outlines if each.stroked or not any(_crosses(each.box, box) for box in drawn)]
    found = [box for box in found if box[2] - box[0] > 12 and box[3] - box[1] > 8]
    found = list(dict.fromkeys(found))
    groups = [box for box in found if _is_group(box, found)]
    merged: list[Box] = []
    for box in [each for each in found if each not in groups]:
        touching = [each for each in merged if _touch(box, each)]
        for each in touching:
            merged.remove(each)
            box = (min(box[0], each[0]), min(box[1], each[1]), max(box[2], each[2]), max(box[3], each[3]))
        merged.append(box)
    return sorted(merged, key=lambda each: (each[1], each[0]))


def _is_full(path: Path) -> bool:
    """Tell an area that fills the box around it as one that holds text does, and not as what a curve cuts off."""
    left, top, right, bottom = path.box
    return area(path.points) > (0.45 if path.stroked else 0.6) * (right - left) * (bottom - top)


def _crosses(fill: Box, outline: Box) -> bool:
    """Tell whether a fill goes over an outline: a shadow, or a ground that cannot be seen, and no box of its own."""
    apart = not _within(fill, _grown(outline, 1.0)) and not _within(outline, _grown(fill, 1.0))
    return apart and _touch(fill, outline, -0.5)


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _is_group(box: Box, others: Sequence[Box]) -> bool:
    """Tell a background, or a frame around several boxes: what is in it stands apart."""
    inside = [each for each in others if each != box and _within(each, box)]
    if len(inside) < 2:
        return False
    reached, waiting = [inside[0]], [inside[0]]
    while waiting:
        here = waiting.pop()
        new = [each for each in inside if each not in reached and _touch(each, here, APART)]
        reached += new
        waiting += new
    return len(reached) < len(inside)


def _within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _touch(a: Box, b: Box, slack: float = 1.0) -> bool:
    return a[0] <= b[2] + slack and b[0] <= a[2] + slack and a[1] <= b[3] + slack and b[1] <= a[3] + slack


def _inside_one(path: Path, boxes: Sequence[Box]) -> bool:
    """Tell a line that divides a box from one that leads somewhere."""
    return any(_within(path.box, _grown(box, 1.0)) for box in boxes)


def _words(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[list[list[Word]], list[Word]]:
    """Return the words of each box, and those of none."""
    held: list[list[Word]] = [[] for _ in boxes]
    free: list[Word] = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2 if word.turned else word.middle
        inside = (i for i, box in enumerate(boxes) if box[0] <= x <= box[2] and box[1] <= y <= box[3])
        place = next((i for i in inside if boxes[i][2] - boxes[i][0] > HELD * (word.x1 - word.x0)), None)
        (free if place is None else held[place]).append(word)
    return held, free


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the texts of a box: the parts of its lines between wide gaps, without signs that stand beside them."""
    texts = tuple(part.text for line in lines_of(words) for part in segments(line, 0.9)) if words else ()
    return tuple(each for each in texts if re.search(r"\w", each)) or texts


def _symbol(box: Box, lines: Sequence[Path]) -> tuple[str, ...]:
    """Return the sign that two lines across make in a box without words: a sum, or a product."""
    inside = [each for each in lines if _within(each.box, _grown(box, 1.0))]
    if len(inside) != 2:
        return ()
    straight = all(min(each.box[2] - each.box[0], each.box[3] - each.box[1]) < 1.5 for each in inside)
    return ("+",) if straight else ("×",)


def _beside(phrases: Sequence[Line], arrows: Sequence[Arrow]) -> dict[int, list[Line]]:
    """Return the texts that stand beside lines, each beside the nearest one, by the lines' identities."""
    found: dict[int, list[Line]] = {}
    for phrase in phrases:
        if (best := _nearest_line(phrase, arrows)) is not None:
            found.setdefault(id(best), []).append(phrase)
    return found


def _size(phrase: Line) -> float:
    return max(word.size for word in phrase.words)


def _away(phrase: Line, arrow: Arrow) -> float:
    """Return how far a text is from a line, from the middle of its height."""
    height = (phrase.top + phrase.bottom) / 2
    return min(arrow.away((x, height)) for x in (phrase.x0, (phrase.x0 + phrase.x1) / 2, phrase.x1))


def _at_loose_ends(arrows: Sequence[Arrow], phrases: list[Line], shapes: list[Shape]) -> None:
    """Find what ends of arrows are for that touch no box: a text, which becomes one, or another line.

    A number beside a line says how wide it is: an arrow that ends at the number ends at the line.
    """
    sized = {id(each): _nearest_line(each, arrows) for each in phrases if not _is_named(each)}
    places: dict[int, int] = {}
    drawn = [each.box for each in shapes]
    headed = any(any(each.heads) for each in arrows)
    for arrow in arrows:
        for end in (0, 1):
            if arrow.boxes[end] is not None:
                continue
            point = arrow.end(end)
            if arrow.heads[end]:
                ways = [each for each in arrows if each is not arrow and each.is_near(point, NEAR / 2)]
                arrow.lines[end] = min(ways, key=lambda each: each.boxes[1 - each.tail] is None, default=None)
            if arrow.lines[end] is not None or _meets(arrow, end, arrows) or (headed and not any(arrow.heads)):
                continue
            reached = [each for each in phrases if _apart(each, point) < BESIDE * _size(each)]
            best = min(reached, key=lambda each: (not _is_named(each), _apart(each, point)), default=None)
            if best is not None and _is_named(best):
                if id(best) not in places:
                    whole = _stacked(best, phrases)
                    if _NO_LAYER.match(whole[0].text):
                        continue
                    places |= {id(each): len(shapes) for each in whole}
                    shapes.append(_of_texts(whole))
                arrow.boxes[end] = places[id(best)]
            elif best is not None and sized[id(best)] is not arrow:
                arrow.lines[end] = sized[id(best)]
            elif best is None:
                arrow.boxes[end] = onward(arrow, end, drawn)[1]
    phrases[:] = [each for each in phrases if id(each) not in places]


def _is_named(phrase: Line) -> bool:
    """Tell a text, or the sign of a layer, from a number."""
    return phrase.text in SIGNS or any(each.isalpha() for each in phrase.text)


def _apart(phrase: Line, point: Point) -> float:
    """Return how far a text is from a point."""
    return outside(point, (phrase.x0, phrase.top, phrase.x1, phrase.bottom))


def _nearest_line(phrase: Line, arrows: Sequence[Arrow]) -> Arrow | None:
    """Return the line that a text stands beside."""
    best = min(arrows, key=lambda each: _away(phrase, each), default=None)
    return best if best is not None and _away(phrase, best) < BESIDE * _size(phrase) else None


def _meets(arrow: Arrow, end: int, arrows: Sequence[Arrow]) -> bool:
    """Tell whether an end of a line stands on another one."""
    return any(other is not arrow and other.is_near(arrow.end(end), NEAR / 2) for other in arrows)


def _of_text(phrase: Line) -> Shape:
    return _of_texts([phrase])


def _of_texts(lines: Sequence[Line]) -> Shape:
    x0, x1 = min(each.x0 for each in lines), max(each.x1 for each in lines)
    return Shape((x0, lines[0].top, x1, lines[-1].bottom), tuple(each.text for each in lines))


_NO_LAYER = re.compile(r"[\"'\u2018\u201c]\w|\([a-z]\)(?!\S)")
"""What comes out of an example, and what a part of a figure is called, as `(a)` or `(b) ours`."""


def _stacked(phrase: Line, phrases: Sequence[Line]) -> list[Line]:
    """Return the lines of a text of several, which stand closely below each other about one middle."""
    found = [phrase]
    for step in (-1, 1):
        here = phrase
        while True:
            below = [each for each in phrases if each not in found and _goes_on(here, each, step)]
            if not below:
                break
            here = min(below, key=lambda each: abs(each.base - here.base))
            found.append(here)
    return sorted(found, key=lambda each: each.base)


def _goes_on(line: Line, other: Line, step: int) -> bool:
    """Tell a line of the same text, of words, above (-1) or below another one."""
    size = _size(line)
    away = step * (other.base - line.base)
    middle = (other.x0 + other.x1 - line.x0 - line.x1) / 2
    return 0 < away < 1.4 * size and abs(middle) < size and abs(_size(other) - size) < 0.1 * size and _is_named(other)


def _is_done(text: str) -> bool:
    """Tell what is done on the way from one box to another; on a shortcut that is nothing."""
    return bool(posts_of(text)) or kind_of(text) not in ("", "shortcut")


def _linked(shapes: list[Shape], arrows: Sequence[Arrow], beside: dict[int, list[Line]]) -> Diagram:
    """Return the diagram, from left to right, with a box for what a text beside an arrow says is done on the way."""
    found: list[Link] = []
    left = [shape.box[0] for shape in shapes]
    for start, end, arrow in sorted(links(arrows, [shape.box for shape in shapes]), key=lambda each: left[each[0]]):
        said = beside.get(id(arrow), [])
        for phrase in [each for each in said if _is_done(each.text)]:
            shapes.append(_of_text(phrase))
            found.append(Link(start, len(shapes) - 1))
            start = len(shapes) - 1
            said = [each for each in said if each is not phrase]
        found.append(Link(start, end, " ".join(each.text for each in said)))
    return Diagram(tuple(shapes), (*found, *_stacked_on(shapes, found)))


def _stacked_on(shapes: Sequence[Shape], found: Sequence[Link]) -> Iterator[Link]:
    """Yield links between boxes as wide, closely over each other, that arrows lead to one of and away from another.

    They lead down where arrows come to the upper ones of such piles, or else up.
    """
    starts, ends = {each.start for each in found}, {each.end for each in found}
    pairs = [(i, j) for i, a in enumerate(shapes) for j, b in enumerate(shapes) if _is_right_above(a.box, b.box)]
    downward = sum(i in ends for i, _ in pairs) - sum(j in ends for _, j in pairs)
    for pair in pairs if found else ():
        first, last = pair if downward >= 0 else pair[::-1]
        if first not in starts and last not in ends and all(shapes[each].texts for each in pair):
            yield Link(first, last)


def _is_right_above(a: Box, b: Box) -> bool:
    wide = min(a[2] - a[0], b[2] - b[0])
    alike = abs(a[0] - b[0]) < 0.05 * wide and abs(a[2] - b[2]) < 0.05 * wide
    return alike and 0 <= b[1] - a[3] < STACKED
