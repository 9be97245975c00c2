"""Each layer, written for PyTorch and run by it, against plain numpy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Model
from tests.layer_cases import CASES
from tests.test_keras_layers import expected, inputs_of, model_of
from translator import write


def load(model: Model, folder: Path) -> Any:
    """Write a model for PyTorch, and have it load the source and, strictly, the weights."""
    import torch
    from safetensors.torch import load_file

    write(model, "pytorch", folder / "net.py")
    names: dict[str, Any] = {}
    exec(compile((folder / "net.py").read_text(), "net.py", "exec"), names)
    built = names["Case"]()
    if model.weights:
        built.load_state_dict(load_file(folder / "net.safetensors"), strict=True)
    assert isinstance(built, torch.nn.Module)
    return built.eval()


@pytest.mark.parametrize("case", CASES)
def test_pytorch_computes_what_numpy_does(case: str, tmp_path: Path) -> None:
    import torch

    model, inputs = model_of(case), inputs_of(case)
    wanted = expected(model.graph, model.weights, inputs)
    with torch.inference_mode():
        found = load(model, tmp_path)(*map(torch.from_numpy, inputs.values()))
    found = found if isinstance(found, tuple) else (found,)
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a.numpy(), b, rtol=1e-5, atol=2e-6 * max(1.0, float(np.abs(b).max())))


def test_source_is_as_a_formatter_leaves_it(tmp_path: Path) -> None:
    for i, case in enumerate(CASES):
        for to in ("pytorch", "keras"):
            if (case, to) != ("Im2col", "keras"):
                (tmp_path / f"{to}_{i}.py").write_text(write(model_of(case), to).text or "")
    command = [Path(sys.executable).parent / "ruff"]
    style = [*command, "format", "--isolated", "--diff", "--line-length", "100", str(tmp_path)]
    done = subprocess.run(style, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    lint = [*command, "check", "--isolated", "--select", "E,F,I", "--line-length", "100", str(tmp_path)]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
