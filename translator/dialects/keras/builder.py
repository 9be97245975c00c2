"""The nodes of a graph from the calls of a model, models within it included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ir.graph import Input, Ref
from ir.layer import LayerError
from ir.shapes import Shape
from translator.dialects.keras import tensorflow
from translator.dialects.keras.layers import draw_layer, is_operation
from translator.dialects.keras.site import Drawn, Site
from translator.dialects.keras.topology import Called, Entry, Malformed, Net, Tensor, shape_of

MOST = 1000
"""Tensors that a layer gives at most."""


def draw(net: Net, drawn: Drawn) -> list[Ref]:
    """Draw a whole model with inputs of its own, and return what it gives."""
    return _Level(drawn, net, "", (), None).draw()


class _Level:
    """One model: the whole, or one within another, at one of its calls."""

    def __init__(self, drawn: Drawn, net: Net, prefix: str, given: Sequence[Ref], call: str | None) -> None:
        self.drawn = drawn
        self.net = net
        self.prefix = prefix
        self.given = list(given)
        self.call = call

    def draw(self) -> list[Ref]:
        return self.follow() if self.net.inputs is None else self.connect(self.net.inputs)

    def follow(self) -> list[Ref]:
        """Draw layers that follow each other."""
        entries = list(self.net.entries)
        refs = self.given
        if entries and entries[0].kind == "InputLayer":
            first = entries.pop(0)
            refs = refs or [self.input(first.name, first)]
        elif not refs and entries and entries[0].branches:
            refs = [
                ref for branch in entries[0].branches for ref in self.place(branch, Called([]), 0, self.start(branch))
            ]
        elif not refs and entries:
            refs = self.start(entries[0])
        for entry in entries:
            refs = self.place(entry, entry.calls[0] if entry.calls else Called([]), 0, refs)
        return refs

    def start(self, entry: Entry) -> list[Ref]:
        """Return an input for the first of layers that follow each other; a model has inputs of its own."""
        return [] if entry.net is not None else [self.input(f"{entry.name}_input", entry)]

    def connect(self, names: list[Tensor]) -> list[Ref]:
        """Draw layers by their calls, each when what it takes is there."""
        known: dict[Tensor, Ref] = {}
        entries = {entry.name: entry for entry in self.net.entries}
        for i, name in enumerate(names):
            entry = entries.get(name.layer)
            if entry is None:
                raise Malformed(f"the input {name.layer} is none of the layers", self.net.origin, "graph")
            if self.given and i >= len(self.given):
                raise Malformed(f"{self.net.name} is given {i} tensors, and takes more", self.net.origin, "arity")
            known[name] = self.given[i] if self.given else self.input(entry.name, entry)
        taken = _taken(self.net)
        for entry, number in _in_order(self.net, set(known)):
            called = entry.calls[number]
            if missing := [each for each in called.inputs if each not in known]:
                told = f"{entry.name} takes tensor {missing[0].result} of {missing[0].layer}, which gives fewer"
                raise Malformed(told, entry.origin, "graph")
            given = [known[each] for each in called.inputs]
            called.places, called.options = _found(called.places, known), _found(called.options, known)
            refs = self.place(entry, called, number, given, taken.get((entry.name, number), 1))
            known.update({Tensor(entry.name, number, i): ref for i, ref in enumerate(refs)})
        for each in self.net.outputs:
            if each not in known:
                raise Malformed(f"the output {each.layer} is given by nothing", self.net.origin, "graph")
        return [known[each] for each in self.net.outputs]

    def input(self, name: str, entry: Entry) -> Ref:
        """Add an input to the graph, in the shape that the first layer says."""
        shape = self.drawn.options.shapes.get(name) or _input_shape(entry) or self.net.shape
        if shape is None:
            told = f"the shape of the input {name} is not in the file"
            raise Malformed(told, entry.origin, "input-shape")
        unique = self.drawn.unique(self.prefix + name)
        self.drawn.inputs.append(Input(unique, shape, entry.origin))
        self.drawn.shapes[Ref(unique)] = shape
        return Ref(unique)

    def place(self, entry: Entry, called: Called, number: int, refs: Sequence[Ref], results: int = 1) -> list[Ref]:
        """Draw one call of a layer, or of a model in its place."""
        self.drawn.count(entry)
        owner = self.prefix + entry.name
        again = number > 0 or self.call is not None
        name = f"{owner}_call{self.call or ''}{number}" if again else owner
        if entry.net is not None and entry.kind != "TimeDistributed":
            call = f"{self.call or ''}{number}_" if again else None
            return _Level(self.drawn, entry.net, f"{owner}/", refs, call).draw()
        if entry.kind in tensorflow.KINDS:
            entry, called = tensorflow.as_operation(entry, called, refs)
        elif called.places and is_operation(entry.kind, len(called.places)):
            entry.kind = f"ops.{entry.kind}"
        places, shapes = tuple(called.places), called.shapes
        return draw_layer(Site(self.drawn, entry, name, owner, tuple(refs), called.options, results, places, shapes))


def draw_within(site: Site, net: Net, refs: Sequence[Ref]) -> list[Ref]:
    """Draw a model that a layer holds, at one of the layer's calls."""
    call = None if site.name == site.owner else site.name.removeprefix(f"{site.owner}_call") + "_"
    return _Level(site.drawn, net, f"{site.owner}/", refs, call).draw()


