"""A file that trials are written to as they come, so that a run that was interrupted goes on where it stopped.

The first line says what is being tried: a hash of each part. Every later line is one trial. A last line that was
half-written when the run ended is dropped; a file of another run is refused and left as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

import hybrid_toolkit
from hybrid_toolkit.errors import OutputError, StudyError

_FORMAT = "hybrid-toolkit trials 1"
NUMBERS_COME_FROM = ("data", "synth", "metrics", "models", "designs", "study")
"""Rooms whose code the numbers of a trial depend on."""


def hash_of(*parts: object) -> str:
    """A short hash of the text of some values.

    Examples
    --------
    >>> hash_of("a", 1) == hash_of("a", 1), hash_of("a", 1) == hash_of("a", 2)
    (True, False)
    """
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


@cache
def code_version(parts: tuple[str, ...] = NUMBERS_COME_FROM) -> str:
    """The version of the package and a hash of the code that makes its numbers.

    Parameters
    ----------
    parts : tuple[str, ...], default NUMBERS_COME_FROM
        Folders and files of the package, such as ``"models"`` or ``"study/diagnosis/wedge_study.py"``.
    """
    root = Path(hybrid_toolkit.__file__).parent
    named = [root / part for part in parts]
    inside = (p for path in named for e in ("*.py", "*.toml") for p in path.rglob(e))
    digest = hashlib.sha256()
    for path in sorted({*inside, *(p for p in named if p.suffix)}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\n" + path.read_bytes().replace(b"\r\n", b"\n"))
    return f"{hybrid_toolkit.__version__}+{digest.hexdigest()[:16]}"


class TrialLog:
    """Trials by their key, read back and appended to one file.

    Parameters
    ----------
    path : Path | str
        The file; made with its folder if it is not there.
    made_from : Mapping[str, object]
        Part -> hash or plain value; what must be equal for the trials to belong to the same run.

    Raises
    ------
    StudyError
        The file holds trials of another run, or is no such file.
    OutputError
        The file cannot be written.
    """

    def __init__(self, path: Path | str, made_from: Mapping[str, object]) -> None:
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            raise OutputError(
                "what to resume from is not the name of a file.", fix="Name a file.", code="OUTPUT-UNWRITABLE"
            )
        self.path = Path(path).expanduser()
        self.header = {"format": _FORMAT, **{k: str(v) for k, v in made_from.items()}}
        self.found: dict[str, Any] = {}
        self._synced = 0.0
        with self._refusing():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            whole = self._read()
            with self.path.open("ab") as file:
                file.truncate(whole)
                if not whole:
                    self._write(file, self.header)

    def add(self, key: str, value: object) -> None:
        """Append one trial: safe from the end of this process at once, from a power cut within a second."""
        with self._refusing(), self.path.open("ab") as file:
            self._write(file, [key, value])
        self.found[key] = value

    def _write(self, file: IO[bytes], value: object) -> None:
        file.write(json.dumps(value).encode() + b"\n")
        file.flush()
        if time.monotonic() - self._synced > 1:
            os.fsync(file.fileno())
            self._synced = time.monotonic()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"cannot write '{self.path}': {(error.strerror or type(error).__name__).lower()}.",
                fix="Name a file in a folder that you may write to.",
                code="OUTPUT-UNWRITABLE",
            ) from None

    def _read(self) -> int:
        """Read the trials that are there; how many bytes of the file are whole lines."""
        if not self.path.exists():
            return 0
        content = self.path.read_bytes()
        lines = content.split(b"\n")[:-1]
        if not lines:
            if content and not json.dumps(self.header).encode().startswith(content):
                raise self._not_ours()
            return 0
        self._check(lines[0])
        for number, line in enumerate(lines[1:], start=2):
            try:
                key, value = json.loads(line)
                self.found[key] = value
            except (ValueError, TypeError, RecursionError):  # no pair, a key that is none, or nested too deeply
                raise StudyError(
                    f"line {number} of '{self.path.name}' is damaged; only the last line may be half-written.",
                    fix="Delete that line, or name another file.",
                    code="RESUME-DAMAGED",
                ) from None
        return sum(len(line) + 1 for line in lines)

    def _check(self, first: bytes) -> None:
        try:
            header = json.loads(first)
        except (ValueError, RecursionError):
            header = None
        if not isinstance(header, dict) or header.get("format") != _FORMAT:
            raise self._not_ours()
        other = [k for k in self.header if header.get(k) != self.header[k]]
        if other:
            raise StudyError(
                f"'{self.path.name}' holds the trials of another run: {', '.join(other)} differ.",
                fix="Name another file, or go back to what that run tried.",
                code="RESUME-OTHER",
            )

    def _not_ours(self) -> StudyError:
        return StudyError(
            f"'{self.path.name}' is not a file of trials; it is left as it is.",
            fix="Name a new file, or one that an earlier run wrote.",
            code="RESUME-FORMAT",
        )
