"""Read a cell of a table, or the text in a box: which layers with which hyper-parameters it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput

import grammars
from extract.lexicon import kind_of, posts_of
from extract.signs import signed, without_brackets
from extract.strangers import ANY, name_of, settings_of

LONGEST = 400
"""Characters of a cell at most; more is no cell."""


@dataclass(frozen=True)
class Reading:
    """A layer as it is read: its kind, its hyper-parameters, what stands behind it, and how often it comes.

    Kernels, strides and shapes are tuples; a `block` holds readings that are repeated together; `inferred` names the
    hyper-parameters that are not said, but follow from what is. Letters may stand for numbers: `wider` for how many
    times more filters there are, and `often` for how often it comes. Of an `unclear` text some is not understood. What
    its row is called is `names`.
    """

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    times: int = 1
    block: tuple[Reading, ...] = ()
    text: str = ""
    inferred: tuple[str, ...] = ()
    wider: str = ""
    often: str = ""
    unclear: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)


def normalized(text: str) -> str:
    """Return a text with one sign for each meaning: × between sizes, - for every dash, ; for the end of a line.

    >>> normalized("3x3 conv – 64"), normalized("[3 X 3, 64] * 2"), normalized("28²")
    ('3×3 conv - 64', '[3 × 3, 64] × 2', '28×28')
    """
    text = signed(_unslashed(text))
    text = re.sub(r"(× ?\d+), ?(?=[A-Z][a-z])(?!Str|Pad|Dil)", r"\1; ", text)  # Another layer is behind it.
    text = re.sub(r"^(\d+(?: ?→ ?\d+){2,})(?=$|[,;])", r"fc(\1)", text)  # How wide a Dense is behind another.
    text = re.sub(r"\b([2-9]) (?=conv\w* ?\()", r"\1× ", text)  # So many of them.
    text = re.sub(r"\b([A-Z]\w*) ?\[([^][;]*=[^][;]*)\]", r"\1(\2)", text)  # What a unit of its own is made with.
    text = re.sub(r"\{([^{}]*[A-Za-z]{3}[^{}]*)\}", r"[\1]", text)  # A brace around layers.
    text = re.sub(r"(\[[^][]*)\] ?\[(?=[^][]*\] ?[xX*×])", r"\1; ", text)  # Two brackets that are repeated together.
    text = re.sub(r"(?<=[\])])(\s*)[xX*](\s*)(?=[\dA-Za-z])", r"\1×\2", text)
    text = re.sub(r"\n\s*[xX*×]\s*(?=\d)", "; × ", text)
    text = re.sub(r"(\[[^][]*\]) ?(?:(?:bottleneck|residual|basic) )?blocks?\b", r"\1", text, flags=re.I)
    # What stands in brackets behind a layer, as in the drawings of Inception-v4: (32 stride 2 V).
    text = re.sub(
        r"((?:conv|pool)\w*) ?\(((?:\d+|stride \d)(?: stride \d)?)? ?([SV])?(?: linear)?\)", _listed, text, flags=re.I
    )
    text = re.sub(r"(^|[;[])([^][;]*), ?× ?(\d+) ?(?=[;\]]|$)", r"\1[\2] × \3", text)  # A layer so many times.
    # A border and a step in brackets, and how many filters behind a dash: Conv(pad-1, stride-2)-32-BN.
    text = re.sub(r"\(pad-(\d), ?stride-(\d)\)-(\d+)-?", r", pad \1, stride \2, \3, ", text)
    text = re.sub(r"^layer[ _]?\d+[ :,.-]+(?=[a-z]{2})", "", text, flags=re.I)  # Which one it is.
    text = re.sub(r"(?<=[,;] )pool(?:ing)? size\b", "kernel size", text, flags=re.I)
    text = re.sub(r"\b(pad(?:ding)?|str?|stride|f(?:ilt)?|ksize|kernel)\.(?=[A-Z\d])", r"\1 ", text)  # st.1 is st. 1.
    text = re.sub(r"\bksize\b", "kernel size", text)
    text = re.sub(r"\bkernal\b", "kernel", text, flags=re.I)
    text = re.sub(r"\((?:samples|batch(?:[_ ]size)?|bs), ?(?=\d)", "(None, ", text, flags=re.I)
    text = re.sub(r"\b(kernel|filter|window|pool)_size\b", r"\1 size", text, flags=re.I)
    text = re.sub(r"\binput[_ ]?(?:shape|size) ?[=:] ?(?:\([^()]*\)|[×xX ]*\d[\d×xX ]*),?", "", text, flags=re.I)
    text = re.sub(r"\b([123])-?D(?=(?:conv|max|av|pool))", r"\1D ", text, flags=re.I)
    text = re.sub(r"\b\d+[- ]channel input\b", "", text)  # What comes in.
    text = re.sub(r"(=|:|\bsizes?|\bstrides?) ?\((\d+), ?(\d+)\)", r"\1 \2×\3", text, flags=re.I)
    text = without_brackets(text)
    text = re.sub(r" ?\((?:number|no\.?|#) of classes\)", "", text, flags=re.I)
    text = re.sub(r"(?<=[^\d\s]) [·⋅•|] | [·⋅•|] (?=[^\d\s])", ", ", text)
    text = re.sub(r"(?<=[A-Za-z])-(?=FC\b)", " - ", text)
    text = re.sub(r"(?<=\d) ?frames ?× ?(\d+)", r"×\1", text)
    text = re.sub(r"(?<=\d)-s-?(\d)\b", r", stride \1", text)
    text = re.sub(r"(?<=\d) ?[·⋅] ?(?=\d)", "×", text)
    text = re.sub(r" with (?=soft-?max)", ", ", text, flags=re.I)
    text = re.sub(r"(?<=[A-Za-z\d)]) ?[/-] ?(?=(?:soft-?max|drop-?out)\b)", ", ", text, flags=re.I)
    text = re.sub(
        r"\b(\w*conv(?:olution(?:al)?)?(?: ?[123][dD])?(?: layer)?) ?/ ?(?=(?:max|av\w*|mean)?[ -]?pool)",
        r"\1, ",
        text,
        flags=re.I,
    )
    text = re.sub(r"\b(fc|dense|linear|conv\w*)(?: ?/ ?|-)(?=relu|soft-?max|sigmoid|tanh)", r"\1, ", text, flags=re.I)
    text = re.sub(r"(\bconv\w*[^;→\n]*?)\b[a-z]{1,3} ?→ ?(?=\d)", r"\1, ", text, flags=re.I)
    text = re.sub(r"\b(dense|linear|fc)\s*→\s*(\d+)$", r"\1 \2", text, flags=re.I)
    text = re.sub(r",? ?\(((?:no|without|w/o) [^()]*)\)", r" \1", text)
    text = re.sub(rf"(?:\d+ ?)?{_UNIT} ?→ ?(?=\d* ?{_UNIT}|\d)", ", ", text)  # Of so many, how many.
    text = re.sub(rf"(\d*) ?{_UNIT}", lambda found: f"{found[1] or 1}×{found[2]}", text)
    text = re.sub(r"(?:^|(?<=[ ,;]))[x×](\d) (?=(?:max |avg )?pool)", r"\1×\1 ", text)
    text = re.sub(r" ?\([\d.]+ ?[kKMG]?B\)", "", text)  # Of so much memory.
    text = re.sub(r" ?\(output:? ?\d+ ?× ?[a-z]\)", "", text)
    text = re.sub(r"(\d ?× ?\d+) ?/ ?(\d) ?× ?\2\b", r"\1, stride \2×\2", text)
    text = re.sub(r"\bstride (\d), (\d), (\d)\b", r"stride \1×\2×\3", text)
    text = re.sub(r"(\d+) (?:feature )?maps (?:of|with) (\d+ ?× ?\d+)(?: (?:neurons|units))?", r"\1, gives \2", text)
    text = re.sub(r"(vocab\w*\W{1,3}\d{1,3}),(?=\d{3}\b)", r"\1", text)
    text = re.sub(r"\b(stride|dilated) (?:[a-z] ?= ?|is |of )(?=\d)", r"\1 ", text)
    text = re.sub(r"(\d ?× ?\d+), ?\((\d), ?(\d)\)", r"\1, stride \2×\3", text)  # 2×3, (1, 2), 16.
    text = re.sub(r"\bstride (\d), ?(\d)×\2\b", r"stride \1×\2×\2", text)  # Along time, and in each frame.
    # A window along one axis with its stride, and how many filters it has: [80/4, 256].
    text = re.sub(r"\[(\d+)/(\d+), ?(\d+)\]", r"[conv1d, k=\1, stride \2, filters=\3]", text)
    text = re.sub(r"^\[(\d{1,2}), ?(\d{2,4})\](?= ?[×;])", r"[conv1d, k=\1, filters=\2]", text)
    # What makes an image larger: a stride of less than one, or an arrow; and an arrow down for what makes it smaller.
    text = re.sub(r"\bconv(\w*[^;\n↑]{0,20}?)stride\W{0,3}1[/⁄](\d)\b", r"deconv\1stride \2", text, flags=re.I)
    text = re.sub(r"\bconv(\w*)\.? ?↑", r"deconv\1, stride 2", text, flags=re.I)
    text = re.sub(r"(\bconv\w*)\.? ?↓", r"\1, stride 2", text, flags=re.I)
    # Behind a block, the stride of its first layer.
    step = r"\[([^][;]*)((?:;[^][]*)?)\] ?× ?(\d+) ?, ?(?:S|stride ?=? ?) ?(\d(?: ?× ?\d)?)\b"
    text = re.sub(step, r"[\1, stride \4\2] × \3", text, flags=re.IGNORECASE)
    text = re.sub(r"(\[[^][]*\] ?× ?\d+) ?, ?(dila\w*\W{0,3}\d+)", _dilated, text)
    text = re.sub(r"\bGD-?Conv(?=\d)", "dwconv ", text)  # One window over all of the image, for each channel.
    text = re.sub(r"\bd(?=\d+ ?×)", "dwconv ", text)  # As ConvNeXt writes a filter for each channel.
    text = re.sub(r"\b([a-jl-zA-JL-Z])(?=\d+ ?× ?\d)", r"\1 ", text)
    text = re.sub(r"([\])] ?× ?[A-Z]) (\d)$", r"\1_\2", text)  # So often as a letter with an index says.
    text = re.sub(r", ?↓ ?(\d)\b", r", stride \1", text)
    # A window, a stride and a border as GoogLeNet's drawing has them: 7x7+2(S).
    text = re.sub(r"(\d×\d+) ?\+ ?(\d+) ?\(([SV])\)", _bordered, text)
    text = re.sub(r"\bfc\W*\[(\d+), ?(\d+)\]", r"fc \1→\2", text)  # So wide inside, and at its end.
    text = re.sub(r"\(\s*[xX×]\s*(\d+)\s*\)", r", \1", text)  # So many filters.
    text = re.sub(r"\b(\d+)\s*[xX*](?=\s*(?:\(|\[|[A-Z][a-z]|conv|inception))", r"\1×", text, flags=re.IGNORECASE)
    text = _LAYERS.sub(_stacked, text)
    text = _BRACKETED.sub(r"\1", text)
    text = re.sub(r"\boutputs? ?\([A-Za-z ]+\)(?= ?[=:])", "output", text, flags=re.I)
    text = re.sub(r"\binputs? ?[=:] ?(\d+), ?outputs? ?[=:] ?(\d+)\b(?! ?×)", r"\1→\2", text, flags=re.I)
    text = re.sub(r"(\bpool\w*) and (?=drop-?out)", r"\1; ", text, flags=re.I)
    text = re.sub(r"\b(?:one|a single) (?=(?:neuron|unit|node)\b)", "1 ", text, flags=re.I)
    text = re.sub(
        r"^(?:the )?output layer(?: is|,? with| has| of|[:,]) (\d+) (?:neuron|unit|node)s?$",
        r"fc, \1 units",
        text,
        flags=re.I,
    )
    text = re.sub(r"(?<=\d)\. (?=[A-Z])", "; ", text)  # A layer behind the end of a sentence: FC 256. FC 10.
    text = re.sub(r"\s*[\n\r]+\s*", "; ", text.strip())
    return re.sub(r";(?: ?;)+", ";", re.sub(r"; ?→|→ ?;", " → ", text))


_UNIT = r"(?<![A-Za-z×])(ch|nf|ngf|ndf|nc)\b"
"""What stands for a number of channels."""


def _unslashed(text: str) -> str:
    """Return a text of nothing but layers and what stands behind them with commas: Conv/ReLU/Max pool, FC (ReLU)."""
    held = re.fullmatch(r"([A-Za-z][^()]*) \(([^()]*)\)", text)
    parts = [part.strip() for part in re.split(r"/| (?:with|followed by|then|and) ", text)]
    if held and kind_of(held[1]) and all(posts_of(part) or kind_of(part) == "softmax" for part in held[2].split(",")):
        parts = [held[1], *held[2].split(",")]
    elif len(dashed := re.split(r" ?- ?(?![^(]*\))", text)) > 2 and kind_of(dashed[-1]).endswith("pool"):
        parts = dashed
    named = len(parts) > 1 and all(
        re.match(r" *[A-Za-z]", part) and (kind_of(part) or posts_of(part)) for part in parts
    )
    return ", ".join(part.strip() for part in parts) if named else text


def _listed(found: re.Match[str]) -> str:
    border = {"S": "same", "V": "valid"}.get((found[3] or "").upper(), "")
    return ", ".join(each for each in (found[1], found[2] or "", border) if each)


_BRACKETED = re.compile(
    r"^(?!.*(?:conv|pool|fc|dense|block|layer|linear)[^(]*\()[A-Za-z][A-Za-z -]+ \((\d+ ?× ?\d+ conv\w*)\)$",
    re.IGNORECASE,
)
"""What a name that no layer has is made of: `Feature embedding (3×3 Conv)`."""
_LAYERS = re.compile(
    r"\b(?P<front>[2-9]|two|three|four)[- ]layer(?:ed|s)? (?=(?:\w+[- ])?(?:bi-?)?(?:lstm|gru|rnn)\b)"
    r"|(?P<name>(?:lstm|gru|rnn)\b),? ?\(?(?:num[ _]layers ?[=:] ?(?P<set>[2-9])|(?P<behind>[2-9])[- ]?layers?)\b\)?",
    re.IGNORECASE,
)
"""How many layers something that recurs has."""


def _stacked(said: re.Match[str]) -> str:
    many = {"two": "2", "three": "3", "four": "4"}.get((said["front"] or "").lower(), said["front"])
    return f"{many}× " if many else f"{said['name']} (num layers={said['set'] or said['behind']})"


def _dilated(found: re.Match[str]) -> str:
    """Return layers in brackets, each with the dilation that stands behind them."""
    said = re.sub(r"\D+", "dilation ", found[2])
    inside, behind = found[1].rsplit("]", 1)
    return f"{'; '.join(f'{each.strip()}, {said}' for each in inside.split(';'))}]{behind}"


def _bordered(found: re.Match[str]) -> str:
    return f"{found[1]}, stride {found[2]}, {'same' if found[3] == 'S' else 'valid'}"


@cache
def _parser() -> Lark:
    text = Path(grammars.__file__).with_name("cells.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="basic")


def read_cell(text: str) -> list[Reading]:
    """Return the layers that a text says, none where it says none."""
    plain = re.sub(r";\s*×", "×", normalized(text))[:LONGEST]
    if not plain or _POWER.search(plain):
        return []
    typed = _TYPED.fullmatch(plain)
    if typed and (kind_of(typed[1]) or posts_of(typed[1])):
        return [replace(each, text=plain) for each in read_cell(typed[1])]
    plain, open_sizes = _without_open_sizes(plain)
    try:
        tree = _parser().parse(plain)
    except UnexpectedInput:
        return [replace(each, unclear=True) for each in _phrase_of(plain, [])]
    found = [replace(each, unclear=open_sizes or each.unclear) for each in _parts(tree.children[0], plain)]
    found = _with_activations(found)
    if found and any(map(_says_nothing, plain.split("→")[1:])):
        found[0] = replace(found[0], unclear=True)
    braced = ";" in plain and "[" not in plain[:8] and re.match(r"\d+ ?×", plain)
    if len(found) > 1 and found[0].times > 1 and braced:
        # A brace over several lines has its number in front of the first.
        many, first = found[0].times, replace(found[0], times=1)
        return [Reading("block", {}, (), many, (first, *found[1:]), plain)]
    return found


def _says_nothing(step: str) -> bool:
    """Tell what stands behind an arrow, and is by its name a layer, but none that is known here."""
    return bool(re.match(r"\W*[A-Z]\w*[A-Za-z]{2}", step)) and not kind_of(step) and not posts_of(step)


def _with_activations(readings: list[Reading]) -> list[Reading]:
    """Return readings, what only says which activation the one before it has as part of that: `activation: ReLU`."""
    found: list[Reading] = []
    for each in readings:
        if each.kind == "activation" and each.posts and found and not found[-1].block:
            found[-1] = replace(found[-1], posts=(*found[-1].posts, *each.posts))
        else:
            found.append(each)
    return found


_POWER = re.compile(r"\d ?[·×] ?10 ?\^ ?-?\d")
"""A number times a power of ten, which is a quantity and no size: 2.3 · 10^19."""
_TYPED = re.compile(r"[a-z]\w*(?: \w+)* \(([A-Z][A-Za-z0-9]+)\)")
"""The name of a layer with its type behind it, as Keras prints both: conv2d_1 (Conv2D)."""
_OPEN = re.compile(r"⌊[^⌋]*⌋|⌈[^⌉]*⌉|\b[A-Za-z]\w{0,3} ?× ?(?:[A-Za-z]\w{0,3}|\d+) ?× ?\d+")


def _without_open_sizes(text: str) -> tuple[str, bool]:
    """Return a text without sizes of three that are letters, `M × M × 512`, and whether it has any; and 16k as 16×k."""
    text = re.sub(r"(?<=, )(\d+)([a-zα])(?= ?(?:[;\],]|$))", r"\1×\2", text)
    if kind_of(text) == "input":
        return text, False
    plain = re.sub(r"(?<=\d) ?\([a-z] ?= ?\d+\)$", "", _OPEN.sub("", text))  # A rate of growth.
    return plain, plain != text


def is_open(text: str) -> bool:
    """Tell whether a text beside a layer's name says what is not understood: sizes of letters, a kind of its own."""
    from extract.phrases import CHANGED, FOREIGN

    plain = normalized(text)
    return _without_open_sizes(plain)[1] or plain.startswith("→") or bool(CHANGED.search(text) or FOREIGN.search(text))


