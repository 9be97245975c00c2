"""One row of a table's body: its cells by what their columns are for, and the layers and parameters that they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.cells import are_arguments, read_attributes, read_cell
from extract.contexts import window_of
from extract.grids import Cell
from extract.headers import SIZED
from extract.layer_names import LAYERS, names_layer
from extract.lexicon import POSTS, kind_of, posts_of
from extract.numbers import channels_of, larger, shapes, steps, whole
from extract.reading import Reading
from extract.remarks import slope_of
from extract.roles import Columns
from extract.spellings import normalized
from extract.stacked import Row

_NAME = re.compile(r"[A-Za-z_\s-]+(?:[123]-?[dD]\b)?[\d_\s.]*[a-z]?(?:\s*\(\w+\))?")
_WORDS = re.compile(r"(?:(\d+) ?× ?)?([A-Za-z][\w +.-]{1,40}?(?: ?\([\w =.]+\))?)(?: ?× ?(\d+))?")
_RANGE = re.compile(r"([A-Za-z][A-Za-z _.-]*?)[_ ]?(\d{1,2}) ?[~∼～] ?(?:\1[_ ]?)?(\d{1,2})")
"""What names several layers by their numbers: `Conv2 ~ 6`."""
_ABBREVIATION = re.compile(r"[a-z]{1,3}[A-Z]{2,}|[A-Z]*GLU\b|[A-Z]*GLU\d|[Ll]ambda\b")
_CODES = {"C": "conv", "S": "pool", "P": "pool", "M": "maxpool", "F": "dense", "L": "local"}
_BEHIND = ("maxpool", "avgpool", "pool", "dropout", "flatten")
"""What cells may list behind the layer of their row."""
_NO = ("", "no", "n", "×", "x", "✗", "0", "false", "none", "n/a", "na", "without")
_IDLE = ("linear", "none", "identity", "yes", "true", "same", "valid", "max", "mean", "average", "avg")
"""What a column of activations says where there is none, or of a pooling."""
_UNITED = ("dense", "softmax", "lstm", "bilstm", "gru", "rnn")
_FILTERED = ("conv", "gconv", "deconv")
_MODE = re.compile(r"(?:up|down)-?sampling", re.IGNORECASE)
"""What a block does beside what its name says."""
_LETTER = re.compile(r"\d*[A-Za-z]")
"""A number of filters that is left open."""
_STRUCTURE = re.compile(r"\d ?× ?\d+ ?, ?\d")
"""A window with how many filters it has, beside which other numbers are of something else."""
_UNITS = re.compile(r"^(?:(?:number|num|no|#)\.?\W*(?:of )?)?(?:hidden )?(?:units|neurons|nodes)\b", re.IGNORECASE)
"""The header of a column of how many units layers have, and no filters."""
_MANY = re.compile(r"\b\d+ (?:hidden )?(?:units|neurons|nodes|classes)\b", re.IGNORECASE)
"""What a Dense has so many of."""
_COUNTED_NAME = re.compile(r"(?!.*[123][dD]$)[A-Za-z]+[ _-]?\d{1,2}(?:[._-]\d{1,2})*[a-z]?")
"""A name that says which one of its kind a layer is: another cell may say more of its kind."""
_COUNTER = re.compile(r"(?:output|layer|stage|block)\s*\d+", re.IGNORECASE)
"""What tells which one a layer is."""
_INPUT = re.compile(r"inputs?(?: layer)?", re.IGNORECASE)
_ONES = re.compile(r"1(?: ?× ?1)+")
"""A window that says nothing of a layer that sees all."""
_SET = re.compile(r" ?\((?:[A-Za-z]+ )?[A-Za-z]+ (?:= )?\d+\)$|, ?(?:stride|rate|dilation|s|d) ?=? ?\d+$")
"""What is set behind the name of a layer."""
_COMPOUND = re.compile(r"((?!(?:p|leaky|l|r|c|e|s)-)[A-Z][A-Za-z\d]*(?:-[A-Z]+)*)-(?:Leaky)?ReLU", re.IGNORECASE)
"""A layer that nobody knows with its activation: F-TDNN-ReLU."""
_POSTED = frozenset(name for name, _ in POSTS)
_SPAN = re.compile(r"([A-Za-z]+) ?(\d+) ?- ?\1 ?(\d+)")
"""Several blocks of which the first and the last are named: C1-C2."""
_LISTED = re.compile(r"(?<=\d) ?, ?(?=\d)")
_PAIR = re.compile(r"\d+ ?× ?\d+")
MOST_SIDE = 64
"""The side of a window at most, where it is said by one number."""
LONGEST_SIDE = 256
"""That of one beside which another column says how many filters there are."""


_NAMED = re.compile(r"(?!(?:yes|true|no|none|false)$)[A-Za-z]{3,}[A-Za-z-]*\d?", re.IGNORECASE)
"""The name of an activation or of a normalisation, and no sign for yes or no."""
STRANGE = "activation "
"""What stands in front of the name of one that nobody knows."""


class OneRow:
    """The cells of a row by what their columns are for."""

    def __init__(self, row: Row, columns: Columns, width: int | None) -> None:
        self.row, self.columns = row, columns
        own = [cell for cell in row if width is not None and cell.covers(width)]
        self.said: dict[str, list[Cell]] = {}
        for cell in row:
            self.said.setdefault(columns.roles[cell.first], []).append(cell)
        types = sorted(self.said.get("type", []), key=lambda cell: not self._tells(cell))
        self.named = self._named([*types, *(self.said.get("", ()) if width is None else ())]) or list(row[:1])
        dense = kind_of(self.named[0].text) in _UNITED  # Its number is no window's side.
        windows = [
            cell for cell in self.said.get("kernel", ()) if not (dense and _ONES.fullmatch(normalized(cell.text)))
        ]
        kernels = [cell.text if dense else self._window(self._split(cell)) for cell in windows]
        # A number in front of the name counts the layers; one behind it is a size.
        behind = [cell for cell in self.named[1:] if not self._is_name(cell) and not _COUNTER.fullmatch(cell.text)]
        behind = [cell for cell in behind if cell.first > self.named[0].first or not self._is_label(cell)]
        told = types or kind_of(self.named[0].text) == "activation"
        plain = [*(behind if told else ()), *(self.said.get("resample", ()) if self._is_plain() else ())]
        others = [*self.said.get("filters", ()), *plain] if width is None else own
        if "filters" in columns.roles or any(_STRUCTURE.search(normalized(cell.text)) for cell in others):
            others = [cell for cell in others if columns.roles[cell.first] or not cell.text.strip().isdecimal()]
        counted = dense and any(text.strip().isdecimal() and int(text) > 1 for text in kernels)
        others = [cell for cell in others if not (counted and cell.text.strip() == "1")]
        texts = [self._in_and_out(cell) for cell in others if cell.text and not _LETTER.fullmatch(cell.text.strip())]
        self.attributes, self.more = self._apart(" ; ".join([*filter(None, kernels), *texts]))
        self.is_told = False
        """Whether its layers are those of one cell, which says all of each."""
        self.width = whole(own if width is not None else self.said.get("filters", ()))

    def _named(self, cells: Sequence[Cell]) -> list[Cell]:
        """Return cells, the one in front that names a layer by a word."""
        told = [cell for cell in cells if kind_of(cell.text) or posts_of(cell.text)]
        typed = [
            cell for cell in told[1:] if cell in self.said.get("type", ()) and not _MODE.fullmatch(cell.text.strip())
        ]
        whole = (cell for cell in typed if kind_of(cell.text) or re.fullmatch(r"[A-Za-z -]+", cell.text.strip()))
        named = bool(told) and _COUNTED_NAME.fullmatch(told[0].text.strip())
        first = next(whole, told[0]) if named else next(iter(told), None)
        if first is not None and not re.search(
            r"\d", first.text
        ):  # Another of its kind may say its size: Input (64×64×1).
            own = kind_of(first.text)
            first = next((cell for cell in typed if own == kind_of(cell.text) == "input"), first)
        return list(cells) if first is None else [first, *(cell for cell in cells if cell is not first)]

    def _tells(self, cell: Cell) -> bool:
        """Tell a cell that says what a layer is from one that is its name, where there is a column for each."""
        return self._is_typed(cell) and names_layer(cell.text) and not _MODE.fullmatch(cell.text.strip())

    def _is_plain(self) -> bool:
        """Tell the row of a convolution from that of a block, of which it says no layer behind it what is resampled."""
        return kind_of(self.named[0].text) in ("conv", "deconv", "sepconv")

    def _is_typed(self, cell: Cell) -> bool:
        """Tell a cell of a column of types from one of names."""
        return bool(re.search(r"type|operat", self.columns.headers[cell.first], re.IGNORECASE))

    def _apart(self, text: str) -> tuple[str, list[Reading]]:
        """Return what cells say of the row's own layer, and the layers that they list behind it: `3×3, max pool`."""
        own = kind_of(self.named[0].text)
        parts = [part.strip() for part in re.split(r"[,;+](?![^(\[]*[)\]])", normalized(text))]
        behind = [i for i, part in enumerate(parts) if kind_of(part) in _BEHIND and own not in ("", *_BEHIND, "input")]
        if not behind or are_arguments(text) or any(kind_of(part) in _UNITED or "[" in part for part in parts):
            return text, []
        more = ", ".join(parts[behind[0] :])
        said = [each for each in read_cell(more) if each.kind in LAYERS]
        return ", ".join(parts[: behind[0]]), [each for each in said if each.kind != own]

    @staticmethod
    def _is_label(cell: Cell) -> bool:
        """Tell what counts or names layers in front of the cell that says what they are: `3`, `Convolution 1`."""
        numbers = re.findall(r"\d+", cell.text)
        return cell.text.isdecimal() or not (
            re.search(r"[×=:,]", normalized(cell.text)) or any(len(each) > 2 for each in numbers)
        )

    def _is_name(self, cell: Cell) -> bool:
        """Tell the name of a layer whose type stands in another column."""
        return bool(re.fullmatch(r"(?:layer )?names?", self.columns.headers[cell.first], re.IGNORECASE))

    def _in_and_out(self, cell: Cell) -> str:
        """Return a cell, of how many channels come in and out only the latter."""
        if re.match(r"chan\w*\.? map", self.columns.headers[cell.first], re.IGNORECASE):
            return re.sub(r"^(\d+) ?× ?\d+$", r"\1", normalized(cell.text))
        if re.search(r"\bin(?:put)?s?\W+(?:[x×]\W+)?out|\bi/o\b", self.columns.headers[cell.first], re.IGNORECASE):
            plain = re.sub(r"(?<=\d) ?[xX×] ?(?=[A-Z]\b)", "→", normalized(cell.text))
            found = re.fullmatch(r"\D*\d+\s*[/→,×-]+\s*(\d+|[A-Z])\D*", plain)
            if found is None:
                return "→ C" if re.search(r"→ ?(?:\d+ ?× ?)?[A-Za-z][^→]*$", plain) else plain
            return found[1] if found[1].isdecimal() else f"→ {found[1]}"
        if re.search(r"[A-Za-z]\[\d+\]$", cell.text.strip()):
            return ""  # One of several numbers that stand elsewhere.
        return re.sub(r"^(\d+) ?\([\d +]+\)$", r"\1", cell.text.strip())  # As many in another design, or made of these.

    def _split(self, cell: Cell) -> str:
        """Return a window, with how many filters there are where the header says that these stand behind it."""
        behind = re.search(
            r"(?:kernel|filter)\w* ?[×x*] ?(?:unit|filter|channel|num)", self.columns.headers[cell.first], re.I
        )
        found = re.fullmatch(r"(\d+) ?× ?(\d+)", normalized(cell.text)) if behind else None
        return f"kernel {found[1]}, {found[2]}" if found else cell.text

    def _window(self, text: str) -> str:
        """Return a window, one number for both sides, with its stride where that stands behind a comma."""
        if text.strip().isdecimal():
            # A number as large as no window is how many units or filters there are.
            most = LONGEST_SIDE if "filters" in self.columns.roles else MOST_SIDE
            return f"kernel {text.strip()}" if int(text) <= most else text.strip()
        if open_widths := re.fullmatch(r"\W*(\d+)(?:, ?\d*[a-z]){2}\W*", text):
            return f"kernel {open_widths[1]}"
        if bare := re.match(r"(\d+)\s*[\n,;]\s*(?=stride|dila|pad)", text):
            return f"kernel {bare[1]}, {text[bare.end() :]}"
        if re.search(r"/ ?\d+, ?\d+", plain := normalized(text)):
            return re.sub(r"(/ ?\d+), ?(\d+)", r"\1, pad \2", plain)
        if stepped := re.fullmatch(r"(\d+ ?× ?\d+) ?/ ?(\d+ ?× ?\d+)", normalized(text)):
            return f"kernel {stepped[1]}, stride {stepped[2]}"
        listed = re.fullmatch(r"\W*(\d+(?:, ?\d+)+)\W*", text) if text.lstrip().startswith(("(", "[")) else None
        if listed:
            return self._window("×".join(re.findall(r"\d+", listed[1])))
        sides = [int(each) for each in re.findall(r"\d+", plain)] if _PAIR.fullmatch(plain := normalized(text)) else []
        if sides and (max(sides) <= MOST_SIDE or min(sides) == 1):
            return f"kernel {plain}"
        alone = "stride" not in self.columns.roles
        return re.sub(r",\s*(\d)\s*$", r", stride \1", normalized(text)) if alone else text

    @property
    def widens(self) -> bool:
        """Tell a row whose stride is less than one."""
        return any(map(larger, self.said.get("stride", ())))

    @property
    def window(self) -> tuple[int, ...]:
        """The sizes of the window that a column of them says, none where it says none."""
        texts = [normalized(cell.text) for cell in self.said.get("kernel", ())]
        return next((tuple(map(int, text.split("×"))) for text in texts if _PAIR.fullmatch(text)), ())

    @property
    def _units(self) -> int | None:
        """How many units a column of them says, none where it says none."""
        places = [cell for cell in self.said.get("filters", ()) if _UNITS.search(self.columns.headers[cell.first])]
        return whole(places)

    @property
    def repeat(self) -> int:
        """How often the layers of the row come."""
        texts = [cell.text.strip(" ×xX") for cell in self.said.get("repeat", ())]
        ranges = (_RANGE.fullmatch(cell.text.strip()) for cell in self.said.get("type", ()))
        named = next(filter(None, ranges), None)
        several = abs(int(named[3]) - int(named[2])) + 1 if named else 1  # Layers 2 ~ 6.
        others = [cell.text for role in ("", "filters") for cell in self.said.get(role, ()) if "[" not in cell.text]
        behind = [re.search(r"[,;)\]] ?× ?(\d{1,2})$", normalized(text)) for text in others if _names_none(text)]
        told = next((int(found[1]) for found in behind if found), several)
        return next((int(text) for text in texts if text.isdecimal()), 0) or told

    def _is_strange(self) -> bool:
        """Tell a row of a layer by an abbreviation that nobody knows, whose window is no convolution's."""
        typed = [cell.text.strip() for cell in self.said.get("type", ())]
        return any(_ABBREVIATION.match(text) and not kind_of(text) for text in typed)

    def layers(self) -> list[Reading]:
        """Return the layers of the row, as its first cell names them that names any, or as its sizes tell."""
        if self.said.get("type") and all(cell.text.strip() in ("-", "–", "—") for cell in self.said["type"]):
            return []
        if chain := self._chained():
            return chain
        for cell in self.named:
            if cell.text.strip().isdecimal() or (cell in self.said.get("", ()) and self._is_strange()):
                continue
            if re.match(r"\W*repeat\b", cell.text, re.IGNORECASE):
                return [Reading(cell.text, text=cell.text)]  # What stands above, or a part of it.
            if kind := self._code(cell.text):
                return [Reading(kind, text=f"{kind} {cell.text.strip()}")]
            lines = cell.text.split("\n")
            listed = len(lines) > 1 and all(map(names_layer, lines))
            said = read_cell(cell.text if listed else " ".join(lines))
            found = [each for each in said if each.kind in LAYERS]
            if (
                found
                and found[0].kind in _POSTED
                and (own := _COMPOUND.fullmatch(" ".join(lines)))
                and self._is_sized()
            ):
                return [Reading(own[1], posts=tuple(each.kind for each in found), text=cell.text)]
            if found:
                if found[0].kind == "input" and kind_of(self.attributes.split(";")[0]) in ("conv", *_UNITED):
                    return [each for each in read_cell(self.attributes) if each.kind in LAYERS]  # The first layer.
                if found[0].kind == "input" and self.window and self.width and steps(self.said.get("stride", ())):
                    return [Reading("conv", text=cell.text)]  # The first layer by the name of what comes into it.
                if found[0].kind == "concat" and any(_INPUT.fullmatch(each.text.strip()) for each in self.named):
                    return [Reading("input", text=cell.text)]
                if found[0].kind == "stage" and (told := self._within_stage()):
                    return told
                bare = found[0].kind == "bottleneck" and len(found) == 1 and not found[0].params
                return self._unnamed() if bare and self._units else self._stacked(found) or self._listed(found, cell)
        if self.goes_on():
            return []
        if unnamed := self._unnamed():
            return unnamed
        said = [each for each in read_cell(self.attributes) if each.kind in LAYERS]
        clear = kind_of(self.attributes) or any(each.block for each in said)
        self.is_told = clear and sum(len(each.block) or 1 for each in said) > 1
        return said if said and clear else self._unknown() or said

    def _is_sized(self) -> bool:
        """Tell a row that says how wide its layer is, or how large its window."""
        return any(re.search(r"\d", cell.text) for role in ("filters", "kernel") for cell in self.said.get(role, ()))

    def _listed(self, found: list[Reading], cell: Cell) -> list[Reading]:
        """Return the layer of a cell with what another names behind it: `Conv1 + BN + Pool` beside `Conv2D(3, 32)`."""
        others = [each for each in self.said.get("type", ()) if each is not cell and "+" in each.text]
        said = next((read_cell(each.text) for each in others), [])
        if len(found) == 1 and not found[0].posts and said and said[0].kind == found[0].kind:
            return [replace(found[0], posts=said[0].posts), *said[1:]]
        return found

    def _unnamed(self) -> list[Reading]:
        """Return the layer of a row that is but counted, or a frame of speech, and has a window: a convolution.

        What has so many units is a Dense, whatever its name: `Output | 10`, where the column says units.
        """
        name = self.named[0].text.strip()
        told = _MANY.search(self.attributes) if not self.said.get("kernel") else None
        if (self._units or told) and not self.window:
            return [Reading("dense", text=name)]
        if any(window_of(cell.text) for cell in self.said.get("context", ())):
            return [Reading("dense" if name.lower().startswith("seg") else "conv", text=name)]
        sized = [cell for cell in self.said.get("kernel", ()) if re.search(r"\d", cell.text)]
        if self._is_output() and self.numbers:
            return [Reading("dense", {"units": self.numbers[0]}, text=name)]
        return [Reading("conv", text=f"conv {name}")] if sized and name.isdecimal() else []

    def _is_output(self) -> bool:
        """Tell the last layer of a table of vectors, of which there is but a number: `Output layer | classes | 10`."""
        named = any(re.fullmatch(r"out(?:put)?(?: layer)?", cell.text.strip(), re.IGNORECASE) for cell in self.named)
        return named and not self.window and not self.said.get("output")

    @property
    def numbers(self) -> list[int]:
        """The whole numbers that cells beside the name are, with what they are made of in brackets: 12 (11 + 1)."""
        own = [*self.said.get("filters", ()), *self.said.get("", ())]
        found = [re.fullmatch(r"(\d{1,5}) ?(?:\([\d +]*\))?", cell.text.strip()) for cell in own]
        return [int(each[1]) for each in found if each]

    def _chained(self) -> list[Reading]:
        """Return the layers that a cell lists behind each other with arrows, which say more than the row's name."""
        for cell in self.row:
            parts = re.split(r"→(?![^(]*\))", normalized(cell.text))
            layers = [bool(kind_of(part) or posts_of(part)) for part in parts]
            if len(parts) > 1 and all(layers) and (said := read_cell(cell.text)):
                self.is_told = True
                return said
        return []

    def _stacked(self, named: Sequence[Reading]) -> list[Reading]:
        """Return the block that another cell holds in brackets, where the name says no more than `Conv2_x`."""
        bare = len(named) == 1 and named[0].kind == "conv" and not named[0].params.keys() - {"filters"}
        said = read_cell(self.attributes) if bare and "[" in self.attributes else []
        return said if len(said) == 1 and said[0].block else []

    def _code(self, text: str) -> str:
        """Return the kind of layer that a letter and a number name, as LeNet's C1 and S2, in a table of windows."""
        if text.strip() == "In":
            return "input"
        if text.strip().lower() == "output" and any(
            re.search(r"\d", cell.text) for cell in self.said.get("kernel", ())
        ):
            return "conv"  # The last one.
        is_code = "kernel" in self.columns.roles and re.fullmatch(r"[A-Z]\d{1,2}", text.strip())
        if text.strip() == "L2" and not any(cell.text.strip(" -–") for cell in self.said.get("kernel", ())):
            return ""  # A normalisation.
        return _CODES.get(text.strip()[0], "") if is_code else ""

    def _unknown(self) -> list[Reading]:
        """Return the layer that the row names and nobody knows; a name alone in its row is a title."""
        typed = [cell for cell in self.said.get("type", ()) if not cell.text.strip().isdecimal()]
        names = [text for cell in typed if _WORDS.fullmatch(_SET.sub("", text := normalized(cell.text)))]
        told = [text for text in names if any(normalized(cell.text) == text and self._is_typed(cell) for cell in typed)]
        names = told if len(told) == 1 else names  # And no label of a stage.
        names = names or [cell.text for cell in self.named if re.search(r"\([A-Z]\w+\)$", cell.text)]
        names = names or [cell.text for cell in typed or self.named if re.search(r"[A-Za-z]{4}", cell.text)]
        others = [cell for role in SIZED & self.said.keys() for cell in self.said[role] if cell.text.strip()]
        others += [cell for cell in self.row if cell.text.strip().isdecimal()]  # Which one it is.
        others += [cell for cell in self.said.get("", ()) if typed and len(self.columns.roles) == 2]
        names = names[-1:] if len(names) == len(typed) > 1 else names  # What is behind its name says what it is.
        if len(names) != 1 or not others:
            return []
        more = _SET.search(normalized(names[0]))
        found = _WORDS.fullmatch(_SET.sub("", names[0]))
        several = _RANGE.fullmatch(names[0].strip())
        name = found[2] if found else several[1] if several else names[0][:MOST_SIDE]
        many = (found[1] or found[3]) if found else None
        said = read_attributes(more[0] if more else "", "conv")
        params = {key: value for key, value in said.items() if key in ("dilation", "stride")}
        if span := _SPAN.fullmatch(name):
            many = int(span[3]) - int(span[2]) + 1 if int(span[3]) > int(span[2]) else many
        return [Reading(name, params, text=names[0], times=min(int(many or 1), MOST_SIDE))]

    def alone(self) -> list[Reading]:
        """Return the layer that nobody knows of a row with a name alone: behind all others it is no title."""
        cells = [cell for cell in self.row if cell.text.strip(" -–—")]
        name = cells[0].text.strip() if len(cells) == 1 and cells[0] in self.said.get("type", ()) else ""
        return [Reading(name, text=name)] if re.fullmatch(r"[A-Za-z]{3,}(?: [A-Za-z]+)?", name) else []

    def _counted_block(self) -> Reading | None:
        """Return the block that another cell of a stage names, with how often it comes: `3 × ResNeXt block (64-d)`."""
        for cell in self.row:
            if found := re.match(r"(\d{1,2}) ?× ?([A-Za-z][\w-]*(?: [A-Za-z][\w-]*)*)", normalized(cell.text)):
                return Reading(found[2], text=normalized(cell.text), times=int(found[1]))
        return None

    def _within_stage(self) -> list[Reading]:
        """Return the layers that another cell says of a stage, or the block that it names."""
        if told := self._counted_block():
            return [told]
        typed = [cell.text for cell in self.said.get("type", ()) if self._is_typed(cell)]
        if len(typed) == 1 and kind_of(typed[0]) == "" and (name := _WORDS.fullmatch(" ".join(typed[0].split()))):
            return [Reading(name[2], text=typed[0])]
        said = [each for each in read_cell(self.attributes) if each.kind in LAYERS]
        return said if kind_of(self.attributes) or any(each.block for each in said) else []

    def goes_on(self) -> bool:
        """Tell whether the row has no name, but sizes as the one above it."""
        return not any(cell.text.strip() for cell in self.said.get("type", ())) and bool(
            self.said.get("stride") or self.said.get("repeat")
        )

    def strange(self) -> list[Reading]:
        """Return the activations of the row's own column of them that nobody knows."""
        cells = (*self.said.get("activation", ()), *self.said.get("norm", ()))
        texts = [normalized(cell.text) for cell in cells]
        return [
            Reading(text, text=f"{STRANGE}{text}")
            for text in texts
            if _NAMED.fullmatch(text) and not (posts_of(text) or _softmax(text))
            if text.lower() not in (*_NO, *_IDLE)
        ]

    def pools(self) -> list[Reading]:
        """Return the poolings behind the layer, of a column of them."""
        cells = [cell for cell in self.said.get("pool", ()) if re.search(r"\d", cell.text)]
        texts = [f"{self.columns.headers[cell.first]} {cell.text}" for cell in cells]
        return [each for text in texts for each in read_cell(text) if "pool" in each.kind]

    def pooling(self) -> dict[str, Any]:
        """Return the window and the stride of the row's pooling, where columns of their own say them."""
        found: dict[str, Any] = {}
        for cell in self.said.get("poolsize", ()):
            if sides := re.findall(r"\d+", normalized(cell.text)):
                found["kernel"] = (int(sides[0]), int(sides[-1]))
        stride = steps(self.said.get("poolstride", ()))
        return found | ({"stride": stride} if stride else {})

    def dropped(self) -> list[Reading]:
        """Return the Dropout behind the layer, of a column of rates."""
        texts = [cell.text for cell in self.said.get("dropout", ()) if re.search(r"[1-9]", cell.text)]
        if self.is_told or are_arguments(self.attributes):
            return []  # What is dropped is dropped within the layer.
        said = re.findall(r"\bdrop-?out\b[^\d,;]{0,9}([\d.]+ ?%?)", self.attributes, re.IGNORECASE)
        return [each for text in (*texts, *said) for each in read_cell(f"dropout {text}")]

    def _rate(self) -> dict[str, float]:
        """Return how much is dropped, as any cell of the row says it: `Rate = 0.5`."""
        said = [re.fullmatch(r"(?:rate|prob\w*|p)?\W*(0?\.\d+)", cell.text.strip(), re.IGNORECASE) for cell in self.row]
        return next(({"rate": float(found[1])} for found in said if found), {})

    def rates(self) -> dict[str, float]:
        """Return how much is dropped, as a column of rates says."""
        return {key: value for each in self.dropped() for key, value in each.params.items() if key == "rate"}

    def activations(self) -> list[str]:
        """Return the normalisation and the activations of the row's own columns of them."""
        norms = [
            posts_of(cell.text) or ["bn"]
            for cell in self.said.get("norm", ())
            if _says_yes(cell) and (posts_of(cell.text) or not _NAMED.fullmatch(cell.text.strip()))
        ]
        texts = [normalized(cell.text) for cell in self.said.get("activation", ())]
        return [post for each in norms for post in each] + [
            post for text in texts for post in (["relu"] if text == "RE" else posts_of(text) or _softmax(text))
        ]

    def behind(self) -> list[str]:
        """Return the normalisations and activations that the cells beside the name say: `3×3, BN, ELU`."""
        return [] if self.is_told else posts_of(normalized(self.attributes)) + _softmax(self.attributes)

    def _attributes_of(self, kind: str) -> dict[str, Any]:
        """Return what the cells beside the name say; of a layer that nobody knows, what they say of its window."""
        if self.is_told:
            return {}
        if kind in LAYERS:
            said = read_attributes(self.attributes, kind)
            return said if kind == "dropout" else {key: value for key, value in said.items() if key != "rate"}
        found = read_attributes(self.attributes, "conv")
        names = ("kernel", "stride", "pad", "dilation", "groups", *(("filters",) if "kernel" in found else ()))
        return {key: value for key, value in found.items() if key in names}

    def params(self, first: Reading) -> dict[str, Any]:
        """Return the hyper-parameters of the row's first layer."""
        said = bool(self.attributes or self.said.get("output"))
        counted = said and bool(_NAME.fullmatch(normalized(self.named[0].text)))
        # The number in a name counts layers of its kind.
        own = {key: value for key, value in first.params.items() if not (counted and _is_count(key, value))}
        if re.fullmatch(r"[A-Za-z]+ ?\d-\d{1,2}", self.named[0].text.strip()) and self.said.get("kernel"):
            own = {}  # conv1-2 is then the second of its stage.
        windowed = bool(re.search(r"\d ?×", normalized(self.attributes)))
        windowed |= bool(re.fullmatch(r"[a-z -]*pool[a-z]*[ _]\d", self.named[0].text.strip(), re.IGNORECASE))
        own = {key: value for key, value in own.items() if not (counted and windowed and key == "kernel")}
        found = self._attributes_of(first.kind) | own
        if self.width is not None and not (self.width == 1 and found.get("units", 0) > 1):
            found["units" if first.kind in _UNITED else "filters"] = self.width
        if stride := steps(self.said.get("stride", ())):
            found["stride"] = stride
        if groups := whole(self.said.get("groups", ())):
            found["groups"] = groups
        if dilation := whole(self.said.get("dilation", ())):
            found["dilation"] = dilation
        headers = self.columns.headers
        widths = [(cell.first, re.fullmatch(r"(?:m, ?)?(\d+)p?", cell.text)) for cell in self.said.get("branch", ())]
        found |= {headers[place]: int(width[1]) for place, width in widths if width}
        for cell in self.said.get("branch", ()) if first.kind.endswith("pool") and "kernel" not in found else ():
            if window := re.search(r"(\d) ?× ?(\d)(?:, ?(\d))?$", normalized(cell.text)):
                found["kernel"] = int(window[1]), int(window[2])
                found |= {"stride": (int(window[3]),) * 2} if window[3] else {}
        for cell in self.said.get("context", ()) if first.kind != "dense" else ():
            found |= window_of(cell.text)
        if inner := whole(self.said.get("inner", ())) if first.kind not in LAYERS else None:
            found["sub_blocks"] = inner
        if expand := whole(self.said.get("expand", ())):
            found["expand"] = expand
        if gate := self.said.get("gate"):
            found["gate"] = _says_yes(gate[0])
        for cell in self.said.get("padding", ()):
            found |= read_attributes(f"pad {re.sub(_LISTED, '×', cell.text)}", first.kind)
        if (count := whole(self.said.get("count", ()))) is not None:
            found["count"] = count
        for cell in self.said.get("activation", ()):
            if (slope := slope_of(cell.text)) is not None:
                found["slope"] = slope
        if first.kind == "resblock" and (
            window := re.match(r"\W*(\d+) ?× ?(\d+)\b(?! ?×)", normalized(self.attributes))
        ):
            found["kernel"] = int(window[1]), int(window[2])
        found |= shapes(self.said.get("output", ()), self.said.get("input", ()))
        if (
            first.kind in _FILTERED
            and not found.keys() & {"filters", "output"}
            and (channels := channels_of(self.said.get("output", ())))
        ):
            found["filters"] = channels
        heads = " ".join(headers[cell.first] for cell in self.said.get("output", ()))
        shaped = "kernel" not in self.columns.roles and not re.search("out", heads, re.IGNORECASE)
        if first.kind == "dense" and len(found.get("output", ())) == 2 and shaped:
            found["in_features"], found["units"] = found.pop("output")  # The shape of its weights.
        if first.kind == "dropout" and "rate" not in found:
            found |= self._rate()
        if first.kind == "input" and (taken := self._units or next(iter(self.numbers), 0)) and "output" not in found:
            found["output"] = (taken,)
        if first.kind == "input" and len(found.get("output", ())) == 2 and self.width:
            found["output"] = (*found["output"], self.width)
        return found


def _names_none(text: str) -> bool:
    """Tell a cell that says more of a layer that another one names."""
    return not kind_of(text)


def _says_yes(cell: Cell) -> bool:
    return cell.text.strip(" -–—").lower() not in _NO


def _is_count(key: str, value: Any) -> bool:
    """Tell a number that may be which layer of its kind it is."""
    return key in _COUNTED and value <= 20 and value % 1 == 0


_COUNTED = ("filters", "units", "number", "rate")


def _softmax(text: str) -> list[str]:
    return ["softmax"] if re.search(r"soft-?\s?max", text, re.IGNORECASE) else []
