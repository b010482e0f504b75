"""The folder of the work: whole files, older copies, other people, and files of other versions."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hybrid_toolkit.app.documents import WORK_SCHEMA, Saving, read_saving
from hybrid_toolkit.app.workspace import PRESENT_SECONDS, Workspace
from hybrid_toolkit.errors import OutputError, UnreadableError, UsageError


def test_typing_on_is_one_change_and_undo_takes_it_back_whole(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    work.change("plan", lambda c: {"title": "Spring"}, "named it")
    for text in ("S", "Su", "Summer"):
        work.change("plan", lambda c, t=text: {"title": t}, "named it again")
    assert len(work.older("plan")) == 2
    assert work.undo("plan").content == {"title": "Spring"}
    assert work.undo("plan").content == {}
    with pytest.raises(UsageError, match="nothing to undo"):
        work.undo("plan")


def test_what_was_undone_can_be_done_again_until_something_else_is_changed(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    for number in (1, 2, 3):
        work.change("plan", lambda c, n=number: {"n": n}, f"wrote {number}")
    work.undo("plan")
    assert work.step("plan", "undo").startswith("Undone") and work.read("plan").content == {"n": 1}
    assert work.redo("plan").content == {"n": 2} and work.steps("plan") == (True, True)
    assert work.redo("plan").content == {"n": 3} and work.steps("plan") == (True, False)
    assert work.undo("plan").content == {"n": 2}
    work.change("plan", lambda c: {"n": 9}, "another way")
    with pytest.raises(UsageError, match="nothing to do again"):
        work.redo("plan")
    assert work.undo("plan").content == {"n": 2} and list(work.everything()) == ["plan"]


def test_the_same_content_is_no_change(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    first = work.change("plan", lambda c: {"a": 1}, "x")
    assert work.change("plan", lambda c: {"a": 1}, "y") == first


def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    work.change("plan", lambda c: {"a": 1}, "x")
    with pytest.raises(ZeroDivisionError):
        work.change("plan", lambda c: {"a": 1 / 0}, "y")
    assert work.read("plan").content == {"a": 1}
    assert not list((tmp_path / "here").glob("*.lock"))


def test_two_desks_at_once_lose_nothing(tmp_path: Path) -> None:
    """Forty writers in two folders' worth of desks, each adding a key of its own to one file."""
    desks = [Workspace(tmp_path) for _ in range(4)]

    def write(desk: Workspace, who: int) -> None:
        for i in range(10):
            desk.change("plan", lambda c, i=i: {**c, f"{who}-{i}": i}, f"{who} wrote {i}")

    threads = [threading.Thread(target=write, args=(d, i)) for i, d in enumerate(desks)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(desks[0].read("plan").content) == 40


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from hybrid_toolkit.app.workspace import Workspace; w = Workspace(sys.argv[1]);\n"
        "for i in range(15): w.change('plan', lambda c: {**c, sys.argv[2] + str(i): i}, str(i) + sys.argv[2])"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    assert [p.wait(60) for p in both] == [0, 0]
    assert len(Workspace(tmp_path).read("plan").content) == 30


def test_each_sees_that_the_other_is_there_and_goes(tmp_path: Path) -> None:
    mine, theirs = Workspace(tmp_path), Workspace(tmp_path)
    mine.be_here("Coordinator", now=1000.0)
    theirs.be_here("Supervisor", now=1000.0)
    assert [p.words for p in mine.others(now=1010.0)] == ["Supervisor"]
    assert mine.others(now=1001.0 + PRESENT_SECONDS) == ()
    theirs.leave()
    assert mine.others(now=1010.0) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "WORK-_KIND"),
        ("[]", "WORK-_KIND"),
        ('{"kind": "another"}', "WORK-_KIND"),
        (Saving({}, 1).text().replace('"schema": 1', f'"schema": {WORK_SCHEMA + 1}'), "WORK-NEWER"),
        (Saving({}, 1).text().replace('"schema": 1', '"schema": 0'), "WORK-PART"),
        (Saving({}, 1).text().replace('"revision": 1', '"revision": true'), "WORK-PART"),
    ],
)
def test_a_file_that_is_damaged_or_newer_is_refused_and_left_alone(tmp_path: Path, text: str, code: str) -> None:
    work = Workspace(tmp_path)
    (tmp_path / "plan.json").write_text(text)
    for act in (lambda: work.read("plan"), lambda: work.change("plan", lambda c: {"a": 1}, "x")):
        with pytest.raises(UnreadableError) as found:
            act()
        assert found.value.code == code
    assert (tmp_path / "plan.json").read_text() == text


def test_an_older_version_is_brought_up_to_date() -> None:
    raw = Saving({"name": "x"}, 4).text().encode()
    up = {1: lambda c: {"title": c["name"]}, 2: lambda c: {**c, "actions": []}}
    assert read_saving(raw, where="plan.json", schema=3, migrations=up).content == {"title": "x", "actions": []}
    with pytest.raises(UnreadableError, match="version 1"):
        read_saving(raw, where="plan.json", schema=3, migrations={2: up[2]})


@pytest.mark.parametrize("name", ["../outside", "a/../../b", "/etc/passwd", "A", "a b", "a/b/c/d/e", ""])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Workspace(tmp_path).path(name)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        Workspace(tmp_path / "file" / "work")


def test_the_file_says_its_kind_version_and_last_change(tmp_path: Path) -> None:
    work = Workspace(tmp_path)
    work.change("rounds/2026/it-1", lambda c: {"a": 1}, "answered")
    held = json.loads((tmp_path / "rounds" / "2026" / "it-1.json").read_text())
    assert (held["schema"], held["revision"], held["change"]) == (WORK_SCHEMA, 1, "answered")
    assert list(work.everything()) == ["rounds/2026/it-1"]


def test_everything_is_one_file_and_comes_back_whole_or_not_at_all(tmp_path: Path) -> None:
    first, second = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    first.change("plan", lambda c: {"title": "Spring"}, "named it")
    first.change("rounds/r1/raters/it-1", lambda c: {"answers": {}}, "added a person")
    second.change("plan", lambda c: {"title": "Mine"}, "named it")
    assert second.take_whole(first.whole_text().encode()) == 2
    assert {n: s.content for n, s in second.everything().items()} == {
        n: s.content for n, s in first.everything().items()
    }
    assert second.undo("plan").content == {"title": "Mine"}
    held = json.loads(first.whole_text())
    held["content"]["files"]["plan"]["schema"] = WORK_SCHEMA + 1
    before = second.whole_text().split('"content"', 1)[1]
    with pytest.raises(UnreadableError, match="version"):
        second.take_whole(json.dumps(held).encode())
    held["content"]["files"] = {"../outside": held["content"]["files"]["rounds/r1/raters/it-1"]}
    with pytest.raises(UsageError):
        second.take_whole(json.dumps(held).encode())
    assert second.whole_text().split('"content"', 1)[1] == before and not (tmp_path / "outside.json").exists()
