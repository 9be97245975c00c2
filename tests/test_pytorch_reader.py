"""Nets of PyTorch, read, and written for every target, give in its engine what PyTorch gives."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest
import torch

from ir import Model, Report
from tests.pytorch_nets import NETS, made
from translator import read, write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


def loaded(module: Any, inputs: Any, **options: Any) -> Model:
    """Read a module; nothing of it may be unknown, or said otherwise than it is."""
    report = Report()
    model = read(module, inputs, report=report, **options)
    assert not [str(each) for each in report if each.code in ("unknown-layer", "inexact")]
    return Model(replace(model.graph, name="net"), model.weights)


def wanted_of(module: Any, inputs: tuple[torch.Tensor, ...]) -> list[Any]:
    with torch.inference_mode():
        found = module(*inputs)
    return [each.numpy() for each in (found if isinstance(found, tuple) else (found,))]


def run_onnx(model: Model, inputs: Any, folder: Path) -> list[Any]:
    import onnxruntime

    write(model, "onnx", folder / "net.onnx")
    session = onnxruntime.InferenceSession(str(folder / "net.onnx"), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    return list(session.run(None, {name: each.numpy() for name, each in zip(names, inputs, strict=True)}))


def run_pytorch(model: Model, inputs: Any, folder: Path) -> list[Any]:
    return wanted_of(built(model, folder), inputs)


def built(model: Model, folder: Path) -> Any:
    """Write a model for PyTorch, and have it load the source and, strictly, the weights."""
    from safetensors.torch import load_file

    held = folder / "net.safetensors"
    held.unlink(missing_ok=True)
    write(model, "pytorch", folder / "net.py")
    names: dict[str, Any] = {}
    exec(compile((folder / "net.py").read_text(), "net.py", "exec"), names)
    net = names["Net"]()
    net.load_state_dict(load_file(held) if held.exists() else {}, strict=True)
    return net.eval()


def run_keras(model: Model, inputs: Any, folder: Path) -> list[Any]:
    from keras import ops

    write(model, "keras", folder / "keras.py")
    names: dict[str, Any] = {}
    exec(compile((folder / "keras.py").read_text(), "keras.py", "exec"), names)
    weights = folder / "keras.weights.h5"
    net = names["net"](str(weights) if weights.exists() else None)
    given = [as_keras(value.numpy(), each.shape) for value, each in zip(inputs, net.inputs, strict=True)]
    found = net(given[0] if len(given) == 1 else given, training=False)
    return [ops.convert_to_numpy(each) for each in (found if isinstance(found, (list, tuple)) else [found])]


def as_keras(value: Any, shape: Any) -> Any:
    same = all(a in (None, b) for a, b in zip(shape, value.shape, strict=True))
    return value if same else np.moveaxis(value, 1, -1)


def run_caffe(model: Model, inputs: Any, folder: Path) -> list[Any]:
    """Write for Caffe, and run that as ONNX: the prototxt is read again, with its weights."""
    from translator import ReadOptions

    write(model, "caffe", folder / "net.prototxt")
    blobs = folder / "net.caffemodel"
    again = read(folder / "net.prototxt", options=ReadOptions(weights=blobs if blobs.exists() else None))
    return run_onnx(again, inputs, folder)


ENGINES = {"onnx": run_onnx, "pytorch": run_pytorch, "keras": run_keras, "caffe": run_caffe}


def check(found: list[Any], wanted: list[Any]) -> None:
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        same = a if a.shape == b.shape else np.moveaxis(a, -1, 1)
        assert np.abs(same - b).max() <= 1e-4 * np.abs(b).max()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NETS)
def test_a_net_gives_what_pytorch_gives(name: str, engine: str, tmp_path: Path) -> None:
    net, inputs = made(name)
    model = loaded(net, inputs)
    assert all(each.shape[0] is None for each in model.graph.inputs)
    check(ENGINES[engine](model, inputs, tmp_path), wanted_of(net, inputs))


def test_an_output_that_is_given_twice_takes_no_name_of_another(tmp_path: Path) -> None:
    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu_given_1 = torch.nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            y = torch.relu(self.relu_given_1(x))
            return y, y

    net, inputs = Twice().eval(), (torch.randn(2, 3),)
    model = loaded(net, inputs)
    assert sorted(node.name for node in model.graph.nodes) == ["relu", "relu_given_1", "relu_given_1_2"]
    check(run_onnx(model, inputs, tmp_path), wanted_of(net, inputs))
