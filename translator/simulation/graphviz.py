"""Run Graphviz, and find in its account where each box and arrow is, in pixels of the picture."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from translator.simulation.picture import Picture

MARGIN = 4.0
"""Points of border that Graphviz adds around a picture."""
POINTS = 72
"""Points of an inch, in which Graphviz counts."""
LARGEST = 32_000
"""Pixels of a side at most: cairo's pictures have 32,767, and Graphviz draws others smaller without a word."""
SECONDS = 60
"""How long a picture may take."""


class DrawingError(Exception):
    """Graphviz is not there, or cannot lay a picture out."""


def render(picture: Picture, formats: Sequence[str] = ("png",)) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return a picture in some formats, and the truth about it: style, boxes and arrows.

    Right-angled lines of Graphviz 2.43 crash on some graphs; such a one is drawn with curves, and its style says so.
    One that would have more than `LARGEST` pixels across is drawn with fewer dots of an inch, which its style says too.
    """
    if shutil.which("dot") is None:
        raise DrawingError("pictures need Graphviz (`dot`), a system package")
    try:
        files, account = _run(picture, formats)
    except DrawingError:
        if "splines" not in picture.attributes:
            raise
        attributes = {key: value for key, value in picture.attributes.items() if key != "splines"}
        picture = replace(picture, attributes=attributes, style={**picture.style, "splines": "true"})
        files, account = _run(picture, formats)
    facts = truth(picture, account)
    if max(facts["size"]) > LARGEST:
        dpi = int(float(picture.attributes["dpi"]) * LARGEST / max(facts["size"]))
        attributes = {**picture.attributes, "dpi": str(dpi)}
        picture = replace(picture, attributes=attributes, style={**picture.style, "dpi": dpi})
        files, account = _run(picture, formats)
        facts = truth(picture, account)
    return files, facts


def _run(picture: Picture, formats: Sequence[str]) -> tuple[dict[str, bytes], dict[str, Any]]:
    with TemporaryDirectory(prefix="dot") as name:
        folder = Path(name)
        outputs = [part for each in (*formats, "json0") for part in (f"-T{each}", "-o", str(folder / each))]
        try:
            text = picture.dot().encode()
            done = subprocess.run(["dot", *outputs], input=text, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise DrawingError(f"Graphviz took more than {SECONDS} s") from None
        if done.returncode:
            raise DrawingError(f"Graphviz failed: {done.stderr.decode(errors='replace')[:200]}")
        return {each: (folder / each).read_bytes() for each in formats}, json.loads((folder / "json0").read_text())


def truth(picture: Picture, account: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is in a picture and where, from what Graphviz says of it."""
    scale = float(picture.attributes["dpi"]) / POINTS
    left, bottom, right, top = map(float, account["bb"].split(","))

    def place(x: float, y: float) -> list[float]:
        return [round((x - left + MARGIN) * scale, 1), round((top - y + MARGIN) * scale, 1)]

    drawn = {each["name"]: each for each in account.get("objects", ())}
    nodes = []
    for box in picture.boxes:
        found = drawn[box.key]
        x, y = map(float, found["pos"].split(","))
        wide, high = (float(found[side]) * POINTS / 2 for side in ("width", "height"))
        corners = [*place(x - wide, y + high), *place(x + wide, y - high)]
        entry = {"id": box.key, "stands_for": box.stands_for, "name": box.name, "type": box.type}
        nodes.append({**entry, "texts": list(box.texts), "box": corners})
    size = [round((right - left + 2 * MARGIN) * scale), round((top - bottom + 2 * MARGIN) * scale)]
    return {"style": dict(picture.style), "size": size, "nodes": nodes, "edges": _edges(picture, account, place)}


def _edges(picture: Picture, account: Mapping[str, Any], place: Any) -> list[dict[str, Any]]:
    """Return every arrow; of one that is drawn together with others the way may be there in part, or not at all."""
    names = [each["name"] for each in account.get("objects", ())]
    ways: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in account.get("edges", ()):
        ways.setdefault((names[each["tail"]], names[each["head"]]), []).append(each)
    edges = []
    for arrow in picture.arrows:
        way = (ways.get((arrow.start, arrow.end)) or [{}]).pop(0)
        edge: dict[str, Any] = {"from": arrow.start, "to": arrow.end}
        if arrow.text:
            edge["text"] = arrow.text
        if "pos" in way:
            edge["way"] = _way(way["pos"], place)
        if "lp" in way:
            edge["text_at"] = place(*map(float, way["lp"].split(",")))
        edges.append(edge)
    return edges


def _way(text: str, place: Any) -> list[list[float]]:
    """Return the points of a curve from the start of an arrow to its tip, piece after piece."""
    return [point for piece in text.split(";") for point in _piece(piece, place)]


def _piece(text: str, place: Any) -> list[list[float]]:
    """Return the points of a piece of a curve, whose start and tip Graphviz names in front of the others."""
    points: list[list[float]] = []
    ends: dict[str, list[float]] = {}
    for part in text.split():
        *mark, x, y = part.split(",")
        if mark:
            ends[mark[0]] = place(float(x), float(y))
        else:
            points.append(place(float(x), float(y)))
    return [*([ends["s"]] if "s" in ends else []), *points, *([ends["e"]] if "e" in ends else [])]
