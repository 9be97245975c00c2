"""Layers of another's making, as operators of a domain of their own; see `pointwise.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translator.dialects.onnx.emission import Site

DOMAIN = "custom"
"""The domain of operators that are not ONNX's."""


def custom(site: Site) -> list[str]:
    """Carry a layer: its weights follow its inputs, and nested arguments become attributes by their path."""
    layer = site.layer
    inputs = [*site.inputs, *(site.weight(f"blob{i}") for i in range(len(layer.arrays)))]
    return site.emit(layer.type, inputs, dict(_flat(layer.arguments)), layer.results, DOMAIN)


def _flat(arguments: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return nested arguments as attributes that ONNX can hold."""
    found: list[tuple[str, Any]] = []
    for name, value in arguments.items():
        many = value if isinstance(value, (list, tuple)) else ()
        if isinstance(value, dict):
            found += _flat(value, f"{path}{name}.")
        elif any(isinstance(each, (dict, list, tuple)) for each in many):
            found += _flat({str(i): each for i, each in enumerate(many)}, f"{path}{name}.")
        elif many:
            found.append((path + name, _alike(many)))
        elif value is not None and value != ():
            found.append((path + name, _alike([value])[0]))
    return found


def _alike(values: Sequence[Any]) -> list[Any]:
    """Return values as ONNX has them in one attribute: all whole numbers of 64 bits, all floats, or all texts."""
    if all(isinstance(each, int) and -(1 << 63) <= each < 1 << 63 for each in values):
        return list(map(int, values))
    if all(isinstance(each, float) or (isinstance(each, int) and abs(each) <= 1 << 24) for each in values):
        return list(map(float, values))
    return list(map(str, values))
