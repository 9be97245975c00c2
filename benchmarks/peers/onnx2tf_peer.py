"""onnx2tf: ONNX to a model of tf_keras in memory."""

import sys

import keras_results
import numpy as np
import onnx2tf

source, weights, inputs, target, outputs = sys.argv[1:]
model = onnx2tf.convert(
    input_onnx_file_path=source,
    output_folder_path=target,
    non_verbose=True,
    copy_onnx_input_output_names_to_tflite=False,
)
given = np.load(inputs)
keras_results.run(model, [given[name] for name in given.files], outputs)
