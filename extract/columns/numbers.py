"""What cells say in numbers: how many, how far a window steps, and the sizes of what comes in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.columns.grids import Cell
from extract.words.signs import MEMORY, signed
from extract.words.spellings import normalized

_THOUSANDS = re.compile(r"(?<=, )(\d{1,3}),(?=\d{3}\b(?!,\d))")
"""What parts thousands in a list of sizes that are parted by a comma and a blank."""


_SIGNS = r"[^\W\d]{1,4}(?:(?:, ?| )[^\W\d]{1,3})* ?"
"""The signs of several quantities: u, v, w."""


def bare(text: str) -> str:
    """Return a text without what is set behind it, or the signs of what it counts: 48 (d = 64), 3 (u, v, w)."""
    return re.sub(rf" ?\((?:[A-Za-z]\w? ?= ?\d+|\$[^$\d]*\$|{_SIGNS})\)$", "", text.strip())


def whole(cells: Iterable[Cell]) -> int | None:
    """Return the whole number of the first cell that holds one."""
    plain = (bare(cell.text) for cell in cells)
    found = (re.sub(r"\D", "", text) for text in plain if re.fullmatch(r"\d+|\d{1,3}(?:[,'\u2019]\d{3})+", text))
    return next((int(text) for text in found), None)


def steps(cells: Iterable[Cell]) -> tuple[int, ...] | None:
    """Return the steps that the first cell with any says: one number is for both sides."""
    for cell in cells:
        if number := whole((cell,)):
            return number, number
        if times := larger(cell):
            return times, times
        if re.fullmatch(r"\W*[1-9]\d{,2}(?:\s*[×,]\s*[1-9]\d{,2}){1,2}\W*", plain := normalized(cell.text)):
            return tuple(map(int, re.findall(r"\d+", plain)))
    return None


def larger(cell: Cell) -> int | None:
    """Return how many times larger a stride of less than one makes an image: 1/2, 1/2 × 1/2, .5."""
    if found := re.fullmatch(r"1[/⁄](\d)(?: ?× ?1[/⁄]\1)?", normalized(cell.text)):
        return int(found[1])
    return 2 if re.fullmatch(r"0?\.50?", cell.text.strip()) else None


def shapes(outputs: Iterable[Cell], inputs: Iterable[Cell]) -> dict[str, tuple[int, ...]]:
    """Return the sizes that cells say of what a layer gives and takes."""
    found: dict[str, tuple[int, ...]] = {}
    for name, cells in (("output", outputs), ("input", inputs)):
        for cell in cells:
            plain = signed(_THOUSANDS.sub(r"\1", bare(MEMORY.sub("", cell.text)))).lower()
            plain = re.sub(r"(?<=[,×]) ?(\d{1,3})\.(\d{3})\b", r"\1\2", plain)  # No size is broken.
            plain = re.sub(r"^\((\d{1,3}),(\d{3}),\)$", r"\1\2", plain)  # The thousands of one size.
            plain = re.sub(r" ?→ ?flatten.*", "", plain)
            plain = plain.split("→")[-1 if name == "output" else 0].strip()
            plain = re.sub(r"^(\d+) (?:classes|logits|probabilities|ways|scores)$", r"\1", plain)
            plain = re.sub(r"^(\d+) (?:units?|neurons?|nodes?)(?= ?×|$)", r"\1", plain)
            plain = re.sub(r"\b[a-z] ?= ?(?=\d)", "", plain)
            plain = re.sub(r" ?(?:pixels|px)$|(?<=\d) ?\([a-z]+(?: [a-z]+)*\)$", "", plain)
            # In front may stand the size of the batch.
            plain = re.sub(
                r"^\(\w{1,3}\) ?(?=\d)|^\W*(?:-1|none|\?|batch\w*|[nb](?=.+[,×].+[,×])) ?[,×]", "", plain
            ).replace("none", "n")
            if re.search(r"[a-z]{3,}|[a-z] ?/|\b1/\d|\b[a-z] ?[,×]|[,×] ?[a-z]\b|\d[a-z]\b|^\d+ ?×$", plain):
                continue  # The name of another layer, or a share of a size that is not said.
            sizes = re.findall(r"\d+", plain)
            if sizes and "0" not in sizes and len(sizes) >= len(found.get(name, ())):
                found[name] = tuple(map(int, sizes))
    return found


_STEPS = re.compile(
    r"[(\[]?(?:(?:b|n|bs|none|\?|-1|batch\w*) ?[,×] ?)?"
    r"(?:t|l|s|none|seq\w*|time\w*|(?:num_|n_)?(?:steps?|frames|tokens)|\w*len\w*) ?[,×] ?(\d+) ?[)\]]?"
)
"""The size of a sequence of so many steps as there are: (batch, seq_len, 256)."""


def features_of(cells: Iterable[Cell]) -> int | None:
    """Return how many features each step of a sequence has, of whose length a size says but a name: (T, 256)."""
    found = (_STEPS.fullmatch(signed(cell.text).lower().strip()) for cell in cells)
    return next((int(each[1]) for each in found if each), None)


_OPEN_SIDE = re.compile(r"(?:1 ?/ ?\d+ ?[×·]? ?)?[a-z]['′_]?\d?(?: ?/ ?\d+)?")
"""The side of an image, or a length, that is left open: W, H/2, 1/4 H."""
_TIMES_AS_LARGE = re.compile(r"\d{1,2}[hwHW]")
"""That of one so many times as large: 2w × 2h × 64."""


def channels_of(cells: Iterable[Cell]) -> int | None:
    """Return the one number of a size whose sides are letters, which is how many channels there are: 32 × H/2 × W/2."""
    for cell in cells:
        sizes = re.sub(r"[()\[\]\s]", "", re.sub(r"(1/\d+) ?[×·] ?(?=[a-z])", r"\1", normalized(cell.text).lower()))
        parts = re.split(r"[×,]", sizes)
        known = [i for i, part in enumerate(parts) if part.isdecimal()]
        left_open = [part for part in parts if _OPEN_SIDE.fullmatch(part)]
        left_open += [part for part in parts if len(parts) == len("hwc") and _TIMES_AS_LARGE.fullmatch(part)]
        at_end = known in ([0], [len(parts) - 1])
        if len(parts) in (2, 3) and at_end and len(left_open) == len(parts) - 1:
            return int(parts[known[0]])
    return None
