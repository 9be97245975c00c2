"""A layer a row: one cell names it, and the others say more of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extract.columns.grids import Cell, Grid
from extract.columns.layer_names import LAYERS
from extract.columns.roles import Columns
from extract.columns.stacked import single_rows
from extract.designs.connected import goes_on, linked, with_more
from extract.designs.joining import names_among, names_in, told_in, with_skip
from extract.tables.each_layer import one_each
from extract.tables.lone_rows import layer_alone, network_ahead, unheard_row
from extract.tables.one_row import OneRow
from extract.tables.row_behind import (
    poolings_behind,
)
from extract.tables.row_completion import AFTER, completed
from extract.tables.row_layers import layers_of
from extract.tables.row_outputs import (
    are_moments,
    comes_in,
    head_of,
    is_given,
    is_last,
    is_of_a_tensor,
    is_said,
    opens_out,
    says_scaled,
    size_of,
)
from extract.tables.row_params import params_of, says_two_windows
from extract.tables.stage_units import as_large
from extract.tables.together import (
    with_steps,
    with_vector,
    with_ways,
    with_what_comes_in,
    with_what_is_dropped,
    without_doubtful_norms,
)
from extract.words.families import JOINS, POOLS, POSTED
from extract.words.reading import Reading
from extract.words.signs import signed
from extract.words.spellings import normalized

_UP = re.compile(r"\W*up[ _-]?(?!sampl)conv", re.IGNORECASE)
"""What convolutions of a decoder are called, and those that make an image larger."""
_REPEATED = ("stage", "bottleneck", "mbconv", "resblock")
"""Kinds that go on in a row below that has no name."""
OUTPUTS = ("softmax", "sigmoid")
"""What stands behind the last layer."""
MOST_TIMES = 16
"""How many times wider a block is inside at most; a larger number is a width."""


def layers_by_rows(grid: Grid, columns: Columns, width: int | None = None) -> tuple[list[Reading], list[Cell]]:
    """Return the layers of a table and the cells that name them; `width` is the column that says how wide they are."""
    body = _Body(grid, columns, width)
    for times, rows in single_rows(grid, columns):
        for row in filter(None, rows):
            body.take(row)
        body.close(times)
    return body.layers()


class _Body:
    """The layers of a table's body, as they are read row by row."""

    def __init__(self, grid: Grid, columns: Columns, width: int | None) -> None:
        self.columns, self.width = columns, width
        self.sized = _are_sizes(grid, columns, "expand")
        self.last = grid.rows[-1] if len(grid.rows) > columns.start else None
        self.readings: list[Reading] = []
        self.together: list[Reading] = []
        """Those of the rows that a brace is beside, or of the last one."""
        self.cells: list[Cell] = []
        self.above: Reading | None = None
        self.before: OneRow | None = None
        self.behind = 0
        """Rows behind the last layer that nothing is read of: how it is trained, measured."""

    @property
    def ahead(self) -> list[Reading]:
        """The layers of all rows above."""
        return [*self.readings, *self.together]

    def take(self, row: Sequence[Cell]) -> None:
        """Read a row."""
        if (found := self.together or self.readings) and (names := goes_on(row, self.columns)):
            found[-1] = with_more(found[-1], names)
            return
        said = OneRow(tuple(row), self.columns, self.width)
        found, kind = self._heard(said, row)
        heard = bool(found)
        found = found or (unheard_row(said) if self.ahead else network_ahead(said))
        if not found:
            return
        self.above = found[0] if found[0].kind in _REPEATED else None
        told_first = (*POSTED, "pad", *(["input"] if "→" in signed(said.named[0].text) else []))
        follows = found[0].kind in told_first or said.is_of_last
        ahead = found[:1] if len(found) > 1 and follows else []  # Of what follows the row tells.
        found = found[len(ahead) :]
        first = self._params(said, found, kind)
        if found[0].kind == "deconv" and _UP.match(found[0].text) and {*first.get("stride", (2,))} == {1}:
            found[0] = replace(found[0], kind="conv")  # Of the half that goes up.
        ahead = as_large(ahead, first) if said.says_often else ahead
        whole = [*ahead, *one_each(completed(found, first, said), said)]
        whole = self._given_out(_joined(whole) if said.repeat > 1 else whole, said)
        if says_two_windows(said):
            whole[0] = replace(whole[0], unclear=True)
        passed, self.before = self.before, said
        if is_of_a_tensor(whole, self.ahead, said) or is_given(whole, passed, said) or is_said(whole, self.ahead, said):
            return
        whole = _linked(self._taken_in(whole, first, said), said, self.columns)
        once = AFTER if poolings_behind(said) else ()  # Poolings of a column of theirs stand behind all repeats.
        again = [each for each in whole if each.kind not in once]
        if said.repeat > 1 and any(each.kind == "dropout" for each in again[1:]):
            whole = [*again * min(said.repeat, MOST_TIMES), *(each for each in whole if each.kind in once)]
            self.together += whole  # Behind each of them something is dropped.
        else:
            self.together += [
                each if each.kind in once else replace(each, times=each.times * said.repeat) for each in whole
            ]
        self.cells += [said.named[0]] * len(whole)
        self.behind = 0 if heard else self.behind + len(whole)

    def _heard(self, said: OneRow, row: Sequence[Cell]) -> tuple[list[Reading], bool]:
        """Return the layers that a row names, or goes on with, and whether it names them."""
        found = layers_of(said)
        more = [each for each in said.more if each.kind not in [one.kind for one in found[1:]]]
        if found:
            return [*found, *([] if said.is_told or said.is_listed else more)], True
        if self.above is not None and said.goes_on():
            return [replace(self.above, params={})], False
        return (layer_alone(said) if self.readings and row is self.last else []), False

    def _params(self, said: OneRow, found: Sequence[Reading], named: bool) -> dict[str, Any]:
        """Return what a row says of the first of its layers."""
        first = params_of(said, found[0])
        wide = self.readings[-1].params.get("filters") if self.readings else None
        if not named and found[0].kind in _REPEATED and "filters" not in first and wide:
            first["filters"] = wide  # Of the row above it, whose layer goes on.
        if len(found) == 1 and "pool" in found[0].kind and set(first.get("kernel", ())) == {first.get("filters")}:
            del first["filters"]  # The side of its window, in a column of what is meant by a layer's size.
        if len(found) == 1 and found[0].kind in POOLS and first.get("filters") == said.width is not None:
            del first["filters"]  # As many as come in.
        if self.sized and "expand" in first:
            first["expanded"] = first.pop("expand")
        return first

    def _given_out(self, whole: list[Reading], said: OneRow) -> list[Reading]:
        """Return the layers of a row, the Dense of an output that says but how many numbers there are, or nothing."""
        if is_last(whole, self.ahead):
            kept = {key: value for key, value in whole[0].params.items() if key != "filters"}
            params = {**kept, "units": size_of(whole[0])[0]}
            whole[0] = replace(whole[0], kind="dense", params=params, inferred=("units",))
        if opens_out(whole, self.ahead, said):
            binary = re.search(r"\bbinary\b", " ".join(cell.text for cell in said.cells), re.IGNORECASE)
            units = {"units": 1} if binary and whole[0].kind == "sigmoid" else {}
            units |= {"units": whole[0].params["output"][0]} if whole[0].params.get("output") else {}
            whole = [Reading("dense", units, (whole[0].kind,), text=said.named[0].text, inferred=tuple(units))]
        if self.before is not None and are_moments(self.before.cells, said.cells):
            whole[0] = replace(whole[0], params={**whole[0].params, "beside": self.before.cells[0].text})
        if head := head_of(said.cells):
            whole[0] = replace(_as_dense(whole[0], said), params=_as_dense(whole[0], said).params | head)
        return whole

    def _taken_in(self, whole: list[Reading], first: Mapping[str, Any], said: OneRow) -> list[Reading]:
        """Return the layers of a row, what comes in where the first row says but its size, or how long it is."""
        if not self.ahead and (taken := _taken_by_name(whole, said)):
            return taken
        if says_scaled(whole, self.ahead, said):
            return [replace(whole[0], kind="rescale")]
        if self.ahead or not comes_in(whole[0], said.cells):
            return whole
        if first.keys() == {"output"} and not any(cell.tells for cell in said.said.get("input", ())):
            return [replace(whole[0], kind="input")]  # What comes in, by another name: a spectrogram.
        return whole

    def close(self, times: int) -> None:
        """End rows that come so often together."""
        together = self.together
        alone = times > 1 and len(together) == 1  # Of how many rows the brace is cannot be seen.
        if len(together) > 1 and (times > 1 or together[-1].kind == "shortcut"):
            self.cells[len(self.readings) :] = [self.cells[-1]]
            together = [Reading("block", block=tuple(together), text=" ; ".join(each.text for each in together))]
        self.readings += [replace(each, times=each.times * times, unclear=each.unclear or alone) for each in together]
        self.together = []

    def layers(self) -> tuple[list[Reading], list[Cell]]:
        """Return all layers, and the cells that name them."""
        readings = self.readings[: len(self.readings) - self.behind]
        cells = self.cells[: len(self.cells) - self.behind]
        given_out = {*readings[-2].posts, readings[-2].kind} if len(readings) > 1 else set()
        if readings[-1:] and readings[-1].kind == "dropout" and given_out & {*OUTPUTS}:
            readings[-1] = replace(readings[-1], unclear=True)  # Behind the output nothing is dropped.
        readings, cells = with_what_is_dropped(without_doubtful_norms(with_steps(with_vector(readings))), cells)
        return with_what_comes_in(*with_ways(readings, cells))


