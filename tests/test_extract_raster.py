"""Figures of pixels read back: what Graphviz draws as PNG, as it comes and after damage, and pictures that are none."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from extract.drawings.drawing import DrawingError
from extract.metrics import figure_score
from extract.raster import reading
from extract.raster.figure import diagram_of_picture
from extract.raster.heads import Lines
from extract.raster.picture import LONGEST, decoded
from extract.raster.spelling import agreed, mended
from extract.raster.thinning import pieces_of, thinned
from extract.raster.tracing import arrows_of
from ir import Report, TranslationError
from tests.figure_cases import FORKED, LAYERS, caffe_picture
from translator import read
from translator.simulation import caffe_pictures, keras_pictures
from translator.simulation.graphviz import render
from translator.simulation.picture import Arrow, Box, Picture

PERFECT = dict.fromkeys(("nodes", "texts", "types", "params", "edges", "undirected", "exact"), 1.0)


def drawn(picture: Picture) -> tuple[bytes, dict[str, Any]]:
    files, truth = render(picture, ("png",))
    return files["png"], truth


def scored(data: bytes, truth: dict[str, Any], degrees: float = 0.0) -> dict[str, float]:
    """Compare what is read with the truth about a picture that was turned about its middle."""
    pixels = decoded(data)
    (wide, high), (across, down) = truth["size"], pixels.shape[::-1]
    c, s = cos(radians(degrees)), sin(radians(degrees))

    def middle(box: Sequence[float]) -> tuple[float, float]:
        x, y = (box[0] + box[2] - wide) / 2, (box[1] + box[3] - high) / 2
        return c * x + s * y + across / 2, c * y - s * x + down / 2

    return figure_score(diagram_of_picture(pixels), truth, middle, truth["style"]["dpi"] / 8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("version", keras_pictures.VERSIONS)
def test_what_keras_draws_is_read_back(version: str, seed: int) -> None:
    assert scored(*drawn(keras_pictures.draw(FORKED, Random(seed), version))) == PERFECT


def test_boxes_whose_arrows_close_in_areas_are_no_volumes() -> None:
    first, branch, join = FORKED[0], FORKED[1], next(each for each in FORKED if len(each.takes) > 1)
    branches = [replace(branch, name=f"branch{i}", takes=(first.name,)) for i in range(3)]
    layers = [first, *branches, replace(join, takes=tuple(each.name for each in branches))]
    assert scored(*drawn(keras_pictures.draw(layers, Random(0), "3.3"))) == PERFECT


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("version", caffe_pictures.VERSIONS)
def test_what_caffe_draws_is_read_back(version: str, seed: int) -> None:
    assert scored(*drawn(caffe_picture(version, seed))) == PERFECT


PICTURES = [keras_pictures.draw(FORKED, Random(1), "2.0"), caffe_picture("2015-10", 1)]


@pytest.mark.parametrize("picture", PICTURES, ids=("keras", "caffe"))
@pytest.mark.parametrize("degrees", [-5.0, -1.0, 2.5, 5.0])
def test_a_turned_picture_is_read(picture: Picture, degrees: float) -> None:
    data, truth = drawn(picture)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    high, wide = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    size = (wide + high // 8, high + wide // 8)
    turn[:, 2] += (size[0] - wide) / 2, (size[1] - high) / 2
    turned = cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_CUBIC, borderValue=(255,) * 3)
    assert scored(cv2.imencode(".png", turned)[1].tobytes(), truth, degrees) == PERFECT


@pytest.mark.parametrize("picture", PICTURES, ids=("keras", "caffe"))
def test_a_jpeg_is_read(picture: Picture) -> None:
    data, truth = drawn(picture)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert scored(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes(), truth) == PERFECT


@pytest.mark.parametrize("picture", PICTURES, ids=("keras", "caffe"))
def test_noise_is_no_ink(picture: Picture) -> None:
    data, truth = drawn(picture)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    noisy = np.clip(pixels + np.random.default_rng(1).normal(0, 8, pixels.shape), 0, 255).astype(np.uint8)
    assert scored(cv2.imencode(".png", noisy)[1].tobytes(), truth) == PERFECT


def lines_in(draw: Any, heads: Sequence[tuple[int, int]]) -> set[tuple[int | None, ...]]:
    """Return what leads to what in a drawing of lines between areas: 1 to 4 in the corners, from the upper left on."""
    strokes, zones, labels = (
        np.zeros((200, 200), np.uint8),
        np.zeros((200, 200), np.int32),
        np.zeros((200, 200), np.int32),
    )
    for i, (x, y) in enumerate(((0, 0), (180, 0), (0, 180), (180, 180)), 1):
        zones[y : y + 20, x : x + 20] = i
    draw(strokes)
    for i, (x, y) in enumerate(heads, 1):
        labels[y - 6 : y + 7, x - 6 : x + 7] = i
    strokes[(labels > 0) | (zones > 0)] = 0
    return {tuple(each.boxes) for each in arrows_of(Lines(strokes, labels, np.zeros_like(strokes), 2.0), zones)}


@pytest.mark.parametrize("far", [180, 150, 110])
def test_lines_that_cross_go_straight_on(far: int) -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (10, 10), (190, 190), 1, 2)
        cv2.line(strokes, (190, 10), (10, 190), 1, 2)

    assert lines_in(draw, [(172, 172), (28, 172)]) == {(0, 3), (1, 2)}


def test_a_trunk_leads_to_all_its_branches() -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (10, 10), (60, 90), 1, 2)
        cv2.polylines(strokes, [np.array([(60, 90), (50, 130), (10, 190)])], False, 1, 2)
        cv2.polylines(strokes, [np.array([(60, 90), (100, 130), (190, 190)])], False, 1, 2)

    assert lines_in(draw, [(22, 172), (172, 178)]) == {(0, 2), (0, 3)}


def test_a_line_goes_on_behind_a_gap() -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (10, 10), (190, 190), 1, 2)
        strokes[96:102] = 0

    assert lines_in(draw, [(172, 172)]) == {(0, 3)}


def test_a_line_goes_on_a_little_aside() -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (10, 10), (98, 98), 1, 2)
        cv2.line(strokes, (97, 104), (183, 190), 1, 2)

    assert lines_in(draw, [(168, 174)]) == {(0, 3)}


def test_a_line_that_passes_a_corner_goes_on() -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (10, 10), (165, 4), 1, 2)
        cv2.line(strokes, (165, 4), (197, 36), 1, 2)
        cv2.line(strokes, (197, 36), (190, 190), 1, 2)

    assert lines_in(draw, [(191, 172)]) == {(0, 3)}


def test_of_two_lines_there_and_back_each_has_its_head() -> None:
    def draw(strokes: Any) -> None:
        cv2.line(strokes, (18, 10), (190, 182), 1, 2)
        cv2.line(strokes, (10, 18), (182, 190), 1, 2)

    assert lines_in(draw, [(176, 168), (24, 32)]) == {(0, 3), (3, 0)}


def test_a_line_that_comes_down_to_the_side_of_a_head_is_its_own() -> None:
    def draw(strokes: Any) -> None:
        cv2.polylines(strokes, [np.array([(190, 10), (22, 30), (22, 190)])], False, 1, 2)

    assert lines_in(draw, [(28, 190)]) == {(1, 2)}


@pytest.mark.parametrize("rankdir", ["LR", "RL"])
@pytest.mark.parametrize("stem", ["drop", "dropout_"])
def test_lines_there_and_back_beside_each_other_all_have_their_heads(stem: str, rankdir: str) -> None:
    names = [f"{stem}{i} (DROPOUT)" for i in range(8)]
    layers = [Box(each, (each,), {"shape": "record", "label": each}, "layer", each, "DROPOUT") for each in names]
    blob = Box("fc1", ("fc1",), {"shape": "octagon", "label": "fc1"}, "blob", "fc1")
    ways = [Arrow(*way) for each in names for way in (("fc1", each), (each, "fc1"))]
    style = {"drawer": "caffe", "version": "2014-12", "dpi": 96}
    assert scored(*drawn(Picture(style, {"dpi": "96", "rankdir": rankdir}, [blob, *layers], ways))) == PERFECT


@pytest.mark.parametrize("slope", [(150, 0), (150, 150), (0, 150), (150, 40), (40, 150)])
@pytest.mark.parametrize("width", [2, 3, 5])
def test_a_thinned_line_is_one_piece_of_the_same_length(width: int, slope: tuple[int, int]) -> None:
    marks = np.zeros((200, 200), np.uint8)
    cv2.line(marks, (20, 20), (20 + slope[0], 20 + slope[1]), 1, width)
    pieces, points = pieces_of(thinned(marks))
    assert len(pieces) == 1
    assert not points.any()
    assert abs(len(pieces[0].pixels) - max(slope)) <= width + 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Istm_1: LSTM", "lstm_1: LSTM"),
        ("fel (Dense)", "fc1 (Dense)"),
        ("rmn2_states (RNN)", "rnn2_states (RNN)"),
        ("kemel size: l1 stride: 2", "kernel size: 11 stride: 2"),
        ("{(None, 28. 28, l), (None, 28, 28, 3)]", "[(None, 28, 28, 1), (None, 28, 28, 3)]"),
        ("res2a_branch2a", "res2a_branch2a"),
        ("3 x 3 conv, 64", "3 x 3 conv, 64"),
        ("Resnape (Emhedding)", "Reshape (Embedding)"),
        ("l28", "128"),
        ("", ""),
    ],
)
def test_what_is_misread_is_mended(text: str, wanted: str) -> None:
    assert mended(text) == wanted


def test_a_blob_is_spelt_as_its_layer() -> None:
    read = [
        ("rnn1", "(RNN)"),
        ("rnn11",),
        ("pool1 (Pooling)",),
        ("pooll",),
        ("fc1 (Dense)",),
        ("fc7",),
        ("fcl (X)",),
        ("fci",),
    ]
    assert agreed(read)[1::2] == [("rnn1",), ("pool1",), ("fc7",), ("fci",)]


def test_a_png_becomes_the_design() -> None:
    data, _ = drawn(caffe_picture("2018-03", 0))
    report = Report()
    graph = read("net.png", data=data, report=report).graph
    said = [(type(node.layer).__name__, node.layer.stated()) for node in graph.nodes]
    assert said == LAYERS
    assert [each.code for each in report] == ["question"]


def problem(data: bytes, name: str = "net.png") -> str:
    report = Report()
    with pytest.raises(TranslationError):
        read(name, data=data, format="figure", report=report)
    (only,) = report
    return f"{only.code}: {only.message} {only.hint or ''}"


def test_without_tesseract_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = drawn(PICTURES[0])
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    assert "missing-package" in problem(data)
    assert "tesseract-ocr" in problem(data)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "FOLDERS", ())
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    assert "missing-package" in problem(data)


def png(wide: int, high: int, depth: int = 8, colour: int = 0, rows: bytes = b"") -> bytes:
    """Return a PNG with some header and some bytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", wide, high, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(wide: int, high: int) -> bytes:
    frame = struct.pack(">BHHB", 8, high, wide, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


WHOLE = png(200, 200, rows=(b"\0" + b"\xff" * 200) * 200)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (png(200_000, 200_000), "too large"),
        (png(1 << 31, 1 << 31), "too large"),
        (png(LONGEST + 1, 1), "too large"),
        (png(0, 5), "no size"),
        (jpeg(65_535, 65_535), "too large"),
        (jpeg(0, 7), "no size"),
        (png(200, 200), "no picture that can be read"),
        (png(200, 200, depth=7), "no picture that can be read"),
        (WHOLE[:-20], "cut off"),
        (WHOLE[:20], "cut off"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (b"\xff\xd8\xff", "cut off"),
        (b"\xff\xd8\xff" + bytes(range(256)) * 9, "cut off"),
        (b"\xff\xd8" + b"\xff" * 9999, "cut off"),
        (jpeg(30, 30), "no picture that can be read"),
        (WHOLE, "no letters"),
        (b"GIF89a", "neither a PNG nor a JPEG"),
        (b"", "neither a PNG nor a JPEG"),
    ],
)
def test_pictures_that_are_none_are_told(data: bytes, wanted: str) -> None:
    assert wanted in problem(data)


