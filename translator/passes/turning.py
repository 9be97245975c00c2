"""Know an LSTM over batch and time by one over time and batch that starts afresh at the first step alone."""

from __future__ import annotations

from dataclasses import replace

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.validate import Shapes, infer
from translator.passes.lowering.sequences import regated
from translator.passes.simplify import redirected

_TURN = L.Permute(order=(1, 0, 2))


def join_turned(model: Model) -> Model:
    """Make an LSTM of each ContinuedLSTM whose marks say that every sequence starts at its first step.

    It is turned before and behind; where the last step alone is taken, that is what it gives. Turns that follow each
    other are left for others to join.
    """
    graph = model.graph
    starts = {node.refs[0] for node in graph.nodes if isinstance(node.layer, L.SequenceStart)}
    if not starts:
        return model
    nodes: list[Node] = []
    weights, moved = dict(model.weights), dict[Ref, Ref]()
    shapes, users = infer(graph, Report()), graph.users()
    for node in graph.nodes:
        layer = node.layer
        whole = isinstance(layer, L.ContinuedLSTM) and len(node.inputs) == 2 and node.inputs[1] in starts
        if not whole or not isinstance(layer, L.ContinuedLSTM) or len(shapes.get(node.inputs[0], ())) != 3:
            nodes.append(node)
            continue
        keys = {role: f"{node.key(role)}, batch before time" for role in ("kernel", "recurrent_kernel", "bias")}
        for role, key in keys.items():
            if node.key(role) in weights:
                weights[key] = regated(weights[node.key(role)], layer.units)
        ends = _ends(node, shapes, users) if node.refs[0] not in graph.outputs else []
        turned = Node(f"{node.name}, turned", _TURN, node.inputs[:1], origin=node.origin)
        name = f"{node.name}, batch before time"
        single = L.LSTM(units=layer.units, sequences=not ends)
        nodes += [turned, Node(name, single, turned.refs, (), tuple(keys.items()), node.origin)]
        if ends:
            moved |= dict.fromkeys(ends, Ref(name))
        else:
            nodes.append(replace(node, layer=_TURN, inputs=(Ref(name),), shared=()))
    gone = {ref.node for ref in moved}
    return Model(redirected(graph, [node for node in nodes if node.name not in gone], moved), weights)


def _ends(node: Node, shapes: Shapes, users: dict[Ref, list[Node]]) -> list[Ref]:
    """Return the tensors that are the last step of all, where nothing else takes any."""
    steps, batch, units = shapes[node.refs[0]]
    taken = node.refs[0]
    found: list[Ref] = []
    following = users.get(taken, [])
    if (steps or 0) > 1:
        cut = following[0] if len(following) == 1 else None
        layer = cut.layer if cut is not None else None
        if cut is None or not isinstance(layer, L.Slice) or layer.axis != 0 or layer.pieces != 2:
            return []
        if shapes[cut.refs[1]][0] != 1 or users.get(cut.refs[0]):
            return []
        following = users.get(cut.refs[1], [])
    for each in following:
        if not isinstance(each.layer, L.Reshape) or shapes[each.refs[0]] != (batch, units):
            return []
        found += each.refs
    return found


__all__ = ["join_turned"]
