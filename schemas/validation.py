"""Find everything in a document that the schema of designs does not allow, in words that help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from ir.kinds import short
from ir.layer import CATALOGUE

MOST = 1000
"""Problems that are shown; a document with more is of another kind."""


Spelling = Callable[[str, dict[str, Any]], str]
"""Names the `$defs` that the parameters of a layer type follow, as they are written."""


class Problem(NamedTuple):
    """What is wrong, the JSON pointer to where, and what may help."""

    pointer: str
    message: str
    hint: str = ""


def problems(document: Any, schema: dict[str, Any], spelling: Spelling) -> list[Problem]:
    """Return what the schema does not allow.

    The choice by `layer_type` is a look-up, not the schema's own: so messages speak of one layer type alone.
    """
    found = list(islice(_problems(document, schema, spelling), MOST + 1))
    if len(found) > MOST:
        found[MOST:] = [Problem("", f"there are more than {MOST} problems; those that follow are not shown")]
    return found


def _problems(document: Any, schema: dict[str, Any], spelling: Spelling) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    layer = {key: value for key, value in schema["$defs"]["layer"].items() if key != "allOf"}
    whole = {**schema, "$defs": {**schema["$defs"], "layer": layer}}
    for error in Draft202012Validator(whole).iter_errors(document):
        yield from _told(error, (), "")
    known = set(layer["properties"]["layer_type"]["enum"])
    checks: dict[str, Draft202012Validator] = {}
    layers = document.get("layers") if isinstance(document, dict) else None
    for i, each in enumerate(layers if isinstance(layers, list) else ()):
        if not isinstance(each, dict):
            continue
        kind, params = each.get("layer_type"), each.get("layer_params", {})
        if not isinstance(kind, str) or kind not in known or not isinstance(params, dict):
            continue
        name = spelling(kind, params)
        check = checks.setdefault(name, Draft202012Validator(schema["$defs"][name]))
        start = ("layers", i, "layer_params") if "layer_params" in each else ("layers", i)
        for error in check.iter_errors(params):
            yield from _told(error, start, kind)


def _told(error: Any, start: tuple[str | int, ...], kind: str) -> Iterator[Problem]:
    """Tell of an error; `kind` is the layer type where it is of a layer's parameters."""
    path = (*start, *error.absolute_path)
    value, wanted = error.instance, error.validator_value
    if error.validator == "additionalProperties" and wanted is False:
        known = error.schema["properties"]
        for key in (key for key in value if key not in known):
            yield Problem(
                pointer((*path, key)),
                f"{kind} has no parameter {short(key)}" if kind else f"the key {short(key)} is not known here",
                _nearest(key, known),
            )
        return
    if error.validator == "required":
        missing = next(key for key in wanted if error.message.startswith(repr(key)))
        yield Problem(pointer(path), f"{kind or _called(path)} needs {missing!r}")
        return
    if error.validator == "enum" and path[-1:] == ("layer_type",):
        yield Problem(pointer(path), f"there is no layer type {short(value)}", _nearest(value, wanted))
        return
    if kind in CATALOGUE and (param := CATALOGUE[kind].params.get(path[len(start)])):
        whole = pointer((*start, param.name)) if error.validator == "anyOf" else pointer(path)
        wants = param.kind.wants if error.validator == "anyOf" else _wants(error)
        yield Problem(whole, f"{param.name} of {kind} must be {wants}, not {short(value)}")
        return
    yield Problem(pointer(path), f"{_called(path)} must be {_wants(error)}, not {short(value)}")


def _called(path: tuple[str | int, ...]) -> str:
    """Return what people call the place of a path."""
    if not path:
        return "a design"
    if isinstance(path[-1], str):
        return path[-1]
    return {"layers": "a layer", "inputs": "an input"}.get(str(path[-2]), f"an item of {path[-2]}")


TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _wants(error: Any) -> str:
    """Return what an error says is wanted."""
    wanted = error.validator_value
    if error.validator == "anyOf":
        return " or ".join(dict.fromkeys(_wants(each) for each in error.context))
    words = {
        "enum": "one of {0}",
        "minimum": "{0} or more",
        "maximum": "{0} or less",
        "minLength": "a text that is not empty",
        "minItems": "a list of {0} or more",
        "maxItems": "a list of {0} or fewer",
    }
    if error.validator == "type":
        return TYPES[wanted]
    listed = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
    return words[error.validator].format(listed)


def _nearest(word: Any, known: Iterable[str]) -> str:
    """Return a hint that names the known word closest to one that is not."""
    lowered = {each.lower(): each for each in known}
    near = get_close_matches(word[:60].lower(), lowered, 1) if isinstance(word, str) else []
    return f"did you mean {lowered[near[0]]}?" if near else ""


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a path.

    >>> pointer(["layers", 0, "a/b"])
    '/layers/0/a~1b'
    """
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
