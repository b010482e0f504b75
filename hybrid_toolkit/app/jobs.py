"""Slow work in processes of its own, so that no page waits for another: progress, cancel, answers kept."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hybrid_toolkit.app.settings import passed_on
from hybrid_toolkit.errors import HybridToolkitError

MOST_KEPT = 200
"""Answers kept: a session's pages; the oldest go first."""
IDLE_SECONDS = 60.0
"""A process for long work ends after a minute without any: its memory goes back to the machine."""
SPARE_SECONDS = 600.0
"""The second process for pages ends ten minutes after the last question of any: to begin anew takes seconds."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Linear algebra stays on one core of a process, where the person has set nothing else. The matrices are small, so that
threads wait for each other: on two cores one view by quarter took 33 s of the processor's time with them, 8 without."""
READY = "hybrid_toolkit.app.work.look_at_data:make_ready"
"""Imports what pages of figures need and opens the data, before anyone waits for it."""


@dataclass
class SlowWork:
    """One piece of slow work.

    Parameters
    ----------
    key : str
        What names it: the function and what it was given.
    function : str
        ``module:name``.
    given : Mapping[str, Any]
        What the function is called with.
    slot : str, optional
        Where a newer question takes its place.
    """

    key: str
    function: str
    given: Mapping[str, Any]
    slot: str = ""
    state: str = "waiting"
    value: Any = None
    error: HybridToolkitError | None = None
    done: int = 0
    total: int = 0
    words: str = ""
    asked: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def ready(self) -> bool:
        """Whether the answer is there."""
        return self.state == "done"

    @property
    def number(self) -> str:
        """A short name for addresses, the same for the same work."""
        from hashlib import sha256

        return sha256(self.key.encode()).hexdigest()[:16]

    def end(self, state: str, *, value: Any = None, error: HybridToolkitError | None = None) -> None:
        """Note how it ended."""
        self.state, self.value, self.error = state, value, error
        self.over.set()


