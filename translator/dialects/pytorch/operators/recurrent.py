"""LSTM, GRU and RNN over whole sequences."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ir import layers as L
from ir.weights import Tensor, of_array
from translator.dialects.pytorch import gates
from translator.dialects.pytorch.operators.cutting import picked
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Parts, Value
from translator.mapping import Unsayable


class _Kind(NamedTuple):
    """A layer, and where PyTorch has the gates that it has in the catalogue's order."""

    layer: Any
    order: tuple[int, ...]
    settings: dict[str, Any]


KINDS = {
    "lstm": _Kind(L.LSTM, gates.LSTM, {}),
    "gru": _Kind(L.GRU, gates.GRU, {}),
    "rnn_tanh": _Kind(L.SimpleRNN, gates.RNN, {}),
    "rnn_relu": _Kind(L.SimpleRNN, gates.RNN, {"activation": "relu"}),
}


def over_time(site: Site) -> list[Value]:
    """Read layers that follow each other in time, one or both ways; they give all states, and the last of each.

    Each gives both as it is read: what nothing takes is left out when the graph is known.
    """
    kind = KINDS[site.kind]
    if not site.has("params") or site.has("data"):
        raise Unsayable("its sequences are of several lengths")
    count, ways, by_batch = site.whole("num_layers"), 1 + site.truth("bidirectional"), site.truth("batch_first")
    params = [_held(param) for param in site.values("params")]
    each = 4 if site.truth("has_biases", True) else 2
    if not 1 <= count <= 1024 or len(params) != count * ways * each:
        raise Unsayable(f"it has {len(params)} arrays for {count} layers")
    x = site.tensor("input")
    if x.rank != 3:
        raise Unsayable("it works on one sequence alone")
    steps = x if by_batch else site.layer(L.Permute(order=(1, 0, 2)), x)
    starts = _starts(site, kind.layer.cells, count * ways)
    last: list[list[Value]] = []
    for place in range(count):
        found = []
        for at in range(place * ways, (place + 1) * ways):
            weights = _weights(site, kind, params[at * each : (at + 1) * each])
            every, *states = _one_way(site, kind, [steps, *starts[at]], weights, at % ways == 1)
            found.append(every)
            last.append(states)
        steps = found[0] if ways == 1 else site.layer(L.Concat(axis=2), *found)
    results = steps if by_batch else site.layer(L.Permute(order=(1, 0, 2)), steps)
    if ways == 1:
        site.remember(results, Parts(1 if by_batch else 0, {-1: last[-1][0]}, of_many=True))
    return [results, *(_stacked(site, list(states)) for states in zip(*last, strict=True))]


def one_step(site: Site) -> list[Value]:
    """Read a cell, which goes one step on: it gives its states."""
    kind = KINDS[site.kind.removesuffix("_cell")]
    x, hx = site.tensor("input"), site.operator.arguments.get("hx")
    states = site.values("hx") if isinstance(hx, list) else [site.value("hx")]
    if x.rank != 2 or len(states) != kind.layer.cells:
        raise Unsayable("it works on one item alone, or has other states to start from")
    params = [site.weight(name) for name in ("w_ih", "w_hh", "b_ih", "b_hh") if site.has(name)]
    start = [] if all(map(_is_zero, states)) else [site.builder.as_tensor(each) for each in states]
    steps = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), x)
    return _one_way(site, kind, [steps, *start], _weights(site, kind, params), False)[1:]


def _held(value: Value) -> Tensor:
    if value.tensor is None:
        raise Unsayable("its weights are known at run time alone")
    return value.tensor


def _one_way(site: Site, kind: _Kind, given: list[Value], weights: dict[str, Tensor], back: bool) -> list[Value]:
    """Return the states of all steps, and the last ones, of one direction, batch before time."""
    steps, *start = given
    turned = site.layer(L.Reverse(axis=1), steps) if back else steps
    units = weights["recurrent_kernel"].shape[1]
    layer = kind.layer(units=units, sequences=True, started=bool(start), states=True, **kind.settings)
    every, *states = site.add(layer, turned, *start, weights=weights)
    return [site.layer(L.Reverse(axis=1), every) if back else every, *states]


def _starts(site: Site, cells: int, count: int) -> list[list[Value]]:
    """Return the states that each direction of each layer starts from; none where all are zeros."""
    given = site.operator.arguments.get("hx")
    values = site.values("hx") if isinstance(given, list) else [site.value("hx")]
    if len(values) != cells or any(value.rank != 3 or value.dims[0] != count for value in values):
        raise ValueError(f"has states to start from of the shapes {[value.dims for value in values]}")
    if all(map(_is_zero, values)):
        return [[]] * count
    return [[site.builder.as_tensor(_state(site, value, at)) for value in values] for at in range(count)]


def _is_zero(value: Value) -> bool:
    return value.fill == 0 or (value.tensor is not None and not np.any(value.tensor.numpy()))


def _state(site: Site, value: Value, at: int) -> Value:
    """Return the state of one direction of one layer."""
    if value.fill is None or value.ref is not None:
        return picked(site, value, 0, at)
    number = of_array(np.array([[value.fill]], np.float32))
    return Value(value.shape[1:], value.dims[1:], value.dtype, tensor=number)


def _stacked(site: Site, states: list[Value]) -> Value:
    """Return the last states of all directions of all layers, along an axis of their own."""
    grown = [site.layer(L.Reshape(sizes=(1,), axis=0, count=0), state) for state in states]
    result = grown[0] if len(grown) == 1 else site.layer(L.Concat(axis=0), *grown)
    site.remember(result, Parts(0, {at - len(states): state for at, state in enumerate(states)}))
    return result


def _weights(site: Site, kind: _Kind, params: list[Tensor]) -> dict[str, Tensor]:
    """Return the weights of one direction, in the catalogue's order of gates; two biases are added where one does."""
    rows, count = params[1].shape[0], len(kind.order)
    shapes = [(rows, *params[0].shape[1:]), (rows, rows // count), *[(rows,)] * (len(params) - 2)]
    if rows % count or len(params[0].shape) != 2 or [param.shape for param in params] != shapes:
        raise Unsayable(f"it has weights of the shapes {[param.shape for param in params]}")
    kernel, recurrent, *biases = (gates.in_order(param, kind.order) for param in params)

    def bias() -> Any:
        pair = [each.numpy() for each in biases] or [np.zeros(rows, np.float32)] * 2
        return np.stack(pair) if kind.layer is L.GRU else pair[0] + pair[1]

    shape = (2, rows) if kind.layer is L.GRU else (rows,)
    weights = {"kernel": kernel, "recurrent_kernel": recurrent, "bias": Tensor(shape, bias)}
    for tensor in weights.values():
        site.builder.name_like(tensor, params[0])
    return weights


READERS = dict.fromkeys(KINDS, over_time) | {f"{kind}_cell": one_step for kind in KINDS}
