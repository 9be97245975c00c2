"""torchvision's classifiers with random weights, and statistics that are not those of new nets."""

from __future__ import annotations

from typing import Any

import torch

SIZES = {"inception_v3": 299, "googlenet": 224}
"""Pixels of an image on a side, where they are not 224."""


def classifiers() -> Any:
    """Return torchvision's models; without its compiled operators, which classifiers do not need."""
    try:
        from torchvision import models
    except RuntimeError:  # Those were built for another PyTorch.
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        from torchvision import models
    return models


def millions(models: Any, name: str) -> float:
    """Return how many parameters a net has, by those that are published with its weights."""
    weights = list(models.get_model_weights(name))
    return max(each.meta["num_params"] for each in weights) / 1e6 if weights else 0.0


def seeded(models: Any, name: str) -> torch.nn.Module:
    """Return a net whose statistics and zeros are not those of a new one."""
    torch.manual_seed(0)
    net: torch.nn.Module = models.get_model(name, weights=None).eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d) and module.running_mean is not None:
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    with torch.no_grad():
        for weight in net.parameters():
            if not weight.any():  # A head that is new gives zeros, of which all would be right.
                weight.normal_(0, 0.02)
    return net
