"""A model to the notation: paths, and branches within them where they are read in the same order.

The layers are read back in the order of the text, so they are written in that of the graph.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grammars.check import check_grammar, grammar, variant_that_fits
from ir.diagnostics import Report
from ir.graph import Graph, Input, Model, Node, Ref
from ir.kinds import Borders, Maybe, PerAxis
from ir.layer import REQUIRED, Layer
from ir.validate import Shapes, channels_last
from translator.dialect import Output, Target
from translator.dialects.notation.builder import SIZES
from translator.dialects.notation.lines import Stage, broken, folded
from translator.dialects.notation.names import automatic
from translator.options import WriteOptions

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*\Z")


def target(options: WriteOptions) -> Target:
    """Return that the notation says all there is, in the layout that it has."""
    return Target(None, None)


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the text; weights are not in it."""
    try:
        return Output("\n".join(_Text(model.graph).lines()) + "\n")
    except ValueError:
        report.add("unsupported", "a custom layer holds a number that is not finite, which the notation cannot say")
        return Output("")


@dataclass
class _Fork:
    """Branches: a chain, a tensor that is named, or (None) what stands in front of them."""

    branches: list[_Chain | Ref | None]


@dataclass
class _Chain:
    """What follows each other, from some tensors on; `end` is what the last gives, `inside` the nodes in it."""

    start: tuple[Ref, ...]
    items: list[Node | _Fork] = field(default_factory=list)
    end: tuple[Ref, ...] = ()
    inside: set[str] = field(default_factory=set)

    def add(self, node: Node) -> None:
        self.items.append(node)
        self.inside.add(node.name)
        self.end = node.refs


MOST_INSIDE = 24
"""Layers of a branch at most; what is longer stands on lines of its own."""


def _chains(graph: Graph) -> list[_Chain]:
    """Return a graph's nodes as chains, in their order."""
    chains: list[_Chain] = []
    users = graph.users()
    for node in graph.nodes:
        goes_on = bool(chains and node.inputs and node.inputs == chains[-1].end)
        forks = any(len(users[ref]) > 1 for ref in node.inputs)
        if (not goes_on or forks) and not (len(node.inputs) > 1 and _join(chains, node)):
            chains.append(_Chain(node.inputs))
        chains[-1].add(node)
    whole: list[_Chain] = []
    for chain in chains:
        whole.append(chain)
        _go_on(whole)
    return whole


def _go_on(chains: list[_Chain]) -> bool:
    """Add the last chain to the one before it, if it goes on where that ends."""
    if len(chains) < 2 or not chains[-1].start or chains[-1].start != chains[-2].end:
        return False
    last = chains.pop()
    chains[-1].items += last.items
    chains[-1].end = last.end
    chains[-1].inside |= last.inside
    return True


def _join(chains: list[_Chain], node: Node) -> bool:
    """Put the last chains into a fork, if they are branches of which the node takes the ends."""
    while True:
        many = 0
        while many < len(chains) and _are_branches(chains[-many - 1 :], node):
            many += 1
        if many or not _go_on(chains):
            break
    if not many:
        return False
    joined = chains[-many:]
    del chains[-many:]
    start = joined[0].start
    ends = {each.end[0]: each for each in joined}
    fork = _Fork([ends.pop(ref) if ref in ends else None if (ref,) == start else ref for ref in node.inputs])
    if not chains or chains[-1].end != start:
        chains.append(_Chain(start))
    chains[-1].items.append(fork)
    chains[-1].inside.update(*(each.inside for each in joined))
    return True


def _are_branches(chains: list[_Chain], node: Node) -> bool:
    """Tell whether chains start from one tensor, and end with inputs of a node in their order, before what is named."""
    start = chains[0].start
    if len(start) != 1 or any(each.start != start or len(each.end) != 1 for each in chains):
        return False
    if any(len(each.inside) > MOST_INSIDE for each in chains):
        return False
    wanted = [each.end[0] for each in chains]
    places = [node.inputs.index(ref) for ref in wanted if ref in node.inputs]
    if len(places) != len(wanted) or places != sorted(set(places)):
        return False
    inside = {name: place for each, place in zip(chains, places, strict=True) for name in each.inside}
    others = [(i, ref) for i, ref in enumerate(node.inputs) if i not in places]
    return all(i > inside.get(ref.node, -1) for i, ref in others)


