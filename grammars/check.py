"""Check designs against a grammar: what may follow what, and what the parameters may be."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from lark import Lark, UnexpectedInput

from grammars.build import build, words
from grammars.kinds import RANKS, signatures
from grammars.profiles import Profile, each_value, everything, load
from ir.diagnostics import Report
from ir.graph import Graph, Node, Ref
from ir.layer import CATALOGUE, Layer

ARTICLES = {
    "image": "an image",
    "sequence": "a sequence",
    "vector": "a vector",
    "tokens": "token ids",
    "volume": "a volume",
    "tensor": "a tensor",
}
"""What people call a tensor of each kind."""


def word_of(layer: Layer, said: Container[str] = ()) -> str:
    """Return the word that stands for a layer in a sentence: its type, and behind a colon its variant.

    What picks a variant is a parameter that is not at its default, or is `said` though it is.
    """
    stated = {name for name in layer.variants if name in said} | layer.stated().keys() if layer.variants else ()
    variant = next((name for name in layer.variants if name in stated), "")
    return f"{type(layer).__name__}:{variant}" if variant else type(layer).__name__


class Grammar:
    """The grammar of a profile, with the parser that Lark makes of it."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.words = words(profile)
        self._known: dict[tuple[str, ...], str | None] = {}

    @cached_property
    def parser(self) -> Lark:
        """The parser, made when it is first asked."""
        return Lark(build(self.profile), parser="lalr", lexer="basic")

    def gives(self, word: str, takes: Sequence[str]) -> str | None:
        """Return the kind that a layer gives where it takes these, None where the grammar has no such sentence.

        What it takes is a kind, or with `()` behind it an input of the model: `("image()", "vector")`.
        """
        key = (word, *takes)
        if key not in self._known:
            self._known[key] = self._parse(_sentence(word, takes)) if word in self.words else None
        return self._known[key]

    def _parse(self, sentence: str) -> str | None:
        try:
            tree: Any = self.parser.parse(sentence)
            return str(tree.children[0].data)
        except UnexpectedInput:
            return None

    def may_follow(self, kind: str) -> list[str]:
        """Return the layers that may stand behind a kind of tensor, by the parser's own account.

        With `()` behind it the kind is that of an input of the model.
        """
        state: Any = self.parser.parse_interactive(f"{kind} >")
        try:
            state.exhaust_lexer()
        except UnexpectedInput:
            return []
        accepted = state.accepts()
        return [word for word, terminal in self.words.items() if terminal in accepted]


def _sentence(word: str, takes: Sequence[str]) -> str:
    if not takes:
        return word
    return f"{takes[0]} > {word}" if len(takes) == 1 else f"{word}[{' | '.join(takes)}]"


@cache
def grammar(name: str = "") -> Grammar:
    """Return the grammar of a profile: a bundled one, one in a file, or without a name that of the whole catalogue.

    Raises ProfileError or OSError as `profiles.load` does.
    """
    return Grammar(load(name) if name else everything())


def kinds_of_inputs(graph: Graph) -> dict[Ref, str]:
    """Return the kind of each input of a graph: by its number of axes, and token ids where a table looks them up."""
    found: dict[Ref, str] = {}
    looked_up: set[Ref] = set()
    for node in reversed(graph.nodes):
        if type(node.layer).__name__ == "Embed" or (node.layer.elementwise and looked_up.intersection(node.refs)):
            looked_up.update(node.inputs)
    for each in graph.inputs:
        ref = Ref(each.name)
        kind = RANKS.get(len(each.shape), "tensor")
        found[ref] = "tokens" if ref in looked_up and kind in ("vector", "tensor") else kind
    return found


