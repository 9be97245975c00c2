"""How near what was read is to the truth: boxes, texts, types, sizes, arrows, and all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from extract.diagrams import Diagram
from extract.drawn import layer_of


def figure_score(
    found: Diagram, truth: dict[str, Any], place: Callable[[Sequence[float]], tuple[float, float]], near: float
) -> dict[str, float]:
    """Compare a diagram with the truth about its picture; `place` brings a box of that to its middle in the drawing.

    Boxes are matched one to one where their middles are `near` each other; `nodes` and `edges` are F1 over boxes and
    over directed arrows between matched ones, `texts` and `types` the shares of boxes whose letters, and whose name
    and type are all right, and `exact` is 1 where everything is.
    """
    match: dict[int, str] = {}
    texts = types = 0
    for node in truth["nodes"]:
        x, y = place(node["box"])
        for i, shape in enumerate(found.shapes):
            left, top, right, bottom = shape.box
            if i not in match and max(abs((left + right) / 2 - x), abs((top + bottom) / 2 - y)) < near:
                match[i] = node["id"]
                texts += _letters(shape.texts) == _letters(node["texts"])
                types += layer_of(shape.texts) == layer_of(node["texts"])
                break
    wanted = {(edge["from"], edge["to"]) for edge in truth["edges"]}
    ours = {(match.get(link.start, ""), match.get(link.end, "")) for link in found.links}
    nodes = len(truth["nodes"])
    exact = len(match) == nodes == len(found.shapes) == texts == types and wanted == ours
    return {
        "nodes": 2 * len(match) / (nodes + len(found.shapes)) if nodes else 1.0,
        "texts": texts / nodes,
        "types": types / nodes,
        "edges": 2 * len(wanted & ours) / (len(wanted) + len(ours)) if wanted or ours else 1.0,
        "exact": float(exact),
    }


def _letters(texts: Sequence[str]) -> list[str]:
    return sorted("".join("".join(texts).split()))
