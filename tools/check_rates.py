"""How often each check of a design fails where nothing is wrong, and where its fault is there.

Run from the repository:

    python -m tools.check_rates --sims 200

writes docs/checks.csv and docs/checks.md. Every design below is fitted, with all its checks, on draws of a world in
which its assumptions hold and every effect is 0, and on draws of worlds in which one fault was put in. The worlds are
those of ``hybrid_toolkit/trust/dgps/authority.py``, written from a description of an authority and from no estimator.
The same arguments give the same table. Draws are kept in ``out/checks`` by the version of the code, so a run that was
stopped goes on; ``--only rollout`` takes the designs whose name holds that word and prints their rows; ``--as-run``
writes the table of the designs whose draws are all there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.designs.base import CheckOf
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.study.diagnosis.trial_log import code_version
from hybrid_toolkit.study.estimation.claim_grammar import grammar
from tools.check_designs import HOMES, NO_FAULT
from tools.check_worlds import SAYS, Home, Make

SEED = 20_264_000
CODE = ("metrics", "models", "designs", "trust/dgps")
LEAST = 20
"""Draws that a design needs at least in a table of a run that has not ended."""
MOST_FALSE = 0.10
"""A check that fails in more than this share of clean draws is called too ready."""
LEAST_SEEN = 0.50
"""One that fails in less than this share of draws with its fault hardly sees it."""


KEPT_AT_ONCE = 20
"""Draws between two writings of what is kept: what a run that is stopped may lose."""
TELL_ONLY = {
    f"check_{name}"
    for part in (
        "autocorrelation before_after bounds context control_series dispersion e_value_of_estimate group_exposure",
        "held_within heterogeneity late_entry likeness likeness_over_time placebo_in_space placebo_starts reliability",
        "residuals robustness silent singular specification_curve spread synthetic_in_time unadjusted_comparison",
        "unmeasured_confounding",
    )
    for name in part.split()
}
"""Checks that never fail: they inform only."""


def run_of(home: Home) -> tuple[CheckOf, ...]:
    """The checks of a home that are run: those that it names, or all that can fail."""
    every = DESIGNS[home.design].check_list
    return tuple(c for c in every if (c.__name__ in home.run if home.run else c.__name__ not in TELL_ONLY))


REFUSED = "refused"
_GIVEN_BY: dict[tuple[str, str], CheckOf] = {}
"""The function that gives a home's check, once it was found, so that with a fault no other is run."""


def draw(home: Home, make: Make, seed: int, only: str) -> dict[str, bool | None]:
    """The verdict of every check on one draw, or of one; a design that refuses has the one verdict ``REFUSED``."""
    frame = make(np.random.default_rng(seed))
    design = DESIGNS[home.design]
    try:
        fit = design.fit(frame, home.plan)
    except HybridToolkitError:
        return {REFUSED: False}
    low, high = fit.interval
    out: dict[str, bool | None] = {SAYS: not (low > 0 or high < 0)}
    known = _GIVEN_BY.get((home.name, only))
    for check in (known,) if known else run_of(home):
        if only in out:
            break
        found = {c.name: c.passed for c in replace(design, check_list=(check,)).checks(frame, fit)}
        _GIVEN_BY.update({(home.name, name): check for name in found})
        out.update(found)
    return {k: None if v is None else bool(v) for k, v in out.items()}


def path_of(home: Home, name: str, seed: int, kept: Path) -> Path:
    """The file that keeps the draws of a design in one of its worlds."""
    return (
        kept
        / code_version(CODE)
        / f"{home.name.replace(', ', '-').replace(' ', '-')}--{name.replace(' ', '-')}-{seed}.jsonl"
    )


def draws_kept(home: Home, *, seed: int, kept: Path) -> int:
    """Draws that are there in every world of a design."""
    files = [path_of(home, name, seed, kept) for name in ("null", *home.faults)]
    return min(f.read_text(encoding="utf-8").count("\n") if f.exists() else 0 for f in files)


