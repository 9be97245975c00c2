"""How near what was read is to the truth: boxes, texts, types, sizes, arrows, and all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any

from extract.drawings.diagrams import Diagram
from extract.drawings.drawn import DrawnLayer, layer_of


def figure_score(
    found: Diagram, truth: dict[str, Any], place: Callable[[Sequence[float]], tuple[float, float]], near: float
) -> dict[str, float]:
    """Compare a diagram with the truth about its picture; `place` brings a box of that to its middle in the drawing.

    Boxes are matched one to one where their middles are `near` each other. `nodes`, `edges` and `undirected` are F1
    over boxes and over arrows between matched ones, with and without their direction; `texts` is the share of boxes
    whose letters are all right, `types` of those whose name and type are, `params` F1 over what is said of each, as
    (box, key, value), and `exact` is 1 where everything is right.
    """
    match = _matched(found, truth, place, near)
    nodes = {node["id"]: node for node in truth["nodes"]}
    ours = {match[i]: shape.texts for i, shape in enumerate(found.shapes) if i in match}
    texts = sum(_letters(said) == _letters(nodes[key]["texts"]) for key, said in ours.items())
    read = {key: layer_of(said) for key, said in ours.items()}
    meant = {key: layer_of(node["texts"]) for key, node in nodes.items()}
    types = sum((layer.name, layer.type) == (meant[key].name, meant[key].type) for key, layer in read.items())
    wanted = {(edge["from"], edge["to"]) for edge in truth["edges"]}
    drawn = {(match.get(link.start, ""), match.get(link.end, "")) for link in found.drawn}
    is_exact = len(nodes) == len(found.shapes) == texts and wanted == drawn and read == meant
    return {
        "nodes": 2 * len(match) / (len(nodes) + len(found.shapes)) if nodes else 1.0,
        "texts": texts / len(nodes),
        "types": types / len(nodes),
        "params": _f1(_params(meant), _params(read)),
        "edges": _f1(wanted, drawn),
        "undirected": _f1({frozenset(edge) for edge in wanted}, {frozenset(edge) for edge in drawn}),
        "exact": float(is_exact),
    }


def _matched(
    found: Diagram, truth: dict[str, Any], place: Callable[[Sequence[float]], tuple[float, float]], near: float
) -> dict[int, str]:
    """Return the box of the truth that each box stands for."""
    match: dict[int, str] = {}
    for node in truth["nodes"]:
        x, y = place(node["box"])
        for i, shape in enumerate(found.shapes):
            left, top, right, bottom = shape.box
            if i not in match and max(abs((left + right) / 2 - x), abs((top + bottom) / 2 - y)) < near:
                match[i] = node["id"]
                break
    return match


def _params(layers: dict[str, DrawnLayer]) -> set[tuple[str, str, Any]]:
    return {(box, key, value) for box, layer in layers.items() for key, value in layer.params.items()}


def _f1(wanted: Set[Any], found: Set[Any]) -> float:
    return 2 * len(wanted & found) / (len(wanted) + len(found)) if wanted or found else 1.0


def _letters(texts: Sequence[str]) -> list[str]:
    return sorted("".join("".join(texts).split()))
