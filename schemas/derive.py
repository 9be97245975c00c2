"""Derive the JSON Schema of designs from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ir.kinds import LARGEST, MAX_RANK
from ir.layer import CATALOGUE, REQUIRED, Layer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = {"type": "string", "minLength": 1}
Schema = dict[str, Any]


def build(spellings: Mapping[str, Schema]) -> Schema:
    """Return the schema of a design; `spellings` are other ways to write a layer's parameters, by `layer_type`.

    `$defs` holds the catalogue's own parameters as `params.NAME`, and the other ways as `paper.NAME`.
    """
    import ir.layers  # noqa: F401  (fills the catalogue)

    own = {f"params.{name}": layer_params(layer) for name, layer in sorted(CATALOGUE.items())}
    theirs = {f"paper.{name}": schema for name, schema in spellings.items()}
    ways = {
        name: [f"#/$defs/{way}.{name}" for way in ("params", "paper") if f"{way}.{name}" in own | theirs]
        for name in sorted(CATALOGUE.keys() | spellings.keys())
    }
    return {
        "$schema": DIALECT,
        "title": "Design",
        "description": "A neural network as a graph of layers.",
        "type": "object",
        "required": ["inputs", "layers"],
        "properties": {
            "$schema": {"type": "string"},
            "name": {"type": "string"},
            "layout": {"enum": ["channels_first", "channels_last"]},
            "inputs": {"type": "array", "items": {"$ref": "#/$defs/input"}},
            "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}},
            "outputs": {"type": "array", "items": NAME},
        },
        "additionalProperties": False,
        "$defs": {"input": _input(), "layer": _layer(ways), **own, **theirs},
    }


def _input() -> Schema:
    size = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST}, {"type": "null"}]}
    return {
        "description": "A tensor that the model is given; a size of null is known only at run time, a scalar has none.",
        "type": "object",
        "required": ["name", "shape"],
        "properties": {
            "name": NAME,
            "shape": {"type": "array", "items": size, "maxItems": MAX_RANK},
        },
        "additionalProperties": False,
    }


def _layer(ways: Mapping[str, list[str]]) -> Schema:
    return {
        "description": "A layer in its place: what it takes is named in from_layers.",
        "type": "object",
        "required": ["layer_type", "layer_name"],
        "properties": {
            "layer_type": {"enum": list(ways)},
            "layer_name": NAME,
            "layer_params": {"type": "object"},
            "from_layers": {"type": "array", "items": NAME},
            "outputs": {"type": "array", "items": NAME},
            "shared": {"type": "object", "additionalProperties": NAME},
        },
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"layer_type": {"const": name}}, "required": ["layer_type"]},
                "then": {"properties": {"layer_params": _either([{"$ref": place} for place in places])}},
            }
            for name, places in ways.items()
        ],
    }


def _either(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def layer_params(layer: type[Layer]) -> Schema:
    """Return the schema of a layer type's parameters."""
    properties: dict[str, Schema] = {}
    for each in layer.params.values():
        properties[each.name] = {**each.kind.schema(layer.rank), "description": each.doc}
        if each.default is not REQUIRED:
            properties[each.name]["default"] = each.default
    required = [each.name for each in layer.params.values() if each.default is REQUIRED]
    doc = (layer.__doc__ or "").strip().splitlines()[0]
    return {
        "description": doc,
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }
