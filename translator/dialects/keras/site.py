"""One call of one layer as it is read: what it is given, and where its nodes go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Input, Layout, Node, Ref
from ir.layer import Layer, LayerError, ShapeError
from ir.shapes import Shape
from ir.validate import Shapes, node_shapes
from translator.bounds import LAYERS
from translator.dialects.keras.document import Document
from translator.dialects.keras.program import part_of
from translator.dialects.keras.topology import Entry, Malformed
from translator.mapping import At, Blob, Unsayable
from translator.options import ReadOptions


class Variable(NamedTuple):
    """One of the arrays that Keras keeps for a layer: the weight it becomes, how it lies, and in which part it is."""

    key: str
    blob: Blob
    part: str = ""


class Mask:
    """Which steps of a sequence count, as a tensor that is only drawn where something asks for it."""

    def __init__(self, make: Callable[[], Ref] | None = None) -> None:
        self.make = make
        self.ref: Ref | None = None

    def drawn(self) -> Ref:
        """Return the tensor; raise Unsayable where there is none that says it."""
        if self.ref is None:
            if self.make is None:
                raise Unsayable("it works on the masks of several tensors")
            self.ref = self.make()
        return self.ref


@dataclass
class Drawn:
    """What has been read of a model so far."""

    document: Document
    options: ReadOptions
    report: Report
    layout: Layout
    inputs: list[Input] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    shapes: Shapes = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    masks: dict[Ref, Mask] = field(default_factory=dict)
    zeros: set[str] = field(default_factory=set)
    repeats: defaultdict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))
    calls: int = 0

    def unique(self, name: str) -> str:
        """Return a name that no node has yet, this one if it is free."""
        found = name
        while found in self.names:
            self.repeats[name] += 1
            found = f"{name}_{self.repeats[name]}"
        self.names.add(found)
        return found

    def count(self, entry: Entry) -> None:
        """Count a call; raise Malformed where models within models make more of them than a model has layers."""
        self.calls += 1
        if self.calls > LAYERS:
            raise Malformed(f"{entry.name} is one of more than {LAYERS} calls", entry.origin)


@dataclass
class Site:
    """A layer where it is called: `name` is the call's, `owner` that of the layer's first call, whose weights it has.

    `results` is how many of its tensors others take; `places` are the arguments of an operation, tensors as what they
    are here; `told` are the shapes of what it gives that the file says; `part` is where Keras keeps the arrays of a
    layer that is within another one.
    """

    drawn: Drawn
    entry: Entry
    name: str
    owner: str
    inputs: tuple[Ref, ...]
    options: dict[str, Any] = field(default_factory=dict)
    results: int = 1
    places: tuple[Any, ...] = ()
    told: dict[int, Shape] = field(default_factory=dict)
    part: str = ""
    taken: list[str] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Any]:
        return self.entry.fields

    @property
    def x(self) -> Ref:
        """The first input."""
        return self.inputs[0]

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the inputs."""
        return [self.drawn.shapes[ref] for ref in self.inputs]

    @property
    def rank(self) -> int:
        """The number of axes of the first input."""
        return len(self.shapes[0])

    @property
    def layout(self) -> Layout:
        """The layout that the layer works in: its own, or that of the model."""
        said = self.fields.get("data_format")
        if said is None:
            return "channels_last" if "1D" in self.entry.kind else self.drawn.layout
        layout: Layout = said
        return layout

    def get(self, key: str, default: Any = None) -> Any:
        """Return a field, which is then one of those that have been taken up."""
        self.taken.append(key)
        return self.fields.get(key, default)

    def need(self, condition: Any, told: str) -> None:
        """Raise Unsayable where the catalogue has no words for the layer."""
        if not condition:
            raise Unsayable(told)

    def mask(self) -> Ref | None:
        """Return which steps of the first input count, as it is called with, or as its input brings along."""
        said = self.options.get("mask", self.places[2] if len(self.places) > 2 else None)
        if isinstance(said, Ref):
            return said
        self.need(said is None, "its mask is no tensor")
        mask = self.drawn.masks.get(self.x)
        return None if mask is None else mask.drawn()

    def at(self, inputs: Sequence[Ref] | None = None) -> At:
        """Return where the layer stands, for the codecs of a rule."""
        shapes = [self.drawn.shapes[ref] for ref in (self.inputs if inputs is None else inputs)]
        return At(self.name, shapes, layout=self.layout)

    def add(
        self,
        layer: Layer,
        *inputs: Ref,
        part: str = "",
        blobs: Sequence[Blob] = (),
        layout: Layout | None = None,
        bare: bool = False,
    ) -> Ref:
        """Add a node, the one that bears the layer's name where no part of it is named, and return what it gives.

        It takes what the layer is called with where nothing else is named, and nothing where it is `bare`.
        """
        given = () if bare else inputs or self.inputs
        layout = layout or self.layout
        if layer.spatial and layout != self.drawn.layout:
            return self._turned(layer, given, part, blobs, layout)
        suffix = f"_{part}" if part else ""
        name = self.drawn.unique(self.name + suffix)
        # The call that is drawn first has the weights; it may be a later one, on which an earlier one waits.
        call, owner = self.drawn.owners.get(self.owner + suffix, (self.name, name))
        first = call == self.name
        node = Node(name, layer, tuple(given), origin=self.entry.origin)
        roles = self._roles(node)
        if first:
            self.drawn.owners[self.owner + suffix] = (call, name)
        else:
            node = replace(node, shared=tuple((role, f"{owner}.{role}") for role in roles))
        self.drawn.nodes.append(node)
        if first:
            kept = [(blob, "/".join(filter(None, (self.part, part_of(blob))))) for blob in blobs if blob.role in roles]
            found = (Variable(node.key(blob.role), blob, where) for blob, where in kept)
            self.entry.variables.extend(found)
        return Ref(name)

    def _roles(self, node: Node) -> list[str]:
        """Note the shapes that a node gives, and return the weights it has; raise Malformed where it does not fit."""
        shapes = [self.drawn.shapes[ref] for ref in node.inputs]
        least, most = node.layer.arity
        if len(shapes) < least or (most is not None and len(shapes) > most):
            told = f"{node.name} ({self.entry.written}) is given {len(shapes)} tensors"
            raise Malformed(told, self.entry.origin, "arity")
        try:
            results = node_shapes(node, shapes, self.drawn.layout)
            if node.layer.spatial and self.drawn.layout == "channels_last":
                shapes = [(x[0], x[-1], *x[1:-1]) for x in shapes]
            roles = list(node.layer.weights(*shapes))
        except ShapeError as error:
            told = str(error)
            for i, ref in enumerate(node.inputs):
                told = told.replace(f"{{{i}}}", str(ref))
            raise Malformed(f"{node.name} {told}", self.entry.origin, "shape") from None
        self.drawn.shapes.update(zip(node.refs, results, strict=True))
        return roles

    def _turned(self, layer: Layer, inputs: Sequence[Ref], part: str, blobs: Sequence[Blob], layout: Layout) -> Ref:
        """Add a layer that works in the other layout than the model, between two Permutes."""
        turned = []
        for i, ref in enumerate(inputs):
            order = _moves(self.drawn.layout, len(self.drawn.shapes[ref]))
            turned.append(self.add(L.Permute(order=order), ref, part=f"{part}_turned{i or ''}".lstrip("_")))
        inner = f"{part}_{type(layer).__name__.lower()}".lstrip("_")
        result = self.add(layer, *turned, part=inner, blobs=blobs, layout=self.drawn.layout)
        back = _moves(layout, len(self.drawn.shapes[result]))
        return self.add(L.Permute(order=back), result, part=part)

    def inner(self, entry: Entry, inputs: Sequence[Ref], part: str = "", within: str = "") -> Site:
        """Return the place of a layer within this one, which keeps its arrays for it."""
        suffix = f"_{part}" if part else ""
        where = "/".join(each for each in (self.part, within) if each)
        site = Site(self.drawn, entry, self.name + suffix, self.owner + suffix, tuple(inputs), part=where)
        entry.variables = self.entry.variables
        return site


def _moves(layout: Layout, rank: int) -> tuple[int, ...]:
    """Return the order of axes that brings the other layout to a layout."""
    if layout == "channels_first":
        return (0, rank - 1, *range(1, rank - 1))
    return (0, *range(2, rank), 1)


__all__ = ["Drawn", "LayerError", "Site", "Variable"]
