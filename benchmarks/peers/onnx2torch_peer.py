"""onnx2torch: ONNX to a module in memory, which it runs."""

import sys

import numpy as np
import torch

try:
    import onnx2torch
except RuntimeError:  # torchvision's compiled operators were built for another PyTorch; none of our nets needs them.
    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import onnx2torch

source, weights, inputs, target, outputs = sys.argv[1:]
module = onnx2torch.convert(source).eval()
given = np.load(inputs)
with torch.inference_mode():
    found = module(*(torch.from_numpy(given[name]) for name in given.files))
found = found if isinstance(found, (list, tuple)) else [found]
np.savez(outputs, **{f"output{i}": each.numpy() for i, each in enumerate(found)})
