"""A model of Keras of any era to the IR: JSON, HDF5 and `.keras`, with their weights. Neither Keras nor code is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ir.diagnostics import Report
from ir.graph import Graph, Layout, Model
from ir.validate import infer
from translator.dialects.keras import (  # noqa: F401  (they are the readings)
    attention,
    convolved,
    cutting,
    known,
    merging,
    normalizing,
    operations,
    own,
    preprocessing,
    readings,
    recurrence,
)
from translator.dialects.keras.assignment import assign
from translator.dialects.keras.builder import drawn_from
from translator.dialects.keras.document import Document, load
from translator.dialects.keras.factors import without_ones
from translator.dialects.keras.shards import beside
from translator.dialects.keras.site import Drawn
from translator.dialects.keras.topology import Entry, Net, net_of
from translator.options import ReadOptions


def read(path: Path, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read an architecture, and its weights from the same file or the one that is named."""
    document = load(path, data, report)
    report.stop_on_errors()
    assert document is not None
    net = net_of(document, report)
    report.stop_on_errors()
    assert net is not None
    drawn = Drawn(document, options, report, _layout(net, document))
    outputs = tuple(drawn_from(net, drawn))
    report.stop_on_errors()
    graph = Graph(net.name, tuple(drawn.inputs), tuple(drawn.nodes), outputs, drawn.layout)
    weights = options.weights
    if weights is None and data is None and (document.has_weights or _are_beside(path, document, report)):
        weights = path
    if weights is None:
        return Model(graph)
    return without_ones(assign(graph, infer(graph, Report()), net, drawn, weights, report))


def _are_beside(path: Path, document: Document, report: Report) -> bool:
    """Tell whether a document names files for its weights, and they are there; where they are not that is reported."""
    for name in document.shards:
        try:
            there = beside(path, name).is_file()
        except ValueError as error:
            report.add("weights", str(error), document.origin())
            return False
        if not there:
            told = f"its weights are in {name}, which is not beside it"
            report.add("missing-weights", told, document.origin(), hint="put it there, or name weights with --weights")
            return False
    return bool(document.shards)


def _layout(net: Net, document: Document) -> Layout:
    """Return the layout that most layers are in which say one; where none does, that of the engine's default."""
    said = Counter(layout for entry in _entries(net) if (layout := entry.fields.get("data_format")))
    if said:
        return "channels_first" if said["channels_first"] > said["channels_last"] else "channels_last"
    old = document.era.generation < 2 and document.era.backend != "tensorflow"
    return (
        "channels_first"
        if document.era.backend == "theano" or (old and document.era.generation == 0)
        else "channels_last"
    )


def _entries(net: Net) -> Iterator[Entry]:
    for entry in net.entries:
        yield entry
        for branch in (entry.net, *(each.net for each in entry.branches)):
            if branch is not None:
                yield from _entries(branch)
