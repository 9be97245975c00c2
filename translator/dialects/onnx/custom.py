"""Layers of another's making; see `pointwise.py`.

Those that were read out of ONNX are the operators that they were; others are of a domain of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from translator.dialects.onnx.emission import Site
from translator.dialects.onnx.tensors import CODES
from translator.dialects.onnx.versions import COMMON

DENSE = {"float32": "float", "float64": "double"}
"""What ONNX calls types of numbers where it does not call them as numpy does."""
DOMAIN = "custom"
"""The domain of operators that are not ONNX's."""


def custom(site: Site) -> list[str]:
    """Carry a layer: its weights follow its inputs, and nested arguments become attributes by their path."""
    layer = site.layer
    if fits(layer, site.opset):
        return _again(site)
    inputs = [*site.inputs, *(site.weight(f"blob{i}") for i in range(len(layer.arrays)))]
    return site.emit(layer.type, inputs, dict(_flat(layer.arguments)), layer.results, DOMAIN)


def fits(layer: Any, opset: int, *, exactly: bool = False) -> bool:
    """Tell whether a layer is an operator of ONNX's, or of another's domain, that an operator set has as it was.

    One that came to take more types is as it was, unless it is asked for exactly. What a domain of another's holds is
    taken to be known to who reads it.
    """
    from onnx import defs

    native = layer.native
    if native.get("framework") != "ONNX":
        return False
    if native["domain"]:
        return True
    try:
        then, now = (defs.get_schema(layer.type, each, "") for each in (int(native["version"]), opset))
    except defs.SchemaError:
        return False
    return bool(then.since_version == now.since_version) or (not exactly and _is_like(then, now, native["takes"]))


def _is_like(then: Any, now: Any, types: Sequence[str]) -> bool:
    """Tell whether two versions of an operator differ in the types of numbers that they take alone."""

    def said(schema: Any) -> Any:
        defaults = {name: str(each.default_value) for name, each in schema.attributes.items()}
        return defaults, [each.name for each in schema.inputs], [each.name for each in schema.outputs]

    def takes(parameter: Any, dtype: str) -> bool:
        return not dtype or f"tensor({DENSE.get(dtype, dtype)})" in parameter.types

    pairs = zip(now.inputs, types, strict=False)
    return said(then) == said(now) and all(takes(parameter, dtype) for parameter, dtype in pairs)


def opset_for(layers: Sequence[Any], wanted: int) -> int:
    """Return the lowest operator set, from one on, that has all of some layers as they were; that one if none has."""
    from onnx import defs

    sets = range(wanted, defs.onnx_opset_version() + 1)
    own = [each for each in layers if any(fits(each, opset) for opset in sets)]
    for exactly, newest in ((True, COMMON), (False, COMMON), (True, sets[-1])):
        for opset in range(wanted, newest + 1):
            if all(fits(each, opset, exactly=exactly) for each in own):
                return opset
    return wanted


def _again(site: Site) -> list[str]:
    """Write an operator as it was: what it takes is of the types that it took, and what it gives becomes floats."""
    layer, native = site.layer, site.layer.native
    attributes = dict(layer.arguments)
    names = attributes.pop("operands", None)
    tensors = {f"input{i}": name for i, name in enumerate(site.inputs)}
    arrays = {f"blob{i}": site.weight(f"blob{i}") for i in range(len(layer.arrays))}
    given = tensors | arrays
    types = list(native.get("takes", ()))
    taken = []
    for name, dtype in zip(names or given, [*types, *[""] * len(given)], strict=False):
        plain = dtype in ("", "float32") or dtype not in CODES
        taken.append("" if not name else given[name] if plain else site.cast(given[name], dtype))
    for name, dtype in native.get("tensors", {}).items():
        attributes[name] = np.array(attributes[name], dtype)
    kept = {name: each for name, each in attributes.items() if not isinstance(each, tuple) or each}
    results = site.emit(layer.type, taken, kept, layer.results, native["domain"], as_it_is=True)
    return [site.cast(each, "float32") for each in results]


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
