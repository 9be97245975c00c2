"""An ONNX file to a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ir.diagnostics import Report, Severity
from ir.graph import Graph, Model, Node, Ref, leading_to, sorted_nodes
from ir.layers import Identity
from ir.origin import Origin, Source
from ir.shapes import Shape
from translator import bounds
from translator.dialects.onnx.builder import Builder
from translator.dialects.onnx.joining import joined
from translator.dialects.onnx.proto import Declared, File, Operator, decode
from translator.dialects.onnx.told import tellings
from translator.dialects.onnx.values import constant
from translator.dialects.onnx.versions import NEWEST, STANDARD
from translator.gathering import closing, on_the_way
from translator.installed import load_installed
from translator.mapping import Unsayable
from translator.options import ReadOptions
from translator.passes.patterns import raised
from translator.passes.simplify import join_reshapes
from translator.wire import WireError


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read an ONNX file, its weights left where they are."""
    source = Source(str(path))
    try:
        view = bounds.mapped(path) if data is None else memoryview(data)
        file = decode(view, path.parent if data is None else None)
    except WireError as error:
        report.add("syntax", f"is not an ONNX model, or a damaged one: it {error}", Origin(source))
        report.stop_on_errors()
    if options.weights is not None:
        report.add("value", "an ONNX model holds its own weights", Origin(source), hint="leave out --weights")
    if not file.has_graph or not file.operators:
        report.add("format", "there is no operator in this file", Origin(source))
    report.stop_on_errors()
    builder = Builder(source, _opset(file, source, report), options, report, file)
    operators = _in_order(file, builder)
    report.stop_on_errors()
    if any(each.domain not in STANDARD and (each.domain, each.kind) not in file.functions for each in operators):
        load_installed(report)  # They may be those of a plugin.
    _declare(file, operators, builder)
    report.stop_on_errors()
    if file.told:
        builder.tellings = tellings(file.told)
        builder.operators = {name: operator for operator in operators for name in operator.outputs}
    for place, operator in enumerate(operators):
        builder.read(place, operator)
    return _model(file, operators, builder)


def _opset(file: File, source: Source, report: Report) -> int:
    """Return the version of ONNX's operators; a file that does not say has those of its time, or the newest."""
    versions = [version for domain, version in file.opsets.items() if domain in STANDARD]
    if versions:
        if not 1 <= versions[0] <= NEWEST:
            told = f"has the operator set {versions[0]}; those up to {NEWEST} are known"
            report.add("unsupported", told, Origin(source))
        return versions[0]
    assumed = 1 if file.version < 3 else 9
    if any(operator.domain in STANDARD for operator in file.operators):
        told = f"does not say which version of ONNX's operators it uses; that of operator set {assumed} was assumed"
        report.add("assumed-value", told, Origin(source))
    return assumed


def _in_order(file: File, builder: Builder) -> list[Operator]:
    """Return the operators, each after what it needs; report names given twice, by nothing, and cycles."""
    report, owner = builder.report, dict[str, int]()
    given = {each.name for each in file.inputs} | file.initializers.keys()
    for place, operator in enumerate(file.operators):
        for name in filter(None, operator.outputs):
            if name in owner or name in given:
                report.add(
                    "graph", f"{operator.called} gives {name!r}, which is given already", builder.origin(operator)
                )
            owner[name] = place
    for operator in file.operators:
        for name in operator.takes:
            if name and name not in owner and name not in given:
                told = f"{operator.called} takes {name!r}, which nothing gives"
                report.add("graph", told, builder.origin(operator))
    waiting = [
        Node(str(place), Identity(), tuple(Ref(str(owner[name])) for name in operator.takes if name in owner))
        for place, operator in enumerate(file.operators)
    ]
    ordered, on_cycles = sorted_nodes(waiting)
    if on_cycles:
        names = ", ".join(file.operators[int(node.name)].called for node in on_cycles[:5])
        report.add(
            "graph", f"{names}{', ...' if len(on_cycles) > 5 else ''} wait for each other", Origin(builder.source)
        )
    return [file.operators[int(node.name)] for node in ordered]


def _declare(file: File, operators: list[Operator], builder: Builder) -> None:
    """Add the graph's inputs, and its arrays; an array that is listed as an input too is no input."""
    builder.values.update(
        (name, replace(constant(tensor), dtype=file.types.get(name, tensor.dtype)))
        for name, tensor in file.initializers.items()
    )
    builder.infos = {**file.infos, **{each.name: each for each in file.outputs}}
    for operator in operators:
        builder.uses.update(filter(None, operator.takes))
    builder.uses.update(each.name for each in file.outputs)
    for declared in file.inputs:
        if declared.name in file.initializers:
            continue
        if builder.uses[declared.name]:
            _declare_input(declared, builder)
        else:
            told = f"no layer takes the input {declared.name!r}; it was left out"
            builder.report.add("unused-input", told, Origin(builder.source, pointer=declared.name))


