"""The process that one paper is read in: it ends with the paper, and may not take more than it is given.

It ends with the one that started it too, however that ended: its standard input is then closed.

python -m translator.extraction.child PAPER FOLDER FORMAT MEBIBYTES
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

OUT_OF_MEMORY = 3
"""The exit code of a process that had too little memory."""
ALONE = 4
"""The exit code of a process whose parent is gone."""


def main(arguments: list[str]) -> int:
    """Read a paper into a folder; return 0, or `OUT_OF_MEMORY`."""
    paper, folder, to, mebibytes = arguments
    threading.Thread(target=end_with_parent, daemon=True).start()
    confine(int(mebibytes) << 20)
    from translator.extraction.one import extract

    try:
        extract(Path(paper), Path(folder), to)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def end_with_parent() -> None:
    """Wait until standard input is closed, and end the process."""
    os.read(0, 1)
    os._exit(ALONE)


def confine(size: int) -> None:
    """Let this process take no more than so many bytes of memory, where the system can hold it to that."""
    try:
        import resource
    except ImportError:  # Windows has none.
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if most < 0 else min(size, most), most))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
