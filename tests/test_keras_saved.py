"""Layers of Keras that are several of the catalogue's: built and saved by Keras, read, and run."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Report
from tests.test_keras_eras import computed, drawn, layer, sequential
from tests.test_keras_reader import close, run, saved
from translator import ReadOptions, read, write


def builders() -> dict[str, Any]:
    """Return functions that build models with Keras itself."""
    import keras
    from keras import layers, ops

    def sequence(*steps: Any, shape: tuple[int | None, ...]) -> Any:
        return lambda: keras.Sequential([keras.Input(shape), *(step() for step in steps)])

    def adapted() -> Any:
        seen = layers.Normalization()
        seen.adapt(np.random.default_rng(2).uniform(1, 5, (9, 4, 4, 3)))
        inner = keras.Sequential([keras.Input((4, 4, 3)), seen, layers.BatchNormalization(), layers.Conv2D(2, 3)])
        x = keras.Input((4, 4, 3))
        return keras.Model(x, layers.Flatten()(inner(x)))

    def cut_and_joined() -> Any:
        x = keras.Input((10, 4))
        last, some, first = x[:, -1, :], x[:, 2:7], x[..., 0]
        row = ops.squeeze(ops.expand_dims(last, 1), 1)
        both = ops.stack([last, row * 2.0], axis=1)
        one, other = ops.unstack(both, axis=1)
        turned = ops.swapaxes(x[:, ::-1], 1, 2)[:, :, ::4]
        return keras.Model(x, [some, first, ops.concatenate([one, other], axis=-1), turned])

    def worked_out() -> Any:
        x = keras.Input((5, 4))
        over, centred = ops.softmax(x, axis=1), x - ops.mean(x, axis=1, keepdims=True)
        lengths = [ops.sum(x, axis=1), ops.max(x, axis=1, keepdims=True), ops.mean(x, axis=1), ops.var(x, axis=1)]
        cut = ops.minimum(ops.maximum(x, 0.2), ops.leaky_relu(x, negative_slope=0.7))
        kept = [ops.log_softmax(x), ops.normalize(x, axis=-1), ops.maximum(ops.minimum(x, 0.3), 0.0), ops.elu(x, 0.3)]
        return keras.Model(x, [over, centred, *lengths, cut, *kept, ops.rsqrt(ops.abs(x) + 1.0), ops.argmax(x, 1)])

    def over_time() -> Any:
        inner = [layers.Conv2D(3, 3, activation="relu"), layers.BatchNormalization(), layers.GlobalAveragePooling2D()]
        model = keras.Sequential([keras.Input((5, 6, 2)), *inner])
        return keras.Sequential([keras.Input((4, 5, 6, 2)), layers.TimeDistributed(model), layers.GRU(3)])

    def dots() -> Any:
        a, b, c = keras.Input((4, 3)), keras.Input((5, 3)), keras.Input((3,))
        pairs = [([a, b], 2, False), ([a, b], (2, -1), True), ([a, c], (2, 1), False), ([c, b], (1, 2), False)]
        given = [layers.Dot(axes, normalize=unit)(each) for each, axes, unit in pairs]
        return keras.Model([a, b, c], given)

    def attending() -> Any:
        q, v, k = keras.Input((4, 3)), keras.Input((5, 3)), keras.Input((5, 3))
        plain, scaled = layers.Attention(), layers.Attention(use_scale=True)
        added, apart = layers.AdditiveAttention(), layers.AdditiveAttention(use_scale=False)
        behind = layers.Attention()([q, q], use_causal_mask=True)
        return keras.Model([q, v, k], [plain([q, v]), scaled([q, v, k]), added([q, v, k]), apart([q, v]), behind])

    def not_counted() -> Any:
        x = keras.Input((5, 2))
        some = layers.Masking()(layers.ReLU(threshold=0.5)(x))
        ways = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(some)
        once = layers.GRU(3, return_sequences=True, go_backwards=True, zero_output_for_mask=True)(some)
        again, state = layers.GRU(3, return_sequences=True, return_state=True)(some)
        last = layers.Bidirectional(layers.SimpleRNN(3, zero_output_for_mask=True), merge_mode="sum")(some)
        return keras.Model(x, [ways, once, again, state, last])

    def called_twice() -> Any:
        x, y, z = keras.Input((6, 5, 2)), keras.Input((4,)), keras.Input((60,))
        a, b = keras.Input((6, 5, 2)), keras.Input((4,))
        within = [layers.Dense(2)(layers.Flatten()(layers.Conv2D(3, 3)(a))), layers.Dense(2)(b)]
        inner, shared = keras.Model([b, a], within), layers.Dense(3)
        (one, same), (other, _) = inner([y, x]), inner([y, layers.ReLU()(x)])
        late, early = shared(layers.Flatten()(x)), shared(z)
        return keras.Model([x, y, z], [same, layers.Subtract()([one, other]), one, late, early])

    return {
        "steps that do not count": not_counted,
        "called twice, the later call first": called_twice,
        "a model for every step": over_time,
        "dots": dots,
        "attending": attending,
        "images over time": sequence(
            lambda: layers.ConvLSTM2D(3, 3, strides=2, padding="same", return_sequences=True, go_backwards=True),
            lambda: layers.ConvLSTM2D(2, 2, recurrent_activation="hard_sigmoid", use_bias=False),
            shape=(3, 6, 7, 2),
        ),
        "cells": sequence(
            lambda: layers.RNN(layers.LSTMCell(5), return_sequences=True),
            lambda: layers.RNN(layers.GRUCell(4), return_sequences=True, go_backwards=True),
            lambda: layers.RNN(layers.SimpleRNNCell(3)),
            shape=(5, 4),
        ),
        "normalised": sequence(
            lambda: layers.GroupNormalization(3),
            lambda: layers.GroupNormalization(-1, scale=False),
            lambda: layers.LayerNormalization(axis=(1, 2)),
            lambda: layers.LayerNormalization(axis=1, center=False),
            lambda: layers.UnitNormalization(),
            lambda: layers.RMSNormalization(),
            lambda: layers.Conv2D(2, 2),
            shape=(4, 5, 6),
        ),
        "a threshold": sequence(
            lambda: layers.ReLU(threshold=0.2, negative_slope=0.1, max_value=1.5), lambda: layers.Dense(3), shape=(6,)
        ),
        "cut and joined": cut_and_joined,
        "worked out": worked_out,
        "changed at random": sequence(
            lambda: layers.RandomFlip(),
            lambda: layers.RandomRotation(0.2),
            lambda: layers.RandomZoom(0.2),
            lambda: layers.RandomContrast(0.2),
            lambda: layers.Conv2D(2, 3),
            shape=(6, 6, 3),
        ),
        "adapted, within a model": adapted,
        "scaled by the channel": sequence(
            lambda: layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 0.5, 0.0]),
            lambda: layers.Rescaling([2.0, 3.0, 4.0], offset=0.5),
            lambda: layers.Rescaling(0.5, offset=[1.0, 2.0, 3.0]),
            lambda: layers.Normalization(mean=0.5, variance=4.0),
            lambda: layers.Conv2D(2, 3),
            shape=(6, 6, 3),
        ),
        "functions of today": sequence(
            *(partial(layers.Activation, name) for name in ("hard_tanh", "celu", "squareplus", "tanh_shrink")),
            lambda: layers.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d", activation="log_sigmoid"),
            lambda: layers.Activation("log_softmax"),
            shape=(5, 4),
        ),
        "functions over time": sequence(
            lambda: layers.LSTM(3, activation="elu", return_sequences=True),
            lambda: layers.GRU(4, activation="softsign", return_sequences=True),
            lambda: layers.SimpleRNN(3, activation="softplus"),
            shape=(5, 4),
        ),
        "the middle": sequence(lambda: layers.CenterCrop(3, 4), lambda: layers.Conv2D(2, 2), shape=(6, 7, 3)),
    }


BUILT = (
    "steps that do not count",
    "called twice, the later call first",
    "a model for every step",
    "dots",
    "attending",
    "images over time",
    "cells",
    "normalised",
    "a threshold",
    "cut and joined",
    "worked out",
    "changed at random",
    "adapted, within a model",
    "scaled by the channel",
    "functions of today",
    "functions over time",
    "the middle",
)
TOLD = {"changed at random": {"training-layer"}}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["net.keras", "net.h5", "net.weights.h5"])
@pytest.mark.parametrize("case", BUILT)
def test_what_keras_saves_is_read_to_compute_the_same(case: str, name: str, tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(3)
    built = builders()[case]()
    rng = np.random.default_rng(5)
    for each in built.weights:
        if "int" not in str(each.dtype):
            each.assign(rng.uniform(0.2, 0.6, each.shape))
    for each in built._flatten_layers():
        if isinstance(each, keras.layers.Normalization):
            each.finalize_state()
    path, weights = saved(built, name, tmp_path)
    report = Report()
    model = read(path, options=ReadOptions(weights=weights), report=report)
    assert {each.code for each in report} == TOLD.get(case, set())
    given = [rng.standard_normal((2, *each.shape[1:])).astype("float32") for each in built.inputs]
    truth = built(given if len(given) > 1 else given[0], training=False)
    found = run(model, dict(zip((each.name for each in model.graph.inputs), given, strict=True)), tmp_path)
    for a, b in zip(found, truth if isinstance(truth, (list, tuple)) else [truth], strict=True):
        wanted = keras.ops.convert_to_numpy(b)
        close(a if a.shape == wanted.shape else np.moveaxis(a, 1, -1), wanted)


def test_the_groups_that_tensorflow_writes_into_every_convolution_are_nothing_to_tell(tmp_path: Path) -> None:
    fields = {"kernel_size": 3, "groups": 1, "batch_input_shape": [None, 6, 6, 2], "use_bias": False}
    (tmp_path / "net.json").write_text(json.dumps(sequential(layer("DepthwiseConv2D", "d", **fields))))
    report = Report()
    read(tmp_path / "net.json", report=report)
    assert not list(report)


def test_normalization_has_two_arrays_and_a_count_that_is_not_read(tmp_path: Path) -> None:
    x, mean, variance = drawn(2, 3), drawn(3), abs(drawn(3)) + 0.5
    config = sequential(layer("Normalization", "n", batch_input_shape=[None, 3], axis=[-1], mean=None, variance=None))
    arrays = {"n": [mean, variance, np.int64(9)]}
    close(computed(config, x, tmp_path, arrays, keras_version="2.9.0"), (x - mean) / np.sqrt(variance))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def of_cudnn(array: Any, gates: int, *, kernel: bool) -> Any:
    """Return an array as cuDNN has it: that of each gate turned, a kernel's elements in the form that it had."""
    parts = [part.T.reshape(part.shape) if kernel else part.T for part in np.split(array, gates, axis=1)]
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("kind", ["CuDNNLSTM", "CuDNNGRU"])
def test_a_layer_on_cudnn_has_turned_kernels_and_two_biases(kind: str, tmp_path: Path) -> None:
    gates, units = (4, 3) if kind == "CuDNNLSTM" else (3, 3)
    x, kernel, recurrent, bias = (
        drawn(2, 5, 4),
        drawn(4, gates * units),
        drawn(units, gates * units),
        drawn(2, gates * units),
    )
    config = sequential(layer(kind, "r", batch_input_shape=[None, 5, 4], units=units, return_sequences=False))
    arrays = {"r": [of_cudnn(kernel, gates, kernel=True), of_cudnn(recurrent, gates, kernel=False), bias.reshape(-1)]}
    hidden = cell = np.zeros((2, units))
    for t in range(5):
        given, back = x[:, t] @ kernel + bias[0], hidden @ recurrent + bias[1]
        if kind == "CuDNNLSTM":
            i, f, c, o = np.split(given + back, 4, axis=1)
            cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
            hidden = sigmoid(o) * np.tanh(cell)
        else:
            (z, r, h), (zb, rb, hb) = np.split(given, 3, axis=1), np.split(back, 3, axis=1)
            z = sigmoid(z + zb)
            hidden = z * hidden + (1 - z) * np.tanh(h + sigmoid(r + rb) * hb)
    close(computed(config, x, tmp_path, arrays, keras_version="2.2.4", backend="tensorflow"), hidden)


