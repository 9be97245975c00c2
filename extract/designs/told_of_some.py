"""What a caption says of some layers alone: how the last one ends and which have no bias."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.designs.assembly import Assembly
from extract.designs.told import OTHERWISE, PARTS, is_of, sentences
from extract.words.families import ACTIVATIONS, FILTERED
from extract.words.reading import Reading, leaves

_ENDING = r"\b(soft-?max|sigmoid|tanh)\b"
_END = r"\b(?:last|final|output(?! of (?!the (?:last|final|net\w*|model))))\b"
_LAST = re.compile(rf"{_END}[^.;,]{{0,60}}?{_ENDING}|{_ENDING}[^.;,]{{0,60}}?{_END}", re.IGNORECASE)
"""How the last layer ends: the output layer uses softmax, a sigmoid is applied to the output."""
_LAST_BUT = re.compile(
    rf"\b(?:except|but|other than|apart from)\b[^.;,]{{0,30}}{_END}[^.;,]{{0,30}},? "
    rf"(?:which|that|where|with|whose|using|uses|has|having)\b(?![^.;,]*\b(?:no|not|without)\b)[^.;,]{{0,40}}?{_ENDING}",
    re.IGNORECASE,
)
"""The same of the layer that a sentence excepts: ReLU behind all but the last, which is a softmax."""
_INSTEAD = re.compile(r"\b(?:instead of|rather than)\b[^.;,]*", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:except|but|other than|apart from|instead|without|no|not|hidden|all|each|every)\b", re.IGNORECASE
)
_BARE = re.compile(
    r"\b(?:no|without(?: an?)?) bias(?:es)?\b|\bbias-free\b"
    r"|\bbias(?:es)?(?: terms?| units?)? (?:is|are) (?:omitted|not used|disabled|removed|set to (?:false|zero|0))",
    re.IGNORECASE,
)
_SCOPES = ((r"\bconv", (*FILTERED, "dwconv")), (r"\b(?:FC|fully|dense|linear)\b", ("dense",)))
_SOFTMAX = re.compile(r"\bsoft-?max\b(?![ -](?:loss|cross|with (?:loss|cross)|function|temperature))", re.IGNORECASE)


def with_told_of_some(to: Assembly, readings: Sequence[Reading], said: str, config: str) -> list[Reading]:
    """Return layers with what a caption says of some of them alone."""
    ended = _ended(to, _resized(to, readings, said), said, config)
    told = any(_SOFTMAX.search(each) and not _NOT.search(each) for each in sentences(said))
    if told and "softmax" not in _activations(ended) and not any(_SOFTMAX.search(each.text) for each in ended):
        to.ask("a softmax is said beside the table, but of which layer? None has it")
    _ask_for_the_unplaced(to, ended, said)
    return _unbiased(to, ended, said)


_PLACED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("gavgpool", "avgpool"), r"\bglobal (?:spatial )?(?:average|avg|mean)[- ]pool\w*"),
    (("gmaxpool", "maxpool"), r"\bglobal max[- ]?pool\w*"),
    (("dense", "softmax"), r"\b(?:dense|fully[- ]connected|FC) layers? (?:with|of) \d+"),
    (("lstm", "bilstm"), r"\b(?:bi-?)?LSTM layers? (?:with|of) \d+"),
)
"""Layers that a caption names as part of the network, by the kinds of which one is then there."""
_BESIDE = re.compile(rf"\b(?:{OTHERWISE}|omit\w*|except|baseline)\b", re.IGNORECASE)


def _ask_for_the_unplaced(to: Assembly, readings: Sequence[Reading], said: str) -> None:
    """Ask where layers stand that the caption says, and the table does not show."""
    own = {each.kind for each in leaves(readings)}
    for kinds, words in _PLACED:
        found = [re.search(words, each, re.IGNORECASE) for each in sentences(said) if not _BESIDE.search(each)]
        told = next((each[0] for each in found if each), "")
        if told and not own & {*kinds}:
            to.ask(f"{told!r} is said beside the table, which shows none: where does it stand? None is built")


_RESIZED = re.compile(
    r"\bup-?sampl\w+ (?:preceding|before|prior to|ahead of|followed by|and then) (?:an? |the |each )?conv",
    re.IGNORECASE,
)
_TRANSPOSED = re.compile(r"deconv|transpos|up-?conv|fraction", re.IGNORECASE)


def _resized(to: Assembly, readings: Sequence[Reading], said: str) -> list[Reading]:
    """Return layers, convolutions in steps of less than one behind an upsampling, where the caption says it of them."""
    found: list[Reading] = []
    for each in readings:
        if each.kind == "deconv" and _RESIZED.search(said) and not _TRANSPOSED.search(each.text):
            to.infer(f"{each.text!r} is a convolution behind an upsampling, as is said beside the table")
            times = each.params.get("stride", (2, 2))
            found.append(Reading("upsample", {"kernel": times}, text="upsampling", inferred=("kernel",)))
            each = replace(each, kind="conv", params={**each.params, "stride": (1,) * len(times)})
        found.append(each)
    return found


def _activations(readings: Sequence[Reading]) -> set[str]:
    return {name for each in leaves(readings) for name in (each.kind, *each.posts)} & {*ACTIVATIONS, "softmax"}


def _ended(to: Assembly, readings: list[Reading], said: str, config: str) -> list[Reading]:
    """Return layers, the last with the activation that the caption says it ends in."""
    found = set()
    for sentence in sentences(_INSTEAD.sub("", said)):
        named = PARTS.findall(sentence)
        if not (named and not is_of(named, config)):
            parts = re.split(r"[,;] ", sentence)
            found |= {name for part in parts if not _NOT.search(part) for each in _LAST.findall(part) for name in each}
            found |= {*_LAST_BUT.findall(sentence)}
    kinds = {re.sub("-", "", each.lower()) for each in found if each}
    last = readings[-1] if readings else None
    if len(kinds) != 1 or last is None or last.kind not in (*FILTERED, "dense") or _activations([last]):
        return readings
    if any(last.kind not in own for word, own in _SCOPES if re.search(rf"{_END} {word}", said, re.IGNORECASE)):
        return readings  # It is said of the last of another kind.
    kind = kinds.pop()
    to.infer(f"{kind} stands behind the last layer, as is said beside the table")
    return [*readings, Reading(kind, text=kind)]


def _unbiased(to: Assembly, readings: list[Reading], said: str) -> list[Reading]:
    """Return layers, those without bias of which the caption says so."""
    told = [each for each in sentences(said) if _BARE.search(each)]
    if not told:
        return readings
    scoped = [own for word, own in _SCOPES if any(re.search(word, each, re.IGNORECASE) for each in told)]
    kinds = {kind for own in scoped or [own for _, own in _SCOPES] for kind in own}
    to.infer("layers have no bias, as is said beside the table")
    return [_bare(each, kinds) for each in readings]


def _bare(reading: Reading, kinds: set[str]) -> Reading:
    block = tuple(_bare(each, kinds) for each in reading.block)
    own = {"bias": False} if reading.kind in kinds else {}
    return replace(reading, block=block, params={**own, **reading.params})
