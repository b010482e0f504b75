"""The processor's time of each move on the pages on data: ``python benchmarks/app_moves.py [SECONDS]``.

Every filter is moved by itself, in one process as the app's worker has it, with one thread for linear algebra. Without
SECONDS each move follows at once upon the one before. With SECONDS the process works ahead so long (of its own time)
after each answer, as it does while a person reads; a step that takes too long ends it, as in the worker.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
MOVED = ("practice", "careers", "access", "wellbeing", "review", "otherwise")
MOST_VALUES, WANTED = 6, 0.25


def main(seconds: float) -> None:
    """Print the moves that take longer than wanted, longest first, and how many there were."""
    from hybrid_toolkit.app.work.look_at_data import look_through, make_ready
    from hybrid_toolkit.app.worker import LONGEST_STEP_SECONDS, Bench
    from hybrid_toolkit.errors import HybridToolkitError

    bench, found = Bench(), []

    def read() -> None:
        end = time.process_time() + seconds
        while bench.ahead is not None and (begun := time.process_time()) < end:
            next(bench.ahead, None)
            if time.process_time() - begun > LONGEST_STEP_SECONDS:
                return

    def move(lens: str, **chosen: str) -> dict[str, dict[str, str]]:
        begun, answer = time.process_time(), {}
        try:
            answer = look_through(bench, lens, tuple(sorted(chosen.items())))
        except HybridToolkitError as refused:
            chosen |= {"answer": refused.code}
        found.append((time.process_time() - begun, f"{lens} {' '.join(f'{k}={v}' for k, v in chosen.items())}"))
        read()
        return answer

    make_ready(bench)
    read()
    first = move("measures")
    metric = first["state"]["metric"]
    for period in first["choices"]["period"]:
        move("measures", metric=metric, period=period)
    for group in first["choices"]["group"]:
        move("measures", metric=metric, group=group)
    for group in first["choices"]["group"]:
        move("measures", metric=metric, group=group, period="quarter")
    for lens in MOVED:
        shown = move(lens)
        for name, offered in shown["choices"].items():
            for value in list(offered)[:MOST_VALUES]:
                move(lens, **{**shown["state"], name: value})
    slow = sorted((f for f in found if f[0] > WANTED), reverse=True)
    print(f"{len(slow)} of {len(found)} moves take more than {WANTED} s; {seconds:g} s to read each")
    print("\n".join(f"{taken:5.2f} s  {what}" for taken, what in slow))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
