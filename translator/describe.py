"""The catalogue in words: what each layer is, and which formats can say it."""

from __future__ import annotations

from functools import cache

import translator.passes.lowering  # noqa: F401  (registers the lowerings)
from ir.diagnostics import CODES
from ir.layer import CATALOGUE, REQUIRED, Layer, Param
from translator.dialect import dialects
from translator.options import WriteOptions
from translator.passes.legalize import LOWERINGS

TABLES = {"Caffe": "caffe", "Keras": "keras", "ONNX": "onnx", "PyTorch": "pytorch"}
"""The formats with a layer table, by what people call them."""


@cache
def _said(name: str) -> frozenset[type[Layer]]:
    rules = dialects()[name].writer().target(WriteOptions()).rules
    return rules.layers() if rules else frozenset()


def support(layer: type[Layer]) -> dict[str, str]:
    """Return how each format says a layer type: `yes`, `by others` (where a lowering applies), or `no`."""
    return {
        title: "yes" if layer in _said(name) else "by others" if layer in LOWERINGS else "no"
        for title, name in TABLES.items()
    }


def _sentence(layer: type[Layer]) -> str:
    return (layer.__doc__ or "").strip().splitlines()[0]


def summarize() -> str:
    """Return a line for each layer type."""
    width = max(map(len, CATALOGUE))
    return "\n".join(f"{name:{width}}  {_sentence(layer)}" for name, layer in sorted(CATALOGUE.items()))


def describe(name: str) -> str | None:
    """Return all there is to say of a layer type, or None if there is none of that name."""
    layer = CATALOGUE.get(name)
    if layer is None:
        return None
    least, most = layer.arity
    inputs = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    lines = [f"{name}: {_sentence(layer)}", "", f"inputs: {inputs}    grammar: {layer.grammar}", "", "parameters:"]
    lines += [
        f"  {each.name} ({_default(each)}): {each.doc} It is {each.kind.wants}." for each in layer.params.values()
    ]
    if not layer.params:
        lines[-1] = "parameters: none"
    lines += ["", "said by: " + ", ".join(f"{who} {how}" for who, how in support(layer).items())]
    return "\n".join(lines)


def _default(each: Param) -> str:
    return "required" if each.default is REQUIRED else f"default {each.default!r}"


def layers_page() -> str:
    """Return `docs/layers.md`."""
    names = list(TABLES)
    lines = [
        "# Layers",
        "",
        "Derived from the catalogue by `make derive`. *by others*: an exact lowering says it by other layers.",
        "",
        f"| layer | {' | '.join(names)} | what it does |",
        f"|---|{'---|' * len(names)}---|",
    ]
    for name, layer in sorted(CATALOGUE.items()):
        how = support(layer)
        lines.append(f"| [{name}](#{name.lower()}) | {' | '.join(how[each] for each in names)} | {_sentence(layer)} |")
    for name, layer in sorted(CATALOGUE.items()):
        lines += ["", f"## {name}", "", _sentence(layer)]
        if layer.params:
            lines += ["", "| parameter | default | meaning |", "|---|---|---|"]
            lines += [f"| `{each.name}` | {_cell(each)} | {each.doc} |" for each in layer.params.values()]
    return "\n".join(lines) + "\n"


def _cell(each: Param) -> str:
    return "required" if each.default is REQUIRED else f"`{each.default!r}`"


def diagnostics_page() -> str:
    """Return `docs/diagnostics.md`."""
    lines = ["# Diagnostics", "", "Derived from `ir/diagnostics.py` by `make derive`."]
    for name, code in sorted(CODES.items()):
        lines += ["", f"## {name}", "", f"*{code.severity}.* {code.doc}"]
    return "\n".join(lines) + "\n"
