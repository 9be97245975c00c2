"""The engines that what is written for each target runs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from translator.verification import engines
from translator.verification.engines import Arrays, Job


class Run(NamedTuple):
    """An engine, and the files of a folder that it runs."""

    engine: str
    file: str
    weights: str = ""


RUNS = {
    "original": Run("OpenCV", "original.prototxt", "caffe.caffemodel"),
    "caffe": Run("OpenCV", "caffe.prototxt", "caffe.caffemodel"),
    "onnx": Run("ONNX Runtime", "onnx.onnx"),
    "pytorch": Run("PyTorch", "pytorch.py", "pytorch.safetensors"),
    "keras": Run("Keras", "keras.py", "keras.weights.h5"),
    "keras on torch": Run("Keras on PyTorch", "keras.py", "keras.weights.h5"),
}
"""Every run. `original` and `caffe` are OpenCV."""


class Engine:
    """The engine of one run."""

    def __init__(self, name: str) -> None:
        self.what = RUNS[name]
        self.engine = engines.Engine(self.what.engine)

    def run(self, folder: Path, inputs: Arrays, outputs: list[str]) -> list[Any] | str:
        """Return the outputs, or what went wrong."""
        weights = folder / self.what.weights
        job = Job(folder / self.what.file, weights if weights.is_file() else None, tuple(outputs))
        found = self.engine.run(job, inputs)
        return found if isinstance(found, str) else found.outputs

    def close(self) -> None:
        """End the process."""
        self.engine.close()
