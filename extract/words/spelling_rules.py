"""How authors write what a cell says, and how the grammar reads it: rules in the order in which they are put right."""

from __future__ import annotations

import re
from collections.abc import Callable

from extract.words.lexicon import PLACE, kind_of
from extract.words.signs import MEMORY

_PENALTY = (
    r"\bL[12](?: (?:kernel )?(?:penalty|reg\w*))?\s*[=(:]\s*\d[\d.]*(?:e ?-? ?\d+)?\)?"
    r"|,? ?\b(?:kernel|bias|activity)[_ ](?:regularizer|initializer|constraint) ?= ?[^,()]*(?:\([^()]*\))?"
)
"""How much large weights cost while they are learned, and how they begin, which is no number of any layer."""
_SAID = r"(?: (?:size|features?|units|nodes|neurons)(?: ?[=:]| of)? | ?[=:] ?)"
"""What stands between the word for what comes in or goes out and the number of it."""
_UNIT = r"(?<![A-Za-z×])(?<!put )(?<![iI]n )(?<![oO]ut )(ch|nf|ngf|ndf|nc)\b"
"""What stands for a number of channels."""
_WORDS = r"(?<!patch )\b(?:embeddings?\b|vocab=)"
"""What begins to say how wide the vectors of words are."""
_POSTS = r"(?: ?(?:-|→|\+|,|/) ?(?:BN|batch ?norm\w*|[A-Za-z]{,6}ReLU|ELU|GELU))+"
"""What stands behind a layer, parted from it in any way."""
_ACTIVE = r"(?:(?:leaky |p|l|se)?re-?lu\d?|[eg]elu|s?elu|tanh|sigmoid|softmax|swish|silu|mish)"


def _along_time(found: re.Match[str]) -> str:
    """Return brackets of windows along one axis, each with how many filters it has, in words: `[4, 128; 4, 128]`."""
    lines = re.sub(r"(\d+), ?(\d+)", r"conv1d, k=\1, filters=\2", found[1])
    return f"[{lines}]"


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
    r"|(?P<name>(?:lstm|gru|rnn)\b),? ?(?P<open>\()?"
    r"(?:num[ _]layers ?[=:] ?(?P<set>[2-9])|(?P<behind>[2-9])[- ]?layers?)\b(?(open)\))",
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


def _all_wide(found: re.Match[str]) -> str:
    """Return how wide several Dense are with commas between: as many as are counted, or more than the two of a call."""
    wide = re.findall(r"\d+", found[3])
    several = len(wide) == int(found[1]) if found[1] else len(wide) > 2 or found[2].lower() == "mlp"
    return f"{found[2]} layers {', '.join(wide)}" if several else found[0]


def _parted(found: re.Match[str]) -> str:
    """Return the name of a unit of several layers with what stands behind each other apart: ConvBNReLU."""
    return "-".join(filter(None, found.groups()))


def _bordered(found: re.Match[str]) -> str:
    return f"{found[1]}, stride {found[2]}, {'same' if found[3] == 'S' else 'valid'}"


def _last_steps(found: re.Match[str]) -> str:
    """Return layers of which the first or the last has a stride of its own as those and that one."""
    many, layer, place, step = int(found[1]) - 1, found[2].strip(), found[3].lower(), found[4]
    parts = [f"{many}× {layer}" if many > 1 else layer, f"{layer}, stride {step}"]
    return " → ".join(parts if place == "last" else parts[::-1])


_ALL_TIMES = re.compile(
    r"^(?:[A-Za-z][A-Za-z ]*: )?([^()\[\]:]*,[^()\[\]:]*?)[\s,;]*(?:(?:[.·⋯…] ?)+)?\( ?[×xX] ?(\d{1,2})\)$"
)
"""A list with how often it comes in brackets behind."""


def _all_times(found: re.Match[str]) -> str:
    """Return several layers with how often all of them come: `Residual: Conv, ReLU, Conv ··· (×10)`."""
    several = sum(bool(kind_of(part)) for part in found[1].split(",")) > 1
    return f"[{found[1]}] × {found[2]}" if several else found[0]


