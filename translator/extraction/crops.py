"""Parts of a paper's pages as PNG."""

from __future__ import annotations

import io
from math import sqrt
from pathlib import Path
from types import TracebackType
from typing import Any

from extract.finding import opened
from extract.sheets import Box

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
        page = self.document[number - 1]
        try:
            width, height = page.get_size()
            left, top = max(0.0, box[0] - EDGE), max(0.0, box[1] - EDGE)
            right, bottom = min(width, box[2] + EDGE), min(height, box[3] + EDGE)
            scale = min(SCALE, sqrt(MOST_POINTS / max(1.0, (right - left) * (bottom - top))))
            bitmap = page.render(
                scale=scale, crop=(left, height - bottom, width - right, top), may_draw_forms=False, draw_annots=False
            )
            buffer = io.BytesIO()
            bitmap.to_pil().save(buffer, "PNG")
            return buffer.getvalue()
        finally:
            page.close()