def _declare_input(declared: Declared, builder: Builder) -> None:
    report, origin = builder.report, Origin(builder.source, pointer=declared.name)
    shape = _shape(declared, builder.options)
    if declared.dtype == "unknown":
        report.add("unsupported", f"the input {declared.name!r} is no tensor of numbers", origin)
        return
    if shape is None:
        hint = f"--shape {declared.name}=1,3,224,224"
        report.add("input-shape", f"the shape of the input {declared.name!r} is not known", origin, hint=hint)
        return
    dtype = declared.dtype or "float32"
    if dtype != "float32":
        told = f"the input {declared.name!r} holds numbers of the type {dtype}; here it holds float32"
        report.add("inexact", told, origin)
    batch = declared.dims[0] if declared.dims else None
    builder.add_input(declared.name, dtype, shape, batch if isinstance(batch, str) else "")


def _shape(declared: Declared, options: ReadOptions) -> Shape | None:
    """Return an input's shape: what the user says, or the file; None where neither does."""
    if declared.name in options.shapes:
        return options.shapes[declared.name]
    if declared.dims is None:
        return None
    sizes = [size if isinstance(size, int) and size >= 0 else None for size in declared.dims]
    return *(size or None for size in sizes[:1]), *sizes[1:]  # Some have a batch of 0 for an open one.


def _model(file: File, operators: list[Operator], builder: Builder) -> Model:
    """Return the model of what leads to the outputs; what stands in the way is told."""
    report = builder.report
    missing = [each.name for each in file.outputs if each.name not in builder.values]
    if missing:
        _tell_failures(missing, operators, builder)
    given = {name for operator in operators for name in operator.outputs}
    for name in missing:
        if name not in given:
            report.add("graph", f"the output {name!r} is given by nothing", Origin(builder.source))
    report.stop_on_errors()
    if not file.outputs:
        report.add("graph", "the model gives nothing: it names no output", Origin(builder.source))
    outputs = _outputs(file, builder)
    report.stop_on_errors()
    graph = Graph(file.name, tuple(builder.inputs), leading_to(outputs, builder.nodes), outputs)
    shapes = {value.ref: value.shape for value in builder.values.values() if value.ref}
    ranks = {ref: len(shape) for ref, shape in shapes.items()}
    graph = raised(join_reshapes(Model(graph)).graph, shapes, builder.gathering.weights)
    model = joined(Model(replace(graph, nodes=leading_to(outputs, graph.nodes)), builder.gathering.weights), ranks)
    used = {node.name for node in model.graph.nodes}
    _tell_unknown(used, builder)
    for operator, told in builder.inexact:
        report.add("inexact", f"{operator.called}: {told}", builder.origin(operator))
    shared = {key for node in model.graph.nodes for _, key in node.shared}
    kept = {key: tensor for key, tensor in model.weights.items() if key in shared or key.rpartition(".")[0] in used}
    return Model(model.graph, kept)


def _outputs(file: File, builder: Builder) -> tuple[Ref, ...]:
    """Return the tensors that the model gives; sizes that it gives are no tensors."""
    found = []
    for each in file.outputs:
        try:
            found.append(builder.as_tensor(builder.values[each.name], each.name).ref)
        except Unsayable as limit:
            told = f"the output {each.name!r} cannot be given: {limit}"
            builder.report.add("unsupported", told, Origin(builder.source))
    return tuple(ref for ref in found if ref is not None)


def _tell_unknown(used: set[str], builder: Builder) -> None:
    """Report the operators that are carried as they are."""
    severity: Severity | None = "error" if builder.options.on_unknown == "error" else None
    for name, carried in builder.carried.items():
        if name in used:
            message, hint = carried.told()
            origin = builder.origin(carried.operator)
            builder.report.add("unknown-layer", message, origin, hint=hint, severity=severity)


def _tell_failures(missing: list[str], operators: list[Operator], builder: Builder) -> None:
    """Report why outputs could not be read: the first operators on the way to them that failed."""
    seen = on_the_way(missing, [each.outputs for each in operators], [each.takes for each in operators])
    for place in sorted(seen & builder.failures.keys()):
        code, message = builder.failures[place]
        hint = closing(builder.inputs, "1") if code == "unsupported" else ""
        builder.report.add(code, f"{operators[place].called} {message}", builder.origin(operators[place]), hint=hint)


__all__ = ["read"]