def verdicts(home: Home, name: str, make: Make, *, n_sims: int, seed: int, kept: Path) -> pd.DataFrame:
    """One row a draw and check, from those kept where they are there: seed, check, passed.

    ``name`` is that of a check, or null. With a fault only its own check is run, and those that stand before it.
    """
    path = path_of(home, name, seed, kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines]
    done = {int(r["seed"]) for r in found}
    left = [s for s in range(seed, seed + n_sims) if s not in done]
    for first in range(0, len(left), KEPT_AT_ONCE):
        found += [{"seed": s, "passed": draw(home, make, s, name)} for s in left[first : first + KEPT_AT_ONCE]]
        atomic_write_text(path, "".join(json.dumps(r, sort_keys=True) + "\n" for r in found))
    asked_for = [r for r in found if seed <= int(r["seed"]) < seed + n_sims]
    rows = [(r["seed"], check, passed) for r in asked_for for check, passed in r["passed"].items()]
    return pd.DataFrame(rows, columns=["seed", "check", "passed"])


def rates(rows: pd.DataFrame, check: str, n_sims: int) -> tuple[float, float]:
    """Share of draws in which a check failed, and in which it could not tell."""
    here = rows.loc[rows["check"].eq(check), "passed"]
    failed = int(here.map(lambda v: v is False).sum())
    return failed / n_sims, int(here.isna().sum()) / n_sims


def rows_of(home: Home, *, n_sims: int, seed: int, kept: Path) -> Iterator[dict[str, object]]:
    """One row a check of a design: rates where all is well, and where its fault is there."""
    clean = verdicts(home, "null", home.null[1], n_sims=n_sims, seed=seed, kept=kept)
    broken = {k: verdicts(home, k, make, n_sims=n_sims, seed=seed, kept=kept) for k, (_, make) in home.faults.items()}
    informs = set(grammar()["informs"]["checks"])
    names = [n for n in dict.fromkeys([SAYS, *clean["check"], *home.faults]) if n != REFUSED]
    for check in names:
        if check in informs and not clean.loc[clean["check"].eq(check), "passed"].notna().any():
            continue
        false, silent = rates(clean, check, n_sims)
        row = {"design": home.name, "check": check, "n_sims": n_sims, "failed_null": false, "untold_null": silent}
        row |= {"refused_null": rates(clean, REFUSED, n_sims)[0], "fault": "", "failed_fault": np.nan}
        row |= {"untold_fault": np.nan, "refused_fault": np.nan}
        if check in broken:
            seen, unseen = rates(broken[check], check, n_sims)
            row |= {"fault": home.faults[check][0], "failed_fault": seen, "untold_fault": unseen}
            row["refused_fault"] = rates(broken[check], REFUSED, n_sims)[0]
        yield {**row, "verdict": verdict_of(row)}


def verdict_of(row: Mapping[str, object]) -> str:
    """What both rates say of a check.

    Examples
    --------
    >>> verdict_of({"failed_null": 0.3, "failed_fault": 0.9, "refused_fault": 0.0})
    'too ready'
    >>> verdict_of({"failed_null": 0.0, "failed_fault": 0.2, "refused_fault": 0.1})
    'hardly sees its fault'
    """
    false, seen, refused = (float(str(row[k])) for k in ("failed_null", "failed_fault", "refused_fault"))
    seen += 0.0 if row.get("check") == SAYS else refused
    told = ["too ready"] if false > MOST_FALSE else []
    told += ["hardly sees its fault"] if seen < LEAST_SEEN else []
    return ", ".join(told) or "as it should"


def _percent(value: object) -> str:
    return "-" if pd.isna(value) else f"{float(str(value)):.0%}"


