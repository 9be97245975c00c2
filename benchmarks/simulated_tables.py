"""Read simulated tables back, and compare with the designs that they were printed of.

python benchmarks/simulated_tables.py [--count 500] [--seed 1] [--show 5] [--pdf]

A design and a style are drawn for each table; what it leaves open is open in the truth too. Compared are the graphs
that are built: layers in order by their kind (`f1`), what is said of those that are aligned (`params`), and whether all
is the same, what leads to what too (`exact`). A layer that flattens or only turns axes does not count, as tables name
them or not. A design that is wrong, and nothing was asked, is `silent`; `none` are tables of which no design is read;
`asked` counts the questions about those that are exact. A table that leaves its input open is exact where the rest is,
and it is asked for. What table_phrases.HELD names is no part of what was looked at, and told apart.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import traceback
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

import office_pages
from papers import Entry, aligned, wrong
from table_columns import caption_of, table_of
from table_designs import FAMILIES
from table_graphs import Network, graph_of
from table_layouts import LAYOUTS, SHARE
from table_pages import page_of
from table_phrases import HELD
from table_rows import Printer
from table_styles import NAMING, Style, draw
from table_texts import in_fonts, text_of, turned

from extract.paper import Found, sightings, texts_of
from ir import Report
from ir.graph import Graph, Ref
from ir.origin import Origin, Source
from ir.validate import infer


@dataclass(frozen=True)
class Table:
    """A printed table, and the design that it says: that of `config`, where it says several."""

    text: str
    suffix: str
    truth: Graph
    family: str
    style: Style
    heads: tuple[str, ...]
    open_input: bool = False
    config: str = ""

    @property
    def held(self) -> list[str]:
        """Return what of it is kept out of tuning."""
        return self.style.held + [each for each in self.heads if each in HELD["head"]]


def drawn(seed: str) -> Table:
    """Return the table of a seed, always the same."""
    rng = Random(seed)
    style = draw(rng)
    syntax, headed = style["syntax"], style["headed"] == "yes"
    if syntax != "csv" and style["turned"] == "no" and rng.random() < SHARE:
        laid = rng.choices(list(LAYOUTS), list(LAYOUTS.values()))[0](rng, style)
        text = text_of(laid.rows, syntax, laid.caption, headed=True, rules=style["rules"])
        return Table(text, f".{syntax}", laid.truth, laid.name, style, (), config=laid.config)
    families = dict(FAMILIES)
    for _ in range(100):
        family = rng.choices(list(families), list(families.values()))[0]
        network = family(rng, style.freedom)
        truth, network = graph_of(_said(network, style))
        if _fits(network, style):
            break
    printer = Printer(network, style, rng)
    rows = table_of(printer)
    heads = tuple(each.text for each in rows[0] if each) if headed else ()
    rows = turned(rows) if style["turned"] == "yes" else rows
    if style["fonts"] == "yes" and headed and style["turned"] == "no":
        rows = in_fonts(rows, syntax)
    text = text_of(rows, syntax, caption_of(printer), headed=headed, rules=style["rules"])
    open_input = style["output"] == "fraction" or (style["input"] == "none" and style["taken"] == "no")
    return Table(text, f".{syntax}", truth, network.family, style, heads, open_input)


def _said(network: Network, style: Style) -> Network:
    """Return a design with what a caption can say of it: one activation behind all layers that are hidden."""
    if style["posts"] != "caption":
        return network
    *hidden, last = network.layers
    if "bn" in network.layers[0].posts:
        hidden = [replace(each, posts=()) if each.kind == "dense" else each for each in hidden]
    return replace(network, layers=(*hidden, last))


FRONT = {"C×H×W", "[C, H, W]", "(-1, C, H, W)", "C@H×W", "B×C×H×W", "(N, C, H, W)"}
"""Forms of sizes with the channels in front."""


def _fits(network: Network, style: Style) -> bool:
    """Tell whether a design can be said in a style."""
    kinds = {each.kind for each in network.layers}
    axes = len(network.taken) - 1
    if style["posts"] == "caption" and network.family not in ("classifier", "1-D", "3-D"):
        return False
    if axes in (1, 3) and style["syntax"] == "csv" and style["kinds"] not in ("keras", "torch", "2-D"):
        return False  # Along how many axes windows go is said nowhere.
    open_number = (style["plan"] == "joined" and style["dialect"] not in NAMING) or (
        style["plan"] == "one" and style["joint"] == "/"
    )
    if open_number and any(len(each.kernel) == 1 for each in network.layers):
        return False  # Of one number it would be open whether it is a window.
    if style["plan"] == "windows" and (axes != 2 or kinds & {"deconv", "concat", "upsample", "reshape"}):
        return False
    if style["plan"] == "calls" and (kinds & {"dwconv", "lstm", "bilstm", "gru", "embedding", "reshape"} or axes == 0):
        return False
    uneven = any(each.kind == "deconv" and (each.kernel[0] - each.stride[0]) % 2 for each in network.layers)
    numbered = style["border"] == "numbers" or style["plan"] == "calls"
    if uneven and numbered and style["output"] in ("none", "fraction"):
        return False  # What is added behind such a border would be open.
    if network.family == "dilated" and style["plan"] != "joined":
        return False  # How far windows are spread has no place.
    if "deconv" in kinds and style["dialect"] in ("with", "code"):
        return False
    if style["output"] == "fraction" and (axes != 2 or kinds & {"flatten"}):
        return False
    if style["output"] in ("H×W", "C@H×W") and axes != 2:
        return False
    if style["turned"] == "yes" and len(network.layers) > 9:
        return False
    if "reshape" in kinds and style["output"] in FRONT | {"none", "H×W"}:
        return False
    named = style["plan"] == "joined" or style["notes"] == "yes"
    if "concat" in kinds and (style["pools"] == "joined" or style["repeat"] == "×"):
        return False  # Rows would be other than layers.
    if "concat" in kinds and (style["name"] in ("none", "roman", "L1", "Layer 1") or not named):
        return False  # What is joined would have no name.
    if "pool" in str(kinds) and style["plan"] == "windows" and any(each.kernel != each.stride for each in network.layers
                                                                 if "pool" in each.kind and each.kernel):  # fmt: skip
        return False
    if network.family == "text" and style["output"] in FRONT | {"H×W", "H × W, C"}:
        return False
    return len(network.layers) < 40


_PASSING = ("Flatten", "Permute", "Reshape", "Identity")


def entries(graph: Graph, *, sized: bool) -> tuple[list[Entry], Any]:
    """Return the layers of a graph as they are compared, and what the whole of it is."""
    shapes = infer(graph, Report())
    known: dict[Ref, Any] = {Ref(each.name): ("input", each.shape if sized else ()) for each in graph.inputs}
    found = []
    for node in graph.nodes:
        before = [known.get(ref, "?") for ref in node.inputs]
        if type(node.layer).__name__ in _PASSING:
            known.update(dict.fromkeys(node.refs, before[0]))
            continue
        entry = _entry(node.layer, (shapes.get(node.inputs[0]) or ())[2:], shapes.get(node.refs[0]), sized)
        found.append(entry)
        inputs = sorted(before, key=repr) if entry.type in ("Add", "Concat") else before
        known.update(dict.fromkeys(node.refs, (entry.type, tuple(sorted(entry.params.items())), hash(repr(inputs)))))
    return found, sorted(repr(known.get(ref)) for ref in graph.outputs)


def _takes(graph: Graph) -> list[Any]:
    return [each.shape for each in graph.inputs]


_SAID = ("filters", "kernel", "stride", "dilation", "units", "vocabulary", "rate", "sequences", "scale",
         "negative_slope", "maximum", "groups")  # fmt: skip


def _entry(layer: Any, before: Any, shape: Any, sized: bool) -> Entry:
    params = {name: str(getattr(layer, name)) for name in _SAID if hasattr(layer, name)}
    kind = type(layer).__name__
    if kind == "AvgPool2D" and shape is not None and set(shape[2:]) == {1} and layer.kernel == tuple(before or ()):
        kind, params = "GlobalAvgPool2D", {}
    if sized and shape is not None and re.match(r"Conv|MaxPool|AvgPool|Upsample", kind):
        params["gives"] = str(tuple(shape[2:]))
    if kind.startswith("Conv") and layer.groups not in (1,):
        kind, params["groups"] = f"Grouped{kind}", "each" if layer.groups == layer.filters else params["groups"]
    return Entry(kind, params)


def _found_in(table: Table) -> list[Found]:
    """Return the designs of a table that is set on a page of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.tex")
        pdf = path.with_suffix(".pdf")
        if table.suffix == ".html":
            office_pages.print_to(pdf, office_pages.page_of(table.text, Random(table.text)))
        else:
            path.write_text(page_of(table.text, Random(table.text)), "utf-8")
            command = ("pdflatex", "-interaction=batchmode", "-halt-on-error", path.name)
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
        return [each for sighting in sightings(pdf) for each in sighting.designs]


