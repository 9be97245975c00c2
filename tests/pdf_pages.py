"""Small PDFs, written by hand: texts at places, with superscripts and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Text = tuple[float, float, str] | tuple[float, float, str, float] | tuple[float, float, str, float, int]
"""Left end, base line from the top, text, size where that is not 9, and 1 or -1 where it is read up or down."""


Rule = tuple[float, float, float]
"""A horizontal line: its height from the top, and its ends."""
Content = tuple[Iterable[Text], Iterable[Rule]] | tuple[Iterable[Text], Iterable[Rule], str]
"""Texts and rules of a page, and what else is drawn on it, in PDF's own words."""


_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(
    *pages: Content,
    page: str = "",
    trailer: str = "",
    widths: Mapping[str, int] | None = None,
    resources: str = "",
    more: Iterable[str] = (),
) -> bytes:
    """Return a PDF of pages of 612 x 792 points; `page`, `trailer` and `resources` add entries to these.

    `more` are objects behind those of the pages: the first behind one page is number 6.

    With `widths` its font is one of its own, whose letters are as wide as told, in thousandths of its size, or half.
    """
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        _FONT if widths is None else _own_font(widths),
    ]
    for i, (texts, rules, *drawn) in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R "
            f"{page} /Resources << /Font << /F1 3 0 R >> {resources} >> >>"
        )
        lines = [_text(*each) for each in texts]
        lines += [f"0.5 w {x0} {792 - y} m {x1} {792 - y} l S" for y, x0, x1 in rules]
        lines += drawn
        stream = "\n".join(lines)
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    objects += more
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + each.encode("cp1252") + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def _own_font(widths: Mapping[str, int]) -> str:
    each = " ".join(str(widths.get(chr(code), 500)) for code in range(32, 127))
    told = f"/FirstChar 32 /LastChar 126 /Widths [{each}]"
    return _FONT.replace("/Helvetica", "/ABCDEF+Office").replace(" >>", f" {told} >>")


def _text(x: float, y: float, text: str, size: float = 9, turn: int = 0) -> str:
    plain = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    along = 0 if turn else 1
    return f"BT /F1 {size} Tf {along} {turn} {-turn} {along} {x} {792 - y} Tm ({plain}) Tj ET"


def column(texts: Iterable[str], x: float, top: float, wide: float = 90, high: float = 20) -> tuple[list[Text], str]:
    """Return boxes below each other with texts in them, and arrows between them: the texts, and what draws the rest."""
    places, drawn = [], []
    for i, text in enumerate(texts):
        upper = 792 - top - i * 2 * high
        places.append((x + 6, 792 - upper + high - 7, text))
        drawn.append(f"1 w {x} {upper - high} {wide} {high} re S")
        if i:
            middle = x + wide / 2
            drawn.append(f"{middle} {upper + high} m {middle} {upper + 5} l S")
            drawn.append(f"{middle - 3} {upper + 5} m {middle + 3} {upper + 5} l {middle} {upper} l h f")
    return places, "\n".join(drawn)


def rows(top: float, columns: Iterable[float], cells: Iterable[Iterable[str]], step: float = 12) -> list[Text]:
    """Return the texts of a table's rows, a line each."""
    places = list(columns)
    return [
        (x, top + i * step, text) for i, row in enumerate(cells) for x, text in zip(places, row, strict=False) if text
    ]
