"""The toolkit beside the library that it stands in for: ``python benchmarks/beside_peers.py two-way --workers 87500``.

Each case runs the peer and the toolkit in turn, each in a process of its own on the same simulated rows and one thread,
and prints the seconds of processor time of the best of three (what else runs on the machine does not count), the peak
of the process's memory, that of its imports and data alone, the ratios, and how far the estimates differ.

Cases: ``two-way`` and ``event`` (pyfixest), ``group-time`` (diff-diff), ``mixed`` (mixedlm), all on workers by months.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

TEAMS = 60


def rows(workers: int, months: int) -> pd.DataFrame:
    """Workers in 60 teams over months; a quarter of the teams starts at each of three times, a quarter never."""
    rng = np.random.default_rng(1)
    n, worker = workers * months, np.repeat(np.arange(workers), months)
    month, team = np.tile(np.arange(1, months + 1), workers), np.repeat(np.arange(workers) * TEAMS // workers, months)
    start = rng.choice([months // 3, months // 2, 2 * months // 3, 0], size=TEAMS)[team]
    on = ((start > 0) & (month >= start)).astype(float)
    trend, slope = rng.normal(size=TEAMS)[team], rng.normal(size=workers)[worker]
    y = rng.normal(size=workers)[worker] + 0.3 * on + 0.05 * trend * month + trend + 0.2 * slope * on
    return pd.DataFrame(
        {
            "worker": worker,
            "month": month,
            "team": team,
            "start": start,
            "on": on,
            "since": np.where(start > 0, month - start, -1),
            "y": y + rng.normal(size=n),
        }
    )


def toolkit(case: str, f: pd.DataFrame) -> Callable[[], list[float]]:
    """One fit of the toolkit: estimate and standard error of its last row, or of the effect."""
    from hybrid_toolkit import models as m

    workers = f["worker"].nunique()

    def run() -> list[float]:
        panel = {"outcome": "y", "panel_id": "worker", "time": "month", "first_treated": "start"}
        fits: dict[str, Callable[[], pd.DataFrame]] = {
            "two-way": lambda: m.fit_linear(
                f, outcome="y", terms=["on"], fixed_effects=["worker", "month"], cluster="team", variance="sandwich"
            ).tidy(),
            "event": lambda: m.fit_event_study(
                f, **panel, estimator="two-way event", cluster="team", variance="sandwich"
            ).tidy(),
            "group-time": lambda: m.fit_group_time(f, **panel).aggregate("simple"),
            "mixed": lambda: m.fit_mixed(f, outcome="y", terms=["on"], groups={"team": [], "worker": ["on"]}).tidy(),
        }
        rows = fits[case]()
        if case == "mixed":  # the standard deviations stand after the coefficients
            rows = rows[rows["term"] == "on"]
        # a whole row turned into objects would take pandas a quarter of the time of the group-time effects
        found = [float(rows[c].iloc[-1]) for c in ("estimate", "std_error")]
        if case == "group-time":  # the factor for few clusters, which diff-diff leaves out where each unit is one
            found[1] *= ((workers - 1) / workers) ** 0.5
        return found

    return run


def peer(case: str, f: pd.DataFrame) -> Callable[[], list[float]]:
    """The same by the library."""
    if case == "group-time":
        from diff_diff import CallawaySantAnna

        def run() -> list[float]:
            got = CallawaySantAnna().fit(f, outcome="y", unit="worker", time="month", first_treat="start")
            return [float(got.overall_att), float(got.overall_se)]

    elif case == "mixed":
        import mixedlm

        def run() -> list[float]:
            got = mixedlm.lmer("y ~ on + (1 | team) + (1 + on | worker)", f)
            return [float(got.fixef()["on"]), float(np.sqrt(got.vcov()[1, 1]))]

    else:
        import pyfixest

        effect = {"two-way": "on", "event": "i(since, ref=-1)"}[case]

        def run() -> list[float]:
            got = pyfixest.feols(f"y ~ {effect} | worker + month", data=f, vcov={"CRV1": "team"}).tidy()
            return [float(v) for v in got.iloc[-1, :2]]

    return run


def measure(case: str, who: str, workers: int, months: int) -> dict[str, object]:
    """Seconds of the best of three, megabytes before and at the peak, and the figures."""
    warnings.simplefilter("ignore")
    f = rows(workers, months)
    run = {"toolkit": toolkit, "peer": peer}[who](case, f)

    def megabytes() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before, seconds, found = megabytes(), [], [0.0, 0.0]
    for _ in range(3):
        start = time.process_time()
        found = run()
        seconds.append(time.process_time() - start)
    return {"seconds": min(seconds), "before": before, "peak": megabytes(), "found": found}


def main() -> None:
    """Run the peer and the toolkit in turn, and print what each took."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("case", choices=["two-way", "event", "group-time", "mixed"])
    ask.add_argument("--workers", type=int, default=8750)
    ask.add_argument("--months", type=int, default=24)
    ask.add_argument("--who", choices=["toolkit", "peer"])
    given = ask.parse_args()
    if given.who:
        print(json.dumps(measure(given.case, given.who, given.workers, given.months)))
        return
    one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    got = {}
    for who in ("peer", "toolkit"):
        done = subprocess.run([sys.executable, *sys.argv, "--who", who], capture_output=True, env=one_thread, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        got[who] = json.loads(done.stdout.splitlines()[-1])
    own, other = got["toolkit"], got["peer"]
    print(f"{given.case}: {given.workers * given.months:,} rows")
    for who, g in got.items():
        print(f"  {who:8} {g['seconds']:8.3f} s, {g['peak']:6.0f} MB at the peak, {g['before']:6.0f} MB before the fit")
    print(
        f"  faster by {other['seconds'] / own['seconds']:.1f} times; of the peer's memory "
        f"{own['peak'] / other['peak']:.2f}, of what its fit adds "
        f"{(own['peak'] - own['before']) / max(1.0, other['peak'] - other['before']):.2f}"
    )
    for name, a, b in zip(("estimate", "std error"), own["found"], other["found"], strict=True):
        print(f"  {name:9} {a:.10f} and {b:.10f}, apart by {abs(a - b) / max(1e-300, abs(b)):.1e}")


if __name__ == "__main__":
    main()
