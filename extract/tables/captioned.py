"""What a caption says of all layers of a kind, where the table says it of none: their window, step and border."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from extract.words.families import FILTERED, LOCAL_POOLS, SLIDING
from extract.words.lexicon import mode_of
from extract.words.reading import Reading, leaves
from extract.words.spellings import normalized

_KINDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("deconv",), r"de-?conv\w*|trans\w+ conv\w*"),
    (("conv", "gconv"), r"conv\w*"),
    (FILTERED, r"(?<=all )(?:filters|kernels)"),
    (("maxpool",), r"max[- ]?pool\w*"),
    (("avgpool",), r"(?:avg|average|mean)[- ]?pool\w*"),
    (LOCAL_POOLS, r"pool\w*"),
)
"""The layers that a caption may speak of, the most telling words first."""
_LAYER = "|".join(f"(?P<k{i}>{words})" for i, (_, words) in enumerate(_KINDS))
_SUBJECT = re.compile(
    rf"(?P<each>\b(?:all|each|every|any|the)\b (?:of )?(?:the )?)?(?:\w+ ){{0,2}}?\b(?:{_LAYER})"
    r"(?P<many> (?:layers|filters|kernels|operations|blocks|windows))?(?: (?P<says>denotes?|refers?))?",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:except|unless|otherwise|first|last|final|only|respectively|some|other|either|but|followed|than|if|when)\b",
    re.IGNORECASE,
)
"""Words of a sentence that does not speak of all layers alike."""
_END = re.compile(r"(?<!conv)(?<!max)(?<!avg)(?<!fig)(?<!e\.g)(?<!i\.e)(?<!resp)[.;](?= |$)", re.IGNORECASE)
"""What ends a sentence."""
_OF = r"(?: sizes?)?(?:[ ,:=]|of|is|are|to|with|has|have|a|an|set|fixed|equal)*?\(?"
_SAID: tuple[tuple[str, str], ...] = (
    ("kernel", rf"\b(?:kernel|filter|window|pool)(?!s, )s?(?: ?size)?s?{_OF}(\d+)(?: ?[×,] ?(\d+))?\b(?! filters)"),
    ("kernel", r"(?<![×\d.])(?<!× )(\d) ?× ?(\d) ?× ?(\d)(?! ?[×\d])"),
    ("kernel", r"(?<![×\d.])(\d+) ?× ?(\d+)(?! ?×)(?= (?:kernel|filter|window|conv|max|average|pool|receptive))"),
    ("kernel", rf"\b(?:size|are|is|uses?|with|ha(?:s|ve)) (?:of )?(?:size )?{_OF}(\d+) ?× ?(\d+)(?! ?[×\d])"),
    ("stride", rf"\bstrides?{_OF}(\d)(?: ?[×,] ?(\d))?\b(?! ?[×.]\d)"),
    ("stride", r"\bstride-(\d)()\b"),
    ("pad", r"\b(same|valid|no|without)()['’\"”]? (?:zero )?padding\b"),
    ("pad", rf"\b(?:zero[- ])?pad(?:ding)?{_OF}['‘’\"“”]?(\d+|same|valid)()\b"),
)
_BORDER = re.compile(r"\b(?:reflect|mirror|replicat|circular)\w*[ -]?padding", re.IGNORECASE)
"""A border of no zeros, which is said of all convolutions where it is said of none."""
_NET = re.compile(r"\b(?:cnns?|networks?|nets?|models?|architectures?)\b[^()]*\(([^()]*)\)", re.IGNORECASE)
"""What stands in brackets behind the name of a whole network, and is so said of all its convolutions."""


def as_captioned(readings: Sequence[Reading], caption: str) -> tuple[Reading, ...]:
    """Return layers, those of a kind that a caption speaks of with what it says and no layer of the kind does."""
    found = tuple(readings)
    for kinds, params in _said(normalized(caption)):
        own = [each for each in leaves(found) if each.kind in kinds]
        open_ = {key: value for key, value in params.items() if not any(key in each.params for each in own)}
        found = tuple(_completed(each, kinds, open_) for each in found) if open_ else found
    return found


def _completed(reading: Reading, kinds: Sequence[str], params: dict[str, Any]) -> Reading:
    if reading.block:
        return replace(reading, block=tuple(_completed(each, kinds, params) for each in reading.block))
    if reading.kind not in kinds:
        return reading
    return replace(reading, params=params | reading.params, inferred=(*reading.inferred, *params))


_UNLESS = re.compile(
    r"\b(?:unless|if not|where not) (?:otherwise |explicitly )*(?:mentioned|stated|specified|noted|indicated|said)"
    r"(?: otherwise| explicitly)*,? ?",
    re.IGNORECASE,
)
"""What says that a sentence is of all that the table says nothing else of."""


def _said(caption: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the kinds of layers that sentences speak of in general, and what they say of these."""
    for sentence in _END.split(_UNLESS.sub("", caption)):
        if len(_SET.findall(sentence)) > 1 and not _EXCEPT.search(sentence):
            yield from _set(sentence)
            sentence = _SET.sub("", sentence)
        subjects = list(_SUBJECT.finditer(sentence))
        if (bordered := _BORDER.search(sentence)) and not _EXCEPT.search(sentence):
            yield SLIDING, {"border": mode_of(bordered[0])}
        if (whole := _NET.search(sentence)) and not subjects and not _EXCEPT.search(sentence):
            yield ("conv", "gconv"), {key: value for key, value in _params(whole[1]).items() if key != "kernel"}
        if not subjects and not whole and not _EXCEPT.search(sentence) and (pad := _params(sentence).get("pad")):
            yield SLIDING, {"pad": pad}  # Of all that have one: no padding is used.
        if not subjects or _EXCEPT.search(sentence):
            continue
        ends = [0, *(each.start() for each in subjects[1:]), len(sentence)]
        before = sentence[: subjects[0].start()]
        if len(subjects) > 1 and re.search(r"\d ?×|\d (?:kernel|filter)", before):
            continue  # Of which of them that is said is open.
        together: list[re.Match[str]] = []
        for subject, (start, end) in zip(subjects, pairwise(ends), strict=True):
            together.append(subject)
            if end < len(sentence) and re.fullmatch(r"\W*(?:and|or)?\W*", sentence[subject.end() : end]):
                continue  # What is said of the next one is said of both.
            params = _params(sentence[start:end])
            several = any(
                each["each"] or each["many"] or each["says"] or each[0].strip().endswith("s") for each in together
            )
            for each in together if several and params else ():
                yield next(kinds for i, (kinds, _) in enumerate(_KINDS) if each[f"k{i}"]), params
            together = []


