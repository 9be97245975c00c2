"""A model as the configuration that Keras saves: architecture JSON.

Format: https://keras.io/api/models/model_saving_apis/ and keras.src.models.functional of Keras 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ir.graph import Ref
from translator.dialects.keras.op import Op
from translator.dialects.keras.program import Program, layer_paths

_OPERATIONS = {
    "ops.abs": ("keras.src.ops.numpy", "Absolute", ()),
    "ops.add": ("keras.src.ops.numpy", "Add", ()),
    "ops.argmax": ("keras.src.ops.numpy", "Argmax", ("axis", "keepdims")),
    "ops.cast": ("keras.src.ops.core", "Cast", ("dtype",)),
    "ops.clip": ("keras.src.ops.numpy", "Clip", ("x_min", "x_max")),
    "ops.divide": ("keras.src.ops.numpy", "Divide", ()),
    "ops.exp": ("keras.src.ops.numpy", "Exp", ()),
    "ops.flip": ("keras.src.ops.numpy", "Flip", ("axis",)),
    "ops.greater": ("keras.src.ops.numpy", "Greater", ()),
    "ops.log": ("keras.src.ops.numpy", "Log", ()),
    "ops.mean": ("keras.src.ops.numpy", "Mean", ("axis", "keepdims")),
    "ops.multiply": ("keras.src.ops.numpy", "Multiply", ()),
    "ops.pad": ("keras.src.ops.numpy", "Pad", ("pad_width", "mode")),
    "ops.power": ("keras.src.ops.numpy", "Power", ()),
    "ops.reshape": ("keras.src.ops.numpy", "Reshape", ("newshape",)),
    "ops.split": ("keras.src.ops.numpy", "Split", ("indices_or_sections", "axis")),
    "ops.sqrt": ("keras.src.ops.numpy", "Sqrt", ()),
    "ops.square": ("keras.src.ops.numpy", "Square", ()),
    "ops.subtract": ("keras.src.ops.numpy", "Subtract", ()),
    "ops.sum": ("keras.src.ops.numpy", "Sum", ("axis", "keepdims")),
    "ops.take": ("keras.src.ops.numpy", "Take", ("axis",)),
    "ops.take_along_axis": ("keras.src.ops.numpy", "TakeAlongAxis", ("axis",)),
    "ops.tile": ("keras.src.ops.numpy", "Tile", ("repeats",)),
    "ops.transpose": ("keras.src.ops.numpy", "Transpose", ("axes",)),
}
"""The class behind each operation, and which of its arguments it is made with; the others go with the call."""

_OPERATIONS |= {
    **{
        f"ops.{name}": ("keras.src.ops.numpy", kind, ())
        for name, kind in (
            (each, "".join(map(str.capitalize, each.split("_"))))
            for each in (
                "floor",
                "ceil",
                "round",
                "sign",
                "sin",
                "cos",
                "tan",
                "arcsin",
                "arccos",
                "arctan",
                "sinh",
                "cosh",
                "arcsinh",
                "arccosh",
                "arctanh",
                "equal",
                "less",
                "less_equal",
                "greater_equal",
                "matmul",
                "where",
            )
        )
    },
    **{
        f"ops.{each}": ("keras.src.ops.numpy", each.capitalize(), ("axis", "keepdims"))
        for each in ("max", "min", "prod")
    },
    "ops.dot_product_attention": ("keras.src.ops.nn", "DotProductAttention", ("is_causal",)),
    "ops.erf": ("keras.src.ops.math", "Erf", ()),
    "ops.gelu": ("keras.src.ops.nn", "Gelu", ("approximate",)),
}

_WANTED = {"Rescaling": {"offset": 0.0}}
"""What Keras wants in a layer's configuration though the layer has a default for it."""


