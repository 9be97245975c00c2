"""Layers that Caffe lacks, by those that it has: the prototxt, read again, computes the same in ONNX Runtime."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from ir import Graph, Input, Model, Node, Ref, Report
from ir import layers as L
from ir.seeding import seeded_weights
from ir.shapes import Shape
from ir.validate import infer
from translator import ReadOptions, TranslationError, read, write

IMAGE, SEQUENCE, VOLUME = (1, 3, 9, 8), (1, 3, 9), (1, 2, 5, 7, 8)
CONV = L.Conv2D(filters=4, kernel=3)
CASES: dict[str, tuple[Shape, list[Any]]] = {
    "a border of a convolution": (IMAGE, [L.Pad2D(pad=((1, 1), (2, 2))), CONV]),
    "a border and one of its own": (IMAGE, [L.Pad2D(pad=((1, 1), (0, 0))), CONV.replace(pad=1)]),
    "an uneven border": (IMAGE, [L.Pad2D(pad=((0, 1), (0, 2))), CONV.replace(stride=2)]),
    "an uneven border within": (IMAGE, [CONV.replace(stride=2, pad=((1, 0), (0, 1)))]),
    "an uneven border, dilated": (IMAGE, [CONV.replace(dilation=2, pad=((0, 2), (4, 2)))]),
    "a border of zeros alone": (IMAGE, [L.Pad2D(pad=((1, 0), (2, 3)))]),
    "a cut": (IMAGE, [L.Pad2D(pad=((-1, -2), (0, -3)))]),
    "a border that is cut too": (IMAGE, [L.Pad2D(pad=((-1, 2), (1, 0)))]),
    "a border of a max pooling": (IMAGE, [L.Pad2D(pad=1, value=None), L.MaxPool2D(kernel=3, stride=2)]),
    "zeros before a max pooling": (IMAGE, [L.ReLU(), L.Pad2D(pad=1), L.MaxPool2D(kernel=3, stride=2)]),
    "a max pooling with more border behind": (IMAGE, [L.MaxPool2D(kernel=2, stride=2, pad=((0, 1), (0, 0)))]),
    "a max pooling as wide as its input and a border behind": (
        IMAGE,
        [L.MaxPool2D(kernel=(10, 9), pad=((0, 1), (0, 1)))],
    ),
    "a mean with more border behind": (
        IMAGE,
        [L.AvgPool2D(kernel=2, stride=2, pad=((0, 1), (0, 0)), count_pad=False)],
    ),
    "a mean with a border": (IMAGE, [L.Pad2D(pad=1), L.AvgPool2D(kernel=3, stride=2)]),
    "a mean without its border": (IMAGE, [L.AvgPool2D(kernel=3, pad=1, count_pad=False)]),
    "a max pooling of a sequence": (SEQUENCE, [L.MaxPool1D(kernel=3, stride=2)]),
    "a mean of a sequence": (SEQUENCE, [L.AvgPool1D(kernel=3, stride=2)]),
    "the largest of a sequence": (SEQUENCE, [L.GlobalMaxPool1D()]),
    "the mean of a sequence": (SEQUENCE, [L.GlobalAvgPool1D(), L.Flatten(), L.Dense(units=2)]),
    "a border of a sequence": (SEQUENCE, [L.Pad1D(pad=((2, 1),))]),
    "a max pooling of a sequence with gaps": (SEQUENCE, [L.MaxPool1D(kernel=3, stride=2, dilation=3)]),
    "one whose steps are as wide as its gaps": (SEQUENCE, [L.MaxPool1D(kernel=3, stride=4, dilation=2, pad=((1, 2),))]),
    "one of an image, rounded up": (
        (1, 3, 17, 16),
        [L.MaxPool2D(kernel=(2, 3), stride=(4, 3), dilation=(2, 3), pad=((1, 1), (2, 2)), rounding="ceil")],
    ),
    "an interpolation to twice the size": (IMAGE, [L.ResizeBilinear2D(size=(18, 16), corners=False)]),
    "one by three and by one": (IMAGE, [L.ResizeBilinear2D(size=(27, 8), corners=False)]),
    "a mean over space": (IMAGE, [L.Mean(axes=(2, 3))]),
    "a mean over channels": (IMAGE, [L.Mean(axes=(1,))]),
    "a mean over rows": (IMAGE, [L.Mean(axes=(2,))]),
    "a cut of a volume": (VOLUME, [L.Pad3D(pad=((0, -1), (-2, 0), (-1, -1)))]),
    "a pooling of a volume that rounds down": (VOLUME, [L.MaxPool3D(kernel=2, stride=2)]),
    "one that has as many windows": (VOLUME, [L.MaxPool3D(kernel=3, stride=2, pad=1)]),
    "a mean of a volume that rounds down": (VOLUME, [L.AvgPool3D(kernel=2, stride=2)]),
    "a max pooling with more border before": (IMAGE, [L.MaxPool2D(kernel=3, stride=2, pad=((1, 0), (2, 0)))]),
    "a max pooling with a step of border before": (IMAGE, [L.MaxPool2D(kernel=3, stride=2, pad=((2, 0), (0, 2)))]),
    "a transposed convolution with more behind": (
        IMAGE,
        [L.Conv2DTranspose(filters=2, kernel=3, stride=3, output_pad=2, pad=1)],
    ),
    "the mean of a volume": (VOLUME, [L.GlobalAvgPool3D()]),
    "the largest of rows": (IMAGE, [L.Reduction(function="max", axis=2)]),
    "the smallest of rows": (IMAGE, [L.Reduction(function="min", axis=3, coefficient=2.0)]),
    "a normalisation of the last of two axes": ((2, 6), [L.BatchNorm(axis=-1)]),
    "GELU": (IMAGE, [L.Power(scale=3.0), L.GELU()]),
    "GELU, approximate": (IMAGE, [L.GELU(approximate=True)]),
    "the error function": (IMAGE, [L.Power(scale=3.0), L.Function(function="erf")]),
    "the sign": (IMAGE, [L.Function(function="sign")]),
    "a normalisation of each step": ((2, 5, 6), [L.LayerNorm()]),
}


def computed(model: Model, folder: Path, *inputs: Any) -> Any:
    write(model, "onnx", folder / "net.onnx")
    session = onnxruntime.InferenceSession(folder / "net.onnx", providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))[0]


def through_caffe(model: Model, folder: Path) -> Model:
    write(model, "caffe", folder / "net.prototxt")
    weights = folder / "net.caffemodel"
    return read(folder / "net.prototxt", options=ReadOptions(weights=weights if weights.exists() else None))


def chain(shape: Shape, layers: list[Any]) -> Model:
    nodes: list[Node] = []
    for i, layer in enumerate([L.Scale(), *layers]):
        nodes.append(Node(f"layer{i}", layer, (nodes[-1].refs[0] if nodes else Ref("data"),)))
    graph = Graph("net", (Input("data", shape),), tuple(nodes), nodes[-1].refs)
    return Model(graph, seeded_weights(graph, infer(graph, Report())))


@pytest.mark.parametrize("case", CASES)
def test_a_layer_that_caffe_lacks_computes_the_same(case: str, tmp_path: Path) -> None:
    shape, layers = CASES[case]
    model = chain(shape, layers)
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    wanted, found = computed(model, tmp_path, x), computed(through_caffe(model, tmp_path), tmp_path, x)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= 1e-5 * np.abs(wanted).max()


@pytest.mark.parametrize("layer", [L.Subtract(), L.Divide()])
@pytest.mark.parametrize("second", [(2, 3, 4), (1, 3, 1), (2, 1, 4)])
def test_differences_and_quotients_compute_the_same(layer: Any, second: Shape, tmp_path: Path) -> None:
    inputs = (Input("a", (2, 3, 4)), Input("b", second))
    node = Node("out", layer, (Ref("a"), Ref("b")))
    model = Model(Graph("net", inputs, (node,), node.refs))
    rng = np.random.default_rng(0)
    a, b = (rng.uniform(0.5, 2, size).astype(np.float32) for size in ((2, 3, 4), second))
    wanted, found = computed(model, tmp_path, a, b), computed(through_caffe(model, tmp_path), tmp_path, a, b)
    assert np.allclose(found, wanted, rtol=1e-6)


PRODUCTS: list[tuple[Any, list[Shape]]] = [
    (L.MatMul(), [(2, 3, 4), (2, 4, 5)]),
    (L.MatMul(), [(2, 3, 4, 5), (2, 3, 5, 2)]),
    (L.Attention(), [(2, 2, 4, 3), (2, 2, 5, 3), (2, 2, 5, 6)]),
    (L.MultiHeadAttention(heads=2, key_size=3), [(2, 4, 5)] * 3),
]


@pytest.mark.parametrize(("layer", "shapes"), PRODUCTS)
def test_products_of_what_is_computed_are_the_same(layer: Any, shapes: list[Shape], tmp_path: Path) -> None:
    inputs = tuple(Input(f"in{i}", (None, *shape[1:])) for i, shape in enumerate(shapes))
    node = Node("out", layer, tuple(Ref(each.name) for each in inputs))
    graph = Graph("net", inputs, (node,), node.refs)
    model = Model(graph, seeded_weights(graph, infer(graph, Report())))
    given = [np.random.default_rng(i).standard_normal(shape).astype(np.float32) for i, shape in enumerate(shapes)]
    wanted, found = computed(model, tmp_path, *given), computed(through_caffe(model, tmp_path), tmp_path, *given)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_a_product_of_too_many_numbers_is_told() -> None:
    inputs = (Input("a", (1, 600, 600)), Input("b", (1, 600, 600)))
    node = Node("out", L.MatMul(), (Ref("a"), Ref("b")))
    with pytest.raises(TranslationError, match="216000000 products of numbers"):
        write(Model(Graph("net", inputs, (node,), node.refs)), "caffe")


@pytest.mark.parametrize("by", [(2, 3, 1, 1), (1, 3, 1, 1), (2, 1, 4, 1), (1, 3, 1, 5), (2, 3), (1, 1, 1, 5)])
@pytest.mark.parametrize("layer", [L.ScaleBy(axis=0), L.BiasBy(axis=0)])
def test_factors_that_stretch_have_no_sizes_of_1_in_caffe(layer: Any, by: Shape, tmp_path: Path) -> None:
    """BVLC's Scale wants the sizes of the axes that its second bottom goes with."""
    inputs = (Input("x", (2, 3, 4, 5)), Input("by", by))
    node = Node("out", layer, (Ref("x"), Ref("by")))
    model = Model(Graph("net", inputs, (node,), node.refs))
    given = [np.random.default_rng(0).standard_normal(size).astype(np.float32) for size in ((2, 3, 4, 5), by)]
    again = through_caffe(model, tmp_path)
    report = Report()
    shapes = infer(replace(again.graph, inputs=inputs), report)
    (last,) = (each for each in again.graph.nodes if each.name == "out")
    start = getattr(last.layer, "axis", 0)
    factors = shapes[last.inputs[1]]
    assert shapes[last.inputs[0]][start : start + len(factors)] == factors
    wanted, found = computed(model, tmp_path, *given), computed(again, tmp_path, *given)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_without_weights_a_border_is_not_written_as_a_convolution_that_would_learn() -> None:
    model = chain(IMAGE, [L.Pad2D(pad=1)])
    with pytest.raises(TranslationError, match="Pad2D"):
        write(Model(model.graph), "caffe")


def test_a_border_that_something_else_takes_too_is_not_joined() -> None:
    model = chain(IMAGE, [L.Pad2D(pad=1), CONV])
    both = Model(Graph("net", model.graph.inputs, model.graph.nodes, (Ref("layer1"), Ref("layer2"))))
    text = write(both, "pytorch").text or ""
    assert "padding" not in text.partition("layer2")[2].partition("\n")[0]


def test_a_border_of_negative_values_is_not_one_of_zeros() -> None:
    model = chain(IMAGE, [L.Pad2D(pad=1), L.MaxPool2D(kernel=3, stride=2)])
    assert "pad" not in (write(model, "caffe").text or "").partition("Pooling")[2]
