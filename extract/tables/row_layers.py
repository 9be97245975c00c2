"""Which layers a row says: by the cell that names them, by its sizes, or by a name that nobody knows."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from extract.columns.headers import SIZED
from extract.columns.layer_names import layers_in
from extract.tables.backbones import network_of
from extract.tables.chained_rows import chained
from extract.tables.column_cells import MOST_SIDE
from extract.tables.one_row import OneRow
from extract.tables.repeated_names import as_often, often_named
from extract.tables.row_behind import activations_of
from extract.tables.row_blocks import WORDS, called_often, says_layers
from extract.tables.row_names import named_by
from extract.tables.row_widths import several_wide
from extract.tables.stage_units import units_of_stage
from extract.tables.unnamed_rows import OUTPUT, unnamed
from extract.words.cells import read_attributes, read_cell
from extract.words.counted import named_in
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.remarks import scaled
from extract.words.spellings import normalized

_SET = re.compile(r" ?\((?:[A-Za-z]+ )?[A-Za-z]+ (?:= )?\d+\)$|, ?(?:stride|rate|dilation|s|d) ?=? ?\d+$")
"""What is set behind the name of a layer."""
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
    if told := chained(row) or several_wide(row) or network_of(row) or units_of_stage(row):
        return told
    for cell in takewhile(lambda cell: not row.is_class(cell) or posts_of(cell.text), row.named):
        if (named := named_by(row, cell)) is not None:
            return named
    return [] if row.goes_on() else _told_beside(row)


def _told_beside(row: OneRow) -> list[Reading]:
    """Return the layers of a row without a name that is known, as the other cells tell."""
    if called := called_often(row):
        return [called]
    if nameless := unnamed(row):
        return nameless
    name = row.named[0].text
    prose = len(row.cells) > 1 and not re.search(r"[\d×\[]", row.attributes)
    if re.fullmatch(r"[A-Z]{3,}", name.strip()) and prose:
        return [Reading(name.strip(), text=name)]  # Of which the rest is prose.
    if OUTPUT.fullmatch(name.strip()) and (behind := activations_of(row)):
        return [Reading(behind[0], text=name)]
    said = layers_in(row.attributes)
    clear = says_layers(row.attributes, said)
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


_SCALING = re.compile(r"\b(?:lambda|normali[sz]\w*|(?:re)?scal\w+|pre-?process\w*|input)\b", re.IGNORECASE)
"""What rows are called that say how pixels are scaled."""


def _scaled(row: OneRow) -> Reading | None:
    """Return what a row says of how the pixels that come in are scaled: `Normalization | x / 127.5 - 1`."""
    said = " ".join(cell.text for cell in row.cells)
    by = scaled(said) if _SCALING.search(row.named[0].text) else None
    return Reading("rescale", dict(zip(("scale", "shift"), by, strict=True)), text=said) if by else None


_CALLED = re.compile(r"\s*([A-Z]\w+) ?\(.*\)\s*")
"""A layer as a framework calls it."""
_SETTINGS = re.compile(r"(?:hyper-?)?parameters?\b|settings?\b", re.IGNORECASE)
"""The header of a column of what is set, of layers and of how they are trained."""
_LEFT_OUT = re.compile(r"\.{2,}|…|⋮|⋯|(?:\. ?){3}")
"""What stands for rows that are not printed."""
_ANY = r"(?:sub-?)?(?:model|functional|sequential|layer|module|network|custom|lambda)s?"
"""What is said of any unit, as a framework does of a whole model within another."""


_CODER = re.compile(r"(?:(en|de)c(?:oder)?|up)[ _-]?\d+", re.IGNORECASE)
"""A layer of an autoencoder or a U-Net by which half it is of: `encoder-1`, `up4`."""
_PLACE = r"(?:down(?:sampl\w+)?|layer|mid(?:dle)?|in|out(?:put)?)(?:[ _-]?\d+)?"
_PLACED = re.compile(rf"{_PLACE}(?: ?[+&] ?{_PLACE})*", re.IGNORECASE)
"""A layer by where it stands, which says no kind: `down_1`, `Layer 2`, `mid + out`."""


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
    both = all(any(re.search(r"\d", cell.text) for cell in row.said.get(role, ())) for role in ("kernel", "filters"))
    if both and row.said.get("stride") and _PLACED.fullmatch(name):
        kind = "conv"  # Nothing else has a window and filters.
    return [Reading(kind, params, text=names[0], times=min(int(many or 1), MOST_SIDE), unclear=kind == "deconv")]
