"""A JSON document's bytes to plain data."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from ir.diagnostics import Report
from ir.json_text import flaws
from ir.origin import Origin, Source
from translator.bounds import VALUES, decoded, is_json_too_long

MAX_DEPTH = 64
"""How deep a document may nest."""
MOST = 100
"""Flaws of one kind that are shown."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(name: str, raw: bytes, report: Report, *, infinite: bool = False) -> tuple[Any, Source]:
    """Return a JSON document and its source; what is no JSON is reported (`syntax`, `value`).

    With `infinite` the words that Python writes for numbers that are not finite are let pass.
    """
    if is_json_too_long(raw):
        source = Source(name)
        report.add("syntax", f"holds more than {VALUES} values, which no model has", Origin(source))
        return None, source
    source = decoded(name, raw, report)
    if report.error_count():
        return None, source
    odd: list[str] = []
    document = _load(source, odd, report, infinite)
    if odd and not report.error_count():
        places = list(islice(flaws(source.text), MOST))
        for offset, message in places:
            report.add("value", message, Origin(source, offset))
        if not places:
            report.add("value", odd[0], Origin(source))
    if not report.error_count():
        _check(document, source, report)
    return document, source


def _load(source: Source, odd: list[str], report: Report, infinite: bool) -> Any:
    """Return the document; what Python lets pass and JSON does not have is put in `odd`."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            odd.append("a key stands twice in one object")
        return found

    def constant(word: str) -> float | None:
        if infinite:
            return float(word)
        odd.append(f"{word} is no JSON number")
        return None

    try:
        return json.loads(source.text, object_pairs_hook=unique, parse_constant=constant)
    except json.JSONDecodeError as error:
        report.add("syntax", f"is not JSON: {error.msg}", Origin(source, error.pos))
    except RecursionError:
        report.add("syntax", f"nests deeper than {MAX_DEPTH} levels", Origin(source))
    except ValueError:  # Python reads no number of more than 4,300 digits.
        report.add("value", "holds a number of too many digits", Origin(source))
    return None


def _check(document: Any, source: Source, report: Report) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list))]
        level = [value for values in inner for value in values if isinstance(value, (dict, list))]
        if depth > MAX_DEPTH:
            report.add("syntax", f"nests deeper than {MAX_DEPTH} levels", Origin(source))
            return
    if escape := _SURROGATE.search(source.text):
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            report.add(
                "value", "holds half a character: a surrogate without its other half", Origin(source, escape.start())
            )
