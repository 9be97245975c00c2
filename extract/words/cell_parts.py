"""The parts of a cell, as its grammar tells them: phrases and how often they come, lines in brackets, units by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from lark import Token, Tree

from extract.words.dashes import WIDE
from extract.words.families import BLOCKS, WINDOWED
from extract.words.lexicon import kind_of, posts_of
from extract.words.phrases import Phrase
from extract.words.reading import Reading
from extract.words.strangers import ANY, FOREIGN, name_of, settings_of, stranger_called


def parts_of(tree: Any, text: str) -> Iterator[Reading]:
    """Yield the readings of parts; a separator that is none between them joins a phrase again."""
    chain = sum(isinstance(each, Token) and each.type == "DASH" for each in tree.children) >= 2
    pending: list[Token] = []
    dashed = plus = stacked = False
    for child in tree.children:
        if isinstance(child, Token):
            dashed = child.type in ("DASH", "PLUS") and not chain
            plus = child.type == "PLUS"
            if not dashed:
                yield from _flush(pending, text)
            continue
        count, body, times = child.children
        inner = _tokens(body) if body.data == "phrase" else None
        if inner is not None and count is None and times is None:
            if not dashed or (plus and _are_two(pending, inner)) or _is_whole(pending, inner):
                yield from _flush(pending, text)
            if plus and (pending or stacked) and _is_own(own := " ".join(inner)):
                yield from _flush(pending, text)
                yield Reading(own, text=own)
                continue
            if plus and (name := stranger_called(" ".join(inner))) and pending:
                yield from _flush(pending, text)
                yield Reading(name, settings_of(" ".join(inner)), text=" ".join(inner))
                continue
            pending += inner
            dashed = False
            continue
        yield from _flush(pending, text)
        many = _count(count) * _count(times)
        readings = tuple(_phrase(inner, text)) if inner is not None else tuple(_inside(body, text))
        often = re.sub(r"[×\s]", "", times or "") if re.search(r"[A-Za-z]", times or "") else ""
        stacked = body.data == "stack"
        if len(readings) == 1 and readings[0].kind in ("upsample", "subpixel") and many > 1:
            yield replace(readings[0], params={"kernel": (many, many), **readings[0].params})  # So many times larger.
        elif len(readings) > 1 and (many > 1 or often or body.data == "stack"):
            said = _said(body, text)
            yield Reading("block", {}, (), many, readings, said, often=often)
        else:
            yield from (replace(each, times=each.times * many, often=often) for each in readings)
    yield from _flush(pending, text)


_OWN_NAME = re.compile(r"(?!BN|GN|LN)[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*")
_NO_LAYER = re.compile(
    r".*\b(?:L\d|\w*regulari[sz]\w*|bias|padd?ing|strides?|same|valid|freez\w+|frozen|pre-?trained)\b", re.IGNORECASE
)
"""What is said of the layer before it."""


def _is_own(name: str) -> bool:
    """Tell the name of a unit that nobody knows, behind a layer with a plus between them: `LSTM + Attention`."""
    known = kind_of(name) or posts_of(name) or FOREIGN.search(name) or _NO_LAYER.match(name)
    return bool(_OWN_NAME.fullmatch(name)) and not known


def _inside(body: Tree[Token], text: str) -> Iterator[Reading]:
    """Yield the layers in brackets, one that nobody knows for each line of a name of its own, or for settings alone."""
    inner = body.children[0]
    assert isinstance(inner, Tree)
    if body.data != "stack":
        yield from parts_of(inner, text)
        return
    ends = [i for i, each in enumerate(inner.children) if isinstance(each, Token) and each.type == "SEMICOLON"]
    spans = zip([0, *(end + 1 for end in ends)], [*ends, len(inner.children)], strict=True)
    lines = [Tree("parts", inner.children[start:end]) for start, end in spans]
    found = [list(parts_of(line, text)) or _bare_window(_said(line, text)) for line in lines]
    if not all(found):
        found = [_perceptron(_said(line, text)) or each for line, each in zip(lines, found, strict=True)]
    if not any(found) and not all(_OWN_LINE.fullmatch(_said(line, text)) for line in lines):
        lines, found = [inner], [[]]
    for line, readings in zip(lines, found, strict=True):
        said = _said(line, text)
        name = "" if readings else name_of(said) or (ANY if re.search(r"\d", said) else "")
        yield from [Reading(name, settings_of(said), text=said)] if name else readings


_OWN_LINE = re.compile(r"[A-Z][\w-]+(?: ?\([^()]*\))?")
"""The name of a unit in a line of its own."""


def _perceptron(said: str) -> list[Reading]:
    """Return what is called an MLP beside a unit of its own, attention: several layers, and no Dense."""
    return [Reading(said[:3], settings_of(said), text=said)] if re.match(r"(?:MLP|FFN)(?![A-Za-z])", said) else []


def _bare_window(said: str) -> list[Reading]:
    """Return the convolution of a window alone, of which it is not said how many filters it has."""
    window = re.fullmatch(r"(\d{1,2}) ?× ?(\d{1,2})\W*", said)
    return [Reading("conv", {"kernel": (int(window[1]), int(window[2]))}, text=said, unclear=True)] if window else []


def _flush(pending: list[Token], text: str) -> Iterator[Reading]:
    tokens = pending[:]
    pending.clear()
    if tokens:
        yield from _phrase(tokens, text)


def _are_two(before: list[Token], after: list[Token]) -> bool:
    """Tell whether there is a layer on either side of a plus, as in `Pooling + Dropout`."""
    first = " ".join(before)
    return bool((kind_of(first) or posts_of(first)) and kind_of(" ".join(after)))


def _is_whole(before: list[Token], after: list[Token]) -> bool:
    """Tell whether what is in front of a dash says a layer with its size, and what is behind it another."""
    told = bool(before) and before[-1].type in ("CALL", "FC_N") and _WIDE.search(before[-1]) is not None
    first = takewhile(lambda each: each.type != "COMMA", after)
    return told and bool(kind_of(" ".join(before)) and kind_of(" ".join(first)))


_WIDE = re.compile(r"\d{2,}")


def _tokens(tree: Any) -> list[Token]:
    return [each for each in tree.children if isinstance(each, Token)]


def _count(token: Token | None) -> int:
    digits = re.findall(r"(?<![\w])\d+", token or "") if not re.search(r"× ?[A-Za-z]", token or "") else []
    return int(digits[0]) if digits else 1


def _said(tree: Tree[Token], text: str) -> str:
    tokens = list(tree.scan_values(lambda each: isinstance(each, Token)))
    return text[tokens[0].start_pos : tokens[-1].end_pos] if tokens else ""


def _phrase(tokens: list[Token], text: str) -> Iterator[Reading]:
    """Yield the readings of a phrase: one, but for commas between layers of their own."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "COMMA" and parts[-1]:
            parts.append([token])
        else:
            parts[-1].append(token)
    joined: list[list[Token]] = []
    for place, behind in enumerate(parts):
        part = behind[behind[0].type == "COMMA" :] if behind else []
        said = " ".join(part)
        kind = kind_of(said)
        if _is_strange_unit(part) and len(parts) > 1:
            joined.append(part)
            continue
        if part and joined and _is_strange_unit(joined[-1]):
            joined.append(part)
            continue
        before = " ".join(joined[-1]) if joined else ""
        known = kind_of(before)
        # Behind a comma stands what belongs to the layer before it, unless it is a layer too.
        belongs = not known and (not posts_of(before) or _has_window(joined[-1]))
        again = bool(joined) and kind == known and not (_has_window(part) and _has_window(joined[-1]))
        again &= not (kind in BLOCKS and said == before)
        again &= not (bool(joined) and _has_width(part) and _has_width(joined[-1]))
        again &= not (bool(joined) and kind == "dense" and _is_numbered(part) and _is_numbered(joined[-1]))
        again &= not (len(part) == 1 and said == str(joined[-1][0]) and posts_of(before)) if joined else True
        again &= not (bool(joined) and _begins(part, parts[place + 1 :][:1]) and _is_sized(joined[-1]))
        if joined and (not kind or belongs or again or "%" in said):
            joined[-1] += behind
        elif part:
            joined.append(part)
    for part in joined:
        start, end = part[0].start_pos or 0, part[-1].end_pos
        if len(joined) > 1 and _is_strange_unit(part):
            yield Reading(text[start:end], text=text[start:end])
        else:
            yield from phrase_of(text[start:end], part)


