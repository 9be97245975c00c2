"""Safetensors: what we write others read, what they write we read, unsound files are refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from ir.weights import Tensor, of_array
from translator.safetensors import SafetensorsError, load, save


def test_what_is_saved_the_reference_implementation_loads(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "flag": np.array([True, False, True]),
        "half": rng.normal(size=(3, 5)).astype(np.float16),
        "conv.weight": rng.normal(size=(4, 3, 2, 2)).astype(np.float32),
        "count": np.array(7, np.int64),
        "empty": np.zeros((0, 4), np.float32),
        "turned": rng.normal(size=(5, 6)).T,
        "nächste": np.arange(3, dtype=np.uint8),
    }
    path = tmp_path / "a.safetensors"
    save(path, {name: of_array(array) for name, array in arrays.items()}, {"format": "pt"})
    for loaded in (safetensors.numpy.load_file(path), load(path)):
        assert set(loaded) == set(arrays)
        for name, array in arrays.items():
            got = loaded[name].numpy() if isinstance(loaded[name], Tensor) else loaded[name]
            assert (got.dtype, got.shape) == (array.dtype, array.shape)
            np.testing.assert_array_equal(got, array)
    assert {name: tuple(each.shape) for name, each in safetensors.torch.load_file(path).items()} == {
        name: array.shape for name, array in arrays.items()
    }


def test_no_tensor_is_loaded_before_its_turn(tmp_path: Path) -> None:
    alive: list[int] = []

    def lazy(i: int) -> Tensor:
        def make() -> np.ndarray:
            alive.append(i)
            return np.full(10, i, np.float32)

        return Tensor((10,), make)

    save(tmp_path / "a.safetensors", {f"t{i}": lazy(i) for i in range(3)})
    assert alive == [0, 1, 2]


def test_a_bfloat16_is_widened(tmp_path: Path) -> None:
    want = torch.tensor([1.5, -2.25, 1e30, 0.1], dtype=torch.bfloat16)
    safetensors.torch.save_file({"x": want}, tmp_path / "a.safetensors")
    got = load(tmp_path / "a.safetensors")["x"].numpy()
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, want.float().numpy())


def test_a_tensor_that_breaks_its_promise_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="declared shape"):
        save(tmp_path / "a.safetensors", {"x": Tensor((3,), lambda: np.zeros(4, np.float32))})


def _file(header: object, data: bytes, length: int | None = None) -> bytes:
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(head) if length is None else length).to_bytes(8, "little") + head + data


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "too short"),
        (b"\x01\x00", "too short"),
        (_file({}, b"", 1 << 60), "header has"),
        (_file({"x": F32}, b"\0" * 8, 1 << 20), "header has"),
        (_file(b"{nonsense", b""), "not JSON"),
        (_file(b"\xff\xfe", b""), "not JSON"),
        (_file(b"[" * 100_000, b""), "not JSON"),
        (_file([1], b""), "not a JSON object"),
        (_file(b'{"x": 1, "x": 2}', b""), "twice"),
        (_file({"x": 1}, b""), "does not say"),
        (_file({"x": {**F32, "dtype": "F8_E4M3"}}, b"\0" * 8), "cannot be read"),
        (_file({"x": {**F32, "dtype": []}}, b"\0" * 8), "cannot be read"),
        (_file({"x": {**F32, "shape": [-2]}}, b"\0" * 8), "the shape"),
        (_file({"x": {**F32, "shape": [True]}}, b"\0" * 8), "the shape"),
        (_file({"x": {**F32, "shape": [3]}}, b"\0" * 8), "its shape takes 12"),
        (_file({"x": {**F32, "shape": [1 << 70]}}, b"\0" * 8), "its shape takes"),
        (_file({"x": {**F32, "data_offsets": [0, 16]}}, b"\0" * 8), "puts 'x'"),
        (_file({"x": {**F32, "data_offsets": [8, 0]}}, b"\0" * 8), "puts 'x'"),
        (_file({"x": F32, "y": F32}, b"\0" * 8), "ends at"),
        (_file({"x": {**F32, "data_offsets": [4, 12]}}, b"\0" * 12), "ends at"),
        (_file({"x": F32}, b"\0" * 9), "9 are there"),
    ],
)
def test_an_unsound_file_is_refused(tmp_path: Path, raw: bytes, why: str) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(raw)
    with pytest.raises(SafetensorsError, match=why):
        load(path)
