"""Find every figure and table of a paper: what stands beside a caption, up to the running text.

The way of pdffigures2 (Clark and Divvala, 2016): captions are found first; what may belong to each is proposed on all
sides of it, and the proposals of a page are chosen together, so that none is taken twice.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from extract.pages.bodies import body_of, lines_on
from extract.pages.fields import Field
from extract.pages.frames import framed
from extract.pages.labels import Label, labels_on
from extract.pages.manner import Manner
from extract.pages.proposals import Proposal, proposals
from extract.pages.prose import ANY, hear, speaks, told_of
from extract.pages.sheets import Box, SheetError, ink_of, is_ruled, sheet_of

MOST_PAGES = 2000
"""Pages of a paper that are looked at."""
SAMPLE = 40
"""Pages at most from which the manner of a document is learned."""
MOST_CHOICES = 20_000
"""Ways to choose the proposals of a page that are weighed at most."""


@dataclass(frozen=True)
class Place:
    """A figure or table that was found: its label, caption and page, the box of what it shows and that of its caption.

    `kind` is "figure" or "table"; `confidence` goes from 0 to 1.
    """

    kind: str
    label: str
    caption: str
    page: int
    box: Box
    caption_box: Box
    confidence: float
    told: str = ""
    """What the running text says of a table, where it names it."""
    anywhere: tuple[str, ...] = ()
    """Sentences of the paper that may say of the network which activations and Dropout it has."""


def find(source: Path | bytes) -> list[Place]:
    """Return the figures and tables of a PDF, page by page.

    Raises OSError where a file cannot be read, and ValueError where it is no PDF that can be opened.
    """
    told: dict[str, list[str]] = {}
    document = opened(source)
    try:
        places = settle(list(_choices(document, told)))
    finally:
        document.close()
    anywhere = tuple(dict.fromkeys(told.get(ANY, ())))
    return [replace(each, told=told_of(each.label, told), anywhere=anywhere) for each in places]


@dataclass(frozen=True)
class Choice:
    """A caption on its page, with what may belong to it."""

    page: int
    label: Label
    proposals: tuple[Proposal, ...]

    def on_its_page(self) -> Choice:
        """Return the choice with a label that names its page."""
        return replace(self, label=replace(self.label, number=f"{self.label.number} (page {self.page})"))


def opened(source: Path | bytes) -> Any:
    """Open a PDF; raise OSError where a file cannot be read, and ValueError where it is no PDF that can be opened."""
    import pypdfium2

    if isinstance(source, Path):
        source.open("rb").close()  # PDFium does not tell why it cannot.
    try:
        return pypdfium2.PdfDocument(io.BytesIO(source) if isinstance(source, bytes) else source)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError("is encrypted, and opens with its password alone") from None
        raise ValueError(f"cannot be read as a PDF: {error}") from None


def _choices(document: Any, told: dict[str, list[str]]) -> Iterator[Choice]:
    """Yield the captions of a PDF with what may belong to each; `told` takes down what the text says of tables."""
    count = min(len(document), MOST_PAGES)
    manner = Manner()
    for number, page in pages_of(document, range(1, count + 1, -(-count // SAMPLE) or 1)):
        with suppress(SheetError):
            sheet = sheet_of(page, number)
            manner.learn(sheet, lines_on(sheet.words))
    for number, page in pages_of(document, range(1, count + 1)):
        with suppress(SheetError):
            yield from _on_page(page, number, manner, told)


def pages_of(document: Any, numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
    """Yield pages with their numbers, and close each; those that are broken are left out."""
    import pypdfium2

    for number in numbers:
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            continue
        try:
            yield number, page
        finally:
            page.close()


def _on_page(page: Any, number: int, manner: Manner, told: dict[str, list[str]]) -> Iterator[Choice]:
    sheet = sheet_of(page, number)
    lines = lines_on(sheet.words)
    if not labels_on(lines, manner, sheet.width):
        if speaks(lines):
            hear(told, body_of(sheet, lines, manner).text, manner, sheet.width)
        return
    ink = ink_of(page)
    labels = labels_on(lines, manner, sheet.width, ink)
    captions = {word for label in labels for line in label.lines for word in line.words}
    others = [line for line in lines if line.words[0] not in captions]
    ruled = {line for line in others if is_ruled(ink, line)} | framed(ink, others)
    body = body_of(sheet, others, manner, ruled)
    unended = [line for label in labels if not label.ended for line in label.lines]  # They may be sentences.
    hear(told, [*body.text, *unended], manner, sheet.width)
    field = Field.of(sheet, ink, body, labels, manner)
    for label in labels:
        yield Choice(number, label, tuple(proposals(field, label)))


def settle(choices: Sequence[Choice]) -> list[Place]:
    """Choose one proposal for each caption, page by page, after how the document places those of the same kind."""
    kept = _one_each(choices)
    usual = _usual(kept)
    pages: dict[int, list[Choice]] = defaultdict(list)
    for choice in kept:
        pages[choice.page].append(choice)
    return [place for page in sorted(pages) for place in _together(pages[page], usual)]


def _one_each(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices with the surest caption of each label; a sentence may begin like another.

    Where the numbers begin again, as in a supplement or in a volume of papers, those that come twice name their page.
    """
    best: dict[tuple[int, str], Choice] = {}
    usual = median(choice.label.sure for choice in choices) if choices else 0.0
    countings = _countings(choices, max(1.5, 0.75 * usual))
    for choice, counting in zip(choices, countings, strict=True):
        if choice.label.sure < 1.0 and usual > 1.5:
            continue
        key = counting, choice.label.name
        held = best.get(key)
        if choice.proposals and (held is None or _sure(choice) > _sure(held)):
            best[key] = choice
    kept, names = list[Choice](), set[str]()
    for choice, counting in zip(choices, countings, strict=True):
        if best.get((counting, choice.label.name)) is choice:
            again = choice.label.name in names
            names.add(choice.label.name)
            kept.append(choice.on_its_page() if again else choice)
    return kept


