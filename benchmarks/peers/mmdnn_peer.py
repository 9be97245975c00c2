"""MMdnn: a prototxt and a caffemodel to Keras 2.2.4, or a model of that Keras to ONNX."""

import subprocess
import sys

import keras
import numpy as np

source, weights, inputs, target, outputs = sys.argv[1:]
given = np.load(inputs)
values = [given[name] for name in given.files]


def listed(found):
    """Return what a model gave as a list."""
    return found if isinstance(found, list) else [found]


def convert(*arguments):
    """Run MMdnn's command; end with it where it fails."""
    done = subprocess.run([sys.executable, "-m", "mmdnn.conversion._script.convert", *arguments])
    if done.returncode:
        sys.exit(done.returncode)


if source.endswith(".prototxt"):
    convert("-sf", "caffe", "-in", source, "-iw", weights, "-df", "keras", "-om", "made.h5", "--caffePhase", "TEST")
    model = keras.models.load_model("made.h5", compile=False)
    found = listed(model.predict([np.moveaxis(each, 1, -1) if each.ndim > 3 else each for each in values]))
    nodes = keras.backend.get_session().graph.as_graph_def().node
    count = sum(node.op == "Transpose" for node in nodes)
    np.savez(outputs, transposes=count, **{f"output{i}": each for i, each in enumerate(found)})
else:
    if source.endswith(".json"):
        with open(source) as file:
            model = keras.models.model_from_json(file.read())
        if weights != "-":
            model.load_weights(weights)
    else:
        model = keras.models.load_model(source, compile=False)
    np.savez(outputs, **{f"wanted{i}": each for i, each in enumerate(listed(model.predict(values)))})
    model.save("given.h5")
    convert("-sf", "keras", "-iw", "given.h5", "-df", "onnx", "-om", target)
