"""How ConvLSTM2D is read, step by step: as a convolution of all steps together, and one of each state.

Deconvolution2D, which was before Conv2DTranspose, is read here too.

Source: `keras/layers/convolutional_recurrent.py` of 2.2, `keras/src/layers/rnn/conv_lstm.py` of 3
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.shapes import same_pad
from translator.dialects.keras.functions import activate, function_name
from translator.dialects.keras.readings import reads
from translator.dialects.keras.recurrence import TRAINED
from translator.dialects.keras.site import Site
from translator.mapping import Blob

MOST = 64
"""Steps at most, for each is drawn."""


def _pair(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value, value]


@reads("Deconvolution2D")
def _deconvolution(site: Site) -> Ref:
    """Read a transposed convolution of Keras 1, which says the size of its result; its kernel is as a convolution's.

    Source: Deconvolution2D in `keras/layers/convolutional.py` of 1.2
    """
    said, kernel, strides = site.get("output_shape"), site.get("kernel_size"), site.get("strides", [1, 1])
    padding, last = site.get("padding", "valid"), site.layout == "channels_last"
    site.need(isinstance(said, list) and len(said) == 4 and padding in ("valid", "same"), "its result, or its border")
    space, sizes = ((each[1:3] if last else each[2:]) for each in (tuple(said), site.shapes[0]))
    pads, more = [], []
    for size, k, s, out in zip(sizes, kernel, strides, space, strict=True):
        site.need(isinstance(size, int) and isinstance(out, int), "its sizes are not known")
        over = (size - 1) * s + k - out
        fits = -s < over <= 0 if padding == "valid" else -(-out // s) == size
        site.need(fits, f"a result of {out} for {size}")
        pads.append((max(0, over) // 2, max(0, over) - max(0, over) // 2))
        more.append(max(0, -over))
    bias = bool(site.get("use_bias", True))
    layer = L.Conv2DTranspose(
        filters=site.get("filters"), kernel=kernel, stride=strides, pad=pads, output_pad=more, bias=bias
    )
    ref = site.add(layer, blobs=[Blob("kernel", "HWIO"), Blob("bias")])
    return activate(site, site.fields.get("activation"), ref)


@reads("ConvLSTM2D")
def conv_lstm(site: Site) -> Sequence[Ref]:
    """Draw each step of an LSTM whose products are convolutions."""
    steps, states = _of_steps(site), []
    hidden = cell = None
    order = range(len(steps))[::-1] if site.get("go_backwards") else range(len(steps))
    for place, i in enumerate(order):
        at = Site(site.drawn, site.entry, f"{site.name}_step{place}", site.owner, ())
        gates = steps[i]
        site.drawn.count(site.entry)
        if hidden is not None:
            again = _recurrent(site if place == 1 else at, hidden)
            gates = at.add(L.Add(), gates, again, part="gates")
        hidden, cell = _step(site, at, gates, cell)
        states.append(hidden)
    _order(site)
    assert hidden is not None
    assert cell is not None
    if site.get("return_sequences"):
        rows = [site.add(L.Reshape(sizes=(1,), axis=1, count=0), each, part=f"row{i}") for i, each in enumerate(states)]
        result = site.add(L.Concat(axis=1), *rows)
    else:
        result = site.add(L.Identity(), hidden)
    return [result, hidden, cell] if site.get("return_state") else [result]


def _of_steps(site: Site) -> list[Ref]:
    """Return what the images of each step bring to the gates."""
    site.need(site.rank == 5 and site.layout == "channels_last", "its input is no sequence of images, channels last")
    site.need(len(site.inputs) == 1 and not site.get("stateful"), "it starts from states")
    site.need(_pair(site.get("dilation_rate", 1)) == [1, 1], "its windows have gaps")
    count, *sizes = (size or 0 for size in site.shapes[0][1:])
    site.need(all(sizes) and 1 < count <= MOST, f"its steps are of no known number or size, or more than {MOST}")
    kernel, stride = _pair(site.get("kernel_size")), _pair(site.get("strides", 1))
    padding = site.get("padding", "valid")
    site.need(padding in ("valid", "same"), f"the padding {padding!r}")
    zipped = zip(sizes, kernel, stride, strict=False)
    pad = [same_pad(size, k, s, 1) for size, k, s in zipped] if padding == "same" else 0
    site.taken += TRAINED
    merged = site.add(L.Reshape(sizes=(-1, *sizes)), part="images")
    layer = L.Conv2D(
        filters=4 * site.get("filters"), kernel=kernel, stride=stride, pad=pad, bias=bool(site.get("use_bias", True))
    )
    blobs = [Blob("kernel", "HWIO", "cell"), Blob("bias", name="cell")]
    gates = site.add(layer, merged, part="inputs", blobs=blobs)
    shape = [size or 0 for size in site.drawn.shapes[gates][1:]]
    apart = site.add(L.Reshape(sizes=(-1, count, *shape)), gates, part="steps")
    pieces = site.add(L.Slice(axis=1, pieces=count), apart, part="apart")
    return [site.add(L.Reshape(sizes=(), axis=1, count=1), Ref(pieces.node, i), part=f"input{i}") for i in range(count)]


def _recurrent(site: Site, hidden: Ref) -> Ref:
    """Return what a state brings to the gates of the next step; all steps have the weights of the first."""
    kernel = _pair(site.fields.get("kernel_size"))
    sizes = site.drawn.shapes[hidden][1:3]
    pad = [same_pad(size or 0, k, 1, 1) for size, k in zip(sizes, kernel, strict=True)]
    layer = L.Conv2D(filters=4 * site.fields["filters"], kernel=kernel, pad=pad, bias=False)
    return site.add(layer, hidden, part="recurrent", blobs=[Blob("kernel", "HWIO", "cell")], layout="channels_last")


def _step(site: Site, at: Site, gates: Ref, cell: Ref | None) -> tuple[Ref, Ref]:
    """Return the state of a step, and what its cell holds."""
    old = site.drawn.document.era.generation < 3
    gate = site.get("recurrent_activation", "hard_sigmoid" if old else "sigmoid")
    function = site.get("activation", "tanh")
    site.need(function_name(gate) and function_name(function), "its functions")
    pieces = at.add(L.Slice(axis=-1, pieces=4), gates, part="split")
    wanted = (("enter", gate), ("keep", gate), ("new", function), ("give", gate))
    enter, keep, new, give = (
        activate(at, each, Ref(pieces.node, i), part=name) for i, (name, each) in enumerate(wanted)
    )
    fresh = at.add(L.Multiply(), enter, new, part="fresh")
    if cell is not None:
        fresh = at.add(L.Add(), at.add(L.Multiply(), keep, cell, part="kept"), fresh, part="cell")
    return at.add(L.Multiply(), give, activate(at, function, fresh, part="shown"), part="hidden"), fresh


def _order(site: Site) -> None:
    """Put the recurrent kernel before the bias, as Keras has its arrays; it was drawn behind."""
    variables = site.entry.variables
    if site.name == site.owner and len(variables) > 1:
        variables.insert(1, variables.pop())