def _as_dense(head: Reading, said: OneRow) -> Reading:
    """Return a head that nobody knows as a Dense, where columns say how many numbers come in and out of each layer."""
    taken, given = (head.params.get(key, ()) for key in ("input", "output"))
    if head.kind in LAYERS or len(taken) != 1 or len(given) > 1 or not said.said.get("output"):
        return head
    wide = {"units": given[0]} if given and re.search(r"\d", said.said["output"][0].text) else {}
    return replace(head, kind="dense", params={"in_features": taken[0], **wide})


def _taken_by_name(whole: Sequence[Reading], said: OneRow) -> list[Reading]:
    """Return what comes in, of a row that is called so though its type is Dense: no activation as others have it."""
    named = any(_INPUT.fullmatch(cell.text.strip()) for cell in said.said.get("type", ()))
    bare = len(whole) == 1 and whole[0].kind == "dense" and not whole[0].posts and "units" in whole[0].params
    idle = said.said.get("activation", ()) and not any(cell.tells for cell in said.said["activation"])
    return (
        [replace(whole[0], kind="input", params={"output": (whole[0].params["units"],)})]
        if named and bare and idle
        else []
    )


_INPUT = re.compile(r"inputs?(?: layer)?", re.IGNORECASE)


def _linked(whole: Sequence[Reading], said: OneRow, columns: Columns) -> list[Reading]:
    """Return the layers of a row with what joins them to others: what they are called, and what they take."""
    found = with_skip(whole, said.cells, said.named[0], said.said.get("skip", ()))
    if found[0].kind in JOINS:
        found[0] = replace(found[0], params={**found[0].params, "joins": told_in(said.cells, said.named[0])})
    given = [normalized(cell.text) for cell in said.said.get("output", ())]
    if found[-1].kind != "flatten" and any(re.search(r"→ ?flatten", text, re.IGNORECASE) for text in given):
        found.append(Reading("flatten", text="flatten"))
    named = next((i for i, each in enumerate(found) if each.kind in AFTER), len(found)) or len(found)
    taken = said.said.get("input", ())
    own = [cell for cell in said.cells if cell not in taken]
    found[named - 1] = replace(found[named - 1], names=names_in(own))
    if found[0].kind not in JOINS and (others := names_among(taken)):
        found[0] = replace(found[0], params={**found[0].params, "taken": others})
    return linked(found, said.cells, columns)


def _joined(whole: Sequence[Reading]) -> list[Reading]:
    """Return the layers of a row that is repeated, each with what stands behind it as part of it."""
    found: list[Reading] = []
    for each in whole:
        if found and each.kind in POSTED and found[-1].kind not in POSTED:
            found[-1] = replace(found[-1], posts=(*found[-1].posts, each.kind, *each.posts))
        else:
            found.append(each)
    return found


def _are_sizes(grid: Grid, columns: Columns, role: str) -> bool:
    """Tell whether the columns of a role hold how wide layers are, and not how many times wider: large numbers."""
    places = [i for i, each in enumerate(columns.roles) if each == role]
    lines = [line for i in places for cell in grid.column(i, columns.start) for line in cell.text.split("\n")]
    numbers = [int(line) for line in lines if line.strip().isdecimal()]
    return bool(numbers) and max(numbers) > MOST_TIMES