_DOUBLE = re.compile(
    r"\b(?:double|dual)[ -]?(\d ?[×x] ?\d )?(conv(?:olution)?)(?:[ -]?(?:block|layer|unit))?s?\b", re.IGNORECASE
)
"""Two convolutions by the name of what they are together, as those of a U-Net: DoubleConvBlock."""


_STEPPED = re.compile(
    r"^((?:[A-Za-z]+, )?)(?:\((\d{1,2}), ?(\d{1,4})\)|(\d{1,2})(?: ?[×x] ?\4)?(?:, ?(\d{2,4}))?)"
    r" ?/ ?(\d), ?(\d)(?: ?[×x] ?([2-9]))?$"
)
"""A window and how many filters with a stride and a border behind a slash, and how often: `(5, 32)/1,2 × 2`."""


def _stepped(found: re.Match[str]) -> str:
    """Return in words what stands behind a slash as numbers, where it can be a stride and a border.

    >>> _STEPPED.sub(_stepped, "conv, (5, 32)/1,2 × 2"), _STEPPED.sub(_stepped, "pool, 2 /2,0")
    ('[conv, 5×5, 32, stride 1, pad 2] × 2', 'pool, 2×2, stride 2, pad 0')
    """
    named, side, many, border = found[1], found[2] or found[4], found[3] or found[5], found[7]
    if int(border) >= int(side) or not (named or many):
        return found[0]
    said = f"{named}{side}×{side}{f', {many}' if many else ''}, stride {found[6]}, pad {border}"
    return f"[{said}] × {found[8]}" if found[8] else said


