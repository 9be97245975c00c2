"""Draw random designs from a grammar: valid by construction, the same ones from the same seed.

A design starts with one or two inputs and ends with a Dense of as many units as there are classes; its depth is the
number of layers between (DLPaper2Code, "Simulated Dataset").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, NamedTuple

from grammars.check import Grammar, grammar, word_of
from ir import layers as L
from ir.graph import Graph, Input, Node, Ref
from ir.kinds import Maybe, PerAxis
from ir.layer import CATALOGUE, REQUIRED, Layer, LayerError, ShapeError
from ir.shapes import Shape, product
from translator.simulation.naming import Scheme


class Source(NamedTuple):
    """A data set: the kind and the shape of its samples, and how many classes it has."""

    name: str
    kind: str
    shape: Shape
    classes: int


SOURCES = (
    Source("MNIST", "image", (None, 1, 28, 28), 10),
    Source("CIFAR-10", "image", (None, 3, 32, 32), 10),
    Source("ImageNet", "image", (None, 3, 224, 224), 1000),
    Source("IMDB", "tokens", (None, 80), 2),
)
"""The paper's inputs; how many words of a text are taken it does not say."""
MOST_WEIGHTS = 20_000_000
"""Weights of a design at most, so that any can be built on any machine."""
MOST_FLAT = 16_384
"""Elements of what is flattened at most, so that a Dense behind it is no larger than that of VGG."""
FORK = 0.18
"""How likely a path forks at a layer."""
SECOND_INPUT = 0.08
"""How likely a design has a second input."""
ATTEMPTS = 500
"""How often a design is begun anew before a depth counts as impossible."""
NEVER = ("Custom", "BatchReindex", "Constant", "Proposals", "PriorBox", "DetectionOutput", "SequenceStart", "Im2Col")
"""Layers that no design is made of: they need what a random one does not have, or stand for something else."""


class DeadEndError(Exception):
    """A design cannot be finished from here."""


@dataclass(frozen=True)
class Tip:
    """Where a path has come to."""

    ref: Ref
    kind: str
    shape: Shape


@dataclass(frozen=True)
class Design:
    """A drawn design: its graph, its depth, and of which family its topology is."""

    graph: Graph
    depth: int
    family: str
    sources: tuple[str, ...]


