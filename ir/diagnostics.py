"""What a user is told: one type of message, collected in a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ir.origin import Origin

Severity = Literal["error", "warning", "note"]


class Code(NamedTuple):
    """What stands behind a code: how grave it is unless told otherwise, and a paragraph on it."""

    severity: Severity
    doc: str


CODES: dict[str, Code] = {
    "syntax": Code("error", "The text is not well formed. The message says what was found and what was expected."),
    "format": Code("error", "The format of the file is not known, or not one that can be read or written."),
    "file": Code("error", "A file cannot be read or written."),
    "missing-package": Code(
        "error", "A package that the source or the target needs is not installed; the hint says how to install it."
    ),
    "verify": Code("error", "A model does not run in its engine, so that it cannot be compared."),
    "plugin": Code("error", "A plugin failed as it was loaded. The message says what Python said, and where."),
    "value": Code("error", "A value is of the wrong type, out of range, or missing."),
    "graph": Code("error", "The layers do not form a graph: an input that nothing gives, a cycle, a name used twice."),
    "arity": Code("error", "A layer has too many or too few inputs."),
    "shape": Code("error", "A layer's inputs do not fit it. The message says what it wants and what it gets."),
    "grammar": Code(
        "error",
        "A layer cannot stand where it does: the tensor in front of it is of another kind than it takes, or the "
        "profile (--grammar) does not have it. The message says what it wants, and the hint what may stand there.",
    ),
    "range": Code("error", "A parameter has a value that the profile (--grammar) does not allow."),
    "weights": Code("error", "Weights do not fit the layer that they belong to."),
    "input-shape": Code("error", "The shape of an input is not known. Give it with --shape NAME=SIZES."),
    "assumed-shape": Code(
        "warning", "The file does not say an input's shape; the likeliest one was assumed. Give it with --shape."
    ),
    "assumed-value": Code(
        "warning",
        "A layer has settings that its file does not hold (a Python layer's, say): those of the project that it comes "
        "from were assumed.",
    ),
    "unknown-layer": Code(
        "warning",
        "A layer type is not in the catalogue. It is carried with its parameters and arrays, and written as a stub to "
        "fill in; the exit code is then 1. Say its output shape: --shape NAME=SIZES. --on-unknown error stops instead.",
    ),
    "unknown-field": Code("warning", "A field has no meaning for this layer, so it was left out."),
    "unsupported": Code("error", "The target has no way to say this, and no lowering expresses it exactly."),
    "question": Code(
        "warning",
        "A paper leaves something open that its design needs. The message asks for it, and says what is taken until "
        "it is answered: write the design (--to design), complete it by hand, and translate that.",
    ),
    "inferred": Code("note", "What a paper does not say, but what follows from the sizes that it prints."),
    "limit": Code(
        "error",
        "A paper took more time or memory than it may, or ended the process that it was read in. The others of the run "
        "are not touched; --seconds and --memory of `translate extract` allow more.",
    ),
    "inexact": Code(
        "warning", "The target cannot say this exactly. The message says what differs. --strict makes it an error."
    ),
    "missing-weights": Code("warning", "A layer has no weights in the file that gives the others theirs."),
    "random-weights": Code(
        "warning",
        "The source has no weights for layers that the target cannot write without, so they were filled with random "
        "numbers, the same every time. The file has the right form, and predicts nothing. Give weights with --weights.",
    ),
    "unused-shape": Code(
        "warning",
        "A shape was given (--shape) for what the model does not have; it changed nothing. Is the name right?",
    ),
    "unused-weights": Code("note", "Weights of layers that the model does not have were left out."),
    "training-layer": Code(
        "note", "A layer that works in training alone (a loss, a metric, a data source) was left out."
    ),
    "preprocessing": Code(
        "note",
        "A data layer subtracts a mean from its images, or scales them. The translated model takes them as they are "
        "then: whoever calls it does the same before.",
    ),
    "training-value": Code("note", "A value that has a meaning in training alone was left out."),
    "renamed": Code("note", "The target does not allow a name, so another was given."),
    "fixed-batch": Code("note", "A layer fixes the size of the batch, so it could not be left open."),
    "other-phase": Code(
        "warning", "Layers of another phase or stage were taken, for this one lacks what the model needs."
    ),
    "unused-input": Code("note", "An input that no layer uses was left out."),
    "transpose": Code("note", "A change of layout could not be avoided at run time."),
    "unreachable-layer": Code("warning", "No output of the model can be reached from a layer. --fix leaves it out."),
    "unused-output": Code("note", "A layer gives several tensors, and nothing takes one of them."),
    "repeated-activation": Code(
        "warning",
        "An activation stands behind the same one. A second ReLU changes nothing, and --fix leaves it out; a second "
        "Sigmoid or Softmax squashes what is squashed already, which most likely is not meant.",
    ),
    "softmax-before-loss": Code(
        "warning",
        "A Softmax (or Sigmoid) stands before a loss that applies it itself, as Caffe's SoftmaxWithLoss and "
        "SigmoidCrossEntropyLoss do: the net is trained on what was squashed twice.",
    ),
    "bias-before-norm": Code(
        "note",
        "A convolution or Dense adds a bias, and the BatchNorm behind it subtracts the mean, and the bias with it. "
        "--fix leaves the bias out of a design without weights.",
    ),
    "symbolic-flatten": Code(
        "warning", "A Flatten joins axes of no certain size, so that the size of what it gives is not known either."
    ),
    "names-differ-in-case": Code(
        "warning", "The names of two layers differ in case alone, which files and some systems do not tell apart."
    ),
    "window-beyond-input": Code(
        "warning", "A window is larger than the whole of its input; all that it sees beside is border."
    ),
    "stride-beyond-kernel": Code(
        "warning",
        "Windows of more than one pixel are further apart than they are wide, so that some pixels are never seen. "
        "Projections with a window of 1 are not meant here.",
    ),
    "small-receptive-field": Code(
        "note",
        "The elements that a global pooling takes depend on parts of the image that are smaller than the image: no "
        "layer relates what is further apart.",
    ),
}
"""Every code, what it means by default, and its documentation."""
UNCERTAIN = ("assumed-shape", "assumed-value", "inexact", "other-phase", "question", "unknown-field", "unknown-layer")
"""The codes of what may make a translation another model: what is assumed, not known, or not said exactly."""


@dataclass(frozen=True)
class Diagnostic:
    """One message: its code, what is the matter, where, and what may help."""

    code: str
    message: str
    origin: Origin | None = None
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        return "\n".join(map(_printable, self._lines()))

    def _lines(self) -> Iterator[str]:
        at = self.origin.at() if self.origin else None
        place = self.origin.source.place(at) if self.origin and at is not None else None
        where = f"{self.origin.source.name}:" if self.origin else ""
        where += "".join(f"{number}:" for number in place or ())
        if self.origin and place is None and self.origin.pointer:
            where += f"{self.origin.pointer}:"
        yield f"{where}{' ' if where else ''}{self.severity}[{self.code}]: {self.message}"
        if self.origin and place and at is not None:
            yield from _excerpt(place[0], *self.origin.source.around(at, EXCERPT))
        if self.hint:
            yield f"  hint: {self.hint}"


EXCERPT = 100
"""Characters of a source line that are shown at most."""
LONGEST = 600
"""Characters of a message at most: what a file holds may be of any length."""
MOST = 1024
"""Diagnostics of one code that are kept; of more, their number is told."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def _printable(line: str) -> str:
    """Return a line that does nothing to a terminal, each character still one."""
    return _UNPRINTABLE.sub("\ufffd", line)


