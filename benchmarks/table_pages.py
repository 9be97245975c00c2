"""Pages of papers that tables in LaTeX are set in: kinds of documents, and where and how authors place a table."""

from __future__ import annotations

import re
from random import Random

_SIZES = r"\usepackage[letterpaper,margin=%s,columnsep=0.3in]{geometry}"
_CAPTIONS = r"\usepackage{caption}\captionsetup{%s}"
DOCUMENTS = {
    "two columns": r"\documentclass[10pt,twocolumn]{article}\usepackage{times}" + _SIZES % "0.8in",
    "one column": r"\documentclass[10pt]{article}\usepackage{times}" + _SIZES % "1.5in",
    "transactions": r"\documentclass[10pt,twocolumn]{article}\usepackage{times}"
    + _SIZES % "0.7in"
    + _CAPTIONS % "labelsep=newline,justification=centering,font={footnotesize,sc}"
    + r"\renewcommand{\tablename}{TABLE}\renewcommand{\thetable}{\Roman{table}}",
    "notes": r"\documentclass[10pt]{article}\usepackage[a4paper,textwidth=12.2cm,textheight=19.3cm]{geometry}"
    + _CAPTIONS % "labelfont=bf,labelsep=period,font=small",
    "thesis": r"\documentclass[11pt]{report}\usepackage[a4paper,margin=1in]{geometry}",
    "slanted": r"\documentclass[10pt,twocolumn]{article}\usepackage{times}"
    + _SIZES % "0.75in"
    + _CAPTIONS % "font={small,it},labelsep=period,skip=6pt",
    "sans": r"\documentclass[10pt]{article}\usepackage[scaled]{helvet}\renewcommand\familydefault{\sfdefault}"
    + _SIZES % "1in"
    + _CAPTIONS % "labelfont=bf,singlelinecheck=false,skip=4pt",
}
"""What stands before the packages, for each kind of document."""
_PACKAGES = r"\usepackage{amsmath,amssymb,array,booktabs,multirow,makecell,adjustbox}\usepackage[table]{xcolor}"
_SENTENCES = (
    "We describe the model that is used in all of our experiments.",
    "It is trained with stochastic gradient descent and a momentum of 0.9 for 90 epochs.",
    "The learning rate is divided by ten whenever the validation error stops improving.",
    "Weights are initialised as in earlier work, and biases with zero.",
    "We found that deeper models of this form are easier to optimise than expected.",
    "All results are means over five runs with different seeds.",
    "We compare with the methods of the literature under the same protocol.",
    "More details, among them the augmentation of the data, are in the supplementary material.",
    "In what follows we look at the influence of each part.",
    "The largest drop comes from the loss of the auxiliary objective.",
    "These observations agree with those of previous studies on smaller data.",
    "Let $x \\in \\mathbb{R}^d$ be an input and $f_\\theta(x)$ what the model gives for it.",
    "Inference takes 12 ms for a batch of 32 inputs.",
    "Table~1 shows the architecture, which we keep the same in all that follows.",
)
_MORE = (
    "Best viewed on a screen.",
    "All sizes are in pixels.",
    "See Section 3 for what each of the parts is for, and the appendix for how it was found.",
    "Training is described in the text.",
    "The same architecture is used for all data sets, if not stated otherwise.",
)
_RESULTS = r"""\begin{table}[%s]\centering\small\caption{Test errors (\%%) of the compared methods.}
\begin{tabular}{lcc}\hline Method & C10 & C100 \\ \hline Baseline & 8.22 & 31.40 \\ Deep baseline & 7.54 & 29.05 \\
Ours & 6.43 & 25.11 \\ \hline\end{tabular}\end{table}"""


