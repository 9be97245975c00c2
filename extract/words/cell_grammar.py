"""The grammar of cells, for texts in their form for all: the tree of one, and its words and numbers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token

import grammars


@cache
def _parser() -> Lark:
    text = Path(grammars.__file__).with_name("cells.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="basic")


def tree_of(text: str) -> Any:
    """Return the parts of a text with the separators between them; what is no sentence of the grammar is refused."""
    return _parser().parse(text).children[0]


def tokens_of(text: str) -> list[Token]:
    """Return the words and numbers of a text in its form for all."""
    return list(_parser().lex(text))
