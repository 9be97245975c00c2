"""The JSON Schema of designs: derived from the catalogue, published as `design.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ir.layer import CATALOGUE, REQUIRED, Layer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = {"type": "string", "minLength": 1}
Schema = dict[str, Any]


def build(spellings: Mapping[str, list[Schema]]) -> Schema:
    """Return the schema of a design; `spellings` are other ways to write a layer's parameters, by `layer_type`."""
    import ir.layers  # noqa: F401  (fills the catalogue)

    params: dict[str, Schema] = {}
    for name in sorted(CATALOGUE.keys() | spellings.keys()):
        own = [layer_params(CATALOGUE[name])] if name in CATALOGUE else []
        ways = [*own, *spellings.get(name, [])]
        params[name] = ways[0] if len(ways) == 1 else {"anyOf": ways}
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
        "$defs": {
            "input": _input(),
            "layer": _layer(params),
            **{f"params.{name}": each for name, each in params.items()},
        },
    }


def _input() -> Schema:
    size = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
    return {
        "description": "A tensor that the model is given; a size of null is known only at run time.",
        "type": "object",
        "required": ["name", "shape"],
        "properties": {"name": NAME, "shape": {"type": "array", "items": size, "minItems": 1}},
        "additionalProperties": False,
    }


def _layer(params: Mapping[str, Schema]) -> Schema:
    return {
        "description": "A layer in its place: what it takes is named in from_layers.",
        "type": "object",
        "required": ["layer_type", "layer_name"],
        "properties": {
            "layer_type": {"enum": list(params)},
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
                "then": {"properties": {"layer_params": {"$ref": f"#/$defs/params.{name}"}}},
            }
            for name in params
        ],
    }


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


def errors(document: Any, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the JSON pointer and the text of everything in a design that the schema does not allow."""
    from jsonschema import Draft202012Validator

    # The choice by layer_type is made here, by looking it up, so that messages speak of one layer type alone.
    layer = {key: value for key, value in schema["$defs"]["layer"].items() if key != "allOf"}
    whole = {**schema, "$defs": {**schema["$defs"], "layer": layer}}
    for error in Draft202012Validator(whole).iter_errors(document):
        yield _pointer(error.absolute_path), _message(error)
    checks: dict[str, Draft202012Validator] = {}
    layers = document.get("layers") if isinstance(document, dict) else None
    for i, each in enumerate(layers if isinstance(layers, list) else []):
        kind = each.get("layer_type") if isinstance(each, dict) else None
        params = schema["$defs"].get(f"params.{kind}") if isinstance(kind, str) else None
        if params is None:
            continue
        check = checks.setdefault(str(kind), Draft202012Validator(params))
        for error in check.iter_errors(each.get("layer_params", {})):
            yield _pointer(["layers", i, "layer_params", *error.absolute_path]), _message(error)


def _pointer(path: Any) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def _message(error: Any) -> str:
    """Return what is wrong in a line; of several ways to be right, the closest one's."""
    best = error
    while best.context:
        best = min(best.context, key=lambda each: (len(each.schema_path), str(each.message)))
    return str(best.message)[:300]
