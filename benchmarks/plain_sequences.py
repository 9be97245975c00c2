"""What recurrent layers give in one form: each tensor once, and none that nothing takes. Every step is exact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import Model, Node, Ref, Report
from ir import layers as L
from ir.validate import infer
from translator.passes.simplify import redirected

_OVER_TIME = (L.SimpleRNN, L.LSTM, L.GRU)


def plain_states(model: Model) -> Model:
    """Return a model in which the last state is a result's own where only that is given, and left out where unused.

    A layer of one step that counts gives the last state, and what is its one step is made of that.
    """
    graph = model.graph
    shapes, taken = infer(graph, Report()), {*graph.users(), *graph.outputs}
    nodes: list[Node] = []
    moved: dict[Ref, Ref] = {}
    ends: dict[Ref, Ref] = {}
    own: set[str] = set()
    for node in graph.nodes:
        layer: Any = node.layer
        if not isinstance(layer, _OVER_TIME):
            nodes.append(node)
            continue
        one = layer.sequences and not layer.masked and shapes[node.inputs[0]][1] == 1
        only = one or not layer.sequences
        last = [ref for ref in node.refs[1:] if ref in taken and not (only and ref.index == 1)]
        layer = layer.replace(states=bool(last), sequences=layer.sequences and not one)
        nodes.append(replace(node, layer=layer))
        if only and node.layer.outputs > 1:
            ends[node.refs[1]] = node.refs[0]
        if one:
            step = Node(f"{node.name}, step", L.Reshape(sizes=(-1, 1, layer.units)), node.refs[:1])
            nodes.append(step)
            moved[node.refs[0]] = step.refs[0]
            own.add(step.name)
    kept = [
        node if node.name in own else replace(node, inputs=tuple(moved.get(ref, ref) for ref in node.inputs))
        for node in nodes
    ]
    outputs = tuple(moved.get(ref, ref) for ref in graph.outputs)
    return Model(redirected(replace(graph, outputs=outputs), kept, ends))


__all__ = ["plain_states"]
