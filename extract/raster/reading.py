"""Read lines of text with Tesseract, in this process and by one thread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from extract.raster.letters import Strip
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


Read = tuple[str, float, float]
"""A word and its ends."""


class NoReaderError(Exception):
    """Tesseract, or what it knows of English, is not installed."""


def read_lines(strips: Iterable[Strip], without: str = "") -> list[str]:
    """Return the text of each line, in which some signs cannot be. Raises NoReaderError."""
    with _tesseract() as engine:
        engine.SetVariable("tessedit_char_blacklist", without)
        return [_joined(_words(engine, strip.image), strip.underscores) for strip in strips]


def _words(engine: Any, image: Gray) -> Iterator[Read]:
    """Yield the words of a line with their ends."""
    from tesserocr import RIL, iterate_level

    high, wide = image.shape
    engine.SetImageBytes(np.ascontiguousarray(image).tobytes(), wide, high, 1, wide)
    engine.SetSourceResolution(DPI)
    engine.Recognize()
    for word in iterate_level(engine.GetIterator() or (), RIL.WORD):
        box = word.BoundingBox(RIL.WORD)
        try:
            text = word.GetUTF8Text(RIL.WORD).strip()
        except RuntimeError:  # It raises this where a word has no letters.
            continue
        if box is not None and text:
            yield text, box[0], box[2]


def _joined(words: Iterable[Read], underscores: Sequence[float]) -> str:
    """Return words as a text: with an underscore at the gaps next to those that were not read, else with spaces."""
    read = list(words)
    missing = len(underscores) - sum(word.count("_") for word, _, _ in read)
    gaps = [(a[2] + b[1]) / 2 for a, b in pairwise(read)]
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
    folder = next(_folders(), None)
    if folder is None:
        raise NoReaderError
    mode, engine = tesserocr.PSM.SINGLE_LINE, tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=str(folder), lang="eng", psm=mode, oem=engine)


def _folders() -> Iterator[Path]:
    named = os.environ.get("TESSDATA_PREFIX")
    places = [Path(named), Path(named) / "tessdata"] if named else []
    for pattern in FOLDERS:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    yield from (place for place in places if (place / "eng.traineddata").is_file())
