"""The PyTorch file: its text, its names, and weights that `load_state_dict` takes as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from ir import Graph, Model, Report
from ir import layers as L
from ir.graph import Input, Node, Ref
from ir.seeding import seeded_weights
from ir.validate import infer
from ir.weights import of_array
from tests.numpy_layers import compute
from translator import TranslationError, WriteOptions, read, write
from translator.dialects.pytorch.names import MODULE

ROOT = Path(__file__).parent.parent
LENET = ROOT / "fixtures" / "caffe" / "lenet.prototxt"
IMAGE = (None, 4, 5, 6)


def graph_of(*nodes: Node, name: str = "net", outputs: tuple[Ref, ...] = (), **inputs: Any) -> Graph:
    """Return a graph of nodes; its outputs are its loose ends, unless others are given."""
    given = tuple(Input(each, shape) for each, shape in (inputs or {"data": IMAGE}).items())
    graph = Graph(name, given, nodes, ())
    return Graph(name, given, nodes, outputs or graph.loose_ends())


def node(name: str, layer: Any, *inputs: str, **more: Any) -> Node:
    return Node(name, layer, tuple(map(Ref, inputs or ("data",))), **more)


def seeded(graph: Graph) -> Model:
    return Model(graph, seeded_weights(graph, infer(graph, Report()), 3))


def built(model: Model, folder: Path) -> Any:
    """Write a model, build the last class of the source, and load its weights strictly."""
    write(model, "pytorch", folder / "net.py")
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile((folder / "net.py").read_text(), "net.py", "exec"), names)
    kinds = [each for each in names.values() if getattr(each, "__module__", "") == "emitted"]
    module = kinds[-1]()
    assert isinstance(module, nn.Module)
    if (folder / "net.safetensors").exists():
        module.load_state_dict(load_file(folder / "net.safetensors"), strict=True)
    else:
        assert not module.state_dict()
    return module.eval()


def source(graph: Graph) -> str:
    return write(Model(graph), "pytorch").text or ""


def image(batch: int = 2, shape: tuple[int, ...] = (4, 5, 6)) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(1).standard_normal((batch, *shape)).astype(np.float32))


CONV = L.Conv2D(filters=4, kernel=3, pad=1)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (L.Conv2D(filters=16, kernel=1, pad=1), (3, 20, 30)),
        (L.Conv2D(filters=16, kernel=3, pad=9), (3, 20, 30)),
        (L.Conv2D(filters=64, kernel=3, pad=12, dilation=12), (64, 9, 9)),
        (L.Conv2D(filters=16, kernel=5, pad=((0, 0), (5, 5))), (16, 20, 30)),
    ],
)
def test_windows_in_the_border_alone_have_a_border_of_its_own(
    layer: L.Conv2D, shape: tuple[int, ...], tmp_path: Path
) -> None:
    model = seeded(graph_of(node("conv", layer), data=(None, *shape)))
    assert "F.pad(data" in source(model.graph)
    given = image(1, shape)
    padded = L.Pad2D(pad=layer.pad)
    apart = graph_of(node("border", padded), node("conv", layer.replace(pad=0), "border"), data=(None, *shape))
    (tmp_path / "apart").mkdir()
    wanted = built(Model(apart, model.weights), tmp_path / "apart")(given)
    torch.testing.assert_close(built(model, tmp_path)(given), wanted)


def test_windows_that_meet_the_image_keep_their_border() -> None:
    for layer, shape in ((CONV, IMAGE), (L.Conv2D(filters=4, kernel=5, pad=2), (None, 4, 3, 3))):
        assert "F.pad" not in source(graph_of(node("conv", layer), data=shape))


def test_lenet_is_what_an_expert_would_write() -> None:
    golden = ROOT / "fixtures" / "pytorch" / "lenet.py"
    text = source(read(LENET).graph)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_lenet_with_weights_agrees_with_opencv(tmp_path: Path) -> None:
    model = seeded(read(LENET).graph)
    write(model, "caffe", tmp_path / "lenet.prototxt")
    digits = image(1, (1, 28, 28))
    net = cv2.dnn.readNetFromCaffe(str(tmp_path / "lenet.prototxt"), str(tmp_path / "lenet.caffemodel"))
    net.setInput(digits.numpy())
    with torch.inference_mode():
        found = built(model, tmp_path)(digits)
    np.testing.assert_allclose(found.numpy(), net.forward(), rtol=1e-5, atol=1e-6)


def test_the_source_says_how_to_load_the_weights(tmp_path: Path) -> None:
    model = seeded(read(LENET).graph)
    write(model, "pytorch", tmp_path / "mine.py")
    text = (tmp_path / "mine.py").read_text()
    assert text.startswith(
        '"""LeNet in PyTorch.\n\nmodel = LeNet()\n'
        'model.load_state_dict(safetensors.torch.load_file("mine.safetensors"))\nmodel.eval()\n"""\n'
    )
    assert sorted(load_file(tmp_path / "mine.safetensors")) == sorted(
        f"{layer}.{part}" for layer in ("conv1", "conv2", "ip1", "ip2") for part in ("weight", "bias")
    )


