"""Translate real Keras nets of every era to Keras 3, PyTorch and ONNX, run the results, and compare the outputs.

    python benchmarks/keras_nets.py [--corpus FOLDER] [--only PATTERN] [--json FILE]

The folder can stand in the environment's CORPUS too. Nets without weights get seeded ones. Where Keras 3 itself still
loads a file with weights, what it gives is compared too (`original`), and recorded outputs are, where there are any.
A difference is the largest absolute one, divided by the largest absolute value.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from ir import Model, Report, TranslationError
from ir import layers as L
from ir.shapes import Shape
from ir.validate import infer
from translator import ReadOptions, read, verification, write
from translator.passes.relayout import image_inputs
from translator.verification.calibration import calibrated_weights
from translator.verification.engines import Arrays, Engine, Job

TARGETS = {
    "keras": ("keras.py", "Keras", ".weights.h5"),
    "keras-json": ("keras.json", "Keras", ""),
    "pytorch": ("pytorch.py", "PyTorch", ".safetensors"),
    "onnx": ("onnx.onnx", "ONNX Runtime", ""),
}
"""Each target's file, the engine that runs it, and the suffix of its weights. The JSON of Keras is loaded, not run."""
OPEN = {2: (10,), 3: (10,), 4: (64, 64), 5: (16, 16, 16)}
"""Sizes for what a net leaves open, by the number of axes."""
DIALECTS = ("keras0", "keras1", "keras2", "tf.keras", "keras3", "tfjs")


@dataclass
class Result:
    """What became of one net."""

    net: str
    dialect: str
    problem: str = ""
    stubs: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    difference: dict[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """The largest difference of all pairs."""
        return max(self.difference.values(), default=float("nan"))


def read_net(path: Path, weights: Path | None) -> Model:
    """Read a net, in some size where it leaves one open."""
    model = read(path, options=ReadOptions(weights=weights))
    left_open = {each.name: _closed(each.shape) for each in model.graph.inputs if None in each.shape[1:]}
    return read(path, options=ReadOptions(weights=weights, shapes=left_open)) if left_open else model


def _closed(shape: Shape) -> Shape:
    sizes = iter(OPEN.get(len(shape), ()))
    return (shape[0], *(next(sizes, 10) if size is None else size for size in shape[1:]))


def try_net(path: Path, entry: dict[str, Any], engines: dict[str, Engine], weights: Path | None = None) -> Result:
    """Read, write and run one net."""
    result = Result(f"{path.parent.name}/{path.name}"[-90:], str(entry.get("dialect")))
    try:
        model = read_net(path, weights)
        graph = model.graph
        result.stubs = sorted({node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)})
        inputs = verification.random_inputs(graph, seed=1)
        if not model.weights and not result.stubs:
            shapes = infer(graph, Report())
            model = Model(graph, calibrated_weights(Model(graph), shapes, inputs, engines["ONNX Runtime"]))
        compare(model, path, inputs, engines, result)
    except TranslationError as error:
        result.problem = str(error).splitlines()[0].split("error", 1)[-1][:160]
    except Exception as error:
        result.problem = f"DEFECT {type(error).__name__}: {error}"[:200]
    return result


def compare(model: Model, path: Path, inputs: Arrays, engines: dict[str, Engine], result: Result) -> None:
    """Write a model for every target, run what came of it, and note the differences."""
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    found: dict[str, list[Any]] = {}
    try:
        for to, (name, engine, suffix) in TARGETS.items():
            try:
                write(model, to, folder / name)
            except TranslationError as error:
                result.said[to] = str(error).splitlines()[0][-160:]
                continue
            result.said[to] = "written"
            if not result.stubs:
                given = folder / f"{Path(name).stem}{suffix}" if suffix else None
                run(to, Job(folder / name, given), engines[engine], moved(inputs, model, to), result, found)
        if path.suffix in (".h5", ".hdf5", ".keras") and not result.stubs:
            run("original", Job(path), engines["Keras"], inputs, result, found)
    finally:
        shutil.rmtree(folder)
    for a, b in combinations(found, 2):
        pairs = zip(found[a], found[b], strict=True)
        result.difference[f"{a}/{b}"] = max((difference(*pair) for pair in pairs), default=0.0)


