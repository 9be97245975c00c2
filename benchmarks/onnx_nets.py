"""Read real ONNX nets, write them in every target, run the results in their engines, and compare the outputs.

    python benchmarks/onnx_nets.py [--corpus FOLDER] [--only PATTERN] [--json FILE]

The folder can stand in the environment's CORPUS too; without the corpus there is nothing to do. The original runs in
ONNX Runtime, on one seeded input. A difference is the largest absolute one, divided by the largest absolute value.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from engines import Engine

from ir import Model, Report, TranslationError
from ir import layers as L
from translator import convert, verification, write

TARGETS = {"onnx": "onnx.onnx", "pytorch": "pytorch.py", "keras": "keras.py", "caffe": "caffe.prototxt"}
"""The targets, and the file that each is written to; Caffe's is not run, for OpenCV reads some of it differently."""
RUN = ("onnx", "pytorch", "keras")


@dataclass
class Outcome:
    """What became of one net: why it was not read, what each target gives, and how far off that is."""

    net: str
    problem: str = ""
    targets: dict[str, str] = field(default_factory=dict)
    differences: dict[str, float] = field(default_factory=dict)
    custom: list[str] = field(default_factory=list)
    layers: int = 0
    original: str = ""

    def row(self) -> str:
        if self.problem:
            return f"{self.net[-60:]:60} {self.problem}"
        marks = " ".join(f"{self.mark(name):>9}" for name in TARGETS)
        return f"{self.net[-60:]:60} {marks} {self.layers:6} {', '.join(self.custom)}"

    def mark(self, name: str) -> str:
        if name in self.differences:
            return f"{self.differences[name]:.1e}"
        return "written" if self.targets.get(name) == "written" else "no"


def random_inputs(session: Any, model: Model, seed: int = 0) -> dict[str, Any]:
    """Return inputs for the original, those that are indices within their tables."""
    rng = np.random.default_rng(seed)
    drawn = verification.random_inputs(model.graph, seed)
    found = {}
    for each in session.get_inputs():
        dtype = np.dtype({"float": "float32", "double": "float64"}.get(each.type[7:-1], each.type[7:-1]))
        shape = [size if isinstance(size, int) else 1 for size in each.shape]
        value = drawn.get(each.name, rng.standard_normal(shape))
        found[each.name] = np.asarray(np.rint(value) if dtype.kind in "iu" else value).astype(dtype)
    return found


def original(path: Path, model: Model) -> tuple[dict[str, Any], list[Any]]:
    """Return seeded inputs, and what the original makes of them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = random_inputs(session, model)
    return inputs, list(session.run(None, inputs))


def reference(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Return the inputs and outputs that came with a net, which says nothing of its own where there are none."""
    import onnx

    proto = onnx.load(path)
    folder = path.with_name(f"{path.name}.ref") / "test_data_set_0"
    held = {each.name for each in proto.graph.initializer}
    names = [each.name for each in proto.graph.input if each.name not in held]
    inputs = {name: _array(folder / f"input_{i}.pb") for i, name in enumerate(names)}
    return inputs, [_array(folder / f"output_{i}.pb") for i in range(len(proto.graph.output))]


def _array(path: Path) -> Any:
    import onnx

    return onnx.numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def truth(path: Path, model: Model, outcome: Outcome) -> tuple[dict[str, Any], list[Any]]:
    """Return what the original makes of seeded inputs, or, where ONNX Runtime does not run it, what came with it."""
    try:
        return original(path, model)
    except Exception as error:
        outcome.original = f"{type(error).__name__}: {' '.join(str(error).split())[:100]}"
        return reference(path)


def compare(path: Path, model: Model, engines: dict[str, Engine], outcome: Outcome) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        for to, name in TARGETS.items():
            try:
                write(model, to, folder / name)
                outcome.targets[to] = "written"
            except TranslationError as error:
                outcome.targets[to] = str(error).splitlines()[0][-200:]
        if outcome.custom:
            return
        inputs, wanted = truth(path, model, outcome)
        names = [each.name for each in model.graph.inputs]
        given = {name: inputs[name].astype(np.float32) for name in names}
        for to in RUN:
            if outcome.targets[to] == "written":
                found = engines[to].run(folder, given, [])
                if isinstance(found, str):
                    outcome.targets[to] = found
                else:
                    outcome.differences[to] = max(map(difference, found, wanted), default=math.nan)
    finally:
        shutil.rmtree(folder)


def difference(a: Any, b: Any) -> float:
    """Return the largest difference relative to the largest value; Keras may have channels last."""
    b = np.asarray(b, np.float32)
    return min(verification.difference("", *pair).relative for pair in ((a, b), (b, a)))


def try_net(path: Path, name: str, engines: dict[str, Engine]) -> Outcome:
    outcome = Outcome(name)
    try:
        model = convert.read(path, report=Report())
        outcome.layers = len(model.graph.nodes)
        outcome.custom = sorted({n.layer.type for n in model.graph.nodes if isinstance(n.layer, L.Custom)})
        compare(path, model, engines, outcome)
    except TranslationError as error:
        outcome.problem = str(error).splitlines()[0].rpartition(": error")[2][:150]
    except Exception as error:
        outcome.problem = f"DEFECT {type(error).__name__}: {error}"[:200]
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="", help="nets whose path contains this")
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    folder = args.corpus / "onnx" / "nets"
    nets = [path for path in sorted(folder.rglob("*.onnx")) if args.only in str(path) and path.is_file()]
    if not nets:
        print(f"there are no nets in {folder}")
        return
    engines = {name: Engine(name) for name in RUN}
    print(f"{'net':60} {' '.join(f'{name:>9}' for name in TARGETS)} layers custom")
    outcomes = []
    for path in nets:
        outcomes.append(try_net(path, str(path.relative_to(folder)), engines))
        print(outcomes[-1].row(), flush=True)
        if outcomes[-1].original:
            print(f"    the original does not run, and is held to its reference: {outcomes[-1].original}")
        for name, said in outcomes[-1].targets.items():
            if said != "written":
                print(f"    {name}: {said}")
    print(json.dumps(summary(outcomes), indent=1))
    if args.json:
        figures = {"summary": summary(outcomes), "nets": [asdict(each) for each in outcomes]}
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    for engine in engines.values():
        engine.close()


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Count what was read, written and run, and name the largest difference of each target."""
    read = [each for each in outcomes if not each.problem]
    return {
        "nets": len(outcomes),
        "read": len(read),
        "with custom layers": sum(bool(each.custom) for each in read),
        "written": {name: sum(each.targets.get(name) == "written" for each in read) for name in TARGETS},
        "run": {name: sum(name in each.differences for each in read) for name in RUN},
        "worst": {name: max((e.differences.get(name, 0.0) for e in read), default=0.0) for name in RUN},
    }


if __name__ == "__main__":
    main()
