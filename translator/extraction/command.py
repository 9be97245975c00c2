"""`translate extract`: papers in, folders with what they show out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ir.diagnostics import Diagnostic
from ir.origin import Origin, Source
from translator.arguments import CANNOT_RUN, CLEAN, PROBLEMS
from translator.dialect import dialects
from translator.extraction.many import PAPERS, Job, Limits, run, write_summary
from translator.extraction.one import INDEX
from translator.progress import Bar


def main(argv: Sequence[str]) -> int:
    """Read papers into a folder; return 0 if all were read, 1 if some were not, 2 if the command cannot run."""
    args = _arguments(argv)
    many = len(args.papers) > 1 or args.papers[0].is_dir()
    papers = list(_papers(args.papers))
    if not papers:
        print(f"{args.papers[0]} holds no papers (*.pdf)", file=sys.stderr)
        return CANNOT_RUN
    if problem := _unfit(args.output, many):
        print(f"{args.output} {problem}", file=sys.stderr)
        return CANNOT_RUN
    limits = Limits(args.seconds, args.memory)
    folders = _folders(papers, args.output) if many else [args.output]
    jobs = [Job(str(paper), str(folder), args.to, limits) for paper, folder in zip(papers, folders, strict=True)]
    bar = Bar(sys.stderr, what="papers") if sys.stderr.isatty() else None
    try:
        told = run(jobs, args.engine, args.jobs, lambda done, total: bar(done / total) if bar else None)
        if many:
            write_summary(args.output, told)
    except ModuleNotFoundError as error:
        print(
            f"this engine needs the package {error.name}: pip install 'model-zoo-translator[cluster]'", file=sys.stderr
        )
        return CANNOT_RUN
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    finally:
        if bar:
            bar.clear()
    return _report(told, args.output, many)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="translate extract",
        description="Find every figure and table of papers, and write the designs that they show: "
        "an index, designs as JSON and code, pictures, and a report to look at.",
    )
    parser.add_argument("papers", nargs="+", type=Path, metavar="PAPER", help="PDF, or a folder of PDFs (may repeat)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--to", default="keras", metavar="FORMAT", help="format of the designs' code (default keras)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="papers at a time (default: as processors)")
    parser.add_argument(
        "--engine", default="local", help="where: local (the default), or dask:ADDRESS, a cluster that sees the folders"
    )
    parser.add_argument("--seconds", type=float, default=300.0, help="what a paper may take (default 300)")
    parser.add_argument("--memory", type=int, default=4096, metavar="MIB", help="what a paper may take (default 4096)")
    args = parser.parse_args(argv)
    if args.to not in dialects() or not dialects()[args.to].writes:
        known = ", ".join(each.name for each in dialects().values() if each.writes)
        parser.error(f"{args.to!r} is not a format that can be written; those are: {known}")
    if args.seconds <= 0 or args.memory < 256:
        parser.error("--seconds is more than 0, and --memory 256 or more")
    return args


def _papers(named: Sequence[Path]) -> Iterator[Path]:
    for each in named:
        if each.is_dir():
            yield from sorted(path for path in each.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())
        else:
            yield each


def _folders(papers: Sequence[Path], output: Path) -> list[Path]:
    """Return a folder for each paper, by its name; where two have the same, the second has a number."""
    taken: dict[str, int] = {}
    folders = []
    for paper in papers:
        taken[paper.stem] = number = taken.get(paper.stem, 0) + 1
        folders.append(output / (paper.stem if number == 1 else f"{paper.stem}~{number}"))
    return folders


def _unfit(output: Path, many: bool) -> str:
    """Return why nothing is to be written to a path: what is there already is no run's."""
    if not output.exists():
        return ""
    if not output.is_dir():
        return "is a file"
    own = PAPERS if many else INDEX
    other = INDEX if many else PAPERS
    if (output / other).exists():
        return f"holds {'one paper' if many else 'many papers'}: name another folder"
    if many or (output / own).exists() or not any(output.iterdir()):
        return ""
    return "holds other files: name a folder that is new or empty"


def _report(told: Sequence[dict[str, Any]], output: Path, many: bool) -> int:
    for each in told:
        for error in each["errors"]:
            origin = Origin(Source(each["paper"]))
            print(Diagnostic(error["code"], error["message"], origin, error.get("hint", "")), file=sys.stderr)
    figures, tables, designs = (sum(each[key] for each in told) for key in ("figures", "tables", "designs"))
    papers = f"{len(told)} papers, " if many else ""
    where = output / (PAPERS if many else "report.html")
    print(f"{where}: {papers}{figures} figures and {tables} tables, {designs} designs")
    return PROBLEMS if any(each["errors"] for each in told) else CLEAN
