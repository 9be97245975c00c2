"""LSTM, GRU and RNN, as far as they are the catalogue's: no state to start with, the functions that it knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.operators.pointwise import shortest
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

GATES = {"LSTM": (0, 2, 3, 1), "GRU": (0, 1, 2), "RNN": (0,)}
"""Where ONNX has the gates, in the catalogue's order; its LSTM has them as input, output, forget, candidate."""
USUAL = {"LSTM": ("sigmoid", "tanh", "tanh"), "GRU": ("sigmoid", "tanh"), "RNN": ("tanh",)}
"""The functions that are meant where none are said: of the gates, of the new values, of an LSTM's state."""
LAYERS = {"LSTM": L.LSTM, "GRU": L.GRU, "RNN": L.SimpleRNN}
FUNCTIONS = {"tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid", "affine": "linear"}
NUMBERS: dict[str, tuple[float | None, float | None]] = {
    "affine": (1.0, 0.0),
    "hardsigmoid": (0.2, 0.5),
    "scaledtanh": (1.0, 1.0),
    "leakyrelu": (0.01, None),
    "thresholdedrelu": (1.0, None),
    "elu": (1.0, None),
}
"""The numbers of the functions that have some, alpha and beta, where a file does not say them."""
DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}
"""Which directions a layer goes, and whether that is backwards."""


def over_time(site: Site) -> list[Value]:
    """Read an LSTM, a GRU or an RNN; its outputs are the states of all steps, and the last one, of each direction."""
    _require_known(site)
    x, by_batch = site.x, bool(site.get("layout", 0))
    directions = DIRECTIONS.get(site.get("direction", "forward"), ())
    units = (site.weight(2).shape or (0,))[-1]
    rows = len(GATES[site.kind]) * units
    if x.rank != 3 or not directions or site.weight(1).shape != (len(directions), rows, x.dims[2]):
        raise ValueError(f"has weights of the shape {site.weight(1).shape} for {units} units")
    if site.is_wanted(2):
        raise Unsayable("its cell state is used")
    steps = x if by_batch else site.layer(L.Permute(order=(1, 0, 2)), x)
    wanted = [place for place in (0, 1) if site.is_wanted(place)]
    results = {}
    layers = [LAYERS[site.kind](units=units, **each) for each in _functions(site, len(directions))]
    weights = [_weights(site, layer, i) for i, layer in enumerate(layers)]
    for place in wanted:
        each = [_one_way(site, steps, *way, place == 0) for way in zip(layers, weights, directions, strict=True)]
        axis = (2 if by_batch else 1) if place == 0 else (1 if by_batch else 0)
        if place == 0 and not by_batch:
            each = [site.layer(L.Permute(order=(1, 0, 2)), found) for found in each]
        each = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), found) for found in each]
        results[place] = each[0] if len(each) == 1 else site.layer(L.Concat(axis=axis), *each)
    if not wanted:
        raise Unsayable("nothing takes what it gives")
    return [results.get(place, results[wanted[0]]) for place in (0, 1)]


def _one_way(site: Site, steps: Value, layer: Any, weights: dict[str, Tensor], back: bool, whole: bool) -> Value:
    """Return the states of all steps, or the last one, of one direction, batch before time."""
    turned = site.layer(L.Reverse(axis=1), steps) if back else steps
    found = site.layer(layer.replace(sequences=whole), turned, weights=weights)
    return site.layer(L.Reverse(axis=1), found) if back and whole else found


def _require_known(site: Site) -> None:
    """Require what the catalogue's layers do."""
    site.only("input_forget", 0)
    if "clip" in site.operator.attributes:
        raise Unsayable("it cuts off its values")
    for place in range(4, len(site.inputs)):
        if not site.has(place) or site.value(place).fill == 0:
            continue
        if not site.is_constant(place) or np.any(site.numbers(place)):
            raise Unsayable("it starts with a state, has peepholes, or sequences of several lengths")


def _functions(site: Site, directions: int) -> list[dict[str, Any]]:
    """Return what the layer of each direction has for its functions."""
    usual = USUAL[site.kind]
    names = [each.lower() for each in site.get("activations", ())] or [*usual] * directions
    if len(names) != len(usual) * directions:
        raise ValueError(f"names {len(names)} functions for {directions} directions")
    numbers = _numbers(site, names)
    starts = range(0, len(names), len(usual))
    found = [_facts(site.kind, names[i : i + len(usual)], numbers[i : i + len(usual)]) for i in starts]
    after = {"reset_after": bool(site.get("linear_before_reset", 0))} if site.kind == "GRU" else {}
    return [each | after for each in found]


def _numbers(site: Site, names: list[str]) -> list[tuple[float, ...]]:
    """Return the numbers of each function; the file has them in the order of those that have any."""
    given = [list(site.get(name, ())) for name in ("activation_alpha", "activation_beta")]
    own = [NUMBERS.get(name, (None, None)) for name in names]
    return [
        tuple(shortest(numbers.pop(0) if numbers else usual) for usual, numbers in pair if usual is not None)
        for pair in (list(zip(each, given, strict=True)) for each in own)
    ]


def _facts(kind: str, names: list[str], numbers: list[tuple[float, ...]]) -> dict[str, Any]:
    """Return the parameters of a layer with such functions."""
    gates, others = (names[:0], names) if kind == "RNN" else (names[:1], names[1:])
    facts: dict[str, Any] = {"activation": FUNCTIONS.get(others[0])}
    known = len(set(others)) == 1
    for name, pair in zip(names, numbers, strict=True):
        known = known and (name != "affine" or pair == (1, 0))
    if gates:
        facts["gate"] = {"sigmoid": "sigmoid", "hardsigmoid": "hard_sigmoid"}.get(gates[0])
    if gates == ["hardsigmoid"]:
        slope, middle = numbers[0]
        facts["slope"] = 1 / 6 if slope == shortest(1 / 6) else slope
        known = known and middle == 0.5
    if None in facts.values() or not known:
        raise Unsayable(f"its functions are {', '.join(names)}")
    return facts


def _weights(site: Site, layer: Any, direction: int) -> dict[str, Tensor]:
    """Return the weights of one direction, in the catalogue's order of gates."""
    order, units = GATES[site.kind], layer.units
    apart = site.kind == "GRU" and layer.reset_after
    rows = len(order) * units

    def arranged(array: Any) -> Any:
        return array.reshape(len(order), units, -1)[list(order)].reshape(rows, -1)

    def biases(array: Any) -> Any:
        both = [arranged(each)[:, 0] for each in array[direction].reshape(2, rows)]
        return np.stack(both) if apart else both[0] + both[1]

    kernel, recurrent = site.weight(1), site.weight(2)
    if recurrent.shape != (kernel.shape[0], rows, units):
        raise ValueError(f"has recurrent weights of the shape {recurrent.shape} for {units} units")
    weights = {
        "kernel": kernel.map(lambda array: arranged(array[direction]), (rows, kernel.shape[2])),
        "recurrent_kernel": recurrent.map(lambda array: arranged(array[direction]), (rows, units)),
    }
    sizes = (2, rows) if apart else (rows,)
    if not site.has(3):
        return {**weights, "bias": Tensor(sizes, lambda: np.zeros(sizes, np.float32))}
    if site.weight(3).shape != (kernel.shape[0], 2 * rows):
        raise ValueError(f"has a bias of the shape {site.weight(3).shape} for {units} units")
    return {**weights, "bias": site.weight(3).map(biases, sizes)}


READERS = dict.fromkeys(GATES, over_time)
