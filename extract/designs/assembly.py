"""A graph that grows layer by layer, with what is inferred and asked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Input, Node, Ref, free_name
from ir.layer import Layer, LayerError, ShapeError
from ir.origin import Origin
from ir.shapes import Shape
from ir.validate import with_names

USUAL = (None, 3, 224, 224)
"""The input where a paper's table does not say it: that of ImageNet."""
MOST_LAYERS = 20_000
"""Layers of a design at most: what says how often a block comes may say any number."""
POSTS: dict[str, Layer] = {
    "bn": L.BatchNorm(),
    "ln": L.LayerNorm(),
    "lrn": L.LRN(),
    "in": L.MVN(),
    "l2norm": L.L2Normalize(across_spatial=False, learned=False),
    "relu": L.ReLU(),
    "relu6": L.ReLU(maximum=6.0),
    "leakyrelu": L.ReLU(negative_slope=0.01),
    "prelu": L.PReLU(),
    "elu": L.ELU(),
    "sigmoid": L.Sigmoid(),
    "tanh": L.Tanh(),
    "swish": L.Swish(),
    "hswish": L.HardSwish(),
    "hsigmoid": L.HardSigmoid(),
    "gelu": L.GELU(),
    "softplus": L.Softplus(),
    "exp": L.Exp(),
    "abs": L.Abs(),
}
COMPOSED = ("selu", "mish")
"""Activations of several layers."""
_SELU = 1.6732632423543772, 1.0507009873554805
"""Where very negative values end, and the factor of all. Source: Klambauer et al., Self-Normalizing Networks, (2)."""


