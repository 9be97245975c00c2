"""A model to an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.graph import Graph, Model, Ref
from ir.layers import Custom
from ir.seeding import seeded_weights
from ir.shapes import Shape
from ir.validate import Shapes, weight_shapes
from ir.weights import Tensor
from translator.dialect import Output, Save, Target
from translator.dialects.onnx.custom import opset_for
from translator.dialects.onnx.emission import Emission, Site
from translator.dialects.onnx.file import LIMIT, Beside, to_message, to_node
from translator.dialects.onnx.mapping import rules
from translator.dialects.onnx.proto import LAYERS
from translator.dialects.onnx.symbols import Symbols, symbols
from translator.dialects.onnx.told import tell
from translator.dialects.onnx.versions import DEFAULT, OLDEST
from translator.mapping import At
from translator.options import WriteOptions
from translator.wire import Pieces

COMPANION = ".onnx.data"
"""The suffix of the file with weights that are too large for one message."""


def target(options: WriteOptions) -> Target:
    """Return what ONNX can say in the operator set that is asked for."""
    return Target(rules(options.opset or DEFAULT))


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the ONNX file; its weights are read while it is saved."""
    carried = [node.layer for node in model.graph.nodes if isinstance(node.layer, Custom)]
    opset = options.opset or opset_for(carried, DEFAULT)
    _check(model.graph, opset, report)
    report.stop_on_errors()
    model = _with_weights(model if options.weights else Model(model.graph), shapes, report)
    emission = emit(model, shapes, opset)
    proto = to_model(model.graph, shapes, emission)
    message, beside = to_message(proto, emission.initializers), None
    if message.size > LIMIT:
        stem = options.path.with_suffix("").name if options.path else ""
        beside = Beside(f"{stem}{COMPANION}")
        message = to_message(proto, emission.initializers, beside)
    return Output(save=_saver(message), companions={COMPANION: _saver(beside.data)} if beside else {})


def _saver(message: Pieces) -> Save:
    def save(path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(message.chunks())

    return save


def _check(graph: Graph, opset: int, report: Report) -> None:
    from onnx import defs

    newest = defs.onnx_opset_version()
    if not OLDEST <= opset <= newest:
        report.add("value", f"the operator set {opset} is not one of {OLDEST} to {newest}", hint="--opset")
    if graph.layout != "channels_first":
        report.add("unsupported", "ONNX knows images with channels first alone", hint="leave out --layout")


LARGEST_RANDOM = 1 << 29
"""Numbers of a weight that is filled in at most: VGG's largest has a fifth of that."""


def _with_weights(model: Model, shapes: Shapes, report: Report) -> Model:
    """Fill in weights that the model lacks: ONNX has no layers without them."""
    missing = {
        key: node for key, (_, _, node) in weight_shapes(model.graph, shapes).items() if key not in model.weights
    }
    if not missing:
        return model
    lacking = list(dict.fromkeys(node.name for node in missing.values()))
    whose = "the source has no weights"
    if any(key not in missing for key in weight_shapes(model.graph, shapes)):
        whose = f"the source has no weights for {', '.join(lacking[:5])}{' ...' if len(lacking) > 5 else ''}"
    report.add("random-weights", f"{whose}; the ONNX file got random ones", hint="--weights FILE")
    seeded: dict[str, Tensor] = seeded_weights(model.graph, shapes)
    for key, node in missing.items():
        if seeded[key].size > LARGEST_RANDOM:
            told = f"{key} would be {seeded[key].size * 4 >> 20} MiB of random numbers; is its input's shape right?"
            report.add("unsupported", told, node.origin, hint="--weights FILE, or --shape NAME=SIZES")
    report.stop_on_errors()
    return Model(model.graph, {**model.weights, **{key: seeded[key] for key in missing}})


def emit(model: Model, shapes: Shapes, opset: int) -> Emission:
    """Return the operators and initializers of a model."""
    emission = Emission(model, shapes, opset)
    table = rules(opset)
    for node in model.graph.nodes:
        inputs, results = [shapes[ref] for ref in node.inputs], [shapes[ref] for ref in node.refs]
        rule, fields = table.say(node.layer, At(node.name, inputs, results))
        site = Site(emission, node)
        if rule.build:
            site.finish(rule.build(site, **fields))
        else:
            present = set(node.layer.weights(*inputs))
            weights = [site.weight(blob.role) for blob in rule.blobs_of(node.layer) if blob.role in present]
            site.finish(site.ops_of(rule.foreign, *site.inputs, *weights, results=len(node.refs), **fields))
    return emission


def to_model(graph: Graph, shapes: Shapes, emission: Emission) -> Any:
    """Return a ModelProto, its initializers left out."""
    from onnx import GraphProto, helper

    names = symbols(graph, shapes)
    proto = GraphProto(name=graph.name or "net")
    proto.node.extend(map(to_node, emission.ops))
    inputs = [Ref(each.name) for each in graph.inputs]
    outputs = [(_output(ref, emission, inputs, proto), ref) for ref in dict.fromkeys(graph.outputs)]
    proto.input.extend(_value(emission.values[ref], ref, shapes, names) for ref in inputs)
    proto.output.extend(_value(name, ref, shapes, names) for name, ref in outputs)
    known = {*inputs, *graph.outputs}
    between = [ref for node in graph.nodes for ref in node.refs if ref not in known]
    proto.value_info.extend(_value(emission.values[ref], ref, shapes, names) for ref in between)
    opsets = [helper.make_opsetid("", emission.opset)]
    versions = {op.domain: 1 for op in emission.ops if op.domain}
    for node in graph.nodes:
        if isinstance(node.layer, Custom) and node.layer.native.get("domain") in versions:
            versions[str(node.layer.native["domain"])] = int(node.layer.native["version"])
    opsets += [helper.make_opsetid(domain, version) for domain, version in versions.items()]
    version = helper.find_min_ir_version_for(opsets[:1])
    made = helper.make_model(proto, opset_imports=opsets, ir_version=version, producer_name="model-zoo-translator")
    if told := tell(graph, emission.values):
        helper.set_model_props(made, {LAYERS: told})
    return made


def _output(ref: Ref, emission: Emission, inputs: list[Ref], proto: Any) -> str:
    """Return the name of an output; one that is an input too needs an operator between."""
    name = emission.values[ref]
    if ref not in inputs:
        return name
    other = emission.free(f"{name}_output")
    proto.node.add(op_type="Identity", name=other, input=[name], output=[other])
    return other


def _value(name: str, ref: Ref, shapes: Shapes, names: Symbols) -> Any:
    from onnx import helper

    shape: Shape = shapes[ref]
    sizes = [names.get((ref, i)) if size is None else size for i, size in enumerate(shape)]
    return helper.make_tensor_value_info(name, 1, sizes)
