"""What the benchmarks over papers share: arguments, the truth that people wrote down, and the printing of means."""

from __future__ import annotations

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def arguments(doc: str | None, **switches: str) -> argparse.Namespace:
    """Return what was asked for: the folder of papers, the pattern of their names, and switches."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="*", help="a paper's name, or a pattern of names")
    parser.add_argument("--show", action="store_true")
    for name, told in switches.items():
        parser.add_argument(f"--{name}", action="store_true", help=told)
    args = parser.parse_args()
    args.folder = args.corpus / "papers"
    return args


def truths(folder: Path, only: str, kind: str) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Yield the papers with the designs of their tables or figures, as `kind` says, that people wrote down."""
    for file in sorted((folder / "truth").glob(f"{only}.json")):
        truth = json.loads(file.read_text("utf-8"))
        designs = [each for each in truth["designs"] if each["label"].lower().startswith(kind[:3])]
        if designs:
            yield folder / truth["file"], designs


@dataclass
class Means:
    """Scores by the groups that they belong to."""

    noun: str
    rows: dict[str, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, score: dict[str, float], *groups: str) -> None:
        """Count a score in groups."""
        for group in groups:
            self.rows[group].append(score)

    def show(self) -> None:
        """Print the mean of each score in each group."""
        for name, scores in self.rows.items():
            means = {key: sum(each[key] for each in scores) / len(scores) for key in scores[0]}
            print(f"{name}: {len(scores)} {self.noun}, {told(means)}")


def told(score: dict[str, float]) -> str:
    return ", ".join(f"{key} {value:.2f}" for key, value in score.items())
