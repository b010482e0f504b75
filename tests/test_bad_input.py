"""Bad input: a clear error with a way to mend it, the right exit code, no traceback, no value, nothing left behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit import cli

CANARY = "canary7c1"
"""A value that stands in every file and may stand in no message."""
WORKER = f"worker_id,role,fte,start_date\n{CANARY}1,5,1.0,2024-01-02\n{CANARY}2,5,0.8,2024-02-03\n"


def write(folder: Path, name: str = "worker.csv", content: str | bytes = WORKER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def workbook() -> bytes:
    content = io.BytesIO()
    frame = pd.DataFrame({"worker_id": [f"{CANARY}{i}" for i in range(50)], "fte": [1.0] * 50})
    with pd.ExcelWriter(content) as writer:
        frame.to_excel(writer, sheet_name="worker", index=False)
    return content.getvalue()


def encrypted(folder: Path) -> Path:
    return write(folder, "all.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + CANARY.encode() * 400)


def opened_elsewhere(folder: Path) -> Path:
    write(folder, "worker.xlsx", workbook())
    return write(folder, "~$worker.xlsx", CANARY)


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


Make = Callable[[Path], Path]
UNREADABLE: dict[str, tuple[Make, str]] = {
    "empty folder": (empty, "FOLDER-EMPTY"),
    "path that does not exist": (lambda p: p / "nowhere", "PATH-MISSING"),
    "file that does not exist": (lambda p: p / "nowhere.xlsx", "PATH-MISSING"),
    "no table in the folder": (lambda p: write(p, "stuff.csv", f"a,b\n{CANARY},1\n"), "TABLES-NONE"),
    "nothing that can be read": (lambda p: write(p, "worker.doc", CANARY), "FILE-KIND"),
    "empty file": (lambda p: write(p, content=""), "FILE-EMPTY"),
    "wrong encoding": (
        lambda p: write(p, content=f"worker_id,role\n{CANARY},Работник\n".encode("cp1251")),
        "FILE-ENCODING",
    ),
    "UTF-16 without its mark": (lambda p: write(p, content=WORKER.encode("utf-16-le")), "FILE-ENCODING"),
    "rows of different widths": (lambda p: write(p, content=f"worker_id,role\n{CANARY},5,{CANARY}\n"), "CSV-RAGGED"),
    "two columns of one name": (lambda p: write(p, content=f"worker_id,worker_id\n{CANARY},1\n"), "HEADER-DUPLICATE"),
    "truncated workbook": (lambda p: write(p, "all.xlsx", workbook()[:2000]), "FILE-TRUNCATED"),
    "something else called a workbook": (lambda p: write(p, "all.xlsx", CANARY * 100), "FILE-TRUNCATED"),
    "workbook with a password": (encrypted, "FILE-LOCKED"),
    "workbook open elsewhere": (opened_elsewhere, "FILE-LOCKED"),
    "truncated Parquet": (lambda p: write(p, "worker.parquet", b"PAR1" + CANARY.encode() * 9), "FILE-TRUNCATED"),
    "broken database": (lambda p: write(p, "x.sqlite", CANARY * 200) / "x.sqlite", ""),
}
INVALID: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a number column with text": (
        f"worker_id,fte\n{CANARY}1,1.0\n{CANARY}2,{CANARY}\n",
        "TYPE-NUMBER",
        ("worker.fte", "Row 3"),
    ),
    "a date in two formats": (
        f"worker_id,start_date\n{CANARY}1,2024-01-31\n{CANARY}2,31/01/2024\n{CANARY}3,01/31/2024\n",
        "DATE",
        ("worker.start_date",),
    ),
    "a date that is none": (f"worker_id,start_date\n{CANARY}1,{CANARY}\n", "DATE", ("worker.start_date", "Row 2")),
    "duplicate keys": (f"worker_id,fte\n{CANARY},1.0\n{CANARY},1.0\n", "KEY-DUPLICATE", ("worker.worker_id", "Row 3")),
    "an unknown code": (f"worker_id,role\n{CANARY}1,5\n{CANARY}2,{CANARY}\n", "CODE-UNKNOWN", ("worker.role", "Row 3")),
    "a missing column": ("role\n5\n5\n", "COLUMN-MISSING", ("worker.worker_id",)),
    "a number out of its range": (f"worker_id,fte\n{CANARY}1,7123.5\n", "RANGE", ("worker.fte", "Row 2")),
    "a column that names people": (f"worker_id,Surname\nW1,{CANARY}\n", "IDENTIFIER", ("Surname", "pseudonymise")),
    "a key that names people": (
        "worker_id,fte\n9434765919,1\n4010232137,1\n9876543210,1\n",
        "IDENTIFIER",
        ("worker.worker_id", "pseudonymise"),
    ),
}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = cli.main([str(a) for a in arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def said_well(said: str) -> None:
    assert "How to fix" in said and "Traceback" not in said and "bug in the toolkit" not in said
    for value in (CANARY, "7123.5", "31/01", "9434765919"):
        assert value not in said


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize("command", ["validate", "coverage", "map", "pseudonymise"])
def test_unreadable_is_2(command: str, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, code = UNREADABLE[case]
    if case == "no table in the folder" and command in ("map", "pseudonymise"):
        pytest.skip("any table will do")
    place = make(tmp_path / "data")
    before = sorted(tmp_path.rglob("*"))
    out = ["--out", tmp_path / "out"] if command in ("map", "pseudonymise") else []
    exit_code, said = run(capsys, command, place, *out)
    assert exit_code == 2, said
    assert code in said
    said_well(said)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is left behind"


@pytest.mark.parametrize("case", INVALID)
def test_invalid_is_1(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, code, parts = INVALID[case]
    folder = write(tmp_path / "data", content=content)
    exit_code, said = run(capsys, "validate", folder)
    assert exit_code == 1, said
    assert code in said and all(part in said for part in parts), said
    said_well(said)
    for command in (["coverage", folder], ["measure", folder, "--metric", "caseload_per_fte"]):
        exit_code, said = run(capsys, *command)
        assert exit_code in ((0, 1) if command[0] == "coverage" else (1,))
        assert CANARY not in said and "Traceback" not in said and "bug in the toolkit" not in said


def test_a_missing_table_names_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "data")
    assert run(capsys, "validate", folder)[0] == 0, "no authority has every table"
    exit_code, said = run(capsys, "measure", folder, "--metric", "remote_share_desk")
    assert exit_code == 1 and "worker_month" in said and "How to fix" in said and CANARY not in said
    exit_code, said = run(capsys, "coverage", folder)
    assert exit_code == 0 and "table 'contact'" in said


def test_several_problems_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "data", content=f"worker_id,role,fte\n{CANARY},99,x\n{CANARY},5,44\n")
    write(folder, "contact.csv", f"contact_id,family_id,worker_id\n1,F,{CANARY}9\n")
    exit_code, said = run(capsys, "validate", folder)
    codes = ("CODE-UNKNOWN", "TYPE-NUMBER", "RANGE", "KEY-DUPLICATE", "ORPHAN-CONTACT-WORKER-ID")
    assert exit_code == 1 and all(c in said for c in codes)
    said_well(said)


@pytest.mark.parametrize("place", ["file/under", "/proc/nowhere"])
def test_an_unwritable_output_is_2(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if place.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    folder = write(tmp_path / "data")
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    out = tmp_path / place
    for arguments in (
        ["template", "--out", out / "t.xlsx"],
        ["map", folder, "--out", out / "m.toml"],
        ["pseudonymise", folder, "--out", out / "p"],
        ["pseudonymise", folder, "--out", tmp_path / "ok", "--key-file", out / "key"],
        ["coverage", folder, "--out", out / "c.csv"],
        ["validate", folder, "--out", out / "c.csv"],
    ):
        exit_code, said = run(capsys, *arguments)
        assert exit_code == 2, said
        assert "OUTPUT-UNWRITABLE" in said
        said_well(said)
        assert sorted(tmp_path.rglob("*")) == before, "nothing is left behind"


def test_an_output_that_breaks_off_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "data")
    write(folder, "team.csv", f"team_id\n{CANARY}\n")
    (tmp_path / "old.csv").write_text("before")
    before = sorted(tmp_path.rglob("*"))
    real = Path.write_text
    written: list[Path] = []

    def full(self: Path, *args: object, **kwargs: object) -> int:
        written.append(self)
        if len(written) > 1:
            raise OSError(28, "No space left on device", str(self))
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", full)
    exit_code, said = run(capsys, "pseudonymise", folder, "--out", tmp_path / "out")
    assert exit_code == 2 and "no space left" in said and len(written) == 2
    said_well(said)
    assert sorted(tmp_path.rglob("*")) == before and (tmp_path / "old.csv").read_text() == "before"


@pytest.mark.parametrize(
    ("text", "code"),
    [("not toml [", 1), ('[tables.nonsense]\nsource = "x"\n', 1), ('[tables.worker]\nsource = "elsewhere"\n', 1)],
)
def test_a_bad_mapping(text: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "data")
    (tmp_path / "m.toml").write_text(text)
    exit_code, said = run(capsys, "validate", folder, "--mapping", tmp_path / "m.toml")
    assert exit_code == code
    said_well(said)
    exit_code, said = run(capsys, "validate", folder, "--mapping", tmp_path / "nowhere.toml")
    assert exit_code == 2
    said_well(said)
