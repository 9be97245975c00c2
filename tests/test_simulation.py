"""Simulated designs: valid, each another, the same for a seed; their pictures, and the truth about them."""

from __future__ import annotations

import hashlib
import json
import struct
import tarfile
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from grammars.check import check_grammar, grammar
from ir import Graph, Model, Report
from ir.validate import validate
from translator import read, write
from translator.cli import main
from translator.dialects.caffe.reader import read as read_caffe
from translator.options import ReadOptions
from translator.simulation import caffe_pictures, dataset, keras_pictures
from translator.simulation.dataset import Plan
from translator.simulation.designs import DeadEndError, Design, designs
from translator.simulation.graphviz import DrawingError, render
from translator.simulation.keras_pictures import Seen
from translator.simulation.picture import Arrow, Box, Picture
from translator.simulation.samples import sample

PROFILES = ("paper", "")


def drawn(profile: str, depth: int, count: int = 12, seed: int = 1) -> list[Design]:
    return list(designs(depth, count, seed, profile))


@pytest.mark.parametrize("depth", [3, 5, 12, 25, 40])
@pytest.mark.parametrize("profile", PROFILES)
def test_designs_are_sound_and_of_the_grammar(profile: str, depth: int) -> None:
    for design in drawn(profile, depth):
        report = Report()
        validate(Model(design.graph), report)
        assert not report.error_count(), list(map(str, report))
        assert len(design.graph.nodes) == depth + 1
        assert design.graph.loose_ends() == design.graph.outputs
        before_last = Graph("", design.graph.inputs, design.graph.nodes[:-1], design.graph.nodes[-2].refs)
        # The last layer has a unit for each class, which the paper's table of values does not know.
        check_grammar(before_last, grammar(profile), report)
        assert not list(report), list(map(str, report))


def test_designs_of_a_seed_are_the_same_and_no_two_are() -> None:
    first, again, other = drawn("paper", 6, 200), drawn("paper", 6, 200), drawn("paper", 6, 200, seed=2)
    assert [each.graph for each in first] == [each.graph for each in again]
    assert [each.graph for each in first[:20]] != [each.graph for each in other[:20]]
    plain = [[repr(node.layer) for node in each.graph.nodes] + [each.sources] for each in first]
    assert len({repr(each) for each in plain}) > 190
    assert drawn("paper", 6, 50)[:50] == first[:50]


def test_designs_are_of_every_family_and_input() -> None:
    found = [design for depth in (8, 20, 40) for design in drawn("paper", depth, 60)]
    assert {each.family for each in found} == {"chain", "fork", "nested forks", "two inputs"}
    assert {name for each in found for name in each.sources} == {"MNIST", "CIFAR-10", "ImageNet", "IMDB"}
    types = {type(node.layer).__name__ for each in found for node in each.graph.nodes}
    assert types == set(grammar("paper").profile.layers)


def test_what_a_profile_does_not_have_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    path.write_text("[layers.ReLU]\n")
    with pytest.raises(DeadEndError, match="has no design of depth 5"):
        drawn(str(path), 5)
    path = tmp_path / "few.toml"
    path.write_text("[layers.Flatten]\n[layers.Dense]\nunits = [10]\n")
    with pytest.raises(DeadEndError, match="fewer than 9 designs of depth 2"):
        drawn(str(path), 2, 9)


@pytest.mark.parametrize("profile", PROFILES)
def test_designs_come_back_from_every_text(profile: str) -> None:
    for design in drawn(profile, 14, 20):
        for to, name in (("notation", "x.net"), ("design", "x.json")):
            text = write(Model(design.graph), to).text or ""
            assert read(name, data=text.encode(), format=to).graph == design.graph


def test_a_sample_has_every_form() -> None:
    for design in drawn("paper", 9, 10):
        files, facts = sample(design, "seed", ())
        assert set(files) == {"design.json", "keras.json", "prototxt", "truth.json"}
        assert "without" not in facts
        net = read_caffe(Path("net.prototxt"), files["prototxt"], ReadOptions(), Report())
        assert net.graph.nodes


