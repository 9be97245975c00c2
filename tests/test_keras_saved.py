"""Layers of Keras that are several of the catalogue's: built and saved by Keras, read, and run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Report
from tests.test_keras_eras import computed, drawn, layer, sequential
from tests.test_keras_reader import close, run, saved
from translator import ReadOptions, read


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

    return {
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
        "the middle": sequence(lambda: layers.CenterCrop(3, 4), lambda: layers.Conv2D(2, 2), shape=(6, 7, 3)),
    }


BUILT = (
    "cut and joined",
    "worked out",
    "changed at random",
    "adapted, within a model",
    "scaled by the channel",
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
