"""The fields of a parsed prototxt with the types that Caffe's schema names."""

from __future__ import annotations

import re
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from translator.attrs import Attrs, Symbol
from translator.dialects.caffe.schema import ENUMS, SCALARS, enum_names, fields
from translator.dialects.caffe.syntax import Message, Scalar


def decode(message: Message, name: str, source: Source, report: Report) -> Attrs:
    """Give the fields of a message of Caffe's the types that its schema names.

    Fields that the schema does not know keep the type of their token. A value of the wrong type is reported (`value`),
    and so is a second value of a field that has one: Caffe's parser takes no such file.
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
        if spec and not spec.repeated and field in attrs:
            if all(each.code != "syntax" for each in report):  # Of a merge that is not resolved that was told.
                report.add("value", f"{field} is given twice; Caffe takes one", Origin(source, offset))
        elif spec and spec.repeated:
            many.setdefault(field, []).append(decoded)
        elif spec or field not in attrs:
            attrs[field] = decoded
        else:
            many.setdefault(field, [attrs[field]]).append(decoded)
    attrs.update((field, tuple(values)) for field, values in many.items())
    return attrs


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fF]?\Z")
_NOT_FINITE = re.compile(r"[+-]?(?:inf(?:inity)?|nan)\Z", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)\Z")
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
        if not value.quoted and _NOT_FINITE.match(text):
            return float(text)
        wanted = "a number"
    elif kind:
        number = None if value.quoted else _whole(text)
        if number is not None and (number >= 0 or kind != "uint32"):
            return number
        wanted = "a whole number" + (", 0 or more" if kind == "uint32" else "")
    else:
        return _untyped(value)
    blank = "number" in wanted and not value.quoted and text.isidentifier()
    hint = "if this is a template, fill it in first" if blank else ""
    report.add("value", f"{field} must be {wanted}, not {text!r}", Origin(source, value.offset), hint=hint)
    return None


def _whole(text: str) -> int | None:
    """Return a whole number as protobuf reads it, in which a 0 in front makes it octal; None where it is none."""
    if not _WHOLE.match(text) or len(text) > 24:
        return None
    digits = text.lstrip("+-")
    base = 16 if digits[1:2] in ("x", "X") else 8 if digits[0] == "0" else 10
    return int(text, base)


def _untyped(value: Scalar) -> Any:
    if value.quoted:
        return value.text
    if value.text in ("true", "false"):
        return value.text == "true"
    if (number := _whole(value.text)) is not None:
        return number
    if _NUMBER.match(value.text):
        return float(value.text.rstrip("fF"))
    return Symbol(value.text)
