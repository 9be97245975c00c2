"""What differs between ONNX's operator sets: attributes that became inputs.

Everything else is written in the newest form, as attributes by name. Source: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from typing import Any, NamedTuple

DEFAULT = 17
"""The operator set that is written unless another is asked for: every engine in use takes it."""
OLDEST = 9
COMMON = 26
"""The newest operator set that ONNX Runtime takes."""
NEWEST = 28
"""The newest operator set that is read."""
STANDARD = ("", "ai.onnx")
"""The names of ONNX's own domain."""


class Moved(NamedTuple):
    """Since which operator set some attributes are inputs, in their order, and of which type."""

    since: int
    attributes: tuple[str, ...]
    dtype: str = "int64"


_AXES = {f"Reduce{kind}": Moved(18, ("axes",)) for kind in ("Mean", "Max", "Min", "Prod", "L1", "SumSquare")}

MOVED: dict[str, tuple[Moved, ...]] = {
    "Clip": (Moved(11, ("min", "max"), "float32"),),
    "Dropout": (Moved(12, ("ratio",), "float32"),),
    "Pad": (Moved(11, ("pads",)), Moved(11, ("value",), "float32")),
    "Slice": (Moved(10, ("starts", "ends", "axes")),),
    "Split": (Moved(13, ("split",)),),
    "TopK": (Moved(10, ("k",)),),
    "Unsqueeze": (Moved(13, ("axes",)),),
    "Squeeze": (Moved(13, ("axes",)),),
    "ReduceSum": (Moved(13, ("axes",)),),
    **{kind: (moved,) for kind, moved in _AXES.items()},
}
"""The attributes that became inputs, by operator."""


def moved(kind: str, attributes: dict[str, Any], opset: int) -> list[tuple[str, Any, str]]:
    """Take from the attributes those that are inputs in an operator set: name, value and type, in order.

    A whole number is a list of one as an input (TopK's k).
    """
    taken = []
    for each in MOVED.get(kind, ()):
        if opset >= each.since:
            for name in each.attributes:
                if name in attributes:
                    value = attributes.pop(name)
                    taken.append((name, [value] if isinstance(value, int) else value, each.dtype))
    return taken
