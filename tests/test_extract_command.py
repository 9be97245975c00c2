"""`translate extract`: what it writes of a paper, and of many, whatever these are like."""

from __future__ import annotations

import base64
import json
import re
import struct
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest

import schemas
from extract.classify.kinds import FIGURES, TABLES
from extract.classify.traits import Figure, traits_of
from extract.drawings.drawing import Drawing
from extract.paper import sightings
from ir import Report
from tests.pdf_pages import Rule, Text, column, pdf, rows
from translator import ReadOptions, read
from translator.cli import main
from translator.extraction.child import ALONE
from translator.extraction.many import Job, Limits, read_paper

LINE = "which is a line of running text that goes on over the whole width of a page and says nothing of any layer"
SCHEMA = json.loads((Path(schemas.__file__).parent / "extraction.schema.json").read_text("utf-8"))
LAYERS = [
    ("Layer", "Filter", "Output"),
    ("conv1", "3x3, 8, stride 1", "32x32"),
    ("pool1", "2x2 max pool, stride 2", "16x16"),
    ("conv2", "3x3, 16, stride 1", "16x16"),
    ("fc", "10-d fc, softmax", "1x1"),
]
BOXES = ["Input", "3x3 conv, 8", "ReLU", "2x2 max pool", "FC 10", "Softmax"]


def prose(top: float, lines: int) -> list[Text]:
    return [(72, top + 11 * i, f"{LINE} {i % 10}") for i in range(lines)]


def paper(caption: str = "Figure 1: The architecture of our network, with all of its layers.") -> bytes:
    """Return a paper of two pages: a figure with a design, and a table with one beside one of results."""
    texts, drawn = column(BOXES, 250, 160)
    rules: list[Rule] = [(160, 100, 460), (176, 100, 460), (226, 100, 460)]
    results = rows(430, (100, 250, 400), [("method", "error", "size"), ("ours", "1.2", "3"), ("theirs", "4.5", "6")])
    return pdf(
        ([*prose(80, 6), *texts, (72, 420, caption), *prose(450, 15)], [], drawn),
        (
            [
                *prose(80, 5),
                (72, 150, "Table 1: The architecture of a small net for images of 32 x 32."),
                *rows(170, (100, 180, 340), LAYERS),
                *prose(260, 10),
                (72, 410, "Table 2: Errors."),
                *results,
                *prose(500, 10),
            ],
            [*rules, (420, 100, 440), (436, 100, 440), (460, 100, 440)],
        ),
    )


