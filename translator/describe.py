"""The catalogue in words: what each layer is, and which formats can say it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any

import translator.passes.lowering  # noqa: F401  (registers the lowerings)
from ir.diagnostics import CODES
from ir.kinds import Flag
from ir.layer import CATALOGUE, REQUIRED, Layer, Param
from translator.dialect import dialects
from translator.options import WriteOptions
from translator.passes.legalize import LOWERINGS

LETTERS = {
    "O": "outputs",
    "I": "inputs (of a group)",
    "C": "channels, and further letters the axes behind",
    "V": "vocabulary",
    "D, H, W, L": "depth, height, width, length of a window",
}
"""What the letters of a weight's axes stand for."""


@cache
def tables() -> dict[str, frozenset[type[Layer]]]:
    """Return each format that has a layer table, by what people call it, with the layers in it."""
    found = {}
    for each in dialects().values():
        if each.writes and each.name == each.folder:
            rules = each.writer().target(WriteOptions()).rules
            if rules is not None:
                found[each.title.split()[0]] = rules.layers()
    return found


def support(layer: type[Layer]) -> dict[str, str]:
    """Return how each format says a layer type: `yes`, `by others` (where a lowering applies), or `no`."""
    return {
        name: "yes" if layer in layers else "by others" if layer in LOWERINGS else "no"
        for name, layers in tables().items()
    }


def weights(layer: type[Layer]) -> dict[str, str]:
    """Return the weights that a layer type may have, with the letters of their axes, as examples of it show."""
    found: dict[str, str] = {}
    for example in _examples(layer):
        for size, count in product((layer.rank + 2,) if layer.rank else (2, 3, 4), (layer.arity[0], layer.arity[1])):
            with suppress(ValueError, TypeError, IndexError):
                for role, each in example.weights(*((8,) * size,) * (count or 1)).items():
                    found[role] = max(found.get(role, ""), each.axes, key=len)
    return found


def _examples(layer: type[Layer]) -> Iterator[Layer]:
    """Make layers of a type with every setting of its flags."""
    values: dict[str, Any] = {each.name: _value(each, layer) for each in layer.params.values()}
    flags = [each.name for each in layer.params.values() if isinstance(each.kind, Flag)]
    for settings in product((True, False), repeat=len(flags)):
        with suppress(ValueError):
            yield layer(**{**values, **dict(zip(flags, settings, strict=True))})


def _value(each: Param, layer: type[Layer]) -> Any:
    if each.default is not REQUIRED:
        return each.default
    for value in (8, [8], "custom"):
        with suppress(ValueError):
            return each.kind.admit(value, layer.rank)
    return each.default


def _sentence(layer: type[Layer]) -> str:
    return (layer.__doc__ or "").strip().splitlines()[0]


def _details(layer: type[Layer]) -> list[str]:
    """Return what a layer's documentation says behind its first sentence."""
    return [line.strip() for line in (layer.__doc__ or "").strip().splitlines()[1:] if line.strip()]


def _inputs(layer: type[Layer]) -> str:
    least, most = layer.arity
    return str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"


def summarize() -> str:
    """Return a line for each layer type."""
    width = max(map(len, CATALOGUE))
    return "\n".join(f"{name:{width}}  {_sentence(layer)}" for name, layer in sorted(CATALOGUE.items()))


def describe(name: str) -> str | None:
    """Return all there is to say of a layer type, or None if there is none of that name."""
    layer = CATALOGUE.get(name)
    if layer is None:
        return None
    lines = [f"{name}: {_sentence(layer)}", *_details(layer), ""]
    lines += [f"inputs: {_inputs(layer)}    grammar: {layer.grammar}", "", "parameters:"]
    lines += [
        f"  {each.name} ({_default(each)}): {each.doc} It is {each.kind.wants}." for each in layer.params.values()
    ]
    if not layer.params:
        lines[-1] = "parameters: none"
    lines += ["", f"weights: {', '.join(_weights(layer)) or 'none'}"]
    lines += ["said by: " + ", ".join(f"{who} {how}" for who, how in support(layer).items())]
    return "\n".join(lines)


def _default(each: Param) -> str:
    return "required" if each.default is REQUIRED else f"default {each.default!r}"


def _weights(layer: type[Layer], quote: str = "") -> list[str]:
    return [
        f"{quote}{role}{quote} {quote}{axes}{quote}" if axes else f"{quote}{role}{quote}"
        for role, axes in weights(layer).items()
    ]


def layers_page() -> str:
    """Return `docs/layers.md`."""
    names = list(tables())
    lines = [
        "# Layers",
        "",
        "Derived from the catalogue by `make derive`. *by others*: an exact lowering says it by other layers.",
        "",
        "The letters of a weight's axes: " + "; ".join(f"{key}, {what}" for key, what in LETTERS.items()) + ".",
        "",
        f"| layer | {' | '.join(names)} | what it does |",
        f"|---|{'---|' * len(names)}---|",
    ]
    for name, layer in sorted(CATALOGUE.items()):
        how = support(layer)
        lines.append(f"| [{name}](#{name.lower()}) | {' | '.join(how[each] for each in names)} | {_sentence(layer)} |")
    for name, layer in sorted(CATALOGUE.items()):
        lines += ["", f"## {name}", "", " ".join([_sentence(layer), *_details(layer)]), ""]
        learned = f"; weights: {', '.join(_weights(layer, '`'))}" if weights(layer) else ""
        lines += [f"Inputs: {_inputs(layer)} (`{layer.grammar}`){learned}."]
        if layer.params:
            lines += ["", "| parameter | default | kind | meaning |", "|---|---|---|---|"]
            lines += [
                f"| `{each.name}` | {_cell(each)} | {each.kind.wants} | {each.doc} |" for each in layer.params.values()
            ]
    return "\n".join(lines) + "\n"


def _cell(each: Param) -> str:
    return "required" if each.default is REQUIRED else f"`{each.default!r}`"


def diagnostics_page() -> str:
    """Return `docs/diagnostics.md`."""
    lines = ["# Diagnostics", "", "Derived from `ir/diagnostics.py` by `make derive`."]
    for name, code in sorted(CODES.items()):
        lines += ["", f"## {name}", "", f"*{code.severity}.* {code.doc}"]
    return "\n".join(lines) + "\n"
