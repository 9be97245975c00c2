"""Recurrent layers are read as giving all that they have: here only what is taken of it stays."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.graph import Graph, Ref
from translator.passes.simplify import redirected


def as_taken(graph: Graph) -> Graph:
    """Have layers over time give all states, and the last one and a cell behind them, only where something takes these.

    An Identity of the last state stands for the last of all states: where only that is taken, it is the result.
    """
    users, given = graph.users(), set(graph.outputs)
    moved: dict[Ref, Ref] = {}
    nodes = {node.name: node for node in graph.nodes}
    for node in graph.nodes:
        if not isinstance(node.layer, (L.LSTM, L.GRU, L.SimpleRNN)) or node.layer.masked:
            continue
        if not (node.layer.states and node.layer.sequences):
            continue
        every, last, *cell = node.refs
        handed = [each for each in users.get(last, ()) if isinstance(each.layer, L.Identity)]
        whole = every in users or every in given
        twice = last in given and any(each.refs[0] in given for each in handed)
        lasting = whole and (last in users or last in given)
        states = lasting or twice or any(ref in users or ref in given for ref in cell)
        nodes[node.name] = replace(node, layer=node.layer.replace(sequences=whole, states=states))
        if not states:
            moved[last] = every
            given |= {every} if last in given else set()
        result = last if whole else every
        for each in handed:
            if each.refs[0] in given and result in given:
                continue
            given |= {result} if each.refs[0] in given else set()
            moved[each.refs[0]] = result
            del nodes[each.name]
    return redirected(graph, list(nodes.values()), moved)


__all__ = ["as_taken"]
