"""What a figure or table shows: a design, and how it is drawn or laid out, or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

from extract.classify.forms import is_sure, kind_by
from extract.classify.traits import Figure, is_wordless, traits_of
from extract.columns.table_design import TableDesign
from extract.words.lexicon import kind_of, posts_of

MODEL = Path(__file__).with_name("kinds.json")

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


def figure_kind(figure: Figure) -> Kind:
    """Return how a figure draws a design, if it shows one."""
    return likely(traits_of(figure), model())


SURE = 0.995
"""How likely it must be whether a figure shows a design, so that it is not read as it looks to know better."""


def is_doubtful(figure: Figure, kind: Kind) -> bool:
    """Tell a figure with hardly any words that may show a design or not."""
    return is_wordless(figure) and kind.confidence < SURE


@cache
def model() -> dict[str, Any]:
    """Return the numbers by which figures with designs are told; `benchmarks/kinds.py` trains and reports them."""
    held: dict[str, Any] = json.loads(MODEL.read_text("utf-8"))
    return held


def likely(traits: dict[str, float], numbers: dict[str, Any]) -> Kind:
    """Return the likeliest kind: whether there is a design is told by numbers, and how it is drawn by rules."""
    shows, share = likeliest(traits, numbers)
    if shows != "design" and is_sure(traits):
        shows, share = "design", 1 - share
    return Kind(kind_by(traits) if shows == "design" else NONE.name, round(share, 2))


def likeliest(traits: dict[str, float], numbers: dict[str, Any]) -> tuple[str, float]:
    """Return a class and its share by a logistic regression over traits that have mean 0 and scale 1."""
    ready = [
        (traits[name] - mean) / scale
        for name, mean, scale in zip(numbers["traits"], numbers["mean"], numbers["scale"], strict=True)
    ]
    scores = [
        bias + sum(weight * value for weight, value in zip(weights, ready, strict=True))
        for weights, bias in zip(numbers["weights"], numbers["bias"], strict=True)
    ]
    shares = [exp(score - max(scores)) for score in scores]
    best, name = max(zip(shares, numbers["classes"], strict=True))
    return name, best / sum(shares)
