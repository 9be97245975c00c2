"""Caffe's recurrent layers: recurrent_layer.cpp, and the nets that lstm_layer.cpp and rnn_layer.cpp unroll."""

from __future__ import annotations

import numpy as np

from tests.caffe_reference.elementwise import sigmoid
from tests.caffe_reference.setting import Array, Setting, check, computes


def _gathered(layer: Setting, x: Array, cont: Array, static: Array | None, rows: int) -> Array:
    """Return what the inputs add to each step: W_xc x + b_c, and W_xc_static x_static; checks the inputs."""
    check(x.ndim >= 2 and cont.shape == x.shape[:2], "time and batch are the first two axes, and those of cont")
    flat = x.reshape(*x.shape[:2], -1)
    weight, bias = layer.blob((rows, flat.shape[2])), layer.blob((rows,), "shift")
    result = flat @ weight.T + bias
    if static is not None:
        check(static.shape[0] == x.shape[1], "the static input has the batch of the sequence")
        one = static.reshape(len(static), -1)
        result = result + one @ layer.blob((rows, one.shape[1])).T
    return np.asarray(result)


@computes("LSTM")
def lstm(layer: Setting, x: Array, cont: Array, static: Array | None = None) -> Array:
    units = layer.group("recurrent_param")["num_output"]
    gathered = _gathered(layer, x, cont, static, 4 * units)
    recurrent = layer.blob((4 * units, units))
    h = c = np.zeros((x.shape[1], units))
    steps = []
    for step, mark in zip(gathered, cont[..., None], strict=True):
        gates = step + (mark * h) @ recurrent.T
        i, f, o, g = (gates[:, n * units : (n + 1) * units] for n in range(4))
        # LSTMUnitLayer: the mark stands before the forget gate.
        c = mark * sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        steps.append(h)
    return np.stack(steps)


@computes("RNN")
def rnn(layer: Setting, x: Array, cont: Array, static: Array | None = None) -> Array:
    units = layer.group("recurrent_param")["num_output"]
    gathered = _gathered(layer, x, cont, static, units)
    recurrent = layer.blob((units, units))
    output, output_bias = layer.blob((units, units)), layer.blob((units,), "shift")
    h = np.zeros((x.shape[1], units))
    steps = []
    for step, mark in zip(gathered, cont[..., None], strict=True):
        h = np.tanh(step + (mark * h) @ recurrent.T)
        steps.append(np.tanh(h @ output.T + output_bias))
    return np.stack(steps)
