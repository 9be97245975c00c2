"""Read the tables of papers, and compare with what people wrote down.

python benchmarks/papers.py [--corpus ../shared/corpus] [--only vgg] [--show]

Layers are aligned by their types in order (`f1`); `params` is the share of the hyper-parameters of the truth that are
read of aligned layers; a design is `exact` where all layers and all of these are right. Tables name a thing in several
ways; both sides are brought to one form, each design alike:

- A block is its layers, and the first of them bears how often they come; once is the same as not said.
- What stands behind a layer in its cell is a layer of its own: `1000D fully-connected, softmax`, `LRN, pool 3x3`.
- So is each of the parts that a row joins: `Pooling + Dropout`, `Conv1x1 & Pooling & FC`.

Compared are windows, strides, borders, widths, repeats, rates, and the printed sizes of what goes in and comes out, as
many numbers as the truth has; not the column of GoogLeNet and SqueezeNet that counts layers with weights (`depth`). The
size that a table with a layer a column prints belongs to the last convolution or pooling of its cell.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from truths import Means, arguments, told, truths

from extract.columns.table_design import TableDesign
from extract.designs.branches import widths_of
from extract.paper import sightings
from extract.words.reading import Reading

TUNE = (
    *("vgg", "resnet", "mobilenet_v1", "googlenet", "crnn", "densenet", "prelu_msra", "sppnet"),
    *("shufflenet_v1", "squeezenet", "signet", "senet", "efficientnet", "inception_v3"),
)
"""The papers that were looked at while this was written; the rest were only run."""
TYPES = {
    "dense": "fc",
    "gavgpool": "globalpool",
    "dwconv": "depthwise_conv",
    "gconv": "group_conv",
    "block": "stage",
    "columns": "map_to_sequence",
    "decoding": "transcription",
}
SAME = {
    "stage": ("dense_block", "transition", "stage", "shufflenet_unit"),
    "globalpool": ("globalpool", "avgpool"),
    "pool": ("pool", "maxpool"),
}
"""Kinds that are one where the truth names a table's row and we its content."""
JOINED = {"pool_dropout": ("pool", "dropout"), "fc_dropout": ("fc", "dropout"), "head": ("conv", "pool", "fc")}
"""Rows of several layers for which the truth has one name."""
NAMES = {"layers": "repeat", "resolution": "input", "map": "output", "shape": "output", "dropout": "rate"}
"""Hyper-parameters that the truth names by the headers of their columns."""
WIDTH = re.compile(r"^n(?=\dx\d)|(?<=\dx\d)_|^pool_(?=proj$)")
"""What the truth puts into the names of the widths of branches."""
LEFT_OUT = ("depth", "block", "lrn", "pool", "pool_stride", "type", "repeat_group")


@dataclass
class Entry:
    """A layer as it is compared: its type, and its hyper-parameters as plain texts."""

    type: str
    params: dict[str, str] = field(default_factory=dict)


def plain(value: Any) -> str:
    """Return a value as a text: sizes joined by x, numbers without a mark of their kind."""
    if isinstance(value, (tuple, list)):
        return "x".join("?" if each is None else str(each) for each in value)
    text = re.sub(r"\s", "", str(value)).replace("\N{MULTIPLICATION SIGN}", "x").lower()
    text = re.sub(r"(?<![a-z])[whn](?=x|$)", "?", text)
    return f"{float(text.replace('10^', '1e')):g}" if re.fullmatch(r"[\d.]+|10\^-?\d+", text) else text


def ours_of(readings: Sequence[Reading]) -> Iterator[Entry]:
    """Yield the layers that were read."""
    for each in readings:
        inner = list(ours_of(each.block)) if each.block else [_entry(each)]
        inner[0].params |= _params(each) if each.block else {}
        yield from inner
        yield from (Entry(post) for post in each.posts)


def _entry(reading: Reading) -> Entry:
    return Entry(TYPES.get(reading.kind, re.sub(r"\W", "_", reading.kind.lower())), _params(reading))


def _params(reading: Reading) -> dict[str, str]:
    found = {"repeat": str(reading.times)}
    for name, value in reading.params.items():
        if name == "stride":
            found[name] = plain(value if len(set(value)) > 1 else value[0])
        elif name == "shape":
            found["output"] = plain(value)
        else:
            found["padding" if name == "pad" else name] = plain(value)
    return found | {name: plain(value) for name, value in widths_of(reading.params)}


def truth_of(layers: Sequence[dict[str, Any]]) -> Iterator[Entry]:
    """Yield the layers of the truth."""
    group = ""
    for each in layers:
        params = {NAMES.get(name, name): value for name, value in each["params"].items()}
        if "repeat_group" in params and params["repeat_group"] != group:
            params["repeat"] = re.findall(r"\d+", params["repeat_group"])[0]
        group = params.get("repeat_group", "")
        inner = params.get("block")
        if inner:
            first = {key: value for key, value in params.items() if key != "block"}
            yield from (
                Entry(part["type"], _plain_params(part["type"], {**part, **(first if i == 0 else {})}))
                for i, part in enumerate(inner)
            )
            continue
        rate = {"rate": plain(params.pop("rate"))} if each["type"] in JOINED and "rate" in params else {}
        kind, *rest = JOINED.get(each["type"], (each["type"],))
        size = {"output": plain(params.pop("output"))} if "map" in each["params"] else {}
        entries = [Entry(kind, _plain_params(kind, params))]
        entries += [Entry(part, rate if part == "dropout" else {}) for part in rest]
        entries += _columned(params)
        if each["type"] != "softmax" and re.search(r", soft-?max$", each.get("text") or ""):
            entries.append(Entry("softmax"))
        [each for each in entries if each.type in ("conv", "pool") or not size][-1].params |= size
        yield from entries


