"""The columns of a table in a style, its header, cells over several rows, and its caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from table_cells import Fields
from table_phrases import CAPTIONS
from table_rows import Printer
from table_styles import Style
from table_texts import Rows, Said


def caption_of(printer: Printer) -> str:
    """Return what is said of all layers: what comes in, and what stands behind each."""
    style, network, rng = printer.style, printer.network, printer.rng
    deep = {2: ("1D CNN", "1-D convolutional network"), 4: ("3D CNN", "3-D convolutional network")}
    name = rng.choice(
        deep.get(len(network.taken) if network.family != "text" else 0, ("network", "proposed network", "model"))
    )
    parts = [
        rng.choice(("Architecture of the {0}.", "The architecture of our {0}.", "Details of the {0}.")).format(name)
    ]
    if style["input"] == "caption":
        taken = replace(style.sizes, output="H×W×C", thousands=False).given(network.taken)
        if len(network.taken) == 1:
            taken = str(network.taken[0])
            parts.append(f"The input is a vector of size {taken}.")
        else:
            forms = ("The input size is {0}.", "The input is of size {0}.", "The network takes {0} inputs.")
            parts.append(rng.choice(forms)
                         .format(taken))  # fmt: skip
    if style["posts"] == "caption":
        first = next(each for each in network.layers if each.posts)
        act = printer.kind(first.posts[-1])
        parts.append(rng.choice(CAPTIONS["bn", "act"] if "bn" in first.posts else CAPTIONS["act",]).format(act=act))
    if printer.tells_slope == "caption" and any("leakyrelu" in each.posts for each in network.layers):
        parts.append(f"The slope of the leaky ReLU is {printer.slope}.")
    return " ".join(parts)


def table_of(printer: Printer) -> Rows:
    """Return a table: its columns in an order, a header, and cells over several rows."""
    style = printer.style
    rows = printer.rows()
    if all(row.get("repeat", "1") == "1" for row in rows):
        rows = [{**row, "repeat": ""} for row in rows]
    columns = [role for role in _columns(style, printer) if any(row.get(role) for row in rows)]
    empty = style["empty"]
    body: list[list[Said | None]] = []
    for row in rows:
        first = next((i for i, role in enumerate(columns) if row.get(role)), 0)
        body.append([Said(row.get(role) or ("" if i <= first or role == "block" else empty))
                     for i, role in enumerate(columns)])  # fmt: skip
    if style["marks"] == "yes":
        marked = printer.rng.choice(body)
        mark = printer.rng.choice(("*", "†", "$^1$" if style["syntax"] == "tex" else "¹"))
        first = next((i for i, role in enumerate(columns) if role in ("type", "whole")), 0)
        marked[first] = Said(f"{cell.text if (cell := marked[first]) else ''}{mark}")
    if "block" in columns:
        _label(body, rows, columns.index("block"), merged=style["block"] == "merged")
    heads = [Said(style.heads["type" if role == "kind / stride" else "kernel" if role == "one" else role])
             for role in columns]  # fmt: skip
    if "kind / stride" in columns:
        heads[columns.index("kind / stride")] = Said("Type / Stride")
    if "one" in columns and style["joint"] != "/":
        words = ("Kernel, filters", "Kernel size, channels", *(("Filters",) if printer.axes > 1 else ()))
        heads[columns.index("one")] = Said(printer.rng.choice(words))
    return [heads, *body] if style["headed"] == "yes" else body


def _columns(style: Style, printer: Printer) -> list[str]:
    plan, name = style["plan"], style["name"]
    found = ["block"] if style["block"] != "none" else []
    if plan == "windows":
        return [*found, "kind / stride", "windows", "taken"]
    if name in ("number", "roman", "Layer 1", "L1"):
        found.append("number")
    elif name in ("lower", "Conv 1", "conv1_1", "C1"):
        found.append("name")
    if plan in ("prose", "calls"):
        found.append("whole")
    else:
        found += ["type"] if printer.typed else []
        sizes = {"apart": ["kernel", "filters", "stride"], "one": ["one", "stride"], "joined": ["details"]}[plan]
        if plan == "apart":
            Random(str(style.heads)).shuffle(sizes)
        found += sizes
        found += ["padding"] if style["border"] != "none" and plan != "joined" else []
    if plan in ("apart",) and style["repeat"] == "×":
        found.append("repeat")
    found += ["norm", "activation"] if style["posts"] == "column" else []
    found += ["dropout"] if style["dropout"] == "column" else []
    found += ["pool"] if style["pools"] == "column" else []
    behind = [*(["taken"] if style["taken"] == "column" else []), *(["output"] if style["output"] != "none" else [])]
    behind = ["flow"] if style["taken"] == "flow" else behind
    found = [*found[: 1 + (name != "none")], *behind, *found[1 + (name != "none") :]] if style["step"] != "3" else [
        *found, *behind]  # fmt: skip
    return [*found, *(["count"] if style["count"] != "none" else []), *(["notes"] if style["notes"] == "yes" else [])]


def _label(body: list[list[Said | None]], rows: Sequence[Fields], column: int, *, merged: bool) -> None:
    """Put the names of blocks in front of their rows: one over all of them, or one in front of the first."""
    start = 0
    for i in range(1, len(rows) + 1):
        if i < len(rows) and rows[i].get("of block") == rows[start].get("of block"):
            continue
        own = rows[start].get("of block")
        text = f"Block {int(own) + 1}" if own else rows[start].get("block", "")
        body[start][column] = Said(text, 1, i - start if merged else 1)
        for place in range(start + 1, i):
            body[place][column] = None if merged else Said()
        start = i
