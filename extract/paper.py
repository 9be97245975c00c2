"""The tables of a paper that hold designs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.captions import captions, table_regions
from extract.layouts import TableDesign, designs_of
from extract.page import page_of
from extract.pdf_tables import grid_of
from extract.texts import grids_of
from ir.diagnostics import Report, TranslationError
from ir.origin import Origin, Source

MOST_PAGES = 2000
"""Pages of a paper that are looked at."""
MOST_CHARACTERS = 60_000
"""Characters of a page at most; more are no page of text."""


@dataclass(frozen=True)
class Found:
    """A design of a table, with the page and the label of that."""

    page: int
    label: str
    caption: str
    design: TableDesign

    @property
    def title(self) -> str:
        """What tells it from the others: its configuration, or else the table's label."""
        return self.design.config or self.label

    def name(self, path: Path) -> str:
        """Return a name for the model."""
        config = f" {self.design.config}" if self.design.config else ""
        return f"{path.stem}{config}"


def tables_of(path: Path, data: bytes | None, report: Report) -> list[Found]:
    """Return the designs of a paper's tables; raise TranslationError where it cannot be opened."""
    import pdfplumber

    source: Any = path if data is None else io.BytesIO(data)
    found: list[Found] = []
    try:
        with pdfplumber.open(source) as pdf:
            for page in pdf.pages[:MOST_PAGES]:
                found += _of_page(page)
                page.close()
    except OSError:
        raise
    except Exception as error:  # What pdfminer raises on broken files is of any kind.
        told = f"cannot be read as a PDF: {type(error).__name__}"
        report.add("syntax", told, Origin(Source(str(path))))
        raise TranslationError(report) from None
    return found


SUFFIXES = (".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".tex")
"""Those of tables that are written as text."""


def texts_of(path: Path, raw: bytes, report: Report) -> list[Found]:
    """Return the designs of the tables in a text; what is around them stands for their captions."""
    text = raw.decode("utf-8", "replace")
    suffix = path.suffix.lower() if path.suffix.lower() in SUFFIXES else ".csv"
    caption = re.sub(r"<[^>]*>|\|.*", " ", text[:20_000]) if suffix not in (".csv", ".tsv") else ""
    grids = grids_of(text, suffix)
    return [Found(0, f"Table {i}", caption, design) for i, grid in enumerate(grids, 1) for design in designs_of(grid)]


def _of_page(raw: Any) -> Iterator[Found]:
    if len(raw.chars) > MOST_CHARACTERS:
        return
    page = page_of(raw)
    for region in table_regions(page, captions(page)):
        for design in designs_of(grid_of(page, region)):
            yield Found(page.number, region.label, region.caption, design)
