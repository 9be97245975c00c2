"""Read the figures of papers that show a design, and compare boxes and arrows with what people wrote down.

python benchmarks/paper_figures.py [--corpus ../shared/corpus] [--only NAME] [--show]

Boxes are matched by the letters of their texts, arrows by the texts of the boxes that they join. A figure shows as many
designs as it has parts that no arrow joins; each design of the truth is compared with the part that is nearest to it.
`found` tells whether the figure was found on its page.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pdfplumber

from extract.diagrams import Diagram
from extract.figures import diagram_in
from extract.finding import find

TUNE = (
    *("googlenet", "inception_v3", "mobilenet_v1", "resnet", "senet", "squeezenet", "shufflenet_v1", "transformer"),
    *("mtcnn", "yolo_v1", "alexnet"),
)
"""The papers that were looked at while this was written; the rest were only run."""
Content = tuple[Counter[str], Counter[tuple[str, str]]]


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9+\u00d7]", "", text.lower())


def label(text: str) -> str:
    return re.sub(r"\W|ure", "", text).lower()


def f1(ours: Counter[Any], truth: Counter[Any]) -> float:
    total = sum(ours.values()) + sum(truth.values())
    return 2 * sum((ours & truth).values()) / total if total else 1.0


def truth_of(design: dict[str, Any]) -> Content:
    """Return the texts of the boxes, and of the pairs that arrows join."""
    text = {each["name"]: letters(each.get("text") or each["name"]) for each in design["layers"]}
    return Counter(text.values()), Counter((text[a], text[b]) for a, b in design["edges"])


def content_of(part: Diagram) -> Content:
    texts = [letters(" ".join(each.texts)) for each in part.shapes]
    return Counter(texts), Counter((texts[each.start], texts[each.end]) for each in part.links)


def away(ours: Content, truth: Content) -> int:
    """Return how many boxes and arrows of two designs differ."""
    return sum(sum(((a - b) + (b - a)).values()) for a, b in zip(ours, truth, strict=True))


def figures_of(folder: Path, truth: dict[str, Any]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for design in truth["designs"]:
        if "ig" in design["label"]:
            found[design["page"], design["label"]].append(design)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", default="*")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    folder = args.corpus / "papers"
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for file in sorted((folder / "truth").glob(f"{args.only}.json")):
        truth = json.loads(file.read_text("utf-8"))
        figures = figures_of(folder, truth)
        if not figures:
            continue
        path = folder / truth["file"]
        places = {(each.page, label(each.label)): each.box for each in find(path.read_bytes())}
        with pdfplumber.open(path) as pdf:
            for (page, name), designs in figures.items():
                start = time.perf_counter()
                box = places.get((page, label(name)))
                parts = [content_of(each) for each in diagram_in(pdf.pages[page - 1], box).parts()] if box else []
                took = time.perf_counter() - start
                for design in designs:
                    truth_nodes, truth_edges = wanted = truth_of(design)
                    nodes, edges = min(parts, key=lambda each: away(each, wanted), default=(Counter(), Counter()))
                    score = {"found": float(box is not None), "nodes": f1(nodes, truth_nodes)}
                    score["edges"] = f1(edges, truth_edges)
                    score["exact"] = float(nodes == truth_nodes and edges == truth_edges)
                    for row in ("all", design["kind"], "tuned on" if file.stem in TUNE else "not looked at"):
                        rows[row].append(score)
                    told = "  ".join(f"{key} {value:.2f}" for key, value in score.items())
                    print(f"{file.stem:14} {name:10} {design['kind']:10} {told}  {took:.1f} s")
                    if args.show:
                        for title, left, right in (("nodes", nodes, truth_nodes), ("edges", edges, truth_edges)):
                            print("    ", title, "missing", dict(right - left), "too many", dict(left - right))
    for name, scores in rows.items():
        means = {key: sum(each[key] for each in scores) / len(scores) for key in scores[0]}
        print(f"{name}: {len(scores)} figures, " + ", ".join(f"{key} {value:.2f}" for key, value in means.items()))


if __name__ == "__main__":
    main()
