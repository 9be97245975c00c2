"""Export nets of timm, transformers and others as people do, translate the files, run and compare what comes of them.

    python benchmarks/hub_nets.py [--only PATTERN] [--as FORM ...] [--to TARGET ...] [--json FILE]

A form is how PyTorch exports: `pt2` (torch.export), `onnx` (torch.onnx of it) and `script` (torch.onnx's older way).
The nets and what they need are told in `hub.py`. A net is right where every output is that of PyTorch within 1e-4 of
the largest value. Each net is exported, and read and written, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import hub
import numpy as np
import torch
from classifiers import classifiers
from limits import limited

from ir import TranslationError
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
SECONDS = 600
"""How long the export of a net, or its translation, may take."""
FORMS = {"pt2": "net.pt2", "onnx": "new.onnx", "script": "old.onnx"}


def export(package: str, name: str, form: str, folder: Path) -> str:
    """Export a net, with its inputs and what PyTorch gives beside it."""
    net, inputs = hub.made(package, name)
    with torch.no_grad():
        found = net(*inputs)
        found = [each for each in (found if isinstance(found, (list, tuple)) else [found]) if hasattr(each, "numpy")]
        np.savez(folder / "given.npz", *(each.numpy() for each in inputs))
        np.savez(folder / "wanted.npz", *(each.numpy() for each in found))
        if form == "pt2":
            torch.export.save(torch.export.export(net, inputs), folder / FORMS[form])
        elif form == "onnx":
            torch.onnx.export(net, inputs, folder / FORMS[form], dynamo=True, verbose=False, external_data=False)
        else:
            torch.onnx.export(net, inputs, folder / FORMS[form], dynamo=False, opset_version=17)
    return ""


def translate(form: str, targets: list[str], folder: Path) -> dict[str, Any]:
    """Read what was exported, and write it for each target."""
    try:
        model = read(folder / FORMS[form])
    except TranslationError as error:
        return {"read": str(error).splitlines()[0][-200:]}
    unknown = Counter(node.layer.type for node in model.graph.nodes if isinstance(node.layer, L.Custom))
    cell: dict[str, Any] = {"read": ", ".join(unknown), "inputs": [each.name for each in model.graph.inputs]}
    for target in targets:
        try:
            write(model, target, folder / TARGETS[target][0])
            cell[target] = ""
        except TranslationError as error:
            cell[target] = str(error).splitlines()[0].rpartition(": ")[2][:120]
    return cell


def compare(target: str, names: list[str], folder: Path, engines: dict[str, Engine]) -> float | str:
    """Run what was written for a target; return the largest relative difference, or why there is none."""
    file, engine, weights = TARGETS[target]
    given, wanted = ([each for _, each in np.load(folder / kind).items()] for kind in ("given.npz", "wanted.npz"))
    held = folder / weights if weights and (folder / weights).exists() else None
    found = engines[engine].run(Job(folder / file, held), dict(zip(names, given, strict=True)))
    if isinstance(found, str):
        return found[-200:]
    if len(found.outputs) != len(wanted):
        return f"gives {len(found.outputs)} outputs for {len(wanted)}"
    return max(map(_apart, found.outputs, wanted))


def _apart(found: Any, wanted: Any) -> float:
    """Return how far an output is from what is wanted; Keras has channels last."""
    turned = found if found.shape == wanted.shape or found.ndim < 3 else np.moveaxis(found, -1, 1)
    if turned.shape != wanted.shape:
        return float("inf")
    return float(np.abs(turned - wanted).max() / max(1e-9, float(np.abs(wanted).max())))


def try_net(package: str, name: str, form: str, targets: list[str], engines: dict[str, Engine]) -> dict[str, Any]:
    """Return what became of one net."""
    result: dict[str, Any] = {"net": f"{package}/{name}", "form": form}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if said := limited(export, package, name, form, folder, seconds=SECONDS):
            return result | {"export": said[-200:]}
        cell = limited(translate, form, targets, folder, seconds=SECONDS)
        if isinstance(cell, str):
            return result | {"read": cell}
        result |= cell
        for target in targets:
            if result.get(target) == "" and not result["read"]:
                result[target] = compare(target, result["inputs"], folder, engines)
    return result


def table(results: list[dict[str, Any]], targets: list[str]) -> str:
    """Return how many nets of each package and form are read, and are right in each target."""
    lines = ["| of | as | exported | read | " + " | ".join(targets) + " |", "|---" * (4 + len(targets)) + "|"]
    for package, form in dict.fromkeys((each["net"].partition("/")[0], each["form"]) for each in results):
        mine = [each for each in results if each["net"].startswith(f"{package}/") and each["form"] == form]
        exported = [each for each in mine if "export" not in each]
        right = [
            sum(isinstance(each.get(target), float) and each[target] <= 1e-4 for each in exported) for target in targets
        ]
        whole = sum(each.get("read") == "" for each in exported)
        lines.append(f"| {package} | {form} | {len(exported)} | {whole} | " + " | ".join(map(str, right)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="pattern of the nets' names, as package/name")
    parser.add_argument("--as", dest="forms", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--to", nargs="*", default=["onnx", "pytorch", "keras"], choices=list(TARGETS))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    classifiers()  # timm wants torchvision, which may be there without its operators.
    engines = {TARGETS[to][1]: Engine(TARGETS[to][1]) for to in args.to}
    results = []
    nets = [(package, name) for package, (names, _) in hub.PACKAGES.items() for name in names]
    for package, name in nets:
        for form in args.forms if re.search(args.only, f"{package}/{name}") else ():
            results.append(try_net(package, name, form, args.to, engines))
            print(json.dumps(results[-1])[:400], flush=True)
            if args.json:
                args.json.write_text(json.dumps(results, indent=1))
    for engine in engines.values():
        engine.close()
    print(table(results, args.to))


if __name__ == "__main__":
    main()
