"""onnx2tf: ONNX to a model of tf_keras in memory."""

import sys

import keras_results
import numpy as np
import onnx2tf

source, weights, inputs, target, outputs = sys.argv[1:]
# Where this file is not at hand, it is downloaded: pictures by which a quantisation, not asked for here, is set.
pictures = np.random.default_rng(0).random((20, 128, 128, 3), np.float32)
np.save("calibration_image_sample_data_20x128x128x3_float32.npy", pictures)
model = onnx2tf.convert(input_onnx_file_path=source, output_folder_path=target, non_verbose=True)
given = np.load(inputs)
keras_results.run(model, [given[name] for name in given.files], outputs)
