"""Recurrent layers over batch and time by those over time and batch, which can start afresh within a sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ir import layers as L
from ir.graph import Node, Ref
from ir.weights import Tensor
from translator.passes.legalize import Place, Replacement, lowers

_GATES = (0, 1, 3, 2)
"""Where the gates of a ContinuedLSTM stand in an LSTM: it has the candidate last."""


@lowers(L.LSTM, L.GRU)
def by_common_slope(node: Node, place: Place) -> Replacement | None:
    """Scale what goes into the gates, so that their hard_sigmoid is the one of PyTorch and Keras 3."""
    layer = node.layer
    assert isinstance(layer, (L.LSTM, L.GRU))
    common = layer.replace(slope=1 / 6)
    if layer.gate != "hard_sigmoid" or layer == common or not place.says(common):
        return None
    keys = {role: f"{node.key(role)}, scaled" for role in ("kernel", "recurrent_kernel", "bias")}
    found = {role: place.weights[node.key(role)] for role in keys if node.key(role) in place.weights}
    weights = {keys[role]: _scaled(tensor, layer, role) for role, tensor in found.items()}
    return Replacement([replace(node, layer=common, shared=tuple(keys.items()))], weights)


def _scaled(tensor: Tensor, layer: L.LSTM | L.GRU, role: str) -> Tensor:
    """Return a weight with the rows of the gates multiplied; those of the candidate, the third, stay."""

    def change(array: Any) -> Any:
        import numpy as np

        factors = np.full(layer.gates, 6 * layer.slope)
        factors[2] = 1
        rows = np.repeat(factors, layer.units)
        return (array * (rows if role == "bias" else rows[:, None])).astype(array.dtype)

    return tensor.map(change, tensor.shape)


@lowers(L.LSTM)
def time_before_batch(node: Node, place: Place) -> Replacement | None:
    """Run over time before batch, from the start of each sequence on, and turn back or take the last step."""
    layer = node.layer
    assert isinstance(layer, L.LSTM)
    steps = place.inputs[0][1]
    if steps is None or layer != L.LSTM(units=layer.units, sequences=layer.sequences):
        return None
    # The arrays are others than those of the layer, so that they have keys of their own.
    keys = {role: f"{node.key(role)}, time before batch" for role in ("kernel", "recurrent_kernel", "bias")}
    nodes = over_time(node, L.ContinuedLSTM(units=layer.units), layer.sequences, steps, tuple(keys.items()))
    found = {role: place.weights[node.key(role)] for role in keys if node.key(role) in place.weights}
    weights = {keys[role]: regated(tensor, layer.units) for role, tensor in found.items()}
    return Replacement(nodes, weights)


def over_time(
    node: Node,
    layer: L.ContinuedLSTM | L.ContinuedRNN,
    sequences: bool,
    steps: int,
    shared: tuple[tuple[str, str], ...] = (),
) -> list[Node]:
    """Return the nodes that run a layer over time before batch in the place of one over batch and time."""
    turn, mark, states, last = (f"{node.name}_{part}" for part in ("steps", "start", "states", "last"))
    nodes = [
        Node(turn, L.Permute(order=(1, 0, 2)), node.inputs, origin=node.origin),
        Node(mark, L.SequenceStart(), (Ref(turn),), origin=node.origin),
        Node(states, layer, (Ref(turn), Ref(mark)), (), shared, node.origin),
    ]
    if sequences:
        return [*nodes, Node(node.name, L.Permute(order=(1, 0, 2)), (Ref(states),), node.labels, origin=node.origin)]
    state = Ref(states)
    if steps > 1:
        nodes.append(Node(last, L.Slice(axis=0, points=(steps - 1,), pieces=2), (state,), origin=node.origin))
        state = Ref(last, 1)
    flat = L.Reshape(sizes=(-1, layer.units))
    return [*nodes, Node(node.name, flat, (state,), node.labels, origin=node.origin)]


def regated(tensor: Tensor, units: int) -> Tensor:
    """Return a weight of an LSTM as one of a ContinuedLSTM, or the other way: the last two gates change places."""

    def change(array: Any) -> Any:
        return array.reshape(4, units, *array.shape[1:])[list(_GATES)].reshape(array.shape)

    return tensor.map(change, tensor.shape)
