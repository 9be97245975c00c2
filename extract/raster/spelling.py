"""Mend what Tesseract mistakes in drawings of networks: l for I and 1, nn for mn, letters in numbers.

A word is only changed into one of the vocabulary that looks the same, and a number where nothing but one can stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cache

from extract.raster.vocabulary import WORDS

DIGITS = str.maketrans("liI|!OoQSBZz", "111110005822")
"""What digits are taken for."""
LOOKS = str.maketrans("iI1|!0Oe5sm2", "llllloocSSnZ")
"""Signs that look alike, each as one of them."""
PLAIN = frozenset(("in", "In", "is", "it"))
"""Words that look like others of the vocabulary."""
CLOSE = 0.9
"""How alike a longer word is to one of the vocabulary at least (difflib's ratio)."""
LONG = 7
"""Letters at least of a word that is taken for one of the vocabulary from which one letter differs."""
_SHAPE = re.compile(r"[\[({]+\s*(?:None|\?|[\dlIO]+)\s*[,.].*[\])]+")
_DECIMAL = re.compile(r"[\[({]+\s*\d+\.\d+\s*[\])]+")
"""A number alone, as that of a Dropout."""
_FIELD = re.compile(r"((?:size|stride|pad): ?)([\dlIO]+)(?!\w)")
_WINDOW = re.compile(r"(?<![A-Za-z0-9])[\dlI]{1,4}(?:[x×][\dlI]{1,4}){1,2}(?![A-Za-z0-9])")
_CLOSED = re.compile(r"(?<=[\dlI][x\u00d7])\](?![\w\]])|(?<![\w\]])\](?=[x\u00d7][\dlI])")
"""What a one at an end of the size of a window is taken for, in a text that opens no bracket."""
_TIMES = re.compile(r"(?<=\d)(?:[*%]|[xX\u00d7]{2})(?=\d)")
"""What the sign between two sizes is taken for."""
ONES = str.maketrans("lI", "11")
"""What a one is taken for in the size of a window."""
_PARTED = re.compile(r"\b([A-Z][A-Za-z]+) ([A-Z][a-z]+[123]D)\b")
"""A class in which a space was read."""
_TOKEN = re.compile(r"[A-Za-z0-9|!]+")


def mended(text: str) -> str:
    """Return a text of a drawing as it was most likely written.

    >>> mended("Istm_1: LSTM"), mended("pooll (MaxPooling2D)"), mended("(None, 28, 28, l)"), mended("Average Pooling2D")
    ('lstm_1: LSTM', 'pool1 (MaxPooling2D)', '(None, 28, 28, 1)', 'AveragePooling2D')
    """
    if re.fullmatch(r"[\dlIOoSB]+", text) and any(each.isdigit() for each in text):
        return text.translate(DIGITS)
    text = _TOKEN.sub(lambda found: _word(found[0]), text)
    text = _PARTED.sub(lambda found: found[1] + found[2] if found[1] + found[2] in WORDS else found[0], text)
    text = re.sub(r"(?<=\w)[.,'‘’]+$", "", text)
    text = re.sub(r"_([lI])(?![A-Za-z0-9])", "_1", text)
    text = _CLOSED.sub("1", text) if "[" not in text else text
    text = _WINDOW.sub(lambda found: _window(found[0]), _TIMES.sub("x", text))
    text = _FIELD.sub(lambda found: found[1] + found[2].translate(DIGITS), text)
    return _SHAPE.sub(lambda found: _shape(found[0]), text)


def _window(text: str) -> str:
    """Return the size of a window with ones for what looks like them; two of which another side has one are one."""
    sides = re.split("([x×])", text.translate(ONES))
    are_ones = {*sides[::2]} == {"1", "11"}
    return "".join("1" if are_ones and each == "11" else each for each in sides)


def _shape(text: str) -> str:
    """Return sizes with digits for what looks like them, and commas between them."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    names = (each for each in words if each != "None")
    if not re.search(r"\d|None|\?", text) or any(each in WORDS or each.translate(DIGITS).isalpha() for each in names):
        return text  # Names, or what a layer is called with.
    if _DECIMAL.fullmatch(text):
        return text
    text = text.replace("{", "[").replace("}", "]")
    if text.endswith(")]") and not text.startswith("["):
        text = "[" + text.removeprefix("[")
    said = re.sub(r"\w+", lambda found: found[0] if found[0] == "None" else found[0].translate(DIGITS), text)
    return re.sub(r"\s*[,.]\s*(?=[\[(\dN?])", ", ", said)


@cache
def _word(token: str) -> str:
    """Return the word of the vocabulary, maybe with a number behind it, that a token looks like, or the token."""
    if token in WORDS or token in PLAIN or token.rstrip("0123456789") in WORDS or token.isdigit() or len(token) < 2:
        return token
    for key in (_look, _merged, _short):
        index = _index(key)
        for end in range(len(token), 1, -1):
            number = token[end:].translate(DIGITS)
            word = index.get(key(token[:end]))
            if word is not None and (not number or number.isdigit()):
                return word + number
    if {token[:-1], token[1:]} & WORDS:
        return token  # More than one of them, as `Merged` and `dmodel`.
    alike = get_close_matches(token, WORDS, 1, CLOSE) if token.isalpha() and len(token) > 4 else []
    close = [
        each
        for each in alike
        if (each.isalpha() or len(each) == len(token))  # A digit is not read for nothing,
        and each.lower() != token.lower()  # and a large letter not for a small one.
    ]
    return (close or _but_for_one(token) or [token])[0]


def _but_for_one(token: str) -> list[str]:
    """Return the words of the vocabulary that a long word is but for one letter."""
    if not token.isalpha() or len(token) < LONG:
        return []
    alike = (each for each in WORDS if len(each) == len(token))
    pairs = ((each, [(a, b) for a, b in zip(each, token, strict=True) if a != b]) for each in alike)
    return [each for each, ((a, b), *more) in pairs if not more and a.lower() != b.lower()]


def _look(word: str) -> str:
    return word.translate(LOOKS)


def _merged(word: str) -> str:
    """Return a word as it looks where r and n stand close."""
    return _look(word.replace("rn", "m"))


def _short(word: str) -> str:
    """Return a word as it looks where strokes that stand side by side are miscounted."""
    return re.sub(r"(.)\1+", r"\1", _look(word))


@cache
def _index(key: Callable[[str], str]) -> dict[str, str]:
    return {key(each): each for each in sorted(WORDS) if len(each) > 2 or key is _look}


def numbered(text: str) -> str:
    """Return the text of a box, in which a stroke alone behind a word is a one.

    >>> numbered("Encoder |"), numbered("|x|")
    ('Encoder 1', '|x|')
    """
    return re.sub(r"(?<=[A-Za-z] )\|$", "1", text)


def agreed(boxes: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the texts of boxes, those with a name alone spelt as the layer whose name looks the same.

    >>> agreed([("pool5", "(Pooling)"), ("pools",), ("data",)])
    [('pool5', '(Pooling)'), ('pool5',), ('data',)]
    """
    named = {texts[0].split(" (")[0] for texts in boxes if "(" in "".join(texts)}
    looks: dict[str, set[str]] = {}
    for name in named:
        looks.setdefault(_short(name), set()).add(name)

    def spelt(texts: tuple[str, ...]) -> tuple[str, ...]:
        if len(texts) != 1 or "(" in texts[0] or texts[0] in named:
            return texts
        like = looks.get(_short(texts[0]), set())
        return (next(iter(like)),) if len(like) == 1 else texts

    return [spelt(texts) for texts in boxes]