def test_a_picture_of_noise_shows_no_design() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (400, 400), np.uint8)
    assert problem(cv2.imencode(".png", noise)[1].tobytes()).startswith(("syntax", "value"))


def test_letters_without_boxes_are_no_design() -> None:
    page = np.full((200, 400), 255, np.uint8)
    cv2.putText(page, "none of these is a box", (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert problem(cv2.imencode(".png", page)[1].tobytes()) == "value: shows no boxes with arrows between them "


def in_form(pixels: Any, form: str) -> bytes:
    """Return shades of grey as a PNG of some form."""
    image = Image.fromarray(pixels)
    if form == "16 bits":
        return bytes(cv2.imencode(".png", pixels.astype(np.uint16) * 257)[1].tobytes())
    if form == "alpha":  # Black everywhere, and seen through where it is white.
        image = Image.merge("RGBA", [Image.new("L", image.size)] * 3 + [Image.fromarray(255 - pixels)])
    out, more = io.BytesIO(), {}
    if form == "moving":
        more = {"save_all": True, "append_images": [Image.new("L", image.size, 255)]}
    image = {"palette": image.quantize, "grey and alpha": lambda: image.convert("LA")}.get(form, lambda: image)()
    image.save(out, "PNG", **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["16 bits", "alpha", "palette", "grey and alpha", "moving"])
def test_every_form_of_png_gives_the_same_shades(form: str, tmp_path: Path) -> None:
    data, _ = drawn(PICTURES[0])
    gray = decoded(data)
    assert np.abs(decoded(in_form(gray, form)).astype(int) - gray).max() <= (8 if form == "palette" else 1)
    file = tmp_path / "net.png"
    file.write_bytes(data)
    assert len(read(file).graph.nodes) == len(FORKED) - 1


def test_a_broken_picture_has_no_size() -> None:
    with pytest.raises(DrawingError, match="cut off"):
        decoded(b"\xff\xd8\xff\xe0\xff\xff" + bytes(100))


def test_heads_that_are_little_wider_than_thick_lines_are_found() -> None:
    gray = np.full((300, 260), 255, np.uint8)
    for top, text in ((20, "3x3 conv"), (200, "softmax")):
        cv2.rectangle(gray, (30, top), (230, top + 60), 0, 5)
        cv2.putText(gray, text, (52, top + 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    cv2.line(gray, (130, 82), (130, 186), 0, 6)
    cv2.fillPoly(gray, [np.array([(119, 179), (130, 184), (141, 179), (130, 197)], np.int32)], 0)
    found = diagram_of_picture(gray)
    assert [(each.start, each.end) for each in found.links] == [(0, 1)]
