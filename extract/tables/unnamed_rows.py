"""Rows that no word names: by their window, by how many units a column says, or as what gives the output."""

from __future__ import annotations

import re

from extract.tables.one_row import OneRow
from extract.tables.row_behind import activations_of
from extract.words.contexts import window_of
from extract.words.lexicon import SO_MANY
from extract.words.reading import Reading
from extract.words.spellings import normalized

OUTPUT = re.compile(r"out(?:put)?(?: layer)?(?: ?\([a-z][a-z -]*\))?", re.IGNORECASE)
"""What the last layer is called where it has no name, maybe with what it says: Output (steering angle)."""
_HIDDEN = re.compile(r"hidden(?: layers?)?", re.IGNORECASE)


_SCORES = re.compile(
    r"(?:\d+ inputs?(?:,| and| to|,? →)? ?)?(\d+) (?:[A-Za-z-]+ ){0,2}"
    r"(?:q-?values?|actions?|class(?:es)?|logits?|outputs?|scores?|probabilit\w+|labels?|categor\w+)",
    re.IGNORECASE,
)
"""How many numbers the last layer gives, by what they are: `6 Q-values`, `25 gesture classes`."""
_BARE_WINDOW = re.compile(r"\W*(\d{1,2}) ?× ?(\d{1,2})\W*")


def _window_alone(row: OneRow) -> list[Reading]:
    """Return the convolution of a row whose type is but a window, and another column says how wide: `3×3 | 16`."""
    typed = [cell for cell in row.said.get("type", ()) if _BARE_WINDOW.fullmatch(normalized(cell.text))]
    if len(typed) != 1 or row.window or not any(cell.text.strip().isdecimal() for cell in row.said.get("filters", ())):
        return []
    sides = _BARE_WINDOW.fullmatch(normalized(typed[0].text))
    assert sides is not None
    return [Reading("conv", {"kernel": (int(sides[1]), int(sides[2]))}, text=f"conv {normalized(typed[0].text)}")]


def unnamed(row: OneRow) -> list[Reading]:
    """Return the layer of a row that is but counted, or a frame of speech, and has a window: a convolution.

    What has so many units is a Dense, whatever its name: `Output | 10`, where the column says units.
    """
    if alone := _window_alone(row):
        return alone
    name = row.named[0].text.strip()
    told = SO_MANY.search(row.attributes) if not row.said.get("kernel") else None
    if _HIDDEN.fullmatch(name) and row.numbers_through:
        return [Reading("dense", text=_called(row))]
    if (row.units or told) and not row.window and not (_ACRONYM.fullmatch(name) or _WHOLE.search(name)):
        return [Reading("dense", text=_called(row))]
    if any(window_of(cell.text) for cell in row.said.get("context", ())):
        return [Reading("dense" if name.lower().startswith("seg") else "conv", text=name)]
    sized = [cell for cell in row.said.get("kernel", ()) if re.search(r"\d", cell.text)]
    if _is_output(row) and row.numbers:
        return [Reading("dense", {"units": row.numbers[0]}, text=_called(row))]
    if _is_output(row) and (said := _SCORES.fullmatch(row.attributes.strip())):
        return [Reading("dense", {"units": int(said[1])}, text=_called(row))]
    if not sized and name.isdecimal() and _is_only_activated(row):
        return [Reading("dense", text=f"layer {name}", unclear=True)]  # Behind convolutions.
    if not sized or not name.isdecimal():
        return []
    strange = [cell.text.strip() for cell in row.said.get("type", ()) if re.search(r"[A-Za-z]{3}", cell.text)]
    return [Reading(strange[0], text=strange[0]) if strange else Reading("conv", text=f"conv {name}")]


def _called(row: OneRow) -> str:
    """Return what a row is called, by a word where it has one beside its number: `2 | Hidden layer`."""
    texts: list[str] = [cell.text.strip() for cell in (row.named[0], *row.said.get("type", ()))]
    return next((text for text in texts if re.search(r"[^\W\d]{2}", text)), texts[0])


def _is_only_activated(row: OneRow) -> bool:
    """Tell a row in a table of windows and filters that has neither, but an activation."""
    wanted = {"kernel", "filters"} <= {*row.columns.roles}
    made = any(cell.tells for role in ("kernel", "filters", "pool") for cell in row.said.get(role, ()))
    return wanted and not made and bool(activations_of(row))


_ACRONYM = re.compile(r"[A-Z]{3,}[a-z]*(?: ?[Ll]ayer)?[ _-]?\d{0,2}")
"""The name of a layer by its letters, that is one of its own: GCN 1."""


_WHOLE = re.compile(r"\b(?:networks?|graphs?|data ?sets?|corpus)\b", re.IGNORECASE)
"""What is no layer, though its nodes are counted."""


def _is_output(row: OneRow) -> bool:
    """Tell the last layer of a table of vectors, of which there is but a number: `Output layer | classes | 10`."""
    named = any(OUTPUT.fullmatch(cell.text.strip()) for cell in row.named)
    sized = any(re.search(r"\d", cell.text) for cell in row.said.get("output", ()))
    return named and not row.window and not sized
