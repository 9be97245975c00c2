"""Caffe: prototxt and caffemodel."""

from __future__ import annotations

import re

from translator.dialect import Dialect

_FIELD = re.compile(
    rb"""^[ \t]*(?:name\s*:\s*['"]|layers?\s*:?\s*\{|input\s*:\s*['"]|input_shape|net\s*:|net_param|train_net)""",
    re.MULTILINE,
)


def is_binary(head: bytes) -> bool:
    """Tell whether a file begins as a NetParameter on the wire: a name, an input or a layer."""
    return head[:1] in (b"\x0a", b"\x12", b"\x1a", b"\xa2") and any(byte < 9 or 13 < byte < 32 for byte in head[:512])


def _sniff(head: bytes) -> bool:
    return is_binary(head) or (not head.lstrip().startswith((b"{", b"[")) and bool(_FIELD.search(head)))


DIALECTS = (
    Dialect(
        "caffe",
        "Caffe prototxt and caffemodel",
        folder="caffe",
        suffixes=(".prototxt", ".caffemodel", ".pt", ".prototext"),
        read_only=(".caffemodel", ".pt"),
        reads=True,
        sniff=_sniff,
    ),
)