_STRANGE_UNIT = re.compile(
    r"(?:[A-Za-z][\w-]* ){0,3}"
    r"(?:attention(?: (?:gate|block|module|layer|mechanism))?|(?:[A-Z]\w*|gating) (?:block|gate|module|unit))s?",
    re.IGNORECASE,
)
"""The name of a unit between layers that a list has: `Attention gate`, `SE block`."""


def _is_strange_unit(tokens: list[Token]) -> bool:
    """Tell the words between two commas that name a unit which nobody knows."""
    said = " ".join(tokens)
    named = bool(tokens) and all(each.type == "WORD" for each in tokens) and _STRANGE_UNIT.fullmatch(said)
    return bool(named) and not (kind_of(said) or posts_of(said) or FOREIGN.search(said))


def _has_window(tokens: list[Token]) -> bool:
    called = any(each.type == "CALL" and re.search(r"\d", each) for each in tokens)
    return called or any(each.type in ("SIZE", "K_SIZE", "CONV_K") for each in tokens)


def _has_width(tokens: list[Token]) -> bool:
    """Tell a name with how wide the layer is: `fc 128`, `conv 64`."""
    sizes = [re.findall(r"\d+", each)[-1] for each in tokens if each.type in ("FC_N", "N_FC", "INOUT")]
    sizes += [
        each for word, each in pairwise(tokens) if word.type == "WORD" and kind_of(word) and each.type == "NUMBER"
    ]
    return any(each.isdecimal() and int(each) >= WIDE for each in sizes)


