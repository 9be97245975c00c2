"""What a table names and a figure of the same paper shows: the inner layers of its stages, units and modules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.columns.layer_names import LAYERS
from extract.designs.assembly import Assembly
from extract.designs.branches import widths_of
from extract.designs.figure_design import place_drawn
from extract.designs.hand_drawn import said
from extract.drawings.drawn import DrawnLayer
from extract.words.families import JOINS
from extract.words.reading import Reading
from ir.layer import LayerError, ShapeError

_INSIDE = re.compile(r"\b(?:unit|block|module|cell|bottleneck)s?\b", re.IGNORECASE)
_CONVOLUTIONS = ("conv", "gconv", "sepconv")
LARGEST = 40
"""Boxes of a block at most; more are a net."""

Edges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Block:
    """A drawing of a block: the label and the caption of its figure, its layers, and which leads to which."""

    label: str
    caption: str
    layers: tuple[DrawnLayer, ...]
    edges: Edges


def lacks_inside(reading: Reading) -> bool:
    """Tell a layer of which neither its table nor the catalogue says what it is made of."""
    if reading.kind == "inception":
        return not dict(widths_of(reading.params))
    if reading.kind == "bottleneck":
        return not reading.params.keys() & {"expand", "expanded"}
    return reading.kind in ("stage", "resblock") or reading.kind not in (*LAYERS, "block", "dense_block", "transition")


def shows(label: str, caption: str, reading: Reading) -> bool:
    """Tell whether a figure shows what a layer is made of: the table refers to it, or its caption names that.

    >>> shows("Figure 2", "Figure 2. The wobble block of our net.", Reading("Wobble", text="Wobble"))
    True
    """
    figure = reading.params.get("figure")
    if figure is not None:
        return re.findall(r"\d+", label)[:1] == [str(figure)]
    plain = caption.lower()
    words = [word for word in re.findall(r"[a-z]{4,}", reading.text.lower()) if word not in ("stage", "layer", "conv")]
    named = all(word.rstrip("s") in plain for word in words)
    return bool(_INSIDE.search(caption)) and (named if words else reading.kind in ("stage", "resblock"))


def place_block(to: Assembly, reading: Reading, blocks: Sequence[Block]) -> bool:
    """Add what a layer is made of, as often as it comes; False, and nothing is added, where no drawing fits."""
    fitting = [each for each in blocks if shows(each.label, each.caption, reading)]
    whole, used = to.trial(), ""
    for turn in range(reading.times if fitting else 0):
        steps = max(reading.params.get("stride", (1, 1))) if turn == 0 else 1
        used = next((each.label for each in _by_stride(fitting, steps) if _fits(to, reading, each, turn)), "")
        if not used:
            break
    if not used:
        whole.undo()
        return False
    to.infer(
        f"{reading.text!r} is made of what {used} shows, and its widths are such that it gives {_width(reading, to)}"
    )
    return True


def _by_stride(blocks: Sequence[Block], steps: int) -> Iterator[Block]:
    """Yield blocks, those first whose largest stride is the one that is meant."""
    yield from sorted(blocks, key=lambda each: _stride_of(each) != steps)


def _stride_of(block: Block) -> int:
    strides = [each.params.get("stride", (1, 1)) for layer in block.layers for each in said(layer.type)]
    return max((max(stride) for stride in strides), default=1)


def _fits(to: Assembly, reading: Reading, block: Block, turn: int) -> bool:
    """Add a block where it leaves nothing open and gives what the table prints; tell whether it does."""
    before, width = to.shape, _width(reading, to)
    trial = to.trial()
    steps = max(reading.params.get("stride", (1, 1))) if turn == 0 else 1
    if len(before) != 4 or _stride_of(block) != steps:
        return False
    with trial as told:
        try:
            layers = _with_widths(block, int(before[1] or 0), width)
            place_drawn(layers, block.edges, to, keeps=steps == 1, taken=(to.tip, before))
        except (ShapeError, LayerError):
            trial.undo()
            return False
    printed = tuple(reading.params.get("output", ())[:2])
    fits = len(to.shape) == 4 and to.shape[1] == width and (not printed or to.shape[2:] == printed)
    if len(to.nodes) == trial.size or not fits or any(each.code == "question" for each in told):
        trial.undo()
        return False
    return True


def _width(reading: Reading, to: Assembly) -> int:
    """Return how many channels a block gives: as many as are said, or as come in."""
    output = reading.params.get("output", ())
    return int(reading.params.get("filters") or (output[2] if len(output) == 3 else 0) or to.shape[1] or 0)


def _with_widths(block: Block, channels: int, width: int) -> list[DrawnLayer]:
    """Return the layers of a block with as many filters as make it give a width.

    The last convolutions in front of a sum have as many, and those in front of a concatenation share what its other
    branches do not give; the others have a quarter where 1 x 1 convolutions narrow and widen, as in ResNet's figure 5.
    """
    kinds = [[each.kind for each in said(layer.type)] for layer in block.layers]
    parents = {i: [a for a, b in block.edges if b == i] for i in range(len(kinds))}
    sinks = [i for i in range(len(kinds)) if not any(a == i for a, _ in block.edges)]
    join = next((i for i in _upwards(sinks, parents) if set(kinds[i]) & JOINS.keys() or len(parents[i]) > 1), -1)
    last = [_last(i, kinds, parents) for i in parents.get(join, sinks)]
    ends = [i for i in last if i >= 0]
    shares = "concat" in kinds[join] if join >= 0 else False
    rest = width - channels * last.count(-1) if shares else width
    ones = [i for i, layer in enumerate(block.layers) if re.match(r"\W*1 ?[x×] ?1\b", layer.type)]
    narrow = width // 4 if len(ones) > 1 and not shares else (rest // max(1, len(ends)) if shares else width)
    found = []
    for i, layer in enumerate(block.layers):
        own = [each for each in said(layer.type) if each.kind in _CONVOLUTIONS and "filters" not in each.params]
        filters = (
            (rest // len(ends) + (i == ends[0]) * (rest % len(ends)) if shares else width) if i in ends else narrow
        )
        found.append(replace(layer, params={**layer.params, "num_output": filters}) if own else layer)
    return found


def _upwards(sinks: Sequence[int], parents: dict[int, list[int]]) -> Iterator[int]:
    """Yield boxes from the last ones up, each once."""
    seen: list[int] = []
    waiting = list(sinks)
    while waiting:
        here = waiting.pop(0)
        if here not in seen:
            seen.append(here)
            waiting += parents[here]
            yield here


def _last(start: int, kinds: Sequence[Sequence[str]], parents: dict[int, list[int]]) -> int:
    """Return the last convolution of a branch, or -1 where it has none."""
    here = start
    for _ in range(len(kinds)):
        if set(kinds[here]) & set(_CONVOLUTIONS):
            return here
        if len(parents[here]) != 1:
            return -1
        here = parents[here][0]
    return -1
