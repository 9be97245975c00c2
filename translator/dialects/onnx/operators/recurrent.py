"""LSTM and RNN, as far as they are the catalogue's: no state to start with, the usual functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

GATES = {"LSTM": (0, 2, 3, 1), "RNN": (0,)}
"""Where ONNX has the gates, in the catalogue's order; ONNX's own is input, output, forget, candidate."""
USUAL = {"LSTM": ("sigmoid", "tanh", "tanh"), "RNN": ("tanh",)}


DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}
"""Which directions a layer goes, and whether that is backwards."""


def over_time(site: Site) -> list[Value]:
    """Read an LSTM or an RNN; its outputs are the states of all steps, and the last one, of each direction."""
    _require_usual(site)
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
    weights = [_weights(site, units, i) for i in range(len(directions))]
    for place in wanted:
        each = [_one_way(site, steps, *way, place == 0) for way in zip(weights, directions, strict=True)]
        axis = (2 if by_batch else 1) if place == 0 else (1 if by_batch else 0)
        if place == 0 and not by_batch:
            each = [site.layer(L.Permute(order=(1, 0, 2)), found) for found in each]
        each = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), found) for found in each]
        results[place] = each[0] if len(each) == 1 else site.layer(L.Concat(axis=axis), *each)
    if not wanted:
        raise Unsayable("nothing takes what it gives")
    return [results.get(place, results[wanted[0]]) for place in (0, 1)]


def _one_way(site: Site, steps: Value, weights: dict[str, Tensor], back: bool, whole: bool) -> Value:
    """Return the states of all steps, or the last one, of one direction, batch before time."""
    kind: Any = getattr(L, {"LSTM": "LSTM", "RNN": "SimpleRNN"}[site.kind])
    turned = site.layer(L.Reverse(axis=1), steps) if back else steps
    found = site.layer(kind(units=weights["recurrent_kernel"].shape[1], sequences=whole), turned, weights=weights)
    return site.layer(L.Reverse(axis=1), found) if back and whole else found


def _require_usual(site: Site) -> None:
    """Require what the catalogue's layers do."""
    site.only("input_forget", 0)
    functions = tuple(each.lower() for each in site.get("activations", ()))
    if functions and functions not in (USUAL[site.kind], USUAL[site.kind] * 2):
        raise Unsayable(f"its functions are {', '.join(functions)}")
    for name in ("clip", "activation_alpha", "activation_beta"):
        if name in site.operator.attributes:
            raise Unsayable(f"it has {name}")
    for place in range(4, len(site.inputs)):
        if not site.has(place) or site.value(place).fill == 0:
            continue
        if not site.is_constant(place) or np.any(site.numbers(place)):
            raise Unsayable("it starts with a state, has peepholes, or sequences of several lengths")


def _weights(site: Site, units: int, direction: int) -> dict[str, Tensor]:
    """Return the weights of one direction, in the catalogue's order of gates."""
    order = GATES[site.kind]
    rows = len(order) * units

    def arranged(array: Any) -> Any:
        return array.reshape(len(order), units, -1)[list(order)].reshape(rows, -1)

    def added(array: Any) -> Any:
        return arranged(array[direction].reshape(2, rows).sum(0))[:, 0]

    kernel, recurrent = site.weight(1), site.weight(2)
    if recurrent.shape != (kernel.shape[0], rows, units):
        raise ValueError(f"has recurrent weights of the shape {recurrent.shape} for {units} units")
    weights = {
        "kernel": kernel.map(lambda array: arranged(array[direction]), (rows, kernel.shape[2])),
        "recurrent_kernel": recurrent.map(lambda array: arranged(array[direction]), (rows, units)),
    }
    if not site.has(3):
        return {**weights, "bias": Tensor((rows,), lambda: np.zeros(rows, np.float32))}
    if site.weight(3).shape != (kernel.shape[0], 2 * rows):
        raise ValueError(f"has a bias of the shape {site.weight(3).shape} for {units} units")
    return {**weights, "bias": site.weight(3).map(added, (rows,))}


READERS = dict.fromkeys(GATES, over_time)
