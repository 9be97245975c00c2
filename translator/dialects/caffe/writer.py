"""A model to a V2 prototxt, and its weights to a caffemodel."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node, Ref, free_name
from ir.validate import Shapes, node_weights
from translator.attrs import Attrs
from translator.dialect import Output, Target
from translator.dialects.caffe.binary import encode
from translator.dialects.caffe.mapping import RULES
from translator.dialects.caffe.syntax import render
from translator.dialects.caffe.weights import to_blobs
from translator.mapping import At
from translator.options import WriteOptions

LARGEST = 2**31 - 1
"""Bytes of the largest message that protobuf's own parsers take."""


def target(options: WriteOptions) -> Target:
    """Return what Caffe can say."""
    return Target(RULES, "channels_first", joins_scale=False, joins_borders="all", joins_parts=False, joins_lines=True)


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the prototxt, and with weights the caffemodel."""
    for each in model.graph.inputs:
        if not shapes[Ref(each.name)]:
            report.add("unsupported", f"the input {each.name!r} is a scalar, which no blob of an input is", each.origin)
    report.stop_on_errors()
    net = to_net(model, shapes)
    text = "\n".join(render(net, "NetParameter")) + "\n"
    if not (model.weights and options.weights):
        return Output(text)

    size = sum(4 * tensor.size for tensor in model.weights.values())
    if size > LARGEST:
        told = f"the caffemodel has {size >> 20} MiB; Caffe and OpenCV read at most {LARGEST >> 20}"
        report.add("file", told, severity="warning")

    def save(path: Path) -> None:
        nodes = {node.name: node for node in model.graph.nodes}
        with_blobs = [
            Attrs({**layer, "blobs": to_blobs(nodes[layer["name"]], model, shapes)})
            if layer["name"] in nodes
            else layer
            for layer in net["layer"]
        ]
        with path.open("wb") as file:
            file.writelines(encode({**net, "layer": tuple(with_blobs)}, "NetParameter").chunks())

    return Output(text, companions={".caffemodel": save})


def to_net(model: Model, shapes: Shapes) -> Attrs:
    """Return a model as a NetParameter."""
    graph, ends = _ends_last(model.graph)
    blobs = _blob_names(graph)
    layers = [_input_layer(each.name, shapes[Ref(each.name)]) for each in graph.inputs]
    keys = Counter(key for node in graph.nodes for key in _keys(node, shapes))
    shared = {key for key, count in keys.items() if count > 1}
    said = {node.name: _layer(node, shapes, blobs, shared) for node in graph.nodes}
    layers += [layer for name, layer in said.items() if name not in ends]
    taken, inputs = {ref for node in graph.nodes for ref in node.inputs}, [Ref(each.name) for each in graph.inputs]
    unused = [ref for ref in inputs if ref not in taken]
    if loose := tuple(blobs[ref] for ref in (*unused, *graph.loose_ends()) if ref not in graph.outputs):
        # To Caffe all that nothing takes is an output.
        name = free_name("silence", dict.fromkeys([*said, *(layer["name"] for layer in layers)]))
        layers.append(Attrs({"name": name, "type": "Silence", "bottom": loose}))
    names = dict.fromkeys([*blobs.values(), *said, *(layer["name"] for layer in layers)])
    given = Counter(graph.outputs)
    for ref in graph.outputs:
        if ref.node in ends:
            layers.append(said[ref.node])
            ends.remove(ref.node)
        if ref in taken or given[ref] > 1 or Ref(ref.node) in inputs:
            layers.append(_shown(blobs[ref], names))
    return Attrs(({"name": graph.name} if graph.name else {}) | {"layer": tuple(layers)})


def _ends_last(graph: Graph) -> tuple[Graph, set[str]]:
    """Return a graph in which the layers that give no more than one output are last, where outputs stand otherwise.

    Nothing in the file says their order but that of its layers; the names of those that were moved are given too.
    """
    taken = {ref for node in graph.nodes for ref in node.inputs}
    loose_ends = [ref for ref in graph.loose_ends() if ref in graph.outputs]
    if list(dict.fromkeys(graph.outputs)) == [*loose_ends, *(ref for ref in graph.outputs if ref in taken)]:
        return graph, set()
    loose = {ref.node for ref in graph.outputs if ref not in taken}
    ends = {node.name: node for node in graph.nodes if node.name in loose and len(node.refs) == 1}
    order = list(dict.fromkeys(ref.node for ref in graph.outputs if ref.node in ends))
    nodes = [node for node in graph.nodes if node.name not in ends] + [ends[name] for name in order]
    return replace(graph, nodes=tuple(nodes)), set(order)


def _shown(blob: str, names: dict[str, None]) -> Attrs:
    """Return a Split for an output that a layer takes too: to Caffe an output is what nothing takes."""
    name = free_name(f"{blob}_output", names)
    names[name] = None
    return Attrs({"name": name, "type": "Split", "bottom": (blob,), "top": (name,)})


def _input_layer(name: str, shape: tuple[int | None, ...]) -> Attrs:
    sizes = tuple(1 if size is None else size for size in shape)
    param = Attrs({"shape": (Attrs({"dim": sizes}),)})
    return Attrs({"name": name, "type": "Input", "top": (name,), "input_param": param})


def _keys(node: Node, shapes: Shapes) -> list[str]:
    """Return the keys of the weights that a node has, in the order of its blobs."""
    rules, held = RULES.of(type(node.layer)), node_weights(node, shapes, "channels_first")
    return [node.key(blob.role) for blob in rules[0].blobs_of(node.layer) if blob.role in held] if rules else []


def _layer(node: Node, shapes: Shapes, blobs: dict[Ref, str], shared: set[str]) -> Attrs:
    layer = Attrs({"name": node.name, "type": ""})
    layer["bottom"] = tuple(blobs[ref] for ref in node.inputs)
    layer["top"] = tuple(blobs[ref] for ref in node.refs)
    at = At(node.name, [shapes[ref] for ref in node.inputs], [shapes[ref] for ref in node.refs], results=len(node.refs))
    if isinstance(node.layer, L.Custom):
        layer["type"] = node.layer.type
        layer.update(_attrs(node.layer.arguments))
        return layer
    rule, fields = RULES.say(node.layer, at)
    layer["type"] = rule.foreign.partition(":")[0]
    layer["bottom"] = layer["bottom"][: rule.takes]
    keys = _keys(node, shapes)
    if shared.intersection(keys):
        layer["param"] = tuple(Attrs({"name": key}) for key in keys)
    if fields:
        layer[rule.group] = fields
    return layer


def _attrs(value: Any) -> Any:
    """Return plain data as fields."""
    if isinstance(value, dict):
        return Attrs({key: _attrs(each) for key, each in value.items()})
    return tuple(map(_attrs, value)) if isinstance(value, (list, tuple)) else value


def _blob_names(graph: Graph) -> dict[Ref, str]:
    """Name each tensor's blob: its label, where no other tensor bears it.

    A layer works in place, its input's blob that of its output, if it did so in the source and nobody reads that later.
    """
    last: dict[Ref, int] = {}
    for i, node in enumerate(graph.nodes):
        last.update(dict.fromkeys(node.inputs, i))
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes)))
    names = {Ref(each.name): each.name for each in graph.inputs}
    holder = {name: ref for ref, name in names.items()}
    for i, node in enumerate(graph.nodes):
        for ref in node.refs:
            name = node.label(ref.index)
            held = holder.get(name)
            if held is not None and not (held in node.inputs and last[held] == i):
                name = free_name(node.name if len(node.refs) == 1 else str(ref), holder)
            names[ref] = name
            holder[name] = ref
    return names
