"""Modules of the classes that go with emitted source, among those of a module in memory: each is read as its layer.

Such a class is known by its text, which stands in `definitions.py`. For the export the module is one operator, whose
sizes are those of the layer: so one comes through that looks at numbers, and another keeps its name and parameters.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from ir import layers as L
from ir.graph import Node
from ir.layer import Layer
from ir.shapes import Shape
from ir.validate import node_shapes
from translator.dialects.pytorch.definitions import DEFINITIONS

SPACE, NAME = "model_zoo_translator", "own"
"""The library and the name of the operator."""
OPEN = 1_000_003
"""What stands for the first size that is open, the next for the next: more than any size that a layer makes."""


class Leaf(NamedTuple):
    """A module as a layer: the names of its parameters by their roles, and what it gives for which sizes."""

    layer: Layer
    names: dict[str, str]


def leaves(module: Any) -> dict[str, Leaf]:
    """Return the layers that parts of a module are, by their paths."""
    found = {}
    for path, part in module.named_modules():
        name = type(part).__name__
        if path and name in MADE and _is_own(type(part), DEFINITIONS[name]):
            layer = MADE[name](part)
            held = dict(part.named_parameters(recurse=False))
            found[path] = Leaf(layer, {role: name for role, name in _roles(name) if name in held})
    return found


def _is_own(kind: type, text: str) -> bool:
    """Tell whether a class was made by a text: that stands in its file where its `forward` does."""
    code = getattr(kind.__dict__.get("forward"), "__code__", None)
    before, found, _ = "".join(linecache.getlines(code.co_filename)).partition(text) if code else ("", "", "")
    first = before.count("\n")
    return bool(found) and first < getattr(code, "co_firstlineno", 0) <= first + text.count("\n") + 1


def _roles(name: str) -> list[tuple[str, str]]:
    """Return the roles of a class's parameters, and their names."""
    from translator.dialects.pytorch.mapping import RULES

    rule = RULES.named(name)[0]
    return [(blob.role, blob.name) for blob in rule.blobs_of(None)]


@contextmanager
def as_operators(module: Any, found: dict[str, Leaf]) -> Iterator[None]:
    """Have parts of a module be one operator each while it is exported."""
    parts = [(path, module.get_submodule(path)) for path in found]
    try:
        for path, part in parts:
            part.forward = partial(_called, _operator(), found[path].layer, path)
        yield
    finally:
        for path, part in parts:
            part.__dict__.pop("forward", None)
            _LAYERS.pop(path, None)


def _called(operator: Any, layer: Layer, path: str, *inputs: Any) -> Any:
    _LAYERS[path] = layer
    given = operator(list(inputs), path)
    return given[0] if layer.outputs == 1 else tuple(given)


_LAYERS: dict[str, Layer] = {}
"""The layer of each path that is being exported."""
_MADE: list[Any] = []


def _operator() -> Any:
    """Return the operator, which is made once."""
    import torch

    if not _MADE:

        def own(inputs: list[Any], path: str) -> list[Any]:
            raise NotImplementedError("a layer of its own is exported, and not run")

        torch.library.define(f"{SPACE}::{NAME}", "(Tensor[] inputs, str path) -> Tensor[]")
        torch.library.impl(f"{SPACE}::{NAME}", "CompositeExplicitAutograd")(own)
        torch.library.register_fake(f"{SPACE}::{NAME}")(_sized)
        _MADE.append(getattr(getattr(torch.ops, SPACE), NAME))
    return _MADE[0]


