"""Outputs that are whole or absent: written beside their place, then renamed into it.

A reader never meets a half-written file, and a run that fails leaves what stood there before.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hybrid_toolkit.errors import OutputError

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_A_DAY = 86_400.0
"""Seconds after which a part is taken for left behind, whatever its process."""
LOCK_SECONDS = 5.0
"""A write takes milliseconds; who waits for this long on one lock meets one that was left behind, and takes it."""
_OLD = "old-"
"""Begins the mark of a part that holds what stood there before."""


def _refuse(path: Path, why: str, fix: str) -> OutputError:
    return OutputError(f"cannot write '{path}': {why}.", fix=fix, code="OUTPUT-UNWRITABLE")


def output_refusal(path: Path, error: OSError) -> OutputError:
    """The error of a place that cannot be written, with the system's reason."""
    why = (error.strerror or type(error).__name__).lower()
    return _refuse(path, why, "Choose a folder that you may write to, with enough free space.")


def _make_parents(path: Path) -> list[Path]:
    """Make the missing parents of ``path``; those that were made, deepest first."""
    missing = []
    parent = path.parent
    while not parent.exists() and parent != parent.parent:
        missing.append(parent)
        parent = parent.parent
    made: list[Path] = []
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            made.insert(0, folder)
        if not path.parent.is_dir():
            raise NotADirectoryError(20, "a part of the path is a file, not a folder")
    except OSError as error:
        _unmake(made)
        raise output_refusal(path, error) from None
    return made


