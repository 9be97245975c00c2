"""How much memory a file of many pages takes: the papers of the corpus, bound into one, read figure by figure.

python benchmarks/paper_memory.py [--corpus ../shared/corpus] [--pages 1000]

The memory that the process holds is told each hundred pages. The goal is that it is flat: no more at the end than
once all kinds of pages have been read, which is after the first half, but for a tenth.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import pypdfium2

from extract.paper import sightings

GROWTH = 1.1


def bound(papers: list[Path], pages: int, target: Path) -> None:
    """Write a PDF of so many pages, of papers one behind the other, and again from the first."""
    whole = pypdfium2.PdfDocument.new()
    while len(whole) < pages:
        for each in papers:
            paper = pypdfium2.PdfDocument(each)
            whole.import_pages(paper, list(range(min(len(paper), pages - len(whole)))))
            paper.close()
    whole.save(target)
    whole.close()


def held() -> float:
    """Return how much memory the process holds, in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", "../shared/corpus")))
    parser.add_argument("--pages", type=int, default=1000)
    args = parser.parse_args()
    papers = sorted((args.corpus / "papers").glob("*.pdf"))
    most = {False: 0.0, True: 0.0}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "papers.pdf"
        bound(papers, args.pages, file)
        print(f"{args.pages} pages, {file.stat().st_size / 2**20:.0f} MiB; before: {held():.0f} MiB", flush=True)
        told = 0
        for count, sighting in enumerate(sightings(file), 1):
            now, page = held(), sighting.place.page
            half = page > args.pages // 2
            most[half] = max(most[half], now)
            if page // 100 > told:
                told = page // 100
                print(f"page {page}: {count} figures and tables, {now:.0f} MiB", flush=True)
    flat = "flat" if most[True] <= GROWTH * most[False] else "not flat"
    print(f"first half at most {most[False]:.0f} MiB, second {most[True]:.0f} MiB: {flat}")


if __name__ == "__main__":
    main()
