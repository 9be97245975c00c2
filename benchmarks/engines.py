"""Run what was written in its real engine.

Each engine works in a process of its own, which may crash and is then renewed.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, Any]


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"emitted_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _own(module: Any, wanted: Callable[[Any], bool]) -> Any:
    """Return the last thing that a module itself defines and that is wanted."""
    return [
        each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__ and wanted(each)
    ][-1]


def run_keras(folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any]:
    """Build the Keras source with its weights; images go in with their channels where it has them."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import types

    import keras

    weights = folder / "keras.weights.h5"
    builder = _own(_module(folder / "keras.py"), lambda each: isinstance(each, types.FunctionType))
    model = builder(str(weights) if weights.exists() else None)
    given = []
    for each in model.inputs:
        value = inputs[_same_name(each.name, inputs)]
        given.append(value if tuple(each.shape[1:]) == value.shape[1:] else np.moveaxis(value, 1, -1))
    found = model(given[0] if len(given) == 1 else given, training=False)
    found = found if isinstance(found, (list, tuple)) else [found]
    result = [keras.ops.convert_to_numpy(each) for each in found]
    keras.backend.clear_session()
    return result


def _same_name(name: str, inputs: Arrays) -> str:
    """Return the input that a name is of: frameworks change characters that they do not allow."""
    plain = "".join(char if char.isalnum() else "_" for char in name)
    return next(each for each in inputs if "".join(char if char.isalnum() else "_" for char in each) == plain)


def run_pytorch(folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any]:
    """Build the PyTorch source with its weights, and run it forward."""
    import torch
    from safetensors.torch import load_file

    module = _module(folder / "pytorch.py")
    model = _own(module, lambda each: isinstance(each, type) and issubclass(each, torch.nn.Module))()
    weights = folder / "pytorch.safetensors"
    if weights.exists():
        model.load_state_dict(load_file(weights), strict=True)
    model.eval()
    with torch.inference_mode():
        found = model(*(torch.from_numpy(value) for value in inputs.values()))
    found = found if isinstance(found, (list, tuple)) else [found]
    return [each.numpy() for each in found]


def run_onnx(folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any]:
    """Check the ONNX file in full, and run it in ONNX Runtime."""
    import onnx
    import onnxruntime

    onnx.checker.check_model(str(folder / "onnx.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "onnx.onnx"), providers=["CPUExecutionProvider"])
    given = {each.name: inputs[_same_name(each.name, inputs)] for each in session.get_inputs()}
    result: list[Any] = session.run(None, given)
    return result


def run_opencv(folder: Path, inputs: Arrays, outputs: list[str], prototxt: str = "caffe.prototxt") -> list[Any]:
    """Run the caffemodel that was written in OpenCV, with the prototxt that was written or the original one."""
    import cv2

    model = folder / "caffe.caffemodel"
    net = cv2.dnn.readNetFromCaffe(str(folder / prototxt), *([str(model)] if model.exists() else []))
    for name, value in inputs.items():
        net.setInput(value, name)
    return [np.array(each) for each in net.forward(outputs)]


def run_original(folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any]:
    """Run the original prototxt in OpenCV."""
    return run_opencv(folder, inputs, outputs, "original.prototxt")


RUNS = {
    "original": run_original,
    "caffe": run_opencv,
    "onnx": run_onnx,
    "pytorch": run_pytorch,
    "keras": run_keras,
    "keras on torch": run_keras,
}
"""Every engine. `original` and `caffe` are OpenCV."""


def _start(engine: str) -> None:
    if engine == "keras on torch":
        os.environ["KERAS_BACKEND"] = "torch"


class Engine:
    """One engine in a process of its own."""

    def __init__(self, name: str, timeout: float = 300) -> None:
        self.name = name
        self.timeout = timeout
        self._pool: ProcessPoolExecutor | None = None

    def run(self, folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any] | str:
        """Return the outputs, or what went wrong."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_start, initargs=(self.name,))
        try:
            return self._pool.submit(RUNS[self.name], folder, inputs, outputs).result(self.timeout)
        except BrokenProcessPool:
            self._pool = None
            return "the engine crashed"
        except TimeoutError:
            self.close()
            return f"took more than {self.timeout} s"
        except Exception as error:
            return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            for process in (self._pool._processes or {}).values():
                process.kill()
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
