"""Papers: designs out of the tables of a PDF."""

import re

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
        "a table that shows a design: CSV, Markdown, HTML, LaTeX",
        folder="paper",
        suffixes=(".csv", ".tsv", ".md", ".markdown", ".html", ".htm", ".tex"),
        reads=True,
        writes=False,
    ),
    Dialect(
        "summary",
        "what Keras, torchsummary or PyTorch print of a model",
        folder="paper",
        suffixes=(".txt",),
        reads=True,
        writes=False,
        sniff=lambda head: b"Layer (type" in head or re.search(rb"^\s*\(\w+\): \w+\(", head, re.MULTILINE) is not None,
    ),
)
