"""Units that nobody knows, by what their texts say of them: a name of their own, or settings alone."""

from __future__ import annotations

import re
from typing import Any

from extract.words.lexicon import kind_of, posts_of
from extract.words.signatures import KEYS

ANY = "unit"
"""What a unit without a name is called."""
_NAME = re.compile(r"([A-Za-z][A-Za-z\d]*(?:[ /-][A-Za-z]\w*)*)\s*(?=[(,:]|$)")
"""The name in front of what a unit is made with: `SK(M = 2, r = 16), 128`."""
_CAPITALS = re.compile(r"(?!SAME|VALID|RGB|NONE)([A-Z]{3,})(?= ?\d+ ?×)")
"""A name in capitals right in front of a window: SMART 3 × 3, 64."""
_SETTING = re.compile(
    r"(?:([A-Za-z][\w. ]*?)\s*[=:]|([A-Za-z][A-Za-z. ]*))\s*(?<![A-Za-z\d])(\d+(?:\.\d+)?(?: ?× ?\d+)*)"
)
_ATTRIBUTES = re.compile(
    r"\W*(?:kernels?|filters?|maps|channels|strides?|str?|pad(?:ding)?|dilation|rate|groups|size|outputs?|units|neurons|nodes|same|valid|[ckgspnd])"
    r"(?: size)?\W*",
    re.IGNORECASE,
)
"""What convolutions that need no name are made with."""
_WIDTH = re.compile(r",\s*(\d+)$")
_QUANTITY = re.compile(r"\d+ ?×|[A-Za-z] ?_?\d ?= ?[\d.]+(?: ?[;,] ?[A-Za-z] ?_?\d ?= ?[\d.]+)*")
_OWN = frozenset(
    ("kernel", "stride", "filters", "output", "input", "shape", "units", "pad", "dilation", "groups", "block", "times")
)
"""What is said of layers that are known, which has other forms."""


def is_quantity(said: str) -> bool:
    """Tell how many times larger something is, and what quantities with an index are set to, which are no layers.

    >>> is_quantity("4×"), is_quantity("K1 = 7; S1 = 4"), is_quantity("S1 = 4, 64")
    (True, True, False)
    """
    return bool(_QUANTITY.fullmatch(said))


def is_set(said: str) -> bool:
    """Tell a text of settings alone, each with its value, which names no unit.

    >>> is_set("R1 = 8; N1 = 1"), is_set("win. sz. 7 × 7, dim 96, head 3"), is_set("SK, 128"), is_set("conv 3")
    (True, True, False, False)
    """
    apart = r"[;,]|(?<=\d) (?=[A-Z] ?= ?\d)"
    parts = [_SETTING.fullmatch(part.strip()) for part in re.split(apart, said) if part.strip()]
    own = any(part and not _ATTRIBUTES.fullmatch(part[1] or part[2]) for part in parts)
    several = len(parts) > 1 or bool(re.search(r"[=:]", said))  # And no number of a block: Block 1.
    return own and several and all(parts) and not kind_of(said)


def names_another(said: str) -> bool:
    """Tell a text that begins with a name that no layer has: its window is not that of a convolution.

    >>> names_another("MSA, 7 × 7, H = 3"), names_another("3 × 3, 64"), names_another("stride 2, 3 × 3")
    (True, False, False)
    """
    named = _NAME.match(said) or _CAPITALS.match(said)
    return bool(named) and not (kind_of(said) or posts_of(said) or _ATTRIBUTES.fullmatch(named[1] if named else ""))


def stranger_called(said: str) -> str:
    """Return the name of what is called with arguments as layers are, and is none that is known.

    >>> stranger_called("SE(16, r=4)"), stranger_called("Conv(16, 3)"), stranger_called("Filters(64)")
    ('SE', '', '')
    """
    called = re.fullmatch(r"([A-Z][A-Za-z]*(?:-[A-Za-z]+| [Bb]lock)?\d?) ?\((.*\d.*)\)", said.strip())
    named = called[1] if called else ""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named).lower()
    known = kind_of(said) or posts_of(said) or plain in KEYS or _ATTRIBUTES.fullmatch(plain)
    return "" if known or len(named) < 2 or re.fullmatch(r"L\d+|\w*[Rr]egulari\w+", named) else named


