"""Read the figures of papers that show a design, and compare boxes and arrows with what people wrote down.

python benchmarks/paper_figures.py [--corpus ../shared/corpus] [--only NAME] [--show]

Figures are read as `translate paper.pdf --variant "Figure 2"` reads them, pictures and outlined letters included.
Boxes are matched by the letters of their texts, arrows by the texts of the boxes that they join. A figure shows as many
designs as it has parts that no arrow joins; each design of the truth is compared with the part that is nearest to it.
`found` tells whether the figure was found on its page.

What is written beside an arrow, as `BN ReLU`, is a box of its own in some truths and none in others. So a box that says
nothing but normalisations and activations, with one arrow to it and one from it, is passed over on both sides, each
figure alike; `--plain` compares without that.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from truths import Means, arguments, told, truths

from extract.drawings.diagrams import Diagram, Link, Shape
from extract.paper import Sighting, sightings
from extract.words.lexicon import kind_of, posts_of

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


def truth_of(design: dict[str, Any], plain: bool) -> Content:
    """Return the texts of the boxes, and of the pairs that arrows join."""
    texts = {each["name"]: each.get("text", each["name"]) for each in design["layers"]}
    edges = [(a, b) for a, b in design["edges"]]
    for each in design.get("repeat", ()):
        edges = repeated(texts, edges, each["rows"], each["times"])
    return content(texts, edges, plain)


def repeated(texts: dict[str, str], edges: list[tuple[str, str]], rows: list[str], times: int) -> list[tuple[str, str]]:
    """Add the copies of rows that a brace of a figure holds to the texts; return the arrows with theirs."""
    copies = [rows, *([f"{name} {i}" for name in rows] for i in range(2, times + 1))]
    texts |= {name: texts[row] for copy in copies for row, name in zip(rows, copy, strict=True)}
    chain = [name for copy in copies for name in copy]
    kept = [(chain[-1] if a == rows[-1] else a, b) for a, b in edges if not (a in rows and b in rows)]
    return kept + list(pairwise(chain))


def parts_of(sighting: Sighting, plain: bool) -> list[Content]:
    shapes = tuple(Shape(each.box, (each.text,)) for each in sighting.elements)
    parts = Diagram(shapes, tuple(Link(*each) for each in sighting.links)).parts()
    return [
        content(
            {str(i): each.texts[0] for i, each in enumerate(part.shapes)},
            [(str(each.start), str(each.end)) for each in part.links],
            plain,
        )
        for part in parts
    ]


def content(texts: dict[str, str], edges: list[tuple[str, str]], plain: bool) -> Content:
    if not plain:
        texts, edges = passed_over(texts, edges)
    text = {name: letters(said) for name, said in texts.items()}
    return Counter(text.values()), Counter((text[a], text[b]) for a, b in edges)


def passed_over(texts: dict[str, str], edges: list[tuple[str, str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return a design without what only normalises or activates between two boxes."""
    for name in [each for each, said in texts.items() if posts_of(said) and not kind_of(said)]:
        before, after = [a for a, b in edges if b == name], [b for a, b in edges if a == name]
        if len(before) == len(after) == 1:
            edges = [each for each in edges if name not in each] + [(before[0], after[0])]
            texts = {key: said for key, said in texts.items() if key != name}
    return texts, edges


def away(ours: Content, truth: Content) -> int:
    """Return how many boxes and arrows of two designs differ."""
    return sum(sum(((a - b) + (b - a)).values()) for a, b in zip(ours, truth, strict=True))


def seen(path: Path, figure: Figure, plain: bool) -> tuple[list[Content], bool, float]:
    """Return the parts of a figure, whether it was found, and how many seconds it took, finding it included."""
    start = time.perf_counter()
    wanted = [
        each
        for each in sightings(path, lambda place: (place.page, label(place.label)) == figure, doubtful=True)
        if (each.place.page, label(each.place.label)) == figure
    ]
    return [part for each in wanted for part in parts_of(each, plain)], bool(wanted), time.perf_counter() - start


def main() -> None:
    args = arguments(__doc__, plain="compare what is written beside arrows too")
    means = Means("figures")
    for path, designs in truths(args.folder, args.only, "figure"):
        figures: dict[Figure, list[dict[str, Any]]] = defaultdict(list)
        for design in designs:
            figures[design["page"], label(design["label"])].append(design)
        for figure, shown in figures.items():
            parts, found, took = seen(path, figure, args.plain)
            for design in shown:
                truth_nodes, truth_edges = wanted = truth_of(design, args.plain)
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