def test_without_weights_there_is_no_second_file(tmp_path: Path) -> None:
    model = seeded(read(LENET).graph)
    write(model, "pytorch", tmp_path / "net.py", options=WriteOptions(weights=False))
    write(Model(model.graph), "pytorch", tmp_path / "other.py")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.py", "other.py"]
    assert "load" not in (tmp_path / "net.py").read_text()


def test_nothing_heavy_is_imported_to_write(tmp_path: Path) -> None:
    code = (
        "import sys; from translator import translate; "
        f"translate({str(LENET)!r}, 'pytorch', {str(tmp_path / 'net.py')!r}); "
        "assert not {'torch', 'safetensors', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_layer_hides_an_attribute_of_the_module(tmp_path: Path) -> None:
    own = {name for name in dir(nn.Module()) if not name.startswith("__")}
    assert own <= MODULE
    names = [*sorted(own), "__init__", "__x", "class", "self", "3x3", "a/b", "a.b", "ä"]
    befores = ["data", *names]
    nodes = [node(name, L.Conv2D(filters=4, kernel=1), before) for before, name in zip(befores, names, strict=False)]
    model = seeded(graph_of(*nodes))
    module = built(model, tmp_path)
    with torch.inference_mode():
        module.double().float().apply(lambda each: None)(image())
    assert len(module.state_dict()) == 2 * len(names)
    assert hasattr(module, "type_")
    assert hasattr(module, "a_b_2")


@pytest.mark.parametrize(
    "name", ["Scale", "scale", "F", "f", "Tensor", "nn", "torch", "", "None", "3d", "MVN", "super"]
)
def test_the_class_is_named_like_nothing_else_in_the_file(name: str, tmp_path: Path) -> None:
    graph = graph_of(node("s", L.Scale()), node("m", L.MVN(), "s"), node("p", L.Pad2D(pad=1), "m"), name=name)
    module = built(seeded(graph), tmp_path)
    assert module(image()).shape == (2, 4, 7, 8)


def test_a_name_can_not_get_out_of_the_docstring(tmp_path: Path) -> None:
    name = 'a"""\nimport os\r\0\\'
    model = seeded(graph_of(node("c", CONV), name=name))
    assert built(model, tmp_path)(image()).shape == (2, 4, 5, 6)
    assert (tmp_path / "net.py").read_text().startswith("\"\"\"a''' import os \\\\ in PyTorch.\n")


def test_inputs_keep_their_names_but_those_that_forward_needs(tmp_path: Path) -> None:
    graph = graph_of(
        node("sum", L.Add(), "x", "self", "torch", "class"),
        node("y", L.ReLU(), "sum"),
        node("z", L.Add(), "y", "x"),
        **dict.fromkeys(("x", "self", "torch", "class"), IMAGE),
    )
    assert "def forward(self, x: Tensor, self_2: Tensor, torch_2: Tensor, class_: Tensor) -> Tensor:" in source(graph)
    images = [image() + i for i in range(4)]
    wanted = torch.relu(images[0] + images[1] + images[2] + images[3]) + images[0]
    assert torch.equal(built(Model(graph), tmp_path)(*images), wanted)


def test_an_input_x_that_is_needed_once_is_passed_on() -> None:
    text = source(graph_of(node("a", L.ReLU(), "x"), node("b", L.Tanh(), "a"), x=IMAGE))
    assert text.endswith("        x = self.a(x)\n        return self.b(x)\n")


def test_several_outputs_come_in_order(tmp_path: Path) -> None:
    outputs = (Ref("c"), Ref("data"), Ref("s", 1), Ref("a"))
    halves = L.Slice(pieces=2, axis=1)
    graph = graph_of(node("a", L.ReLU()), node("s", halves, "a"), node("c", L.Abs()), outputs=outputs)
    found = built(Model(graph), tmp_path)(image())
    relu = torch.relu(image())
    for a, b in zip(found, (image().abs(), image(), relu[:, 2:], relu), strict=True):
        assert torch.equal(a, b)


def test_nodes_that_share_all_weights_are_one_module(tmp_path: Path) -> None:
    shared = (("kernel", "w"), ("bias", "b"))
    graph = graph_of(node("l", CONV, "a", shared=shared), node("r", CONV, "b", shared=shared), a=IMAGE, b=IMAGE)
    module = built(seeded(graph), tmp_path)
    assert sorted(module.state_dict()) == ["l.bias", "l.weight"]
    left, right = module(image(), image())
    assert torch.equal(left, right)


def test_weights_that_are_shared_in_part_are_tied(tmp_path: Path) -> None:
    wide = L.Conv2D(filters=4, kernel=3, pad=3, stride=2)
    graph = graph_of(
        node("l", CONV, shared=(("kernel", "w"), ("bias", "b"))),
        node("r", wide, shared=(("kernel", "w"), ("bias", "c"))),
    )
    module = built(seeded(graph), tmp_path)
    assert module.l.weight is module.r.weight
    assert module.l.bias is not module.r.bias
    assert module.l.bias.tolist() != module.r.bias.tolist()


def test_a_kernel_shared_with_a_transposed_convolution_is_the_same_array(tmp_path: Path) -> None:
    back = L.Conv2DTranspose(filters=3, kernel=3, pad=1, bias=False)
    there = L.Conv2D(filters=6, kernel=3, pad=1, bias=False)
    shared = (("kernel", "w"),)
    graph = graph_of(node("c", there, shared=shared), node("d", back, "c", shared=shared), data=(None, 3, 5, 6))
    model = seeded(graph)
    kernel = model.weights["w"].numpy()
    (code,) = compute(there, [image(2, (3, 5, 6)).numpy()], {"kernel": kernel})
    (wanted,) = compute(back, [code], {"kernel": kernel})
    with torch.inference_mode():
        found = built(model, tmp_path)(image(2, (3, 5, 6)))
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5, atol=1e-5)


