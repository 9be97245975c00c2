"""What LaTeX sets of a cell or a caption, as plain text."""

from __future__ import annotations

import re

from extract.structure.latex_source import HELD
from extract.words.signs import accented

BREAK = "\x0b"
"""What stands for the end of a line within a cell."""
_UNSET = re.compile(
    r"\\(?:(?:row|cell|column)?color|[vh]space\*?|label|(?:auto|page|eq|[cC])?ref\*?|cite\w*|rule|fontsize|setlength"
    rf"|[vh]?phantom|footnotemark|tnote|tablefootnote|SetCell|SetRow)(?![a-z])(?:\[[^]]*\])*(?:\{{{HELD}\}})*"
)
"""What colours, measures, or refers to other places: it sets no text, nor do its arguments."""
_BEFORE = {
    1: "textcolor|colorbox|rotatebox|scalebox|raisebox|parbox|pbox|href|foreignlanguage|adjustbox|begin\\{minipage\\}",
    2: "fcolorbox|resizebox|multirow",
}
_LAST = [
    re.compile(rf"\\(?:{names})\*?(?:\[[^]]*\])*(?:\s*\{{{HELD}\}}\s*(?:\[[^]]*\])*){{{many}}}")
    for many, names in _BEFORE.items()
]
"""Commands that set the last of their arguments, with those in front of it."""
_LINES = re.compile(
    r"\\(?:(?:makecell|shortstack|thead|specialcell|newcell)\*?(?:\[[^]]*\])?"
    rf"|(?:tabincell|parbox|pbox)(?:\[[^]]*\])*\s*\{{[^{{}}]*\}})\s*\{{({HELD})\}}"
)
"""A cell of several lines."""
_END = r"\\\\\*?(?:\s*\[[^]]*\])?"
_ACCENTED = re.compile(
    r"\\(?P<sign>[\"'`^~=.])\s*(?:\{\s*\\?(?P<a>[A-Za-z])\s*\}|\\?(?P<b>[A-Za-z]))"
    r"|\\(?P<name>[uvHcdbrk])(?:\s*\{\s*\\?(?P<c>[A-Za-z])\s*\}|\s+(?P<d>[A-Za-z])\b)"
)
_VERBATIM = re.compile(r"\\(?:verb\*?|lstinline(?:\[[^]]*\])?|mintinline(?:\[[^]]*\])?\{\w+\})([^\w\s*{])(.*?)\1")
_RAISED = re.compile(r"\\textsuperscript\{(\w)\}")


def lined(text: str) -> str:
    """Return LaTeX in which what has lines of its own within a row, matrices and cells, has them in one line."""
    text = re.sub(r"\\begin\{([a-z]*matrix|array)\}.*?\\end\{\1\}", _one_line, text, flags=re.DOTALL)
    text = re.sub(r"\\(?:newline|linebreak|par|item)(?![a-z])(?:\[[^]]*\])?", BREAK, text)
    return _LINES.sub(lambda found: f"{{{re.sub(_END, BREAK, found[1] or '')}}}", text)


def _one_line(match: re.Match[str]) -> str:
    """Return a matrix with a semicolon for the end of each of its lines."""
    plain = re.sub(r"\\begin\{array\}(?:\[\w\])?\{[^}]*\}", r"\\begin{matrix}", match[0])
    return re.sub(_END, "; ", plain.replace(r"\end{array}", r"\end{matrix}"))


def plain_latex(text: str) -> str:
    """Return what LaTeX sets of a text that is no table, a caption."""
    text = re.sub(r"\\(?:label|cite\w*|ref)\{[^}]*\}|\\(?:begin|end)\{[^}]*\}(?:\[[^]]*\])?|\\caption", " ", text)
    return latex_text(text).replace("\n", " ")