def index_of(folder: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((folder / "index.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(index)
    return index


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "paper.pdf").write_bytes(paper())
    assert main(["extract", str(folder / "paper.pdf"), "-o", str(folder / "out")]) == 0
    return folder / "out"


def test_the_index_tells_of_each_figure_and_table(extracted: Path) -> None:
    index = index_of(extracted)
    assert index["paper"]["file"] == "paper.pdf"
    assert index["paper"]["pages"] == 2
    assert index["diagnostics"] == []
    assert [(each["kind"], each["label"], each["page"]) for each in index["places"]] == [
        *(("figure", "Figure 1", 1), ("table", "Table 1", 2), ("table", "Table 2", 2))
    ]
    figure, table, results = index["places"]
    assert figure["shows"] in FIGURES
    assert table["shows"] in TABLES
    assert (results["shows"], results["designs"]) == ("none", [])
    assert figure["caption"].startswith("Figure 1: The architecture")
    assert [each["text"] for each in figure["elements"]] == BOXES
    assert figure["links"] == [[i, i + 1] for i in range(len(BOXES) - 1)]
    left, _, _, bottom = figure["box"]
    assert all(left <= each["box"][0] and each["box"][3] <= bottom for each in figure["elements"])


def test_each_design_is_there_as_json_and_as_code(extracted: Path) -> None:
    for place in index_of(extracted)["places"][:2]:
        (design,) = place["designs"]
        graph = read(extracted / design["design"], report=Report()).graph
        assert len(graph.nodes) == design["layers"] > 3
        assert design["origin"] == {"page": place["page"], "label": place["label"], "box": place["box"]}
        assert 0 < design["confidence"] <= 1
        code = (extracted / design["code"]).read_text("utf-8")
        compile(code, design["code"], "exec")
        assert "layers.Conv2D(filters=8, kernel_size=3" in code


def test_figures_are_there_as_pictures(extracted: Path) -> None:
    for place in index_of(extracted)["places"]:
        data = (extracted / place["crop"]).read_bytes()
        assert data.startswith(b"\x89PNG")
        wide, high = struct.unpack(">II", data[16:24])
        left, top, right, bottom = place["box"]
        assert wide / high == pytest.approx((right - left + 4) / (bottom - top + 4), rel=0.03)


def test_the_report_stands_alone_and_escapes_what_the_paper_says(tmp_path: Path) -> None:
    caption = "Figure 1: The architecture of <script>alert(1)</script> & our network with its layers."
    (tmp_path / "paper.pdf").write_bytes(paper(caption))
    assert main(["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; our" in text
    assert "default-src 'none'" in text
    assert 'href="http' not in text
    assert 'src="http' not in text
    assert "data:image/png;base64," in text
    assert "layers.Conv2D" in text
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 4  # What was recognised in a figure and in a table, and the graphs of both.
    assert all(ElementTree.fromstring(each).tag.endswith("svg") for each in drawings)


class _Page(HTMLParser):
    """Gathers what a page refers to, what may be referred to, and whether each element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str] = []
        self.anchors: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        self.links += [said["href"]] if tag == "a" else []
        self.images += [said.get("src") or said["href"]] if tag in ("img", "image") else []
        self.open += [] if tag in ("img", "br", "meta", "link", "hr", "input") else [tag]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = self.open[:-1] if self.open[-1:] == [tag] else self.open

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_has_all_that_it_refers_to(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper("Figure 1: The architecture of our network with its layers."))
    assert main(["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out")]) == 0
    page = _Page()
    page.feed((tmp_path / "out" / "report.html").read_text("utf-8"))
    assert not page.open
    pictures = [base64.b64decode(each.partition("base64,")[2], validate=True) for each in page.images]
    assert pictures
    assert all(each.startswith(b"\x89PNG") for each in pictures)
    for link in page.links:
        target, _, anchor = link.partition("#")
        assert not anchor or anchor in page.anchors
        assert not target or (tmp_path / "out" / unquote(target)).is_file()


def test_what_is_done_is_not_done_again_unless_it_changed(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    first, second = tmp_path / "papers" / "a.pdf", tmp_path / "papers" / "b.pdf"
    first.write_bytes(paper())
    second.write_bytes(paper("Figure 1: Another architecture of a network."))
    command = ["extract", str(tmp_path / "papers"), "-o", str(tmp_path / "out"), "--jobs", "2"]
    assert main(command) == 0
    told = [(tmp_path / "out" / name / "index.json") for name in ("a", "b")]
    before = [each.stat().st_ino for each in told]
    second.write_bytes(paper("Figure 1: The architecture of a third network."))
    assert main(command) == 0
    after = [each.stat().st_ino for each in told]
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert "third" in told[1].read_text("utf-8")
    papers = json.loads((tmp_path / "out" / "papers.json").read_text("utf-8"))["papers"]
    assert [(each["folder"], each["figures"], each["tables"], each["designs"]) for each in papers] == [
        *(("a", 1, 2, 2), ("b", 1, 2, 2))
    ]


SECRET = "/Encrypt << /Filter /Standard /V 1 /R 2 /O <{0}> /U <{0}> /P -4 >> /ID [<00> <00>]".format("41" * 32)


def test_odd_papers_do_not_end_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.pdf").write_bytes(paper())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\n" + b"\0" * 999)
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "secret.pdf").write_bytes(pdf((prose(80, 5), []), trailer=SECRET))
    dense = "\n".join(f"{i % 500} {i % 700} m {i % 400} {i % 600} l S" for i in range(70_000))
    texts = [*prose(80, 5), (72, 420, "Figure 1: The architecture, drawn too densely."), *prose(450, 15)]
    (folder / "dense.pdf").write_bytes(pdf((texts, [], dense)))
    assert main(["extract", str(folder), "-o", str(tmp_path / "out")]) == 1
    found = {name: index_of(tmp_path / "out" / name) for name in ("good", "broken", "empty", "secret", "dense")}
    codes = {name: [each["code"] for each in index["diagnostics"]] for name, index in found.items()}
    assert codes == {"good": [], "broken": ["syntax"], "empty": ["syntax"], "secret": ["syntax"], "dense": []}
    assert sum(len(each["designs"]) for each in found["good"]["places"]) == 2
    assert "is encrypted" in found["secret"]["diagnostics"][0]["message"]
    assert [each["problem"] for each in found["dense"]["places"]] == ["is on a page with more drawn on it than is read"]
    told = capsys.readouterr()
    assert "5 papers" in told.out
    assert "Traceback" not in told.err


def test_a_paper_that_takes_too_long_is_told_and_tried_again_with_more(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())

    def job(seconds: float, mebibytes: int = 4096) -> Job:
        return Job(str(tmp_path / "paper.pdf"), str(tmp_path / "out"), "keras", Limits(seconds, mebibytes))

    (error,) = read_paper(job(0.01))["errors"]
    assert (error["code"], error["message"]) == ("limit", "took more than 0.01 seconds")
    assert index_of(tmp_path / "out")["limits"] == {"seconds": 0.01, "mebibytes": 4096}
    command = ["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out")]
    assert main([*command, "--seconds", "0.01"]) == 1
    assert main(command) == 0
    assert len(index_of(tmp_path / "out")["places"]) == 3


def test_a_paper_that_takes_too_much_memory_is_told(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())
    job = Job(str(tmp_path / "paper.pdf"), str(tmp_path / "out"), "keras", Limits(60.0, 40))
    (error,) = read_paper(job)["errors"]
    assert error["code"] == "limit"
    assert index_of(tmp_path / "out")["places"] == []


ENDLESS = """
import time
from translator.extraction import child, one
one.extract = lambda *_: time.sleep(600)
raise SystemExit(child.main(["paper.pdf", "folder", "keras", "4096"]))
"""


def test_the_process_of_a_paper_ends_with_the_one_that_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdin=subprocess.PIPE) as child:
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(2)
        child.stdin.close()  # type: ignore[union-attr]
        assert child.wait(60) == ALONE


def test_other_files_of_a_folder_are_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    assert main(["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "mine")]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_paper_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", str(tmp_path / "none.pdf"), "-o", str(tmp_path / "out")]) == 2
    assert "error[file]: cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--engine", "ray"], "there is no engine 'ray'"), (["--to", "cobol"], "'cobol' is not a format")],
)
def test_odd_arguments_are_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())
    try:
        code = main(["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out"), *arguments])
    except SystemExit as error:
        code = int(error.code or 0)
    assert code == 2
    assert told in capsys.readouterr().err


def test_a_picture_alone_is_none_of_its_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.png").write_bytes(b"\x89PNG")
    main(["extract", str(tmp_path / "net.png"), "-o", str(tmp_path / "out")])
    assert "a picture or a table alone: translate net.png --to keras" in capsys.readouterr().err


def test_a_cluster_reads_papers_too(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    (tmp_path / "paper.pdf").write_bytes(paper())
    command = ["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out")]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as cluster:
        assert main([*command, "--engine", f"dask:{cluster.scheduler_address}"]) == 0
    assert len(index_of(tmp_path / "out")["places"]) == 3


def test_other_formats_are_written(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())
    command = ["extract", str(tmp_path / "paper.pdf"), "-o", str(tmp_path / "out")]
    assert main([*command, "--to", "pytorch"]) == 0
    codes = [design["code"] for each in index_of(tmp_path / "out")["places"] for design in each["designs"]]
    assert all("nn.Conv2d" in (tmp_path / "out" / each).read_text("utf-8") for each in codes)


def test_a_figure_is_read_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(paper())
    options = ReadOptions(variant="Figure 1")
    graph = read(tmp_path / "paper.pdf", options=options, report=Report()).graph
    assert [type(node.layer).__name__ for node in graph.nodes] == [
        *("Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "Softmax")
    ]


def test_the_schema_knows_what_there_is() -> None:
    assert set(SCHEMA["$defs"]["place"]["properties"]["shows"]["enum"]) == {"none", *FIGURES, *TABLES}


def test_a_plot_shows_no_design() -> None:
    ticks: list[Text] = [(150 + 40 * i, 330, str(10 * i)) for i in range(8)]
    ticks += [(120, 320 - 20 * i, f"{i / 10:.1f}") for i in range(7)]
    curve = " ".join(f"{140 + 5 * i} {470 + 2000 // (i + 15)} l" for i in range(60))
    drawn = f"140 470 300 140 re S 140 600 m {curve} S 140 580 m {curve} S"
    texts = [*prose(80, 6), *ticks, (72, 360, "Figure 1: Error of training and test over the epochs."), *prose(390, 20)]
    (sighting,) = sightings(pdf((texts, [], drawn)))
    assert (sighting.kind.name, sighting.designs, sighting.problem) == ("none", (), "")


def test_traits_of_nothing_are_numbers() -> None:
    nothing = Figure((0, 0, 1, 1), "", Drawing((), ()), (), None, np.zeros((1, 1, 3), np.uint8))
    assert all(np.isfinite(value) for value in traits_of(nothing).values())


def test_what_a_page_says_wrongly_is_passed_over_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    texts, drawn = column(BOXES, 250, 160)
    wrong = f"{drawn}\n/R1 /b 1 0 m (x) (y) l S BT (oops) 1 0 0 1 0 Tm ET"
    caption = "Figure 1: The architecture of our network, with all of its layers."
    (sighting,) = sightings(pdf(([*prose(80, 6), *texts, (72, 420, caption), *prose(450, 15)], [], wrong)))
    assert len(sighting.designs) == 1
    assert not caplog.records
