"""Hold real Keras nets to the outputs that were recorded with them, by our ONNX of them in ONNX Runtime.

    python benchmarks/recorded.py [--corpus FOLDER]

The folder can stand in the environment's CORPUS too. A difference is the largest absolute one, divided by the largest
absolute value.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from comparing import moved

from ir import Model, TranslationError
from ir import layers as L
from translator import ReadOptions, read, verification, write
from translator.verification.engines import Engine, Job


@dataclass
class Result:
    """What became of one net: why it was not run, or how far what it gives is from the record."""

    net: str
    problem: str = ""
    difference: float = float("inf")


def recorded(corpus: Path, engine: Engine) -> list[Result]:
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
            result = Result(f"{path.name} by {(weights or model_path).name}"[-110:])
            try:
                model = read(model_path, options=ReadOptions(weights=weights))
                hold(model, inputs, shown, engine, result)
            except TranslationError as error:
                result.problem = str(error).splitlines()[0].split("error", 1)[-1][:160]
            results.append(result)
    return results + texts(corpus, engine)


def texts(corpus: Path, engine: Engine) -> list[Result]:
    """Hold nets to outputs that were recorded as text, with images that have their channels first."""
    results = []
    for path in sorted((corpus / "keras" / "weights").rglob("*_input.txt")):
        model_path = path.with_name(path.name.replace("_input.txt", "_model.h5"))
        wanted = np.loadtxt(path.with_name(path.name.replace("_input", "_output")))
        model = read(model_path)
        height, width, channels = (size or 0 for size in model.graph.inputs[0].shape[1:])
        image = np.moveaxis(np.loadtxt(path).reshape(1, channels, height, width), 1, -1)
        result = Result(f"{path.name} by {model_path.name}"[-110:])
        hold(model, [image], [wanted.reshape(1, -1)], engine, result)
        results.append(result)
    return results


def _of_stem(corpus: Path, path: Path, stem: str) -> list[tuple[Path, Path | None]]:
    """Return the models of a name, and the weights that go with an architecture."""
    whole: list[tuple[Path, Path | None]] = [(each, None) for each in path.parent.glob(f"{stem}_model*.h5")]
    configs = sorted((corpus / "keras").rglob(f"{stem}_config*.json"))
    return whole + [(config, each) for config in configs[:1] for each in path.parent.glob(f"{stem}_weights*.h5")]


def hold(model: Model, inputs: list[Any], wanted: list[Any], engine: Engine, result: Result) -> None:
    """Run a model in ONNX Runtime on recorded inputs, and compare what it gives."""
    unknown = sorted({node.layer.type for node in model.graph.nodes if isinstance(node.layer, L.Custom)})
    if unknown:
        result.problem = f"unknown: {', '.join(unknown)}"
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
            done = engine.run(Job(file), moved(piece, model, "onnx"))
            if isinstance(done, str):
                result.problem = done
                return
            found.append(done.outputs[0])
    result.difference = verification.difference("", wanted[0], np.concatenate(found)).relative


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    args = parser.parse_args()
    engine = Engine("ONNX Runtime")
    results = recorded(args.corpus, engine)
    engine.close()
    for each in results:
        print(f"{each.net:110} {each.problem or f'{each.difference:.1e}'}")
    close = sum(each.difference <= 1e-5 for each in results)
    print(f"{len(results)} records, {close} within 1e-5")


if __name__ == "__main__":
    main()
