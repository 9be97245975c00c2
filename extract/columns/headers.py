"""What a column is for by the words of its header, or by the letter that stands for them."""

from __future__ import annotations

import re

from extract.words.spellings import normalized

_ROLES: tuple[tuple[str, str], ...] = (
    ("output", r"^size of (?:the )?(?:feature[ -]?maps?|outputs?|activations?)"),
    ("kernel", r"^size of (?:the )?(?:kernel|filter|window)s?"),
    ("stride", r"^(?:number|num|no\.?|#|size) ?(?:of )?strides?"),
    ("padding", r"^(?:number|num|no\.?|#|size|amount) ?(?:of )?(?:zero[ -]?)?padding"),
    ("sources", r"^connected to$"),
    ("kernel", r"^(?:kernel|filter) ?[/,&] ?param"),
    ("skip", r"^(?:skip|shortcut|concat\w*|merged?)(?:[ -]?connections?)?(?: (?:with|from|to))?$"),
    ("dropout", r"^drop(?:[- ]?out|$| ?(?:rate|prob|p$))"),
    ("regular", r"^regulari[sz](?:ation|ers?)$"),
    (
        "ignored",
        r"^(?:calculations?|computations?|formulas?|derivations?)$|mult-?adds|^mul\w*\.?$|^par(?:am)?\.$|\bops\b"
        r"|fl[oa]?ps?\b|learned|channel-(?:shared|wise)|\bratio\b|sparsity|#?bits?"
        r"|prun|\bmacs?\b|%$|^weights?\b ?#|complexity|\berror|top-|#?params?\b"
        r"|\binit|^(?:connections|synapses)$|^(?:filt|filter|kernel)\.? dim\w*\.?$|^(?:rf|jump)\b"
        r"|^sampl\w* (?:rate|ratio|factor)|^(?:channels?|ch\.?|features|filters) in$"
        r"|^(?:(?:number|num|no\.?|#) ?(?:of )?)?in(?:put)?[ _-]?(?:channels?|ch|features|maps|planes)\b|^c[ _]?in$",
    ),
    (
        "filters",
        r"(?:number|num|no|#)\W*(?:of )?\s*(?:hidden )?"
        r"(?:kernel|filter|filt|channel|feature map|map|neuron|unit|node|output)s?\b",
    ),
    ("type", r"^(?:layer )?types?(?: ?/ ?structur\w*\b.*)?$|^layer types?\b"),
    (
        "ignored",
        r"(?:number|num|no|#)\W*(?:of )?(?:weights|bias(?:es)?|connections|synapses|multiplications|additions)\b",
    ),
    ("inner", r"sub-? ?blocks"),
    ("ignored", r"^(?:inner|bottleneck|hidden) (?:size|dim\w*)"),
    ("context", r"^(?:layer |frame |temporal |input )?contexts?(?: ?[(\[].*| sizes?| windows?| factors? ?\d?)?$"),
    ("ignored", r"^total context|receptive field|^output stride|^(?:output|sampl\w*|frame) rate\b"),
    ("kernel", r"^kernel size\b"),
    ("poolsize", r"^(?:max-?)?pool(?:ing)? ?-?(?:size|kernel|window)"),
    ("poolstride", r"^(?:max-?)?pool(?:ing)? strides?"),
    ("stride", r"^conv\w*\.? strides?$"),
    ("filters", r"^chan\w*\.? map|^kfilters$|^feature maps? ?\((?:depth|number|count|channels?)\)$"),
    ("filters", r"^in(?:put)?s? ?[×x/→-] ?out(?:put)?s?$|^(?:\w+ )?features?$"),
    (
        "filters",
        r"^(?:channels?|features|filters) out$|^n[ _]?out$|^out-?f$"
        r"|^(?:kernel|filter)s? (?:number|num|count)$|^num [a-z]$|^(?:other )?layer param",
    ),
    ("filters", r"^(?:hidden |fc |dense |lstm |gru |rnn )?(?:units|neurons|nodes)$|^numb?(?:er)?$"),
    ("norm", r"^(?:batch[ -]?)?norm(?:ali[sz]ation)?\??$|^bn\??$"),
    ("padding", r"^(?:zero-?)?pad(?:ding)?(?: (?:size|value|amount))?$"),
    ("dilation", r"^dilat"),
    ("resample", r"^(?:re|up|down)-?sampl\w*(?: (?:factor|rate|scale))?$|^up ?/ ?down\w*$"),
    ("pool", r"^(?:max|avg|average)?[- ]?pool(?:ing)?$"),
    (
        "repeat",
        r"repe(?:at|tition)|#\s*(?:layers|blocks|modules|units)|number of (?:blocks|layers)|^times$|^blocks$|^×$",
    ),
    ("groups", r"^#?\s*groups?$|^cardinality"),
    ("branch", r"#\s?\d\s?×\s?\d|^#\s?pool$|reduce|proj|squeeze|expand\)|\b[se]\s?\d\s?×\s?\d"),
    ("expand", r"^#?\s*exp(?:ansion)?\b"),
    ("gate", r"^se$|squeeze-and-excit"),
    ("output", r"^(?:activation|out\.?) (?:size|shape|dim)"),
    ("input", r"^in\.? (?:size|shape|dim)|^(?:shape )?in$"),
    ("output", r"^(?:shape )?out$"),
    ("kernel", r"^k[ _]?(?:[lwht]|width|height|length)$"),
    ("stride", r"^s[ _]?[lwht]$|^d[ _]?[wht]$"),
    ("activation", r"^nl$|^act\b|activation|non-?linearity|^transfer(?: function)?$"),
    ("output", r"^(?:shapes?|dimensions?)$|^spatial(?: (?:size|dim\w*|resolution))?$"),
    ("output", r"^(?:sortie|ausgabe|salida|saída|uscita)\b"),
    ("input", r"^(?:entr[ée]e|eingabe|entrada|ingresso)\b"),
    ("filters", r"^filtr(?:e|o|i)s?$"),
    ("filters", r"^(?:canales|canais|canaux|canali|kanäle|neuronas|neur[ôo]nios|neurones|neuronen)\b"),
    (
        "activation",
        r"^(?:funci[oó]n de |função de |fonction d.)?(?:a[ct]+iva[ct]i?[oó]n|ativaç[ãa]o|aktivierung|attivazione)",
    ),
    ("kernel", r"^(?:noyau|núcleo)\b|^(?:tamaño|tamanho|taille) (?:del? |do |du )(?:filtr|kernel|noyau|núcleo)"),
    ("type", r"^(?:网络)?(?:层|層)(?:级|級|次|名称?|名稱|类型|类别|の種類)?$|^レイヤー?$"),
    ("type", r"^(?:모듈|레이어|계층|층)(?: ?(?:이름|종류))?$"),
    ("output", r"^(?:输出|輸出|出力|출력)(?:形状|形狀|尺寸|大小|维度|サイズ| ?형태| ?크기)?$"),
    ("input", r"^(?:输入|輸入|入力|입력)(?:形状|形狀|尺寸|大小|维度|サイズ| ?형태| ?크기)?$"),
    ("kernel", r"^(?:卷积核|卷積核|核)(?:大小|尺寸)?$|^カーネル(?:サイズ)?(?: ?/.*)?$|^커널(?: ?크기)?$"),
    ("stride", r"^步[长長幅]$|^ストライド$|^스트라이드$"),
    ("padding", r"^填充$|^パディング$|^패딩$"),
    ("filters", r"^(?:输出)?(?:通道|神经元|滤波器|卷积核|单元)(?:数量?|个数)$"),
    ("filters", r"^(?:フィルタ|ユニット|チャネル)ー?数$|^(?:필터|유닛|채널)(?: ?수)?$"),
    ("activation", r"^激活(?:函数)?$|^活性化(?:関数)?$|^활성화(?: ?함수)?$"),
    ("ignored", r"^参数(?:量|数|数量)$|^パラメータ数$|^파라미터(?: ?수)?$"),
    ("output", r"output(?! ?ch(?:annels?|\.)?\b)|map size|^data (?:size|shape)|size-? ?out|^out-?res"),
    ("input", r"^(?:layer |max\w*\.? )?input|resolution(?! branch)|input size|size-? ?in\b|^inp?-?res"),
    ("kernel", r"\bpatch|k-?size|kernel|filter (?:size|width|length)|window|^support$|^ps$"),
    ("stride", r"^str(?:ides?)?\.?$"),
    (
        "filters",
        r"channel|\bch\b|#\s*(?:filters|f-?maps?\b|maps|out)|filter shape|^size|^(?:mlp )?widths?|feature maps?$|^maps$"
        r"|configuration|^filters?",
    ),
    ("depth", r"^depth"),
    (
        "type",
        r"type|layer|name|operat(?:or|ion)|module|stage|block|model|arch|component"
        r"|^(?:couche|schicht|capa|camada|strat[oi]|bloc|bloque|bloco|tipo|typ)s?\b",
    ),
    ("stride", r"\bstrides?\b|^steps?$"),
)
"""What a column is for, by the words of its header; the first that fits."""
LETTERS = {
    "t": "expand",
    "c": "filters",
    "n": "repeat",
    "s": "stride",
    "k": "kernel",
    "f": "filters",
    "x": "output",
    "d": "dilation",
    "p": "padding",
    "i": "",
    "g": "",
    "l": "",
}
"""What a header of one letter stands for, in tables whose headers of one letter are all of these."""
SIZED = frozenset(("kernel", "stride", "filters", "output", "input", "repeat", "expand", "branch"))
"""What columns are for that a table of results does not have."""
COUNT = re.compile(
    r"weights|(?:(?:#|no\.?|num\.?|number|total|amount)\s*)*(?:of )?\s*(?:(?:trainable|learnable|free) )?"
    r"param(?:eter)?s?\.?\s*#?"
)
"""The header of a column of how many weights layers have, or else of what they are made with."""


RELU = re.compile(r"(?:leaky |p)?relu\??", re.IGNORECASE)
"""The header of whether an activation is there, which alone is a layer's name too."""


def role_of(text: str) -> str:
    """Return what a column under a header is for, or nothing."""
    plain = re.sub(r"(?<=[a-z]{3})_(?=[a-z]{3})", " ", text.lower().strip())
    return next((role for role, pattern in _ROLES if plain and re.search(pattern, plain)), "")


def is_header(text: str) -> bool:
    """Tell what may stand at the head of a column from what comes in and what a layer is made with."""
    plain = normalized(text).lower()
    if re.search(
        r"^input\b.*(?:\d ?×|∈|\br ?\^)|\w ?[=:] ?[\d(]|\w ?\(\d+\)|[)\]\w] × ?\d+$"
        r"|^\d+ (?:filters|units|kernels)|\bstrides? \d",
        plain,
    ):
        return False  # What comes in, with its size, or what a layer is made with.
    return bool(role_of(plain)) and len(plain) < 40
