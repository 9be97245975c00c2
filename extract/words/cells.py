"""Read a cell of a table, or the text in a box: which layers with which hyper-parameters it says."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lark import UnexpectedInput

from extract.words.argued import are_arguments, with_equals
from extract.words.cell_grammar import tokens_of, tree_of
from extract.words.cell_parts import parts_of, phrase_of
from extract.words.changed import is_changed
from extract.words.counted import blocks_in, in_words
from extract.words.dashes import apart
from extract.words.enumerated import behind_arrows, of_one_kind, parted
from extract.words.families import FILTERED, POOLS, RECURRENT, WINDOWED
from extract.words.lexicon import kind_of, names_network, posts_of
from extract.words.of_each_other import settled
from extract.words.phrases import Phrase
from extract.words.reading import Reading
from extract.words.spellings import normalized
from extract.words.strangers import ANY, FOREIGN, has_stranger, is_quantity

LONGEST = 400
"""Characters of a cell at most; more is no cell."""


_BEHIND_BRACKETS = re.compile(r"(?<=\d\)) ?\(([^()]+)\)")
_BEHIND_SIZE = re.compile(r"(?<=[\w%]) \(([^()]+)\)")


_RECURRING = (*FILTERED, *POOLS, *RECURRENT, "dense")
_GIVEN = re.compile(r"\binput_(?:shape|dim) ?= ?\(?(\d+(?:, ?\d+)*),?\)?")
"""What comes in, as an argument of the layer that takes it."""


_LENGTH = re.compile(
    r"\s*(?:→|->|=>) ?(?:out(?:put)? )?(?:length|len\.?) ?=? ?(\d+)$"
    r"|\s*\(out(?:put)?(?: size)?[: ]+(\d+) ?[×x] ?[a-z]\)$",
    re.IGNORECASE,
)
"""How long a sequence is behind the last layer of a cell: `MaxPool(2) → length 250`, `(output: 250 × n)`."""


def read_cell(text: str) -> list[Reading]:
    """Return the layers that a text says, none where it says none."""
    long = _LENGTH.search(text)
    found = _read_cell(text[: long.start()] if long else text)
    if found and long and found[-1].kind in WINDOWED:
        found[-1] = replace(found[-1], params={**found[-1].params, "output": (int(long[1] or long[2]),), "axes": 1})
    if found and (given := _given_in(text)):
        found[0] = replace(found[0], params=found[0].params | given)
    return found


_TAKEN = re.compile(
    r"\binput(?:[ _-](?:sizes?|shape|image))?(?: ?[:=]| is| of)? ?[(\[]?(\d+(?: ?[×,] ?\d+){1,3})[)\]]?", re.IGNORECASE
)
"""What a cell beside the first layer says of what that takes."""


def _given_in(text: str) -> dict[str, Any]:
    found = _GIVEN.search(text)
    return {"input": tuple(map(int, found[1].split(",")))} if found else {}


def _read_cell(text: str) -> list[Reading]:
    plain = _JOINED.sub(" ", re.sub(r";\s*×", "×", normalized(text)))[:LONGEST]
    plain = _with_sizes_below(plain) if ";" in plain else plain
    if not plain or _POWER.search(plain) or is_quantity(plain):
        return []
    told = _by_its_form(plain)
    return _by_grammar(plain) if told is None else told


def _by_its_form(plain: str) -> list[Reading] | None:
    """Return the layers of a text whose form alone says what it is, or None: `concat with conv1`, `conv1 (Conv2D)`."""
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
    if wide := _MANY_WIDE.fullmatch(plain):
        width = {"filters": int(wide[2])} if wide[2].isdecimal() else {}
        return [Reading(ANY, width, times=int(wide[1]), text=plain, unclear=True)]
    return None


def _by_grammar(plain: str) -> list[Reading]:
    """Return the layers of a text as the grammar of cells parts it."""
    plain = re.sub(r"^[A-Z]?[A-Za-z]*[Bb]lock (\d+ ?× ?\[)", r"\1", plain)
    if sum(bool(kind_of(part)) for part in re.split(r"[,+]", plain.split(";")[0])) == 1:
        plain = _SET_BEHIND.sub(", ", plain)  # Else it is open of which of them it is set.
    plain = _AHEAD.sub(lambda found: found[0][:-1] + ", ", plain)
    paired = _PAIRED.findall(plain)
    linked = len(paired) > 1 and all(one[1] == two[0] for one, two in pairwise(paired))
    plain = _PAIRED.sub(lambda found: found[0].replace("-", "→"), plain) if linked else plain
    plain = behind_arrows(of_one_kind(parted(apart(plain))))
    plain, open_sizes = _without_open_sizes(_BEHIND_COUNTED.sub(r"\1 + ", plain))
    try:
        tree = tree_of(plain)
    except UnexpectedInput:
        # What stands in brackets behind a size, or behind others, says more of it.
        again = _BEHIND_BRACKETS.sub(r", \1", plain)
        beside = again if again != plain else _BEHIND_SIZE.sub(r", \1", plain)
        if normalized(beside) != plain:
            return read_cell(beside)
        return [replace(each, unclear=True) for each in phrase_of(plain, [])]
    found = settled([replace(each, unclear=open_sizes or each.unclear) for each in parts_of(tree, plain)], plain)
    # How wide two are, or what comes in and goes out.
    is_open = bool(paired) and not linked
    if found and (is_open or any(map(_says_nothing, plain.split("→")[1:]))):
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


_AHEAD = re.compile(r"\b(?:[BIGL]N|(?:[A-Za-z]{,5}-?)?ReLU|pool|conv)-(?=(?:\w+-)*(?:conv|dense|fc))", re.IGNORECASE)
"""What stands in front of a layer, and is joined to it: `BN-ReLU-Conv`."""
_PAIRED = re.compile(r"\b(?:dense|linear|mlp|fc) ?(\d{2,5}) ?- ?(\d{1,5})\b(?! ?[-×])", re.IGNORECASE)
"""Two widths of a Dense: `FC 512-256`."""
_JOINS = re.compile(
    r"(concat\w*|add|sum|merge)(?: (?:with|of|to|and|from))?:? (?:the )?(?:output of )?"
    r"[a-z]+[ _-]?\d+(?:[._-]\d+)*[a-z]?(?:(?: ?[,&+] ?| and )[a-z]+[ _-]?\d+(?:[._-]\d+)*[a-z]?)*",
    re.IGNORECASE,
)
"""What joins layers that it names: concatenate with conv1."""
_OTHERS = ("Normalization", "Rescaling")
"""Classes of Keras that are none of the layers whose names they are like."""
_SET_BEHIND = re.compile(
    r" ?; ?(?=(?:(?:kernel|filter|pool|window)(?: size)?|strides?|st\.|(?:zero[ -])?pad(?:ding)?|filters?|dilation)"
    r"[ =:]*(?:of )?\d"
    r"|\d+ (?:filters|kernels|feature maps)\b)",
    re.IGNORECASE,
)
"""What parts a layer from what is but set of it: `3×3 conv, 64; stride 2`."""
_JOINED = re.compile(r"(?:(?<=pool)|(?<=(?!sep|.dw)[a-z]{3}conv)|(?<=\b(?:up|de)conv))(?=\d ?× ?\d\b)", re.IGNORECASE)
"""Where a window begins, right behind the name of its layer: MaxPool2×2, TranspConv2×2."""
_MANY_WIDE = re.compile(r"(\d{1,3}) ?× ?\((\d+ ?[a-zα]?|(?:min|max) ?\([\d, a-zα]+\))\)")
"""So many of such a width, which is all that is said of them: 4 × (128a)."""
_BEHIND_COUNTED = re.compile(r"(\d ?× ?\((?:[^()]|\([^()]*\))*\)), ?(?=[A-Z])")
"""Where another layer is behind several in brackets: `2 × (Conv + BN), MaxPool`."""
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
    taken = _TAKEN.search(normalized(text)[:LONGEST])
    text = f"{taken.string[: taken.start()]} {taken.string[taken.end() :]}" if taken else text
    plain = with_equals(normalized(text)[:LONGEST])
    plain = " ; ".join(f"layer({part})" if are_arguments(part) else part for part in plain.split(" ; "))
    # How its parts belong together says nothing here, so that it need be no sentence of the grammar.
    tokens = [each for each in tokens_of(plain) if each.type != "DASH"]
    found = Phrase(plain, tokens).readings([], kind)
    sizes = {"input": tuple(map(int, re.findall(r"\d+", taken[1])))} if taken else {}
    return (found[0].params if found else {}) | _given_in(text) | sizes