def latex_text(text: str) -> str:
    """Return what LaTeX sets, as plain text: the sign for a product, nothing for fonts."""
    text = _VERBATIM.sub(r"\2", _UNSET.sub("", text))
    for before in _LAST:
        text = before.sub("", text)
    text = re.sub(r"\\(?:hat|bar|tilde|vec|dot|widehat|widetilde|overline)\s*\{(\w+)\}", r"\1", text)
    text = re.sub(r"\\begin\{[a-z]*matrix\}|\\left\s*\[|\\bigl?\[", "[", text)
    text = re.sub(r"\\end\{[a-z]*matrix\}|\\right\s*\]|\\bigr?\]", "]", text)
    text = re.sub(r"\\(?:begin|end)\{[a-z]+\*?\}(?:\[[^]]*\])?", " ", text)
    text = re.sub(r"\[\s*\[", "[", re.sub(r"\]\s*\]", "]", text)).replace("\\times", "×").replace("\\\\", "; ")
    text = re.sub(r"\\(?:text|math)?(?:bf|it|rm|tt|sf|sc|textbf|textit|emph)(?![A-Za-z])", "", text)
    text = re.sub(r"(\d+)\s*\$?\^\s*(?:2|\{2\})\$?", r"\1×\1", _RAISED.sub(r"^\1", text))
    text = re.sub(r"\\(?:(?:long)?rightarrow|to)(?![A-Za-z])", "→", text)
    text = re.sub(r"\\(?:checkmark|cmark|surd|ding\{5[12]\})", "✓", text)
    text = re.sub(r"\\(?:xmark|ding\{5[5-8]\})", "✗", text)
    text = re.sub(r"([_^])\s*\{([\w+-]*)\}", r"\1\2", _FRACTION.sub(r"\1/\2", text))
    text = _LETTER.sub(lambda found: _LETTERS[found[1] or found[2]], _ACCENTED.sub(_with_accent, text))
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _SIGNS.get(found[1], found[0]), _WORD.sub(r" \1", text))
    text = re.sub(r"(?<=\d)(?:\\[,!]|\{,\}(?:\\!)?)(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\\[,;:!() ]", " ", re.sub(r"\\([%#&_])", r"\1", text))
    text = re.sub(r"(?<!\\)\$", "", re.sub(r"\\[a-zA-Z]+|(?<!\\)[{}~]", " ", text))  # Dollars set no blank.
    plain = re.sub(r"[^\S\x0b]+", " ", text)
    return re.sub(r" ?\x0b ?", "\n", re.sub(r"\\([{}])", r"\1", plain)).strip(" \n\x0b")


_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "oe": "œ", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł"}
_LETTER = re.compile(rf"\{{\\({'|'.join(_LETTERS)})\}}|\\({'|'.join(_LETTERS)})(?![A-Za-z])(?:\{{\}}|\s)?")
"""Letters that have names of their own."""


def _with_accent(found: re.Match[str]) -> str:
    return accented(found["a"] or found["b"] or found["c"] or found["d"], found["sign"] or found["name"])


_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_WORD = re.compile(
    r"\\((?:tanh|max|min|(?:leaky|[lps])?relu|[sg]?elu|(?:log)?softmax|sigmoid)(?![A-Za-z]))", re.IGNORECASE
)
"""Commands that are set as their names: those of functions, and those that authors call like an activation."""
_NAMED = (
    "cdot· in∈ sim~ pm± ldots... dots... cdots... oplus⊕ otimes⊗ odot⊙ leftarrow← le≤ leq≤ ge≥ geq≥ approx≈"
    " alphaα betaβ gammaγ sigmaσ epsilonε lambdaλ muμ tauτ ast* texttimes× textendash– textemdash— textrightarrow→"
    " Rightarrow→ mapsto→ uparrow↑ downarrow↓ textless< textgreater> textbar|"
)
_SIGNS = {name[1]: name[2] for name in re.finditer(r"([A-Za-z]+)(\S+)", _NAMED)}
"""The signs that LaTeX sets for names, of those that tables of networks have."""
