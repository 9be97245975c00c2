"""What nobody knows, or what does not fit, goes into a design as it is said."""

from __future__ import annotations

import re
from contextlib import suppress

from extract.designs.assembly import Assembly
from extract.designs.axes import axes_for
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import LayerError
from ir.shapes import Shape


def carry(to: Assembly, reading: Reading) -> None:
    """Add a layer that nobody knows, or that does not fit, with what is said of it; it gives what is printed."""
    said, width = reading.params.get("output", ()), reading.params.get("filters")
    axes = axes_for(reading, to.shape)
    if axes <= len(said) <= axes + 1:
        shape: Shape = (None, *(said[axes:] or (width or to.shape[1],)), *said[:axes])
    else:
        shape = (None, width, *to.shape[2:]) if width and len(to.shape) > 3 else to.shape
    sizes = ((-1, *(size or -1 for size in shape[1:])),)
    with suppress(LayerError):  # Of names with signs, and of too many layers.
        stem = re.sub(r"\W+", "_", reading.kind.lower()).strip("_") or "box"
        to.add(L.Custom(type=reading.kind, arguments=dict(reading.params), sizes=sizes), stem)
