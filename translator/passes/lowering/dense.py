"""What goes with matrix products and lookups."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Node, Ref
from ir.shapes import axis_of
from translator.passes.legalize import Place, Replacement, chain, lowers


@lowers(L.Dense)
def flatten_before_dense(node: Node, place: Place) -> Replacement | None:
    """Flatten the axes that a Dense takes together before it; a vector without a batch gets one of 1."""
    layer = node.layer
    assert isinstance(layer, L.Dense)
    rank = len(place.inputs[0])
    if rank == 1:
        batch, alone = L.Reshape(sizes=(1,), axis=0, count=0), L.Reshape(sizes=(), axis=0, count=1)
        nodes = chain(node, ("batch", batch), ("dense", layer.replace(axis=-1)), ("", alone))
        keys = tuple((role, node.key(role)) for role in layer.weights(*place.inputs))
        nodes[1:] = replace(nodes[1], shared=keys), replace(nodes[2], shared=())
        return Replacement(nodes)
    axis = axis_of(layer.axis, rank)
    if axis == rank - 1:
        return None if layer.axis == -1 else Replacement([replace(node, layer=layer.replace(axis=-1))])
    return Replacement(chain(node, ("flatten", L.Flatten(axis=axis)), ("", layer.replace(axis=-1))))


@lowers(L.Embed)
def bias_after_lookup(node: Node, place: Place) -> Replacement | None:
    """Add the bias of an Embed behind it."""
    layer = node.layer
    assert isinstance(layer, L.Embed)
    if not layer.bias:
        return None
    kernel, beta = (("kernel", node.key("kernel")),), (("beta", node.key("bias")),)
    table = Node(f"{node.name}_table", layer.replace(bias=False), node.inputs, shared=kernel, origin=node.origin)
    bias = Node(node.name, L.Bias(axis=-1), table.refs, node.labels, beta, node.origin)
    return Replacement([table, bias])


@lowers(L.ScaleBy, L.BiasBy)
def align(node: Node, place: Place) -> Replacement | None:
    """Give the second input the axes that it lacks, with a size of 1, so that it stretches."""
    layer = node.layer
    assert isinstance(layer, (L.ScaleBy, L.BiasBy))
    x, by = place.inputs
    start = axis_of(layer.axis, len(x), end=True)
    sizes = (*(1,) * start, *by, *(1,) * (len(x) - start - len(by)))
    if len(by) == len(x) or sizes.count(None) > 1:
        return None
    reshape = L.Reshape(sizes=tuple(-1 if size is None else size for size in sizes))
    reshaped = Node(f"{node.name}_by", reshape, node.inputs[1:], origin=node.origin)
    aligned = replace(node, layer=layer.replace(axis=0), inputs=(node.inputs[0], Ref(reshaped.name)))
    return Replacement([reshaped, aligned])
