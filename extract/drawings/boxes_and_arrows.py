"""Boxes and arrows of a drawing: what it shows as a diagram."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import mean, median

from extract.drawings.arrows import NEAR, Arrow, Box, attach, in_sight, outside, reaching
from extract.drawings.box_names import named_beside, named_in_rows, set_beside, sized_in_rows
from extract.drawings.boxes import (
    boxes_of,
    cells_of,
    groups_of,
    is_inside_one,
    is_within,
    pictures_of,
    symbol_in,
    texts_of,
    words_in,
)
from extract.drawings.diagrams import USUAL, Diagram, Link, Shape
from extract.drawings.drawing import Drawing, Path
from extract.drawings.drawn import is_by_hand
from extract.drawings.free_texts import is_more, shape_of, text_of
from extract.drawings.gaps import without_gaps
from extract.drawings.groups import at_groups, without_groups
from extract.drawings.line_index import LineIndex
from extract.drawings.linking import Led, links
from extract.drawings.loose_ends import Lines, at_loose_ends, beside
from extract.drawings.merging import says_join
from extract.drawings.scripts import phrases_of
from extract.drawings.stacked_fractions import with_fractions
from extract.drawings.strokes import block_arrow, cleaned, is_brace, is_head
from extract.pages.page import Line
from extract.words.lexicon import SIGNS, kind_of, posts_of

STACKED = 12.0
"""Points between boxes at most that follow each other without an arrow."""
MOST_WORDS = 10
"""Words at most of a text beside an arrow that names what is done there."""
MOST = 2000
"""Boxes and lines at most: a drawing of more is a plot."""

_FIRST = re.compile(r"\b(?:inputs?|images?|features?|embeddings?|data|tokens?|words?|noise)\b", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:loss|soft-?max|sigmoid|outputs?|predict\w*|logits?|scores?|class(?:es|ification|ifier)?|labels?)\b",
    re.IGNORECASE,
)
"""What comes first in a net, and last, as boxes name it."""
_DOES = {"multiply": "scale"}
"""What a sign does in other words."""
_SHARED = re.compile(
    r"\b(?:shar\w*|tied)(?: the)? (?:weights?|parameters?)|\b(?:weights?|parameters?)[ -](?:shar|tied|tying)",
    re.IGNORECASE,
)
"""What is written beside layers that are one."""
_OFTEN = re.compile(
    r"^(?:\d{1,3}|[A-Z]) ?[\u00d7xX]$|^[xX] ?(?:\d{1,3}|[A-Z])$|(?:^|[^\d\s]\s*)\u00d7 ?(?:\d{1,3}|[A-Z])$|"
    r"[^\W\d] [xX] ?\d{1,3}$"
)
"""How often a part of a figure comes, as `N\u00d7` or `Encoder \u00d7 6`, and no size as `56 \u00d7 56`."""


def diagram_of(drawing: Drawing) -> Diagram:
    """Return the diagram of a drawing."""
    scale = median(word.size for word in drawing.words) / USUAL if drawing.words else 1.0
    return _diagram_of(drawing.scaled(1 / scale)).scaled(scale) if scale > 0 else Diagram((), ())


def _diagram_of(drawing: Drawing) -> Diagram:
    drawing = with_fractions(cleaned(drawing))
    boxes = boxes_of(drawing)
    open_lines = [each for each in drawing.paths if not each.closed and each.stroked]
    if len(open_lines) + len(boxes) > MOST:
        return Diagram((), ())
    boxes = _parted(drawing, boxes)
    pictures = pictures_of(drawing, boxes)
    boxes = [*boxes, *pictures]
    held, free = words_in(drawing.words, boxes)
    shapes = [Shape(box, texts_of(words) or symbol_in(box, open_lines)) for box, words in zip(boxes, held, strict=True)]
    found = joined(shapes, _arrows_of(drawing, boxes), phrases_of(free), groups_of(drawing))
    return found.without([i for i, each in enumerate(found.shapes) if each.box in pictures and not each.texts])


def _arrows_of(drawing: Drawing, boxes: Sequence[Box]) -> list[Arrow]:
    heads = [each for each in drawing.paths if is_head(each)]
    blocks = [way for each in drawing.paths if (way := block_arrow(each)) is not None]
    open_lines = [each for each in drawing.paths if not each.closed and each.stroked]
    held, _ = words_in(drawing.words, boxes)
    said = [box for box, words in zip(boxes, held, strict=True) if words]
    lines = [each for each in open_lines if not is_brace(each) and _leads(each, boxes, heads)]
    arrows = [Arrow(part) for each in lines for part in in_sight(each.points, said)]
    arrows += [Arrow(reaching(*each, boxes), heads=[False, True]) for each in blocks]
    attach(arrows, heads, boxes)
    return arrows


def _leads(line: Path, boxes: Sequence[Box], heads: Sequence[Path]) -> bool:
    """Tell a line that leads somewhere from one that divides a box: a head may stand in the box that it is for."""
    ends = line.points[0], line.points[-1]
    return not is_inside_one(line, boxes) or any(outside(end, each.box) < NEAR / 2 for each in heads for end in ends)


def _parted(drawing: Drawing, boxes: list[Box]) -> list[Box]:
    """Return boxes, those of people that touch each other apart where arrows lead to or from several of them."""
    cells = cells_of(drawing)
    held, _ = words_in(drawing.words, cells)
    said = [cell for cell, words in zip(cells, held, strict=True) if words]
    own = {box: [cell for cell in said if cell != box and is_within(cell, box)] for box in boxes}
    own = {box: inside for box, inside in own.items() if len(inside) > 1}
    texts = [texts_of(words) for words in words_in(drawing.words, boxes)[0]]
    if not own or not is_by_hand([each for each in texts if each]):
        return boxes
    tried = [each for box in boxes for each in own.get(box, [box])]
    ends = {tried[end] for arrow in _arrows_of(drawing, tried) for end in arrow.boxes if end is not None}
    apart = {box for box, inside in own.items() if len(ends & set(inside)) > 1}
    found = [each for box in boxes for each in (own[box] if box in apart else [box])]
    return sorted(found, key=lambda each: (each[1], each[0]))


def joined(shapes: list[Shape], arrows: Sequence[Arrow], phrases: list[Line], groups: Sequence[Box] = ()) -> Diagram:
    """Return the diagram of boxes, lines and what is written beside them, in points of type of `USUAL` size.

    `groups` are the frames around several of the boxes.
    """
    without_gaps(arrows)
    lines = LineIndex(arrows)
    named_beside(shapes, lines, phrases)
    named_in_rows(shapes, lines, phrases)
    at_groups(groups, shapes, lines, outer=True)
    at_loose_ends(lines, phrases, shapes)
    at_groups(groups, shapes, lines, outer=False)
    said = beside(phrases, lines)
    linked = _linked(shapes, [each for each in arrows if not _is_tie(each, said.get(id(each), ()))], said)
    linked = replace(linked, shapes=tuple(set_beside(linked.shapes, linked.links, phrases)))
    along = {id(line) for texts in said.values() for text in texts for line in text}
    free = [each for each in phrases if id(each) not in along]
    linked = replace(linked, shapes=tuple(sized_in_rows(linked.shapes, free)))
    found = _without_dots(without_groups(linked))
    often = dict.fromkeys(each.text for each in phrases if _OFTEN.search(each.text))
    told = (f"{each!r} stands beside boxes: what comes so often? it is built once" for each in often)
    shared = dict.fromkeys(each.text for each in phrases if _SHARED.search(each.text))
    apart = (f"{each!r} is written beside boxes: which share their weights? each has its own" for each in shared)
    ties = () if shared else _tied(shapes, arrows)
    return replace(found, asked=(*found.asked, *told, *apart, *ties))


def _tied(shapes: Sequence[Shape], arrows: Sequence[Arrow]) -> Iterator[str]:
    """Yield what is asked of arrows with two heads between boxes: they lead neither way."""
    for each in arrows:
        first, last = each.boxes
        if all(each.heads) and first is not None and last is not None and first != last:
            ends = " and ".join(repr(" ".join(shapes[i].texts)) for i in (first, last))
            yield f"an arrow with two heads joins {ends}: do they share their weights? nothing goes along it"


def _is_tie(line: Arrow, texts: Sequence[Lines]) -> bool:
    """Tell a line without a head that says which layers share their weights: nothing goes along it."""
    return not any(line.heads) and any(_SHARED.search(text_of(each)) for each in texts)


def _is_done(text: str, ends: Sequence[Shape]) -> bool:
    """Tell what is done on the way from one box to another; on a shortcut that is nothing.

    Between boxes of no text, which show tensors, it is what the text says.

    A kind of layer without numbers that a box at an end names too is told of that box, and a sentence tells of layers.
    What joins tensors has one alone to join there: it tells how the arrow comes to its end.
    """
    if len(text.split()) > MOST_WORDS:
        return False
    kind = kind_of(text)
    if posts_of(text) or not any(each.texts for each in ends):
        return True
    if says_join(text):
        return False
    said = [" ".join(each.texts) for each in ends]
    told = any(kind in (kind_of(each), _DOES.get(SIGNS.get(each, ""))) for each in said)
    told = told and not any(map(str.isdigit, text))
    return kind not in ("", "shortcut", "input") and not told


def _linked(shapes: list[Shape], arrows: Sequence[Arrow], beside: dict[int, list[Lines]]) -> Diagram:
    """Return the diagram, from left to right, with a box for what a text beside an arrow says is done on the way."""
    found: list[Link] = []
    left = [shape.box[0] for shape in shapes]
    ways = _into_joins(shapes, links(arrows, [shape.box for shape in shapes], _usual(shapes)))
    for start, end, arrow, handed_on in sorted(ways, key=lambda each: left[each[0]]):
        said, headed = beside.get(id(arrow), []), any(arrow.heads)
        ends = shapes[start], shapes[end]
        for text in [each for each in said if _is_done(text_of(each), ends)]:
            shapes.append(shape_of(*text))
            found.append(Link(start, len(shapes) - 1, headed=headed))
            start = len(shapes) - 1
            said = [each for each in said if each is not text]
        found.append(Link(start, end, " ".join(map(text_of, said)), headed, handed_on))
    return Diagram(tuple(shapes), (*found, *_stacked_on(shapes, found)))


def _usual(shapes: Sequence[Shape]) -> tuple[float, float]:
    """Return how lines without heads lead, across and down: from what comes in to what comes out, as boxes say."""
    said = [(shape, " ".join(shape.texts)) for shape in shapes]
    first = [shape for shape, text in said if _FIRST.search(text) and not _LAST.search(text)]
    last = [shape for shape, text in said if _LAST.search(text) and not _FIRST.search(text)]
    if not first or not last:
        return 1.0, 1.0
    across, down = (
        mean(each.box[axis] + each.box[axis + 2] for each in last)
        - mean(each.box[axis] + each.box[axis + 2] for each in first)
        for axis in (0, 1)
    )
    return (1.0, down) if abs(down) > abs(across) else (across, 1.0)


def _into_joins(shapes: Sequence[Shape], ways: Sequence[Led]) -> Iterator[Led]:
    """Yield the ways between boxes: a line without a head leads from what nothing else leads to into a join.

    That is, where the join has less than two things to join without it.
    """
    starts, ends = Counter(each.start for each in ways), Counter(each.end for each in ways)
    joins = {i for i, each in enumerate(shapes) if says_join(" ".join(each.texts))}
    for each in ways:
        start, end, arrow, _ = each
        lacks = start in joins and ends[start] < 2
        back = lacks and not any(arrow.heads) and end not in joins and ends[end] == 1 and not starts[end]
        yield Led(end, start, arrow) if back else each


def _without_dots(diagram: Diagram) -> Diagram:
    """Return a diagram whose links lead over dots, which stand for more; it is asked how many."""
    shapes, links, asked = diagram.shapes, diagram.links, list(diagram.asked)
    dots = [i for i, each in enumerate(shapes) if is_more(" ".join(each.texts))]
    for i in dots:
        before, after = [each for each in links if each.end == i], [each for each in links if each.start == i]
        over = [replace(a, end=b.end, text=f"{a.text} {b.text}".strip()) for a in before for b in after]
        links = (*(each for each in links if i not in (each.start, each.end)), *over)
        for each in over:
            ends = (repr(" ".join(shapes[end].texts)) for end in (each.start, each.end))
            asked.append(f"dots stand between {' and '.join(ends)}: what do they stand for? nothing is taken")
    return Diagram(shapes, tuple(links), tuple(asked)).without(dots)


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