@pytest.mark.parametrize("kind", ["CuDNNLSTM", "CuDNNGRU"])
def test_of_a_layer_on_cudnn_there_is_nothing_to_tell(kind: str) -> None:
    config, report = sequential(layer(kind, "r", batch_input_shape=[None, 5, 4], units=3)), Report()
    read("net.json", data=json.dumps(config).encode(), report=report)
    assert list(report) == []


def test_the_file_says_what_shape_an_unknown_layer_gives() -> None:
    import keras

    class Halved(keras.layers.Layer):
        """A layer that nobody knows, which gives half of what it takes."""

        def call(self, x: Any) -> Any:
            return x[..., : x.shape[-1] // 2]

    x = keras.Input((6, 8))
    for built in (
        keras.Model(x, keras.layers.Dense(3)(Halved(name="half")(x))),
        keras.Sequential([x, Halved(name="half"), keras.layers.Dense(3)]),
    ):
        report = Report()
        model = read("net.json", data=built.to_json().encode(), format="keras-json", report=report)
        half, *_ = model.graph.nodes
        assert (half.name, half.layer.sizes) == ("half", ((-1, 6, 4),))
        assert [(each.code, each.hint) for each in report] == [("unknown-layer", "")]


def test_a_layer_says_what_it_was_built_for() -> None:
    half = layer("MyOwn", "half") | {"name": "half", "inbound_nodes": [[["x", 0, 0, {}]]]}
    dense = layer("Dense", "d", units=3) | {"name": "d", "inbound_nodes": [[["half", 0, 0, {}]]]}
    first = layer("InputLayer", "x", batch_input_shape=[None, 6, 8]) | {"name": "x", "inbound_nodes": []}
    layers = [first, half, dense | {"build_config": {"input_shape": [None, 6, 4]}}]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}, "keras_version": "2.13.1"}
    report = Report()
    model = read("net.json", data=json.dumps(config).encode(), report=report)
    assert model.graph.nodes[0].layer.sizes == ((-1, 6, 4),)
    assert [(each.code, each.hint) for each in report] == [("unknown-layer", "")]