def test_statistics_go_with_a_count_of_batches(tmp_path: Path) -> None:
    built(seeded(graph_of(node("b", L.BatchNorm(momentum=0.999)))), tmp_path)
    state = load_file(tmp_path / "net.safetensors")
    assert set(state) == {f"b.{part}" for part in ("weight", "bias", "running_mean", "running_var")} | {
        "b.num_batches_tracked"
    }
    assert (state["b.num_batches_tracked"].dtype, state["b.num_batches_tracked"].shape) == (torch.int64, ())
    assert "nn.BatchNorm2d(4, momentum=0.001)" in (tmp_path / "net.py").read_text()


UNUSUAL = [
    (L.BatchNorm(center=False), [(2, 4, 5, 6)]),
    (L.BatchNorm(scale=False), [(2, 4)]),
    (L.BatchNorm(scale=False, center=False, batch_statistics=True), [(2, 4, 5, 6)]),
    (L.BatchNorm(axis=-1, scale=False), [(2, 4, 5, 6)]),
    (L.PReLU(axis=-1), [(2, 4, 5)]),
    (L.Bias(axis=2, count=-1), [(2, 4, 5, 6)]),
    (L.ReLU(maximum=0.5), [(2, 4)]),
    (L.ReLU(maximum=0.5, negative_slope=0.25), [(2, 4)]),
    (L.Swish(beta=0.5), [(2, 4)]),
    (L.Power(power=3, scale=-1, shift=-0.5), [(2, 4)]),
    (L.Power(scale=1e-5, shift=1e-5), [(2, 4)]),
    (L.Exp(base=2.0, scale=0.5), [(2, 4)]),
    (L.Exp(base=3.0, shift=-1), [(2, 4)]),
    (L.Add(coefficients=(-1, 0.5, -0.5)), [(2, 4)] * 3),
    (L.Add(coefficients=(2.0,)), [(2, 4)]),
    (L.Concat(), [(2, 4)]),
    (L.Slice(pieces=1), [(2, 4)]),
    (L.Maximum(), [(2, 4)] * 3),
    (L.ScaleBy(axis=0), [(2, 4, 5, 6), (2, 4)]),
    (L.ScaleBy(axis=1), [(2, 4, 5, 6), (4, 5)]),
    (L.BiasBy(axis=2), [(2, 4, 5, 6), (5, 6)]),
    (L.Reduction(function="abs_sum", axis=1, coefficient=0.5), [(2, 4, 5)]),
    (L.Reduction(function="square_sum"), [(2, 4, 5)]),
    (L.Im2Col(kernel=(3, 2), pad=1, stride=(2, 1), dilation=(1, 2)), [(2, 4, 7, 6)]),
    (L.AvgPool2D(kernel=3, stride=2, pad=((0, 2), (2, 1)), count_pad=False, rounding="ceil"), [(2, 4, 8, 7)]),
    (L.AvgPool1D(kernel=3, pad=2, count_pad=False), [(2, 4, 8)]),
    (L.Crop(axis=1, offset=(1, 0, 2)), [(2, 4, 5, 6), (2, 3, 4, 3)]),
]


