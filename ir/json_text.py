"""Find places in a JSON text: the value that a JSON pointer (RFC 6901) names, and what the parser lets pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]

_SPACE = re.compile(r"[\s,:]*")
_PLAIN = re.compile(r"[^\s,\]}]*")
_MARK = re.compile(r'["{}\[\]]')
_FLAW = re.compile(r'["{}\[\]]|NaN|-?Infinity')


class Places:
    """Where the values of a valid JSON text begin, found as they are asked for: each container is read once.

    >>> text = '{"a": [1, {"b": 2}]}'
    >>> text[Places(text).locate("/a/1/b")]
    '2'
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._within: dict[int, dict[str, int] | list[int]] = {}

    def locate(self, pointer: str) -> int:
        """Return the offset of the value that the pointer names, or of the nearest one around it."""
        at = _skip(self.text, 0)
        for key in pointer.split("/")[1:]:
            inner = self._child(at, key.replace("~1", "/").replace("~0", "~"))
            if inner is None:
                break
            at = inner
        return at

    def _child(self, at: int, key: str) -> int | None:
        """Return where the value under a key or an index begins."""
        if at not in self._within:
            self._within[at] = _children(self.text, at)
        found = self._within[at]
        if isinstance(found, dict):
            return found.get(key)
        return found[int(key)] if key.isascii() and key.isdigit() and int(key) < len(found) else None


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _children(text: str, at: int) -> dict[str, int] | list[int]:
    """Return where the values within the container that begins here do."""
    opening = text[at : at + 1]
    named: dict[str, int] = {}
    listed: list[int] = []
    if opening not in ("{", "["):
        return named
    at = _skip(text, at + 1)
    while at < len(text) and text[at] not in "}]":
        if opening == "{":
            key, at = scanstring(text, at + 1, True)
            at = named[key] = _skip(text, at)
        else:
            listed.append(at)
        at = _skip(text, _end(text, at))
    return named if opening == "{" else listed


def _end(text: str, at: int) -> int:
    """Return where the value that begins here ends."""
    if text[at] not in '"{[':
        match = _PLAIN.match(text, at)
        return max(at + 1, match.end()) if match else at + 1
    depth = 0
    while mark := _MARK.search(text, at):
        char, at = mark[0], mark.end()
        if char == '"':
            at = scanstring(text, at, True)[1]
        else:
            depth += 1 if char in "{[" else -1
        if depth == 0:
            return at
    return len(text)


def flaws(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the text of what Python's parser takes and JSON has not: keys given twice, NaN, Infinity."""
    keys: list[set[str] | None] = []
    at = 0
    while mark := _FLAW.search(text, at):
        char, at = mark[0], mark.end()
        if char == '"':
            word, at = scanstring(text, at, True)
            within = keys[-1] if keys else None
            if within is not None and text[at : at + 64].lstrip()[:1] == ":":
                if word in within:
                    yield mark.start(), f"the key {word[:80]!r} stands twice in one object"
                within.add(word)
        elif char in "{[":
            keys.append(set() if char == "{" else None)
        elif char in "}]":
            keys.pop()
        else:
            yield mark.start(), f"{char} is no JSON number"
