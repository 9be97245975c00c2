"""Papers: designs out of the tables of a PDF."""

from translator.dialect import Dialect

DIALECTS = (
    Dialect(
        "paper",
        "a paper whose tables hold designs",
        folder="paper",
        suffixes=(".pdf",),
        reads=True,
        writes=False,
        extra="paper",
        sniff=lambda head: head.startswith(b"%PDF-"),
    ),
    Dialect(
        "figure",
        "a figure that shows a design: SVG, PNG, JPEG",
        folder="paper",
        suffixes=(".svg", ".png", ".jpg", ".jpeg"),
        reads=True,
        writes=False,
        extra="paper",
        sniff=lambda head: b"<svg" in head or head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")),
    ),
    Dialect(
        "table",
        "a table that shows a design: CSV, Markdown, HTML, LaTeX, a printed summary",
        folder="paper",
        suffixes=(".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".tex", ".txt", ".rst"),
        reads=True,
        writes=False,
    ),
)
