"""What files spell out in many operators is read as the one layer that people would name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import numpy_helper

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