_KEYED = re.compile(r"[A-Za-z][\w ]*= ?[^=,()]+(?:, ?[A-Za-z][\w ]*= ?[^=,()]+)+")


def are_arguments(text: str) -> bool:
    """Tell the arguments of a layer by their names: `in features=256, out features=196`."""
    return bool(_KEYED.fullmatch(normalized(text)))


def tokens_of(text: str) -> list[Token]:
    """Return the words and numbers of a text in its form for all."""
    return list(_parser().lex(text))


def read_attributes(text: str, kind: str) -> dict[str, Any]:
    """Return the hyper-parameters that a cell says of a layer whose kind stands in another."""
    plain = normalized(text)[:LONGEST]
    plain = f"layer({plain})" if are_arguments(plain) else plain
    # How its parts belong together says nothing here, so that it need be no sentence of the grammar.
    tokens = [each for each in tokens_of(plain) if each.type != "DASH"]
    from extract.phrases import Phrase

    found = Phrase(plain, tokens).readings([], kind)
    return found[0].params if found else {}


def _parts(tree: Any, text: str) -> Iterator[Reading]:
    """Yield the readings of parts; a separator that is none between them joins a phrase again."""
    chain = sum(isinstance(each, Token) and each.type == "DASH" for each in tree.children) >= 2
    pending: list[Token] = []
    dashed = plus = False
    for child in tree.children:
        if isinstance(child, Token):
            dashed = child.type in ("DASH", "PLUS") and not chain
            plus = child.type == "PLUS"
            if not dashed:
                yield from _flush(pending, text)
            continue
        count, body, times = child.children
        inner = _tokens(body) if body.data == "phrase" else None
        if inner is not None and count is None and times is None:
            if not dashed or (plus and _are_two(pending, inner)):
                yield from _flush(pending, text)
            pending += inner
            dashed = False
            continue
        yield from _flush(pending, text)
        many = _count(count) * _count(times)
        readings = tuple(_phrase(inner, text)) if inner is not None else tuple(_inside(body, text))
        often = "".join(re.findall(r"[A-Za-z]\w*", times or ""))
        if len(readings) == 1 and readings[0].kind == "upsample" and many > 1:
            yield replace(readings[0], params={"kernel": (many, many), **readings[0].params})  # So many times larger.
        elif len(readings) > 1 and (many > 1 or often or body.data == "stack"):
            said = _said(body, text)
            yield Reading("block", {}, (), many, readings, said, often=often)
        else:
            yield from (replace(each, times=each.times * many, often=often) for each in readings)
    yield from _flush(pending, text)


