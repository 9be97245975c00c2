"""Keras of every era to read; Keras 3 to write: source, architecture JSON, `.keras` and `.weights.h5`."""

from __future__ import annotations

import re

from translator.dialect import Dialect

_MARKS = re.compile(
    rb'\\?"(class_name|modelTopology|model_config|nb_filter|border_mode|output_dim|node_config|custom_name)\\?"\s*:'
)


def _is_file(head: bytes) -> bool:
    """Tell whether a file is of HDF5, or an archive whose members lie in no folder."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return head.startswith(b"\x89HDF\r\n\x1a\n") or (head.startswith(b"PK\x03\x04") and b"/" not in name)


def _is_json(head: bytes) -> bool:
    """Tell whether a JSON text has the keys of an architecture; it may be a text within a text."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start in (b"{", b"[", b'"') and b'"layer_type"' not in head and bool(_MARKS.search(head))


DIALECTS = (
    Dialect(
        "keras",
        "Keras 3: source with .weights.h5, or a .keras archive; .h5 and .keras of every era are read",
        folder="keras",
        suffixes=(".keras", ".weights.h5", ".h5", ".hdf5"),
        read_only=(".h5", ".hdf5"),
        reads=True,
        sniff=_is_file,
    ),
    Dialect(
        "keras-json",
        "Keras 3 architecture JSON; that of every era is read",
        folder="keras",
        suffixes=(".json",),
        reads=True,
        sniff=_is_json,
    ),
)
