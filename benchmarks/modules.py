"""Modules of PyTorch as nets: torchvision's classifiers with random weights, and the small ones of the tests.

torchvision is an extra (`pip install --no-deps torchvision`); without it there are the small ones alone.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from sources import Net

MILLIONS = 30.0
"""Parameters of a net at most, in millions: torchvision publishes how many each has."""
SMALL = Path(__file__).parents[1] / "tests" / "pytorch_nets.py"


def pytorch_nets() -> list[Net]:
    """Return the nets; their files are made when it is their turn."""
    if not SMALL.exists():
        return []
    names = [f"small/{name}" for name in _small().NETS] + [f"torchvision/{name}" for name in _classifiers()]
    return [Net("pytorch", name, Path("net.pt2")) for name in names]


def _small() -> Any:
    spec = importlib.util.spec_from_file_location("small_nets", SMALL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _classifiers() -> list[str]:
    from classifiers import classifiers, millions

    try:
        models = classifiers()
    except ModuleNotFoundError:
        return []
    return [name for name in models.list_models(module=models) if 0 < millions(models, name) <= MILLIONS]


def export(net: Net, folder: Path) -> str:
    """Export a net to a `.pt2` file, with seeded inputs and what PyTorch makes of them beside it."""
    import torch

    module, inputs = _made(net.name)
    with torch.inference_mode():
        found = module(*inputs)
    found = found if isinstance(found, (list, tuple)) else [found]
    batch = torch.export.Dim("batch", min=1)
    try:
        program = torch.export.export(module, inputs, dynamic_shapes=tuple({0: batch} for _ in inputs))
    except Exception:  # The net, or what exports it, fixes the batch.
        program = torch.export.export(module, inputs)
    torch.export.save(program, folder / "net.pt2")
    np.savez(folder / "wanted.npz", *(each.numpy() for each in found))
    np.savez(folder / "arguments.npz", *(each.numpy() for each in inputs))
    return ""


def _made(name: str) -> tuple[Any, tuple[Any, ...]]:
    import torch
    from classifiers import SIZES, classifiers, seeded

    origin, _, name = name.partition("/")
    if origin == "small":
        made: tuple[Any, tuple[Any, ...]] = _small().made(name)
        return made
    size = SIZES.get(name, 224)
    return seeded(classifiers(), name), (torch.randn(2, 3, size, size),)
