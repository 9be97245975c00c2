"""What a check is to look at: from the command line, or from `translate.toml` or pyproject's [tool.translate]."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ir.diagnostics import CODES

SEVERITIES = ("note", "warning", "error")
"""From the least to the gravest."""
ALWAYS = ("file", "format", "syntax")
"""Codes that cannot be left out: there is no model to be checked."""


class SettingsError(ValueError):
    """Settings that mean nothing; the message says which and where."""


@dataclass(frozen=True)
class Settings:
    """What is looked at and how grave it is.

    - `select`, `ignore`: codes that alone are looked at (none for all), and codes that are not;
    - `severity`: how grave a code is, where not as it comes;
    - `fail_on`: from which severity on a check fails;
    - `grammar`: the profile, by its name or the path of its file;
    - `exclude`: patterns of files that are left out;
    - `per_file_ignores`: codes that are not looked at in files of a pattern;
    - `baseline`: the file with what is accepted.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    fail_on: str = "error"
    grammar: str = ""
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baseline: Path | None = None

    def looks_at(self, code: str, file: str) -> bool:
        """Tell whether a code counts in a file."""
        if code in ALWAYS:
            return True
        ignored = {each for pattern, codes in self.per_file_ignores.items() if matches(file, pattern) for each in codes}
        return (not self.select or code in self.select) and code not in self.ignore and code not in ignored

    def severity_of(self, code: str, severity: str) -> str:
        """Return how grave a code is."""
        return self.severity.get(code, severity)

    def fails(self, severity: str) -> bool:
        """Tell whether a check with a finding of this severity fails."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.fail_on)


def matches(file: str, pattern: str) -> bool:
    """Tell whether a file is of a pattern: of its whole path, of its end, or within a folder of that name."""
    path = Path(file).as_posix()
    return any(fnmatch(path, each) for each in (pattern, f"*/{pattern}", f"{pattern}/*", f"*/{pattern}/*"))


def find(start: Path) -> Settings:
    """Return the settings of the nearest folder that has any: `translate.toml`, or pyproject's [tool.translate]."""
    for folder in (start, *start.parents):
        own, project = folder / "translate.toml", folder / "pyproject.toml"
        if own.is_file():
            return read(own)
        if project.is_file() and (table := _load(project).get("tool", {}).get("translate")) is not None:
            return of_table(table, project)
    return Settings()


def read(path: Path) -> Settings:
    """Return the settings of a file."""
    document = _load(path)
    return of_table(
        document.get("tool", {}).get("translate", document) if path.name == "pyproject.toml" else document, path
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from None


def of_table(table: Any, path: Path) -> Settings:
    """Return the settings that a table holds, its keys with hyphens; paths are relative to its file."""
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: [tool.translate] is a table")
    names = {each.replace("_", "-"): each for each in Settings.__dataclass_fields__}
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = names.get(key)
        if name is None:
            raise SettingsError(f"{path}: there is no setting {key!r}; those are {', '.join(names)}")
        values[name] = _value(name, value, path)
    return checked(replace(Settings(), **values), str(path))


def _value(name: str, value: Any, path: Path) -> Any:
    if name in ("select", "ignore", "exclude"):
        return _words(name, value, path)
    if name == "per_file_ignores" and isinstance(value, dict):
        return {key: _words(key, each, path) for key, each in value.items()}
    if name == "severity" and isinstance(value, dict):
        return value
    if name in ("fail_on", "grammar", "baseline") and isinstance(value, str):
        beside = path.parent / value
        if name == "baseline":
            return beside
        return str(beside) if name == "grammar" and beside.is_file() else value
    raise SettingsError(f"{path}: {name.replace('_', '-')} cannot be {value!r}")


def _words(name: str, value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f"{path}: {name} is a list of texts, not {value!r}")
    return tuple(value)


def checked(settings: Settings, where: str) -> Settings:
    """Return settings whose codes and severities there are; raise SettingsError otherwise."""
    ignored = [code for codes in settings.per_file_ignores.values() for code in codes]
    known_codes((*settings.select, *settings.ignore, *settings.severity, *ignored), where)
    for severity in (settings.fail_on, *settings.severity.values()):
        if severity not in SEVERITIES:
            raise SettingsError(f"{where}: there is no severity {severity!r}; those are {', '.join(SEVERITIES)}")
    return settings


def known_codes(codes: Iterable[str], where: str) -> None:
    """Raise SettingsError where there is no such code."""
    for code in codes:
        if code not in CODES:
            near = get_close_matches(code, CODES, 1)
            hint = f"; did you mean {near[0]}?" if near else "; `translate check --explain` lists them"
            raise SettingsError(f"{where}: there is no code {code!r}{hint}")
