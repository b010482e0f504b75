"""The house holds together: imports run one way, generated files follow their source, pins name no host."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.environment import environment

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "hybrid_toolkit"
EVERYWHERE = {"errors", "result"}
MAY_USE = {
    "data": set(),
    "synth": {"data"},
    "metrics": {"data"},
    "models": {"metrics", "data"},
    "designs": {"models", "metrics", "data"},
    "study": {"designs", "models", "synth", "metrics", "disclosure", "data"},
    "assess": {"models", "metrics", "data"},
    "disclosure": {"data"},
    "report": {"disclosure", "study", "assess", "metrics", "data"},
    "widgets": {"report", "disclosure", "study", "designs", "assess", "models", "metrics", "synth", "data"},
    "demo": {"report", "disclosure", "study", "metrics", "synth", "data"},
    "cli_studies": {"report", "disclosure", "study", "data"},
    "cli": {"cli_studies", "demo", "app", "report", "disclosure", "study", "assess", "metrics", "synth", "data"},
    "app": {"widgets", "data"},
}
"""Room -> rooms it may import. ``ARCHITECTURE.md`` says why."""


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "hybrid_toolkit" else ""


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            rooms |= {room_of(a.name) for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "hybrid_toolkit":
                rooms |= {a.name for a in node.names}
            else:
                rooms.add(room_of(node.module or ""))
    return rooms - {"", "__version__"}


MODULES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.name not in ("__main__.py",) and p.parent != PACKAGE]
MODULES += [PACKAGE / "cli.py", PACKAGE / "cli_studies.py", PACKAGE / "demo.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    allowed = MAY_USE[room] | EVERYWHERE | {room}
    assert imported_rooms(path) <= allowed, f"{relative} may use only {sorted(allowed)}"


def test_the_walls_are_in_the_table() -> None:
    assert "models" not in MAY_USE["synth"], "recovery tests would be circular"
    assert "metrics" not in MAY_USE["disclosure"], "the gate knows no analysis"


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = {p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert not [r for r in sorted(rooms) if f"`{r}/`" not in text]


def test_importing_the_package_loads_no_plot_and_no_widget() -> None:
    code = "import sys, hybrid_toolkit; print([m for m in ('matplotlib', 'ipywidgets', 'pandas') if m in sys.modules])"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "[]"


def test_every_public_name_loads() -> None:
    import hybrid_toolkit as ht

    for name in ht.__all__:
        assert getattr(ht, name) is not None


def test_environment_follows_pyproject() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == environment(), "run: python -m tools.environment"
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert all(requirement in text for requirement in stated)
    for needed in ("jupyterlab", "ipywidgets", "pandas", "statsmodels", "matplotlib", "nbval"):
        assert re.search(rf"^  - {needed}\b", text, re.MULTILINE)


def test_lock_pins_what_pyproject_states_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=!~ ]", r)[0].lower() for r in stated}
    assert names <= pins, f"run: python -m tools.lock (missing {sorted(names - pins)})"
    assert lock.count("--hash=sha256:") >= len(pins)
