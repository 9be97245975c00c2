"""Networks of Dense that have a row each, of which a cell says how wide all layers are: `784 → 128 → 10`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.columns.roles import Columns
from extract.words.lexicon import posts_of
from extract.words.remarks import slope_of
from extract.words.signs import signed

_WIDTH = r"(?:\d[\d,]*\d|\d+|[A-Za-z][\w ]*)"
_FLOW = re.compile(rf"{_WIDTH}(?: ?(?:→|–|-(?!>)) ?\d+)+(?: ?(?:→|–|-) ?{_WIDTH})?")
"""What comes in, and what is behind it: `L → 64 → N classes`, `784-128-10`."""
_LIST = re.compile(r"\W*\d+(?:(?:, ?|/)\d+)+\W*")
"""How wide layers are, and not what comes in: `128, 64`."""
_LABEL = re.compile(r"^(?:encoder|decoder|part \w+)\W*", re.IGNORECASE)
_REMARK = re.compile(r"\([A-Za-z ]+\)\W*$")
_HEAD = re.compile(
    r"\blayers?\b|\bunits\b|\bneurons\b|\bwidths\b|\bsizes\b|\barchitectures?\b|\btopology\b|\bstructures?\b|\bhidden\b|\blayout\b"
    r"|\bdim\w*",
    re.IGNORECASE,
)
_SAME = re.compile(r"^\W*same\b.* as (?:the |that of )*(.+)", re.IGNORECASE | re.DOTALL)
"""What says that a network is like another."""
_HIDDEN = re.compile(r"\bhidden\b", re.IGNORECASE)
_NO_DENSE = re.compile(r"conv|channel|filter|lstm|gru|rnn|recurrent|attention|transformer", re.IGNORECASE)
"""What says that numbers are of layers of another kind."""
PAIR = Columns(0, ("Layer", "Units"), ("type", "filters"))
"""The columns of a table of Dense."""


def chains(grid: Grid, heads: Sequence[str]) -> list[tuple[str, Grid]]:
    """Return the name of each network with a table of its layers; none where some row says them in another way."""
    behind = next((i for i, head in enumerate(heads) if role_of(head) == "activation"), -1)
    last = next((i for i, head in enumerate(heads) if i and _LAST.fullmatch(head)), -1)
    for column, head in enumerate(heads):
        if not column or not _HEAD.search(head) or _NO_DENSE.search(f"{heads[0]} {head}"):
            continue
        found: list[tuple[str, Grid]] = []
        for row in grid.rows[1:]:
            if same := _SAME.search(_said(row, column)):
                like = [table for name, table in found if same[1].strip() in re.split(r" ?/ ?", name)]
                found += [(_said(row, 0).replace("\n", " ").strip(), table) for table in like]
                continue
            widths, flows = _widths(_said(row, column))
            if not widths or _NO_DENSE.search(row[0].text) or not (flows or not _HIDDEN.search(head)):
                break
            inner, given = (_activation(_said(row, i)) for i in (behind, last))
            found.append((_said(row, 0).replace("\n", " ").strip(), written(widths, flows, inner, given)))
        if found and len(found) == len(grid.rows) - 1:
            return found
    return []


_LAST = re.compile(r"(?:final |last )?output(?: layer| activation)?", re.IGNORECASE)
"""The header of a column of what is behind the last layer."""


def _activation(text: str) -> str:
    """Return the activation that a cell names first, with its slope: `LeakyReLU(0.2)`."""
    posts, slope = posts_of(text), slope_of(text)
    return "" if not posts else posts[0] if slope is None else f"{posts[0]}, slope = {slope}"


def _said(row: Sequence[Cell], column: int) -> str:
    return next((each.text for each in row if each.first == each.last == column), "")


def _widths(text: str) -> tuple[list[str], bool]:
    r"""Return how wide layers are that follow each other, and whether the first is of what comes in; none otherwise.

    >>> _widths("L → 64 → 10"), _widths("784-128-10"), _widths("128, 64"), _widths("8-4")
    ((['L', '64', '10'], True), (['784', '128', '10'], True), (['128', '64'], False), ([], False))
    >>> _widths("Encoder: 9 → 4 → 2 (latent)\nDecoder: 2 → 4 → 9")
    (['9', '4', '2', '4', '9'], True)
    """
    lines = [_LABEL.sub("", _REMARK.sub("", line)).strip() for line in signed(text).split("\n")]
    lines = [line for line in lines if line]
    if len(lines) == 1 and _LIST.fullmatch(lines[0]):
        return re.findall(r"\d+", lines[0]), False
    if not lines or not all(_FLOW.fullmatch(line) for line in lines):
        return [], False
    flows = [[step.strip().replace(",", "") for step in re.split(r"→|–|-", line)] for line in lines]
    whole = all(before[-1] == after[0] for before, after in pairwise(flows))
    steps = [flows[0][0], *(step for flow in flows for step in flow[1:])]
    return (steps, True) if whole and len(steps) > 2 else ([], False)


def written(widths: Sequence[str], comes_in: bool = True, behind: str = "", last: str = "") -> Grid:
    """Return a table of what comes in and the Dense behind it, or of these alone, with activations of each.

    Source: Goodfellow et al., Deep Learning, section 6.3, on the units of hidden layers.
    """
    inner = f"Fully connected, {behind}" if behind else "Fully connected"
    names = ["Input" if comes_in else inner, *(inner for _ in widths[1:])]
    names[-1] = f"Fully connected, {last}" if last else "Fully connected"
    rows = zip(names, widths, strict=True)
    return Grid(tuple((Cell(name, 0, 0), Cell(text, 1, 1)) for name, text in rows), 2)
