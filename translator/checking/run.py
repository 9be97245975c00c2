"""Check many files, in parallel."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from glob import glob, has_magic
from pathlib import Path

from ir.diagnostics import Diagnostic, Report
from translator.checking import check
from translator.checking.fix import fix
from translator.checking.settings import Settings, matches
from translator.convert import HEAD
from translator.dialect import by_suffix
from translator.options import ReadOptions

FEW = 8
"""Files up to which processes of their own are not worth their start."""


@dataclass(frozen=True)
class Finding:
    """One problem of one file, as plain values; `text` is how a terminal shows it."""

    file: str
    code: str
    severity: str
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    pointer: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Job:
    """How files are to be checked."""

    settings: Settings = field(default_factory=Settings)
    options: ReadOptions = field(default_factory=ReadOptions)
    format: str | None = None
    plugins: tuple[Path, ...] = ()
    fix: bool = False


@dataclass(frozen=True)
class Checked:
    """What came of one file: what is wrong with it, and whether it was mended."""

    file: str
    findings: tuple[Finding, ...]
    fixed: int = 0


def files_of(arguments: Iterable[str], settings: Settings) -> list[str]:
    """Return the files that are named: by a path, by a pattern (`**` for any folders), or by a folder with models."""
    found: dict[str, None] = {}
    for argument in arguments:
        if has_magic(argument) and not Path(argument).exists():
            names: Iterable[str] = sorted(glob(argument, recursive=True))
        elif Path(argument).is_dir():
            names = sorted(str(each) for each in Path(argument).rglob("*") if _is_model(each))
        else:
            names = [argument]
        for name in names:
            if name == argument or (Path(name).is_file() and not any(matches(name, each) for each in settings.exclude)):
                found[name] = None
    return list(found)


def _is_model(path: Path) -> bool:
    """Tell whether a file has the suffix of a format, and looks like one of it."""
    likely = by_suffix(path)
    if not likely or not path.is_file():
        return False
    with suppress(OSError), path.open("rb") as file:
        head = file.read(HEAD)
        return any(each.sniff is None or each.sniff(head) for each in likely)
    return True


def check_files(files: Sequence[str], job: Job, jobs: int = 0) -> Iterator[Checked]:
    """Check files, and yield what came of each in their order; 0 `jobs` are as many as there are processors."""
    jobs = min(jobs or os.cpu_count() or 1, len(files))
    one = partial(check_file, job=job)
    if jobs < 2 or len(files) <= FEW:
        yield from map(one, files)
        return
    with ProcessPoolExecutor(jobs, initializer=_prepare, initargs=(job.plugins,)) as pool:
        yield from pool.map(one, files, chunksize=max(1, min(16, len(files) // (4 * jobs))))


def _prepare(plugins: Sequence[Path]) -> None:
    from translator.plugin import load_file

    for path in plugins:
        load_file(path, Report())


def check_file(file: str, job: Job, data: bytes | None = None) -> Checked:
    """Check one file, or its bytes; with `fix` mend it first."""
    fixed = fix(Path(file), job.format, job.options, job.settings) if job.fix and data is None else 0
    said = check(file, format=job.format, data=data, options=job.options, grammar=job.settings.grammar)
    kept = [each for each in said if job.settings.looks_at(each.code, file)]
    return Checked(file, tuple(finding(file, each, job.settings) for each in kept), fixed)


def finding(file: str, said: Diagnostic, settings: Settings) -> Finding:
    """Return a diagnostic as plain values."""
    severity = settings.severity_of(said.code, said.severity)
    place = said.origin.place() if said.origin else None
    pointer = said.origin.pointer if said.origin else None
    line, column = place or (None, None)
    shown = str(said).replace(f"{said.severity}[{said.code}]", f"{severity}[{said.code}]", 1)
    return Finding(file, said.code, severity, said.message, said.hint, line, column, pointer, shown)


class Baseline:
    """What is accepted: findings by file, code and message, whatever their line, each so many times."""

    def __init__(self, accepted: Counter[tuple[str, str, str]] | None = None) -> None:
        self.accepted = accepted or Counter()

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read a baseline; raise ValueError where the file holds none."""
        document = json.loads(path.read_text("utf-8"))
        entries = document.get("findings") if isinstance(document, dict) else None
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise ValueError("it has no list of findings")
        keys = ((str(each.get("file")), str(each.get("code")), str(each.get("message"))) for each in entries)
        return cls(Counter(keys))

    @staticmethod
    def save(path: Path, results: Iterable[Checked]) -> None:
        """Write all that was found as what is accepted."""
        entries = [
            {"file": Path(each.file).as_posix(), "code": each.code, "message": each.message}
            for result in results
            for each in result.findings
        ]
        text = json.dumps({"version": 1, "findings": entries}, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, "utf-8")

    def new(self, result: Checked) -> Checked:
        """Return a result without what is accepted."""
        kept = []
        for each in result.findings:
            key = (Path(each.file).as_posix(), each.code, each.message)
            if self.accepted[key] > 0:
                self.accepted[key] -= 1
            else:
                kept.append(each)
        return Checked(result.file, tuple(kept), result.fixed)
