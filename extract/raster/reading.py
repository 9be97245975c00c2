"""Read lines of text with Tesseract, in this process and by one thread."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from extract.raster.ink import LETTER
from extract.raster.letters import BORDER, Strip
from extract.raster.picture import Gray

FOLDERS = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
"""Where systems keep what Tesseract knows of languages."""
DPI = 144
"""The resolution that lines of text have here."""


REACH = 40
"""Pixels from an underscore to the gap between two words that it fills: Tesseract may miss the end of a word."""


NEVER = "€£¥§©®™«»°¢éèêëàâäáåçñöôóòüûúùîïíìÉ"
"""Signs that Tesseract knows and drawings of networks do not have."""
BESIDE, DARK = 2, 128
"""Pixels beside an arrow that are left out with it, and the shade that letters have at most."""
TIMES = "xX\u00d7*%+"
"""What a sign of times is read as."""
TWICE, CAPITAL = "Cc", 0.8
"""What Tesseract reads for one letter that is alike large and small, and how high the large one is at least."""
SURE = 70
"""How sure Tesseract is at least of what is no pattern."""
Read = tuple[str, float, float]
"""A word and its ends."""


class Reader(Protocol):
    """What reads lines of text."""

    def __call__(self, strips: Iterable[Strip], without: str = "") -> list[str]:
        """Return the text of each line, in which some signs cannot be."""


class NoReaderError(Exception):
    """Tesseract, or what it knows of English, is not installed."""


@contextmanager
def tesseract() -> Iterator[Reader]:
    """Give what returns the text of each of some lines, in which some signs cannot be. Raises NoReaderError."""
    with _tesseract() as engine:

        def read(strips: Iterable[Strip], without: str = "") -> list[str]:
            engine.SetVariable("tessedit_char_blacklist", NEVER + without)
            return [_line(engine, strip) for strip in strips]

        yield read


def _line(engine: Any, strip: Strip) -> str:
    """Return the text of a line; what stands before and behind an arrow in it is read by itself.

    So is what stands beside signs of times between numbers, where not all of these were read.
    """
    if not strip.arrows:
        text = _joined(_words(engine, strip.image), strip.underscores)
        if sum(text.count(sign) for sign in TIMES) < len(strip.crosses):
            return _with_times(_parts(engine, strip.image, strip.crosses)) or text
        is_one = len(text) == len(TWICE) and text[0] != text[1] == text[0].swapcase()  # A large letter, or a small one.
        is_large = is_one and len(strip.letters) >= CAPITAL * LETTER
        return (text[0].upper() if is_large else text[0].lower()) if is_one else text
    return "\u2192".join(_parts(engine, strip.image, strip.arrows))


def _parts(engine: Any, image: Gray, signs: Sequence[tuple[float, float]]) -> list[str]:
    """Return what is read before, between and behind signs of a line."""
    ends = [0, *(round(end) for first, last in signs for end in (first - BESIDE, last + BESIDE)), None]
    parts = [image[:, a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)]
    padded = (np.pad(part, BORDER, constant_values=255) if part.size and part.min() < DARK else None for part in parts)
    return ["" if part is None else _joined(_words(engine, part), ()) for part in padded]


def _with_times(parts: Sequence[str]) -> str:
    """Return numbers with the signs of times between them; nothing where one stands beside no number."""
    said = [re.sub(r"^[|lI!]$", "1", part) for part in parts]
    beside = all(a[-1:].isdigit() and b[:1].isdigit() for a, b in pairwise(said))
    return "x".join(said) if beside else ""


def surest(ways: Sequence[Sequence[Strip]]) -> Sequence[Strip]:
    """Return those of several cuttings of the same lines that Tesseract reads with the most confidence."""
    with _tesseract() as engine:
        return max(ways, key=lambda strips: sum(_confidence(engine, each.image) for each in strips) / len(strips))


def without_doubtful(strips: Sequence[Strip]) -> list[Strip]:
    """Return lines without those that are faint and that Tesseract is not sure of: they may be no text."""
    if not any(each.faint for each in strips):
        return list(strips)
    with _tesseract() as engine:
        return [each for each in strips if not each.faint or _confidence(engine, each.image) >= SURE]


def _confidence(engine: Any, image: Gray) -> int:
    """Return how sure Tesseract is of a line, up to 100."""
    list(_words(engine, image))
    return int(engine.MeanTextConf())


def read_lines(strips: Iterable[Strip]) -> list[str]:
    """Return the text of each line. Raises NoReaderError."""
    with tesseract() as read:
        return read(strips)


def _words(engine: Any, image: Gray) -> Iterator[Read]:
    """Yield the words of a line with their ends."""
    from tesserocr import RIL, iterate_level

    high, wide = image.shape
    engine.SetImageBytes(np.ascontiguousarray(image).tobytes(), wide, high, 1, wide)
    engine.SetSourceResolution(DPI)
    engine.Recognize()
    for word in iterate_level(engine.GetIterator() or (), RIL.WORD):
        try:
            box, text = word.BoundingBox(RIL.WORD), word.GetUTF8Text(RIL.WORD).strip()
        except RuntimeError:  # Where Tesseract sees a line, and no letters in it.
            continue
        if box is not None and text:
            yield text, box[0], box[2]


def _joined(words: Iterable[Read], underscores: Sequence[float]) -> str:
    """Return words as a text: with an underscore at the gaps next to those that were not read, else with spaces."""
    read = list(words)
    missing = len(underscores) - sum(word.count("_") for word, _, _ in read)
    gaps = [(min(a[2], b[1]) + b[1]) / 2 for a, b in pairwise(read)]  # Tesseract may see a word end too late.
    near = sorted((abs(place - gap), i) for i, gap in enumerate(gaps) for place in underscores)
    within = [read[i][0][-1].isalnum() and read[i + 1][0][0].isalnum() for i in range(len(gaps))]
    drawn = [i for i in dict.fromkeys(i for away, i in near if away < REACH) if within[i]]
    text = ""
    for i, (word, _, _) in enumerate(read):
        joins = not text or text.endswith("_") or word.startswith("_")
        text += ("" if joins else "_" if i - 1 in drawn[: max(0, missing)] else " ") + word
    return text


def _tesseract() -> Any:
    """Return Tesseract, ready to read single lines of English."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # Its threads are slower than one; it looks here as it is loaded.
    try:
        import tesserocr
    except ImportError:
        raise NoReaderError from None
    folder = next(folders(), None)
    if folder is None:
        raise NoReaderError
    mode, engine = tesserocr.PSM.SINGLE_LINE, tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=str(folder), lang="eng", psm=mode, oem=engine)


def folders() -> Iterator[Path]:
    """Yield the folders in which Tesseract's English is."""
    named = os.environ.get("TESSDATA_PREFIX")
    places = [Path(named), Path(named) / "tessdata"] if named else []
    for pattern in FOLDERS:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    yield from (place for place in places if (place / "eng.traineddata").is_file())
