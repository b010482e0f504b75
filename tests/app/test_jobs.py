"""Slow work in other processes: progress, cancel, answers kept, errors told, nothing waits for what it need not."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from hybrid_toolkit.app.jobs import Jobs, SlowWork
from hybrid_toolkit.app.visit import Fields, Visit, Waiting
from hybrid_toolkit.app.worker import QUIET_SECONDS
from hybrid_toolkit.errors import UsageError

SLOW = "hybrid_toolkit.slow_for_tests"
WORKER = f"""
import sys, time, types
from hybrid_toolkit.errors import UsageError
def count(bench, *, to, seconds=0.0, other=0):
    print("what a library prints must not stand between two answers")
    for i in range(to):
        bench.progress(i, to, "Counting")
        time.sleep(seconds)
    return to
def refuse(bench):
    raise UsageError("no such thing.", fix="Choose another thing.", code="X-1")
def break_down(bench):
    raise KeyError("a value of the data")
def end(bench):
    import os
    os._exit(3)
def think(bench, *, steps, work=0.0):
    def ahead():
        for bench.thought in range(1, steps + 1):
            time.sleep(0.05)
            begun = time.process_time()
            while time.process_time() - begun < work:
                pass
            yield
    bench.thought, bench.ahead = 0, ahead()
    return 0
def thought(bench, *, when):
    return bench.thought
def threads(bench):
    import os
    return [os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")]
module = types.ModuleType({SLOW!r})
module.__dict__.update(count=count, refuse=refuse, break_down=break_down, end=end, think=think, thought=thought,
                       threads=threads)
sys.modules[{SLOW!r}] = module
from hybrid_toolkit.app.worker import work_on
work_on([])
"""


class WaitingJobs(Jobs):
    """The same with functions that wait."""

    def _command(self) -> list[str]:
        return [sys.executable, "-c", WORKER]


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = WaitingJobs()
    yield made
    made.close()


def done(work: SlowWork) -> SlowWork:
    assert work.over.wait(60), "no answer"
    return work


def thought(jobs: Jobs, *, beyond: int) -> int:
    """How many steps were worked out ahead, once they are more than so many: each question begins the quiet anew."""
    end = time.monotonic() + 60
    while True:
        time.sleep(QUIET_SECONDS + 1)
        found = int(done(jobs.ask(f"{SLOW}:thought", {"when": time.monotonic()})).value)
        if found > beyond or time.monotonic() > end:
            return found


def test_an_answer_comes_and_is_kept(jobs: Jobs) -> None:
    first = done(jobs.ask(f"{SLOW}:count", {"to": 3}))
    assert first.value == 3 and jobs.ask(f"{SLOW}:count", {"to": 3}) is first
    assert jobs.find(first.number) is first


def test_progress_is_told_and_cancel_ends_it_and_the_next_goes_on(jobs: Jobs) -> None:
    work = jobs.ask(f"{SLOW}:count", {"to": 600, "seconds": 0.1})
    end = time.monotonic() + 60
    while work.done < 2 and time.monotonic() < end:
        time.sleep(0.02)
    assert work.total == 600 and work.words == "Counting"
    jobs.cancel(work)
    assert work.over.is_set() and work.state == "cancelled"
    assert done(jobs.ask(f"{SLOW}:count", {"to": 2})).value == 2
    again = {"to": 600, "seconds": 0.1}
    assert jobs.ask(f"{SLOW}:count", again) is work, "opening its page does not begin it anew"
    jobs.again(work)
    begun = jobs.ask(f"{SLOW}:count", again)
    assert begun is not work and begun.state in ("waiting", "running")


def test_long_work_does_not_hold_up_a_page(jobs: Jobs) -> None:
    slow = jobs.ask(f"{SLOW}:count", {"to": 600, "seconds": 0.1}, long=True)
    assert done(jobs.ask(f"{SLOW}:count", {"to": 2})).value == 2
    assert not slow.over.is_set()


def test_a_page_does_not_wait_for_what_another_asked_first(jobs: Jobs) -> None:
    slow = jobs.ask(f"{SLOW}:count", {"to": 600, "seconds": 0.1}, slot="measures")
    other = jobs.ask(f"{SLOW}:count", {"to": 2}, slot="practice")
    assert done(other).value == 2 and not slow.over.is_set()
    newer = jobs.ask(f"{SLOW}:count", {"to": 3}, slot="measures")
    assert newer.state == "waiting", "choices of one page leave the second process to the others"
    jobs.cancel(slow)
    assert done(newer).value == 3


def test_what_is_worked_out_ahead_makes_way_and_goes_on(jobs: Jobs) -> None:
    assert done(jobs.ask(f"{SLOW}:think", {"steps": 200})).value == 0
    at = thought(jobs, beyond=0)
    assert 0 < at < 200, "a question waits for one step, not for all"
    assert thought(jobs, beyond=at) > at


def test_no_further_step_is_worked_out_ahead_after_a_long_one(jobs: Jobs) -> None:
    done(jobs.ask(f"{SLOW}:think", {"steps": 200, "work": 1.0}))
    assert thought(jobs, beyond=0) == 1
    time.sleep(QUIET_SECONDS + 2)
    assert thought(jobs, beyond=0) == 1


def test_fast_changes_are_merged(jobs: Jobs) -> None:
    asked = [jobs.ask(f"{SLOW}:count", {"to": 4, "seconds": 0.2, "other": i}, slot="choice") for i in range(6)]
    done(asked[-1])
    states = [w.state for w in asked]
    assert states[-1] == "done" and states.count("dropped") >= 4


def test_the_toolkit_s_errors_are_told_and_others_without_their_values(jobs: Jobs) -> None:
    refused = done(jobs.ask(f"{SLOW}:refuse", {}))
    assert isinstance(refused.error, UsageError) and refused.error.fix == "Choose another thing."
    broken = done(jobs.ask(f"{SLOW}:break_down", {}))
    assert broken.error is not None and "value of the data" not in str(broken.error)
    gone = done(jobs.ask(f"{SLOW}:end", {}))
    assert gone.error is not None and gone.error.code == "APP-WORKER"
    assert done(jobs.ask(f"{SLOW}:count", {"to": 1})).value == 1
    outside = done(jobs.ask("os:getcwd", {}))
    assert outside.error is not None


def test_a_visit_waits_then_has_its_answer(jobs: Jobs) -> None:
    visit = Visit("/", False, {}, Fields(), Fields(), {}, None, jobs)
    with pytest.raises(Waiting) as waiting:
        visit.work(f"{SLOW}:count", to=2, seconds=0.2)
    done(waiting.value.work)
    assert visit.work(f"{SLOW}:count", to=2, seconds=0.2) == 2


def test_linear_algebra_has_one_thread_in_a_process_unless_the_person_says_otherwise(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    assert done(jobs.ask(f"{SLOW}:threads", {})).value == ["1", "1", "3"]
