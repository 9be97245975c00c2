"""Rows of which nothing is read: layers that nobody knows, titles of what follows, and what may be either."""

from __future__ import annotations

import re
from collections.abc import Collection

from extract.columns.grids import Cell, Grid, filled
from extract.tables.column_cells import MOST_SIDE
from extract.tables.one_row import OneRow
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import is_set, stranger_called

_UNIT = re.compile(
    r"attention|squeeze|excit\w+|capsules?|\w+caps|embedd?ings?|encodings?|sampling|masking|quanti[sz]\w+|noise|lambda|align"
    r"|interpolat\w*|crop\w*|slic\w+|permute|transpose|highway|gat(?:e|ing)|fusion|pool\w*|norm\w*|convolutions?|transformer"
    r"|(?:block|layer|module|unit|cell)$|reparam\w*|aggregation|shuffle|activation|projection|repeat\w*|expand\w*|squash\w*|max-?out",
    re.IGNORECASE,
)
"""A word for what a layer does, or for a kind of layers."""
_ACRONYM = re.compile(r"(?!CNN\b|RNN\b|DNN\b|GAN\b|NN\b)[A-Z]{2,6}(?: (?:block|layer|module|unit))?(?: ?× ?\d+)?")
_COUNTED = re.compile(r" ?× ?\d+$|^\d+ ?× ?|\b\d+ (?:heads?|clusters?|experts?)\b|\d ?× ?\d")
_TITLE = re.compile(
    r"\b(?:(?:en|de)coder|(?:sub-?)?net(?:work)?s?|generator|discriminator|critic|actor|classif\w+|regress\w+|back-?bone"
    r"|heads?|neck|stem|body|branch|path(?:way)?|streams?|model|part|stages?|phase|sections?|blocks|layers|extract\w+"
    r"|features?|input|output|trunk|tower|stacks?|components?|level|group|scale|step|total|sum|train\w*|loss|params?"
    r"|parameters|optimi[sz]er)\b|:$|^\(\w\)|^\w\) "
    r"|\b(?:module|block|layer|unit|cell)[ #_-]*(?:1?\d[a-z]?|[IV]+|[A-Z])$",
    re.IGNORECASE,
)
"""What titles of the parts of a net say, and rows below it."""
_PARTS = r"(?i)(?:en|de)coder|generator|discriminator|(?:first|second|third|last|\w+th)\b"
"""What the title of a part begins with, though a word of a unit follows."""
_WORDED = re.compile(r"[^\W\d]|\d\D+\d")


def layer_alone(row: OneRow) -> list[Reading]:
    """Return the layer that nobody knows of a row with a name alone: behind all others it is no title."""
    cells = [cell for cell in row.cells if cell.tells]
    name = cells[0].text.strip() if len(cells) == 1 and cells[0] in row.said.get("type", ()) else ""
    return [Reading(name, text=name)] if re.fullmatch(r"[A-Za-z]{3,}(?: [A-Za-z]+)?", name) else []


def network_ahead(row: OneRow) -> list[Reading]:
    """Return the network in front of all layers, of which a row of dashes says but that it is there: `backbone | -`."""
    named = [cell.text.strip() for cell in row.cells if cell.tells]
    told = len(named) == 1 < len(row.cells) and _AHEAD.fullmatch(named[0])
    return [Reading(named[0], text=named[0])] if told else []


_AHEAD = re.compile(r"(?:pre-?trained )?(?:back-?bone|base(?:[ -]?model| network)|feature extractor)", re.IGNORECASE)


def unheard_row(row: OneRow) -> list[Reading]:
    """Return what nobody knows for a row of which nothing else was read, so that it is asked for."""
    cells = [cell for cell in row.cells if cell not in row.said.get("counter", ())]
    filled = [cell for cell in cells if cell.tells]
    if len(filled) > 2 and filled[1] is cells[1] and re.fullmatch(r"\W*[^\W\d] ?\^?\d?", filled[0].text.strip()):
        cells, filled = cells[1:], filled[1:]  # Behind the sign of the part that it is of.
    name = " ".join(filled[0].text.split())[:MOST_SIDE] if filled else ""
    if len(filled) == 1 and (called := stranger_called(filled[0].text) or _unit_called(filled[0].text)):
        return [Reading(called, text=name)]
    named = len(filled) > 1 and cells[0] is filled[0] and re.search(r"[A-Za-z]{2}", name) and not row.goes_on()
    return [Reading(name, text=name)] if named else []


def _unit_called(text: str) -> str:
    """Return what a text alone in its row calls a unit that nobody knows, and nothing where it may be a title.

    >>> _unit_called("SE block"), _unit_called("Self-attention, 8 heads"), _unit_called("Decoder")
    ('SE block', 'Self-attention', '')
    """
    plain = normalized(" ".join(text.split()))
    name = re.split(r"[,(;:]", plain)[0].strip()[:MOST_SIDE]
    worded = _UNIT.search(name) and len(name.split()) <= MOST_WORDS and not re.match(_PARTS, name)
    unit = worded or _ACRONYM.fullmatch(name) or is_set(plain) or (_COUNTED.search(plain) and not _TITLE.search(name))
    return name if unit and re.match(r"[A-Za-z]", name) else ""


MOST_WORDS = 4
"""Words of the name of a unit at most: more are a sentence."""


def in_doubt(grid: Grid, start: int, named: Collection[Cell]) -> tuple[str, ...]:
    """Return a question for each row from `start` on that holds but a text and is none of the cells that are `named`.

    Rows in front of all layers and behind them say something of the whole.
    """
    rows = [filled(row) for row in grid.rows[start:]]
    read = [i for i, row in enumerate(rows) if any(cell in named for cell in row)]
    between = range(read[0] + 1, read[-1]) if read else ()
    texts = [" ".join(rows[i][0].text.split()) for i in between if i not in read and len(rows[i]) == 1]
    return tuple(
        f"{text[:MOST_SIDE]!r} stands alone in its row: is it a layer? It is taken for a title"
        for text in texts
        if _WORDED.search(text) and not _TITLE.search(text)
    )
