"""Read the tables of papers, and compare with what people wrote down.

python benchmarks/papers.py [--corpus ../shared/corpus] [--only vgg] [--show]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pdfplumber

from extract.cells import Reading
from extract.finding import find
from extract.layouts import designs_of
from extract.page import page_of
from extract.pdf_tables import Region, grid_of

TUNE = (
    *("vgg", "resnet", "mobilenet_v1", "googlenet", "crnn", "densenet", "prelu_msra", "sppnet"),
    *("shufflenet_v1", "squeezenet", "signet", "senet"),
)
"""The papers that were looked at while this was written; the rest were only run."""
TYPES = {
    "dense": "fc",
    "gavgpool": "globalpool",
    "dwconv": "depthwise_conv",
    "gconv": "group_conv",
    "block": "stage",
    "lrn": "lrn",
}
SAME = {
    "stage": ("dense_block", "transition", "stage", "shufflenet_unit"),
    "globalpool": ("globalpool", "avgpool"),
    "pool": ("pool", "maxpool", "pool_dropout"),
    "fc": ("fc", "fc_dropout"),
}
"""Kinds that are one where the truth names a table's row and we its content."""


def readings_of(path: Path, page: int, label: str) -> list[Any]:
    box = next((each.box for each in find(path) if (each.page, each.label) == (page, label)), None)
    if box is None:
        return []
    with pdfplumber.open(path) as pdf:
        ours = page_of(pdf.pages[page - 1])
    return designs_of(grid_of(ours, Region.of(ours, box)))


def kind(reading: Reading) -> str:
    return TYPES.get(reading.kind, reading.kind)


def agrees(ours: str, theirs: str) -> bool:
    return ours == theirs or theirs in SAME.get(ours, ())


def flat(readings: list[Reading]) -> list[Reading]:
    """Return layers with the blocks taken apart; the first of each bears how often it comes."""
    found = []
    for each in readings:
        inner = list(each.block) or [each]
        found += [replace(inner[0], times=each.times), *inner[1:]]
    return found


def flat_truth(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for each in layers:
        inner = each["params"].get("block")
        if not inner:
            found.append(each)
            # A table with a layer a column says there what follows the convolution.
            if each["params"].get("lrn"):
                found.append({"type": "lrn", "params": {}})
            if "pool" in each["params"]:
                pool = {"kernel": each["params"]["pool"], "stride": each["params"].get("pool_stride")}
                found.append({"type": "maxpool", "params": {key: value for key, value in pool.items() if value}})
            continue
        for i, part in enumerate(inner):
            params = {**part, **({"repeat": each["params"]["repeat"]} if i == 0 and "repeat" in each["params"] else {})}
            found.append({"type": part["type"], "params": params})
    return found


def params_of(reading: Reading) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in reading.params.items():
        if name in ("kernel",):
            found[name] = "x".join(map(str, value))
        elif name == "stride":
            found[name] = str(value[0])
        elif name in ("filters", "units", "in_channels", "in_features"):
            found[name] = str(value)
        elif name == "pad":
            found["padding"] = str(value)
    if reading.times > 1:
        found["repeat"] = str(reading.times)
    return found


def compare(ours: list[Reading], theirs: list[dict[str, Any]]) -> dict[str, float]:
    left = [kind(each) for each in ours]
    right = [each["type"] for each in theirs]
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left)):
        for j in range(len(right)):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if agrees(left[i], right[j]) else max(table[i][j + 1], table[i + 1][j])
            )
    pairs, i, j = [], len(left), len(right)
    while i and j:
        if agrees(left[i - 1], right[j - 1]) and table[i][j] == table[i - 1][j - 1] + 1:
            pairs.append((ours[i - 1], theirs[j - 1]))
            i, j = i - 1, j - 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    matched = len(pairs)
    wanted = right_params = 0
    for reading, truth in pairs:
        mine = params_of(reading)
        for name in ("kernel", "stride", "filters", "units", "repeat", "padding"):
            value = truth["params"].get(name)
            if value is not None:
                wanted += 1
                right_params += mine.get(name) == str(value).replace("\N{MULTIPLICATION SIGN}", "x").replace(" ", "")
    total = len(left) + len(right)
    return {
        "f1": 2 * matched / total if total else 0.0,
        "params": right_params / wanted if wanted else 1.0,
        "exact": float(matched == len(left) == len(right) and right_params == wanted),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    folder = args.corpus / "papers"
    rows: dict[str, list[dict[str, float]]] = {"tuned on": [], "not looked at": []}
    for file in sorted((folder / "truth").glob(f"{args.only or chr(42)}.json")):
        truth = json.loads(file.read_text("utf-8"))
        tables: dict[tuple[int, str], list[Any]] = {}
        for design in truth["designs"]:
            if "able" in design["label"]:
                key = (design["page"], design["label"])
                if key not in tables:
                    start = time.perf_counter()
                    tables[key] = readings_of(folder / truth["file"], *key)
                    took = time.perf_counter() - start
                name = design.get("config") or ""
                found = max(
                    tables[key],
                    key=lambda each: SequenceMatcher(None, each.config.lower(), name.lower()).ratio(),
                    default=None,
                )
                score = compare(flat(list(found.readings)) if found else [], flat_truth(design["layers"]))
                rows["tuned on" if file.stem in TUNE else "not looked at"].append(score)
                figures = "  ".join(f"{name} {value:.2f}" for name, value in score.items())
                ours = found.config if found else "-"
                print(f"{file.stem:14} {design['label']:8} {name[:20]:20} {figures}  {took:.1f} s  {ours}")
                if args.show and found:
                    for each in found.readings:
                        print(
                            "      ", kind(each), params_of(each), [kind(inner) for inner in each.block], each.text[:50]
                        )
    for name, scores in rows.items():
        if scores:
            means = {key: sum(each[key] for each in scores) / len(scores) for key in scores[0]}
            print(f"{name}: {len(scores)} designs, " + ", ".join(f"{key} {value:.2f}" for key, value in means.items()))


if __name__ == "__main__":
    main()
