"""Which layers a row says: by the cell that names them, by its sizes, or by a name that nobody knows."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.columns.grids import Cell
from extract.columns.headers import SIZED
from extract.columns.layer_names import LAYERS, names_layer
from extract.columns.numbers import steps, whole
from extract.tables.backbones import network_of
from extract.tables.chained_rows import chained
from extract.tables.column_cells import MOST_SIDE
from extract.tables.one_row import OneRow
from extract.tables.repeated_names import as_often, often_named
from extract.tables.row_behind import activations_of
from extract.tables.row_blocks import WORDS, called_often, listed_beside, narrowed, stacked, typed_beside, within_stage
from extract.tables.row_widths import several_wide
from extract.tables.unnamed_rows import OUTPUT, unnamed
from extract.words.cells import read_attributes, read_cell
from extract.words.counted import named_in
from extract.words.families import ACTIVATIONS, POSTED, UNITED, WINDOWED
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.remarks import scaled
from extract.words.spellings import normalized
from extract.words.strangers import is_set, settings_of

_OWN_FIRST = re.compile(r"((?!Res|Conv|Dense|Up|Down)[A-Z][A-Za-z]*(?:Block|Unit|Module|Cell)), ")
"""A unit of its own in front of what it does besides: `GBlock, upsample ×2`."""
_ABBREVIATION = re.compile(r"[a-z]{1,3}[A-Z]{2,}|[A-Z]*GLU\b|[A-Z]*GLU\d|[Ll]ambda\b")
_CODES = {"C": "conv", "S": "pool", "P": "pool", "M": "maxpool", "F": "dense", "L": "local"}
_NEURONS = re.compile(r"\b\d+ (?:units?|neurons?|nodes?|class(?:es)?)\b", re.IGNORECASE)
_GIVEN = re.compile(r"\boutput\b", re.IGNORECASE)
_INPUT = re.compile(r"inputs?(?: layer)?", re.IGNORECASE)
_SET = re.compile(r" ?\((?:[A-Za-z]+ )?[A-Za-z]+ (?:= )?\d+\)$|, ?(?:stride|rate|dilation|s|d) ?=? ?\d+$")
"""What is set behind the name of a layer."""
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
_SPAN = re.compile(r"([A-Za-z]+) ?(\d+) ?- ?\1 ?(\d+)")
"""Several blocks of which the first and the last are named: C1-C2."""


def layers_of(row: OneRow) -> list[Reading]:
    """Return the layers of the row, as its first cell names them that names any, or as its sizes tell."""
    texts = [cell.text.strip() for cell in row.cells if cell.text.strip()]
    if texts and all(map(_LEFT_OUT.fullmatch, texts)):
        return [Reading("rows left out", text="...")]
    beside = (*row.said.get("", ()), *row.said.get("type", ()))
    if row.is_nameless and not any(kind_of(cell.text) or posts_of(cell.text) for cell in beside):
        return []
    if _sets_something(row):
        return []
    if (often := next((cell for cell in beside if often_named(cell.text)[1] > 1), None)) and not kind_of(often.text):
        others = " ; ".join(cell.text for cell in row.cells if cell is not often and cell.tells)
        row.is_told = True
        return as_often(read_cell(others) or [Reading("")], often.text, others)
    if pixels := _scaled(row):
        return [pixels]
    if chain := chained(row):
        return chain
    if several := several_wide(row) or network_of(row):
        return several
    for cell in row.named:
        if row.is_class(cell) and not posts_of(cell.text):
            break
        if cell.text.strip().isdecimal() or (cell in row.said.get("", ()) and _is_strange(row)):
            continue
        if cell in row.said.get("", ()) and is_set(normalized(cell.text)) and _names_stranger(row):
            continue  # How a layer is made that nobody knows.
        if re.match(r"\W*repeat\b", cell.text, re.IGNORECASE):
            return [Reading(cell.text, text=cell.text)]  # What stands above, or a part of it.
        if kind := _code(row, cell.text):
            return [Reading(kind, text=f"{kind} {cell.text.strip()}")]
        if own := _OWN_FIRST.match(cell.text):
            return [Reading(own[1], settings_of(normalized(cell.text)), text=cell.text)]  # And what it does besides.
        if re.fullmatch(r"[A-Za-z]*(?:[Bb]lock|[Bb]ottleneck|[Uu]nit) ?\+ ?SE", cell.text.strip()):
            return [Reading(cell.text.strip(), text=cell.text)]  # With what is within it.
        lines = cell.text.split("\n")
        parted = any(_HALF.fullmatch(line.strip()) for line in lines[:-1])
        listed = len(lines) > 1 and not parted and all(map(names_layer, lines))
        said = read_cell(cell.text if listed else " ".join(lines))
        found = [each for each in said if each.kind in LAYERS]
        found = [each for each in said if each.kind] if found[:1] == said[:1] else found  # With what nobody knows.
        if found and found[0].kind in POSTED and (own := _COMPOUND.fullmatch(" ".join(lines))) and _is_sized(row):
            return [Reading(own[1], posts=tuple(each.kind for each in found), text=cell.text)]
        if found and found[0].kind in POSTED and (own := _WITH_POST.fullmatch(normalized(" ".join(lines)))):
            posts = tuple(each.kind for each in found)
            return [Reading(own[2], posts=posts, text=cell.text, times=min(int(own[1] or 1), MOST_SIDE))]
        name, many = named_in(cell.text)
        if many > 1 and {each.kind for each in found} == {kind_of(name)}:
            found = [replace(found[0], params={}, text=cell.text)]  # FC1, FC2: as often as the row says.
        if found:
            if found[0].kind == "input" and kind_of(row.attributes.split(";")[0]) in ("conv", *UNITED):
                return [each for each in read_cell(row.attributes) if each.kind in LAYERS]  # The first layer.
            if found[0].kind == "input" and len({*row.numbers_through}) > 1:
                return [Reading("dense", text=cell.text)]  # Named so too, and from so many to as many others.
            if found[0].kind == "input" and row.window and row.width and steps(row.said.get("stride", ())):
                return [Reading("conv", text=cell.text)]  # The first layer by the name of what comes into it.
            if found[0].kind in ACTIVATIONS and _GIVEN.search(cell.text) and _NEURONS.search(row.attributes):
                return [Reading("dense", posts=(found[0].kind,), text=cell.text)]
            if found[0].kind == "concat" and any(_INPUT.fullmatch(each.text.strip()) for each in row.named):
                return [Reading("input", text=cell.text)]
            if found[0].kind == "softmax" and len(found) == 1 and _is_windowed(row):
                side = whole(row.said["kernel"]) or 1  # A convolution with as many channels as there are classes.
                return [Reading("conv", {"kernel": row.window or (side, side)}, ("softmax",), text=cell.text)]
            if found[0].kind == "upsample" and len(found) == 1:
                said_how = re.findall("bilinear", row.attributes, re.IGNORECASE)
                found = [replace(found[0], text=" ".join(dict.fromkeys([found[0].text, *said_how])))]
                if by := _times_larger(row, cell):
                    row.is_told = True
                    return [replace(found[0], params={"kernel": (by, by), **found[0].params})]
            if found[0].kind == "stage" and (told := within_stage(row)):
                return told
            if found[0].kind == "bottleneck" and (narrow := narrowed(cell.text)):
                return narrow
            bare = found[0].kind == "bottleneck" and len(found) == 1 and not found[0].params
            if bare and (typed := typed_beside(row, cell)):
                return typed  # It is a label of where the layers stand.
            if bare and _is_windowed(row):
                return [Reading("conv", text=cell.text)]
            if bare and kind_of(row.attributes) not in ("", *WINDOWED):
                row.is_told = True  # The narrow part of a network, and no block of convolutions.
                return [each for each in read_cell(row.attributes) if each.kind in LAYERS]
            return unnamed(row) if bare and row.units else stacked(row, found) or listed_beside(row, found, cell)
    if row.goes_on():
        return []
    if called := called_often(row):
        return [called]
    if nameless := unnamed(row):
        return nameless
    prose = len(row.cells) > 1 and not re.search(r"[\d×\[]", row.attributes)
    if re.fullmatch(r"[A-Z]{3,}", row.named[0].text.strip()) and prose:
        return [Reading(row.named[0].text.strip(), text=row.named[0].text)]  # Of which the rest is prose.
    if OUTPUT.fullmatch(row.named[0].text.strip()) and (behind := activations_of(row)):
        return [Reading(behind[0], text=row.named[0].text)]
    said = [each for each in read_cell(row.attributes) if each.kind in LAYERS]
    clear = kind_of(row.attributes) or any(each.block for each in said)
    row.is_told = clear and sum(len(each.block) or 1 for each in said) > 1
    if said and clear:
        return said
    abbreviated = any(re.fullmatch(r"[A-Z]{2,}", cell.text.strip()) for cell in row.said.get("type", ()))
    return _unknown(row) or [replace(each, unclear=each.unclear or abbreviated) for each in said]


def _sets_something(row: OneRow) -> bool:
    """Tell a row of settings with a number that is of no layer, which it does not name: `Context length | 32`."""
    name, *others = [cell.text.strip() for cell in row.cells if cell.tells] or [""]
    if not (len(row.columns.roles) == len(("name", "value")) and _SETTINGS.match(row.columns.headers[0])):
        return False
    named = kind_of(name) or posts_of(name) or _OF_LAYERS.search(name)
    return not named and len(others) == 1 and bool(re.fullmatch(r"\d+(?:[,.]\d+)*", others[0]))


_OF_LAYERS = re.compile(r"hidden|output|input|unit|neuron|node|layer|class|stage|block|code|latent", re.IGNORECASE)
"""What names of layers say, and of how wide they are."""


_ENDS = re.compile(r"(?:(?:final |last )?output|classif\w+|predict\w+|scores?|logits)(?: layer)?", re.IGNORECASE)
"""What the last layer is called by what it gives."""


def _code(row: OneRow, text: str) -> str:
    """Return the kind of layer that a letter and a number name, as LeNet's C1 and S2, in a table of windows."""
    if text.strip() == "In":
        return "input"
    if text.strip() == "CNN" and re.search(r"(?i)(?:kernel|filter|window)\W? ?(?:size|width)?s?\W*=", row.attributes):
        return "conv"
    if _ENDS.fullmatch(text.strip()) and any(re.search(r"\d", cell.text) for cell in row.said.get("kernel", ())):
        return "conv"  # The last one.
    is_code = "kernel" in row.columns.roles and re.fullmatch(r"[A-Z]\d{1,2}", text.strip())
    if text.strip() == "L2" and not any(cell.tells for cell in row.said.get("kernel", ())):
        return "l2norm"
    kind = _CODES.get(text.strip()[0], "") if is_code else ""
    return "conv" if kind == "dense" and row.window else kind


