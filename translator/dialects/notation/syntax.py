"""The text of a design in the notation to plain values with their places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, v_args
from lark.lark import PostLex

import grammars
from ir.diagnostics import Report
from ir.graph import Ref
from ir.origin import Origin, Source

_LITERALS = {"true": True, "false": False, "null": None, "?": None}
DEEPEST = 100
"""Brackets within brackets at most."""
MOST_TOKENS = 1 << 20
"""Words and marks of a text at most."""
_NAMES = {
    "WORD": "a layer",
    "REFERENCE": "a @name",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "TIMES": "a repeat like x3",
    "MORETHAN": "'>'",
    "COMMA": "','",
    "COLON": "':'",
    "EQUAL": "'='",
    "VBAR": "'|'",
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
    "_NL": "the end of the line",
    "$END": "the end",
}


@dataclass
class Argument:
    """A value in the brackets of a layer, with its name where it has one."""

    name: str | None
    value: Any
    offset: int


@dataclass
class Call:
    """A layer or an input as it is written."""

    label: str | None
    type: str
    arguments: list[Argument]
    attributes: list[Argument]
    offset: int


@dataclass
class Fork:
    """Branches that all start from the same tensors; an empty one hands them on."""

    branches: list[Path]
    offset: int


@dataclass
class Repeat:
    """A path so many times, one behind the other."""

    path: Path
    times: int
    offset: int


@dataclass
class Named:
    """A tensor that is named."""

    ref: Ref
    offset: int


Stage = Call | Fork | Repeat | Named
Path = list[Stage]


class _Lines(PostLex):
    """Newlines end a path, but not within brackets."""

    always_accept = ("_NL",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        depth = 0
        for count, token in enumerate(stream):
            if count > MOST_TOKENS:
                raise _Refused(f"has more than {MOST_TOKENS} words and marks", token.start_pos or 0)
            depth += (token.type in ("LPAR", "LSQB", "LBRACE")) - (token.type in ("RPAR", "RSQB", "RBRACE"))
            if depth > DEEPEST:
                raise _Refused(f"has more than {DEEPEST} brackets within each other", token.start_pos or 0)
            if token.type != "_NL" or depth <= 0:
                yield token


class _Refused(Exception):
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


@v_args(inline=True)
class _Values(Transformer[Token, list[Path]]):
    """Bring Lark's tree to plain values, from the leaves up."""

    def start(self, *paths: Path) -> list[Path]:
        return list(paths)

    def path(self, *stages: Stage) -> Path:
        return list(stages)

    def branch(self, path: Path | None = None) -> Path:
        return path or []

    def group(self, path: Path) -> Repeat:
        return Repeat(path, 1, path[0].offset)

    def repeat(self, stage: Stage, times: Token) -> Repeat:
        count = int(times[1:])
        if isinstance(stage, Repeat) and stage.times == 1:
            return Repeat(stage.path, count, stage.offset)
        return Repeat([stage], count, stage.offset)

    def fork(self, *branches: Path) -> Fork:
        first = next((path[0].offset for path in branches if path), 0)
        return Fork(list(branches), first)

    def label(self, token: Token) -> Token:
        return Token("LABEL", _text(token) if token.type == "STRING" else str(token), start_pos=token.start_pos)

    def layer(self, label: Token | None, word: Token, *rest: Argument | None) -> Call:
        given = [each for each in rest if each is not None]
        arguments = [each for each in given if not isinstance(each, _Attribute)]
        attributes = [each for each in given if isinstance(each, _Attribute)]
        start = word.start_pos or 0
        return Call(None if label is None else str(label), str(word), arguments, list(attributes), start)

    def argument(self, name: Token | None, value: Any) -> Argument:
        plain, offset = _plain(value)
        return Argument(name and str(name), plain, (name.start_pos if name else offset) or 0)

    def attribute(self, name: Token, value: Any) -> Argument:
        return _Attribute(str(name), _plain(value)[0], name.start_pos or 0)

    def reference(self, token: Token) -> Any:
        word, colon, index = token[1:].rpartition(":")
        name, number = (word, int(index)) if colon and index.isdigit() else (token[1:], 0)
        name = json.loads(name) if name.startswith('"') else str(name)
        return Named(Ref(name, number), token.start_pos or 0)

    def number(self, token: Token) -> Any:
        text = str(token)
        return (int(text) if text.lstrip("+-").isdigit() else float(text)), token.start_pos

    def string(self, token: Token) -> Any:
        return _text(token), token.start_pos

    def literal(self, token: Token) -> Any:
        return _LITERALS[str(token)], token.start_pos

    def several(self, *values: Any) -> Any:
        given = [_plain(each) for each in values if each is not None]
        return tuple(each[0] for each in given), next((each[1] for each in given), 0)

    def record(self, *entries: Any) -> Any:
        return dict(each for each in entries if each is not None), 0

    def entry(self, key: Token, value: Any) -> Any:
        return _text(key), _plain(value)[0]


class _Attribute(Argument):
    """What stands in braces behind a layer."""


def _plain(value: Any) -> Any:
    """Return a value with its place: what is named stands for itself."""
    return (value, value.offset) if isinstance(value, Named) else value


def _text(token: Token) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        raise _Refused("has a text in quotes that JSON would not have", token.start_pos or 0) from None


@cache
def parser() -> Lark:
    """Return the parser of the notation."""
    text = File(grammars.__file__).with_name("notation.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="contextual", postlex=_Lines(), transformer=_Values())


def parse(text: str, source: Source, report: Report) -> list[Path]:
    """Return the paths of a text; where it is not well formed, what may stand there is reported (`syntax`)."""
    try:
        paths: Any = parser().parse(text)
        return list(paths)
    except _Refused as error:
        report.add("syntax", str(error), Origin(source, error.offset))
    except UnexpectedInput as error:
        offset = error.pos_in_stream
        wanted = sorted({_NAMES.get(name, name) for name in _expected(error)})
        found = _found(error, text)
        listed = " or ".join(filter(None, [", ".join(wanted[:-1]), *wanted[-1:]]))
        at = len(text.rstrip()) if offset is None or offset < 0 else offset
        report.add("syntax", f"expected {listed}, found {found}", Origin(source, at))
    return []


def _expected(error: UnexpectedInput) -> set[str]:
    names = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None)
    return {name for name in names or () if not name.startswith(("__", "_GOES_ON")) and name != "COMMENT"}


def _found(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedCharacters):
        return repr(text[error.pos_in_stream or 0])
    token = getattr(error, "token", None)
    if token is None or token.type in ("$END", "_NL"):
        return "the end" if token is None or token.type == "$END" else "the end of the line"
    return repr(str(token)[:60])