def _sized(inputs: list[Any], path: str) -> list[Any]:
    """Return tensors of the sizes that a layer gives; what is not known before it runs is a size of its own."""
    import torch

    layer = _LAYERS[path]
    opened: dict[int, Any] = {}

    def number(size: Any) -> int:
        if isinstance(size, int):
            return size
        known = next((mark for mark, each in opened.items() if str(each) == str(size)), OPEN + 2 * len(opened))
        opened[known] = size
        return known

    shapes: list[Shape] = [tuple(number(size) for size in each.shape) for each in inputs]
    node = Node(path, layer)
    found = node_shapes(node, shapes, "channels_first")
    context = torch.library.get_ctx() if any(None in shape for shape in found) else None
    return [
        inputs[0].new_empty([opened.get(size, size) if size is not None else _fresh(context) for size in shape])
        for shape in found
    ]


def _fresh(context: Any) -> Any:
    return context.new_dynamic_size()


def _over_time(layer: Any) -> Callable[[Any], Layer]:
    def make(module: Any) -> Layer:
        import torch

        names = {getattr(torch, name): name for name in ("relu", "sigmoid", "tanh")}
        names |= {getattr(torch.nn.functional, name): name for name in ("elu", "softplus", "softsign")}
        values: dict[str, Any] = {"activation": names.get(module.activation, "linear"), "sequences": module.sequences}
        if "gate" in layer.params and module.slope is not None:
            values |= {"gate": "hard_sigmoid", "slope": module.slope}
        for name in ("started", "states", "masked", "reset_after"):
            values |= {name: getattr(module, name)} if hasattr(module, name) else {}
        made: Layer = layer(units=module.recurrent_kernel.shape[1], **values)
        return made

    return make


def _continued(layer: Any) -> Callable[[Any], Layer]:
    return lambda module: layer(units=module.recurrent_kernel.shape[1])


def _alike(layer: Any, **others: Callable[[Any], Any]) -> Callable[[Any], Layer]:
    """Return what makes a layer of attributes that bear its parameters' names, but for some."""

    def make(module: Any) -> Layer:
        values = {name: getattr(module, name) for name in layer.params if name not in others}
        made: Layer = layer(**values, **{name: other(module) for name, other in others.items()})
        return made

    return make


def _local(module: Any) -> Layer:
    window = module.window
    return L.LocallyConnected2D(
        filters=module.weight.shape[0],
        kernel=window["kernel_size"],
        stride=window["stride"],
        pad=_pairs(window["padding"]),
        bias=module.bias is not None,
    )


def _indexed(module: Any) -> Layer:
    rounding = "ceil" if module.ceil_mode else "floor"
    return L.MaxPoolIndices2D(
        kernel=module.kernel_size, stride=module.stride, pad=_pairs(module.padding), rounding=rounding
    )


def _pairs(sizes: Any) -> Any:
    """Return a border that is the same before and behind each axis."""
    return tuple((size, size) for size in ((sizes,) * 2 if isinstance(sizes, int) else sizes))


_RECURRENT: list[tuple[str, Any]] = [("LSTM", L.LSTM), ("GRU", L.GRU), ("RNN", L.SimpleRNN)]
MADE: dict[str, Callable[[Any], Layer]] = {
    **{f"Stepped{name}": _over_time(layer) for name, layer in _RECURRENT},
    **{f"{name}OverTime": _over_time(layer) for name, layer in _RECURRENT},
    "ContinuedLSTM": _continued(L.ContinuedLSTM),
    "ContinuedRNN": _continued(L.ContinuedRNN),
    "DetectionOutput": _alike(
        L.DetectionOutput, threshold=lambda each: None if each.threshold == -float("inf") else each.threshold
    ),
    "LocallyConnected": _local,
    "MaxPoolIndices": _indexed,
    "PriorBox": _alike(L.PriorBox),
    "Proposals": _alike(L.Proposals),
    "PSROIPool": _alike(L.PSROIPool2D),
    "ROIPool": _alike(L.ROIPool2D),
    "SequenceStart": lambda module: L.SequenceStart(),
    "Unpool": _alike(L.Unpool2D, scale=lambda each: 2),
}
"""How a layer is made of a module of each class."""

__all__ = ["NAME", "SPACE", "Leaf", "as_operators", "leaves"]
