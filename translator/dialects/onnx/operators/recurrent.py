"""LSTM and RNN, as far as they are the catalogue's: one direction, no state to start with, the usual functions."""

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


def over_time(site: Site) -> list[Value]:
    """Read an LSTM or an RNN; its outputs are the states of all steps, and the last one."""
    _require_usual(site)
    x, order = site.x, GATES[site.kind]
    units = (site.weight(2).shape or (0,))[-1]
    if x.rank != 3 or site.weight(1).shape != (1, len(order) * units, x.dims[2]):
        raise ValueError(f"has weights of the shape {site.weight(1).shape} for {units} units")
    sequences, last = site.is_wanted(0), site.is_wanted(1)
    if site.is_wanted(2):
        raise Unsayable("its cell state is used")
    weights = _weights(site, units)
    kind: Any = getattr(L, {"LSTM": "LSTM", "RNN": "SimpleRNN"}[site.kind])
    steps = x if site.get("layout", 0) else site.layer(L.Permute(order=(1, 0, 2)), x)
    results = []
    for wanted, whole in ((sequences, True), (last, False)):
        found = site.layer(kind(units=units, sequences=whole), steps, weights=weights) if wanted else x
        if wanted and whole and not site.get("layout", 0):
            found = site.layer(L.Permute(order=(1, 0, 2)), found)
        if wanted:
            axis = (2 if whole else 1) if site.get("layout", 0) else (1 if whole else 0)
            found = site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), found)
        results.append(found)
    return results if sequences else results[::-1][:1] * 2


def _require_usual(site: Site) -> None:
    """Require what the catalogue's layers do."""
    site.only("direction", "forward")
    site.only("input_forget", 0)
    functions = tuple(each.lower() for each in site.get("activations", ()))
    if functions and functions != USUAL[site.kind]:
        raise Unsayable(f"its functions are {', '.join(functions)}")
    for name in ("clip", "activation_alpha", "activation_beta"):
        if name in site.operator.attributes:
            raise Unsayable(f"it has {name}")
    for place in range(4, len(site.inputs)):
        if site.has(place) and (not site.is_constant(place) or np.any(site.numbers(place))):
            raise Unsayable("it starts with a state, has peepholes, or sequences of several lengths")


def _weights(site: Site, units: int) -> dict[str, Tensor]:
    order = GATES[site.kind]
    rows = len(order) * units

    def arranged(array: Any) -> Any:
        return array.reshape(len(order), units, -1)[list(order)].reshape(rows, -1)

    def added(array: Any) -> Any:
        return arranged(array.reshape(2, rows).sum(0))[:, 0]

    kernel, recurrent = site.weight(1), site.weight(2)
    if recurrent.shape != (1, rows, units):
        raise ValueError(f"has recurrent weights of the shape {recurrent.shape} for {units} units")
    weights = {
        "kernel": kernel.map(arranged, (rows, kernel.shape[2])),
        "recurrent_kernel": recurrent.map(arranged, (rows, units)),
    }
    if not site.has(3):
        return {**weights, "bias": Tensor((rows,), lambda: np.zeros(rows, np.float32))}
    if site.weight(3).shape != (1, 2 * rows):
        raise ValueError(f"has a bias of the shape {site.weight(3).shape} for {units} units")
    return {**weights, "bias": site.weight(3).map(added, (rows,))}


READERS = dict.fromkeys(GATES, over_time)
