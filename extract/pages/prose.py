"""What the running text of a paper says of its tables: the paragraphs that name one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from extract.pages.manner import Manner
from extract.pages.page import SMALL, Line

MOST = 4000
"""Characters that are kept of what is said of a table at most."""
LONGEST = 500
"""Characters of a sentence that is heard where it names no table, at most."""
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,4}){0,3}|[IVX]{1,5}|[A-Z]\.?\d{1,4})(?![\w.]{0,5}\d)"
_NAMED = re.compile(rf"\b(?:Table|TABLE|Tab\.)s?\s*({_NUMBER}(?:\s*(?:,\s*and|,|and|&|or)\s*{_NUMBER})*)")
"""How a sentence names tables: `Table 1`, `Tables II and III`, `Tab. 3`."""
_ACTIVE = re.compile(r"[Rr]ectif|LUs?\b|\b[a-z]*(?:re|e)lus?\b|tanh|[Ss]igmoid|[Ss]wish|\b[Aa]ctivation|linearit")
_ALL = re.compile(r"\b(?:[Aa]ll|[Ee]ach|[Ee]very)\b")
_DROPPED = re.compile(r"\b[Dd]rop-?out\b")
ANY = ""
"""What sentences are kept under that name no table, and may say of the network which activations and Dropout it has."""
_SENTENCE = re.compile(r"(?<=[a-z0-9)\]”\"][.?!]) (?=[A-Z])(?<!Fig\. )(?<!Tab\. )(?<!Eq\. )(?<!Sec\. )(?<!al\. )")
_ENDED = (".", ":", "?", "!")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def speaks(lines: Sequence[Line]) -> bool:
    """Tell whether lines name a table, in one or where it is parted from its number, or activations, or Dropout."""
    pairs = pairwise([*lines, *lines[-1:]])
    sought = (_NAMED, _ACTIVE, _DROPPED)
    return any(each.search(both) for both in (f"{a.text} {b.text}" for a, b in pairs) for each in sought)


def hear(told: dict[str, list[str]], text: Iterable[Line], manner: Manner, width: float) -> None:
    """Take down what the running text of a page says of each table that it names, by its number.

    Of a paragraph that names several tables a sentence is said of the last that were named. Sentences that may be said
    of a network as a whole are taken down wherever they stand, under `ANY`.
    """
    for paragraph in _paragraphs(text, manner, width):
        named: list[str] = []
        several = len({*_numbers(paragraph)}) > 1
        for sentence in _SENTENCE.split(paragraph) if several else [paragraph]:
            named = _numbers(sentence) or named
            for number in dict.fromkeys(named):
                _keep(told, number, sentence)
        for sentence in (each for item in paragraph.split("•") for each in _SENTENCE.split(item.strip())):
            of_all = _ACTIVE.search(sentence) and _ALL.search(sentence)
            if len(sentence) < LONGEST and (of_all or _DROPPED.search(sentence)):
                _keep(told, ANY, sentence)


def _keep(told: dict[str, list[str]], name: str, sentence: str) -> None:
    said = told.setdefault(name, [])
    if sum(map(len, said)) < MOST:
        said.append(sentence)


def told_of(label: str, told: Mapping[str, Sequence[str]]) -> str:
    """Return what is said of a table by its label.

    >>> told_of("Table II", {"2": ["Table 2 shows it.", "All layers of Table 2 use ReLU."]})
    'Table 2 shows it. All layers of Table 2 use ReLU.'
    """
    numbers = _numbers(label) if label.startswith("Table ") else []
    return " ".join(dict.fromkeys(said for number in numbers for said in told.get(number, ())))[:MOST]


def _numbers(text: str) -> list[str]:
    """Return the numbers of the tables that a text names, those of Rome as others.

    >>> _numbers("as Tables 1, 3 and 4 show, and Table II (see Fig. 5 and Tab. A.2)")
    ['1', '3', '4', '2', 'A.2']
    """
    found = [number for match in _NAMED.finditer(text) for number in re.findall(_NUMBER, match[1])]
    return [str(_ROMAN.index(each)) if each in _ROMAN else each for each in found]


def _paragraphs(text: Iterable[Line], manner: Manner, width: float) -> Iterator[str]:
    """Yield the paragraphs of a page, column by column: the last of one may go on in the next."""
    columns = manner.columns(width)
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in text:
        if line.size > SMALL * manner.size:
            lines[min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - line.centre))].append(line)
    paragraph: list[str] = []
    for number, column in sorted(lines.items()):
        before: Line | None = None
        for line in sorted(column, key=lambda each: each.base):
            ended = paragraph and paragraph[-1].endswith(_ENDED)
            if paragraph and (ended if before is None else _begins(line, before, columns[number])):
                yield _joined(paragraph)
                paragraph = []
            paragraph.append(line.text)
            before = line
    if paragraph:
        yield _joined(paragraph)


def _joined(lines: Sequence[str]) -> str:
    """Return the lines of a paragraph as one, a word that a hyphen parts at the end of a line whole.

    >>> _joined(["as Ta-", "ble 2 shows, with SE-", "ResNet in the mid-", "dle"])
    'as Table 2 shows, with SE- ResNet in the middle'
    """
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", "\n".join(lines)).replace("\n", " ")


def _begins(line: Line, before: Line, column: tuple[float, float]) -> bool:
    """Tell a line that a paragraph begins with: behind white, in other type, at an indent, or behind a short line."""
    if line.base - before.base > 1.7 * line.size or abs(line.size - before.size) > 0.4:
        return True
    indent = 0.8 * line.size < line.x0 - before.x0 and line.x0 - column[0] < 4 * line.size
    short = before.x1 < column[1] - 0.15 * (column[1] - column[0])
    return before.text.endswith(_ENDED) and (short or indent)
