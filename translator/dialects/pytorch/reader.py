"""A program of torch.export to a model: a `.pt2` file, or a module in memory. Nothing of a file is unpickled or run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ir.diagnostics import Report, Severity
from ir.graph import Graph, Model, Node, Ref, leading_to
from ir.layers import Identity, MultiHeadAttention
from ir.origin import Origin, Source
from ir.validate import infer
from translator import bounds
from translator.dialects.pytorch import live
from translator.dialects.pytorch.builder import Builder
from translator.dialects.pytorch.exported import Exported, Flaw
from translator.dialects.pytorch.file import Refused, load
from translator.dialects.pytorch.state import lay_over
from translator.dialects.pytorch.states import as_taken
from translator.gathering import on_the_way
from translator.mapping import Unsayable
from translator.options import ReadOptions
from translator.passes.heads import join_heads
from translator.passes.joining import join_pairs
from translator.passes.ranking import join_rankings
from translator.passes.sharing import as_if_apart
from translator.passes.simplify import drop_undone, drop_unused


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a `.pt2` file, its weights left where they are; other files of PyTorch are refused with a reason."""
    source = Source(str(path))
    try:
        view = bounds.mapped(path) if data is None else memoryview(data)
        exported = load(view, path.name.partition(".")[0], source, report)
    except Refused as refusal:
        report.add("format", str(refusal), Origin(source), hint=refusal.hint)
    except Flaw as flaw:
        report.add("syntax", f"is no program of torch.export, or a damaged one: it {flaw}", Origin(source))
    report.stop_on_errors()
    return model_of(exported, options, report)


def read_object(found: Any, inputs: Any, dynamic_shapes: Any, options: ReadOptions, report: Report) -> Model:
    """Read an `nn.Module`, exported with example inputs, or an `ExportedProgram`; the weights stay PyTorch's."""
    name, own = type(found).__name__, None
    if not hasattr(found, "graph_signature"):
        found, own = live.exported(found, inputs, dynamic_shapes, report)
    try:
        exported = live.program(found, name, own)
    except Flaw as flaw:
        report.add("unsupported", f"the program {flaw}", Origin(Source(name)))
        report.stop_on_errors()
    return model_of(exported, options, report)


def model_of(exported: Exported, options: ReadOptions, report: Report) -> Model:
    """Return the model of a program, with weights of another file laid over its own where they are named."""
    if options.weights is not None:
        lay_over(exported, options.weights, report)
        report.stop_on_errors()
    builder = Builder(exported, options, report)
    for name in exported.inputs:
        _declare(name, builder)
    report.stop_on_errors()
    for place, operator in enumerate(exported.operators):
        builder.read(place, operator)
    for name in exported.left_out:
        report.add("inexact", f"{name} is no tensor; it was left out", Origin(exported.source))
    return _model(exported, builder)


def _declare(name: str, builder: Builder) -> None:
    """Add an input of the program."""
    report, origin = builder.report, Origin(builder.exported.source, pointer=name)
    dtype = builder.exported.tensors[name].dtype
    if not builder.uses[name]:
        report.add("unused-input", f"no layer takes the input {name!r}; it was left out", origin)
        return
    if dtype == "unknown":
        report.add("unsupported", f"the input {name!r} is no tensor of numbers", origin)
        return
    if dtype != "float32":
        report.add("inexact", f"the input {name!r} holds numbers of the type {dtype}; here it holds float32", origin)
    builder.add_input(name)


def _model(exported: Exported, builder: Builder) -> Model:
    """Return the model of what leads to the outputs; what stands in the way is told."""
    report = builder.report
    missing = [name for name in exported.outputs if name not in builder.values]
    if missing:
        _tell_failures(missing, builder)
        if not report.error_count():
            by = builder.overwritten.get(missing[0])
            why = f"cannot be given: {by.called} writes into a part of it" if by else "is given by nothing"
            code = "unsupported" if by else "graph"
            report.add(code, f"the output {missing[0]!r} {why}", Origin(exported.source))
    if not exported.outputs:
        report.add("graph", "the program gives no tensor", Origin(exported.source))
    report.stop_on_errors()
    outputs = _outputs(exported, builder)
    report.stop_on_errors()
    graph = Graph(exported.name, tuple(builder.inputs), leading_to(outputs, builder.nodes), outputs)
    graph = join_rankings(graph)
    graph = as_taken(replace(graph, nodes=leading_to(graph.outputs, graph.nodes)))
    used = {node.name for node in graph.nodes}
    _tell_unknown(used, builder)
    for operator, told in builder.inexact:
        report.add("inexact", f"{operator.called}: {told}", exported.origin(operator))
    shapes = infer(graph, Report())
    model = drop_unused(drop_undone(Model(graph, builder.gathering.weights), shapes))
    model = join_heads(join_pairs(model, shapes))
    names = builder.gathering.plain_names | _of_heads(model)
    model = as_if_apart(partial(_plainly_named, plain=names), model)
    wanted = {key for node in model.graph.nodes for _, key in node.shared} | _own_keys(model)
    return Model(model.graph, {key: tensor for key, tensor in model.weights.items() if key in wanted})


