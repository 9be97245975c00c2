"""A design's document to a graph, with every problem of the graph reported in one go."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from ir.diagnostics import Report
from ir.graph import Graph, Input, Layout, Node, Ref, sorted_nodes
from ir.layer import CATALOGUE, Layer, LayerError, ShapeError
from ir.origin import Origin, Source
from ir.shapes import Shape
from ir.validate import channels_first, node_shapes
from translator.attrs import Attrs
from translator.dialects.design import paper
from translator.dialects.design.syntax import ref_of
from translator.mapping import At
from translator.options import ReadOptions

_UNKNOWN = CATALOGUE["Identity"]()
"""Holds a layer's place until its inputs are known."""


def build_graph(
    document: dict[str, Any], source: Source, broken: set[str], options: ReadOptions, report: Report
) -> Graph:
    """Return the graph of a document; `broken` are the JSON pointers of what the schema does not allow.

    Where there are errors, layers that cannot be made become inputs of unknown shape, so that the others can be tried.
    """
    builder = _Builder(document, source, broken, options, report)
    for node, entry in builder.in_order():
        builder.add(node, entry)
    return builder.graph()


class _Builder:
    def __init__(
        self, document: dict[str, Any], source: Source, broken: set[str], options: ReadOptions, report: Report
    ) -> None:
        self.source = source
        self.report = report
        self.hints = 20  # Looking for like names takes long in a large design with many unknown ones.
        self.name: str = "" if "/name" in broken else document.get("name", "")
        self.layout: Layout = "channels_first" if "/layout" in broken else document.get("layout", "channels_first")
        self.asked: list[str] | None = document.get("outputs")
        self.whole = not any(pointer.startswith("/outputs") for pointer in broken)
        self.inputs = [
            Input(
                each["name"],
                options.shapes.get(each["name"]) or _sizes(each["shape"]),
                self.at("inputs", i),
                scalar=not each["shape"] and each["name"] not in options.shapes,
            )
            for i, each in enumerate(document["inputs"])
            if f"/inputs/{i}" not in broken
        ]
        self.lost = set(_names(document["inputs"], "name")) - {each.name for each in self.inputs}
        self.entries = self._entries(document["layers"])
        self.broken = {i for i, _ in self.entries if f"/layers/{i}" in broken}
        self.known = (
            {each.name for each in self.inputs} | self.lost | {entry["layer_name"] for _, entry in self.entries}
        )
        self.nodes: list[Node] = []
        self.shapes: dict[Ref, Shape] = {Ref(each.name): each.shape for each in self.inputs}

    def at(self, *path: str | int) -> Origin:
        return Origin(self.source, pointer="".join(f"/{part}" for part in path))

    def _entries(self, layers: list[Any]) -> list[tuple[int, dict[str, Any]]]:
        """Return the layers that have a name of their own, with their places."""
        first = {each.name: "an input" for each in self.inputs}
        kept = []
        for i, entry in enumerate(layers):
            for name in _names([entry], "layer_name"):
                if name in first:
                    message = "two layers are" if first[name] == "a layer" else "an input and a layer are"
                    self.report.add("graph", f"{message} named {name}", self.at("layers", i, "layer_name"))
                else:
                    kept.append((i, entry))
                first.setdefault(name, "a layer")
        return kept

    def in_order(self) -> list[tuple[Node, dict[str, Any]]]:
        """Return each layer, as a node whose layer is yet to be made, behind those that it needs."""
        entries = dict(self.entries)
        places = {entry["layer_name"]: i for i, entry in self.entries}
        bare = []
        for i, entry in entries.items():
            taken = entry.get("from_layers", ())
            refs = tuple(self._refs(i, entry["layer_name"], taken) if isinstance(taken, list) else ())
            bare.append(Node(entry["layer_name"], _UNKNOWN, refs, origin=self.at("layers", i)))
        ordered, looped = sorted_nodes(bare)
        for cycle in _cycles(looped):
            names = ", ".join(node.name for node in cycle[:5]) + (" ..." if len(cycle) > 5 else "")
            told = f"{names} takes its own output" if len(cycle) == 1 else f"{names} wait for each other"
            self.report.add("graph", told, cycle[0].origin)
        self.lost.update(node.name for node in looped)
        return [(node, entries[places[node.name]]) for node in ordered]

    def _refs(self, place: int, layer: str, taken: list[Any]) -> Iterable[Ref]:
        """Give the tensors that a layer takes; those that nothing gives are reported."""
        for j, name in enumerate(taken):
            if isinstance(name, str):
                ref = ref_of(name, self.known)
                if ref.node not in self.known:
                    told = f"{layer} takes {name}, which nothing gives"
                    self._unknown(name, told, self.at("layers", place, "from_layers", j))
                    self.broken.add(place)
                yield ref

    def _unknown(self, name: str, told: str, origin: Origin) -> None:
        self.hints -= 1
        near = get_close_matches(name[:60], self.known, 1) if self.hints >= 0 else []
        hint = f"did you mean {near[0]}?" if near else ""
        self.report.add("graph", told, origin, hint=hint)

    def add(self, bare: Node, entry: dict[str, Any]) -> None:
        """Make a node of an entry whose inputs are made; one that cannot be is lost."""
        place = int(((bare.origin and bare.origin.pointer) or "").rpartition("/")[2])
        if place not in self.broken:
            # What follows from a problem elsewhere is not one of its own.
            inputs = [self.shapes.get(ref, ()) for ref in bare.inputs]
            at = At(bare.name, inputs if all(inputs) else (), layout=self.layout)
            layer = self._layer(entry, at, place, follows=bool(inputs) and not all(inputs))
            node = layer and self._node(bare, entry, layer, place)
            if node:
                self.nodes.append(node)
                with contextlib.suppress(ShapeError, TypeError):  # Validation reports it.
                    if at.inputs or not bare.inputs:
                        self.shapes.update(zip(node.refs, node_shapes(node, list(at.inputs), self.layout), strict=True))
                return
        self.lost.add(bare.name)

    def _layer(self, entry: dict[str, Any], at: At, place: int, follows: bool) -> Layer | None:
        kind, params = entry["layer_type"], entry.get("layer_params", {})
        try:
            if not paper.is_paper(kind, params):
                return CATALOGUE[kind](**params)
            if follows and params.get("border_mode") == "same":
                return None
            if params.get("trainable") is False:
                origin = self.at("layers", place, "layer_params", "trainable")
                self.report.add("training-value", f"{at.name} is not to be trained, which is not carried over", origin)
            return paper.read(kind, Attrs(params), at)
        except LayerError as error:
            inner = ("layer_params", error.param) if error.param in params else ()
            self.report.add("value", f"{at.name}: {error}", self.at("layers", place, *inner))
            return None

    def _node(self, bare: Node, entry: dict[str, Any], layer: Layer, place: int) -> Node | None:
        labels = tuple(entry.get("outputs", ()))
        if labels and len(labels) != layer.outputs:
            plural = "output" if layer.outputs == 1 else "outputs"
            told = f"{bare.name} gives {layer.outputs} {plural}, but {len(labels)} are named"
            self.report.add("arity", told, self.at("layers", place, "outputs"))
            return None
        shared = entry.get("shared", {})
        node = Node(bare.name, layer, bare.inputs, labels, tuple(shared.items()), bare.origin)
        for role in self._unknown_roles(node):
            told = f"{bare.name} has no weight {role!r} to share"
            self.report.add(
                "weights", told, self.at("layers", place, "shared", role.replace("~", "~0").replace("/", "~1"))
            )
        return node

    def _unknown_roles(self, node: Node) -> list[str]:
        """Return what a node shares and does not have, as far as its inputs are known."""
        inputs = [self.shapes.get(ref, ()) for ref in node.inputs]
        if not node.shared or not all(inputs):
            return []
        if node.layer.spatial and self.layout == "channels_last":
            inputs = [channels_first(shape) for shape in inputs]
        with contextlib.suppress(ShapeError, TypeError):
            roles = node.layer.weights(*inputs)
            return [role for role, _ in node.shared if role not in roles]
        return []

    def graph(self) -> Graph:
        stand_ins = tuple(Input(name, ()) for name in sorted(self.lost))
        graph = Graph(self.name, (*self.inputs, *stand_ins), tuple(self.nodes), (), self.layout)
        return Graph(graph.name, graph.inputs, graph.nodes, self._outputs(graph), graph.layout)

    def _outputs(self, graph: Graph) -> tuple[Ref, ...]:
        if self.asked is None or not self.whole:
            return graph.loose_ends()
        given = set(graph.refs())
        found = []
        for i, name in enumerate(self.asked):
            ref = ref_of(name, self.known)
            if ref in given or ref.node in self.lost:
                found.append(ref)
            elif ref.node in self.known:
                self.report.add("graph", f"{ref.node} has no output {ref.index}", self.at("outputs", i))
            else:
                self._unknown(name, f"the output {name} is given by nothing", self.at("outputs", i))
        return tuple(ref for ref in found if ref in given)


def _names(entries: list[Any], key: str) -> list[str]:
    """Return the names of those entries that have one."""
    return [each[key] for each in entries if isinstance(each, dict) and isinstance(each.get(key), str)]


def _sizes(shape: list[Any]) -> Shape:
    return tuple(None if size is None else int(size) for size in shape)


def _cycles(looped: list[Node]) -> list[list[Node]]:
    """Return the cycles that keep nodes waiting, each once."""
    waiting = {node.name: node for node in looped}
    cycles = []
    done: set[str] = set()
    for start in looped:
        path: dict[str, Node] = {}
        node = start
        while node.name not in done and node.name not in path:
            path[node.name] = node
            node = next(waiting[ref.node] for ref in node.inputs if ref.node in waiting)
        if node.name in path:
            names = list(path)
            cycles.append([path[name] for name in names[names.index(node.name) :]])
        done.update(path)
    return cycles
