"""One sign for each meaning: × between sizes, - for every dash, numbers without commas, windows without brackets."""

from __future__ import annotations

import re
import unicodedata


def signed(text: str) -> str:
    """Return a text with one sign for each meaning, and numbers without commas.

    >>> signed("3x3 – 64"), signed("1 * 1 * 1,000"), signed("28²"), signed("(32,128)")
    ('3×3 - 64', '1 × 1 × 1000', '28×28', '(32,128)')
    """
    text = re.sub(r"(\d+)\u00b2", r"\1×\1", text)
    text = _NOTES.sub("", text)
    text = re.sub(r"(?<![\w.)])\.(?=\d)", "0.", text)  # p=.3
    text = _ACCENTED.sub(_with_accent, text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[‐-―−]", "-", text)
    text = re.sub(r"(?<=\d)['\u2019](?=\d{3}\b)", ",", text)
    text = _THOUSANDS.sub(_whole, text)
    text = re.sub(r"(?<![\d,.])(\d{1,3}),(0\d\d)(?!\d|,\d)", r"\1\2", text)  # No number of a list begins with 0.
    text = _GLUED.sub(lambda found: ", ".join(re.findall(r"[a-z]\d+", found[0])), text)
    text = re.sub(r"(?<=\d) by (?=\d)", "×", text)
    text = re.sub(r"[✕✖⨯∗]", "×", text).replace("->", "→").replace("⇒", "→").replace("⇨", "→")
    text = re.sub(r"(?<=\d)(\s*)[xX*](\s*)(?=\d)", r"\1×\2", text)
    return re.sub(r"(?:(?<=\b[WHNMB])|(?<=/\d))(\s*)[x*](\s*)(?=\d|[WHNM]\b)", r"\1×\2", text)


_ACCENTS = {
    **dict(zip("´`ˆ˜¨", "\u0301\u0300\u0302\u0303\u0308", strict=True)),
    **dict(zip("'^~\"=.", "\u0301\u0302\u0303\u0308\u0304\u0307", strict=True)),
    **dict(zip("uvHcdbrk", "\u0306\u030c\u030b\u0327\u0323\u0331\u030a\u0328", strict=True)),
}
"""The signs of accents, as fonts have them and as LaTeX calls them."""
_ACCENTED = re.compile(r"([aeiouAEIOU])([´`ˆ¨])(?![aeiouıAEIOU])(?=[a-z])|([´ˆ˜¨]|`(?=[aeiouıAEIOU]))([A-Za-zı])")
"""An accent that is set in front of its letter, or behind it, as TeX does with its first fonts."""


def _with_accent(found: re.Match[str]) -> str:
    return accented(found[1] or found[4].replace("ı", "i"), found[2] or found[3])


def accented(letter: str, sign: str) -> str:
    """Return a letter with the accent that a sign stands for.

    >>> accented("e", "´"), accented("o", '"'), accented("c", "v")
    ('é', 'ö', 'č')
    """
    return unicodedata.normalize("NFC", f"{letter}{_ACCENTS[sign]}")


MEMORY = re.compile(r" ?\([\d.]+ ?[kKMG]?B\)")
"""Of so much memory."""
_GLUED = re.compile(r"\b(?:[knspfd]\d{1,4}){2,}\b")
"""A window, filters and a stride as SRGAN's figure has them: k3n64s1."""


_NOTES = re.compile(
    r"(?<=[A-Za-z)])\s?(?:[\u00b9\u00b2\u00b3†‡§]|\^ ?[\d*†‡§](?!\w| ?[×x])|\*+(?=$|[\s,;]))"
    r"|(?<=\d)(?:[\u00b9\u00b3\u2074-\u2079†‡§]|\s?\^ ?[13-9*†‡§](?!\w))|(?<=\.\d)\u00b2"
)
"""Marks of footnotes; 28² is a size."""


def without_brackets(text: str) -> str:
    """Return a text in which the sides of a window that stand in brackets are 3×3.

    >>> without_brackets("64@(3, 3), stride (2, 2)"), without_brackets("Conv2d(3, 8)"), without_brackets("[3, 8]")
    ('64@3×3, stride 2×2', 'Conv2d(3, 8)', '[3, 8]')
    """
    return _TUPLE.sub(_joined, text)


_THOUSANDS = re.compile(r"(?<![\w.,(\[×*])(?<![×xX*] )((?:\d+ ?[×*xX] ?)*)\d{1,3}(?:,\d{3})+(?![\d.,)\]])")
"""Numbers with commas between thousands, and what they are multiplied by."""


def _whole(found: re.Match[str]) -> str:
    """Return a number without commas; behind the sides of a window, 3×3,256, one is no part of it."""
    sides = [int(each) for each in re.findall(r"\d+", found[1])]
    return found[0].replace(",", "") if not sides or sides[0] > 15 or set(sides) == {1} else found[0]


_TUPLE = re.compile(r"(\b[A-Za-z_]\w*)?( ?)([(\[]) ?((?:1[0-5]|\d)(?: ?, ?(?:1[0-5]|\d)){1,2}) ?[)\]]")
"""Small numbers in brackets, and the word in front of them."""
_WINDOWED = re.compile(r"conv|pool", re.IGNORECASE)
_SIDED = re.compile(r"(?:kernel|filter|window|stride|size|pad)\w*|of|by|with|and", re.IGNORECASE)
"""Words behind which the sides of a window or the steps of a stride may stand in brackets."""


def _joined(found: re.Match[str]) -> str:
    """Return the sides of a window in brackets as 3×3, but no arguments of what is called in front of them."""
    word, gap, bracket, sides = found.groups()
    numbers = re.findall(r"\d+", sides)
    listed = bracket == "[" and not found.start() and len(set(numbers)) > 1
    windowed = bool(gap) and len(set(numbers)) == 1 and bool(_WINDOWED.search(word or ""))
    if listed or (word and not windowed and not _SIDED.fullmatch(word)):
        return found[0]
    return f"{word} {'×'.join(numbers)}" if word else f"{gap}{'×'.join(numbers)}"
