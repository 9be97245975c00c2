"""Letters in a table that stand for numbers: how many times wider layers are, and how often blocks come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.designs.assembly import Assembly
from extract.words.reading import Reading


def settled(to: Assembly, readings: Sequence[Reading], caption: str) -> list[Reading]:
    """Return layers with numbers for letters, as the caption says them; for others 1 is taken, and it is asked."""
    known: dict[str, int] = {}

    def number(letter: str, reading: Reading) -> int:
        if letter and letter not in known:
            told = re.search(rf"(?<![A-Za-z]){re.escape(letter)} ?= ?(\d{{1,4}})\b", caption)
            known[letter] = max(1, int(told[1])) if told else 1
            if told:
                to.infer(f"{letter} is {told[1]} in {reading.text!r}, as is said beside the table")
            else:
                to.ask(f"{reading.text!r}: which number is {letter}? 1 is taken")
        return known.get(letter, 1)

    def one(reading: Reading) -> Reading:
        params = dict(reading.params)
        if reading.wider and "filters" in params:
            params["filters"] *= number(reading.wider, reading)
        return replace(
            reading,
            params=params,
            times=reading.times * number(reading.often, reading),
            block=tuple(map(one, reading.block)),
            wider="",
            often="",
        )

    return [one(each) for each in readings]