def run(name: str, job: Job, engine: Engine, inputs: Arrays, result: Result, found: dict[str, list[Any]]) -> None:
    """Run a file, and keep what it gives; the JSON of Keras, which has no weights, must only load."""
    done = engine.run(job, inputs)
    result.said[name] = done if isinstance(done, str) else "ok"
    if not isinstance(done, str) and name != "keras-json":
        found[name] = done.outputs


def moved(inputs: Arrays, model: Model, to: str) -> Arrays:
    """Return inputs as a target wants them, with the channels where it has them."""
    wanted = "channels_last" if to.startswith("keras") else "channels_first"
    if model.graph.layout == wanted:
        return inputs
    images = image_inputs(model.graph)
    ways = (1, -1) if wanted == "channels_last" else (-1, 1)
    return {name: np.moveaxis(value, *ways).copy() if name in images else value for name, value in inputs.items()}


def difference(a: Any, b: Any) -> float:
    """Return the largest difference relative to the largest value; either may have its channels last."""
    return min(verification.difference("", *pair).relative for pair in ((a, b), (b, a)))


def recorded(corpus: Path, engines: dict[str, Engine]) -> list[Result]:
    """Hold nets to the outputs that were recorded with them."""
    import h5py

    results = []
    for path in sorted((corpus / "keras" / "weights").rglob("*inputs_and_outputs*.h5")):
        stem = path.name.partition("_inputs_and_outputs")[0]
        with h5py.File(path) as file:
            inputs = [np.array(file["inputs"][name]) for name in file["inputs"]]
            # `outputs` holds the labels of the training data, and `predictions` what the net gave.
            shown = [np.array(each) for each in file["predictions"].values()] if "predictions" in file else []
        if not shown:
            continue
        for model_path, weights in _of_stem(corpus, path, stem):
            result = Result(f"{path.name} by {(weights or model_path).name}"[-110:], "recorded")
            try:
                model = read(model_path, options=ReadOptions(weights=weights))
                hold(model, inputs, shown, engines, result)
            except TranslationError as error:
                result.problem = str(error).splitlines()[0].split("error", 1)[-1][:160]
            results.append(result)
    return results + texts(corpus, engines)


def texts(corpus: Path, engines: dict[str, Engine]) -> list[Result]:
    """Hold nets to outputs that were recorded as text, with images that have their channels first."""
    results = []
    for path in sorted((corpus / "keras" / "weights").rglob("*_input.txt")):
        model_path = path.with_name(path.name.replace("_input.txt", "_model.h5"))
        wanted = np.loadtxt(path.with_name(path.name.replace("_input", "_output")))
        model = read(model_path)
        height, width, channels = (size or 0 for size in model.graph.inputs[0].shape[1:])
        image = np.moveaxis(np.loadtxt(path).reshape(1, channels, height, width), 1, -1)
        result = Result(f"{path.name} by {model_path.name}"[-110:], "recorded")
        hold(model, [image], [wanted.reshape(1, -1)], engines, result)
        results.append(result)
    return results


def _of_stem(corpus: Path, path: Path, stem: str) -> list[tuple[Path, Path | None]]:
    """Return the models of a name, and the weights that go with an architecture."""
    whole: list[tuple[Path, Path | None]] = [(each, None) for each in path.parent.glob(f"{stem}_model*.h5")]
    configs = sorted((corpus / "keras").rglob(f"{stem}_config*.json"))
    return whole + [(config, each) for config in configs[:1] for each in path.parent.glob(f"{stem}_weights*.h5")]