def config(made: Program, name: str) -> dict[str, Any]:
    """Return the configuration of a model."""
    graph = made.graph
    entries: dict[str, dict[str, Any]] = {each.name: _input(made, each.name, each.shape) for each in graph.inputs}
    calls: dict[Ref, tuple[str, int, int]] = {Ref(each.name): (made.names[each.name], 0, 0) for each in graph.inputs}
    for node in graph.nodes:
        owner = made.owners[node.name]
        for entry_name, op in _parts(made.ops[node.name]):
            entry = entries.get(owner) if op.node and owner != node.name else None
            if entry is None:
                entry = entries[entry_name if not op.node else node.name] = _entry(op, entry_name)
            entry["inbound_nodes"].append(_call(op, calls, made))
        times = len(entries[owner]["inbound_nodes"]) - 1
        calls.update({ref: (made.names[owner], times, ref.index) for ref in node.refs})
    inputs = [[*calls[Ref(each.name)]] for each in graph.inputs]
    outputs = [[*calls[ref]] for ref in graph.outputs]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": name,
            "trainable": True,
            "layers": _in_order(entries, made),
            "input_layers": inputs[0] if len(inputs) == 1 else inputs,
            "output_layers": outputs[0] if len(outputs) == 1 else outputs,
        },
        "registered_name": "Functional",
    }


def _in_order(entries: dict[str, dict[str, Any]], made: Program) -> list[dict[str, Any]]:
    """Return the entries in Keras's own order, by which it finds the weights of each; operations have none."""
    places = {name: i for i, name in enumerate((*(each.name for each in made.graph.inputs), *layer_paths(made)))}
    return [entries[name] for name in sorted(entries, key=lambda name: places.get(name, len(places)))]


def _input(made: Program, name: str, shape: tuple[int | None, ...]) -> dict[str, Any]:
    fields = {"batch_shape": list(shape), "dtype": "float32", "sparse": False, "name": made.names[name]}
    return _described("keras.layers", "InputLayer", fields, made.names[name])


def _described(module: str, kind: str, fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": kind,
        "config": fields,
        "registered_name": None,
        "name": name,
        "inbound_nodes": [],
    }


def _parts(op: Op, depth: int = 0) -> Iterator[tuple[str, Op]]:
    """Yield the operations of an expression, the innermost first, each with its name."""
    for operand in op.operands():
        if isinstance(operand, Op):
            named = replace(operand, name=_inner_name(op, operand))
            yield from _parts(named, depth + 1)
    yield op.name, op


def _inner_name(op: Op, operand: Op) -> str:
    place = [id(each) for each in op.operands() if isinstance(each, Op)].index(id(operand))
    return f"{op.name}_operand{place or ''}"


def _entry(op: Op, name: str) -> dict[str, Any]:
    if op.is_layer:
        fields = {**_WANTED.get(op.kind, {}), **_plain(op.config)}
        return _described("keras.layers", op.kind, {"name": name, **fields}, name)
    module, kind, made_with = _OPERATIONS[op.function]
    fields = {key: value for key, value in op.config.items() if key in made_with}
    return _described(module, kind, {"name": name, **_plain(fields)}, name)


def _call(op: Op, calls: dict[Ref, tuple[str, int, int]], made: Program) -> dict[str, Any]:
    kwargs = _plain(op.said)
    if not op.is_layer:
        made_with = _OPERATIONS[op.function][2]
        kwargs = _plain({key: value for key, value in op.config.items() if key not in made_with})
    return {"args": [_operand(each, op, calls, made) for each in op.args], "kwargs": kwargs}


def _operand(value: Any, op: Op, calls: dict[Ref, tuple[str, int, int]], made: Program) -> Any:
    if isinstance(value, list):
        return [_operand(each, op, calls, made) for each in value]
    if isinstance(value, Op):
        return _tensor((_inner_name(op, value), 0, 0), (None,))
    if isinstance(value, Ref):
        return _tensor(calls[value], made.shapes[value])
    return value


def _tensor(history: tuple[str, int, int], shape: tuple[int | None, ...]) -> dict[str, Any]:
    fields = {"shape": list(shape), "dtype": "float32", "keras_history": list(history)}
    return {"class_name": "__keras_tensor__", "config": fields}


def _plain(fields: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(fields, (list, tuple)):
        return [_plain(each) for each in fields]
    if hasattr(fields, "items"):
        return {key: _plain(each) for key, each in fields.items()}
    return fields
