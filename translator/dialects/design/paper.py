"""How the paper writes a layer's parameters (DLPaper2Code, AAAI 2018, figure 5), for the layers that it has.

`{"function": "MAX", "kernel_row": 2, "kernel_col": 2, "stride_row": 2, "stride_col": 2, "border_mode": "valid"}`
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ir import layers as L
from ir.layer import CATALOGUE, REQUIRED, Layer
from ir.shapes import same_pad
from translator.attrs import Attrs
from translator.mapping import Always, At, Codec, Field, Rule, Rules

WHOLE = {"type": "integer", "minimum": 1}


class RowsAndColumns(Codec):
    """A size for the rows and one for the columns."""

    def __init__(self, stem: str, absent: Any = REQUIRED) -> None:
        self.keys = (f"{stem}_row", f"{stem}_col")
        self.absent = absent

    def read(self, attrs: Attrs, at: At) -> Any:
        return tuple(attrs.get(key, self.absent) for key in self.keys)


class BorderMode(Codec):
    """`valid` for no border, `same` for that of TensorFlow's rule."""

    keys = ("border_mode",)
    absent = "valid"

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("border_mode", self.absent) == "valid":
            return 0
        if at.rank != 2 or None in at.space:
            raise ValueError("border_mode is 'same', which needs an input that is an image of known size")
        kind = L.Conv2D.params["dilation"].kind
        windows = (at.values["kernel"], at.values["stride"], kind.admit(at.values.get("dilation", 1), 2))
        return [same_pad(size or 1, *window) for size, *window in zip(at.space, *windows, strict=True)]


class BorderCounts(Codec):
    """A border never counts, as in Keras; where there is none the catalogue's default says the same."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return at.values["pad"] in (0, [(0, 0), (0, 0)])


def _layer(name: str, layer: type[Layer], where: Mapping[str, str] | None = None, **codecs: Any) -> Rule:
    """Return a rule in which each parameter without a codec is written as in the catalogue."""
    own = [each for each in layer.params.values() if each.name not in codecs]
    # The catalogue's fields come first, as a border depends on a dilation.
    fields: dict[str, Any] = {each.name: Field(each.name, absent=each.default) for each in own}
    return Rule(name, layer, where=where, ignore=("trainable",), **fields, **codecs)


def _windowed(name: str, layer: type[Layer], where: Mapping[str, str] | None = None, **codecs: Any) -> Rule:
    window: dict[str, Any] = {"kernel": RowsAndColumns("kernel"), "stride": RowsAndColumns("stride", 1)}
    return _layer(name, layer, where, **window, pad=BorderMode(), **codecs)


RULES = Rules(
    [
        _windowed("Conv2D", L.Conv2D),
        _windowed("Pooling2D", L.MaxPool2D, {"function": "MAX"}, rounding=Always("floor")),
        _windowed("Pooling2D", L.AvgPool2D, {"function": "AVE"}, rounding=Always("floor"), count_pad=BorderCounts()),
        *(_layer(each.__name__, each) for each in (L.Dense, L.Flatten, L.Dropout, L.Concat, L.Embed)),
    ]
)
NAMES = ("Conv2D", "Pooling2D", "Dense", "Flatten", "Dropout", "Concat", "Embed")


def is_paper(kind: str, params: Mapping[str, Any]) -> bool:
    """Tell whether parameters are written as the paper does: whether any is none of the catalogue's."""
    if kind not in RULES or kind not in CATALOGUE:
        return kind in RULES
    theirs = {key for rule in RULES.named(kind) for key in rule.keys} - CATALOGUE[kind].params.keys()
    return not theirs.isdisjoint(params)


def read(kind: str, attrs: Attrs, at: At) -> Layer:
    """Make the layer that the paper's parameters describe; raise LayerError where they describe none."""
    rule = next(rule for rule in RULES.named(kind) if all(attrs.get(key) == value for key, value in rule.where.items()))
    return rule.read(attrs, at)


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of the paper's parameters, by layer type."""
    return {name: _schema(RULES.named(name)) for name in NAMES}


def _schema(rules: list[Rule]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    for rule in rules:
        for key, value in rule.where.items():
            properties.setdefault(key, {"enum": []})["enum"].append(value)
            required[key] = None
        for name, codec in rule.codecs.items():
            properties |= {key: _property(rule, name, codec) for key in codec.keys}
            if getattr(codec, "absent", None) is REQUIRED:
                required |= dict.fromkeys(codec.keys)
        properties |= {key: {"type": "boolean"} for key in rule.ignore}
    return {
        "description": "The same, as the paper writes it.",
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }


def _property(rule: Rule, name: str, codec: Codec) -> dict[str, Any]:
    if isinstance(codec, RowsAndColumns):
        return WHOLE
    if isinstance(codec, BorderMode):
        return {"enum": ["valid", "same"]}
    return rule.layer.params[name].kind.schema(rule.layer.rank)