def _is_strange(row: OneRow) -> bool:
    """Tell a row of a layer by an abbreviation that nobody knows, whose window is no convolution's."""
    typed = [cell.text.strip() for cell in row.said.get("type", ())]
    return any(_ABBREVIATION.match(text) and not kind_of(text) for text in typed)


def _names_stranger(row: OneRow) -> bool:
    """Tell a row of a unit with a name of its own, in capitals or as classes have them."""
    typed = [cell.text.strip() for cell in row.said.get("type", ())]
    return any(_OWN.fullmatch(text) and not (kind_of(text) or posts_of(text)) for text in typed)


_OWN = re.compile(r"[A-Z]{3,}[ _-]?\d*|[A-Z][a-z]+[A-Z]\w*")


_SCALING = re.compile(r"\b(?:lambda|normali[sz]\w*|(?:re)?scal\w+|pre-?process\w*|input)\b", re.IGNORECASE)
"""What rows are called that say how pixels are scaled."""


def _scaled(row: OneRow) -> Reading | None:
    """Return what a row says of how the pixels that come in are scaled: `Normalization | x / 127.5 - 1`."""
    said = " ".join(cell.text for cell in row.cells)
    by = scaled(said) if _SCALING.search(row.named[0].text) else None
    return Reading("rescale", dict(zip(("scale", "shift"), by, strict=True)), text=said) if by else None


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