def _countings(choices: Sequence[Choice], firm: float) -> list[int]:
    """Return the counting that each caption belongs to: a new one begins where number 1 comes again, after others."""
    counting, numbers = Counter[str](), defaultdict[str, set[str]](set)
    found = []
    for choice in choices:
        label, own = choice.label, numbers[choice.label.kind]
        if label.sure >= firm and choice.proposals:
            if label.number == "1" and {"1", "2"} <= own and "continued" not in label.text.lower():
                counting[label.kind] += 1
                own.clear()
            own.add(label.number)
        found.append(counting[label.kind])
    return found


def _sure(choice: Choice) -> float:
    return choice.label.sure + min(2.0, max(each.score for each in choice.proposals))


def _usual(choices: Sequence[Choice]) -> dict[tuple[str, str], float]:
    """Return which share of the figures, and of the tables, stands on each side of its caption."""
    counts: dict[tuple[str, str], float] = defaultdict(float)
    totals: dict[str, float] = defaultdict(float)
    for choice in choices:
        scores = sorted((each.score for each in choice.proposals), reverse=True)
        best = max(choice.proposals, key=lambda each: each.score)
        clear = scores[0] - scores[1] if len(scores) > 1 else 1.0
        counts[choice.label.kind, best.side] += min(1.0, clear)
        totals[choice.label.kind] += min(1.0, clear)
    return {key: count / totals[key[0]] for key, count in counts.items() if totals[key[0]] >= 1.5}


def _together(choices: Sequence[Choice], usual: dict[tuple[str, str], float]) -> Iterator[Place]:
    """Yield the places of a page: the proposals that are best together, and do not overlap."""
    options: list[list[tuple[float, Proposal | None]]] = []
    for choice in choices:
        scored = [(each.score + usual.get((choice.label.kind, each.side), 0.0), each) for each in choice.proposals]
        options.append([*sorted(scored, key=lambda each: -each[0])[:3], (0.0, None)])
    while _ways(options) > MOST_CHOICES:
        del max(options, key=len)[-2]
    best: tuple[float, tuple[tuple[float, Proposal | None], ...]] = (-1.0, ())
    for taken in product(*options):
        score = sum(each[0] for each in taken)
        if score > best[0] and not _overlapping([each[1] for each in taken]):
            best = score, taken
    for choice, (score, proposal) in zip(choices, best[1], strict=True):
        if proposal is not None:
            label, sure = choice.label, min(1.0, score / 3.0)
            yield Place(label.kind, label.name, label.text, choice.page, proposal.box, label.box, round(sure, 2))


def _ways(options: Sequence[Sequence[Any]]) -> int:
    ways = 1
    for each in options:
        ways *= len(each)
    return ways


def _overlapping(taken: Sequence[Proposal | None]) -> bool:
    boxes = [each.box for each in taken if each is not None]
    return any(_shared(a, b) > 0.1 for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def _shared(a: Box, b: Box) -> float:
    """Return which share of the smaller of two boxes lies in the other."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    least = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(0.0, width) * max(0.0, height) / least if least > 0 else 0.0
