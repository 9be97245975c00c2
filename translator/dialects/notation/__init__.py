"""The notation: designs in a line, for papers, commits and people."""

from __future__ import annotations

import re

from translator.dialect import Dialect

_SOURCE = re.compile(rb"(?:^|[\n:>\[(|])\s*(?:image|sequence|vector|tokens|volume|tensor)\(|^\s*model\(", re.MULTILINE)


def _sniff(head: bytes) -> bool:
    """Tell whether a text names an input as the notation does."""
    lines = b"\n".join(line.partition(b"#")[0] for line in head.splitlines()).strip()
    return not lines.startswith((b"{", b"<")) and b"\0" not in head and bool(_SOURCE.search(lines))


DIALECTS = (Dialect("notation", "a design in a line", folder="notation", suffixes=(".net",), reads=True, sniff=_sniff),)