_SET = re.compile(
    r"\b(kernel|pool|strides?|padding)(?:[_ ]?size)? ?= ?[^=]*?(?=,? \w+(?: size)? ?=|[.;]|$)", re.IGNORECASE
)
"""What is set of all layers, as a framework calls it: kernel = (3, 3), padding = 'valid'."""


def _set(sentence: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield what a sentence sets of all convolutions and of all poolings."""
    for match in _SET.finditer(sentence):
        pools = match[1].lower() == "pool"
        kinds = _KINDS[-1][0] if pools else FILTERED
        said = re.sub(r"^pool\w*(?:[_ ]size)?", "kernel size", match[0], flags=re.IGNORECASE) if pools else match[0]
        yield kinds, _params(re.sub(r"[()\['‘’\"“”\]]", "", said))


def _params(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, pattern in _SAID:
        match = re.search(pattern, text, re.IGNORECASE)
        if match is None or name in found:
            continue
        if name == "pad":
            said = match[1].lower()
            found[name] = int(said) if said.isdecimal() else said if said in ("same", "valid") else "valid"
        elif len(match.groups()) > len("hw"):
            found |= {"kernel": (int(match[2]), int(match[3])), "window": tuple(map(int, match.groups()))}
        else:
            found[name] = (int(match[1]), int(match[2] or match[1]))
    return found
