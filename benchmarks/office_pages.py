"""Pages as office programs set them, printed by Chromium: tables ruled in their manners, narrow columns."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from random import Random

from table_pages import plain_prose

_FONTS = "font-family:'Liberation %s';font-size:%s"
_BODY = "body{%s;width:%s;margin:%s auto;%s}table{border-collapse:collapse;%s}td,th{%s}"
MANNERS = {
    "journal": _BODY
    % (
        _FONTS % ("Serif", "10pt"),
        "165mm",
        "15mm",
        "",
        "width:80%;margin:0 auto;border-top:1.2px solid;border-bottom:1.2px solid;font-size:9pt",
        "text-align:center;padding:2px 6px",
    )
    + "th{border-bottom:0.8px solid}",
    "grid": _BODY
    % (
        _FONTS % ("Serif", "11pt"),
        "170mm",
        "20mm",
        "",
        "width:100%",
        "border:1px solid;padding:3px 5px;text-align:left;font-weight:normal",
    ),
    "shaded head": _BODY
    % (
        _FONTS % ("Sans", "10pt"),
        "160mm",
        "20mm",
        "",
        "margin:0 auto",
        "border:0.75px solid #666;padding:2px 5px;text-align:center",
    )
    + "th{background:#d9e2f3}",
    "striped": _BODY % (_FONTS % ("Sans", "10pt"), "160mm", "20mm", "", "width:100%", "padding:4px 5px;text-align:left")
    + "tr:nth-child(even){background:#eee}th{background:#4472c4;color:#fff}",
    "light rules": _BODY
    % (
        _FONTS % ("Serif", "10pt"),
        "170mm",
        "20mm",
        "",
        "width:90%;margin:0 auto",
        "border-bottom:1px solid #bbb;padding:3px 5px;text-align:left",
    ),
    "two columns": _BODY
    % (
        _FONTS % ("Serif", "9.5pt"),
        "178mm",
        "15mm",
        "column-count:2;column-gap:7mm;text-align:justify",
        "width:100%;font-size:8pt",
        "border-top:0.7px solid;border-bottom:0.7px solid;padding:1px 3px;text-align:center",
    )
    + ".table{break-inside:avoid}",
}
"""How pages and their tables are set."""
LABELS = ("<b>Table 1.</b> ", "Table 1: ", "<b>Table 1</b><br>", "Table 3.2. ")


def page_of(text: str, rng: Random) -> str:
    """Return a page whose only table is one in HTML below its caption, which may come to stand below the table."""
    caption, _, table = text.removeprefix("<p>").partition("</p>")
    said = f'<p style="text-align:center">{rng.choice(LABELS)}{caption}</p>'
    both = said + table if rng.random() < 0.8 else table + said
    before, behind = ("".join(f"<p>{plain_prose(rng)}</p>" for _ in range(n)) for n in (2, rng.randint(3, 9)))
    style = MANNERS[rng.choice(list(MANNERS))]
    head = f"<meta charset=utf-8><style>{style}</style>"
    return f"<html>{head}<body>{before}<div class=table>{both}</div>{behind}</body></html>"


def has_printer() -> bool:
    """Tell whether Chromium is here."""
    return shutil.which("chromium") is not None


def print_to(pdf: Path, page: str) -> None:
    """Print a page in HTML to a PDF; raise CalledProcessError where Chromium does not."""
    source = pdf.with_suffix(".html")
    source.write_text(page, "utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    subprocess.run(("chromium", *options, str(source)), check=True, capture_output=True, timeout=60)