class _Text:
    """The text of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.chains = _chains(graph)
        first = self.chains[0].start if self.chains else ()
        self.inline = len(graph.inputs) == 1 and first == (Ref(graph.inputs[0].name),)
        self.kinds = check_grammar(graph, grammar(), Report())
        self.along = any(node.layer.spatial and node.layer.rank == 1 for node in graph.nodes)
        self.labels = self._labels()

    def _labels(self) -> set[str]:
        """Return the names that must be written: those that are named elsewhere, and others than the automatic ones."""
        labels = {ref.node for ref in self._named()}
        stems = [("input", each.name) for each in self.graph.inputs]
        stems += [(type(node.layer).__name__, node.name) for node in self.graph.nodes]
        while True:
            known = len(labels)
            counts: dict[str, int] = {}
            for stem, name in stems:
                if name not in labels and automatic(stem, trial := dict(counts), labels) == name:
                    counts = trial
                else:
                    labels.add(name)
            if len(labels) == known:
                return labels

    def _named(self) -> Iterator[Ref]:
        """Yield the tensors that are named somewhere."""
        for i, chain in enumerate(self.chains):
            if i or not self.inline:
                yield from chain.start
            yield from _refs_in(chain)
        if self.graph.outputs != self.graph.loose_ends():
            yield from self.graph.outputs

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        graph = self.graph
        said = [json.dumps(graph.name, ensure_ascii=False)] if graph.name else []
        said += [f'layout="{graph.layout}"'] if graph.layout != "channels_first" else []
        if said:
            yield f"model({', '.join(said)})"
        inputs = [self._input(each) for each in graph.inputs]
        if not self.inline:
            yield from inputs
        for i, chain in enumerate(self.chains):
            start = inputs if self.inline and not i else [f"@{_ref(ref)}" for ref in chain.start]
            head = [f"[{' | '.join(start)}]"] if len(start) > 1 else start
            yield from broken([*map(Stage, head), *self._stages(chain)])
        if graph.outputs != graph.loose_ends():
            yield f"outputs({', '.join(f'@{_ref(ref)}' for ref in graph.outputs)})"

    def _input(self, each: Input) -> str:
        label = f"{_name(each.name)}: " if each.name in self.labels else ""
        kind = self.kinds[Ref(each.name)]
        shape = each.shape
        if self.graph.layout == "channels_first" and kind in ("image", "volume"):
            shape = channels_last(shape)
        plain = kind not in SIZES or len(shape) != len(SIZES[kind]) + 1
        if plain or (kind == "sequence" and self.along and self.graph.layout == "channels_first"):
            return f"{label}tensor({', '.join(map(_size, each.shape))})"
        sizes = [*map(_size, shape[1:])] + ([f"batch={shape[0]}"] if shape[0] is not None else [])
        return f"{label}{kind}({', '.join(sizes)})"

    def _stages(self, chain: _Chain) -> list[Stage]:
        return folded([Stage(self._node(each)) if isinstance(each, Node) else self._fork(each) for each in chain.items])

    def _fork(self, fork: _Fork) -> Stage:
        def stages(each: _Chain | Ref | None) -> list[Stage]:
            if isinstance(each, _Chain):
                return self._stages(each)
            return [] if each is None else [Stage(f"@{_ref(each)}")]

        branches = [stages(each) for each in fork.branches]
        text = " | ".join(" > ".join(stage.text for stage in branch) for branch in branches)
        return Stage(f"[{text}]", branches)

    def _node(self, node: Node) -> str:
        label = f"{_name(node.name)}: " if node.name in self.labels else ""
        values = _values(node.layer, variant_that_fits(node, self.kinds, grammar()))
        attributes = []
        if node.labels:
            attributes.append(f"outputs=[{', '.join(map(_value, node.labels))}]")
        if node.shared:
            attributes.append(f"shared={_value(dict(node.shared))}")
        braces = f" {{{', '.join(attributes)}}}" if attributes else ""
        return f"{label}{type(node.layer).__name__}{f'({values})' if values else ''}{braces}"


def _refs_in(chain: _Chain) -> Iterator[Ref]:
    for item in chain.items:
        for branch in item.branches if isinstance(item, _Fork) else ():
            if isinstance(branch, Ref):
                yield branch
            elif branch is not None:
                yield from _refs_in(branch)


def _values(layer: Layer, also: str) -> str:
    """Return the parameters: those that a layer must have by their place, others by name."""
    stated = layer.stated() | ({also: getattr(layer, also)} if also else {})
    said, by_place = [], True
    for name, param in layer.params.items():
        by_place = by_place and param.default is REQUIRED
        if name in stated:
            kind = param.kind.item if isinstance(param.kind, Maybe) else param.kind
            value = _single(stated[name], kind) if isinstance(kind, PerAxis) else stated[name]
            said.append(_value(value) if by_place else f"{name}={_value(value)}")
    return ", ".join(said)


def _single(values: Any, kind: PerAxis) -> Any:
    """Return one value for those of all axes where they are the same, and for both sides of a border likewise."""
    if not isinstance(values, tuple):
        return values
    if isinstance(kind, Borders):
        values = tuple(each[0] if each[0] == each[1] else each for each in values)
    alike = all(each == values[0] for each in values) and not isinstance(values[0], tuple)
    return values[0] if alike else values


def _value(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_value, value))})"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{json.dumps(key, ensure_ascii=False)}: {_value(each)}' for key, each in value.items())}}}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    return json.dumps(value, ensure_ascii=False)


def _size(size: int | None) -> str:
    return "?" if size is None else str(size)


def _name(name: str) -> str:
    return name if _WORD.match(name) else json.dumps(name, ensure_ascii=False)


def _ref(ref: Ref) -> str:
    return _name(ref.node) + (f":{ref.index}" if ref.index else "")
