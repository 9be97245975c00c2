"""The source of LaTeX as it is set: without comments, and with what the author's own commands stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HELD = r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"
"""What stands between braces, which may hold others, three deep."""
DEEPEST = 4
"""How often commands are put in at most that stand within other commands."""
LONGEST = 4
"""How many times as long as before a source becomes at most by its commands, which may stand for each other."""
_UNSET = re.compile(r"(?<!\\)%[^\n]*")
_LEFT_OUT = (
    (re.compile(r"\\iffalse\b"), re.compile(r"\\fi\b")),
    (re.compile(r"\\begin\{comment\}"), re.compile(r"\\end\{comment\}")),
)
"""Between what and what else nothing is set."""
_DEFINITION = re.compile(
    r"\\(?:re)?newcommand\*?\s*(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))\s*"
    rf"(?:\[(?P<many>\d)\])?\s*(?:\[(?P<first>[^]]*)\])?\s*\{{(?P<body>{HELD})\}}"
    rf"|\\(?:def|DeclareMathOperator\*?)\s*\{{?\\(?P<plain>[A-Za-z]+)\}}?(?P<places>(?:#\d)*)\s*\{{(?P<meant>{HELD})\}}"
)
_HOISTED = re.compile(
    rf"(?P<start>\\begin\{{(?:longtable|supertabular|xltabular|longtabu)\}}(?:\[\w*\])?(?:\s*\{{{HELD}\}}){{1,2}})\s*"
    rf"(?P<caption>\\caption\*?(?:\[[^]]*\])?\s*\{{{HELD}\}})(?:\s*\\label\{{[^}}]*\}})?\s*(?:\\\\|\\tabularnewline)?"
)
"""A table over several pages, within which its caption stands."""


@dataclass(frozen=True)
class _Command:
    """What a command stands for: how many arguments it takes, and what the first one is where it is left out."""

    body: str
    many: int = 0
    first: str | None = None


def plain_source(text: str) -> str:
    """Return a source without what is not set, its author's commands put in, and captions in front of long tables."""
    text = _UNSET.sub(" ", text.replace("\\providecommand", "\\newcommand"))
    for begin, end in _LEFT_OUT:
        text = _without(text, begin, end)
    text = re.split(r"\\endinput\b", text, maxsplit=1)[0]
    if commands := dict(_commands(text)):
        text = _put_in(_DEFINITION.sub(" ", text), commands)
    return _HOISTED.sub(r"\g<caption>\n\g<start>", text)


def _without(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Return a text without what stands between a beginning and the next end; in one pass, however many there are."""
    parts, place = [], 0
    while (start := begin.search(text, place)) and (stop := end.search(text, start.end())):
        parts.append(text[place : start.start()])
        place = stop.end()
    return " ".join([*parts, text[place:]])


def _commands(text: str) -> Iterator[tuple[str, _Command]]:
    for found in _DEFINITION.finditer(text):
        if found["plain"]:
            yield found["plain"], _Command(found["meant"], len(found["places"]) // 2)
        else:
            yield found["braced"] or found["bare"], _Command(found["body"], int(found["many"] or 0), found["first"])


def _put_in(text: str, commands: Mapping[str, _Command]) -> str:
    """Return a text with what its commands stand for, those within them too, up to a length."""
    most = LONGEST * len(text) + 10_000
    names = re.compile(rf"\\({'|'.join(commands)})(?![A-Za-z])")
    for _ in range(DEEPEST):
        changed = _once(text, names, commands, most)
        if changed == text or len(changed) > most:
            break
        text = changed
    return text


def _once(text: str, names: re.Pattern[str], commands: Mapping[str, _Command], most: int) -> str:
    parts: list[str] = []
    place = length = 0
    for found in names.finditer(text):
        if found.start() < place or length > most:
            continue  # It is an argument of one that was put in, or there are too many.
        given, end = _arguments(text, found.end(), commands[found[1]])
        if given is not None:
            parts += [text[place : found.start()], _filled(commands[found[1]].body, given)]
            length += len(parts[-1])
            place = end
    return "".join([*parts, text[place:]])


_OPTION = re.compile(r"\s*\[([^]]*)\]")
_ARGUMENT = re.compile(rf"\s*(?:\{{(?P<held>{HELD})\}}|(?P<letter>[^\s\\{{}}]))")


def _arguments(text: str, place: int, command: _Command) -> tuple[list[str] | None, int]:
    """Return what is given to a command that stands before a place, and where that ends; None where it is not all."""
    given = []
    if command.first is not None and command.many:
        own = _OPTION.match(text, place)
        given.append(own[1] if own else command.first)
        place = own.end() if own else place
    while len(given) < command.many:
        own = _ARGUMENT.match(text, place)
        if own is None:
            return None, place
        given.append(own["letter"] or own["held"] or "")
        place = own.end()
    return given, place + 2 * (not command.many and text.startswith("{}", place))


def _filled(body: str, given: list[str]) -> str:
    """Return the body of a command with what is given to it; a name at its end stays apart from what follows."""
    said = re.sub(r"#([1-9])", lambda found: "".join(given[int(found[1]) - 1 : int(found[1])]), body)
    return f"{{{said}}}" if re.search(r"\\[A-Za-z]+\s*$", said) else said
