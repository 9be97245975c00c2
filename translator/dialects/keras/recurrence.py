"""How layers are read that run over time, and those that hold another layer.

Source: `keras/layers/recurrent.py` and `keras/layers/wrappers.py` of 1.2 and 2.2, `keras/src/layers/rnn` of 3
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from translator.dialects.keras.builder import draw_within
from translator.dialects.keras.functions import HARD_SIGMOID, function_name
from translator.dialects.keras.layers import draw_whole
from translator.dialects.keras.readings import reads
from translator.dialects.keras.site import Site
from translator.dialects.keras.topology import Entry, entry_of
from translator.mapping import Blob

BLOBS = (Blob("kernel", "IO", "cell"), Blob("recurrent_kernel", "IO", "cell"), Blob("bias", name="cell"))
TRAINED = (
    "unroll",
    "consume_less",
    "implementation",
    "dropout",
    "recurrent_dropout",
    "dropout_U",
    "dropout_W",
    "unit_forget_bias",
    "truncate_gradient",
    "cell",
    "use_legacy_config",
)
"""Fields that say how to compute and how to train, and not what."""
ACTIVATIONS = frozenset(L.LSTM.params["activation"].kind.schema()["enum"])
"""The functions of new values that the catalogue's layers have."""
ALIKE = frozenset(["Activation", "Dropout", "LeakyReLU", "ReLU", "ELU", "Dense", "Rescaling"])
"""Layers that give the same over time as without: those of each element, or along the last axis."""


@reads("LSTM", "GRU", "SimpleRNN")
def recurrent(site: Site) -> Sequence[Ref]:
    """Read a layer over batch and time; with `go_backwards` its steps stay in the order in which they were made."""
    mask, start = site.mask(), _start(site)
    layer: Any = _layer(site)
    layer = layer.replace(started=bool(start), masked=mask is not None, states=bool(site.get("return_state")))
    site.need(len(start) in (0, layer.cells), f"it is given {len(start)} states")
    site.taken += TRAINED
    given = [site.x, *start, *([] if mask is None else [mask])]
    if site.get("go_backwards"):
        for place in (0, -1) if mask is not None else (0,):
            part = "backwards" if place == 0 else "mask_backwards"
            given[place] = site.add(L.Reverse(axis=1), given[place], part=part)
    if site.get("stateful"):
        told = f"{site.entry.name} is stateful; here every batch starts afresh, where Keras carries on"
        site.drawn.report.add("inexact", told, site.entry.origin)
    biased = site.get("use_bias", True)
    blanks = site.get("zero_output_for_mask") and mask is not None and layer.sequences
    ref = site.add(layer, *given, part="steps" if blanks else "", blobs=BLOBS if biased else BLOBS[:2])
    if not biased:
        site.drawn.zeros.add(f"{ref.node}.bias")
    result = site.add(L.ScaleBy(axis=0), ref, given[-1]) if blanks else ref
    return [result, *(Ref(ref.node, i) for i in range(1, layer.outputs))]


def _start(site: Site) -> list[Ref]:
    """Return the states that a call starts from: by name, in their place, or behind the first input as in Keras 2."""
    said: Any = site.options.get("initial_state", site.places[1] if len(site.places) > 1 else None)
    if said is None and not site.places:
        said = [ref for ref in site.inputs[1:] if ref not in site.options.values()]
    states = said if isinstance(said, list) else [] if said is None else [said]
    site.need(all(isinstance(each, Ref) for each in states), "it starts from a state that is no tensor")
    return list(states)


def _layer(site: Site) -> Layer:
    kind = site.entry.kind
    site.need(site.rank == 3, "its input is no sequence")
    site.need(not site.get("time_major"), "its time comes before the batch")
    values: dict[str, Any] = {"units": site.get("units"), "sequences": bool(site.get("return_sequences", False))}
    values["activation"] = function_name(site.get("activation", "tanh"))
    site.need(values["activation"] in ACTIVATIONS, f"its activation is {values['activation']}")
    if kind == "SimpleRNN":
        return L.SimpleRNN(**values)
    old = site.drawn.document.era.generation < 3
    gate = function_name(site.get("recurrent_activation", "hard_sigmoid" if old else "sigmoid"))
    site.need(gate in ("sigmoid", "hard_sigmoid"), f"its gates are of {gate}")
    values["gate"] = gate
    if gate == "hard_sigmoid":
        values["slope"] = HARD_SIGMOID[not old]
    if kind == "LSTM":
        return L.LSTM(**values)
    return L.GRU(reset_after=bool(site.get("reset_after", not old)), **values)


