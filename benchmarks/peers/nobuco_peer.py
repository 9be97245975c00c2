"""nobuco: a module of PyTorch, here an exported program, to a model of Keras in memory."""

import sys

import keras_results
import numpy as np
import torch

# nobuco imports torchvision, whose operators were built for another PyTorch.
library = torch.library.Library("torchvision", "DEF")
for operator in ("nms", "qnms"):
    library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import nobuco  # noqa: E402

source, weights, inputs, target, outputs = sys.argv[1:]
given = np.load(inputs)
values = [given[name] for name in given.files]
module = torch.export.load(source).module()
model = nobuco.pytorch_to_keras(
    module,
    args=[torch.from_numpy(value) for value in values],
    inputs_channel_order=nobuco.ChannelOrder.TENSORFLOW,
    outputs_channel_order=nobuco.ChannelOrder.PYTORCH,
)
keras_results.run(model, values, outputs)
