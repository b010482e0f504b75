"""Copies of files that were sent to a page: in a private folder, and gone as soon as the data are open."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from hybrid_toolkit.app.settings import private_folder
from hybrid_toolkit.errors import UsageError

LEFT_SECONDS = 90.0
"""A folder whose workbench has not been heard of for three heartbeats of 30 seconds was left by a crash."""


def uploads_folder() -> Path:
    """Where the copies of every workbench of this user are, one folder each."""
    return private_folder() / "uploads"


class Uploads:
    """The copies of one running workbench.

    Raises
    ------
    OSError
        The private folder cannot be written.
    """

    def __init__(self) -> None:
        self.folder = uploads_folder() / secrets.token_hex(8)

    def keep(self, files: Sequence[tuple[str, bytes]]) -> str:
        """Copy files that were sent.

        Parameters
        ----------
        files : Sequence[tuple[str, bytes]]
            Name and content of each file.

        Returns
        -------
        str
            The folder that holds them.

        Raises
        ------
        UsageError
            A file has no usable name; nothing is kept then.
        """
        named = [(Path(name.replace("\\", "/")).name, content) for name, content in files]
        if any(not name or name.startswith(".") for name, _ in named):
            raise UsageError(
                "A chosen file has no usable name.", fix="Rename it and choose it again.", code="UPLOAD-NAME"
            )
        place = self.folder / secrets.token_hex(4)  # another name each time: answers about older files are not shown
        place.mkdir(mode=0o700, parents=True)
        for name, content in named:
            (place / name).write_bytes(content)
        return str(place)

    def remove(self, *, but: str = "") -> None:
        """Remove the copies, apart from those that the open data are read from."""
        for place in self.folder.glob("*"):
            if str(place) != but:
                shutil.rmtree(place, ignore_errors=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def beat(self, *, now: float | None = None) -> None:
        """Say that the workbench still runs, and remove what one that crashed left behind."""
        at = time.time() if now is None else now
        if self.folder.is_dir():
            os.utime(self.folder, (at, at))
        for place in uploads_folder().glob("*"):
            try:
                silent = at - place.stat().st_mtime
            except OSError:  # its own workbench has just removed it
                continue
            if place != self.folder and silent > LEFT_SECONDS:
                shutil.rmtree(place, ignore_errors=True)


def is_gone(source: str) -> bool:
    """Whether a source was a copy that has been removed.

    Examples
    --------
    >>> is_gone("somewhere/else.csv")
    False
    """
    place = Path(source)
    return uploads_folder() in place.parents and not place.exists()
