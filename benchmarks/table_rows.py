"""A design as the rows of a table in a style."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from table_cells import POOLS, Cells, Fields
from table_graphs import Drawn, learned
from table_phrases import LETTERS, SHORT

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass
class Printer(Cells):
    """Prints a design in a style, row by row."""

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
                elif self.style["pools"] == "column":
                    row["pool"] = self.sizes.kernel(each.kernel)
                    row["output"] = self._given(each, each.out, scale)
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
        joined = self.style["pools"] in ("joined", "column") and each.kind == "conv" and not behind
        if self.style["pools"] == "column" and after.kind == "avgpool":
            return False  # The header says that it is the largest value.
        return joined and after.kind in POOLS and after.kernel == after.stride and max(after.kernel) == 2

    def _row(self, each: Drawn, number: int, times: int, scale: int) -> Fields:
        kind = self.kind(each.kind)
        posts = [self.kind(post) for post in each.posts]
        joint = self.style["joint"]
        row = {"number": self._number(number), "name": self._name(each, number), "type": kind, "block": ""}
        row |= self._apart(each)
        row["details"] = self._details(each)
        row["output"] = self._given(each, each.out, scale)
        row["taken"] = self._given(each, each.taken, scale, taken=True)
        row["flow"] = f"{row['taken']} → {row['output']}"
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
            row["norm"] = self._yes() if "bn" in each.posts else ""
        told = list(posts)
        if self.style["posts"] == "caption":
            told = [self.kind(post) for post in each.posts if post in ("softmax", "sigmoid") or not _hides(each)]
        behind = self.style["posts"] == "behind the kind" or (
            self.style["posts"] == "caption" and self.style["plan"] != "prose"
        )
        if behind and told:
            row["type"] = f"{kind} ({', '.join(told)})" if joint == "()" else joint.join([kind, *told])
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

    def _yes(self) -> str:
        return self.rng.choice(("✓", "Yes")) if self.style["headed"] == "yes" else self.words["bn"]

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
        told = self.typed or each.kind not in (*POOLS, "upsample")
        stem = SHORT.get(each.kind, each.kind) if told else each.kind
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


def _hides(each: Drawn) -> bool:
    return each.kind in ("conv", "dense")
