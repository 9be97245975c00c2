"""Weights as Caffe and its forks store them: every type of number, every way to say a shape, HDF5."""

import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from ir import Report, TranslationError
from translator import ReadOptions, read
from translator.dialects.caffe.blobs import blob
from translator.wire import WireError

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
    "double, not packed": SHAPE + b"".join(varint(8 << 3 | 1) + struct.pack("<d", each) for each in range(6)),
    "doubles before floats": SHAPE + text(5, bytes(24)) + text(8, NUMBERS.astype("<f8").tobytes()),
    "with a gradient": SHAPE + text(6, bytes(24)) + text(5, NUMBERS.astype("<f4").tobytes()) + text(9, bytes(48)),
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


def test_a_blob_without_axes_is_one_number() -> None:
    assert blob(memoryview(text(5, struct.pack("<f", 2)))).numpy() == 2


REFUSED = {
    "a type that nobody knows": (number(10, 9) + text(12, bytes(6)), "of the unknown type 9"),
    "no type": (text(12, bytes(24)), "of no type"),
    "a number too few": (text(5, bytes(20)), r"of shape \(2, 3\) with 5 numbers"),
    "part of a number": (text(5, bytes(25)), "with 6.25 numbers"),
    "a size below 0": (text(7, number(1, 2**64 - 2) + number(1, 2**64 - 3)) + text(5, bytes(24)), r"shape \(-2, -3\)"),
    "sizes that overflow": (text(7, number(1, 2**62) * 4) + text(5, b""), "with 0 numbers"),
    "more axes than there are": (text(7, text(1, b"\1" * 33)), "more than 32 axes"),
    "whole numbers and their scale": (
        text(10, bytes(6)) + varint(13 << 3 | 5) + struct.pack("<f", 0.1),
        "a field 10 that only a fork knows",
    ),
    "floats and a mask of those that count": (text(5, bytes(24)) + text(11, bytes(24)), "a field 11 that only a fork"),
    "rows of a sparse matrix": (number(10, 1) + text(14, bytes(8)), "a field 14 that only a fork"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_blob_is_refused(case: str) -> None:
    data, why = REFUSED[case]
    with pytest.raises(WireError, match=why):
        blob(memoryview(SHAPE + data))


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
    assert "there are no weights in this file" in refusal(net, tmp_path / "w.h5")


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + b"\xff" * 500])
def test_a_damaged_snapshot_is_a_diagnostic(content: bytes, net: Path, tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(content)
    assert "error[weights]: is not a snapshot of Caffe's, or a damaged one" in refusal(net, tmp_path / "w.h5")


def test_more_arrays_than_the_layer_has_are_refused(net: Path, tmp_path: Path) -> None:
    with h5py.File(snapshot(tmp_path / "w.h5"), "a") as file:
        file.create_dataset("data/two/1", data=np.zeros(2))
    assert "two has 2 arrays in the file, 1 more than" in refusal(net, tmp_path / "w.h5")


BLOBS = [(np.arange(6), SHAPE), (np.array([7, 8]), text(7, text(1, varint(2))))]
MODERN = b"".join(text(7, shape + text(5, array.astype("<f4").tobytes())) for array, shape in BLOBS)
OLD_BLOB = OLD_SHAPE + text(5, NUMBERS.astype("<f4").tobytes())
OLD_BIAS = b"".join(number(i, size) for i, size in ((1, 1), (2, 1), (3, 1), (4, 2))) + text(5, struct.pack("<2f", 7, 8))
BINARIES = {
    "today's": text(100, text(1, b"fc/one") + text(2, b"InnerProduct") + MODERN),
    "V1": text(2, text(4, b"fc/one") + number(5, 14) + text(6, OLD_BLOB) + text(6, OLD_BIAS)),
    "V0": text(2, text(1, text(1, b"fc/one") + text(2, b"innerproduct") + text(50, OLD_BLOB) + text(50, OLD_BIAS))),
}
OTHERS = (
    text(100, text(1, b"fc/one_fc/one_0_split") + text(2, b"Split") + text(3, b"x") + text(4, b"x_0") + text(4, b"x_1"))
    + text(100, text(1, b"loss") + text(2, b"SoftmaxWithLoss"))
    + text(100, text(1, b"aux") + text(2, b"InnerProduct") + MODERN)
)


@pytest.mark.parametrize("age", BINARIES)
def test_a_caffemodel_of_any_age_gives_its_arrays_by_name(age: str, net: Path, tmp_path: Path) -> None:
    (tmp_path / "net.caffemodel").write_bytes(BINARIES[age] + OTHERS)
    report = Report()
    model = read(net, options=ReadOptions(weights=tmp_path / "net.caffemodel"), report=report)
    np.testing.assert_array_equal(model.weights["fc/one.kernel"].numpy(), NUMBERS)
    np.testing.assert_array_equal(model.weights["fc/one.bias"].numpy(), [7, 8])
    assert [each.message for each in report] == [
        "the model has no layers for the weights of aux",
        "two has no weights for its kernel",
    ]


@pytest.mark.parametrize("name", ["empty.caffemodel", "loss.caffemodel", "empty.h5"])
def test_a_file_without_weights_is_refused(name: str, net: Path, tmp_path: Path) -> None:
    file = tmp_path / name
    if name == "empty.h5":
        with h5py.File(file, "w") as made:
            made.create_group("data/fc")
    else:
        file.write_bytes(b"" if name.startswith("empty") else text(100, text(1, b"loss") + text(2, b"SoftmaxWithLoss")))
    assert "error[weights]: there are no weights in this file" in refusal(net, file)


SHARING = """\
input: "data" input_shape { dim: 1 dim: 2 }
layer { name: "a" type: "InnerProduct" bottom: "data" top: "x" inner_product_param { num_output: 2 }
  param { name: "w" } }
layer { name: "b" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 }
  param { name: "w" } }
"""


def test_a_blob_that_is_shared_is_once_in_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text(SHARING)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["data/a/0"], file["data/a/1"], file["data/b/1"] = np.eye(2), np.array([1, 2]), np.array([3, 4])
    report = Report()
    model = read(tmp_path / "net.prototxt", options=ReadOptions(weights=tmp_path / "w.h5"), report=report)
    assert not list(report)
    assert {key: tensor.numpy().tolist() for key, tensor in model.weights.items()} == {
        "a.kernel": [[1, 0], [0, 1]],
        "a.bias": [1, 2],
        "b.bias": [3, 4],
    }


def test_a_snapshot_is_read_as_the_layers_of_the_net_have_their_blobs(tmp_path: Path) -> None:
    """The file does not say that `n` is a BN of a fork, of which the first two blobs are the factors and biases."""
    text = 'input: "data" input_shape { dim: 1 dim: 2 dim: 3 dim: 3 }'
    (tmp_path / "net.prototxt").write_text(f'{text} layer {{ name: "n" type: "BN" bottom: "data" top: "n" }}')
    with h5py.File(tmp_path / "w.h5", "w") as file:
        for i in range(4):
            file[f"data/n/{i}"] = np.full((1, 2, 1, 1), i, "f4")
    model = read(tmp_path / "net.prototxt", options=ReadOptions(weights=tmp_path / "w.h5"))
    found = {key: tensor.numpy().ravel()[0] for key, tensor in model.weights.items()}
    assert found == {"n.gamma": 0, "n.beta": 1, "n_norm.mean": 2, "n_norm.variance": 3}


def hostile_links(path: Path, case: str) -> None:
    with h5py.File(path.with_name("other.h5"), "w") as file:
        file["data/two/0"] = np.eye(2)
    with h5py.File(path, "w") as file:
        if case == "the whole elsewhere":
            file["data"] = h5py.ExternalLink("other.h5", "/data")
        elif case == "a blob elsewhere":
            file.create_group("data/two")["0"] = h5py.ExternalLink("other.h5", "/data/two/0")
        elif case == "numbers elsewhere":
            file.create_group("data/two").create_dataset("0", (2, 2), "f4", external=[("other.h5", 0, 16)])
        elif case == "a view":
            layout = h5py.VirtualLayout((2, 2), "f4")
            layout[:] = h5py.VirtualSource("other.h5", "data/two/0", (2, 2))
            file.create_group("data/two").create_virtual_dataset("0", layout)
        elif case == "a group within itself":
            data = file.create_group("data")
            for i in range(30):
                data[f"loop{i}"] = data
        elif case == "texts":
            file.create_group("data/two")["0"] = "text"
        else:
            file.create_group("data/two")["0"] = h5py.Empty("f4")


LINKS = {
    "the whole elsewhere": "has no group 'data'",
    "a blob elsewhere": "there are no weights",
    "numbers elsewhere": "no plain array of numbers: /data/two/0",
    "a view": "no plain array of numbers: /data/two/0",
    "a group within itself": "has a group in two places",
    "texts": "no plain array of numbers: /data/two/0",
    "nothing": "no plain array of numbers: /data/two/0",
}


@pytest.mark.parametrize("case", LINKS)
def test_what_a_snapshot_does_not_hold_itself_is_not_read(case: str, net: Path, tmp_path: Path) -> None:
    hostile_links(tmp_path / "w.h5", case)
    assert LINKS[case] in refusal(net, tmp_path / "w.h5")
