"""Tables that are no list of one net's layers: designs side by side, stages of blocks, several networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from table_columns import table_of
from table_designs import Freedom, discriminator, generator
from table_graphs import Builder, Drawn, Network, graph_of
from table_rows import Printer
from table_styles import Style
from table_texts import Rows, Said

from ir import layers as L
from ir.graph import Graph, Input
from ir.shapes import Shape


@dataclass(frozen=True)
class Laid:
    """A table with a layout of its own: its rows and caption, and the design of it that is looked for."""

    name: str
    rows: Rows
    caption: str
    truth: Graph
    config: str = ""


def configurations(rng: Random, style: Style) -> Laid:
    """Return designs side by side, as those of VGG: one a column, poolings and Dense over all of them."""
    many, deep, width = rng.choice((2, 3, 4)), rng.choice((3, 4, 5)), rng.choice((16, 32, 64))
    names = rng.choice((list("ABCD"), ["Net-A", "Net-B", "Net-C", "Net-D"], ["Small", "Medium", "Large", "Huge"],
                        ["CNN-1", "CNN-2", "CNN-3", "CNN-4"]))[:many]  # fmt: skip
    form = rng.choice(("conv{k}-{n}", "conv{k}-{n}", "{k}{x}{k} conv, {n}", "Conv {k}{x}{k}, {n}", "{k}{x}{k}, {n}"))
    sign = style["sign"]
    rows: list[list[Said | None]] = []
    nets: list[list[Drawn]] = [[] for _ in names]
    side = rng.choice((32, 64, 224))
    filters = [width] * many
    told = rng.random() < 0.7
    posts = ("relu",) if told else ()

    def over_all(text: str) -> list[Said | None]:
        return [Said(text, many), *[None] * (many - 1)]

    if given := rng.random() < 0.6:
        rows.append(over_all(f"input ({side}{sign}{side} RGB image)"))
    for block in range(deep):
        each = [rng.choice((1, 2, 3)) for _ in names]
        for i in range(max(each)):
            cells: list[Said | None] = []
            for j in range(many):
                kernel = 3 if i < 2 else rng.choice((1, 3))
                text = form.format(k=kernel, n=filters[j], x=sign) if i < each[j] else ""
                cells.append(Said(text))
                if text:
                    nets[j].append(Drawn("conv", filters[j], (kernel,) * 2, (1, 1), posts=posts, block=block))

            rows.append(cells)
        rows.append(over_all(rng.choice(("maxpool", "maxpool", "Max pooling")) if block else "maxpool"))
        for net in nets:
            net.append(Drawn("maxpool", 0, (2, 2), (2, 2), "valid"))
        filters = [min(512, 2 * each) for each in filters]
    for units in (*rng.choice(((), (256,), (4096, 4096))), rng.choice((10, 100, 1000))):
        rows.append(over_all(rng.choice((f"FC-{units}",))))
        for net in nets:
            net.append(Drawn("dense", units, posts=posts))
    for net in nets:
        net[-1] = replace(net[-1], posts=("softmax",))
    rows.append(over_all("soft-max"))
    place = rng.randrange(many)
    truth, _ = graph_of(Network("configurations", (3, side, side), tuple(nets[place])))
    caption = "Configurations of our networks, shown in columns."
    caption += " The ReLU activation function behind each layer is not shown for brevity." if told else ""
    caption += "" if given else f" All take {side}{sign}{side}{sign}3 images."
    return Laid("configurations", [[Said(each) for each in names], *rows], caption, truth, names[place])


def _residual(to: Builder, widths: list[tuple[int, int]], stride: int) -> None:
    start, before = to.tip, to.shape
    for i, (kernel, filters) in enumerate(widths):
        step = stride if i == 0 else 1
        to.add(L.Conv2D(filters=filters, kernel=kernel, stride=step, pad=kernel // 2))
        to.add(L.BatchNorm())
        if i < len(widths) - 1:
            to.add(L.ReLU())
    end, shape = to.tip, to.shape
    if shape != before:
        to.go_to(start)
        to.add(L.Conv2D(filters=int(shape[1] or 1), kernel=1, stride=stride))
        start = to.add(L.BatchNorm())
    to.add(L.Add(), end, start)
    to.add(L.ReLU())


def stages(rng: Random, style: Style) -> Laid:
    """Return a table as that of ResNets: a stage a row, with its size, and a block in brackets for each design."""
    many, deep = rng.choice((1, 2, 2)), rng.choice((3, 4))
    width, side = rng.choice((16, 32, 64)), rng.choice((32, 64, 224))
    sign, tex = style["sign"], style["syntax"] == "tex"
    names = [f"Net-{n}" for n in rng.sample((18, 26, 34, 50, 101), many)] if many > 1 else ["Block"]
    narrow = [rng.random() < 0.5 for _ in names]
    times = [[rng.choice((1, 2, 3, 4, 6)) for _ in range(deep)] for _ in names]
    chosen = rng.randrange(many)
    large = side == 224
    to = Builder()
    shape: Shape = (None, 3, side, side)
    to.shape = to.shapes[to.tip] = shape
    kernel, step = (7, 2) if large else (3, 1)
    to.add(L.Conv2D(filters=width, kernel=kernel, stride=step, pad=kernel // 2))
    to.add(L.BatchNorm())
    to.add(L.ReLU())
    side //= step
    rows: list[list[Said | None]] = []

    def over_all(name: str, text: str) -> list[Said | None]:
        return [Said(name), Said(f"{side}{sign}{side}"), Said(text, many), *[None] * (many - 1)]

    stem = f"{kernel}{sign}{kernel}, {width}, stride {step}" if step > 1 else f"{kernel}{sign}{kernel}, {width}"
    rows.append(over_all("conv1", stem))
    if large:
        to.add(L.MaxPool2D(kernel=3, stride=2, pad=1))
        side //= 2
        rows.append(over_all("pool1", f"3{sign}3 max pool, stride 2"))
    for stage in range(deep):
        stride = 1 if stage == 0 else 2
        side //= stride
        cells = []
        for i in range(many):
            wide = width << stage
            inner = [(1, wide), (3, wide), (1, 4 * wide)] if narrow[i] else [(3, wide), (3, wide)]
            lines = [f"{k}{sign}{k}, {n}" for k, n in inner]
            cells.append(_block(lines, times[i][stage], tex=tex))
            if i == chosen:
                for turn in range(times[i][stage]):
                    _residual(to, inner, stride if turn == 0 else 1)
        rows.append([Said(f"conv{stage + 2}_x"), Said(f"{side}{sign}{side}"), *map(Said, cells)])
    classes = rng.choice((10, 100, 1000))
    side = 1
    rows.append(over_all("", f"average pool, {classes}-d fc, softmax"))
    to.add(L.GlobalAvgPool2D())
    to.add(L.Flatten())
    to.add(L.Dense(units=classes))
    to.add(L.Softmax())
    heads = [Said(rng.choice(("layer name", "Stage", "Layer"))), Said("output size"), *map(Said, names)]
    caption = f"Our residual networks for {shape[2]}{sign}{shape[2]} images. Building blocks are shown in brackets."
    truth = Graph("", (Input("input", shape),), tuple(to.nodes), (to.tip,))
    return Laid("stages", [heads, *rows], caption, truth, names[chosen] if many > 1 else "")


def _block(lines: list[str], times: int, *, tex: bool) -> str:
    if not tex:
        return f"[{'; '.join(lines)}] × {times}"
    inner = r" \\ ".join(line.replace("×", r" \times ").replace(", ", r",\ ") for line in lines)
    return rf"\(\begin{{bmatrix}} {inner} \end{{bmatrix}} \times {times}\)"


def mobile(rng: Random, style: Style) -> Laid:
    """Return a table as that of MobileNetV2: what comes in, how wide blocks are inside, how many, their stride."""
    sign, side = style["sign"], rng.choice((96, 128, 160, 224))
    to = Builder()
    shape: Shape = (None, 3, side, side)
    to.shape = to.shapes[to.tip] = shape
    rows: list[list[Said | None]] = []

    def taken() -> str:
        _, channels, height, width = to.shape
        return f"{height}{sign}{width}{sign}{channels}"

    def conv(filters: int, kernel: int, stride: int, groups: int = 1, *, act: bool = True) -> None:
        to.add(L.Conv2D(filters=filters, kernel=kernel, stride=stride, pad=kernel // 2, groups=groups))
        to.add(L.BatchNorm())
        if act:
            to.add(L.ReLU(maximum=6.0))

    rows.append([Said(each) for each in (taken(), "conv2d", "-", "32", "1", "2")])
    conv(32, 3, 2)
    width = 16
    for i in range(rng.choice((3, 4, 5))):
        t, n, s = (1, 1, 1) if i == 0 else (rng.choice((3, 4, 6)), rng.choice((1, 2, 3)), rng.choice((1, 2)))
        rows.append([Said(each) for each in (taken(), "bottleneck", str(t), str(width), str(n), str(s))])
        for turn in range(n):
            start, before = to.tip, int(to.shape[1] or 1)
            stride = s if turn == 0 else 1
            if t != 1:
                conv(t * before, 1, 1)
            conv(t * before, 3, stride, t * before)
            conv(width, 1, 1, act=False)
            if stride == 1 and before == width:
                to.add(L.Add(), to.tip, start)
        width += rng.choice((8, 16, 32))
    last = rng.choice((320, 640, 1280))
    rows.append([Said(each) for each in (taken(), f"conv2d 1{sign}1", "-", str(last), "1", "1")])
    conv(last, 1, 1)
    _, _, height, wide = to.shape
    rows.append([Said(each) for each in (taken(), f"avgpool {height}{sign}{wide}", "-", "-", "1", "-")])
    to.add(L.AvgPool2D(kernel=(int(height or 1), int(wide or 1)), stride=int(height or 1)))
    rows.append([Said(each) for each in (f"1{sign}1{sign}{last}", f"conv2d 1{sign}1", "-", "10", "-", "")])
    to.add(L.Conv2D(filters=10, kernel=1))
    heads = [Said(each) for each in ("Input", "Operator", "t", "c", "n", "s")]
    caption = "Each line describes a sequence of identical layers, repeated n times; t is the expansion factor."
    return Laid("mobile", [heads, *rows], caption, Graph("", (Input("input", shape),), tuple(to.nodes), (to.tip,)))


def pair(rng: Random, style: Style) -> Laid:
    """Return a generator and a discriminator below each other, each under its name."""
    choices = style.choices | {"input": "row", "block": "none", "headed": "yes", "turned": "no", "total": "no"}
    choices |= {"plan": "joined" if style["plan"] in ("windows", "calls", "prose") else style["plan"], "repeat": "no"}
    choices |= {"output": "H×W×C", "posts": "column" if style["posts"] == "caption" else style["posts"]}
    if choices["plan"] in ("apart", "one") and choices["posts"] == "behind the sizes":
        choices["posts"] = "behind the kind"
    one = replace(style, choices=choices)
    choices["typed"] = "yes"
    slope, state = 0.2, rng.getstate()
    drawn = []
    for family in (generator, discriminator):
        network = replace(family(rng, Freedom(True, choices["posts"] != "none")), slope=slope)
        drawn.append(graph_of(network))
    chosen = rng.randrange(2)
    tables = []
    for _, network in drawn:
        order = Random(str(state[1][:3]))
        printer = Printer(network, one, order)
        printer.tells_slope = "behind"
        tables.append(table_of(printer))
    width = max(len(each[0]) for each in tables)
    if len(tables[0][0]) != len(tables[1][0]):
        return pair(rng, style)  # With another column for one of them.
    rows: list[list[Said | None]] = [list(tables[0][0])]
    for (_, network), table in zip(drawn, tables, strict=True):
        rows.append([Said(network.title, width), *[None] * (width - 1)])
        rows += [list(row) for row in table[1:]]
    return Laid("pair", rows, "Architectures of both networks.", drawn[chosen][0], drawn[chosen][1].title)


LAYOUTS: dict[Callable[[Random, Style], Laid], int] = {configurations: 4, stages: 3, mobile: 1, pair: 4}
"""How often each layout is drawn."""
SHARE = 0.15
"""How many of all tables have one of these."""