@reads("RNN")
def of_cells(site: Site) -> Sequence[Ref]:
    """Read a layer that runs cells over time: one behind the other, each as the layer that is made of it."""
    held = _held(site, "cell")
    given: Any = held.fields.get("cells") if held.kind == "StackedRNNCells" else [site.fields["cell"]]
    site.need(isinstance(given, list) and given, "its cells")
    site.need(len(given) == 1 or site.drawn.document.era.generation < 3, "it holds several cells")
    site.need(not site.get("return_state") and site.mask() is None and not _start(site), "its states, or a mask")
    ref, each_step = site.x, bool(site.get("return_sequences"))
    for i, each in enumerate(given):
        cell, last = entry_of(each, site.drawn.document, site.entry.origin), i == len(given) - 1
        kind = cell.kind.removesuffix("Cell")
        site.need(kind in ("LSTM", "GRU", "SimpleRNN") and cell.kind != kind, f"it holds a {cell.kind}")
        said = {"return_sequences": each_step or not last, "time_major": site.get("time_major")}
        said |= {"stateful": site.get("stateful"), "go_backwards": site.get("go_backwards") and i == 0}
        entry = Entry(kind, cell.name, {**cell.fields, **said}, cell.origin, written=cell.written)
        ref = draw_whole(site.inner(entry, [ref], "" if last else f"cell{i}"))[0]
    site.taken += TRAINED
    return [ref]


@reads("Bidirectional")
def bidirectional(site: Site) -> Sequence[Ref]:
    """Read a layer that runs both ways; the steps of the way back are turned round before they are joined.

    TensorFlow's and today's, unlike Keras 2's own, give 0 for steps that do not count, whatever the layer within says.
    """
    forward = _held(site, "layer")
    backward = _held(site, "backward_layer") if site.fields.get("backward_layer") else None
    site.need(forward.net is None and forward.kind in ("LSTM", "SimpleRNN", "GRU"), f"it holds a {forward.kind}")
    if site.drawn.document.era.generation > 2 or "time_major" in forward.fields:
        for each in filter(None, (forward, backward)):
            each.fields["zero_output_for_mask"] = True
    if backward is None:
        fields = {**forward.fields, "go_backwards": not forward.fields.get("go_backwards", False)}
        backward = Entry(forward.kind, f"{forward.name}_back", fields, forward.origin, written=forward.written)
    site.need(backward.kind == forward.kind, "its two layers are not alike")
    site.need(not forward.fields.get("go_backwards") and backward.fields.get("go_backwards"), "of its directions")
    sequences = bool(forward.fields.get("return_sequences"))
    site.need(sequences == bool(backward.fields.get("return_sequences")), "its two layers are not alike")
    mode = site.get("merge_mode", "concat")
    site.need(mode in ("concat", "sum", "mul", "ave"), f"its mode is {mode}")
    mask, start = site.mask(), _start(site)
    half = len(start) // 2
    there = _one_way(site, forward, start[:half], mask, "forward")
    back = _one_way(site, backward, start[half:], mask, "backward")
    turned = site.add(L.Reverse(axis=1), back[0], part="backward_turned") if sequences else back[0]
    joins: dict[str, Layer] = {
        "concat": L.Concat(axis=-1),
        "sum": L.Add(),
        "mul": L.Multiply(),
        "ave": L.Add(coefficients=(0.5, 0.5)),
    }
    return [site.add(joins[str(mode)], there[0], turned), *there[1:], *back[1:]]


def _one_way(site: Site, entry: Entry, start: list[Ref], mask: Ref | None, way: str) -> Sequence[Ref]:
    """Draw one of the two directions, which starts from its own half of the states."""
    inner = site.inner(entry, [site.x, *start], way, f"{way}_layer")
    inner.options = {"initial_state": start} if start else {}
    if mask is not None:
        inner.options["mask"] = mask
    return draw_whole(inner)


@reads("TimeDistributed")
def time_distributed(site: Site) -> Ref:
    """Read a layer for every step: as it is where that is the same, or else over steps that are put into the batch."""
    inner = _held(site, "layer")
    if inner.net is None and inner.kind in ALIKE:
        return _inside(site, inner, site.x, "", "layer")
    site.entry.net = site.entry.net or inner.net
    shape = site.shapes[0]
    site.need(None not in shape[1:], "its steps are of no known number or size")
    sizes = tuple(size or 0 for size in shape[1:])
    merged = site.add(L.Reshape(sizes=(-1, *sizes[1:])), part="steps")
    if site.entry.net is None:
        result = _inside(site, inner, merged, "each", "layer")
    else:
        (result,) = draw_within(site, site.entry.net, [merged])
    after = site.drawn.shapes[result][1:]
    site.need(None not in after, "what it gives is of no known size")
    return site.add(L.Reshape(sizes=(-1, sizes[0], *(size or 0 for size in after))), result)


def _held(site: Site, key: str) -> Entry:
    """Return the layer that a field describes."""
    given: Any = site.get(key)
    document = site.drawn.document
    return entry_of(given, document, site.entry.origin)


def _inside(site: Site, entry: Entry, x: Ref, part: str, within: str) -> Ref:
    """Draw a layer that another one holds; what cannot be said of it cannot be said of the whole."""
    return draw_whole(site.inner(entry, [x], part, within))[0]
