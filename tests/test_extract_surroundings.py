"""What stands around a table in a text: its section, the sections around it, other tables beside it."""

from __future__ import annotations

from pathlib import Path

from extract.paper import texts_of
from extract.structure.surroundings import caption_of
from tests.test_extract_tables import kinds
from tests.test_extract_unseen import table
from translator import ReadOptions, read

ONE = table("Layer | Output", "Conv2D | 16×16×8", "MaxPool2D | 8×8×8", "Flatten | 512", "Dense | 4")
TWO = table("Layer | Output", "Conv2D | 16×16×4", "MaxPool2D | 8×8×4", "Flatten | 256", "Dense | 3")


def said(text: str, own: str, *others: str, is_latex: bool = False) -> str:
    """Return what stands around a part of a text, on one line."""
    spans = [(text.index(each), text.index(each) + len(each)) for each in (own, *others)]
    return " ".join(caption_of(text, spans, spans[0], is_latex=is_latex).split())


def test_a_table_alone_has_all_of_its_text_around_it() -> None:
    text = f"# A net\nFor small images.\n## Layers\nAll of it.\n\n{ONE}\n## How it is trained\nFor long.\n"
    assert said(text, ONE) == "# A net For small images. ## Layers All of it. ## How it is trained For long."


def test_tables_in_sections_have_these_and_what_those_around_begin_with() -> None:
    text = f"# Nets\nOf images.\n\n## One\nWith ReLU.\n\n{ONE}\nBehind one.\n\n## Two\nWith ELU.\n\n{TWO}\n"
    assert said(text, ONE, TWO) == "# Nets Of images. ## One With ReLU. Behind one."
    assert said(text, TWO, ONE) == "# Nets Of images. ## Two With ELU."


def test_between_two_tables_the_last_paragraph_is_of_the_second() -> None:
    text = f"The first.\n\n{ONE}\n\nIts sum.\n\nThe second.\n\n{TWO}\n\nThe end.\n"
    assert said(text, ONE, TWO) == "The first. Its sum."
    assert said(text, TWO, ONE) == "The second. The end."


def test_headings_of_code_are_none_and_code_says_nothing() -> None:
    text = f"## Net\nIts layers.\n```python\n# no heading\nReLU()\n```\n\n{ONE}\n```\nno code\n```\n"
    assert said(text, ONE) == "## Net Its layers. ``` no code ```"


def test_captions_of_latex_stand_with_their_own_table() -> None:
    one, two = (rf"\begin{{tabular}}{{l}}{each}\end{{tabular}}" for each in "ab")
    text = "\n".join(
        rf"\begin{{table}}\caption{{Of {name}.}}{each}\end{{table}}" for name, each in (("one", one), ("two", two))
    )
    assert said(rf"\section{{Nets}}{text}", one, two, is_latex=True).endswith("Of one.")
    assert "one" not in said(rf"\section{{Nets}}{text}", two, one, is_latex=True)


def test_designs_of_one_text_have_activations_of_their_own() -> None:
    text = f"## One\nEach convolution is followed by ReLU.\n\n{ONE}\n## Two\nNo more.\n\n{TWO}\n"
    first, second = (
        kinds(read("net.md", data=text.encode(), format="table", options=ReadOptions(variant=each)).graph)
        for each in ("Table 1", "Table 2")
    )
    assert "ReLU" in first
    assert "ReLU" not in second


def test_tables_of_html_stand_in_markdown_too() -> None:
    cells = (("Layer", "Output"), ("Input", "$1 6 \\times 1 6 \\times 3$"), ("Conv2D", "16×16×8"), ("Dense", "4"))
    rows = "".join(f"<tr><td>{one}</td><td>{two}</td></tr>" for one, two in cells)
    found = texts_of(Path("net.md"), f"# A net\n\n<table>{rows}</table>\n\n{TWO}".encode())
    assert [each.label for each in found] == ["Table 1", "Table 2"]
    assert found[0].design.readings[0].params["output"] == (16, 16, 3)
