"""Modules of convolutions beside each other, whose widths a table lists branch by branch: Inception's and Fire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError

_COLUMN = re.compile(
    r"(?P<word>squeeze|reduce|expand|double|(?<![a-z])[se])?(?P<size>\d+x\d+)(?P<role>reduce|squeeze|expand)?"
)
_POOLED = re.compile(
    r"(?P<kind>av\w*|max|m)?(?:\d+x\d+)?(?:,(?P<stride>\d)(?![\dp]))?[,+]?(?:(?P<width>\d+)p?|pass\w*)?"
)
Convolution = tuple[int, int]
"""A convolution: the side of its window, and its filters."""


@dataclass(frozen=True)
class Branch:
    """A branch of a module: a pooling of some kind, or none, and convolutions behind it; the last of it steps."""

    convolutions: tuple[Convolution, ...]
    stride: int = 1
    pool: str = ""


def widths_of(params: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what columns of branches say by plain names: `#3×3 reduce` is 3x3reduce, and `Pool + proj` is proj.

    >>> dict(widths_of({"#3 × 3 reduce": 96, "double #3×3": 128, "pool proj": "avg + 32", "kernel": (3, 3)}))
    {'3x3reduce': 96, 'double3x3': 128, 'proj': 'avg + 32'}
    """
    for name, value in params.items():
        plain = re.sub(r"[#\s]", "", name.lower().replace("×", "x"))
        if not isinstance(value, (int, str)):
            continue
        if "proj" in plain or plain == "pool":
            yield "proj", value
        elif match := _COLUMN.search(plain):
            word, size, role = match["word"] or "", match["size"], match["role"] or ""
            yield (f"{size}{word}" if word in ("squeeze", "reduce", "expand") else f"{word}{size}{role}"), value


def inception(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a module of GoogLeNet's form, or one with two convolutions in a row that steps at the end of its branches.

    Sources: Szegedy et al., Going Deeper with Convolutions, figure 2 (b); Ioffe and Szegedy, Batch Normalization,
    figure 5.
    """
    widths = dict(widths_of(reading.params))
    branches = [*_convolved(widths)]
    if not branches:
        raise ShapeError("is an inception module whose branches the table does not say")
    if said := widths.get("proj"):
        branches.append(_pooled(said))
    steps = max((int(each) for each in reading.params.get("stride", ())), default=1) if turn == 0 else 1
    if steps > 1:
        to.infer_once("of a module that steps the last layer of each branch does, as is usual")
    _beside(to, branches, steps)
    width = reading.params.get("filters")
    if width and to.shape[1] != width:
        to.infer_once("a 1 x 1 convolution behind what is joined makes as many channels as the table says")
        to.add(L.Conv2D(filters=width, kernel=1), "conv")
        to.add(L.ReLU(), "relu")


def fire(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a module of SqueezeNet's form. Source: Iandola et al., SqueezeNet, figure 1."""
    widths = dict(widths_of(reading.params))
    squeeze = widths.get("s1x1", widths.get("1x1squeeze"))
    ends = widths.get("e1x1", widths.get("1x1expand")), widths.get("e3x3", widths.get("3x3expand"))
    if squeeze is None or None in ends:
        raise ShapeError("is a fire module whose widths the table does not say")
    to.add(L.Conv2D(filters=squeeze, kernel=1), "squeeze")
    to.add(L.ReLU(), "relu")
    _beside(to, [Branch(((1, ends[0] or 1),)), Branch(((3, ends[1] or 1),))])


def _convolved(widths: dict[str, Any]) -> Iterator[Branch]:
    """Yield the branches of convolutions, small windows first.

    A cell tells the width of the last, `256, 2` with its step, or the widths of all: `24-48-48`, of which the first is
    that of a reduction. Two 3 x 3 in a row stand for a 5 x 5.
    """
    for name in ("1x1", "3x3", "5x5", "7x7", "double3x3"):
        chain, _, step = str(widths.get(name, 0)).partition(",")
        *less, width = [int(each) for each in re.findall(r"\d+", chain)] or [0]
        if not width:
            continue
        first, *others = less or [widths.get(f"{name}reduce", 0)]
        windows = [*others, width] * (2 if name.startswith("double") and not others else 1)
        side = int(name[-1])
        side = 3 if len(windows) > 1 and side == 2 * len(windows) + 1 else side
        reduced = [(1, int(first))] if first else []
        yield Branch((*reduced, *((side, each) for each in windows)), int(step or 1))


def _pooled(said: int | str) -> Branch:
    """Return the branch of a pooling: by its kind, with a projection behind it or what comes in as it is.

    >>> _pooled("avg + 32"), _pooled("m 3×3, 2")
    (Branch(convolutions=((1, 32),), stride=1, pool='avg'), Branch(convolutions=(), stride=2, pool='max'))
    """
    match = _POOLED.fullmatch(re.sub(r"[\s_]", "", str(said).lower().replace("×", "x")))
    if match is None:
        raise ShapeError(f"has a branch of which is not known how it pools: {said!r}")
    behind = ((1, int(match["width"])),) if match["width"] else ()
    return Branch(behind, int(match["stride"] or 1), "avg" if (match["kind"] or "").startswith("av") else "max")


def _beside(to: Assembly, branches: Sequence[Branch], steps: int = 1) -> None:
    """Add branches beside each other, and join them."""
    start, shape = to.tip, to.shape
    ends = []
    for branch in branches:
        to.go_to(start, shape)
        stride = max(steps, branch.stride)
        if branch.pool:
            pool = L.AvgPool2D if branch.pool == "avg" else L.MaxPool2D
            to.add(pool(kernel=3, stride=stride, pad=1), "pool")
        for i, (kernel, filters) in enumerate(branch.convolutions, 1):
            step = stride if i == len(branch.convolutions) and not branch.pool else 1
            to.add(L.Conv2D(filters=filters, kernel=kernel, stride=step, pad=kernel // 2), "conv")
            to.add(L.ReLU(), "relu")
        ends.append(to.tip)
    to.add(L.Concat(), "concat", *ends)