class _Lane:
    """One process and the work that waits for it; the process is started when it is first needed."""

    def __init__(
        self,
        start: Callable[[], tuple[list[str], Sequence[str]]],
        handed: Callable[[], bytes | None],
        *,
        idle: float | None,
    ) -> None:
        self._start, self._handed, self._idle = start, handed, idle
        self._queue: list[SlowWork] = []
        self._now: SlowWork | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._to_hand: bytes | None = None
        self._lock = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, work: SlowWork) -> None:
        with self._lock:
            if work.slot:
                for old in [w for w in self._queue if w.slot == work.slot]:
                    self._queue.remove(old)
                    old.end("dropped")
            self._queue.append(work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            self._lock.notify_all()

    @property
    def waits(self) -> int:
        """Pieces of work that a new one would wait for."""
        with self._lock:
            return len(self._queue) + (self._now is not None)

    def holds(self, slot: str) -> bool:
        """Whether a question of this slot is asked or waits here."""
        with self._lock:
            asked = [*self._queue, *([self._now] if self._now is not None else [])]
            return bool(slot) and any(w.slot == slot for w in asked)

    @property
    def cold(self) -> bool:
        """Whether its process is not there, and nothing is under way that starts it."""
        with self._lock:
            gone = self._process is None or self._process.poll() is not None
            return gone and not self._queue and self._now is None and not self._closed

    def stir(self) -> None:
        """Count the time without work from now on."""
        with self._lock:
            self._lock.notify_all()

    def warm(self) -> None:
        """Start the process before anyone waits for it."""
        with self._lock:
            if not self._closed:
                self._alive()

    def cancel(self, work: SlowWork) -> None:
        with self._lock:
            if work in self._queue:
                self._queue.remove(work)
                work.end("cancelled")
            elif work is self._now:
                work.end("cancelled")
                self._kill()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for work in self._queue:
                work.end("cancelled")
            self._queue.clear()
            self._kill()
            self._lock.notify_all()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._to_hand = self._handed()
            handed = ["--handed"] if self._to_hand is not None else []
            command, arguments = self._start()
            environment = {**ONE_THREAD, **passed_on(arguments)}
            self._process = subprocess.Popen(
                [*command, *handed], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # the other end went first, which is what a kill is for
                        pipe.close()
            self._process = None

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._closed:
                    if not self._lock.wait(self._idle):
                        self._kill()
                if self._closed:
                    return
                work = self._now = self._queue.pop(0)
                process = self._alive()
            try:
                self._one(work, process)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                if not work.over.is_set():
                    gone = HybridToolkitError(
                        "the process that worked on this ended.", fix="Open the page again.", code="APP-WORKER"
                    )
                    work.end("failed", error=gone)
                with self._lock:
                    if self._process is process:
                        self._kill()
            finally:
                with self._lock:
                    self._now = None

    def _one(self, work: SlowWork, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        work.state = "running"
        if self._to_hand is not None:
            process.stdin.write(self._to_hand)
            self._to_hand = None
        pickle.dump((work.function, dict(work.given)), process.stdin)
        process.stdin.flush()
        while not work.over.is_set():
            kind, told = pickle.load(process.stdout)
            if kind == "progress":
                work.done, work.total, work.words = told
            elif kind == "done":
                work.end("done", value=told)
            else:
                work.end("failed", error=told)


class Jobs:
    """Asks other processes, and keeps their answers until the data change.

    Parameters
    ----------
    arguments : list[str], optional
        Which data the processes open: arguments of ``hybrid_toolkit.app.worker``.
    """

    def __init__(self, arguments: list[str] | None = None) -> None:
        self.arguments = arguments or []
        self.handed: bytes | None = None
        self._kept: OrderedDict[str, SlowWork] = OrderedDict()
        self._quick = _Lane(self._start, lambda: self.handed, idle=None)
        self._spare = _Lane(self._start, lambda: self.handed, idle=SPARE_SECONDS)
        self._long = _Lane(self._start, lambda: self.handed, idle=IDLE_SECONDS)

    def _start(self) -> tuple[list[str], Sequence[str]]:
        return self._command(), self.arguments

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "hybrid_toolkit.app.worker"]

    def hand_on(self, data: bytes) -> None:
        """Give the data themselves to every process that starts from now on: the files that they came from may go.

        Parameters
        ----------
        data : bytes
            The pickled data, as a process that has read them gave them.
        """
        self.handed = data

    def warm(self) -> None:
        """Begin to import and to open the data, before anyone waits for it."""
        self._quick.put(SlowWork(READY, READY, {}))

    def _lane(self, slot: str) -> _Lane:
        """Where a page's question goes: to the process with less to do, the newer choices of a page behind its own.

        So the second is there for another page when the first is busy; it opens the data once a first page was shown.
        """
        room = READY.partition(":")[0]
        if self._spare.cold and any(w.ready and w.function.startswith(room) for w in list(self._kept.values())):
            self._spare.put(SlowWork(READY, READY, {}))
        self._spare.stir()
        both = (self._quick, self._spare)
        return next((lane for lane in both if lane.holds(slot)), min(both, key=lambda lane: lane.waits))

    def ask(self, function: str, given: Mapping[str, Any], *, long: bool = False, slot: str = "") -> SlowWork:
        """The work of a function with what it is given: begun, if it is not yet; failed work is begun again.

        Cancelled work stays so until ``again``: a page that is opened meanwhile does not begin it.

        Parameters
        ----------
        function : str
            ``module:name`` in this package.
        given : Mapping[str, Any]
            Its arguments: plain values that JSON can hold, tuples and dates.
        long : bool, default False
            Whether it has a process of its own that ends when idle.
        slot : str, optional
            A newer question in the same slot takes the place of one that has not begun.

        Returns
        -------
        SlowWork
            The work.
        """
        key = json.dumps([function, given], sort_keys=True, default=str)
        held = self._kept.get(key)
        if held is not None and held.state in ("waiting", "running", "done", "cancelled"):
            self._kept.move_to_end(key)
            return held
        if held is not None and held.error is not None and not getattr(held, "told", False):
            held.told = True  # type: ignore[attr-defined]
            return held
        work = self._kept[key] = SlowWork(key, function, given, slot)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        (self._long if long else self._lane(slot)).put(work)
        return work

    def find(self, number: str) -> SlowWork | None:
        """The work of a short name."""
        return next((w for w in self._kept.values() if w.number == number), None)

    def again(self, work: SlowWork) -> None:
        """Let cancelled work begin anew when its page is next opened."""
        self._kept.pop(work.key, None)

    def cancel(self, work: SlowWork) -> None:
        """Stop it, until it is asked for again; its process ends, and begins anew when it is next needed."""
        for lane in (self._quick, self._spare, self._long):
            lane.cancel(work)

    def reopen(self, arguments: list[str]) -> None:
        """Begin anew with other data; every answer is forgotten."""
        self.close()
        self.__init__(arguments)  # type: ignore[misc]
        self._quick.warm()  # the page that opened them asks for them next

    def close(self) -> None:
        """End the processes."""
        for lane in (self._quick, self._spare, self._long):
            lane.close()
        self._kept.clear()
