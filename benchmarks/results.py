"""What became of each net, as a table, as figures and as a part of the README."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines import RUNS


@dataclass
class Result:
    """What became of one net."""

    net: str
    problem: str = ""
    engines: dict[str, str] = field(default_factory=dict)
    difference: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    round_trip: bool = False
    excepted: dict[str, str] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """The largest difference between engines that are not known to be at fault."""
        held = [value for pair, value in self.difference.items() if not self.excepted.keys() & set(pair.split("/"))]
        return max(held, default=float("nan"))


def table(results: list[Result], kind: str) -> str:
    lines = [f"{kind:70} {'worst':>9} {' '.join(f'{name:>14}' for name in RUNS)} round trip"]
    for each in results:
        if each.problem:
            lines.append(f"{each.net[:70]:70} {each.problem}")
            continue
        marks = " ".join(f"{'ok' if each.engines.get(n) == 'ok' else 'no':>14}" for n in RUNS)
        lines.append(f"{each.net[:70]:70} {each.worst:9.1e} {marks} {'equal' if each.round_trip else '-'}")
        lines += [f"    {name}: {said}" for name, said in each.engines.items() if said != "ok"]
        lines += [f"    {name} is left out: {reason}" for name, reason in each.excepted.items()]
    return "\n".join(lines)


def summary(results: list[Result]) -> dict[str, Any]:
    tried = [each for each in results if not each.problem]
    counts = Counter(name for each in tried for name, said in each.engines.items() if said == "ok")
    return {
        "nets": len(results),
        "read": len(tried),
        "ran": dict(counts),
        "parity 1e-4": sum(each.worst <= 1e-4 for each in tried),
        "parity 1e-5": sum(each.worst <= 1e-5 for each in tried),
        "round trip": sum(each.round_trip for each in tried),
        "excepted": dict(Counter(reason for each in tried for reason in set(each.excepted.values()))),
    }


def write_readme(readme: Path, results: list[Result], held: list[Result]) -> None:
    """Put the figures between the marks in the README."""
    begin, end = "<!-- benchmark -->", "<!-- /benchmark -->"
    before, _, rest = readme.read_text().partition(begin)
    after = rest.partition(end)[2]
    lines = [
        begin,
        "",
        f"| {datetime.date.today()} | nets | read | {' | '.join(RUNS)} | agree to 1e-4 | to 1e-5 | round trip |",
    ]
    lines.append(f"|---|{'---|' * (len(RUNS) + 5)}")
    groups = {
        "trained nets, against references": held,
        "BVLC's": [each for each in results if each.net.startswith("BVLC__")],
        "other classics": [each for each in results if not each.net.startswith("BVLC__")],
    }
    for name, group in groups.items():
        found = summary(group)
        ran = " | ".join(str(found["ran"].get(engine, 0)) for engine in RUNS)
        trip = "" if group is held else found["round trip"]
        figures = [found["nets"], found["read"], ran, found["parity 1e-4"], found["parity 1e-5"], trip]
        lines.append(f"| {name} | {' | '.join(map(str, figures))} |")
    lines += [
        "",
        "Made by `python benchmarks/caffe_nets.py --readme README.md`. *original* and *caffe* are OpenCV with the",
    ]
    lines += ["original prototxt and with ours. Left out of the comparison, as at fault:"]
    reasons = Counter(f"{name}: {reason}" for each in results for name, reason in each.excepted.items())
    lines += ["", *(f"- {reason} ({count} nets)." for reason, count in reasons.items()), "", end]
    readme.write_text(before + "\n".join(lines) + after)
