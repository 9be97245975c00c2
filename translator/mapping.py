"""The layer table of a framework: rules that are read in both directions.

A `Rule` pairs a framework's layer with one of the catalogue, and each parameter with the fields that spell it.
`absent` is the framework's own default: reading fills it in, writing leaves it out. `Always` is a declared limit, "here
only this value can be said"; so is a parameter without a codec. What a table cannot say, a lowering must change first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ir.diagnostics import Report
from ir.layer import REQUIRED, Layer, LayerError
from ir.layers.custom import Custom
from ir.shapes import Shape
from translator.attrs import Attrs


class Unsayable(Exception):
    """A framework has no words for a value; the message says which."""


@dataclass
class At:
    """What a codec may look at beside the value: the shapes around, and the layer's other parameters.

    `results` is how many outputs were asked for, `rank` the number of spatial axes of the first input (0 where its
    shape is not known).
    """

    name: str = ""
    inputs: Sequence[Shape] = ()
    outputs: Sequence[Shape] = ()
    layout: str = "channels_first"
    values: Mapping[str, Any] = field(default_factory=dict)
    results: int = 1

    @property
    def rank(self) -> int:
        return max(0, len(self.inputs[0]) - 2) if self.inputs else 0

    @property
    def space(self) -> Shape:
        """The spatial sizes of the first input."""
        shape = self.inputs[0]
        return shape[1:-1] if self.layout == "channels_last" else shape[2:]

    @property
    def channels(self) -> int | None:
        """The number of channels of the first input."""
        return self.inputs[0][-1 if self.layout == "channels_last" else 1]


class Codec:
    """How one parameter is spelt in a framework's fields."""

    keys: tuple[str, ...] = ()

    def read(self, attrs: Attrs, at: At) -> Any:
        """Return the parameter's value.

        Raise ValueError where the fields make no sense, and Unsayable where the catalogue has no words for them.
        """
        raise NotImplementedError

    def write(self, value: Any, at: At) -> dict[str, Any]:
        """Return the fields that say the value; raise Unsayable where none do."""
        raise NotImplementedError


def _as_is(value: Any, at: At) -> Any:
    return value


class Field(Codec):
    """One field for one parameter; `shown` writes it even where it is the default."""

    def __init__(
        self,
        key: str,
        *,
        absent: Any = REQUIRED,
        decode: Callable[[Any, At], Any] = _as_is,
        encode: Callable[[Any, At], Any] = _as_is,
        shown: bool = False,
    ) -> None:
        self.keys = (key,)
        self.absent = absent
        self.decode = decode
        self.encode = encode
        self.shown = shown

    def read(self, attrs: Attrs, at: At) -> Any:
        value = attrs.get(self.keys[0], self.absent)
        if value is REQUIRED:
            raise ValueError(f"needs {self.keys[0]}")
        return self.decode(value, at)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        said = self.encode(value, at)
        return {} if said == self.absent and not self.shown else {self.keys[0]: said}


class Word(Field):
    """A field that holds one of a few words; `words` maps the framework's to the catalogue's."""

    def __init__(self, key: str, words: Mapping[Any, Any], *, absent: Any = REQUIRED) -> None:
        back = {ours: theirs for theirs, ours in words.items()}

        def decode(value: Any, at: At) -> Any:
            if value not in words:
                raise ValueError(f"{key} is {value!r}, which is none of {', '.join(map(str, words))}")
            return words[value]

        def encode(value: Any, at: At) -> Any:
            if value not in back:
                raise Unsayable(f"{value!r}")
            return back[value]

        super().__init__(key, absent=absent, decode=decode, encode=encode)


class Always(Codec):
    """A limit: this framework can only say one value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self, attrs: Attrs, at: At) -> Any:
        return self.value

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value != self.value:
            raise Unsayable("")
        return {}


class Said(Codec):
    """A parameter of which any value is said by other fields, or by how the layer is built."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Blob:
    """One weight as a framework stores it: whose it is, the order of its axes, its name there, and its form.

    Without `axes` the catalogue's order stands; `form` gives the sizes that a shape is written with, of as many values.
    """

    role: str
    axes: str = ""
    name: str = ""
    form: Callable[[tuple[int, ...]], tuple[int, ...]] | None = None


