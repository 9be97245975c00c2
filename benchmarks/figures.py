"""Read simulated figures back, and compare with the truth about them.

python benchmarks/figures.py [--count 100] [--formats svg,pdf] [--drawer keras]
"""

from __future__ import annotations

import argparse
import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pdfplumber

from extract.diagrams import Diagram, diagram_of
from extract.drawing import of_page, of_svg
from extract.metrics import figure_score
from extract.page import page_of
from translator.simulation.designs import designs
from translator.simulation.samples import sample


def read_figure(data: bytes, kind: str, dpi: float) -> Diagram:
    if kind == "svg":
        # Graphviz writes its scale with two digits, which is too few for a large picture's places.
        text = data.decode()
        written = re.search(r"scale\(([\d.]+)", text)
        drawing = of_svg(text)
        return diagram_of(drawing.scaled(dpi / 72 / float(written[1])) if written else drawing)
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        return diagram_of(of_page(page, page_of(page).words))


def score(found: Diagram, truth: dict[str, Any], kind: str) -> dict[str, float]:
    """Compare with the truth, whose places are in pixels; Graphviz puts half an inch around a page."""
    dpi = truth["style"]["dpi"]
    border = dpi / 2 if kind == "pdf" else 0.0

    def middle(box: Sequence[float]) -> tuple[float, float]:
        return (box[0] + box[2]) / 2 + border, (box[1] + box[3]) / 2 + border

    return figure_score(found, truth, middle, dpi / 16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=72)
    parser.add_argument("--formats", default="svg,pdf")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=3)
    args = parser.parse_args()
    formats = tuple(args.formats.split(","))
    rows: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    each = -(-args.count // 36)
    shown, spent = 0, 0.0
    for depth in range(5, 41):
        for i, design in enumerate(designs(depth, each, args.seed)):
            files, _ = sample(design, f"{args.seed}/{depth}/{i}", formats)
            truths = json.loads(files["truth.json"])["pictures"]
            for drawer, truth in truths.items():
                for kind in formats:
                    start = time.perf_counter()
                    figures = score(read_figure(files[f"{drawer}.{kind}"], kind, truth["style"]["dpi"]), truth, kind)
                    spent += time.perf_counter() - start
                    version = truth["style"]["version"]
                    rows[f"{drawer} {version}", kind].append(figures)
                    if not figures["exact"] and shown < args.show:
                        shown += 1
                        print(
                            drawer,
                            kind,
                            truth["style"],
                            {k: round(v, 3) for k, v in figures.items()},
                            f"depth {depth} {i}",
                        )
    total: dict[str, list[dict[str, float]]] = defaultdict(list)
    for (style, kind), scores in sorted(rows.items()):
        total[kind] += scores
        print(f"{style:16} {kind:4} {len(scores):4}", _means(scores))
    for kind, scores in total.items():
        print(f"{'all':16} {kind:4} {len(scores):4}", _means(scores))
    print(f"{spent / max(1, sum(map(len, rows.values()))):.2f} s a figure")


def _means(scores: list[dict[str, float]]) -> str:
    return "  ".join(f"{name} {sum(each[name] for each in scores) / len(scores):.4f}" for name in scores[0])


if __name__ == "__main__":
    main()
