"""Captions of tables of LaTeX: each is of the float, or of the part of one, that it stands in."""

from __future__ import annotations

import pytest

from ir import layers as L
from tests.test_extract_families import model_of

ROWS = (
    r"Layer & Kernel & Output \\ \hline Input & & 28x28x1 \\ Conv & 3x3 & 26x26x{0} \\ Pool & 2x2 & 13x13x{0} \\"
    r" FC & & 10 \\"
)
FIRST, SECOND = (
    rf"\begin{{tabular}}{{lll}} {ROWS.format(many)} \end{{tabular}}" for many in (8, 16)
)  # fmt: skip
SAID = r"\caption{The first network. ReLU follows each convolution.}"
OTHER = r"\caption{The second network.}"
WAYS = {
    "above": rf"\begin{{table}}{SAID}{FIRST}\end{{table}} \begin{{table}}{OTHER}{SECOND}\end{{table}}",
    "below": rf"\begin{{table}}{FIRST}{SAID}\end{{table}}"
    "\n\nIn between.\n\n"
    rf"\begin{{table}}{SECOND}{OTHER}\end{{table}}",
    "beside text": rf"\begin{{wraptable}}{{r}}{{5cm}}{FIRST}{SAID}\end{{wraptable}} "
    rf"\begin{{wraptable}}{{r}}{{5cm}}{SECOND}{OTHER}\end{{wraptable}}",
    "in pages": rf"\begin{{table}}\begin{{minipage}}{{4cm}}{SAID}{FIRST}\end{{minipage}}\hfill"
    rf"\begin{{minipage}}{{4cm}}{OTHER}{SECOND}\end{{minipage}}\end{{table}}",
    "in parts": rf"\begin{{table}}\begin{{subtable}}{{4cm}}{FIRST}{SAID}\end{{subtable}}"
    rf"\begin{{subtable}}{{4cm}}{SECOND}{OTHER}\end{{subtable}}\caption{{Both}}\end{{table}}",
    "by commands": rf"\begin{{table}}\subfloat[First: ReLU follows each convolution.]{{{FIRST}}}\quad"
    rf"\subfloat[Second.]{{{SECOND}}}\end{{table}}",
    "never ended": rf"\begin{{table}}\begin{{minipage}}{{4cm}}{FIRST}{SAID}\end{{table}} "
    rf"\begin{{table}}{SECOND}{OTHER}\end{{table}}",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_caption_is_of_the_float_that_it_stands_in(text: str) -> None:
    for variant, wanted in (("Table 1", True), ("Table 2", False)):
        graph = model_of(text, ".tex", variant=variant)
        assert any(isinstance(each.layer, L.ReLU) for each in graph.nodes) == wanted


def test_a_caption_of_several_tables_is_of_each() -> None:
    text = rf"\begin{{table}}\caption{{Networks. ReLU follows each convolution.}}{FIRST}\quad{SECOND}\end{{table}}"
    for variant in ("Table 1", "Table 2"):
        graph = model_of(text, ".tex", variant=variant)
        assert any(isinstance(each.layer, L.ReLU) for each in graph.nodes)
