"""Rows that speak of what comes in or goes out, and not of a layer of their own: by their names and their sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from extract.columns.grids import Cell
from extract.columns.layer_names import LAYERS
from extract.tables.backbones import is_trained
from extract.tables.one_row import OneRow
from extract.tables.unnamed_rows import OUTPUT
from extract.words.families import ACTIVATIONS, POSTED, RECURRENT
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized


def is_last(whole: Sequence[Reading], before: Sequence[Reading]) -> bool:
    """Tell the output of so many numbers behind a vector of others, which is a Dense."""
    last = next((each for each in reversed(before) if each.kind not in POSTED and each.kind != "dropout"), None)
    if last is None or last.kind not in _VECTORS or not OUTPUT.fullmatch(whole[0].kind):
        return False
    size, given = size_of(whole[0]), last.params.get("output", ())
    return len(size) == 1 and size[0] not in (last.params.get("units"), prod(given))


def size_of(reading: Reading) -> tuple[int, ...]:
    """Return how many numbers a row says that its layer gives, in whatever column."""
    filters = reading.params.get("filters")
    size: tuple[int, ...] = reading.params.get("output", ()) or ((filters,) if filters else ())
    return size


_VECTORS = ("dense", "flatten", "gavgpool", "gmaxpool", *RECURRENT)
"""Kinds that give a vector."""


def opens_out(whole: Sequence[Reading], before: Sequence[Reading], said: OneRow) -> bool:
    """Tell the row of an output that says but its activation, behind a Dense that has one: it is a Dense of its own."""
    named = all(OUTPUT.fullmatch(cell.text.strip()) for cell in said.said.get("type", ())) and "type" in said.said
    place = next((i for i in reversed(range(len(before))) if before[i].kind in LAYERS - POSTED - {"dropout"}), None)
    if not named or place is None or len(whole) != 1 or whole[0].kind not in ACTIVATIONS | {"softmax"}:
        return False
    behind = {*before[place].posts, *(each.kind for each in before[place + 1 :])}
    return (
        before[place].kind == "dense"
        and bool(behind & ACTIVATIONS)
        and not (whole[0].params.keys() - {"output", "input"} or len(whole[0].params.get("output", (0,))) > 1)
    )


_HEAD = re.compile(r"\b([A-Za-z]\w*)[ -](?:heads?|streams?)\b", re.IGNORECASE)
_OUTPUT_OF = re.compile(r"out(?:put)?(?: layer)? ?\( ?([A-Za-z]\w*) ?\)", re.IGNORECASE)


def head_of(row: Sequence[Cell]) -> dict[str, str]:
    """Return which of several heads a row is of, by its name: `Actor head`, `5 (Value Head)`, `Output (D_cls)`."""
    found = _HEAD.search(row[0].text) or _OUTPUT_OF.fullmatch(row[0].text.strip())
    known = bool(found) and bool(kind_of(found[1] if found else "") or posts_of(found[1] if found else ""))
    return {"head": found[1].lower()} if found and not known else {}


_MEAN = re.compile(r"(?:\b|_)(?:mu|means?)(?:\b|_)|[μµ]", re.IGNORECASE)
_VARIANCE = re.compile(r"(?:\b|_|log)(?:variances?|vars?|sigma|std|deviation)(?:\b|_)|σ", re.IGNORECASE)


def are_moments(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Tell the rows of a mean and of a variance, which stand beside each other."""
    first, second = (" ".join(cell.text for cell in each) for each in (above, row))
    alone = not _VARIANCE.search(first) and not _MEAN.search(second)
    return alone and bool(_MEAN.search(first) and _VARIANCE.search(second))


def is_of_a_tensor(whole: Sequence[Reading], before: Sequence[Reading], said: OneRow) -> bool:
    """Tell the row of a name for what the layer above gives, `latent | 392`, which is no layer: as many numbers."""
    size = whole[0].params.get("output", ())
    above = next((each.params["output"] for each in reversed(before) if "output" in each.params), ())
    alone = len(whole) == 1 and whole[0].params.keys() == {"output"} and not re.search(r"\w", said.attributes)
    named = re.match(r"(?:\w+ )?(?:output|latent|logits?|features?|embedding|code|z|bottleneck)\b", whole[0].kind, re.I)
    return alone and bool(named) and whole[0].kind not in LAYERS and bool(above) and prod(above) == prod(size)


def is_given(whole: Sequence[Reading], before: OneRow | None, said: OneRow) -> bool:
    """Tell the row of an output that is what the row above gives, whatever letters its size is made of."""
    sizes = [[normalized(cell.text) for cell in each.said.get("output", ())] for each in (before, said) if each]
    named = re.fullmatch(r"(?:final )?outputs?", whole[0].kind, re.IGNORECASE)
    return bool(named) and len(whole) == 1 and not whole[0].params and len(sizes) == 2 and sizes[0] == sizes[1] != []


def is_said(whole: Sequence[Reading], before: Sequence[Reading], said: OneRow) -> bool:
    """Tell the row of an output, `10 classes`, which the layers above give that are as wide: it names no layer."""
    named = all(OUTPUT.fullmatch(cell.text.strip()) for cell in said.said.get("type", ())) and "type" in said.said
    last = next((each for each in reversed(before) if each.params.keys() & {"units", "filters"}), None)
    widths = [int(each) for each in re.findall(r"\d+", said.attributes)]
    if (
        named
        and len(whole) == 1
        and whole[0].kind not in LAYERS
        and last is not None
        and widths
        and said.attributes.startswith("(")
    ):
        return {last.params.get("units"), last.params.get("filters")} & {widths[0], widths[-1]} != set()
    width = whole[0].params.get("units")
    bare = len(whole) == 1 and whole[0].kind == "dense" and not whole[0].posts and whole[0].params.keys() == {"units"}
    return named and bare and last is not None and width in (last.params.get("units"), last.params.get("filters"))


def says_scaled(whole: Sequence[Reading], before: Sequence[Reading], said: OneRow) -> bool:
    """Tell a function in front of all layers that scales what comes in, in words: `Lambda | mean centering`."""
    first = all(each.kind in ("input", "crop", "rescale") for each in before)
    kind = whole[0].kind.lower()
    named = len(whole) == 1 and (kind == "lambda" or bool(_RESCALING.fullmatch(kind)))
    return first and named and any(_SCALES.search(cell.text) for cell in said.cells)


_RESCALING = re.compile(r"rescal(?:e|ing)(?:[ _]?\d{1,2})?(?: layer)?")
_SCALES = re.compile(r"\bnormali[sz]|\b(?:re)?scal(?:e|ing)|\bcent(?:er|r)", re.IGNORECASE)


def comes_in(reading: Reading, row: Sequence[Cell]) -> bool:
    """Tell the name of what comes in, a spectrogram, from that of a layer that nobody knows, or of a network."""
    if reading.kind in LAYERS or re.search(r"block|layer|module|unit|stage|stem|init", reading.kind, re.IGNORECASE):
        return False
    return any(_IMAGE.search(normalized(cell.text)) for cell in row[1:]) or not is_trained(row)


_IMAGE = re.compile(r"\d ?[×,] ?[13]\W*$")
"""The size of an image, gray or in colour."""
