"""A design as the rows of a table in a style: what each cell says, and which columns there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from table_designs import Drawn, Network, learned
from table_phrases import CALLS, CAPTIONS, DIALECTS, KINDS, LETTERS, SHORT
from table_styles import Style
from table_texts import Rows, Said

Fields = dict[str, str]
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_POOLS = ("maxpool", "avgpool")
_OVER_TIME = ("embedding", "lstm", "bilstm", "gru")


@dataclass
class Printer:
    """Prints a design in a style."""

    network: Network
    style: Style
    rng: Random

    def __post_init__(self) -> None:
        pictured = len(self.network.taken) == 3 and self.style["step"] == "3"
        self.sizes = replace(self.style.sizes, pictured=pictured)
        self.words = KINDS["plain"] | KINDS[self.style["kinds"]]
        self.axes = next((len(each.kernel) for each in self.network.layers if each.stride), 2)
        self.numbers: dict[str, int] = {}
        self.slope = f"{self.network.slope:g}"
        self.told_slope = False
        self.tells_slope = self.rng.choice(("behind", "caption"))
        if self.style["syntax"] == "csv":
            self.tells_slope = "behind"
        elif self.style["posts"] == "rows" and not self.typed:
            self.tells_slope = "caption"
        self.prose = self.rng.choice(("window first", "kind first", "dialect", "call", "vgg"))
        self.named = "filters first"
        if self.axes == 1:
            self.prose, self.named = "dialect", self.rng.choice(("keys", "equals", "sentence"))
        if len(self.network.taken) == 1:
            self.words["input"] = "Input"
        if any(k.stride and set(k.stride) != {1} and k.kind == "conv" for k in self.network.layers):
            self.prose = "kind first" if self.prose == "vgg" else self.prose

    @property
    def typed(self) -> bool:
        """Whether a column says of what kind layers are, and not their names alone."""
        named = self.style["name"] in ("lower", "conv1_1", "Conv 1") and self.style["plan"] in (
            "apart",
            "one",
            "joined",
        )
        beside = (
            self.style["syntax"] == "csv"
            or self.style["posts"] in ("behind the kind", "caption")
            or self.style["pools"] == "joined"
        )
        return not named or beside or self.style["typed"] == "yes"

    def kind(self, name: str) -> str:
        """Return what a kind of layer is called."""
        word = self.words[name]
        if name == "leakyrelu":
            return f"{word} ({self.slope})" if self.tells_slope == "behind" else word
        if self.axes != 2:
            word = word.replace("2D", f"{self.axes}D").replace("2d", f"{self.axes}d")
        return word

    def rows(self) -> list[Fields]:
        """Return the rows: what comes in, each layer with what stands behind it, and sums."""
        found = list(self._input())
        layers = list(self._grouped())
        scale = 1
        for number, (first, times, behind) in enumerate(layers, 1):
            for each in (first, *behind):
                scale = scale * (each.stride[0] if each.stride and each.kind != "deconv" else 1)
                scale //= each.stride[0] if each.kind == "deconv" else each.kernel[0] if each.kind == "upsample" else 1
            row = self._row(first, number, times, scale)
            for each in behind:
                if each.kind == "dropout":
                    row["dropout"] = f"{each.rate:g}"
                else:
                    row["type"] += f"{self.style['joint']}{self.kind(each.kind)}"
                    row["output"] = self._given(each, each.out, scale)
            found.append(row)
            if self.style["posts"] == "rows":
                found += [self._post(first, post, row) for post in first.posts]
        if self.style["total"] == "yes" and self.style["count"] != "none":
            found.append({"whole": "Total", "number": "Total", "name": "Total", "type": "Total",
                          "block": "Total", "count": self.sizes.learned(learned(self.network.layers))})  # fmt: skip
        return found

    def _input(self) -> Iterator[Fields]:
        if self.style["input"] != "row":
            return
        if self.style["output"] == "fraction":
            given = self.sizes.sign.join(["H", "W", str(self.network.taken[0])][: len(self.network.taken)])
        else:
            given = self.size_of_input()
        word = self.words["input"]
        shown = self.style["output"] != "none" and self.style["output"] != "H×W"
        named = word if shown else f"{word} ({given})"
        number = "0" if self.rng.random() < 0.5 else ""
        typed = named if self.typed else ""
        yield {"whole": f"{word} {given}" if not shown else word, "number": number, "name": named, "type": typed,
               "output": given, "block": "Input", "details": "", "count": "0"}  # fmt: skip

    def size_of_input(self) -> str:
        taken = self.network.taken
        form = "H×W×C" if self.style["output"] in ("none", "H×W", "fraction") else self.style["output"]
        if len(taken) == 1:
            return str(taken[0])
        return replace(self.sizes, output=form).given(taken)

    def _grouped(self) -> Iterator[tuple[Drawn, int, list[Drawn]]]:
        """Yield layers, alike ones behind each other once with how often they come, with what their rows say too."""
        layers = self.network.layers
        place = 0
        while place < len(layers):
            each, times = layers[place], self._times(place)
            place += times
            behind: list[Drawn] = []
            while place < len(layers) and self._is_said_with(each, layers[place], behind):
                behind.append(layers[place])
                place += 1
            yield each, times, behind

    def _times(self, place: int) -> int:
        """Return how many layers from a place on are said as one."""
        each, *others = self.network.layers[place:]
        if self.style["repeat"] == "no" or each.kind not in ("conv", "dense") or each.taken != each.out:
            return 1
        alike = [replace(after, taken=each.taken, count=each.count) == each for after in others]
        return 1 + (alike.index(False) if False in alike else len(alike))

    def _is_said_with(self, each: Drawn, after: Drawn, behind: list[Drawn]) -> bool:
        if after.kind == "dropout":
            return self.style["dropout"] == "column" and each.kind in ("conv", "dense") and not behind
        joined = self.style["pools"] == "joined" and each.kind == "conv" and not behind
        return joined and after.kind in _POOLS and after.kernel == after.stride and max(after.kernel) == 2

    def _row(self, each: Drawn, number: int, times: int, scale: int) -> Fields:
        kind = self.kind(each.kind)
        posts = [self.kind(post) for post in each.posts]
        joint = self.style["joint"]
        row = {"number": self._number(number), "name": self._name(each, number), "type": kind, "block": ""}
        row |= self._apart(each)
        row["details"] = self._details(each)
        row["output"] = self._given(each, each.out, scale)
        row["taken"] = self._given(each, each.taken, scale, taken=True)
        row["count"] = self.sizes.learned((each.count - self._kept(each)) * times)
        row["repeat"] = str(times)
        row["of block"] = str(each.block)
        row["notes"] = {"maxpool": "downsampling", "dense": "classifier", "conv": "feature extraction"}.get(
            each.kind, ""
        )
        if each.kind == "concat":
            row["details"] = row["notes"] = f"with {self._names[each.join or 0]}"
        if self.style["posts"] == "column":
            row["activation"] = ", ".join(self.kind(post) for post in each.posts if post != "bn")
            row["norm"] = self.rng.choice(("✓", "Yes")) if "bn" in each.posts else ""
        told = list(posts)
        if self.style["posts"] == "caption":
            told = [self.kind(post) for post in each.posts if post in ("softmax", "sigmoid") or not _hides(each)]
        behind = self.style["posts"] == "behind the kind" or (
            self.style["posts"] == "caption" and self.style["plan"] != "prose"
        )
        if behind and told:
            row["type"] = joint.join([kind, *told])
        sizes = self.style["posts"] == "behind the sizes" and self.style["plan"] != "prose"
        if sizes and told:
            row["details"] = ", ".join(filter(None, [row["details"], *told]))
        row["whole"] = self._whole(each, told if self.style["posts"] not in ("rows", "column") else [])
        if times > 1 and self.style["plan"] != "apart":
            row["details"] = f"({row['details']}) × {times}" if joint == "-" else f"{row['details']}, ×{times}"
            row["whole"] = f"{times} × {row['whole']}" if joint == "-" else f"{row['whole']}, ×{times}"
        return row

    def _kept(self, each: Drawn) -> int:
        """Return what a normalisation keeps, and the row of its layer does not count."""
        statistics = 2 if self.style["kinds"] != "keras" else 0
        if "bn" not in each.posts:
            return 0
        return (4 if self.style["posts"] == "rows" else statistics) * each.out[0]

    def _post(self, each: Drawn, post: str, row: Fields) -> Fields:
        width = each.out[0] * (4 if self.style["kinds"] == "keras" else 2) if post == "bn" else 0
        name = f"{SHORT.get(post, post)}{self._counted(post)}"
        kind = self.kind(post)
        return {"number": "", "name": name if self.style["name"] != "number" else "", "type": kind, "whole": kind,
                "details": "", "output": row["output"], "taken": row["output"], "count": self.sizes.learned(width),
                "of block": row["of block"]}  # fmt: skip

    @property
    def _names(self) -> list[str]:
        return self.__dict__.setdefault("_named", [])

    def _counted(self, kind: str) -> int:
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]

    def _number(self, number: int) -> str:
        if self.style["name"] == "roman":
            return _ROMAN[number - 1] if number <= 10 else str(number)
        return {"Layer 1": f"Layer {number}", "L1": f"L{number}"}.get(self.style["name"], str(number))

    def _name(self, each: Drawn, number: int) -> str:
        stem = SHORT.get(each.kind, each.kind) if each.kind not in _POOLS or self.typed else each.kind
        many = self._counted(stem)
        form = self.style["name"]
        name = f"{stem}{many}"
        if form == "conv1_1" and each.kind == "conv":
            inner = self._counted(f"block {each.block}")
            name = f"conv{each.block + 1}_{inner}"
        elif form == "Conv 1":
            name = f"{stem.capitalize() if stem != 'fc' else 'FC'} {many}"
        elif form == "C1" and each.kind in LETTERS:
            name = f"{LETTERS[each.kind]}{number}"
        self._names.append(name if form in ("lower", "conv1_1", "Conv 1", "C1") else f"layer {number}")
        return name

    def _given(self, each: Drawn, sizes: Sequence[int], scale: int, *, taken: bool = False) -> str:
        if self.network.family == "text" and len(sizes) == 2 and each.kind not in ("conv", *_POOLS):
            sizes = sizes[::-1]  # Features behind steps.
        elif self.network.family == "text" and taken and each.kind == "conv":
            sizes = sizes[::-1]
        return self.sizes.given(sizes, scale) if self.style["output"] != "none" and sizes else ""

    def _apart(self, each: Drawn) -> Fields:
        """Return what columns of their own say of a layer's sizes."""
        found = {"kernel": "", "filters": "", "stride": "", "padding": "", "dropout": ""}
        if each.kernel and each.kind not in ("upsample", "reshape"):
            found["kernel"] = self.sizes.kernel(each.kernel)
            found["stride"] = self.sizes.stride(each.stride)
            found["padding"] = self.sizes.pad(each)
        if each.kind == "upsample":
            found["kernel"] = self.sizes.kernel(each.kernel)
        if each.kind == "reshape" and self.style["output"] == "none":
            found["filters"] = self.sizes.sign.join(map(str, [*each.kernel[1:], each.kernel[0]]))
        if each.filters:
            found["filters"] = self.sizes.number(each.filters)
        if each.kind == "dropout":
            found["filters"] = f"{each.rate:g}"
        if each.kind == "embedding":
            found["filters"] = f"{each.vocabulary}{self.sizes.sign}{each.filters}"
        joined = {
            "one": f"{found['kernel']}{', ' if self.style['joint'] != '/' else self.sizes.sign}{found['filters']}"
        }
        both = found["kernel"] and each.filters
        return found | {"one": joined["one"] if both else found["kernel"] or found["filters"]} | self._window(each)

    def _window(self, each: Drawn) -> Fields:
        """Return a window with how many channels come in and out, as MobileNet's table has it."""
        sign = self.sizes.sign
        sides = sign.join(map(str, each.kernel))
        step = f" / s{each.stride[0]}" if each.stride else ""
        if each.kind == "conv":
            shape = sign.join([sides, str(each.taken[0]), str(each.filters)])
        elif each.kind == "dwconv":
            shape = f"{sign.join([sides, str(each.taken[0])])} dw"
        elif each.kind == "dense":
            taken = 1
            for size in each.taken:
                taken *= size
            shape = sign.join([str(taken), str(each.filters)])
        else:
            shape = f"Pool {sides}" if each.kind in _POOLS else f"{each.rate:g}" if each.kind == "dropout" else ""
        return {"windows": shape, "kind / stride": f"{self.kind(each.kind)}{step}"}

    def _details(self, each: Drawn) -> str:
        """Return all that is said of a layer's sizes, in the order of a dialect."""
        return self._said(each, self.style["dialect"])

    def _said(self, each: Drawn, name: str) -> str:
        dialect = DIALECTS["terse"] | DIALECTS[name]
        key = {"conv": "conv", "deconv": "conv", "dwconv": "conv", "maxpool": "pool", "avgpool": "pool"}.get(each.kind)
        key = key or {"lstm": "dense", "bilstm": "dense", "gru": "dense"}.get(each.kind, each.kind)
        if each.kind == "reshape":
            return self.sizes.sign.join(map(str, [*each.kernel[1:], each.kernel[0]]))
        parts = []
        for part in dialect.get(key, ()):
            single = set(each.stride) == {1} and self.style["ones"] == "left out"
            alone = part.startswith("{k}/")  # Its stride stands in the same part.
            if ("{s}" in part and single and not alone) or ("{p}" in part and not self._bordered(each)):
                continue
            if each.kind == "dwconv" and "{n}" in part:
                part = "{k}/{s}" if alone else "{k}" if "{k}" in part else ""
            parts += [part.format(**self._values(each))] if part else []
        return ("\n" if name == "numbers" and self.style["syntax"] != "csv" else ", ").join(parts)

    def _bordered(self, each: Drawn) -> bool:
        return self.style["border"] != "none" and each.kind in ("conv", "deconv", "dwconv")

    def _values(self, each: Drawn) -> Fields:
        return {
            "k": self.sizes.kernel(each.kernel) if each.kernel else "",
            "n": self.sizes.number(each.filters),
            "s": self.sizes.stride(each.stride) if each.stride else "",
            "r": f"{each.rate:g}",
            "p": self.sizes.pad(each) if each.kernel else "",
            "v": str(each.vocabulary),
            "i": str(each.taken[0]),
            "a": str(self.axes),
            "m": "Max" if each.kind == "maxpool" else "Avg",
        }

    def _whole(self, each: Drawn, posts: Sequence[str]) -> str:
        """Return a cell that says all of a layer."""
        kind, said = self.kind(each.kind), self._said(each, "terse")
        if self.style["plan"] == "calls":
            return " + ".join([self._call(each), *posts])
        if each.kernel and each.kind not in ("upsample", "reshape"):
            window, *rest = said.split(", ", 1) if self.sizes.window == "3×3" else [self.sizes.kernel(each.kernel)]
            rest = rest or [", ".join(filter(None, [str(each.filters or ""), *self._steps(each)]))]
            if self.prose == "window first":
                text = ", ".join(filter(None, [f"{window} {kind}", *rest]))
            elif self.prose == "vgg" and each.kind == "conv" and len(set(each.kernel)) == 1:
                text = f"conv{each.kernel[0]}-{each.filters}"
            elif self.prose == "call":
                text = f"{kind} ({', '.join(filter(None, [window, *rest]))})"
            elif self.prose == "dialect":
                text = f"{kind}, {self._said(each, self.named)}"
            else:
                text = f"{kind} {', '.join(filter(None, [window, *rest]))}"
        elif each.kind == "dense":
            forms = {"vgg": f"{kind}-{said}", "call": f"{kind} ({said})", "dialect": f"{kind}, {said} units"}
            text = forms.get(self.prose, f"{kind} {said}")
        else:
            text = f"{kind} ({said})" if said and self.prose == "call" else f"{kind} {said}".strip()
        return ", ".join([text, *posts])

    def _steps(self, each: Drawn) -> list[str]:
        said = set(each.stride) != {1} or self.style["ones"] == "said"
        return [f"stride {self.sizes.stride(each.stride)}"] * said + (
            [f"pad {self.sizes.pad(each)}"] if self._bordered(each) else []
        )

    def _call(self, each: Drawn) -> str:
        """Return a layer as a framework makes it."""
        torch = self.style["kinds"] == "torch"
        calls = CALLS["torch" if torch else "keras"]
        form = calls.get("pool" if each.kind in _POOLS else each.kind)
        if form is None:
            said = self._said(each, "terse")
            return f"{self.kind(each.kind)}({said})"
        values = self._values(each)
        if torch:
            values |= {"p": replace(self.sizes, border="numbers").pad(each) if each.kernel else ""}
            values |= (
                {"k": str(each.kernel[0]), "s": str(each.stride[0])} if each.kernel and len({*each.kernel}) == 1 else {}
            )
            values["i"] = str(_flat(each.taken) if each.kind == "dense" else each.taken[0])
        return form.format(**values)


