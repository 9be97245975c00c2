"""What a table says of a layer that no layer of its kind has: it would be lost without a word."""

from __future__ import annotations

from typing import Any

from extract.families import FILTERED, POOLS
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
