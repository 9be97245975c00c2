"""A model to an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model, Ref
from ir.seeding import seeded_weights
from ir.shapes import Shape
from ir.validate import Shapes, weight_shapes
from ir.weights import Tensor
from translator.dialect import Output, Target
from translator.dialects.onnx.emission import Emission, Site
from translator.dialects.onnx.file import LIMIT, to_message, to_node
from translator.dialects.onnx.mapping import rules
from translator.dialects.onnx.symbols import Symbols, symbols
from translator.dialects.onnx.versions import DEFAULT, OLDEST
from translator.mapping import At
from translator.options import WriteOptions

CUSTOM = "custom"
"""The domain of operators that are not ONNX's."""


def target(options: WriteOptions) -> Target:
    """Return what ONNX can say in the operator set that is asked for."""
    return Target(rules(options.opset or DEFAULT))


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the ONNX file; its weights are read while it is saved."""
    opset = options.opset or DEFAULT
    _check(model.graph, opset, report)
    report.stop_on_errors()
    model = _with_weights(model if options.weights else Model(model.graph), shapes, report)
    emission = emit(model, shapes, opset)
    proto = to_model(model.graph, shapes, emission)
    message = to_message(proto, emission.initializers)
    if message.size > LIMIT:
        report.add("unsupported", f"the file would have {message.size} bytes, and protobuf allows {LIMIT}")
        raise TranslationError(report)

    def save(path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(message.chunks())

    return Output(save=save)


def _check(graph: Graph, opset: int, report: Report) -> None:
    from onnx import defs

    newest = defs.onnx_opset_version()
    if not OLDEST <= opset <= newest:
        report.add("value", f"the operator set {opset} is not one of {OLDEST} to {newest}", hint="--opset")
    if graph.layout != "channels_first":
        report.add("unsupported", "ONNX knows images with channels first alone", hint="leave out --layout")


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
    return Model(model.graph, {**model.weights, **{key: seeded[key] for key in missing}})


def emit(model: Model, shapes: Shapes, opset: int) -> Emission:
    """Return the operators and initializers of a model."""
    emission = Emission(model, shapes, opset)
    table = rules(opset)
    for node in model.graph.nodes:
        if isinstance(node.layer, L.Custom):
            _emit_custom(Site(emission, node), node.layer)
            continue
        inputs, results = [shapes[ref] for ref in node.inputs], [shapes[ref] for ref in node.refs]
        rule, fields = table.say(node.layer, At(node.name, inputs, results))
        site = Site(emission, node)
        if rule.build:
            site.finish(rule.build(site, **fields))
        else:
            present = set(node.layer.weights(*inputs))
            weights = [site.weight(blob.role) for blob in rule.blobs if blob.role in present]
            site.finish(site.ops_of(rule.foreign, *site.inputs, *weights, results=len(node.refs), **fields))
    return emission


def _emit_custom(site: Site, layer: L.Custom) -> None:
    """Emit an operator of a domain of its own: arguments become attributes, nested ones by their path."""
    weights = [key for key in site.emission.weights if key.rpartition(".")[0] == site.node.name]
    inputs = [*site.inputs, *map(site.emission.weight, weights)]
    fields = dict(_flat(layer.arguments))
    site.finish(site.ops_of(layer.type, *inputs, results=layer.results, domain=CUSTOM, **fields))


def _flat(arguments: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return nested arguments as attributes that ONNX can hold."""
    found: list[tuple[str, Any]] = []
    for name, value in arguments.items():
        if isinstance(value, dict):
            found += _flat(value, f"{path}{name}.")
        elif isinstance(value, (list, tuple)) and any(isinstance(each, dict) for each in value):
            found += [pair for i, each in enumerate(value) for pair in _flat({str(i): each}, f"{path}{name}.")]
        elif isinstance(value, (list, tuple)) and value:
            kinds = {type(each) for each in value}
            found.append((path + name, list(value) if len(kinds) == 1 else [str(each) for each in value]))
        elif value is not None and not isinstance(value, (list, tuple)):
            found.append((path + name, int(value) if isinstance(value, bool) else value))
    return found


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
    if any(op.domain for op in emission.ops):
        opsets.append(helper.make_opsetid(CUSTOM, 1))
    version = helper.find_min_ir_version_for(opsets[:1])
    return helper.make_model(proto, opset_imports=opsets, ir_version=version, producer_name="model-zoo-translator")


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
