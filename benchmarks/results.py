"""What became of each net, as a table, as figures and as a part of a page."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
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
    fixed_point: bool = False
    stubs: list[str] = field(default_factory=list)
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
        if each.stubs:
            lines.append(f"{each.net[:70]:70} stubs: {', '.join(each.stubs)}")
            lines += [f"    {name}: {said}" for name, said in each.engines.items() if said != "written"]
            continue
        marks = " ".join(f"{'ok' if each.engines.get(n) == 'ok' else 'no':>14}" for n in RUNS)
        lines.append(f"{each.net[:70]:70} {each.worst:9.1e} {marks} {'equal' if each.round_trip else '-'}")
        lines += [f"    {name}: {said}" for name, said in each.engines.items() if said != "ok"]
        lines += [f"    {name} is left out: {reason}" for name, reason in each.excepted.items()]
    return "\n".join(lines)


def translated(result: Result) -> bool:
    """Tell whether a net went to all four targets."""
    refused = [said for name, said in result.engines.items() if name in ("caffe", "keras", "pytorch", "onnx")]
    return not result.problem and not any("error[" in said for said in refused)


def summary(results: list[Result]) -> dict[str, Any]:
    tried = [each for each in results if not each.problem]
    run = [each for each in tried if not each.stubs]
    counts = Counter(name for each in run for name, said in each.engines.items() if said == "ok")
    return {
        "nets": len(results),
        "read": len(tried),
        "to all four": sum(map(translated, results)),
        "with stubs": len(tried) - len(run),
        "ran": dict(counts),
        "compared": sum(each.worst == each.worst for each in run),
        "parity 1e-4": sum(each.worst <= 1e-4 for each in run),
        "parity 1e-5": sum(each.worst <= 1e-5 for each in run),
        "round trip": sum(each.round_trip for each in tried),
        "fixed point": sum(each.fixed_point for each in tried),
        "excepted": dict(Counter(reason for each in run for reason in set(each.excepted.values()))),
    }


COLUMNS = ("nets", "to all four", "with stubs", "compared", "parity 1e-4", "parity 1e-5", "round trip", "fixed point")
NO_FAMILY = ("data-layers", "phase-rules", "custom-layers", "python-layer")
"""What the manifest has beside families: traits of the files."""


def by_family(results: list[Result], held: list[Result], families: dict[str, list[str]]) -> str:
    """Return the figures of each family, and of the `held` trained nets, as markdown."""
    names = sorted({each for found in families.values() for each in found} - {*NO_FAMILY})
    groups = {name: [each for each in results if name in families.get(each.net, ())] for name in names}
    heads = " | ".join(("family", *COLUMNS))
    lines = [f"| {heads} |", f"|---|{'---|' * len(COLUMNS)}"]
    for name, group in {**groups, "**all**": results}.items():
        found = summary(group)
        lines.append(f"| {name} | {' | '.join(str(found[column]) for column in COLUMNS)} |")
    total, trained = summary(results), summary(held)
    ran = ", ".join(f"{name} {total['ran'].get(name, 0)}" for name in RUNS)
    lines += [
        "",
        f"{datetime.date.today()}, by `python benchmarks/caffe_nets.py --all --pages .`; a net counts in each",
        f"of its families. Nets that ran, by engine: {ran} (*original* and *caffe* are OpenCV with the original",
        f"prototxt and with ours; it lacks many layers). Of the {trained['nets']} trained nets "
        f"{trained['parity 1e-5']} give their reference outputs to 1e-5 in every engine.",
        "Left out of the comparison, as at fault:",
    ]
    reasons = Counter(f"{name}: {reason}" for each in results for name, reason in each.excepted.items())
    lines += ["", *(f"- {reason} ({count} nets)." for reason, count in reasons.items())]
    return "\n".join(lines)
