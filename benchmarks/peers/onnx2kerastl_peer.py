"""onnx2kerastl: ONNX to a model of Keras in memory, its channels brought last where that works."""

import sys

import keras_results
import numpy as np
import onnx
from keras_data_format_converter import convert_channels_first_to_last
from onnx2kerastl import onnx_to_keras

source, weights, inputs, target, outputs = sys.argv[1:]
given = np.load(inputs)
model = onnx_to_keras(onnx.load(source), list(given.files), name_policy="attach_weights_name").converted_model
try:
    model = convert_channels_first_to_last(model)
finally:
    keras_results.run(model, [given[name] for name in given.files], outputs)
