"""Change real files at random, and see that each ends in a model or a diagnostic, soon.

    python benchmarks/fuzz.py [--format caffe] [--corpus FOLDER] [--seconds N] [--seed N] [--json FILE]

Texts get bytes changed, cut, repeated and numbers replaced; binaries bits flipped and ends cut off; of archives a
member is changed, or the bytes. The files are those of the corpus; those of PyTorch are made here (programs of
torch.export, and weights that are laid over them), and so are figures and tables beside the papers. What is read is
written to Keras, PyTorch, Caffe and design too.
Prints the number of tries, of diagnostics, of tracebacks (each with the file that caused it, kept beside), the slowest
try and the peak of memory.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import resource
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from translator import ReadOptions, TranslationError, read, write

NUMBERS = (b"0", b"-1", b"1e9", b"3", b"65536", b"2147483648", b"99999999999999999999", b"nan")
TARGETS = ("keras", "pytorch", "caffe", "design")
LARGEST = 300_000
"""Bytes of a file at most that is changed."""
TEXTS = (".prototxt", ".pt", ".json", ".svg", ".csv", ".html", ".md", ".tex")


class Seed(NamedTuple):
    """A file to change: its suffix and content, and what it is laid over, where it holds weights."""

    suffix: str
    data: bytes
    model: bytes = b""


def files_in(folder: Path, *suffixes: str) -> list[Seed]:
    """Return the files of a folder that end so and are small."""
    found = (each for each in sorted(folder.rglob("*")) if each.suffix in suffixes and each.stat().st_size < LARGEST)
    return [Seed(each.suffix, each.read_bytes()) for each in found]


def of_caffe(corpus: Path) -> list[Seed]:
    nets = files_in(corpus / "caffe" / "nets", ".prototxt", ".pt")
    return nets + files_in(corpus / "caffe" / "weights", ".caffemodel")


def of_keras(corpus: Path) -> list[Seed]:
    return files_in(corpus / "keras", ".json", ".h5", ".hdf5", ".keras")


def of_onnx(corpus: Path) -> list[Seed]:
    return files_in(corpus / "onnx", ".onnx")


def of_pytorch(corpus: Path) -> list[Seed]:
    """Return programs of small nets in several styles, and the weights of one of them in each form."""
    import torch
    from safetensors.torch import save

    from tests.pytorch_nets import NETS, made

    found = []
    for name in NETS:
        net, inputs = made(name)
        batch = torch.export.Dim("batch", min=1)
        program = torch.export.export(net, inputs, dynamic_shapes=tuple({0: batch} for _ in inputs))
        buffer = io.BytesIO()
        torch.export.save(program, buffer)
        found.append(Seed(".pt2", buffer.getvalue()))
    model, state = found[0].data, made("residual")[0].state_dict()
    found.append(Seed(".safetensors", save(state), model))
    for new in (True, False):
        buffer = io.BytesIO()
        torch.save(state, buffer, _use_new_zipfile_serialization=new)
        found.append(Seed(".pth", buffer.getvalue(), model))
    return found


def of_papers(corpus: Path) -> list[Seed]:
    """Return papers, small figures as they are drawn and rendered, and a table in each form of text."""
    from tests.figure_cases import FORKED
    from tests.test_extract_texts import CSV, HTML, LATEX, MARKDOWN
    from translator.simulation import keras_pictures
    from translator.simulation.graphviz import render

    pictures = [keras_pictures.draw(FORKED, random.Random(seed), "2.0") for seed in range(3)]
    drawn = [render(each, ("svg", "png", "pdf"))[0] for each in pictures]
    figures = [Seed(f".{form}", data) for files in drawn for form, data in files.items()]
    texts = {".csv": CSV, ".html": HTML, ".md": MARKDOWN, ".tex": LATEX}
    return (
        files_in(corpus / "papers", ".pdf") + figures + [Seed(suffix, text.encode()) for suffix, text in texts.items()]
    )


FORMATS: dict[str, Callable[[Path], list[Seed]]] = {
    "caffe": of_caffe,
    "keras": of_keras,
    "onnx": of_onnx,
    "paper": of_papers,
    "pytorch": of_pytorch,
}


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


def changed(seed: Seed, rng: random.Random) -> bytes:
    """Return a file with changes: in its bytes, or in one member of an archive, which is packed anew."""
    if seed.suffix in TEXTS:
        return changed_text(bytearray(seed.data), rng)
    if not seed.data.startswith(b"PK") or rng.random() < 0.3:
        return changed_binary(bytearray(seed.data), rng)
    with zipfile.ZipFile(io.BytesIO(seed.data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([name for name in parts if name.endswith((".json", ".pkl"))] or list(parts))
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


def tries(seeds: list[Seed], rng: random.Random, folder: Path) -> Iterator[tuple[Path, ReadOptions, bytes]]:
    """Yield files that were changed, each as what is read, with which weights, and what was changed."""
    while True:
        seed = rng.choice(seeds)
        data = changed(seed, rng)
        file = folder / f"net{seed.suffix}"
        file.write_bytes(data)
        if seed.model:
            model = folder / "net.pt2"
            model.write_bytes(seed.model)
            yield model, ReadOptions(weights=file), data
        else:
            yield file, ReadOptions(), data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=FORMATS, default="caffe")
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where the figures go")
    args = parser.parse_args()
    seeds = FORMATS[args.format](args.corpus)
    rng, counts = random.Random(args.seed), Counter[str]()
    slowest, start = 0.0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for file, options, data in tries(seeds, rng, Path(folder)):
            if time.monotonic() - start > args.seconds:
                break
            counts["tries"] += 1
            began = time.monotonic()
            try:
                attempt(file, options, counts)
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
