"""What layers are called in other languages than English, and what is said of them: brought to English words."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS: tuple[tuple[str, str], ...] = (
    (
        "global average pooling",
        r"全局平均池化层?|전역 ?평균 ?풀링|大域平均プーリング層?|agrupa\w+ (?:promedio|m[ée]di[oa]) global",
    ),
    ("global max pooling", r"全局最大池化层?|전역 ?최대 ?풀링"),
    (
        "max pooling",
        r"最大池化层?|최대 ?풀링(?:층)?|맥스 ?풀링|最大プーリング層?|マックスプーリング層?"
        r"|макс(?:имальный)?[ -]?пулинг"
        r"|maks(?:imum)? havuzlama|(?:max|m[aá]x\w*) ?(?:agrupa\w+|havuzlama)|agrupa\w+ m[aá]x\w*",
    ),
    (
        "average pooling",
        r"平均池化层?|평균 ?풀링(?:층)?|平均プーリング層?|ortalama havuzlama|agrupa\w+ (?:promedio|m[ée]di[oa])",
    ),
    ("pooling", r"池化层?|풀링층?|プーリング層?|havuzlama(?: katman[ıi])?|подвыборка|пулинг"),
    ("depthwise separable convolution", r"深度可分离卷积层?"),
    ("transposed convolution", r"反卷积层?|转置卷积层?|전치 ?합성곱층?|転置畳み込み層?|逆畳み込み層?"),
    ("dilated convolution", r"空洞卷积层?|扩张卷积层?"),
    ("double convolution", r"双(?:层)?卷积"),
    (
        "convolution",
        r"卷积层?|합성곱 ?(?:층|레이어)?|컨볼루션|畳み込み層?|св[её]рт(?:очный слой|ка)|faltung(?:s(?:schicht|ebene))?"
        r"|(?:capa |camada |strato )?convolu(?:ci[oó]n|cional|ç[aã]o|zionale|zione)"
        r"|evri[sş]im(?:li)?(?: katman[ıi])?",
    ),
    (
        "fully connected",
        r"全连接层?|완전 ?연결 ?층?|全結合層?|полносвязный(?: слой)?|tam ba[gğ](?:lant[ıi]l[ıi]|l[ıi])(?: katman)?"
        r"|(?:capa |camada |couche |strato )?(?:totalmente conectada|completamente (?:conectada|connesso)|densa"
        r"|enti[eè]rement connect[ée]e|compl[eè]tement connect[ée]e)|vollst[äa]ndig verbunden(?:e schicht)?",
    ),
    (
        "batch normalization",
        r"批(?:量)?(?:归一化|标准化|规范化)层?|배치 ?정규화|バッチ正規化|normaliza\w+ (?:por|en|em) lotes?"
        r"|normalisation par lots",
    ),
    ("flatten", r"展平层?|扁平化层?|拉平层?|평탄화|平坦化層?|aplana(?:miento|do|r)|achatamento|aplatissement"),
    ("dropout", r"随机失活层?|丢弃层|드롭아웃|ドロップアウト層?"),
    ("embedding", r"(?:词)?嵌入层?|임베딩 ?층?|埋め込み層?"),
    ("upsampling", r"上采样层?|업샘플링|アップサンプリング層?"),
    ("residual block", r"残差块"),
    ("concat", r"拼接层?|特征拼接"),
    ("double", r"双(?= ?\d)"),
    ("bidirectional", r"双向 ?(?=lstm|gru)|양방향 ?(?=lstm|gru)|双方向 ?(?=lstm|gru)"),
    (
        "hidden layer",
        r"隐(?:藏|含)层|은닉 ?층|隠れ層|中間層|скрытый слой|capa oculta|camada (?:oculta|escondida)|couche cach[ée]e"
        r"|(?:versteckte|verborgene) schicht|strato nascosto|gizli katman",
    ),
    (
        "output layer",
        r"输出层|출력 ?층|出力層|выходной слой|capa (?:de )?salida|camada (?:de )?sa[ií]da|couche de sortie"
        r"|^(?:salida|sa[ií]da|sortie|uscita|выход|[cç][iı]k[iı][sş])$|ausgabe(?:schicht|ebene)"
        r"|strato di uscita|[cç][iı]k[iı][sş] katman[ıi]",
    ),
    (
        "input",
        r"输入层?|입력 ?층?|入力層?|входной слой|capa (?:de )?entrada|camada (?:de )?entrada|couche d.entr[ée]e"
        r"|^(?:entrada|entr[ée]e|ingresso|вход|giri[sş])$|eingabe(?:schicht|ebene)?|strato di ingresso"
        r"|giri[sş] katman[ıi]",
    ),
    (" outputs", r"(?<=\d) ?个?输出(?!层)|(?<=\d)개?의? ?출력(?!층)|(?<=\d) ?個?の?出力(?!層)"),
    ("output size", r"kích thước (?:đầu ra|ngõ ra)"),
    ("layer", r"^tầng$|^lớp$"),
    ("configuration", r"^cấu hình$"),
    ("params", r"^(?:số )?tham số$"),
    ("total", r"^tổng(?: cộng)?$"),
    ("output", r"输出|출력|出力|đầu ra"),
    ("length", r"(?<=output )(?:长度|길이|長さ?)"),
    ("stride", r"步[长長幅](?:为|是)?|스트라이드|보폭|ストライド"),
    ("padding", r"填充(?:为|是)?|패딩|パディング"),
    (" filters", r"(?<=\d) ?个?(?:卷积核|滤波器|过滤器|通道)|(?<=\d)개?의? ?필터|(?<=\d) ?個?の?フィルタ"),
    ("kernel", r"卷积核(?:大小|尺寸)?(?:为|是)?|核大小(?:为|是)?|커널(?: ?크기)?|カーネル(?:サイズ)?"),
    (" neurons", r"(?<=\d) ?个?(?:神经元|节点)|(?<=\d)개?의? ?(?:뉴런|노드)|(?<=\d) ?個?の?ニューロン"),
    (" units", r"(?<=\d) ?个?(?:隐藏)?单元|(?<=\d)개?의? ?유닛|(?<=\d) ?個?の?ユニット"),
    ("channels", r"通道数?|채널 ?수?|チャン?ネル数?"),
    (" classes", r"(?<=\d) ?个?(?:类别?|分类)"),
)
"""English words for layers and their settings, and what other languages call them; the longest come first."""
_ALL = [(re.compile(rf"(?<![^\W\d_])(?:{words})", re.IGNORECASE), spelt) for spelt, words in _WORDS]


@lru_cache(maxsize=8192)
def in_english(text: str) -> str:
    """Return a text with the words for layers, and for what is said of them, in English.

    >>> in_english("卷积层 1"), in_english("Capa oculta"), in_english("32个3×3卷积核, 步长2"), in_english("FC (ReLU)")
    ('convolution 1', 'hidden layer', '32 filters, 3×3, stride 2', 'FC (ReLU)')
    """
    text = re.sub(r"(\d+) ?个 ?(\d+ ?[x×*] ?\d+) ?的?(?:卷积核|滤波器|核)", r"\1 filters, \2", text)
    plain = text
    for pattern, spelt in _ALL:  # Some write without blanks: what stands beside a word is apart from it.
        plain = pattern.sub(rf"{spelt.rstrip()} ", plain)
    plain = text if plain == text else re.sub(r" (?=[,;:.)+]|$)", "", re.sub(r" +", " ", plain).strip())
    return _BETWEEN.sub(" ", plain)


_FAR_EAST = r"\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_BETWEEN = re.compile(rf"(?<=[{_FAR_EAST}])(?=[A-Za-z])|(?<=[A-Za-z])(?=[{_FAR_EAST}])")
"""Where words without blanks end and Latin letters begin, or the other way round."""
_SAID: tuple[tuple[str, str], ...] = (
    (
        "each ",
        r"每一?个|每一?层|所有的?|全部|各(?:个|层)?(?=卷积|全连接|畳|隠)|すべての|全ての|모든|각(?= ?합성)",
    ),
    (" and ", r"和|与|及|以及|と|와|과(?= )"),
    (" is followed by ", r"(?:之)?后面?(?:均|都)?(?:接|跟|使用|采用|为|有)|の後に|(?:층)? ?뒤에"),
    (". ", r"。"),
)
"""English words for how sentences speak of layers, and those of other languages."""
_WITHIN = [*((re.compile(words), said) for said, words in _SAID), *((re.compile(rf"(?:{words})"), f" {said} ")
           for said, words in _WORDS if "^" not in words)]  # fmt: skip


def sentence_in_english(text: str) -> str:
    """Return what is said beside a table with the words for layers in English, where it is written without blanks.

    >>> sentence_in_english("每个卷积层后接批归一化和ReLU。")
    'each convolution is followed by batch normalization and ReLU.'
    """
    if not re.search(rf"[{_FAR_EAST}]", text):
        return text
    plain = text
    for pattern, said in _WITHIN:
        plain = pattern.sub(said, plain)
    return re.sub(r" (?=[,;:.)]|$)", "", re.sub(r" +", " ", _BETWEEN.sub(" ", plain)).strip())
