"""`translate check`: arguments in, findings out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ir.diagnostics import CODES, Report
from translator.arguments import CANNOT_RUN, CLEAN, PROBLEMS, add_reading, read_options
from translator.checking import settings as configuration
from translator.checking.lints import FIXES, LINTS
from translator.checking.output import FORMATS, summary
from translator.checking.run import Baseline, Checked, Job, check_file, check_files, files_of
from translator.checking.settings import SEVERITIES, Settings, SettingsError

UNREADABLE = ("file", "format")
"""Codes of what was not checked at all."""


def run(argv: Sequence[str]) -> int:
    """Check files; return 0 if nothing fails, 1 if something does, 2 if the command or all that fails cannot run."""
    args = _arguments(argv)
    if args.explain is not None:
        return _explain(args.explain)
    try:
        settings = _settings(args)
        baseline = Baseline.load(settings.baseline) if settings.baseline and not args.write_baseline else Baseline()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    except (OSError, ValueError) as error:
        print(f"the baseline cannot be read: {error}", file=sys.stderr)
        return CANNOT_RUN
    results = _results(args, settings)
    if not results:
        print("there are no files to check", file=sys.stderr)
        return CANNOT_RUN
    if args.write_baseline:
        Baseline.save(args.write_baseline, results)
        print(f"{args.write_baseline}: {summary(results)}, which is accepted from now on")
        return CLEAN
    results = [baseline.new(each) for each in results]
    _show(results, args, settings)
    failing = [each for result in results for each in result.findings if settings.fails(each.severity)]
    if not failing:
        return CLEAN
    return CANNOT_RUN if all(each.code in UNREADABLE for each in failing) else PROBLEMS


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="translate check",
        description="Check model files: syntax, values, arity, shapes, weights, and what is most likely not meant.",
        epilog="Settings stand in translate.toml, or in pyproject.toml under [tool.translate]; arguments go first.",
    )
    parser.add_argument("files", nargs="*", help="files, patterns or folders to check, - for standard input")
    add_reading(parser)
    parser.add_argument("--grammar", metavar="NAME", help="profile of layers and values allowed: `paper`, or a file")
    parser.add_argument("--format", choices=("text", *FORMATS), default="text", help="how findings are shown")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where they go (else standard output)")
    parser.add_argument("--select", type=_codes, metavar="CODES", help="look for these alone (a,b,...)")
    parser.add_argument("--ignore", type=_codes, metavar="CODES", help="leave these out (a,b,...)")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="from which severity on the check fails (default: error)")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="accept what stands in this file")
    parser.add_argument("--write-baseline", type=Path, metavar="FILE", help="accept all that is found today")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings (else the nearest there are)")
    parser.add_argument("--fix", action="store_true", help="mend designs and notations in place, where that is safe")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="files at a time (default: as processors)")
    parser.add_argument("--quiet", action="store_true", help="show no files that are well")
    parser.add_argument("--explain", nargs="?", const="", metavar="CODE", help="say what a code means, or list all")
    args = parser.parse_args(argv)
    if args.explain is None and not args.files:
        parser.error("name files to check")
    return args


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split(","))))


def _settings(args: argparse.Namespace) -> Settings:
    """Return the settings of the project, with what the arguments say otherwise."""
    found = configuration.read(args.config) if args.config else configuration.find(Path.cwd())
    names = ("select", "ignore", "fail_on", "grammar", "baseline")
    said: dict[str, Any] = {name: value for name in names if (value := getattr(args, name)) is not None}
    return configuration.checked(replace(found, **said), "arguments")


def _results(args: argparse.Namespace, settings: Settings) -> list[Checked]:
    job = Job(settings, read_options(args, Report()), args.source_format, tuple(args.plugin), args.fix)
    if "-" not in args.files:
        return list(check_files(files_of(args.files, settings), job, args.jobs))
    from translator.convert import read_stream

    named = [each for each in args.files if each != "-"]
    return [
        check_file("-", job, read_stream(sys.stdin.buffer)),
        *check_files(files_of(named, settings), job, args.jobs),
    ]


def _show(results: Sequence[Checked], args: argparse.Namespace, settings: Settings) -> None:
    if args.format != "text":
        text = FORMATS[args.format](results, settings)
        if args.output is None:
            print(text)
        else:
            args.output.write_text(text + "\n", "utf-8")
        return
    for result in results:
        for text in dict.fromkeys(each.text for each in result.findings):
            print(text, file=sys.stderr)
        if not args.quiet and not any(settings.fails(each.severity) for each in result.findings):
            print(f"{result.file}: ok" + (f", {result.fixed} layers mended" if result.fixed else ""))
    if len(results) > 1:
        print(summary(results), file=sys.stderr)


def _explain(code: str) -> int:
    """Print what a code means, or a line for each."""
    if not code:
        for name, each in CODES.items():
            print(f"{name:22} {each.severity:8} {each.doc.split('. ')[0].rstrip('.')}.")
        return CLEAN
    try:
        configuration.known_codes([code], "--explain")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    kind = "a lint" if code in LINTS else "a problem" if CODES[code].severity == "error" else "worth knowing"
    print(f"{code} ({kind}, {CODES[code].severity}{', --fix mends it' if code in FIXES else ''})\n\n{CODES[code].doc}")
    return CLEAN
