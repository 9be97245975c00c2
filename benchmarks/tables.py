"""The results of the matrix as text."""

from __future__ import annotations

import datetime
import statistics
from pathlib import Path
from typing import Any

import pages

TITLES = {"caffe": "Caffe", "keras": "Keras", "onnx": "ONNX", "pytorch": "PyTorch"}
TOLERANCE = 1e-4
"""The largest difference relative to the largest value at which outputs are equal."""
COLUMNS = ("translated", "loads", "shapes", "outputs", "round trip")


def row(result: dict[str, Any]) -> str:
    """Return what became of a net as lines."""
    name = f"{result['kind']:7} {result['net'][-70:]:70} {result['seconds']:6.1f} s"
    if result["problem"] or result["unknown"]:
        return f"{name} {result['problem'] or 'unknown: ' + ', '.join(result['unknown'])}"
    marks = " ".join(f"{to}:{mark(cell)}" for to, cell in result["cells"].items())
    lines = [f"{name} {marks}"]
    for to, cell in result["cells"].items():
        told = cell["said"] or cell.get("ran", "")
        lines += [f"    {to}: {told[:200]}"] if told else []
        lines += [f"    {to} and back: {cell['round_trip']}"] if cell.get("round_trip") else []
    for peer, cell in result.get("peers", {}).items():
        lines.append(f"    {peer}: {mark(cell)} {(cell['said'] or cell.get('ran', ''))[:160]}")
    return "\n".join(lines)


def mark(cell: dict[str, Any]) -> str:
    """Return what a cell says in a word."""
    if cell["said"]:
        return "refused"
    if cell.get("ran", "no"):
        return "fails"
    return f"{cell['difference']:.1e}" if cell["difference"] is not None else "apart"


def counts(cells: list[dict[str, Any]]) -> dict[str, int]:
    """Count the nets of a cell that came so far."""
    written = [each for each in cells if not each["said"]]
    ran = [each for each in written if not each.get("ran", "no")]
    return {
        "translated": len(written),
        "loads": len(ran),
        "shapes": sum(each["shapes"] for each in ran),
        "outputs": sum(right(each) for each in ran),
        "round trip": sum(each.get("round_trip", "no") == "" for each in written),
    }


def right(cell: dict[str, Any]) -> bool:
    """Tell whether a net came out equal."""
    return not cell["said"] and not cell.get("ran", "no") and within(cell["difference"])


def within(apart: float | None) -> bool:
    """Tell whether a difference is within the tolerance."""
    return apart is not None and apart <= TOLERANCE


def report(results: list[dict[str, Any]]) -> str:
    """Return the matrix, what the peers do, and the transposes, as markdown."""
    parts = [matrix(results), peers(results), transposes(results), worse(results)]
    return "\n\n".join(part for part in parts if part)


def put_into(root: Path, results: list[dict[str, Any]], command: str) -> None:
    """Put the matrix and what the peers do into the pages of the project, with the date and the command."""
    told = f"\n\n{datetime.date.today()}, by `{command}`."
    for place, text in (
        (pages.MATRIX, matrix(results)),
        (pages.PEERS, peers(results)),
        (pages.TRANSPOSES, transposes(results)),
    ):
        if text:
            pages.put(root, place, text + told)


def whole(results: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the nets of a kind that are read without unknown layers."""
    return [each for each in results if each["kind"] == kind and not each["problem"] and not each["unknown"]]


def matrix(results: list[dict[str, Any]]) -> str:
    """Return a row for each source and target."""
    lines = [f"| from | nets | known | to | {' | '.join(COLUMNS)} |", "|---|---|---|---|" + "---|" * len(COLUMNS)]
    for kind, title in TITLES.items():
        every = [each for each in results if each["kind"] == kind]
        known = whole(results, kind)
        for to, target in TITLES.items() if known else ():
            found = counts([each["cells"][to] for each in known])
            lines.append(
                f"| {title} | {len(every)} | {len(known)} | {target} | {' | '.join(str(found[c]) for c in COLUMNS)} |"
            )
    return "\n".join(lines)


def peers(results: list[dict[str, Any]]) -> str:
    """Return a row for each peer and what it translates, with what is ours on the same nets."""
    found: dict[tuple[str, str, str], list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for result in results:
        for name, cell in result.get("peers", {}).items():
            ours = result["cells"][cell["to"]]
            found.setdefault((result["kind"], cell["to"], name), []).append((cell, ours))
    if not found:
        return ""
    heads = ("translated", "loads", "shapes", "outputs")
    lines = ["The peers, and ours on the same nets:", ""]
    lines += [f"| from | to | by | nets | {' | '.join(heads)} | outputs of ours |", "|---|---|---|---|" + "---|" * 5]
    for (kind, to, name), pairs in sorted(found.items()):
        theirs, ours = counts([pair[0] for pair in pairs]), counts([pair[1] for pair in pairs])
        shown = " | ".join(str(theirs[head]) for head in heads)
        lines.append(f"| {TITLES[kind]} | {TITLES[to]} | {name} | {len(pairs)} | {shown} | {ours['outputs']} |")
    return "\n".join(lines)


def transposes(results: list[dict[str, Any]]) -> str:
    """Return the median and the sum of the transposes that are left, where the layout changes."""
    lines = ["Transposes that are left to run time, where the layout changes:", ""]
    lines += ["| from | to | by | nets | median | total | nets with any |", "|---|---|---|---|---|---|---|"]
    groups: dict[tuple[str, str, str], list[int]] = {}
    for each in results:
        for to, cell in each["cells"].items():
            crosses = (each.get("layout") == "channels_last") != (to == "keras")
            if crosses and not cell["said"] and not each["unknown"] and not each["problem"]:
                groups.setdefault((each["kind"], to, "ours"), []).append(cell["transposes"])
        for name, cell in each.get("peers", {}).items():
            if "transposes" in cell:
                groups.setdefault((each["kind"], cell["to"], name), []).append(cell["transposes"])
    for (kind, to, by), found in sorted(groups.items()):
        numbers = f"{statistics.median(found):g} | {sum(found)} | {sum(map(bool, found))}"
        lines.append(f"| {TITLES[kind]} | {TITLES[to]} | {by} | {len(found)} | {numbers} |")
    return "\n".join(lines) if groups else ""


def worse(results: list[dict[str, Any]]) -> str:
    """Name the nets where a peer is right and we are not."""
    lines = []
    for each in results:
        for name, cell in each.get("peers", {}).items():
            if right(cell) and not right(each["cells"][cell["to"]]):
                lines.append(f"- {name} is right, and we are not: {each['net']} to {TITLES[cell['to']]}")
    return "\n".join(lines)
