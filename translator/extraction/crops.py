"""Parts of a paper's pages as PNG."""

from __future__ import annotations

import io
from math import sqrt
from pathlib import Path
from types import TracebackType
from typing import Any

from extract.pages.finding import opened
from extract.pages.sheets import Box, picture_of

SCALE = 2.5
"""Points of a picture for each of a page, at most."""
MOST_POINTS = 4_000_000
"""Points of a picture at most."""
EDGE = 2.0
"""Points of the page around a box."""


class Crops:
    """A paper of which parts are rendered; raises OSError and ValueError as it is opened, as `find` does."""

    def __init__(self, paper: Path) -> None:
        self.document: Any = opened(paper)

    def __enter__(self) -> Crops:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.document.close()

    @property
    def pages(self) -> int:
        """The number of pages."""
        return len(self.document)

    def png(self, number: int, box: Box) -> bytes:
        """Return a part of a page as a picture."""
        from PIL import Image

        around = (box[0] - EDGE, box[1] - EDGE, box[2] + EDGE, box[3] + EDGE)
        area = (around[2] - around[0]) * (around[3] - around[1])
        picture = picture_of(self.document, number, around, min(SCALE, sqrt(MOST_POINTS / max(1.0, area))))
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG")
        return buffer.getvalue()
