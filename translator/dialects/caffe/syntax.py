"""Prototxt: protobuf's text format as Caffe files use it, to a tree with positions, and back.

The parser knows no schema, so that fields of forks come through; `decode` gives the fields of a message their types.
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
from translator.attrs import Attrs
from translator.dialects.caffe.schema import ENUMS, SCALARS, enum_names, fields

MAX_DEPTH = 64
"""How deep messages may nest; Caffe's own nest 5 deep."""
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
    r"""[\s,;]*(?:\#[^\n]*[\s,;]*)*
    (?: (?P<word>[A-Za-z0-9_.+\-/]+)
      | (?P<mark>[{}<>:\[\]])
      | (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')
      | (?P<other>.)
      | (?P<end>\Z) )""",
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


_LIKELY = (
    (
        re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)"),
        "this looks like an unresolved merge conflict: keep one of its sides",
    ),
    (re.compile(r"\$\{|\{\{|\}\}|\{%|<%|@\w+@|%\(\w+\)|\$\w"), "this looks like a template: fill it in first"),
)
"""What a line with a mistake may be, by what it looks like."""


class _Stop(Exception):
    """Too many errors, or one that nothing can follow."""


class _Parser:
    """One pass over the tokens, with the messages that are open kept on a stack."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source = source
        self.report = report
        self.errors = 0
        self.tokens = _TOKEN.finditer(source.text)
        self.kind, self.text, self.offset = "", "", 0
        self.advance()

    def advance(self) -> None:
        match = next(self.tokens, None)
        if match is None:
            self.kind, self.text = "end", ""
            return
        self.kind = match.lastgroup or "end"
        self.text = match[self.kind]
        self.offset = match.start(self.kind)

    def error(self, message: str, offset: int | None = None, hint: str = "") -> None:
        self.errors += 1
        at = self.offset if offset is None else offset
        line, _ = self.source.around(at, 200)
        hint = hint or next((told for pattern, told in _LIKELY if pattern.search(line)), "")
        self.report.add("syntax", message, Origin(self.source, at), hint=hint)
        if self.errors >= MAX_ERRORS:
            raise _Stop

    def found(self) -> str:
        return "the end of the file" if self.kind == "end" else repr(self.text)

    def parse(self) -> Message:
        root = Message([], 0)
        stack: list[tuple[Message, str]] = [(root, "")]
        while self.kind != "end":
            message, closing = stack[-1]
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

    def field(self, message: Message, stack: list[tuple[Message, str]]) -> None:
        """Read `name: value`, `name: [values]`, or `name {`, which opens a message."""
        name, offset = self.text, self.offset
        self.advance()
        colon = self.kind == "mark" and self.text == ":"
        if colon:
            self.advance()
        if self.kind == "mark" and self.text in "{<":
            inner = Message([], offset)
            message.fields.append((name, inner, offset))
            stack.append((inner, "}" if self.text == "{" else ">"))
            if len(stack) > MAX_DEPTH:
                self.error(f"messages nest deeper than {MAX_DEPTH}")
                raise _Stop
            self.advance()
        elif self.kind == "mark" and self.text == "[" and colon:
            self.advance()
            while self.kind in ("word", "string"):
                message.fields.append((name, self.scalar(), offset))
            if self.text != "]":
                self.error(f"expected a value or ']', found {self.found()}")
            self.advance()
        elif self.kind in ("word", "string") and (colon or self.on_line_of(offset)):
            if not colon:
                self.error(f"expected ':' after {name!r}, found {self.found()}", hint=f"write {name}: {self.text}")
            message.fields.append((name, self.scalar(), offset))
        else:
            self.error(f"expected a value for {name!r}, found {self.found()}")
            if self.kind == "other":
                self.skip_line()

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
        self.tokens = _TOKEN.finditer(self.source.text, len(self.source.text) if end < 0 else end)
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


def decode(message: Message, name: str, source: Source, report: Report) -> Attrs:
    """Give the fields of a message of Caffe's the types that its schema names.

    Fields that the schema does not know keep the type of their token. A value of the wrong type is reported (`value`).
    """
    schema = fields(name)
    attrs = Attrs(source=source, offset=message.offset)
    many: dict[str, list[Any]] = {}
    for field, value, offset in message.fields:
        spec = schema.get(field)
        kind = spec.type if spec else ""
        if isinstance(value, Message):
            if kind in SCALARS or kind in ENUMS:
                report.add("value", f"{field} is a {kind}, not a message", Origin(source, offset))
                continue
            decoded: Any = decode(value, kind, source, report)
        else:
            decoded = _scalar(value, field, kind, source, report)
            if decoded is None:
                continue
        attrs.places.setdefault(field, value.offset)
        if spec and spec.repeated:
            many.setdefault(field, []).append(decoded)
        elif spec or field not in attrs:
            attrs[field] = decoded
        else:
            many.setdefault(field, [attrs[field]]).append(decoded)
    attrs.update((field, tuple(values)) for field, values in many.items())
    return attrs


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fF]?\Z")
_WHOLE = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|\d+)\Z")
_TRUTH = {"true": True, "True": True, "t": True, "1": True, "false": False, "False": False, "f": False, "0": False}


def _scalar(value: Scalar, field: str, kind: str, source: Source, report: Report) -> Any:
    """Return a value as its type asks for, or None after reporting that it is not of it."""
    text = value.text
    wanted = ""
    if kind == "string":
        if value.quoted:
            return text
        wanted = "a text in quotes"
    elif kind in ENUMS:
        if text in ENUMS[kind]:
            return text
        if text.isascii() and text.isdigit() and len(text) < 25 and int(text) in enum_names(kind):
            return enum_names(kind)[int(text)]
        # Forks add values to Caffe's enums; what they mean is for the mapping to say.
        return text
    elif kind == "bool":
        if text in _TRUTH and not value.quoted:
            return _TRUTH[text]
        wanted = "true or false"
    elif kind in ("float", "double"):
        if not value.quoted and _NUMBER.match(text):
            return float(text.rstrip("fF"))
        if text.lower().lstrip("+-") in ("inf", "infinity", "nan"):
            return float(text)
        wanted = "a number"
    elif kind:
        if not value.quoted and _WHOLE.match(text) and len(text) < 25:
            number = int(text, 16) if "x" in text.lower() else int(text)
            if number >= 0 or kind != "uint32":
                return number
        wanted = "a whole number" + (", 0 or more" if kind == "uint32" else "")
    else:
        return _untyped(value)
    report.add("value", f"{field} must be {wanted}, not {text!r}", Origin(source, value.offset))
    return None


def _untyped(value: Scalar) -> Any:
    if value.quoted:
        return value.text
    if value.text in ("true", "false"):
        return value.text == "true"
    if _WHOLE.match(value.text) and len(value.text) < 25:
        return int(value.text, 16) if "x" in value.text.lower() else int(value.text)
    if _NUMBER.match(value.text):
        return float(value.text.rstrip("fF"))
    return value.text


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
        if kind in ENUMS:
            return value
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{quoted}"'
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)
