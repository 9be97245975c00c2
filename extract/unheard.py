"""What a table says of a layer that no layer of its kind has, or what it keeps back: else lost without a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extract.assembly import Assembly
from extract.families import ACTIVATIONS, FILTERED, POOLS
from extract.lexicon import POSTS
from extract.reading import Reading

_PLAIN = frozenset(name for name, _ in POSTS) | {"add", "concat", "softmax", "flatten", "dropout"}
"""What has no window and no steps."""
_NOTHING: tuple[Any, ...] = (None, False, 0, 1, (1, 1), (1,), (0, 0), (1, 1, 1))


def unheard(reading: Reading) -> list[str]:
    """Return the names of what is said of a layer and changes nothing in it.

    >>> unheard(Reading("relu", {"stride": (2, 2)})), unheard(Reading("conv", {"gate": True, "stride": (2, 2)}))
    (['stride'], ['squeeze-and-excitation'])
    """
    kind, said = reading.kind, {key for key, value in reading.params.items() if value not in _NOTHING}
    found: list[str] = [key for key in ("stride", "dilation", "groups") if key in said and kind in _PLAIN]
    found += [key for key in ("dilation", "groups") if key in said and kind in POOLS]
    ungated = reading.params.get("gate") and kind in (*FILTERED, "dwconv", *POOLS, *_PLAIN)
    return [*found, "squeeze-and-excitation"] if ungated else found


_CALLED = re.compile(r"[a-z]\w* \([A-Z]\w+\)")
"""A layer's own name and its class: conv2d_1 (Conv2D)."""


def ask_for_activations(to: Assembly, readings: Sequence[Reading]) -> None:
    """Ask which activations there are where classes are printed behind names, as Keras does, and none of an activation.

    It prints none that is an argument of another layer.
    """
    called = sum(bool(_CALLED.fullmatch(each.text)) for each in readings)
    told = any(ACTIVATIONS & {each.kind, *each.posts} or each.kind in ("activation", "softmax") for each in readings)
    if called > len(readings) / 2 and not told and not to.relu:
        to.ask("no activations are printed, as those within layers are not: which are there? None is taken")
