"""What a layer's parameter may hold: each kind admits a value, and says so in JSON Schema."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args, get_origin


class Kind:
    """The set of values that a parameter may take."""

    wants = "a value"

    def admit(self, value: Any, rank: int | None = None) -> Any:
        """Return the value in its canonical form; raise ValueError, saying what is wanted."""
        raise NotImplementedError

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        raise NotImplementedError

    def refuse(self, value: Any) -> ValueError:
        return ValueError(f"must be {self.wants}, not {short(value)}")


LARGEST = 2**63 - 1
"""Largest whole number: what every framework's files can hold."""
MAX_RANK = 32
"""Axes of a tensor at most."""


def short(value: Any, width: int = 60) -> str:
    """Return a value as a message quotes it, cut where it is long."""
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a number beyond 64 bits"
    text = repr(value if not isinstance(value, str) else value[:width])
    return text if len(text) <= width + 2 else f"{text[:width]}..."


class Integer(Kind):
    """A whole number, from `minimum` on where one is given."""

    def __init__(self, minimum: int | None = None) -> None:
        self.minimum = minimum
        self.wants = "a whole number" if minimum is None else f"a whole number, {minimum} or more"

    def admit(self, value: Any, rank: int | None = None) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(value)
        if abs(value) > LARGEST or (self.minimum is not None and value < self.minimum):
            raise self.refuse(value)
        return value

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        limits = {} if self.minimum is None else {"minimum": self.minimum}
        return {"type": "integer", **limits}


class Real(Kind):
    """A finite number."""

    wants = "a number"

    def admit(self, value: Any, rank: int | None = None) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(value)
        try:
            number = float(value)
        except OverflowError:
            raise self.refuse(value) from None
        if not math.isfinite(number):
            raise self.refuse(value)
        return number

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {"type": "number"}


class Flag(Kind):
    """True or false."""

    wants = "true or false"

    def admit(self, value: Any, rank: int | None = None) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {"type": "boolean"}


class Text(Kind):
    """Any text."""

    wants = "a text"

    def admit(self, value: Any, rank: int | None = None) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        return value

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {"type": "string"}


class Choice(Kind):
    """One of a few words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.wants = "one of " + ", ".join(self.words)

    def admit(self, value: Any, rank: int | None = None) -> str:
        if value not in self.words:
            raise self.refuse(value)
        return str(value)

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {"enum": list(self.words)}


class Many(Kind):
    """A list of values of one kind; `length` of them where it is given."""

    def __init__(self, item: Kind, length: int | None = None) -> None:
        self.item = item
        self.length = length
        count = "a list" if length is None else f"{length} values"
        self.wants = f"{count}, each {item.wants}"

    def admit(self, value: Any, rank: int | None = None) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refuse(value)
        if self.length is not None and len(value) != self.length:
            raise self.refuse(value)
        return tuple(self.item.admit(each, rank) for each in value)

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        size = {} if self.length is None else {"minItems": self.length, "maxItems": self.length}
        return {"type": "array", "items": self.item.schema(rank), **size}


class PerAxis(Kind):
    """One value for each spatial axis; a single value stands for all of them."""

    def __init__(self, item: Kind) -> None:
        self.item = item
        self.wants = f"one value for each spatial axis, each {item.wants}"

    def admit(self, value: Any, rank: int | None = None) -> tuple[Any, ...]:
        if rank is None:
            raise ValueError("a value for each spatial axis needs a layer with a spatial rank")
        try:
            return (self.item.admit(value, rank),) * rank
        except ValueError:
            if not isinstance(value, (list, tuple)) or len(value) != rank:
                raise ValueError(f"must be {self.item.wants}, or {rank} of them, not {short(value)}") from None
        return tuple(self.item.admit(each, rank) for each in value)

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        each = self.item.schema(rank)
        return {"anyOf": [each, {"type": "array", "items": each, "minItems": rank, "maxItems": rank}]}


class Border(Kind):
    """What is added before and after an axis; one number stands for both."""

    wants = "a whole number, or two: before and after"

    def admit(self, value: Any, rank: int | None = None) -> tuple[int, int]:
        whole = Integer()
        if isinstance(value, (list, tuple)) and len(value) == 2:
            return (whole.admit(value[0]), whole.admit(value[1]))
        try:
            return (whole.admit(value),) * 2
        except ValueError:
            raise self.refuse(value) from None

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        pair = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
        return {"anyOf": [{"type": "integer"}, pair]}


class Borders(PerAxis):
    """A border for each spatial axis; two numbers are one for each axis, as for a kernel."""

    def __init__(self) -> None:
        super().__init__(Border())

    def admit(self, value: Any, rank: int | None = None) -> tuple[Any, ...]:
        if isinstance(value, (list, tuple)) and len(value) == rank:
            return tuple(self.item.admit(each, rank) for each in value)
        return super().admit(value, rank)


class Maybe(Kind):
    """A value of a kind, or none."""

    def __init__(self, item: Kind) -> None:
        self.item = item
        self.wants = f"{item.wants}, or null"

    def admit(self, value: Any, rank: int | None = None) -> Any:
        return None if value is None else self.item.admit(value, rank)

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {"anyOf": [self.item.schema(rank), {"type": "null"}]}


class Anything(Kind):
    """Any JSON value: what a custom layer carries."""

    def admit(self, value: Any, rank: int | None = None) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple(self.admit(each) for each in value)
        if isinstance(value, dict):
            return {str(key): self.admit(each) for key, each in value.items()}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise self.refuse(value)

    def schema(self, rank: int | None = None) -> dict[str, Any]:
        return {}


Whole = Annotated[int, Integer()]
Count = Annotated[int, Integer(0)]
Size = Annotated[int, Integer(1)]
Axis = Annotated[int, Integer()]
Sizes = Annotated[tuple[int, ...], PerAxis(Integer(1))]
Counts = Annotated[tuple[int, ...], PerAxis(Integer(0))]
Pads = Annotated[tuple[tuple[int, int], ...], Borders()]
Wholes = Annotated[tuple[int, ...], Many(Integer())]
Lists = Annotated[tuple[tuple[int, ...], ...], Many(Many(Integer()))]
Reals = Annotated[tuple[float, ...], Many(Real())]
Values = Annotated[Any, Anything()]

_PLAIN: dict[Any, Kind] = {int: Integer(), float: Real(), bool: Flag(), str: Text()}


def kind_of(annotation: Any) -> Kind:
    """Return the kind that a parameter's annotation stands for."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if get_origin(annotation) is Annotated:
        return next(each for each in annotation.__metadata__ if isinstance(each, Kind))
    if get_origin(annotation) is Literal:
        return Choice(get_args(annotation))
    options = [each for each in get_args(annotation) if each is not type(None)]
    if len(options) == 1:
        return Maybe(kind_of(options[0]))
    raise TypeError(f"no parameter kind for {annotation!r}")
