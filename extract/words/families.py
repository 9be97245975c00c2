"""Kinds of layers that have something in common: a window, filters, units, or that they pool."""

from __future__ import annotations

import re

from extract.words.lexicon import POSTS
from ir import layers as L
from ir.layer import Layer

FILTERED = ("conv", "gconv", "deconv")
"""Those whose filters see all channels, or those of a group."""
SLIDING = ("conv", "gconv", "dwconv")
"""Convolutions of one window, which make no image larger."""
CONVOLVED = (*FILTERED, "dwconv", "sepconv")
LOCAL_POOLS = ("maxpool", "avgpool", "pool")
WHOLE_POOLS = ("gavgpool", "gmaxpool")
POOLS = (*LOCAL_POOLS, *WHOLE_POOLS)
"""Those that pool, in windows or over the whole image."""
SIZED = (*CONVOLVED, *LOCAL_POOLS, "gavgpool")
"""Convolutions and poolings."""
WINDOWED = (*SIZED, "mbconv", "fusedmbconv", "ghost", "local")
"""Those of which a size is that of their window."""
BLOCKS = ("resblock", "bottleneck", "inception", "dense_block", "fire", "mbconv")
"""What is made of several layers, and gives as many channels as are said of it."""
RECURRENT = ("lstm", "bilstm", "gru", "rnn")
UNITED = ("dense", "softmax", *RECURRENT)
"""Those of so many units."""
UNITS = (*UNITED, "embedding")
"""Those beside which a number says how many units there are."""
JOINS: dict[str, Layer] = {
    "concat": L.Concat(),
    "add": L.Add(),
    "maximum": L.Maximum(),
    "multiply": L.Multiply(),
}
"""What joins tensors."""
POSTED = frozenset(name for name, _ in POSTS)
"""Normalisations and activations, which stand behind others."""
ACTIVATIONS = POSTED - {"bn", "gn", "ln", "in", "lrn", "l2norm"}
"""Those of them that are no normalisation."""
UNSLOPED = ACTIVATIONS - {"leakyrelu", "prelu", "elu", "selu", "swish"}
"""Those that are made with no number, so that one beside them is how many units there are."""


def goes_both_ways(text: str) -> bool:
    """Tell by its text a layer that goes over a sequence forwards and backwards: `BiGRU`, `bi-directional`."""
    return bool(re.search(r"\bbi-?(?:directional(?! ?= ?false)|gru|rnn)", text, re.IGNORECASE))


def resampling(said: str) -> str:
    """Return whether a block makes images larger or smaller, as its text says: up, down, or nothing.

    >>> resampling("ResBlock up 256"), resampling("Residual block downsample"), resampling("ResBlock")
    ('up', 'down', '')
    """
    found = re.search(r"\b(up|down)(?:-?sampl\w*)?\b", said, re.IGNORECASE)
    return found[1].lower() if found else ""
