"""Many papers: each in a process of its own that may be ended, and into a folder of its own.

What is done is not done again, unless the paper has changed or is to be read in another way.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from translator.engines import engine_named, put
from translator.extraction.child import OUT_OF_MEMORY
from translator.extraction.one import FORMAT, INDEX, identity, told_of, write_index

PAPERS = "papers.json"
"""What tells of all papers of a run."""


@dataclass(frozen=True)
class Limits:
    """What a paper may take: seconds, and MiB of memory."""

    seconds: float = 600.0
    mebibytes: int = 4096


@dataclass(frozen=True)
class Job:
    """A paper, the folder for it, and the format for its designs."""

    paper: str
    folder: str
    to: str
    limits: Limits


def run(jobs: Sequence[Job], engine: str, at_once: int, tell: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """Read the papers that are not done; return what is told of each, in the order of the jobs.

    `tell` is called with how many are done, and of how many. Raises ValueError where there is no such engine.
    """
    work = engine_named(engine, ThreadPoolExecutor)
    told = {job.paper: done for job in jobs if (done := done_before(job)) is not None}
    waiting = [job for job in jobs if job.paper not in told]
    tell(len(told), len(jobs))
    for each in work(read_paper, waiting, at_once):
        told[each["paper"]] = each
        tell(len(told), len(jobs))
    return [told[job.paper] for job in jobs]


def done_before(job: Job) -> dict[str, Any] | None:
    """Return what is told of a paper that was read in the same way and has not changed, else None.

    One that took more than it might is tried again where it may take more.
    """
    try:
        index = json.loads((Path(job.folder) / INDEX).read_text("utf-8"))
        same = index["format"] == FORMAT and index["to"] == job.to
        now = identity(Path(job.paper))
        if not same or any(index["paper"].get(key) != value for key, value in now.items()):
            return None
        before = index.get("limits")
        if before and (before["seconds"] < job.limits.seconds or before["mebibytes"] < job.limits.mebibytes):
            return None
        return summary(job, index)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_paper(job: Job) -> dict[str, Any]:
    """Read one paper in a process of its own, and put its folder in place; return what is told of it."""
    place = Path(job.folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name[:60]}.", dir=place.parent))
    try:
        problem = _ended(job, beside)
        if problem:
            _tell_instead(job, beside, problem)
        beside.chmod(0o755)
        _replace(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return summary(job, json.loads((place / INDEX).read_text("utf-8")))


def _ended(job: Job, folder: Path) -> str:
    """Run the process of a paper to its end, or to that of its time; return what went wrong."""
    command = [sys.executable, "-m", "translator.extraction.child", job.paper, str(folder), job.to]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            [*command, str(job.limits.mebibytes)], stdin=subprocess.PIPE, stdout=said, stderr=said, env=surroundings
        ) as child:
            try:
                code = child.wait(job.limits.seconds)
            except subprocess.TimeoutExpired:
                return f"took more than {job.limits.seconds:g} seconds"
            finally:
                child.kill()
        if code == 0:
            return ""
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - 400))
        last = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if code == OUT_OF_MEMORY or "MemoryError" in last or "bad_alloc" in last:
        return f"took more than {job.limits.mebibytes} MiB of memory"
    return f"ended its process with code {code}{': ' if last else ''}{last[:200]}"


def _tell_instead(job: Job, folder: Path, problem: str) -> None:
    """Leave an index in a folder that says why there is nothing else."""
    for each in folder.iterdir():
        each.unlink()
    report = Report()
    report.add("limit", problem, Origin(Source(job.paper)), hint="allow more: --seconds, --memory")
    paper: dict[str, Any] = {"file": Path(job.paper).name}
    with suppress(OSError):
        paper |= identity(Path(job.paper))
    index = {"format": FORMAT, "paper": paper, "to": job.to, "places": [], "limits": asdict(job.limits)}
    write_index(folder, {**index, "diagnostics": [told_of(each) for each in report]})


def _replace(new: Path, place: Path) -> None:
    """Put a folder in its place, and that aside which was there."""
    if not place.exists():
        new.rename(place)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name[:60]}.", dir=place.parent))
    place.rename(aside / "old")
    new.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def summary(job: Job, index: dict[str, Any]) -> dict[str, Any]:
    """Return in short what an index says."""
    places = index["places"]
    return {
        "paper": job.paper,
        "folder": Path(job.folder).name,
        "figures": sum(each["kind"] == "figure" for each in places),
        "tables": sum(each["kind"] == "table" for each in places),
        "designs": sum(len(each["designs"]) for each in places),
        "errors": [each for each in index["diagnostics"] if each["severity"] == "error"],
    }


def write_summary(folder: Path, told: Sequence[dict[str, Any]]) -> None:
    """Write what is told of all papers, whole or not at all."""
    put(folder / PAPERS, (json.dumps({"format": FORMAT, "papers": list(told)}, indent=1) + "\n").encode())
