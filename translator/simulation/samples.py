"""A design in every form: design and Keras JSON, prototxt, and pictures of both with the truth about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from ir import layers as L
from ir.diagnostics import Report, TranslationError
from ir.graph import Graph, Model, Node
from ir.shapes import Shape
from ir.validate import infer
from translator.convert import prepare, write
from translator.dialect import dialects
from translator.dialects.caffe.writer import to_net
from translator.options import WriteOptions
from translator.passes.lowering.sequences import over_time
from translator.simulation import caffe_pictures, keras_pictures
from translator.simulation.designs import Design
from translator.simulation.graphviz import render
from translator.simulation.picture import Picture

Files = dict[str, bytes]


def sample(
    design: Design, seed: str, formats: Sequence[str] = ("png",), dpi: int = 0
) -> tuple[Files, dict[str, object]]:
    """Return the files of a design by their suffix, and what is to be said of it.

    `dpi`, where it is given, is that of the pictures, which their styles else choose.

    A form that a framework has no words for is left out, and why is said under `without`. Caffe's RNN has a product
    behind its state that Keras's does not have; it stands for a SimpleRNN in the prototxt, which is said too.
    """
    rng = Random(seed)
    files: Files = {"design.json": (write(Model(design.graph), "design").text or "").encode()}
    facts: dict[str, object] = {"depth": design.depth, "family": design.family, "sources": list(design.sources)}
    truths: dict[str, object] = {}
    without: dict[str, str] = {}
    for name, make in (("keras", _keras), ("caffe", _caffe)):
        try:
            suffix, text, picture = make(design.graph, rng)
        except TranslationError as error:
            without[name] = str(error)
            continue
        files[suffix] = text.encode()
        if dpi:
            attributes = {**picture.attributes, "dpi": str(dpi)}
            picture = replace(picture, attributes=attributes, style={**picture.style, "dpi": dpi})
        if formats:
            drawn, truths[name] = render(picture, formats)
            files |= {f"{name}.{each}": data for each, data in drawn.items()}
    if any(isinstance(node.layer, L.SimpleRNN) for node in design.graph.nodes):
        facts["caffe_rnn"] = "Caffe's RNN has a product behind its state that a SimpleRNN does not have"
    if without:
        facts["without"] = without
    files["truth.json"] = json.dumps({**facts, "pictures": truths}, separators=(",", ":")).encode()
    return files, facts


def _keras(graph: Graph, rng: Random) -> tuple[str, str, Picture]:
    options, report = WriteOptions(), Report()
    writer = dialects()["keras-json"].writer()
    ready, shapes = prepare(Model(graph), writer.target(options), options, report)
    report.stop_on_errors()
    text = writer.write(ready, shapes, options, report).text or ""
    report.stop_on_errors()
    given: dict[str, tuple[Shape, ...]] = {
        node.name: tuple(shapes[ref] for ref in node.refs) for node in ready.graph.nodes
    }
    return "keras.json", text, keras_pictures.draw(keras_pictures.layers_of(json.loads(text), given), rng)


def _caffe(graph: Graph, rng: Random) -> tuple[str, str, Picture]:
    options, report = WriteOptions(), Report()
    writer = dialects()["caffe"].writer()
    like = _as_caffe(graph, in_place=rng.random() < 0.7)
    ready, shapes = prepare(Model(like), writer.target(options), options, report)
    report.stop_on_errors()
    text = writer.write(ready, shapes, options, report).text or ""
    report.stop_on_errors()
    return "prototxt", text, caffe_pictures.draw(to_net(ready, shapes), rng)


def _as_caffe(graph: Graph, *, in_place: bool) -> Graph:
    """Return a graph with Caffe's RNN for each SimpleRNN, and what can be done in place so, as Caffe's nets have it."""
    shapes = infer(graph, Report())
    users = graph.users()
    labels = {each.name: each.name for each in graph.inputs}
    nodes: list[Node] = []
    for node in graph.nodes:
        if isinstance(node.layer, L.SimpleRNN):
            steps = shapes[node.inputs[0]][1] or 1
            nodes += over_time(node, L.ContinuedRNN(units=node.layer.units), node.layer.sequences, steps)
            labels[node.name] = node.name
            continue
        plain = node.layer.elementwise or isinstance(node.layer, L.Dropout)
        alone = plain and len(node.inputs) == 1 and len(users[node.inputs[0]]) == 1
        label = labels.get(node.inputs[0].node, "") if in_place and alone and node.inputs[0].index == 0 else ""
        fed = any(ref.node in {each.name for each in graph.inputs} for ref in node.inputs)
        if label and not fed:
            node = replace(node, labels=(label,))
        labels[node.name] = label if label and not fed else node.name
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes))
