"""Python source: what is printed is what a formatter leaves alone, and means what the tree says."""

import ast
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from translator.source import Assign, Block, Call, Comment, Line, Name, Names, Return, Sum, class_name, render, text

WORDS = ("conv", "pool", "x", "inception_3a", "relu", "net")
LITERALS = (1, 2.5, 1e-5, -3, 1e16, "text", 'a"b', "it's", True, None, "both ' and \"", 0.1, float("inf"))


class Maker:
    """Makes expressions of all kinds and lengths."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> str:
        return "_".join(self.random.choice(WORDS) for _ in range(self.random.randint(1, 4)))

    def expression(self, depth: int = 0) -> Any:
        kind = self.random.random()
        if depth > 2 or kind < 0.35:
            return Name(self.name())
        if kind < 0.45:
            return self.random.choice(LITERALS)
        items = [self.expression(depth + 1) for _ in range(self.random.randint(0, 6))]
        if kind < 0.75:
            named = {f"{self.name()}{i}": each for i, each in enumerate(items[3:])}
            return Call(self.random.choice(["nn.Conv2d", "torch.cat", "self." + self.name()]), items[:3], named)
        if kind < 0.93:
            return items if kind < 0.85 else tuple(items)
        return {str(i): each for i, each in enumerate(items)}

    def applied(self) -> Call:
        items = [self.expression(3) for _ in range(self.random.randint(0, 8))]
        named = {f"{self.name()}{i}": each for i, each in enumerate(items[3:])}
        given = self.random.choice([Name(self.name()), [Name(self.name()) for _ in range(3)]])
        return Call(Call("layers." + self.name(), items[:3], named), [given])

    def long_call(self) -> Call:
        name = "_".join(self.random.choice(WORDS) for _ in range(self.random.randint(4, 12)))
        return Call(f"self.{name}", [self.expression(2) for _ in range(self.random.randint(1, 3))])

    def returned(self) -> tuple[Name, ...]:
        return tuple(Name(self.name()) for _ in range(self.random.randint(2, 6)))

    def operation(self) -> Sum:
        called = [Name(self.name()), Call(self.name(), [Name(self.name())]), Name("self." + self.name()), 2.5]
        terms = [self.random.choice(called) for _ in range(self.random.randint(2, 6))]
        return Sum(self.random.choice("+-*/"), terms)


@pytest.mark.parametrize("kind", ["expression", "applied", "operation", "long_call", "returned"])
def test_a_formatter_leaves_the_source_as_it_is(tmp_path: Path, kind: str) -> None:
    make = Maker(7)
    body: list[Any] = []
    for i in range(400):
        value = getattr(make, kind)()
        body.append(Return(value) if i % 3 == 0 else Assign(make.name(), value))
    long_head = Call("def forward", [Name("self"), *(Name(f"input_{i}_{make.name()}") for i in range(9))])
    source = "\n".join(render([Block(long_head, body)])) + "\n"
    path = tmp_path / "made.py"
    path.write_text(source)
    subprocess.run(
        [Path(sys.executable).parent / "ruff", "format", "--isolated", "--line-length", "100", path],
        check=True,
        capture_output=True,
    )
    assert path.read_text() == source


def test_literals_mean_what_they_were() -> None:
    for value in (
        1e-5,
        1e-05,
        -2.5e300,
        1e16,
        123456.789,
        "a'b",
        'a"b',
        "a'b\"c\\",
        "\n\t\x1b",
        "ä",
        (),
        (1,),
        {"a": [1]},
    ):
        assert ast.literal_eval(text(value)) == value
    assert [text(each) for each in (1e-5, 1e-10, 1e16, 0.1)] == ["1e-5", "1e-10", "1e16", "0.1"]


def test_operands_that_bind_less_stand_in_brackets() -> None:
    a, b, c = Name("a"), Name("b"), Name("c")
    assert text(Sum("*", [Sum("+", [a, b]), c])) == "(a + b) * c"
    assert text(Sum("+", [Sum("*", [a, b]), c])) == "a * b + c"
    assert text(Sum("-", [a, Sum("-", [b, c])])) == "a - (b - c)"
    assert text(Sum("/", [a, Sum("*", [b, c])])) == "a / (b * c)"
    assert text(Sum("**", [a, 0.75])) == "a**0.75"
    assert text(Sum("**", [Sum("+", [a, 1]), b])) == "(a + 1) ** b"
    assert text(Sum("**", [-2.0, b])) == "(-2.0) ** b"


def test_comments_break_between_words() -> None:
    lines = list(render([Comment("word " * 40), Line()], indent=1))
    assert lines[-1] == ""
    assert all(line.startswith("    # word") and len(line) <= 100 for line in lines[:-1])


def test_names_are_identifiers_that_no_other_thing_has() -> None:
    names = Names({"self"})
    made = [names.of(i, name) for i, name in enumerate(["conv1/a", "conv1_a", "class", "3x3", "self", "", "ß"])]
    assert made == ["conv1_a", "conv1_a_2", "class_", "_3x3", "self_2", "layer", "_"]
    assert names.of(0, "conv1/a") == "conv1_a"


@pytest.mark.parametrize(
    ("name", "made"), [("LeNet", "LeNet"), ("VGG_16", "VGG16"), ("3d", "Net3d"), ("none", "NetNone"), ("", "Net")]
)
def test_a_class_is_named_as_one(name: str, made: str) -> None:
    assert class_name(name) == made