def _flat(sizes: Sequence[int]) -> int:
    found = 1
    for size in sizes:
        found *= size
    return found


def _hides(each: Drawn) -> bool:
    return each.kind in ("conv", "dense")


def caption_of(printer: Printer) -> str:
    """Return what is said of all layers: what comes in, and what stands behind each."""
    style, network, rng = printer.style, printer.network, printer.rng
    deep = {2: ("1D CNN", "1-D convolutional network"), 4: ("3D CNN", "3-D convolutional network")}
    name = rng.choice(
        deep.get(len(network.taken) if network.family != "text" else 0, ("network", "proposed network", "model"))
    )
    parts = [
        rng.choice(("Architecture of the {0}.", "The architecture of our {0}.", "Details of the {0}.")).format(name)
    ]
    if style["input"] == "caption":
        taken = replace(style.sizes, output="H×W×C", thousands=False).given(network.taken)
        if len(network.taken) == 1:
            taken = str(network.taken[0])
            parts.append(f"The input is a vector of size {taken}.")
        else:
            forms = ("The input size is {0}.", "The input is of size {0}.", "The network takes {0} inputs.")
            parts.append(rng.choice(forms)
                         .format(taken))  # fmt: skip
    if style["posts"] == "caption":
        first = next(each for each in network.layers if each.posts)
        act = printer.kind(first.posts[-1])
        parts.append(rng.choice(CAPTIONS["bn", "act"] if "bn" in first.posts else CAPTIONS["act",]).format(act=act))
    if printer.tells_slope == "caption" and any("leakyrelu" in each.posts for each in network.layers):
        parts.append(f"The slope of the leaky ReLU is {printer.slope}.")
    return " ".join(parts)