def read(table: Table, *, set_in: bool = False) -> tuple[Graph | None, list[str], str]:
    """Return the graph that is read of a table, what is asked, and why there is none."""
    try:
        found = texts_of(Path(f"table{table.suffix}"), table.text.encode()) if not set_in else _found_in(table)
        if not found:
            return None, [], "no design"
        if len(found) > 1 and not table.config:
            return None, [], f"{len(found)} designs: {[each.title for each in found]}"
        found.sort(key=lambda each: -SequenceMatcher(None, each.title.lower(), table.config.lower()).ratio())
        report = Report()
        graph = found[0].graph("net", Origin(Source("table")), report)
    except Exception as error:
        where = traceback.extract_tb(sys.exc_info()[2])[-1]
        return None, [], f"{type(error).__name__}: {error} at {where.name}"
    return graph, [each.message for each in report if each.code == "question"], ""


def score(table: Table, *, set_in: bool = False) -> tuple[dict[str, float], list[str]]:
    """Compare what is read of a table with its truth; return figures, and what there is to say of it."""
    sized = not table.open_input
    theirs, whole = entries(table.truth, sized=sized)
    graph, asked, why = read(table, set_in=set_in)
    if graph is None:
        return {"f1": 0.0, "params": 0.0, "exact": 0.0, "or asked": 0.0, "silent": 0.0, "none": 1.0, "asked": 0.0}, [
            why
        ]
    ours, said = entries(graph, sized=sized)
    pairs = aligned(ours, theirs)
    missed = [(truth.type, found) for mine, truth in pairs if (found := wrong(mine, truth))]
    wanted = sum(len(truth.params) for _, truth in pairs)
    # How many words come in need not be known.
    exact = said == whole and (
        sized
        or table.family == "text"
        or any("input" in each for each in asked)
        or _takes(graph) == _takes(table.truth)
    )
    told = [f"{kind}: {found}" for kind, found in missed]
    if len(pairs) != len(ours) or len(pairs) != len(theirs):
        told.append(f"{[each.type for each in ours]} for {[each.type for each in theirs]}")
    if sized and graph.inputs[0].shape != table.truth.inputs[0].shape:
        told.append(f"input {graph.inputs[0].shape} for {table.truth.inputs[0].shape}")
    return {
        "f1": 2 * len(pairs) / max(1, len(ours) + len(theirs)),
        "params": 1 - sum(len(found) for _, found in missed) / wanted if wanted else 1.0,
        "exact": float(exact),
        "or asked": float(exact or bool(asked)),
        "silent": float(not exact and not asked),
        "none": 0.0,
        "asked": float(len(asked) if exact and sized else 0),
    }, [*told, *(f"asked: {each}" for each in asked)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--show", type=int, default=0, help="tables to show that are not exact, none of what is held out"
    )
    parser.add_argument("--only", default="", help="those to show, by a pattern of their styles and families")
    parser.add_argument(
        "--pdf",
        action="store_true",
        help="those in LaTeX and HTML alone, set by pdflatex and printed by Chromium, and read off the page",
    )
    parser.add_argument("--at", type=int, default=-1, help="the number of the one table to show")
    args = parser.parse_args()
    groups: dict[str, list[dict[str, float]]] = defaultdict(list)
    shown = 0
    set_by = (".tex", ".html") if office_pages.has_printer() else (".tex",)
    for i in range(args.count) if args.at < 0 else [args.at]:
        table = drawn(f"{args.seed}/{i}")
        if args.pdf and table.suffix not in set_by:
            continue
        figures, told = score(table, set_in=args.pdf)
        for group in _groups(table):
            groups[group].append(figures)
        named = re.search(args.only, " ".join([*_groups(table), *told]))
        if (not figures["exact"] and shown < args.show and named and not table.held) or args.at >= 0:
            shown += 1
            print(f"== {i} ==", " ".join(f"{key}={value}" for key, value in table.style.choices.items()))
            print(table.text, *(each[:600] for each in told), "SILENT" if figures["silent"] else "", sep="\n")
    _print(groups)


def _groups(table: Table) -> Iterator[str]:
    yield "all"
    yield "held out" if table.held else "tune"
    yield f"family: {table.family}"
    for axis, choice in table.style.choices.items():
        yield f"{axis}: {choice}"
    for role, head in table.style.heads.items():
        if head in table.heads:
            yield f"head of {role}: {head}"


def _print(groups: dict[str, list[dict[str, float]]]) -> None:
    for name in ("all", "tune", "held out"):
        if scores := groups.pop(name, []):
            print(f"{name:32} {len(scores):5}", _means(scores))
    ordered = sorted(groups.items(), key=lambda each: sum(one["exact"] for one in each[1]) / len(each[1]))
    for name, scores in ordered:
        if len(scores) >= 5:
            print(f"{name:48} {len(scores):5} {sum(each['exact'] for each in scores) / len(scores):.2f}",
                  f"{sum(each['silent'] for each in scores) / len(scores):.2f}")  # fmt: skip


def _means(scores: list[dict[str, float]]) -> str:
    return "  ".join(f"{name} {sum(each[name] for each in scores) / len(scores):.3f}" for name in scores[0])


if __name__ == "__main__":
    main()
