"""Pages as they are seen: without what is drawn outside of what it is clipped to, or with no opacity at all.

What exports slides puts a box that cannot be seen behind each text, and a figure that is cut out of one still has all
of it. pdfminer passes over opacity, clips and shadings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter
from pdfminer.pdftypes import dict_value, resolve1
from pdfminer.utils import apply_matrix_pt, mult_matrix
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent

from extract.pages.sheets import Box

STROKE, FILL = "CA", "ca"
"""The opacities of an extended graphics state. Source: ISO 32000-1, table 58."""
EDGE = 1.0
"""Points by which a thing may be outside of what it is clipped to."""
SHADED = (0.8, 0.8, 0.8)
"""The colour that a shading is taken to have."""


def seen(page: Page) -> Page:
    """Return a page of pdfplumber's of which paths and letters that cannot be seen are no part."""
    return _Page(page.pdf, page.page_obj, page.page_number, page.initial_doctop)


class _Page(Page):
    @property
    def layout(self) -> Any:
        if not hasattr(self, "_layout"):
            device = _Device(self.pdf.rsrcmgr, pageno=self.page_number, laparams=self.pdf.laparams)
            _Interpreter(self.pdf.rsrcmgr, device).process_page(self.page_obj)
            self._layout = device.get_result()
        return self._layout


class _State(PDFGraphicState):
    """A graphics state that knows how far it lets through what is under it, and the path that it is clipped to."""

    def __init__(self) -> None:
        super().__init__()
        self.opacity = {STROKE: 1.0, FILL: 1.0}
        self.clip: Box | None = None
        self.clipping: tuple[Any, Any] | None = None
        """The last path that was clipped to, and what its places are multiplied with."""

    def copy(self) -> PDFGraphicState:
        other = _State()
        other.__dict__.update(self.__dict__)
        return other


class _Interpreter(PDFPageInterpreter):
    """What runs the operators of a page, and those of the forms on it, which begin as what is around them."""

    graphicstate: Any
    around: _State | None = None

    def dup(self) -> _Interpreter:
        inner = _Interpreter(self.rsrcmgr, self.device)
        inner.around = self.graphicstate
        return inner

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self.graphicstate = _State()
        if self.around is not None:
            self.graphicstate.opacity, self.graphicstate.clip = self.around.opacity, self.around.clip

    def do_gs(self, name: Any) -> None:
        states = dict_value(self.resources.get("ExtGState", {}))
        state = dict_value(states.get(getattr(name, "name", ""), {}))
        told = {each: resolve1(state[each]) for each in (STROKE, FILL) if each in state}
        numbers = {each: float(value) for each, value in told.items() if isinstance(value, int | float)}
        self.graphicstate.opacity = {**self.graphicstate.opacity, **numbers}

    def do_W(self) -> None:  # noqa: N802
        places: list[Any] = [each[i : i + 2] for each in self.curpath for i in range(1, len(each), 2)]
        if places:
            self.graphicstate.clip = _common(_around(places, self.ctm), self.graphicstate.clip)
            self.graphicstate.clipping = list(self.curpath), self.ctm

    def do_W_a(self) -> None:  # noqa: N802
        self.do_W()

    def do_sh(self, name: object) -> None:
        """Fill what is clipped to, as a shading does."""
        if self.graphicstate.clipping is None:
            return
        path, matrix = self.graphicstate.clipping
        state = self.graphicstate.copy()
        state.ncolor = SHADED
        self.device.set_ctm(matrix)
        self.device.paint_path(state, False, True, False, path)
        self.device.set_ctm(self.ctm)


class _Device(PDFPageAggregatorWithMarkedContent):
    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        super().begin_figure(name, bbox, matrix)
        self.cur_item.clip = _around(  # type: ignore[attr-defined]
            [(x, y) for x in bbox[0::2] for y in bbox[1::2]], mult_matrix(matrix, self.ctm)
        )

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        stroke, fill = (drawn and gstate.opacity[each] > 0 for drawn, each in ((stroke, STROKE), (fill, FILL)))
        if stroke or fill:
            before = len(self.cur_item)
            super().paint_path(gstate, stroke, fill, evenodd, path)
            self._keep(before, gstate.clip)

    def render_char(self, *args: Any) -> float:
        before = len(self.cur_item)
        advance = float(super().render_char(*args))
        self._keep(before, args[-1].clip)
        return advance

    def _keep(self, before: int, clip: Box | None) -> None:
        """Take away again what was drawn outside of what it, or the form that it is on, is clipped to."""
        for form in (*self._stack, self.cur_item)[1:]:
            clip = _common(form.clip, clip)  # type: ignore[attr-defined]
        if clip is not None:
            drawn = self.cur_item._objs
            drawn[before:] = [each for each in drawn[before:] if _touches(each.bbox, clip)]


def _around(places: Iterable[Any], matrix: Any) -> Box:
    """Return the box around places, multiplied with a matrix."""
    x, y = zip(*(apply_matrix_pt(matrix, each) for each in places), strict=True)
    return min(x), min(y), max(x), max(y)


def _common(box: Box, other: Box | None) -> Box:
    """Return what two boxes have in common."""
    if other is None:
        return box
    return max(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), min(box[3], other[3])


def _touches(box: Box, clip: Box) -> bool:
    return (
        box[0] <= clip[2] + EDGE and clip[0] - EDGE <= box[2] and box[1] <= clip[3] + EDGE and clip[1] - EDGE <= box[3]
    )
