"""Read the figures of papers that show a design, and compare boxes and arrows with what people wrote down.

python benchmarks/paper_figures.py [--corpus ../shared/corpus] [--only NAME] [--show]

Figures are read as `translate paper.pdf --variant "Figure 2"` reads them, pictures and outlined letters included. Boxes are
matched by the letters of their texts, arrows by the texts of the boxes that they join. A figure shows as many designs as it
has parts that no arrow joins; each design of the truth is compared with the part that is nearest to it. `found` tells
whether the figure was found on its page.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from truths import Means, arguments, told, truths

from extract.diagrams import Diagram, Link, Shape
from extract.paper import Sighting, sightings

TUNE = (
    *("googlenet", "inception_v3", "mobilenet_v1", "resnet", "senet", "squeezenet", "shufflenet_v1", "transformer"),
    *("mtcnn", "yolo_v1", "alexnet"),
)
"""The papers that were looked at while this was written; the rest were only run."""
Content = tuple[Counter[str], Counter[tuple[str, str]]]
Figure = tuple[int, str]


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


def parts_of(sighting: Sighting) -> list[Content]:
    shapes = tuple(Shape(each.box, (each.text,)) for each in sighting.elements)
    return [_content(each) for each in Diagram(shapes, tuple(Link(*each) for each in sighting.links)).parts()]


def _content(part: Diagram) -> Content:
    texts = [letters(" ".join(each.texts)) for each in part.shapes]
    return Counter(texts), Counter((texts[each.start], texts[each.end]) for each in part.links)


def away(ours: Content, truth: Content) -> int:
    """Return how many boxes and arrows of two designs differ."""
    return sum(sum(((a - b) + (b - a)).values()) for a, b in zip(ours, truth, strict=True))


def seen(path: Path, figure: Figure) -> tuple[list[Content], bool, float]:
    """Return the parts of a figure, whether it was found, and how many seconds it took, finding it included."""
    start = time.perf_counter()
    wanted = [
        each
        for each in sightings(path, lambda place: (place.page, label(place.label)) == figure, doubtful=True)
        if (each.place.page, label(each.place.label)) == figure
    ]
    return [part for each in wanted for part in parts_of(each)], bool(wanted), time.perf_counter() - start


def main() -> None:
    args = arguments(__doc__)
    means = Means("figures")
    for path, designs in truths(args.folder, args.only, "figure"):
        figures: dict[Figure, list[dict[str, Any]]] = defaultdict(list)
        for design in designs:
            figures[design["page"], label(design["label"])].append(design)
        for figure, shown in figures.items():
            parts, found, took = seen(path, figure)
            for design in shown:
                truth_nodes, truth_edges = wanted = truth_of(design)
                nodes, edges = min(parts, key=lambda each: away(each, wanted), default=(Counter(), Counter()))
                score = {"found": float(found), "nodes": f1(nodes, truth_nodes), "edges": f1(edges, truth_edges)}
                score["exact"] = float(nodes == truth_nodes and edges == truth_edges)
                means.add(score, "all", design["kind"], "tuned on" if path.stem in TUNE else "not looked at")
                print(f"{path.stem:14} {figure[1]:10} {design['kind']:10} {told(score)}  {took:.1f} s")
                if args.show:
                    for title, left, right in (("nodes", nodes, truth_nodes), ("edges", edges, truth_edges)):
                        print("    ", title, "missing", dict(right - left), "too many", dict(left - right))
    means.show()


if __name__ == "__main__":
    main()
