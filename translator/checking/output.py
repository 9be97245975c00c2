"""What a check found, in the forms that people and their tools read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ir.diagnostics import CODES
from translator.checking.run import Checked, Finding
from translator.checking.settings import SEVERITIES, Settings

Results = Sequence[Checked]


def summary(results: Results) -> str:
    """Return how many files there were and what was found, in a line."""
    counts = Counter(each.severity for result in results for each in result.findings)
    fixed = sum(bool(result.fixed) for result in results)
    parts = [_many(counts[name], name) for name in reversed(SEVERITIES) if counts[name]]
    told = f"{_many(len(results), 'file')} checked: {', '.join(parts) or 'nothing found'}"
    return told + (f", {fixed} mended" if fixed else "")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def as_json(results: Results, settings: Settings) -> str:
    """Return a list of plain objects."""
    found = [_entry(each) for result in results for each in result.findings]
    return json.dumps({"version": 1, "files": len(results), "findings": found}, indent=1, ensure_ascii=False)


def _entry(each: Finding) -> dict[str, Any]:
    keys = ("file", "line", "column", "pointer", "code", "severity", "message", "hint")
    return {key: value for key in keys if (value := getattr(each, key)) not in (None, "")}


def as_sarif(results: Results, settings: Settings) -> str:
    """Return SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""
    used = sorted({each.code for result in results for each in result.findings})
    rules = [{"id": code, "fullDescription": {"text": CODES[code].doc}} for code in used]
    driver = {"name": "translate check", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "results": [_sarif(each, used) for result in results for each in result.findings],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def _sarif(each: Finding, rules: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": Path(each.file).as_posix()}}
    if each.line is not None:
        place["region"] = {"startLine": each.line, "startColumn": each.column}
    hint = f" ({each.hint})" if each.hint else ""
    return {
        "ruleId": each.code,
        "ruleIndex": rules.index(each.code),
        "level": each.severity,
        "message": {"text": each.message + hint},
        "locations": [{"physicalLocation": place}],
    }


def as_junit(results: Results, settings: Settings) -> str:
    """Return a JUnit report in which each file is a test case, which fails by what the settings say fails."""
    failed = sum(any(settings.fails(each.severity) for each in result.findings) for result in results)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f'<testsuite name="translate check" tests="{len(results)}" failures="{failed}" errors="0">')
    for result in results:
        lines.append(f'  <testcase classname={quoteattr(result.file)} name="check">')
        failing = [each for each in result.findings if settings.fails(each.severity)]
        if failing:
            told = quoteattr(_clean("; ".join(each.message for each in failing)))
            lines.append(f"    <failure type={quoteattr(failing[0].code)} message={told}>")
            lines += [escape(_clean(each.text)) for each in failing]
            lines.append("    </failure>")
        rest = [each for each in result.findings if not settings.fails(each.severity)]
        if rest:
            lines.append(f"    <system-out>{escape(_clean(chr(10).join(each.text for each in rest)))}</system-out>")
        lines.append("  </testcase>")
    return "\n".join([*lines, "</testsuite>"])


def _clean(text: str) -> str:
    """Return a text without what XML 1.0 has no words for."""
    return "".join(each if each in "\t\n" or each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def as_github(results: Results, settings: Settings) -> str:
    """Return workflow commands, which GitHub shows at the lines of a change."""
    return "\n".join(_commands(results))


def _commands(results: Results) -> Iterator[str]:
    for result in results:
        for each in result.findings:
            level = {"note": "notice"}.get(each.severity, each.severity)
            place = {"file": Path(each.file).as_posix(), "line": each.line, "col": each.column, "title": each.code}
            said = ",".join(f"{key}={_escaped(str(value), True)}" for key, value in place.items() if value is not None)
            hint = f"\nhint: {each.hint}" if each.hint else ""
            yield f"::{level} {said}::{_escaped(each.message + hint)}"


def _escaped(text: str, in_property: bool = False) -> str:
    marks = {"%": "%25", "\r": "%0D", "\n": "%0A"} | ({":": "%3A", ",": "%2C"} if in_property else {})
    return "".join(marks.get(each, each) for each in text)


FORMATS: dict[str, Callable[[Results, Settings], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "github": as_github,
}
"""The forms by name, beside plain text."""
