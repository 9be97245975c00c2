"""Operators that the catalogue has no words for, carried as they are."""

from __future__ import annotations

from typing import Any, NamedTuple

from ir.layers import Custom
from ir.shapes import Shape, show
from ir.weights import Tensor
from translator.dialects.onnx.outlines import outline
from translator.dialects.onnx.proto import Body, Operator, Reference
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.tensors import TYPES
from translator.dialects.onnx.values import SMALL, Value
from translator.dialects.onnx.versions import STANDARD

TRUTHS = frozenset(["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Xor", "Not", "IsNaN"])
"""Operators that tell what is true."""


class Unsupported(Exception):
    """An operator cannot be carried either; the message says why."""


class Carried(NamedTuple):
    """An operator that was carried: why, and the outputs whose shapes nobody said."""

    operator: Operator
    why: str
    guessed: dict[str, Shape]

    def told(self) -> tuple[str, str]:
        """Return what there is to say of it, and a hint."""
        operator = self.operator
        kind = f"{operator.domain}.{operator.kind}" if operator.domain else operator.kind
        message = f"{operator.called} is of the type {kind}, and no layer says exactly what it does: {self.why}"
        message += "; it is carried as it is, and written as a stub where the target is not ONNX"
        if not self.guessed:
            return message, ""
        message += f". Its output is taken to be {', '.join(map(show, self.guessed.values()))}, like its input"
        sizes = {
            name: ",".join("N" if size is None else str(size) for size in shape) for name, shape in self.guessed.items()
        }
        return message, "say it: " + " ".join(f"--shape {name}={size}" for name, size in sizes.items())


def carry(site: Site, why: str) -> tuple[list[Value], Carried]:
    """Return what an operator gives as a layer of the same name, with its attributes and the arrays it takes.

    The arrays follow the tensors; where they do not in the file, the argument `operands` tells the order.
    """
    operator = site.operator
    tensors, arrays, operands = _operands(site)
    arguments = {name: _plain(operator, content) for name, content in operator.attributes.items()}
    plain = [each for each in operands if each and not each.startswith("blob")]
    if operands != [*plain, *(f"blob{i}" for i in range(len(arrays)))]:
        arguments["operands"] = tuple(operands)
    outputs = operator.outputs or [operator.called]
    said = {name: _said(site, name) for name in outputs}
    for place, name in enumerate(outputs):
        said[name] = outline(site, place) if said[name] is None else said[name]
    guessed = {name: _like(tensors, operator) for name, shape in said.items() if shape is None}
    shapes = [guessed.get(name, said[name]) or () for name in outputs]
    layer = Custom(
        type=operator.kind or "unknown",
        arguments=arguments,
        results=len(outputs),
        sizes=[[-1 if size is None else size for size in shape] for shape in shapes],
        arrays=[tensor.shape for tensor in arrays],
        native=_native(site),
    )
    weights = {f"blob{i}": tensor for i, tensor in enumerate(arrays)}
    results = site.add(layer, *tensors, weights=weights, dtype=_dtype(site, tensors))
    return results, Carried(operator, why, guessed)


def _native(site: Site) -> dict[str, Any]:
    """Return what it takes to write an operator again: its domain, the version of that, and types of numbers.

    A function of the file is none that others know.
    """
    operator = site.operator
    if (operator.domain, operator.kind) in site.builder.file.functions:
        return {}
    found: dict[str, Any] = {
        "framework": "ONNX",
        "domain": "" if operator.domain in STANDARD else operator.domain,
        "version": site.builder.version(operator.domain),
        "takes": tuple(value.dtype if value else "" for value in site.inputs),
    }
    types = {name: each.dtype for name, each in operator.attributes.items() if isinstance(each, Tensor)}
    return {**found, "tensors": types} if types else found


def _operands(site: Site) -> tuple[list[Value], list[Tensor], list[str]]:
    """Return the tensors and the arrays that an operator takes, and the names of both in their order."""
    tensors, arrays, operands = list[Value](), list[Tensor](), list[str]()
    for value in site.inputs:
        if value is None:
            operands.append("")
        elif value.ref is not None:
            operands.append(f"input{len(tensors)}")
            tensors.append(value)
        elif value.tensor is not None:
            operands.append(f"blob{len(arrays)}")
            arrays.append(value.tensor)
        else:
            raise Unsupported("takes sizes that are not known before it runs")
    return tensors, arrays, operands


def _said(site: Site, name: str) -> Shape | None:
    """Return the shape of an output as the user or the file says it."""
    options = site.builder.options.shapes
    declared = site.builder.infos.get(name)
    if name in options:
        return options[name]
    if declared is None or declared.dims is None:
        return options.get(site.operator.called)
    return tuple(size if isinstance(size, int) else None for size in declared.dims)


def _like(tensors: list[Value], operator: Operator) -> Shape:
    if not tensors:
        raise Unsupported("gives something of a shape that the file does not say")
    return tensors[0].shape


def _dtype(site: Site, tensors: list[Value]) -> str:
    """Return the type of what is given, as far as it is known."""
    operator = site.operator
    declared = site.builder.infos.get(next(iter(operator.outputs), ""))
    if declared is not None and declared.dtype:
        return declared.dtype
    if operator.kind == "Cast":
        return TYPES.get(operator.attributes.get("to", 0), "unknown")
    if operator.kind in TRUTHS:
        return "bool"
    return "int64" if operator.kind.startswith("Arg") else tensors[0].dtype if tensors else "float32"


def _plain(operator: Operator, content: Any) -> Any:
    """Return an attribute as a value that a custom layer can carry."""
    if isinstance(content, tuple):
        return tuple(_plain(operator, each) for each in content)
    if isinstance(content, Tensor):
        if content.size > SMALL:
            raise Unsupported("has an attribute with a large array")
        return content.numpy().tolist()
    if isinstance(content, (Body, Reference)):
        raise Unsupported("has a graph of its own within")
    return content


__all__ = ["Carried", "Unsupported", "carry"]
