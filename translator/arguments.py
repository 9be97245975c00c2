"""What the commands have in common: how a model is to be read, and what they end with."""

from __future__ import annotations

import argparse
from pathlib import Path

from ir.diagnostics import Report
from ir.shapes import Shape
from translator.options import ReadOptions

CLEAN, PROBLEMS, CANNOT_RUN = 0, 1, 2
"""Exit codes: all is well; the model has problems or stubs; the command cannot run."""


def _shape(text: str) -> tuple[str, Shape]:
    name, _, sizes = text.rpartition("=")
    try:
        shape = tuple(None if size in ("?", "N") else int(size) for size in sizes.split(","))
    except ValueError:
        shape = ()
    if not name or not shape or any(size is not None and size < 1 for size in shape):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=SIZE,SIZE,... (as in data=1,3,224,224)")
    return name, shape


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say how a model is read."""
    parser.add_argument(
        "--from", dest="source_format", metavar="FORMAT", help="format of the source (else by suffix and content)"
    )
    parser.add_argument("--weights", type=Path, metavar="FILE", help="file with the weights, where the source has none")
    parser.add_argument("--phase", choices=("deploy", "train", "test"), default="deploy", help="phase of a Caffe net")
    parser.add_argument("--level", type=int, default=0, help="level of a Caffe net")
    parser.add_argument("--stage", action="append", default=[], help="stage of a Caffe net (may repeat)")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        type=_shape,
        metavar="NAME=SIZES",
        help="shape of an input, or of what an unknown layer gives, that the file leaves open (may repeat)",
    )
    parser.add_argument("--variant", default="", metavar="NAME", help="which of the designs of a paper is meant")
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="Python file that teaches layers; it is run (may repeat)",
    )
    parser.add_argument(
        "--on-unknown",
        choices=("stub", "error"),
        default="stub",
        help="what to do with a layer that nobody knows: write a stub and exit with 1 (the default), or stop",
    )


def read_options(args: argparse.Namespace, report: Report) -> ReadOptions:
    """Return how to read, once the plugins are there that the user names."""
    if args.plugin:
        from translator.plugin import load_file

        for path in args.plugin:
            load_file(path, report)
    return ReadOptions(
        args.weights, args.phase, args.level, frozenset(args.stage), dict(args.shape), args.on_unknown, args.variant
    )