def table_of(printer: Printer) -> Rows:
    """Return a table: its columns in an order, a header, and cells over several rows."""
    style = printer.style
    rows = printer.rows()
    if all(row.get("repeat", "1") == "1" for row in rows):
        rows = [{**row, "repeat": ""} for row in rows]
    columns = [role for role in _columns(style, printer) if any(row.get(role) for row in rows)]
    empty = style["empty"]
    body: list[list[Said | None]] = []
    for row in rows:
        first = next((i for i, role in enumerate(columns) if row.get(role)), 0)
        body.append([Said(row.get(role) or ("" if i <= first or role == "block" else empty))
                     for i, role in enumerate(columns)])  # fmt: skip
    if "block" in columns:
        _label(body, rows, columns.index("block"), merged=style["block"] == "merged")
    heads = [Said(style.heads["type" if role == "kind / stride" else "kernel" if role == "one" else role])
             for role in columns]  # fmt: skip
    if "kind / stride" in columns:
        heads[columns.index("kind / stride")] = Said("Type / Stride")
    if "one" in columns and style["joint"] != "/":
        words = ("Kernel, filters", "Kernel size, channels", *(("Filters",) if printer.axes > 1 else ()))
        heads[columns.index("one")] = Said(printer.rng.choice(words))
    return [heads, *body] if style["headed"] == "yes" else body


