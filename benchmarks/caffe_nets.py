"""Translate real Caffe nets to every target, run the results in their engines, and compare the outputs.

    python benchmarks/caffe_nets.py [--corpus FOLDER] [--all] [--only PATTERN] [--jobs N] [--json FILE]

The folder can stand in the environment's CORPUS too. A job takes up to 3 GB: the engines stay loaded.

Weights are seeded at random, fan-in scaled, where a net has none, and the statistics of its normalisations fit what
passes through it on another input; trained nets are held to their reference outputs. A
difference is the largest absolute one, divided by the largest absolute value. What a final Softmax takes is compared
too: with random weights the Softmax itself is often saturated, and hides differences.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np
import pages
from comparing import worst
from engines import RUNS, Engine
from results import Result, by_family, summary, table
from sources import Net, caffe_nets, families, given_shapes, read_net, trained_caffe_nets
from translations import FILES

from ir import Graph, Model, Report, TranslationError
from ir import layers as L
from ir.shapes import Shape
from ir.validate import infer
from translator import ReadOptions, read, verification, write
from translator.verification.calibration import calibrated_weights

CLASSICS = ("alexnet", "caffenet", "vgg", "nin", "googlenet", "resnet", "squeezenet", "lenet", "cifar", "det")
SAME_AVERAGE = re.compile(r'AveragePooling\dD\((?:[^()]|\([^()]*\))*padding="same"')


def at_fault(graph: Graph, folder: Path) -> dict[str, str]:
    """Return the runs whose engine departs from Caffe, and how. The tests have the proof, by numpy."""
    found = {}
    keras = folder / FILES["keras"]
    if keras.exists() and SAME_AVERAGE.search(keras.read_text()):
        found["keras on torch"] = (
            "Keras 3.15 repeats the edge under an odd `same` border of an average (keras-team/keras#23233)"
        )
    if fault := verification.misread_by_opencv(graph):
        found |= dict.fromkeys(("caffe", "original"), fault)
    return found


def with_logits(graph: Graph) -> Graph:
    """Return a graph that also gives what its final Softmax layers take."""
    extra = [
        graph.node(ref.node).inputs[0] for ref in graph.outputs if isinstance(graph.node(ref.node).layer, L.Softmax)
    ]
    inputs = {each.name for each in graph.inputs}
    return replace(graph, outputs=tuple(dict.fromkeys((*graph.outputs, *(r for r in extra if r.node not in inputs)))))


def written(model: Model, source: Path, folder: Path) -> dict[str, str]:
    """Write a model in every target; return what each that fails says."""
    problems = {}
    for to, name in FILES.items():
        try:
            write(model, to, folder / name)
        except TranslationError as error:
            problems[to] = str(error).splitlines()[0][-160:]
    shutil.copy(source, folder / "original.prototxt")
    return problems


def compare(model: Model, source: Path, engines: dict[str, Engine], result: Result) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        shown = Model(with_logits(model.graph), model.weights)
        problems = written(shown, source, folder)
        inputs = verification.random_inputs(model.graph)
        outputs = [str(ref.node) for ref in shown.graph.outputs]
        found: dict[str, list[Any]] = {}
        for name, engine in engines.items():
            target = "caffe" if name == "original" else name.partition(" ")[0]
            done = problems.get(target) or engine.run(folder, inputs, outputs)
            result.engines[name] = done if isinstance(done, str) else "ok"
            if not isinstance(done, str):
                found[name] = done
        result.excepted = {name: why for name, why in at_fault(model.graph, folder).items() if name in found}
        for a, b in combinations(found, 2):
            result.difference[f"{a}/{b}"] = worst(found[a], found[b])
    finally:
        shutil.rmtree(folder)


def write_stubs(model: Model, source: Path, result: Result) -> None:
    """Write a net with layers that nobody knows: no engine runs it, but the source must be Python."""
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        problems = written(model, source, folder)
        for target in ("keras", "pytorch"):
            if target not in problems:
                compile((folder / f"{target}.py").read_text(), target, "exec")
        result.engines = {target: problems.get(target, "written") for target in FILES}
    finally:
        shutil.rmtree(folder)


def fixed_point(graph: Graph) -> bool:
    """Tell whether what is written for Caffe is written the same again once it has been read."""
    text = write(Model(graph), "caffe").text or ""
    shapes = {each.name: each.shape for each in graph.inputs}
    again = read("net.prototxt", data=text.encode(), format="caffe", options=ReadOptions(shapes=shapes))
    return write(again, "caffe").text == text


def round_trip(graph: Graph, given: dict[str, Shape]) -> bool:
    """Tell whether Caffe -> design -> Caffe gives the graph again; what stubs give is told anew."""
    design = write(Model(graph), "design").text or ""
    again = read("net.json", data=design.encode(), format="design")
    text = write(again, "caffe").text or ""
    options = ReadOptions(shapes=given)
    return read("net.prototxt", data=text.encode(), format="caffe", options=options).graph == graph == again.graph


def try_net(net: Net, engines: dict[str, Engine]) -> Result:
    result, path = Result(net.name), net.file
    start = time.monotonic()
    try:
        graph = read_net(net).graph
        if not graph.nodes:
            result.problem = "has no layers but those of training"
            return result
        known = infer(graph, Report())
        result.stubs = sorted({node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)})
        if result.stubs:
            write_stubs(Model(graph), path, result)
        else:
            inputs = verification.random_inputs(graph, seed=1)
            weights = calibrated_weights(Model(graph), known, inputs, engines["onnx"].engine)
            compare(Model(graph, weights), path, engines, result)
        try:
            result.round_trip, result.fixed_point = round_trip(graph, given_shapes(net)), fixed_point(graph)
        except TranslationError as error:
            result.engines["design"] = str(error).splitlines()[0]
    except TranslationError as error:
        result.problem = str(error).splitlines()[0].split(": ", 1)[-1][:160]
    except Exception as error:
        result.problem = f"DEFECT {type(error).__name__}: {error}"[:200]
    result.seconds = time.monotonic() - start
    return result


def trained(corpus: Path, engines: dict[str, Engine]) -> list[Result]:
    """Hold trained nets to their reference outputs."""
    results = []
    for net, reference in trained_caffe_nets(corpus):
        result, prototxt = Result(net.name), net.file
        model = read_net(net)
        arrays = np.load(reference)
        inputs = {key[3:]: arrays[key] for key in arrays.files if key.startswith("in:")}
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        problems = written(model, prototxt, folder)
        outputs = [str(ref) for ref in model.graph.outputs]
        labels = [model.graph.node(ref.node).label(ref.index) for ref in model.graph.outputs]
        for name, engine in engines.items():
            target = "caffe" if name == "original" else name.partition(" ")[0]
            done = problems.get(target) or engine.run(folder, inputs, outputs)
            result.engines[name] = done if isinstance(done, str) else "ok"
            if not isinstance(done, str):
                # The references bear the names of layers, or those of blobs where these differ.
                wanted = [
                    arrays[f"out:{label}" if f"out:{label}" in arrays.files else f"out:{output}"]
                    for label, output in zip(labels, outputs, strict=True)
                ]
                result.difference[name] = worst(done, wanted)
        shutil.rmtree(folder)
        results.append(result)
    return results


def in_turn(nets: list[Net], sets: list[dict[str, Engine]]) -> Iterator[Result]:
    """Try nets, as many at a time as there are sets of engines; their results come in the order of the nets."""
    idle: Queue[dict[str, Engine]] = Queue()
    for engines in sets:
        idle.put(engines)

    def take(net: Net) -> Result:
        engines = idle.get()
        try:
            return try_net(net, engines)
        finally:
            idle.put(engines)

    with ThreadPoolExecutor(len(sets)) as pool:
        yield from pool.map(take, nets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--all", action="store_true", help="every net, not BVLC's and the classics alone")
    parser.add_argument("--only", default="", help="nets whose path contains this")
    parser.add_argument("--jobs", type=int, default=1, help="nets at a time, each with engines of its own")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--pages", type=Path, help="root of the project, whose pages get the figures")
    args = parser.parse_args()
    nets = caffe_nets(args.corpus)
    if not args.all:
        nets = [net for net in nets if "BVLC__" in net.name or any(c in net.name.lower() for c in CLASSICS)]
    nets = [net for net in nets if args.only in net.name]
    sets = [{name: Engine(name) for name in RUNS} for _ in range(args.jobs)]
    held = trained(args.corpus, sets[0]) if not args.only else []
    print(table(held, "trained net, against its reference"))
    results = []
    for result in in_turn(nets, sets):
        results.append(result)
        print(table([result], "net").split("\n", 1)[1], flush=True)
    found = {"trained": summary(held), "nets": summary(results)}
    print(json.dumps(found, indent=1))
    if args.json:
        details = [{**vars(each), "worst": each.worst} for each in held + results]
        figures = {"date": str(datetime.date.today()), "summary": found, "nets": details}
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    if args.pages:
        pages.put(args.pages, pages.FAMILIES, by_family(results, held, families(args.corpus)))
    for engine in (each for engines in sets for each in engines.values()):
        engine.close()


if __name__ == "__main__":
    main()
