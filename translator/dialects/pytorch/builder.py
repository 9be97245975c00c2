"""The nodes of a graph from the operators of a program, in their order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Input, Node, Ref
from ir.layer import ShapeError
from ir.shapes import agree, show
from ir.weights import Tensor
from translator.dialects.pytorch import leaves
from translator.dialects.pytorch.arrays import GATHERED
from translator.dialects.pytorch.exported import Exported, Named, Operator, names_in
from translator.dialects.pytorch.folding import filled, known, written_into
from translator.dialects.pytorch.operators import ALIASES, ARITHMETIC, CHOICES, COPIES, READERS, VIEWS, WHOLE
from translator.dialects.pytorch.operators.cutting import put_into
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.storages import is_real
from translator.dialects.pytorch.unknown import Carried, Unsupported, carry
from translator.dialects.pytorch.values import Parts, Value, constant, shape_of
from translator.gathering import Gathering
from translator.mapping import Unsayable
from translator.options import ReadOptions
from translator.terms import for_each_item

_CALL = re.compile(r"@\d+$")
"""What PyTorch adds to a module's path from its second call on."""


class Builder:
    """Collects nodes and weights, and keeps track of what each name of the program stands for.

    `carried` holds the operators that are carried as they are, by their nodes, `failures` why others cannot be read, by
    their places, and `overwritten` which operator wrote into a part of a value: what no output needs is not told.
    """

    def __init__(self, exported: Exported, options: ReadOptions, report: Report) -> None:
        self.exported = exported
        self.options = options
        self.report = report
        self.inputs: list[Input] = []
        self.nodes: list[Node] = []
        self.gathering = Gathering()
        self.values: dict[str, Value] = {name: constant(held.tensor) for name, held in exported.held.items()}
        self.parts: dict[Ref, Parts] = {}
        self.makers = {name: operator for operator in exported.operators for name in operator.outputs if name}
        self.uses = _uses(exported)
        self.carried: dict[str, Carried] = {}
        self.inexact: list[tuple[Operator, str]] = []
        self.failures: dict[int, tuple[str, str]] = {}
        self._keys = {id(held.tensor): (held.tensor, held.key) for held in exported.held.values()}
        self._roots: dict[str, str] = {}
        self.overwritten: dict[str, Operator] = {}
        self._constants: dict[int, Value] = {}
        self._items: dict[Any, Value] = {}

    def add_input(self, name: str) -> None:
        """Add an input of the graph."""
        dims, dtype = self.exported.tensors[name]
        shape = shape_of(dims)
        self.gathering.reserve(name)
        self.inputs.append(Input(name, shape))
        self.values[name] = Value(shape, dims, dtype, Ref(name))

    def key(self, tensor: Tensor) -> str:
        """Return the name of an array in the state dictionary; an empty text where it is none of there."""
        return self._keys.get(id(tensor), (None, ""))[1]

    def name_like(self, tensor: Tensor, held: Tensor) -> None:
        """Give what was made of an array the name of it."""
        self._keys.setdefault(id(tensor), (tensor, self.key(held)))

    def as_tensor(self, value: Value) -> Value:
        """Return a value as a tensor of the graph; an array that the program holds needs a layer that gives it."""
        if value.ref is not None:
            return value
        tensor = value.tensor
        if value.is_spread and tensor is not None:
            return self._for_each_item(value, tensor)
        if tensor is None and None in value.shape and not value.counts:
            return self._for_each_item(value, filled((1,), value.fill or 0.0, value.dtype))
        if tensor is None:
            tensor = filled(certain(value.dims, "the size of what holds one number"), value.fill or 0.0, value.dtype)
        key = id(tensor)
        if key not in self._constants:
            site = Site(self, Operator("constant", self.key(tensor) or "constant"))
            made = site.layer(L.Constant(sizes=tensor.shape), weights={"value": tensor})
            (made,) = self.settle(site, [replace(made, dtype=value.dtype)])
            self._constants[key] = replace(made, tensor=tensor)
        return self._constants[key]

    def _for_each_item(self, value: Value, tensor: Tensor) -> Value:
        """Return an array as a tensor that has it for each item of a batch."""
        place = next((axis for axis, size in enumerate(value.shape) if size is None), 0)
        size, sizes = value.dims[place], (*value.dims[:place], *value.dims[place + 1 :])
        key = (id(tensor), value.dims)
        if key in self._items:
            return self._items[key]
        of_batch = [each for each in map(self.values.get, self.exported.inputs) if each and each.ref and each.rank > 1]
        x = next((each for each in of_batch if each.dims[0] == size and None not in each.shape[1:]), None)
        if x is None or any(not isinstance(each, int) for each in sizes) or len(tensor.shape) > value.rank:
            raise Unsayable("it takes an array for each item of a batch, whose size is not known before it runs")
        whole = certain(sizes)
        if tensor.size != prod(whole):
            if prod(whole) > GATHERED:
                raise Unsayable(f"it stretches an array to the shape {whole}, which no weight has")
            spread = (*whole[:place], 1, *whole[place:])
            tensor = tensor.map(lambda array: np.broadcast_to(array, spread), spread)
        site = Site(self, Operator("constant", self.key(tensor) or "constant"))
        row = for_each_item(site, x, tensor)
        self.name_like(tensor.reshaped((tensor.size, 1)), value.tensor or tensor)
        made = row if len(whole) == 1 else site.layer(L.Reshape(sizes=whole, axis=1, count=1), row)
        if place:
            made = site.layer(L.Permute(order=[*range(1, place + 1), 0, *range(place + 1, value.rank)]), made)
        (made,) = self.settle(site, [replace(made, dims=value.dims, dtype=value.dtype)])
        self._items[key] = made
        return made

    def read(self, place: int, operator: Operator) -> None:
        """Read an operator: what is known is worked out, what is not becomes layers."""
        given = [name for each in operator.arguments.values() for name in names_in(each)]
        gone = next((name for name in given if name in self.overwritten), None)
        if gone is not None:
            told = f"takes {gone}, into a part of which {self.overwritten[gone].called} has written"
            self.failures[place] = "unsupported", told
            return
        tensors = [name for name in given if name in self.exported.tensors]
        if any(name not in self.values for name in tensors):
            return  # Why what it takes could not be read is known already.
        try:
            results = [self._as_said(name, each) for name, each in self._results(operator)]
        except ShapeError as error:
            self.failures[place] = "shape", _with_names(str(error), tensors)
        except Unsupported as limit:
            self.failures[place] = "unsupported", f"({operator.target}) is of no known layer, and {limit}"
        except Unsayable as limit:
            self.failures[place] = "unsupported", f"({operator.target}): {limit}"
        except (ValueError, OverflowError) as error:
            self.failures[place] = "value", f"({operator.target}) {error}"
        else:
            self.values.update(results)
            self._note_views(operator, [name for name, _ in results])

    def _results(self, operator: Operator) -> list[tuple[str, Value]]:
        """Return what an operator gives, by name; where the catalogue has no words for it, it is carried as it is."""
        taken = [name for name in operator.outputs if self.uses[name] or operator.is_in_place]
        names = {name for name in taken if name in self.exported.tensors}
        if not names:
            return []  # It works with sizes, whose expressions the program has, or nothing takes what it gives.
        site = Site(self, operator)
        try:
            found = self._read(site)
        except Unsayable as limit:
            site = Site(self, operator)
            made, carried = carry(site, str(limit))
            found = self.settle(site, made)
            self.carried.update((each.ref.node, carried) for each in found if each.ref)
        wanted = [place for place in range(len(found), len(operator.outputs)) if site.is_wanted(place)]
        if wanted:
            raise ValueError(f"gives {len(found)} values")
        return [(name, each) for name, each in zip(operator.outputs, found, strict=False) if name in names]

    def _read(self, site: Site) -> list[Value]:
        operator = site.operator
        if (found := known(site)) is not None:
            return [found]
        inputs = [
            self.values[name] for each in operator.arguments.values() for name in names_in(each) if name in self.values
        ]
        odd = next((each for each in inputs if each.ref and not is_real(each.dtype)), None)
        is_sound = operator.kind in WHOLE or (odd is not None and _keeps(operator.kind, odd.dtype))
        if odd is not None and not is_sound:
            raise Unsayable(f"it works with numbers of the type {odd.dtype}")
        loose = any(each.loose for each in inputs)
        passes_on = operator.kind in VIEWS or operator.kind == "getitem"
        if loose and operator.kind not in CHOICES and not passes_on:
            raise Unsayable("it works with truths that are numbers")
        if operator.space == leaves.SPACE:
            return self.settle(site, self._own(site))
        if operator.space not in ("aten", "python") or operator.kind not in READERS:
            raise Unsayable("there is none for it")
        results = self.settle(site, READERS[operator.kind](site))
        return [replace(each, loose=True) for each in results] if loose and passes_on else results

    def _own(self, site: Site) -> list[Value]:
        """Read a module that is a layer of ours; it takes the arrays that the program holds for it."""
        path = site.text("path")
        leaf = self.exported.own.get(path)
        if leaf is None:
            raise Unsayable("its module is not there")
        held = {each.key: each.tensor for each in self.exported.held.values()}
        weights = {role: held[f"{path}.{name}"] for role, name in leaf.names.items()}
        return site.add(leaf.layer, *map(self.as_tensor, site.values("inputs")), weights=weights, dtype="float32")

    def _as_said(self, name: str, value: Value) -> tuple[str, Value]:
        """Return a value with the sizes that the program says it has; raise ValueError where they are others."""
        said = self.exported.tensors[name]
        sizes = shape_of(said.dims)
        if len(sizes) != value.rank or not all(map(agree, sizes, value.shape)):
            raise ValueError(f"gives {show(value.shape)}, where the program says {show(sizes)}")
        if value.tensor is not None and value.ref is None:
            return name, value
        pairs = zip(said.dims, value.shape, strict=True)
        dims = tuple(size if size is not None else None if isinstance(told, int) else told for told, size in pairs)
        return name, replace(value, dims=dims, dtype=said.dtype)

    def _note_views(self, operator: Operator, names: list[str]) -> None:
        """Keep track of which values share memory: what is written into one is in the others too."""
        first = next(iter(operator.arguments.values()), None)
        if not isinstance(first, Named):
            return
        root = self._roots.get(first.name, first.name)
        if operator.is_in_place and names:
            before, result = self.values.get(first.name), self.values[names[0]]
            family = [name for name in self.values if self._roots.get(name, name) == root and name not in names]
            whole = written_into(self, root, first.name, result) or self._written(operator, root, first.name, result)
            for name in family:
                value = self.values[name]
                if name == root and whole is not None:
                    self.values[name] = whole
                    continue
                if name == first.name or (before is not None and value.ref == before.ref and value.ref is not None):
                    self.values[name] = result
                else:
                    del self.values[name]
                    self.overwritten[name] = operator
        if operator.is_in_place or operator.kind in VIEWS or operator.kind in ALIASES - COPIES:
            self._roots.update(dict.fromkeys(names, root))

    def _written(self, operator: Operator, root: str, name: str, result: Value) -> Value | None:
        """Return a tensor in a part of which was written while the model runs; None where that is not known."""
        if name == root or root not in self.values:
            return None
        site = Site(self, operator)
        try:
            found = put_into(site, root, name, result)
        except (Unsayable, ShapeError, ValueError):
            return None
        return None if found is None else replace(self.settle(site, [found])[0], dims=self.values[root].dims)

    def settle(self, site: Site, results: list[Value]) -> list[Value]:
        """Add the nodes that an operator was read as; the one that gives its first result bears its name."""
        if not site.pending:
            return results
        owner = results[0].ref.node if results and results[0].ref else ""
        called = self._called(site)
        names = {owner: self.gathering.free(called)} if any(node.name == owner for node, _ in site.pending) else {}
        for node, _ in site.pending:
            if node.name != owner:
                names[node.name] = self.gathering.free(f"{called}/{type(node.layer).__name__}")
        for node, weights in site.pending:
            name = names[node.name]
            refs = tuple(ref.renamed(names) for ref in node.inputs)
            shared = self.gathering.keep(replace(node, name=name), weights)
            self.nodes.append(Node(name, node.layer, refs, (), shared, self.exported.origin(site.operator)))
        for whole, parts in site.remembered:
            places = {place: _placed(part, names) for place, part in parts.places.items()}
            self.parts[_placed(whole, names).ref or Ref("")] = parts._replace(places=places)
        return [_placed(each, names) for each in results]

    def _called(self, site: Site) -> str:
        """Return the name of an operator's layer: that of the module which holds its weights, or which it is."""
        for _, weights in site.pending:
            for tensor in weights.values():
                path = self.key(tensor).rpartition(".")[0]
                if path:
                    return path
        operator = site.operator
        if operator.space == leaves.SPACE:
            return site.text("path")
        if operator.module and operator.of.startswith("torch.nn.modules."):
            return _CALL.sub("", operator.module)
        return operator.called


def _keeps(kind: str, dtype: str) -> bool:
    """Tell whether an operator does to numbers of a type what it does to floats that hold them."""
    return kind in ("mul", "cumsum", "sum") if dtype == "bool" else kind in ARITHMETIC and dtype in ("int64", "int32")


def _uses(exported: Exported) -> Counter[str]:
    """Count how often each name is taken, by outputs and by what has a part in them or writes into something."""
    uses = Counter(exported.outputs)
    for operator in reversed(exported.operators):
        if operator.is_in_place or any(uses[name] for name in operator.outputs):
            uses.update(name for each in operator.arguments.values() for name in names_in(each))
    return uses


def _placed(value: Value, names: Mapping[str, str]) -> Value:
    return value if value.ref is None else replace(value, ref=value.ref.renamed(names))


def _with_names(message: str, names: list[str]) -> str:
    for i, name in enumerate(names):
        message = message.replace(f"{{{i}}}", name)
    return message


__all__ = ["Builder"]