@pytest.mark.parametrize("case", UNUSUAL, ids=[f"{layer!r}" for layer, _ in UNUSUAL])
def test_unusual_parameters_are_said_exactly(case: tuple[Any, list[Any]], tmp_path: Path) -> None:
    layer, shapes = case
    rng = np.random.default_rng(2)
    values = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    if isinstance(layer, L.Power) and layer.power != 1:
        values = [np.abs(each) for each in values]
    inputs = {f"i{i}": (None if shape[0] == 2 else shape[0], *shape[1:]) for i, shape in enumerate(shapes)}
    model = seeded(graph_of(Node("n", layer, tuple(map(Ref, inputs))), **inputs))
    weights = {key.removeprefix("n."): tensor.numpy() for key, tensor in model.weights.items()}
    with torch.inference_mode():
        found = built(model, tmp_path)(*map(torch.from_numpy, values))
    (wanted,) = compute(layer, values, weights)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=2e-5, atol=2e-6)


def test_sizes_that_are_open_stay_open(tmp_path: Path) -> None:
    graph = graph_of(
        node("r", L.Reshape(sizes=(0, 2, -1, 0))),
        node("f", L.Reshape(sizes=(-1, 2), axis=1, count=2), "r"),
        data=(None, 4, None, None),
    )
    module = built(Model(graph), tmp_path)
    for shape in ((4, 5, 6), (4, 8, 3)):
        x = image(3, shape)
        assert torch.equal(module(x), x.reshape(3, -1, 2, shape[2]))


