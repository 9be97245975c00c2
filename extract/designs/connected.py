"""Rows that name the layers they take: the column `Connected to` of what Keras prints of a model.

Source: keras.utils.summary_utils, which writes each as `name[node][tensor]`, and cuts long names off with an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod

from extract.columns.grids import Cell
from extract.columns.roles import Columns
from extract.designs.assembly import Assembly
from extract.words.families import JOINS
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref

_SOURCE = re.compile(r"([A-Za-z_][\w./:-]*…?)(?:\s*\[[\d\s\]\[]*…?|(?=[,;\s]|$))")
LONGEST = 4000
"""Letters of the names of what a layer takes at most."""
_CUT = "…"
TWO = 2
"""Layers of which one may be a factor of each channel of the other."""


def linked(readings: Sequence[Reading], row: Sequence[Cell], columns: Columns) -> list[Reading]:
    """Return the layers of a row with what it is called, and what it takes by name, where a column says that."""
    if "sources" not in columns.roles:
        return list(readings)
    own = next((cell.text for cell in row if columns.roles[cell.first] == "type"), "")
    sources, name = _sources(row, columns), re.split(r"\s*\(", own.strip())[0]
    name = found[1] if (found := _BEFORE_TYPE.fullmatch(name)) else name
    first, *rest = readings
    layers = [replace(first, params={**first.params, "sources": sources}), *rest]
    layers[-1] = replace(layers[-1], names=(name,))
    return layers


_BEFORE_TYPE = re.compile(r"([A-Za-z]+[_-]?\d\w*)\s+[A-Za-z]\w*")
"""A name that counts, and behind it what the layer is: conv1 Conv."""


def goes_on(row: Sequence[Cell], columns: Columns) -> tuple[str, ...]:
    """Return what a row names that says nothing else: more of what the layer above it takes."""
    said = any(cell.tells for cell in row if columns.roles[cell.first] != "sources")
    return () if said else _sources(row, columns)


def with_more(reading: Reading, names: Sequence[str]) -> Reading:
    """Return a layer that takes others too."""
    return replace(reading, params={**reading.params, "sources": (*reading.params.get("sources", ()), *names)})


def _sources(row: Sequence[Cell], columns: Columns) -> tuple[str, ...]:
    texts = [cell.text[:LONGEST] for cell in row if columns.roles[cell.first] == "sources"]
    return tuple(match[1] for text in texts for match in _SOURCE.finditer(text))


def enter(to: Assembly, reading: Reading) -> None:
    """Begin with what comes in, or with more that does."""
    if to.rows:
        size = reading.params.get("output", ())
        to.ask(f"{reading.text!r}: is the shape of this input {size}, channels last?")
        to.start((None, *((size[-1], *size[:-1]) if len(size) > 1 else size)), reading.names[-1])


def connect(to: Assembly, reading: Reading) -> bool:
    """Go on from the layers that a reading names; tell whether joining them is all that it does.

    Raises ShapeError where they do not fit together.
    """
    names: tuple[str, ...] = reading.params.get("sources", ())
    refs = [ref for name in names if (ref := _called(to, name)) is not None]
    if len(refs) < len(names):
        to.ask(f"{reading.text!r} takes {' and '.join(names)}, not all of which are here: how is it meant?")
    if len(refs) == TWO and reading.kind == "multiply" and to.shapes[refs[0]] != to.shapes[refs[1]]:
        whole, factor = sorted(refs, key=lambda ref: -prod(size or 1 for size in to.shapes[ref]))
        to.add(L.ScaleBy(axis=0), "scale", whole, factor)
    elif len(refs) > 1 and reading.kind in JOINS:
        to.add(JOINS[reading.kind], reading.kind, *refs)
    else:
        return _alone(to, reading, names, refs)
    for post in reading.posts:
        to.act(post, reading.params.get("slope"))
    return True


def _alone(to: Assembly, reading: Reading, names: Sequence[str], refs: Sequence[Ref]) -> bool:
    """Go on from the layer that a reading names, or from the first of those that it does not join."""
    if len(refs) > 1:
        to.ask(f"{reading.text!r} takes {' and '.join(names)}: how? It goes on from the first of them")
    if refs:
        to.go_to(refs[0], to.shapes[refs[0]])
    return False


def keep(to: Assembly, reading: Reading) -> None:
    """Keep what the row of a layer is called, with what it gives."""
    if "sources" in reading.params:
        to.rows += [(name, to.tip) for name in reading.names]


def _called(to: Assembly, name: str) -> Ref | None:
    """Return what a name stands for; of several that are cut off and begin so the last, which is asked."""
    own = name.rstrip(_CUT)
    found = [
        ref
        for other, ref in reversed(to.rows)
        if other == name
        or (_CUT in name and other.startswith(own))
        or (_CUT in other and own.startswith(other.rstrip(_CUT)))
    ]
    if len(set(found)) > 1:
        to.ask_once(f"several layers begin with {own!r}, and their names are cut off: which are meant? The last before")
    return found[0] if found else None
