"""Keras files of every era, by hand and of our own making: what is read computes what the file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Model, Report, TranslationError
from ir import layers as L
from tests.layer_cases import CASES
from tests.numpy_layers import compute
from tests.test_keras_layers import WITH_CLASSES, expected, inputs_of, model_of
from tests.test_onnx_layers import CASES as LAYERS
from tests.test_onnx_layers import model_of as of_layer
from tests.test_onnx_layers import names, values_of
from translator import ReadOptions, read, write
from translator.passes.relayout import image_inputs
from translator.verification.engines import Job, run_onnx

Array = np.ndarray[Any, Any]


def run(model: Model, inputs: dict[str, Array], folder: Path) -> list[Array]:
    """Run a model in ONNX Runtime, which wants the channels of an image first."""
    write(model, "onnx", folder / "read.onnx")
    last = model.graph.layout == "channels_last"
    images = image_inputs(model.graph) if last else set()
    given = {name: np.moveaxis(value, -1, 1).copy() if name in images else value for name, value in inputs.items()}
    found: list[Array] = run_onnx(Job(folder / "read.onnx"), given).outputs
    return found


def close(found: Array, wanted: Array) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6 * max(1.0, float(np.abs(wanted).max())))


OWN = [case for case in CASES if case not in WITH_CLASSES]


@pytest.mark.parametrize("case", OWN)
def test_what_is_written_for_keras_is_read_back_the_same(case: str, tmp_path: Path) -> None:
    model, inputs = model_of(case), inputs_of(case)
    wanted = expected(model.graph, model.weights, inputs)
    name = "net.keras" if model.weights else "net.json"
    write(model, "keras" if model.weights else "keras-json", tmp_path / name)
    report = Report()
    again = read(tmp_path / name, report=report)
    assert not [each for each in report if each.code == "unknown-layer"]
    images = {
        each.name for each, own in zip(again.graph.inputs, model.graph.inputs, strict=True) if each.shape != own.shape
    }
    given = {name: np.moveaxis(value, 1, -1) if name in images else value for name, value in inputs.items()}
    for found, truth in zip(run(again, given, tmp_path), wanted, strict=True):
        close(found if found.shape == truth.shape else np.moveaxis(found, -1, 1), truth)


def builders() -> dict[str, Any]:
    """Return functions that build models with Keras itself."""
    import keras
    from keras import layers

    def sequence(*steps: Any, shape: tuple[int | None, ...]) -> Any:
        return lambda: keras.Sequential([keras.Input(shape), *(step() for step in steps)])

    def nested() -> Any:
        x = keras.Input((6, 5, 3))
        twice = keras.Sequential([layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization()], name="twice")
        y = layers.Dense(4, name="head")(layers.Flatten()(layers.Add()([twice(twice(x)), x])))
        return keras.Model(x, [y, layers.Softmax()(y)])

    def shared() -> Any:
        a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
        dense = layers.Dense(3, activation="relu")
        return keras.Model([a, b], layers.Concatenate()([dense(a), dense(b)]))

    def operators() -> Any:
        x = keras.Input((4,))
        y = layers.Dense(4)(x)
        return keras.Model(x, keras.ops.exp((x + y) * 0.5 - 1.0) / 2.0)

    def squeeze() -> Any:
        x = keras.Input((6, 5, 3))
        gate = layers.Dense(3, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
        return keras.Model(x, layers.Multiply()([x, layers.Reshape((1, 1, 3))(gate)]))

    def attending(values: tuple[int, ...] = (), keys: tuple[int, ...] = (), causal: bool = False, **said: Any) -> Any:
        def build() -> Any:
            given = [keras.Input(shape) for shape in ((5, 6), values, keys) if shape]
            each = (given * 2)[: max(2, len(given))]
            attended = layers.MultiHeadAttention(2, 3, **said)(*each, use_causal_mask=causal)
            return keras.Model(given, layers.LayerNormalization()(layers.Add()([given[0], layers.Dense(6)(attended)])))

        return build

    def by_name() -> Any:
        x, y = keras.Input((5, 6)), keras.Input((7, 4))
        return keras.Model([x, y], layers.MultiHeadAttention(2, 3)(query=x, key=y, value=y))

    def heads() -> Any:
        q, k, v = (keras.Input((5, 2, 6)) for _ in range(3))
        return keras.Model([q, k, v], keras.ops.dot_product_attention(q, k, v, is_causal=True, scale=0.3))

    def translating(kind: Any, masked: bool = False, both: bool = False) -> Any:
        def build() -> Any:
            source, target = keras.Input((5,), name="source"), keras.Input((3,), name="target")
            words = [layers.Embedding(7, 4, mask_zero=masked)(each) for each in (source, target)]
            reading = kind(6, return_state=True)
            _, *states = (layers.Bidirectional(reading) if both else reading)(words[0])
            if both:
                half = len(states) // 2
                states = [layers.Add()(list(pair)) for pair in zip(states[:half], states[half:], strict=True)]
            said, *_ = kind(6, return_sequences=True, return_state=True)(words[1], initial_state=states)
            return keras.Model([source, target], layers.Dense(7, activation="softmax")(said))

        return build

    def starting() -> Any:
        x, h, c = keras.Input((5, 4)), keras.Input((3,)), keras.Input((3,))
        return keras.Model([x, h, c], layers.LSTM(3, return_state=True)(x, initial_state=[h, c]))

    image, steps = (9, 7, 3), (5, 4)
    both = layers.Bidirectional
    return {
        "nested, called twice": nested,
        "shared by two calls": shared,
        "operations between layers": operators,
        "squeeze and excite": squeeze,
        "separable": sequence(lambda: layers.SeparableConv2D(4, 3, 2, "same", depth_multiplier=2), shape=image),
        "depthwise": sequence(lambda: layers.DepthwiseConv2D((3, 2), depth_multiplier=2), shape=image),
        "transposed": sequence(lambda: layers.Conv2DTranspose(4, 3, 2, "same", activation="elu"), shape=image),
        "sequence": sequence(
            lambda: layers.Conv1D(3, 3, 2, "same", activation="swish"),
            lambda: layers.UpSampling1D(3),
            lambda: layers.Conv1D(3, 2, padding="causal", dilation_rate=2),
            lambda: layers.MaxPooling1D(2, padding="same"),
            shape=(11, 4),
        ),
        "volume": sequence(
            lambda: layers.Conv3D(2, 2, padding="same"), lambda: layers.AveragePooling3D(2), shape=(4, 5, 6, 2)
        ),
        "a larger volume": sequence(lambda: layers.UpSampling3D((1, 3, 2)), shape=(2, 3, 4, 2)),
        "borders": sequence(
            lambda: layers.ZeroPadding2D((1, 3)), lambda: layers.Cropping2D(((0, 1), (2, 0))), shape=image
        ),
        "slopes everywhere": sequence(
            lambda: layers.PReLU(alpha_initializer="uniform"),
            lambda: layers.PReLU(alpha_initializer="uniform", shared_axes=[1, 2]),
            shape=image,
        ),
        "both ways": sequence(lambda: both(layers.LSTM(3)), shape=steps),
        "both ways, every step": sequence(
            lambda: both(layers.GRU(3, return_sequences=True, reset_after=False), merge_mode="mul"),
            lambda: both(layers.SimpleRNN(3, return_sequences=True), merge_mode="ave"),
            shape=steps,
        ),
        "backwards": sequence(lambda: layers.LSTM(3, go_backwards=True, return_sequences=True), shape=steps),
        "without biases": sequence(lambda: layers.GRU(3, use_bias=False), shape=steps),
        "for every step": sequence(
            lambda: layers.TimeDistributed(layers.Conv2D(2, 3, padding="same", activation="relu")),
            lambda: layers.TimeDistributed(layers.Flatten()),
            lambda: layers.TimeDistributed(layers.Dense(3)),
            shape=(2, 5, 4, 3),
        ),
        "activations": sequence(
            *(lambda name=name: layers.Activation(name) for name in ("selu", "softsign", "mish", "hard_sigmoid")),
            lambda: layers.LeakyReLU(),
            lambda: layers.ReLU(0.5, 0.1),
            lambda: layers.RepeatVector(2),
            lambda: layers.Permute((2, 1)),
            shape=(6,),
        ),
        "normalized": sequence(
            lambda: layers.BatchNormalization(axis=1, scale=False), lambda: layers.Flatten(), shape=image
        ),
        "layer by layer": sequence(
            lambda: layers.LayerNormalization(),
            lambda: layers.Dense(6, activation="gelu"),
            lambda: layers.LayerNormalization(axis=[-1], scale=False, epsilon=1e-6),
            shape=(3, 4),
        ),
        "translating": translating(layers.LSTM),
        "translating, masked": translating(layers.GRU, masked=True),
        "translating, both ways": translating(layers.LSTM, masked=True, both=True),
        "from a state": starting,
        "masked": sequence(
            lambda: layers.Masking(0.5),
            lambda: both(layers.LSTM(3, return_sequences=True)),
            lambda: layers.GRU(3),
            shape=steps,
        ),
        "words that count": sequence(
            lambda: layers.Embedding(7, 4, mask_zero=True),
            lambda: layers.Dense(3),
            lambda: layers.SimpleRNN(3, go_backwards=True, return_sequences=True),
            lambda: layers.GlobalAveragePooling1D(),
            shape=(5,),
        ),
        "attending to itself": attending(),
        "attending to others": attending((7, 4), use_bias=False, value_dim=5),
        "attending by other keys": attending((7, 4), (7, 9), output_shape=8),
        "attending to what is behind": attending(causal=True),
        "attending, by name": by_name,
        "attending, without weights": heads,
        "words": sequence(
            lambda: layers.Embedding(7, 4), lambda: layers.GlobalAveragePooling1D(keepdims=True), shape=(5,)
        ),
    }


BUILT = (
    "nested, called twice",
    "shared by two calls",
    "operations between layers",
    "squeeze and excite",
    "separable",
    "depthwise",
    "transposed",
    "sequence",
    "volume",
    "a larger volume",
    "borders",
    "slopes everywhere",
    "both ways",
    "both ways, every step",
    "backwards",
    "without biases",
    "for every step",
    "activations",
    "normalized",
    "layer by layer",
    "translating",
    "translating, masked",
    "translating, both ways",
    "from a state",
    "masked",
    "words that count",
    "attending to itself",
    "attending to others",
    "attending by other keys",
    "attending to what is behind",
    "attending, by name",
    "attending, without weights",
    "words",
)
KINDS = ("net.keras", "net.h5", "net.weights.h5")


def saved(built: Any, name: str, folder: Path) -> tuple[Path, Path | None]:
    """Have Keras save a model as a whole, or its architecture and its weights."""
    if name != "net.weights.h5":
        built.save(folder / name)
        return folder / name, None
    built.save_weights(folder / name)
    (folder / "net.json").write_text(built.to_json())
    return folder / "net.json", folder / name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("case", BUILT)
def test_what_keras_saves_is_read_to_compute_the_same(case: str, name: str, tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(3)
    built = builders()[case]()
    rng = np.random.default_rng(5)
    built.set_weights([rng.uniform(0.1, 0.4, each.shape) * rng.choice([-1, 1]) for each in built.get_weights()])
    for layer in built._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_variance.assign(rng.uniform(0.5, 1.5, layer.moving_variance.shape))
    path, weights = saved(built, name, tmp_path)
    report = Report()
    model = read(path, options=ReadOptions(weights=weights), report=report)
    assert [each.code for each in report] == []
    draw = (
        rng.standard_normal if "words" not in case and "translating" not in case else lambda s: rng.integers(7, size=s)
    )
    given = [draw((2, *each.shape[1:])).astype("float32") for each in built.inputs]
    if case == "masked":
        given[0][:, 1:3] = 0.5
    truth = built(given if len(given) > 1 else given[0], training=False)
    found = run(model, dict(zip((each.name for each in model.graph.inputs), given, strict=True)), tmp_path)
    for a, b in zip(found, truth if isinstance(truth, (list, tuple)) else [truth], strict=True):
        wanted = keras.ops.convert_to_numpy(b)
        close(a if a.shape == wanted.shape else np.moveaxis(a, 1, -1), wanted)


SAID = [case for case in LAYERS if not isinstance(case[0], L.StochasticPool2D)]


@pytest.mark.parametrize("case", SAID, ids=names(SAID))
def test_what_is_written_as_json_is_read_to_compute_the_same(case: Any, tmp_path: Path) -> None:
    values = values_of(case)
    model = of_layer(case[0], [each.shape for each in values])
    try:
        write(model, "keras-json", tmp_path / "net.json")
    except TranslationError:
        return  # Why Keras has no such layer, the tests of the writer tell.
    kept, report = tmp_path / "net.weights.h5", Report()
    again = read(tmp_path / "net.json", options=ReadOptions(weights=kept if kept.exists() else None), report=report)
    assert not [each for each in report if each.code in ("unknown-layer", "unknown-field", "inexact")]
    given = {}
    for each in again.graph.inputs:
        value = values[int(each.name[1:])].astype(np.float32)
        given[each.name] = value if each.shape == value.shape else np.moveaxis(value, 1, -1)
    weights = {key.removeprefix("layer."): tensor.numpy() for key, tensor in model.weights.items()}
    for found, wanted in zip(run(again, given, tmp_path), compute(case[0], values, weights), strict=True):
        same = found if found.shape == wanted.shape else np.moveaxis(found, -1, 1)
        finite = np.isfinite(wanted)  # A window of border alone has no largest value.
        assert (finite == np.isfinite(same)).all()
        close(same[finite], wanted[finite])
