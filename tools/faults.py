"""``python -m tools.faults N``: kill what writes at random points; what was there is whole, what was written is too.

Each operation runs in a child process, which is killed (SIGKILL) at a random moment of its run. After every kill, the
output must be as it was or as it should become, and a run after it must leave nothing hidden behind.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.app.documents import read_saving
from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_write_text
from hybrid_toolkit.data.mapping.mapping_file import load_mapping
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.data.privacy.pseudonymise import pseudonymise_folder
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release_ledger import FOLDER, LEDGER, VersionLedger
from hybrid_toolkit.errors import HybridToolkitError, OutputError
from hybrid_toolkit.report.documents.tidy_layout import tidy_layout
from hybrid_toolkit.study.diagnosis.diagnosis import Diagnosis
from hybrid_toolkit.study.diagnosis.wedge_study import Wedge, WedgeStudy
from hybrid_toolkit.synth.write import write_authority
from hybrid_toolkit.widgets.desks.release_bundle import write_bundle

STAFF = 4000
"""Rows of the staff list that is pseudonymised: a run of some tens of milliseconds, longer than a start."""


REFUSED = 3
"""How a child ends that meets an error of the toolkit's own."""
NOBODY, A_WEEK = 65534, 7 * 86_400
"""An ordinary user who owns nothing, and how far the clock goes back."""
TRIED, TRIALS = Wedge(teams=8, periods=4, workers=4), 400
"""Trials of some tenths of a second, so that kills come in the midst of them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is killed: ``prepare`` once, ``run`` in a child with a number that differs each time, ``whole`` after it."""

    prepare: Callable[[Path], None]
    run: Callable[[Path, int], None]
    whole: Callable[[Path], bool]


def _staff(place: Path) -> None:
    (place / "raw").mkdir()
    frame = pd.DataFrame({"worker_id": [f"P{i:05}" for i in range(STAFF)], "fte": np.linspace(0.2, 1, STAFF)})
    atomic_write_text(place / "raw" / "worker.csv", frame.to_csv(index=False))


def _save(place: Path, n: int) -> None:
    atomic_write_text(place / "out", json.dumps({"plan": [n] * 200_000}))


def _saved(place: Path) -> bool:
    return len(set(json.loads((place / "out").read_text())["plan"])) == 1


def _replace(place: Path, n: int) -> None:
    with atomic_folder(place / "out", replace=True) as part:
        for i in range(40):
            (part / f"{i}.txt").write_text(str(n) * 20_000)


def _replaced(place: Path) -> bool:
    texts = {p.read_text()[:6] for p in (place / "out").iterdir()}
    return len(list((place / "out").iterdir())) == 40 and len(texts) == 1


def _pseudonymise(place: Path, n: int) -> None:
    try:
        pseudonymise_folder(place / "raw", place / "out")
    except OutputError:  # an earlier run was quicker than the kill
        (place / "out" / "worker.csv").unlink()
        pseudonymise_folder(place / "raw", place / "out")


def _pseudonymised(place: Path) -> bool:
    out = place / "out" / "worker.csv"
    return not out.exists() or len(pd.read_csv(out)) == STAFF


def _record(place: Path, n: int) -> None:
    VersionLedger(place).record("mean", [{f"w{i}": str(n) for i in range(3000)}], version=str(n))


def _recorded(place: Path) -> bool:
    if not (place / FOLDER / LEDGER).exists():
        return True
    held = json.loads((place / FOLDER / LEDGER).read_text())["shown"]
    VersionLedger(place)
    return all(len(v["behind"]) == 3000 for versions in held.values() for v in versions)


def _export(place: Path, n: int) -> None:
    rows = pd.DataFrame({"role": [f"role {i}" for i in range(6)], "n": 40, "share": 0.5})
    release = Gate().table(rows, title="Share", dims=["role"], values=["share"], people="n")
    out = place / "out"
    if out.exists():
        for file in out.iterdir():
            file.unlink()
    write_bundle({f"{i}.csv": tidy_layout(release).to_csv().encode() for i in range(60)}, out)


