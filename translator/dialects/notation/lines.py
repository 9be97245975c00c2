"""Paths of the notation as lines of text: repeats written once, long paths broken, long forks with a line a branch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 110
"""Characters of a line."""
LONGEST_REPEAT = 32
"""Stages of a repeat at most."""


@dataclass
class Stage:
    """What stands between two `>`: its text on one line, and the branches of a fork."""

    text: str
    branches: Sequence[Sequence[Stage]] = ()


def folded(stages: Sequence[Stage]) -> list[Stage]:
    """Return stages with those that repeat themselves written once.

    >>> [each.text for each in folded([Stage(text) for text in "A B A B C C C".split()])]
    ['(A > B) x2', 'C x3']
    """
    found: list[Stage] = []
    texts = [each.text for each in stages]
    place = 0
    while place < len(texts):
        length, times = _longest(texts, place)
        unit = " > ".join(texts[place : place + length])
        if times > 1:
            found.append(Stage(f"{unit if length == 1 else f'({unit})'} x{times}"))
        else:
            found.append(stages[place])
        place += length * times
    return found


def _longest(texts: Sequence[str], place: int) -> tuple[int, int]:
    """Return length and times of the repeat that covers most from a place on."""
    best = (1, 1)
    for length in range(1, min(LONGEST_REPEAT, (len(texts) - place) // 2) + 1):
        if texts[place] != texts[place + length]:
            continue
        unit, times = texts[place : place + length], 1
        while texts[place + times * length : place + (times + 1) * length] == unit:
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def broken(stages: Sequence[Stage], indent: str = "", first: str = "") -> Iterator[str]:
    """Yield a path in lines, broken before a `>`; `first` stands in front of it."""
    line = indent + first
    begun = False
    for stage in stages:
        mark = " > " if begun else ""
        if len(line) + len(mark) + len(stage.text) <= WIDTH:
            line += mark + stage.text
        elif not stage.branches:
            if begun:
                yield line
                line = f"{indent}    > "
            line += stage.text
        else:
            if begun:
                yield line
                line = f"{indent}    > "
            yield f"{line}["
            for i, branch in enumerate(stage.branches):
                if branch or i:
                    yield from broken(branch, f"{indent}      ", "| " if i else "  ")
            line = f"{indent}      ]"
        begun = True
    yield line.rstrip()
