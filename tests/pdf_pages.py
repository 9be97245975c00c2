"""Small PDFs, written by hand: texts at places, with superscripts and rules."""

from __future__ import annotations

from collections.abc import Iterable

Text = tuple[float, float, str] | tuple[float, float, str, float] | tuple[float, float, str, float, int]
"""Left end, base line from the top, text, size where that is not 9, and 1 or -1 where it is read up or down."""


def pdf(*pages: tuple[Iterable[Text], Iterable[tuple[float, float, float]]]) -> bytes:
    """Return a PDF of pages of 612 x 792 points: texts, and rules (height, left, right)."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, (texts, rules) in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        lines = [_text(*each) for each in texts]
        lines += [f"0.5 w {x0} {792 - y} m {x1} {792 - y} l S" for y, x0, x1 in rules]
        stream = "\n".join(lines)
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + each.encode("cp1252") + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def _text(x: float, y: float, text: str, size: float = 9, turn: int = 0) -> str:
    plain = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    along = 0 if turn else 1
    return f"BT /F1 {size} Tf {along} {turn} {-turn} {along} {x} {792 - y} Tm ({plain}) Tj ET"


def rows(top: float, columns: Iterable[float], cells: Iterable[Iterable[str]], step: float = 12) -> list[Text]:
    """Return the texts of a table's rows, a line each."""
    places = list(columns)
    return [
        (x, top + i * step, text) for i, row in enumerate(cells) for x, text in zip(places, row, strict=False) if text
    ]
