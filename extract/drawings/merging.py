"""What stands beside an arrow of how it joins what leads to its end too: a sign, or a word, and no layer on the way."""

from __future__ import annotations

from dataclasses import replace

from extract.drawings.diagrams import Diagram, Link, Shape
from extract.words.families import JOINS
from extract.words.lexicon import SIGNS, kind_of


def says_join(text: str) -> bool:
    """Tell a text that names what joins tensors."""
    return text in SIGNS or kind_of(text) in JOINS


def with_joins(diagram: Diagram) -> Diagram:
    """Return a diagram with a box for what arrows say of how they join what leads to a box that is no join itself."""
    shapes, links = list(diagram.shapes), list(diagram.links)
    for end, shape in enumerate(diagram.shapes):
        into = [each for each in links if each.end == end]
        said = next((each.text for each in into if says_join(each.text)), "")
        if not said:
            continue
        links = [replace(each, text="") if each.end == end and says_join(each.text) else each for each in links]
        if len(into) > 1 and not says_join(" ".join(shape.texts)):
            links = [replace(each, end=len(shapes)) if each.end == end else each for each in links]
            links.append(Link(len(shapes), end))
            shapes.append(Shape(shape.box, (said,)))
    return replace(diagram, shapes=tuple(shapes), links=tuple(links))
