"""tf2onnx: a model of Keras to ONNX; what Keras 2 itself makes of the inputs is what it is held to."""

import sys

import numpy as np
import tensorflow as tf
import tf2onnx

source, weights, inputs, target, outputs = sys.argv[1:]
if source.endswith(".json"):
    with open(source) as file:
        model = tf.keras.models.model_from_json(file.read())
    if weights != "-":
        model.load_weights(weights)
else:
    model = tf.keras.models.load_model(source, compile=False)
given = np.load(inputs)
values = [tf.constant(given[name]) for name in given.files]
found = model(values[0] if len(values) == 1 else values, training=False)
found = found if isinstance(found, (list, tuple)) else [found]
signature = [
    tf.TensorSpec(value.shape, value.dtype, name=name)
    for name, value in zip(model.input_names, values)  # noqa: B905  (of any length: Keras has said what is wrong)
]
tf2onnx.convert.from_keras(model, signature, opset=17, output_path=target)
np.savez(outputs, **{f"wanted{i}": np.asarray(each) for i, each in enumerate(found)})
