"""Recurrent layers as a Scan: ONNX's own LSTM cannot start afresh within a sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ir import layers as L
from ir.weights import Tensor
from translator.dialects.onnx.emission import Op, Site
from translator.dialects.onnx.file import to_node
from translator.mapping import At, Unsayable


def lstm(site: Site) -> list[str]:
    """Run Caffe's LSTM: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/lstm_unit_layer.cpp."""
    return _scan(site, ("h", "c"), _lstm_step)


def rnn(site: Site) -> list[str]:
    """Run Caffe's RNN: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/rnn_layer.cpp."""
    return _scan(site, ("h",), _rnn_step)


def over_time(site: Site) -> list[str]:
    """Run ONNX's own LSTM, GRU or RNN; its LSTM has the gates in the order input, output, forget, candidate."""
    layer, units = site.layer, site.layer.units
    order = (0, 3, 1, 2) if layer.gates == 4 else range(layer.gates)

    def arranged(role: str) -> Tensor:
        tensor = site.emission.weights[site.node.key(role)]
        both = role == "bias" and len(tensor.shape) == 2

        def gates(array: Any) -> Any:
            import numpy as np

            if both:
                return array.reshape(1, -1)
            parts = array.reshape(layer.gates, units, *array.shape[1:])
            rows = parts[list(order)].reshape(array.shape)
            return (rows if role != "bias" else np.concatenate([rows, rows * 0]))[None]

        rows, *columns = (tensor.size // 2,) if both else tensor.shape
        return tensor.map(gates, (1, rows * (2 if role == "bias" else 1), *columns))

    weights = [site.emission.initializer(site.node.key(role), arranged(role)) for role in ROLES]
    x, *others = site.inputs
    counted = _counted(site, others.pop()) if layer.masked else None
    start = [site.op("Unsqueeze", each, axes=[0]) for each in others]
    behind = ["" if counted is None else counted.lengths, *start] if others or counted else []
    steps = site.op("Transpose", x if counted is None else _gathered(site, x, counted.order), perm=[1, 0, 2])
    given = site.ops_of(
        KINDS[type(layer)], steps, *weights, *behind, results=1 + layer.cells, hidden_size=units, **_functions(layer)
    )
    count = layer.cells if layer.states else 0 if layer.sequences else 1
    last = [site.op("Squeeze", each, axes=[0]) for each in given[1 : 1 + count]]
    result = last[0] if last else ""
    if counted is not None and layer.started:
        # Where no step counts the result is 0, and the state the one that was given.
        if not layer.sequences:
            result = site.op("Mul", result, site.cast(counted.any, "float32"))
        last = [site.op("Where", counted.any, *pair) for pair in zip(last, others, strict=False)]
    if layer.sequences:
        result = site.op("Transpose", site.op("Squeeze", given[0], axes=[1]), perm=[1, 0, 2])
        if counted is not None:
            result = site.op("Mul", _gathered(site, result, counted.places), counted.begun)
    return [result, *last[: layer.outputs - 1]]


class _Counted(NamedTuple):
    """Which steps count: how many of each sequence and if any, these in order, and where each step's result stands."""

    lengths: str
    any: str
    order: str
    places: str
    begun: str


def _counted(site: Site, mask: str) -> _Counted:
    """Bring the steps that count to the front, for which ONNX has the length of each sequence."""
    truth = site.cast(site.cast(mask, "bool"), "float32")
    axis = site.constant(1, "axis", "int64")
    counts = site.op("CumSum", truth, axis)
    every = site.op("Add", site.op("Mul", truth, site.constant(0.0, "zero")), site.constant(1.0, "one"))
    steps = site.op("Slice", site.op("Shape", mask), starts=[1], ends=[2], axes=[0])
    # The later a step, the less it weighs; one that does not count weighs less than any that does.
    weight = site.op("Mul", truth, site.constant(float(1 << 20), "first"))
    weight = site.op("Sub", weight, site.op("CumSum", every, axis))
    order = site.ops_of("TopK", weight, steps, results=2, axis=1)[1]
    total = site.op("ReduceSum", truth, axes=[1])
    lengths = site.op("Squeeze", site.op("Cast", total, to=6), axes=[1])
    any_ = site.op("Greater", total, site.constant(0.0, "none"))
    before = site.op("Max", site.op("Sub", counts, site.constant(1.0, "last")), site.constant(0.0, "least"))
    begun = site.op("Unsqueeze", site.op("Greater", counts, site.constant(0.0, "yet")), axes=[2])
    return _Counted(lengths, any_, order, site.cast(before, "int64"), site.cast(begun, "float32"))


def _gathered(site: Site, x: str, places: str) -> str:
    """Take steps of each sequence by their numbers."""
    return site.op("GatherND", x, site.op("Unsqueeze", places, axes=[2]), batch_dims=1)


def _functions(layer: Any) -> dict[str, Any]:
    """Return the attributes that name a layer's functions, where they are not ONNX's own, and the numbers in them."""
    own = FUNCTIONS.get(layer.activation, layer.activation.capitalize())
    gated = not isinstance(layer, L.SimpleRNN)
    reset = {"linear_before_reset": 1} if isinstance(layer, L.GRU) and layer.reset_after else {}
    names = [("HardSigmoid" if layer.gate == "hard_sigmoid" else "Sigmoid"), own] if gated else [own]
    if isinstance(layer, L.LSTM):
        names.append(own)
    if set(names) <= {"Sigmoid", "Tanh"} and own == "Tanh":
        return reset
    said = {"HardSigmoid": (layer.slope, 0.5) if gated else (), "Affine": (1.0, 0.0), "Elu": (1.0,)}
    numbers = [said.get(each, ()) for each in names]
    found: dict[str, Any] = {"activations": names}
    for place, name in enumerate(("activation_alpha", "activation_beta")):
        if given := [each[place] for each in numbers if len(each) > place]:
            found[name] = given
    return found | reset


def unmasked(layer: Any, at: At) -> None:
    """Require that every step counts: to gather those that do came with operator set 12."""
    if layer.masked:
        raise Unsayable("steps that do not count need operator set 12")


KINDS: dict[Any, str] = {L.LSTM: "LSTM", L.GRU: "GRU", L.SimpleRNN: "RNN"}
FUNCTIONS = {"linear": "Affine"}
"""The names of functions in ONNX that are not the catalogue's with a capital."""
ROLES = ("kernel", "recurrent_kernel", "bias")


def start(site: Site) -> list[str]:
    """Mark every step but the first."""
    steps = site.results[0][0] or 0
    size = site.op("Slice", site.op("Shape", site.x), starts=[0], ends=[2], axes=[0])
    column = site.constant([[0.0]] + [[1.0]] * (steps - 1), "steps")
    return [site.op("Add", site.op("ConstantOfShape", size), column)]


def _lstm_step(recurrent: str) -> list[Op]:
    return [
        Op("MatMul", ["kept_h", recurrent], ["from_h"]),
        Op("Add", ["from_h", "x"], ["gates"]),
        Op("Split", ["gates"], ["i", "f", "o", "g"], {"axis": 1}),
        *(Op("Sigmoid", [gate], [f"{gate}_share"]) for gate in ("i", "f", "o")),
        Op("Tanh", ["g"], ["candidate"]),
        Op("Mul", ["f_share", "kept_c"], ["remembered"]),
        Op("Mul", ["i_share", "candidate"], ["added"]),
        Op("Add", ["remembered", "added"], ["next_c"]),
        Op("Tanh", ["next_c"], ["squashed"]),
        Op("Mul", ["o_share", "squashed"], ["next_h"]),
    ]


def _rnn_step(recurrent: str) -> list[Op]:
    return [
        Op("MatMul", ["kept_h", recurrent], ["from_h"]),
        Op("Add", ["from_h", "x"], ["sum"]),
        Op("Tanh", ["sum"], ["next_h"]),
    ]


def _scan(site: Site, states: tuple[str, ...], step: Callable[[str], list[Op]]) -> list[str]:
    """Multiply by all that does not depend on the state beforehand, and scan over time."""
    units = site.layer.units
    gathered = _matmul(site, _rows(site, site.inputs[0], 3), "kernel")
    gathered = site.op("Add", gathered, site.weight("bias"))
    if len(site.inputs) > 2:
        gathered = site.op("Add", gathered, _matmul(site, _rows(site, site.inputs[2], 2), "static_kernel"))
    recurrent = site.weight("recurrent_kernel", axes=("OI", "IO"))
    marks = site.op("Unsqueeze", site.inputs[1], axes=[2])
    batch = site.op("Slice", site.op("Shape", site.inputs[1]), starts=[1], ends=[2], axes=[0])
    size = site.op("Concat", batch, site.constant([units], "units", "int64"), axis=0)
    zeros = site.op("ConstantOfShape", size)
    body = _body(site, states, step(recurrent))
    outputs = site.ops_of(
        "Scan",
        *(zeros for _ in states),
        gathered,
        marks,
        results=len(states) + 1,
        body=body,
        num_scan_inputs=2,
    )
    hidden = outputs[-1]
    if "output_kernel" not in site.layer.weights(*site.shapes):
        return [hidden]
    shown = site.op("Add", _matmul(site, hidden, "output_kernel"), site.weight("output_bias"))
    return [site.op("Tanh", shown)]


def _rows(site: Site, x: str, rank: int) -> str:
    """Return the features of each step, or of each sequence, as one axis."""
    index = site.inputs.index(x)
    if len(site.shapes[index]) == rank:
        return x
    sizes = [0] * (rank - 1) + [-1]
    return site.op("Reshape", x, site.constant(sizes, "features", "int64"))


def _matmul(site: Site, x: str, role: str) -> str:
    return site.op("MatMul", x, site.weight(role, axes=("OI", "IO")))


def _body(site: Site, states: tuple[str, ...], ops: list[Op]) -> Any:
    """Return the graph of one step: the states that the mark keeps, the new ones, and what is given out."""
    from onnx import TensorProto, helper

    keeping = [Op("Mul", [state, "mark"], [f"kept_{state}"]) for state in states]
    given = Op("Identity", ["next_h"], ["given"])
    prefix = site.emission.free(f"{site.node.name}/step")

    def local(name: str) -> str:
        return name if name in site.emission.initializers else f"{prefix}/{name}"

    def value(name: str) -> Any:
        return helper.make_tensor_value_info(local(name), TensorProto.FLOAT, None)

    nodes = []
    for op in (*keeping, *ops, given):
        op.inputs, op.outputs = list(map(local, op.inputs)), list(map(local, op.outputs))
        op.name = op.outputs[0]
        if op.kind == "Split":
            _split(op, site)
        nodes.append(to_node(op))
    inputs = [value(name) for name in (*states, "x", "mark")]
    return helper.make_graph(nodes, prefix, inputs, [value(name) for name in (*(f"next_{s}" for s in states), "given")])


def _split(op: Op, site: Site) -> None:
    """Give a Split its sizes, in the form of the operator set."""
    sizes = [site.layer.units] * len(op.outputs)
    if site.opset >= 13:
        op.inputs.append(site.constant(sizes, "gates", "int64"))
    else:
        op.attributes["split"] = sizes