def _own_keys(model: Model) -> set[str]:
    names = {node.name for node in model.graph.nodes}
    return {key for key in model.weights if key.rpartition(".")[0] in names}


def _outputs(exported: Exported, builder: Builder) -> tuple[Ref, ...]:
    """Return the tensors that the program gives; an input that it gives as it is goes through a layer."""
    found: list[Ref] = []
    inputs = {Ref(each.name) for each in builder.inputs}
    for name in exported.outputs:
        try:
            ref = builder.as_tensor(builder.values[name]).ref
        except Unsayable as limit:
            report, origin = builder.report, Origin(exported.source)
            report.add("unsupported", f"the output {name!r} cannot be given: {limit}", origin)
            continue
        assert ref is not None
        if ref in inputs or ref in found:
            node = Node(builder.gathering.free(f"{ref.node}_given_{len(found)}"), Identity(), (ref,))
            builder.nodes.append(node)
            ref = node.refs[0]
        found.append(ref)
    return tuple(found)


def _plainly_named(model: Model, plain: dict[str, str]) -> Model:
    """Give nodes the name that they would have had, where the one that had it is gone."""
    graph = model.graph
    kept = {node.name for node in graph.nodes} | {each.name for each in graph.inputs}
    names: dict[str, str] = {}
    for node in graph.nodes:
        wanted = plain.get(node.name, node.name)
        if wanted != node.name and wanted not in kept:
            kept.add(wanted)
            names[node.name] = wanted
    if not names:
        return model
    nodes = []
    weights = dict(model.weights)
    for node in graph.nodes:
        inputs = tuple(ref.renamed(names) for ref in node.inputs)
        name = names.get(node.name, node.name)
        for key in [key for key in model.weights if name != node.name and key.rpartition(".")[0] == node.name]:
            weights[f"{name}.{key.rpartition('.')[2]}"] = weights.pop(key)
        shared = tuple((role, key) for role, key in node.shared if key != f"{name}.{role}")
        nodes.append(replace(node, name=name, inputs=inputs, shared=shared))
    outputs = tuple(ref.renamed(names) for ref in graph.outputs)
    return Model(replace(graph, nodes=tuple(nodes), outputs=outputs), weights)


def _of_heads(model: Model) -> dict[str, str]:
    """Return the names of the modules that hold the projections of attention, by those of its layers."""
    names = [node.name for node in model.graph.nodes if isinstance(node.layer, MultiHeadAttention)]
    return {name: name.rpartition(".")[0] for name in names if "." in name}


def _tell_unknown(used: set[str], builder: Builder) -> None:
    """Report the operators that are carried as they are."""
    severity: Severity | None = "error" if builder.options.on_unknown == "error" else None
    for name, carried in builder.carried.items():
        if name in used:
            builder.report.add(
                "unknown-layer", carried.told(), builder.exported.origin(carried.operator), severity=severity
            )


def _tell_failures(missing: list[str], builder: Builder) -> None:
    """Report why outputs could not be read: the operators on the way to them that failed."""
    from translator.dialects.pytorch.exported import names_in

    operators = builder.exported.operators
    taken = [[name for each in step.arguments.values() for name in names_in(each)] for step in operators]
    seen = on_the_way(missing, [each.outputs for each in operators], taken)
    for place in sorted(seen & builder.failures.keys()):
        code, message = builder.failures[place]
        builder.report.add(code, f"{operators[place].called} {message}", builder.exported.origin(operators[place]))


__all__ = ["model_of", "read", "read_object"]
