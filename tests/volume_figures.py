"""Figures of volumes as SVG: cuboids, sheets, piles, bars, texts and arrows."""

from __future__ import annotations

from collections.abc import Sequence

from ir import Report
from ir.graph import Graph
from translator import read


def polygon(points: Sequence[tuple[float, float]], fill: str = "#fff", stroke: str = "#000") -> str:
    places = " ".join(f"{x},{y}" for x, y in points)
    return f'<polygon points="{places}" fill="{fill}" stroke="{stroke}"/>'


def bar(x: float, y: float, wide: float, high: float, fill: str = "#fff") -> str:
    return polygon([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], fill)


def cuboid(x: float, y: float, wide: float, high: float, deep: float = 20, fill: str = "#fff") -> str:
    """A front with its left upper corner at a place, and what is seen of two more faces above and right of it."""
    right, bottom = x + wide, y + high
    top = [(x, y), (x + deep, y - deep), (right + deep, y - deep), (right, y)]
    side = [(right, y), (right + deep, y - deep), (right + deep, bottom - deep), (right, bottom)]
    return bar(x, y, wide, high, fill) + polygon(top, fill) + polygon(side, fill)


def pile(x: float, y: float, side: float, sheets: int = 5, step: float = 5) -> str:
    return "".join(bar(x + i * step, y + i * step, side, side) for i in range(sheets))


def text(x: float, y: float, said: str, size: float = 14) -> str:
    """A text about a middle."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle">{said}</text>'


def arrow(x0: float, y0: float, x1: float, y1: float, colour: str = "#000") -> str:
    """An arrow to the right, or down."""
    back = [(x1 - 9, y1 - 4), (x1 - 9, y1 + 4)] if x1 > x0 else [(x1 - 4, y1 - 9), (x1 + 4, y1 - 9)]
    end = (x1 - 9, y1) if x1 > x0 else (x1, y1 - 9)
    line = f'<line x1="{x0}" y1="{y0}" x2="{end[0]}" y2="{end[1]}" stroke="{colour}"/>'
    return line + polygon([(x1, y1), *back], colour, colour)


def drawn(*parts: str) -> tuple[Graph, list[str]]:
    """Return the design that is read of a figure, and what is asked of it."""
    report = Report()
    data = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'.encode()
    graph = read("net.svg", data=data, format="figure", report=report).graph
    return graph, [each.message for each in report if each.code == "question"]