def page_of(text: str, rng: Random) -> str:
    """Return a paper whose first table is a table in LaTeX."""
    kind = rng.choice(list(DOCUMENTS))
    table = _placed(text, rng, columns=2 if "twocolumn" in DOCUMENTS[kind] else 1)
    parts = [_prose(rng), table, rf"\section{{{rng.choice(('Method', 'Architecture', 'Experiments'))}}}"]
    parts += [_prose(rng) for _ in range(rng.randint(2, 9))]
    if rng.random() < 0.3:
        parts.append(_RESULTS % rng.choice(("t", "h", "b")))
    parts.append(_prose(rng))
    body = "\n\n".join(parts)
    return (
        f"{DOCUMENTS[kind]}\n{_PACKAGES}\n\\begin{{document}}\n\\section{{Introduction}}\n{body}\n\\end{{document}}\n"
    )


def plain_prose(rng: Random) -> str:
    """Return a paragraph without TeX's signs."""
    return re.sub(r"\$[^$]*\$", "x", _prose(rng)).replace("\\%", "%").replace("~", " ")


def _prose(rng: Random) -> str:
    return " ".join(rng.sample(_SENTENCES, rng.randint(4, 8)))


def _placed(text: str, rng: Random, columns: int) -> str:
    """Return a table with its caption above or below it, in the middle as a rule, no wider than there is room."""
    found = re.fullmatch(
        r"\\begin\{table\}\n(\\caption\{.*\})\n(\\begin\{tabular\}\{)([^}]*)(\}.*\\end\{tabular\})\n\\end\{table\}\n",
        text,
        re.DOTALL,
    )
    assert found, text
    caption, begin, places, rest = found.groups()
    places = _aligned(places, rest, rng)
    if rng.random() < 0.25:
        caption = caption[:-1] + " " + " ".join(rng.sample(_MORE, rng.randint(1, 3))) + "}"
    wide = columns == 2 and (len(max(rest.splitlines(), key=len)) > 70 or rng.random() < 0.1)
    name = "table*" if wide else "table"
    where = rng.choice(("t", "t", "t", "b" if not wide else "t", "h" if not wide else "t"))
    size = rng.choice(("", r"\small", r"\footnotesize", r"\scriptsize"))
    centred = r"\centering" if rng.random() < 0.85 else ""
    gap = rng.choice(("", r"\vspace{3pt}", r"\medskip"))
    lines = rf"\renewcommand{{\arraystretch}}{{{rng.choice((1, 1, 1, 1.1, 1.3))}}}"
    fitted = rf"\begin{{adjustbox}}{{max width=\linewidth}}{begin}{places}{rest}\end{{adjustbox}}"
    shaded = r"\rowcolors{2}{gray!15}{white}" if rng.random() < 0.1 and "multi" not in rest else ""
    above = rng.random() < 0.6
    inside = (
        f"{caption}\n{gap}\n{size}{lines}{shaded}{fitted}" if above else f"{size}{lines}{shaded}{fitted}\n{caption}"
    )
    return f"\\begin{{{name}}}[{where}]{centred}\n{inside}\n\\end{{{name}}}"


def _aligned(places: str, rest: str, rng: Random) -> str:
    """Return the places of columns: on the left or in the middle, with bars between them, long texts in lines."""
    kinds = list(places.replace("|", ""))
    if rng.random() < 0.4:
        kinds = ["l" if i == 0 and rng.random() < 0.5 else "c" for i in range(len(kinds))]
    rows = [line.split("&") for line in rest.splitlines() if "&" in line and "multi" not in line]
    if rng.random() < 0.3 and "makecell" not in rest and "multirow" not in rest and "bmatrix" not in rest:
        for i in range(len(kinds)):
            longest = max((len(row[i]) for row in rows if len(row) == len(kinds)), default=0)
            if longest > 26:
                kinds[i] = rng.choice((">{\\raggedright\\arraybackslash}p{%s}", "p{%s}")) % rng.choice(
                    ("2.4cm", "3.2cm")
                )
    if "|" in places:
        return f"|{'|'.join(kinds)}|"
    barred = rng.random() < 0.25
    return (
        (rng.choice(("|", " ")) if barred else "").join(kinds)
        if rng.random() < 0.6
        else kinds[0] + "|" * barred + "".join(kinds[1:])
    )
