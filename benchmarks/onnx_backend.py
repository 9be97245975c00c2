"""Hold ONNX's own backend node tests to what is read of them: written for every target, run, and compared.

    python benchmarks/onnx_backend.py [--only PATTERN] [--target NAME ...] [--json FILE] [--verbose]

The cases come with the package `onnx`, which makes them anew. Each is a model, its inputs and what they give; numbers
count as equal by the tolerance of the case (1e-3 relative and 1e-7 absolute, unless it says another), in 16-bit types
by theirs. What a user's file holds as weights these cases give as inputs: where a case as it is cannot be said, it is
tried with all inputs but the first held by the file, then with those held that are no floats.

A case is `right` where the targets that say it all compute it, and one does; `custom` where an operator is carried as
it is, of which it is counted beside how many give the same in ONNX again; `refused` where a diagnostic says why not;
`WRONG` where anything runs and gives something else, or what was written does not run. Any other exception is a
`traceback`. Functions that are spelt out (`_expanded`) are counted on their own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from engines import RUNS, Engine

from ir import Model, Report, TranslationError
from ir import layers as L
from translator import WriteOptions, convert, write
from translator.dialect import dialects
from translator.passes.relayout import image_inputs

TARGETS = ("onnx", "pytorch", "keras")
ORDER = ("right", "custom", "refused", "WRONG", "traceback")
ROUGH = {"float16": (2e-3, 1e-3), "bfloat16": (2e-2, 1e-2)}
"""What numbers of few bits are held to: layers compute with 32 bits, and the case with as few as it has."""


@dataclass
class Outcome:
    """What became of a case: the worst word of `ORDER`, and what each target says of it."""

    case: str
    operator: str
    word: str = ""
    held: str = ""
    why: str = ""
    targets: dict[str, str] = field(default_factory=dict)


def cases(only: str) -> Iterator[tuple[Any, str]]:
    """Yield the cases, each with its operator; what is spelt out is of an operator `expanded`."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = collect_testcases(None)
    for case in found:
        if only in case.name:
            kinds = [node.op_type for node in case.model.graph.node if node.op_type not in ("Constant", "Identity")]
            yield case, "expanded" if "_expanded" in case.name else "+".join(dict.fromkeys(kinds)) or "Identity"


