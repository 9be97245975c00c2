"""Train what tells the kinds of figures apart, and report how well it does; and how well tables of designs are told.

python benchmarks/kinds.py [--corpus ../shared/corpus] [--write] [--traits FILE]

Figures are labelled in `places.json`, by people who looked at them. A logistic regression over the traits of
`extract/classify/traits.py` tells whether there is a design; `extract/classify/kinds.json` holds its numbers. It is
trained on the papers that are tuned on and reported on the rest; then each paper is left out in turn, which is what
to expect of what `--write` writes: that is trained on all. Figures with hardly any words are read by Tesseract, and
count as it reads them. Which kind it is rules tell (`extract/classify/forms.py`), which were written by people who
had looked at all of these figures. `--traits` keeps the traits.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from finding import PLACES, TUNE

from extract.classify.kinds import FIGURES, MODEL, SURE, likely
from extract.classify.traits import is_wordless, traits_of
from extract.drawings.drawing import DrawingError
from extract.opening import opened_paper, reread, seen_in
from extract.pages.finding import Place
from extract.paper import sightings

KINDS = ("none", *FIGURES)
STEPS, RATE, DECAY = 600, 0.5, 0.4
Traits = dict[str, float]
Row = tuple[str, str, Traits, str, Traits | None]
"""Paper, label, traits, kind, and the traits of a figure with hardly any words as Tesseract reads it."""


def rows_of(folder: Path) -> list[Row]:
    """Return what is known of each figure."""
    found = []
    for stem, wanted in json.loads(PLACES.read_text("utf-8")).items():
        places = [
            Place("figure", label, captions(folder, stem)[label], page, (x0, y0, x1, y1), (0, 0, 0, 0), 1.0)
            for label, (page, x0, y0, x1, y1, _) in wanted.items()
            if label.startswith("Figure")
        ]
        for place, traits, again in figures_in(folder / f"{stem}.pdf", places):
            found.append((stem, place.label, traits, wanted[place.label][5] or "none", again))
    return found


def figures_in(source: Path, places: Sequence[Place]) -> Iterator[tuple[Place, Traits, Traits | None]]:
    """Yield the traits of figures whose places are known, in the order of pages; those that cannot be read are not.

    Of those with hardly any words they are also as they are when the figure is read as it looks.
    """
    with opened_paper(source, sorted({each.page for each in places})) as paper:
        for number, on_page in groupby(places, key=lambda each: each.page):
            for place in on_page:
                with suppress(DrawingError, KeyError):
                    figure = seen_in(paper, place)
                    again = traits_of(reread(paper, place, figure)) if is_wordless(figure) else None
                    yield place, traits_of(figure), again
            if number in paper.pages:
                paper.pages[number].close()


def captions(folder: Path, stem: str, held: dict[str, dict[str, str]] = {}) -> dict[str, str]:  # noqa: B006 (a memory)
    from extract.pages.finding import find

    if stem not in held:
        held[stem] = {each.label: each.caption for each in find(folder / f"{stem}.pdf")}
    return held[stem]


def train(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the numbers that tell whether there is a design."""
    shown = [(again or traits, "none" if kind == "none" else "design") for _, _, traits, kind, again in rows]
    return fitted(shown, ("none", "design"))


def fitted(rows: Sequence[tuple[dict[str, float], str]], classes: Sequence[str]) -> dict[str, Any]:
    """Return the numbers of a logistic regression."""
    names = sorted(rows[0][0])
    x = np.array([[traits[name] for name in names] for traits, _ in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-4
    x = (x - mean) / scale
    target = np.eye(len(classes))[[classes.index(kind) for _, kind in rows]]
    w, b = np.zeros((len(names), len(classes))), np.zeros(len(classes))
    for _ in range(STEPS):
        logits = x @ w + b
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        error = (p - target) / len(rows)
        w -= RATE * (x.T @ error + DECAY * w)
        b -= RATE * error.sum(axis=0)
    plain = {"mean": mean, "scale": scale, "bias": b}
    numbers = {name: [round(float(each), 5) for each in values] for name, values in plain.items()}
    return {"classes": list(classes), "traits": names, **numbers, "weights": np.round(w.T, 5).tolist()}


def guess(model: dict[str, Any], row: Row) -> str:
    """Return the kind of a figure, which is read by Tesseract where it has hardly any words and there is doubt."""
    kind = likely(row[2], model)
    return likely(row[4], model).name if row[4] and kind.confidence < SURE else kind.name


def report(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Print a confusion matrix: a row for what is shown, a column for what is taken for it."""
    counts = Counter(pairs)
    print(f"{title}: {len(pairs)} figures")
    print(f"{'':12}" + "".join(f"{kind:>11}" for kind in KINDS))
    for kind in KINDS:
        print(f"{kind:12}" + "".join(f"{counts[kind, other]:11}" for other in KINDS))
    told = sum((a == "none") == (b == "none") for a, b in pairs) / max(1, len(pairs))
    both = [(a, b) for a, b in pairs if a != "none" and b != "none"]
    shown = [(a, b) for a, b in pairs if a != "none"]
    right = sum(a == b for a, b in both)
    print(
        f"is it a design: {told:.3f}; the kind of those taken for designs: {right / max(1, len(both)):.3f} "
        f"({len(both)}); of all designs: {right / max(1, len(shown)):.3f} ({len(shown)})"
    )


def report_tables(folder: Path) -> None:
    pairs: Counter[tuple[str, bool, bool]] = Counter()
    for stem, wanted in json.loads(PLACES.read_text("utf-8")).items():
        for each in sightings(folder / f"{stem}.pdf", lambda place: place.kind == "table"):
            if each.place.kind == "table" and each.place.label in wanted:
                truth = wanted[each.place.label][5] == "table"
                pairs["tuned on" if stem in TUNE else "rest", truth, bool(each.designs)] += 1
                if truth != bool(each.designs):
                    print(f"  {stem} {each.place.label}: {'missed' if truth else 'taken for a design'}")
    for name in ("tuned on", "rest"):
        cells = {(a, b): pairs[name, a, b] for a in (True, False) for b in (True, False)}
        right = (cells[True, True] + cells[False, False]) / max(1, sum(cells.values()))
        print(
            f"tables, {name}: is it a design {right:.3f}; designs told {cells[True, True]}, "
            f"missed {cells[True, False]}; others told {cells[False, False]}, taken for designs {cells[False, True]}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--traits", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    folder = args.corpus / "papers"
    if args.traits and args.traits.exists():
        rows = [tuple(each) for each in json.loads(args.traits.read_text("utf-8"))]
    else:
        rows = rows_of(folder)
        if args.traits:
            args.traits.write_text(json.dumps(rows), "utf-8")
    tuned = [row for row in rows if row[0] in TUNE]
    model = train(tuned)
    report("trained on those tuned on, on the rest", [(r[3], guess(model, r)) for r in rows if r[0] not in TUNE])
    pairs = []
    for stem in sorted({row[0] for row in rows}):
        left_out = train([row for row in rows if row[0] != stem])
        for row in rows:
            if row[0] == stem:
                pairs.append((row[3], guess(left_out, row)))
                if args.show and pairs[-1][0] != pairs[-1][1]:
                    print("  ", stem, row[1], *pairs[-1])
    report("each paper left out in turn", pairs)
    report_tables(folder)
    if args.write:
        MODEL.write_text(json.dumps(train(rows)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
