"""Layers that a table sets one by one in its rows: `LSTM layer hidden units | 64`, `Number of filters in CNN | 32`."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid
from extract.tables.listed_settings import HEAD, setting_of
from extract.words.families import FILTERED, POOLS, RECURRENT
from extract.words.lexicon import kind_of

_OF = r"(?:(?:the )?(?:number|no\.?|num|size) (?:of )?)?"
_KEYS = (
    ("filters", rf"{_OF}(?:filters?|kernels?|feature maps|output channels)"),
    ("kernel size", r"(?:kernel|filter|window|pool(?:ing)?|convolution(?:al)? kernel)[ -]?(?:sizes?|width|length)"),
    ("stride", r"(?:pool(?:ing)? )?(?:strides?|step size)"),
    ("padding", r"padding(?: mode)?"),
    ("activation", r"activations?(?: functions?)?"),
    ("dilation", r"dilation(?: rates?)?"),
    ("units", rf"{_OF}(?:hidden )?(?:units?|neurons?|nodes?|cells?)(?: number)?|hidden size"),
    ("rate", r"(?:drop-?out )?(?:rates?|prob\w*)"),
)
"""What is set of a layer, and in which words."""
_KEY = "|".join(f"(?P<{name.split()[0]}{{0}}>{pattern})" for name, pattern in _KEYS)
_BEHIND = re.compile(rf"(?P<layer>.*?\w) (?:{_KEY.format('')})")
_AHEAD = re.compile(rf"(?:{_KEY.format('')}) (?:in|of|for|at|per)(?: the| each)? (?P<layer>.*\w)")
_SET = (*FILTERED, *POOLS, *RECURRENT, "dense", "dropout")
"""Layers of which something is set."""
_NONE = re.compile(r"\W*(?:none|n/?a|no)?\W*", re.IGNORECASE)
LEAST_SET = 3
LEAST_LAYERS = 2
"""How many settings there are, and of how many layers, at least."""


def as_layers_set(grid: Grid) -> Grid:
    """Return a table whose rows are settings of single layers with a row for each of these."""
    rows = [[cell for cell in row if cell.text.strip()] for row in grid.rows]
    if not rows or not all(len(row) == len(("name", "value")) for row in rows) or not HEAD.fullmatch(rows[0][0].text):
        return grid
    layers: dict[str, list[str]] = {}
    many = 0
    for name, value in rows[1:]:
        layer, key = _said(name.text)
        if layer:
            many += 1
            said = layers.setdefault(layer, [])
            said += [] if _NONE.fullmatch(value.text) else [f"{key} = {' '.join(value.text.split())}"]
        elif setting_of(name.text) != "training":
            return grid  # Of what is set some is not known here.
    if many < LEAST_SET or len(layers) < LEAST_LAYERS:
        return grid
    recurs = any(kind_of(layer) in RECURRENT for layer in layers)
    named = [f"1D {layer}" if recurs and kind_of(layer) in (*FILTERED, *POOLS) else layer for layer in layers]
    texts = [("Layer", "Parameters"), *zip(named, map(", ".join, layers.values()), strict=True)]
    return Grid(tuple(tuple(Cell(text, i, i) for i, text in enumerate(row)) for row in texts), 2)


def _said(name: str) -> tuple[str, str]:
    """Return the layer that a row sets something of, and what; two empty texts where it sets nothing of a layer.

    >>> _said("LSTM layer hidden units"), _said("Number of filters in Conv 1"), _said("Batch size")
    (('lstm layer', 'units'), ('conv 1', 'filters'), ('', ''))
    """
    plain = " ".join(name.replace("_", " ").lower().split())
    if kind_of(plain) == "dropout" and re.fullmatch(r"drop-?out(?: layer)?(?: rate| prob\w*| ratio)?", plain):
        return "dropout", "rate"
    for form in (_AHEAD, _BEHIND):
        found = form.fullmatch(plain)
        if found and kind_of(found["layer"]) in _SET:
            return found["layer"], next(key for key, _ in _KEYS if found[key.split()[0]])
    return "", ""
