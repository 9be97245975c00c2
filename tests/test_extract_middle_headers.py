"""Headers beside the rule between a header over several columns and those below it."""

from __future__ import annotations

from extract.pages.page import Line, Word
from extract.structure.middle_headers import with_middle_headers


def line(base: float, *words: tuple[str, float]) -> Line:
    return Line(tuple(Word(text, x, base - 7, x + 5.0 * len(text), base + 2, 10, base) for text, x in words))


LINES = [
    line(100, ("Parameters", 120)),
    line(105.5, ("Layer", 20), ("Output", 240)),
    line(111, ("Filters", 100), ("Kernel", 150), ("Stride", 200)),
    line(125, ("conv", 20), ("32", 110), ("3", 160), ("1", 210), ("28x28", 240)),
]


def test_headers_beside_a_rule_stand_with_those_below_it() -> None:
    found = with_middle_headers(LINES, [(102.5, 95.0, 235.0)])
    assert [each.text for each in found[:2]] == ["Parameters", "Layer Filters Kernel Stride Output"]
    assert len({word.base for word in found[1].words}) == 1


def test_without_such_a_rule_all_lines_stay() -> None:
    for rules in ([], [(102.5, 10.0, 280.0)], [(118.0, 95.0, 235.0)]):
        assert with_middle_headers(LINES, rules) == LINES
