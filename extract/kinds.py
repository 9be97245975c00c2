"""What a figure or table shows: a design, and how it is drawn or laid out, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extract.diagrams import Diagram
from extract.finding import Place
from extract.layouts import TableDesign
from extract.lexicon import kind_of, posts_of

FIGURES = ("neurons", "box2d", "stacked2d", "box3d", "pipeline")
"""The kinds of figures that show a design."""
TABLES = ("rows", "columns", "stages", "variants", "expanded", "modules")
"""The layouts of tables that show one: a layer a row, a layer a column, bracketed blocks with how often they come,
designs side by side, rows of inverted bottlenecks with how often they come, and a module a row with its branches."""


@dataclass(frozen=True)
class Kind:
    """What something shows, one of `FIGURES`, of `TABLES`, or "none", and how sure that is, from 0 to 1."""

    name: str
    confidence: float


NONE = Kind("none", 1.0)


def table_kind(designs: Sequence[TableDesign]) -> Kind:
    """Return the layout of a table from the designs that were read out of it."""
    if not designs:
        return NONE
    readings = [each for design in designs for each in design.readings]
    named = sum(bool(kind_of(each.text) or posts_of(each.text) or each.params) for each in readings)
    sure = round(named / max(1, len(readings)), 2)
    if any(each.block for each in readings):
        return Kind("stages", sure)
    if len(designs) == 1 and any("expand" in each.params or each.kind == "mbconv" for each in readings):
        return Kind("expanded", sure)
    if any(each.kind in ("inception", "fire") for each in readings):
        return Kind("modules", sure)
    return Kind(designs[0].layout, sure)


def figure_kind(page: Any, place: Place, diagram: Diagram) -> Kind:
    """Return how a figure draws a design, if it shows one."""
    texts = [" ".join(each.texts) for each in diagram.shapes]
    named = sum(bool(kind_of(each) or posts_of(each)) for each in texts)
    if len(diagram.links) >= 2 and named >= max(2, 0.3 * len(texts)):
        return Kind("box2d", 0.7)
    return NONE