def hold(model: Model, inputs: list[Any], wanted: list[Any], engines: dict[str, Engine], result: Result) -> None:
    """Run a model in ONNX Runtime on recorded inputs, and compare what it gives."""
    result.stubs = sorted({node.layer.type for node in model.graph.nodes if isinstance(node.layer, L.Custom)})
    if result.stubs:
        return
    given = {each.name: value.astype("float32") for each, value in zip(model.graph.inputs, inputs, strict=True)}
    batch = model.graph.inputs[0].shape[0]
    parts = 1 if batch is None else max(1, len(inputs[0]) // batch)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.onnx"
        write(model, "onnx", file)
        found = []
        for i in range(parts):
            piece = {name: np.array_split(value, parts)[i] for name, value in given.items()}
            done = engines["ONNX Runtime"].run(Job(file), moved(piece, model, "onnx"))
            if isinstance(done, str):
                result.said["onnx"] = done
                return
            found.append(done.outputs[0])
    result.said["onnx"] = "ok"
    result.difference["onnx/recorded"] = verification.difference("", wanted[0], np.concatenate(found)).relative


def row(each: Result) -> str:
    """Return what became of a net as lines."""
    if each.problem:
        return f"{each.net[:90]:90} {each.dialect:8} {each.problem}"
    marks = " ".join(f"{to}:{said if said in ('ok', 'written') else 'NO'}" for to, said in each.said.items())
    stubs = f" stubs: {', '.join(each.stubs)}" if each.stubs else ""
    lines = [f"{each.net[:90]:90} {each.dialect:8} {each.worst:8.1e} {marks}{stubs}"]
    return "\n".join(lines + [f"    {to}: {said}" for to, said in each.said.items() if said not in ("ok", "written")])


def summary(results: list[Result]) -> dict[str, Any]:
    """Count what came of nets."""
    done = [each for each in results if not each.problem]
    whole = [each for each in done if not each.stubs]
    return {
        "nets": len(results),
        "read": len(done),
        "with custom layers": len(done) - len(whole),
        **{f"to {to}": sum(each.said.get(to) in ("ok", "written") for each in done) for to in TARGETS},
        "ran": dict(Counter(to for each in whole for to, said in each.said.items() if said == "ok")),
        "compared": sum(each.worst == each.worst for each in whole),
        "parity 1e-4": sum(each.worst <= 1e-4 for each in whole),
        "parity 1e-5": sum(each.worst <= 1e-5 for each in whole),
    }


def tried(folder: Path, listed: str, only: str, engines: dict[str, Engine]) -> Iterator[Result]:
    """Try what a list of the corpus names, weights that stand alone with the architecture that they are of."""
    for entry in map(json.loads, (folder / listed).read_text().splitlines()):
        path, role = folder / entry["path"], entry.get("role", "")
        if only not in entry["path"] or "reference" in role:
            continue
        if role == "weights only":
            # The folder is laid out otherwise than the list says.
            whole = folder / entry["architecture_json"].replace("weights/visible/", "weights/")
            yield try_net(whole, entry, engines, path)
        else:
            yield try_net(path, entry, engines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="", help="nets whose path contains this")
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    engines = {name: Engine(name) for name in ("ONNX Runtime", "PyTorch", "Keras")}
    groups: dict[str, list[Result]] = {"recorded": recorded(args.corpus, engines) if not args.only else []}
    print("\n".join(map(row, groups["recorded"])), flush=True)
    for group, name in (("weights", "weights.jsonl"), ("nets", "manifest.jsonl")):
        groups[group] = []
        for each in tried(args.corpus / "keras", name, args.only, engines):
            groups[group].append(each)
            print(row(each), flush=True)
    found = {name: summary(results) for name, results in groups.items()}
    for dialect in DIALECTS:
        found[dialect] = summary([each for each in groups["nets"] if each.dialect == dialect])
    print(json.dumps(found, indent=1))
    if args.json:
        details = {name: [{**vars(each), "worst": each.worst} for each in group] for name, group in groups.items()}
        args.json.write_text(json.dumps({"summary": found, **details}, indent=1) + "\n")
    for engine in engines.values():
        engine.close()


if __name__ == "__main__":
    main()
