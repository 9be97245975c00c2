"""How long it takes to read a figure of a paper, from its page to its kind and, where it shows one, to its design.

python benchmarks/figure_speed.py [--corpus ../shared/corpus] [--only NAME] [--slow SECONDS]

Figures are those of `places.json`, whatever they show, at the places that are written there. Seconds are those of the
processor, in one process with one thread of each library; what pdfplumber takes to parse a page is counted apart, and
once a page. The goal is 0.2 s for a figure of paths and 2 s for a picture.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from finding import PLACES  # noqa: E402

from extract.drawings.figures import is_picture, pictures_in  # noqa: E402
from extract.opening import opened_paper  # noqa: E402
from extract.pages.finding import Place  # noqa: E402
from extract.paper import sighting_in  # noqa: E402

GOALS = {"paths": 0.2, "pictures": 2.0}
CAPTION = "{}: The architecture of our network."
"""Where a figure's own is not looked for."""


def timed(path: Path, wanted: dict[str, list[float]]) -> Iterator[tuple[str, str, float, float]]:
    """Yield of each figure its label, what it is made of, and seconds of its page, if it is the first, and its own."""
    figures = {label: at for label, at in wanted.items() if label.startswith("Figure")}
    parsed: set[int] = set()
    with opened_paper(path, sorted({int(at[0]) for at in figures.values()})) as paper:
        for label, (page, x0, y0, x1, y1, _) in figures.items():
            if page not in paper.pages:
                continue
            place = Place("figure", label, CAPTION.format(label), int(page), (x0, y0, x1, y1), (0, 0, 0, 0), 1.0)
            start = time.process_time()
            kind = "pictures" if is_picture(pictures_in(paper.pages[page], place.box), place.box) else "paths"
            ready = time.process_time()
            sighting_in(paper, place)
            yield label, kind, 0.0 if page in parsed else ready - start, time.process_time() - ready
            parsed.add(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--only", help="the name of a paper")
    parser.add_argument("--slow", type=float, default=10.0, help="seconds from which on a figure is named")
    args = parser.parse_args()
    import cv2

    cv2.setNumThreads(1)
    seconds, pages = defaultdict(list), []
    for stem, wanted in json.loads(PLACES.read_text("utf-8")).items():
        if args.only in (None, stem):
            for label, kind, page, own in timed(args.corpus / "papers" / f"{stem}.pdf", wanted):
                seconds[kind].append(own)
                pages.append(page)
                if own >= args.slow:
                    print(f"{stem} {label}: {own:.2f} s")
    for kind, took in [*seconds.items(), ("pages parsed", [each for each in pages if each])]:
        took = sorted(took)
        median, most = took[len(took) // 2], took[int(0.9 * len(took))]
        goal = GOALS.get(kind)
        within = f"; goal {goal} s: {sum(each <= goal for each in took) / len(took):.0%} within" if goal else ""
        print(f"{kind}: {len(took)}, median {median:.3f} s, 90 % {most:.3f} s, most {took[-1]:.3f} s{within}")


if __name__ == "__main__":
    main()
