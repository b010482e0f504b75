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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.designs import DESIGNS, ModelColumns
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.study.diagnosis.trial_log import code_version
from hybrid_toolkit.study.estimation.claim_grammar import grammar
from hybrid_toolkit.trust.dgps import authority as a

SEED = 20_264_000
CODE = ("metrics", "models", "designs", "synth/worlds")
SAYS = "says a difference"
"""The row of how often the interval leaves out zero: false where every effect is 0."""
MOST_FALSE = 0.10
"""A check that fails in more than this share of clean draws is called too ready."""
LEAST_SEEN = 0.50
"""One that fails in less than this share of draws with its fault hardly sees it."""
Make = Callable[[np.random.Generator], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Home:
    """A design with its plan, a world in which all is well, and worlds with one fault each.

    Parameters
    ----------
    design : id of the design. plan : columns of the worlds. null : world without fault or effect, in words and as code.
    faults : check -> the fault that it should see, in words and as code; ``SAYS`` stands for a true effect.
    """

    design: str
    plan: ModelColumns
    null: tuple[str, Make]
    faults: Mapping[str, tuple[str, Make]] = field(default_factory=dict)


def _quarterly(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["month"] % 3 == 1].reset_index(drop=True)


def workers(rng: np.random.Generator, *, made: a.AuthorityWorld) -> pd.DataFrame:
    """One row a worker and quarter, ``d`` for a team that pilots."""
    rows = _quarterly(a.authority_frame(made, rng))
    return rows.assign(d=rows["first_treated"].notna().astype(float))


def asked(rng: np.random.Generator, *, made: a.AuthorityWorld) -> pd.DataFrame:
    """The same with the outcome of those who did not answer missing."""
    rows = workers(rng, made=made)
    return rows.assign(y=rows["y"].where(rows["responded"]))


def pilot_of(teams: int, **more: float) -> Make:
    """Team-months in which so many of 24 teams start in one month."""
    return partial(a.by_team, a.AuthorityWorld(pilot=teams, **more))


def rollout(**more: float) -> Make:
    """Team-months over two years in which teams start in three groups."""
    return partial(a.by_team, a.AuthorityWorld(months=24, first_treated=(8, 12, 16, -1), **more))


STAFF = a.AuthorityWorld(exposure="worker")
CHANGING = a.AuthorityWorld(exposure="team-month")
TEAMS = ModelColumns("y", "policy", "team_id", panel_id="team_id", time="month", first_treated="first_treated")
AREAS = ModelColumns("y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated")
SEASONAL = ModelColumns(
    "y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated", settings=(("season", 12.0),)
)
TREND_FAULTS = {
    "parallel trends": ("the teams that will start rise by 0.08 a month", {"drift": 0.08}),
    "placebo in time": ("the teams that will start rise by 0.08 a month", {"drift": 0.08}),
    "anticipation": ("all of an effect of 0.8 is there two months before", {"effect": 0.8, "early": 1.0}),
    "interference": ("teams outside lose up to 0.8 as others start", {"spill": 0.8}),
    SAYS: ("an effect of 0.5", {"effect": 0.5}),
}
HOMES = (
    Home(
        "cross-sectional",
        ModelColumns("y", "x", "team_id"),
        ("workers differ in days at home", partial(workers, made=STAFF)),
        {
            "missing values": ("35% to 60% answered", partial(asked, made=STAFF)),
            "clusters": ("12 teams", partial(workers, made=a.AuthorityWorld(teams=12, exposure="worker"))),
            SAYS: ("a slope of 1", partial(workers, made=a.AuthorityWorld(exposure="worker", slope=1.0))),
        },
    ),
    Home(
        "multilevel",
        ModelColumns("y", "x", "team_id", panel_id="worker_id", fixed_effects=("month",)),
        ("teams change days at home, shocks last", partial(workers, made=CHANGING)),
        {SAYS: ("a slope of 1", partial(workers, made=a.AuthorityWorld(exposure="team-month", slope=1.0)))},
    ),
    Home(
        "within-worker",
        ModelColumns("y", "x", "team_id", fixed_effects=("worker_id", "month")),
        ("teams change days at home, shocks last", partial(workers, made=CHANGING)),
        {
            "missing values": ("35% to 60% answered", partial(asked, made=CHANGING)),
            SAYS: ("a slope of 1", partial(workers, made=a.AuthorityWorld(exposure="team-month", slope=1.0))),
        },
    ),
    Home(
        "binary-outcome",
        ModelColumns("yes", "x", "team_id"),
        ("workers differ in days at home", partial(workers, made=STAFF)),
        {
            "clusters": ("12 teams", partial(workers, made=a.AuthorityWorld(teams=12, exposure="worker"))),
            SAYS: ("a slope of 1", partial(workers, made=a.AuthorityWorld(exposure="worker", slope=1.0))),
        },
    ),
    Home(
        "count-outcome",
        ModelColumns("count", "x", "team_id"),
        ("workers differ in days at home", partial(workers, made=STAFF)),
        {
            "clusters": ("12 teams", partial(workers, made=a.AuthorityWorld(teams=12, exposure="worker"))),
            SAYS: ("a slope of 1", partial(workers, made=a.AuthorityWorld(exposure="worker", slope=1.0))),
        },
    ),
    Home(
        "retention",
        ModelColumns("left", "pilot", "team_id", duration="months"),
        ("10 of 24 teams pilot", partial(a.staying, a.AuthorityWorld(pilot=10))),
        {"clusters": ("3 of 24 teams pilot", partial(a.staying, a.AuthorityWorld(pilot=3)))},
    ),
    Home(
        "two-by-two",
        TEAMS,
        ("10 of 24 teams pilot, months have a season", pilot_of(10)),
        {
            **{k: (words, pilot_of(10, **more)) for k, (words, more) in TREND_FAULTS.items() if k != "interference"},
            "group sizes": ("3 of 24 teams pilot", pilot_of(3)),
        },
    ),
    Home(
        "staggered-rollout",
        TEAMS,
        ("three groups of six teams start, months have a season", rollout()),
        {
            **{k: (words, rollout(**more)) for k, (words, more) in TREND_FAULTS.items()},
            "clusters": ("3 of 24 teams pilot", pilot_of(3)),
            "group sizes": ("3 of 24 teams pilot", pilot_of(3)),
        },
    ),
    Home(
        "interrupted-series",
        SEASONAL,
        ("48 months with school holidays", partial(a.monthly, months=48)),
        {
            "length of the series": ("24 months", partial(a.monthly, months=24)),
            SAYS: ("a change of 2", partial(a.monthly, months=48, effect=2.0)),
        },
    ),
    Home(
        "synthetic-control",
        AREAS,
        ("one of 25 authorities that follow common waves", a.authorities),
        {
            "fit before the start": ("the changed one has a wave of its own", partial(a.authorities, unlike=True)),
            SAYS: ("an effect of 1.5", partial(a.authorities, effect=1.5)),
        },
    ),
)


def draw(home: Home, make: Make, seed: int, only: str) -> dict[str, bool | None]:
    """The verdict of every check on one draw, or of one; a design that refuses has the one verdict ``refused``."""
    frame = make(np.random.default_rng(seed))
    design = DESIGNS[home.design]
    try:
        fit = design.fit(frame, home.plan)
    except HybridToolkitError as error:
        return {f"refused ({error.code})": False}
    low, high = fit.interval
    out: dict[str, bool | None] = {SAYS: not (low > 0 or high < 0)}
    for check in design.check_list:
        if only in out:
            break
        out.update({c.name: c.passed for c in replace(design, check_list=(check,)).checks(frame, fit)})
    return {k: None if v is None else bool(v) for k, v in out.items()}


def path_of(home: Home, name: str, seed: int, kept: Path) -> Path:
    """The file that keeps the draws of a design in one of its worlds."""
    return kept / code_version(CODE) / f"{home.design}--{name.replace(' ', '-')}-{seed}.jsonl"


def all_there(home: Home, *, n_sims: int, seed: int, kept: Path) -> bool:
    """Whether every draw of a design was made."""
    files = [path_of(home, name, seed, kept) for name in ("null", *home.faults)]
    return all(f.exists() and f.read_text(encoding="utf-8").count("\n") >= n_sims for f in files)


def verdicts(home: Home, name: str, make: Make, *, n_sims: int, seed: int, kept: Path) -> pd.DataFrame:
    """One row a draw and check, from those kept where they are there: seed, check, passed.

    ``name`` is that of a check, or null. With a fault only its own check is run, and those that stand before it.
    """
    path = path_of(home, name, seed, kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines]
    done = {int(r["seed"]) for r in found}
    for at in (s for s in range(seed, seed + n_sims) if s not in done):
        found.append({"seed": at, "passed": draw(home, make, at, name)})
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
    names = list(dict.fromkeys([SAYS, *clean["check"], *home.faults]))
    for check in names:
        if check in informs and not clean.loc[clean["check"].eq(check), "passed"].notna().any():
            continue
        false, silent = rates(clean, check, n_sims)
        row = {"design": home.design, "check": check, "n_sims": n_sims, "failed_null": false, "untold_null": silent}
        row |= {"fault": "", "failed_fault": np.nan, "untold_fault": np.nan}
        if check in broken:
            seen, unseen = rates(broken[check], check, n_sims)
            row |= {"fault": home.faults[check][0], "failed_fault": seen, "untold_fault": unseen}
        yield {**row, "verdict": verdict_of(row)}


def verdict_of(row: Mapping[str, object]) -> str:
    """What both rates say of a check.

    Examples
    --------
    >>> verdict_of({"failed_null": 0.3, "failed_fault": 0.9}), verdict_of({"failed_null": 0.0, "failed_fault": 0.2})
    ('too ready', 'hardly sees its fault')
    """
    false, seen = float(str(row["failed_null"])), float(str(row["failed_fault"]))
    told = ["too ready"] if false > MOST_FALSE else []
    told += ["hardly sees its fault"] if seen < LEAST_SEEN else []
    return ", ".join(told) or "as it should"


def _percent(value: object) -> str:
    return "-" if pd.isna(value) else f"{float(str(value)):.0%}"


def page(frame: pd.DataFrame, command: str) -> str:
    """The table as a page for readers."""
    n_sims = int(frame["n_sims"].iloc[0])
    error = 100 * (0.05 * 0.95 / n_sims) ** 0.5
    lines = [
        "# How often the checks fail",
        "",
        "Simulated authorities only: nothing here is evidence about a real one. Every check of these designs was run",
        f"on {n_sims} draws of a world in which all assumptions hold and every effect is 0, and on {n_sims} in which",
        "one fault was put in on purpose. *Failed* is the share of draws in which the check failed, in brackets the",
        "share in which it could not tell. The first should be small where all is well, large where a fault is there.",
        f'"{SAYS}" is the share of intervals that leave out zero: false where every effect is 0, power where there is',
        f"one. With {n_sims} draws the Monte Carlo error of 5% is {error:.1f} points.",
        "",
        "The worlds stand in `hybrid_toolkit/trust/dgps/authority.py`, written from a description of an authority:",
        "24 teams of 4 to 12 workers and a giant of 45, people who leave and move, shocks that last (AR 0.6), unequal",
        "spread, a ceiling, answers that go missing with low wellbeing, a season with school holidays.",
        "",
        f"Too ready: failed in over {MOST_FALSE:.0%} where all is well. Hardly sees its fault: failed in under",
        f"{LEAST_SEEN:.0%} where it is there; a check that could not tell is no pass, and is told beside the claim.",
        "",
        f"Made by `{command}`.",
        "",
    ]
    left = [h.design for h in HOMES if not frame["design"].eq(h.design).any()]
    lines += [f"Not run yet: {', '.join(left)}.", ""] if left else []
    for home in HOMES:
        here = frame[frame["design"].eq(home.design)]
        if here.empty:
            continue
        lines += [
            f"## {DESIGNS[home.design].title}",
            "",
            f"`{home.design}`; all is well: {home.null[0]}.",
            "",
            "| check | failed where all is well | fault put in | failed there | verdict |",
            "|---|---|---|---|---|",
        ]
        for _, r in here.iterrows():
            there = f"{_percent(r['failed_fault'])} ({_percent(r['untold_fault'])})" if r["fault"] else "-"
            clean = f"{_percent(r['failed_null'])} ({_percent(r['untold_null'])})"
            lines.append(f"| {r['check']} | {clean} | {r['fault'] or '-'} | {there} | {r['verdict']} |")
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
    parser.add_argument("--as-run", action="store_true", help="the designs whose draws are all kept")
    args = parser.parse_args()
    homes = [h for h in HOMES if args.only in h.design]
    if args.as_run:
        homes = [h for h in homes if all_there(h, n_sims=args.n_sims, seed=args.seed, kept=args.kept)]
    if not homes:
        sys.exit(f"No design holds that word. Designs: {', '.join(h.design for h in HOMES)}.")
    found = []
    for home in homes:
        found += list(rows_of(home, n_sims=args.n_sims, seed=args.seed, kept=args.kept))
        print(pd.DataFrame(found).query("design == @home.design").to_string(index=False), flush=True)
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
