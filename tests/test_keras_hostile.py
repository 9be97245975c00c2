"""Keras files that make no sense, or mean harm: a diagnostic, no traceback, and soon."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from ir import TranslationError
from tests.test_keras_eras import functional, layer, placed, sequential, stored
from translator import ReadOptions, check, read, write

IMAGE = {"batch_input_shape": [None, 8, 8, 4]}
STEPS = {"batch_input_shape": [None, 5, 4]}
RICH = [
    sequential(
        layer("Conv2D", "a", **IMAGE, filters=4, kernel_size=[3, 3], strides=[1, 1], padding="same", activation="relu"),
        layer("SeparableConv2D", "b", filters=4, kernel_size=3, depth_multiplier=1, padding="same"),
        layer("Conv2DTranspose", "c", filters=4, kernel_size=3, strides=2, padding="same"),
        layer("ZeroPadding2D", "d", padding=[1, 2]),
        layer("Cropping2D", "e", cropping=[[1, 1], [0, 1]]),
        layer("MaxPooling2D", "f", pool_size=[2, 2], strides=None, padding="valid", data_format="channels_last"),
        layer("BatchNormalization", "g", axis=[3], epsilon=0.001, momentum=0.9, mode=0),
        layer("PReLU", "h", shared_axes=[1, 2]),
        layer("UpSampling2D", "i", size=[2, 2], interpolation="nearest"),
        layer("Permute", "j", dims=[2, 1, 3]),
        layer("Reshape", "k", target_shape=[-1, 4]),
        layer("UpSampling1D", "l", size=2),
        layer("GlobalAveragePooling1D", "m", keepdims=False),
        layer("LeakyReLU", "n", alpha=0.1),
        layer("RepeatVector", "o", n=3),
        layer("Softmax", "p", axis=-1),
        layer("Dropout", "q", rate=0.5),
    ),
    sequential(
        layer(
            "Bidirectional", "a", **STEPS, merge_mode="sum", layer=layer("LSTM", "w", units=3, return_sequences=True)
        ),
        layer("TimeDistributed", "b", layer=layer("Dense", "w", units=3, activation="tanh")),
        layer("TimeDistributed", "c", layer=layer("Flatten", "w")),
        layer("GRU", "d", units=3, activation="tanh", recurrent_activation="hard_sigmoid", go_backwards=True),
    ),
    sequential(
        layer(
            "Merge",
            "a",
            mode="concat",
            concat_axis=-1,
            layers=[{"class_name": "Sequential", "config": [layer("Dense", "w", input_dim=4, output_dim=2)]}],
        ),
        layer("Convolution1D", "b", nb_filter=2, filter_length=1, subsample_length=1, border_mode="same"),
        version="1.2.2",
    ),
    functional(
        placed(layer("InputLayer", "x", **STEPS)),
        placed(layer("Dense", "y", units=4), [["x", 0, 0, {}]], [["y", 0, 0, {}]]),
        placed(layer("Add", "z"), [["y", 0, 0, {}], ["y", 1, 0, {}]]),
        inputs=[["x", 0, 0]],
        outputs=[["z", 0, 0]],
    ),
    {
        "module": "keras",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "net",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "name": "x", "inbound_nodes": []},
                {
                    "module": "keras.src.ops.numpy",
                    "class_name": "Add",
                    "config": {"name": "y"},
                    "name": "y",
                    "inbound_nodes": [
                        {
                            "args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}, 2.0],
                            "kwargs": {},
                        }
                    ],
                },
                {
                    "module": "keras.src.ops.numpy",
                    "class_name": "Transpose",
                    "config": {"name": "z", "axes": [0, 1]},
                    "name": "z",
                    "inbound_nodes": [
                        {
                            "args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["y", 0, 0]}}],
                            "kwargs": {},
                        }
                    ],
                },
            ],
            "input_layers": ["x", 0, 0],
            "output_layers": ["z", 0, 0],
        },
    },
]
ODD = [
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    1 << 62,
    "",
    "x",
    "\x00",
    [],
    [[]],
    {},
    [None, -3],
    {"class_name": "Dense"},
    [1, 2, 3, 4, 5],
    float("inf"),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


@pytest.mark.parametrize("number", range(len(RICH)))
def test_what_the_other_tests_are_made_of_is_sound(number: int) -> None:
    data = json.dumps(RICH[number]).encode()
    if number != 3:
        read("net.json", data=data)


@pytest.mark.parametrize("number", range(len(RICH)))
def test_any_value_in_any_place_is_read_or_told(number: int) -> None:
    for path in list(places(RICH[number])):
        for odd in ODD:
            document = copy.deepcopy(RICH[number])
            within = document
            for key in path[:-1]:
                within = within[key]
            within[path[-1]] = odd
            with contextlib.suppress(TranslationError):
                write(read("net.json", data=json.dumps(document).encode(), format="keras-json"), "design")


MILLION = 1_000_000
TEXTS = {
    "depth": (b'{"class_name": "Sequential", "config": ' + b"[" * MILLION, "nests deeper than 64 levels"),
    "values": (b'{"class_name": ' + b"1," * 3 * MILLION, "holds more than"),
    "half a text": (b'{"class_name": "Sequential", "config": [', "is not JSON"),
    "a key twice, and no end": (b'{"class_name": 1, "class_name": 2}]', "is not JSON"),
    "a number": (b'{"class_name": "Sequential", "config": 7}', "holds no layers"),
    "a class of its own": (b'{"class_name": "MyModel", "config": {"depth": 3}}', "is a class of its own"),
    "a Graph": (b'{"class_name": "Graph", "config": {"node_config": []}}', "a class of its own"),
}


def told(path: Path, weights: Path | None = None) -> str:
    """Return what the first error says of a file."""
    with pytest.raises(TranslationError) as caught:
        read(path, options=ReadOptions(weights=weights))
    assert len(str(caught.value)) < 3000
    return str(caught.value)


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_no_model_is_told_shortly(case: str, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_bytes(TEXTS[case][0])
    errors = [each for each in check(tmp_path / "net.json") if each.severity == "error"]
    assert TEXTS[case][1] in errors[0].message
    assert len(errors) == 1


DENSE = sequential(layer("Dense", "d", batch_input_shape=[None, 4], units=3))


def test_a_cycle_is_told() -> None:
    config = functional(
        placed(layer("InputLayer", "x", batch_input_shape=[None, 4])),
        placed(layer("Add", "a"), [["x", 0, 0], ["b", 0, 0]]),
        placed(layer("Activation", "b", activation="relu"), [["a", 0, 0]]),
        inputs=[["x", 0, 0]],
        outputs=[["b", 0, 0]],
    )
    with pytest.raises(TranslationError, match="waits for what it gives itself"):
        read("net.json", data=json.dumps(config).encode())


def test_weights_alone_are_told_to_lack_a_model(tmp_path: Path) -> None:
    path = stored(tmp_path / "net.h5", {"d": [np.zeros((4, 3)), np.zeros(3)]})
    assert "holds weights alone" in told(path)


def test_a_file_that_ends_early_is_told(tmp_path: Path) -> None:
    whole = stored(tmp_path / "net.h5", {"d": [np.zeros((4, 3)), np.zeros(3)]}, DENSE).read_bytes()
    for length in (9, 100, 600, len(whole) // 2, len(whole) - 8):
        (tmp_path / "part.h5").write_bytes(whole[:length])
        assert "damaged" in told(tmp_path / "part.h5")


def _compressed(file: Any) -> None:
    file["model_weights/d"].create_dataset("k", data=np.zeros((4, 3)), compression="gzip")


def _elsewhere(file: Any) -> None:
    file["model_weights/d/k"] = h5py.ExternalLink("/etc/hostname", "/x")


def _round(file: Any) -> None:
    file["model_weights/d/k"] = h5py.SoftLink("/model_weights/d")


def _text(file: Any) -> None:
    file["model_weights/d"].create_dataset("k", data=b"text")


def _claimed(file: Any) -> None:
    file["model_weights/d"].create_dataset("k", shape=(1 << 40, 1 << 20), dtype="float32", chunks=(1 << 10, 1 << 10))


@pytest.mark.parametrize("change", [_compressed, _elsewhere, _round, _text, _claimed, None])
def test_arrays_that_are_not_in_the_file_as_they_are_are_refused(change: Any, tmp_path: Path) -> None:
    path = stored(tmp_path / "net.h5", {"d": []}, DENSE)
    with h5py.File(path, "r+") as file:
        file["model_weights/d"].attrs["weight_names"] = [b"k"]
        if change is not None:
            change(file)
    assert "error[weights]" in told(path)


@pytest.mark.parametrize("arrays", [[np.zeros((4, 3))], [np.zeros((3, 4)), np.zeros(3)], [np.zeros((4, 3))] * 3])
def test_arrays_that_do_not_fit_are_refused(arrays: list[Any], tmp_path: Path) -> None:
    assert "error[weights]" in told(stored(tmp_path / "net.h5", {"d": arrays}, DENSE))


def archive(path: Path, compression: int, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name.replace("_json", ".json").replace("weights_h5", "weights.h5"), content)
    return path


def test_an_archive_is_not_unpacked_beyond_what_a_text_may_be(tmp_path: Path) -> None:
    bomb = archive(tmp_path / "net.keras", zipfile.ZIP_DEFLATED, config_json=b" " * (80 << 20), metadata_json=b"{}")
    assert "too large" in told(bomb)


def test_weights_that_are_compressed_in_an_archive_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    h5py.File(buffer, "w").close()
    members = {"config_json": json.dumps(DENSE).encode(), "metadata_json": b"{}"}
    path = archive(tmp_path / "net.keras", zipfile.ZIP_DEFLATED, **members, **{"model.weights_h5": buffer.getvalue()})
    assert "compressed" in told(path)


def test_an_archive_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.keras").write_bytes(b"PK\x03\x04" + b"x" * 100)
    assert "no archive of Keras" in told(tmp_path / "net.keras")


def test_changed_bytes_are_read_or_told(tmp_path: Path) -> None:
    whole = stored(tmp_path / "net.h5", {"d": [np.zeros((4, 3), "f4"), np.zeros(3, "f4")]}, DENSE).read_bytes()
    write(read(tmp_path / "net.h5"), "keras", tmp_path / "net.keras")
    rng = np.random.default_rng(0)
    for name, content in (("net.h5", whole), ("net.keras", (tmp_path / "net.keras").read_bytes())):
        for _ in range(200):
            changed = bytearray(content)
            for place in rng.integers(len(content), size=4):
                changed[place] = rng.integers(256)
            (tmp_path / name).write_bytes(bytes(changed))
            with contextlib.suppress(TranslationError):
                [tensor.numpy() for tensor in read(tmp_path / name).weights.values()]


def test_many_layers_of_one_name_take_no_long() -> None:
    config = sequential(*(layer("Flatten", "f", batch_input_shape=[None, 4]) for _ in range(20_000)))
    start = time.monotonic()
    assert len(read("net.json", data=json.dumps(config).encode()).graph.nodes) == 20_000
    assert time.monotonic() - start < 60


def test_calls_within_calls_are_counted() -> None:
    inner: dict[str, Any] = layer("Activation", "y", activation="linear")
    for _ in range(4):
        nodes = [[["x" if i == 0 else "y", max(i - 1, 0), 0, {}]] for i in range(60)]
        one = placed(inner, *nodes)
        one["name"] = "y"
        inner = functional(
            placed(layer("InputLayer", "x", batch_input_shape=[None, 4])),
            one,
            inputs=[["x", 0, 0]],
            outputs=[["y", 59, 0]],
        )
        inner["config"]["name"] = "y"
    with pytest.raises(TranslationError, match="is one of more than 131072 calls"):
        read("net.json", data=json.dumps(inner).encode())


def test_a_file_on_which_the_library_of_hdf5_loops_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("translator.hdf5.PATIENCE", 1)
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        file.attrs["keras_version"], file.attrs["model_config"] = "2.0", "{}"
    data = bytearray(made.getvalue())
    data[data.find(b"GCOL") + 24] = 0  # The size of the first text, after which the next would stand.
    path = tmp_path / "net.h5"
    path.write_bytes(data)
    with pytest.raises(TranslationError, match="cannot be read through"):
        read(path)
    with pytest.raises(TranslationError, match="cannot be read through"):
        read("net.h5", data=bytes(data))


def test_a_text_that_claims_to_be_larger_than_its_file_takes_no_memory(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["model_config"] = "x" * 100
    data = bytearray((tmp_path / "net.h5").read_bytes())
    held = data.index(b"GCOL").to_bytes(8, "little")  # Where it says that its text stands, and how long it is.
    at = data.index((100).to_bytes(4, "little") + held)
    data[at : at + 4] = (1 << 30).to_bytes(4, "little")
    (tmp_path / "net.h5").write_bytes(data)
    with pytest.raises(TranslationError, match="claims to hold more than its bytes are"):
        read(tmp_path / "net.h5")
