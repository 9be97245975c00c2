"""Change files of PyTorch at random, and see that each ends in a model or a diagnostic, soon.

    python benchmarks/fuzz_pytorch.py [--seconds N] [--seed N] [--json FILE]

The files are made here: programs of torch.export, and weights as torch.save and safetensors write them. What is changed
is a file's bytes, the JSON of a graph, a pickle, or the list of arrays. What is read is written to every target.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

from benchmarks.fuzz import TARGETS, changed_binary, changed_text
from translator import ReadOptions, TranslationError, read, write


def programs() -> list[bytes]:
    """Return programs of small nets in several styles."""
    import torch

    from tests.pytorch_nets import NETS, made

    found = []
    for name in NETS:
        net, inputs = made(name)
        batch = torch.export.Dim("batch", min=1)
        program = torch.export.export(net, inputs, dynamic_shapes=tuple({0: batch} for _ in inputs))
        buffer = io.BytesIO()
        torch.export.save(program, buffer)
        found.append(buffer.getvalue())
    return found


def weights() -> list[bytes]:
    """Return the weights of one of the nets in each form."""
    import torch
    from safetensors.torch import save

    from tests.pytorch_nets import made

    state = made("residual")[0].state_dict()
    found = [save(state)]
    for new in (True, False):
        buffer = io.BytesIO()
        torch.save(state, buffer, _use_new_zipfile_serialization=new)
        found.append(buffer.getvalue())
    return found


def changed(data: bytes, rng: random.Random) -> bytes:
    """Return a file with changes: in its bytes, or in one member of an archive, which is packed anew."""
    if not data.startswith(b"PK") or rng.random() < 0.3:
        return changed_binary(bytearray(data), rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = [name for name in parts if name.endswith((".json", ".pkl"))]
    name = rng.choice(texts)
    change = changed_text if name.endswith(".json") else changed_binary
    parts[name] = change(bytearray(parts[name]), rng)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return buffer.getvalue()


def attempt(model: Path, options: ReadOptions, counts: Counter[str]) -> None:
    try:
        found = read(model, options=options)
    except TranslationError as error:
        counts["diagnostics"] += bool(str(error))
        return
    counts["models"] += 1
    for to in TARGETS:
        try:
            write(found, to)
        except TranslationError:
            counts[f"refused by {to}"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    nets, states = programs(), weights()
    rng, counts = random.Random(args.seed), Counter[str]()
    slowest, start = 0.0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        model, other = Path(folder) / "net.pt2", Path(folder) / "weights.bin"
        while time.monotonic() - start < args.seconds:
            laid = rng.random() < 0.3
            data = nets[0] if laid else changed(rng.choice(nets), rng)
            model.write_bytes(data)
            if laid:
                other.write_bytes(changed(rng.choice(states), rng))
            counts["tries"] += 1
            began = time.monotonic()
            try:
                attempt(model, ReadOptions(weights=other if laid else None), counts)
            except Exception:
                counts["tracebacks"] += 1
                Path(f"fuzz_{args.seed}_{counts['tracebacks']}.bin").write_bytes(other.read_bytes() if laid else data)
                traceback.print_exc(limit=-2)
            slowest = max(slowest, time.monotonic() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"tracebacks": 0, **counts, "slowest, s": round(slowest, 2), "peak with PyTorch, MiB": round(peak)}
    print(json.dumps(figures, indent=1))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
