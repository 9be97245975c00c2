"""The kinds of tensor that flow between layers, and what layers say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

KINDS = ("image", "sequence", "vector", "tokens", "volume", "tensor")
"""Kinds of tensor; a `tensor` is one of which no layer says what it is (a Reshape gives it), and goes anywhere."""

RANKS = {5: "volume", 4: "image", 3: "sequence", 2: "vector"}
"""What a tensor of a number of axes, the batch among them, is where nothing else tells."""

_TERM = re.compile(rf"(any|{'|'.join(KINDS)})([+*?]?)\Z")


class Term(NamedTuple):
    """One place in what a layer takes: a kind or any; `+` once or more often, `*` never or more, `?` once or not."""

    kind: str
    times: str = ""

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that may stand there."""
        return KINDS if self.kind == "any" else tuple(dict.fromkeys((self.kind, "tensor")))


class Signature(NamedTuple):
    """What a layer takes, and the kind of all that it gives: `same` is that of its first input."""

    takes: tuple[Term, ...]
    gives: str

    def arity(self) -> tuple[int, int | None]:
        """Return the least and the greatest number of inputs, None for no limit."""
        least = sum(term.times in ("", "+") for term in self.takes)
        return least, None if any(term.times in ("+", "*") for term in self.takes) else len(self.takes)


def signatures(grammar: str) -> list[Signature]:
    """Parse what a layer says of kinds.

    >>> signatures("image, any? -> image | tokens -> sequence")[1]
    Signature(takes=(Term(kind='tokens', times=''),), gives='sequence')

    `any` among what it gives is a tensor of no certain kind. Raises ValueError where it is no grammar of a layer.
    """
    return [_signature(each) for each in grammar.split("|")]


def _signature(text: str) -> Signature:
    left, arrow, right = (part.strip() for part in text.partition("->"))
    takes = [_TERM.match(each.strip()) for each in left.split(",")] if left else []
    given = {each.strip().rstrip("+*") for each in right.split(",")}
    gives = given.pop() if len(given) == 1 else ""
    if not arrow or not all(takes) or gives not in ("same", "any", *KINDS):
        raise ValueError(f"{text.strip()!r} does not say what a layer takes and gives, as in 'image, any -> image'")
    terms = tuple(Term(each[1], each[2]) for each in takes if each)
    if gives == "same" and not terms:
        raise ValueError(f"{text.strip()!r} gives the same as an input, and has none")
    return Signature(terms, "tensor" if gives == "any" else gives)


class Production(NamedTuple):
    """What a layer may take, some kinds for each input, and what it then gives; `more` lets the last repeat."""

    takes: tuple[tuple[str, ...], ...]
    gives: str
    more: bool = False


def productions(grammar: str) -> Iterator[Production]:
    """Yield the productions of a layer.

    Where a layer gives the same as it takes, there is one for each kind; inputs of `any+ -> same` are all of one kind.
    From a tensor of no certain kind two signatures may lead to different ones: then that is what it gives.
    """
    several = signatures(grammar)
    certain = {kind for each in several for kind in (each.takes[0].kinds() if each.takes else ()) if kind != "tensor"}
    vague = len(several) > 1 and len({each.gives for each in several}) > 1
    for signature in several:
        for made in _of(signature):
            if not (vague and made.takes and "tensor" in made.takes[0]):
                yield made
                continue
            first = tuple(kind for kind in made.takes[0] if kind in certain)
            if first:
                yield made._replace(takes=(first, *made.takes[1:]))
            yield made._replace(takes=(("tensor",), *made.takes[1:]), gives="tensor")


def _of(signature: Signature) -> Iterator[Production]:
    least, most = signature.arity()
    for length in range(least, (most if most is not None else max(least, len(signature.takes))) + 1):
        first, *rest = [term.kinds() for term in _kept(signature.takes, length)] or [()]
        more = most is None and length > 0
        if signature.gives != "same":
            yield Production((first, *rest) if length else (), signature.gives, more)
            continue
        for kind in first:
            alike = KINDS if kind == "tensor" else tuple(dict.fromkeys((kind, "tensor")))
            others = [alike if more else each for each in rest]
            yield Production(((kind,), *others), kind, more)


def _kept(terms: tuple[Term, ...], length: int) -> tuple[Term, ...]:
    """Return the terms of so many inputs: those that may be left out go from the end."""
    spare = len(terms) - length
    kept = []
    for term in reversed(terms):
        if spare > 0 and term.times in ("*", "?"):
            spare -= 1
        else:
            kept.append(term)
    return tuple(reversed(kept))
