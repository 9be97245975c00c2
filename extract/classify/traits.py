"""What tells figures apart: numbers that follow from a figure's paths, letters, pictures, boxes, arrows and caption."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

from extract.classify.forms import forms_of
from extract.classify.outlines import discs_of, outlines_of
from extract.classify.shades import shades_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import Drawing, Path, Point
from extract.drawings.line_index import BoxIndex
from extract.drawings.strokes import is_head
from extract.pages.page import lines_of, segments
from extract.pages.sheets import Box, Picture
from extract.words.lexicon import kind_of, posts_of

MOST = 1500
"""Paths that are looked at in pairs."""
ROUND = 0.15
"""How far the points of an ellipse are from it at most, as a share of the square of its radius."""
REACH = 3.0
"""Points from an ellipse to the end of a line that leads to it at most."""
_CAPTION = {
    "says_design": r"architectur\w*|structures?|modules?|blocks?|overview|framework|pipeline|schema\w*|illustrat\w+|"
    r"building|topolog\w+|diagram|components?|units?|design\w*|network|encoder|decoder",
    "says_layers": r"networks|models?|layers?|convolution\w*|neural|branch\w*|filters?|pooling|inception|residual",
    "says_result": r"accurac\w+|errors?|performance|results?|compar\w+|curves?|visuali[sz]\w+|examples?|training|"
    r"validation|loss\w*|detections?|samples?|tests?|trade-?off|effects?|evolution|influence|versus|vs|plots?|time|"
    r"statistics|learned|images?|impact|distribution|rates?|number of|function of|data",
}
"""What words in a caption speak for."""
_MODULE = re.compile(
    r"\b(?:(?:auto|pixel|image|text)?-?(?:en|de)coder|generator|discriminator|critic|backbone|attention|attn|mlp|cnn|rnn"
    r"|resnet|transformer|feed[- ]?forward|bi-?lstm|embedding|classifier|feature extractor)s?\b"
    r"|(?<![\dx\u00d7])1?\d ?[x\u00d7] ?1?\d(?![\dx\u00d7])",
    re.IGNORECASE,
)
"""What parts of nets are called that are no layers, and windows, which are layers without their names."""
FIRST, ALL = 10, 40
"""Words at the beginning of a caption, and those of it that are looked at."""
FEW = 8
"""Words from which on a figure has some to speak for it."""


@dataclass(frozen=True)
class Figure:
    """What is known of a figure: its box and caption, its drawing, the pictures in it, its diagram, and its look."""

    box: Box
    caption: str
    drawing: Drawing
    pictures: Sequence[Box]
    diagram: Diagram | None
    look: Picture


def traits_of(figure: Figure) -> dict[str, float]:
    """Return the traits of a figure by their names; counts are logarithms."""
    paths = _of_paths(figure)
    drawn = paths["paths"] > 0 and not paths["bitmap"]
    discs = paths["ellipses"] if drawn else log1p(discs_of(figure.look))  # They are sought only where none are drawn.
    look = {**shades_of(figure.look), **outlines_of(figure.look), "discs": discs}
    seen = {**_of_caption(figure.caption), **look}
    wordless = is_wordless(figure)  # What it looks like, and its caption, then count for more.
    told = {**paths, **_of_words(figure), **_of_diagram(figure.diagram), **seen}
    return {
        **told,
        **forms_of(told),
        "wordless": float(wordless),
        **{f"wordless_{name}": value if wordless else 0.0 for name, value in seen.items()},
    }


def is_wordless(figure: Figure) -> bool:
    """Tell a figure with hardly any words, as far as they are letters and no pixels."""
    return len(figure.drawing.words) < FEW


def _of_paths(figure: Figure) -> dict[str, float]:
    left, top, right, bottom = figure.box
    wide, high = max(1.0, right - left), max(1.0, bottom - top)
    paths = figure.drawing.paths
    boxes = [each.box for each in paths if each.closed and _is_upright(each)][:MOST]
    spread = [(c - a, d - b) for a, b, c, d in boxes]
    large = [box for box, (w, h) in zip(boxes, spread, strict=True) if w > 8 and h > 6]
    lines = [each for each in paths if not each.closed and each.stroked]
    ellipses = [each.box for each in paths if _is_ellipse(each)]
    shown = sum(min(1.0, (c - a) * (d - b) / (wide * high)) for a, b, c, d in figure.pictures)
    return {
        "paths": log1p(len(paths)),
        "boxes": log1p(len(large)),
        "alike": _most_alike([(c - a, d - b) for a, b, c, d in large]),
        "touching": _touching(large),
        "round": log1p(sum(_is_round(each) for each in paths)),
        "ellipses": log1p(_most(ellipses)),
        "wired": log1p(_most(_wired(ellipses, lines))),
        "slanted": log1p(sum(_is_slanted(each) for each in paths)),
        "oblique": log1p(sum(_is_oblique(each) for each in lines)),
        "long": log1p(sum(_is_long(each, wide, high) for each in lines)),
        "bent": log1p(sum(len(each.points) > 12 for each in lines)),
        "heads": log1p(sum(is_head(each) for each in paths)),
        "pictures": min(1.0, shown),
        "parts": log1p(len(figure.pictures)),
        "bitmap": float(shown > 0.5 and len(paths) < 20),
        "flat": log1p(wide / high),
        "tall": log1p(high / wide),
        "size": log1p(wide * high / 10_000),
    }


def _of_words(figure: Figure) -> dict[str, float]:
    words = figure.drawing.words
    numbers = [each for each in words if re.fullmatch(r"[-+\u2212]?[\d.,]+[%kKM]?", each.text)]
    phrases = [part.text for line in (lines_of(words) if words else ()) for part in segments(line, 0.9)]
    named = sum(bool(kind_of(each) or posts_of(each)) for each in phrases)
    sizes = sum(bool(re.search(r"\d\s*[x\u00d7]\s*\d", each)) for each in phrases)
    rows = Counter(round(each.base / 2) for each in numbers)
    columns = Counter(round(each.x1 / 2) for each in numbers)
    return {
        "words": log1p(len(words)),
        "numbers": len(numbers) / max(1, len(words)),
        "named": log1p(named),
        "named_share": named / max(1, len(phrases)),
        "sizes": log1p(sizes),
        "ticks": log1p(max([0, *rows.values()])) + log1p(max([0, *columns.values()])),
    }


def _of_diagram(diagram: Diagram | None) -> dict[str, float]:
    if diagram is None:
        return dict.fromkeys(("shapes", "links", "arrows", "linked", "boxed", "texts", "layers", "modules"), 0.0)
    texts = [" ".join(each.texts) for each in diagram.shapes]
    ends = {end for each in diagram.links for end in (each.start, each.end)}
    layers = sum(bool(kind_of(each) or posts_of(each)) for each in texts)
    return {
        "shapes": log1p(len(texts)),
        "links": log1p(len(diagram.links)),
        "arrows": log1p(sum(each.headed for each in diagram.links)),
        "linked": len(ends) / max(1, len(texts)),
        "boxed": sum(not diagram.shapes[end].bare for end in ends) / max(1, len(ends)),
        "texts": sum(any(map(str.isalpha, each)) for each in texts) / max(1, len(texts)),
        "layers": layers / max(1, len(texts)),
        "modules": log1p(sum(bool(_MODULE.search(each)) for each in texts)),
    }


def _of_caption(caption: str) -> dict[str, float]:
    words = caption.split()[2:]
    traits = {}
    for name, pattern in _CAPTION.items():
        for part, length in (("", ALL), ("_first", FIRST)):
            found = re.findall(rf"\b(?:{pattern})\b", " ".join(words[:length]), re.IGNORECASE)
            traits[name + part] = log1p(len(found))
    return traits


def _most_alike(sizes: Sequence[tuple[float, float]]) -> float:
    """Return which share of boxes has one size."""
    most = Counter((round(w / 3), round(h / 3)) for w, h in sizes).most_common(1)
    return most[0][1] / len(sizes) if len(sizes) > 2 else 0.0


def _touching(boxes: Sequence[Box]) -> float:
    """Return which share of boxes touches or overlaps one of nearly its height or width."""
    close = 0
    for i, a in enumerate(boxes[:200]):
        for j, b in enumerate(boxes[:200]):
            over = a[0] <= b[2] + 1 and b[0] <= a[2] + 1 and a[1] <= b[3] + 1 and b[1] <= a[3] + 1
            within = a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]
            if i != j and over and not within:
                close += 1
                break
    return close / max(1, min(200, len(boxes)))


def _corners(path: Path) -> list[tuple[float, float]]:
    """Return the corners of a path that has no more than four; of others some more than that."""
    found: dict[tuple[float, float], None] = {}
    for x, y in path.points:
        found[round(x, 1), round(y, 1)] = None
        if len(found) > 4:
            break
    return list(found)


def _is_upright(path: Path) -> bool:
    corners = _corners(path)
    return len(corners) == 4 and all(abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5 for a, b in pairwise(corners))


def _is_slanted(path: Path) -> bool:
    """Tell a parallelogram with two slanted sides: the face of a cuboid, or a sheet that is seen from the side."""
    corners = _corners(path)
    if not path.closed or len(corners) != 4 or is_head(path):
        return False
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*corners, corners[0]])]
    slanted = sum(abs(x) > 1.5 and abs(y) > 1.5 for x, y in sides)
    return slanted in (2, 4) and abs(sides[0][0] + sides[2][0]) < 1.5 and abs(sides[0][1] + sides[2][1]) < 1.5


def _most(boxes: Sequence[Box]) -> int:
    """Return how many boxes of one size there are, of the size that most have."""
    return max(Counter((round((c - a) / 2), round((d - b) / 2)) for a, b, c, d in boxes).values(), default=0)


def _wired(ellipses: Sequence[Box], lines: Sequence[Path]) -> list[Box]:
    """Return the ellipses at which at least two oblique lines end, as they do at neurons."""
    wires = [each.points for each in lines if _goes_aside(each.points[0], each.points[-1])]
    ends = BoxIndex([(*end, *end) for points in wires for end in (points[0], points[-1])])
    return [each for each in dict.fromkeys(ellipses) if len(ends.touching(each, REACH)) > 1]


def _is_ellipse(path: Path) -> bool:
    """Tell an outline, of the size of a neuron, all points of which are on the ellipse in the box around it."""
    left, top, right, bottom = path.box
    x0, y0, wide, high = (left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2
    in_size = 2 < wide < 45 and 2 < high < 45 and wide < 3 * high < 9 * wide
    if not in_size or not (path.closed or path.filled) or len(path.points) <= 8:
        return False
    return all(abs(((x - x0) / wide) ** 2 + ((y - y0) / high) ** 2 - 1) < ROUND for x, y in path.points)


def _is_round(path: Path) -> bool:
    left, top, right, bottom = path.box
    wide, high = right - left, bottom - top
    return path.closed and len(path.points) > 12 and 2 < wide < 60 and abs(wide - high) < 0.1 * max(wide, high)


def _is_oblique(path: Path) -> bool:
    return len(path.points) == 2 and _goes_aside(*path.points)


def _goes_aside(start: Point, end: Point) -> bool:
    return min(abs(end[0] - start[0]), abs(end[1] - start[1])) > 3


def _is_long(path: Path, wide: float, high: float) -> bool:
    """Tell a straight line across or down a good part of a figure, as axes and grids are."""
    left, top, right, bottom = path.box
    flat, upright = bottom - top < 1, right - left < 1
    return len(path.points) <= 3 and ((flat and right - left > 0.25 * wide) or (upright and bottom - top > 0.4 * high))
