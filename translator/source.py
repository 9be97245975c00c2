"""Python source as a small tree of statements, and the one printer that renders it as a formatter would.

Writers of source build expressions and statements; nothing else puts brackets, quotes and line ends together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from translator.naming import Names as Names
from translator.naming import class_name as class_name
from translator.naming import function_name as function_name
from translator.naming import identifier as identifier

WIDTH = 100
"""Characters in a line."""


@dataclass(frozen=True)
class Name:
    """Text that stands as it is: a variable, a dotted name, an operator expression."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call. What is called may be a call itself: a Keras layer, applied to its input."""

    function: Expression | str
    args: Sequence[Any] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sum:
    """Expressions with an operator between them."""

    operator: str
    terms: Sequence[Any]


@dataclass(frozen=True)
class Index:
    """`value[items]`; a slice is a Name."""

    value: Name | Call
    items: Sequence[Any]


Expression = Name | Call | Index | Sum
"""An expression; literals stand for themselves."""


@dataclass(frozen=True)
class Assign:
    """`target = value`."""

    target: str
    value: Any


@dataclass(frozen=True)
class Return:
    """`return value`; of a tuple, without brackets where it fits in a line."""

    value: Any


@dataclass(frozen=True)
class Line:
    """A line of source as it is."""

    text: str = ""


@dataclass(frozen=True)
class Comment:
    """A comment, broken over lines where it is long."""

    text: str


@dataclass(frozen=True)
class Block:
    """A line that ends in a colon, and what is indented below it.

    A head that may be long is a call without the colon: `Call("def forward", [Name("self"), ...])`, and what the
    function gives.
    """

    head: str | Call
    body: Sequence[Statement]
    gives: str = ""


Statement = Assign | Return | Line | Comment | Block | Call


def render(statements: Iterable[Statement], indent: int = 0) -> Iterator[str]:
    """Yield the lines of statements."""
    space = "    " * indent
    for each in statements:
        if isinstance(each, Line):
            yield from (f"{space}{line}".rstrip() for line in each.text.split("\n"))
        elif isinstance(each, Comment):
            yield from (f"{space}# {line}" for line in _wrapped(each.text, WIDTH - 2 - len(space)))
        elif isinstance(each, Block):
            if isinstance(each.head, str):
                yield from (f"{space}{line}" for line in each.head.split("\n"))
            else:
                yield from _lines(space, each.head, f" -> {each.gives}:" if each.gives else ":", indent)
            yield from render(each.body, indent + 1)
        elif isinstance(each, Assign):
            yield from _right_side(f"{space}{each.target} = ", each.value, indent)
        elif isinstance(each, Return):
            yield from _right_side(f"{space}return ", each.value, indent)
        else:
            yield from _lines(space, each, "", indent)


def text(value: Any) -> str:
    """Return an expression on one line."""
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Call):
        return f"{_function(value)}({', '.join(map(text, value.args))}{_keywords(value)})"
    if isinstance(value, Index):
        return f"{text(value.value)}[{', '.join(map(text, value.items))}]"
    if isinstance(value, Sum):
        return _operation(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(text(each) for each in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}: {text(each)}" for key, each in value.items()) + "}"
    return _number(value) if isinstance(value, float) else repr(value)


def _function(call: Call) -> str:
    return call.function if isinstance(call.function, str) else text(call.function)


def _keywords(call: Call) -> str:
    said = ", ".join(f"{key}={text(each)}" for key, each in call.kwargs.items())
    return f", {said}" if said and call.args else said


def _number(value: float) -> str:
    """Write a number as people do: 1e-5, where Python says 1e-05."""
    if value != value or value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return re.sub(r"e([-+])0*(\d)", lambda found: f"e{found[1].strip('+')}{found[2]}", repr(value))


def _quoted(value: str) -> str:
    """Write a text in double quotes, unless single ones spare it escapes."""
    plain = repr(value)
    quote = "'" if value.count('"') > value.count("'") else '"'
    if plain[0] == quote:
        return plain
    inner = plain[1:-1].replace("\\'", "'")
    return f"{quote}{inner}{quote}" if quote == "'" else f'"{re.sub(QUOTE, _escaped, inner)}"'


QUOTE = re.compile(r'\\.|"')


def _escaped(found: re.Match[str]) -> str:
    return '\\"' if found[0] == '"' else found[0]


_LEVELS = ("or", "and", "== > < >= <=", "+ -", "* / @", "**")
_BINDING = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators.split()}
_SIMPLE = re.compile(r"-?[\w.]+")


def _operation(sum_: Sum) -> str:
    return f" {sum_.operator} ".join(_terms(sum_)) if not _is_tight(sum_) else "**".join(_terms(sum_))


def _is_tight(sum_: Sum) -> bool:
    """Tell whether an operator stands without spaces: a power of plain names and numbers."""
    return sum_.operator == "**" and all(_SIMPLE.fullmatch(each) for each in _terms(sum_))


