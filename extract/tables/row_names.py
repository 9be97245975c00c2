"""Which layers the cell says that names those of a row, with what the cells beside it say of their kind."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.layer_names import LAYERS, layers_in, names_layer
from extract.columns.numbers import whole
from extract.tables.column_cells import MOST_SIDE
from extract.tables.one_row import VECTOR, OneRow
from extract.tables.row_blocks import listed_beside, narrowed, stacked, typed_beside, within_stage
from extract.tables.unnamed_rows import unnamed
from extract.words.cells import read_cell
from extract.words.counted import named_in
from extract.words.families import ACTIVATIONS, POSTED, UNITED, WINDOWED
from extract.words.lexicon import SO_MANY, kind_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import settings_of

_OWN_FIRST = re.compile(r"((?!Res|Conv|Dense|Up|Down)[A-Z][A-Za-z]*(?:Block|Unit|Module|Cell)), ")
"""A unit of its own in front of what it does besides: `GBlock, upsample ×2`."""
_ABBREVIATION = re.compile(r"[a-z]{1,3}[A-Z]{2,}|[A-Z]*GLU\b|[A-Z]*GLU\d|[Ll]ambda\b")
_CODES = {"C": "conv", "S": "pool", "P": "pool", "M": "maxpool", "F": "dense", "L": "local"}
_GIVEN = re.compile(r"\boutput\b", re.IGNORECASE)
_COMPOUND = re.compile(r"((?!(?:p|leaky|l|r|c|e|s)-)[A-Z][A-Za-z\d]*(?:-[A-Z]+)*)-(?:Leaky)?ReLU", re.IGNORECASE)
"""A layer that nobody knows with its activation: F-TDNN-ReLU."""
_WITH_POST = re.compile(r"(?:(\d+) ?× ?)?([A-Z][a-z]+[A-Z]\w*) ?\([A-Za-z ]+\)")
"""A unit by the name of its class, with its activation in brackets: RepBlock (ReLU)."""
_HALF = re.compile(
    r"(?:global |adaptive )?(?:max|avg|average|mean)|global|batch|fully|transposed|separable|depth-?wise|point-?wise"
    r"|dilated",
    re.IGNORECASE,
)
"""The first word of a name that goes on in the next line: Max / pool."""


def named_by(row: OneRow, cell: Cell) -> list[Reading] | None:
    """Return the layers of a row that a cell of it names, or None where it names none."""
    if cell.text.strip().isdecimal() or (cell in row.said.get("", ()) and _is_strange(row)):
        return None
    if own := _by_itself(row, cell):
        return [own]
    found = _read(cell)
    if found and found[0].kind in POSTED and (own := _with_posts(row, cell, found)):
        return [own]
    name, many = named_in(cell.text)
    if many > 1 and {each.kind for each in found} == {kind_of(name)}:
        found = [replace(found[0], params={}, text=cell.text)]  # FC1, FC2: as often as the row says.
    return _as_told(row, cell, found) if found else None


def _by_itself(row: OneRow, cell: Cell) -> Reading | None:
    """Return the layer that a name says whatever else it holds: a code, a unit of its own, or one that is repeated."""
    name = cell.text.strip()
    if re.match(r"\W*repeat\b", cell.text, re.IGNORECASE):
        return Reading(cell.text, text=cell.text)  # What stands above, or a part of it.
    if kind := _code(row, name):
        return Reading(kind, text=f"{kind} {name}")
    if own := _OWN_FIRST.match(cell.text):
        return Reading(own[1], settings_of(normalized(cell.text)), text=cell.text)  # And what it does besides.
    if re.fullmatch(r"[A-Za-z]*(?:[Bb]lock|[Bb]ottleneck|[Uu]nit) ?\+ ?SE", name):
        return Reading(name, text=cell.text)  # With what is within it.
    return None


def _read(cell: Cell) -> list[Reading]:
    """Return the layers that a name says, those of each line by itself where each is one."""
    lines = cell.text.split("\n")
    parted = any(_HALF.fullmatch(line.strip()) for line in lines[:-1])
    listed = len(lines) > 1 and not parted and all(map(names_layer, lines))
    said = read_cell(cell.text if listed else " ".join(lines))
    found = [each for each in said if each.kind in LAYERS]
    return [each for each in said if each.kind] if found[:1] == said[:1] else found  # With what nobody knows.


def _with_posts(row: OneRow, cell: Cell, found: list[Reading]) -> Reading | None:
    """Return the layer that nobody knows of which but its activation is read: `F-TDNN-ReLU`, `RepBlock (ReLU)`."""
    posts, name = tuple(each.kind for each in found), " ".join(cell.text.split("\n"))
    if (own := _COMPOUND.fullmatch(name)) and _is_sized(row):
        return Reading(own[1], posts=posts, text=cell.text)
    if own := _WITH_POST.fullmatch(normalized(name)):
        return Reading(own[2], posts=posts, text=cell.text, times=min(int(own[1] or 1), MOST_SIDE))
    return None


def _as_told(row: OneRow, cell: Cell, found: list[Reading]) -> list[Reading]:
    """Return the layers of a name as the other cells of their row tell what they are."""
    first, alone = found[0], len(found) == 1
    if first.kind == "input" and (told := _behind_input(row, cell)):
        return told
    if first.kind in ACTIVATIONS and _GIVEN.search(cell.text) and SO_MANY.search(row.attributes):
        return [Reading("dense", posts=(first.kind,), text=cell.text)]
    if first.kind == "softmax" and alone and _is_windowed(row):
        side = whole(row.said["kernel"]) or 1  # A convolution with as many channels as there are classes.
        return [Reading("conv", {"kernel": row.window or (side, side)}, ("softmax",), text=cell.text)]
    if first.kind == "upsample" and alone:
        said_how = re.findall("bilinear", row.attributes, re.IGNORECASE)
        found = [replace(first, text=" ".join(dict.fromkeys([first.text, *said_how])))]
        if by := _times_larger(row, cell):
            row.is_told = True
            return [replace(found[0], params={"kernel": (by, by), **first.params})]
    if first.kind == "stage" and (told := within_stage(row)):
        return told
    if first.kind == "bottleneck":
        if told := narrowed(cell.text):
            return told
        if alone and not first.params and (told := _middle(row, cell)):
            return told
        if alone and not first.params and row.units:
            return unnamed(row)
    return stacked(row, found) or listed_beside(row, found, cell)


def _behind_input(row: OneRow, cell: Cell) -> list[Reading]:
    """Return the first layer of a network that is called by what comes into it, none where the row is of that alone."""
    if kind_of(row.attributes.split(";")[0]) in ("conv", *UNITED):
        return layers_in(row.attributes)
    is_dense = len({*row.numbers_through}) > 1  # From so many to as many others.
    return [Reading("dense", text=cell.text)] if is_dense else []


def _middle(row: OneRow, cell: Cell) -> list[Reading]:
    """Return the layers in the middle of a network, of which `bottleneck` but says where they stand."""
    if typed := typed_beside(row, cell):
        return typed
    if _is_windowed(row):
        return [Reading("conv", text=cell.text)]
    if kind_of(row.attributes) not in ("", *WINDOWED):
        row.is_told = True
        return layers_in(row.attributes)
    return []


_ENDS = re.compile(r"(?:(?:final |last )?output|classif\w+|predict\w+|scores?|logits)(?: layer)?", re.IGNORECASE)
"""What the last layer is called by what it gives."""


def _code(row: OneRow, text: str) -> str:
    """Return the kind of layer that a letter and a number name, as LeNet's C1 and S2, in a table of windows."""
    if text.strip() == "In":
        return "input"
    if text.strip() == "CNN" and re.search(r"(?i)(?:kernel|filter|window)\W? ?(?:size|width)?s?\W*=", row.attributes):
        return "conv"
    if _ENDS.fullmatch(text.strip()) and any(re.search(r"\d", cell.text) for cell in row.said.get("kernel", ())):
        return "dense" if any(VECTOR.match(cell.text) for cell in row.said["kernel"]) else "conv"  # The last one.
    is_code = "kernel" in row.columns.roles and re.fullmatch(r"[A-Z]\d{1,2}", text.strip())
    if text.strip() == "L2" and not any(cell.tells for cell in row.said.get("kernel", ())):
        return "l2norm"
    kind = _CODES.get(text.strip()[0], "") if is_code else ""
    return "conv" if kind == "dense" and row.window else kind


