"""What Darknet prints of a network while it builds it: a line for each layer, with what comes in and goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.structure.printed import MOST_LINES

_TITLES = re.compile(r"layer +filters +size\S*(?: +input +output)?.*")
_ROW = re.compile(r"(\d{1,3}) ([A-Za-z]+)\b(.*)")
_SIZES = re.compile(r"(\d+) *x *(\d+) *x *(\d+) *-> *(\d+) *x *(\d+) *x *(\d+)")
_WINDOW = re.compile(r"(\d+) *x *(\d+) */ *(\d+)")
_GOES_ON = re.compile(r"\W*\.{3}|…|\d{1,3} [A-Za-z]+\b")
"""Lines that are left out, or another layer than the next one that is understood: what follows is not known."""
_KINDS = {
    "conv": "Conv2D",
    "max": "MaxPooling2D",
    "maxpool": "MaxPooling2D",
    "avg": "GlobalAveragePooling2D",
    "avgpool": "GlobalAveragePooling2D",
    "upsample": "UpSampling2D",
    "connected": "Dense",
    "dropout": "Dropout",
    "softmax": "Softmax",
    "route": "Concatenate",
    "shortcut": "Add",
    "res": "Add",
}
"""What Darknet calls layers. Source: Darknet, src/parser.c."""
_SUMS = ("shortcut", "res")
_ENDS = ("yolo", "detection", "region", "cost")
"""What is done with the result."""
_HEADERS = ["Layer (type)", "Filters", "Kernel size", "Strides", "Padding", "Output Shape", "Connected to"]
LEAST_ROWS = 2


def darknet_tables(text: str) -> Iterator[tuple[list[list[str]], tuple[int, int]]]:
    """Yield the layers that are printed in a text as rows of cells, the titles first, and the places of their ends."""
    net: _Printed | None = None
    start = place = end = 0
    for line in [*text.split("\n"), "."]:
        plain = line.strip(" >\t\r")
        if _TITLES.fullmatch(plain):
            net, start = _Printed(), place
        elif net is not None and plain:
            if (found := _ROW.fullmatch(plain)) and int(found[1]) == net.lines < MOST_LINES and net.takes(found):
                end = place + len(line)
            else:
                if len(net.rows) > LEAST_ROWS and not _GOES_ON.match(plain):
                    yield [_HEADERS, *net.rows], (start, end)
                net = None
        place += len(line) + 1


class _Printed:
    """The layers of a network that were printed so far, and which of their names each line stands for."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.lines = 0
        self.names: dict[int, str] = {}

    def takes(self, found: re.Match[str]) -> bool:
        """Take the line of a layer; tell whether it is understood, or one of what is done with the result."""
        kind, said = found[2].lower(), found[3]
        before = self.names.get(self.lines - 1, "")
        if not self.rows:
            if not (sizes := _SIZES.search(said)):
                return False
            before = "input"
            self.rows.append(["input (InputLayer)", "", "", "", "", _shape(sizes[2], sizes[1], sizes[3]), ""])
        sources = self._sources(kind, said, before)
        if not sources or kind not in (*_KINDS, *_ENDS):
            return False
        if kind in _ENDS or (kind == "route" and len(sources) == 1):
            self.names[self.lines] = sources[0]  # What another line gives goes on.
            self.lines += 1
            return True
        name = f"{kind}_{self.lines}"
        self.rows.append([f"{name} ({_KINDS[kind]})", *_settings(kind, said), ", ".join(sources)])
        self.names[self.lines] = name
        self.lines += 1
        return True

    def _sources(self, kind: str, said: str, before: str) -> list[str]:
        """Return the names of what a layer takes: those that a route names, and for a shortcut another one too."""
        if kind not in ("route", *_SUMS):
            return [before]
        places = [int(each) for each in re.findall(r"\d+", said.split("->")[0])]
        places = places[:1] if kind in _SUMS else places
        named = [self.names[each] for each in places if each in self.names]
        if not named or len(named) < len(places):
            return []
        return [before, *named] if kind in _SUMS else named


def _settings(kind: str, said: str) -> list[str]:
    """Return how many filters a line says, its window, step and border, and what its layer gives."""
    window, sizes = _WINDOW.search(said), _SIZES.search(said)
    filters = re.match(r" +(\d+) +\d+ *x", said) if kind == "conv" else None
    given = _shape(sizes[5], sizes[4], sizes[6]) if sizes else ""
    if not sizes and (flat := re.search(r"(?:-> *|^ +)(\d+)\b(?! *x)", said)) and kind not in ("route", *_SUMS):
        given = f"(None, {flat[1]})"
    sides = f"{window[2]}x{window[1]}" if window else ""
    border = "same" if kind.startswith("max") else ""  # Whatever its window and its step are.
    return [filters[1] if filters else "", sides, window[3] if window else "", border, given]


def _shape(height: str, width: str, channels: str) -> str:
    return f"(None, {height}, {width}, {channels})"