def check_grammar(
    graph: Graph, rules: Grammar, report: Report, said: Mapping[str, Container[str]] | None = None
) -> dict[Ref, str]:
    """Report what a grammar does not allow (`grammar`, `range`), and return the kind of every tensor.

    `said` has the parameters that were written for a layer, by its name, where that is known.
    """
    kinds = kinds_of_inputs(graph)
    inputs = set(kinds)
    for node in graph.nodes:
        taken = [kinds.get(ref, "tensor") for ref in node.inputs]
        marked = [f"{kind}()" if ref in inputs else kind for ref, kind in zip(node.inputs, taken, strict=True)]
        word = word_of(node.layer, (said or {}).get(node.name, ()))
        given = rules.gives(word, marked)
        if given is None:
            message, hint = _refusal(node, word, taken, rules)
            report.add("grammar", message, node.origin, hint=hint)
            given = _likely(node.layer, taken)
        else:
            _check_spans(node, rules.profile, report)
        kinds.update(dict.fromkeys(node.refs, given))
    return kinds


def variant_that_fits(node: Node, kinds: Mapping[Ref, str], rules: Grammar) -> str:
    """Return the parameter that must be said, even at its default, for a layer to stand where it does; or none."""
    taken = [kinds.get(ref, "tensor") for ref in node.inputs]
    kind = type(node.layer).__name__
    if not node.layer.variants or rules.gives(word_of(node.layer), taken) is not None:
        return ""
    fits = (name for name in node.layer.variants if rules.gives(f"{kind}:{name}", taken) is not None)
    return next(fits, "")


def _likely(layer: Layer, taken: Sequence[str]) -> str:
    """Return the kind that a layer gives out of its place."""
    gives = {each.gives for each in signatures(layer.grammar)}
    kind = gives.pop() if len(gives) == 1 else "tensor"
    return (taken[0] if taken else "tensor") if kind == "same" else kind


def _refusal(node: Node, word: str, taken: Sequence[str], rules: Grammar) -> tuple[str, str]:
    """Return what is wrong with a layer in its place, and what may help."""
    kind = type(node.layer).__name__
    if kind not in rules.profile.layers:
        return f"{node.name} is a {kind}, which this grammar does not have", _names(rules.profile.layers)
    given = [f"{ref} gives {ARTICLES[each]}" for ref, each in zip(node.inputs, taken, strict=True)]
    allowed = rules.profile.layers[kind]
    _, _, variant = word.partition(":")
    told = _wanted(allowed.variants[variant] if variant else allowed.grammar)
    if len(taken) != 1:
        return f"{node.name} ({word}) wants {told}, but {' and '.join(given)}", ""
    if rules.gives(word, taken) is not None:
        return f"{node.name} ({word}) cannot take {node.inputs[0]}, an input of the model", _first(rules)
    bridges = [each for each in rules.may_follow(taken[0]) if rules.gives(word, [rules.gives(each, taken) or ""])]
    behind = f"behind {ARTICLES[taken[0]]} may stand {_names(rules.may_follow(taken[0]))}"
    bridge = f"a {bridges[0]} between them makes it fit; " if len(bridges) == 1 else ""
    return f"{node.name} ({word}) wants {told}, but {given[0]}", bridge + behind


def _first(rules: Grammar) -> str:
    return f"that may {_names(rules.profile.first or ())}"


def _wanted(grammar: str) -> str:
    """Return in words what a layer takes."""
    ways = []
    for each in signatures(grammar):
        terms = [ARTICLES.get(term.kind, "any tensor") for term in each.takes if term.times != "?"]
        many = bool(each.takes) and each.takes[-1].times in ("+", "*")
        ways.append("tensors of one kind" if many else " and ".join(terms) or "nothing")
    return " or ".join(dict.fromkeys(ways))


def _names(names: Iterable[str]) -> str:
    *most, last = [name for name in names if ":" not in name] or [""]
    return f"{', '.join(most)} or {last}" if most else last


def _check_spans(node: Node, profile: Profile, report: Report) -> None:
    layer = node.layer
    for name, span in profile.layers[type(layer).__name__].spans.items():
        values = each_value(type(layer), name, getattr(layer, name))
        if any(value not in span for value in values):
            said = getattr(layer, name)
            report.add(
                "range", f"{name} of {node.name} is {said}, which this grammar does not allow: {span}", node.origin
            )


__all__ = ["CATALOGUE", "Grammar", "check_grammar", "grammar", "kinds_of_inputs", "word_of"]
