"""Formats that are not read: each is called by its name, with what can be done, and no format that is read is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ir import TranslationError
from translator import read
from translator.unread import UNREAD, told, told_of_folder

FILES = {
    "frozen.pb": (b'\n\x1c\n\x01x\x12\x0bPlaceholder"\x0a\x0a\x05dtype\x12\x01\x30', "a graph of TensorFlow"),
    "graph.pbtxt": (b'node {\n  name: "x"\n  op: "Placeholder"\n}\n', "a graph of TensorFlow"),
    "net.tflite": (b"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00", "a model of TensorFlow Lite"),
    "no_suffix": (b"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00", "a model of TensorFlow Lite"),
    "yolo.cfg": (b"[net]\nwidth=416\n\n[convolutional]\nfilters=32\n", "a configuration of Darknet"),
    "net.param": (b"7767517\n75 83\nInput data 0 1 data\n", "a net of ncnn"),
    "net.xml": (
        b'<?xml version="1.0"?>\n<net name="n" version="11"><layers><layer id="0"/></layers></net>',
        "a model of OpenVINO",
    ),
    "net-symbol.json": (b'{"nodes": [{"op": "null", "name": "data", "inputs": []}]}', "a symbol of MXNet"),
    "net.mlmodel": (b"\x08\x04\x12\x00", "a model of Core ML"),
    "net.pdmodel": (b"\x0a\x00", "a model of PaddlePaddle"),
    "net.t7": (b"\x04\x00\x00\x00", "an object of Torch 7"),
    "net.py": (b"import keras\n", "source code"),
    "net.safetensors": (b"\x02\x00\x00\x00\x00\x00\x00\x00{}", "a file of weights alone"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_format_that_is_not_read_is_called_by_its_name(tmp_path: Path, name: str) -> None:
    content, title = FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TranslationError) as raised:
        read(tmp_path / name)
    (found,) = raised.value.report
    assert (found.code, found.message) == ("format", f"is {title}, which is not read")
    assert found.hint


def test_every_format_that_is_told_has_a_file_here() -> None:
    assert {title for _, title in FILES.values()} == {each.title for each in UNREAD}


def test_a_folder_that_holds_a_model_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    with pytest.raises(TranslationError, match="is a SavedModel of TensorFlow, which is not read"):
        read(tmp_path / "saved")
    (tmp_path / "net.mlpackage").mkdir()
    with pytest.raises(TranslationError, match="is a model of Core ML, which is not read"):
        read(tmp_path / "net.mlpackage")
    assert told_of_folder(tmp_path) is None


NETS = {
    "net.pb": b"\n\x08\x0anew_line\x12\x04data",
    "deploy.prototxt": b'name: "node"\ninput: "data"\n',
    "keras.json": b'{"class_name": "Model", "config": {"layers": [{"inbound_nodes": [], "op": "nodes"}]}}',
}
"""Beginnings that are like those of formats that are not read."""


@pytest.mark.parametrize("name", NETS)
def test_what_may_be_of_a_format_that_is_read_is_left_to_its_reader(name: str) -> None:
    assert told(Path(name), NETS[name]) is None
