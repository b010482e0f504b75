"""Outputs are whole or absent."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_path, atomic_write_bytes, atomic_write_text
from hybrid_toolkit.errors import OutputError


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_failing_block_leaves_what_stood_there(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    atomic_write_text(place, "before")
    with pytest.raises(ValueError), atomic_path(place) as part:
        part.write_text("half")
        raise ValueError
    assert place.read_text() == "before"
    assert names(tmp_path) == ["a.txt"]


def test_a_failing_block_unmakes_the_folders_it_made(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_folder(tmp_path / "x" / "y" / "out") as part:
        (part / "a").write_text("half")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_a_path_under_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "a.txt", tmp_path / "file" / "b" / "a.txt"):
        with pytest.raises(OutputError, match=r"OUTPUT-UNWRITABLE.*How to fix"):
            atomic_write_text(place, "y")
        with pytest.raises(OutputError, match="OUTPUT-UNWRITABLE"), atomic_folder(place):
            pass
    assert names(tmp_path) == ["file"]


def test_a_folder_is_no_file_and_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="it is a folder"):
        atomic_write_text(tmp_path, "y")
    with pytest.raises(OutputError, match="it is a file"), atomic_folder(tmp_path / "file", replace=True):
        pass


def test_a_full_folder_is_replaced_only_when_asked(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with atomic_folder(place) as part:
        (part / "old").write_text("1")
    with pytest.raises(OutputError, match="already holds files"), atomic_folder(place):
        pass
    with atomic_folder(place, replace=True) as part:
        (part / "new").write_text("2")
    assert names(place) == ["new"] and names(tmp_path) == ["out"]
    with pytest.raises(RuntimeError), atomic_folder(place, replace=True) as part:
        raise RuntimeError
    assert names(place) == ["new"] and names(tmp_path) == ["out"]


def test_errors_of_reading_are_not_called_errors_of_writing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a") as part:
        part.write_bytes((tmp_path / "nothing").read_bytes())
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_secret_is_for_its_owner_only(tmp_path: Path) -> None:
    atomic_write_bytes(tmp_path / "key", b"k", mode=0o600)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no /dev/null here")
def test_a_device_is_written_in_place() -> None:
    atomic_write_text("/dev/null", "x")
    assert Path("/dev/null").is_char_device()
