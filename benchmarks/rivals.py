"""Run the peers, each in its own environment, on the files and inputs that we get.

A peer is a script in `benchmarks/peers`, which runs in the environment FOLDER/NAME (`environments.sh` makes them all),
and is given the source, its weights or `-`, the inputs, the file to write, and the file for outputs. It may run what it
made itself and give the `outputs`; an ONNX file that it writes runs in our ONNX Runtime. Where the source has no
weights of its own, it also gives what the source `wanted` to give with the weights that it drew.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from comparing import same_shapes, worst
from limits import MEMORY
from sources import Net

from translator.verification.engines import Engine, Job

SECONDS = 120
"""How long a peer may take for a net."""


class Peer(NamedTuple):
    """A peer: what it translates to what, and the script that has it do so."""

    name: str
    kind: str
    to: str
    script: str


PEERS = (
    Peer("caffe2onnx", "caffe", "onnx", "caffe2onnx_peer.py"),
    Peer("mmdnn", "caffe", "keras", "mmdnn_peer.py"),
    Peer("mmdnn", "keras", "onnx", "mmdnn_peer.py"),
    Peer("tf2onnx", "keras", "onnx", "tf2onnx_peer.py"),
    Peer("onnx2torch", "onnx", "pytorch", "onnx2torch_peer.py"),
    Peer("onnx2keras", "onnx", "keras", "onnx2keras_peer.py"),
    Peer("onnx2kerastl", "onnx", "keras", "onnx2kerastl_peer.py"),
    Peer("onnx2tf", "onnx", "keras", "onnx2tf_peer.py"),
    Peer("nobuco", "pytorch", "keras", "nobuco_peer.py"),
)


def run_all(peers: Path, net: Net, folder: Path, wanted: list[Any] | None, engine: Engine) -> dict[str, Any]:
    """Have every peer that reads a net's format, and has an environment, translate it; return their cells."""
    return {
        peer.name: run(peers, peer, net, folder, wanted, engine)
        for peer in PEERS
        if peer.kind == net.kind and (peers / peer.name / "bin" / "python").exists()
    }


def run(peers: Path, peer: Peer, net: Net, folder: Path, wanted: list[Any] | None, engine: Engine) -> dict[str, Any]:
    """Return the cell of a peer, as ours are, with `to`, which of ours it is beside."""
    scratch = folder / peer.name
    scratch.mkdir()
    inputs, target, outputs = folder / "inputs.npz", scratch / f"net.{peer.to}", scratch / "outputs.npz"
    said = _said(peers, peer, net, scratch, [str(inputs), str(target), str(outputs)])
    told = dict(np.load(outputs)) if outputs.exists() else {}
    cell: dict[str, Any] = {"to": peer.to, "said": said, "shapes": False, "difference": None}
    if "transposes" in told:
        cell["transposes"] = int(told["transposes"])
    if said:
        return cell
    given = dict(np.load(inputs))
    found = _outputs(told, "output") or _run(target, given, engine)
    wanted = _outputs(told, "wanted") or wanted
    if isinstance(found, str):
        return cell | {"ran": found}
    apart = worst(found, wanted) if wanted is not None else float("inf")
    shapes = wanted is not None and same_shapes(found, wanted)
    return cell | {"ran": "", "shapes": shapes, "difference": apart if np.isfinite(apart) else None}


def _said(peers: Path, peer: Peer, net: Net, scratch: Path, files: list[str]) -> str:
    """Run a peer's script; return what it dies of, or nothing."""
    script = Path(__file__).parent / "peers" / peer.script
    weights = scratch.parent / "caffe.caffemodel" if net.kind == "caffe" else net.weights
    command = [str(peers / peer.name / "bin" / "python"), str(script), str(net.file), str(weights or "-"), *files]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python", "TQDM_DISABLE": "1"}
    if peer.name not in ("caffe2onnx", "mmdnn"):
        del quiet["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"]
    try:
        done = subprocess.run(
            command,
            cwd=scratch,
            env=environment | quiet,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {SECONDS} s"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)]
    return [f"ended with {done.returncode}", *lines, *named][-1][:200]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))


def _outputs(told: dict[str, Any], what: str) -> list[Any]:
    names = sorted((each for each in told if each.startswith(what)), key=lambda each: int(each[len(what) :]))
    return [told[name] for name in names]


def _run(target: Path, given: dict[str, Any], engine: Engine) -> list[Any] | str:
    """Run an ONNX file, whose inputs may bear other names, in their order."""
    import onnx

    if not target.exists():
        return "it wrote nothing"
    try:
        graph = onnx.load(str(target)).graph
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    held = {each.name for each in graph.initializer}
    wanted = {each.name: each for each in graph.input if each.name not in held}
    if not wanted.keys() <= given.keys():
        given = dict(zip(wanted, given.values(), strict=False))
    # A batch that the peer fixed, as the prototxt says it, is filled with copies.
    batches = {name: each.type.tensor_type.shape.dim[0].dim_value for name, each in wanted.items() if name in given}
    count = max((len(given[name]) for name in batches), default=0)
    for name, batch in batches.items():
        if batch > len(given[name]) and batch % len(given[name]) == 0:
            given[name] = np.concatenate([given[name]] * (batch // len(given[name])))
    done = engine.run(Job(target), given)
    if isinstance(done, str):
        return done
    grown = any(batch > count for batch in batches.values())
    return [each[:count] if grown and each.ndim else each for each in done.outputs]