def _found(value: Any, known: dict[Tensor, Ref]) -> Any:
    """Return a value with its tensors as what they are here."""
    if isinstance(value, Tensor):
        return known.get(value, value)
    if isinstance(value, dict):
        return {key: _found(each, known) for key, each in value.items()}
    return [_found(each, known) for each in value] if isinstance(value, list) else value


def _taken(net: Net) -> dict[tuple[str, int], int]:
    """Return how many tensors of each call others take."""
    found: dict[tuple[str, int], int] = {}
    for each in (*net.outputs, *(each for entry in net.entries for called in entry.calls for each in called.inputs)):
        if each.result >= MOST:
            raise Malformed(f"{each.layer} is taken to give more than {MOST} tensors", net.origin)
        found[each.layer, each.call] = max(each.result + 1, found.get((each.layer, each.call), 1))
    return found


def _in_order(net: Net, known: set[Tensor]) -> Iterator[tuple[Entry, int]]:
    """Yield each call behind those that give what it takes; raise Malformed where some wait for each other."""
    given = {name.layer for name in known}
    calls = [(entry, i) for entry in net.entries if entry.name not in given for i in range(len(entry.calls))]
    made = {(each.layer, each.call) for each in known}
    exist = {(entry.name, i) for entry, i in calls} | made
    users: dict[tuple[str, int], list[tuple[Entry, int]]] = {}
    waits: dict[tuple[str, int], int] = {}
    for entry, i in calls:
        needed = {(each.layer, each.call) for each in entry.calls[i].inputs}
        for each in needed - exist:
            told = f"{entry.name} takes {each[0]}, which nothing gives"
            raise Malformed(told, entry.origin, "graph")
        waits[entry.name, i] = len(needed - made)
        for each in needed - made:
            users.setdefault(each, []).append((entry, i))
    ready = [(entry, i) for entry, i in calls if not waits[entry.name, i]]
    for entry, i in ready:  # It grows as it is gone through.
        yield entry, i
        for user in users.get((entry.name, i), ()):
            key = (user[0].name, user[1])
            waits[key] -= 1
            if not waits[key]:
                ready.append(user)
    if len(ready) < len(calls):
        stuck = next(entry for entry, i in calls if waits[entry.name, i])
        raise Malformed(f"{stuck.name} waits for what it gives itself", stuck.origin, "graph")


def _input_shape(entry: Entry) -> Shape | None:
    """Return the shape of what a layer is given, as far as it says it itself."""
    if entry.net is not None:
        return None
    fields = entry.fields
    for key in ("batch_input_shape", "batch_shape"):
        if fields.get(key) is not None:
            return shape_of(fields[key], entry.origin)
    if fields.get("input_shape") is not None:
        return (None, *shape_of(fields["input_shape"], entry.origin))
    if entry.kind == "Embedding":
        return (None, *shape_of([fields.get("input_length")], entry.origin))
    if fields.get("input_dim") is not None:
        length = [fields.get("input_length")] if entry.kind in ("LSTM", "GRU", "SimpleRNN", "Conv1D") else []
        return (None, *shape_of([*length, fields["input_dim"]], entry.origin))
    return None


def drawn_from(net: Net, drawn: Drawn) -> list[Ref]:
    """Draw a model, and report what makes no sense in it."""
    try:
        return draw(net, drawn)
    except Malformed as error:
        drawn.report.add(error.code, str(error), error.origin)
    except LayerError as error:
        drawn.report.add("value", str(error), net.origin)
    return []