LAYERS = [
    Seen("input_1", "InputLayer", (), ((None, 28, 28, 1),), ((None, 28, 28, 1),)),
    Seen("conv2d_1", "Conv2D", ("input_1",), ((None, 28, 28, 1),), ((None, 26, 26, 16),), "relu"),
    Seen("concatenate_1", "Concatenate", ("conv2d_1", "conv2d_1"), ((None, 26, 26, 16),) * 2, ((None, 26, 26, 32),)),
]
LABELS: dict[tuple[str, bool], tuple[Any, ...]] = {
    ("0.2", False): (None, None, None),
    ("0.3", False): (
        "input_1 (keras.layers.core.InputLayer)",
        "conv2d_1 (keras.layers.convolutional.Convolution2D)",
        "concatenate_1 (keras.layers.core.Merge)",
    ),
    ("1.0", False): ("input_1 (InputLayer)", "conv2d_1 (Convolution2D)", "concatenate_1 (Merge)"),
    ("1.0", True): (
        "input_1 (InputLayer)\n|{input:|output:}|{{(None, 28, 28, 1)}|{(None, 28, 28, 1)}}",
        "conv2d_1 (Convolution2D)\n|{input:|output:}|{{(None, 28, 28, 1)}|{(None, 26, 26, 16)}}",
        "concatenate_1 (Merge)\n|{input:|output:}|{{[(None, 26, 26, 16), (None, 26, 26, 16)]}|{(None, 26, 26, 32)}}",
    ),
    ("1.1", False): ("input_1: InputLayer", "conv2d_1: Convolution2D", "concatenate_1: Merge"),
    ("2.0", False): ("input_1: InputLayer", "conv2d_1: Conv2D", "concatenate_1: Concatenate"),
    ("2.4", True): (
        "input_1: InputLayer\n|{input:|output:}|{{[(None, 28, 28, 1)]}|{[(None, 28, 28, 1)]}}",
        "conv2d_1: Conv2D\n|{input:|output:}|{{(None, 28, 28, 1)}|{(None, 26, 26, 16)}}",
        "concatenate_1: Concatenate\n"
        "|{input:|output:}|{{[(None, 26, 26, 16), (None, 26, 26, 16)]}|{(None, 26, 26, 32)}}",
    ),
    ("2.7", False): ("input_1|InputLayer", "conv2d_1|Conv2D", "concatenate_1|Concatenate"),
    ("2.8", True): (
        "{input_1|InputLayer}|{input:|output:}|{{[(None, 28, 28, 1)]}}|{{[(None, 28, 28, 1)]}}",
        "{conv2d_1|Conv2D}|{input:|output:}|{{(None, 28, 28, 1)}}|{{(None, 26, 26, 16)}}",
        "{concatenate_1|Concatenate}|{input:|output:}"
        "|{{[(None, 26, 26, 16), (None, 26, 26, 16)]}}|{{(None, 26, 26, 32)}}",
    ),
    ("2.9", True): (
        "{input_1|InputLayer}|{input:|output:}|{{[(None, 28, 28, 1)]}|{[(None, 28, 28, 1)]}}",
        "{conv2d_1|Conv2D}|{input:|output:}|{{(None, 28, 28, 1)}|{(None, 26, 26, 16)}}",
        "{concatenate_1|Concatenate}|{input:|output:}"
        "|{{[(None, 26, 26, 16), (None, 26, 26, 16)]}|{(None, 26, 26, 32)}}",
    ),
}


def keras_picture(version: str, **options: bool) -> Any:
    """Return a picture of a version with the options that are named, and no others."""
    wanted = {"show_shapes": False, "show_layer_names": True, "show_dtype": False, "show_layer_activations": False}
    wanted |= options
    for seed in range(3000):
        picture = keras_pictures.draw(LAYERS, Random(seed), version)
        if all(picture.style[name] == value for name, value in wanted.items()):
            return picture
    raise AssertionError(f"{version} is never drawn with {wanted}")


@pytest.mark.parametrize(("version", "shapes"), LABELS)
def test_labels_are_those_of_the_version(version: str, shapes: bool) -> None:
    picture = keras_picture(version, show_shapes=shapes)
    assert tuple(box.attributes.get("label") for box in picture.boxes) == LABELS[version, shapes]
    assert [(each.start, each.end) for each in picture.arrows] == [
        ("input_1", "conv2d_1"),
        ("conv2d_1", "concatenate_1"),
    ]


def test_activations_and_types_stand_in_the_label() -> None:
    assert keras_picture("2.9", show_layer_activations=True).boxes[1].attributes["label"] == "conv2d_1|{Conv2D|relu}"
    assert keras_picture("2.4", show_dtype=True).boxes[1].attributes["label"] == "conv2d_1: Conv2D|float32"