def page(frame: pd.DataFrame, command: str) -> str:
    """The table as a page for readers."""
    least, n_sims = int(frame["n_sims"].min()), int(frame["n_sims"].max())
    error = 100 * (0.05 * 0.95 / least) ** 0.5
    counts = f"{least}" if least == n_sims else f"{least} to {n_sims}"
    lines = [
        "# How often the checks fail",
        "",
        "Simulated authorities only: nothing here is evidence about a real one. Every check of these designs was run",
        f"on {counts} draws of a world in which all assumptions hold and every effect is 0, and on as many in which",
        "one fault was put in on purpose. *Failed* is the share of draws in which the check failed, in brackets the",
        "share in which it could not tell. The first should be small where all is well, large where a fault is there.",
        f'"{SAYS}" is the share of intervals that leave out zero: false where every effect is 0, power where there is',
        f"one. With {least} draws the Monte Carlo error of 5% is {error:.1f} points.",
        "",
        "A fault that makes the design refuse the data is seen: the share refused stands after a stroke. A check that",
        "many designs share is run with one or two of them.",
        "",
        "The worlds stand in `hybrid_toolkit/trust/dgps/authority.py` and `tools/check_worlds.py`, written from a",
        "description of an authority:",
        "24 teams of 4 to 12 workers and a giant of 45, people who leave and move, shocks that last (AR 0.6), unequal",
        "spread, a ceiling, answers that go missing with low wellbeing, a season with school holidays.",
        "",
        f"Too ready: failed in over {MOST_FALSE:.0%} where all is well. Hardly sees its fault: failed in under",
        f"{LEAST_SEEN:.0%} where it is there; a check that could not tell is no pass, and is told beside the claim.",
        "`mediator and outcome` says how strong an unseen cause would have to be; whether there is one it cannot see.",
        "",
        f"Made by `{command}`.",
        "",
    ]
    left = [h.name for h in HOMES if not frame["design"].eq(h.name).any()]
    lines += [f"Not run yet: {', '.join(left)}.", ""] if left else []
    for home in HOMES:
        here = frame[frame["design"].eq(home.name)]
        if here.empty:
            continue
        lines += [
            f"## {DESIGNS[home.design].title}{f': {home.of}' if home.of else ''}",
            "",
            f"`{home.design}`, {here['n_sims'].iloc[0]} draws a world; all is well: {home.null[0]}.",
            "",
            "| check | failed where all is well | fault put in | failed there | verdict |",
            "|---|---|---|---|---|",
        ]
        for _, r in here.iterrows():
            there = f"{_percent(r['failed_fault'])} ({_percent(r['untold_fault'])})" if r["fault"] else "-"
            there += f" / {_percent(r['refused_fault'])}" if r["fault"] and r["refused_fault"] > 0 else ""
            clean = f"{_percent(r['failed_null'])} ({_percent(r['untold_null'])})"
            without = NO_FAULT.get(str(r["check"]), "none here: put in with another design")
            lines.append(f"| {r['check']} | {clean} | {r['fault'] or without} | {there} | {r['verdict']} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", dest="n_sims", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="a word that the design's name holds")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--kept", type=Path, default=Path("out/checks"))
    parser.add_argument("--as-run", action="store_true", help="the draws kept so far, at least 20 a world")
    args = parser.parse_args()
    homes = [h for h in HOMES if args.only in h.name]
    sims = {h.name: args.n_sims for h in homes}
    if args.as_run:
        sims = {h.name: min(args.n_sims, draws_kept(h, seed=args.seed, kept=args.kept)) for h in homes}
        homes = [h for h in homes if sims[h.name] >= LEAST]
    if not homes:
        sys.exit(f"No design holds that word. Designs: {'; '.join(h.name for h in HOMES)}.")
    found = []
    for home in homes:
        found += list(rows_of(home, n_sims=sims[home.name], seed=args.seed, kept=args.kept))
        print(pd.DataFrame(found).query("design == @home.name").to_string(index=False), flush=True)
    if args.only:
        return
    frame = pd.DataFrame(found).round(4)
    args.out.mkdir(parents=True, exist_ok=True)
    atomic_write_text(args.out / "checks.csv", frame.to_csv(index=False, lineterminator="\n"))
    how = " --as-run" if args.as_run else ""
    command = f"python -m tools.check_rates --sims {args.n_sims}{how} --seed {args.seed}"
    atomic_write_text(args.out / "checks.md", page(frame, command))


if __name__ == "__main__":
    main()
