"""LSTM, GRU and RNN over whole sequences, from a state of zeros."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Named
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


class _Kind(NamedTuple):
    """A layer, and where PyTorch has the gates that it has in the catalogue's order."""

    layer: Any
    order: tuple[int, ...]
    settings: dict[str, Any]


KINDS = {
    "lstm": _Kind(L.LSTM, (0, 1, 2, 3), {}),
    "gru": _Kind(L.GRU, (1, 0, 2), {}),
    "rnn_tanh": _Kind(L.SimpleRNN, (0,), {}),
    "rnn_relu": _Kind(L.SimpleRNN, (0,), {"activation": "relu"}),
}


class Last(NamedTuple):
    """How the last state alone of a sequence of states is given: the layer, what it takes, and the axis of time."""

    layer: Any
    x: Value
    weights: dict[str, Tensor]
    axis: int


def over_time(site: Site) -> list[Value]:
    """Read layers that follow each other in time, one or both ways; they give all states, and the last of each."""
    kind = KINDS[site.kind]
    if not site.has("params") or site.has("data"):
        raise Unsayable("its sequences are of several lengths")
    _require_zeros(site)
    if site.is_wanted(2):
        raise Unsayable("its cell state is used")
    count, both, by_batch = site.whole("num_layers"), site.truth("bidirectional"), site.truth("batch_first")
    ways = 2 if both else 1
    params = site.values("params")
    each = 4 if site.truth("has_biases", True) else 2
    if not 1 <= count <= 1024 or len(params) != count * ways * each:
        raise Unsayable(f"it has {len(params)} arrays for {count} layers")
    x = site.tensor("input")
    if x.rank != 3:
        raise Unsayable("it works on one sequence alone")
    steps = x if by_batch else site.layer(L.Permute(order=(1, 0, 2)), x)
    last: list[Value] = []
    for place in range(count):
        found = []
        for way in range(ways):
            at = (place * ways + way) * each
            weights = _weights(site, kind, [_held(param) for param in params[at : at + each]])
            whole = place < count - 1 or site.is_wanted(0) or not site.is_wanted(1)
            if site.is_wanted(1):
                last.append(_one_way(site, kind, steps, weights, bool(way), False))
            found += [_one_way(site, kind, steps, weights, bool(way), True)] if whole else []
        if found:
            lone, taken = len(found) == 1, steps
            steps = found[0] if lone else site.layer(L.Concat(axis=2), *found)
    results = steps if by_batch else site.layer(L.Permute(order=(1, 0, 2)), steps)
    if site.is_wanted(0) and not both and results.ref is not None:
        layer = kind.layer(units=_units(weights), **kind.settings)
        site.remember(results, Last(layer, taken, weights, 1 if by_batch else 0))
    stacked = [site.layer(L.Reshape(sizes=(1,), axis=0, count=0), state) for state in last]
    states = stacked[0] if len(stacked) == 1 else site.layer(L.Concat(axis=0), *stacked) if stacked else results
    return [results, states] if site.is_wanted(0) or not site.is_wanted(1) else [states, states]


def _held(value: Value) -> Tensor:
    if value.tensor is None:
        raise Unsayable("its weights are known at run time alone")
    return value.tensor


def _units(weights: dict[str, Tensor]) -> int:
    return weights["recurrent_kernel"].shape[1]


def _one_way(site: Site, kind: _Kind, steps: Value, weights: dict[str, Tensor], back: bool, whole: bool) -> Value:
    """Return the states of all steps, or the last one, of one direction, batch before time."""
    turned = site.layer(L.Reverse(axis=1), steps) if back else steps
    layer = kind.layer(units=_units(weights), sequences=whole, **kind.settings)
    found = site.layer(layer, turned, weights=weights)
    return site.layer(L.Reverse(axis=1), found) if back and whole else found


def _require_zeros(site: Site) -> None:
    """Require that the first state is of zeros."""
    given = site.operator.arguments.get("hx")
    for each in given if isinstance(given, list) else [given]:
        value = site.builder.values.get(each.name) if isinstance(each, Named) else None
        zeros = value is not None and (
            value.fill == 0 or (value.tensor is not None and not np.any(value.tensor.numpy()))
        )
        if not zeros:
            raise Unsayable("it starts with a state")


def _weights(site: Site, kind: _Kind, params: list[Tensor]) -> dict[str, Tensor]:
    """Return the weights of one direction, in the catalogue's order of gates; two biases are added where one does."""
    kernel, recurrent, *biases = params
    gates = len(kind.order)
    rows = recurrent.shape[0]
    shapes = [(rows, *kernel.shape[1:]), (rows, rows // gates), *[(rows,)] * len(biases)]
    if rows % gates or len(kernel.shape) != 2 or [param.shape for param in params] != shapes:
        raise Unsayable(f"it has weights of the shapes {[param.shape for param in params]}")

    def ordered(array: Any) -> Any:
        return array.reshape(gates, rows // gates, -1)[list(kind.order)].reshape(array.shape)

    def bias() -> Any:
        pair = [ordered(each.numpy()) for each in biases] or [np.zeros(rows, np.float32)] * 2
        return np.stack(pair) if kind.layer is L.GRU else pair[0] + pair[1]

    plain = kind.order == tuple(range(gates))
    weights = {
        "kernel": kernel if plain else kernel.map(ordered, kernel.shape),
        "recurrent_kernel": recurrent if plain else recurrent.map(ordered, recurrent.shape),
        "bias": Tensor((2, rows) if kind.layer is L.GRU else (rows,), bias),
    }
    for tensor in weights.values():
        site.builder.name_like(tensor, kernel)
    return weights


READERS = dict.fromkeys(KINDS, over_time)
