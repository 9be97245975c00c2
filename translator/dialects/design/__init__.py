"""Designs: the IR as JSON, with its weights as safetensors beside it."""

from __future__ import annotations

import re

from translator.dialect import Dialect

_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]')
_COLON = re.compile(rb"\s*:")


def _sniff(head: bytes) -> bool:
    """Tell whether a JSON object has a design's keys; Keras's architecture has others (`class_name`, `config`)."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not head.lstrip().startswith(b"{"):
        return False
    keys = _top_keys(head)
    return b"class_name" not in keys and b"layers" in keys and (b"inputs" in keys or b'"layer_type"' in head)


def _top_keys(head: bytes) -> set[bytes]:
    """Return the keys of the outermost object, as far as the head goes."""
    keys: set[bytes] = set()
    depth = 0
    for mark in _MARK.finditer(head):
        found = mark[0]
        if found[0] != ord('"'):
            depth += 1 if found in b"{[" else -1
        elif depth == 1 and _COLON.match(head, mark.end()):
            keys.add(found[1:-1])
    return keys


DIALECTS = (
    Dialect("design", "design JSON with .safetensors", folder="design", suffixes=(".json",), reads=True, sniff=_sniff),
)