def test_a_crop_follows_the_size_of_the_other_input(tmp_path: Path) -> None:
    graph = graph_of(
        node("c", L.Crop(offset=(1, 0)), "data", "like"), data=(None, 4, None, None), like=(None, 4, None, None)
    )
    module = built(Model(graph), tmp_path)
    for shape in ((4, 3, 2), (4, 4, 6)):
        assert torch.equal(module(image(), image(2, shape)), image()[:, :, 1 : 1 + shape[1], : shape[2]])


def test_what_cannot_be_said_is_told_and_nothing_written(tmp_path: Path) -> None:
    wide = L.MaxPoolIndices2D(kernel=3, pad=2)
    graph = graph_of(node("p", wide))
    with pytest.raises(TranslationError, match=r"p \(MaxPoolIndices2D\).*PyTorch pads at most half the window"):
        write(Model(graph), "pytorch", tmp_path / "net.py")
    assert not list(tmp_path.iterdir())


def test_a_layer_that_is_not_known_becomes_a_stub_with_its_weights(tmp_path: Path) -> None:
    pair = L.Custom(type='Weird "Op"\n', arguments={"class": 3, "k": (1, 2.5)}, sizes=[(-1, 7)] * 2, results=2)
    last = L.Custom(type="Other", arguments={"k": 1e-5, "nested": {"a": "b"}}, sizes=[(-1, 7)], arrays=[(2, 3), (3,)])
    nodes = (node("w/1", pair), Node("o", last, (Ref("w/1", 0), Ref("w/1", 1))))
    weights = {"o.blob0": of_array(np.ones((2, 3), np.float32)), "o.blob1": of_array(np.zeros(3, np.float32))}
    module = built(Model(graph_of(*nodes, data=(None, 4)), weights), tmp_path)
    assert module.o.arguments == {"k": 1e-5, "nested": {"a": "b"}}
    assert module.w_1.arguments == {"arguments": {"class": 3, "k": (1, 2.5)}}
    assert [tuple(each.shape) for each in module.o.blobs] == [(2, 3), (3,)]
    with pytest.raises(NotImplementedError, match="Weird Op is a stub"):
        module(torch.zeros(2, 4))


def test_stubs_share_their_weights(tmp_path: Path) -> None:
    kinds = (L.Custom(type=each, arguments={}, sizes=[(-1, 7)], arrays=[(3,)]) for each in ("One", "Other"))
    nodes = [
        replace(node(each.type, each), shared=() if each.type == "One" else (("blob0", "One.blob0"),)) for each in kinds
    ]
    weights = {"One.blob0": of_array(np.arange(3, dtype=np.float32))}
    module = built(Model(graph_of(*nodes, data=(None, 4)), weights), tmp_path)
    assert module.Other.blobs[0] is module.One.blobs[0]
    assert module.One.blobs[0].tolist() == [0, 1, 2]


def test_long_names_are_laid_out_as_a_formatter_does(tmp_path: Path) -> None:
    name = "inception_resnet_block_{}_with_a_really_long_name_of_a_branch"
    branches: list[Any] = [L.ReLU(), L.Power(scale=-0.125, shift=3), L.Threshold(), L.Abs(), CONV, L.Scale(bias=True)]
    names = [name.format(i) for i in range(len(branches))]
    nodes = [node(each, layer) for each, layer in zip(names, branches, strict=True)]
    joins = [L.Maximum(), L.Concat(), L.Add(), L.Add(coefficients=(1, -2, 0.5, 1, 1, -1)), L.Multiply()]
    nodes += [node(f"join_{i}_{name}", layer, *names) for i, layer in enumerate(joins)]
    graph = graph_of(*nodes, **{f"image_{name.format(i)}": IMAGE for i in range(3)}, data=IMAGE)
    path = tmp_path / "net.py"
    path.write_text(source(graph))
    for check in (["format", "--check"], ["check", "--select", "E,F,I"]):
        command = [str(Path(sys.executable).parent / "ruff"), *check, "--isolated", "--line-length", "100", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
