"""What the cells of a table say of a layer in a style: its kind, its sizes, all of it in a phrase or a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from table_graphs import Drawn, Network
from table_phrases import CALLS, DIALECTS, KINDS
from table_styles import Style

Fields = dict[str, str]
POOLS = ("maxpool", "avgpool")


@dataclass
class Cells:
    """What cells say of the layers of a design in a style."""

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
        if self.style["kinds"] not in ("plain", "lower", "capitals"):
            self.prose = "kind first" if self.prose == "vgg" else self.prose
        if self.axes == 3 and self.prose == "vgg":
            self.prose = "kind first"
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

    def _given(self, each: Drawn, sizes: Sequence[int], scale: int, *, taken: bool = False) -> str:
        if self.network.family == "text" and len(sizes) == 2 and each.kind not in ("conv", *POOLS):
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
            shape = f"Pool {sides}" if each.kind in POOLS else f"{each.rate:g}" if each.kind == "dropout" else ""
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
            if ("{s}" in part and "{k}" not in part and "{n}" not in part and single and not alone) or (
                "{p}" in part and not self._bordered(each)
            ):
                continue
            if each.kind == "dwconv" and "{n}" in part:
                stepped = dialect["pool"][0] if "{s}" in part else "{k}" if "{k}" in part else ""
                part = "{k}/{s}" if alone else stepped
            parts += [part.format(**self._values(each))] if part else []
        parts += [f"dilation {each.dilation}"] if each.dilation > 1 and key == "conv" else []
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
        form = calls.get("pool" if each.kind in POOLS else each.kind)
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
