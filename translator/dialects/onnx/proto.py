"""ONNX's messages, decoded by hand: the graph as small objects, its arrays left in the file.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ir.weights import Tensor
from translator import bounds, wire
from translator.dialects.onnx.tensors import TYPES, Arrays, text
from translator.wire import WireError

LAYERS = "model-zoo-translator.layers"
"""The entry of the metadata that tells which layers the operators are."""
Dims = tuple[int | str | None, ...]
"""Sizes as a file declares them: a number, a name, or nothing."""


EMPTY = memoryview(b"")


@dataclass(frozen=True)
class Declared:
    """A value's name and type, as far as the file declares them; `dims` is None where the rank is open too."""

    name: str
    dtype: str = ""
    dims: Dims | None = None


@dataclass(frozen=True)
class Reference:
    """An attribute of the call of a function, which stands for one within."""

    name: str


@dataclass
class Operator:
    """One operator of the file."""

    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    name: str = ""
    domain: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """What the operator is called: its name, or that of its first output."""
        return self.name or next(filter(None, self.outputs), "") or self.kind

    @property
    def bodies(self) -> list[Body]:
        """The graphs within its attributes."""
        return [each for each in self.attributes.values() if isinstance(each, Body)]

    @property
    def takes(self) -> list[str]:
        """What it takes, and what the graphs within it take from around them."""
        return [*self.inputs, *(name for body in self.bodies for name in body.takes)]


@dataclass
class Body:
    """A graph: that of a file, one within an attribute, or what a function does.

    `defaults` are the attributes that a function has where its call says nothing of them; `data` is what a graph within
    an attribute was decoded from.
    """

    name: str = ""
    operators: list[Operator] = field(default_factory=list)
    initializers: dict[str, Tensor] = field(default_factory=dict)
    inputs: list[Declared] = field(default_factory=list)
    outputs: list[Declared] = field(default_factory=list)
    infos: dict[str, Declared] = field(default_factory=dict)
    opsets: dict[str, int] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    data: memoryview = EMPTY

    @property
    def takes(self) -> list[str]:
        """The names that nothing within gives."""
        own = {each.name for each in self.inputs} | self.initializers.keys()
        own |= {name for operator in self.operators for name in operator.outputs}
        taken = [name for operator in self.operators for name in operator.takes]
        return [name for name in dict.fromkeys([*taken, *(each.name for each in self.outputs)]) if name not in own]


@dataclass
class File(Body):
    """A whole file; `opsets` maps domains to versions, `types` says of which type the numbers of an array are.

    `told` is what its metadata say of layers.
    """

    version: int = 0
    functions: dict[tuple[str, str], Body] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    has_graph: bool = False
    told: str = ""


DEEPEST = 16
"""How deep graphs within graphs may be."""


def decode(data: memoryview, folder: Path | None) -> File:
    """Decode a ModelProto, external data being in a folder; raise WireError where it is none."""
    decoder = Decoder(folder)
    decoder.model(data)
    decoder.file.types = decoder.arrays.types
    return decoder.file


