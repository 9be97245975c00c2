"""Tables that go on over the end of a page, and those beside which other text ends or begins a page."""

from __future__ import annotations

import pytest

from extract.paper import sightings
from tests.pdf_pages import Rule, Text, pdf, rows
from tests.test_extract_finding import prose

_HEADER = ("layer", "kernel", "filters", "output")
_ROWS = [
    ("conv1", "3 x 3", "8", "32 x 32"),
    ("conv2", "3 x 3", "16", "32 x 32"),
    ("pool1", "2 x 2", "-", "16 x 16"),
    ("conv3", "3 x 3", "32", "16 x 16"),
    ("conv4", "3 x 3", "64", "16 x 16"),
    ("fc", "-", "4", "1 x 1"),
]
_PLACES = (90, 200, 320, 440)
_ENDS = (80, 500)
_COLUMNS = (86, 316)
"""Where the columns of running text begin."""


def filters(data: bytes) -> list[int]:
    """Return the filters or units of the layers of the only design of a paper."""
    (design,) = [found.design for each in sightings(data) for found in each.designs]
    return [each.params[name] for each in design.readings for name in ("filters", "units") if name in each.params]


def table(top: float, lines: list[tuple[str, ...]]) -> tuple[list[Text], list[Rule]]:
    """Return lines of a table with a rule above and below them, and one under the header where it is among them."""
    under = [(top + 4, *_ENDS)] if lines[0] == _HEADER else []
    return rows(top, _PLACES, lines), [(top - 10, *_ENDS), *under, (top + 12 * len(lines) - 8, *_ENDS)]


def in_two_columns(top: float, lines: int) -> list[Text]:
    """Return lines of running text in two columns, of which each line begins anew at another place."""
    words = ["as", "the", "nets", "before", "were", "wide", "and", "of", "few", "layers", "we", "make", "it"]
    found: list[Text] = []
    for i in range(lines):
        for x in _COLUMNS:
            found.append((x, top + 12 * i, " ".join(words[i % 3 : i % 3 + 10])))
    return found


@pytest.mark.parametrize("again", [False, True])
def test_rows_on_the_page_after(again: bool) -> None:
    first, rules = table(690, [_HEADER, *_ROWS[:3]])
    rest, more = table(80, [*([_HEADER] if again else []), *_ROWS[3:]])
    one = ([*prose(80, 40), (72, 670, "Table 1: The layers of the network."), *first], rules)
    two = ([*rest, *prose(180, 30)], more)
    assert filters(pdf(one, two)) == [8, 16, 32, 64, 4]


def test_rows_on_the_page_before() -> None:
    first, rules = table(690, [_HEADER, *_ROWS[:3]])
    rest, more = table(80, _ROWS[3:])
    one = ([*prose(80, 40), *first], rules)
    two = ([*rest, (72, 140, "Table 1: The layers of the network."), *prose(180, 30)], more)
    assert filters(pdf(one, two)) == [8, 16, 32, 64, 4]


def test_running_text_that_ends_the_page_before_is_no_row() -> None:
    whole, rules = table(80, [_HEADER, *_ROWS])
    two = ([*whole, (72, 185, "Table 1: The layers of the network."), *prose(230, 30)], rules)
    for lines in (1, 2, 5, 40):
        one = ([*in_two_columns(720 - 12 * lines, lines), (90, 720, "as conv5"), (320, 720, "are 64")], [])
        assert filters(pdf(one, two)) == [8, 16, 32, 64, 4]