def _is_sized(tokens: list[Token]) -> bool:
    return any(re.search(r"\d", each) for each in tokens if each.type in ("NUMBER", "SIZE", "K_SIZE", "FC_N", "N_FC"))


def _begins(part: list[Token], after: Sequence[list[Token]]) -> bool:
    """Tell the bare name of a layer of which what is behind the next comma says how large it is: `Conv, 3×3`."""
    bare = not re.search(r"\d", re.sub(r"[1-3]-?[dD]\b", "", " ".join(part)))
    return bare and any(_is_sized(each) and not kind_of(" ".join(each)) for each in after)


def _is_numbered(tokens: list[Token]) -> bool:
    """Tell a Dense by its name and a number: `fc 5`, `fc6 4096`, `Dense 8`."""
    first, *others = [each.type for each in tokens if each.type != "COMMA"] or [""]
    return first in ("FC_N", "N_FC") or (first == "WORD" and others[:1] == ["NUMBER"])


def phrase_of(said: str, tokens: list[Token]) -> list[Reading]:
    """Return the readings of the words and numbers of a phrase."""
    # What is called may be told by its name alone: its arguments have words of their own.
    name = tokens[0].partition("(")[0] if tokens and tokens[0].type == "CALL" else ""
    kind = kind_of(name) or ("" if posts_of(name) else kind_of(said))
    if kind in WINDOWED and (ahead := _posts_ahead(tokens)):
        place = (tokens[ahead].start_pos or 0) - (tokens[0].start_pos or 0)
        return [*phrase_of(said[:place].rstrip(" -"), tokens[:ahead]), *phrase_of(said[place:], tokens[ahead:])]
    return Phrase(said, tokens).readings(posts_of(said), kind)


def _posts_ahead(tokens: list[Token]) -> int:
    """Return how many words name what stands in front of a layer, as it is written: `BN ReLU Conv`, `ReLU 4×4 conv`.

    One alone, right before the name of the layer, is what it has: `ReLU conv`.
    """
    many = 0
    while many < len(tokens) and tokens[many].type == "WORD" and not kind_of(" ".join(tokens[: many + 1])):
        many += 1
    ahead = posts_of(" ".join(tokens[:many])) if many else []
    if not ahead or many == len(tokens):
        return 0
    return many if len(ahead) > 1 or tokens[many].type in ("SIZE", "K_SIZE") else 0
