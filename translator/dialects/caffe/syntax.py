"""Prototxt: protobuf's text format as Caffe files use it, to a tree with positions, and back.

The parser knows no schema, so that fields of forks come through; `typed.decode` gives them their types.
It is written by hand because neither protobuf's parser nor one made by Lark tells where a field stood at this speed
(ResNet-152's 6,775 lines: 20 ms, against 105 ms and more), and because it goes on after a mistake.
Syntax: https://protobuf.dev/reference/protobuf/textformat-spec/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ir.diagnostics import Report
from ir.origin import Origin, Source
from translator import bounds
from translator.attrs import Symbol
from translator.dialects.caffe.schema import ENUMS, fields

MAX_DEPTH = 64
"""How deep messages may nest; Caffe's own nest 5 deep."""
MAX_TOKENS = 3 * bounds.VALUES
"""Words and marks of a text at most: a name, a colon and a value for each value of a model."""
MAX_ERRORS = 20
"""After how many syntax errors the parser gives up."""


class Scalar(NamedTuple):
    """A value that is no message: its text, and whether it was quoted."""

    text: str
    quoted: bool
    offset: int


class Message(NamedTuple):
    """Fields in the order in which they were written."""

    fields: list[tuple[str, Any, int]]
    offset: int


_TOKEN = re.compile(
    r"""[\s,;]*+(?:\#[^\n]*+[\s,;]*+)*+
    (?: (?P<word>[A-Za-z0-9_.+\-/]++)
      | (?P<mark>[{}<>:\[\]])
      | (?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+')
      | (?P<other>.)
      | (?P<end>\Z) )""",
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


_CONFLICT = re.compile(r"([<=>|])\1{6}(?: |$)", re.MULTILINE)
_TEMPLATE = re.compile(r"\$\{|\{\{|\{%|<%|@\w+@|%\(\w+\)|\$\w")
_WORD = re.compile(r"[^\s\w\\\"'][^\s;,]*")
_PROSE = re.compile(r"[A-Za-z][A-Za-z'-]*(?: +[A-Za-z&'-]+){2,}[ .!?]*$", re.MULTILINE)


class _Stop(Exception):
    """Too many errors, or one that nothing can follow."""


class _Parser:
    """One pass over the tokens, with the messages that are open kept on a stack."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source = source
        self.report = report
        self.errors = 0
        self.conflicts = 0
        self.room = iter(range(MAX_TOKENS))
        self.tokens = zip(_TOKEN.finditer(source.text), self.room, strict=False)
        self.kind, self.text, self.offset = "", "", 0
        self.advance()

    def advance(self) -> None:
        pair = next(self.tokens, None)
        if pair is None:
            if self.kind != "end":
                self.error(f"has more than {MAX_TOKENS} words and marks")
                raise _Stop
            return
        match = pair[0]
        self.kind = match.lastgroup or "end"
        self.text = match[self.kind]
        self.offset = match.start(self.kind)

    def error(self, message: str, offset: int | None = None, hint: str = "") -> None:
        self.errors += 1
        at = self.offset if offset is None else offset
        line, _ = self.source.around(at, 200)
        if _TEMPLATE.search(line):
            hint = "this looks like a template: fill it in first"
        self.report.add("syntax", message, Origin(self.source, at), hint=hint)
        if self.errors >= MAX_ERRORS:
            raise _Stop

    def found(self) -> str:
        if self.kind == "other" and (word := _WORD.match(self.source.text, self.offset, self.offset + 40)):
            return repr(word[0])
        return "the end of the file" if self.kind == "end" else repr(self.text)

    def parse(self) -> Message:
        root = Message([], 0)
        stack: list[tuple[Message, str]] = [(root, "")]
        while self.kind != "end":
            message, closing = stack[-1]
            if self.kind != "word" and self.passes_conflict():
                continue
            if self.kind == "mark" and self.text in "}>":
                if len(stack) == 1:
                    self.error(f"{self.text!r} closes nothing")
                else:
                    stack.pop()
                    if self.text != closing:
                        self.error(f"expected {closing!r}, found {self.text!r}")
                self.advance()
            elif self.kind == "word" and _NAME.match(self.text):
                self.field(message, stack)
            else:
                self.error(f"expected the name of a field, found {self.found()}")
                self.skip_line()
        if len(stack) > 1:
            message, closing = stack[-1]
            self.error(f"expected {closing!r} to close this, found the end of the file", message.offset)
        return root

    def passes_conflict(self) -> bool:
        """Pass over a line that a merge left; the first of a conflict is an error, the others are part of it."""
        starts_line = self.offset == 0 or self.source.text[self.offset - 1] == "\n"
        mark = _CONFLICT.match(self.source.text, self.offset, self.offset + 9) if starts_line else None
        if mark is None:
            return False
        if not self.conflicts:
            self.error(
                "an unresolved merge conflict begins here" if mark[1] == "<" else "a merge left this mark",
                hint="keep one of its sides, and delete the lines of <<<<<<<, ======= and >>>>>>>",
            )
        self.conflicts = max(0, self.conflicts + {"<": 1, ">": -1}.get(mark[1], 0))
        self.skip_line()
        return True

    def field(self, message: Message, stack: list[tuple[Message, str]]) -> None:
        """Read `name: value`, `name: [values]`, or `name {`, which opens a message."""
        name, offset = self.text, self.offset
        self.advance()
        colon = self.kind == "mark" and self.text == ":"
        if colon:
            self.advance()
        if self.source.text.startswith("{{", self.offset):
            self.error(f"expected a value for {name!r}, found '{{{{'")
            self.skip_line()
        elif self.kind == "mark" and self.text in "{<":
            inner = Message([], offset)
            self.add(message, name, inner, offset)
            stack.append((inner, "}" if self.text == "{" else ">"))
            if len(stack) > MAX_DEPTH:
                self.error(f"messages nest deeper than {MAX_DEPTH}")
                raise _Stop
            self.advance()
        elif self.kind == "mark" and self.text == "[" and colon:
            self.advance()
            while self.kind in ("word", "string"):
                self.add(message, name, self.scalar(), offset)
            if self.text != "]":
                self.error(f"expected a value or ']', found {self.found()}")
            self.advance()
        elif self.kind in ("word", "string") and (colon or self.on_line_of(offset)):
            if not colon and _PROSE.match(self.source.text, offset, offset + 200):
                hint = "this looks like text that came in with the net: delete it"
                self.error("expected a field, found prose", offset, hint)
                self.skip_line()
                return
            if not colon:
                self.error(f"expected ':' after {name!r}, found {self.found()}", hint=f"write {name}: {self.text}")
            self.add(message, name, self.scalar(), offset)
        else:
            self.error(f"expected a value for {name!r}, found {self.found()}")
            if self.kind == "other":
                self.skip_line()

    def add(self, message: Message, name: str, value: Scalar | Message, offset: int) -> None:
        message.fields.append((name, value, offset))
        if len(message.fields) > bounds.LAYERS:
            self.error(f"a message has more than {bounds.LAYERS} fields", offset)
            raise _Stop

    def on_line_of(self, offset: int) -> bool:
        return "\n" not in self.source.text[offset : self.offset]

    def scalar(self) -> Scalar:
        """Read a value; strings that follow each other are one."""
        value = Scalar(self.text, self.kind == "string", self.offset)
        if not value.quoted:
            self.advance()
            return value
        parts = []
        while self.kind == "string":
            parts.append(_unquoted(self.text))
            self.advance()
        return value._replace(text="".join(parts))

    def skip_line(self) -> None:
        end = self.source.text.find("\n", self.offset)
        rest = _TOKEN.finditer(self.source.text, len(self.source.text) if end < 0 else end)
        self.tokens = zip(rest, self.room, strict=False)
        self.advance()


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]

    def plain(match: re.Match[bytes]) -> bytes:
        octal, hexadecimal, char = match.groups()
        if octal:
            return bytes([int(octal, 8) & 255])
        if hexadecimal:
            return bytes([int(hexadecimal, 16)])
        return _ESCAPES.get(char, char)

    return _ESCAPE.sub(plain, text[1:-1].encode()).decode("utf-8", "replace")


def parse(source: Source, report: Report) -> Message:
    """Parse a prototxt; mistakes are reported (`syntax`) and passed over, so that all are found at once."""
    parser = _Parser(source, report)
    try:
        return parser.parse()
    except _Stop:
        return Message([], 0)


def render(attrs: dict[str, Any], message: str, indent: str = "") -> Iterator[str]:
    """Write a message's fields as prototxt, one line at a time."""
    schema = fields(message)
    for field, value in attrs.items():
        spec = schema.get(field)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, dict):
                yield f"{indent}{field} {{"
                yield from render(each, spec.type if spec else "", indent + "  ")
                yield f"{indent}}}"
            else:
                yield f"{indent}{field}: {_text(each, spec.type if spec else '')}"


def _text(value: Any, kind: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if kind in ENUMS or isinstance(value, Symbol):
            return value
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{quoted}"'
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)
