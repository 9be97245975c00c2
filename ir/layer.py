"""The base of every layer type, and the catalogue that they enter as they are defined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from ir.kinds import Kind, kind_of
from ir.shapes import Shape, ShapeError

CATALOGUE: dict[str, type[Layer]] = {}
"""Every layer type by its name."""

REQUIRED: Any = type("Required", (), {"__repr__": lambda self: "REQUIRED"})()


class Param(NamedTuple):
    """One declared parameter: its kind, its default (or REQUIRED), and what it means."""

    name: str
    kind: Kind
    default: Any
    doc: str


class Weight(NamedTuple):
    """One array a layer learns: a letter for each axis, and the shape."""

    axes: str
    shape: Shape


class _Declared(NamedTuple):
    doc: str
    default: Any


def param(doc: str, *, default: Any = REQUIRED) -> Any:
    """Declare a parameter of a layer, where its annotation says its kind."""
    return _Declared(doc, default)


class LayerError(ValueError):
    """A layer's parameters do not make a layer; `param` names the one at fault."""

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message)
        self.param = param


class Layer:
    """A layer type: an immutable set of parameters, its arity, weights and shape rule.

    A subclass says in its class line:

    - `grammar`: the kinds of tensor it takes and gives (`"image -> image"`, `"any -> same"`; `grammars.kinds` has all);
    - `variants`: the grammar that it has instead where a parameter is not at its default, by that parameter;
    - `inputs`: how many inputs it takes, a number or a pair (least, most; None for no limit);
    - `spatial`: its shape rule is written for channels first, and it works over a graph's layout;
    - `elementwise`: it treats every element alike, so that it works in any order of axes;
    - `training`: it has no part in a deployed model (losses, metrics).
    """

    params: ClassVar[Mapping[str, Param]] = {}
    grammar: ClassVar[str] = "any -> any"
    variants: ClassVar[Mapping[str, str]] = {}
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    rank: ClassVar[int | None] = None
    spatial: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False
    training: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        grammar: str | None = None,
        variants: Mapping[str, str] | None = None,
        inputs: int | tuple[int, int | None] | None = None,
        spatial: bool | None = None,
        elementwise: bool | None = None,
        training: bool | None = None,
        abstract: bool = False,
    ) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, _Declared)}
        params = dict(cls.params)
        for name, declared in own.items():
            params[name] = Param(name, kind_of(cls.__annotations__[name]), declared.default, declared.doc)
            delattr(cls, name)
        cls.params = params
        facts = {
            "spatial": spatial,
            "elementwise": elementwise,
            "training": training,
            "grammar": grammar,
            "variants": variants,
        }
        for name, fact in facts.items():
            if fact is not None:
                setattr(cls, name, fact)
        if inputs is not None:
            cls.arity = (inputs, inputs) if isinstance(inputs, int) else inputs
        if not abstract:
            if cls.__name__ in CATALOGUE:
                raise TypeError(f"two layer types are named {cls.__name__}")
            CATALOGUE[cls.__name__] = cls

    def __init__(self, **values: Any) -> None:
        held = self.__dict__
        for name, declared in self.params.items():
            value = values.pop(name, declared.default)
            if value is REQUIRED:
                raise LayerError(f"{type(self).__name__} needs {name!r}", name)
            if value is not declared.default or value is not None:
                try:
                    value = declared.kind.admit(value, self.rank)
                except ValueError as error:
                    raise LayerError(f"{name} of {type(self).__name__} {error}", name) from None
            held[name] = value
        if values:
            extra = next(iter(values))
            raise LayerError(f"{type(self).__name__} has no parameter {extra!r}", extra)
        self.check()

    def check(self) -> None:
        """Raise LayerError where parameters do not go together."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; use replace()")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.stated().items())
        return f"{type(self).__name__}({shown})"

    def stated(self) -> dict[str, Any]:
        """Return the parameters that differ from their defaults."""
        held = self.__dict__
        defaults = _defaults(type(self))
        return {name: held[name] for name in self.params if held[name] != defaults[name]}

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some parameters changed."""
        return type(self)(**{**self.__dict__, **changes})

    @property
    def outputs(self) -> int:
        """How many tensors the layer gives."""
        return 1

    # A subclass names its inputs, which type checkers allow in the place of these.
    def shape(self, *inputs: Any, **_: Any) -> Shape:
        """Return the shape of the output; raise ShapeError where the inputs do not fit."""
        first: Shape = inputs[0]
        return first

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Return the shape of every output, for layers that may have several."""
        return (self.shape(*inputs),)

    def weights(self, *inputs: Any, **_: Any) -> dict[str, Weight]:
        """Return the weights the layer has on these inputs, in the catalogue's order."""
        return {}


_DEFAULTS: dict[type[Layer], dict[str, Any]] = {}


def _defaults(cls: type[Layer]) -> dict[str, Any]:
    """Return the defaults of a layer type in their canonical form."""
    if cls not in _DEFAULTS:
        _DEFAULTS[cls] = {
            name: each.default
            if each.default is REQUIRED or each.default is None
            else each.kind.admit(each.default, cls.rank)
            for name, each in cls.params.items()
        }
    return _DEFAULTS[cls]


__all__ = [
    "CATALOGUE",
    "REQUIRED",
    "Layer",
    "LayerError",
    "Param",
    "Shape",
    "ShapeError",
    "Weight",
    "param",
]