_CALLED = re.compile(r"\s*([A-Z]\w+) ?\(.*\)\s*")
"""A layer as a framework calls it."""
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


_SETTINGS = re.compile(r"(?:hyper-?)?parameters?\b|settings?\b", re.IGNORECASE)
"""The header of a column of what is set, of layers and of how they are trained."""
_LEFT_OUT = re.compile(r"\.{2,}|…|⋮|⋯|(?:\. ?){3}")
"""What stands for rows that are not printed."""
_ANY = r"(?:sub-?)?(?:model|functional|sequential|layer|module|network|custom|lambda)s?"
"""What is said of any unit, as a framework does of a whole model within another."""


_CODER = re.compile(r"(?:(en|de)c(?:oder)?|up)[ _-]?\d+", re.IGNORECASE)
"""A layer of an autoencoder or a U-Net by which half it is of: `encoder-1`, `up4`."""


def _unknown(row: OneRow) -> list[Reading]:
    """Return the layer that the row names and nobody knows; a name alone in its row is a title."""
    typed = [cell for cell in row.said.get("type", ()) if not cell.text.strip().isdecimal()]
    if len(row.columns.roles) == 2 and _SETTINGS.match(row.columns.headers[0]):
        return []  # How it is trained.
    names = [text for cell in typed if WORDS.fullmatch(_SET.sub("", text := normalized(cell.text)))]
    told = [text for text in names if any(normalized(cell.text) == text and row.is_typed(cell) for cell in typed)]
    names = [text for text in names if not re.fullmatch(_ANY, text, re.IGNORECASE)] or names
    told = [text for text in told if text in names]
    names = told if len(told) == 1 else names  # And no label of a stage.
    names = [called[1] for cell in typed if row.is_typed(cell) and (called := _CALLED.fullmatch(cell.text))] or names
    names = names or [cell.text for cell in row.named if re.search(r"\([A-Z]\w+\)$", cell.text)]
    names = names or [cell.text for cell in typed or row.named if re.search(r"[A-Za-z]{4}", cell.text)]
    others = [cell for role in SIZED & row.said.keys() for cell in row.said[role] if cell.text.strip()]
    over = row.cells[-1].last > row.cells[-1].first + 2  # The heading of a section, below the table.
    others += [cell for cell in row.cells if cell.text.strip().isdecimal() and not over]  # Which one it is.
    others += [cell for cell in row.said.get("", ()) if typed and len(row.columns.roles) == 2]
    names = names[-1:] if len(names) == len(typed) > 1 else names  # What is behind its name says what it is.
    if len(names) != 1 or not others:
        return []
    more = _SET.search(normalized(names[0]))
    found = WORDS.fullmatch(_SET.sub("", names[0]))
    several = named_in(names[0])
    name = found[2] if found else several[0] if several[1] > 1 else names[0][:MOST_SIDE]
    many = (found[1] or found[3]) if found else None
    said = read_attributes(more[0] if more else "", "conv")
    params = {key: value for key, value in said.items() if key in ("dilation", "stride")}
    if span := _SPAN.fullmatch(name):
        many = int(span[3]) - int(span[2]) + 1 if int(span[3]) > int(span[2]) else many
    coded = _CODER.fullmatch(name) if row.window and row.width else None
    kind = ("conv" if (coded[1] or "").lower() == "en" else "deconv") if coded else name  # Of so many filters.
    return [Reading(kind, params, text=names[0], times=min(int(many or 1), MOST_SIDE), unclear=kind == "deconv")]
