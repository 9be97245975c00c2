"""Read lines of text with Tesseract, in this process and by one thread."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

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


class NoReaderError(Exception):
    """Tesseract, or what it knows of English, is not installed."""


def read_lines(images: Sequence[Gray]) -> list[str]:
    """Return the text of each picture of one line. Raises NoReaderError."""
    with _tesseract() as engine:
        return [_read(engine, image) for image in images]


def _read(engine: Any, image: Gray) -> str:
    high, wide = image.shape
    engine.SetImageBytes(np.ascontiguousarray(image).tobytes(), wide, high, 1, wide)
    engine.SetSourceResolution(DPI)
    return str(engine.GetUTF8Text()).strip()


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