@dataclass
class _Growth:
    """A design that is being drawn."""

    rules: Grammar
    rng: Random
    scheme: Scheme
    nodes: list[Node] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    weights: int = 0
    forks: int = 0
    deepest: int = 0

    def start(self, source: Source) -> Tip:
        name = self.scheme.input(len(self.inputs))
        self.inputs.append(Input(name, source.shape))
        self.sources.append(source)
        return Tip(Ref(name), source.kind, source.shape)

    def add(self, layer: Layer, tips: tuple[Tip, ...], kind: str) -> Tip:
        shapes = [tip.shape for tip in tips]
        shape = layer.shape(*shapes)
        if not all(size is None or size > 0 for size in shape):
            raise ShapeError("is empty")
        self.weights += sum(product(weight.shape) or 0 for weight in layer.weights(*shapes).values())
        if self.weights > MOST_WEIGHTS:
            raise DeadEndError
        name = self.scheme.layer(layer)
        self.nodes.append(Node(name, layer, tuple(tip.ref for tip in tips)))
        return Tip(Ref(name), kind, shape)

    def path(self, tip: Tip, budget: int, level: int = 0) -> Tip:
        """Add so many layers, and come to a vector."""
        while budget > 0:
            reserve = 0 if tip.kind == "vector" else 1
            if budget - reserve >= 3 and level < 2 and self.is_inner(tip) and self.rng.random() < FORK:
                tip, used = self.fork(tip, budget - reserve, level)
                budget -= used
                continue
            tip = self.step(tip, last=budget <= reserve, room=budget)
            budget -= 1
        return tip

    def is_inner(self, tip: Tip) -> bool:
        return tip.ref.node not in {each.name for each in self.inputs}

    def fork(self, tip: Tip, budget: int, level: int) -> tuple[Tip, int]:
        """Add branches and what joins them; return where that has come to, and how many layers it took."""
        self.forks += 1
        self.deepest = max(self.deepest, level + 1)
        before = len(self.nodes)
        many = self.rng.choice((2, 2, 3)) if budget >= 4 else 2
        lengths = [self.rng.randint(1, max(1, min(4, (budget - 1) // many))) for _ in range(many)]
        if self.rng.random() < 0.25:
            lengths[-1] = 0
        ends = []
        for length in lengths:
            end, left = tip, length
            while left > 0:
                if left >= 3 and level == 0 and self.rng.random() < FORK:
                    end, used = self.fork(end, left, level + 1)
                    left -= used
                    continue
                end = self.step(end, like=tip)
                left -= 1
            ends.append(end)
        return self.join(tuple(ends)), len(self.nodes) - before

    def join(self, ends: tuple[Tip, ...]) -> Tip:
        """Add what joins the ends of branches."""
        choices: list[Layer] = [L.Concat(axis=2) if ends[0].kind == "sequence" else L.Concat()]
        if all(end.shape == ends[0].shape for end in ends):
            choices += [L.Add(), L.Maximum()]
        kinds = [end.kind for end in ends]
        for layer in self.rng.sample(choices, len(choices)):
            if kind := self.rules.gives(word_of(layer), kinds):
                return self.add(layer, ends, kind)
        raise DeadEndError

    def step(self, tip: Tip, *, last: bool = False, like: Tip | None = None, room: int = 0) -> Tip:
        """Add a layer: the `last` must give a vector; one `like` a tip keeps kind and size but for the channels."""
        place = tip.kind if self.is_inner(tip) else f"{tip.kind}()"
        words = list(_followers(self.rules, place))
        self.rng.shuffle(words)
        if not last and not like and tip.kind == "image" and _is_large(tip.shape, room):
            words.sort(key=lambda word: "Pool" not in word)
        for word in words:
            for _ in range(6):
                if (found := self.try_word(word, tip, place, last, like)) is not None:
                    return found
        raise DeadEndError

    def try_word(self, word: str, tip: Tip, place: str, last: bool, like: Tip | None) -> Tip | None:
        kind = self.rules.gives(word, (place,))
        if kind is None or (last and kind != "vector") or (like is not None and kind != like.kind):
            return None
        try:
            layer = self.draw(word)
            (shape,) = layer.shapes(tip.shape)
        except (LayerError, ShapeError, ValueError, TypeError, IndexError):
            return None
        if kind == "vector" and tip.kind != "vector" and (product(shape[1:]) or MOST_FLAT + 1) > MOST_FLAT:
            return None
        fits = like is None or (len(shape) == len(like.shape) and _places(shape, kind) == _places(like.shape, kind))
        if not fits or len(shape) != _RANKS.get(kind, len(shape)):
            return None
        return self.add(layer, (tip,), kind)

    def draw(self, word: str) -> Layer:
        """Return a layer with drawn parameters."""
        name, _, variant = word.partition(":")
        kind = CATALOGUE[name]
        spans = self.rules.profile.layers[name].spans
        values: dict[str, Any] = {}
        for param in kind.params.values():
            if param.name in spans:
                values[param.name] = self.rng.choice(spans[param.name].listed())
            elif param.name == variant:
                values[param.name] = self.other(param.default)
            elif param.default is REQUIRED:
                values[param.name] = self.likely(name, param)
        if "stride" in kind.params and "stride" not in values and "Pool" in name:
            values["stride"] = self.rng.choice((1, 2, 2, 3))
        if kind.rank and {"pad", "kernel"} <= kind.params.keys() and isinstance(values.get("kernel"), int):
            values["pad"] = self.rng.choice((0, values["kernel"] // 2))
        return kind(**values)

    def other(self, default: Any) -> Any:
        """Return another value than a variant's default."""
        if isinstance(default, bool):
            return not default
        raise DeadEndError

    def likely(self, name: str, param: Any) -> Any:
        """Return a value for a parameter that must have one: a small number, by what it is of."""
        if param.name in ("kernel", "size"):
            return self.rng.choice((1, 2, 3, 3, 5, 7))
        if param.name in ("filters", "units", "channels"):
            return self.rng.choice((8, 16, 32, 64, 128))
        if param.name == "vocabulary":
            return self.rng.choice((1000, 10000))
        kind = param.kind.item if isinstance(param.kind, Maybe) else param.kind
        return self.rng.choice((1, 2, 3)) if isinstance(kind, PerAxis) or param.name in ("groups", "times") else 2


_RANKS = {"image": 4, "sequence": 3, "vector": 2, "volume": 5}


def _places(shape: Shape, kind: str) -> Shape:
    """Return what must be the same of tensors that are joined: not the channels, or the features of each step."""
    return (shape[0], *shape[2:]) if kind == "image" else shape[:-1]


def _is_large(shape: Shape, room: int) -> bool:
    """Tell whether an image is still too large to be flattened with few layers left."""
    return (product(shape[1:]) or 0) > MOST_FLAT and room <= 4


@cache
def _followers(rules: Grammar, place: str) -> tuple[str, ...]:
    """Return what may stand behind a kind of tensor and takes it alone, not to join it with others."""
    words = [each for each in rules.may_follow(place) if rules.gives(each, (place,)) is not None]
    kinds = [(each, each.partition(":")[0]) for each in words]
    return tuple(sorted(each for each, kind in kinds if kind not in NEVER and _takes_one(kind, each)))


def _takes_one(kind: str, word: str) -> bool:
    """Tell whether a layer takes one tensor, unless a parameter asks for more, and gives one."""
    least, most = CATALOGUE[kind].arity
    return least == 1 and most is not None and not word.endswith(":states")


def draw(depth: int, rng: Random, profile: str = "paper") -> Design:
    """Draw a design; raise DeadEndError where the profile has none of this depth."""
    rules = grammar(profile)
    for _ in range(ATTEMPTS):
        growth = _Growth(rules, rng, Scheme(rng))
        try:
            return _drawn(growth, depth)
        except (DeadEndError, ShapeError):
            continue
    raise DeadEndError(f"{profile} has no design of depth {depth}")


def _drawn(growth: _Growth, depth: int) -> Design:
    rng = growth.rng
    sources = [source for source in SOURCES if _followers(growth.rules, f"{source.kind}()")]
    if not sources:
        raise DeadEndError
    two = depth >= 9 and rng.random() < SECOND_INPUT
    first = growth.start(rng.choice(sources))
    if two:
        budgets = rng.randint(3, depth - 5)
        tips = [growth.path(first, budgets), growth.path(growth.start(rng.choice(sources)), depth - 2 - budgets)]
        tip = growth.path(growth.join(tuple(tips)), 1)
    else:
        tip = growth.path(first, depth)
    classes = max(source.classes for source in growth.sources)
    if growth.rules.gives("Dense", ("vector",)) is None:
        raise DeadEndError
    last = growth.add(L.Dense(units=classes), (tip,), "vector")
    families = ["chain", "fork", "nested forks"]
    family = "two inputs" if two else families[growth.deepest]
    graph = Graph("", tuple(growth.inputs), tuple(growth.nodes), (last.ref,))
    return Design(graph, depth, family, tuple(source.name for source in growth.sources))


def designs(depth: int, count: int, seed: int, profile: str = "paper") -> Iterator[Design]:
    """Yield so many designs of a depth, no two of which are the same but for names; the same ones for a seed."""
    rng = Random(f"{seed}/{profile}/{depth}")
    seen: set[object] = set()
    failures = 0
    while len(seen) < count:
        design = draw(depth, rng, profile)
        key = _anonymous(design.graph)
        if key in seen:
            failures += 1
            if failures > 1000 + 100 * count:
                raise DeadEndError(f"{profile} has fewer than {count} designs of depth {depth}")
            continue
        seen.add(key)
        yield design


def _anonymous(graph: Graph) -> int:
    """Return a number that is the same for graphs which differ in names alone."""
    places = {Ref(each.name): i for i, each in enumerate(graph.inputs)}
    parts: list[object] = [each.shape for each in graph.inputs]
    for node in graph.nodes:
        parts.append((repr(node.layer), tuple(places[ref] for ref in node.inputs)))
        places.update({ref: len(places) for ref in node.refs})
    return hash_of(repr(parts))


def hash_of(text: str) -> int:
    """Return a number for a text, the same in every run."""
    import hashlib

    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
