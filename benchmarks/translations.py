"""Read one net, write it for every target, and read that back: all that needs no engine but the source's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from comparing import as_written, moved, same_graph
from originals import onnx_truth
from sources import Net, read_net

from ir import Graph, Model, Report, TranslationError
from ir import layers as L
from ir.seeding import seeded_weights
from ir.validate import infer
from translator import ReadOptions, read, verification, write
from translator.verification import engines
from translator.verification.calibration import calibrated_weights

FILES = {"caffe": "caffe.prototxt", "keras": "keras.py", "onnx": "onnx.onnx", "pytorch": "pytorch.py"}
"""The targets, and the file that each is written to."""
WEIGHTS = {"caffe": "caffe.caffemodel", "keras": "keras.weights.h5", "pytorch": "pytorch.safetensors"}
"""The files of weights beside them."""


class _Here(engines.Engine):
    """ONNX Runtime in this process."""

    def run(self, job: engines.Job, inputs: engines.Arrays) -> engines.Found | str:
        try:
            return engines.RUNS[self.name](job, inputs)
        except Exception as error:
            return str(error)


def translate_net(net: Net, folder: Path) -> dict[str, Any]:
    """Translate a net into a folder, with the same weights and inputs everywhere.

    Returns what became of it: `problem` where it is not read, `unknown` layers, its inputs' `names`, and for each
    target a cell with `said` (empty where it is written) and how many `transposes` are left in it.
    """
    facts: dict[str, Any] = {"problem": "", "unknown": [], "cells": {}}
    try:
        model = read_net(net)
    except TranslationError as error:
        return facts | {"problem": _first_line(error)}
    graph = model.graph
    if not graph.nodes:
        return facts | {"problem": "has no layers but those of training"}
    facts["unknown"] = sorted({node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)})
    facts["layers"], facts["layout"] = len(graph.nodes), graph.layout
    facts["misread"] = verification.misread_by_opencv(graph)
    inputs = verification.random_inputs(graph, seed=1)
    if not model.weights and not facts["unknown"]:
        drawn = calibrated_weights(Model(graph), infer(graph, Report()), inputs, _Here("ONNX Runtime"))
        model = Model(graph, drawn)
    if net.kind == "pytorch":
        given = np.load(folder / "arguments.npz")
        # An input that no layer takes is none of the model's.
        inputs = {each.name: given[name] for each, name in zip(graph.inputs, given.files, strict=False)}
    if net.kind == "onnx" and not facts["unknown"]:
        inputs, wanted, facts["original"] = onnx_truth(net.file, model)
        np.savez(folder / "wanted.npz", *wanted)
    np.savez(folder / "inputs.npz", **inputs)
    inputs = {each.name: inputs[each.name].astype(np.float32) for each in graph.inputs}
    np.savez(folder / "first_inputs.npz", **moved(inputs, model, "onnx"))
    np.savez(folder / "last_inputs.npz", **moved(inputs, model, "keras"))
    facts["outputs"] = [str(ref) for ref in graph.outputs]
    if net.kind == "caffe":
        shutil.copy(net.file, folder / "original.prototxt")
    for to, name in FILES.items():
        facts["cells"][to] = _written(model, to, folder / name)
    return facts


def _first_line(error: TranslationError) -> str:
    return str(error).splitlines()[0].partition("error")[2][:200]


def _written(model: Model, to: str, file: Path) -> dict[str, Any]:
    report = Report()
    try:
        write(model, to, file, report=report)
    except TranslationError as error:
        return {"said": _first_line(error)}
    except Exception as error:
        return {"said": f"DEFECT {type(error).__name__}: {error}"[:200]}
    return {"said": "", "transposes": transposes(as_written(model, to).graph)}


def transposes(graph: Graph) -> int:
    """Return how many layers move elements at run time for no other end than another order of them."""
    return sum(isinstance(node.layer, (L.Permute, L.ChannelShuffle)) for node in graph.nodes)


def again_as_onnx(folder: Path) -> str:
    """Read the prototxt that was written, and write it as ONNX, for a net that OpenCV cannot run."""
    weights = folder / WEIGHTS["caffe"]
    given = ReadOptions(weights=weights if weights.exists() else None)
    write(read(folder / FILES["caffe"], options=given), "onnx", folder / "again.onnx")
    return ""


def round_trips(net: Net, folder: Path, targets: list[str]) -> dict[str, str]:
    """Read back what was written for each target, and say of each what is not equal, or nothing.

    The two graphs are compared as the source's own format has them: in the form in which its writer prints them.
    """
    model = read_net(net)
    first = as_written(with_weights(model), net.kind)
    found = {}
    for to in targets:
        try:
            again = with_weights(read_back(model, to, folder))
            found[to] = "" if same_graph(as_written(again, net.kind), first) else "another graph"
        except TranslationError as error:
            found[to] = _first_line(error)
        except Exception as error:
            found[to] = f"DEFECT {type(error).__name__}: {error}"[:200]
    return found


def with_weights(model: Model) -> Model:
    """Return a model with seeded weights where it has none: some layers are said by weights alone."""
    return Model(model.graph, seeded_weights(model.graph, infer(model.graph, Report())) | dict(model.weights))


def read_back(model: Model, to: str, folder: Path) -> Model:
    """Return what was written for a target: of Keras's source what Keras saves of it, of PyTorch's what is exported."""
    weights = folder / WEIGHTS.get(to, "none")
    given = ReadOptions(weights=weights if weights.exists() else None)
    if to == "keras":
        return read("net.json", data=_saved(folder).encode(), format="keras-json", options=given)
    if to == "pytorch":
        return _exported(folder)
    return read(folder / FILES[to], options=given)


def _saved(folder: Path) -> str:
    """Return the architecture that Keras saves of the source that was written."""
    import types

    module = engines._module(folder / FILES["keras"])
    text: str = engines._own(module, lambda each: isinstance(each, types.FunctionType))().to_json()
    return text


def _exported(folder: Path) -> Model:
    import torch
    from safetensors.torch import load_file

    module = engines._module(folder / FILES["pytorch"])
    built = engines._own(module, lambda each: isinstance(each, type) and issubclass(each, torch.nn.Module))()
    if (weights := folder / WEIGHTS["pytorch"]).exists():
        built.load_state_dict(load_file(weights))
    inputs = np.load(folder / "first_inputs.npz")
    return read(built.eval(), tuple(torch.from_numpy(inputs[name]) for name in inputs.files))
