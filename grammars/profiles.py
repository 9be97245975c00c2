"""Profiles: which layers a design may have, what may follow what, and what their parameters may be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ir.layers  # noqa: F401  (fills the catalogue)
from grammars.kinds import signatures
from ir.kinds import Maybe, PerAxis
from ir.layer import CATALOGUE

BUNDLED = {"paper": Path(__file__).with_name("paper.toml")}
"""Profiles that come with the package, by name."""


class ProfileError(ValueError):
    """A profile does not say what it should."""


@dataclass(frozen=True)
class Span:
    """The values that a parameter may have: those named, or those from one to another in even steps."""

    values: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float | None = None

    def __contains__(self, value: Any) -> bool:
        if self.values:
            return value in self.values
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        low = self.least if self.least is not None else value
        high = self.most if self.most is not None else value
        steps = (value - low) / self.step if self.step else 0
        return low - 1e-9 <= value <= high + 1e-9 and abs(steps - round(steps)) < 1e-6

    def listed(self) -> tuple[Any, ...]:
        """Return the values one by one; 64 of them where they have no end."""
        if self.values:
            return self.values
        if self.least is None or self.most is None:
            low = self.least if self.least is not None else 1
            most = self.most if self.most is not None else low + 63
        else:
            low, most = self.least, self.most
        step = self.step or 1
        many = int((most - low) / step + 1e-9) + 1
        whole = isinstance(low, int) and isinstance(step, int)
        return tuple(low + i * step if whole else round(low + i * step, 9) for i in range(many))

    def __str__(self) -> str:
        if self.values:
            return " or ".join(map(str, self.values))
        if self.least is None or self.most is None:
            return f"{self.least} or more" if self.least is not None else f"{self.most} or less"
        return f"{self.least} to {self.most}" + (f" in steps of {self.step}" if self.step else "")


@dataclass(frozen=True)
class Allowed:
    """What a profile says of a layer: the kinds it takes and gives, and the values of its parameters."""

    grammar: str
    variants: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """A grammar of designs; `first` are the layers that may take an input of the model, None for all."""

    name: str
    title: str
    layers: Mapping[str, Allowed]
    first: tuple[str, ...] | None = None


def everything() -> Profile:
    """Return the profile of the whole catalogue."""
    layers = {name: Allowed(layer.grammar, layer.variants) for name, layer in sorted(CATALOGUE.items())}
    return Profile("layers", "Every layer of the catalogue.", layers)


def load(name: str) -> Profile:
    """Return a bundled profile by its name, or the one that a TOML file holds.

    Raises ProfileError where it does not say what it should, OSError where there is no such file.
    """
    path = BUNDLED.get(name, Path(name))
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path} is no profile: {error}") from None
    try:
        return _profile(path.stem, document)
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from None


def _profile(name: str, document: dict[str, Any]) -> Profile:
    layers = document.get("layers", {})
    first = document.get("first")
    unknown = document.keys() - {"title", "layers", "first", "others", "inputs"}
    if unknown:
        raise ProfileError(f"has {min(unknown)!r}, which means nothing; it has title, layers, first, others, inputs")
    if not isinstance(layers, dict) or not all(isinstance(each, dict) for each in layers.values()):
        raise ProfileError("layers are tables: [layers.Conv2D]")
    for each in (*layers, *(first or ())):
        if each not in CATALOGUE:
            raise ProfileError(f"there is no layer type {each!r}; `translate layers` lists them")
    found = {each: _allowed(each, says) for each, says in layers.items()}
    if document.get("others", False):
        found = {**everything().layers, **found}
    return Profile(name, str(document.get("title", "")), found, None if first is None else tuple(first))


def _allowed(name: str, says: dict[str, Any]) -> Allowed:
    layer = CATALOGUE[name]
    spans = {}
    grammar = says.get("grammar", layer.grammar)
    variants = says.get("variants", layer.variants if "grammar" not in says else {})
    try:
        for each in (grammar, *variants.values()):
            signatures(each)
    except (ValueError, AttributeError) as error:
        raise ProfileError(f"layers.{name}: {error}") from None
    for key, value in says.items():
        if key in ("grammar", "variants"):
            continue
        if key not in layer.params:
            raise ProfileError(f"layers.{name}: {name} has no parameter {key!r}")
        spans[key] = _span(f"layers.{name}.{key}", value)
    return Allowed(grammar, variants, spans)


def _span(where: str, value: Any) -> Span:
    if isinstance(value, list) and value:
        return Span(values=tuple(value))
    if isinstance(value, dict) and value and value.keys() <= {"from", "to", "step"} and value.keys() != {"step"}:
        return Span(least=value.get("from"), most=value.get("to"), step=value.get("step"))
    raise ProfileError(f"{where} is a list of values, or {{from = 16, to = 256, step = 16}}, not {value!r}")


def each_value(layer: type[Any], name: str, value: Any) -> tuple[Any, ...]:
    """Return the values that a span speaks of: one for each axis where the parameter has one for each."""
    kind = layer.params[name].kind
    kind = kind.item if isinstance(kind, Maybe) else kind
    return tuple(value) if isinstance(kind, PerAxis) and isinstance(value, tuple) else (value,)
