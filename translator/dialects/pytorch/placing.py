"""Layers that take values from places, or put them there, as expressions; see `expressions.py`."""

from __future__ import annotations

from typing import Any

from translator.dialects.pytorch.expressions import Names, method
from translator.mapping import At
from translator.source import Call

JOINS = {"add": "sum", "multiply": "prod", "max": "amax", "min": "amin"}
MODES = {"linear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}
BORDERS = {"zeros": "zeros", "edge": "border", "mirror": "reflection"}


def taken(layer: Any, at: At, args: Names) -> Any:
    """Take values by numbers that come as floats."""
    return Call("torch.take_along_dim", [args[0], method(args[1], "long"), layer.axis])


def put(layer: Any, at: At, args: Names) -> Any:
    """Put values by numbers that come as floats, into what an input may hold as whole numbers."""
    index = method(args[1], "long")
    if layer.how == "instead":
        return method(args[0], "float().scatter", layer.axis, index, args[2])
    return method(args[0], "float().scatter_reduce", layer.axis, index, args[2], reduce=JOINS[layer.how])


def sampled(layer: Any, at: At, args: Names) -> Any:
    """Take pixels at points."""
    said: dict[str, Any] = {"mode": MODES[layer.mode]} if layer.mode != "linear" else {}
    if layer.border != "zeros":
        said["padding_mode"] = BORDERS[layer.border]
    return Call("F.grid_sample", list(args), {**said, "align_corners": layer.corners})
