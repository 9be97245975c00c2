"""Read a cell of a table, or the text in a box: which layers with which hyper-parameters it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from lark import Token, Tree, UnexpectedInput

from extract.words.argued import are_arguments, with_equals
from extract.words.cell_grammar import tokens_of, tree_of
from extract.words.changed import is_changed
from extract.words.counted import blocks_in, in_words
from extract.words.dashes import WIDE, apart
from extract.words.enumerated import behind_arrows, of_one_kind
from extract.words.families import FILTERED, POOLS, POSTED, RECURRENT, WINDOWED
from extract.words.lexicon import kind_of, mode_of, names_network, posts_of
from extract.words.phrases import FOREIGN, Phrase, has_stranger
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import ANY, is_quantity, name_of, settings_of, stranger_called

LONGEST = 400
"""Characters of a cell at most; more is no cell."""


_WHOLE = ("resblock", "bottleneck", "inception", "dense_block", "fire", "mbconv")
"""Blocks, which a list names as often as they come."""
_BEHIND_BRACKETS = re.compile(r"(?<=\d\)) ?\(([^()]+)\)")
_BEHIND_SIZE = re.compile(r"(?<=[\w%]) \(([^()]+)\)")


_GIVEN = re.compile(r"\binput_(?:shape|dim) ?= ?\(?(\d+(?:, ?\d+)*),?\)?")
"""What comes in, as an argument of the layer that takes it."""


_LENGTH = re.compile(r"\s*(?:→|->|=>) ?(?:out(?:put)? )?(?:length|len\.?) ?=? ?(\d+)$", re.IGNORECASE)
"""How long a sequence is behind the last layer of a cell: `MaxPool(2) → length 250`."""


def read_cell(text: str) -> list[Reading]:
    """Return the layers that a text says, none where it says none."""
    long = _LENGTH.search(text)
    found = _read_cell(text[: long.start()] if long else text)
    if found and long and found[-1].kind in WINDOWED:
        found[-1] = replace(found[-1], params={**found[-1].params, "output": (int(long[1]),), "axes": 1})
    if found and (given := _given_in(text)):
        found[0] = replace(found[0], params=found[0].params | given)
    return found


def _given_in(text: str) -> dict[str, Any]:
    found = _GIVEN.search(text)
    return {"input": tuple(map(int, found[1].split(",")))} if found else {}


def _read_cell(text: str) -> list[Reading]:
    plain = _JOINED.sub(" ", re.sub(r";\s*×", "×", normalized(text)))[:LONGEST]
    plain = _with_sizes_below(plain) if ";" in plain else plain
    if not plain or _POWER.search(plain) or is_quantity(plain):
        return []
    if blocks := blocks_in(plain):
        return [blocks]
    if kind_of(plain) == "input" and names_network(plain):  # Of which it says what comes in.
        return [Reading(plain.split("(")[0].strip(), text=plain)]
    if joins := _JOINS.fullmatch(plain):
        return [Reading(kind_of(joins[1]), text=plain)]
    typed = _TYPED.fullmatch(plain)
    if typed and typed[2] in _OTHERS:
        return [Reading(typed[2], text=plain)]
    count, rest = in_words(plain)
    if count > 1 and (found := read_cell(rest)) and found[0].kind in _RECURRING and found[0].times == 1:
        differ = len(found) > 1 or re.search(r"\d (?:and|or|to|→) \d", rest) is not None
        return [replace(found[0], times=count, text=plain, unclear=found[0].unclear or differ), *found[1:]]
    if typed and (kind_of(typed[2]) or posts_of(typed[2])):
        told = posts_of(typed[1]) if typed[2] == "Activation" else []
        return [replace(each, kind=told[0] if told else each.kind, text=plain) for each in read_cell(typed[2])]
    plain = re.sub(r"^[A-Z]?[A-Za-z]*[Bb]lock (\d+ ?× ?\[)", r"\1", plain)
    if wide := _MANY_WIDE.fullmatch(plain):
        width = {"filters": int(wide[2])} if wide[2].isdecimal() else {}
        return [Reading(ANY, width, times=int(wide[1]), text=plain, unclear=True)]
    if sum(bool(kind_of(part)) for part in re.split(r"[,+]", plain.split(";")[0])) == 1:
        plain = _SET_BEHIND.sub(", ", plain)  # Else it is open of which of them it is set.
    plain = _AHEAD.sub(lambda found: found[0][:-1] + ", ", plain)
    plain = behind_arrows(of_one_kind(apart(plain)))
    plain, open_sizes = _without_open_sizes(_BEHIND_COUNTED.sub(r"\1 + ", plain))
    try:
        tree = tree_of(plain)
    except UnexpectedInput:
        # What stands in brackets behind a size, or behind others, says more of it.
        again = _BEHIND_BRACKETS.sub(r", \1", plain)
        beside = again if again != plain else _BEHIND_SIZE.sub(r", \1", plain)
        if normalized(beside) != plain:
            return read_cell(beside)
        return [replace(each, unclear=True) for each in _phrase_of(plain, [])]
    found = [replace(each, unclear=open_sizes or each.unclear) for each in _parts(tree, plain)]
    if len(found) > 1 and _FLATTENED.search(plain):
        found[-2:] = [replace(found[-2], params={"output": (found[-1].params["units"],)})]  # So long is what it gives.
    found = [_as_often(each) for each in _without_doubles(_with_borders(_with_activations(found)))]
    if (
        len(found) > 1
        and _COUNTED.fullmatch(plain)
        and all(each.kind in POSTED and not each.params for each in found[1:])
    ):
        return [replace(found[0], posts=(*found[0].posts, *(each.kind for each in found[1:])))]
    if len(found) > 1 and _WIDTHS.fullmatch(plain) and found[0].params.get("units") in PIXELS:
        found[0] = Reading("input", {"output": (found[0].params["units"],)}, text=found[0].text)
    elif len(found) > 1 and _WIDTHS.fullmatch(plain):
        found[0] = replace(found[0], unclear=True)  # So many may come in.
    if found and any(map(_says_nothing, plain.split("→")[1:])):
        found[0] = replace(found[0], unclear=True)
    braced = ";" in plain and "[" not in plain[:8] and re.match(r"\d+ ?×", plain)
    if len(found) > 1 and found[0].times > 1 and braced:
        # A brace over several lines has its number in front of the first.
        many, first = found[0].times, replace(found[0], times=1)
        return [Reading("block", {}, (), many, (first, *found[1:]), plain)]
    return found


def _with_sizes_below(text: str) -> str:
    """Return a text in lines, with what but says sizes of the layer that is named above it: `Conv2D; (3×3, 32)`."""
    lines = text.split("; ")
    for i in range(len(lines) - 1, 0, -1):
        above, line = lines[i - 1 : i + 1]
        bare = not re.search(r"\d(?!-?[dD]\b)", above)
        if bare and kind_of(above) in (*_RECURRING, "dropout") and re.match(r"[\d(]", line) and not _named(line):
            lines[i - 1 : i + 1] = [f"{above} {line}"]
    return "; ".join(lines)


def _named(text: str) -> bool:
    return bool(kind_of(text) or posts_of(text))


def _says_nothing(step: str) -> bool:
    """Tell what stands behind an arrow, and is by its name a layer, but none that is known here."""
    return bool(re.match(r"\W*[A-Z]\w*[A-Za-z]{2}", step)) and not kind_of(step) and not posts_of(step)


def _with_activations(readings: list[Reading]) -> list[Reading]:
    """Return readings, what only says which activation the one before it has as part of that: `activation: ReLU`."""
    found: list[Reading] = []
    for each in readings:
        if each.kind == "activation" and each.posts and found and not found[-1].block:
            found[-1] = replace(found[-1], posts=(*found[-1].posts, *each.posts))
        else:
            found.append(each)
    return found


def _with_borders(readings: list[Reading]) -> list[Reading]:
    """Return readings, a border that is but said of the convolution before it as part of that: `conv, zero padding`."""
    found: list[Reading] = []
    for each in readings:
        said = each.kind == "pad" and not re.search(r"[\dg]\(|\dd\b", each.text, re.IGNORECASE)
        if said and found and found[-1].kind in (*FILTERED, "dwconv", "sepconv"):
            params = {**found[-1].params, **each.params, "border": mode_of(each.text)}
            found[-1] = replace(found[-1], params=params)
        else:
            found.append(each)
    return found


def _as_often(reading: Reading) -> Reading:
    """Return what recurs as often as it has layers."""
    if reading.kind not in RECURRENT or "layers" not in reading.params:
        return reading
    kept = {name: value for name, value in reading.params.items() if name != "layers"}
    return replace(reading, params=kept, times=reading.times * min(reading.params["layers"], MOST_LAYERS))


MOST_LAYERS = 16
"""Layers that recur one behind the other at most."""


def _without_doubles(readings: list[Reading]) -> list[Reading]:
    """Return readings without a bare Dense in front of that of a softmax, of so many ways: `Dense / Softmax (9)`."""
    kinds = [each.kind for each in readings]
    if kinds[:1] == ["transition"] and "conv" in kinds and {*POOLS} & {*kinds}:
        return readings[1:]  # Of which it says what it is made of.
    return [
        each
        for i, each in enumerate(readings)
        if kinds[i : i + 3] != ["dense", "dense", "softmax"] or each.params or each.posts
    ]


_AHEAD = re.compile(r"\b(?:[BIGL]N|(?:[A-Za-z]{,5}-?)?ReLU|pool|conv)-(?=(?:\w+-)*(?:conv|dense|fc))", re.IGNORECASE)
"""What stands in front of a layer, and is joined to it: `BN-ReLU-Conv`."""
_FLATTENED = re.compile(r"\bflatt?en\w*(?: layer)? ?→ ?\d{3,}$", re.IGNORECASE)
_WIDTHS = re.compile(r"\d+(?: ?- ?\d+){2,}")
"""How wide layers are, one behind the other."""
PIXELS = (784, 3072)
"""How many numbers an image of MNIST has, and one of CIFAR."""
_JOINS = re.compile(
    r"(concat\w*|add|sum|merge)(?: (?:with|of|to|and|from))?:? (?:the )?(?:output of )?"
    r"[a-z]+[ _-]?\d+(?:[._-]\d+)*[a-z]?(?:(?: ?[,&+] ?| and )[a-z]+[ _-]?\d+(?:[._-]\d+)*[a-z]?)*",
    re.IGNORECASE,
)
"""What joins layers that it names: concatenate with conv1."""
_OTHERS = ("Normalization", "Rescaling")
"""Classes of Keras that are none of the layers whose names they are like."""
_SET_BEHIND = re.compile(
    r" ?; ?(?=(?:(?:kernel|filter|pool|window)(?: size)?|strides?|(?:zero[ -])?pad(?:ding)?|filters?|dilation)"
    r"[ =:]*(?:of )?\d"
    r"|\d+ (?:filters|kernels|feature maps)\b)",
    re.IGNORECASE,
)
"""What parts a layer from what is but set of it: `3×3 conv, 64; stride 2`."""
_JOINED = re.compile(r"(?:(?<=pool)|(?<=(?!sep|.dw)[a-z]{3}conv))(?=\d ?× ?\d\b)", re.IGNORECASE)
"""Where a window begins, right behind the name of its layer: MaxPool2×2, TranspConv2×2."""
_MANY_WIDE = re.compile(r"(\d{1,3}) ?× ?\((\d+ ?[a-zα]?|(?:min|max) ?\([\d, a-zα]+\))\)")
"""So many of such a width, which is all that is said of them: 4 × (128a)."""
_BEHIND_COUNTED = re.compile(r"(\d ?× ?\((?:[^()]|\([^()]*\))*\)), ?(?=[A-Z])")
"""Where another layer is behind several in brackets: `2 × (Conv + BN), MaxPool`."""
_COUNTED = re.compile(r"\d+ ?× ?\w[^×,;+[\]]*(?:\+[^×,;+[\]]*)+")
"""A layer so many times, and what stands behind it each time: 2 × Conv + BN."""
_POWER = re.compile(r"\d ?[·×] ?10 ?\^ ?-?\d")
"""A number times a power of ten, which is a quantity and no size: 2.3 · 10^19."""
_TYPED = re.compile(
    r"([a-z]\w*(?: \w+)*|[A-Z][A-Za-z\d]*(?:_[A-Za-z\d]+)+) ?\(([A-Z][A-Za-z0-9]+(?:, ?[A-Z][A-Za-z0-9]+)*)\)"
)
"""The name of a layer with its type behind it, as Keras prints both: conv2d_1 (Conv2D)."""
_OPEN = re.compile(r"⌊[^⌋]*⌋|⌈[^⌉]*⌉|\b[A-Za-z]\w{0,3} ?× ?(?:[A-Za-z]\w{0,3}|\d+) ?× ?\d+")


def _without_open_sizes(text: str) -> tuple[str, bool]:
    """Return a text without sizes of three that are letters, `M × M × 512`, and whether it has any; and 16k as 16×k."""
    text = re.sub(r"(?<=, )(\d+)([a-zα])(?= ?(?:[;\],]|$))", r"\1×\2", text)
    if kind_of(text) == "input":
        return text, False
    plain = re.sub(r"(?<=\d) ?\([a-z] ?= ?\d+\)$", "", _OPEN.sub("", text))  # A rate of growth.
    return plain, plain != text


_EITHER = re.compile(r"\b\d+ or \d+\b")
"""Of two numbers one, as what is built is set."""


def is_open(text: str) -> bool:
    """Tell whether a text beside a layer's name says what is not understood: sizes of letters, a kind of its own."""
    plain = normalized(text)
    return (
        _without_open_sizes(plain)[1]
        or plain.startswith("→")
        or bool(is_changed(text) or FOREIGN.search(text) or has_stranger(plain))
        or bool(_EITHER.search(plain))
    )


