"""Layers of Caffe's forks that work on sequences, time before batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ir import layers as L
from ir.shapes import Shape
from translator.attrs import Attrs
from translator.dialects.caffe.forms import FILLERS
from translator.mapping import At, Blob, Codec, Field, Rule, Unsayable


class Steps(Field):
    """`time_step`."""

    def __init__(self) -> None:
        super().__init__("time_step", absent=None, encode=lambda value, at: value or at.inputs[0][0])


class Batch(Field):
    """`batch_size`, of a layer that takes nothing; with a `flag` no sequence starts, and that is not known here."""

    def __init__(self) -> None:
        super().__init__("batch_size")
        self.keys = (*self.keys, "flag")

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("flag"):
            raise Unsayable("no sequence starts")
        return super().read(attrs, at)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value is None:
            raise Unsayable("the batch is that of what it takes")
        return super().write(value, at)


class BatchAxis(Codec):
    """`axis` of the bottom from which a layer has its batch."""

    keys = ("axis",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("axis", 1) != 1:
            raise Unsayable("the batch is another axis than the second")

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value is not None:
            raise Unsayable("the batch must be a certain one")
        return {"axis": 1}


def start(batch: Codec, **facts: Any) -> Rule:
    """Return a rule of a ContinuationIndicator, of which there are two forms.

    Sources: continuation_indicator_layer.cpp of https://github.com/intel/caffe, and of the commit 04a2c447 to be found
    in https://github.com/BVLC/caffe.
    """
    group = "continuation_indicator_param"
    return Rule("ContinuationIndicator", L.SequenceStart, group=group, steps=Steps(), batch=batch, **facts)


class Dims(Codec):
    """`dim` of a Transpose, or the `dim`s of a shape of that name.

    Sources: transpose_layer.cpp of https://github.com/senlinuc/caffe_ocr and of https://github.com/ModelTC.
    """

    keys = ("dim",)

    def read(self, attrs: Attrs, at: At) -> Any:
        dims = attrs.repeated("dim")
        if not dims:
            raise ValueError("needs dim")
        return dims[0].repeated("dim") if isinstance(dims[0], Attrs) else dims

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("Permute says it with its order")


RULES = [
    Rule(
        "Lstm",
        L.ContinuedLSTM,
        group="lstm_param",
        ignore=(*FILLERS, "clipping_threshold", "batch_size"),
        blobs=(Blob("kernel"), Blob("recurrent_kernel"), Blob("bias")),
        units=Field("num_output"),
    ),
    start(BatchAxis(), where={"batch_size": None}),
    start(Batch(), takes=0),
    Rule("Reverse", L.Reverse, group="reverse_param", axis=Field("axis", absent=0)),
    Rule("Transpose", L.Permute, group="transpose_param", order=Dims()),
]


def placed(layers: Iterable[Attrs]) -> list[Attrs]:
    """Return layers with each ContinuationIndicator that takes nothing moved behind its sequence, which it takes."""
    found: list[Attrs] = []
    waiting: dict[str, Attrs] = {}
    for layer in layers:
        bottoms = layer.repeated("bottom")
        if layer.get("type") == "ContinuationIndicator" and not bottoms:
            waiting.update(dict.fromkeys(layer.repeated("top")[:1], layer))
            continue
        for mark in bottoms[1:2]:
            if mark in waiting and layer.get("type") in ("LSTM", "RNN", "Lstm"):
                start = waiting.pop(mark)
                found.append(Attrs({**start, "bottom": bottoms[:1]}, start.source, start.offset, start.places))
        found.append(layer)
    return found + list(waiting.values())


def unrolled(layer: Attrs, shapes: Sequence[Shape | None]) -> tuple[Attrs, ...]:
    """Return an `Lstm` as one over time and batch, with the marks and the changes of shape that it implies.

    It takes the steps of all sequences as rows, time before batch, and starts afresh at the first alone unless marks
    say where. Some forks keep time and batch apart, and then say no batch.
    Sources: lstm_layer.cpp of https://github.com/junhyukoh/caffe-lstm, lstm_layer_Junhyuk.cpp of
    https://github.com/senlinuc/caffe_ocr.
    """
    name, (x, *marks), (top,) = layer.get("name", ""), layer.repeated("bottom"), layer.repeated("top")
    batch = layer.message("lstm_param").get("batch_size")
    apart = len(shapes[0] or ()) == 3 and batch is None
    if apart and marks:
        return (layer,)
    steps, mark, states = (x if apart else f"{name}_steps"), f"{name}_marks", (top if apart else f"{name}_states")
    parts = []
    if not apart:
        parts.append(_reshape(steps, x, (-1, batch or 1), 1))
    if marks:
        parts.append(_reshape(mark, marks[0], (-1, batch or 1), -1))
    else:
        parts.append({"name": mark, "type": "ContinuationIndicator", "bottom": (steps,), "top": (mark,)})
    parts.append({**layer, "bottom": (steps, mark), "top": (states,)})
    if not apart:
        parts.append({**_reshape(f"{name}_rows", states, (-1,), 2), "top": (top,)})
    return tuple(Attrs(each, layer.source, layer.offset, layer.places) for each in parts)


def _reshape(name: str, bottom: str, sizes: tuple[int, ...], count: int) -> dict[str, Any]:
    """Return a Reshape of the first axes."""
    param = Attrs({"shape": Attrs({"dim": sizes}), "num_axes": count})
    return {"name": name, "type": "Reshape", "bottom": (bottom,), "top": (name,), "reshape_param": param}
