"""Caffe's recurrent layers: recurrent_layer.cpp, and the nets that lstm_layer.cpp and rnn_layer.cpp unroll.

Those of forks behind them: junhyukoh/caffe-lstm (Lstm), senlinuc/caffe_ocr (Lstm with three axes, Transpose, Reverse)
and xmfbit/warpctc-caffe (ContinuationIndicator).
"""

from __future__ import annotations

import numpy as np

from tests.caffe_reference.elementwise import sigmoid
from tests.caffe_reference.setting import Array, Setting, axis_of, check, computes


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


@computes("Lstm")
def lstm_of_rows(layer: Setting, x: Array, clip: Array | None = None) -> Array:
    param = layer.group("lstm_param")
    units, apart = param["num_output"], x.ndim == 3 and "batch_size" not in param
    batch = x.shape[1] if apart else param.get("batch_size", 1)
    rows = x.reshape(-1, x.shape[2]) if apart else x.reshape(len(x), -1)
    check(len(rows) % batch == 0, "input size should be multiple of batch size")
    check(clip is None or len(clip) == clip.size, "one mark for each row")
    weight, recurrent = layer.blob((4 * units, rows.shape[1])), layer.blob((4 * units, units))
    gathered = rows @ weight.T + layer.blob((4 * units,), "shift")
    c = h = np.zeros((batch, units))
    steps = []
    for t, gates in enumerate(gathered.reshape(-1, batch, 4 * units)):
        mark = np.ones((batch, 1)) if clip is None else clip.reshape(-1, batch, 1)[t]
        gates = gates + (h * mark) @ recurrent.T
        i, f, o = (sigmoid(gates[:, n * units : (n + 1) * units]) for n in range(3))
        c = np.where(mark == 0, 0, f) * c + i * np.tanh(gates[:, 3 * units :])
        h = o * np.tanh(c)
        steps.append(h)
    return np.stack(steps) if apart else np.concatenate(steps)


@computes("ContinuationIndicator")
def continuation_indicator(layer: Setting, *x: Array) -> Array:
    param = layer.group("continuation_indicator_param")
    marks = np.ones((param["time_step"], x[0].shape[param["axis"]] if x else param["batch_size"]))
    marks[0] = 0
    return marks


@computes("Reverse")
def reverse(layer: Setting, x: Array) -> Array:
    axis = layer.group("reverse_param").get("axis", 0)
    check(axis >= 0, "axis must be greater than or equal to 0")
    return np.take(x, range(x.shape[axis_of(axis, x.ndim)])[::-1], axis)


@computes("Transpose")
def transpose(layer: Setting, x: Array) -> Array:
    dims = layer.group("transpose_param").repeated("dim")
    check(sorted(dims) == list(range(x.ndim)), "each axis once")
    return x.transpose(dims)
