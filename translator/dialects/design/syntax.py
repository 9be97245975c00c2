"""A graph's tensors and the names that stand for them in a design."""

from __future__ import annotations

from collections.abc import Container

from ir.graph import Ref


def name_of(ref: Ref, nodes: Container[str]) -> str:
    """Return the name of a tensor: its layer's, with `:1` behind for the second output.

    Where a layer bears that very name, zeros before the index tell them apart.

    >>> name_of(Ref("cut", 1), {"cut"}), name_of(Ref("cut", 1), {"cut", "cut:1"})
    ('cut:1', 'cut:01')
    """
    name = str(ref)
    zeros = ""
    while ref.index and name in nodes:
        zeros += "0"
        name = f"{ref.node}:{zeros}{ref.index}"
    return name


def ref_of(name: str, nodes: Container[str]) -> Ref:
    """Return the tensor that a name is of, the reverse of `name_of`."""
    node, colon, index = name.rpartition(":")
    if name not in nodes and colon and index.isascii() and index.isdigit() and len(index) < 9:
        return Ref(node, int(index))
    return Ref(name)