def test_keras_3_draws_tables() -> None:
    box = keras_picture("3.3", show_shapes=True).boxes[1]
    assert box.texts == ("conv2d_1 (Conv2D)", "Input shape: (None, 28, 28, 1)", "Output shape: (None, 26, 26, 16)")
    assert '<td colspan="2" bgcolor="black">' in box.attributes["label"]
    first = keras_picture("3.3", show_shapes=True).boxes[0]
    assert first.texts == ("input_1 (InputLayer)", "Output shape: (None, 28, 28, 1)")
    assert keras_picture("3.0", show_shapes=True).boxes[1].texts[1:] == ("Output shape: (None, 26, 26, 16)",)
    assert keras_picture("3.3", show_layer_names=False).boxes[1].texts == ("Conv2D",)


NET = b"""
name: "net"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 9 dim: 9 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc" inner_product_param { num_output: 10 } }
"""
TEXTS = {
    "2014-05": ["conv (CONVOLUTION)", "relu (RELU)", "pool (POOLING)", "fc (INNER_PRODUCT)"],
    "2014-12": [
        "conv (CONVOLUTION) kernel size: 3 stride: 1 pad: 0",
        "relu (RELU)",
        "pool (MAX POOLING) kernel size: 2 stride: 2 pad: 0",
        "fc (INNER_PRODUCT)",
    ],
    "2015-02": [
        "conv (Convolution) kernel size: 3 stride: 1 pad: 0",
        "relu (ReLU)",
        "pool (MAX Pooling) kernel size: 2 stride: 2 pad: 0",
        "fc (InnerProduct)",
    ],
    "2018-03": [
        "conv (Convolution) kernel size: 3 stride: 1 pad: 0",
        "relu (ReLU)",
        "pool (Pooling MAX) kernel size: 2 stride: 2 pad: 0",
        "fc (InnerProduct)",
    ],
}


def caffe_picture(version: str, **options: str) -> Any:
    from ir.validate import infer
    from translator.dialects.caffe.writer import to_net

    graph = read("net.prototxt", data=NET).graph
    net = to_net(Model(graph), infer(graph, Report()))
    for seed in range(200):
        picture = caffe_pictures.draw(net, Random(seed), version)
        if all(picture.style[name] == value for name, value in options.items()):
            return picture
    raise AssertionError


@pytest.mark.parametrize("version", TEXTS)
def test_caffe_draws_layers_and_blobs(version: str) -> None:
    picture = caffe_picture(version, rankdir="BT")
    layers = [box for box in picture.boxes if box.stands_for == "layer"]
    assert [box.attributes["label"] for box in layers[1:]] == TEXTS[version]
    colours = ["#6495ED"] * 4 if version == "2014-05" else ["#FF5050", "#90EE90", "#FF9900", "#CC33FF"]
    colours[1] = "#90EE90"
    assert [box.attributes["fillcolor"] for box in layers[1:]] == colours
    ends = {(each.start, each.end): each.text for each in picture.arrows}
    assert ends["conv", "conv_blob"] == ("" if version == "2014-05" else "4")
    assert {("conv_blob", "relu"), ("relu", "conv_blob")} <= ends.keys()
    blobs = {box.name: box.attributes.get("shape") for box in picture.boxes if box.stands_for == "blob"}
    assert blobs["data"] == blobs["pool"] == "octagon"
    assert blobs["fc"] == ("octagon" if version == "2014-05" else None)


def test_the_text_of_caffe_stands_in_lines_from_left_to_right() -> None:
    label = caffe_picture("2018-03", rankdir="LR").boxes[2].attributes["label"]
    assert label == "conv\n(Convolution)\nkernel size: 3\nstride: 1\npad: 0"


