"""``python -m tools.disk_faults``: a full disk, a folder that only others may write, a locked file, a wrong clock.

Every operation of ``tools.faults`` meets every fault in a child process. It ends well or in an error of the toolkit's
own, and what was there stays whole. Run by root, the full disk is a file system of its own, filled up.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hybrid_toolkit.data import atomic_output
from tools.faults import OPERATIONS, REFUSED, run_whole, start

NOBODY, A_WEEK = 65534, 7 * 86_400
"""An ordinary user who owns nothing, and how far the clock goes back."""
DISK = "32m"
"""A file system that holds any of the operations twice."""
LEFT_BYTES = 8192
"""Two pages of a file system in memory: some of what an operation writes still fits."""
LARGEST = 64
"""Bytes that a file may have where the disk is full without a file system of its own."""


def _file_limit() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


def _as_nobody() -> None:
    if os.geteuid() == 0:  # whom no permission stops
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _clock_back() -> None:
    real = time.time
    time.time = lambda: real() - A_WEEK


def _locked() -> None:
    """As on Windows, where nothing that somebody has open can be replaced or taken away; here all that stands there."""
    sys.addaudithook(_in_use)
    atomic_output._exchange = lambda part, target: False


def _in_use(event: str, names: tuple[object, ...]) -> None:
    if event in ("os.rename", "os.remove"):
        taken = [Path(str(name)) for name in names[:2] if not str(name).endswith((".part", "lock"))]
        if any(place.exists() for place in taken):
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")


FAULTS: dict[str, Callable[[], None]] = {
    "disk full": _file_limit,
    "read-only folder": _as_nobody,
    "unreadable files": _as_nobody,
    "file locked": _locked,
    "clock back": _clock_back,
}


def meet_fault(name: str, fault: str) -> tuple[int, bool, int]:
    """Run one operation as it is and once under a fault.

    Parameters
    ----------
    name : one of ``OPERATIONS``. fault : one of ``FAULTS``.

    Returns
    -------
    tuple[int, bool, int]
        How it ended (0, or ``REFUSED`` by an error of the toolkit's own), whether what stands is whole, hidden parts.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _meet(name, Path(folder), fault, FAULTS[fault])


def _meet(
    name: str, place: Path, fault: str, begin: Callable[[], None], end: Callable[[], None] = lambda: None
) -> tuple[int, bool, int]:
    operation = OPERATIONS[name]
    operation.prepare(place)
    run_whole(operation, place, 1)
    operation.again(place)
    if fault in ("read-only folder", "unreadable files"):
        for part in (place, *place.rglob("*")):
            readable = 0o444 if fault == "read-only folder" else 0o000
            part.chmod(0o555 if part.is_dir() else readable)
    ended = os.waitstatus_to_exitcode(os.waitpid(start(operation, place, 2, begin), 0)[1])
    end()
    for part in place.rglob("*"):
        part.chmod(0o755 if part.is_dir() else 0o644)
    left = len(list(place.rglob(".*.part")))
    return ended, operation.whole(place), left


@contextmanager
def a_disk() -> Iterator[Path]:
    """A small file system of its own (root only)."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def on_a_full_disk(name: str, left: int) -> tuple[int, bool, int]:
    """Run one operation as it is, then with as many bytes of its disk left as are given: as ``meet_fault``."""
    with a_disk() as disk:
        place = disk / "place"
        place.mkdir()
        other = disk / "other.bin"
        return _meet(name, place, "full", partial(_fill, other, left), other.unlink)


def _fill(file: Path, left: int) -> None:
    disk = os.statvfs(file.parent)
    with file.open("wb") as out:
        out.write(bytes(max(0, disk.f_bavail * disk.f_frsize - left)))


def two_writers(name: str) -> tuple[int, int, bool]:
    """Run one operation in two processes at once: how each ended, and whether what stands is whole."""
    operation = OPERATIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        operation.prepare(place)
        both = [start(operation, place, n) for n in (1, 2)]
        first, second = (os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in both)
        return first, second, operation.whole(place)


def main() -> int:
    """Meet every fault with every operation, a line each; exit 1 where one ends otherwise or leaves a thing broken."""
    bad = 0
    for name in OPERATIONS:
        met = {fault: meet_fault(name, fault) for fault in FAULTS}
        if os.geteuid() == 0:
            met |= {f"{left:,} bytes left": on_a_full_disk(name, left) for left in (0, LEFT_BYTES, 8 * LEFT_BYTES)}
        first, second, whole = two_writers(name)
        met["two writers"] = max(first, second), whole, 0
        for fault, (ended, whole, left) in met.items():
            fine = ended in (0, REFUSED) and whole and not left
            bad += not fine
            how = {0: "ended", REFUSED: "refused"}.get(ended, f"FAILED {ended}")
            print(f"{name}, {fault}: {how}, {'whole' if whole else 'BROKEN'}, hidden parts {left}", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
