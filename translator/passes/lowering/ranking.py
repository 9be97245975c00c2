"""The largest of all values together."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Node, Ref
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.ArgMax)
def along_one_axis(node: Node, place: Place) -> Replacement | None:
    """Search all axes but the batch as one, and give the result the axes that it lacks."""
    layer = node.layer
    assert isinstance(layer, L.ArgMax)
    if layer.axis is not None:
        return None
    flat = chain(node, ("flatten", L.Flatten()))
    found = Node(f"{node.name}_found", layer.replace(axis=1, values=False), flat[-1].refs, origin=node.origin)
    # The sizes behind the batch, which is kept as it is.
    sizes = (0, 1, layer.top, *(1,) * (len(place.outputs[0]) - 3))
    if not layer.values:
        shaped = replace(node, layer=L.Reshape(sizes=sizes), inputs=found.refs)
        return Replacement([*flat, found, shaped])
    values = replace(found, name=f"{node.name}_values", layer=layer.replace(axis=1))
    rows = [Node(f"{each.name}_row", L.Reshape(sizes=sizes), each.refs, origin=node.origin) for each in (found, values)]
    joined = replace(node, layer=L.Concat(axis=1), inputs=tuple(Ref(row.name) for row in rows))
    return Replacement([*flat, found, values, *rows, joined])
