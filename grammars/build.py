"""Derive the Lark grammar of a profile: a rule for each kind of tensor, and in it a production for each layer.

A sentence is a path of a design, `image() > Conv2D > ReLU > Flatten > Dense`. A join stands before what it joins, so
that the parser knows what it wants: `Add[image > Conv2D | image] > ReLU`. What other sentences have given stands there
by its kind alone; `image()` is an image that the model is given. Layers that take and give alike share a rule, so that
the table of the parser stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grammars.kinds import KINDS, Production, productions
from grammars.profiles import Profile

_SPELT = {"->": "to", "|": "or", "+": "plus", "*": "many", "?": "maybe"}


def words(profile: Profile) -> dict[str, str]:
    """Return the word in a sentence for each layer, and for each of its variants, with its terminal.

    >>> from grammars.profiles import everything
    >>> words(everything())["Dense"], words(everything())["Dense:axis"]
    ('DENSE', 'DENSE_AXIS')
    """
    found = [*profile.layers]
    found += [f"{name}:{variant}" for name, each in profile.layers.items() for variant in each.variants]
    return {word: re.sub(r"\W", "_", word).upper() for word in sorted(found)}


def build(profile: Profile) -> str:
    """Return the Lark grammar of a profile, for Lark's LALR(1) parser."""
    terminals = words(profile)
    groups: dict[tuple[str, bool], list[str]] = {}
    for word, terminal in terminals.items():
        name, _, variant = word.partition(":")
        allowed = profile.layers[name]
        grammar = allowed.variants[variant] if variant else allowed.grammar
        groups.setdefault((grammar, name in (profile.first or ())), []).append(terminal)
    rules: dict[str, list[str]] = {kind: _leaves(kind, profile) for kind in KINDS}
    named = {_rule(grammar, first): members for (grammar, first), members in groups.items()}
    for grammar, first in groups:
        for each in productions(grammar):
            rules[each.gives] += _said(each, _rule(grammar, first), first)
    return "\n".join(_lines(profile, rules | named, terminals)) + "\n"


def _leaves(kind: str, profile: Profile) -> list[str]:
    return [kind.upper()] if profile.first is not None else [kind.upper(), f"{kind.upper()}_INPUT"]


def _rule(grammar: str, first: bool) -> str:
    """Return the name of the rule for the layers of a grammar.

    >>> _rule("image, any -> image", False)
    '_image_any_to_image'
    """
    spelt = re.sub(r"->|[|+*?]", lambda mark: f" {_SPELT[mark[0]]} ", grammar)
    return "_" + "_".join(re.findall(r"\w+", spelt)) + "_first" * first


def _said(each: Production, rule: str, first: bool) -> Iterator[str]:
    """Yield a production in Lark's words."""
    if not each.takes:
        yield rule
    elif len(each.takes) == 1:
        for kind in each.takes[0]:
            yield f'{kind} ">" {rule}'
            if first:
                yield f'{kind.upper()}_INPUT ">" {rule}'
    if len(each.takes) > 1 or each.more:
        inner = ' "|" '.join(map(_either, each.takes))
        last = KINDS if each.takes[-1] == ("tensor",) else (*each.takes[-1], "tensor")
        yield f'{rule} "[" {inner}' + f' ("|" {_either(last)})*' * each.more + ' "]"'


def _either(kinds: tuple[str, ...]) -> str:
    kinds = tuple(dict.fromkeys(kinds))
    return "_any" if kinds == KINDS else kinds[0] if len(kinds) == 1 else f"({' | '.join(kinds)})"


def _lines(profile: Profile, rules: Mapping[str, list[str]], terminals: Mapping[str, str]) -> Iterator[str]:
    yield f"// {profile.title}"
    yield "// Derived: `make derive` writes it."
    yield ""
    yield f"start: {' | '.join(KINDS)}"
    yield f"_any: {' | '.join(KINDS)}"
    for rule, alternatives in rules.items():
        yield ""
        yield f"{rule}: " + f"\n{' ' * len(rule)}| ".join(dict.fromkeys(alternatives))
    yield ""
    for kind in KINDS:
        yield f'{kind.upper()}: "{kind}"'
        yield f'{kind.upper()}_INPUT: "{kind}()"'
    for word, terminal in terminals.items():
        yield f'{terminal}: "{word}"'
    yield ""
    yield '%ignore " "'
