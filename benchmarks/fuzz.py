"""Change real files at random, and see that each ends in a model or a diagnostic, soon.

    python benchmarks/fuzz.py [--corpus FOLDER] [--seconds N] [--seed N] [--json FILE]

Prototxts get bytes changed, cut, repeated and numbers replaced; caffemodels bits flipped and ends cut off. What is read
is written to Keras, PyTorch, Caffe and design too. Prints the number of tries, of diagnostics, of tracebacks (each with
the file that caused it, kept beside), the slowest try and the peak of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import time
import traceback
from collections import Counter
from pathlib import Path

from translator import TranslationError, read, write

NUMBERS = (b"0", b"-1", b"1e9", b"3", b"65536", b"2147483648", b"99999999999999999999", b"nan")
TARGETS = ("keras", "pytorch", "caffe", "design")


def changed_text(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at, kind = rng.randrange(len(data) or 1), rng.random()
        if kind < 0.3 and data:
            data[at] = rng.randrange(256)
        elif kind < 0.5:
            del data[at : at + rng.randint(1, 60)]
        elif kind < 0.7:
            data[at:at] = data[rng.randrange(len(data) or 1) :][: rng.randint(1, 80)]
        elif kind < 0.9 and (found := list(re.finditer(rb"\d+", bytes(data)))):
            number = rng.choice(found)
            data[number.start() : number.end()] = rng.choice(NUMBERS)
        else:
            del data[at + 1 :]
    return bytes(data)


def changed_binary(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(min(len(data), 3000) if rng.random() < 0.7 else len(data))
        data[at] ^= 1 << rng.randrange(8)
    if rng.random() < 0.3:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


def attempt(data: bytes, counts: Counter[str]) -> None:
    try:
        model = read("net.prototxt", data=data)
    except TranslationError as error:
        counts["diagnostics"] += bool(str(error))
        return
    counts["models"] += 1
    for to in TARGETS:
        try:
            write(model, to)
        except TranslationError:
            counts[f"refused by {to}"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    folder = args.corpus / "caffe"
    texts = [each.read_bytes() for each in sorted((folder / "nets").rglob("*.p*t*")) if each.stat().st_size < 20_000]
    binaries = [each.read_bytes() for each in sorted((folder / "weights").rglob("*.caffemodel"))]
    rng, counts = random.Random(args.seed), Counter[str]()
    slowest, start = 0.0, time.monotonic()
    while time.monotonic() - start < args.seconds:
        text = rng.random() < 0.8
        original = bytearray(rng.choice(texts if text else binaries))
        data = changed_text(original, rng) if text else changed_binary(original, rng)
        counts["tries"] += 1
        began = time.monotonic()
        try:
            attempt(data, counts)
        except Exception:
            counts["tracebacks"] += 1
            Path(f"fuzz_{args.seed}_{counts['tracebacks']}.bin").write_bytes(data)
            traceback.print_exc(limit=-2)
        slowest = max(slowest, time.monotonic() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"tracebacks": 0, **counts, "slowest, s": round(slowest, 2), "peak, MiB": round(peak)}
    print(json.dumps(figures, indent=1))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
