"""Which kind a figure is of: drawings of each form, as the rules tell them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from extract.classify.forms import is_sure, kind_by
from extract.classify.kinds import Kind, figure_kind, is_doubtful, likely, model
from extract.classify.traits import Figure, traits_of
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import Drawing, Path
from extract.pages.page import Word
from extract.pages.sheets import Picture

cv2 = pytest.importorskip("cv2")
NOBODY = "Figure 1. Something."


def paper(wide: int = 1000, high: int = 600) -> Picture:
    return np.full((high, wide, 3), 255, np.uint8)


def drawn(*paths: Path) -> Figure:
    """Return a figure of paths that nothing is seen of but lines at an angle that lead to all places."""
    return Figure((0.0, 0.0, 500.0, 300.0), NOBODY, Drawing(paths, ()), (), None, neurons())


def line(*points: tuple[float, float]) -> Path:
    return Path(points, False, False, True, len(points))


def circle(x: float, y: float) -> Path:
    turns = np.linspace(0, 2 * np.pi, 33)
    return Path(tuple((x + 10 * float(np.cos(t)), y + 10 * float(np.sin(t))) for t in turns), False, True, False, 4)


def figure(look: Picture, words: tuple[str, ...] = (), diagram: Diagram | None = None, caption: str = NOBODY) -> Figure:
    box = (0.0, 0.0, look.shape[1] / 2, look.shape[0] / 2)
    said = tuple(Word(text, 10.0 * i, 0.0, 10.0 * i + 8, 8.0, 8.0, 8.0) for i, text in enumerate(words))
    return Figure(box, caption, Drawing((), said), (box,), diagram, look)


def neurons() -> Picture:
    look = paper()
    columns = [[(200 + 300 * i, 100 + 80 * j) for j in range(6)] for i in range(3)]
    for left, right in pairwise(columns):
        for a in left:
            for b in right:
                cv2.line(look, a, b, (60, 60, 60), 2)
    for x, y in (center for column in columns for center in column):
        cv2.circle(look, (x, y), 20, (250, 200, 80), -1)
        cv2.circle(look, (x, y), 20, (0, 0, 0), 2)
    return look


def cuboids() -> Picture:
    look = paper()
    for x in (60, 220, 380, 540):
        for face in ([(0, 60), (30, 30), (90, 30), (60, 60)], [(60, 60), (90, 30), (90, 130), (60, 160)]):
            cv2.polylines(look, [np.add(face, (x, 60)).astype(np.int32)], True, (0, 0, 0), 2)
        cv2.rectangle(look, (x, 120), (x + 60, 220), (0, 0, 0), 2)
    for x in range(60, 900, 30):
        cv2.line(look, (x, 300), (x + 40, 350), (0, 0, 0), 2)
    return look


def sheets() -> Picture:
    look = paper()
    for y in range(60, 500, 80):
        corners: Any = np.array([(200, y + 50), (300, y), (600, y), (500, y + 50)], np.int32)
        cv2.polylines(look, [corners], True, (0, 0, 200), 3)
    return look


def pile() -> Picture:
    look = paper()
    for i in range(6):
        cv2.rectangle(look, (100, 30 + 60 * i), (300, 80 + 60 * i), (200, 90, 40), -1)
    return look


@pytest.mark.parametrize(
    ("look", "kind"),
    [(neurons(), "neurons"), (cuboids(), "box3d"), (sheets(), "pipeline"), (pile(), "stacked2d"), (paper(), "box2d")],
    ids=["neurons", "box3d", "pipeline", "stacked2d", "box2d"],
)
def test_the_form_tells_the_kind(look: Picture, kind: str) -> None:
    assert kind_by(traits_of(figure(look))) == kind


def test_many_neurons_are_a_design_whatever_else_is_seen() -> None:
    shown = figure_kind(figure(neurons()))
    assert shown.name == "neurons"


def test_boxes_of_layers_that_arrows_join_are_a_design() -> None:
    texts = ("conv 3x3", "max pool", "conv 1x1", "softmax", "fc", "concat")
    shapes = tuple(Shape((10.0, 40.0 * i, 90.0, 40.0 * i + 20), (text,)) for i, text in enumerate(texts))
    diagram = Diagram(shapes, tuple(Link(i, i + 1) for i in range(5)))
    traits = traits_of(figure(paper(), (*texts, *texts), diagram))
    assert traits["is_named_flow"] == 1.0
    assert likely(traits, model()).name == "box2d"


def test_a_figure_without_words_is_read_where_there_is_doubt() -> None:
    without, named = figure(paper()), figure(paper(), ("conv",) * 12)
    assert is_doubtful(without, Kind("none", 0.6))
    assert not is_doubtful(without, Kind("none", 1.0))
    assert not is_doubtful(named, Kind("none", 0.6))


def diagram(*links: Link, bare: bool = False, texts: tuple[str, ...] = ("p", "q", "r", "s", "t")) -> Diagram:
    shapes = (Shape((10.0, 40.0 * i, 90.0, 40.0 * i + 20), (text,), bare=bare) for i, text in enumerate(texts))
    return Diagram(tuple(shapes), links)


HEADED, PLAIN = (tuple(Link(i, i + 1, headed=headed) for i in range(4)) for headed in (True, False))


@pytest.mark.parametrize(
    ("links", "bare", "flow"),
    [(HEADED, True, True), (HEADED, False, True), (PLAIN, False, True), (PLAIN, True, False)],
    ids=["texts and arrows", "boxes and arrows", "boxes and lines", "texts and lines"],
)
def test_texts_that_plain_lines_join_are_no_flow(links: tuple[Link, ...], bare: bool, flow: bool) -> None:
    assert traits_of(figure(paper(), (), diagram(*links, bare=bare)))["is_flow"] == flow


def test_plain_lines_from_each_to_each_are_no_flow() -> None:
    assert traits_of(figure(neurons(), (), diagram(*HEADED)))["is_flow"] == 1.0
    assert traits_of(figure(neurons(), (), diagram(*PLAIN)))["is_flow"] == 0.0


def test_boxes_with_words_that_arrows_join_are_a_design_whatever_they_say() -> None:
    assert figure_kind(figure(paper(), (), diagram(*HEADED))).name == "box2d"
    assert figure_kind(figure(paper(), (), diagram(*PLAIN, bare=True))).name == "none"


def test_volumes_that_arrows_join_are_volumes_but_with_pictures_a_pipeline() -> None:
    volumes = traits_of(figure(cuboids(), (), diagram(*HEADED)))
    assert kind_by(volumes) == "box3d"
    assert kind_by(volumes | {"is_pictured": 1.0}) == "pipeline"


def test_neurons_are_circles_at_which_lines_end() -> None:
    columns = [[(50.0 + 150 * i, 50.0 + 60 * j) for j in range(4)] for i in range(3)]
    wires = [line(a, b) for left, right in pairwise(columns) for a in left for b in right]
    circles = [circle(*place) for column in columns for place in column]
    assert kind_by(traits_of(drawn(*circles, *wires))) == "neurons"
    assert kind_by(traits_of(drawn(*circles, *(line((x, y), (x, y + 60)) for x, y in columns[0])))) == "box2d"


def test_many_slanted_boxes_are_no_circles() -> None:
    faces = [line((x, 0.0), (x + 20, 0.0), (x + 30, 8.0), (x + 30, 9.0), (x + 12, 9.0)) for x in range(0, 200, 10)]
    assert traits_of(drawn(*faces))["ellipses"] == 0.0


def test_texts_that_are_nearly_all_layers_or_sizes_are_a_design() -> None:
    layers = {"named": np.log1p(8), "named_share": 0.9, "sizes": 0.0, "numbers": 0.05, "shapes": np.log1p(7)}
    maps = layers | {"named": np.log1p(5), "named_share": 0.5, "sizes": np.log1p(4), "numbers": 0.0}
    chart = layers | {"numbers": 0.5}
    few = layers | {"named": np.log1p(3)}
    words = layers | {"shapes": np.log1p(1)}
    plain = dict.fromkeys(("is_named_flow", "is_module_flow", "is_boxed_flow", "is_net", "photo"), 0.0)
    assert [is_sure(plain | each) for each in (layers, maps, chart, few, words)] == [True] * 2 + [False] * 3
