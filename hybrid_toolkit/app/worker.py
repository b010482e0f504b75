"""The process that works for the app's pages: it opens the data once and answers what ``jobs.py`` asks."""

from __future__ import annotations

import argparse
import os
import pickle
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from hybrid_toolkit.app.settings import taken_over
from hybrid_toolkit.errors import HybridToolkitError

if TYPE_CHECKING:
    from hybrid_toolkit.data.evaluation_data import EvaluationData
    from hybrid_toolkit.disclosure.gate import Gate

SECONDS_BETWEEN = 0.1
"""Progress is told at most ten times a second: more often is more work than news."""
QUIET_SECONDS = 0.5
"""Nothing is worked out ahead until no question has come for this long: moves in quick succession come first."""
LONGEST_STEP_SECONDS = 0.5
"""Where a step ahead takes more of the processor's time, no further one is begun: a question would wait for it."""


class Bench:
    """What a function of the app has at hand: the data, the gate, and a way to say how far it is.

    Parameters
    ----------
    path : str | None, optional
        The person's own data; the simulated authority where it is left out.
    mapping : str | None, optional
        Mapping file, or the name of a built-in one.
    out : IO[bytes] | None, optional
        Where progress is told.
    ledger : str | None, optional
        Folder that remembers what was shown of the person's own data, from process to process and from day to day.
    """

    def __init__(
        self,
        path: str | None = None,
        mapping: str | None = None,
        out: IO[bytes] | None = None,
        ledger: str | None = None,
    ) -> None:
        self.own, self._ledger = path is not None, ledger
        self._path, self._mapping, self._out, self._last = path, mapping, out, 0.0
        self.kept: dict[str, Any] = {}
        self.ahead: Iterator[object] | None = None
        """Steps of what the page that was shown last is likely to ask next; worked on while no question waits."""

    @cached_property
    def data(self) -> EvaluationData:
        """The data; raises as ``load_data``."""
        if self._path is None:
            from hybrid_toolkit.synth.committed import load_synthetic

            return load_synthetic("small")
        from hybrid_toolkit.data.load import load_data

        return load_data(self._path, self._mapping)

    @cached_property
    def practice(self) -> tuple[EvaluationData, Gate]:
        """Three simulated years to practise on, and a gate of their own: nobody's own figures stand beside them."""
        from hybrid_toolkit.disclosure.gate import Gate
        from hybrid_toolkit.synth.committed import load_synthetic

        made = load_synthetic("three-years")
        return made, Gate(source=made)

    @cached_property
    def gate(self) -> Gate:
        """One disclosure gate for everything that this process shows of the data."""
        from hybrid_toolkit.disclosure.gate import Gate
        from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
        from hybrid_toolkit.synth.committed import is_committed

        ledger = VersionLedger(self._ledger) if self.own and not is_committed(self.data) else None
        return Gate(source=self.data, ledger=ledger)

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Say how far the work is.

        Parameters
        ----------
        done : int
            Steps done.
        total : int
            All steps.
        words : str, optional
            What is being done.
        """
        now = time.monotonic()
        if self._out is not None and (done >= total or now - self._last >= SECONDS_BETWEEN):
            self._last = now
            pickle.dump(("progress", (done, total, words)), self._out)
            self._out.flush()


def call(bench: Bench, function: str, given: dict[str, Any]) -> Any:
    """What a function of the package gives; it is named ``module:name``.

    Raises
    ------
    HybridToolkitError
        The name is not one of this package.
    """
    module, _, name = function.partition(":")
    if not module.startswith("hybrid_toolkit."):
        raise HybridToolkitError(
            "a page asked for a function of another package.", fix="Report this fault.", code="APP-FUNCTION"
        )
    return getattr(import_module(module), name)(bench, **given)


def _answer(bench: Bench, function: str, given: dict[str, Any]) -> tuple[str, Any]:
    try:
        return "done", call(bench, function, given)
    except HybridToolkitError as error:
        return "failed", type(error)(error.message, fix=error.fix, code=error.code)
    except Exception as error:  # told to the person with its kind alone: its words may hold a value
        import traceback

        traceback.print_exc()
        kind = type(error).__name__
        return "failed", HybridToolkitError(
            f"this page met a fault of the toolkit ({kind}).",
            fix="Report the fault: say what you chose.",
            code="APP-BUG",
        )


def work_on(arguments: Sequence[str]) -> None:
    """Answer questions from the standard input; when it ends, the process ends."""
    parser = argparse.ArgumentParser(prog="hybrid_toolkit.app.worker")
    for name in ("data", "mapping", "ledger"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--handed", action="store_true", help="the data come first, on the standard input")
    parser.add_argument("--fresh", default="", help="what sets this start apart from another")
    read = parser.parse_args(arguments)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between two answers
    bench = Bench(read.data, read.mapping, out, read.ledger)
    if read.handed:
        from hybrid_toolkit.data.evaluation_data import EvaluationData

        bench.data = EvaluationData(**pickle.load(sys.stdin.buffer))
    import_module("hybrid_toolkit.app.work")
    asked: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, asked), daemon=True).start()
    while True:
        pickle.dump(_answer(bench, *_next(bench, asked)), out)
        out.flush()


def _listen(questions: IO[bytes], asked: queue.SimpleQueue[Any]) -> None:
    """Take questions as they come, so that what is worked out ahead can make way; they end with the workbench."""
    try:
        while True:
            asked.put(pickle.load(questions))
    except EOFError:
        os._exit(0)  # at once, amid slow work too: whoever asked has gone


def _next(bench: Bench, asked: queue.SimpleQueue[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    """The next question; until it comes, steps of what may be asked after it."""
    quiet = QUIET_SECONDS
    while bench.ahead is not None:
        try:
            return asked.get(timeout=quiet) if quiet else asked.get_nowait()
        except queue.Empty:
            quiet = 0.0
        begun = time.process_time()
        try:
            next(bench.ahead)
            if time.process_time() - begun > LONGEST_STEP_SECONDS:
                bench.ahead = None
        except (StopIteration, HybridToolkitError):  # the question that needs it meets the error and tells it
            bench.ahead = None
    return asked.get()


if __name__ == "__main__":
    work_on([*taken_over(), *sys.argv[1:]])
