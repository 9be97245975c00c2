"""Write what follows from the catalogue: schema, grammars, pages of documentation. `--check` only compares.

python -m translator.derive [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import schemas
from grammars.build import build
from grammars.profiles import everything, load
from grammars.textmate import textmate
from translator.describe import diagnostics_page, layers_page
from translator.dialects.design import paper

ROOT = Path(__file__).parent.parent


def derived() -> dict[Path, str]:
    """Return each derived file and what belongs into it."""
    return {
        ROOT / "schemas" / "design.schema.json": json.dumps(schemas.build(paper.schemas()), indent=1) + "\n",
        ROOT / "grammars" / "layers.lark": build(everything()),
        ROOT / "grammars" / "paper.lark": build(load("paper")),
        ROOT / "grammars" / "notation.tmLanguage.json": json.dumps(textmate(), indent=1) + "\n",
        ROOT / "docs" / "layers.md": layers_page(),
        ROOT / "docs" / "diagnostics.md": diagnostics_page(),
    }


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` return 1 if any is stale."""
    stale = [path for path, text in derived().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run `make derive`", file=sys.stderr)
        return int(bool(stale))
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(derived()[path], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
