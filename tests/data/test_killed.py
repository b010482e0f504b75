"""What is killed in mid-run leaves what was there whole, and what it wrote whole or absent."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

import hybrid_toolkit
from hybrid_toolkit.data import atomic_output
from hybrid_toolkit.data.atomic_output import atomic_folder
from hybrid_toolkit.disclosure.ledger.release_ledger import FOLDER, LEDGER, VersionLedger
from hybrid_toolkit.errors import OutputError, UnreadableError

CSV_FOR_HASHES_ONLY = {"data/evaluation_data.py", "disclosure/release.py"}
"""Modules that make CSV text to hash it, never to write it."""
KILLED = ("save", "replace a folder", "pseudonymise", "ledger", "export", "load", "map", "synth", "diagnose and resume",
          "autosave of the app")  # fmt: skip
"""Operations that are killed."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")
@pytest.mark.parametrize("operation", KILLED)
def test_killed_at_random_points(operation: str) -> None:
    """Five kills here; ``python -m tools.faults 200`` does more by hand."""
    from tools.faults import OPERATIONS, kill_at_random

    assert set(KILLED) == set(OPERATIONS)
    found = kill_at_random(operation, 5)
    assert found.killed >= 1, "no kill came in time: it proves nothing"
    assert (found.broken, found.left) == (0, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")
@pytest.mark.parametrize("fault", ["disk full", "read-only folder", "unreadable files", "file locked", "clock back"])
@pytest.mark.parametrize("operation", ["save", "replace a folder", "ledger", "load"])
def test_a_fault_of_the_disk_or_the_clock_is_an_error_and_leaves_what_was_there(operation: str, fault: str) -> None:
    """``python -m tools.disk_faults`` meets every operation with every fault, and with a disk that is really full."""
    from tools.disk_faults import FAULTS, meet_fault
    from tools.faults import REFUSED

    assert fault in FAULTS
    stops = fault == "unreadable files" if operation == "load" else fault != "clock back"
    assert meet_fault(operation, fault) == (REFUSED if stops else 0, True, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")
def test_two_who_release_at_once_share_one_ledger_and_one_key(tmp_path: Path) -> None:
    """Each began with nothing; the second to write once lost what the first had shown."""
    children = []
    for n in range(4):
        child = os.fork()
        if child == 0:
            try:
                for i in range(5):
                    VersionLedger(tmp_path).record(
                        "mean", [{f"w{j}": f"{n} {i}" for j in range(20)}], version=f"{n} {i}"
                    )
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    ledger = VersionLedger(tmp_path)
    assert len(json.loads((tmp_path / FOLDER / LEDGER).read_text())["shown"].popitem()[1]) == 20
    for n in range(4):  # and everything that was shown is known again
        changed = {f"w{j}": f"{n} 4" if j else "other" for j in range(20)}
        assert ledger.few_changed("mean", changed, threshold=10)


@pytest.mark.parametrize("gone", ["key", "half a key"])
def test_a_ledger_without_its_key_shows_nothing(tmp_path: Path, gone: str) -> None:
    """With another key nothing that was shown would be known again, and a change of one person would pass."""
    VersionLedger(tmp_path).record("mean", [{f"w{i}": "0.5" for i in range(20)}], version="a")
    key = tmp_path / FOLDER / "key"
    key.unlink() if gone == "key" else key.write_bytes(key.read_bytes()[:16])
    with pytest.raises(UnreadableError, match="LEDGER-UNREADABLE"):
        VersionLedger(tmp_path)


def test_where_folders_cannot_be_exchanged_a_killed_replacement_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the old folder went aside and before the new one took its place."""
    monkeypatch.setattr(atomic_output, "_exchange", lambda part, target: False)
    target = tmp_path / "out"
    with atomic_folder(target) as part:
        (part / "a.txt").write_text("old")

    class Gone(BaseException):
        pass

    rename = Path.rename

    def killed(self: Path, to: Path) -> Path:
        if to == target:
            raise Gone
        return rename(self, to)

    with monkeypatch.context() as dead:
        dead.setattr(Path, "rename", killed)
        dead.setattr(atomic_output, "_remove", lambda path: None)
        with pytest.raises(Gone), atomic_folder(target, replace=True) as part:
            (part / "a.txt").write_text("new")
    assert not target.exists()
    aside = next(tmp_path.glob(".out.old-*.part"))
    aside.rename(aside.with_name(aside.name.replace(f"-{os.getpid()}.part", "-4194305.part")))  # beyond any process id
    with pytest.raises(OutputError), atomic_folder(target):
        pass
    assert (target / "a.txt").read_text() == "old"


def test_one_function_writes_every_csv() -> None:
    """A frame written with pandas' own method, or rows by the csv module, could carry a formula."""
    root = Path(hybrid_toolkit.__file__).parent
    other = []
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                of_pandas = node.func.attr == "to_csv" and bool(node.args or node.keywords)
                if (of_pandas or node.func.attr in ("writer", "DictWriter")) and name not in CSV_FOR_HASHES_ONLY:
                    other.append(name)
    assert set(other) == {"data/safe_csv.py"}
