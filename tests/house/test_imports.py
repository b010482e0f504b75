"""Which room may import which, in no circle; no name stands twice; no room is too long to read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hybrid_toolkit"
EVERYWHERE = {"arrays", "columns", "errors", "result"}
MAY_USE = {
    "columns": set(),
    "data": set(),
    "synth": {"data"},
    "metrics": {"data"},
    "models": set(),
    "designs": {"models", "metrics"},
    "study": {"designs", "models", "synth", "metrics", "disclosure", "data"},
    "trust": {"study", "designs", "models", "synth"},
    "assess": {"models", "metrics"},
    "disclosure": {"data"},
    "report": {"disclosure", "study", "assess", "metrics", "data"},
    "widgets": {"report", "disclosure", "study", "designs", "assess", "models", "metrics", "synth", "data"},
    "demo": {"report", "disclosure", "study", "metrics", "synth", "data"},
    "cli_studies": {"cli_help", "report", "disclosure", "study", "synth", "data"},
    "cli_measure": {"cli_help", "report", "synth", "disclosure", "metrics", "data"},
    "cli_notebooks": {"report"},
    "cli_help": set(),
    "cli": {
        "cli_help",
        "cli_studies",
        "cli_measure",
        "cli_notebooks",
        "demo",
        "app",
        "metrics",
        "synth",
        "data",
    },
    "app": {"widgets", "report", "disclosure", "study", "assess", "metrics", "synth", "data"},
}
"""Room -> rooms it may import, each of which it does. ``ARCHITECTURE.md`` says why."""
COMMANDS = ("demo", "cli", "cli_help", "cli_measure", "cli_studies", "cli_notebooks")
"""Modules beside the rooms, which share a row of the table in ``ARCHITECTURE.md``."""


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


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, known: set[str]) -> set[str]:
    """Modules of the package that one imports, those inside functions and under TYPE_CHECKING among them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in known else node.module for a in node.names
            }
    return (found & known) - {module_name(path)}


MODULES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.name not in ("__main__.py",) and p.parent != PACKAGE]
MODULES += [PACKAGE / f"{name}.py" for name in COMMANDS]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    allowed = MAY_USE[room] | EVERYWHERE | {room}
    assert imported_rooms(path) <= allowed, f"{relative} may use only {sorted(allowed)}"


def may_use_as_told(text: str) -> dict[str, set[str]]:
    """Room -> rooms that a table in ``ARCHITECTURE.md`` lets it use; a remark in brackets says what of it."""
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)`.* \| (.*?) \|$", text, flags=re.M)
    return {room: set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", says))) for room, says in rows if room in MAY_USE}


def test_architecture_lets_each_room_use_what_it_may_use() -> None:
    told = may_use_as_told((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    commands = set().union(*(MAY_USE[c] for c in COMMANDS)) - set(COMMANDS)
    held = {room: may for room, may in MAY_USE.items() if room not in COMMANDS} | {"demo": commands}
    assert told == held, {r: (told.get(r), held.get(r)) for r in {*told, *held} if told.get(r) != held.get(r)}


def test_no_room_may_use_one_that_it_does_not() -> None:
    used: dict[str, set[str]] = {}
    for path in MODULES:
        used.setdefault(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), set()).update(imported_rooms(path))
    unused = {room: sorted(may - used[room]) for room, may in MAY_USE.items() if may - used[room]}
    assert not unused, f"take these arrows out of MAY_USE and of the table in ARCHITECTURE.md: {unused}"


def test_no_import_runs_in_a_circle() -> None:
    files = {module_name(p): p for p in PACKAGE.rglob("*.py")}
    graph = nx.DiGraph()
    for name, path in files.items():
        graph.add_edges_from((name, other) for other in imported_modules(path, set(files)))
    circles = [sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1]
    assert not circles, f"each imports the other, at least by way of others: {circles}"


PLUG_INS = {"ALL", "SPECS", "UNIT", "needs"}
"""Names that a module of a family gives under one name, for its register to gather."""


def public_definitions(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {n for n in names if not n.startswith("_")}


def test_no_public_name_stands_in_two_modules() -> None:
    where: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in public_definitions(path) - PLUG_INS:
            where.setdefault(name, []).append(str(path.relative_to(PACKAGE)))
    twice = {name: files for name, files in where.items() if len(files) > 1}
    assert not twice, f"one name, one meaning, one module: {twice}"


MOST_MODULES = 20
"""Modules that a folder may hold before it gets wings: about as many as a reader takes in at a glance."""


def test_no_room_is_too_long_to_read() -> None:
    rooms = [p.parent for p in PACKAGE.rglob("__init__.py")]
    counts = {str(r.relative_to(PACKAGE)): len([p for p in r.glob("*.py") if p.name != "__init__.py"]) for r in rooms}
    assert not {r: n for r, n in counts.items() if n > MOST_MODULES}


def test_the_walls_are_in_the_table() -> None:
    assert not MAY_USE["models"], "estimators know columns and arrays, and nothing of the project's data"
    assert not [p for p in (PACKAGE / "trust" / "dgps").glob("*.py") if "models" in imported_rooms(p)], "circular"
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