def _inside(body: Tree[Token], text: str) -> Iterator[Reading]:
    """Yield the layers in brackets, one that nobody knows for each line of a name of its own, or for settings alone."""
    inner = body.children[0]
    assert isinstance(inner, Tree)
    if body.data != "stack":
        yield from _parts(inner, text)
        return
    ends = [i for i, each in enumerate(inner.children) if isinstance(each, Token) and each.type == "SEMICOLON"]
    spans = zip([0, *(end + 1 for end in ends)], [*ends, len(inner.children)], strict=True)
    lines = [Tree("parts", inner.children[start:end]) for start, end in spans]
    found = [list(_parts(line, text)) or _bare_window(_said(line, text)) for line in lines]
    if not any(found):
        lines, found = [inner], [[]]
    for line, readings in zip(lines, found, strict=True):
        said = _said(line, text)
        name = "" if readings else name_of(said) or (ANY if re.search(r"\d", said) else "")
        yield from [Reading(name, settings_of(said), text=said)] if name else readings


def _bare_window(said: str) -> list[Reading]:
    """Return the convolution of a window alone, of which it is not said how many filters it has."""
    window = re.fullmatch(r"(\d{1,2}) ?× ?(\d{1,2})\W*", said)
    return [Reading("conv", {"kernel": (int(window[1]), int(window[2]))}, text=said, unclear=True)] if window else []


