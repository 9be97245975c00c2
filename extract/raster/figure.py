"""The diagram that a picture of pixels shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extract.drawings.arrows import Arrow, Box, scaled
from extract.drawings.boxes_and_arrows import joined
from extract.drawings.diagrams import USUAL, Diagram, Shape
from extract.drawings.drawing import DrawingError
from extract.drawings.drawn import is_by_hand, is_named
from extract.pages.page import Line, Word, segments
from extract.pages.page import lines_of as lines_read
from extract.raster.block_arrows import block_arrows, led_by, without_cells
from extract.raster.cells import Cell
from extract.raster.digits import with_digits
from extract.raster.faces import drawing_of
from extract.raster.glyphs import glyphs_of, kinds_of
from extract.raster.heads import Lines, lines_of
from extract.raster.ink import LETTER, Ink, ink_of
from extract.raster.letters import Strip, strips_beside, strips_of
from extract.raster.picture import Gray
from extract.raster.reading import read_lines, surest, tesseract, without_doubtful
from extract.raster.regions import Boxes, boxes_of, upright
from extract.raster.respelling import respelt
from extract.raster.short_arrows import with_short_arrows
from extract.raster.signs import bridges, signed
from extract.raster.spelling import agreed, mended, numbered
from extract.raster.tracing import arrows_of
from extract.raster.turned import DOWN, FEWEST, UP
from extract.spatial.neurons import wired
from extract.spatial.perspective import in_perspective
from extract.spatial.piles import piled

MOST_LINES = 3_000
"""Lines of text of a picture at most: Tesseract takes 10 ms for each."""
FEW_PIXELS = 8
"""Pixels that a capital letter of a picture is high at most of which some may be misread."""
COLUMN = 1.6
"""How wide lines are at most that may be letters of one that runs up or down, by how high a capital letter is."""
TALL = 2.5
"""How much higher than wide a box is in which two letters may run up or down."""
POINTS = 0.5
"""Points of a pixel at the scale of `Ink`."""


@dataclass(frozen=True)
class Seen:
    """What is seen of a picture before any letter is read: its marks, its boxes and its lines."""

    ink: Ink
    boxes: Boxes
    lines: Lines
    arrows: tuple[Arrow, ...]

    @property
    def led(self) -> int:
        """How many arrows lead from box to box."""
        return sum(None not in each.boxes for each in self.arrows)


def seen_of(gray: Gray) -> Seen:
    """Return what is seen of a picture. Raises DrawingError where that is no letters, or more than a diagram has.

    Areas of one shade are boxes where arrows lead between boxes, more than without them: else they are what is drawn
    in perspective.
    """
    ink, cells = upright(ink_of(gray))
    bordered = [each for each in cells if not each.border]
    seen = _seen(ink, cells)
    if len(bordered) == len(cells) or 2 * seen.led >= len(seen.boxes.nodes):
        return seen
    without = _seen(ink, bordered)
    return seen if seen.led > without.led else without


def _seen(ink: Ink, cells: Sequence[Cell]) -> Seen:
    blocks = block_arrows(ink)
    boxes = boxes_of(ink, without_cells(cells, blocks))
    led = led_by(blocks, boxes, ink.gray)
    lines = lines_of(ink, boxes, [block for block, _ in led])
    arrows = with_short_arrows([*arrows_of(lines, boxes.zones), *(arrow for _, arrow in led)], ink.dark, boxes.nodes)
    pairs = {frozenset(each.boxes) for each in arrows}
    arrows += (each for each in bridges(ink.dark, boxes.nodes) if frozenset(each.boxes) not in pairs)
    return Seen(ink, boxes, lines, tuple(arrows))


def diagram_of_picture(gray: Gray) -> Diagram:
    """Return the diagram that a picture shows, in its pixels. Raises as `seen_of` and `read_seen` do."""
    seen = seen_of(gray)
    found, lines = read_seen(seen)
    if found.is_joined:
        return (neurons_of_seen(seen, lines) if found.is_mute else None) or found
    return volumes_of_seen(seen, lines) or found


def volumes_of_seen(seen: Seen, lines: Sequence[Line]) -> Diagram | None:
    """Return the diagram of a picture of volumes, of boxes in a pile, or of neurons, or None; a turned one is none.

    `lines` are all that is written in it, in the pixels of its file.
    """
    if abs(seen.ink.back[0, 1]) > 1e-9:
        return None
    drawing = drawing_of(seen.ink, seen.lines.width, lines)
    found = in_perspective(drawing)
    if found is not None and seen.lines.heads.any():
        told = "arrows between the volumes of a picture are not followed: do they lead to the right? it is taken so"
        found = replace(found, asked=(*found.asked, told))
    return found or piled(drawing) or wired(drawing)


def neurons_of_seen(seen: Seen, lines: Sequence[Line]) -> Diagram | None:
    """Return the diagram of a picture of neurons, or None; `lines` are as for `volumes_of_seen`."""
    return wired(drawing_of(seen.ink, seen.lines.width, lines))


def read_seen(seen: Seen) -> tuple[Diagram, list[Line]]:
    """Return the diagram of what is seen of a picture, and all that is written in it, in the pixels of its file.

    Raises DrawingError where that is more than a diagram has, and NoReaderError where Tesseract is not installed.
    """
    ink, boxes, lines = seen.ink, seen.boxes, seen.lines
    arrows = [
        Arrow([(x * POINTS, y * POINTS) for x, y in each.points], list(each.boxes), heads=list(each.heads))
        for each in seen.arrows
    ]
    held = [[strip for cell in node.cells for strip in _upright(cell, ink)] for node in boxes.nodes]
    beside = list(strips_beside(ink.gray, lines.beside(seen.arrows)))
    if sum(map(len, held)) + len(beside) > MOST_LINES:
        raise DrawingError(f"has more than {MOST_LINES} lines of text")
    texts = iter(_texts([*held, beside], ink))
    said = agreed([tuple(numbered(text) for _ in group if (text := next(texts))) for group in held])
    shapes = [
        Shape(scaled(node.box, POINTS), signed(texts, ink.dark, node.box, ink.gray))
        for node, texts in zip(boxes.nodes, said, strict=True)
    ]
    spoken = [_phrase(strip, text).words[0] for strip in beside if (text := next(texts))]
    phrases = [part for line in (lines_read(spoken) if spoken else ()) for part in segments(line, 0.9)]
    inside = [
        (strip, text) for group, of in zip(held, said, strict=True) for strip, text in zip(group, of, strict=False)
    ]
    free = [(each, each.text) for each in phrases]
    found = joined(shapes, arrows, phrases)
    placed = (replace(each, box=ink.in_file(scaled(each.box, 1 / POINTS))) for each in found.shapes)
    written = [_placed(ink, strip.box, text) for strip, text in inside]
    written += [_placed(ink, scaled((a.x0, a.top, a.x1, a.bottom), 1 / POINTS), text) for a, text in free]
    asked = (*found.asked, *_small_letters(ink)) if found.links else found.asked
    return replace(found, shapes=tuple(placed), asked=asked), [each for each in written if each.text.strip()]


def _small_letters(ink: Ink) -> Iterator[str]:
    """Yield what is asked of letters that have so few pixels that some of them may be others."""
    high = round(LETTER * float(np.hypot(*ink.back[:, 0])))
    if high <= FEW_PIXELS:
        yield f"letters of the picture are {high} pixels high: are some misread? they are taken as they were read"


def _upright(cell: Cell, ink: Ink) -> Sequence[Strip]:
    """Return the lines of text in a cell, those that run up or down in the way in which they are read best.

    Short lines below each other may be the letters of one that does.
    """
    strips = without_doubtful(list(strips_of(cell, ink)))
    ways = [strips]
    if not any(each.turned for each in strips):
        left, top, right, bottom = cell.box
        few = 2 if bottom - top > TALL * (right - left) else FEWEST
        if len(strips) < few or any(each.box[2] - each.box[0] > COLUMN * LETTER for each in strips):
            return strips
        ways.append(list(strips_of(cell, ink, UP, sure=True)))
    return surest([*ways, list(strips_of(cell, ink, DOWN, sure=True))])


def _placed(ink: Ink, box: Box, text: str) -> Line:
    """Return a text where it stands in the picture's file."""
    x0, top, x1, bottom = ink.in_file(box)
    return Line((Word(text, x0, top, x1, bottom, bottom - top, bottom),))


