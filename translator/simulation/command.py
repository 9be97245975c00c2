"""`translate simulate`: arguments in, a data set out."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from grammars.profiles import ProfileError
from translator.arguments import CANNOT_RUN, CLEAN
from translator.progress import Bar
from translator.simulation.dataset import Plan, make
from translator.simulation.designs import DeadEndError
from translator.simulation.graphviz import DrawingError

FORMATS = ("png", "svg", "pdf", "jpg")


def run(argv: Sequence[str]) -> int:
    """Draw designs into shards; return 0 if all were drawn, 2 if the command cannot run."""
    args = _arguments(argv)
    plan = Plan(args.depth, args.count, args.seed, args.grammar, args.formats, args.shard_size)
    if plan.formats and shutil.which("dot") is None:
        print("pictures need Graphviz (`dot`), a system package; --formats none draws none", file=sys.stderr)
        return CANNOT_RUN
    bar = Bar(sys.stderr, what="designs") if sys.stderr.isatty() else None
    start = time.monotonic()
    first: list[int] = []

    def tell(done: int, total: int) -> None:
        first.append(done)
        if bar:
            bar(done / total)

    try:
        manifest = make(args.output, plan, args.engine, args.jobs, tell)
    except ModuleNotFoundError as error:
        print(
            f"this engine needs the package {error.name}: pip install 'model-zoo-translator[cluster]'", file=sys.stderr
        )
        return CANNOT_RUN
    except (DeadEndError, DrawingError, OSError, ProfileError, ValueError) as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    finally:
        if bar:
            bar.clear()
    drawn, seconds = first[-1] - first[0], time.monotonic() - start
    pictures = 2 * len(plan.formats) * drawn
    print(f"{args.output}: {first[-1]} designs in {len(manifest['shards'])} shards")
    if drawn:
        print(f"{drawn} designs, {pictures} pictures in {seconds:.1f} s: {drawn / seconds:.1f} designs a second")
    return CLEAN


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="translate simulate",
        description="Draw random designs from the layer grammar, with code and pictures as Keras and Caffe draw them.",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the shards")
    parser.add_argument(
        "--depth", type=_depths, default="5-40", metavar="N-M", help="layers of a design (default 5-40)"
    )
    parser.add_argument("--count", type=int, default=3000, help="designs of each depth (default 3000)")
    parser.add_argument("--seed", type=int, default=0, help="seed: the same designs for the same seed")
    parser.add_argument(
        "--grammar", default="paper", metavar="NAME", help="profile: `paper`, a file, `` for all layers"
    )
    parser.add_argument("--formats", type=_formats, default="png", help=f"of pictures: {', '.join(FORMATS)}, or none")
    parser.add_argument("--shard-size", type=int, default=250, metavar="N", help="designs of a shard (default 250)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="shards at a time (default: as processors)")
    parser.add_argument(
        "--engine", default="local", help="where: local (the default), or dask:ADDRESS, a cluster that sees the folder"
    )
    args = parser.parse_args(argv)
    if args.count < 1 or args.shard_size < 1:
        parser.error("--count and --shard-size are 1 or more")
    return args


def _depths(text: str) -> tuple[int, ...]:
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()) or not 1 <= int(first) <= int(last or first) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no depth, as 12, or 5-40")
    return tuple(range(int(first), int(last or first) + 1))


def _formats(text: str) -> tuple[str, ...]:
    if text == "none":
        return ()
    found = tuple(filter(None, text.split(",")))
    if not found or not set(found) <= set(FORMATS):
        raise argparse.ArgumentTypeError(f"{text!r} is not of {', '.join(FORMATS)}, or none")
    return found
