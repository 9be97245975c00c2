"""A net's tree to a model: names and edges, inputs, the rule of each layer, weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ir.diagnostics import Report
from ir.graph import Graph, Model, Ref
from ir.origin import Source
from ir.shapes import Shape
from ir.validate import infer
from translator import bounds
from translator.attrs import Attrs
from translator.dialects.caffe import hdf5, inputs, is_binary, sequences, syntax, typed
from translator.dialects.caffe.assumptions import further
from translator.dialects.caffe.binary import read_net as read_binary
from translator.dialects.caffe.builder import Builder
from translator.dialects.caffe.mapping import RULES
from translator.dialects.caffe.phases import completed, settled
from translator.dialects.caffe.training import Training, is_training
from translator.dialects.caffe.upgrade import layers_of
from translator.dialects.caffe.weights import assign
from translator.hdf5 import is_hdf5
from translator.installed import load_installed
from translator.mapping import unknown_fields
from translator.options import ReadOptions

NET_FIELDS = frozenset(
    ["name", "input", "input_shape", "input_dim", "force_backward", "state", "debug_info", "layer", "layers", "engine"]
)


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a prototxt or a caffemodel, and the weights that go with it."""
    net, binary = _tree(path, data, report)
    report.stop_on_errors()
    graph = read_net(net, options, report)
    weights = net if binary else None
    if options.weights is not None:
        weights = _weights(options.weights, report)
    report.stop_on_errors()
    if weights is None:
        return Model(graph)
    return assign(graph, infer(graph, Report()), weights, report, net)


def _weights(path: Path, report: Report) -> Attrs:
    """Return the net of a caffemodel or of a snapshot in HDF5, with its blobs."""
    if is_hdf5(path):
        return hdf5.read_snapshot(path, report)
    return read_binary(bounds.mapped(path), str(path), report)


def _tree(path: Path, data: bytes | None, report: Report) -> tuple[Attrs, bool]:
    """Return a file's tree, and whether it is binary (a caffemodel, which holds its net too)."""
    view = bounds.mapped(path) if data is None else memoryview(data)
    if is_binary(bytes(view[:4096])):
        net = read_binary(view, str(path), report)
        for layer in net.repeated("layer"):
            # Caffe saves the phase that a net ran in with every layer; in a text it is a choice of layers.
            layer.pop("phase", None)
        return net, True
    bounds.checked(len(view), str(path), report)
    source = Source(str(path), bounds.unmarked(bytes(view)).decode(errors="replace"))
    message = syntax.parse(source, report)
    return typed.decode(message, _root(message), source, report), False


def _root(message: syntax.Message) -> str:
    """Return which of Caffe's messages a file is: a net, or a solver with a net nested in it."""
    names = {name for name, _, _ in message.fields}
    return "NetParameter" if names & {"layer", "layers", "input"} else "SolverParameter"


def read_net(net: Attrs, options: ReadOptions, report: Report) -> Graph:
    """Return the graph of a net in one phase; what cannot be read is reported."""
    net = _of_solver(net, options.phase, report)
    unknown_fields(net, NET_FIELDS, "the net", report)
    phase = "TRAIN" if options.phase == "train" else "TEST"
    everything = layers_of(net, report)
    if not all(each.get("type", "") in RULES or inputs.is_data(each) or is_training(each) for each in everything):
        load_installed(report)  # Other types may be those of a plugin.
    if options.phase == "deploy" and not options.stages:
        options = replace(options, stages=frozenset(["deploy"]))
    layers = settled(everything, phase, options, report)
    if everything and not layers:
        other = "test" if phase == "TRAIN" else "train"
        told = f"no layer of the file is for what is read, the phase {phase}"
        report.add("graph", told, everything[0].origin(), hint=f"--phase {other}, or --stage NAME")
    layers = sequences.placed(completed(layers, everything, net.repeated("input"), report))
    assumed: dict[Ref, Shape] = {}
    while True:
        trial = Report(strict=report.strict)
        builder = Builder(options, trial, assumed)
        graph = _graph(net, everything, layers, builder)
        more = further(graph, assumed, builder.guessed)
        if not more:
            report.take(trial)
            return graph
        assumed |= more


def _graph(net: Attrs, everything: list[Attrs], layers: list[Attrs], builder: Builder) -> Graph:
    """Return the graph of the layers of a phase; `everything` holds those of other phases too."""
    # A blob that this phase takes and nothing in it gives is the one of another phase's data layer.
    uses = inputs.uses_of(layers)
    data = [layer for layer in everything if inputs.is_data(layer)]
    builder.elsewhere = {each.name: each for layer in data for each in inputs.layer_inputs(layer, uses)}
    training = Training(layers)
    stated = inputs.net_inputs(net, builder.report)
    for layer in layers:
        if layer.get("type") == "Input":
            stated += inputs.layer_inputs(layer)
    brought = [each for layer in layers if inputs.is_data(layer) for each in inputs.layer_inputs(layer, uses)]
    for declared in inputs.settled_first(stated + brought):
        # Labels are left out, unless the net itself says that they are put in.
        if declared.name not in training.labels or (declared in stated and declared.shape is not None):
            builder.add_input(declared)
    for layer in layers:
        if not inputs.is_data(layer):
            builder.add_layer(layer, training)
    return builder.graph(str(net.get("name", "")))


def _of_solver(file: Attrs, phase: str, report: Report) -> Attrs:
    """Return the net that a file holds: itself, or the one nested in a solver."""
    if file.repeated("layer") or file.repeated("layers"):
        return file
    order = ("train_net_param", "net_param") if phase == "train" else ("test_net_param", "net_param", "train_net_param")
    for field in order:
        if field in file:
            nested: Attrs = file.repeated(field)[0]
            return nested
    for field in ("net", "train_net", "test_net"):
        if field in file:
            path = file.repeated(field)[0]
            report.add(
                "format", f"this is a solver; its net is in {path}", file.origin(field), hint="translate that file"
            )
            return Attrs({}, file.source, file.offset)
    if not file.repeated("input"):
        report.add("format", "there is no layer in this file", file.origin())
    return file
