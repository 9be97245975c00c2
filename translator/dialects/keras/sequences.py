"""Classes for sequences that go with emitted source, where Keras has no such layer."""

from __future__ import annotations

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

SEQUENCE_START = '''
@keras.saving.register_keras_serializable()
class SequenceStart(layers.Layer):
    """Mark the steps of a time-major sequence: 0 where it starts, and 1 from there on."""

    def call(self, x):
        marks = ops.ones_like(x[(slice(None), slice(None), *[0] * (len(x.shape) - 2))])
        return ops.concatenate([ops.zeros_like(marks[:1]), marks[1:]], axis=0)
'''.strip()

DEFINITIONS = {"ContinuedLSTM": CONTINUED_LSTM, "ContinuedRNN": CONTINUED_RNN, "SequenceStart": SEQUENCE_START}
"""The text of each class, by its name."""
