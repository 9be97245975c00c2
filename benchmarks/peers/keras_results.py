"""What peers that make a model of Keras in memory have in common: it is run, and its transposes are counted."""

import numpy as np


def run(model, given, outputs):
    """Run a model on arrays, their channels moved where it has them last, and keep what it gives."""
    import tensorflow as tf

    values = []
    for wanted, value in zip(model.inputs, given):  # noqa: B905  (of any length: the model says what is wrong)
        shape = [1 if size is None else size for size in wanted.shape]
        fits = all(size is None or size == have for size, have in zip(list(wanted.shape)[1:], value.shape[1:]))  # noqa: B905
        values.append(tf.constant(value if fits or len(shape) < 3 else np.moveaxis(value, 1, -1)))
    function = tf.function(lambda *args: model(args[0] if len(args) == 1 else list(args), training=False))
    graph = function.get_concrete_function(*values).graph
    found = function(*values)
    found = list(found.values()) if isinstance(found, dict) else found
    found = found if isinstance(found, (list, tuple)) else [found]
    arrays = {f"output{i}": np.asarray(each) for i, each in enumerate(found)}
    np.savez(outputs, transposes=transposes(graph), **arrays)


def transposes(graph):
    """Count the transposes in a graph and the functions that it calls."""
    definition = graph.as_graph_def()
    nodes = [*definition.node, *(node for each in definition.library.function for node in each.node_def)]
    return sum(node.op == "Transpose" for node in nodes)