Rule = tuple[str | re.Pattern[str], str | Callable[[re.Match[str]], str]]
FIRST: tuple[Rule, ...] = (
    (_PENALTY, ""),
    (_STEPPED, _stepped),
    (
        r"(?i)^(\d{1,2}) ?[×x] ?(\d{1,2}|[A-Z])[,:] ?(?=(?:max|avg|average|mean|global)?[ -]?(?:pool|conv|dw|depth))",
        r"\1×\2 ",
    ),
    (r"(?<![\w.^·×])(\d{1,3})\^2(?![\w.])", r"\1×\1"),
    (r"(?i)^(conv\w*) ?\((\d{2,4})\) ?[×xX] ?([2-9])\b(?! ?[×x\d])", r"\3 × \1 \2"),  # So often: Conv(256) × 2.
    (r"\bBidirectional\((LSTM|GRU|SimpleRNN)(\([^()]*\))(?:,[^()]*)?\)", r"Bi\1\2"),
    (r"\bTimeDistributed\(((?:Dense|Dropout|Activation)\([^()]*\))\)", r"time-distributed \1"),
    (r"^([a-z]\w* \([A-Z]\w*)(?:…|\.\.\.)?$", r"\1)"),
    (r"(?<=[Rℝℜ]) ?\^ ?(?=\d+ ?[×x])", ""),  # Of so many dimensions.
    (r"(?i)`(same|valid)'", r"\1"),
    (r"\( (\d+ ?× ?\d+(?: ?× ?\d+)?) \)", r"(\1)"),
    (r"(?<=[A-Za-z\d.] )\((\d{1,2} ?× ?\d{1,2}(?: ?× ?\d{1,2})?)\)", r"\1"),  # MaxPool (3 × 3), stride (2 × 2).
    (r"(?i)\b(pool(?:ing)?|conv(?:olution)?) ([123])D(?= ?\()", r"\1\2D"),
    (r"(?i)(?<=\w)\) (?=soft-?max$)", "), "),
    (r"(?i)^([2-9]) (?=(?:bi-?)?(?:lstm|gru|rnn) layers\b)", r"\1× "),
    (r"^([^;()\[\]]*\d×\d+(?:×\d+|, ?\d+)) ×([2-9])$", r"[\1] × \2"),  # So often, as what is in front has no gaps.
    (r"\b(Conv(?:[123][dD])?)(BN|IN|GN|LN)((?:Leaky|P)?ReLU6?|SiLU|Swish)?(?![A-Za-z])", _parted),
    (r"(?i)\b(dilated|atrous) \((?:rate ?=? ?)?(\d{1,2})\)", r"\1 \2"),
    (
        r"(?i)^(?:(\d) ?[x×] ?)?((?:dense|fc|mlp|linear)s?|fully[ -]connected(?: layers?)?):? ?"
        r"\(?(\d+(?:/\d+){2,}|\d+(?:, ?\d+)+)\)?$",
        _all_wide,
    ),
    (r"(?i)^stride-(\d) (conv[^;→+]*)$", r"\2, stride \1"),
    (r"(?i)^(?:(?!conv|pool|fc|dense)[a-z]+[ _]?\d+[a-z\d_.]*|conv\d+_x): ?(?=\[|\d+ ?× ?\d)", ""),  # Where they stand.
    (r"(?i)\b(pool(?:ing)?\b[^;]*), (max|avg|average|mean)$", r"\2 \1"),
    (r"(?i)(?<=[a-z]) [x×*] ?(\d{1,2})$", r" × \1"),  # So often, or so much larger.
    (_ALL_TIMES, _all_times),
    (r"(?<=, )(?:pad(?:ding)?)[_ ]?(\d)(?=[,;)]|$)", r"padding=\1"),
    (r"(?i)(?<![\d×] )\b(\d+ ?× ?\d+),? strided?[ -](\d),? (conv\w*(?: ?[123]-?d)?)\b", r"\3 \1, stride \2"),
    (r"(?:,| ·) [A-Z] ?= ?\([\d×+*/ -]+\)[^;,]*= ?\d+(?=[;,]|$)", ""),  # How large it is, worked out.
    (r"(?i)sigmo[iï]de\b", "sigmoid"),
    (r"(?i)\b(?:logits?)?,? ?\(?(?:without|w/o|sin|sans|sem|ohne) (?:sigmoid|soft-?max|tanh|relu)\b\)?", ""),
    (r"(?i),? \(?(?:zero[- ])?padded from \d+ ?×? ?\d*\)?$", ""),  # What was before.
    (r"(?i)(?<=\d )(?:filtro|filtre|filtri|фильтр)[a-zà-ÿа-я]*", "filters"),
    (r"(?i)(?<=\d )(?:neur[oóôö]n|nöron|нейрон)[a-zà-ÿа-я]*", "neurons"),
    (r"(?i)(?<=[( ])(\d+ ?× ?\d+) (?:kernels?|windows?)(?=\))", r"\1"),
    (r"(?i)^(conv\w* ?\d ?× ?\d) ?→ ?(\d+)$", r"\1, \2"),
    (r"(?i)(\(\d+ ?→ ?\d+) (?:channels|classes|units|features|filters|neurons)\b", r"\1"),
    (r"(?i)\b(conv\w*(?: ?[123]-?d)?(?: layer)?) (soft-?max)$", r"\1 + \2"),
    (r"(\d ?× ?\d+), ?\((\d), ?(\d)\)", r"\1, stride \2×\3"),  # 2×3, (1, 2), 16.
    (r"(?<=\d, )(\d{1,3}),(?=\d{3}\b)", r"\1"),  # Thousands, where commas between have a space.
    (r"(?i)(?<=[a-z\d]) ?\(linear\)", ""),  # No activation, and no Dense.
    (r"(?i)(\b(?:conv|dense|fc|fully)[^;→]*), ?linear(?: activation)?$", r"\1"),
    (r"(?i)^((?:fc|dense|linear|fully[ -]connected)\b[^()]*?) ?\((?:embeddings?|features?|logits|code)\)", r"\1"),
    (r"(?i)\b((?:max|avg|average|mean)?[ -]?pool(?:ing)?) ?(\d+)-(\d)$", r"\1 \2×\2, stride \3"),
    (r"^([A-Za-z][A-Za-z ]*?)[ _]?\d{1,2}/\d(?:, ?\d{1,2}/\d)+$", r"\1"),  # Which of its stage they are.
    (r"(× ?\d+), ?(?=[A-Z][a-z])(?!Str|Pad|Dil)", r"\1; "),  # Another layer is behind it.
    (r"(?i)( [×x] ?\d{1,2}), ?(?=(?:max|avg|average|global|pool|conv|fc|dense|drop|flat|soft)\w*)", r"\1; "),
    (r"(?i)^[2-9] (?:fc |dense |linear )?layers? ?\((\d+(?: ?→ ?\d+){2,})\)$", r"\1"),  # Which say how many they are.
    (r"^(\d+(?: ?→ ?\d+){2,})(?=$|[,;])", r"fc(\1)"),  # How wide a Dense is behind another.
    (r"\b([2-9]) (?=conv\w* ?\()", r"\1× "),  # So many of them.
    (r"^([A-Za-z](?:\w*[A-Za-z])?) ?[×x] ?(\d) ?\(([^()]*)\)$", r"\1(\3) × \2"),
    (r"(?i)\b(conv)_?(\d ?× ?\d)_(\d{2,4})\b", r"\1 \2, \3"),
    (r"(?i)\b(conv)(\d ?× ?\d)\((\d{2,4})\)", r"\1 \2, \3"),
    (r"(?i)^(\d ?× ?\d)_(conv)_(\d{2,4})\b", r"\2 \1, \3"),
    (r"\b([A-Z]\w*) ?\[([^][;]*=[^][;]*)\]", r"\1(\2)"),  # What a unit of its own is made with.
    (r"\{([^{}]*[A-Za-z]{3}[^{}]*)\}", r"[\1]"),  # A brace around layers.
    (r"(\[[^][]*)\] ?\[(?=[^][]*\] ?[xX*×])", r"\1; "),  # Two brackets that are repeated together.
    (r"(?<=[\])])(\s*)[xX*](\s*)(?=[\dA-Za-z])", r"\1×\2"),
    (r"\n\s*[xX*×]\s*(?=\d)", "; × "),
    (r"(?i)(\[[^][]*\]) ?(?:(?:bottleneck|residual|basic) )?blocks?\b", r"\1"),
    # What stands in brackets behind a layer, as in the drawings of Inception-v4: (32 stride 2 V).
    (r"(?i)((?:conv|pool)\w*) ?\(((?:\d+|stride \d)(?: stride \d)?)? ?([SV])?(?: linear)?\)", _listed),
    (r"(^|[;[])([^][;]*), ?× ?(\d+) ?(?=[;\]]|$)", r"\1[\2] × \3"),  # A layer so many times.
    # A border and a step in brackets, and how many filters behind a dash: Conv(pad-1, stride-2)-32-BN.
    (r"\(pad-(\d), ?stride-(\d)\)-(\d+)-?", r", pad \1, stride \2, \3, "),
    (r"\(pad-(\d)\)-(\d+)-?", r", pad \1, \2, "),
    (r"(?i)\b(dense|fc|linear)-(\d+)-(?=BN|\w*ReLU|tanh|sigmoid|soft-?max)", r"\1 \2, "),
    (PLACE, ""),
    (_DOUBLE, r"2× \2 \1"),
    (r"(?i)^layer[ _]?\d+[ :,.-]+(?=[a-z]{2})", ""),  # Which one it is.
    (r"^(Sequence|Output|Final|Hidden|Last|First)(Linear|Dense|LSTM|GRU)$", r"\1 \2"),
    (
        r"(?i)\b([2-9]) ?[x×] ?(conv[^,;→+]*), (?:the )?(first|last) (?:one )?(?:with |has )?(?:a )?stride (\d)",
        _last_steps,
    ),
    (r"(?i)(?<=[,;] )pool(?:ing)? size\b", "kernel size"),
    (r"\b(pad(?:ding)?|str?|stride|f(?:ilt)?|ksize|kernel)\.(?=[A-Z\d])", r"\1 "),  # st.1 is st. 1.
    (r"\bksize\b", "kernel size"),
    (r"(?i)\bkernal\b", "kernel"),
    (r"(?i)\b((?:trans)?conv)[li|]d\b", r"\g<1>1d"),  # As some read it from a picture.
    (r"(?i)([(\[])(?:samples|batch(?:[_ ]size)?|bs), ?(?=\d)", r"\1None, "),
    (r"(?i)\b(kernel|filter|window|pool)_size\b", r"\1 size"),
    (r"(?i)\binput[_ ]?(?:shape|size) ?[=:] ?(?:\([^()]*\)|[×xX ]*\d[\d×xX ]*),?", ""),
    (r"(?i)\b([123])-?D(?=(?:conv|max|av|pool))", r"\1D "),
    (r"\b\d+[- ]channel input\b", ""),  # What comes in.
    (r"(?i)\b((?:up-?sampl|pixel-? ?shuffl|resiz)\w*[^;\d×]*?),? (\d)[x×](?=$|[,;)])", r"\1 × \2"),  # So much larger.
    (r"(?i)\b(dim\w*|sizes?|units|state|rate|dropout|width) [a-z] ?= ?(?=[\d.])", r"\1 = "),  # By its sign: d = 128.
    (r"(?i)(=|:|\bsizes?|\bstrides?) ?\((\d+), ?(\d+)\)", r"\1 \2×\3"),
    (r"(?<![\d×] )(?<![\d×])(\d|1[0-5]) ?[×xX] ?\1 \((\d+)\)", r"\1×\1, \2"),  # A window, how many.
)
"""How authors write what a cell says, and how the grammar reads it, in the order in which they are put right."""
THEN: tuple[Rule, ...] = (
    (r"(?i) ?\((?:number|no\.?|#) of classes\)", ""),
    (r"(?<=[^\d\s]) [·⋅•|] | [·⋅•|] (?=[^\d\s])", ", "),
    (r"(?<=[A-Za-z])-(?=FC\b)", " - "),
    (r"(?<=\d) ?frames ?× ?(\d+)", r"×\1"),
    (r"(?<=\d)-s-?(\d)\b", r", stride \1"),
    (r"(?<=\d) ?[·⋅] ?(?=\d)", "×"),
    (r"(?i) with (?=soft-?max)", ", "),
    (r"(?i)\b((?:bi-?)?(?:lstm|gru))-(?=\d{2,4}$)", r"\1 "),
    (r"(?i)\b(conv(?:[123]d)?)-(\d{2,4}),? (?=\d ?× ?\d)", r"\1 \2, "),
    (r"(?i)(\d ?× ?\d[ -]\w*conv(?:olution)?(?:[123]d)?)-(\d{2,4})-(?=[a-z])", r"\1 \2, "),  # 3×3 conv-64-BN.
    (r"(?i)(\d ?× ?\d[ -]\w*conv(?:olution)?(?:[123]d)?)-(?=\d{2,4}\b(?! ?×))", r"\1 "),
    (r"(?i)^((?:bi-?)?(?:lstm|gru|rnn)) ?× ?([2-9]), ?(?=\d{2,4}\b)", r"\2× \1 "),
    (r"(?i)((?:embed|vocab)\w*[^;]*?\b\d+)k\b", r"\g<1>000"),
    (r"(?i)^((?:\w+ )?hidden layer(?: \d)?) - (?=\d+$)", r"\1, "),
    (
        r"(?i)\b(?:no|without(?: any)?|w/o) (?:zero[- ])?padding\b|\bpadding ?[:=] ?(?:no(?:ne)?)\b|\bunpadded\b",
        "valid padding",
    ),
    (r"(?i)\b(fc|dense|linear|conv\w*)(?: ?/ ?|-)(?=relu|soft-?max|sigmoid|tanh)", r"\1, "),
    (r"(?i)(\bconv\w*[^;→\n]*?)\b[a-z]{1,3}(?:_[a-z]{1,3})? ?→ ?(?=\d)", r"\1, "),
    (
        r"(?i)\b(dense|linear|fc) ?\([a-z]{1,3}(?:_[a-z]{1,3})? ?→ ?(\d+)\)",
        r"\1(units=\2)",
    ),  # Of so many as a letter says.
    (r"(?i)\b(dense|linear|fc)\b,? ?\d+ ?→ ?(\d+(?: ?× ?\d+){1,2})(?=$|,)", r"\1 \2"),
    (r"(?i)^reshape,? ?\d+(?: ?× ?\d+)+ ?→ ?(\d+)$", r"flatten \1"),
    (r"(?i)\b(dense|linear|fc)\s*→\s*(\d+(?: ?× ?\d+)*)(?=$|,)", r"\1 \2"),
    (
        r"(?i)\bstep(?:s| size)?[ :=]{1,3}(?=\d)|\bstride (?:size|length|value)s?(?: of)?[ :=]{1,3}(?=[\[(]?\d)",
        "stride ",
    ),
    (r"(?i),? ?\((?:no|without|w/o|sin|sans|ohne|sem|senza) (?:\w+[ -]?)?pool(?:ing)?\)", ""),
    (r",? ?\(((?:no|without|w/o) [^()]*)\)", r" \1"),
    (rf"(?:\d+ ?)?{_UNIT} ?→ ?(?=\d* ?{_UNIT}|\d)", ", "),  # Of so many, how many.
    (rf"(\d*) ?{_UNIT}", lambda found: f"{found[1] or 1}×{found[2]}"),
    (r"(?:^|(?<=[ ,;]))[x×](\d) (?=(?:max |avg )?pool)", r"\1×\1 "),
    (MEMORY, ""),
    (r" ?\(output:? ?\d+ ?× ?[a-z]\)", ""),
    (r"(\d ?× ?\d+) ?/ ?(\d) ?× ?\2\b", r"\1, stride \2×\2"),
    (  # As many in each group, of what MATLAB lists.
        r"(?i)\b(\d) groups of (\d+) (\d+ ?× ?\d+(?: ?× ?\d+)?) (?=conv)",
        lambda found: f"{int(found[1]) * int(found[2])} filters of {found[3]}, groups {found[1]}, ",
    ),
    (r"[\'’‘\"“”](same|valid)[\'’‘\"“”]", r"\1"),
    (r" ?; ?(?=and padding \[)", " "),
    (r"(?i)\b(strides?|padding|factor) ?; ?(?=\[\d)", r"\1 "),  # Where a line ends, of those that MATLAB lists.
    (r"(\[\d+(?: \d+)*) ?; ?(?=\d+(?: \d+)*\])", r"\1 "),
    (r"(?i)\b(strides?|dilation(?: factor)?) \[(\d+)[ ,]+\2(?:[ ,]+\2)?\]", r"\1 \2"),  # As MATLAB has it.
    (r"(?i)\b(strides?|dilation(?: factor)?) \[(\d+)[ ,]+(\d+)\]", r"\1 \2×\3"),
    (r"(?i)\bpadding \[(\d+)(?:[ ,]+\1){1,5}\]", r"padding \1"),
    (r"\bstride (\d), (\d), (\d)\b", r"stride \1×\2×\3"),
    (r"(?i)\bstride (\d) ?\((?:T|time|temporal)\), ?(\d) ?\((?:XY|HW|S|space|spatial)\)", r"stride \1×\2×\2"),
    (  # What the units are activated by, and no layer of its own.
        rf"(?i)\b(units|neurons|nodes)(,|;| and| with(?: an?)?) ({_ACTIVE})[ -]activations?(?: functions?)?\b",
        r"\1, \3",
    ),
    (
        rf"(?i)\b(units|neurons|nodes)(,|;| and| with(?: an?)?) activation(?: functions?)?:? ?({_ACTIVE})\b",
        r"\1, \3",
    ),
    (r"(\d+) (?:feature )?maps (?:of|with) (\d{2,} ?× ?\d+)(?: (?:neurons|units))?", r"\1, gives \2"),
    (r"(\d+) (?:feature )?maps (?:of|with) (\d ?× ?\d)\b", r"\1@\2"),
    (r"(?i)\bvocab(?:ulary)?(?:[ _]?size)? ?[×x*,] ?(\d+)\b", r"units \1"),  # So wide for each word.
    (r"(?i)(?:\bvocab(?:ulary)?(?:[ _]?size)?|\|V\|)(?: of| is)? ?[=:]? ?(\d{3,})\b", r"vocab=\1"),
    (rf"(?i)({_WORDS}[^;]*?)\b(?<!put )(?:embed\w*[_ ])?(?:dim\w*|d)(?: of| is)? ?[=:]? ?(\d+)\b", r"\1dim=\2"),
    (rf"(?i)({_WORDS}[^;]*?[(, ])(\d+) ?-? ?d(?:im\w*)?\b(?! ?[=:]? ?\d)", r"\1dim=\2"),
    (r"^→ ?(?=\d+ ?× ?\d)", ""),  # What it gives.
    (r"(?i)(^|[,;(] ?)size ?[=:] ?(?=\d+ ?× ?\d+(?! ?×))", r"\1kernel size "),
    (r"\b(stride|dilated) (?:[a-z] ?= ?|is |of )(?=\d)", r"\1 "),
    # A window along one axis with its stride, and how many filters it has: [80/4, 256].
    (r"\[(\d+)/(\d+), ?(\d+)\]", r"[conv1d, k=\1, stride \2, filters=\3]"),
    (  # How wide a convolution is, behind what stands behind it: `2 × (Conv3×3 → BN → ReLU), 64`.
        r"(?i)^((?:\d+ ?[×x] ?)?)([\[({]?)(conv\w* ?\d ?× ?\d|\d ?× ?\d conv\w*)"
        rf"({_POSTS})([\])}}]?),? ?\(?(\d{{2,4}})\)?$",
        r"\1\2\3, \6\4\5",
    ),
    (r"(?<=[\w)]), ?(\((?:[^()]|\([^()]*\))*\) ?[×x] ?\d+)", r" + \1"),  # Several in brackets behind a layer.
    (r"(?i)\b(up-?sampl\w*)(?:,? scale(?: factor)?(?: of)? ?=?)? (\d)[x×]?(?= ?[+,→;]|$)", r"\1 ×\2"),
    (r"(?i)\b(res\w* ?(?:block|unit)) \((\d+), ?(\d ?× ?\d)\)", r"\1 \3, \2"),
    (r"(?i)\b(conv(?:[123]d)?)[-_](\d{2,4})[-_](\d)[x×](\d)\b", r"\1 \3×\4, \2"),
    (r"(?i)\b(conv\w*) ?[-–—] ?(\d+ filters) ?[-–—] ?\(?(\d+)(?:, ?| ?[x×] ?)(\d+)\)?(?: ?[-–—] )?", r"\1 \3×\4, \2, "),
    (r"(?i)\b(max|avg|average)-pool(?=\()", r"\1pool"),
    (r"(?i)^(conv\w*|mlp) ?\[([\d ,×x]+)\]$", r"\1(\2)"),
    (  # What comes in is flattened.
        r"(?i)\b(dense|linear|fc) (\d+) ?× ?(\d+) ?× ?(\d+) ?→ ?(\d+)\b(?! ?×)",
        lambda found: f"{found[1]} {int(found[2]) * int(found[3]) * int(found[4])}→{found[5]}",
    ),
    (r"(?i)\b(input\w*:? )(\d)@(\d+) ?[x×] ?(\d+)\b", r"\1\3×\4×\2"),
    (rf"(?i)^(conv\w*\([^()]*\)) ?× ?(\d)({_POSTS})$", r"\2 × (\1\3)"),
    (r"^\[(\d{1,2}, ?\d{2,4}(?: ?; ?\d{1,2}, ?\d{2,4})*)\](?= ?[×;])", _along_time),
    (r"^\[([3579], ?\d{2,4})\]$", _along_time),
    (r"(\] ?× ?\d+) (?=\[)", r"\1; "),  # One behind the other.
    # What makes an image larger: a stride of less than one, or an arrow; and an arrow down for what makes it smaller.
    (r"(?i)\bconv(\w*[^;\n↑]{0,20}?)stride\W{0,3}1[/⁄](\d)\b", r"deconv\1stride \2"),
    (r"(?i)\bconv(\w*)\.? ?↑", r"deconv\1, stride 2"),
    (r"(?i)(\bconv\w*)\.? ?↓", r"\1, stride 2"),
    # Behind a block, the stride of its first layer.
    (r"(?i)\[([^][;]*)\] ?× ?(\d+) ?, ?pad(?:ding)? ?=? ?(\d)\b", r"[\1, padding \3] × \2"),
    (
        r"(?i)\[([^][;]*)((?:;[^][]*)?)\] ?× ?(\d+) ?, ?(?:S|stride ?=? ?) ?(\d(?: ?× ?\d)?)\b",
        r"[\1, stride \4\2] × \3",
    ),
    (r"(\[[^][]*\] ?× ?\d+) ?, ?(dila\w*\W{0,3}\d+)", _dilated),
    (r"\bGD-?Conv(?=\d)", "dwconv "),  # One window over all of the image, for each channel.
    (r"\bd ?(?=\d+ ?× ?\d+ ?,)|\bd(?=\d+ ?×)", "dwconv "),  # As ConvNeXt writes a filter for each channel.
    (r"\b([a-jl-zA-JL-Z])(?=\d+ ?× ?\d)", r"\1 "),
    (r"([\])] ?× ?[A-Za-z]) (\d)$", r"\1_\2"),  # So often as a letter with an index says.
    (r"(?i)^(dense|fc|fully[- ]connected) ?\+ ?linear$", r"\1"),  # With no activation.
    (r"(?i)\b(conv\w*[^;,+]*\d ?× ?\d+) ?\+ ?(\d)(?![\d(]| ?[×(])", r"\1, stride \2"),
    # A window, a stride and a border as GoogLeNet's drawing has them: 7x7+2(S).
    (r"(\d×\d+) ?\+ ?(\d+) ?\(([SV])\)", _bordered),
    (r"\bfc\W*\[(\d+), ?(\d+)\]", r"fc \1→\2"),  # So wide inside, and at its end.
    (r"(?i)(\d+) filters? × (\d+) kernels?(?: × \d+ channels?)?(?: ?=.*)?$", r"\1 filters, kernel \2"),
    (r"(?i) ?\(\s*[x×]\s*2 (?:directions?|ways)\)", ""),  # Forwards and backwards.
    (r"(?<=\d\d) ?\(\s*[xX×]\s*([2-9])\s*\)$", r", × \1"),  # So often.
    (r"(?i)((?:block|unit|module|bottleneck|layer)s?) ?\(\s*[x×]\s*(\d{1,2})\s*\)", r"\1 × \2"),  # So often.
    (r"\(\s*[xX×]\s*(\d+)\s*\)", r", \1"),  # So many filters.
    (r"(?i)\b(\d+)\s*[xX*](?=\s*(?:\(|\[|[A-Z][a-z]|conv|inception))", r"\1×"),
    (_LAYERS, _stacked),
    (_BRACKETED, r"\1"),
    (r"(?<=[=:]) ?\( ?(\d+ ?× ?\d+) ?\)", r" \1"),
    (r"(?i)\boutputs? ?\([A-Za-z ]+\)(?= ?[=:])", "output"),
    (rf"(?i)\binputs?(?:{_SAID}| )(\d+)(?:,|;| and| to)? ?outputs?(?:{_SAID}| )(\d+)\b(?! ?×)", r"\1→\2"),
    (r"(?i)(?<!\()\b(outputs?)[ -](?:size|shape|dim\w*|volume)(?: ?[=:] ?| of | is | )(?=\d+ ?×)", r"\1 "),
    (r"(?i)^(?:size|shape)(?: ?: ?| )\((\d+), ?(\d+), ?(\d+)\) ?(?=;)", r"output \1×\2×\3"),
    (r"[+±] ?\d+ pixels\b", ""),  # By how much an image grows.
    (r"(?i)\b(outputs?) (?:size|units|nodes|neurons)(?: ?[=:] ?| of | )(?=\d+\b(?! ?×))", r"\1 "),
    (r"(?i)(\bpool\w*) and (?=drop-?out)", r"\1; "),
    (r"(?i)\b(?:one|a single) (?=(?:neuron|unit|node)\b)", "1 "),
    (
        r"(?i)^(?:the )?output layer(?: is|,? with| has| of|[:,]|(?= \()) \(?(\d+)"
        r"(?: (?:neuron|unit|node|output|class)(?:e?s)?)?\)?$",
        r"fc, \1 units",
    ),
    (r"(?i)^output(?: layer)? (\d+)(?: ?× ?1)*(?=,? ?\(?(?:sigmoid|soft-?max|tanh|linear)\b)", r"fc \1"),
    (r"(?i)^output(?: layer)? ?\((\d+)\)$", r"fc \1"),
    (r"\bC\.(?=ReLU\b)", "C"),  # Not the one without a letter.
    (r"(?i)(?<=pad \d) ?;? [x×] ?(\d) (?=(?:max |avg |average )?pool\b)", r"; \1×\1 "),  # So many times smaller.
    (r"(?i)(?<=pad \d) (?=\d ?[x×] ?\d (?:max |avg |average )?pool\b)", "; "),
    (r"(?<=\d) ?;? [-–—]$", ""),  # Nothing more.
    (r"(?<=\d)\. (?=[A-Z])", "; "),  # A layer behind the end of a sentence: FC 256. FC 10.
)
"""What is put right once the sides of windows stand in no brackets."""
