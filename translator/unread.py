"""Formats that are told and not read: what each is called, and what its user can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Unread(NamedTuple):
    """A format that is not read, told by its first bytes, or by its suffix where no format that is read has it."""

    title: str
    hint: str
    suffixes: tuple[str, ...] = ()
    sniff: Callable[[bytes], bool] | None = None


def _is_graph_def(head: bytes) -> bool:
    """Tell a GraphDef of TensorFlow, binary or text: it begins with a node, and that with its name and its operator.

    A net of Caffe and a model of Caffe2 begin with their own name, which is a text.
    Source: https://github.com/tensorflow/tensorflow (core/framework/graph.proto, node_def.proto).
    """
    if re.match(rb'\s*node\s*\{\s*name\s*:\s*"[^"\n]*"\s*op\s*:', head):
        return True
    start = next((i + 1 for i, byte in enumerate(head[1:6], 1) if byte < 128), 0)
    if head[:1] != b"\n" or not start or head[start : start + 1] != b"\n" or len(head) < start + 2:
        return False
    operator = start + 2 + head[start + 1]
    return head[operator : operator + 1] == b"\x12" and head[operator + 2 : operator + 3].isalpha()


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.lstrip().startswith(marks)


ELSEWHERE = "translate the file that it was converted from, or an export of the same net to ONNX"
UNREAD = (
    Unread(
        "a graph of TensorFlow",
        "make it ONNX: python -m tf2onnx.convert --graphdef FILE --inputs X:0 --outputs Y:0 --output model.onnx",
        sniff=_is_graph_def,
    ),
    Unread(
        "a model of TensorFlow Lite",
        "make it ONNX: python -m tf2onnx.convert --tflite FILE --output model.onnx",
        (".tflite",),
        lambda head: head[4:8] == b"TFL3",
    ),
    Unread("a configuration of Darknet", ELSEWHERE, sniff=_starts(b"[net]", b"[network]")),
    Unread("a net of ncnn", ELSEWHERE, sniff=_starts(b"7767517")),
    Unread("a model of OpenVINO", ELSEWHERE, sniff=lambda head: b"<net name=" in head and b"<layer" in head),
    Unread(
        "a symbol of MXNet",
        "make it ONNX: mxnet.onnx.export_model",
        sniff=lambda head: bool(re.search(rb'"op"\s*:\s*"null"', head)),
    ),
    Unread("a model of Core ML", ELSEWHERE, (".mlmodel", ".mlpackage")),
    Unread("a model of PaddlePaddle", "make it ONNX: paddle2onnx", (".pdmodel",)),
    Unread("an object of Torch 7", ELSEWHERE, (".t7",)),
    Unread(
        "source code",
        "no code is run: save what it makes (model.save('net.keras') in Keras, torch.export.save in PyTorch), or call "
        "translator.read(module, example_inputs) from it",
        (".py", ".ipynb"),
    ),
    Unread(
        "a file of weights alone", "name it beside the model that has them: --weights FILE", (".safetensors", ".npz")
    ),
)
"""Every such format; none of their readers is worth its weight where one command makes ONNX of a model."""
SAVED_MODEL = Unread(
    "a SavedModel of TensorFlow",
    "make it ONNX: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx; or have Keras save it anew: "
    "model.save('net.keras')",
)


def told(path: Path, head: bytes) -> Unread | None:
    """Return the format of a file that is none of those that are read; None where it is not known either."""
    by_content = (each for each in UNREAD if each.sniff is not None and each.sniff(head))
    return next(by_content, None) or next((each for each in UNREAD if path.suffix.lower() in each.suffixes), None)


def told_of_folder(path: Path) -> Unread | None:
    """Return the format that has a folder for a model, as TensorFlow's and Core ML's newer ones; None for others."""
    return SAVED_MODEL if (path / "saved_model.pb").exists() else told(path, b"")