def _exported(place: Path) -> bool:
    held = {p.name: p.read_bytes() for p in (place / "out").iterdir()} if (place / "out").exists() else {}
    return all(text.count(b"\n") == 7 for text in held.values())


def _load(place: Path, n: int) -> None:
    ht.load_data(place / "raw")


def _still_whole(place: Path) -> bool:
    kept = {p.name for p in place.rglob("*") if p.is_file()}
    return kept == {"worker.csv"} and len(pd.read_csv(place / "raw" / "worker.csv")) == STAFF


def _foreign(place: Path) -> None:
    (place / "raw").mkdir()
    frame = pd.DataFrame({"Staff Ref": [f"P{i:05}" for i in range(STAFF)], "Job Role": "5", "FTE": 0.8})
    atomic_write_text(place / "raw" / "Staff list.csv", frame.to_csv(index=False))


def _map(place: Path, n: int) -> None:
    proposed = propose_mapping(place / "raw").toml
    atomic_write_text(place / "own.toml", f"# {n}\n{proposed}")


def _mapped(place: Path) -> bool:
    return not (place / "own.toml").exists() or bool(load_mapping(place / "own.toml").parts)


def _synth(place: Path, n: int) -> None:
    data = ht.simulate_authority("null", "small", n, tables=["la", "team", "worker"])
    write_authority(data, ht.scenario("null"), place / "out", seed=n, size="small", replace=True)


def _synthesised(place: Path) -> bool:
    """A folder that is there is one authority's, whole: its files are those that its manifest hashes."""
    return not (place / "out").exists() or ht.load_data(place / "out").synthetic


WEDGE = WedgeStudy("roll-out")


def _diagnose(place: Path, n: int) -> None:
    WEDGE.diagnose(TRIED, n_sims=TRIALS, seed=1, resume=place / "trials.jsonl", progress=False)


def _resumed(place: Path) -> bool:
    """What is resumed after a kill gives the draws of a run that nobody killed; then it begins again."""
    again = WEDGE.diagnose(TRIED, n_sims=TRIALS, seed=1, resume=place / "trials.jsonl", progress=False)
    (place / "trials.jsonl").unlink()
    return bool(again.draws.equals(_undisturbed().draws))


@cache
def _undisturbed() -> Diagnosis:
    return WEDGE.diagnose(TRIED, n_sims=TRIALS, seed=1, progress=False)


def _autosave(place: Path, n: int) -> None:
    work = Workspace(place / "work")
    for i in range(20):
        work.change("plan", lambda held, i=i: {**held, "title": f"{n} {i}", "again": f"{n} {i}"}, f"{n} {i}")  # type: ignore[misc]


def _autosaved(place: Path) -> bool:
    work = Workspace(place / "work")
    every = [work.read("plan"), *(read_saving(p.read_bytes(), where=p.name) for p in work.older("plan"))]
    for lock in (place / "work" / "here").glob("*.lock"):  # the next would wait for it, seconds at each kill
        lock.unlink()
    return all(s.content.get("title") == s.content.get("again") for s in every)


def _nothing(place: Path) -> None:
    return None


OPERATIONS = {
    "save": Operation(lambda place: _save(place, 0), _save, _saved),
    "replace a folder": Operation(lambda place: _replace(place, 1), lambda p, n: _replace(p, n % 9 + 1), _replaced),
    "pseudonymise": Operation(_staff, _pseudonymise, _pseudonymised),
    "ledger": Operation(_nothing, _record, _recorded),
    "export": Operation(_nothing, _export, _exported),
    "load": Operation(_staff, _load, _still_whole),
    "map": Operation(_foreign, _map, _mapped),
    "synth": Operation(_nothing, _synth, _synthesised),
    "diagnose and resume": Operation(_nothing, _diagnose, _resumed),
    "autosave of the app": Operation(_nothing, _autosave, _autosaved),
}


