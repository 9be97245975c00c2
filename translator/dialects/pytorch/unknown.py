"""Operators that the catalogue has no words for, carried as they are."""

from __future__ import annotations

from typing import Any, NamedTuple

from ir.layers import Custom
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Named, Operator
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value


class Unsupported(Exception):
    """An operator cannot be carried either; the message says why."""


class Carried(NamedTuple):
    """An operator that was carried, and why."""

    operator: Operator
    why: str

    def told(self) -> str:
        """Return what there is to say of it."""
        told = f"{self.operator.called} is {self.operator.target}, and no layer says exactly what it does: {self.why}"
        return f"{told}; it is carried as it is, and written as a stub"


class _Operands:
    """The tensors and the arrays that an operator takes."""

    def __init__(self) -> None:
        self.tensors: list[Value] = []
        self.arrays: list[Tensor] = []

    def plain(self, site: Site, given: Any) -> Any:
        """Return an argument as a custom layer can carry it: a tensor or an array by its place."""
        if isinstance(given, list):
            return tuple(self.plain(site, each) for each in given)
        if not isinstance(given, Named):
            if given is None or isinstance(given, (bool, int, float, str)):
                return given
            raise Unsupported("takes a graph, or an object")
        value = site.builder.values.get(given.name)
        if value is None:
            return str(site.builder.exported.sizes.get(given.name, given.name))
        if value.ref is not None:
            self.tensors.append(value)
            return f"input{len(self.tensors) - 1}"
        if value.tensor is not None:
            self.arrays.append(value.tensor)
            return f"blob{len(self.arrays) - 1}"
        return "arange" if value.counts else value.fill


def carry(site: Site, why: str) -> tuple[list[Value], Carried]:
    """Return what an operator gives as a layer of the same name, with its arguments and the arrays it takes.

    The shapes of what it gives are those that the program says.
    """
    operator, said = site.operator, site.builder.exported.tensors
    operands = _Operands()
    arguments = {name: operands.plain(site, given) for name, given in operator.arguments.items()}
    shapes = []
    for place, name in enumerate(operator.outputs):
        if name not in said and (site.is_wanted(place) or not place):
            raise Unsupported("the program does not say what it gives")
        dims = said[name].dims if name in said else ()
        shapes.append([size if isinstance(size, int) else -1 for size in dims])
    layer = Custom(
        type=operator.kind if operator.space == "aten" else f"{operator.space}.{operator.kind}",
        arguments=arguments,
        results=len(shapes),
        sizes=shapes,
        arrays=[tensor.shape for tensor in operands.arrays],
    )
    weights = {f"blob{i}": tensor for i, tensor in enumerate(operands.arrays)}
    return site.add(layer, *operands.tensors, weights=weights), Carried(operator, why)


__all__ = ["Carried", "Unsupported", "carry"]
