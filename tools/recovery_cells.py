"""How often intervals of ``measure`` hold where clusters are few or unequal, in groups, and for shares near 0 and 1.

A part of ``tools.recovery``: yes/no worker-months of teams of 4 to 12 workers, none, one or two of 45, over six months.
Teams lie apart by 0.4 on the log odds. Each cell is measured over all and by a group that half of the workers of every
team are in, whose share lies 0.5 on the log odds above that of the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import special, stats

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData

METRIC, GROUP = "back_to_back_share", "caring"
CELLS = (
    *((teams, 0, level) for teams in (5, 12, 24) for level in (0.05, 0.5, 0.97)),
    *((teams, 1, level) for teams in (5, 8, 12, 15) for level in (0.5, 0.9)),
    *((teams, 1, level) for teams in (12, 24) for level in (0.05, 0.97)),
    *((teams, 2, 0.5) for teams in (8, 12, 15, 24)),
)
"""Teams, giants among them, share."""
TEAM_SD, APART, MONTHS, GIANT = 0.4, 0.5, 6, 45
BAND = (0.93, 0.97)
HEAD = "## Few and unequal teams, groups, shares near 0 and 1"


def share_of(level: float) -> float:
    """The share over all teams where the typical team has this one."""
    spread = TEAM_SD * stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    return float(special.expit(special.logit(level) + spread).mean())


def levels(level: float) -> dict[str, float]:
    """True shares over all and in each group."""
    odds = special.logit(level)
    yes, no = (share_of(float(special.expit(odds + s * APART / 2))) for s in (1, -1))
    return {"all": (yes + no) / 2, "yes": yes, "no": no}


def authority(teams: int, giants: int, level: float, seed: int) -> EvaluationData:
    """Workers and their months; half of the workers of each team are in the group."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 7, teams) * 2
    sizes[:giants] = GIANT + 1
    team = np.repeat(np.arange(teams), sizes)
    inside = np.arange(len(team)) % 2 == 0  # teams are of even size
    odds = special.logit(level) + TEAM_SD * rng.standard_normal(teams)[team] + APART * (inside - 0.5)
    worker = np.array([f"w{i:04d}" for i in range(len(team))])
    months = pd.date_range("2025-01-01", periods=MONTHS, freq="MS")
    yes = rng.random((MONTHS, len(team))) < special.expit(odds)
    return EvaluationData(
        {
            "worker": pd.DataFrame(
                {"worker_id": worker, "team_id": [f"t{t:02d}" for t in team], GROUP: pd.array(inside, "boolean")}
            ),
            "worker_month": pd.DataFrame(
                {
                    "worker_id": np.tile(worker, MONTHS),
                    "month": np.repeat(months, len(team)),
                    "b2b": pd.array(yes.ravel(), "boolean"),
                }
            ),
        }
    )


def _draws(cell: tuple[int, int, float], n_sims: int, seed: int) -> Iterator[tuple[str, bool, bool, bool]]:
    truth = levels(cell[2])
    for at in range(seed, seed + n_sims):
        data = authority(*cell, at)
        rows = pd.concat([ht.measure(data, METRIC), ht.measure(data, METRIC, by=GROUP)])
        for r in rows.itertuples():
            held = r.conf_low <= truth[r.group] <= r.conf_high
            yield r.group, bool(held), bool(r.conf_low >= 0 and r.conf_high <= 1), "clusters" in r.flag


def table(n_sims: int, seed: int) -> pd.DataFrame:
    """One row a cell and group: coverage, whether limits lay inside 0 and 1, how often few clusters were flagged."""
    out = []
    for teams, giants, level in CELLS:
        rows = pd.DataFrame(
            _draws((teams, giants, level), n_sims, seed), columns=["group", "held", "inside", "flagged"]
        )
        for group, of in rows.groupby("group"):
            cover = float(of["held"].mean())
            out.append(
                {
                    "teams": teams,
                    "giants": giants,
                    "group": group,
                    "share": levels(level)[str(group)],
                    "n_sims": n_sims,
                    "coverage": cover,
                    "coverage_mcse": float(np.sqrt(cover * (1 - cover) / n_sims)),
                    "limits_inside": float(of["inside"].mean()),
                    "flagged": float(of["flagged"].mean()),
                }
            )
        print(f"{teams} teams, {giants} giants, {level}", flush=True)
    return pd.DataFrame(out).round(5)


def section(frame: pd.DataFrame, command: str) -> str:
    """The cells as a section of docs/recovery.md."""
    n_sims, error = int(frame["n_sims"].iloc[0]), 100 * float(np.sqrt(0.95 * 0.05 / frame["n_sims"].iloc[0]))
    slack = 2 * error / 100
    near = frame["coverage"].between(BAND[0] - slack, BAND[1] + slack)
    lines = [
        HEAD,
        "",
        "Yes/no months of workers in teams of 4 to 12, a giant has 46; half of every team is in the group. The true",
        f"share is that of all such teams; {n_sims} draws a cell (Monte Carlo error of 95%: {error:.1f} points).",
        "Flagged: share of draws in which the figure was said to rest on few or unequal clusters.",
        "",
        f"{int(near.sum())} of {len(frame)} cells lie in 93% to 97%, give or take twice that error; "
        f"{int((frame['coverage'] < BAND[0] - slack).sum())} below it; limits lay inside 0 and 1 in "
        f"{frame['limits_inside'].mean():.0%}.",
        "",
        f"Made by `{command}`.",
        "",
        "| teams | giants | group | share | coverage | flagged |",
        "|---|---|---|---|---|---|",
    ]
    for r in frame.itertuples():
        cover = f"{r.coverage:.1%} ± {r.coverage_mcse:.1%}"
        lines.append(f"| {r.teams} | {r.giants} | {r.group} | {r.share:.3f} | {cover} | {r.flagged:.0%} |")
    return "\n".join([*lines, ""])


def section_of(page: str) -> str:
    """This section of a page, empty where it has none.

    Examples
    --------
    >>> section_of("# Page\\n\\n" + HEAD + "\\n\\nold\\n\\n## Next\\n").splitlines()[-1]
    'old'
    """
    start = page.find(HEAD)
    end = page.find("\n## ", start + 1)
    return "" if start < 0 else page[start : None if end < 0 else end]


def put_in(page: str, new: str) -> str:
    """A page with this section in the place of the old one, or at its end.

    Examples
    --------
    >>> put_in("# Page\\n\\n" + HEAD + "\\n\\nold\\n", HEAD + "\\n\\nnew\\n").splitlines()[-1]
    'new'
    """
    start = page.find(HEAD)
    if start < 0:
        return f"{page.rstrip()}\n\n{new}"
    end = page.find("\n## ", start + 1)
    return page[:start] + new + ("" if end < 0 else page[end:])
