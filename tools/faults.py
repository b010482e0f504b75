"""``python -m tools.faults N``: kill what writes at random points; what was there is whole, what was written is too.

Each operation runs in a child process, which is killed (SIGKILL) at a random moment of its run. After every kill, the
output must be as it was or as it should become, and a run after it must leave nothing hidden behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
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
from hybrid_toolkit.disclosure.ledger.release_ledger import FOLDER, LEDGER, VersionLedger
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.documents.tidy_layout import tidy_layout
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.wedge_study import WedgeStudy
from hybrid_toolkit.synth.stepped_wedge import Wedge
from hybrid_toolkit.synth.write import write_authority
from hybrid_toolkit.widgets.desks.release_bundle import write_bundle

STAFF = 4000
"""Rows of the staff list that is pseudonymised: a run of some tens of milliseconds, longer than a start."""


REFUSED = 3
"""How a child ends that meets an error of the toolkit's own."""
TRIED, TRIALS = Wedge(teams=8, periods=4, workers=4), 400
"""Trials of some tenths of a second, so that kills come in the midst of them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is killed: ``prepare`` once, ``run`` in a child with a number that differs each time, ``whole`` after it.

    ``again`` stands before every further run: it takes away what a run that was not disturbed has finished.
    """

    prepare: Callable[[Path], None]
    run: Callable[[Path, int], None]
    whole: Callable[[Path], bool]
    again: Callable[[Path], None] = lambda place: None


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
    pseudonymise_folder(place / "raw", place / "out")


def _take_away(place: Path) -> None:
    if (place / "out").exists():
        shutil.rmtree(place / "out")


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
    write_bundle({f"{i}.csv": tidy_layout(release).to_csv().encode() for i in range(60)}, place / "out")


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


def _cut_short(place: Path) -> None:
    """A third of the trials are there, as after a kill."""
    trials = place / "trials.jsonl"
    if trials.exists():
        trials.write_bytes(b"".join(trials.read_bytes().splitlines(keepends=True)[: 1 + TRIALS // 3]))


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
    "pseudonymise": Operation(_staff, _pseudonymise, _pseudonymised, _take_away),
    "ledger": Operation(_nothing, _record, _recorded),
    "export": Operation(_nothing, _export, _exported, _take_away),
    "load": Operation(_staff, _load, _still_whole),
    "map": Operation(_foreign, _map, _mapped),
    "synth": Operation(_nothing, _synth, _synthesised),
    "diagnose and resume": Operation(_nothing, _diagnose, _resumed, _cut_short),
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
        took = max(run_whole(operation, place, n) for n in (1, 2))
        for n in range(3, times + 3):
            operation.again(place)
            child = start(operation, place, n)
            time.sleep(rng.uniform(0, took))
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            killed, ended = killed + os.WIFSIGNALED(status), ended + (not os.WIFSIGNALED(status))
            try:
                broken += not operation.whole(place)
            except (OSError, ValueError, KeyError, HybridToolkitError):
                broken += 1
        run_whole(operation, place, times + 3)
        left = len(list(place.rglob(".*.part")))
    return Killed(name, killed, ended, broken, left)


def _no_fault() -> None:
    return None


def start(operation: Operation, place: Path, n: int, fault: Callable[[], None] = _no_fault) -> int:
    """Begin an operation in a child that first meets a fault; the child's process id."""
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


def run_whole(operation: Operation, place: Path, n: int) -> float:
    """Run an operation in a child as it is: how many seconds it took."""
    operation.again(place)
    began = time.monotonic()
    status = os.waitpid(start(operation, place, n), 0)[1]
    if status != 0:
        raise RuntimeError("the operation fails without being killed")
    return time.monotonic() - began


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
