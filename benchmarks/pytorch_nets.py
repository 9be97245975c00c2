"""Export torchvision's classifiers with random weights, translate the files to every target, run and compare them.

    python benchmarks/pytorch_nets.py [--only PATTERN] [--most MILLIONS] [--json FILE]

It needs torchvision (`pip install --no-deps torchvision`). A net counts as read where no layer of it is unknown. A
difference is the largest absolute one to what PyTorch gives for the module, divided by the largest absolute value.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ir import Model, Report, TranslationError
from ir import layers as L
from translator import read, write
from translator.verification.engines import Engine, Job

TARGETS = {
    "onnx": ("net.onnx", "ONNX Runtime", ""),
    "pytorch": ("net.py", "PyTorch", "net.safetensors"),
    "keras": ("keras.py", "Keras", "keras.weights.h5"),
    "caffe": ("net.prototxt", "OpenCV", "net.caffemodel"),
}
"""Each target's file, the engine that runs it, and the file of its weights."""
SIZES = {"inception_v3": 299, "googlenet": 224}


@dataclass
class Result:
    """What became of one net."""

    net: str
    millions: float = 0.0
    layers: int = 0
    seconds: float = 0.0
    unknown: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    difference: dict[str, float] = field(default_factory=dict)
    transposes: int = 0


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


def try_net(name: str, net: torch.nn.Module, engines: dict[str, Engine], folder: Path) -> Result:
    """Export, read, write and run one net."""
    result = Result(name, round(sum(each.numel() for each in net.parameters()) / 1e6, 1))
    size = SIZES.get(name, 224)
    x = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        wanted = net(x).numpy()
    batch = torch.export.Dim("batch", min=1)
    torch.export.save(torch.export.export(net, (x,), dynamic_shapes=({0: batch},)), folder / "net.pt2")
    start = time.monotonic()
    try:
        model = read(folder / "net.pt2")
    except TranslationError as error:
        result.said["read"] = str(error).splitlines()[0][-200:]
        return result
    result.seconds, result.layers = round(time.monotonic() - start, 2), len(model.graph.nodes)
    customs = (node.layer.type for node in model.graph.nodes if isinstance(node.layer, L.Custom))
    result.unknown = dict(Counter(customs))
    for to in TARGETS:
        run(to, model, x.numpy(), wanted, engines, folder, result)
    return result


def run(to: str, model: Model, x: Any, wanted: Any, engines: dict[str, Engine], folder: Path, result: Result) -> None:
    """Write a model for a target, run what came of it, and note the difference."""
    file, engine, weights = TARGETS[to]
    report = Report()
    try:
        write(model, to, folder / file, report=report)
    except TranslationError as error:
        result.said[to] = str(error).splitlines()[0].rpartition(": ")[2][:120]
        return
    if to == "keras":
        result.transposes = sum(each.code == "transpose" for each in report)
    if result.unknown:
        result.said[to] = "stubs"
        return
    job = Job(folder / file, folder / weights if weights else None, (model.graph.outputs[0].node,))
    found = engines[engine].run(job, {model.graph.inputs[0].name: x})
    if isinstance(found, str):
        result.said[to] = found[-200:]
        return
    result.said[to] = "ran"
    result.difference[to] = float(np.abs(found.outputs[0].reshape(wanted.shape) - wanted).max() / np.abs(wanted).max())


def table(results: list[Result]) -> str:
    """Return the results, a net a row."""
    lines = ["| net | M | layers | read s | unknown | " + " | ".join(TARGETS) + " |", "|---" * (5 + len(TARGETS)) + "|"]
    for each in results:
        unknown = ", ".join(f"{kind} x{count}" for kind, count in each.unknown.items()) or each.said.get("read", "-")
        cells = [
            f"{each.difference[to]:.1e}" if to in each.difference else each.said.get(to, "-")[:60] for to in TARGETS
        ]
        lines.append(
            f"| {each.net} | {each.millions} | {each.layers} | {each.seconds} | {unknown} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def totals(results: list[Result]) -> str:
    """Return how many nets were read whole, and came to each target within 1e-4."""
    whole = sum(bool(each.layers) and not each.unknown for each in results)
    counts = ", ".join(f"{to} {sum(each.difference.get(to, 1) <= 1e-4 for each in results)}" for to in TARGETS)
    return f"{len(results)} nets, {whole} read without unknown layers; within 1e-4: {counts}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="pattern of the nets' names")
    parser.add_argument("--most", type=float, default=60.0, help="parameters of a net at most, in millions")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    models = classifiers()
    engines = {name: Engine(name) for name in {engine for _, engine, _ in TARGETS.values()}}
    results = []
    for name in models.list_models(module=models):
        if not re.search(args.only, name):
            continue
        if millions(models, name) > args.most:
            continue
        with tempfile.TemporaryDirectory() as folder:
            results.append(try_net(name, seeded(models, name), engines, Path(folder)))
        print(table(results[-1:]).splitlines()[-1], flush=True)
        if args.json:
            args.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    for engine in engines.values():
        engine.close()
    print(table(results), totals(results), sep="\n\n")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    main()
