"""onnx2keras: ONNX to a model of Keras in memory; with its channels first, and last where that does not run."""

import sys

import keras_results
import numpy as np
import onnx
import onnx2keras

source, weights, inputs, target, outputs = sys.argv[1:]
given = np.load(inputs)
values = [given[name] for name in given.files]
try:
    model = onnx2keras.onnx_to_keras(onnx.load(source), list(given.files), change_ordering=True)
    keras_results.run(model, values, outputs)
except Exception:
    model = onnx2keras.onnx_to_keras(onnx.load(source), list(given.files))
    keras_results.run(model, values, outputs)
