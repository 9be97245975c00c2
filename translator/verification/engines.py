"""Run a model in its real engine.

Each engine works in a process of its own, which may crash and is then renewed, and whose memory goes when it ends.
Emitted source is Python: running it is what these functions are for, so they are given files that a user named.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

from ir.shapes import agree

Arrays = dict[str, Any]


class Job(NamedTuple):
    """What to run: a file, its weights if they lie beside it, and by which names OpenCV is asked for its outputs.

    `layers` names tensors within the model that are wanted too, as far as the engine has them.
    """

    file: Path
    weights: Path | None = None
    outputs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()


class Found(NamedTuple):
    """The outputs in their order, and the tensors within by name."""

    outputs: list[Any]
    layers: Arrays


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


def _listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, (list, tuple)) else [found]


def plain(name: str) -> str:
    """Return a name with what frameworks do not allow as `_`."""
    return "".join(char if char.isalnum() else "_" for char in name)


def _named(name: str, arrays: Mapping[str, Any]) -> Any:
    """Return the array of a name, of which a framework may have changed characters."""
    return next(value for each, value in arrays.items() if plain(each) == plain(name))


def run_keras(job: Job, inputs: Arrays) -> Found:
    """Build Keras source, or load an archive, with its weights; images go in channels-last where it has them so."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import types

    import keras
    import numpy as np

    weights = str(job.weights) if job.weights else None
    if job.file.suffix == ".py":
        builder = _own(_module(job.file), lambda each: isinstance(each, types.FunctionType))
        model = builder(weights)
    elif job.file.suffix == ".json":
        model = keras.models.model_from_json(job.file.read_text())
        if weights:
            model.load_weights(weights)
    else:
        model = keras.models.load_model(job.file, safe_mode=True)
    given = []
    for each in model.inputs:
        value = _named(each.name, inputs)
        fits = all(map(agree, each.shape, value.shape))
        given.append(value if fits else np.moveaxis(value, 1, -1))
    names = {plain(layer.name): layer for layer in model.layers}
    inner = {name: names[plain(name)].output for name in job.layers if plain(name) in names}
    inner = {name: value for name, value in inner.items() if not isinstance(value, (list, tuple))}
    whole = keras.Model(model.inputs, [*model.outputs, *inner.values()]) if inner else model
    found = _listed(whole(given[0] if len(given) == 1 else given, training=False))
    arrays = [keras.ops.convert_to_numpy(each) for each in found]
    keras.backend.clear_session()
    count = len(model.outputs)
    return Found(arrays[:count], dict(zip(inner, arrays[count:], strict=True)))


def run_pytorch(job: Job, inputs: Arrays) -> Found:
    """Build PyTorch source with its weights, and run it forward; the tensors within are what its modules give."""
    import torch
    from safetensors.torch import load_file

    if job.file.suffix != ".py":
        return _run_exported(job.file, inputs)
    model = _own(_module(job.file), lambda each: isinstance(each, type) and issubclass(each, torch.nn.Module))()
    if job.weights:
        model.load_state_dict(load_file(job.weights), strict=True)
    model.eval()
    wanted = {plain(name): name for name in job.layers}
    inner: Arrays = {}

    def keep(name: str) -> Any:
        def hook(module: Any, args: Any, result: Any) -> None:
            if isinstance(result, torch.Tensor):
                inner.setdefault(name, result.numpy())

        return hook

    for attribute, module in model.named_children():
        if attribute in wanted:
            module.register_forward_hook(keep(wanted[attribute]))
    with torch.inference_mode():
        found = _listed(model(*(torch.from_numpy(value) for value in inputs.values())))
    return Found([each.detach().numpy() for each in found], inner)


def _run_exported(file: Path, inputs: Arrays) -> Found:
    """Run a program of torch.export; an input that the model does without is taken from the program's own examples."""
    import torch
    from torch.utils._pytree import tree_leaves

    program = torch.export.load(file)
    names = [each.arg.name for each in program.graph_signature.input_specs if each.kind.name == "USER_INPUT"]
    examples = tree_leaves(program.example_inputs or ())
    given = {plain(name): torch.from_numpy(value) for name, value in inputs.items()}
    flat = [given.get(plain(name), example).to(example.dtype) for name, example in zip(names, examples, strict=True)]
    args, named = torch.utils._pytree.tree_unflatten(flat, program.call_spec.in_spec)
    with torch.inference_mode():
        found = tree_leaves(program.module()(*args, **named))
    return Found([each.float().numpy() for each in found if isinstance(each, torch.Tensor)], {})


