"""Models of TensorFlow.js: a JSON that lists its arrays, and their bytes in files beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Report, TranslationError
from tests.test_keras_eras import drawn, functional, layer, placed, sequential
from tests.test_keras_reader import Array, close, run
from translator import ReadOptions, read

DENSE = layer("Dense", "d", batch_input_shape=[None, 4], units=3)


def written(folder: Path, config: Any, arrays: dict[str, Array], sizes: tuple[int, ...] = (), **more: Any) -> Path:
    """Write a model as TensorFlow.js does, its bytes cut into files of some sizes; `more` is said of each array."""
    data, names = b"".join(each.tobytes() for each in arrays.values()), []
    for i, size in enumerate((*sizes, len(data))):
        names.append(f"group1-shard{i + 1}of{len(sizes) + 1}.bin")
        (folder / names[-1]).write_bytes(data[:size])
        data = data[size:]
    listed = [{"name": name, "shape": each.shape, "dtype": "float32", **more} for name, each in arrays.items()]
    document = {
        "format": "layers-model",
        "modelTopology": config,
        "weightsManifest": [{"paths": names, "weights": listed}],
    }
    (folder / "model.json").write_text(json.dumps(document))
    return folder / "model.json"


def computed(file: Path, x: Array) -> Array:
    report = Report()
    model = read(file, options=ReadOptions(on_unknown="error"), report=report)
    assert list(report) == []
    return run(model, {model.graph.inputs[0].name: x}, file.parent)[0]


def dense(kernel: Array, bias: Array) -> dict[str, Array]:
    return {"d/kernel": kernel, "d/bias": bias}


@pytest.mark.parametrize("sizes", [(), (7, 30)], ids=["one file", "three files"])
def test_arrays_lie_one_behind_the_other(sizes: tuple[int, ...], tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 4), drawn(4, 3), drawn(3)
    close(computed(written(tmp_path, sequential(DENSE), dense(kernel, bias), sizes), x), x @ kernel + bias)


def test_what_is_not_trained_stands_behind_and_names_tell_whose_it_is(tmp_path: Path) -> None:
    x, first, last = drawn(2, 4), drawn(4, 3), drawn(3, 2)
    gamma, beta, mean, variance = drawn(3), drawn(3), drawn(3), np.abs(drawn(3)) + 1
    head = sequential(layer("Dense", "head", batch_input_shape=[None, 3], units=2, use_bias=False))
    config = functional(
        placed(layer("InputLayer", "x", batch_input_shape=[None, 4])),
        placed(layer("Dense", "d", units=3, use_bias=False, trainable=False), [["x", 0, 0, {}]]),
        placed(layer("BatchNormalization", "n", epsilon=1e-3), [["d", 0, 0, {}]]),
        {**head, "name": "inner", "inbound_nodes": [[["n", 0, 0, {}]]]},
        inputs=[["x", 0, 0]],
        outputs=[["inner", 1, 0]],
    )
    arrays = {"inner/head/kernel": last, "n/gamma": gamma, "n/beta": beta, "d/kernel": first}
    arrays |= {"n/moving_mean": mean, "n/moving_variance": variance}
    wanted = ((x @ first - mean) / np.sqrt(variance + 1e-3) * gamma + beta) @ last
    close(computed(written(tmp_path, config, arrays), x), wanted)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float16"])
def test_arrays_in_fewer_bits_stand_for_others(kind: str, tmp_path: Path) -> None:
    x, scale, least = drawn(2, 4), 0.01, -1.5
    whole = np.random.default_rng(3).integers(0, 200, 15)
    stored = (whole / 64 if kind == "float16" else whole).astype(kind)
    said = {"dtype": kind} | ({} if kind == "float16" else {"scale": scale, "min": least, "original_dtype": "float32"})
    file = written(tmp_path, sequential(DENSE), dense(stored[:12].reshape(4, 3), stored[12:]), quantization=said)
    values = stored.astype("float32") if kind == "float16" else stored * scale + least
    close(computed(file, x), x @ values[:12].reshape(4, 3) + values[12:])


def test_files_that_are_not_there_are_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, sequential(DENSE), dense(drawn(4, 3), drawn(3)))
    (tmp_path / "group1-shard1of1.bin").unlink()
    report = Report()
    assert not read(file, report=report).weights
    assert [each.code for each in report] == ["missing-weights"]
    assert "group1-shard1of1.bin" in next(iter(report)).message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("group1-shard1of1.bin", "../group1-shard1of1.bin", "which is not beside it"),
        ('"shape": [4, 3]', '"shape": [4, 9]', "lists 156 bytes, and has 60"),
        ('"shape": [4, 3]', '"shape": [-4, 3]', "no shape of d/kernel"),
        ('"dtype": "float32"', '"dtype": "string"', "numbers of the type 'string'"),
        ('"name": "d/kernel"', '"name": 3', "an array without a name"),
    ],
)
def test_a_list_that_makes_no_sense_is_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    file = written(tmp_path, sequential(DENSE), dense(drawn(4, 3), drawn(3)))
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(TranslationError, match=told):
        read(file)


def test_two_layers_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    inner = sequential(layer("Dense", "d", batch_input_shape=[None, 4], units=4))
    arrays = {"d/kernel": drawn(4, 4), "d/bias": drawn(4)}
    with pytest.raises(TranslationError, match="2 layers are named d"):
        read(written(tmp_path, sequential(inner, inner), arrays))


@pytest.mark.parametrize(
    ("topology", "told"),
    [(None, "holds weights alone"), ({"node": [], "versions": {}}, "a graph of TensorFlow's operators")],
)
def test_what_holds_no_layers_is_told(topology: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match=told):
        read(written(tmp_path, topology, dense(drawn(4, 3), drawn(3))), format="keras-json")