def forms(case: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield the ways to hold inputs: what is held, the model, and the inputs that are left."""
    names = [each.name for each in case.model.graph.input]
    values = dict(zip(names, map(_array, case.data_sets[0][0]), strict=True))
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    whole = [name for name, value in arrays.items() if not _is_float(value)]
    for title, held in (("", []), ("all but the first", names[1:]), ("all that are no floats", whole)):
        if not title or (held and len(held) < len(names) and all(name in arrays for name in held)):
            yield title, _holding(case.model, {name: arrays[name] for name in held}), values


def _array(value: Any) -> Any:
    import onnx

    if isinstance(value, onnx.TensorProto):
        return onnx.numpy_helper.to_array(value)
    return np.asarray(value) if isinstance(value, np.generic) else value


def _is_float(value: Any) -> bool:
    return value.dtype.kind == "f" or value.dtype.name in ROUGH


def _holding(model: Any, held: dict[str, Any]) -> Any:
    import onnx

    found = onnx.ModelProto()
    found.CopyFrom(model)
    kept = [each for each in found.graph.input if each.name not in held]
    del found.graph.input[:]
    found.graph.input.extend(kept)
    found.graph.initializer.extend(onnx.numpy_helper.from_array(value, name) for name, value in held.items())
    return found


def tried(case: Any, operator: str, engines: dict[str, Engine], folder: Path) -> Outcome:
    """Return what becomes of a case in the first form that is right, or in the last that is worst."""
    outcomes = []
    for title, model, values in forms(case):
        outcome = Outcome(case.name, operator, held=title)
        try:
            attempt(case, model, values, engines, folder, outcome)
        except TranslationError as error:
            outcome.word, outcome.why = "refused", str(error).splitlines()[0].rpartition(": error")[2][:150]
        except Exception as error:
            outcome.word, outcome.why = "traceback", f"{type(error).__name__}: {error}"[:200]
        outcomes.append(outcome)
        if outcome.word in ("right", "WRONG", "traceback"):
            break
    return min(outcomes, key=lambda each: (each.word not in ("WRONG", "traceback"), ORDER.index(each.word)))


def attempt(
    case: Any, proto: Any, values: dict[str, Any], engines: dict[str, Engine], folder: Path, outcome: Outcome
) -> None:
    """Read a form of a case, write it for every target, run that, and compare."""
    model = convert.read(Path("case.onnx"), data=proto.SerializeToString(), report=Report())
    custom = [node.layer.type for node in model.graph.nodes if isinstance(node.layer, L.Custom)]
    outcome.why = ", ".join(sorted(set(custom)))
    wanted = list(map(_array, case.data_sets[0][1]))
    outcome.targets = {to: said(model, to, case, values, wanted, engines, folder) for to in engines}
    if custom:
        outcome.targets = {to: f"custom: {told}" for to, told in outcome.targets.items()}
    words = {each.partition(":")[0] for each in outcome.targets.values()}
    outcome.word = next((word for word in ("traceback", "WRONG", "custom", "right") if word in words), "refused")


def said(
    model: Model,
    to: str,
    case: Any,
    values: dict[str, Any],
    wanted: list[Any],
    engines: dict[str, Engine],
    folder: Path,
) -> str:
    """Return what a target makes of a model: right, refused, WRONG or traceback, and why."""
    run = RUNS[to]
    for path in folder.iterdir():
        path.unlink()
    try:
        write(model, to, folder / run.file, report=Report())
    except TranslationError as error:
        return f"refused: {str(error).splitlines()[0].rpartition(': error')[2][:150]}"
    except Exception as error:
        return f"traceback: {type(error).__name__}: {error}"[:200]
    if to != "onnx" and any(isinstance(node.layer, L.Custom) for node in model.graph.nodes):
        return "a stub"
    images = set() if to != "keras" else image_inputs(legalized(model))
    given = {each.name: np.asarray(values[each.name]).astype(np.float32) for each in model.graph.inputs}
    moved = {name: np.moveaxis(value, 1, -1) if name in images else value for name, value in given.items()}
    found = engines[to].run(folder, {name: np.asarray(value, order="C") for name, value in moved.items()}, [])
    if isinstance(found, str):
        return f"WRONG: does not run: {found}"
    if len(found) != len(wanted):
        return f"WRONG: gives {len(found)} outputs of {len(wanted)}"
    for result, truth in zip(found, wanted, strict=True):
        if not same(np.asarray(result), truth, case, values):
            return f"WRONG: {_shown(result)} for {_shown(truth)}"
    return "right"


def legalized(model: Model) -> Any:
    """Return the graph in the layers that Keras has, of which it follows whether it takes images channels-last."""
    options = WriteOptions(layout="channels_first")
    target = dialects()["keras"].writer().target(options)
    return convert.prepare(model, target, options, Report())[0].graph


def same(found: Any, truth: Any, case: Any, values: dict[str, Any]) -> bool:
    """Tell whether two arrays are equal by the tolerance of a case; one may have its channels last."""
    types = {value.dtype.name for value in [*values.values(), truth] if isinstance(value, np.ndarray)}
    rtol, atol = max([(case.rtol, case.atol), *(ROUGH[name] for name in types if name in ROUGH)])
    truth = np.asarray(truth).astype(np.float32)
    ways = [found] if found.ndim < 3 else [found, np.moveaxis(found, -1, 1)]
    return any(way.shape == truth.shape and np.allclose(way, truth, rtol, atol, equal_nan=True) for way in ways)


def _shown(array: Any) -> str:
    array = np.asarray(array)
    return f"{array.shape} {array.ravel()[:4].tolist()}"


def table(outcomes: list[Outcome]) -> list[str]:
    """Return a line for each operator: how many of its cases are of each word."""
    counts: dict[str, Counter[str]] = {}
    for each in outcomes:
        counts.setdefault(each.operator, Counter())[each.word] += 1
    lines = [f"{'operator':40} {' '.join(f'{word:>9}' for word in ORDER)}"]
    for operator, count in sorted(counts.items()):
        lines.append(f"{operator[:40]:40} {' '.join(f'{count[word]:>9}' for word in ORDER)}")
    return lines


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Count cases by their words, and operators of which all, or some, are right."""
    own = [each for each in outcomes if each.operator != "expanded"]
    kinds = {each.operator for each in own if "+" not in each.operator}
    right = {each.operator for each in own if each.word == "right"}
    failed = {each.operator for each in own if each.word != "right"}
    targets = {to: Counter(each.targets.get(to, "").partition(":")[0] for each in own) for to in TARGETS}
    return {
        "cases": dict(Counter(each.word for each in own)),
        "expanded": dict(Counter(each.word for each in outcomes if each.operator == "expanded")),
        "targets": {to: count["right"] for to, count in targets.items()},
        "carried right": sum(each.targets.get("onnx") == "custom: right" for each in own),
        "right with inputs held by the file": sum(bool(each.held) for each in own if each.word == "right"),
        "operators": len(kinds),
        "operators with a right case": len(kinds & right),
        "operators with all cases right": len(kinds & right - failed),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--target", nargs="+", default=TARGETS, choices=TARGETS)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--verbose", action="store_true", help="tell why, for each case that is not right")
    args = parser.parse_args()
    engines = {name: Engine(name) for name in args.target}
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for case, operator in cases(args.only):
            outcome = tried(case, operator, engines, Path(folder))
            outcomes.append(outcome)
            if outcome.word in ("WRONG", "traceback") or (args.verbose and outcome.word != "right"):
                print(f"{outcome.word} {outcome.case} [{outcome.held}] {outcome.why}", flush=True)
                for to, told in outcome.targets.items():
                    print(f"    {to}: {told}", flush=True)
    print("\n".join(table(outcomes)))
    print(json.dumps(summary(outcomes), indent=1))
    if args.json:
        figures = {"summary": summary(outcomes), "cases": [asdict(each) for each in outcomes]}
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    for engine in engines.values():
        engine.close()


if __name__ == "__main__":
    main()