class Decoder:
    """Decodes messages, of no more values together than a model has."""

    def __init__(self, folder: Path | None) -> None:
        self.file = File()
        self.left = bounds.VALUES
        self.arrays = Arrays(folder)
        self.depth = 0

    def fields(self, data: int | memoryview) -> Iterator[tuple[int, int | memoryview]]:
        """Yield the numbers and values of a message's fields."""
        if isinstance(data, int):
            raise WireError("has a number where a message should be")
        for place, (number, _, value) in enumerate(wire.fields(data), 1):
            self.left -= 1
            if place > 8 * bounds.LAYERS or self.left < 0:
                raise WireError(f"holds more than {bounds.VALUES} values beside its arrays")
            yield number, value

    def model(self, data: memoryview) -> None:
        for number, value in self.fields(data):
            if number == 1 and isinstance(value, int):
                self.file.version = value
            elif number == 7:
                self.file.has_graph = True
                self.graph(value, self.file)
            elif number == 8:
                self.version(value, self.file)
            elif number == 25:
                self.function(value)
            elif number == 14:
                fields = dict(self.fields(value))
                if _text(fields, 1) == LAYERS:
                    self.file.told = _text(fields, 2)

    def version(self, data: int | memoryview, body: Body) -> None:
        """Decode an OperatorSetIdProto."""
        fields = dict(self.fields(data))
        version = fields.get(2, 0)
        body.opsets[_text(fields, 1)] = wire.signed(version) if isinstance(version, int) else 0

    def graph(self, data: int | memoryview, body: Body) -> Body:
        """Decode a GraphProto."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise WireError(f"has graphs within graphs, more than {DEEPEST} deep")
        for number, value in self.fields(data):
            if number == 1:
                body.operators.append(self.operator(value))
                if len(body.operators) > bounds.LAYERS:
                    raise WireError(f"has more than {bounds.LAYERS} operators")
            elif number == 2:
                body.name = text(value)
            elif number == 5:
                name, tensor = self.arrays.tensor(value)
                body.initializers[name] = tensor
            elif number in (11, 12):
                (body.inputs if number == 11 else body.outputs).append(self.declared(value))
            elif number == 13:
                declared = self.declared(value)
                body.infos[declared.name] = declared
            elif number == 15:
                raise WireError("has sparse weights, which are not read")
        self.depth -= 1
        return body

    def function(self, data: int | memoryview) -> None:
        """Decode a FunctionProto, of which only the names of what it takes and gives are known."""
        body, domain = Body(), ""
        for number, value in self.fields(data):
            if number == 1:
                body.name = text(value)
            elif number in (4, 5):
                (body.inputs if number == 4 else body.outputs).append(Declared(text(value)))
            elif number == 7:
                body.operators.append(self.operator(value))
            elif number == 9:
                self.version(value, body)
            elif number == 10:
                domain = text(value)
            elif number == 11:
                name, content = self.attribute(value)
                body.defaults[name] = content
        self.file.functions[domain, body.name] = body

    def operator(self, data: int | memoryview) -> Operator:
        found = Operator()
        for number, value in self.fields(data):
            if number in (1, 2):
                (found.inputs if number == 1 else found.outputs).append(text(value))
            elif number in (3, 4, 7):
                setattr(found, {3: "name", 4: "kind", 7: "domain"}[number], text(value))
            elif number == 5:
                name, content = self.attribute(value)
                found.attributes[name] = content
        return found

    def attribute(self, data: int | memoryview) -> tuple[str, Any]:
        """Return an attribute's name and content; a list where its type says so, or where it has one."""
        name, kind, single = "", 0, None
        many: list[Any] = []
        for number, value in self.fields(data):
            if number == 1:
                name = text(value)
            elif number == 20 and isinstance(value, int):
                kind = value
            elif number == 21:
                single = Reference(text(value))
            elif number in (2, 3, 4, 5, 6):
                single = self.single(number, value)
            elif number in (7, 8, 9, 10, 11):
                many += self.listed(number, value)
        return name, tuple(many) if kind in (6, 7, 8, 9, 10) or (many and kind == 0) else single

    def single(self, number: int, value: int | memoryview) -> Any:
        if number == 3:
            return wire.signed(_whole(value))
        if isinstance(value, int):
            raise WireError("has a number where an attribute has another type")
        if number == 2:
            return _reals(value)[0] if len(value) >= 4 else 0.0
        if number == 4:
            return text(value)
        return self.arrays.tensor(value)[1] if number == 5 else self.graph(value, Body(data=value))

    def listed(self, number: int, value: int | memoryview) -> list[Any]:
        """Return the values of one field of a list: one, or several where they are packed."""
        if number == 8:
            found = [value] if isinstance(value, int) else self._counted(list(wire.varints(value)))
            return list(map(wire.signed, found))
        if isinstance(value, int):
            raise WireError("has a number where an attribute has another type")
        if number == 7:
            return self._counted(_reals(value))
        return [self.single({9: 4, 10: 5, 11: 6}[number], value)]

    def _counted(self, values: list[Any]) -> list[Any]:
        self.left -= len(values)
        if self.left < 0:
            raise WireError(f"holds more than {bounds.VALUES} values beside its arrays")
        return values

    def declared(self, data: int | memoryview) -> Declared:
        """Decode a ValueInfoProto; what is no tensor has no type here."""
        fields = dict(self.fields(data))
        kind = dict(self.fields(fields[2])) if 2 in fields else {}
        tensor = dict(self.fields(kind[1])) if 1 in kind else {}
        code = tensor.get(1, 0)
        dtype = TYPES.get(code, "unknown") if isinstance(code, int) and code else "" if tensor else "unknown"
        dims = tuple(self.size(each) for number, each in self.fields(tensor[2]) if number == 1) if 2 in tensor else None
        return Declared(_text(fields, 1), dtype if 2 in fields else "", dims)

    def size(self, data: int | memoryview) -> int | str | None:
        fields = dict(self.fields(data))
        if 1 in fields:
            size = wire.signed(_whole(fields[1]))
            return size if size >= 0 else None
        return _text(fields, 2) or None


def _whole(value: int | memoryview) -> int:
    if not isinstance(value, int):
        raise WireError("has bytes where a number should be")
    return value


def _text(fields: dict[int, int | memoryview], number: int) -> str:
    return text(fields[number]) if number in fields else ""


def _reals(data: memoryview) -> list[float]:
    """Return 32-bit floats, each as the shortest decimal that is the same one."""
    count = len(data) // 4
    return [float(str(np.float32(each))) for each in struct.unpack(f"<{count}f", data[: 4 * count])]
