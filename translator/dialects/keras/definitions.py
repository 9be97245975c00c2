"""Classes that go with emitted source, where Keras has no such layer."""

from __future__ import annotations

from translator.dialects.keras import detection, resampling, sequences
from translator.naming import class_name

LRN = '''
@keras.saving.register_keras_serializable()
class LRN(layers.Layer):
    """Divide by (k + alpha / size * sum of squares) ** beta over neighbouring channels."""

    def __init__(self, size=5, alpha=1.0, beta=0.75, k=1.0, **kwargs):
        super().__init__(**kwargs)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        squares = ops.pad(ops.square(x), [[0, 0], [0, 0], [0, 0], [self.size // 2, self.size // 2]])
        total = sum(squares[..., i : i + x.shape[-1]] for i in range(self.size))
        return x / ops.power(self.k + self.alpha / self.size * total, self.beta)

    def get_config(self):
        own = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        return {**super().get_config(), **own}
'''.strip()

LRN_CHANNELS_FIRST = LRN.replace(
    "[[0, 0], [0, 0], [0, 0], [self.size // 2, self.size // 2]]",
    "[[0, 0], [self.size // 2, self.size // 2], [0, 0], [0, 0]]",
).replace("squares[..., i : i + x.shape[-1]]", "squares[:, i : i + x.shape[1]]")

ARG_MAX = '''
@keras.saving.register_keras_serializable()
class ArgMax(layers.Layer):
    """Find where the largest values stand along an axis; of equal ones the last comes first."""

    def __init__(self, axis, top=1, values=False, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.top, self.values = axis, top, values

    def call(self, x):
        x = ops.flip(ops.moveaxis(x, self.axis, -1), axis=-1)
        found = []
        for _ in range(self.top):
            index = ops.argmax(x, axis=-1)
            place = x.shape[-1] - 1 - ops.cast(index, x.dtype)
            found.append(ops.max(x, axis=-1) if self.values else place)
            x = ops.where(ops.one_hot(index, x.shape[-1]) > 0, float("-inf"), x)
        return ops.moveaxis(ops.stack(found, axis=-1), -1, self.axis)

    def get_config(self):
        own = {"axis": self.axis, "top": self.top, "values": self.values}
        return {**super().get_config(), **own}
'''.strip()

CONSTANT = '''
@keras.saving.register_keras_serializable()
class Constant(layers.Layer):
    """Give learned values that depend on no input."""

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = shape
        self.value = self.add_weight(shape=shape, initializer="zeros", name="value")

    def compute_output_spec(self, x):
        return keras.KerasTensor(self.shape)

    def call(self, x):
        return ops.convert_to_tensor(self.value)

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}
'''.strip()

STUB = '''
@keras.saving.register_keras_serializable()
class {name}(layers.Layer):
    """STUB: the layer type {type} is not known here. Put its computation into `call`.

    `arguments` holds its parameters as they were written, `blobs` its arrays.
    """

    def __init__(self, output_shapes, arguments, blob_shapes=(), **kwargs):
        super().__init__(**kwargs)
        self.output_shapes, self.arguments, self.blob_shapes = output_shapes, arguments, blob_shapes
        self.blobs = [self.add_weight(shape=shape, name=f"blob{{i}}") for i, shape in enumerate(blob_shapes)]
        self.built = True

    def compute_output_spec(self, inputs):
        found = [keras.KerasTensor(shape) for shape in self.output_shapes]
        return found[0] if len(found) == 1 else found

    def call(self, inputs):
        raise NotImplementedError("{name} is a stub: put the computation of {type} here")

    def get_config(self):
        own = {{"output_shapes": self.output_shapes, "arguments": self.arguments}}
        return {{**super().get_config(), **own, "blob_shapes": self.blob_shapes}}
'''.strip()

DEFINITIONS = {
    "ArgMax": {"channels_last": ARG_MAX, "channels_first": ARG_MAX},
    "Constant": {"channels_last": CONSTANT, "channels_first": CONSTANT},
    **{
        name: dict.fromkeys(("channels_last", "channels_first"), text)
        for name, text in (resampling.DEFINITIONS | detection.DEFINITIONS | sequences.DEFINITIONS).items()
    },
    "LRN": {"channels_last": LRN, "channels_first": LRN_CHANNELS_FIRST},
}
"""The text of each class, by its name and the layout."""


def stub_name(kind: str) -> str:
    """Return the name of the stub class for a layer type."""
    return f"{class_name(kind)}Stub"


def stub(kind: str) -> str:
    """Return the text of the stub class for a layer type."""
    shown = kind.replace("\\", "").replace('"', "").replace("\n", " ")
    return STUB.format(name=stub_name(kind), type=shown)
