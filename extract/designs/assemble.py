"""Build a design out of the layers that were read: gaps are filled by the printed sizes, and what is filled is told.

What nothing tells is asked for: a diagnostic with a question (`question`). The graph has its channels first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from extract.columns.layer_names import LAYERS
from extract.columns.table_design import TableDesign
from extract.designs.assembly import Assembly
from extract.designs.blocks import Block, lacks_inside, place_block
from extract.designs.carrying import carry
from extract.designs.coming_in import begin, with_input
from extract.designs.connected import connect, enter, keep
from extract.designs.convnext import in_next_blocks
from extract.designs.data_classes import with_classes
from extract.designs.dropped_behind import with_dropout, with_rates
from extract.designs.heads import Heads
from extract.designs.joining import keep_names, take, take_more
from extract.designs.mobile import in_pairs, in_units
from extract.designs.modules import in_dense_blocks
from extract.designs.named_depth import in_blocks_of_two, in_bottlenecks, with_steps_of_stages
from extract.designs.placing import LayersOf
from extract.designs.second_inputs import SecondInputs
from extract.designs.sequences import at_each_step, over_time
from extract.designs.sized_input import roundest, side_of
from extract.designs.styles import Style, style_of, with_norms_in_blocks
from extract.designs.sums import compare
from extract.designs.told import NORMS, behind_all, unplaced
from extract.designs.told_anywhere import with_activations_said_anywhere, with_dropout_said_anywhere
from extract.designs.told_behind import with_told
from extract.designs.told_of_some import with_told_of_some
from extract.designs.unheard import ask_for_activations, ask_for_what_stands_behind, unheard
from extract.designs.unknowns import settled
from extract.designs.unsaid_windows import with_unsaid_borders
from extract.designs.volumes import turned, with_axes
from extract.designs.ways_by_channels import WaysByChannels
from extract.designs.weighed import is_weighed, numbers_of_all
from extract.words.families import LOCAL_POOLS, RECURRENT
from extract.words.hyphens import whole_words
from extract.words.languages import sentence_in_english
from extract.words.reading import Reading, leaves
from extract.words.remarks import larger_by, norm_groups_of, slope_of
from ir.diagnostics import Report
from ir.graph import Graph, Ref
from ir.layer import LayerError, ShapeError
from ir.origin import Origin
from ir.validate import with_names

_NORM = re.compile(r"[+,&] ?norm\b(?! ?\d)", re.IGNORECASE)
"""What is normalised, but not over what."""
MOST_TWICE = 4000
"""Layers of a design at most that is built a second time, without borders, to see whether it fits better."""


def assemble(
    design: TableDesign, caption: str, name: str, origin: Origin, report: Report, blocks: Sequence[Block] = ()
) -> Graph:
    """Return the graph of a design that was read; what is inferred or asked is reported.

    What the table names only is made of what `blocks`, of figures of the same paper, show.
    """
    first = Assembly(name, Report(strict=report.strict), origin)
    _build(first, design, caption, blocks)
    called = any("unpadded" in layer.params for each in design.readings for layer in (each, *each.block))
    many = len(first.nodes)
    for without in (True, *([False] if called else ())):
        if not first.misfits or many >= MOST_TWICE:
            break
        other = Assembly(name, Report(strict=report.strict), origin, bordered=not without, as_called=without)
        _build(other, design, caption, blocks)
        if other.inputs and other.misfits < first.misfits:
            borders = "no border" if without else "borders"
            other.infer(f"convolutions have {borders} where none is said, as the printed sizes tell")
            first = other
    if not first.misfits and many < MOST_TWICE:
        first = _as_weighed(first, design, caption, blocks)
    if first.unsized:
        first = _with_size(first, design, caption, blocks)
    report.take(first.report)
    return first.graph()


def _as_weighed(first: Assembly, design: TableDesign, caption: str, blocks: Sequence[Block]) -> Assembly:
    """Return a design without borders where it has as many parameters then as the text says, else as it is."""
    told = numbers_of_all(f"{caption} {design.remarks}")
    if not told or is_weighed(first, told):
        return first
    other = Assembly(first.name, Report(strict=first.report.strict), first.origin, bordered=False)
    _build(other, design, caption, blocks)
    if other.misfits or not is_weighed(other, told):
        return first
    other.infer("convolutions have no border where none is said, as the number of all parameters tells")
    return other


def _with_size(first: Assembly, design: TableDesign, caption: str, blocks: Sequence[Block]) -> Assembly:
    """Return a design with the image of which as many numbers come into its first Dense as are printed."""

    @cache  # Those that are sought come again.
    def build(side: int) -> Assembly:
        report = Report(strict=first.report.strict)
        to = Assembly(first.name, report, first.origin, bordered=first.bordered, as_called=first.as_called, side=side)
        _build(to, design, caption, blocks)
        return to

    sides = side_of(first, design.readings, build)
    if sides is None:
        return first
    found = build(roundest(*sides))
    told = f"the input is {found.side} x {found.side}, as so many numbers come into the first Dense"
    if sides[0] == sides[1]:
        found.infer(told)
    else:
        found.ask(f"{told}; but so do of {sides[0]} to {sides[1]} on a side: which is it?")
    return found


_AVERAGED = re.compile(r"(?<!global )\b(?:average|avg|mean)[- ]?pool", re.IGNORECASE)


def _build(to: Assembly, design: TableDesign, caption: str, blocks: Sequence[Block]) -> None:
    """Put the layers of a design behind each other."""
    listed = re.sub(r"\n\s*[-*•] ", "; ", f"{caption} {design.remarks}")
    plain, told = (sentence_in_english(whole_words(" ".join(each.split()))) for each in (listed, design.told))
    _heed(to, design, plain, told)
    readings, style = _told(to, design, plain, told)
    for question in design.questions:
        to.ask(question)
    for name in () if style.norm else unplaced(f"{plain} {told}", readings):
        if name in NORMS or not to.relu:
            to.ask(f"{name!r} is said beside the table, but of which layers? None has it")
    _place(to, readings, style, blocks)
    ask_for_activations(to, readings)


def _heed(to: Assembly, design: TableDesign, plain: str, told: str) -> None:
    """Take what a caption, or else the running text, says of a design as a whole."""
    named = re.search(r"(?<!leaky )(?<!leaky-)\brelu\b", plain, re.IGNORECASE)
    own = any(each.kind == "relu" for each in design.readings)  # Rows say where it is.
    to.relu = bool(named) and not own and not behind_all(plain, design.config)
    to.slope = slope_of(plain) or slope_of(told)
    to.averaged = bool(_AVERAGED.search(plain)) and not re.search(r"\bmax[- ]?pool", plain, re.IGNORECASE)
    to.norm_groups = norm_groups_of(plain) or norm_groups_of(told)
    to.larger = larger_by(told) | larger_by(plain)
    to.repeats = any(each.kind == "upsample" for each in design.readings)


def _told(to: Assembly, design: TableDesign, plain: str, told: str) -> tuple[list[Reading], Style]:
    """Begin, and return the layers with what a caption says of them, and their style.

    What a caption leaves open the running text may say; of styles it is not asked, as it compares with those of others.
    """
    sized = any("output" in each.params for each in leaves(design.readings))  # The text speaks of other inputs too.
    readings = settled(to, with_input(to, design.readings, plain, "" if sized else told), f"{plain} {told}")
    readings = with_axes(readings, f"{plain} {design.config}")
    readings = in_pairs(turned(over_time(in_dense_blocks(list(_with_outputs(readings)), plain), plain)))
    readings = in_blocks_of_two(to, in_units(readings, plain, design.config), design.config, plain)
    readings = in_bottlenecks(to, readings, design.config, plain)
    readings = [_followed(each, after) for each, after in zip(readings, [*readings[1:], None], strict=True)]
    begin(to, readings, design.config, plain, told)
    readings = with_unsaid_borders(to, in_next_blocks(readings))
    style = style_of(readings, f"{plain} {design.config}")
    readings = with_steps_of_stages(to, readings) if style.residual else readings
    if not style.norm:
        readings = with_norms_in_blocks(to, readings, style)
        readings = with_told(readings, plain, design.config, residual=style.residual)
        heard = with_told(readings, told, design.config, residual=style.residual)
        if heard != readings:
            to.infer("what stands behind layers is as the text says that names the table")
        readings = with_activations_said_anywhere(to, heard, design.anywhere, design.config)
    for said in filter(None, (plain, told)):
        readings = with_dropout(to, with_rates(to, readings, said), said)
        readings = with_told_of_some(to, readings, said, design.config)
    readings = with_dropout_said_anywhere(to, readings, design.anywhere)
    return with_classes(to, readings, f"{design.config} {plain}", told), style


def _place(to: Assembly, readings: Sequence[Reading], style: Style, blocks: Sequence[Block]) -> None:
    """Add the layers, each behind those that it takes."""
    last = max((i for i, each in enumerate(readings) if each.kind == "dense"), default=-1)
    heads, inputs, ways = Heads(to), SecondInputs(to, readings), WaysByChannels(to, readings)
    ahead = to.tip
    for i, reading in enumerate(readings):
        if reading.kind == "input":
            _come_in(to, reading, inputs, i)
            continue
        if (reading.kind not in LAYERS and inputs.begins(i)) or inputs.joins(i) or ways.are_joined(i):
            continue
        heads.turn(reading)
        ways.turn(i)
        asked, built, start = to.asked, len(to.nodes), to.tip
        if before := reading.params.get("beside"):
            _stand_beside(to, reading, before, ahead, is_last=i == len(readings) - 1)
        ahead = start
        _ask_for(to, reading)
        try:
            take(to, reading)
            take_more(to, reading)
            joined = connect(to, reading)
            if not joined and not (blocks and lacks_inside(reading) and place_block(to, reading, blocks)):
                LayersOf(to, style, is_last=i == last).of(reading)
        except (ShapeError, LayerError) as error:
            told = with_names(str(error), (to.tip,))
            to.ask(f"{reading.text or reading.kind!r} does not fit: it {told}; how is it meant?")
            carry(to, reading)
        keep_names(to, reading, start)
        keep(to, reading)
        if to.asked == asked:
            compare(to, reading, built)


def _come_in(to: Assembly, reading: Reading, inputs: SecondInputs, place: int) -> None:
    """Take what comes in, at first or where another way begins; an input between layers is asked for."""
    if "sources" in reading.params:
        enter(to, reading)
        keep(to, reading)
    elif to.nodes and not (inputs.begins_way(place) or inputs.begins(place)):
        to.ask(f"{reading.text!r} stands between layers: does another net begin there? None is taken to")
    if not to.nodes:
        keep_names(to, reading, to.tip)
    ask_for_what_stands_behind(to, reading)


def _ask_for(to: Assembly, reading: Reading) -> None:
    """Ask for what a layer says that is not understood, or that none is built of."""
    if reading.unclear:
        to.ask(f"of {reading.text!r} not all is understood: how is it meant?")
    if "lrn" in (reading.kind, *reading.posts) and _NORM.search(reading.text):
        to.ask(f"{reading.text!r}: which norm is meant? That of local responses is taken")
    for name in unheard(reading):
        to.ask(f"{reading.text or reading.kind!r}: what is its {name}? None is built")


def _stand_beside(to: Assembly, reading: Reading, before: str, ahead: Ref, *, is_last: bool) -> None:
    """Go back to what comes into a mean for the variance beside it, where nothing is behind both; else it is asked."""
    told = f"{reading.text!r} seems to stand beside {before!r}, as a variance beside a mean"
    if is_last and ahead in to.shapes:
        to.infer(told)
        to.go_to(ahead, to.shapes[ahead])
    else:
        to.ask(f"{told}: which goes on? One is built behind the other")


def _followed(reading: Reading, after: Reading | None) -> Reading:
    """Return a layer in front of another: a pooling without a window over all, a Dense that is reshaped as a vector."""
    if (
        after is not None
        and reading.kind == "dense"
        and after.kind == "reshape"
        and after.params
        and "units" in reading.params
    ):
        return replace(reading, params={key: value for key, value in reading.params.items() if key != "output"})
    if reading.kind == "flatten" and after is not None and after.kind in RECURRENT and not at_each_step(reading):
        return replace(reading, params={**reading.params, "stepped": after.text})
    bare = reading.kind == "pool" and "kernel" not in reading.params and "output" not in reading.params
    return replace(reading, kind="gavgpool") if bare and after is not None and after.kind == "dense" else reading


def _with_outputs(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yield readings with what each gives, where a table prints it as what the next one takes."""
    for reading, after in zip(readings, [*readings[1:], None], strict=True):
        taken = after.params.get("input") if after is not None else None
        if after is not None and after.block and reading.kind in LOCAL_POOLS:
            taken = taken or after.params.get("output")  # One stage, whose size is printed beside the block.
        if taken and "output" not in reading.params and reading.kind != "input":
            yield replace(reading, params={**reading.params, "output": taken, **_width(reading, taken)})
        else:
            yield reading


def _width(reading: Reading, taken: Sequence[int]) -> dict[str, int]:
    """Return how wide a layer is as the channels say that the next one takes, where it does not say it itself."""
    key = {"conv": "filters", "gconv": "filters", "sepconv": "filters", "deconv": "filters", "dense": "units"}
    name = key.get(reading.kind, "")
    wide = len(taken) == reading.params.get("axes", 2) + 1 or (name == "units" and len(taken) == 1)
    return {name: taken[-1]} if name and name not in reading.params and wide and reading.times == 1 else {}
