"""Read, check, write, translate: the pipeline from a file in one format to files in another."""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ir.diagnostics import Diagnostic, Report, TranslationError
from ir.graph import Model
from ir.origin import Origin, Source
from ir.validate import Shapes, validate
from translator.bounds import LARGEST, opened
from translator.dialect import Dialect, Output, Save, Target, by_content, by_suffix, dialects
from translator.options import ReadOptions, WriteOptions
from translator.progress import watched
from translator.unread import Unread, told, told_of_folder

HEAD = 1 << 16
"""How much of a file is looked at to tell its format."""
LARGEST_BINARY = 1 << 31
"""The size in bytes of the largest protobuf message."""


@dataclass(frozen=True)
class Translation:
    """What came of a translation: the text, the files that were written, and all there was to say."""

    text: str | None
    files: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


@contextlib.contextmanager
def _at_rest() -> Iterator[None]:
    """Keep Python from looking for cycles: of a large net's many small objects none are, and looking is not linear."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@_at_rest()
def read(
    source: Any,
    example_inputs: Any = None,
    *,
    format: str | None = None,
    data: bytes | None = None,
    options: ReadOptions | None = None,
    report: Report | None = None,
    dynamic_shapes: Any = None,
) -> Model:
    """Read a model from a file, or from `data` where it is given, or from a module of PyTorch.

    A module is exported at inference with `example_inputs`, a tuple of tensors; `dynamic_shapes` tell which of their
    axes are open, as torch.export takes them (without: the first of each, where the module allows it).

    Raises TranslationError, whose report holds every problem found.
    """
    report, options = report or Report(), options or ReadOptions()
    if isinstance(source, (str, os.PathLike)):
        model = read_unchecked(Path(source), format, data, options, report)
    else:
        reader = next(each for each in dialects().values() if each.objects).object_reader()
        model = reader.read_object(source, example_inputs, dynamic_shapes, options, report)
    validate(model, report)
    report.stop_on_errors()
    return model


def read_unchecked(path: Path, format: str | None, data: bytes | None, options: ReadOptions, report: Report) -> Model:
    """Read a model that may be unsound; raise TranslationError where there is none."""
    try:
        dialect = dialect_of(path, format, data, report)
        model = dialect.reader().read(path, data, options, report)
        _tell_unused_shapes(model, options, report, Origin(Source(str(path))))
        return model
    except OSError as error:
        report.add("file", f"cannot be read: {error.strerror or error}", Origin(Source(str(error.filename or path))))
        raise TranslationError(report) from None


def _tell_unused_shapes(model: Model, options: ReadOptions, report: Report, origin: Origin) -> None:
    """Report shapes that were given for what is neither an input nor a layer or tensor of a model."""
    graph = model.graph
    known = {each.name for each in graph.inputs}
    for node in graph.nodes:
        known |= {node.name, *node.labels, *map(str, node.refs)}
    if unused := [name for name in options.shapes if name not in known]:
        inputs = ", ".join(each.name for each in graph.inputs)
        told = f"nothing is called {', '.join(map(repr, unused))}, of which a shape was given"
        report.add("unused-shape", told, origin, hint=f"the inputs are {inputs}" if inputs else "")


def read_stream(stream: BinaryIO) -> bytes:
    """Return what a stream holds: of a text no more than shows that it is too large, of a binary file all."""
    data = stream.read(LARGEST + 1)
    head = data[:HEAD]
    if len(data) > LARGEST and by_content(head) and any(byte < 9 for byte in head):
        data += stream.read(LARGEST_BINARY)
    return data


@_at_rest()
def write(
    model: Model,
    to: str,
    output: str | os.PathLike[str] | None = None,
    *,
    options: WriteOptions | None = None,
    report: Report | None = None,
) -> Translation:
    """Write a model in a format: the text is returned, or put in a file with what goes along.

    Raises TranslationError where the format cannot say the model.
    """
    report = report or Report()
    path = None if output is None else Path(output)
    dialect = _writable(to, report)
    options = options or WriteOptions()
    if path is not None:
        options = replace(options, path=path)
    made = _written(model, dialect, options, report)
    report.stop_on_errors()
    if path is None:
        if made.text is None:
            report.add("file", f"{dialect.title} is no text; name a file to write it to", hint="-o FILE")
            raise TranslationError(report)
        return Translation(made.text, (), tuple(report))
    return Translation(made.text, save(path, made, report), tuple(report))


def translate(
    source: str | os.PathLike[str],
    to: str,
    output: str | os.PathLike[str] | None = None,
    *,
    format: str | None = None,
    data: bytes | None = None,
    read_options: ReadOptions | None = None,
    write_options: WriteOptions | None = None,
    report: Report | None = None,
) -> Translation:
    """Read a model in one format and write it in another; see `read` and `write`."""
    report = report or Report()
    model = read(source, format=format, data=data, options=read_options, report=report)
    return write(model, to, output, options=write_options, report=report)


def dialect_of(path: Path, name: str | None, data: bytes | None, report: Report) -> Dialect:
    """Return the format of a file: the one named, or by its suffix and content."""
    if name is not None:
        if name in dialects() and dialects()[name].reads:
            return dialects()[name]
        known = ", ".join(each.name for each in dialects().values() if each.reads)
        report.add("format", f"{name!r} is not a format that can be read", hint=f"those are: {known}")
        raise TranslationError(report)
    if data is None and path.is_dir() and (unread := told_of_folder(path)):
        raise _unread(path, unread, report)
    if data is None:
        with opened(path) as file:
            head = file.read(HEAD)
    else:
        head = data[:HEAD]
    if unread := told(path, head):
        raise _unread(path, unread, report)
    likely = [each for each in by_suffix(path) if data is None]
    found = by_content(head)
    both = [each for each in likely if each in found] or found or likely
    if both:
        return both[0]
    readable = ", ".join(each.name for each in dialects().values() if each.reads)
    hint = f"name it: --from FORMAT, which is one of {readable}"
    report.add("format", "is of no format that can be read", Origin(Source(str(path))), hint=hint)
    raise TranslationError(report)


def _unread(path: Path, known: Unread, report: Report) -> TranslationError:
    report.add("format", f"is {known.title}, which is not read", Origin(Source(str(path))), hint=known.hint)
    return TranslationError(report)


def _writable(name: str, report: Report) -> Dialect:
    dialect = dialects().get(name)
    if dialect is None or not dialect.writes:
        known = ", ".join(each.name for each in dialects().values() if each.writes)
        report.add("format", f"{name!r} is not a format that can be written", hint=f"those are: {known}")
        raise TranslationError(report)
    return dialect


def _written(model: Model, dialect: Dialect, options: WriteOptions, report: Report) -> Output:
    try:
        writer = dialect.writer()
        ready, shapes = prepare(model, writer.target(options), options, report)
        report.stop_on_errors()
        if options.progress is not None:
            ready = watched(ready, options.progress)
        return writer.write(ready, shapes, options, report)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        extra = dialect.extra or dialect.name
        report.add(
            "missing-package",
            f"{dialect.title} needs the package {package}, which is not installed",
            hint=f"pip install 'model-zoo-translator[{extra}]'",
        )
        raise TranslationError(report) from None


def prepare(model: Model, target: Target, options: WriteOptions, report: Report) -> tuple[Model, Shapes]:
    """Bring a model to what a target can say: its layout, its layers."""
    from translator.passes.simplify import drop_identities, drop_unused, join_permutes, join_scale

    if target.rules is not None:
        from translator.passes.bordering import join_borders
        from translator.passes.legalize import legalize
        from translator.passes.lines import join_lines
        from translator.passes.normalizing import join_norms
        from translator.passes.parts import join_parts
        from translator.passes.raising import join_normalizations
        from translator.passes.relayout import relayout

        if target.joins_scale:
            model = join_scale(drop_identities(model))
        if target.joins_borders != "never":
            model = join_borders(model, uneven=target.joins_borders == "all")
        layout = options.layout or target.layout or model.graph.layout
        if layout == "channels_first" != model.graph.layout:
            model = relayout(model, layout, report)
        if model.graph.layout == "channels_first":
            model = drop_unused(join_normalizations(model))
            model = join_parts(model) if target.joins_parts else model
            model = join_norms(model, target.rules)
        # Lowerings are written for channels first; what relayout puts in is legalized after it.
        model = legalize(model, target.rules, report)
        report.stop_on_errors()
        if layout != model.graph.layout:
            model = legalize(relayout(model, layout, report), target.rules, report)
        model = drop_unused(join_permutes(join_lines(model) if target.joins_lines else model))
    return model, validate(model, report)


def save(path: Path, made: Output, report: Report) -> tuple[Path, ...]:
    """Write all files beside their places first, and then put them there: all of them, or none."""

    def save_text(to: Path) -> None:
        to.write_text(made.text or "", encoding="utf-8", newline="\n")

    kinds = {f".{suffix.rpartition('.')[2]}" for suffix in made.companions}
    if made.save is None and path.suffix.lower() in kinds:
        told = f"{path.name} would be the file of the text, and {path.suffix} is that of the weights beside it"
        report.add("format", told, hint="name the file of the text; the weights go beside it, named as it is")
        raise TranslationError(report)
    jobs: list[tuple[Path, Save]] = [(path, made.save or save_text)]
    stem = path.with_suffix("")
    jobs += [(stem.parent / f"{stem.name}{suffix}", save) for suffix, save in made.companions.items()]
    waiting: list[tuple[Path, Path]] = []
    try:
        for place, job in jobs:
            handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
            os.close(handle)
            waiting.append((Path(beside), place))
            job(Path(beside))
        for beside_path, place in waiting:
            os.chmod(beside_path, 0o666 & ~_umask())
            os.replace(beside_path, place)
    except OSError as error:
        report.add("file", f"cannot be written: {error.strerror or error}", Origin(Source(str(path))))
        raise TranslationError(report) from None
    finally:
        for beside_path, _ in waiting:
            beside_path.unlink(missing_ok=True)
    return tuple(place for place, _ in jobs)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


__all__ = ["Translation", "prepare", "read", "read_unchecked", "translate", "write"]
