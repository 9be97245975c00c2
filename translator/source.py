"""Python source as a small tree of statements, and the one printer that renders it as a formatter would.

Writers of source build expressions and statements; nothing else puts brackets, quotes and line ends together.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

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


Expression = Name | Call | Sum
"""An expression; literals stand for themselves."""


@dataclass(frozen=True)
class Assign:
    """`target = value`."""

    target: str
    value: Any


@dataclass(frozen=True)
class Return:
    """`return value`."""

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
    """A line that ends in a colon, and what is indented below it."""

    head: str
    body: Sequence[Statement]


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
            yield from (f"{space}{line}" for line in each.head.split("\n"))
            yield from render(each.body, indent + 1)
        elif isinstance(each, Assign):
            yield from _lines(f"{space}{each.target} = ", each.value, "", indent)
        elif isinstance(each, Return):
            yield from _lines(f"{space}return ", each.value, "", indent)
        else:
            yield from _lines(space, each, "", indent)


def text(value: Any) -> str:
    """Return an expression on one line."""
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Call):
        parts = [text(each) for each in value.args] + [f"{key}={text(each)}" for key, each in value.kwargs.items()]
        return f"{_function(value)}({', '.join(parts)})"
    if isinstance(value, Sum):
        return f" {value.operator} ".join(text(each) for each in value.terms)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(text(each) for each in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}: {text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return repr(value)


def _function(call: Call) -> str:
    return call.function if isinstance(call.function, str) else text(call.function)


def _quoted(value: str) -> str:
    plain = repr(value)
    if plain.startswith("'") and '"' not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def _lines(before: str, value: Any, after: str, indent: int) -> Iterator[str]:
    """Yield an expression, broken at its outermost brackets where it is too long for a line."""
    whole = f"{before}{text(value)}{after}"
    opened = _opened(value)
    if len(whole) <= WIDTH or opened is None:
        yield whole
        return
    head, items, closing = opened
    space = "    " * (indent + 1)
    joined = ", ".join(each for each, _, _ in items)
    yield f"{before}{head}"
    if len(space) + len(joined) <= WIDTH and not (isinstance(value, (list, tuple))):
        yield f"{space}{joined}"
    else:
        for _, prefix, item in items:
            yield from _lines(f"{space}{prefix}", item, ",", indent + 1)
    yield f"{'    ' * indent}{closing}{after}"


def _opened(value: Any) -> tuple[str, list[tuple[str, str, Any]], str] | None:
    """Return what stands before the last brackets, the items within (as text, prefix and value), and what follows.

    The arguments of a Keras layer that is applied at once are broken before the one it is applied to.
    """
    if isinstance(value, Call):
        inner = value.function
        if isinstance(inner, Call) and not value.kwargs and len(text(value)) - len(text(inner)) < WIDTH // 2:
            head, items, closing = _opened(inner) or ("", [], "")
            return (head, items, closing + text(value)[len(text(inner)) :]) if items else None
        items = [(text(each), "", each) for each in value.args]
        items += [(f"{key}={text(each)}", f"{key}=", each) for key, each in value.kwargs.items()]
        return (f"{_function(value)}(", items, ")") if items else None
    if isinstance(value, (list, tuple)) and value:
        brackets = "[]" if isinstance(value, list) else "()"
        return brackets[0], [(text(each), "", each) for each in value], brackets[1]
    if isinstance(value, dict) and value:
        return "{", [(f"{text(key)}: {text(each)}", f"{text(key)}: ", each) for key, each in value.items()], "}"
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


def identifier(name: str, fallback: str = "layer") -> str:
    """Return a name as a Python identifier.

    >>> identifier("conv1/7x7_s2"), identifier("3x3"), identifier("class")
    ('conv1_7x7_s2', '_3x3', 'class_')
    """
    plain = re.sub(r"\W", "_", name, flags=re.ASCII) or fallback
    if plain[0].isdigit():
        plain = f"_{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain


class Names:
    """Gives each thing an identifier that no other has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._names: dict[Any, str] = {}

    def of(self, thing: Any, name: str) -> str:
        """Return the identifier of a thing, made from a name the first time."""
        if thing not in self._names:
            plain = unique = identifier(name)
            count = 1
            while unique in self._taken:
                count += 1
                unique = f"{plain}_{count}"
            self._taken.add(unique)
            self._names[thing] = unique
        return self._names[thing]


def class_name(name: str, fallback: str = "Net") -> str:
    """Return a name as that of a class.

    >>> class_name("lenet"), class_name("VGG_ILSVRC_16_layers"), class_name("")
    ('Lenet', 'VGGILSVRC16Layers', 'Net')
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[0].upper() + word[1:] for word in words) or fallback
    return f"Net{joined}" if joined[0].isdigit() else joined


def function_name(name: str, fallback: str = "net") -> str:
    """Return a name as that of a function.

    >>> function_name("GoogleNet"), function_name("VGG 16-layers"), function_name("")
    ('googlenet', 'vgg_16_layers', 'net')
    """
    plain = "_".join(re.findall(r"[A-Za-z0-9]+", name)).lower()
    return identifier(plain, fallback) if plain else fallback