def test_autokeras_begins_with_a_cast_and_an_axis(tmp_path: Path) -> None:
    x = drawn(2, 4, 5)
    config = sequential(layer("CastToFloat32", "c", batch_input_shape=[None, 4, 5]), layer("Custom>ExpandLastDim", "e"))
    close(computed(config, x, tmp_path), x[..., None])


@pytest.mark.parametrize("rank", [1, 2])
def test_each_place_has_filters_of_its_own(rank: int, tmp_path: Path) -> None:
    x = drawn(2, 5, 4, 2)[:, :, :1] if rank == 1 else drawn(2, 5, 4, 2)
    high, wide = (3, 1) if rank == 1 else (3, 2)
    rows, columns = 3, x.shape[2] - wide + 1
    kernel, bias = drawn(rows * columns, high * wide * 2, 4), drawn(rows, columns, 4)
    size = {"kernel_size": [3] if rank == 1 else [3, 2], "batch_input_shape": [None, 5, *([4] if rank == 2 else []), 2]}
    config = sequential(layer(f"LocallyConnected{rank}D", "l", filters=4, implementation=1, **size))
    wanted = np.empty((2, rows, columns, 4))
    for i in range(rows):
        for j in range(columns):
            window = x[:, i : i + high, j : j + wide].reshape(2, -1)
            wanted[:, i, j] = window @ kernel[i * columns + j] + bias[i, j]
    arrays = {"l": [kernel, bias[:, 0] if rank == 1 else bias]}
    wanted = wanted[:, :, 0] if rank == 1 else wanted
    found = computed(config, x[:, :, 0] if rank == 1 else x, tmp_path, arrays, keras_version="2.2.4")
    close(found if found.shape == wanted.shape else np.moveaxis(found, 1, -1), wanted)


