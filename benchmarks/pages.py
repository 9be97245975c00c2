"""The pages of the project that hold figures: each between marks of its own, which a benchmark fills anew."""

from __future__ import annotations

from pathlib import Path

MATRIX = ("README.md", "matrix")
PEERS = ("docs/measured.md", "peers")
TRANSPOSES = ("docs/measured.md", "transposes")
FAMILIES = ("docs/measured.md", "families")
"""Where what stands: the page, and the name of its marks."""


def put(root: Path, place: tuple[str, str], text: str) -> None:
    """Put a text between the marks of a page; ValueError where it does not have them."""
    page, name = root / place[0], place[1]
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, opening, rest = page.read_text().partition(begin)
    _, closing, after = rest.partition(end)
    if not (opening and closing):
        raise ValueError(f"{page} has no {begin} ... {end}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