def _excerpt(line: int, text: str, column: int) -> Iterator[str]:
    """Show a source line with a caret under a column."""
    number = f"{line:5} | "
    yield number + text.replace("\t", " ")
    yield " " * (len(number) - 2) + "| " + " " * column + "^"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 100]} ... {text[-80:]}"


class Report:
    """Collects what there is to say of one translation, of each code no more than a person reads."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.diagnostics: list[Diagnostic] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def add(
        self,
        code: str,
        message: str,
        origin: Origin | None = None,
        *,
        hint: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Add a diagnostic; in strict mode what is not certain is an error (`UNCERTAIN`)."""
        severity = severity or CODES[code].severity
        if self.strict and code in UNCERTAIN:
            severity = "error"
        self._counts[code, severity] += 1
        if self._counts[code, severity] <= MOST:
            self.diagnostics.append(Diagnostic(code, _cut(message), origin, _cut(hint), severity))

    def take(self, other: Report) -> None:
        """Add what another report has."""
        self.diagnostics += other.diagnostics
        self._counts += other._counts

    def error_count(self) -> int:
        """Count the errors so far."""
        return sum(count for (_, severity), count in self._counts.items() if severity == "error")

    def left_out(self) -> Iterator[Diagnostic]:
        """Yield how many diagnostics of each code there are beyond those that are kept."""
        kept = Counter((each.code, each.severity) for each in self.diagnostics)
        for (code, severity), count in self._counts.items():
            if more := count - kept[code, severity]:
                yield Diagnostic(code, f"and {more} more of these", severity=severity)

    def stop_on_errors(self) -> None:
        """Raise TranslationError if there is any error."""
        if self.error_count():
            raise TranslationError(self)

    def __iter__(self) -> Iterator[Diagnostic]:
        yield from self.diagnostics
        yield from self.left_out()


class TranslationError(Exception):
    """A model cannot be read, checked or written; `report` holds every reason."""

    def __init__(self, report: Report) -> None:
        errors = [each for each in report if each.severity == "error"]
        super().__init__("\n".join(map(str, errors)))
        self.report = report
