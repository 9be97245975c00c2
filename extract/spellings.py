"""One spelling for all that authors have of a layer: what a cell says is brought to the form that the grammar reads."""

from __future__ import annotations

import re

from extract.lexicon import kind_of, posts_of
from extract.signs import signed, without_brackets


def normalized(text: str) -> str:
    """Return a text with one sign for each meaning: × between sizes, - for every dash, ; for the end of a line.

    >>> normalized("3x3 conv – 64"), normalized("[3 X 3, 64] * 2"), normalized("28²")
    ('3×3 conv - 64', '[3 × 3, 64] × 2', '28×28')
    """
    text = signed(_unslashed(text))
    text = re.sub(_PENALTY, "", text)
    text = re.sub(r"(?<=\d, )(\d{1,3}),(?=\d{3}\b)", r"\1", text)  # Thousands, where commas between have a space.
    text = re.sub(r"(?<=[a-z\d]) ?\(linear\)", "", text, flags=re.I)  # No activation, and no Dense.
    text = re.sub(r"(× ?\d+), ?(?=[A-Z][a-z])(?!Str|Pad|Dil)", r"\1; ", text)  # Another layer is behind it.
    text = re.sub(r"^(\d+(?: ?→ ?\d+){2,})(?=$|[,;])", r"fc(\1)", text)  # How wide a Dense is behind another.
    text = re.sub(r"\b([2-9]) (?=conv\w* ?\()", r"\1× ", text)  # So many of them.
    text = re.sub(r"^([A-Za-z]\w*) ?[×x] ?(\d) ?\(([^()]*)\)$", r"\1(\3) × \2", text)
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
    text = re.sub(r"(?<![\d×] )(?<![\d×])(\d|1[0-5]) ?[×xX] ?\1 \((\d+)\)", r"\1×\1, \2", text)  # A window, how many.
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


_PENALTY = (
    r"\bL[12](?: (?:kernel )?(?:penalty|reg\w*))?\s*[=(:]\s*\d[\d.]*(?:e ?-? ?\d+)?\)?"
    r"|,? ?\b(?:kernel|bias|activity)[_ ](?:regularizer|initializer|constraint) ?= ?[^,()]*(?:\([^()]*\))?"
)
"""How much large weights cost while they are learned, and how they begin, which is no number of any layer."""
_UNIT = r"(?<![A-Za-z×])(?<!put )(ch|nf|ngf|ndf|nc)\b"
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