def _flush(pending: list[Token], text: str) -> Iterator[Reading]:
    tokens = pending[:]
    pending.clear()
    if tokens:
        yield from _phrase(tokens, text)


def _are_two(before: list[Token], after: list[Token]) -> bool:
    """Tell whether there is a layer on either side of a plus, as in `Pooling + Dropout`."""
    first = " ".join(before)
    return bool((kind_of(first) or posts_of(first)) and kind_of(" ".join(after)))


def _tokens(tree: Any) -> list[Token]:
    return [each for each in tree.children if isinstance(each, Token)]


def _count(token: Token | None) -> int:
    digits = re.findall(r"(?<![\w])\d+", token or "")
    return int(digits[0]) if digits else 1


def _said(tree: Tree[Token], text: str) -> str:
    tokens = list(tree.scan_values(lambda each: isinstance(each, Token)))
    return text[tokens[0].start_pos : tokens[-1].end_pos] if tokens else ""


def _phrase(tokens: list[Token], text: str) -> Iterator[Reading]:
    """Yield the readings of a phrase: one, but for commas between layers of their own."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "COMMA" and parts[-1]:
            parts.append([token])
        else:
            parts[-1].append(token)
    joined: list[list[Token]] = []
    for behind in parts:
        part = behind[behind[0].type == "COMMA" :] if behind else []
        said = " ".join(part)
        kind = kind_of(said)
        before = " ".join(joined[-1]) if joined else ""
        known = kind_of(before)
        # Behind a comma stands what belongs to the layer before it, unless it is a layer too.
        belongs = not known and not posts_of(before)
        again = bool(joined) and kind == known and not (_has_window(part) and _has_window(joined[-1]))
        if joined and (not kind or belongs or again or "%" in said):
            joined[-1] += behind
        elif part:
            joined.append(part)
    for part in joined:
        start, end = part[0].start_pos or 0, part[-1].end_pos
        yield from _phrase_of(text[start:end], part)


def _has_window(tokens: list[Token]) -> bool:
    return any(each.type in ("SIZE", "K_SIZE", "CONV_K") for each in tokens)


def _phrase_of(said: str, tokens: list[Token]) -> list[Reading]:
    """Return the readings of the words and numbers of a phrase."""
    from extract.phrases import Phrase

    # What is called may be told by its name alone: its arguments have words of their own.
    name = tokens[0].partition("(")[0] if tokens and tokens[0].type == "CALL" else ""
    kind = kind_of(name) or ("" if posts_of(name) else kind_of(said))
    return Phrase(said, tokens).readings(posts_of(said), kind)


__all__ = ["Reading", "normalized", "read_attributes", "read_cell"]
