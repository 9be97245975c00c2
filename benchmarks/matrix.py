"""Translate every net of the corpora to every target, run the results in their engines, and hold them to the source's.

    python benchmarks/matrix.py --json FILE [--corpus FOLDER] [--only PATTERN] [--every N] [--jobs N] [--peers FOLDER]
    python benchmarks/matrix.py --json FILE --trips [--corpus FOLDER] [--only PATTERN]

The folder can stand in the environment's CORPUS too. What FILE holds already is not done again. A net without weights
gets seeded ones. The outputs of each target are held to those of the source's own engine on the same input, and, where
that does not run the net, to those of the other targets. `--peers` names a folder with a virtual environment for each
peer (`benchmarks/peers`): they get the same files and inputs, and are held to the same outputs. `--trips` does the
round trips of what FILE holds again, and nothing else: no engine runs but the source's own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from threading import Lock
from typing import Any

import h5py  # noqa: F401  (imported before processes are forked)
import numpy as np
import onnxruntime  # noqa: F401
import rivals
import tables
from comparing import same_shapes, worst
from limits import limited
from modules import export, pytorch_nets
from sources import Net, caffe_nets, keras_nets, onnx_nets, trained_caffe_nets
from translations import FILES, WEIGHTS, again_as_onnx, round_trips, translate_net

from translator.verification.engines import Engine, Job

ENGINES = {"caffe": "OpenCV", "keras": "Keras", "onnx": "ONNX Runtime", "pytorch": "PyTorch"}
"""The engine of each target."""
SECONDS = 300
"""How long the translations of a net, its way back, and each engine may take."""


class Bench:
    """Engines, and the folder of one net at a time."""

    def __init__(self, peers: Path | None) -> None:
        self.engines = {name: Engine(name, SECONDS) for name in ENGINES.values()}
        self.peers = peers

    def close(self) -> None:
        for each in self.engines.values():
            each.close()

    def try_net(self, net: Net) -> dict[str, Any]:
        """Return what became of a net; see `translate_net`, with what engines and peers say in its cells."""
        folder, start = Path(tempfile.mkdtemp(prefix="matrix")), time.monotonic()
        try:
            made = ""
            if net.kind == "pytorch":
                net = net._replace(file=folder / net.file)
                made = limited(export, net, folder, seconds=SECONDS)
            facts = made or limited(translate_net, net, folder, seconds=SECONDS)
            if isinstance(facts, str):
                facts = {"problem": facts, "unknown": [], "cells": {}}
            elif not facts["problem"] and not facts["unknown"]:
                self.judge(net, folder, facts)
            return {"kind": net.kind, "net": net.name, **facts, "seconds": round(time.monotonic() - start, 1)}
        finally:
            shutil.rmtree(folder)

    def trip_again(self, net: Net, result: dict[str, Any]) -> dict[str, Any]:
        """Return a net's result with its round trips done again."""
        folder = Path(tempfile.mkdtemp(prefix="matrix"))
        try:
            if net.kind == "pytorch":
                net = net._replace(file=folder / net.file)
                limited(export, net, folder, seconds=SECONDS)
            facts = limited(translate_net, net, folder, seconds=SECONDS)
            cells = {to: dict(cell) for to, cell in result["cells"].items()}
            written = [] if isinstance(facts, str) else [to for to, cell in facts["cells"].items() if not cell["said"]]
            written = [to for to in written if not cells.get(to, {"said": "new"})["said"]]
            trips = limited(round_trips, net, folder, written, seconds=SECONDS) if written else {}
            for to in written:
                cells[to]["round_trip"] = trips if isinstance(trips, str) else trips[to]
            return {**result, "cells": cells}
        finally:
            shutil.rmtree(folder)

    def judge(self, net: Net, folder: Path, facts: dict[str, Any]) -> None:
        """Run what was written, and hold it to what the source's own engine gives."""
        cells = facts["cells"]
        found = {to: self.run(folder, to, facts, cell) for to, cell in cells.items() if not cell["said"]}
        outputs = {to: each for to, each in found.items() if not isinstance(each, str)}
        original = self.original(net, folder, facts)
        for to, each in found.items():
            if isinstance(each, str):
                cells[to]["ran"] = each
                continue
            by, wanted = reference(original, outputs, to, facts)
            cells[to] |= {"ran": "", "by": by} | held(each, wanted)
        written = [to for to, cell in cells.items() if not cell["said"]]
        trips = limited(round_trips, net, folder, written, seconds=SECONDS)
        for to in written:
            cells[to]["round_trip"] = trips if isinstance(trips, str) else trips[to]
        if self.peers is not None:
            by, wanted = reference(original, outputs, "", facts)
            facts["peers"] = rivals.run_all(self.peers, net, folder, wanted, self.engines["ONNX Runtime"])

    def run(self, folder: Path, to: str, facts: dict[str, Any], cell: dict[str, Any]) -> list[Any] | str:
        """Return the outputs of a target, or what went wrong; what OpenCV cannot run is run as ONNX, read again."""
        weights = folder / WEIGHTS.get(to, "none")
        job = Job(folder / FILES[to], weights if weights.exists() else None, tuple(facts["outputs"]))
        given = arrays(folder / "first_inputs.npz") if to != "keras" else arrays(folder / "last_inputs.npz")
        done: Any = (
            facts["misread"] if to == "caffe" and facts["misread"] else self.engines[ENGINES[to]].run(job, given)
        )
        if to == "caffe" and isinstance(done, str):
            cell["refused"] = done
            told = limited(again_as_onnx, folder, seconds=SECONDS)
            done = told or self.engines["ONNX Runtime"].run(Job(folder / "again.onnx"), given)
        return done if isinstance(done, str) else done.outputs

    def original(self, net: Net, folder: Path, facts: dict[str, Any]) -> list[Any] | str:
        """Return what the source's own engine gives, or why it gives nothing."""
        if (folder / "wanted.npz").exists():
            return list(arrays(folder / "wanted.npz").values())
        job, engine = Job(net.file, net.weights), "Keras"
        if net.kind == "caffe":
            if facts["misread"]:
                return str(facts["misread"])
            blobs = folder / WEIGHTS["caffe"]
            job = Job(folder / "original.prototxt", blobs if blobs.exists() else None, tuple(facts["outputs"]))
            engine = "OpenCV"
        elif net.file.suffix == ".json":
            return "has no weights"
        done = self.engines[engine].run(job, arrays(folder / "inputs.npz"))
        return done if isinstance(done, str) else done.outputs


