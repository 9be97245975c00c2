"""The diagram that a figure of a paper shows, however it is drawn: as lines, as volumes, as a picture, as a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.classify.traits import Figure
from extract.drawings.chains import chain_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import Drawing, DrawingError
from extract.drawings.figures import MOST_DRAWN, diagram_in, is_picture
from extract.opening import Paper, corner_of, looked, pictured, standing
from extract.pages.finding import Place
from extract.pages.page import Line, lines_of, segments
from extract.pages.sheets import Box
from extract.spatial.neurons import wired
from extract.spatial.perspective import has_volumes, in_perspective
from extract.spatial.piles import piled

FEW = 3
"""Arrows of a figure of which fewer may be none, where its texts tell more stages."""
SLANTED = 9
"""Slanted lines at least of volumes that are drawn without outlines: three of each, and three of them."""
CAPITALS = 0.72
"""How high capital letters are, as a share of the size of their type."""


def diagram_of(paper: Paper, place: Place, figure: Figure) -> Diagram | None:
    """Return the diagram of a figure, None where it shows none."""
    diagram = figure.diagram
    volumes = None if diagram is not None and diagram.is_told else _standing(paper, place, figure)
    if volumes is not None:
        diagram = volumes
    elif diagram is None or not diagram.links or not any(each.texts for each in diagram.shapes):
        diagram = _spelled(figure) or _reworded(paper, place, figure) or _told(diagram, _seen(paper, place))
    if volumes is not None or diagram is None or len(diagram.links) < FEW:
        chain = chain_of(_phrases(paper, place, figure))
        most = len(diagram.links) * (1.5 if volumes is not None else 2) if diagram is not None else 0
        diagram = chain if chain and (diagram is None or len(chain.links) > most) else diagram
    return diagram


def _standing(paper: Paper, place: Place, figure: Figure) -> Diagram | None:
    """Return the diagram of volumes, those without words with what is read of their look, of a pile, or of neurons."""
    if is_picture(figure.pictures, place.box):
        return standing(paper, place)
    if figure.drawing.words or not has_volumes(figure.drawing):
        found = in_perspective(figure.drawing) or piled(figure.drawing) or wired(figure.drawing)
        return standing(paper, place, figure.drawing.words) if found is None and _is_loose(figure) else found
    read = pictured(paper, place)
    return in_perspective(_with_words(figure.drawing, read[1])) if read is not None else None


def _is_loose(figure: Figure) -> bool:
    """Tell a drawing of slanted lines without outlines, whose faces its look alone shows."""
    spans = [each.box for each in figure.drawing.paths if not each.closed and len(each.points) == 2]
    slanted = sum(x1 - x0 > 2 and y1 - y0 > 2 for x0, y0, x1, y1 in spans)
    closed = sum(each.closed for each in figure.drawing.paths)
    return slanted >= SLANTED and 2 * closed < slanted and len(figure.drawing.paths) <= MOST_DRAWN


def _with_words(drawing: Drawing, lines: Sequence[Line]) -> Drawing:
    """Return a drawing with words that are read of its look: how high their letters are tells their size."""
    return replace(
        drawing, words=tuple(replace(word, size=word.size / CAPITALS) for line in lines for word in line.words)
    )


def _phrases(paper: Paper, place: Place, figure: Figure) -> list[Line]:
    """Return the texts of a figure: those of its letters, or what is read of it as a picture."""
    if figure.drawing.words:
        return [part for line in lines_of(figure.drawing.words) for part in segments(line, 0.9)]
    if (look := looked(paper, place)) is None:
        return []
    from extract.raster.figure import phrases_of_seen
    from extract.raster.reading import NoReaderError

    seen, scale = look
    try:
        found = phrases_of_seen(seen)
    except (DrawingError, NoReaderError):
        return []
    return [each.placed(1 / scale, *corner_of(paper, place)) for each in found]


def _spelled(figure: Figure) -> Diagram | None:
    """Return the diagram of a drawing whose letters are outlines, if it holds any that say something in boxes."""
    from extract.raster.outlined import with_words
    from extract.raster.reading import NoReaderError

    if figure.drawing.words:
        return None
    try:
        found = diagram_in(with_words(figure.drawing))
    except (NoReaderError, ImportError):
        return None
    return found if found and found.links and any(each.texts for each in found.shapes) else None


def _reworded(paper: Paper, place: Place, figure: Figure) -> Diagram | None:
    """Return the diagram of a drawing with the words that are read of its look, where it says something in each box."""
    read = pictured(paper, place) if figure.diagram is not None and figure.diagram.links else None
    if read is None:
        return None
    found = diagram_in(_with_words(figure.drawing, read[1]))
    return found if found and found.links and all(each.texts for each in found.shapes) else None


def _seen(paper: Paper, place: Place) -> Diagram | None:
    read = pictured(paper, place)
    return read[0] if read else None


def _told(drawn: Diagram | None, seen: Diagram | None) -> Diagram | None:
    """Return a diagram whose letters are outlines with the texts that are seen in its boxes, or else what is seen."""
    if drawn is None or seen is None or not drawn.links:
        return seen or drawn

    def texts_in(box: Box) -> tuple[str, ...]:
        middles = [((each.box[0] + each.box[2]) / 2, (each.box[1] + each.box[3]) / 2) for each in seen.shapes]
        inside = [box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in middles]
        return tuple(text for each, fits in zip(seen.shapes, inside, strict=True) if fits for text in each.texts)

    return replace(drawn, shapes=tuple(replace(each, texts=texts_in(each.box)) for each in drawn.shapes))
