"""Find the place in a JSON text that a JSON pointer (RFC 6901) names."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]

_SPACE = re.compile(r"[\s,:]*")
_PLAIN = re.compile(r"[^\s,\]}]*")


def locate(text: str, pointer: str) -> int | None:
    """Return the offset of the value that the pointer names, or of the nearest one around it.

    The text must be valid JSON.

    >>> text = '{"a": [1, {"b": 2}]}'
    >>> text[locate(text, "/a/1/b")]
    '2'
    """
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    at = _skip(text, 0)
    for key in keys:
        inner = _child(text, at, key)
        if inner is None:
            break
        at = inner
    return at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _child(text: str, at: int, key: str) -> int | None:
    """Return where the value under a key or an index begins."""
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return None
    index, at = 0, _skip(text, at + 1)
    while at < len(text) and text[at] not in "}]":
        name = str(index)
        if opening == "{":
            name, at = scanstring(text, at + 1, True)
            at = _skip(text, at)
        if name == key:
            return at
        at, index = _skip(text, _end(text, at)), index + 1
    return None


def _end(text: str, at: int) -> int:
    """Return where the value that begins here ends."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == '"':
            at = scanstring(text, at + 1, True)[1]
        elif char in "{[":
            depth, at = depth + 1, at + 1
        elif char in "}]":
            depth, at = depth - 1, at + 1
        elif char in " \t\r\n,:":
            at += 1
            continue
        else:
            match = _PLAIN.match(text, at)
            at = match.end() if match else at + 1
        if depth == 0:
            return at
    return at
