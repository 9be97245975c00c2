"""Read lines of text with Tesseract, in this process and by one thread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
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


REACH = 24
"""Pixels from an underscore to the gap between two words that it fills: Tesseract may miss the end of a word."""


class NoReaderError(Exception):
    """Tesseract, or what it knows of English, is not installed."""


def read_lines(strips: Iterable[Strip]) -> list[str]:
    """Return the text of each line. Raises NoReaderError."""
    with _tesseract() as engine:
        return [_joined(_words(engine, strip.image), strip.underscores) for strip in strips]


def _words(engine: Any, image: Gray) -> Iterator[tuple[str, float, float]]:
    """Yield the words of a line with their ends."""
    from tesserocr import RIL, iterate_level

    high, wide = image.shape
    engine.SetImageBytes(np.ascontiguousarray(image).tobytes(), wide, high, 1, wide)
    engine.SetSourceResolution(DPI)
    engine.Recognize()
    for word in iterate_level(engine.GetIterator() or (), RIL.WORD):
        if (box := word.BoundingBox(RIL.WORD)) is not None:
            yield word.GetUTF8Text(RIL.WORD).strip(), box[0], box[2]


def _joined(words: Iterable[tuple[str, float, float]], underscores: Sequence[float]) -> str:
    """Return words as a text: with an underscore where one stands between two, else with a space."""
    text, last = "", 0.0
    for word, start, end in words:
        drawn = any(abs(place - (last + start) / 2) < REACH for place in underscores)
        if not text or text.endswith("_") or word.startswith("_"):
            text += word
        else:
            text += ("_" if drawn else " ") + word
        last = end
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