def _columned(params: dict[str, Any]) -> Iterator[Entry]:
    """Yield what a table with a layer a column says in its cell that follows the convolution."""
    for name in params:
        if name == "lrn":
            yield Entry("lrn")
        elif name == "pool":
            pool = {"kernel": params["pool"], "stride": params.get("pool_stride")}
            yield Entry("pool", {key: plain(value) for key, value in pool.items() if value})


def _plain_params(kind: str, params: dict[str, Any]) -> dict[str, str]:
    found = {WIDTH.sub("", name): plain(value) for name, value in params.items() if name not in LEFT_OUT}
    if "channels" in found:
        channels = found.pop("channels")
        if kind == "input":
            found["output"] = f"{found['output']}x{channels}"
        else:
            found["in_channels" if kind == "depthwise_conv" else "filters"] = channels
    return found


def agrees(ours: str, theirs: str) -> bool:
    return ours == theirs or theirs in SAME.get(ours, ())


def aligned(ours: Sequence[Entry], theirs: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Return the pairs of a longest common sequence of types."""
    table = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i, mine in enumerate(ours):
        for j, truth in enumerate(theirs):
            same = agrees(mine.type, truth.type)
            table[i + 1][j + 1] = table[i][j] + 1 if same else max(table[i][j + 1], table[i + 1][j])
    pairs, i, j = [], len(ours), len(theirs)
    while i and j:
        if agrees(ours[i - 1].type, theirs[j - 1].type) and table[i][j] == table[i - 1][j - 1] + 1:
            pairs.append((ours[i - 1], theirs[j - 1]))
            i, j = i - 1, j - 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def wrong(mine: Entry, truth: Entry) -> dict[str, tuple[str, str | None]]:
    """Return the hyper-parameters of the truth that are not read so, with what is."""
    found = {key: (value, mine.params.get(key)) for key, value in truth.params.items()}
    return {key: (value, said) for key, (value, said) in found.items() if _sides(said, value) != value}


def _sides(said: str | None, value: str) -> str | None:
    """Return a size with as many numbers as the truth has: it may leave the channels out."""
    return "x".join(said.split("x")[: value.count("x") + 1]) if said else said


def compare(ours: Sequence[Entry], theirs: Sequence[Entry]) -> dict[str, float]:
    pairs = aligned(ours, theirs)
    total = len(ours) + len(theirs)
    wanted = sum(len(truth.params) for _, truth in pairs)
    missed = sum(len(wrong(*pair)) for pair in pairs)
    return {
        "f1": 2 * len(pairs) / total if total else 0.0,
        "params": 1 - missed / wanted if wanted else 1.0,
        "exact": float(len(pairs) == len(ours) == len(theirs) and not missed),
    }


def designs_at(path: Path, page: int, label: str) -> list[TableDesign]:
    """Return the designs of a table, read as `translate extract` does."""
    read = sightings(path, lambda place: (place.page, place.label) == (page, label))
    return [found.design for each in read for found in each.designs if isinstance(found.design, TableDesign)]


def nearest(designs: Sequence[TableDesign], name: str) -> TableDesign | None:
    """Return the design whose configuration is named most alike."""
    return max(designs, key=lambda each: SequenceMatcher(None, each.config.lower(), name.lower()).ratio(), default=None)


def main() -> None:
    args = arguments(__doc__)
    means = Means("designs")
    for path, designs in truths(args.folder, args.only, "table"):
        tables: dict[tuple[int, str], tuple[list[TableDesign], float]] = {}
        for design in designs:
            key = (design["page"], design["label"])
            if key not in tables:
                start = time.perf_counter()
                tables[key] = designs_at(path, *key), time.perf_counter() - start
            read, took = tables[key]
            name = design.get("config") or ""
            found = nearest(read, name)
            ours, theirs = list(ours_of(found.readings if found else ())), list(truth_of(design["layers"]))
            score = compare(ours, theirs)
            means.add(score, "tuned on" if path.stem in TUNE else "not looked at")
            print(f"{path.stem:14} {key[1]:8} {name[:20]:20} {told(score)}  {took:.1f} s")
            if args.show and not score["exact"]:
                pairs = aligned(ours, theirs)
                print("   ", [each.type for each in ours], "for", [each.type for each in theirs])
                for mine, truth in pairs:
                    if missed := wrong(mine, truth):
                        print("   ", truth.type, missed)
    means.show()


if __name__ == "__main__":
    main()
