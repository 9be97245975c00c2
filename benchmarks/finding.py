"""Find the figures and tables of papers, and compare with boxes that people looked at.

python benchmarks/finding.py [--corpus ../shared/corpus] [--only vgg] [--show]

`places.json` holds for each figure and table its page, its box in points from the upper left corner, and the kind of
its design, if it shows one. The boxes were drawn by an earlier version of the finder; a person looked at each on its
rendered page, and measured those anew that were wrong. A place is right where its label and page are, and its box has
an intersection over union of 0.8 or more with the one held to be right, as pdffigures2 counts.
"""

from __future__ import annotations

import json
import time
from fnmatch import fnmatch
from pathlib import Path

from truths import arguments

from extract.pages.finding import Place, find

PLACES = Path(__file__).with_name("places.json")
TUNE = (
    *("nmt_attention", "unet", "crnn", "fcn", "neg_xgboost", "mtcnn", "deeplabv3", "neg_sam", "pointnet2", "sppnet"),
    *("vgg", "resnet", "googlenet", "mobilenet_v1", "shufflenet_v1", "squeezenet", "signet", "senet"),
    *("alexnet", "inception_v3", "textcnn", "ncf", "wide_deep", "neg_adam"),
)
"""The papers whose pages were looked at while thresholds were chosen; the rest were only run."""
ENOUGH = 0.8
Box = tuple[float, float, float, float]


def overlap(a: Box, b: Box) -> float:
    """Return the intersection of two boxes over their union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, width) * max(0.0, height)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return both / (areas - both) if areas > both else 0.0


def compare(found: list[Place], wanted: dict[str, list[float]], show: str) -> tuple[int, int, int]:
    """Return how many places are right, how many were found, and how many are wanted."""
    right = 0
    for place in found:
        page, *box = wanted.get(place.label, [0, 0, 0, 0, 0, ""])[:5]
        share = overlap(place.box, (box[0], box[1], box[2], box[3])) if page == place.page else 0.0
        right += share >= ENOUGH
        if show and share < ENOUGH:
            print(f"  {show} p{place.page} {place.label}: {share:.2f} {place.box} for {page} {box}")
    return right, len(found), len(wanted)


def main() -> None:
    args = arguments(__doc__)
    totals = {name: [0, 0, 0] for name in ("tuned on", "rest", "all")}
    pages, start = 0, time.perf_counter()
    for stem, wanted in json.loads(PLACES.read_text("utf-8")).items():
        if not fnmatch(stem, args.only):
            continue
        path = args.folder / f"{stem}.pdf"
        found = find(path)
        pages += page_count(path)
        counts = compare(found, wanted, stem if args.show else "")
        missed = sorted(set(wanted) - {each.label for each in found})
        if args.show and missed:
            print(f"  {stem} missed: {', '.join(missed)}")
        for name in ("tuned on" if stem in TUNE else "rest", "all"):
            totals[name] = [a + b for a, b in zip(totals[name], counts, strict=True)]
    spent = time.perf_counter() - start
    for name, (right, found_count, wanted_count) in totals.items():
        if wanted_count:
            shares = f"precision {right / max(1, found_count):.3f} recall {right / wanted_count:.3f}"
            print(f"{name:9} {wanted_count:4} figures and tables, {shares}")
    print(f"{spent / max(1, pages):.3f} s a page, {pages} pages")


def page_count(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


if __name__ == "__main__":
    main()