def _terms(sum_: Sum) -> list[str]:
    """Return the operands, in brackets where they bind less."""
    own = _BINDING.get(sum_.operator, 0)

    def term(i: int, each: Any) -> str:
        said = text(each)
        inner = _BINDING.get(each.operator, 0) if isinstance(each, Sum) else len(_LEVELS)
        if sum_.operator == "**" and not i and said.startswith("-"):
            inner = 0
        return f"({said})" if inner < own or (inner == own and i and sum_.operator in "-/") else said

    return [term(i, each) for i, each in enumerate(sum_.terms)]


def _right_side(before: str, value: Any, indent: int) -> Iterator[str]:
    """Yield what is assigned or returned; what has no brackets of its own is put in some where it is too long."""
    space = "    " * (indent + 1)
    bare = isinstance(value, tuple) and len(value) > 1 and before.endswith("return ")
    said = text(value)[1:-1] if bare else text(value)
    whole = f"{before}{said}"
    if len(whole) <= WIDTH:
        yield whole
    elif (
        isinstance(value, Sum)
        and (opener := _last_call(value))
        and len(f"{before}{opener}{_function(value.terms[1])}(") <= WIDTH
    ):
        yield from _lines(before + opener, value.terms[1], "", indent)
    elif isinstance(value, Sum) or _is_closed(before, value, space):
        yield f"{before}("
        yield from _lines(space, value, "", indent + 1)
        yield f"{space[:-4]})"
    else:
        yield from _lines(before, value, "", indent)


def _is_closed(before: str, value: Any, space: str) -> bool:
    """Tell whether a value fits into a line of its own, at least up to its first bracket, but not into this one."""
    while isinstance(value, Call) and isinstance(value.function, Call):
        value = value.function
    opened = _opened(value)
    head = text(value) if opened is None else opened[0]
    return len(before) + len(head) > WIDTH >= len(space) + len(head)


def _last_call(value: Sum) -> str:
    """Return what stands before the call that is the second of two operands, "" where there is none."""
    if len(value.terms) != 2 or not (isinstance(value.terms[1], Call) and _opened(value.terms[1])):
        return ""
    return f"{_terms(value)[0]} {value.operator} "


def _lines(before: str, value: Any, after: str, indent: int) -> Iterator[str]:
    """Yield an expression, broken at its outermost brackets where it is too long for a line."""
    whole = f"{before}{text(value)}{after}"
    if len(whole) <= WIDTH:
        yield whole
        return
    if isinstance(value, Sum):
        yield from _broken_sum(before, value, after, indent)
        return
    if isinstance(value, Call) and isinstance(value.function, Call) and len(f"{before}{_function(value)}(") > WIDTH:
        *lines, last = _lines(before, value.function, "(", indent)
        yield from lines
        yield from _lines(last.removesuffix("("), Call("", value.args, value.kwargs), after, indent)
        return
    opened = _opened(value)
    if opened is None:
        yield whole
        return
    head, items, closing = opened
    space = "    " * (indent + 1)
    joined = ", ".join(prefix + text(item) for prefix, item in items)
    yield f"{before}{head}"
    if len(space) + len(joined) <= WIDTH and isinstance(value, (Call, Index)):
        yield f"{space}{joined}"
    else:
        for prefix, item in items:
            yield from _lines(f"{space}{prefix}", item, ",", indent + 1)
    yield f"{'    ' * indent}{closing}{after}"


def _broken_sum(before: str, value: Sum, after: str, indent: int) -> Iterator[str]:
    """Yield the operands on lines of their own, each behind its operator."""
    space = "    " * indent
    terms = _terms(value)
    for i, each in enumerate(terms):
        start = f"{space}{value.operator} " if i else before
        end = after if i == len(terms) - 1 else ""
        plain = text(value.terms[i]) == each
        yield from _lines(start, value.terms[i] if plain else Name(each), end, indent)


def _opened(value: Any) -> tuple[str, list[tuple[str, Any]], str] | None:
    """Return what stands up to the last brackets, the items within (each with what stands before it), and the end."""
    if isinstance(value, Call):
        items = [("", each) for each in value.args] + [(f"{key}=", each) for key, each in value.kwargs.items()]
        return (f"{_function(value)}(", items, ")") if items else None
    if isinstance(value, Index):
        return f"{text(value.value)}[", [("", each) for each in value.items], "]"
    if isinstance(value, (list, tuple)) and value:
        brackets = "[]" if isinstance(value, list) else "()"
        return brackets[0], [("", each) for each in value], brackets[1]
    if isinstance(value, dict) and value:
        return "{", [(f"{text(key)}: ", each) for key, each in value.items()], "}"
    return None


def _wrapped(comment: str, width: int) -> Iterator[str]:
    line = ""
    for word in comment.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