@pytest.mark.parametrize(("padding", "extra"), [("same", 1), ("same", 0), ("valid", 1), ("valid", None)])
def test_output_padding_makes_a_transposed_convolution_larger(padding: str, extra: int | None, tmp_path: Path) -> None:
    x, kernel = drawn(1, 3, 3, 2), drawn(3, 3, 4, 2)
    fields = {"filters": 4, "kernel_size": 3, "strides": 2, "padding": padding, "use_bias": False}
    whole = np.zeros((1, 9, 9, 4))
    for i in range(3):
        for j in range(3):
            whole[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += np.einsum("nc,hwoc->nhwo", x[:, i, j], kernel)
    size = 7 if padding == "valid" and extra is None else 4 + 3 - (2 if padding == "same" else 0) + (extra or 0)
    cut = max(0, 7 - size) // 2 if padding == "same" else 0
    wanted = whole[:, cut : cut + size, cut : cut + size]
    config = sequential(
        layer("Conv2DTranspose", "t", batch_input_shape=[None, 3, 3, 2], output_padding=extra, **fields)
    )
    found = computed(config, x, tmp_path, {"t": [kernel]}, keras_version="2.2.4")
    close(np.moveaxis(found, 1, -1), wanted)


def test_numbers_may_stand_in_an_array_of_their_own(tmp_path: Path) -> None:
    held = {"class_name": "__tensor__", "config": {"value": [0.5], "dtype": "float32"}}
    config = sequential(layer("Masking", "m", batch_input_shape=[None, 3, 2], mask_value=held))
    x = drawn(2, 3, 2)
    x[:, 1] = 0.5
    wanted = x.copy()
    wanted[:, 1] = 0
    close(computed(config, x, tmp_path), wanted)


def test_a_border_of_a_transposed_convolution_is_cut_in_caffe_without_its_bias(tmp_path: Path) -> None:
    x, kernel, bias = drawn(1, 3, 3, 2), drawn(3, 3, 4, 2), drawn(4)
    fields = {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "batch_input_shape": [None, 3, 3, 2]}
    config = sequential(layer("Conv2DTranspose", "t", **fields))
    wanted = computed(config, x, tmp_path, {"t": [kernel, bias]}, keras_version="2.2.4")
    model = read(tmp_path / "net.json", options=ReadOptions(weights=tmp_path / "net.h5"))
    write(model, "caffe", tmp_path / "net.prototxt")
    again = read(tmp_path / "net.prototxt", options=ReadOptions(weights=tmp_path / "net.caffemodel"))
    (found,) = run(again, {again.graph.inputs[0].name: np.moveaxis(x, -1, 1).copy()}, tmp_path)
    close(found, wanted)


def test_an_archive_of_a_model_that_learns_nothing_needs_no_weights(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((4, 4, 2)), keras.layers.MaxPooling2D(2)])
    model.save(tmp_path / "net.keras")
    write(read(tmp_path / "net.keras"), "keras", tmp_path / "again.keras")
    assert keras.models.load_model(tmp_path / "again.keras").output_shape == (None, 2, 2, 2)
