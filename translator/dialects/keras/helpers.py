"""Classes that go with emitted source, where Keras has no such layer."""

from __future__ import annotations

from translator.dialects.keras import resampling
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

CONTINUED_LSTM = '''
@keras.saving.register_keras_serializable()
class ContinuedLSTM(layers.Layer):
    """Run an LSTM over a time-major sequence, starting afresh where the second input is 0."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shapes):
        features, static = math.prod(shapes[0][2:]), shapes[2:]
        self.kernel = self.add_weight(shape=(features, 4 * self.units), name="kernel")
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")
        if static:
            shape = (math.prod(static[0][1:]), 4 * self.units)
            self.static_kernel = self.add_weight(shape=shape, name="static_kernel")
        shape = (self.units, 4 * self.units)
        self.recurrent_kernel = self.add_weight(shape=shape, name="recurrent_kernel")

    def call(self, inputs):
        x, cont, *static = inputs
        x = ops.reshape(x, (-1, *x.shape[1:2], self.kernel.shape[0]))
        gates = ops.matmul(x, self.kernel) + self.bias
        if static:
            static = ops.reshape(static[0], (-1, self.static_kernel.shape[0]))
            gates = gates + ops.matmul(static, self.static_kernel)

        def step(state, at):
            gate, keep = at
            hidden, cell = ops.unstack(keep * state, 2)
            i, f, o, g = ops.split(gate + ops.matmul(hidden, self.recurrent_kernel), 4, axis=-1)
            cell = ops.sigmoid(f) * cell + ops.sigmoid(i) * ops.tanh(g)
            hidden = ops.sigmoid(o) * ops.tanh(cell)
            state = ops.stack([hidden, cell])
            return state, state

        zeros = ops.zeros_like(gates[0, :, : self.units])
        states = ops.scan(step, ops.stack([zeros, zeros]), (gates, ops.expand_dims(cont, -1)))[1]
        return states[:, 0]

    def compute_output_shape(self, shapes):
        return (*shapes[0][:2], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
'''.strip()

CONTINUED_RNN = '''
@keras.saving.register_keras_serializable()
class ContinuedRNN(layers.Layer):
    """Run a simple recurrent layer over a time-major sequence, afresh where the second input is 0."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shapes):
        features, static = math.prod(shapes[0][2:]), shapes[2:]
        square = (self.units, self.units)
        self.kernel = self.add_weight(shape=(features, self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        if static:
            shape = (math.prod(static[0][1:]), self.units)
            self.static_kernel = self.add_weight(shape=shape, name="static_kernel")
        self.recurrent_kernel = self.add_weight(shape=square, name="recurrent_kernel")
        self.output_kernel = self.add_weight(shape=square, name="output_kernel")
        self.output_bias = self.add_weight(shape=(self.units,), name="output_bias")

    def call(self, inputs):
        x, cont, *static = inputs
        x = ops.reshape(x, (-1, *x.shape[1:2], self.kernel.shape[0]))
        x = ops.matmul(x, self.kernel) + self.bias
        if static:
            static = ops.reshape(static[0], (-1, self.static_kernel.shape[0]))
            x = x + ops.matmul(static, self.static_kernel)

        def step(hidden, at):
            x, keep = at
            hidden = ops.tanh(x + ops.matmul(keep * hidden, self.recurrent_kernel))
            return hidden, ops.tanh(ops.matmul(hidden, self.output_kernel) + self.output_bias)

        return ops.scan(step, ops.zeros_like(x[0]), (x, ops.expand_dims(cont, -1)))[1]

    def compute_output_shape(self, shapes):
        return (*shapes[0][:2], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
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

HELPERS = {
    "ArgMax": {"channels_last": ARG_MAX, "channels_first": ARG_MAX},
    "ContinuedLSTM": {"channels_last": CONTINUED_LSTM, "channels_first": CONTINUED_LSTM},
    "ContinuedRNN": {"channels_last": CONTINUED_RNN, "channels_first": CONTINUED_RNN},
    **{name: dict.fromkeys(("channels_last", "channels_first"), text) for name, text in resampling.HELPERS.items()},
    "LRN": {"channels_last": LRN, "channels_first": LRN_CHANNELS_FIRST},
}
"""The text of each helper class, by its name and the layout."""


def stub_name(kind: str) -> str:
    """Return the name of the stub class for a layer type."""
    return f"{class_name(kind)}Stub"


def stub(kind: str) -> str:
    """Return the text of the stub class for a layer type."""
    shown = kind.replace("\\", "").replace('"', "").replace("\n", " ")
    return STUB.format(name=stub_name(kind), type=shown)
