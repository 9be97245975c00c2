"""Cells in the words that attributes have, by what their columns are for: a window, how many channels go out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell
from extract.words.spellings import normalized

MOST_SIDE = 64
"""The side of a window at most, where it is said by one number."""
LONGEST_SIDE = 1024
"""That of one beside which another column says how many filters there are."""
PAIR = re.compile(r"\d+ ?× ?\d+")
"""Two sides of a window."""


def going_out(cell: Cell, header: str) -> str:
    """Return a cell, of how many channels come in and out only the latter."""
    if re.match(r"chan\w*\.? map", header, re.IGNORECASE):
        return re.sub(r"^(\d+) ?× ?\d+$", r"\1", normalized(cell.text))
    if re.search(r"\bin(?:put)?s?\W+(?:[x×]\W+)?out|\bi/o\b", header, re.IGNORECASE):
        plain = re.sub(r"(?<=\d) ?[xX×] ?(?=[A-Z]\b)", "→", normalized(cell.text))
        found = re.fullmatch(r"\D*\d+\s*[/→,×-]+\s*(\d+|[A-Z])\D*", plain)
        if found is None:
            return "→ C" if re.search(r"→ ?(?:\d+ ?× ?)?[A-Za-z][^→]*$", plain) else plain
        return found[1] if found[1].isdecimal() else f"→ {found[1]}"
    if passed := re.fullmatch(r"\d+ ?/ ?(\d+)", cell.text.strip() if "/" not in header else ""):
        return passed[1]
    if open_ := re.fullmatch(r"\d+ ?→ ?([A-Za-z]\w*)", normalized(cell.text)):
        return f"→ {open_[1]}"
    if re.search(r"[A-Za-z]\[\d+\]$", cell.text.strip()):
        return ""  # One of several numbers that stand elsewhere.
    return re.sub(r"^(\d+) ?\([\d +]+\)$", r"\1", cell.text.strip())  # As many in another design, or made of these.


def window_parted(cell: Cell, header: str) -> str:
    """Return a window, with how many filters there are where the header says that these stand behind it."""
    behind = re.search(r"(?:kernel|filter)\w* ?[×x*] ?(?:unit|filter|channel|num)", header, re.I)
    found = re.fullmatch(r"(\d+) ?× ?(\d+)", normalized(cell.text)) if behind else None
    return f"kernel {found[1]}, {found[2]}" if found else cell.text


def window_said(text: str, roles: Sequence[str]) -> str:
    """Return a window, one number for both sides, with its stride where that stands behind a comma."""
    if text.strip().isdecimal():
        # A number as large as no window is how many units or filters there are.
        most = LONGEST_SIDE if "filters" in roles else MOST_SIDE
        return f"kernel {text.strip()}" if int(text) <= most else text.strip()
    if bare := re.match(r"(\d+)\s*[\n,;]\s*(?=stride|dila|pad)", text):
        return f"kernel {bare[1]}, {text[bare.end() :]}"
    if re.search(r"/ ?\d+, ?\d+", plain := normalized(text)):
        return re.sub(r"(/ ?\d+), ?(\d+)", r"\1, pad \2", plain)
    if stepped := re.fullmatch(r"(\d+ ?× ?\d+) ?/ ?(\d+ ?× ?\d+)|(\d+) ?/ ?(\d)", normalized(text)):
        return f"kernel {stepped[1] or stepped[3]}, stride {stepped[2] or stepped[4]}"
    listed = re.fullmatch(r"\W*(\d+(?:, ?\d+)+)\W*", text) if text.lstrip().startswith(("(", "[")) else None
    if listed:
        return window_said("×".join(re.findall(r"\d+", listed[1])), roles)
    sides = [int(each) for each in re.findall(r"\d+", plain)] if PAIR.fullmatch(plain := normalized(text)) else []
    if sides and (max(sides) <= MOST_SIDE or min(sides) == 1):
        return f"kernel {plain}"
    if "stride" in roles:
        return text
    side = max(map(int, re.findall(r"\d+", plain.rpartition(",")[0])), default=0)
    behind = re.search(r",\s*(\d)\s*$", plain)
    if behind is None or int(behind[1]) > max(side, 2):  # No stride is more than its window: so many filters there are.
        return plain
    return f"{plain[: behind.start()]}, stride {behind[1]}"
