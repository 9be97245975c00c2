"""Files whose batch is open, as tf2onnx makes them: states of zeros, and sizes that are worked out at run time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ir import layers as L
from tests.test_onnx_files import saved
from tests.test_onnx_operators import drawn, ints, layers, net, node, same
from translator import TranslationError, read

SEQUENCE = ("N", 5, 4)
WEIGHTS = {"w": drawn(2, 9, 4), "r": drawn(2, 9, 3), "b": drawn(2, 18)}
BATCH = [node("Shape", "x", "shape"), node("Gather", "shape first", "batch")]
ZEROS = [
    node("Concat", "batch units", "sizes", axis=0),
    node("Cast", "sizes", "reals", to=1),
    node("Cast", "reals", "wholes", to=7),
    node("Expand", "zero wholes", "start"),
]
SIZES = {"first": ints(0), "units": ints(3), "zero": np.float32(0), "a0": ints(0), "a1": ints(1)}


def test_states_of_zeros_for_each_item_of_an_open_batch_are_none(tmp_path: Path) -> None:
    nodes = [
        *BATCH,
        *ZEROS,
        node("Unsqueeze", "start a0", "one"),
        node("Concat", "one one", "both", axis=0),
        node("Transpose", "x", "steps", perm=[1, 0, 2]),
        node("GRU", "steps w r b - both", "y", hidden_size=3, direction="bidirectional", linear_before_reset=1),
    ]
    model = same(net(nodes, {"x": SEQUENCE}, {**SIZES, **WEIGHTS}), {"x": drawn(2, 5, 4)}, tmp_path)
    assert [each.started for each in layers(model) if isinstance(each, L.GRU)] == [False, False]


@pytest.mark.parametrize(
    ("between", "number"),
    [
        ([node("Unsqueeze", "ones a1", "u"), node("Squeeze", "u a1", "f")], 1.0),
        ([node("Reshape", "ones wanted", "f")], 1.0),
        ([node("Transpose", "ones", "t"), node("Transpose", "t", "f")], 1.0),
        ([node("Add", "ones ones", "f")], 2.0),
        ([node("Mul", "ones half", "f")], 0.5),
        ([node("ReduceSum", "ones a1", "f", keepdims=1)], 4.0),
        ([node("ReduceMean", "ones", "f", axes=[1], keepdims=1)], 1.0),
        ([node("Equal", "ones half", "e"), node("Cast", "e", "f", to=1)], 0.0),
        ([node("QuantizeLinear", "ones half zero", "q"), node("DequantizeLinear", "q half zero", "f")], 1.0),
    ],
)
def test_one_number_for_all_is_a_number(between: list[object], number: float, tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "shape"),
        node("Expand", "one shape", "ones"),
        *between,
        node("Mul", "x f", "z"),
        node("Relu", "z", "y"),
    ]
    arrays = {"one": np.float32(1), "half": np.float32(0.5), "zero": np.uint8(3), "a1": ints(1), "wanted": ints(-1, 4)}
    model = same(net(nodes, {"x": ("N", 4)}, arrays, opset=13), {"x": drawn(3, 4)}, tmp_path)
    scales = [each.scale for each in layers(model) if isinstance(each, L.Power)]
    assert scales == ([number] if number != 1 else scales)


def test_what_is_chosen_by_one_number_for_all_is_chosen(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "shape"),
        node("Expand", "one shape", "ones"),
        node("Equal", "ones zero", "none"),
        node("Sigmoid", "x", "s"),
        node("Where", "none x s", "y"),
    ]
    arrays = {"one": np.float32(1), "zero": np.float32(0)}
    same(net(nodes, {"x": ("N", 4)}, arrays, opset=13), {"x": drawn(3, 4)}, tmp_path)


def test_a_size_that_follows_from_an_open_batch_is_worked_out(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape two", "leading"),
        node("ReduceProd", "leading", "rows", keepdims=1),
        node("Concat", "rows rest last", "sizes", axis=0),
        node("Reshape", "x sizes", "m"),
        node("Softmax", "m", "y", axis=-1),
    ]
    arrays = {"two": ints(0, 1), "rest": ints(-1), "last": ints(6)}
    model = same(net(nodes, {"x": ("N", 2, 5, 6)}, arrays, opset=13), {"x": drawn(3, 2, 5, 6)}, tmp_path)
    assert [each.sizes for each in layers(model) if isinstance(each, L.Reshape)] == [(-1, 5, 6)]


def test_the_larger_of_two_sizes_is_the_open_one_where_the_other_is_one(tmp_path: Path) -> None:
    nodes = [
        *BATCH,
        node("Max", "batch a1", "rows"),
        node("Concat", "rows rest", "sizes", axis=0),
        node("Reshape", "x sizes", "m"),
        node("Relu", "m", "y"),
    ]
    arrays = {**SIZES, "rest": ints(2, 3)}
    same(net(nodes, {"x": ("N", 6)}, arrays, opset=13), {"x": drawn(4, 6)}, tmp_path)


def test_a_cut_up_to_the_size_of_the_batch_cuts_nothing_of_it(tmp_path: Path) -> None:
    nodes = [
        *BATCH,
        node("Concat", "batch end", "ends", axis=0),
        node("Slice", "x starts ends", "y"),
    ]
    arrays = {**SIZES, "starts": ints(0, 1), "end": ints(5)}
    same(net(nodes, {"x": ("N", 6)}, arrays, opset=13), {"x": drawn(4, 6)}, tmp_path)


def test_a_normalisation_along_the_last_axis_of_an_open_batch(tmp_path: Path) -> None:
    """TensorFlow multiplies what it divides by with the factors before it has the tensor itself."""
    nodes = [
        node("ReduceMean", "x", "mean", axes=[-1]),
        node("Sub", "x mean", "d"),
        node("Mul", "d d", "square"),
        node("ReduceMean", "square", "var", axes=[-1]),
        node("Add", "var eps", "v"),
        node("Sqrt", "v", "root"),
        node("Reciprocal", "root", "over"),
        node("Mul", "over gamma", "m"),
        node("Mul", "mean m", "shifted"),
        node("Sub", "beta shifted", "b"),
        node("Mul", "x m", "xm"),
        node("Add", "xm b", "y"),
    ]
    arrays = {"eps": np.float32(1e-3), "gamma": drawn(6), "beta": drawn(6)}
    model = same(net(nodes, {"x": ("N", 5, 6)}, arrays, opset=13), {"x": drawn(2, 5, 6)}, tmp_path)
    assert not any(isinstance(each, L.Custom) for each in layers(model))


def test_what_an_open_size_is_in_the_way_of_says_how_to_give_it(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape ahead", "sizes"),
        node("Reshape", "x rows", "m"),
        node("Concat", "rest sizes", "back", axis=0),
        node("Reshape", "m back", "y"),
    ]
    arrays = {"ahead": ints(1, 2), "rows": ints(-1, 4), "rest": ints(-1)}
    path = saved(net(nodes, {"x": ("N", "T", 4)}, arrays, opset=13), tmp_path)
    with pytest.raises(TranslationError) as caught:
        read(path)
    assert "--shape x=1,SIZE,4" in str(caught.value)


def test_a_state_of_zeros_that_is_multiplied_is_there_for_each_item(tmp_path: Path) -> None:
    nodes = [
        *BATCH,
        *ZEROS,
        node("MatMul", "start k", "again"),
        node("Split", "again pieces", "a b none", axis=1),
        node("ReduceMean", "x", "mean", axes=[1], keepdims=0),
        node("MatMul", "mean w", "now"),
        node("Add", "now a", "c"),
        node("Sub", "c b", "y"),
    ]
    arrays = {**SIZES, "k": drawn(3, 6), "pieces": ints(3, 3, 0), "w": drawn(4, 3)}
    same(net(nodes, {"x": SEQUENCE}, arrays, opset=13), {"x": drawn(2, 5, 4)}, tmp_path)


def test_sequences_of_all_steps_are_turned_round_whole(tmp_path: Path) -> None:
    nodes = [
        *BATCH,
        node("Expand", "steps batch", "lengths"),
        node("ReverseSequence", "x lengths", "y", batch_axis=0, time_axis=1),
    ]
    arrays = {"first": ints(0), "steps": ints(5)}
    model = same(net(nodes, {"x": SEQUENCE}, arrays, opset=13), {"x": drawn(2, 5, 4)}, tmp_path)
    assert [type(each) for each in layers(model)] == [L.Reverse]


@pytest.mark.parametrize("size", [6, 30000])
def test_weights_that_are_cut_are_weights(size: int, tmp_path: Path) -> None:
    nodes = [
        node("Split", "w", "a b", axis=1),
        node("MatMul", "x a", "m"),
        node("MatMul", "x b", "n"),
        node("Sub", "m n", "y"),
    ]
    model = same(net(nodes, {"x": ("N", 4)}, {"w": drawn(4, size)}, opset=13), {"x": drawn(2, 4)}, tmp_path)
    assert [type(each) for each in layers(model)] == [L.Dense, L.Dense, L.Subtract]
