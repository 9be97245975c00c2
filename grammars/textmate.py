"""Derive the TextMate grammar of the notation, by which editors colour it.

Source: https://macromates.com/manual/en/language_grammars
"""

from __future__ import annotations

import re
from typing import Any

import ir.layers  # noqa: F401  (fills the catalogue)
from grammars.kinds import KINDS
from ir.layer import CATALOGUE

_WORD = r"[A-Za-z_][A-Za-z0-9_./-]*"
_TEXT = r'"(?:[^"\\\n]|\\.)*"'


def textmate() -> dict[str, Any]:
    """Return the grammar, to be written as JSON: the words are the catalogue's layers and the kinds of tensor."""
    layers = "|".join(sorted(map(re.escape, CATALOGUE), key=len, reverse=True))
    patterns = {
        "comment.line.number-sign": r"#.*$",
        "variable.other.reference": rf"@(?:{_WORD}|{_TEXT})(?::[0-9]+)?",
        "entity.name.tag": rf"(?:{_WORD}|{_TEXT})(?=\s*:(?!:))",
        "variable.parameter": rf"{_WORD}(?=\s*=)",
        "support.type.input": rf"\b(?:{'|'.join(KINDS)})(?=\s*\()",
        "keyword.control": r"\b(?:model|outputs)(?=\s*\()",
        "entity.name.function.layer": rf"\b(?:{layers})\b",
        "string.quoted.double": _TEXT,
        "constant.language": r"\b(?:true|false|null)\b|\?",
        "keyword.operator.repeat": r"\bx[1-9][0-9]*\b",
        "constant.numeric": r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?",
        "keyword.operator.path": r"[>|]",
    }
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Design notation",
        "scopeName": "source.net-notation",
        "fileTypes": ["net"],
        "patterns": [{"name": f"{name}.net-notation", "match": match} for name, match in patterns.items()],
    }
