"""The command line: arguments in, diagnostics and text out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ir.diagnostics import Diagnostic, Report, TranslationError
from translator.arguments import CANNOT_RUN, CLEAN, PROBLEMS, add_reading, read_options
from translator.options import ReadOptions, WriteOptions
from translator.progress import Bar
from translator.telling import told


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if all is well, 1 if the model has problems or stubs, 2 if the command cannot run."""
    argv = sys.argv[1:] if argv is None else list(argv)
    command = COMMANDS.get(argv[0]) if argv else None
    try:
        return command(argv[1:]) if command else _translate(argv)
    except TranslationError as error:
        _tell(error.report)
        return (
            CANNOT_RUN
            if all(
                each.code in ("file", "format", "missing-package") for each in error.report if each.severity == "error"
            )
            else PROBLEMS
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130


def _tell(diagnostics: Iterable[Diagnostic]) -> None:
    for line in told(diagnostics):
        print(line, file=sys.stderr)


def _translate(argv: Sequence[str]) -> int:
    from translator.convert import read_stream, translate

    parser = argparse.ArgumentParser(
        prog="translate",
        description="Translate a neural network from one format to another.",
        epilog="Commands: translate check FILES..., translate verify A B, translate extract PAPERS... -o DIR, "
        "translate simulate -o DIR, "
        "translate formats, translate layers [TYPE].",
    )
    parser.add_argument("source", help="file to read, - for standard input")
    parser.add_argument("--to", metavar="FORMAT", help="format to write (else by the suffix of -o)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", help="file to write (else text to standard output)"
    )
    add_reading(parser)
    parser.add_argument(
        "--layout", choices=("channels_first", "channels_last"), help="layout of the result (else the target's own)"
    )
    parser.add_argument("--opset", type=int, help="ONNX operator set")
    parser.add_argument("--no-weights", action="store_true", help="write the architecture alone")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="make an error of what the target cannot say exactly, and of what is assumed or not known",
    )
    parser.add_argument("--quiet", action="store_true", help="show errors alone")
    parser.add_argument("--verify", action="store_true", help="run source and result, and compare them (needs -o)")
    _comparing(parser)
    args = parser.parse_args(argv)
    if args.verify and args.output is None:
        parser.error("--verify runs the file that was written: name it with -o")
    to = args.to or _format_of(args.output, parser)
    report = Report(strict=args.strict)
    options = read_options(args, report)
    bar = Bar(sys.stderr) if sys.stderr.isatty() else None
    try:
        done = translate(
            args.source,
            to,
            args.output,
            format=args.source_format,
            data=read_stream(sys.stdin.buffer) if args.source == "-" else None,
            read_options=options,
            write_options=WriteOptions(None, args.layout, args.opset, not args.no_weights, bar),
            report=report,
        )
    finally:
        if bar:
            bar.clear()
    if not args.quiet:
        _tell(report)
    if args.output is None:
        sys.stdout.write(done.text or "")
    if args.verify:
        return _compare(args.source, str(args.output), options, args)
    return PROBLEMS if any(each.code == "unknown-layer" for each in report) else CLEAN


def _format_of(output: Path | None, parser: argparse.ArgumentParser) -> str:
    from translator.dialect import by_suffix

    if output is None:
        parser.error("say what to write: --to FORMAT, or -o with a suffix that tells")
    found = by_suffix(output, writing=True)
    if len(found) != 1:
        parser.error(_unclear(output, [each.name for each in found]))
    return found[0].name


def _unclear(output: Path, found: list[str]) -> str:
    from translator.dialect import by_suffix

    if found:
        return f"{output.name} may be {' or '.join(found)}: say which, --to FORMAT"
    written = [f"{each.name} writes {' '.join(each.written)}" for each in by_suffix(output) if each.written]
    if written:
        return f"{output.suffix} files are read, but not written; {', '.join(written)}"
    return f"the suffix of {output.name} tells no format: --to FORMAT"


def _check(argv: Sequence[str]) -> int:
    from translator.checking.command import run

    return run(argv)


def _formats(argv: Sequence[str]) -> int:
    from translator.dialect import dialects

    argparse.ArgumentParser(prog="translate formats", description="List the formats.").parse_args(argv)
    for each in dialects().values():
        does = " and ".join(["read"] * each.reads + ["written"] * each.writes)
        print(f"{each.name:12} {does:16} {' '.join(each.suffixes):24} {each.title}")
    return CLEAN


def _layers(argv: Sequence[str]) -> int:
    from translator.describe import describe, summarize

    parser = argparse.ArgumentParser(prog="translate layers", description="List the layer types, or describe one.")
    parser.add_argument("type", nargs="?", help="layer type to describe")
    args = parser.parse_args(argv)
    text = describe(args.type) if args.type else summarize()
    if text is None:
        print(f"there is no layer type {args.type}; `translate layers` lists them", file=sys.stderr)
        return CANNOT_RUN
    print(text)
    return CLEAN


def _simulate(argv: Sequence[str]) -> int:
    from translator.simulation.command import run

    return run(argv)


def _extract(argv: Sequence[str]) -> int:
    from translator.extraction.command import main as extract

    return extract(argv)


def _verify(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="translate verify",
        description="Run two files of one model in their engines on the same input, and compare what they give. "
        "A .py file is executed, and PyTorch may execute what a .pt2 file holds: name only what you trust.",
    )
    parser.add_argument("first", help="model to hold the other to: any that can be read")
    parser.add_argument("second", help="file that was made of it: .py, .keras, .json, .onnx, .prototxt")
    add_reading(parser)
    parser.add_argument("--input", type=Path, metavar="FILE", help=".npy for one input, .npz with one array for each")
    _comparing(parser)
    args = parser.parse_args(argv)
    return _compare(args.first, args.second, read_options(args, Report()), args)


def _comparing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, help="seed of the random input")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest relative difference (default 1e-4)")
    parser.add_argument("--layers", action="store_true", help="compare the layers too")
    parser.add_argument("--json", action="store_true", help="report as JSON")


def _compare(first: str, second: str, options: ReadOptions, args: argparse.Namespace) -> int:
    """Compare two models and say how far they are apart; return 0 if they agree, 1 if not."""
    from translator.verification import load_inputs, verify

    found = verify(
        first,
        second,
        inputs=load_inputs(args.input) if getattr(args, "input", None) else None,
        seed=args.seed,
        tolerance=args.tolerance,
        layers=args.layers,
        options=options,
    )
    print(found.as_json() if args.json else found)
    return CLEAN if found.agree else PROBLEMS


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "check": _check,
    "extract": _extract,
    "formats": _formats,
    "layers": _layers,
    "simulate": _simulate,
    "verify": _verify,
}