def _is_strange(row: OneRow) -> bool:
    """Tell a row of a layer by an abbreviation that nobody knows, whose window is no convolution's."""
    typed = [cell.text.strip() for cell in row.said.get("type", ())]
    return any(_ABBREVIATION.match(text) and not kind_of(text) for text in typed)


def _is_sized(row: OneRow) -> bool:
    """Tell a row that says how wide its layer is, or how large its window."""
    return any(re.search(r"\d", cell.text) for role in ("filters", "kernel") for cell in row.said.get(role, ()))


_MOST_WINDOW = 10
"""What no window's side reaches; a larger number beside a softmax counts classes."""


def _is_windowed(row: OneRow) -> bool:
    """Tell the middle of a network by its window and how many filters it has: no block, which would widen first."""
    sides = [whole([cell]) for cell in row.said.get("kernel", ()) if re.search(r"\d", cell.text)]
    return (
        bool((row.window or any(0 < (side or 0) < _MOST_WINDOW for side in sides)) and row.width)
        and "expand" not in row.columns.roles
    )


_LARGER = re.compile(
    r"(?:(?:mode ?[=:] ?)?['\"]?(?:(?:bi|tri)?linear|bicubic|nearest(?:[- ]neighbou?r)?)['\"]?"
    r"(?: interpolation| upsampling)?[,:]? ?)?"
    r"(?:(?:scale|size|by|up)[,:]? )?(?:(?:scale|scaling)?[ _]?(?:factor)?(?: of)? ?[=:]? ?)"
    r"(?:([2-9]|16|32) ?[x×*]|[x×*] ?([2-9]|16|32)|(?<=[a-z=:] )([2-9]|16|32)|(?<=[=:])([2-9]|16|32))"
    r"(?: (?:larger|up-?sampl\w*|upscal\w*|scale(?: factor)?|bilinear|nearest|spatial))?",
    re.IGNORECASE,
)
"""How many times larger an image becomes, of nothing but that: `bilinear, 4x`, `scale factor 2`."""


def _times_larger(row: OneRow, name: Cell) -> int:
    """Return how many times larger a row makes an image, whose other cell says nothing else."""
    texts = [cell.text.strip() for cell in row.cells if cell is not name and not row.columns.roles[cell.first]]
    said = [found for text in texts if text and (found := _LARGER.fullmatch(text))]
    return int(next(filter(None, said[0].groups()))) if len(said) == len([*filter(None, texts)]) == 1 else 0