def phrases_of_seen(seen: Seen) -> list[Line]:
    """Return the texts that stand in a picture outside of boxes, in its pixels. Raises as `read_seen` does."""
    ink = seen.ink
    strips = list(strips_beside(ink.gray, seen.lines.letters))
    if len(strips) > MOST_LINES:
        raise DrawingError(f"has more than {MOST_LINES} lines of text")
    texts = [mended(text) for text in read_lines(strips)]  # Of so few signs nothing is learnt.
    found = zip((replace(strip, box=ink.in_file(strip.box)) for strip in strips), texts, strict=True)
    return [_phrase(strip, text, 1.0) for strip, text in found if text.strip()]


def _texts(groups: Sequence[Sequence[Strip]], ink: Ink) -> list[str]:
    """Return the texts of lines, which are given by boxes, and at last those beside them.

    Signs are read by each other where a program drew the picture: people write too little in one type for that.
    """
    strips = [strip for group in groups for strip in group]
    kinds = kinds_of([list(glyphs_of(strip, ink)) for strip in strips])
    alike = kinds.alike()
    with tesseract() as reader:

        def read(numbers: Sequence[int], scale: float, without: str) -> list[str]:
            return [mended(text) for text in reader((strips[number].scaled(scale) for number in numbers), without)]

        first = sorted(set(alike))
        said = dict(zip(first, read(first, 1.0, ""), strict=True))

        def again(numbers: Sequence[int], scale: float, without: str) -> list[str]:
            is_first = scale == 1 and not without and all(number in said for number in numbers)
            return [said[number] for number in numbers] if is_first else read(numbers, scale, without)

        lines = iter(alike)
        boxes = [texts for group in groups[:-1] if (texts := [said[next(lines)] for _ in group])]
        by_hand = is_by_hand(boxes) and 2 * sum(map(is_named, boxes)) < len(boxes)
        texts = [said[number] for number in alike] if by_hand else [mended(text) for text in respelt(kinds, again)]
        return with_digits(texts, read)


def _phrase(strip: Strip, text: str, points: float = POINTS) -> Line:
    x0, top, x1, bottom = scaled(strip.box, points)
    size = max(USUAL, bottom - top) if points == POINTS else bottom - top
    return Line((Word(text, x0, top, x1, bottom, size, bottom),))
