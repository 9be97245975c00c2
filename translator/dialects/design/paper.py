"""How the paper writes a layer's parameters (DLPaper2Code, AAAI 2018, figure 5), for the layers that it has.

`{"function": "MAX", "kernel_row": 2, "kernel_col": 2, "stride_row": 2, "stride_col": 2, "border_mode": "valid"}`
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.shapes import same_pad
from translator.attrs import Attrs
from translator.mapping import Always, At, Codec, Field, Rule, Rules

WHOLE = {"type": "integer", "minimum": 1}


class RowsAndColumns(Codec):
    """A size for the rows and one for the columns."""

    def __init__(self, stem: str, absent: int | None = None) -> None:
        self.keys = (f"{stem}_row", f"{stem}_col")
        self.absent = absent

    def read(self, attrs: Attrs, at: At) -> Any:
        sizes = tuple(attrs.get(key, self.absent) for key in self.keys)
        if None in sizes:
            raise ValueError(f"needs {' and '.join(self.keys)}")
        return sizes


class BorderMode(Codec):
    """`valid` for no border, `same` for that of TensorFlow's rule."""

    keys = ("border_mode",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("border_mode", "valid") == "valid":
            return 0
        if not at.inputs or None in at.space:
            raise ValueError("border_mode is 'same', but the size of the input is not known")
        sizes = zip(at.space, at.values["kernel"], at.values["stride"], strict=True)
        return [same_pad(size or 1, kernel, stride) for size, kernel, stride in sizes]


def _windowed(name: str, layer: Any, where: dict[str, str], **more: Any) -> Rule:
    return Rule(
        name,
        layer,
        where=where,
        ignore=("trainable",),
        kernel=RowsAndColumns("kernel"),
        stride=RowsAndColumns("stride", 1),
        pad=BorderMode(),
        **more,
    )


RULES = Rules(
    [
        _windowed("Pooling2D", L.MaxPool2D, {"function": "MAX"}),
        _windowed("Pooling2D", L.AvgPool2D, {"function": "AVE"}, count_pad=Always(False)),
        _windowed("Conv2D", L.Conv2D, {}, filters=Field("filters")),
    ]
)

_WINDOW = {
    **{key: WHOLE for stem in ("kernel", "stride") for key in (f"{stem}_row", f"{stem}_col")},
    "border_mode": {"enum": ["valid", "same"]},
    "trainable": {"type": "boolean"},
}


def _object(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


SCHEMAS = {
    "Pooling2D": [
        _object(["function", "kernel_row", "kernel_col"], {"function": {"enum": ["MAX", "AVE"]}, **_WINDOW}),
    ],
    "Conv2D": [_object(["filters", "kernel_row", "kernel_col"], {"filters": WHOLE, **_WINDOW})],
}
"""What the schema allows beside the catalogue's own parameters."""


def is_paper(kind: str, params: dict[str, Any]) -> bool:
    """Tell whether parameters are written as the paper does."""
    return kind in RULES and (kind == "Pooling2D" or "kernel_row" in params)
