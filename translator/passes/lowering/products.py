"""Products of two tensors that are both computed, for a target that multiplies by learned matrices alone."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Node
from ir.shapes import product
from translator.mapping import Unsayable
from translator.passes.legalize import Place, Replacement, chain, lowers

LARGEST = 1 << 27
"""Products of two numbers at most, for each item, that are taken one by one before they are added up: 512 MiB."""


@lowers(L.MatMul)
def by_repeated_rows(node: Node, place: Place) -> Replacement | None:
    """Repeat the rows of one matrix and the columns of the other, multiply element by element, and add up.

    Both have the same axes before the last two, all known but the batch. Raises Unsayable where these are too many.
    """
    left, right = place.inputs
    rank, before = len(left), left[:-2]
    rows, inner, columns = left[-2:-1], left[-1], right[-1:]
    if rank < 2 or len(right) != rank or before != right[:-2] or None in (*left[1:], *right[1:]):
        raise Unsayable("products need matrices of known sizes, as many on both sides")
    if rank == 2 and left[0] is None:
        return None
    count = product((*before[1:], *rows, inner, *columns)) or 0
    if count > LARGEST:
        raise Unsayable(f"it takes {count} products of numbers for each item, of at most {LARGEST}")
    kept = [0] * len(before)
    turn = L.Permute(order=(*range(rank - 2), rank - 1, rank - 2))
    first = chain(
        replace(node, inputs=node.inputs[:1]),
        ("rows", L.Reshape(sizes=(*kept, rows[0] or 0, 1, inner or 0))),
        ("each_row", L.Tile(axis=rank - 1, times=columns[0] or 0)),
    )
    second = chain(
        replace(node, inputs=node.inputs[1:]),
        ("turned", turn),
        ("columns", L.Reshape(sizes=(*kept, 1, columns[0] or 0, inner or 0))),
        ("each_column", L.Tile(axis=rank - 2, times=rows[0] or 0)),
    )
    products = Node(f"{node.name}_products", L.Multiply(), (*first[-1].refs, *second[-1].refs), origin=node.origin)
    added = replace(node, layer=L.Reduction(axis=rank), inputs=products.refs)
    return Replacement([*first, *second, products, added])
