"""Weights as Caffe and its forks store them: every type of number, every way to say a shape, HDF5."""

import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from ir import TranslationError
from translator import ReadOptions, read
from translator.dialects.caffe.binary import blob

NET = """\
input: "data" input_shape { dim: 1 dim: 3 }
layer { name: "fc/one" type: "InnerProduct" bottom: "data" top: "x" inner_product_param { num_output: 2 } }
layer { name: "two" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 bias_term: false } }
"""
NUMBERS = np.arange(6).reshape(2, 3)


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


SHAPE = text(7, text(1, varint(2) + varint(3)))
OLD_SHAPE = b"".join(number(field, size) for field, size in ((1, 1), (2, 1), (3, 2), (4, 3)))
FORMS = {
    "float": SHAPE + text(5, NUMBERS.astype("<f4").tobytes()),
    "double": SHAPE + text(8, NUMBERS.astype("<f8").tobytes()),
    "float, not packed": SHAPE + b"".join(varint(5 << 3 | 5) + struct.pack("<f", each) for each in range(6)),
    "float, in two runs": SHAPE + text(5, struct.pack("<4f", 0, 1, 2, 3)) + text(5, struct.pack("<2f", 4, 5)),
    "sizes not packed": text(7, number(1, 2) + number(1, 3)) + text(5, NUMBERS.astype("<f4").tobytes()),
    "raw half": SHAPE + number(10, 2) + text(12, NUMBERS.astype("<f2").tobytes()),
    "raw float": SHAPE + number(10, 1) + text(12, NUMBERS.astype("<f4").tobytes()),
    "raw double": SHAPE + number(10, 0) + text(12, NUMBERS.astype("<f8").tobytes()),
    "raw whole numbers": SHAPE + number(10, 3) + text(12, NUMBERS.astype("<i4").tobytes()),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_blob_is_read_in_every_form(form: str) -> None:
    np.testing.assert_array_equal(blob(memoryview(FORMS[form])).numpy(), NUMBERS)


def test_a_blob_of_old_has_four_axes() -> None:
    found = blob(memoryview(OLD_SHAPE + text(5, NUMBERS.astype("<f4").tobytes())))
    assert found.numpy().shape == (1, 1, 2, 3)


@pytest.mark.parametrize("data", [SHAPE + number(10, 9) + text(12, b""), SHAPE + text(5, b"\0" * 20)])
def test_what_is_no_blob_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="has a blob of"):
        blob(memoryview(data))


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "net.prototxt").write_text(NET)
    return tmp_path / "net.prototxt"


def snapshot(path: Path, **options: object) -> Path:
    """Write what Caffe's Net::ToHDF5 does."""
    with h5py.File(path, "w") as file:
        file.create_dataset("data/fc/one/0", data=NUMBERS.astype("f4"), **options)
        file.create_dataset("data/fc/one/1", data=np.array([7, 8], "f4"))
        file.create_dataset("data/two/0", data=np.eye(2))
        file.create_group("diff")
    return path


@pytest.mark.parametrize("name", ["net.caffemodel.h5", "net.weights"])
def test_a_snapshot_in_hdf5_is_read_by_its_content(name: str, net: Path, tmp_path: Path) -> None:
    model = read(net, options=ReadOptions(weights=snapshot(tmp_path / name)))
    np.testing.assert_array_equal(model.weights["fc/one.kernel"].numpy(), NUMBERS)
    np.testing.assert_array_equal(model.weights["fc/one.bias"].numpy(), [7, 8])
    np.testing.assert_array_equal(model.weights["two.kernel"].numpy(), np.eye(2))


def refusal(net: Path, weights: Path) -> str:
    with pytest.raises(TranslationError) as error:
        read(net, options=ReadOptions(weights=weights))
    return str(error.value)


def test_compressed_data_in_a_snapshot_is_refused(net: Path, tmp_path: Path) -> None:
    file = snapshot(tmp_path / "w.h5", chunks=(1, 3), compression="gzip")
    assert "has a blob that is no plain array of numbers: /data/fc/one/0" in refusal(net, file)


def test_data_that_is_claimed_but_not_there_is_refused(net: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_dataset("data/two/0", shape=(1 << 20, 1 << 20), dtype="f4")
    assert "no plain array" in refusal(net, tmp_path / "w.h5")


def test_links_to_other_files_are_not_followed(net: Path, tmp_path: Path) -> None:
    snapshot(tmp_path / "other.h5")
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_group("data")["fc"] = h5py.ExternalLink("other.h5", "/data/fc")
    assert "it holds no blobs" in refusal(net, tmp_path / "w.h5")


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + b"\xff" * 500])
def test_a_damaged_snapshot_is_a_diagnostic(content: bytes, net: Path, tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(content)
    assert "error[weights]: is not a snapshot of Caffe's, or a damaged one" in refusal(net, tmp_path / "w.h5")


def test_more_arrays_than_the_layer_has_are_refused(net: Path, tmp_path: Path) -> None:
    with h5py.File(snapshot(tmp_path / "w.h5"), "a") as file:
        file.create_dataset("data/two/1", data=np.zeros(2))
    assert "two has 2 arrays in the file, 1 more than" in refusal(net, tmp_path / "w.h5")
