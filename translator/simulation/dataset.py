"""The data set: shards of designs, each a tar file as WebDataset reads them, and a manifest.

A shard holds some designs of one depth. It is written beside its place and put there whole, with its entry of the
manifest; what is there already is not made again, so that a run goes on where another was stopped.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from translator.engines import engine_named, put
from translator.simulation.designs import Design, designs
from translator.simulation.samples import sample

FORMAT = 1
"""Version of what a shard holds."""


@dataclass(frozen=True)
class Plan:
    """What is to be drawn: so many designs of each depth, out of a profile, from a seed."""

    depths: tuple[int, ...]
    count: int
    seed: int
    profile: str = "paper"
    formats: tuple[str, ...] = ("png",)
    shard_size: int = 250

    def shards(self) -> list[Shard]:
        """Return the shards of all depths."""
        size = self.shard_size
        firsts = range(0, self.count, size)
        return [Shard(depth, first, min(size, self.count - first)) for depth in self.depths for first in firsts]


@dataclass(frozen=True)
class Shard:
    """Some designs of a depth: from which one on, and how many."""

    depth: int
    first: int
    count: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"depth{self.depth:02}-{self.first:06}.tar"


def make(folder: Path, plan: Plan, engine: str, jobs: int, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Draw what a plan asks for and is not there yet; return the manifest.

    `tell` is called with the designs done and those planned. Raises ValueError where the folder holds another plan's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settle(folder, plan)
    shards = plan.shards()
    waiting = [shard for shard in shards if not _entry(folder, shard).exists()]
    total = sum(shard.count for shard in shards)
    done = total - sum(shard.count for shard in waiting)
    tell(done, total)
    for entry in engine_named(engine)(partial(make_shard, folder=str(folder), plan=plan), waiting, jobs):
        done += entry["samples"]
        tell(done, total)
    manifest = {**_told(plan), "shards": [json.loads(_entry(folder, shard).read_text("utf-8")) for shard in shards]}
    put(folder / "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())
    return manifest


def settle(folder: Path, plan: Plan) -> None:
    """Write down what a folder is for; raise ValueError where that is something else."""
    file, told = folder / "plan.json", _told(plan)
    if not file.exists():
        put(file, (json.dumps(told, indent=1) + "\n").encode())
    elif json.loads(file.read_text("utf-8")) != json.loads(json.dumps(told)):
        raise ValueError(f"{folder} holds a data set of another plan; see its plan.json")


def _told(plan: Plan) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(plan)}


def _entry(folder: Path, shard: Shard) -> Path:
    return folder / f"{shard.name}.json"


def make_shard(shard: Shard, folder: str, plan: Plan) -> dict[str, Any]:
    """Write one shard and its entry of the manifest, which is returned."""
    place = Path(folder) / shard.name
    families: dict[str, int] = {}
    without = 0
    with tarfile.open(fileobj=(buffer := io.BytesIO()), mode="w") as archive:
        for index, design in _of(shard, plan):
            key = f"{shard.depth:02}-{index:06}"
            files, facts = sample(design, f"{plan.seed}/{plan.profile}/{key}", plan.formats)
            families[design.family] = families.get(design.family, 0) + 1
            without += "without" in facts
            for suffix, data in files.items():
                entry = tarfile.TarInfo(f"{key}.{suffix}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    data = buffer.getvalue()
    put(place, data)
    told = {
        "file": shard.name,
        "depth": shard.depth,
        "samples": shard.count,
        "families": dict(sorted(families.items())),
        "incomplete": without,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    put(_entry(Path(folder), shard), json.dumps(told).encode())
    return told


def _of(shard: Shard, plan: Plan) -> Iterator[tuple[int, Design]]:
    """Yield a shard's designs with their numbers: those before it are drawn too, so that no two are the same."""
    drawn = designs(shard.depth, shard.first + shard.count, plan.seed, plan.profile)
    yield from islice(enumerate(drawn), shard.first, None)
