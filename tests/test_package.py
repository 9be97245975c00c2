"""What is shipped, and how the parts may know each other."""

import subprocess
import sys
import zipfile
from pathlib import Path

import translator

ROOT = Path(__file__).parent.parent


def test_the_public_surface_is_this() -> None:
    assert sorted(translator.__all__) == [
        "Diagnostic",
        "Graph",
        "Model",
        "ReadOptions",
        "Report",
        "Translation",
        "TranslationError",
        "WriteOptions",
        "check",
        "read",
        "translate",
        "write",
    ]
    assert all(hasattr(translator, name) for name in translator.__all__)


def test_the_wheel_holds_the_packages_and_their_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"translator", "ir", "grammars", "schemas", "extract"}
    assert "schemas/design.schema.json" in names
    assert "ir/py.typed" in names
    assert not [name for name in names if "test" in name]


def test_the_readme_shows_real_output() -> None:
    text = translator.translate(ROOT / "fixtures" / "caffe" / "lenet.prototxt", "keras").text or ""
    assert f"```python\n{text}```" in (ROOT / "README.md").read_text()


def test_imports_run_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
