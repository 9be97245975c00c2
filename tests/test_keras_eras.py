"""What Keras 0, 1 and 2 meant by their words and arrays, by fixtures in the form of each, against numpy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from ir import Report, TranslationError
from ir import layers as L
from ir.layers import Custom
from tests.numpy_layers import compute
from tests.test_keras_reader import Array, close, run
from translator import ReadOptions, read, translate

RNG = np.random.default_rng(11)


def drawn(*shape: int) -> Array:
    return RNG.standard_normal(shape).astype("float32")


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


def sequential(*layers: Any, version: str = "2.1.0", backend: str = "tensorflow") -> dict[str, Any]:
    return {"class_name": "Sequential", "config": list(layers), "keras_version": version, "backend": backend}


def stored(path: Path, arrays: dict[str, list[Array]], config: Any = None, **attributes: str) -> Path:
    """Write weights as Keras 1 and 2 did, and the architecture with them if there is one."""
    with h5py.File(path, "w") as file:
        group = file
        if config is not None:
            file.attrs["model_config"] = json.dumps(config).encode()
            group = file.create_group("model_weights")
        file.attrs.update({key: value.encode() for key, value in attributes.items()})
        group.attrs["layer_names"] = [name.encode() for name in arrays]
        for name, values in arrays.items():
            own = group.create_group(name)
            names = [f"{name}/array_{i}:0" for i in range(len(values))]
            own.attrs["weight_names"] = [each.encode() for each in names]
            for each, value in zip(names, values, strict=True):
                own[each] = value
    return path


def computed(config: Any, x: Any, folder: Path, arrays: dict[str, list[Array]] | None = None, **attributes: str) -> Any:
    """Read an architecture with its arrays, run it, and return its outputs; nothing of it may be unknown."""
    (folder / "net.json").write_text(json.dumps(config))
    weights = stored(folder / "net.h5", arrays, **attributes) if arrays is not None else None
    model = read(folder / "net.json", options=ReadOptions(weights=weights, on_unknown="error"))
    given = x if isinstance(x, list) else [x]
    found = run(model, dict(zip((each.name for each in model.graph.inputs), given, strict=True)), folder)
    return found if len(found) > 1 else found[0]


OLD_CONVOLUTION = {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": "valid", "subsample": [2, 1], "bias": True}


def convolved(x: Array, kernel: Array, bias: Array) -> Array:
    return compute(L.Conv2D(filters=4, kernel=(3, 2), stride=(2, 1)), [x], {"kernel": kernel, "bias": bias})[0]


def test_keras_1_on_theano_turned_its_kernels_round(tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 3, 9, 7), drawn(4, 3, 3, 2), drawn(4)
    config = sequential(
        layer("Convolution2D", "c", batch_input_shape=[None, 3, 9, 7], dim_ordering="th", **OLD_CONVOLUTION),
        version="1.2.2",
        backend="theano",
    )
    found = computed(config, x, tmp_path, {"c": [kernel, bias]}, keras_version="1.2.2", backend="theano")
    close(found, convolved(x, kernel[:, :, ::-1, ::-1], bias))


def test_theano_is_assumed_where_channels_are_first_and_told(tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 3, 9, 7), drawn(4, 3, 3, 2), drawn(4)
    one = layer("Convolution2D", "c", batch_input_shape=[None, 3, 9, 7], dim_ordering="th", **OLD_CONVOLUTION)
    (tmp_path / "n.json").write_text(json.dumps({"class_name": "Sequential", "config": [one]}))
    report = Report()
    options = ReadOptions(weights=stored(tmp_path / "n.h5", {"c": [kernel, bias]}))
    model = read(tmp_path / "n.json", options=options, report=report)
    assert [each.code for each in report] == ["assumed-value"]
    close(run(model, {"c_input": x}, tmp_path)[0], convolved(x, kernel[:, :, ::-1, ::-1], bias))


def test_keras_1_on_tensorflow_has_kernels_as_today(tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 9, 7, 3), drawn(3, 2, 3, 4), drawn(4)
    one = layer("Convolution2D", "c", batch_input_shape=[None, 9, 7, 3], dim_ordering="tf", **OLD_CONVOLUTION)
    found = computed(sequential(one, version="1.1.0", backend=""), x, tmp_path, {"c": [kernel, bias]})
    close(found, convolved(x.transpose(0, 3, 1, 2), kernel.transpose(3, 2, 0, 1), bias))


@pytest.mark.parametrize(("stride", "codes"), [(1, []), (2, ["assumed-value"])])
def test_borders_of_theano_are_assumed_and_told_where_they_differ(stride: int, codes: list[str]) -> None:
    fields = {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "border_mode": "same", "subsample": [stride, stride]}
    one = layer("Convolution2D", "c", batch_input_shape=[None, 3, 8, 8], dim_ordering="th", **fields)
    report = Report()
    data = json.dumps({"class_name": "Sequential", "config": [one]}).encode()
    model = read("net.json", data=data, report=report)
    assert [each.code for each in report] == codes
    assert model.graph.nodes[0].layer == L.Conv2D(filters=4, kernel=3, stride=stride, pad=1)


@pytest.mark.parametrize("backend", ["theano", "tensorflow"])
def test_keras_2_turns_kernels_that_theano_trained(backend: str, tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 3, 9, 7), drawn(3, 2, 3, 4), drawn(4)
    fields = {"filters": 4, "kernel_size": [3, 2], "strides": [2, 1], "padding": "valid"}
    one = layer("Conv2D", "c", batch_input_shape=[None, 3, 9, 7], data_format="channels_first", **fields)
    arrays = {"c": [kernel, bias]}
    found = computed(sequential(one), x, tmp_path, arrays, keras_version="2.1.0", backend=backend)
    used = kernel[::-1, ::-1] if backend == "theano" else kernel
    close(found, convolved(x, used.transpose(3, 2, 0, 1), bias))


def test_a_convolution_of_keras_1_along_a_sequence_has_a_kernel_of_four_axes(tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 8, 3), drawn(4, 1, 3, 5), drawn(5)
    fields = {"nb_filter": 5, "filter_length": 4, "border_mode": "valid", "subsample_length": 2}
    one = layer("Convolution1D", "c", batch_input_shape=[None, 8, 3], **fields)
    found = computed(sequential(one, version="1.2.0"), x, tmp_path, {"c": [kernel, bias]}, backend="tensorflow")
    weights = {"kernel": kernel[:, 0].transpose(2, 1, 0), "bias": bias}
    (wanted,) = compute(L.Conv1D(filters=5, kernel=4, stride=2), [x.transpose(0, 2, 1)], weights)
    close(found, wanted)


def test_an_lstm_of_keras_1_has_twelve_arrays_and_its_own_hard_sigmoid(tmp_path: Path) -> None:
    x = drawn(2, 5, 4)
    gates = {name: (drawn(4, 3), drawn(3, 3), drawn(3)) for name in "icfo"}
    one = layer(
        "LSTM", "l", batch_input_shape=[None, 5, 4], output_dim=3, inner_activation="hard_sigmoid", activation="tanh"
    )
    arrays = {"l": [each for name in "icfo" for each in gates[name]]}
    found = computed(sequential(one, version="1.0.3"), x, tmp_path, arrays)
    kernel, recurrent, bias = (np.concatenate([gates[name][i] for name in "ifco"], axis=-1) for i in range(3))
    weights = {"kernel": kernel.T, "recurrent_kernel": recurrent.T, "bias": bias}
    (wanted,) = compute(L.LSTM(units=3, gate="hard_sigmoid", slope=0.2), [x], weights)
    close(found, wanted)


@pytest.mark.parametrize(("version", "slope"), [("1.2.2", 0.2), ("2.2.4", 0.2), ("3.0.1", 1 / 6)])
def test_hard_sigmoid_has_the_slope_of_its_time(version: str, slope: float, tmp_path: Path) -> None:
    x = np.linspace(-4, 4, 12, dtype="float32").reshape(2, 6)
    one = layer("Activation", "a", batch_input_shape=[None, 6], activation="hard_sigmoid")
    close(computed(sequential(one, version=version), x, tmp_path), np.clip(slope * x + 0.5, 0, 1))


@pytest.mark.parametrize("said", [True, False])
def test_flatten_puts_channels_last_where_it_says_its_layout(said: bool, tmp_path: Path) -> None:
    x = drawn(2, 3, 4, 5)
    fields = {"data_format": "channels_first"} if said else {}
    pool = {"pool_size": [1, 1], "strides": [1, 1], "data_format": "channels_first", "padding": "valid"}
    config = sequential(
        layer("MaxPooling2D", "p", batch_input_shape=[None, 3, 4, 5], **pool), layer("Flatten", "f", **fields)
    )
    wanted = x.transpose(0, 2, 3, 1) if said else x
    close(computed(config, x, tmp_path), wanted.reshape(2, -1))


@pytest.mark.parametrize(
    ("padding", "sides"),
    [([3, 1], ((3, 3), (1, 1))), ([[0, 1], [2, 0]], ((0, 1), (2, 0))), ([1, 2, 3, 0], ((1, 2), (3, 0)))],
)
def test_a_border_is_read_in_all_its_forms(padding: Any, sides: Any, tmp_path: Path) -> None:
    x = drawn(2, 4, 5, 3)
    one = layer("ZeroPadding2D", "z", batch_input_shape=[None, 4, 5, 3], padding=padding)
    found = computed(sequential(one), x, tmp_path)
    close(found.transpose(0, 2, 3, 1), np.pad(x, ((0, 0), *sides, (0, 0))))


def test_same_puts_the_odd_pixel_behind_by_the_size_of_the_image(tmp_path: Path) -> None:
    x, kernel = drawn(2, 6, 7, 2), drawn(3, 3, 2, 4)
    fields = {"filters": 4, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "use_bias": False}
    one = layer("Conv2D", "c", batch_input_shape=[None, 6, 7, 2], data_format="channels_last", **fields)
    found = computed(sequential(one), x, tmp_path, {"c": [kernel]}, keras_version="2.0.0", backend="tensorflow")
    ours = L.Conv2D(filters=4, kernel=3, stride=2, pad=((0, 1), (1, 1)), bias=False)
    close(found, compute(ours, [x.transpose(0, 3, 1, 2)], {"kernel": kernel.transpose(3, 2, 0, 1)})[0])


def test_same_with_a_stride_on_no_certain_size_is_not_guessed(tmp_path: Path) -> None:
    fields = {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}
    one = layer("Conv2D", "c", batch_input_shape=[None, None, None, 2], **fields)
    report = Report()
    model = read("net.json", data=json.dumps(sequential(one)).encode(), report=report)
    assert isinstance(model.graph.nodes[0].layer, Custom)
    assert [each.code for each in report] == ["unknown-layer"]


MERGED = {
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) / 2,
    "max": np.maximum,
    "concat": lambda a, b: np.concatenate([a, b], 1),
    "dot": lambda a, b: (a * b).sum(1, keepdims=True),
}


@pytest.mark.parametrize("mode", MERGED)
def test_merge_of_keras_1_joins_its_branches(mode: str, tmp_path: Path) -> None:
    a, b, kernel, bias = drawn(2, 4), drawn(2, 4), drawn(4, 4), drawn(4)
    first = sequential(layer("Dense", "d", batch_input_shape=[None, 4], output_dim=4, activation="tanh"))
    second = sequential(layer("Activation", "s", batch_input_shape=[None, 4], activation="linear"))
    branches = [{key: each[key] for key in ("class_name", "config")} for each in (first, second)]
    one = layer("Merge", "m", layers=branches, mode=mode, concat_axis=1, dot_axes=[1, 1])
    found = computed(sequential(one, version="1.2.2"), [a, b], tmp_path, {"d": [kernel, bias]})
    close(found, MERGED[mode](np.tanh(a @ kernel + bias), b))


def test_keras_0_names_classes_within_their_fields(tmp_path: Path) -> None:
    x, kernel, bias = drawn(2, 4), drawn(4, 3), drawn(3)
    config = {
        "name": "Sequential",
        "loss": "mse",
        "layers": [
            {"name": "Dense", "output_dim": 3, "input_shape": [4], "init": "uniform", "activation": "linear"},
            {"name": "Activation", "beta": 0.1, "target": 0, "activation": "relu"},
            {"name": "Dropout", "p": 0.5},
        ],
    }
    close(computed(config, x, tmp_path, {"dense_1": [kernel, bias]}), np.maximum(x @ kernel + bias, 0))


FORMS = {
    "TensorFlow.js": lambda model: {"modelTopology": {"keras_version": "2.1.6", "model_config": model}},
    "a document of somebody's own": lambda model: {
        "architecture": model,
        "optimizer": {"class_name": "SGD", "config": {"lr": 0.1}},
        "input_shapes": [[4]],
    },
    "a text within a text": json.dumps,
    "Sequential with its layers in an object": lambda model: {**model, "config": {"layers": model["config"]}},
}


@pytest.mark.parametrize("form", FORMS)
def test_wrappings_are_taken_off(form: str, tmp_path: Path) -> None:
    x = drawn(2, 4)
    config = sequential(layer("Activation", "a", batch_input_shape=[None, 4], activation="relu"))
    close(computed(FORMS[form](config), x, tmp_path), np.maximum(x, 0))


def functional(*layers: Any, inputs: Any, outputs: Any) -> dict[str, Any]:
    config = {"name": "net", "layers": list(layers), "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Model", "config": config, "keras_version": "2.1.0", "backend": "tensorflow"}


def placed(entry: dict[str, Any], *nodes: Any) -> dict[str, Any]:
    return {**entry, "name": entry["config"]["name"], "inbound_nodes": list(nodes)}


def test_a_layer_that_is_called_twice_has_one_set_of_weights(tmp_path: Path) -> None:
    a, b, kernel, bias = drawn(2, 4), drawn(2, 4), drawn(4, 3), drawn(3)
    config = functional(
        placed(layer("Dense", "d", units=3), [["a", 0, 0, {}]], [["b", 0, 0, {}]]),
        placed(layer("InputLayer", "b", batch_input_shape=[None, 4])),
        placed(layer("InputLayer", "a", batch_input_shape=[None, 4])),
        placed(layer("Subtract", "s"), [["d", 0, 0, {}], ["d", 1, 0, {}]]),
        inputs=[["a", 0, 0], ["b", 0, 0]],
        outputs=[["s", 0, 0]],
    )
    close(computed(config, [a, b], tmp_path, {"d": [kernel, bias]}, keras_version="2.1.0"), (a - b) @ kernel)


def test_a_model_within_another_has_what_is_not_trained_behind(tmp_path: Path) -> None:
    x, kernel, gamma, beta, mean = drawn(2, 4), drawn(4, 3), drawn(3), drawn(3), drawn(3)
    variance = abs(drawn(3)) + 0.5
    inner = sequential(
        layer("BatchNormalization", "n", batch_input_shape=[None, 3], axis=-1, epsilon=0.001),
        layer("Dense", "last", units=2, use_bias=False),
    )
    last = drawn(3, 2)
    config = sequential(
        layer("Dense", "d", batch_input_shape=[None, 4], units=3, use_bias=False),
        {"class_name": "Sequential", "config": inner["config"], "name": "inner"},
    )
    config["config"][1]["config"] = {"name": "inner", "layers": inner["config"]}
    arrays = {"d": [kernel], "inner": [gamma, beta, last, mean, variance]}
    found = computed(config, x, tmp_path, arrays, keras_version="2.2.4", backend="tensorflow")
    close(found, (gamma * (x @ kernel - mean) / np.sqrt(variance + 0.001) + beta) @ last)


CARRIED = {
    "a Lambda": layer("Lambda", "u", function=["4wEAAAAAAAAA", None, None], function_type="lambda"),
    "a class of another": layer("MyOwn", "u", depth=3),
    "a normalisation by the sample": layer("BatchNormalization", "u", mode=1, epsilon=1e-5),
    "a gap that is not read": layer("ConvLSTM2D", "u", filters=2, kernel_size=3),
    "an unknown function": layer("Dense", "u", units=4, activation="my_function"),
}


@pytest.mark.parametrize("case", CARRIED)
def test_what_cannot_be_said_exactly_is_carried_and_told(case: str) -> None:
    config = sequential(layer("Dropout", "d", batch_input_shape=[None, 4], rate=0.5), CARRIED[case], version="1.2.2")
    report = Report()
    model = read("net.json", data=json.dumps(config).encode(), report=report)
    assert [type(node.layer) for node in model.graph.nodes] == [L.Dropout, Custom]
    assert [each.code for each in report] == ["unknown-layer"]
    with pytest.raises(TranslationError, match="unknown-layer"):
        read("net.json", data=json.dumps(config).encode(), options=ReadOptions(on_unknown="error"))


def test_steps_of_no_known_number_are_told_with_how_to_give_them() -> None:
    images = layer("ConvLSTM2D", "u", batch_input_shape=[None, None, 6, 6, 1], filters=2, kernel_size=3, padding="same")
    images["config"]["return_sequences"] = True
    config = sequential(images, layer("BatchNormalization", "n"))
    report = Report()
    data = json.dumps(config).encode()
    model = read("net.json", data=data, report=report)
    assert [(each.code, "(N, ?, 6, 6, 2)" in each.message) for each in report] == [("unknown-layer", True)]
    (told,) = report
    assert (
        told.hint
        == f"with a number for each open size it may be known: --shape {model.graph.inputs[0].name}=N,SIZE,6,6,1"
    )
    given = ReadOptions(shapes={model.graph.inputs[0].name: (None, 3, 6, 6, 1)}, on_unknown="error")
    assert read("net.json", data=data, options=given).graph.nodes


def test_a_layer_over_time_is_told_which_words_count() -> None:
    words = layer("Embedding", "e", batch_input_shape=[None, 5], input_dim=9, output_dim=4, mask_zero=True)
    for kind, takes in (("LSTM", ["d", "e_mask"]), ("Conv1D", ["d"])):
        fields = {"units": 3} if kind == "LSTM" else {"filters": 3, "kernel_size": 2}
        report = Report()
        data = json.dumps(sequential(words, layer("Dropout", "d", rate=0.1), layer(kind, "l", **fields))).encode()
        last = read("net.json", data=data, report=report).graph.nodes[-1]
        assert [ref.node for ref in last.inputs] == takes
        assert getattr(last.layer, "masked", False) == (kind == "LSTM")
        assert [each.code for each in report] == []


@pytest.mark.parametrize("kind", ["ConvLSTM2D", "Attention"])
def test_a_layer_that_works_on_a_mask_and_is_not_known_with_one_is_carried(kind: str) -> None:
    words = layer("Embedding", "e", batch_input_shape=[None, 5], input_dim=9, output_dim=4, mask_zero=True)
    report = Report()
    model = read("net.json", data=json.dumps(sequential(words, layer(kind, "l"))).encode(), report=report)
    assert isinstance(model.graph.nodes[-1].layer, Custom)
    assert [each.code for each in report] == ["unknown-layer"]


def test_a_field_of_no_known_meaning_is_told() -> None:
    config = sequential(layer("Dense", "d", batch_input_shape=[None, 4], units=3, flavour="strong"))
    report = Report()
    read("net.json", data=json.dumps(config).encode(), report=report)
    assert [(each.code, "'flavour'" in each.message) for each in report] == [("unknown-field", True)]


def test_an_old_net_is_brought_to_keras_3(tmp_path: Path) -> None:
    import keras

    config = sequential(
        layer("Convolution2D", "c", batch_input_shape=[None, 3, 9, 7], dim_ordering="th", **OLD_CONVOLUTION),
        layer("Activation", "a", activation="relu"),
        layer("Flatten", "f"),
        layer("Dense", "d", output_dim=5, activation="softmax"),
        version="1.2.2",
    )
    (tmp_path / "old.json").write_text(json.dumps(config))
    translate(tmp_path / "old.json", "keras-json", tmp_path / "new.json")
    model = keras.models.model_from_json((tmp_path / "new.json").read_text())
    assert (model.input_shape, model.output_shape) == ((None, 9, 7, 3), (None, 5))
    weights = {"c": [drawn(4, 3, 3, 2), drawn(4)], "d": [drawn(4 * 4 * 6, 5), drawn(5)]}
    options = ReadOptions(weights=stored(tmp_path / "old.h5", weights, keras_version="1.2.2", backend="theano"))
    translate(tmp_path / "old.json", "keras", tmp_path / "new.keras", read_options=options)
    x = drawn(2, 3, 9, 7)
    image = np.maximum(convolved(x, weights["c"][0][:, :, ::-1, ::-1], weights["c"][1]), 0).reshape(2, -1)
    scores = np.exp(image @ weights["d"][0] + weights["d"][1])
    found = keras.models.load_model(tmp_path / "new.keras")(x.transpose(0, 2, 3, 1))
    close(np.log(np.asarray(found)), np.log(scores / scores.sum(1, keepdims=True)))


@pytest.mark.parametrize(("size", "kernel", "stride"), [(8, 3, 2), (9, 3, 2), (8, 2, 1), (7, 4, 3), (8, 3, 1)])
def test_same_of_theano_is_half_a_window_on_each_side(size: int, kernel: int, stride: int, tmp_path: Path) -> None:
    x, weights = drawn(2, 1, size, size), drawn(kernel, kernel, 1, 1)
    fields = {"filters": 1, "kernel_size": [kernel] * 2, "strides": [stride] * 2, "padding": "same", "use_bias": False}
    one = layer("Conv2D", "c", batch_input_shape=[None, 1, size, size], data_format="channels_first", **fields)
    attributes = {"keras_version": "2.0.8", "backend": "theano"}
    found = computed(sequential(one, backend="theano"), x, tmp_path, {"c": [weights]}, **attributes)
    half = kernel // 2
    wide = np.pad(x, ((0, 0), (0, 0), (half, half), (half, half)))
    ours = L.Conv2D(filters=1, kernel=kernel, stride=stride, bias=False)
    (wanted,) = compute(ours, [wide], {"kernel": weights[::-1, ::-1].transpose(3, 2, 0, 1)})
    count = -(-size // stride)
    close(found, wanted[:, :, :count, :count])


@pytest.mark.parametrize(("size", "pool", "stride"), [(8, 2, 2), (7, 2, 2), (8, 3, 2), (7, 3, 1), (9, 5, 3)])
def test_same_of_a_pooling_of_theano_starts_in_front_of_the_image(
    size: int, pool: int, stride: int, tmp_path: Path
) -> None:
    x = drawn(2, 1, size, size)
    fields = {"pool_size": [pool] * 2, "strides": [stride] * 2, "padding": "same", "data_format": "channels_first"}
    one = layer("MaxPooling2D", "p", batch_input_shape=[None, 1, size, size], **fields)
    found = computed(sequential(one, backend="theano"), x, tmp_path)
    pad = pool - 2 if pool > 2 and pool % 2 else pool - 1
    wide = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf)
    (wanted,) = compute(L.MaxPool2D(kernel=pool, stride=stride), [wide], {})
    count = -(-size // stride)
    close(found, wanted[:, :, :count, :count])


def test_lrn2d_of_keras_0_adds_up_over_channels(tmp_path: Path) -> None:
    x = drawn(2, 6, 3, 3)
    one = {"name": "LRN2D", "alpha": 0.5, "k": 2, "beta": 0.75, "n": 5, "input_shape": [6, 3, 3]}
    pool = {
        "name": "MaxPooling2D",
        "pool_size": [1, 1],
        "strides": [1, 1],
        "dim_ordering": "th",
        "border_mode": "valid",
    }
    found = computed({"name": "Sequential", "layers": [one, pool]}, x, tmp_path)
    squares = np.pad(x**2, ((0, 0), (2, 2), (0, 0), (0, 0)))
    close(found, x / (2 + 0.5 * sum(squares[:, i : i + 6] for i in range(5))) ** 0.75)


def test_what_follows_a_masking_is_told_which_steps_count() -> None:
    config = sequential(layer("Masking", "m", batch_input_shape=[None, 5, 4]), layer("LSTM", "l", units=3))
    report = Report()
    *_, scaled, last = read("net.json", data=json.dumps(config).encode(), report=report).graph.nodes
    assert [str(ref) for ref in scaled.inputs] == ["m_input", "m_mask"]
    assert (last.layer, [str(ref) for ref in last.inputs][1:]) == (
        L.LSTM(units=3, masked=True, gate="hard_sigmoid", slope=0.2),
        ["m_mask"],
    )
    assert [each.code for each in report] == []


@pytest.mark.parametrize("first", [0, 1])
def test_the_calls_of_a_model_within_another_count_behind_the_one_it_was_built_with(first: int, tmp_path: Path) -> None:
    a, b, kernel = drawn(2, 4), drawn(2, 4), drawn(4, 3)
    inner = sequential(layer("Dense", "d", units=3, use_bias=False, batch_input_shape=[None, 4]))["config"]
    within = {"class_name": "Sequential", "config": {"name": "inner", "layers": inner}, "name": "inner"}
    config = functional(
        placed(layer("InputLayer", "a", batch_input_shape=[None, 4])),
        placed(layer("InputLayer", "b", batch_input_shape=[None, 4])),
        {**within, "inbound_nodes": [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]},
        placed(layer("Subtract", "s"), [["inner", first, 0, {}], ["inner", first + 1, 0, {}]]),
        inputs=[["a", 0, 0], ["b", 0, 0]],
        outputs=[["s", 0, 0]],
    )
    close(computed(config, [a, b], tmp_path, {"inner": [kernel]}, keras_version="2.1.0"), (a - b) @ kernel)


def test_a_layer_without_a_bias_that_is_called_twice_is_written_once(tmp_path: Path) -> None:
    config = functional(
        placed(layer("InputLayer", "a", batch_input_shape=[None, 4])),
        placed(layer("InputLayer", "b", batch_input_shape=[None, 4])),
        placed(layer("Dense", "d", units=3, use_bias=False), [["a", 0, 0, {}]], [["b", 0, 0, {}]]),
        placed(layer("Subtract", "s"), [["d", 0, 0, {}], ["d", 1, 0, {}]]),
        inputs=[["a", 0, 0], ["b", 0, 0]],
        outputs=[["s", 0, 0]],
    )
    (tmp_path / "net.json").write_text(json.dumps(config))
    report = Report()
    written = translate(tmp_path / "net.json", "keras", report=report)
    assert not list(report)
    assert str(written).count("layers.Dense(") == 1


@pytest.mark.parametrize(("padding", "size"), [("valid", (19, 15)), ("same", (18, 14)), ("same", (17, 13))])
@pytest.mark.parametrize("last", [True, False])
def test_a_transposed_convolution_of_keras_1_gives_the_size_that_it_says(
    padding: str, size: tuple[int, int], last: bool, tmp_path: Path
) -> None:
    x, kernel, bias = drawn(2, 9, 7, 3), drawn(3, 3, 3, 4), drawn(4)
    said = [None, *size, 4] if last else [None, 4, *size]
    fields = {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "subsample": [2, 2], "border_mode": padding}
    image, order = ([None, 9, 7, 3], "tf") if last else ([None, 3, 9, 7], "th")
    one = layer("Deconvolution2D", "d", batch_input_shape=image, dim_ordering=order, output_shape=said, **fields)
    given, held = (x, kernel) if last else (x.transpose(0, 3, 1, 2), kernel.transpose(3, 2, 0, 1))
    config = sequential(one, version="1.2.2", backend="tensorflow")
    found = computed(config, given, tmp_path, {"d": [held, bias]}, keras_version="1.2.2", backend="tensorflow")
    wanted = of_tensorflow(x, kernel.transpose(0, 1, 3, 2), (2, *size, 4), padding.upper()) + bias
    close(found, wanted.transpose(0, 3, 1, 2))


def of_tensorflow(x: Array, kernel: Array, shape: tuple[int, ...], padding: str) -> Array:
    import tensorflow as tf

    found: Array = tf.nn.conv2d_transpose(x, kernel, shape, strides=2, padding=padding).numpy()
    return found
