"""LSTM, GRU and RNN, as far as they are the catalogue's: no peepholes, and the functions that it knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.operators.arrange import without
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.pointwise import shortest
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import SMALL, Value, known
from translator.mapping import Unsayable

GATES = {"LSTM": (0, 2, 3, 1), "GRU": (0, 1, 2), "RNN": (0,)}
"""Where ONNX has the gates, in the catalogue's order; its LSTM has them as input, output, forget, candidate."""
USUAL = {"LSTM": ("sigmoid", "tanh", "tanh"), "GRU": ("sigmoid", "tanh"), "RNN": ("tanh",)}
"""The functions that are meant where none are said: of the gates, of the new values, of an LSTM's state."""
LAYERS = {"LSTM": L.LSTM, "GRU": L.GRU, "RNN": L.SimpleRNN}
ALIKE = ("tanh", "relu", "sigmoid", "elu", "softplus", "softsign")
FUNCTIONS = {**dict(zip(ALIKE, ALIKE, strict=True)), "affine": "linear"}
PLAIN = {"affine": (1, 0), "elu": (1,)}
"""The numbers with which a function is the catalogue's."""
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
    steps = x if by_batch else site.layer(L.Permute(order=(1, 0, 2)), x)
    wanted = [place for place in (0, 1, 2) if site.is_wanted(place)]
    if not wanted:
        raise Unsayable("nothing takes what it gives")
    layers = [LAYERS[site.kind](units=units, **each) for each in _functions(site, len(directions))]
    mask = _mask(site, steps, directions)
    ways = []
    for i, (layer, back) in enumerate(zip(layers, directions, strict=True)):
        layer = layer.replace(started=bool(start := _start(site, layer, i)), masked=mask is not None)
        given = [steps, *start, *([] if mask is None else [mask])]
        ways.append(_one_way(site, layer, given, _weights(site, layer, i), back, wanted))
    results = {place: _together(site, [way[place] for way in ways], place, by_batch) for place in wanted}
    return [results.get(place, results[wanted[0]]) for place in range(1 + layers[0].cells)]


def _one_way(
    site: Site, layer: Any, given: list[Value], weights: dict[str, Tensor], back: bool, wanted: list[int]
) -> dict[int, Value]:
    """Return what is wanted of one direction, batch before time: the states of all steps, the last one, its cell."""
    steps, *others = given
    steps = site.layer(L.Reverse(axis=1), steps) if back else steps
    found = {}
    if 2 in wanted or {0, 1} <= set(wanted) or (layer.masked and 1 in wanted):
        every, *states = site.add(layer.replace(sequences=0 in wanted, states=True), steps, *others, weights=weights)
        found = {0: every} | dict(enumerate(states, 1))
    else:
        place = wanted[0]
        found[place] = site.layer(layer.replace(sequences=place == 0), steps, *others, weights=weights)
    if layer.masked and 0 in wanted:
        # Behind the end of a sequence ONNX gives 0.
        found[0] = site.layer(L.ScaleBy(axis=0), found[0], others[-1])
    if back and 0 in wanted:
        found[0] = site.layer(L.Reverse(axis=1), found[0])
    return found


def _mask(site: Site, steps: Value, directions: tuple[bool, ...]) -> Value | None:
    """Return which steps count, where the lengths of the sequences are given."""
    if not site.has(4) or _is_whole(site):
        return None
    if any(directions):
        raise Unsayable("it goes backwards, from the end of each of its sequences")
    (count,) = certain(steps.dims[1:2], "the number of steps")
    if count > SMALL:
        raise Unsayable(f"it is of {count} steps")
    lengths = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), site.tensor(4))
    places = site.builder.as_tensor(known(np.arange(count, dtype=np.float32).reshape(1, -1), "float32"))
    return site.add(L.Compare(relation="less"), places, lengths, dtype="float32")[0]


def _start(site: Site, layer: Any, direction: int) -> list[Value]:
    """Return the states that one direction starts from, none where these are zeros."""
    places = [place for place in range(5, 5 + layer.cells) if site.has(place)]
    if all(_is_nothing(site, place) for place in places):
        return []
    if len(places) != layer.cells:
        raise Unsayable("it starts from some of its states")
    axis = 1 if site.get("layout", 0) else 0
    return [without(site, part(site, site.tensor(place), axis, direction, direction + 1), [axis]) for place in places]


def _is_nothing(site: Site, place: int) -> bool:
    return site.value(place).fill == 0 or (site.is_constant(place) and not np.any(site.numbers(place)))


def _together(site: Site, ways: list[Value], place: int, by_batch: bool) -> Value:
    """Bring what is given by each direction together, along an axis of directions as ONNX has it."""
    axis = (2 if by_batch else 1) if place == 0 else (1 if by_batch else 0)
    if place == 0 and not by_batch:
        ways = [site.layer(L.Permute(order=(1, 0, 2)), each) for each in ways]
    ways = [site.layer(L.Reshape(sizes=(1,), axis=axis, count=0), each) for each in ways]
    return ways[0] if len(ways) == 1 else site.layer(L.Concat(axis=axis), *ways)


def _require_known(site: Site) -> None:
    """Require what the catalogue's layers do."""
    site.only("input_forget", 0)
    if "clip" in site.operator.attributes:
        raise Unsayable("it cuts off its values")
    if site.has(7) and not _is_nothing(site, 7):
        raise Unsayable("it has peepholes")


def _is_whole(site: Site) -> bool:
    """Tell whether all sequences are said to be as long as the input is."""
    axis = 1 if site.get("layout", 0) else 0
    return site.is_constant(4) and bool(np.all(site.numbers(4) == site.x.dims[axis]))


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
        known = known and pair == PLAIN.get(name, pair)
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