@pytest.mark.parametrize("version", keras_pictures.VERSIONS)
def test_the_truth_is_where_the_picture_has_it(version: str) -> None:
    cv2 = pytest.importorskip("cv2")
    files, truth = render(keras_pictures.draw(LAYERS, Random(4), version))
    image = cv2.imdecode(np.frombuffer(files["png"], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert list(image.shape[::-1]) == truth["size"]
    for node in truth["nodes"]:
        left, top, right, bottom = (round(each) for each in node["box"])
        assert 0 <= left < right <= image.shape[1]
        assert 0 <= top < bottom <= image.shape[0]
        middle = (top + bottom) // 2
        assert image[middle, max(left - 3, 0) : left + 12].min() < 128
        assert image[middle, right - 12 : right + 3].min() < 128
    for edge in truth["edges"]:
        (x, y), (to_x, to_y) = edge["way"][0], edge["way"][-1]
        boxes = {node["id"]: node["box"] for node in truth["nodes"]}
        assert _near(boxes[edge["from"]], x, y)
        assert _near(boxes[edge["to"]], to_x, to_y)


def _near(box: list[float], x: float, y: float) -> bool:
    return box[0] - 12 <= x <= box[2] + 12 and box[1] - 12 <= y <= box[3] + 12


def test_without_graphviz_it_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawingError, match="pictures need Graphviz"):
        render(keras_pictures.draw(LAYERS, Random(4), "2.0"))
    assert main(["simulate", "-o", "nowhere"]) == 2
    assert "pictures need Graphviz (`dot`), a system package" in capsys.readouterr().err


def shards(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.tar"))}


def test_a_data_set_goes_on_where_it_was_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", "--depth", "5-6", "--count", "5", "--shard-size", "3", "--formats", "none", "--seed", "9"]
    assert main([*command, "-o", str(tmp_path / "one"), "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{tmp_path / 'one'}: 10 designs in 4 shards"
    assert main([*command, "-o", str(tmp_path / "two"), "--jobs", "2"]) == 0
    assert shards(tmp_path / "one") == shards(tmp_path / "two")
    gone = tmp_path / "two" / "depth06-000003.tar.json"
    gone.unlink()
    kept = (tmp_path / "two" / "depth05-000000.tar").stat().st_mtime_ns
    assert main([*command, "-o", str(tmp_path / "two")]) == 0
    assert "2 designs, 0 pictures" in capsys.readouterr().out
    assert (tmp_path / "two" / "depth05-000000.tar").stat().st_mtime_ns == kept
    assert shards(tmp_path / "one") == shards(tmp_path / "two")
    manifest = json.loads((tmp_path / "two" / "manifest.json").read_text())
    assert {each["file"]: each["sha256"] for each in manifest["shards"]} == shards(tmp_path / "two")
    assert sum(each["samples"] for each in manifest["shards"]) == 10
    assert main([*command, "--seed", "8", "-o", str(tmp_path / "two")]) == 2
    assert "another plan" in capsys.readouterr().err


def test_a_shard_holds_samples_as_webdataset_has_them(tmp_path: Path) -> None:
    plan = Plan((7,), 2, 1, formats=("png", "svg"))
    dataset.make(tmp_path, plan, "local", 1, lambda done, total: None)
    with tarfile.open(tmp_path / "depth07-000000.tar") as archive:
        names = archive.getnames()
        truth = json.load(archive.extractfile("07-000001.truth.json"))  # type: ignore[arg-type]
    forms = ("design.json", "keras.json", "keras.png", "keras.svg", "prototxt", "caffe.png", "caffe.svg", "truth.json")
    assert names == [f"07-{index:06}.{form}" for index in range(2) for form in forms]
    assert set(truth["pictures"]) == {"keras", "caffe"}
    assert truth["depth"] == 7


def test_a_cluster_makes_the_same_shards(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    plan = Plan((5,), 4, 1, formats=(), shard_size=2)
    dataset.make(tmp_path / "here", plan, "local", 1, lambda done, total: None)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as cluster:
        dataset.make(tmp_path / "there", plan, f"dask:{cluster.scheduler_address}", 0, lambda done, total: None)
    assert shards(tmp_path / "here") == shards(tmp_path / "there")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--depth", "0"], "'0' is no depth"),
        (["--depth", "9-5"], "'9-5' is no depth"),
        (["--count", "0"], "--count and --shard-size are 1 or more"),
        (["--formats", "gif"], "'gif' is not of png"),
    ],
)
def test_odd_arguments_are_refused(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "-o", "nowhere", *arguments])
    assert told in capsys.readouterr().err


def test_odd_engines_and_grammars_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", "-o", str(tmp_path / "x"), "--formats", "none", "--count", "1", "--depth", "5"]
    assert main([*command, "--engine", "ray"]) == 2
    assert "there is no engine 'ray'" in capsys.readouterr().err
    assert main([*command[:2], str(tmp_path / "y"), *command[3:], "--grammar", "none.toml", "--jobs", "1"]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_a_picture_that_is_too_wide_has_fewer_dots_and_its_places_are_right() -> None:
    boxes = [Box(f"layer_{i}", (f"layer_{i}",), {"label": f"layer_{i}"}, "layer", f"layer_{i}") for i in range(150)]
    arrows = [Arrow(a.key, b.key) for a, b in pairwise(boxes)]
    picture = Picture({"drawer": "caffe", "dpi": 300}, {"rankdir": "LR", "dpi": "300"}, boxes, arrows)
    files, truth = render(picture)
    wide, high = struct.unpack(">II", files["png"][16:24])
    assert abs(wide - truth["size"][0]) <= 2
    assert abs(high - truth["size"][1]) <= 2
    assert truth["style"]["dpi"] < 300
    assert truth["nodes"][-1]["box"][2] < wide < 32_767
