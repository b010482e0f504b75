"""The folder of the work: one file for each person who answers, one a plan; written whole, with older copies."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hybrid_toolkit.app.documents import MOST_BYTES, Saving, read_saving
from hybrid_toolkit.data.atomic_output import atomic_write_text, only_writer
from hybrid_toolkit.errors import OutputError, UnreadableError, UsageError

OLDER = "older"
HERE = "here"
MOST_OLDER = 50
"""Older copies kept of each file: about an hour of changes to one file, one by one."""
PRESENT_SECONDS = 90
"""Someone who has not been heard of for this long has gone: three heartbeats of 30 seconds."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}(/[a-z0-9][a-z0-9_.-]{0,60}){0,3}")
_UNDONE = "undo"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has the folder open: a role or desk in words, and how long ago they were heard of."""

    key: str
    words: str
    seconds: float


def _instead(content: Mapping[str, Any], held: dict[str, Any]) -> Mapping[str, Any]:
    return content


class Workspace:
    """A folder in which everything that people enter is saved as they enter it.

    Parameters
    ----------
    folder : str | Path
        The folder; it is made where there is none.

    Raises
    ------
    OutputError
        It cannot be made or written.

    Examples
    --------
    >>> import tempfile
    >>> work = Workspace(tempfile.mkdtemp())
    >>> _ = work.change("plan", lambda held: {**held, "title": "Spring"}, "named the plan")
    >>> work.read("plan").content, work.read("plan").revision
    ({'title': 'Spring'}, 1)
    >>> work.undo("plan").content
    {}
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).expanduser().resolve()
        self.key = secrets.token_hex(6)
        try:
            for part in (self.folder, self.folder / OLDER, self.folder / HERE):
                part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the folder cannot be used: {(error.strerror or 'it cannot be made').lower()}.",
                fix="Choose a folder that you may write to.",
                code="WORK-FOLDER",
            ) from None

    def path(self, name: str) -> Path:
        """The file of a name such as ``plan`` or ``rounds/2026-01/it-1``.

        Parameters
        ----------
        name : str
            The name, in lower case, with at most three folders.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        UsageError
            The name has another form.
        """
        if not _NAME.fullmatch(name) or ".." in name:
            raise UsageError("there is no saved file of that name.", fix="Use the links of the page.", code="WORK-NAME")
        return self.folder / f"{name}.json"

    def read(self, name: str) -> Saving:
        """What is saved under a name; an empty one where nothing is.

        Parameters
        ----------
        name : str
            The name.

        Returns
        -------
        Saving
            What is saved.

        Raises
        ------
        UnreadableError
            The file is damaged, or a newer toolkit wrote it.
        """
        place = self.path(name)
        try:
            if place.stat().st_size > MOST_BYTES:
                return read_saving(b" " * (MOST_BYTES + 1), where=place.name)
            return read_saving(place.read_bytes(), where=place.name)
        except FileNotFoundError:
            return Saving()
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise UnreadableError(
                f"The file '{place.name}' cannot be read: {why}.", fix="Check the folder.", code="WORK-UNREADABLE"
            ) from None

    def names(self, under: str) -> tuple[str, ...]:
        """Names that are saved in a folder, in order."""
        place = self.folder / under
        return tuple(sorted(f"{under}/{p.stem}" for p in place.glob("*.json") if _NAME.fullmatch(p.stem)))

    def change(
        self, name: str, make: Callable[[dict[str, Any]], Mapping[str, Any]], words: str, *, now: datetime | None = None
    ) -> Saving:
        """Read, change and write one file; nobody else changes it meanwhile.

        A copy of what was there is kept, unless the change has the words of the last one: typing on in one field is
        one change, that Undo takes back as a whole.

        Parameters
        ----------
        name : str
            The name.
        make : Callable[[dict[str, Any]], Mapping[str, Any]]
            Takes the content and gives the new one.
        words : str
            What the change is, such as "answered question 4".
        now : datetime | None, optional
            The time; that of the computer where it is left out.

        Returns
        -------
        Saving
            What is saved now.
        """
        with self._lock(name):
            held = self.read(name)
            content = make(dict(held.content))
            if content == held.content and held.revision:
                return held
            if held.change != words or not held.revision:
                self._keep(name, held)
            for gone in self.undone(name):  # another way was taken: what was undone does not fit it any more
                gone.unlink(missing_ok=True)
            saving = held.next(content, words, now or datetime.now())
            atomic_write_text(self.path(name), saving.text())
            return saving

    def older(self, name: str) -> tuple[Path, ...]:
        """Older copies of a file, the newest last."""
        self.path(name)
        place = self.folder / OLDER / name
        return tuple(sorted(place.glob("*.json"), key=lambda p: int(p.stem) if p.stem.isdecimal() else -1))

    def undo(self, name: str, *, now: datetime | None = None) -> Saving:
        """Go back to the newest older copy.

        Parameters
        ----------
        name : str
            The name.
        now : datetime | None, optional
            The time; that of the computer where it is left out.

        Returns
        -------
        Saving
            What is saved now.

        Raises
        ------
        UsageError
            There is no older copy.
        """
        with self._lock(name):
            copies = self.older(name)
            if not copies:
                raise UsageError("there is nothing to undo.", fix="Change something first.", code="WORK-UNDO")
            old = read_saving(copies[-1].read_bytes(), where=copies[-1].name)
            held = self.read(name)
            saving = Saving(old.content, held.revision + 1, old.change, (now or datetime.now()).isoformat())
            undone = self.undone(name)
            last = int(undone[-1].stem) if undone else 0
            atomic_write_text(self._undone_folder(name) / f"{last + 1}.json", held.text())
            atomic_write_text(self.path(name), saving.text())
            copies[-1].unlink()
            return saving

    def undone(self, name: str) -> tuple[Path, ...]:
        """What Undo took back and no change has come after, the newest last."""
        self.path(name)
        return tuple(sorted(self._undone_folder(name).glob("*.json"), key=lambda p: int(p.stem)))

    def redo(self, name: str, *, now: datetime | None = None) -> Saving:
        """Bring back what the last Undo took away.

        Parameters
        ----------
        name : str
            The name.
        now : datetime | None, optional
            The time; that of the computer where it is left out.

        Returns
        -------
        Saving
            What is saved now.

        Raises
        ------
        UsageError
            Nothing was undone, or something was changed since.
        """
        with self._lock(name):
            undone = self.undone(name)
            if not undone:
                raise UsageError(
                    "there is nothing to do again.", fix="Select Undo the last change first.", code="WORK-REDO"
                )
            again = read_saving(undone[-1].read_bytes(), where=undone[-1].name)
            held = self.read(name)
            self._keep(name, held)
            saving = Saving(again.content, held.revision + 1, again.change, (now or datetime.now()).isoformat())
            atomic_write_text(self.path(name), saving.text())
            undone[-1].unlink()
            return saving

    def step(self, name: str, what: str) -> str:
        """Undo or redo, as a page's button asks; what the page then says.

        Parameters
        ----------
        name : str
            The name.
        what : str
            ``"undo"`` or ``"redo"``.

        Returns
        -------
        str
            What was done.

        Raises
        ------
        UsageError
            There is nothing to undo or to do again.
        """
        if what == "redo":
            self.redo(name)
            return "Done again: the change that was undone."
        self.undo(name)
        return "Undone: the last change."

    def steps(self, name: str) -> tuple[bool, bool]:
        """Whether there is something to undo, and something to do again."""
        return bool(self.older(name)), bool(self.undone(name))

    def _undone_folder(self, name: str) -> Path:
        return self.folder / OLDER / _UNDONE / name.replace("/", "~")

    def everything(self) -> dict[str, Saving]:
        """Every saved file by name, older copies apart."""
        found = {}
        for place in sorted(self.folder.rglob("*.json")):
            name = place.relative_to(self.folder).with_suffix("").as_posix()
            if name.split("/")[0] not in (OLDER, HERE) and _NAME.fullmatch(name):
                found[name] = self.read(name)
        return found

    def whole_text(self, *, now: datetime | None = None) -> str:
        """Everything as one file, to take away or to open elsewhere."""
        files = {name: json.loads(saving.text()) for name, saving in self.everything().items()}
        return Saving({"files": files}, 1, "everything", (now or datetime.now()).isoformat(timespec="seconds")).text()

    def take_whole(self, raw: bytes) -> int:
        """Take in a file of ``whole_text``: all of it, or nothing of it; what was here is kept as older copies.

        Parameters
        ----------
        raw : bytes
            The file.

        Returns
        -------
        int
            How many files it brought.

        Raises
        ------
        UnreadableError
            It is no such file, or one of its parts is not readable; nothing is changed then.
        """
        files = read_saving(raw, where="the file").content.get("files")
        if not isinstance(files, dict) or not files:
            raise UnreadableError(
                "The file is not a whole piece of work.",
                fix="Choose a file that Save everything as one file made.",
                code="WORK-WHOLE",
            )
        read = {n: read_saving(json.dumps(f).encode(), where="a part of the file") for n, f in files.items()}
        for name in read:
            self.path(name)
        for name, saving in read.items():
            self.change(name, partial(_instead, saving.content), "opened from one file")
        return len(read)

    def be_here(self, words: str, *, now: float | None = None) -> None:
        """Say that somebody has the folder open; said again every 30 seconds."""
        told = json.dumps({"words": words, "at": time.time() if now is None else now})
        atomic_write_text(self.folder / HERE / f"{self.key}.json", told)

    def leave(self) -> None:
        """Say that they have gone."""
        (self.folder / HERE / f"{self.key}.json").unlink(missing_ok=True)

    def others(self, *, now: float | None = None) -> tuple[Person, ...]:
        """Who else has the folder open."""
        found, at = [], time.time() if now is None else now
        for place in sorted((self.folder / HERE).glob("*.json")):
            if place.stem == self.key:
                continue
            try:
                told = json.loads(place.read_text(encoding="utf-8"))
                seconds = at - float(told["at"])
                words = str(told["words"])
            except (OSError, ValueError, KeyError, TypeError):  # it is being written, or its writer has just gone
                continue
            if seconds < PRESENT_SECONDS:
                found.append(Person(place.stem, words, max(0.0, seconds)))
        return tuple(found)

    def _keep(self, name: str, held: Saving) -> None:
        copies = self.older(name)
        last = int(copies[-1].stem) if copies else 0
        number = max(last + 1, held.revision)
        atomic_write_text(self.folder / OLDER / name / f"{number}.json", held.text())
        for old in copies[: max(0, len(copies) + 1 - MOST_OLDER)]:
            old.unlink(missing_ok=True)

    def _lock(self, name: str) -> AbstractContextManager[None]:
        """Keep every other process out of one file for the moment of a change."""
        return only_writer(self.folder / HERE / f"{name.replace('/', '~')}.lock")
