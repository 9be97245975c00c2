"""What files spell out in many operators is read as the one layer that people would name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from ir import layers as L
from tests.test_onnx_operators import drawn, layers, net, node, same

NUMBERS = {"two": 2.0, "three": 3.0, "six": 6.0, "zero": 0.0, "sixth": 1 / 6, "eps": 1e-5}
NUMBERS |= {"bend": 0.044715, "way": (2 / np.pi) ** 0.5, "root": 2**0.5, "over": 0.5**0.5, "half": 0.5, "one": 1.0}
GELUS = {
    "half of the share": ["Div x root a", "Erf a b", "Add b one c", "Mul c half d", "Mul x d y"],
    "half of the product": ["Mul x over a", "Erf a b", "Add one b c", "Mul c x d", "Mul half d y"],
    "half of what it takes": ["Mul x half h", "Mul x over a", "Erf a b", "Add b one c", "Mul h c y"],
    "half in both terms": ["Mul x over a", "Erf a b", "Mul b half h", "Add h half c", "Mul c x y"],
    "of a line": ["Add x one l", "Div l root a", "Erf a b", "Add b one c", "Mul l c d", "Mul d half y"],
}


NEAR = {
    "by its cube": ["Pow x three a", "Mul a bend b", "Add x b c", "Mul c way d", "Tanh d e", "Add one e f"],
    "by products": ["Mul x x a", "Mul x a b", "Mul bend b c", "Add c x d", "Mul way d g", "Tanh g e", "Add e one f"],
    "by its square": [
        "Mul x x a",
        "Mul a bend b",
        "Add b one c",
        "Mul x c d",
        "Mul d way g",
        "Tanh g e",
        "Add e one f",
    ],
}
LAYER_NORMS = {
    "as PyTorch has it": ["ReduceMean x m", "Sub x m c", "Pow c two s", "ReduceMean s v", "Add v eps w", "Sqrt w r"],
    "by products": ["ReduceMean x m", "Sub x m c", "Mul c c s", "ReduceMean s v", "Add v eps w", "Sqrt w r"],
    "with two differences": [
        "ReduceMean x m", "Sub x m c", "Sub x m e", "Pow e two s", "ReduceMean s v", "Add v eps w", "Sqrt w r",
    ],
}  # fmt: skip
HARD = {
    "by HardSigmoid": ["HardSigmoid x a", "Mul x a y"],
    "by Clip": ["Add x three a", "Clip a zero six b", "Mul x b c", "Div c six y"],
    "by Clip, the share first": ["Add x three a", "Clip a zero six b", "Div b six c", "Mul c x y"],
    "by a line": ["Mul x sixth a", "Add a half b", "Clip b zero one c", "Mul x c y"],
}


def spelt(steps: list[str], numbers: dict[str, float], **shapes: Any) -> Any:
    """Return a model of operators, each with its inputs and the name of what it gives."""
    words = [step.split() for step in steps]
    settings = {"ReduceMean": {"axes": [-1]}, "HardSigmoid": {"alpha": 1 / 6}}
    nodes = [node(kind, " ".join(given), name, **settings.get(kind, {})) for kind, *given, name in words]
    taken = {name for _, *given, _ in words for name in given}
    arrays = {name: np.float32(value) for name, value in numbers.items() if name in taken}
    return net(nodes, shapes, arrays)


@pytest.mark.parametrize("form", GELUS)
def test_gelu_is_raised_from_erf(form: str, tmp_path: Path) -> None:
    model = same(spelt(GELUS[form], NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model)[-1] == L.GELU()
    assert len(layers(model)) == (2 if form == "of a line" else 1)


@pytest.mark.parametrize("form", NEAR)
def test_gelu_is_raised_from_tanh(form: str, tmp_path: Path) -> None:
    steps = [*NEAR[form], "Mul x f p", "Mul p half y"]
    model = same(spelt(steps, NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model) == [L.GELU(approximate=True)]


@pytest.mark.parametrize("form", HARD)
def test_hard_swish_is_raised(form: str, tmp_path: Path) -> None:
    model = same(spelt(HARD[form], NUMBERS, x=(2, 5)), {"x": 4 * drawn(2, 5)}, tmp_path)
    assert layers(model) == [L.HardSwish()]


def test_hard_sigmoid_is_raised(tmp_path: Path) -> None:
    steps = ["Add x three a", "Clip a zero six b", "Div b six y"]
    assert layers(same(spelt(steps, NUMBERS, x=(2, 5)), {"x": 4 * drawn(2, 5)}, tmp_path)) == [L.HardSigmoid()]


def test_swish_is_raised(tmp_path: Path) -> None:
    model = same(spelt(["Sigmoid x a", "Mul x a y"], NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model) == [L.Swish()]
    model = same(spelt(["Mul x two b", "Sigmoid b a", "Mul a x y"], NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model) == [L.Swish(beta=2.0)]


@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize("form", LAYER_NORMS)
def test_layer_norm_is_raised(form: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    proto = spelt([*LAYER_NORMS[form], "Div c r n", "Mul n g o", "Add o b y"], NUMBERS, x=shape)
    proto.graph.initializer.extend(numpy_helper.from_array(drawn(5), name) for name in "gb")
    model = same(proto, {"x": drawn(*shape)}, tmp_path)
    assert layers(model) == [L.LayerNorm()]


def test_layer_norm_without_weights_is_raised_from_a_product(tmp_path: Path) -> None:
    steps = [*LAYER_NORMS["as PyTorch has it"], "Reciprocal r q", "Mul c q y"]
    model = same(spelt(steps, NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model) == [L.LayerNorm(scale=False, center=False)]


ALMOST = {
    "a GELU by another root": ["Div x three a", "Erf a b", "Add b one c", "Mul c half d", "Mul x d y"],
    "a GELU of two tensors": ["Mul z over a", "Erf a b", "Add b one c", "Mul c half d", "Mul x d y"],
    "a GELU that is not halved": ["Mul x over a", "Erf a b", "Add b one c", "Mul x c y"],
    "a tanh of another cube": ["Pow x two a", "Mul a bend b", "Add x b c", "Mul c way d", "Tanh d e", "Add e one f",
                               "Mul x f p", "Mul p half y"],
    "a Swish of two tensors": ["Sigmoid z a", "Mul x a y"],
    "a Swish with a shift": ["Add x one b", "Sigmoid b a", "Mul x a y"],
    "a line that is cut off elsewhere": ["Add x two a", "Clip a zero six b", "Div b six y"],
    "a mean of another tensor": ["ReduceMean z m", "Sub x m c", "Pow c two s", "ReduceMean s v", "Add v eps w",
                                 "Sqrt w r", "Div c r y"],
    "a cube in the place of a square": ["ReduceMean x m", "Sub x m c", "Pow c three s", "ReduceMean s v", "Add v two w",
                                        "Div c w y"],
}  # fmt: skip


@pytest.mark.parametrize("case", ALMOST)
def test_what_is_nearly_a_pattern_stays_as_it_is(case: str, tmp_path: Path) -> None:
    steps = ALMOST[case]
    values = {"x": drawn(2, 5)} | ({"z": drawn(2, 5)} if " z " in " ".join(steps) else {})
    model = same(spelt(steps, NUMBERS, **dict.fromkeys(values, (2, 5))), values, tmp_path)
    assert not {type(each) for each in layers(model)} & {L.GELU, L.Swish, L.HardSigmoid, L.HardSwish, L.LayerNorm}


ATTENTIONS = {
    "as BERT has it": ["Turn k t", "MatMul q t a", "Div a root b", "Add b mask c", "Softmax c s", "MatMul s v y"],
    "without a mask": ["Turn k t", "MatMul q t a", "Mul a half b", "Softmax b s", "MatMul s v y"],
    "scaled before": ["Turn k t", "Mul q half p", "MatMul p t a", "Add a mask b", "Softmax b s", "MatMul s v y"],
    "scaled on both sides": [
        "Turn k t", "Mul q half p", "Mul t half r", "MatMul p r a", "Softmax a s", "Dropout s d", "MatMul d v y",
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", ATTENTIONS)
def test_attention_is_raised(form: str, tmp_path: Path) -> None:
    scales = {"root": 2.0, "half": 0.5}
    steps = [each.replace("Turn", "Transpose") for each in ATTENTIONS[form]]
    proto = spelt(steps, scales, **dict.fromkeys("qkv", (2, 3, 5, 4)))
    for each in proto.graph.node:
        if each.op_type == "Transpose":
            each.attribute.append(helper.make_attribute("perm", [0, 1, 3, 2]))
    values = {name: drawn(2, 3, 5, 4) for name in "qkv"}
    if any("mask" in each for each in steps):
        proto.graph.input.append(helper.make_tensor_value_info("mask", 1, (2, 1, 1, 5)))
        values["mask"] = drawn(2, 1, 1, 5)
    model = same(proto, values, tmp_path)
    assert layers(model) == [L.Attention(scale=0.25 if "both" in form else None)]


BEHIND = np.triu(np.ones((5, 5), np.float32), 1)
MASKS = {
    "the lowest number": (BEHIND * np.float32(-3e38), True),
    "infinity": (np.where(BEHIND > 0, np.float32(-np.inf), np.float32(0)), True),
    "a number that a score makes up for": (BEHIND * np.float32(-1e4), False),
    "what is before": (BEHIND.T * np.float32(-3e38), False),
    "a window": ((BEHIND + np.tril(np.ones((5, 5), np.float32), -3)) * np.float32(-3e38), False),
}


@pytest.mark.parametrize("case", MASKS)
def test_a_mask_of_what_is_behind_makes_attention_causal(case: str, tmp_path: Path) -> None:
    mask, is_causal = MASKS[case]
    nodes = [
        node("Transpose", "k", "t", perm=[0, 1, 3, 2]),
        node("MatMul", "q t", "a"),
        node("Add", "a m", "b"),
        node("Softmax", "b", "s"),
        node("MatMul", "s v", "y"),
    ]
    proto = net(nodes, dict.fromkeys("qkv", (2, 3, 5, 4)), {"m": mask[None, None]})
    model = same(proto, {name: drawn(2, 3, 5, 4) for name in "qkv"}, tmp_path)
    assert (layers(model) == [L.Attention(scale=1.0, causal=True)]) == is_causal


def test_attention_whose_keys_are_turned_with_the_heads_is_raised(tmp_path: Path) -> None:
    nodes = [
        node("Transpose", "k", "t", perm=[0, 2, 3, 1]),
        node("Transpose", "q", "p", perm=[0, 2, 1, 3]),
        node("MatMul", "p t", "a"),
        node("Softmax", "a", "s"),
        node("Transpose", "v", "w", perm=[0, 2, 1, 3]),
        node("MatMul", "s w", "y"),
    ]
    model = same(net(nodes, dict.fromkeys("qkv", (2, 5, 3, 4))), {name: drawn(2, 5, 3, 4) for name in "qkv"}, tmp_path)
    heads = L.Permute(order=(0, 2, 1, 3))
    assert sorted(map(repr, layers(model))) == sorted(map(repr, [heads, heads, heads, L.Attention(scale=1.0)]))


def test_a_softmax_between_products_along_another_axis_is_no_attention(tmp_path: Path) -> None:
    nodes = [node("MatMul", "q k", "a"), node("Softmax", "a", "s", axis=1), node("MatMul", "s v", "y")]
    model = same(net(nodes, dict.fromkeys("qkv", (2, 4, 4))), {name: drawn(2, 4, 4) for name in "qkv"}, tmp_path)
    assert not any(isinstance(each, L.Attention) for each in layers(model))
