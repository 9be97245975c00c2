"""Networks listed by the arrays that a framework stores of them, with their shapes: `conv1.weight | 32×3×5×5`."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from extract.columns.grids import Cell, Grid
from extract.words.families import FILTERED, RECURRENT
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized

_ARRAY = re.compile(
    r"(?P<layer>[\w.]+?)[._](?P<array>weights?|bias|kernel|running_(?:mean|var))(?:[._](?:ih|hh)[._]l\d)?"
)
_SHAPE = re.compile(r"[(\[]?\d+(?: ?[×,] ?\d+)*,?[)\]]?")
LEAST = 3
"""Rows of arrays at least."""
_GATES = {"lstm": 4, "gru": 3, "rnn": 1}
"""How many gates have their weights in one array."""

Row = tuple[Cell, ...]


def as_layers(grid: Grid) -> Grid:
    """Return a table of stored arrays as one of layers, a row each; any other as it is."""
    rows = grid.rows[1:]
    named = [_ARRAY.fullmatch(row[0].text.strip()) for row in rows if row and row[0].first == 0]
    places = [i for i in range(1, grid.width) if _are_shapes(grid, i)]
    if sum(map(bool, named)) < max(LEAST, 0.5 * len(rows)) or len(places) != 1 or len(named) < len(rows):
        return grid
    place, found = places[0], []
    for layer, held in groupby(rows, key=_layer):
        own = list(held)
        found += [_one(layer, own, place)] if layer else own
    head = tuple(replace(cell, text=_HEADS.get(cell.first, "Settings") if cell.first != place else "Width")
                 for cell in grid.rows[0])  # fmt: skip
    return Grid((head, *found), grid.width)


_HEADS = {0: "Layer"}


def _are_shapes(grid: Grid, column: int) -> bool:
    texts = [normalized(text) for text in grid.texts(column, 1) if text.strip(" -–")]
    return len(texts) >= LEAST and all(map(_SHAPE.fullmatch, texts)) and any("×" in text for text in texts)


def _layer(row: Row) -> str:
    """Return the layer that an array belongs to, as it is called."""
    found = _ARRAY.fullmatch(row[0].text.strip())
    return found["layer"].split(".")[-1] if found else ""


def _one(layer: str, rows: list[Row], place: int) -> Row:
    """Return the row of a layer by those of its arrays."""
    arrays = [(row[0].text, _sizes(row, place)) for row in rows]
    weights, first = next(((sizes, row) for (_, sizes), row in zip(arrays, rows, strict=True) if len(sizes) > 1),
                          (arrays[0][1], rows[0]))  # fmt: skip
    bias = next((sizes[0] for name, sizes in arrays if "bias" in name and len(sizes) == 1), 0)
    made = "" if posts_of(layer) else _made(kind_of(layer), weights, bias)
    return tuple(
        replace(cell, text=layer if cell.first == 0 else made if cell.first == place else cell.text) for cell in first
    )


def _sizes(row: Row, place: int) -> list[int]:
    return [int(each) for cell in row if cell.first == place for each in re.findall(r"\d+", cell.text)]


def _made(kind: str, weights: list[int], bias: int) -> str:
    """Return how wide a layer is, and its window, by the shape of its weights; its bias has as many as it gives.

    >>> _made("conv", [3, 32, 5, 5], 32), _made("conv", [64, 32, 3, 3], 0), _made("dense", [4096, 512], 512)
    ('5×5, 32', '3×3, 64', '512')
    >>> _made("lstm", [1024, 8], 1024), _made("embedding", [80, 8], 0)
    ('256', '8')
    """
    if kind in RECURRENT:
        return str(weights[0] // _GATES.get(kind, 1))
    if kind == "embedding" and len(weights) > 1:
        return str(weights[1])
    given = bias if bias in weights else weights[0]
    if kind in FILTERED and len(weights) > len("io"):
        return f"{'×'.join(map(str, weights[2:]))}, {given}"
    return str(given)
