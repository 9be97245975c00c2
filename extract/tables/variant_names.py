"""What a cell of one of several designs says of the layer that another cell of its row names: `FC | 1000-d`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.layer_names import layers_in
from extract.tables.judging import WEIGHTED
from extract.words.cells import read_attributes, read_cell
from extract.words.families import POOLS, UNITS
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import ANY, is_set, name_of, names_another, settings_of

_UNITS = frozenset(("conv", "deconv", "inception", "fire", "mbconv", "fusedmbconv", "ghost", "bottleneck", "resblock"))
"""What a number alone says the width of, where it stands in a design's own cell beside the name."""


_SOUNDS = re.compile(r"(?i)[a-z]softmax|[a-z]conv\b|[a-z](?:pool|norm|lstm|attention|embedding)\b")
"""The name of a layer of its own kind that sounds like one that is known: AdaSoftmax."""
_COUNTS = re.compile(r"(?:number|no\.?|#|total|hidden|output|input|classif\w+|units|neurons|logits)\b", re.IGNORECASE)
"""What a number beside it is of, which names no unit."""


def heard_beside(row: Sequence[Cell], roles: Sequence[str], cell: Cell) -> list[Reading]:
    """Return the layer that has weights which another cell of a row names, where a design's own is not understood."""
    plain = normalized(cell.text)
    if re.search(r"\d ?×", plain) and names_another(plain):
        return [Reading(name_of(plain), settings_of(plain), text=plain)]
    names = [each.text for each in row if roles[each.first] == "type" and each is not cell and each.tells]
    kinds = [kind_of(name) for name in names]
    if len(names) == 1 and not kinds[0] and _SOUNDS.search(names[0]) and not posts_of(names[0]):
        return [Reading(names[0].strip(), text=f"{names[0]} {plain}", unclear=True)]
    if len(names) != 1 or kinds[0] not in WEIGHTED or not cell.tells:
        return []
    name = re.sub(r"\W*\d+\W*$", "", names[0])  # Its number counts the layers.
    found = layers_in(f"{name}, {normalized(cell.text)}")
    alone = len(found) == 1 and found[0].kind == kinds[0]
    return found if alone else [Reading(kinds[0], text=f"{names[0]} {cell.text}", unclear=True)]


def named_beside(row: Sequence[Cell], roles: Sequence[str], cell: Cell) -> list[Reading]:
    """Return the layer that another cell of a row names, where a design's own is but its numbers: `softmax | 10`."""
    if kind_of(cell.text) or posts_of(cell.text) or "[" in cell.text.strip("[]"):
        return []
    plain = re.sub(r",? ?stride[\s\d×,=]+$", "", cell.text)
    names = [each.text for each in row if roles[each.first] == "type" and re.sub(r"\W*\d+\W*$", "", each.text)]
    kinds = [kind_of(name) for name in names]
    if len(names) == 1 and kinds[0] in (*_UNITS, *UNITS) and cell.text.strip().isdecimal():
        key = "units" if kinds[0] in UNITS else "filters"
        return [Reading(kinds[0], {key: int(cell.text)}, text=f"{names[0]} {cell.text}")]
    strange = len(names) == 1 and not (kinds[0] or posts_of(names[0])) and not _COUNTS.match(names[0])
    if strange and cell.text.strip().isdecimal() and re.fullmatch(r"[A-Za-z][A-Za-z -]{2,}", names[0].strip()):
        return [Reading(names[0].strip(), {"filters": int(cell.text)}, text=f"{names[0]} {cell.text}")]
    if len(names) != 1 or not (kinds[0].endswith("pool") or kinds[0] in ("softmax", "dense", "dropout")):
        return []
    ways = re.fullmatch(r"(\d+)[ -](?:units|classes|neurons|outputs|ways?)", plain.strip())
    if kinds[0] == "softmax" and ways:
        return layers_in(f"softmax {ways[1]}")
    if re.search(r"[A-Za-z]{2}", plain):
        return []
    if not re.fullmatch(r"[\d\s×x.,[\]]+", plain):
        window = re.search(r"\d+ ?× ?\d+", normalized(plain)) if kinds[0].endswith("pool") else None
        told = read_attributes(window[0], kinds[0]) if window else {}
        return [Reading(kinds[0], told, text=f"{names[0]} {cell.text}", unclear=True)] if window else []
    if plain != cell.text and not kinds[0].endswith("pool"):
        return []
    name = re.sub(r"\W*\d+\W*$", "", names[0])  # Its number counts the layers.
    said = cell.text.strip("[] ")
    if kinds[0] == "dense":
        said = re.sub(r"^1 ?× ?1, ?", "", normalized(said))
    return layers_in(f"{name} {said}")


def named_alone(row: Sequence[Cell], roles: Sequence[str]) -> list[Reading]:
    """Return the layer of all designs of which a row says but its name and what it gives: `Avg pool | 1×1 | - | -`."""
    names = [each.text for each in row if roles[each.first] == "type" and each.tells]
    sized = any(roles[each.first] == "output" and each.tells for each in row)
    found = read_cell(names[0]) if len(names) == 1 and sized else []
    return found if len(found) == 1 and found[0].kind in (*POOLS, "dense", "softmax", "flatten") else []


def with_posts(row: Sequence[Cell], roles: Sequence[str], found: list[Reading]) -> list[Reading]:
    """Return a layer with the activation that its name in another cell says: `ReLU Convolution | 32 filters`."""
    names = [each.text for each in row if roles[each.first] == "type" and each.tells]
    if len(names) != 1 or len(found) != 1 or found[0].kind not in WEIGHTED or kind_of(names[0]) != found[0].kind:
        return found
    more = tuple(post for post in posts_of(names[0]) if post not in found[0].posts)
    return [replace(found[0], posts=(*found[0].posts, *more))]


def set_beside(row: Sequence[Cell], roles: Sequence[str], cell: Cell, found: list[Reading]) -> list[Reading]:
    """Return layers, what is but set in a design's own cell as the unit that another cell of the row names."""
    bare = is_set(normalized(cell.text)) if not found else len(found) == 1 and found[0].kind == ANY
    types = [each.text for each in row if roles[each.first] == "type" and each is not cell]
    names = [" ".join(text.split()) for text in types if not text.strip().isdecimal()]
    inner = found[0].block if len(found) == 1 else ()
    lines = next((lines for text in types if len(lines := text.split("\n")) == len(inner)), [])
    if lines and any(each.kind == ANY for each in inner):
        pairs = zip(inner, lines, strict=True)
        return [replace(found[0], block=tuple(replace(a, kind=b) if a.kind == ANY else a for a, b in pairs))]
    name = _WHICH.sub("", names[0]).strip() if len(names) == 1 else ""
    if bare and not names:
        return found or [Reading(ANY, settings_of(normalized(cell.text)), text=normalized(cell.text))]
    if not bare or not re.fullmatch(r"[A-Za-z][A-Za-z -]{2,}", name):
        return found
    if not found and (named := layers_in(name)):
        return [replace(each, params={**each.params, **settings_of(normalized(cell.text))}) for each in named]
    return [replace(each, kind=name) for each in found] or [
        Reading(name, settings_of(normalized(cell.text)), text=f"{name}, {normalized(cell.text)}")
    ]


_WHICH = re.compile(r"^(?:S|Stage ?|Block ?)\d[ :_-]")
"""What tells which one a stage is, in front of what it is made of."""