@dataclass
class Assembly:
    """A graph that grows at its tip."""

    name: str
    report: Report
    origin: Origin
    relu: bool = False
    nodes: list[Node] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    tip: Ref = field(default_factory=lambda: Ref(""))
    shape: Shape = ()
    shapes: dict[Ref, Shape] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    slope: float | None = None
    averaged: bool = False
    """Poolings of which it is not said take the mean, as the caption tells."""
    norm_groups: int | None = None
    """In how many groups a GroupNorm parts the channels, where that is said."""
    repeats: bool = False
    """Whether what repeats pixels makes the image larger too, beside transposed convolutions."""
    larger: dict[str, int] = field(default_factory=dict)
    """How many times as large a sign beside a name makes what is called so."""
    bordered: bool = True
    """Whether convolutions whose border is not said have one."""
    as_called: bool = True
    """Whether convolutions that are written as calls have no border where none is said there."""
    side: int | None = None
    """The side of an image of which nothing says how large it is."""
    unsized: bool = False
    """Whether nothing says how large the image is that comes in."""
    asked: int = 0
    misfits: int = 0
    named: dict[str, Ref] = field(default_factory=dict)
    """What rows are called, with what they give."""
    rows: list[tuple[str, Ref]] = field(default_factory=list)
    """The rows of a table that says of each which others it takes, by their own names, with what they give."""
    told: set[str] = field(default_factory=set)
    over_time: bool = False
    """Whether what comes in is a sequence, batch before time before features."""

    @property
    def is_pooled(self) -> bool:
        """Tell whether nothing but channels is left of an image."""
        return len(self.shape) == 2 or (len(self.shape) > 3 and set(self.shape[2:]) == {1})

    @property
    def features(self) -> int:
        """Return the axis of features: the last one of a sequence, and else the first."""
        if len(self.shape) != 3:
            return 1
        over_time = (L.LSTM, L.GRU, L.SimpleRNN, L.Embed, L.Permute)
        along = (*over_time, L.Conv1D, L.MaxPool1D, L.AvgPool1D)
        last = next((each.layer for each in reversed(self.nodes) if isinstance(each.layer, along)), None)
        return 2 if (self.over_time if last is None else isinstance(last, over_time)) else 1

    @property
    def is_padded(self) -> bool:
        """Tell whether the layer at the tip adds a border: the one behind it has none of its own."""
        last = self.nodes[-1] if self.nodes else None
        layer = last.layer if last is not None and self.tip in last.refs else None
        return isinstance(layer, L.Pad1D | L.Pad2D | L.Pad3D) and any(max(each) > 0 for each in layer.pad)

    def start(self, shape: Shape, name: str = "input") -> None:
        """Begin with an input of a shape."""
        name = free_name(name, {each.name for each in self.inputs})
        self.inputs.append(Input(name, shape, self.origin))
        self.go_to(Ref(name), shape)

    def go_to(self, ref: Ref, shape: Shape) -> None:
        """Go on from a tensor."""
        self.tip, self.shape = ref, shape
        self.shapes[ref] = shape

    def add(self, layer: Layer, stem: str, *inputs: Ref) -> Ref:
        """Add a layer behind the tip, or behind other tensors.

        Raises ShapeError where it does not fit, and LayerError where there are too many.
        """
        if len(self.nodes) >= MOST_LAYERS:
            raise LayerError(f"would be one of more than {MOST_LAYERS} layers")
        refs = inputs or (self.tip,)
        try:
            shape = layer.shapes(*(self.shapes[ref] for ref in refs))[0]
        except ShapeError as error:
            raise ShapeError(with_names(str(error), refs), error.hint) from error
        self.counts[stem] = number = self.counts.get(stem, 0) + 1
        name = f"{stem}{number}"
        self.nodes.append(Node(name, layer, refs, origin=self.origin))
        self.go_to(Ref(name), shape)
        return self.tip

    def halves(self) -> tuple[Ref, Ref]:
        """Cut the channels of the tip into two halves. Raises ShapeError where they are odd."""
        layer, whole = L.Slice(pieces=2), self.shape
        shapes = layer.shapes(whole)
        self.add(layer, "slice")
        first, second = Ref(self.tip.node, 0), Ref(self.tip.node, 1)
        self.shapes |= dict(zip((first, second), shapes, strict=True))
        return first, second

    def act(self, post: str, slope: float | None = None) -> Ref:
        """Add an activation or a normalisation by its short name; those of several layers too.

        `slope` is that of a leaky one below 0; where neither it nor the caption says one, the usual is taken and told.
        """
        if post == "leakyrelu":
            return self._leaky(slope if slope is not None else self.slope)
        if post == "ln" and len(self.shape) == 4:
            return self._over_channels(POSTS[post])
        if post == "gn":
            return self._grouped()
        if post == "bn":
            return self.add(L.BatchNorm(axis=self.features), post)
        if post not in COMPOSED:
            return self.add(POSTS[post], post)
        start = self.tip
        if post == "selu":
            self.add(L.ELU(alpha=_SELU[0]), "elu")
            return self.add(L.Power(scale=_SELU[1]), post)
        self.add(L.Softplus(), "softplus")
        return self.add(L.Multiply(), post, start, self.add(L.Tanh(), "tanh"))

    def _leaky(self, slope: float | None) -> Ref:
        if slope is None:
            self.infer_once("a leaky ReLU has the slope 0.01 below 0, as is usual")
        return self.add(L.ReLU(negative_slope=0.01 if slope is None else slope), "leakyrelu")

    def _grouped(self) -> Ref:
        """Add a GroupNorm: the channels of a group, and all their pixels, together. Source: Wu and He, section 3."""
        channels, *space = self.shape[1:]
        if self.norm_groups is None:
            self.ask_once("in how many groups does a GroupNorm part the channels? 32 are taken")
        groups = self.norm_groups or 32
        if channels is None or channels % groups or None in space:
            raise ShapeError(f"parts {channels} channels into {groups} groups")
        self.add(L.Reshape(sizes=(groups, -1), axis=1), "groups")
        self.add(L.LayerNorm(scale=False, center=False), "norm")
        self.add(L.Reshape(sizes=(channels, *(size or 0 for size in space)), axis=1), "channels")
        return self.add(L.Scale(bias=True), "scale")

    def _over_channels(self, layer: Layer) -> Ref:
        """Add a layer that works along the last axis, over the channels of an image."""
        self.add(L.Permute(order=(0, 2, 3, 1)), "permute")
        self.add(layer, "norm")
        return self.add(L.Permute(order=(0, 3, 1, 2)), "permute")

    def trial(self) -> Trial:
        """Begin what may be undone."""
        return Trial(self, len(self.nodes), self.tip, self.shape, dict(self.counts), self.report)

    def ask(self, message: str) -> None:
        """Tell what the paper leaves open."""
        self.asked += 1
        self.report.add("question", message, self.origin)

    def misfit(self, message: str) -> None:
        """Ask about what is built otherwise than it is printed."""
        self.misfits += 1
        self.ask(message)

    def ask_once(self, message: str) -> None:
        """Ask what is open for many layers alike."""
        if message not in self.told:
            self.told.add(message)
            self.ask(message)

    def infer(self, message: str) -> None:
        """Tell what follows from what the paper says, but is not said."""
        self.report.add("inferred", message, self.origin)

    def infer_once(self, message: str) -> None:
        """Tell what is inferred for many layers alike."""
        if message not in self.told:
            self.told.add(message)
            self.infer(message)

    def graph(self) -> Graph:
        """Return the graph."""
        plain = Graph(self.name, tuple(self.inputs), tuple(self.nodes), ())
        return Graph(plain.name, plain.inputs, plain.nodes, plain.loose_ends())


@dataclass(frozen=True)
class Trial:
    """How a graph was before something was tried, and the report that tells of the rest."""

    of: Assembly
    size: int
    tip: Ref
    shape: Shape
    counts: dict[str, int]
    report: Report

    def __enter__(self) -> Report:
        self.of.report = Report()
        return self.of.report

    def __exit__(self, *_: object) -> None:
        self.of.report = self.report

    def undo(self) -> None:
        """Take away what was added."""
        del self.of.nodes[self.size :]
        self.of.tip, self.of.shape, self.of.counts = self.tip, self.shape, dict(self.counts)
