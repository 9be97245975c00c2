"""Headers that stand a column too far in front: those of a table whose kinds of layers have none of their own."""

from __future__ import annotations

from extract.columns.grids import Cell, Grid
from extract.columns.headers import SIZED, role_of
from extract.columns.layer_names import names_layers
from extract.words.lexicon import kind_of, posts_of

LEAST = 3
"""Rows at least that tell what their columns hold."""


def with_headers_in_place(grid: Grid) -> Grid:
    """Return a table whose headers stand above what they are of, one for the kinds of layers among them.

    Sizes stand above the names of layers, and nothing above the activations at the end.

    >>> from extract.columns.grids import plain_grid
    >>> rows = [["Layer", "Maps", "Size", "Activation", ""], ["1", "Conv", "4", "8x8", "ReLU"]]
    >>> rows += [["2", "Pool", "4", "4x4", "-"], ["3", "FC", "-", "10", "Softmax"]]
    >>> [cell.text for cell in with_headers_in_place(plain_grid(rows)).rows[0]]
    ['Layer', 'Type', 'Maps', 'Size', 'Activation']
    """
    first = grid.rows[0] if len(grid.rows) > LEAST else ()
    heads = [cell.text.strip() for cell in first if cell.text.strip()]
    in_front = [cell.first for cell in first if cell.text.strip()] == [*range(grid.width - 1)]
    if not in_front or len(heads) < LEAST or role_of(heads[1]) not in SIZED:
        return grid
    if not names_layers(grid, 1, 1, kind_of) or not any(map(posts_of, grid.texts(grid.width - 1, 1))):
        return grid
    moved = [heads[0], "Type", *heads[1:]]
    return Grid((tuple(Cell(text, i, i) for i, text in enumerate(moved)), *grid.rows[1:]), grid.width)
