"""What a table says of a layer that no layer of its kind has, or what it keeps back: else lost without a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import ACTIVATIONS, FILTERED, POOLS, POSTED
from extract.words.lexicon import POSTS
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Node
from ir.layer import Layer

_PLAIN = frozenset(name for name, _ in POSTS) | {"add", "concat", "softmax", "flatten", "dropout"}
"""What has no window and no steps."""
_NOTHING: tuple[Any, ...] = (None, False, 0, 1, (1, 1), (1,), (0, 0), (1, 1, 1))


def unheard(reading: Reading) -> list[str]:
    """Return the names of what is said of a layer and changes nothing in it.

    >>> unheard(Reading("relu", {"stride": (2, 2)})), unheard(Reading("conv", {"gate": True, "stride": (2, 2)}))
    (['stride'], ['squeeze-and-excitation'])
    """
    kind, said = reading.kind, {key for key, value in reading.params.items() if value not in _NOTHING}
    found: list[str] = [key for key in ("stride", "dilation", "groups", "pad") if key in said and kind in _PLAIN]
    found += [key for key in ("dilation", "groups") if key in said and kind in POOLS]
    found += [key for key in ("borders",) if key in said]
    ungated = reading.params.get("gate") and kind in (*FILTERED, "dwconv", *POOLS, *_PLAIN)
    return [*found, "squeeze-and-excitation"] if ungated else found


_CALLED = re.compile(r"[a-z]\w* \([A-Z]\w+\)")
"""A layer's own name and its class: conv2d_1 (Conv2D)."""


UNBENT = "no activations are said between the layers: which are there? None is taken"
_BENT = (L.PReLU, L.Softmax, L.Custom)
_WEIGHTED = (
    *(L.Conv1D, L.Conv2D, L.Conv3D, L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose),
    *(L.LocallyConnected2D, L.Dense),
)


def is_unbent(nodes: Sequence[Node]) -> bool:
    """Tell whether a net has layers with weights behind each other, and no activation between any of them.

    Those compute then no more than one such layer does; recurrent layers and attention bend only what is within them.
    """
    weighted = [i for i, each in enumerate(nodes) if isinstance(each.layer, _WEIGHTED)]
    return len(weighted) > 1 and not any(_bends(each.layer) for each in nodes[weighted[0] : weighted[-1]])


def _bends(layer: Layer) -> bool:
    return isinstance(layer, _BENT) or (layer.elementwise and not isinstance(layer, L.Dropout | L.Identity | L.Add))


def ask_for_activations(to: Assembly, readings: Sequence[Reading]) -> None:
    """Ask which activations a net has behind whose layers none is said.

    A summary as Keras prints it shows none that is an argument of another layer, so that each layer of it is asked
    about behind which none is printed, but for the last; others are asked about where they have none at all.
    """
    layers = [each for each in readings if each.kind not in (*POOLS, "dropout", "flatten")]
    bare = [
        each
        for each, after in pairwise(layers)
        if _CALLED.fullmatch(each.text)
        and each.kind in (*FILTERED, "dense")
        and not each.posts
        and after.kind not in (*POSTED, "activation", "softmax")
    ]
    if bare and not to.relu:
        more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        told = "activations within layers are not printed: which are there? None is taken"
        to.ask(f"{bare[0].text!r}{more}: {told}")
    elif is_unbent(to.nodes):
        to.ask(UNBENT)


def ask_for_what_stands_behind(to: Assembly, reading: Reading) -> None:
    """Ask about activations behind what comes in: the row of the input may be that of a first layer."""
    if active := [name for name in reading.posts if name in ACTIVATIONS]:
        to.ask(f"{reading.text!r} is the input, but has {active[0]!r} behind it: is it a layer? None is built")
