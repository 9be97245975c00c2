"""What the words and numbers of a phrase say of one layer: `7×7, 64, stride 2` is a convolution with 64 filters."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from lark import Token

from extract.words.calls import take_call
from extract.words.cell_grammar import tokens_of
from extract.words.changed import is_changed
from extract.words.described import SMALL, Described, dropped, sides
from extract.words.families import BLOCKS, FILTERED, POOLS, RECURRENT, UNITS, WINDOWED
from extract.words.lexicon import EITHER, posts_of
from extract.words.reading import Reading
from extract.words.settling import settle
from extract.words.signatures import LARGEST_KERNEL
from extract.words.strangers import FOREIGN, has_stranger

_BEHIND = {"groups": "g", "padding": "p", "pad": "p", "stride": "s", "strides": "s", "kernel": "k", "window": "k"}
"""What a number is of which such a word stands behind: 1 padding."""
_COUNTS = re.compile(r"(?:(?:stacked |recurrent )?(layers?)|(?:hidden )?(?:units?|neurons?|nodes?|cells?))\b")
"""What there are several of in what recurs: layers, or units of each."""
_PLAIN_WORDS = re.compile(
    r"\bvocab\w* (?:size )?\d|\b(?:stride|pad(?:ding)?|kernel|filters?|units|rate|dilation|size) ?(?:of |: ?)?\d"
    r"|\d (?:filters|units|kernels)\b",
    re.IGNORECASE,
)
"""What brackets hold that are no arguments of a call: `(3×3, 64, stride 2)`."""
_OF_LAYER = re.compile(
    r"layers? \(|\w*(?:lstm|gru|rnn) ?\(\d+ (?:hidden |stacked |recurrent )?(?:layers|units|cells)\b", re.IGNORECASE
)
"""What stands in front of words in brackets that are no arguments: `LSTM layer (size 128, 2 layers)`."""
_SAID = ("stride", "strides", "padding", "pad", "size", "dilation", "rate", "probability", "ratio")
_DILATIONS = ("rate", "dilation", "d", "dil", "dilated")
_SPREAD = re.compile(r"\b(?:dilated|atrous)\b", re.IGNORECASE)
"""What has gaps in its window."""
_FILLERS = ("of", "is", "by")
"""What may stand between such words and the number that they speak of: a stride of 2."""
_VALUES = ("NUMBER", "EQUAL", "SIZE", "WORD")
"""What stands behind a word that says something of what follows: stride 2, kernel size 3."""


_UNIT = re.compile(r"[A-Z][A-Za-z]*LU\d?")
"""What is an activation by the end of its name: SReLU."""
_MANY_NUMBERS = re.compile(r"conv ?\d+-\d+-\d", re.IGNORECASE)
"""More numbers in a convolution's name than its window and its filters: conv3-64-2."""


_TO_LETTER = re.compile(r"\d ?, ?[A-Za-z]\W*$")
"""The last width of several that is but a letter: `MLP (512, 256, k)`."""


