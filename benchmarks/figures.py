"""Read simulated figures back, and compare with the truth about them.

python benchmarks/figures.py [--count 100] [--formats svg,pdf,png] [--damage jpeg=30] [--dpi 96] [--tune]

Pictures of pixels were tuned on the versions and families that TUNE names, with the seeds up to 9 and from 100 on; with
a `--seed` between, and on what is not named there, the figures are of what nobody looked at. With a `--count` under 36
designs are of every second depth from 5 to 40, every third, and so on. `--damage` is done to the pixels before they
are read: jpeg=QUALITY, blur=SIGMA, noise=SIGMA, rotate=DEGREES, several with commas between them. `--reference` times
a pass of Tesseract over each picture too, for a machine that does other work besides.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from math import cos, radians, sin
from typing import Any

import numpy as np
import pdfplumber

from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram
from extract.drawings.drawing import DrawingError, of_page, of_svg
from extract.metrics import figure_score
from extract.pages.page import page_of
from translator.simulation.designs import designs
from translator.simulation.graphviz import DrawingError as NoDrawingError
from translator.simulation.samples import sample

TUNE = {
    "versions": (
        *("keras 0.3", "keras 1.0", "keras 2.0", "keras 2.4", "keras 2.8", "keras 3.0"),
        *("caffe 2014-12", "caffe 2015-10"),
    ),
    "families": ("chain", "fork"),
}
Damage = dict[str, float]


def read_figure(data: bytes, kind: str, dpi: float) -> Diagram:
    if kind == "svg":
        # Graphviz writes its scale with two digits, which is too few for a large picture's places.
        text = data.decode()
        written = re.search(r"scale\(([\d.]+)", text)
        drawing = of_svg(text)
        return diagram_of(drawing.scaled(dpi / 72 / float(written[1])) if written else drawing)
    if kind == "pdf":
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            page = pdf.pages[0]
            return diagram_of(of_page(page, page_of(page).words))
    from extract.raster.figure import diagram_of_picture
    from extract.raster.picture import decoded

    try:
        return diagram_of_picture(decoded(data))
    except DrawingError as error:
        print("refused:", error)
        return Diagram((), ())


def seconds_of_tesseract(data: bytes) -> float:
    """Return how long Tesseract takes to read a whole picture by itself, of scattered text."""
    import tesserocr
    from PIL import Image

    from extract.raster.reading import folders

    mode = tesserocr.PSM.SPARSE_TEXT
    with tesserocr.PyTessBaseAPI(path=str(next(folders())), psm=mode, oem=tesserocr.OEM.LSTM_ONLY) as engine:
        start = time.process_time()
        engine.SetImage(Image.open(io.BytesIO(data)).convert("L"))
        engine.GetUTF8Text()
        return time.process_time() - start


def damaged(data: bytes, damage: Damage) -> bytes:
    """Return a picture after what is done to it, in the order of what happens to pictures."""
    import cv2

    pixels = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
    if degrees := damage.get("rotate"):
        matrix, size = _turn(pixels.shape, degrees)
        pixels = np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255,) * 3))
    if sigma := damage.get("blur"):
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma))
    if sigma := damage.get("noise"):
        noise = np.random.default_rng(1).normal(0, sigma, pixels.shape)
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    kind, options = (".jpg", [cv2.IMWRITE_JPEG_QUALITY, int(damage["jpeg"])]) if "jpeg" in damage else (".png", [])
    return cv2.imencode(kind, pixels, options)[1].tobytes()


def _turn(shape: Sequence[int], degrees: float) -> tuple[Any, tuple[int, int]]:
    """Return how places move as a picture is turned about its middle, and the size that it then has."""
    high, wide = shape[:2]
    c, s = cos(radians(degrees)), sin(radians(degrees))
    across, down = round(wide * c + high * abs(s)), round(high * c + wide * abs(s))
    x, y = (across - c * wide - s * high) / 2, (down + s * wide - c * high) / 2
    return np.array([[c, s, x], [-s, c, y]]), (across, down)


def score(found: Diagram, truth: dict[str, Any], kind: str, damage: Damage) -> dict[str, float]:
    """Compare with the truth, whose places are in pixels; Graphviz puts half an inch around a page."""
    dpi = truth["style"]["dpi"]
    border = dpi / 2 if kind == "pdf" else 0.0
    matrix, _ = _turn(truth["size"][::-1], damage.get("rotate", 0.0) if kind == "png" else 0.0)

    def middle(box: Sequence[float]) -> tuple[float, float]:
        x, y = matrix @ ((box[0] + box[2]) / 2 + border, (box[1] + box[3]) / 2 + border, 1.0)
        return float(x), float(y)

    return figure_score(found, truth, middle, dpi / (8 if damage.get("rotate") else 16))


def main() -> None:
    args = _arguments()
    formats = tuple(args.formats.split(","))
    damage = {key: float(value) for key, _, value in (each.partition("=") for each in args.damage.split(",") if each)}
    rows: dict[tuple[str, str, str], list[dict[str, float]]] = defaultdict(list)
    shown = left_out = 0
    for depth in range(5, 41, max(1, 36 // args.count)):
        for i, design in enumerate(designs(depth, -(-args.count // 36), args.seed)):
            try:
                files, _ = sample(design, f"{args.seed}/{depth}/{i}", formats, args.dpi)
            except NoDrawingError:
                left_out += 1
                continue
            for drawer, truth in json.loads(files["truth.json"])["pictures"].items():
                style = f"{drawer} {truth['style']['version']}"
                part = _part(style, design.family)
                if args.tune and part != "tune":
                    continue
                for kind in formats:
                    data = files[f"{drawer}.{kind}"]
                    data = damaged(data, damage) if damage and kind == "png" else data
                    start = time.process_time()
                    found = read_figure(data, kind, truth["style"]["dpi"])
                    spent = time.process_time() - start
                    figures = {**score(found, truth, kind, damage), "seconds": spent}
                    if args.reference and kind == "png":
                        figures["tesseract"] = seconds_of_tesseract(data)
                    rows[style, part, kind].append(figures)
                    if not figures["exact"] and shown < args.show and (part == "tune" or args.seed < 10):
                        shown += 1
                        said = {k: round(v, 3) for k, v in figures.items()}
                        print(drawer, kind, truth["style"], said, f"depth {depth} {i}")
    _print(rows)
    print(f"left out, as Graphviz does not draw them in time: {left_out} designs")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=72)
    parser.add_argument("--formats", default="svg,pdf")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--damage", default="")
    parser.add_argument("--dpi", type=int, default=0, help="dots of an inch of all pictures, which styles else choose")
    parser.add_argument("--reference", action="store_true", help="time a pass of Tesseract over each picture too")
    parser.add_argument("--tune", action="store_true", help="only what TUNE names")
    return parser.parse_args()


def _part(style: str, family: str) -> str:
    if style not in TUNE["versions"]:
        return "other versions"
    return "tune" if family in TUNE["families"] else "other families"


def _print(rows: dict[tuple[str, str, str], list[dict[str, float]]]) -> None:
    for at, title in ((0, "version"), (1, "part"), (None, "all")):
        groups: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
        for key, scores in sorted(rows.items()):
            groups["all" if at is None else key[at], key[2]] += scores
        print(title)
        for (name, kind), scores in groups.items():
            print(f"  {name:16} {kind:4} {len(scores):4}", _means(scores))


def _means(scores: list[dict[str, float]]) -> str:
    return "  ".join(f"{name} {sum(each[name] for each in scores) / len(scores):.4f}" for name in scores[0])


if __name__ == "__main__":
    main()
