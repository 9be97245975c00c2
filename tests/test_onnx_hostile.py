"""ONNX files that are damaged, or mean harm: a diagnostic, soon, and in little memory."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.test_onnx_operators import IMAGE, drawn, ints, net, node
from translator import TranslationError, check, read
from translator.dialects.onnx.proto import decode
from translator.wire import WireError


def small() -> bytes:
    nodes = [
        node("Conv", "x w b", "c", pads=[1, 1, 1, 1]),
        node("Clip", "c", "r", min=0.0, max=6.0),
        node("Reshape", "r s", "f"),
        node("Gemm", "f d", transB=1),
    ]
    arrays = {"w": drawn(2, 4, 3, 3), "b": drawn(2), "s": ints(0, -1), "d": drawn(3, 126)}
    proto: Any = net(nodes, {"x": ("N", *IMAGE[1:])}, arrays, opset=10)
    return bytes(proto.SerializeToString())


def told(data: bytes) -> list[str]:
    """Return the errors of a file; anything but a TranslationError is a defect."""
    try:
        model = read("net.onnx", data=data, format="onnx")
    except TranslationError as error:
        return str(error).splitlines()
    for tensor in model.weights.values():
        assert tensor.numpy().shape == tensor.shape
    return []


def test_a_file_that_ends_anywhere_is_told() -> None:
    data = small()
    for end in range(0, len(data), 3):
        told(data[:end])
    assert any("ends within" in line or "are left" in line for line in told(data[: len(data) // 2]))


@pytest.mark.parametrize("seed", range(8))
def test_bits_that_are_turned_are_told_or_change_numbers_alone(seed: int) -> None:
    data, rng = small(), random.Random(seed)
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        told(bytes(changed))


def tensor(**fields: Any) -> Any:
    found = TensorProto(name="w", data_type=1, dims=[2, 3], raw_data=bytes(24))
    for name, value in fields.items():
        found.ClearField(name)
        if isinstance(value, list):
            getattr(found, name).extend(value)
        else:
            setattr(found, name, value)
    return found


TENSORS = {
    "of more numbers than there are": (tensor(dims=[2**40, 2**20]), "but holds 6 of them"),
    "of fewer": (tensor(dims=[2]), "but holds 6 of them"),
    "of a negative size": (tensor(dims=[-1]), "with a negative size"),
    "of many axes": (tensor(dims=[1] * 99), "of more than 32 axes"),
    "of half a number": (tensor(raw_data=bytes(23)), "of which 4 make a number"),
    "of texts": (tensor(data_type=8), "of the type 8, which is not read"),
    "of an unknown type": (tensor(data_type=77), "of the type 77, which is not read"),
    "of nothing": (tensor(raw_data=b""), "but holds 0 of them"),
    "of four bits, as floats": (
        TensorProto(name="w", data_type=TensorProto.INT4, dims=[2, 3], float_data=[1, 2, 3]),
        "of the type int4 whose numbers stand as float32",
    ),
    "of whole numbers, as floats": (
        TensorProto(name="w", data_type=TensorProto.INT64, dims=[2, 1], float_data=[1.5, 2]),
        "of the type int64 whose numbers stand as float32",
    ),
    "of floats, as longer ones": (
        TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 1], double_data=[1.5, 2]),
        "of the type float32 whose numbers stand as float64",
    ),
}


@pytest.mark.parametrize("case", TENSORS)
def test_an_array_that_is_not_what_it_says_is_told(case: str) -> None:
    array, wanted = TENSORS[case]
    proto = net([node("Add", "x w")], {"x": (2, 3)})
    proto.graph.initializer.append(array)
    (line,) = told(proto.SerializeToString())
    assert wanted in line


NETS: dict[str, tuple[Any, str]] = {
    "a cycle": (net([node("Add", "x b", "a"), node("Relu", "a", "b")], {"x": (2,)}, outputs=("b",)), "wait for each"),
    "an operator that waits for itself": (net([node("Add", "x y")], {"x": (2,)}), "wait for each other"),
    "a value given twice": (net([node("Relu", "x"), node("Tanh", "x")], {"x": (2,)}), "'y', which is given already"),
    "a value given by nothing": (net([node("Relu", "z")], {"x": (2,)}), "takes 'z', which nothing gives"),
    "no operator": (net([], {"x": (2,)}), "no operator"),
    "an output that nothing gives": (net([node("Relu", "x")], {"x": (2,)}, outputs=("z",)), "'z'"),
    "an array of any size": (
        net([node("ConstantOfShape", "s", "w"), node("Add", "x w")], {"x": (2,)}, {"s": ints(2**40, 2**30)}),
        "which no weight has",
    ),
    "a range without end": (
        net(
            [node("Range", "a b c", "r"), node("Reshape", "x r")],
            {"x": (2,)},
            {"a": ints(0)[0], "b": np.int64(2**62), "c": np.int64(1)},
        ),
        "(Range) is of no known layer",
    ),
    "an array that grows": (
        net([node("Expand", "w s", "v"), node("Add", "x v")], {"x": (2,)}, {"w": drawn(1), "s": ints(2**33)}),
        "",
    ),
    "no filters": (net([node("Conv", "x w")], {"x": IMAGE}, {"w": drawn(0, 4, 3, 3)}), "filters"),
    "a stride of 0": (net([node("Conv", "x w", strides=[0, 0])], {"x": IMAGE}, {"w": drawn(1, 4, 3, 3)}), "stride"),
    "too many strides": (net([node("Conv", "x w", strides=[1])], {"x": IMAGE}, {"w": drawn(1, 4, 3, 3)}), "strides"),
    "a text for a number": (net([node("Flatten", "x", axis="one")], {"x": IMAGE}), ""),
    "numbers for a text": (
        net([node("Conv", "x w", auto_pad=[3])], {"x": IMAGE}, {"w": drawn(1, 4, 3, 3)}),
        "",
    ),
    "an axis that is not there": (net([node("Concat", "x x", axis=9)], {"x": IMAGE}), "axis 9"),
    "no inputs": (net([helper.make_node("Conv", [], ["y"])], {"x": IMAGE}), "has no input"),
    "a size that is too large": (net([node("Tile", "x r")], {"x": (2**40,)}, {"r": ints(2**40)}), "which is no shape"),
    "a Reshape of another size": (net([node("Reshape", "x s")], {"x": (2, 3)}, {"s": ints(7)}), "number of elements"),
    "a pick of a size that is too large": (net([node("Gather", "x i")], {"x": (2**40,)}, {"i": ints(0, 2)}), ""),
    "two inputs of one name": (net([node("Relu", "x")], {"x": (2, 3)}), ""),
}


@pytest.mark.parametrize("case", NETS)
def test_a_graph_that_makes_no_sense_is_told(case: str) -> None:
    proto, wanted = NETS[case]
    if case == "two inputs of one name":
        proto.graph.input.append(proto.graph.input[0])
    lines = told(proto.SerializeToString())
    assert lines or not wanted
    assert wanted in "\n".join(lines)


def test_fields_without_end_are_told() -> None:
    with pytest.raises(WireError, match="more than"):
        decode(memoryview(b"\x3a\x80\x80\x80\x04" + b"\x0a\x00" * (4 << 20)), None)


def test_numbers_of_an_attribute_without_end_are_told() -> None:
    proto = net([node("Relu", "x", pads=[1, 1])], {"x": (2,)})
    proto.graph.node[0].attribute[0].ints.extend([1] * (3 << 20))
    (line,) = told(proto.SerializeToString())
    assert "values beside its arrays" in line


def test_a_long_chain_is_read(tmp_path: Path) -> None:
    count = 4000
    nodes = [node("Relu", f"v{i}", f"v{i + 1}") for i in range(count)]
    proto = net(nodes, {"v0": (2,)}, outputs=(f"v{count}",))
    assert len(read("net.onnx", data=proto.SerializeToString(), format="onnx").graph.nodes) == count


def test_weights_are_not_read_with_the_graph(tmp_path: Path) -> None:
    """Measured in a process of its own whose memory grows by less than the file has bytes."""
    kernel = np.zeros((1 << 8, 1 << 18), np.float32)
    proto = net([node("MatMul", "x w")], {"x": (2, 1 << 8)}, {"w": kernel})
    (tmp_path / "net.onnx").write_bytes(proto.SerializeToString())
    code = (
        "import resource, sys; from translator import read; import ir.layers, translator.dialects.onnx.reader\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read(sys.argv[1])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "net.onnx"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 64 << 10


def test_what_is_no_model_is_a_diagnostic(tmp_path: Path) -> None:
    for data in (b"", b"\x08", b"\x08\x07", bytes(1000), b"{}", b"\xff" * 99, b"GIF89a"):
        (tmp_path / "net.onnx").write_bytes(data)
        assert [each.severity for each in check(tmp_path / "net.onnx")].count("error") >= 1
