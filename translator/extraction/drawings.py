"""Drawings of the report as SVG: what was recognised over a figure, and the graph of a design."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

from extract.pages.sheets import Box
from ir.graph import Graph
from translator.extraction.crops import EDGE

WIDE, HIGH, APART = 190, 24, 14
"""Width and height of a layer's box, and the space between boxes."""
MOST = 1200
"""Layers of a graph that is drawn at most."""
MARK = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0,0 L8,4 L0,8 z" fill="{0}"/></marker></defs>'
)


def over_figure(entry: dict[str, Any], picture: str) -> str:
    """Return a picture of a figure or table with what was recognised drawn over it, from its entry in the index."""
    x0, y0, x1, y1 = entry["box"]
    left, top = x0 - EDGE, y0 - EDGE
    width, height = x1 - x0 + 2 * EDGE, y1 - y0 + 2 * EDGE
    parts = [
        f'<svg viewBox="0 0 {width:.1f} {height:.1f}" width="{1.6 * width:.0f}" xmlns="http://www.w3.org/2000/svg">',
        MARK.format("#d33"),
        f'<image href="{picture}" width="{width:.1f}" height="{height:.1f}" preserveAspectRatio="none"/>',
    ]
    for each in entry["elements"]:
        a, b, c, d = each["box"]
        place = f'x="{a - left:.1f}" y="{b - top:.1f}" width="{c - a:.1f}" height="{d - b:.1f}"'
        parts.append(
            f'<rect {place} fill="#38f" fill-opacity=".14" stroke="#06c" stroke-width=".7">'
            f"<title>{escape(each['text'])}</title></rect>"
        )
    boxes = [each["box"] for each in entry["elements"]]
    for start, end in entry["links"]:
        (ax, ay), (bx, by) = _facing(boxes[start], boxes[end])
        parts.append(
            f'<line x1="{ax - left:.1f}" y1="{ay - top:.1f}" x2="{bx - left:.1f}" y2="{by - top:.1f}" '
            'stroke="#d33" stroke-width=".8" marker-end="url(#head)"/>'
        )
    return "".join([*parts, "</svg>"])


def _facing(a: Box, b: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the points of two boxes that an arrow between them joins: the middles of the sides that face."""
    middle_a, middle_b = ((a[0] + a[2]) / 2, (a[1] + a[3]) / 2), ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)
    if b[1] >= a[3] or b[3] <= a[1]:
        down = b[1] >= a[3]
        return (middle_a[0], a[3] if down else a[1]), (middle_b[0], b[1] if down else b[3])
    right = middle_b[0] >= middle_a[0]
    return (a[2] if right else a[0], middle_a[1]), (b[0] if right else b[2], middle_b[1])


def graph_svg(graph: Graph) -> str:
    """Return a drawing of a graph from the top down: each layer below all that it takes."""
    if len(graph.nodes) > MOST:
        return f"<p>{len(graph.nodes)} layers: too many to be drawn.</p>"
    places = _places(graph)
    width = max((x for x, _ in places.values()), default=0) + WIDE + APART
    height = max((y for _, y in places.values()), default=0) + HIGH + APART
    head = f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" xmlns="http://www.w3.org/2000/svg">'
    return "".join([head, MARK.format("#555"), *_arrows(graph, places), *_boxes(graph, places), "</svg>"])


def _places(graph: Graph) -> dict[str, tuple[int, int]]:
    """Return the upper left corners of the boxes of inputs and layers, by name."""
    depth = {each.name: 0 for each in graph.inputs}
    for node in graph.nodes:
        depth[node.name] = 1 + max((depth.get(ref.node, 0) for ref in node.inputs), default=0)
    rows: dict[int, list[str]] = defaultdict(list)
    for name, row in depth.items():
        rows[row].append(name)
    step, widest = WIDE + APART, max(map(len, rows.values()), default=0)
    return {
        name: (APART + (widest - len(names)) * step // 2 + i * step, APART + row * (HIGH + APART))
        for row, names in rows.items()
        for i, name in enumerate(names)
    }


def _boxes(graph: Graph, places: dict[str, tuple[int, int]]) -> Iterator[str]:
    texts = {each.name: f"{each.name}: input" for each in graph.inputs}
    texts |= {node.name: f"{node.name}: {type(node.layer).__name__}" for node in graph.nodes}
    stated = {node.name: ", ".join(f"{k}={v}" for k, v in node.layer.stated().items()) for node in graph.nodes}
    for name, (x, y) in places.items():
        yield (
            f'<g><rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4" fill="#eef4ff" stroke="#69c"/>'
            f'<text x="{x + WIDE / 2:.0f}" y="{y + 16}" font-size="11" text-anchor="middle">{escape(texts[name][:34])}'
            f"</text><title>{escape(texts[name])} {escape(stated.get(name, '')[:200])}</title></g>"
        )


def _arrows(graph: Graph, places: dict[str, tuple[int, int]]) -> Iterator[str]:
    for node in graph.nodes:
        for ref in node.inputs:
            if ref.node not in places:
                continue
            (ax, ay), (bx, by) = places[ref.node], places[node.name]
            if by - ay > HIGH + APART and ax == bx:  # Past what stands between: around it.
                out, y, end = ax + WIDE, ay + HIGH / 2, by + HIGH / 2
                way = f'path d="M{out} {y:.0f} C {out + 40} {y + 8:.0f}, {out + 40} {end - 8:.0f}, {out} {end:.0f}"'
            else:
                way = f'line x1="{ax + WIDE / 2:.0f}" y1="{ay + HIGH}" x2="{bx + WIDE / 2:.0f}" y2="{by}"'
            yield f'<{way} fill="none" stroke="#888" marker-end="url(#head)"/>'