def read_attributes(text: str, kind: str) -> dict[str, Any]:
    """Return the hyper-parameters that a cell says of a layer whose kind stands in another."""
    plain = with_equals(normalized(text)[:LONGEST])
    plain = " ; ".join(f"layer({part})" if are_arguments(part) else part for part in plain.split(" ; "))
    # How its parts belong together says nothing here, so that it need be no sentence of the grammar.
    tokens = [each for each in tokens_of(plain) if each.type != "DASH"]
    found = Phrase(plain, tokens).readings([], kind)
    return found[0].params | _given_in(text) if found else {}


def _parts(tree: Any, text: str) -> Iterator[Reading]:
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
        yield from _parts(inner, text)
        return
    ends = [i for i, each in enumerate(inner.children) if isinstance(each, Token) and each.type == "SEMICOLON"]
    spans = zip([0, *(end + 1 for end in ends)], [*ends, len(inner.children)], strict=True)
    lines = [Tree("parts", inner.children[start:end]) for start, end in spans]
    found = [list(_parts(line, text)) or _bare_window(_said(line, text)) for line in lines]
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


_RECURRING = (*FILTERED, *POOLS, *RECURRENT, "dense")
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
        before = " ".join(joined[-1]) if joined else ""
        known = kind_of(before)
        # Behind a comma stands what belongs to the layer before it, unless it is a layer too.
        belongs = not known and (not posts_of(before) or _has_window(joined[-1]))
        again = bool(joined) and kind == known and not (_has_window(part) and _has_window(joined[-1]))
        again &= not (kind in _WHOLE and said == before)
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
        yield from _phrase_of(text[start:end], part)


def _has_window(tokens: list[Token]) -> bool:
    called = any(each.type == "CALL" and re.search(r"\d", each) for each in tokens)
    return called or any(each.type in ("SIZE", "K_SIZE", "CONV_K") for each in tokens)


def _has_width(tokens: list[Token]) -> bool:
    """Tell a name with how wide the layer is: `fc 128`, `conv 64`."""
    sizes = [re.findall(r"\d+", each)[-1] for each in tokens if each.type in ("FC_N", "N_FC")]
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


def _phrase_of(said: str, tokens: list[Token]) -> list[Reading]:
    """Return the readings of the words and numbers of a phrase."""
    # What is called may be told by its name alone: its arguments have words of their own.
    name = tokens[0].partition("(")[0] if tokens and tokens[0].type == "CALL" else ""
    kind = kind_of(name) or ("" if posts_of(name) else kind_of(said))
    if kind in WINDOWED and (ahead := _posts_ahead(tokens)):
        place = (tokens[ahead].start_pos or 0) - (tokens[0].start_pos or 0)
        return [*_phrase_of(said[:place].rstrip(" -"), tokens[:ahead]), *_phrase_of(said[place:], tokens[ahead:])]
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