def _unmake(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _beside(path: Path, *, mark: str = "") -> Path:
    return path.with_name(f".{path.name}.{mark}{secrets.token_hex(4)}-{_HOST}-{os.getpid()}.part")


def clear_left_behind(path: Path) -> int:
    """Remove what killed runs left beside an output: hidden ``.part`` files and folders, which may hold raw data.

    Parts of this machine whose process is gone are removed, any part after a day. One that somebody is writing stays.

    Returns
    -------
    int
        How many were removed.
    """
    removed = 0
    for part in _parts_of(path):
        try:
            old = time.time() - part.stat().st_mtime > _A_DAY
        except OSError:  # somebody else removed it
            continue
        if old or _gone(part):
            _remove(part)
            removed += 1
    return removed


def put_back(path: Path) -> bool:
    """Give an output its old content again, where a run was killed just as it put the new one in its place.

    Returns
    -------
    bool
        Whether something was put back.
    """
    if path.exists():
        return False
    for old in sorted(_parts_of(path), key=lambda p: p.stat().st_mtime, reverse=True):
        if old.name.startswith(f".{path.name}.{_OLD}") and _gone(old):
            old.rename(path)
            return True
    return False


def _exchange(part: Path, target: Path) -> bool:
    """Exchange two folders in one step, where the system can: a reader then meets the old or the new one, never none.

    ``renameat2`` with RENAME_EXCHANGE, on Linux since 3.15; -100 is AT_FDCWD, paths as they stand.
    """
    call = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    return call is not None and call(-100, os.fsencode(part), -100, os.fsencode(target), 2) == 0


def _parts_of(path: Path) -> list[Path]:
    try:
        here = list(path.parent.iterdir())
    except OSError:
        return []
    return sorted(p for p in here if p.name.startswith(f".{path.name}.") and p.name.endswith(".part"))


def _gone(part: Path) -> bool:
    """Whether a part is of this machine and of a process that has ended."""
    *_, host, pid = part.name.removesuffix(".part").split("-")
    return host == _HOST and pid.isdecimal() and not _runs(int(pid))


def _runs(pid: int) -> bool:
    """Whether a process of this machine runs; on Windows, where asking could end it, it is taken to."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # in use by another program; the next run clears it
            path.unlink(missing_ok=True)


def _of_output(error: OSError, *places: Path) -> bool:
    """Whether an operating system error concerns the output (and not something that the caller was reading)."""
    return error.filename is None or any(str(error.filename).startswith(str(p)) for p in places)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write one file to; rename it into place when the block ends without an error.

    Parameters
    ----------
    path : str | Path
        The file to write; missing parent folders are made, and unmade again if the block fails.

    Raises
    ------
    OutputError
        The place cannot be written, or is a folder.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "new" / "a.txt"
    >>> with atomic_path(place) as part:
    ...     _ = part.write_text("whole")
    ...     place.exists()
    False
    >>> place.read_text(), len(list(place.parent.iterdir()))
    ('whole', 1)
    """
    target = Path(path).expanduser()
    try:
        target = target.resolve()
        if target.is_dir():
            raise _refuse(target, "it is a folder", "Give the name of a file.")
    except OSError as error:
        raise output_refusal(target, error) from None
    if target.exists() and not target.is_file():
        yield target  # a device or a pipe such as /dev/stdout cannot be renamed over
        return
    made = _make_parents(target)
    clear_left_behind(target)
    part = _beside(target)
    try:
        yield part
        part.replace(target)
    except BaseException as error:
        _remove(part)
        _unmake(made)
        if isinstance(error, OSError) and _of_output(error, part, target):
            raise output_refusal(target, error) from None
        raise


def atomic_write_bytes(path: str | Path, content: bytes, *, mode: int = 0o666) -> Path:
    """Write bytes to a file, whole or not at all.

    Parameters
    ----------
    path : str | Path
        The file.
    content : bytes
        What to write.
    mode : int, default 438
        Permissions of a new file before the umask; ``0o600`` for a secret.

    Raises
    ------
    OutputError
        The place cannot be written.
    """
    with atomic_path(path) as part:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return Path(path)


def atomic_write_text(path: str | Path, text: str, *, encoding: str = "utf-8") -> Path:
    r"""Write text to a file with ``\n`` line ends, whole or not at all.

    Raises
    ------
    OutputError
        The place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> atomic_write_text(Path(tempfile.mkdtemp()) / "a.csv", "x\n1\n").read_bytes()
    b'x\n1\n'
    """
    return atomic_write_bytes(path, text.encode(encoding))


@contextmanager
def atomic_folder(path: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a folder beside ``path`` to fill; rename it into place when the block ends without an error.

    Parameters
    ----------
    path : str | Path
        The folder to write.
    replace : bool, default False
        Whether a folder that holds files may be replaced as a whole. An empty one always may.

    Raises
    ------
    OutputError
        The place cannot be written, is a file, or holds files and ``replace`` is false.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "out"
    >>> with atomic_folder(place) as part:
    ...     _ = (part / "a.txt").write_text("whole")
    >>> [p.name for p in place.iterdir()]
    ['a.txt']
    >>> with atomic_folder(place) as part:
    ...     pass
    Traceback (most recent call last):
    hybrid_toolkit.errors.OutputError: ...
    """
    target = Path(path).expanduser()
    try:
        target = target.resolve()
        put_back(target)
        full = target.is_dir() and any(target.iterdir())
        if target.exists() and not target.is_dir():
            raise _refuse(target, "it is a file", "Give the name of a folder.")
    except OSError as error:
        raise output_refusal(target, error) from None
    if full and not replace:
        raise _refuse(target, "the folder already holds files", "Name a new folder, or empty this one.")
    made = _make_parents(target)
    clear_left_behind(target)
    part, old = _beside(target), _beside(target, mark=_OLD)
    try:
        part.mkdir()
        yield part
        if target.exists() and _exchange(part, target):
            old = part
        else:
            if target.exists():
                target.rename(old)
            part.rename(target)
    except BaseException as error:
        if old.exists() and not target.exists():
            old.rename(target)
        _remove(part)
        _unmake(made)
        if isinstance(error, OSError) and _of_output(error, part, target):
            raise output_refusal(target, error) from None
        raise
    _remove(old)


@contextmanager
def only_writer(lock: Path) -> Iterator[None]:
    """Keep every other process out while a file is read, changed and written: a lock file beside it says so.

    A lock that stays the same for ``LOCK_SECONDS`` was left behind by a process that was killed, and is taken. Who was
    only slow then leaves the lock of the other alone.

    Parameters
    ----------
    lock : Path
        The lock file; its folder is there.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    mine, seen, since = secrets.token_hex(8).encode(), "", time.monotonic()
    while True:
        try:
            with os.fdopen(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY), "wb") as file:
                file.write(mine)
            break
        except FileExistsError:
            now = _held_by(lock)
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > LOCK_SECONDS and _held_by(lock) == seen:
                lock.unlink(missing_ok=True)
            time.sleep(0.01)
        except OSError as error:
            raise output_refusal(lock, error) from None
    try:
        yield
    finally:
        if _held_by(lock) == mine.decode():
            lock.unlink(missing_ok=True)


def _held_by(lock: Path) -> str:
    try:
        return lock.read_bytes().decode(errors="replace")
    except OSError:  # it was just given back
        return ""
