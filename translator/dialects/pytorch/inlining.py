"""Calls of a graph within the graph, which only say under which settings it runs: its operators take their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from translator.dialects.pytorch.exported import Declared, Exported, Named, Operator, Size

WRAPPERS = {"higher_order.wrap_with_set_grad_enabled": 1, "higher_order.wrap_with_autocast": 4}
"""What calls a graph, and its place among the arguments: settings stand before it, what it takes behind."""


@dataclass(frozen=True)
class Inner:
    """A graph within the graph: the names that it takes and gives, its operators, and what their names stand for."""

    inputs: Sequence[str]
    outputs: Sequence[str]
    operators: Sequence[Operator]
    tensors: Mapping[str, Declared]
    sizes: Mapping[str, Size]


def is_wrapper(target: str, arguments: Sequence[Any]) -> bool:
    """Tell whether a call does nothing but run a graph; one that lowers the precision does more."""
    place = WRAPPERS.get(target)
    if place is None or len(arguments) <= place:
        return False
    return target != "higher_order.wrap_with_autocast" or arguments[2] is False


def inline(made: Exported, call: Operator, inner: Inner, given: Sequence[Any]) -> list[Operator] | None:
    """Return the operators of an inner graph under names of their own, and note what those stand for.

    `given` is what the call hands to the graph. None where that does not fit it.
    """
    if len(given) != len(inner.inputs) or len(call.outputs) > len(inner.outputs):
        return None
    names = {name: f"{call.called}/{name}" for each in inner.operators for name in each.outputs if name}
    names.update(zip(inner.outputs, call.outputs, strict=False))
    taken = dict(zip(inner.inputs, given, strict=True))

    def outer(argument: Any) -> Any:
        if isinstance(argument, list):
            return [outer(each) for each in argument]
        if not isinstance(argument, Named):
            return argument
        return taken[argument.name] if argument.name in taken else Named(names.get(argument.name, argument.name))

    operators = []
    for each in inner.operators:
        arguments = {key: outer(value) for key, value in each.arguments.items()}
        outputs = tuple(names.get(name, name) for name in each.outputs)
        operators.append(replace(each, arguments=arguments, outputs=outputs))
    for name, result in zip(inner.outputs, call.outputs, strict=False):
        if name in taken:
            operators.append(Operator("aten.alias.default", call.called, {"self": taken[name]}, (result,)))
    for name, place in names.items():
        if name in inner.tensors:
            made.tensors.setdefault(place, inner.tensors[name])
        if name in inner.sizes:
            made.sizes.setdefault(place, inner.sizes[name])
    return operators


__all__ = ["WRAPPERS", "Inner", "inline", "is_wrapper"]
