"""Signs that are drawn alike are read alike: what is misread here and there is put right by the rest of a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from extract.raster import glyphs, respelling
from extract.raster.glyphs import Kinds, glyphs_of, kinds_of
from extract.raster.ink import ink_of
from extract.raster.letters import strips_of
from extract.raster.picture import decoded
from extract.raster.reading import _joined
from extract.raster.regions import boxes_of, cells_of
from extract.raster.respelling import respelt
from translator.simulation.graphviz import render
from translator.simulation.picture import Arrow, Box, Picture

TEXTS = [
    *("data (InputLayer)", "conv1 (Conv2D)", "pool1 (MaxPooling2D)", "conv2 (Conv2D)", "pool2 (MaxPooling2D)"),
    *("conv11 (Conv2D)", "flatten_1 (Flatten)", "fc1 (Dense)", "fc2 (Dense)", "fc12 (Dense)"),
]
SLIPS: dict[str, Callable[[str, int], str]] = {
    "twice": lambda text, i: text[: i + 1] + text[i:],
    "left out": lambda text, i: text[:i] + text[i + 1 :],
    "another": lambda text, i: text[:i] + "8" + text[i + 1 :],
}


def drawn(dpi: int, texts: Sequence[str] = TEXTS) -> Kinds:
    """Return the marks of a chain of boxes with these texts, from the top down."""
    boxes = [Box(f"b{i}", (text,), {"label": text, "shape": "record"}, "layer", text) for i, text in enumerate(texts)]
    arrows = [Arrow(a.key, b.key) for a, b in pairwise(boxes)]
    picture = Picture({"drawer": "keras", "version": "1.0", "dpi": dpi}, {"dpi": str(dpi)}, boxes, arrows)
    ink = ink_of(decoded(render(picture)[0]["png"]))
    strips = [
        strip for node in boxes_of(ink, cells_of(ink)).nodes for cell in node.cells for strip in strips_of(cell, ink)
    ]
    return kinds_of([list(glyphs_of(strip, ink)) for strip in strips])


def reader(texts: Sequence[str], again: Sequence[str] = ()) -> Callable[[Sequence[int], float, str], list[str]]:
    """Return what reads lines as these texts, and at other scales as others."""
    return lambda numbers, scale, _: [(texts if scale == 1 or not again else again)[number] for number in numbers]


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("dpi", [72, 96, 200])
def test_a_slip_is_put_right_by_the_other_signs_of_its_look(dpi: int, slip: str) -> None:
    kinds = drawn(dpi)
    assert respelt(kinds, reader(TEXTS)) == TEXTS
    for number, at in ((1, 1), (3, 4), (2, 3), (4, 4), (7, 2), (9, 2)):
        read = [*TEXTS]
        read[number] = SLIPS[slip](TEXTS[number], at)
        assert respelt(kinds, reader(read)) == TEXTS


def test_a_slip_that_is_made_often_is_put_right_too() -> None:
    kinds = drawn(96)
    read = [text.replace("v1 ", "v11 ").replace("c1 ", "c11 ") for text in TEXTS]
    assert sum(a != b for a, b in zip(read, TEXTS, strict=True)) == 2
    assert respelt(kinds, reader(read)) == TEXTS


def test_a_sign_that_is_always_read_twice_is_one() -> None:
    texts = [text.replace("7", "1") for text in TEXTS if "1" not in text] + ["conv7 (Conv2D)", "concat7 (Concatenate)"]
    read = [text.replace("7", "77") for text in texts]
    assert respelt(drawn(200, texts), reader(read)) == texts


def test_two_signs_that_touch_are_two() -> None:
    texts = ["conv_1: Conv2D", "conv_2: Conv2D", "pool_2__: Permute", "flat_1__: Flatten", "flat_2: Flatten"]
    kinds = drawn(200, texts)
    assert sum(glyph.is_double and glyph.wide > 1 for glyph in kinds.shown.values()) == 1
    assert respelt(kinds, reader([text.replace("__", "_") for text in texts])) == texts


def test_an_underscore_goes_where_the_next_word_begins() -> None:
    words = [("concatenate", 12, 393), ("2", 204, 224), ("flatten_1", 235, 393)]  # The first one ends at 190.
    assert _joined(words, (198.0, 230.0, 370.0)) == "concatenate_2_flatten_1"


def test_a_line_with_a_sign_of_another_look_is_read_again() -> None:
    read = [text.replace("fc12", "fcs2") for text in TEXTS]
    texts = [text.replace("12", "82").replace("fc2", "fcs").replace("Conv2D", "Convs") for text in TEXTS]
    assert respelt(drawn(96), reader(read)) == TEXTS
    assert respelt(drawn(96, texts), reader([text.replace("82", "s2") for text in texts], texts)) == texts


def test_a_picture_of_too_many_marks_is_left_as_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (glyphs, respelling):
        monkeypatch.setattr(module, "MOST_GLYPHS", 20)
    kinds = drawn(96)
    assert kinds.alike() == list(range(len(TEXTS)))
    assert respelt(kinds, reader(["?"] * len(TEXTS))) == ["?"] * len(TEXTS)


def test_lines_that_look_the_same_are_known() -> None:
    assert drawn(96).alike() == list(range(len(TEXTS)))
    assert kinds_of([[], []]).alike() == [0, 1]


def test_no_lines_are_no_texts() -> None:
    assert respelt(kinds_of([]), reader([])) == []