@dataclass(frozen=True, slots=True)
class Killed:
    """One operation: how often it was killed in mid-run, how often it ended first, and what was found broken."""

    operation: str
    killed: int
    ended: int
    broken: int
    left: int


def kill_at_random(name: str, times: int, *, seed: int = 0) -> Killed:
    """Kill one operation again and again.

    Parameters
    ----------
    name : one of ``OPERATIONS``. times : how often. seed : of the moments.
    """
    operation, rng = OPERATIONS[name], np.random.default_rng(seed)
    killed = ended = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        operation.prepare(place)
        took = max(_run(operation, place, n) for n in (1, 2))
        for n in range(3, times + 3):
            child = _start(operation, place, n)
            time.sleep(rng.uniform(0, took))
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            killed, ended = killed + os.WIFSIGNALED(status), ended + (not os.WIFSIGNALED(status))
            try:
                broken += not operation.whole(place)
            except (OSError, ValueError, KeyError, HybridToolkitError):
                broken += 1
        _run(operation, place, times + 3)
        left = len(list(place.rglob(".*.part")))
    return Killed(name, killed, ended, broken, left)


def _no_fault() -> None:
    return None


def _start(operation: Operation, place: Path, n: int, fault: Callable[[], None] = _no_fault) -> int:
    child = os.fork()
    if child == 0:
        try:
            fault()
            operation.run(place, n)
        except HybridToolkitError:
            os._exit(REFUSED)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def _run(operation: Operation, place: Path, n: int) -> float:
    began = time.monotonic()
    status = os.waitpid(_start(operation, place, n), 0)[1]
    if status != 0:
        raise RuntimeError("the operation fails without being killed")
    return time.monotonic() - began


def _disk_full(room: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def _as_nobody() -> None:
    if os.geteuid() == 0:  # whom no permission stops
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _clock_back() -> None:
    real = time.time
    time.time = lambda: real() - A_WEEK


def meet_fault(name: str, fault: str) -> tuple[int, bool, int]:
    """Run one operation twice as it is and once under a fault, then once more as it is.

    Parameters
    ----------
    name : one of ``OPERATIONS``. fault : "disk full", "read-only folder" or "clock back".

    Returns
    -------
    tuple[int, bool, int]
        How it ended (0, or ``REFUSED`` by an error of the toolkit's own), whether what stands is whole, hidden parts.
    """
    operation = OPERATIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        operation.prepare(place)
        _run(operation, place, 1)
        if fault == "read-only folder":
            for part in (place, *place.rglob("*")):
                part.chmod(0o555 if part.is_dir() else 0o444)
        faults = {"disk full": partial(_disk_full, 64), "read-only folder": _as_nobody, "clock back": _clock_back}
        ended = os.waitstatus_to_exitcode(os.waitpid(_start(operation, place, 2, faults[fault]), 0)[1])
        left = len(list(place.rglob(".*.part")))
        return ended, operation.whole(place), left


def two_writers(name: str) -> tuple[int, int, bool]:
    """Run one operation in two processes at once: how each ended, and whether what stands is whole."""
    operation = OPERATIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        operation.prepare(place)
        both = [_start(operation, place, n) for n in (1, 2)]
        first, second = (os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in both)
        return first, second, operation.whole(place)


def main(arguments: list[str]) -> int:
    """Kill every operation and print one line each; exit 1 where something was broken or left behind."""
    times = int(arguments[0]) if arguments else 200
    bad = 0
    for name in OPERATIONS:
        found = kill_at_random(name, times)
        bad += found.broken + found.left
        print(
            f"{name}: killed {found.killed} times, ended first {found.ended}; broken {found.broken}, "
            f"hidden parts left {found.left}",
            flush=True,
        )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
