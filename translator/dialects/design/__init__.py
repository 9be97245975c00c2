"""Designs: the IR as JSON, with its weights as safetensors beside it."""

from __future__ import annotations

import re

from translator.dialect import Dialect

_LAYERS = re.compile(rb'"(?:layers|layer_type)"')


def _sniff(head: bytes) -> bool:
    return (
        head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        and bool(_LAYERS.search(head))
        and b'"class_name"' not in head
    )


DIALECTS = (
    Dialect("design", "design JSON with .safetensors", folder="design", suffixes=(".json",), reads=True, sniff=_sniff),
)