def reference(
    original: list[Any] | str, outputs: dict[str, list[Any]], to: str, facts: dict[str, Any]
) -> tuple[str, list[Any] | None]:
    """Return what a cell is held to, and by whom: the original, or else another target's."""
    if not isinstance(original, str):
        return "original", original
    facts["original"] = original
    by = next((each for each in ("onnx", "pytorch", "keras") if each != to and each in outputs), "")
    return by, outputs.get(by)


def held(found: list[Any], wanted: list[Any] | None) -> dict[str, Any]:
    """Compare outputs with what they should be."""
    if wanted is None:
        return {"shapes": False, "difference": None}
    apart = worst(found, wanted)
    return {"shapes": same_shapes(found, wanted), "difference": apart if np.isfinite(apart) else None}


def arrays(path: Path) -> dict[str, Any]:
    """Return the arrays of a file."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def all_nets(corpus: Path) -> list[Net]:
    """Return every net of the corpora."""
    return [
        *(net._replace(name=f"trained/{net.name}") for net, _ in trained_caffe_nets(corpus)),
        *caffe_nets(corpus),
        *keras_nets(corpus, "weights.jsonl"),
        *keras_nets(corpus, "manifest.jsonl"),
        *onnx_nets(corpus),
        *pytorch_nets(),
    ]


def run(nets: list[Net], benches: list[Bench], results: list[dict[str, Any]], file: Path, trips: bool = False) -> None:
    """Try nets, or their round trips alone, as many at a time as there are benches, and keep the file up to date."""
    before = {(each["kind"], each["net"]): each for each in results}
    idle: Queue[Bench] = Queue()
    lock = Lock()
    for each in benches:
        idle.put(each)

    def take(net: Net) -> None:
        bench = idle.get()
        try:
            result = bench.trip_again(net, before[net.kind, net.name]) if trips else bench.try_net(net)
        finally:
            idle.put(bench)
        with lock:
            results[:] = [each for each in results if (each["kind"], each["net"]) != (net.kind, net.name)]
            results.append(result)
            beside = file.with_name(f"{file.name}.new")
            beside.write_text(json.dumps(results))
            os.replace(beside, file)
            print(tables.row(result), flush=True)

    with ThreadPoolExecutor(len(benches)) as pool:
        list(pool.map(take, nets))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="", help="pattern of the nets, as kind:name")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth net of each kind")
    parser.add_argument("--jobs", type=int, default=1, help="nets at a time, each with engines of its own")
    parser.add_argument("--json", type=Path, required=True, help="where the results go, and are taken up from")
    parser.add_argument("--trips", action="store_true", help="do the round trips of what FILE holds again, and no more")
    parser.add_argument("--peers", type=Path, help="folder with the environments of the peers")
    parser.add_argument("--pages", type=Path, help="root of the project, whose pages get all results of FILE")
    args = parser.parse_args()
    results: list[dict[str, Any]] = json.loads(args.json.read_text()) if args.json.exists() else []
    done = {(each["kind"], each["net"]) for each in results}
    chosen: list[Net] = []
    for kind in FILES:
        chosen += [each for each in all_nets(args.corpus) if each.kind == kind][:: args.every]
    wanted = [each for each in chosen if re.search(args.only, f"{each.kind}:{each.name}")]
    if args.peers:  # What was done without them is done again.
        done -= {
            (each["kind"], each["net"])
            for each in results
            if "peers" not in each and tables.whole([each], each["kind"])
        }
    benches = [Bench(args.peers) for _ in range(args.jobs)]
    try:
        if args.trips:
            held = {(each["kind"], each["net"]) for each in results if not each["problem"] and not each["unknown"]}
            run([each for each in wanted if (each.kind, each.name) in held], benches, results, args.json, trips=True)
        else:
            run([each for each in wanted if (each.kind, each.name) not in done], benches, results, args.json)
    finally:
        for bench in benches:
            bench.close()
    names = {(each.kind, each.name) for each in wanted}
    print(tables.report([each for each in results if (each["kind"], each["net"]) in names]))
    if args.pages:
        tables.put_into(args.pages, results, shlex.join(["python", *sys.argv]))


if __name__ == "__main__":
    main()
