"""What a caption says of Dropout behind layers of a kind, where the table has none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.designs.assembly import Assembly
from extract.designs.told import OTHERWISE, sentences
from extract.words.families import CONVOLVED, LOCAL_POOLS, RECURRENT
from extract.words.reading import Reading, leaves

_DROPOUT = re.compile(r"\bdrop-?out\b", re.IGNORECASE)
_NOT = re.compile(rf"\b(?:{OTHERWISE}|vs|only|during|training|tuned|search\w*|between)\b", re.IGNORECASE)
"""Words of a sentence that does not say where Dropout stands."""
_RATE = re.compile(r"(?<![\d.])(0?\.\d+)(?!\.?\d)|(\d{1,2}) ?%")
_SCOPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"conv\w*", CONVOLVED),
    (r"pool\w*", LOCAL_POOLS),
    (r"(?:fully[- ]connected|fc|dense|linear|hidden)", ("dense",)),
    (r"(?:recurrent|(?:bi-?)?(?:lstm|gru|rnn))", RECURRENT),
    (r"embedding", ("embedding",)),
)
_FIRST = re.compile(r"\bfirst (two|three|2|3) (?:fully[- ]connected|fc|dense) layers\b", re.IGNORECASE)
"""How many of the fully connected layers have it behind them."""
_EACH = r"(?:each|every|all|the|both)(?: of)?(?: the)?(?: \w+)? "


def with_dropout(to: Assembly, readings: Sequence[Reading], caption: str) -> list[Reading]:
    """Return layers, with Dropout behind those of which a caption says so; what it leaves open is asked.

    >>> from ir.diagnostics import Report
    >>> from ir.origin import Origin
    >>> to = Assembly("net", Report(), Origin("paper"))
    >>> layers = [Reading("gru"), Reading("gru"), Reading("dense")]
    >>> [each.kind for each in with_dropout(to, layers, "Dropout of 0.2 is applied after each GRU layer.")]
    ['gru', 'dropout', 'gru', 'dropout', 'dense']
    >>> with_dropout(to, layers, "Each GRU layer is followed by dropout of 0.2.")[1].params
    {'rate': 0.2}
    >>> layers = [Reading("dense", text="fc3"), Reading("dense", text="fc4"), Reading("dense", text="fc5")]
    >>> [each.kind for each in with_dropout(to, layers, "Dropout of 0.5 is applied to fc3 and fc4.")]
    ['dense', 'dropout', 'dense', 'dropout', 'dense']
    >>> [each.kind for each in with_dropout(to, layers, "Dropout (50%) is used in the first two fc layers.")]
    ['dense', 'dropout', 'dense', 'dropout', 'dense']
    """
    if any(each.kind == "dropout" or "dropout" in each.text.lower() for each in leaves(readings)):
        return list(readings)
    told = [each for each in sentences(caption) if _DROPOUT.search(each) and not _NOT.search(each)]
    scopes = [kinds for sentence in told for name, kinds in _SCOPES if _is_of(sentence, name)]
    rates = {_rate(match) for sentence in told for match in _RATE.finditer(sentence)}
    if not told:
        return list(readings)
    kinds = {kind for each in scopes for kind in each}
    named = {word for sentence in told for word in re.findall(r"\b[a-z][a-z_-]*\d[a-z\d_.-]*\b", sentence.lower())}
    learned = [i for i, each in enumerate(readings) if each.kind == "dense"]
    last = learned[-1] if learned else -1
    behind = [i for i, each in enumerate(readings) if each.kind in kinds and not each.block and i != last]
    behind = [i for i, each in enumerate(readings) if each.text.strip().lower() in named] or behind
    if first := next(filter(None, map(_FIRST.search, told)), None):
        behind = learned[: {"two": 2, "three": 3}.get(first[1].lower()) or int(first[1])]
    if len(rates) > 1 or not behind:
        to.ask("Dropout is said beside the table, but of which layers? None has it")
        return list(readings)
    params = {"rate": rates.pop()} if rates else {}
    found: list[Reading] = []
    for i, each in enumerate(readings):
        found.append(each)
        if i in behind:
            found.append(Reading("dropout", params, text="dropout", inferred=tuple(params)))
    to.infer("Dropout stands behind layers, as is said beside the table")
    return found


def _is_of(sentence: str, name: str) -> bool:
    """Tell whether a sentence says of all layers of a kind that Dropout stands behind them."""
    layers = rf"{name}[ -]?(?:layers?|blocks?|operations?)?"
    behind = rf"\b(?:after|behind|follow\w*|to|on|in|with)\b[^.;,]{{0,12}}?(?:{_EACH}){layers}\b"
    has = rf"(?:{_EACH}){layers}\b[^.;]{{0,40}}?\b(?:followed by|with|has|have|uses?)\b[^.;]{{0,30}}?drop-?out"
    return bool(re.search(behind, sentence, re.IGNORECASE) or re.search(has, sentence, re.IGNORECASE))


def _rate(match: re.Match[str]) -> float:
    return float(match[1]) if match[1] else int(match[2]) / 100


def with_rates(to: Assembly, readings: Sequence[Reading], caption: str) -> list[Reading]:
    """Return layers, each Dropout of which none says how much with what a caption says of all of them.

    >>> from ir.diagnostics import Report
    >>> from ir.origin import Origin
    >>> to = Assembly("net", Report(), Origin("paper"))
    >>> layers = [Reading("dense"), Reading("dropout"), Reading("dense"), Reading("dropout")]
    >>> told = "The rate is 0.1, the keep probability for dropout 0.7."
    >>> [each.params for each in with_rates(to, layers, told) if each.kind == "dropout"]
    [{'rate': 0.3}, {'rate': 0.3}]
    """
    places = [i for i, each in enumerate(readings) if each.kind == "dropout"]
    if not places or any("rate" in readings[i].params for i in places):
        return list(readings)
    kept = {round(1 - _rate(match), 4) for match in _KEPT.finditer(caption)}
    rates = kept | {_rate(match) for match in _DROPPED.finditer(_KEPT.sub("", caption))}
    if len(rates) != 1 or not 0 < (rate := rates.pop()) < 1:
        return list(readings)
    to.infer(f"{rate:g} is dropped, as is said beside the table")
    told = {"rate": rate}
    return [
        replace(each, params={**each.params, **told}, inferred=("rate",)) if i in places else each
        for i, each in enumerate(readings)
    ]


_SET = r"(?: (?:is|was|of|to|set|with|at|=)| ?[=:(])* ?(?:(0?\.\d+)|(\d{1,2}) ?%)"
_KEPT = re.compile(
    rf"\bkeep(?:ing)?[ _-]?prob\w*(?: (?:for|of|in) (?:the |all )?drop-?outs?(?: layers?)?)?{_SET}", re.I
)
"""How much is kept."""
_DROPPED = re.compile(rf"\bdrop-?out(?:[ _-](?:rate|prob\w*|ratio|factor|p))?{_SET}", re.IGNORECASE)
"""How much is dropped."""