def name_of(said: str) -> str:
    """Return the name of a unit, that of any where it has none but settings, and nothing where no words are.

    >>> name_of("SK(M = 2, G = 32, r = 16), 128"), name_of("MHSA, 512"), name_of("R1 = 8; N1 = 1"), name_of("3 × 3, 64")
    ('SK', 'MHSA', 'unit', '')
    """
    if is_set(said):
        return ANY
    if kind_of(said) or posts_of(said) or not re.search(r"[A-Za-z]{2}", said):
        return ""
    named = _NAME.match(said) or _CAPITALS.match(said)
    return named[1] if named else said


def settings_of(said: str) -> dict[str, Any]:
    """Return what a text says that a unit is made with.

    >>> settings_of("SK(M = 2, r = 16), 128"), settings_of("win. sz. 7 × 7, head 3")
    ({'M': 2, 'r': 16, 'filters': 128}, {'win_sz': (7, 7), 'head': 3})
    """
    found: dict[str, Any] = {}
    for equal, beside, value in _SETTING.findall(said):
        key = re.sub(r"\W+", "_", re.sub(r"(?<=\w) (?=\d)", "", (equal or beside).strip(" ."))).strip("_")
        sizes = tuple(map(int, re.findall(r"\d+", value))) if "×" in value else ()
        if key.lower() not in _OWN:
            found[key] = sizes or (float(value) if "." in value else int(value))
    if size := re.fullmatch(r"[A-Za-z][\w-]* ?\((\d+)\)", said):
        found["size"] = int(size[1])
    width = _WIDTH.search(said)
    return found | ({"filters": int(width[1])} if width and not is_set(said) else {})


FOREIGN = re.compile(
    r"(?:[Ww]eight|[Ss]pectral|[Pp]ixel|[Ss]witchable)[- ]?[Nn]orm|\b[Cc]onditional (?:batch|instance)"
    r"|\bAda-?IN\b|\bSPADE\b"
    r"|(?:[Ll]og|[Ss]patial|[Gg]umbel|[Hh]ierarchical)[-_ ]?[Ss]oft-?max"
    r"|\b[Ss]um[- ][Pp]ool|\b[Mm]ax-?out"
    r"|\b(?:[Hh]ard[- ]?[Tt]anh|[Ss]oft-?(?:[Ss]ign|[Ss]hrink))\b"
    r"|(?:, ?|\b[Cc]ontrast |\b[Dd]ivisive )[Nn]ormali[sz]ation\b"
    r"|^(?:[Ss]hortcut|[Ss]kip|[Rr]esidual) ?: ?\d"
    r"|\b[Ss]hared[ -](?:MLP|mlp|[Ff]ully|FC)\b"
    r"|\b(?:[Ss]nake|[Ss]quash\w*|[Ss]ine?|[Ss]parsemax)\b"
)
"""Normalisations, and what else, that are not known here."""
_LETTERED = re.compile(r"[,+&;] ?([A-Z][a-z]*[A-Z][A-Za-z]*\d?)(?= ?(?:$|[,+&;]))")
"""What stands behind a layer by its letters: `Conv 3×3, 64, GDN`."""
_PLAIN = re.compile(r"RGB|NBN|NONE|SAME|VALID|HS|RE|[A-Z]\d?", re.IGNORECASE)
"""Letters that are no layer: colours, no normalisation, a border."""
_SAID_LAST = re.compile(r"\d\w* ([A-Z]{3,5})$")
"""The same behind a number."""


def has_stranger(said: str) -> bool:
    """Tell a layer behind which another is named by letters that nobody knows.

    >>> [has_stranger(each) for each in ("Conv 3×3, 64, GDN", "Conv + CBAM", "Conv, BN, ReLU", "conv 1×1, NBN")]
    [True, True, False, False]
    """
    behind = [each for each in (*_LETTERED.findall(said), *_SAID_LAST.findall(said)) if not _PLAIN.fullmatch(each)]
    return any(not (kind_of(each) or posts_of(each)) for each in behind)