class Rule:
    """A framework's layer and the catalogue's, paired.

    - `where`: values of fields that pick this rule among those of one framework name, written as they are; None is for
      a field that is not there;
    - `blobs`: the weights in the framework's order, or a function from the layer to them;
    - `ignore`: fields that mean nothing to a deployed model (fillers, engines);
    - `gives`: how many outputs the rule is for, where that picks it;
    - `takes`: how many of the inputs the framework's layer is given, where that is not all;
    - `group`: the message within a layer that holds the fields (Caffe);
    - `assumes`: what is taken for granted of a layer that is read, as its file does not say it;
    - `build`: how a writer says the layer where the structure differs from "a call with these fields".
    """

    def __init__(
        self,
        foreign: str,
        layer: type[Layer],
        /,
        *,
        where: Mapping[str, Any] | None = None,
        blobs: Sequence[Blob] | Callable[[Any], Sequence[Blob]] = (),
        ignore: Sequence[str] = (),
        gives: int | None = None,
        takes: int | None = None,
        group: str = "",
        assumes: str = "",
        build: Any = None,
        **codecs: Codec,
    ) -> None:
        self.foreign = foreign
        self.layer = layer
        self.where = dict(where or {})
        self.learns = bool(blobs)
        self.blobs_of = blobs if callable(blobs) else lambda layer: blobs
        self.ignore = frozenset(ignore)
        self.gives = gives
        self.takes = takes
        self.group = group
        self.assumes = assumes
        self.build = build
        self.codecs = codecs
        unknown = set(codecs) - set(layer.params)
        if unknown:
            raise TypeError(f"{layer.__name__} has no parameter {unknown.pop()!r}")

    @property
    def keys(self) -> frozenset[str]:
        """Every field that the rule knows."""
        return frozenset(self.where) | self.ignore | {key for each in self.codecs.values() for key in each.keys}

    def read(self, attrs: Attrs, at: At) -> Layer:
        """Make the layer that fields describe; raise LayerError (a ValueError) where they describe none."""
        values: dict[str, Any] = {}
        at.values = values
        for name, codec in self.codecs.items():
            try:
                values[name] = codec.read(attrs, at)
            except LayerError:
                raise
            except TypeError:
                # Fields that no schema knows may be of any type.
                raise LayerError(f"{' and '.join(codec.keys)} make no sense", codec.keys[0]) from None
            except ValueError as error:
                raise LayerError(str(error), codec.keys[0] if codec.keys else "") from None
        return self.layer(**values)

    def fits(self, attrs: Attrs, at: At, defaults: Mapping[str, Any], count: int) -> bool:
        """Tell whether the rule is for these fields and this many inputs; `defaults` are of absent fields."""
        least, most = self.layer.arity
        return (
            all(attrs.get(key, defaults.get(key)) == value for key, value in self.where.items())
            and self.gives in (None, at.results)
            and (self.layer.rank is None or self.layer.rank == at.rank)
            and least <= count
            and (most is None or count <= most)
        )

    def field_of(self, param: str) -> str:
        """Return the first field that spells a parameter."""
        codec = self.codecs.get(param)
        return codec.keys[0] if codec and codec.keys else param

    def write(self, layer: Layer, at: At) -> Attrs:
        """Return the fields that say the layer; raise Unsayable, naming the parameter, where they cannot."""
        attrs = Attrs({key: value for key, value in self.where.items() if value is not None})
        at.values = layer.__dict__
        for name, declared in self.layer.params.items():
            codec = self.codecs.get(name) or Always(_default(layer, name, declared.default))
            value = getattr(layer, name)
            try:
                attrs.update(codec.write(value, at))
            except Unsayable as limit:
                raise Unsayable(
                    f"{self.foreign} cannot say {name}={value!r}" + (f" ({limit})" if str(limit) else "")
                ) from None
        return attrs


def _default(layer: Layer, name: str, default: Any) -> Any:
    return default if default is None else layer.params[name].kind.admit(default, layer.rank)


def every(layer: type[Layer]) -> Any:
    """Return codecs that say any value of every parameter: those of a rule whose `build` looks at the layer itself."""
    return dict.fromkeys(layer.params, Said())


def alike(layer: type[Layer]) -> Any:
    """Return codecs that write each parameter under its own name, where it is not at its default."""
    return {name: Field(name, absent=each.default) for name, each in layer.params.items()}


def carried(foreign: str, build: Any = None) -> Rule:
    """Return the rule of a layer that is carried as it is, in a framework that can hold such a one."""

    def blobs(layer: Any) -> list[Blob]:
        return [Blob(f"blob{i}", name=f"blobs.{i}") for i in range(len(layer.arrays))]

    return Rule(foreign, Custom, blobs=blobs, build=build, **every(Custom))


class Rules:
    """A framework's whole table."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._foreign: dict[str, list[Rule]] = {}
        self._ours: dict[type[Layer], list[Rule]] = {}
        for rule in rules:
            self._foreign.setdefault(rule.foreign, []).append(rule)
            self._ours.setdefault(rule.layer, []).append(rule)

    def prefer(self, rule: Rule) -> None:
        """Add a rule before those of the table."""
        self._foreign.setdefault(rule.foreign, []).insert(0, rule)
        self._ours.setdefault(rule.layer, []).insert(0, rule)

    def __contains__(self, foreign: str) -> bool:
        return foreign in self._foreign

    def names(self) -> frozenset[str]:
        """Return the framework's layers of which the table says anything."""
        return frozenset(self._foreign)

    def layers(self) -> frozenset[type[Layer]]:
        """Return the layer types of which the table says anything."""
        return frozenset(self._ours)

    def of(self, layer: type[Layer]) -> list[Rule]:
        """Return the rules that say a layer type."""
        return self._ours.get(layer, [])

    def named(self, foreign: str) -> list[Rule]:
        """Return the rules of a framework's name, in the order of the table."""
        return self._foreign.get(foreign, [])

    def say(self, layer: Layer, at: At) -> tuple[Rule, Attrs]:
        """Return the first rule that can say a layer, and its fields; raise Unsayable where none can."""
        reasons = []
        for rule in self.of(type(layer)):
            try:
                return rule, rule.write(layer, at)
            except Unsayable as limit:
                reasons.append(str(limit))
        raise Unsayable("; ".join(reasons) or f"there is no {type(layer).__name__}")


def unknown_fields(attrs: Attrs, known: Iterable[str], whose: str, report: Report) -> None:
    """Report the fields that nothing claims (`unknown-field`)."""
    known = frozenset(known)
    for field_name in attrs:
        if field_name not in known:
            report.add(
                "unknown-field",
                f"{whose} has a field {field_name!r} of no known meaning; it was left out",
                attrs.origin(field_name),
            )
