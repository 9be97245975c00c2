"""The report on a paper: one HTML file with each figure and table, what was recognised drawn over it, graph and code.

Nothing is loaded from elsewhere and no script runs; all that the paper says is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ir.graph import Graph
from translator.extraction.drawings import graph_svg, over_figure

if TYPE_CHECKING:
    from translator.extraction.one import Shown

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 96rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
section { border-top: 1px solid #ccc; margin-top: 2rem; }
.sides { display: flex; gap: 1.5rem; align-items: flex-start; flex-wrap: wrap; }
.sides > * { flex: 1 1 24rem; min-width: 0; overflow: auto; max-height: 48rem; }
pre { background: #f6f6f6; padding: .8rem; margin: 0; font-size: 12px; }
svg { max-width: 100%; height: auto; } .graph svg { max-width: none; }
.error { color: #a00; } .warning { color: #850; } .note { color: #555; }
"""
SHOWN = 60
"""Diagnostics of a design that are shown."""


def page_of(index: dict[str, Any], shown: Sequence[Shown]) -> str:
    """Return the report on a paper, from its index and what was built."""
    title = escape(index["paper"]["file"])
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f"<style>{STYLE}</style></head><body>",
            f"<h1>{title}</h1>",
            *_told(index["diagnostics"]),
            *_contents(index["places"]),
            *(line for each in shown for line in _section(each)),
            "</body></html>\n",
        ]
    )


def _contents(places: Sequence[dict[str, Any]]) -> Iterator[str]:
    designs = sum(len(each["designs"]) for each in places)
    yield f"<p>{len(places)} figures and tables, {designs} designs.</p>"
    yield "<table><tr><th>Label</th><th>Page</th><th>Shows</th><th>Sure</th><th>Designs</th><th>Caption</th></tr>"
    for each in places:
        label = escape(each["label"])
        if each["shows"] != "none":
            label = f'<a href="#{_anchor(each)}">{label}</a>'
        problem = f" <em>{escape(each['problem'])}</em>" if "problem" in each else ""
        yield (
            f"<tr><td>{label}</td><td>{each['page']}</td><td>{escape(each['shows'])}</td>"
            f"<td>{each['shows_confidence']:.2f}</td><td>{len(each['designs'])}</td>"
            f"<td>{escape(each['caption'][:160])}{problem}</td></tr>"
        )
    yield "</table>"


def _anchor(entry: dict[str, Any]) -> str:
    return escape(entry["crop"].removesuffix(".png"))


def _section(shown: Shown) -> Iterator[str]:
    entry = shown.entry
    yield f'<section id="{_anchor(entry)}"><h2>{escape(entry["label"])}, page {entry["page"]}</h2>'
    yield f"<p>{escape(entry['caption'])}</p>"
    if "problem" in entry:
        yield f'<p class="warning">{escape(entry["problem"])}</p>'
    picture = f"data:image/png;base64,{base64.b64encode(shown.picture).decode()}"
    yield f"<div>{over_figure(entry, picture)}</div>"
    for design, graph, code in shown.designs:
        yield from _design(design, graph, code)
    yield "</section>"


def _design(design: dict[str, Any], graph: Graph, code: str) -> Iterator[str]:
    count = design["parameters"]
    parameters = f", {count:,} parameters" if count is not None else ""
    yield f"<h3>{escape(design['name'])}</h3>"
    yield f"<p>{design['layers']} layers{parameters}; sure: {design['confidence']:.2f}.</p>"
    yield from _told(design["diagnostics"])
    yield f'<div class="sides"><div class="graph">{graph_svg(graph)}</div><pre>{escape(code)}</pre></div>'


def _told(diagnostics: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not diagnostics:
        return
    yield "<ul>"
    for each in diagnostics[:SHOWN]:
        hint = f" ({escape(each['hint'])})" if "hint" in each else ""
        yield f'<li class="{each["severity"]}">{escape(each["code"])}: {escape(each["message"])}{hint}</li>'
    if len(diagnostics) > SHOWN:
        yield f"<li>and {len(diagnostics) - SHOWN} more</li>"
    yield "</ul>"