def run_onnx(job: Job, inputs: Arrays) -> Found:
    """Check an ONNX file in full, and run it in ONNX Runtime."""
    import onnx
    import onnxruntime

    onnx.checker.check_model(str(job.file), full_check=True)
    if job.layers:
        model = onnx.load(str(job.file))
        had = {each.name for each in model.graph.output}
        there = {name for node in model.graph.node for name in node.output}
        inner = [name for name in job.layers if name in there - had]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in inner)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    else:
        session, inner = onnxruntime.InferenceSession(str(job.file), providers=["CPUExecutionProvider"]), []
    given = {each.name: _typed(_named(each.name, inputs), each.type) for each in session.get_inputs()}
    found = session.run(None, given)
    count = len(found) - len(inner)
    return Found(found[:count], dict(zip(inner, found[count:], strict=True)))


def _typed(array: Any, kind: str) -> Any:
    """Return an array in the type that ONNX Runtime names, `tensor(int64)`."""
    name = kind.removeprefix("tensor(").removesuffix(")")
    return array.astype({"float": "float32", "double": "float64"}.get(name, name))


def run_opencv(job: Job, inputs: Arrays) -> Found:
    """Run a prototxt and its caffemodel in OpenCV."""
    import cv2
    import numpy as np

    net = cv2.dnn.readNetFromCaffe(str(job.file), *([str(job.weights)] if job.weights else []))
    for name, value in inputs.items():
        net.setInput(value, name)
    known = set(net.getLayerNames())
    inner = [name for name in job.layers if name in known]
    asked = [(name, 0) if name in known else _of_several(name) for name in [*job.outputs, *inner]]
    wanted, places = [name for name, _ in asked], [place for _, place in asked]
    given = net.forwardAndRetrieve(wanted) if any(places) else [[each] for each in net.forward(wanted)]
    found = [np.array(each[place]) for each, place in zip(given, places, strict=True)]
    if any(value.ndim == 1 for value in inputs.values()):
        found = list(map(_as_known, found, _known_shapes(net, inputs, wanted)))
    return Found(found[: len(job.outputs)], dict(zip(inner, found[len(job.outputs) :], strict=True)))


def _of_several(name: str) -> tuple[str, int]:
    """Return a layer's name, and which of its outputs is meant (`slice:2`)."""
    layer, _, place = name.rpartition(":")
    return (layer, int(place)) if layer and place.isdigit() else (name, 0)


def _known_shapes(net: Any, inputs: Arrays, names: list[str]) -> list[list[tuple[int, ...]]]:
    """Return the shapes that OpenCV itself knows of what layers give."""
    ids, _, after = net.getLayersShapes([list(value.shape) for value in inputs.values()])
    shapes = {int(each): [tuple(map(int, shape)) for shape in of] for each, of in zip(ids, after, strict=True)}
    return [shapes.get(net.getLayerId(name), []) for name in names]


def _as_known(found: Any, shapes: list[tuple[int, ...]]) -> Any:
    """Return a vector as one: a matrix of OpenCV has two axes at least, and gives a vector as a column."""
    is_column = found.ndim == 2 and found.shape[1] == 1 and found.shape not in shapes
    return found[:, 0] if is_column and found.shape[:1] in shapes else found


RUNS: dict[str, Callable[[Job, Arrays], Found]] = {
    "OpenCV": run_opencv,
    "ONNX Runtime": run_onnx,
    "PyTorch": run_pytorch,
    "Keras": run_keras,
    "Keras on PyTorch": run_keras,
}
"""Every engine by its name."""


def _start(engine: str) -> None:
    # What went wrong comes back as an exception; what engines say beside it is of no use to a user.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if engine == "Keras on PyTorch":
        os.environ["KERAS_BACKEND"] = "torch"


class Engine:
    """One engine in a process of its own."""

    def __init__(self, name: str, timeout: float = 300) -> None:
        self.name = name
        self.timeout = timeout
        self._pool: ProcessPoolExecutor | None = None

    def run(self, job: Job, inputs: Arrays) -> Found | str:
        """Return what the model gives, or what went wrong."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_start, initargs=(self.name,))
        try:
            return self._pool.submit(RUNS[self.name], job, inputs).result(self.timeout)
        except BrokenProcessPool:
            self._pool = None
            return "the engine crashed"
        except TimeoutError:
            self.close()
            return f"took more than {self.timeout} s"
        except ModuleNotFoundError as error:
            return f"needs the package {error.name}, which is not installed"
        except Exception as error:
            return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            for process in (self._pool._processes or {}).values():
                process.kill()
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


__all__ = ["RUNS", "Engine", "Found", "Job", "plain"]