def _columns(style: Style, printer: Printer) -> list[str]:
    plan, name = style["plan"], style["name"]
    found = ["block"] if style["block"] != "none" else []
    if plan == "windows":
        return [*found, "kind / stride", "windows", "taken"]
    if name in ("number", "roman", "Layer 1", "L1"):
        found.append("number")
    elif name in ("lower", "Conv 1", "conv1_1", "C1"):
        found.append("name")
    if plan in ("prose", "calls"):
        found.append("whole")
    else:
        found += ["type"] if printer.typed else []
        sizes = {"apart": ["kernel", "filters", "stride"], "one": ["one", "stride"], "joined": ["details"]}[plan]
        if plan == "apart":
            printer.rng.shuffle(sizes)
        found += sizes
        found += ["padding"] if style["border"] != "none" and plan != "joined" else []
    if plan in ("apart",) and style["repeat"] == "×":
        found.append("repeat")
    found += ["norm", "activation"] if style["posts"] == "column" else []
    found += ["dropout"] if style["dropout"] == "column" else []
    behind = [*(["taken"] if style["taken"] == "column" else []), *(["output"] if style["output"] != "none" else [])]
    found = [*found[: 1 + (name != "none")], *behind, *found[1 + (name != "none") :]] if style["step"] != "3" else [
        *found, *behind]  # fmt: skip
    return [*found, *(["count"] if style["count"] != "none" else []), *(["notes"] if style["notes"] == "yes" else [])]


def _label(body: list[list[Said | None]], rows: Sequence[Fields], column: int, *, merged: bool) -> None:
    """Put the names of blocks in front of their rows: one over all of them, or one in front of the first."""
    start = 0
    for i in range(1, len(rows) + 1):
        if i < len(rows) and rows[i].get("of block") == rows[start].get("of block"):
            continue
        own = rows[start].get("of block")
        text = f"Block {int(own) + 1}" if own else rows[start].get("block", "")
        body[start][column] = Said(text, 1, i - start if merged else 1)
        for place in range(start + 1, i):
            body[place][column] = None if merged else Said()
        start = i
