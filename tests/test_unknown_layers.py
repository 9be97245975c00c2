"""Layers that nobody knows: carried with their arrays, written as stubs, their shapes given or suggested."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ir.diagnostics import Report
from ir.graph import Graph, Model, Ref
from ir.validate import infer
from ir.weights import of_array
from translator import ReadOptions, read, translate, write

IMAGE = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
WEIRD = 'layer {{ name: "{0}" type: "Weird" bottom: "{1}" top: "{0}" weird_param {{ depth: 3 }} }}\n'
CONV = (
    'layer {{ name: "{0}" type: "Convolution" bottom: "{1}" top: "{0}"\n'
    "  convolution_param {{ num_output: {2} kernel_size: {3} }} }}\n"
)


def graph_of(tmp_path: Path, text: str, report: Report | None = None, **shapes: tuple[int | None, ...]) -> Graph:
    file = tmp_path / "net.prototxt"
    file.write_text(text)
    return read(file, options=ReadOptions(shapes=shapes), report=report).graph


def told(report: Report) -> list[str]:
    return [f"{each.severity} {each.code}: {each.message} ({each.hint})" for each in report]


def test_an_output_is_like_the_input_unless_the_layers_behind_it_say_otherwise(tmp_path: Path) -> None:
    joined = 'layer { name: "sum" type: "Eltwise" bottom: "half" bottom: "w" top: "sum" }\n'
    text = IMAGE + CONV.format("half", "data", 5, 5) + WEIRD.format("w", "data") + joined
    report = Report()
    graph = graph_of(tmp_path, text, report)
    assert infer(graph, Report())[Ref("w")] == (None, 5, 4, 4)
    assert told(report) == [
        "warning unknown-layer: w is of the unknown type Weird; it is carried as it is, and written as a stub. "
        "Its output is taken to be (N, 5, 4, 4), as its neighbours suggest (say it: --shape w=N,5,4,4)"
    ]


def test_several_unknown_branches_are_brought_to_the_size_of_what_they_join(tmp_path: Path) -> None:
    joined = 'layer { name: "all" type: "Concat" bottom: "a" bottom: "half" bottom: "b" top: "all" }\n'
    branches = CONV.format("half", "data", 5, 5) + WEIRD.format("a", "data") + WEIRD.format("b", "data")
    graph = graph_of(tmp_path, IMAGE + branches + joined)
    assert infer(graph, Report())[Ref("all")] == (None, 3 + 5 + 3, 4, 4)


def test_a_shape_that_is_given_stands(tmp_path: Path) -> None:
    text = IMAGE + 'layer { name: "w" type: "Weird" bottom: "data" top: "boxes" top: "scores" }\n'
    report = Report()
    graph = graph_of(tmp_path, text, report, boxes=(None, 4), scores=(None, 21))
    assert infer(graph, Report())[Ref("w", 1)] == (None, 21)
    assert not [each for each in report if each.hint]


def test_what_nothing_is_put_into_brings_data_in(tmp_path: Path) -> None:
    layer = (
        'layer { name: "input" type: "Python" top: "data" top: "im_info" python_param { module: "m" layer: "Mine" } }\n'
        'layer { name: "w" type: "Weird" bottom: "c" bottom: "im_info" top: "w" }\n'
    )
    report = Report()
    graph = graph_of(
        tmp_path, layer.replace("layer { name", CONV.format("c", "data", 4, 3) + "layer { name", 1), report
    )
    assert {each.name: each.shape for each in graph.inputs} == {"data": (None, 3, 224, 224), "im_info": (None, 3)}
    assert [each.code for each in report].count("assumed-shape") == 2


def test_an_input_layer_may_say_the_shape_of_an_input_of_the_net(tmp_path: Path) -> None:
    layer = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 9 dim: 7 } } }\n'
    graph = graph_of(tmp_path, 'input: "data"\n' + layer + CONV.format("c", "data", 4, 3))
    assert graph.inputs[0].shape == (None, 3, 9, 7)


def test_a_vector_of_unknown_size_is_asked_for(tmp_path: Path) -> None:
    layer = 'layer { name: "f" type: "InnerProduct" bottom: "x" top: "f" inner_product_param { num_output: 2 } }\n'
    with pytest.raises(Exception, match=r"error\[input-shape\]: the file does not say what shape 'x' has"):
        graph_of(tmp_path, f'input: "x"\n{layer}')


def carrying(tmp_path: Path) -> Model:
    """Return a model with a custom layer that came with two arrays."""
    graph = graph_of(tmp_path, IMAGE + WEIRD.format("w", "data"))
    layer = graph.nodes[0].layer.replace(arrays=[(2, 3), (4,)])
    arrays = {"w.blob0": np.arange(6, dtype=np.float32).reshape(2, 3), "w.blob1": np.ones(4, np.float32)}
    node = graph.nodes[0].__class__("w", layer, graph.nodes[0].inputs)
    whole = Graph("Odd", graph.inputs, (node,), graph.outputs)
    return Model(whole, {key: of_array(array) for key, array in arrays.items()})


@pytest.mark.parametrize("to", ["caffe", "design"])
def test_its_arrays_come_back(to: str, tmp_path: Path) -> None:
    model = carrying(tmp_path)
    file = tmp_path / ("out.prototxt" if to == "caffe" else "out.json")
    write(model, to, file)
    weights = tmp_path / "out.caffemodel" if to == "caffe" else None
    back = read(file, options=ReadOptions(weights=weights))
    assert back.graph.nodes[0].layer.replace(sizes=()) == model.graph.nodes[0].layer.replace(sizes=())
    for key, tensor in model.weights.items():
        np.testing.assert_array_equal(back.weights[key].numpy(), tensor.numpy())


def test_keras_loads_the_arrays_of_a_stub(tmp_path: Path) -> None:
    write(carrying(tmp_path), "keras", tmp_path / "net.py")
    code = (
        "import net\nmodel = net.odd('net.weights.h5')\n"
        "print([array.tolist() for array in model.get_layer('w').get_weights()], model.output.shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "[[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], [1.0, 1.0, 1.0, 1.0]] (None, 3, 8, 8)" in done.stdout, done.stderr


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "translator", *args], capture_output=True, text=True, check=False)


def test_a_net_with_a_stub_is_written_and_the_exit_code_says_so(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(IMAGE + WEIRD.format("w", "data"))
    done = run(str(file), "--to", "pytorch", "-o", str(tmp_path / "net.py"))
    assert done.returncode == 1
    assert "warning[unknown-layer]: w is of the unknown type Weird" in done.stderr
    assert "STUB" in (tmp_path / "net.py").read_text()


def test_an_unknown_layer_can_be_made_an_error(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(IMAGE + WEIRD.format("w", "data"))
    done = run(str(file), "--to", "pytorch", "--on-unknown", "error", "-o", str(tmp_path / "net.py"))
    assert done.returncode == 1
    assert "error[unknown-layer]" in done.stderr
    assert not (tmp_path / "net.py").exists()


def test_the_batch_of_a_translated_stub_stays_open(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(IMAGE + WEIRD.format("w", "data"))
    assert "(None, 3, 8, 8)" in (translate(file, "keras").text or "")


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ("dim: 1 dim: 3 dim: 8 dim: 8", 'type: "L2Norm"'),
        ("dim: 1 dim: 3", 'type: "L2Norm" l2norm_param { eps: 1 }'),
        ("dim: 1 dim: 3", 'type: "Normalize" normalize_param { normalize_type: "L1" }'),
        ("dim: 1 dim: 3 dim: 8 dim: 8", 'type: "Normalize" normalize_param { axis: 2 }'),
        ("dim: 5 dim: 3", 'type: "ContinuationIndicator" continuation_indicator_param { time_step: 5 axis: 0 }'),
    ],
)
def test_a_form_of_which_forks_differ_is_carried_as_it_is(shape: str, layer: str, tmp_path: Path) -> None:
    report = Report()
    text = f'input: "data" input_shape {{ {shape} }}\nlayer {{ name: "x" bottom: "data" top: "x" {layer} }}\n'
    graph = graph_of(tmp_path, text, report)
    assert type(graph.nodes[0].layer).__name__ == "Custom"
    assert "x has an unknown form of type" in told(report)[0]


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("ReLU", 'bottom: "data" bottom: "data" top: "r"'),
        ("ReLU", 'bottom: "data" top: "r" top: "more"'),
        ("Crop", 'bottom: "data" top: "r"'),
    ],
)
def test_a_form_with_other_bottoms_or_tops_than_known_is_carried(kind: str, ends: str, tmp_path: Path) -> None:
    report = Report()
    graph = graph_of(tmp_path, IMAGE + f'layer {{ name: "r" type: "{kind}" {ends} }}\n', report)
    assert [type(node.layer).__name__ for node in graph.nodes] == ["Custom"]
    assert f"r has an unknown form of type {kind}" in told(report)[0]


def test_a_type_is_known_by_its_letters(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, IMAGE + 'layer { name: "r" type: "Relu" bottom: "data" top: "r" }\n')
    assert [type(node.layer).__name__ for node in graph.nodes] == ["ReLU"]


def test_a_layer_without_tops_and_bottoms_is_told_as_it_is_left_out(tmp_path: Path) -> None:
    report = Report()
    graph = graph_of(tmp_path, IMAGE + CONV.format("c", "data", 4, 1) + 'layer { name: "i" type: "Import" }', report)
    assert [node.name for node in graph.nodes] == ["c"]
    assert told(report) == [
        "warning unknown-layer: i (Import) takes and gives nothing that the file says; it was left out ()"
    ]


def test_a_layer_that_takes_its_weights_as_bottoms_is_of_a_form_that_nobody_knows(tmp_path: Path) -> None:
    text = IMAGE + 'layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: [4, 3, 1, 1] } } }\n'
    taken = (
        'type: "Convolution" bottom: "data" bottom: "w" top: "c" param_bottoms: 1 convolution_param { kernel_size: 1 }'
    )
    report = Report()
    graph_of(tmp_path, text + f'layer {{ name: "c" {taken} }}', report, c=(None, 4, 8, 8))
    assert told(report)[0].startswith("warning unknown-layer: c has an unknown form of type Convolution")


def test_what_is_scaled_before_an_unknown_layer_takes_it_is_taken_to_be_an_image(tmp_path: Path) -> None:
    scaled = 'layer { name: "s" type: "Power" bottom: "x" top: "s" power_param { scale: 2 } }\n'
    shapes = {each.name: each.shape for each in graph_of(tmp_path, scaled + WEIRD.format("w", "s")).inputs}
    assert shapes == {"x": (None, 3, 224, 224)}
    assert graph_of(tmp_path, WEIRD.format("w", "x")).inputs[0].shape == (None, 1)


def test_an_interpolation_behind_a_cut_is_carried(tmp_path: Path) -> None:
    interp = 'layer { name: "i" type: "Interp" bottom: "data" top: "i" interp_param { zoom_factor: 2 pad_beg: -1 } }\n'
    report = Report()
    graph_of(tmp_path, IMAGE + interp, report)
    assert "i has an unknown form of type Interp" in told(report)[0]


def test_layers_that_share_weights_take_what_unknown_layers_give_alike(tmp_path: Path) -> None:
    half = (
        'layer {{ name: "{0}" type: "Pooling" bottom: "{1}" top: "{0}" pooling_param {{ kernel_size: 2 stride: 2 }} }}'
    )
    dense = (
        'layer {{ name: "{0}" type: "InnerProduct" bottom: "{1}" top: "{0}" param {{ name: "w" }} '
        'param {{ name: "b" }} inner_product_param {{ num_output: 4 }} }}\n'
    )
    text = IMAGE + half.format("p", "data") + dense.format("first", "p")
    graph = graph_of(tmp_path, text + WEIRD.format("w", "data") + dense.format("second", "w"))
    shapes = infer(graph, Report())
    assert shapes[Ref("w")] == (None, 3, 4, 4)
    assert graph.node("second").shared == (("kernel", "first.kernel"), ("bias", "first.bias"))
