"""Copies of files that were sent: private, gone with their workbench, and swept where one crashed."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from hybrid_toolkit.app import uploads as module
from hybrid_toolkit.app.session import DATA_FILE, Session
from hybrid_toolkit.app.settings import Settings
from hybrid_toolkit.app.uploads import LEFT_SECONDS, Uploads, is_gone
from hybrid_toolkit.errors import UsageError

FILES = [("C:\\exports\\Staff list.csv", b"Ref\n1\n")]


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "private_folder", lambda: tmp_path / "private")
    return tmp_path / "private" / "uploads"


@pytest.mark.skipif(os.name == "nt", reason="permissions are other on Windows")
def test_copies_are_private_and_go(private: Path) -> None:
    held = Uploads()
    first, second = Path(held.keep(FILES)), Path(held.keep(FILES))
    assert [p.name for p in second.iterdir()] == ["Staff list.csv"] and stat.S_IMODE(second.stat().st_mode) == 0o700
    held.remove(but=str(second))
    assert is_gone(str(first)) and not is_gone(str(second))
    held.remove()
    assert is_gone(str(second)) and not list(private.iterdir())


def test_a_file_without_a_usable_name_leaves_nothing_behind(private: Path) -> None:
    with pytest.raises(UsageError):
        Uploads().keep([*FILES, ("../..", b"x")])
    assert not private.exists()


def test_what_a_crash_left_is_swept_by_the_next_workbench_and_nothing_of_one_that_runs(private: Path) -> None:
    crashed, running = Uploads(), Uploads()
    left, kept = crashed.keep(FILES), running.keep(FILES)
    later = time.time() + LEFT_SECONDS + 1
    running.beat(now=later)
    assert is_gone(left) and not is_gone(kept)
    Uploads().beat(now=later + 1)
    assert not is_gone(kept)


def test_data_whose_copies_have_gone_are_not_asked_for_again(tmp_path: Path) -> None:
    settings = Settings(1, "x" * 40, workspace=str(tmp_path / "work"))
    first = Session(settings)
    place = first.uploads.keep(FILES)
    assert first.workspace is not None
    first.workspace.change(DATA_FILE, lambda _: {"source": place, "mapping": ""}, "opened data")
    assert first.data == (place, "")
    first.close()
    assert is_gone(place)
    again = Session(settings)
    assert again.data is None and again.data_arguments() == []
    again.close()


def test_copies_go_as_soon_as_the_data_are_open_and_later_processes_still_have_the_data(tmp_path: Path) -> None:
    desk = Session(Settings(1, "x" * 40, workspace=str(tmp_path / "work")))
    assert desk.workspace is not None
    name, content = "team.csv", b"team_id,la_id,service\nT1,L1,assessment\nT2,L1,duty\n"
    place = desk.uploads.keep([(name, content)])
    desk.workspace.change(DATA_FILE, lambda _: {"source": place, "mapping": ""}, "opened data")
    desk.reopen_data()
    assert desk.reads_copies
    read = desk.jobs.ask("hybrid_toolkit.app.work.own_data:hand_over", {})
    assert read.over.wait(60) and read.error is None
    desk.keep_data(read.value)
    assert is_gone(place) and not desk.reads_copies and desk.data == (place, "")
    stopped = desk.jobs.ask("hybrid_toolkit.app.work.own_data:hand_over", {}, long=True)
    desk.jobs.cancel(stopped)
    desk.jobs._quick._kill()  # as when work is cancelled: the next question starts another process
    for long in (False, True):
        held = desk.jobs.ask("hybrid_toolkit.app.work.look_at_data:look_through", {"lens": "review"}, long=long)
        desk.jobs._kept.clear()  # so that the other process is asked too
        assert held.over.wait(60) and held.error is None, held.error
        assert held.value["missing"]
    desk.forget_data()
    assert desk.jobs.handed is None and desk.data is None
    desk.close()


def test_others_see_in_which_role_somebody_is_there(tmp_path: Path) -> None:
    desks = [Session(Settings(p, "x" * 40, workspace=str(tmp_path / "work"))) for p in (1, 2)]
    assert desks[0].workspace is not None and desks[1].workspace is not None
    desks[0].be("Practitioner 1")
    assert [p.words for p in desks[1].workspace.others()] == ["Practitioner 1"]
    for desk in desks:
        desk.close()