class Phrase:
    """The tokens of a phrase, and what they add up to."""

    def __init__(self, said: str, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.layer = Described(said)

    def readings(self, posts: list[str], kind: str) -> list[Reading]:
        """Return the layer, and with a softmax of so many ways the Dense before it."""
        layer = self.layer
        layer.kind = kind
        place = 0
        while place < len(self.tokens):
            place += self._take(place)
        settle(layer, posts)
        own = ("tanh", "sigmoid") if layer.kind in RECURRENT else ()  # What is within such a layer.
        posts = [each for each in [*posts, *layer.extra] if each != layer.kind and each not in own]
        if not layer.kind:
            # What stands below a layer's name, as in Caffe's drawings, says the rest of it.
            return [self._layer("", layer.params, ())] if "kernel" in layer.params else []
        first = [self._layer("dense", layer.params, ())] if layer.kind == "softmax" and "units" in layer.params else []
        params = {} if first else layer.params
        behind = tuple(dict.fromkeys(posts))
        if layer.widths:
            return [self._layer(layer.kind, {**params, "units": width}, behind) for width in layer.widths]
        return [*first, self._layer(layer.kind, params, behind)]

    def _layer(self, kind: str, params: dict[str, Any], posts: tuple[str, ...]) -> Reading:
        return Reading(kind, params, posts, text=self.layer.said, wider=self.layer.wider, unclear=self._is_odd())

    def _is_odd(self) -> bool:
        """Tell a convolution of another kind than is known here, or so many of them in words: `3 highway conv`."""
        layer = self.layer
        twice = bool(layer.numbers) or any(each.type in ("FC_N", "N_FC") for each in self.tokens)
        if any(_UNIT.fullmatch(each) and not posts_of(each) for each in self.tokens if each.type == "WORD"):
            return True
        if (
            (bool(layer.kind) and has_stranger(layer.said))
            or layer.is_twofold
            or FOREIGN.search(layer.said)
            or EITHER.search(layer.said)
            or (layer.kind == "dense" and ((layer.sizes and twice) or _TO_LETTER.search(layer.said)))
        ):
            return True
        if layer.kind in BLOCKS and "shape" in layer.params:
            return True  # A size that is none of a window.
        if layer.kind not in (*FILTERED, *POOLS, *RECURRENT):
            return False
        counted = re.match(r"[2-9] [A-Za-z]", layer.said) and "filters" in layer.params and len(layer.numbers) > 1
        return bool(counted or is_changed(layer.said) or _MANY_NUMBERS.search(layer.said))

    def _take(self, place: int) -> int:
        """Take a token, and those behind it that belong to it; return how many."""
        token = self.tokens[place]
        follows = self.tokens[place + 1 : place + 4]
        kinds = [each.type for each in follows]
        numbers = [int(each) for each in re.findall(r"\d+", token)]
        match token.type:
            case "CONV_N":
                side, many = numbers[::-1] if numbers[0] > LARGEST_KERNEL >= numbers[1] else numbers
                self.layer.say("conv", kernel=(side,) * 2, filters=many)
            case "C_S_N":
                self.layer.say("conv", kernel=(numbers[0],) * 2, stride=(numbers[1],) * 2, filters=numbers[2])
            case "N_C":
                self.layer.say("conv", filters=numbers[0], kernel=(numbers[1],) * 2)
            case "P_N" if token[0] in "pP" and (self.layer.kind in FILTERED or self._is_windowed_pool()):
                self.layer.params["pad"] = numbers[0]
            case "P_N":
                self.layer.say("avgpool" if token[0] in "aA" else "maxpool", kernel=(numbers[0],) * 2)
            case "FC_N" if numbers[0] < 10 and (kinds[:1] == ["NUMBER"] or token[-2:-1].isalpha()) and "-" not in token:
                self.layer.kind = "dense"  # Its name, with how many units behind it, if any: fc6 4096.
            case "N_FC" | "FC_N" if self.layer.kind != "mfm":
                self.layer.say("dense", units=numbers[0])
            case "CONV_K" if numbers[-2] > LARGEST_KERNEL >= numbers[-1] and not self._is_counted(follows):
                self.layer.params |= {"filters": numbers[-2], "kernel": (numbers[-1],) * 2}  # So many, and how large.
            case "NUMBER" if kinds[:1] == ["WORD"] and follows[0] in ("D", "d") and token in ("1", "2", "3"):
                return 2  # How many axes there are.
            case "K_SIZE" | "CONV_K":
                self.layer.params["kernel"] = (numbers[-2], numbers[-1])
            case "INOUT" if self.layer.kind == "dense" and re.search(r"\blayers\b", self.layer.said, re.IGNORECASE):
                self.layer.widths = (*numbers,)
            case "INOUT" if self.layer.kind in (*WINDOWED, "resblock"):
                self.layer.params |= {"in_channels": numbers[0], "filters": numbers[1]}
            case "INOUT":
                self.layer.params |= {"in_features": numbers[0], "units": numbers[1]}
            case "SIZE" if len(numbers) == 2 and self._names_stride(follows):
                self.layer.params["stride"] = (numbers[0], numbers[1])
                return 2
            case "SIZE":
                self.layer.sizes.append(tuple(numbers))
            case "PERCENT":
                share = float(token.rstrip("% ")) / 100
                self.layer.params["rate"] = dropped(share, self.layer.said)
            case "CALL" if self.layer.kind in UNITS and _OF_LAYER.match(token):
                self.tokens[place + 1 : place + 1] = tokens_of(token.partition("(")[2].removesuffix(")"))
            case "CALL" if _PLAIN_WORDS.search(token.partition("(")[2]):
                self.tokens[place + 1 : place + 1] = tokens_of(token.partition("(")[2].removesuffix(")"))
            case "CALL":
                take_call(self.layer, str(token))
            case "SLASH" if kinds[:1] == ["NUMBER"] and float(follows[0]) <= LARGEST_KERNEL:
                self.layer.step(int(float(follows[0])))
                return 2
            case "SLASH" if kinds[:1] == ["SIZE"] and (step := self._step_of(follows[0])):
                self.layer.params["stride"] = step
                return 2
            case "SLASH" if kinds[:1] == ["WORD"] and re.fullmatch(r"s\d+", follows[0]):
                self.layer.step(int(follows[0][1:]))
                return 2
            case "WORD":
                return self._word(token, follows)
            case "NUMBER" if (window := self._counted_window(numbers, place)) is not None:
                filters, (*kernel, channels) = numbers[0], map(int, re.findall(r"\d+", self.tokens[window]))
                self.layer.params |= {"filters": filters, "kernel": tuple(kernel), "in_channels": channels}
                return window - place + 1
            case "NUMBER" if token.isdecimal() and (name := self._counted_behind(follows)):
                self.layer.params.setdefault(name, int(token))
            case "NUMBER" if (name := self._named_behind(follows)) and token.isdecimal():
                self._named(name, (int(token),))
                return 2
            case "NUMBER":
                self.layer.numbers.append(float(token))
            case "WIDER":
                self.layer.numbers.append(float(numbers[0]))
                self.layer.wider = token.split("×")[-1].strip()
        return 1

    def _counted_window(self, numbers: list[int], place: int) -> int | None:
        """Return the place of the window with its channels behind how many there are: `256 filters of 5×5×48`."""
        behind = next((i for i in range(place + 1, len(self.tokens)) if self.tokens[i].type != "WORD"), place)
        sizes = [int(each) for each in re.findall(r"\d+", self.tokens[behind])]
        flat = self.tokens[behind].type == "SIZE" and len(sizes) == 3 and sizes[0] == sizes[1]
        many = self.layer.kind in ("", *FILTERED) and len(numbers) == 1 and numbers[0] > SMALL
        return behind if flat and many and sizes[0] <= LARGEST_KERNEL < sizes[2] else None

    def _is_counted(self, follows: list[Token]) -> bool:
        """Tell a window long along one axis, where another number counts the filters: `41×11, 32`, `32 conv 41×11`."""
        behind = next((each for each in follows if each.type != "COMMA"), None)
        more = behind is not None and behind.type == "NUMBER" and (follows[0] is behind or float(behind) > SMALL)
        return more or any(each > SMALL for each in self.layer.numbers)

    def _is_windowed_pool(self) -> bool:
        return self.layer.kind in POOLS and bool(self.layer.sizes or "kernel" in self.layer.params)

    def _step_of(self, token: Token) -> tuple[int, ...]:
        """Return the sides of a step behind those of a window, none of which is larger: `5×1 / 3×1`."""
        step = tuple(int(each) for each in re.findall(r"\d+", token))
        window = self.layer.sizes[-1] if self.layer.sizes else ()
        fits = len(step) == len(window) in (2, 3) and step != window and max(step) < SMALL
        return step if fits and all(a <= b for a, b in zip(step, window, strict=True)) else ()

    @staticmethod
    def _names_stride(follows: list[Token]) -> bool:
        """Tell the word behind a size that says that it is a stride: `2×2 stride`, and not `2×2, stride 2`."""
        said = bool(follows) and follows[0].type == "WORD" and follows[0].lower().startswith("stride")
        return said and [each.type for each in follows[1:2]] not in (["NUMBER"], ["EQUAL"], ["SIZE"])

    def _counted_behind(self, follows: list[Token]) -> str:
        """Return what words behind a number say that it counts of what recurs: `128 hidden units, 2 stacked layers`."""
        words = list(takewhile(lambda each: each.type == "WORD", follows))
        said = _COUNTS.match(" ".join(words).lower()) if self.layer.kind in RECURRENT else None
        return "" if said is None else "layers" if said[1] else "units"

    def _named_behind(self, follows: list[Token]) -> str:
        """Return what the word behind a number says that it is: `1 padding`, and not `64, stride 2`."""
        if not follows or follows[0].type != "WORD" or (follows[1:] and follows[1].type in _VALUES):
            return ""
        name = _BEHIND.get(follows[0].lower(), "")
        return name if name != "k" or self.layer.kind in WINDOWED else ""

    def _word(self, token: Token, follows: list[Token]) -> int:
        word = token.lower().strip("'")
        filled = bool(follows) and (follows[0].type == "EQUAL" or (word in _SAID and follows[0].lower() in _FILLERS))
        behind = [each for each in follows[filled:] if each.type != "EQUAL"]
        used = 1 + filled
        number = behind[0] if behind and behind[0].type in ("NUMBER", "SIZE", "PERCENT") else None
        values = tuple(int(float(each)) for each in re.findall(r"\d+(?:\.\d+)?", number or ""))
        glued = re.fullmatch(rf"(k|s|p|n|c{'' if self.layer.sizes else '(?=[0-9]{2})'})(\d+)", word)
        if glued:
            self._named(glued[1], (int(glued[2]),))
            return 1
        if number is None:
            if word in ("same", "valid", "padded"):
                self.layer.params["pad"] = "same" if word == "padded" else word
            return 1
        if word == "in" and number.type == "NUMBER" and self.layer.kind in ("dense", *FILTERED):
            self.layer.params["in_features" if self.layer.kind == "dense" else "in_channels"] = values[0]
        elif word in ("output", "outputs", "gives") and number.type != "PERCENT":
            self.layer.params["output"] = values
        elif word in ("stride", "strides", "str", "st", "st.", "s"):
            self.layer.params["stride"] = sides(values)
        elif word == "p" and self.layer.kind in POOLS and not re.search(r"\bk|\d ?×", self.layer.said):
            self.layer.params["kernel"] = sides(values)  # The only letter is that of its window.
        elif self._is_border(word) and "." not in number:
            self.layer.params |= (
                {"pad": values[0] if len(set(values)) == 1 else values} if self.layer.kind != "dense" else {}
            )
        elif word in ("layers", "num_layers") and filled and self.layer.kind in RECURRENT:
            self.layer.params["layers"] = values[0]
        elif word == "filters" and used == 2 and number.type == "NUMBER":
            self.layer.params["filters"] = values[0]
        elif word in ("vocabulary", "vocab") and number.type == "NUMBER":
            self.layer.params["vocabulary"] = values[0]
        elif word == "kernel" and number.type == "SIZE" and len(values) == 2:
            self.layer.params["kernel"] = values
        elif word in ("kernel", "filter", "window", "size", "k") and number.type == "SIZE":
            self.layer.sizes.append(values)
        elif word == "k" and self._has_window():
            self.layer.params["filters"] = values[0]  # So many, beside how large they are.
        elif word in ("size", "k", "kernel"):
            self.layer.params["kernel"] = sides(values)
        elif word == "c":
            self.layer.letter = values[0]
        elif word in ("g", "groups"):
            self.layer.params["groups"] = values[0]
        elif word in ("figure", "fig"):
            self.layer.params["figure"] = values[0]
        elif word == "dilated" and re.search(r"dilated \d+ ?× ?\d+ conv", self.layer.said, re.IGNORECASE):
            self.layer.sizes.append(values)
        elif self.layer.kind != "dropout" and (word in _DILATIONS or (word == "r" and _SPREAD.search(self.layer.said))):
            self.layer.params["dilation"] = values[0]
        elif word in ("p", "rate", "dropout") and self.layer.kind == "dropout" and number.type != "SIZE":
            share = float(number.rstrip("%")) / (100 if "%" in number else 1)
            self.layer.params["rate"] = dropped(share, self.layer.said)
        else:
            return 1
        return used + 1

    def _has_window(self) -> bool:
        """Tell a convolution whose window is said, or stands in front of what is read, and not how many it has."""
        counted = "filters" in self.layer.params or self.layer.numbers
        sized = any(len(size) == 2 and max(size) <= LARGEST_KERNEL for size in self.layer.sizes)
        return self.layer.kind in FILTERED and (sized or "kernel" in self.layer.params) and not counted

    def _is_border(self, word: str) -> bool:
        """Tell a word for a border, or for what is cut off of what a transposed convolution gives, which is its own."""
        cut = word in ("crop", "cropping") and self.layer.kind == "deconv"
        return cut or (word in ("pad", "padding", "p") and self.layer.kind != "dropout")

    def _named(self, key: str, values: tuple[int, ...]) -> None:
        if key == "k" and self._has_window():
            self.layer.params["filters"] = values[0]
        elif key == "k":
            self.layer.params["kernel"] = (values * 2)[:2]
        elif key == "s":
            self.layer.step(values[0])
        elif key == "p":
            self.layer.params["pad"] = values[0]
        elif key == "g":
            self.layer.params["groups"] = values[0]
        else:
            self.layer.params["filters"] = values[0]
