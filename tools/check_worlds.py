"""Worlds for the checks of designs: one in which all is well, and for each check worlds in which its fault was put in.

A fault is told as an authority would: people do not answer, one team is unlike all others, some start early. The
worlds are those of ``hybrid_toolkit/trust/dgps/authority.py``, and none is made from an estimator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.designs import ModelColumns
from hybrid_toolkit.trust.dgps import authority as a

Make = Callable[[np.random.Generator], pd.DataFrame]
Change = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
SAYS = "says a difference"
"""The row of how often the interval leaves out zero: false where every effect is 0."""


@dataclass(frozen=True, eq=False)
class Home:
    """A design with its plan, a world in which all is well, and worlds with one fault each.

    Parameters
    ----------
    design : id of the design. plan : columns of the worlds. null : world without fault or effect, in words and as code.
    faults : check -> the fault that it should see, in words and as code; ``SAYS`` stands for a true effect.
    run : functions of the checks that are run; all that can fail where empty. A function that several designs share is
        run with one of them.
    of : what it is, where a design has more homes than one.
    """

    design: str
    plan: ModelColumns
    null: tuple[str, Make]
    faults: Mapping[str, tuple[str, Make]] = field(default_factory=dict)
    run: tuple[str, ...] = ()
    of: str = ""

    @property
    def name(self) -> str:
        """The design, and which of its homes."""
        return f"{self.design}, {self.of}" if self.of else self.design


def but(make: Make, change: Change) -> Make:
    """A world, changed after it was made."""

    def made(rng: np.random.Generator) -> pd.DataFrame:
        return change(make(rng), rng)

    return made


def workers(rng: np.random.Generator, *, made: a.AuthorityWorld) -> pd.DataFrame:
    """One row a worker and quarter, ``d`` for a team that pilots, and what designs of regression ask for beside it."""
    rows = a.authority_frame(made, rng)
    rows = rows[rows["month"] % 3 == 1].reset_index(drop=True)
    x, n = rows["x"].to_numpy(), len(rows)
    return rows.assign(
        d=rows["first_treated"].notna().astype(float),
        at_home=(x > 0.4).astype(float),
        answer=np.digitize(rows["y"], [-1, -0.3, 0.3, 1]) + 1,
        autonomy=2.0 * (x - 0.4) + rng.normal(size=n),
        senior=(rng.random(n) < 0.4).astype(float),
        service=[f"s{t % 8}" for t in rows["team_id"]],
        age=rng.normal(size=n),
    )


def stayed(rng: np.random.Generator) -> pd.DataFrame:
    """Workers who stay in the team where they were first seen, by wave; teams change their days at home."""
    f = a.authority_frame(a.AuthorityWorld(exposure="team-month", waves=True), rng)
    return f.assign(team_id=f.groupby("worker_id")["team_id"].transform("first"))


def dosed(rng: np.random.Generator) -> pd.DataFrame:
    """Teams in the month before a policy starts in eight of them and in the first under it, with the days it allows."""
    f = a.by_team(a.AuthorityWorld(pilot=8), rng)
    f["dose"] = f["first_treated"].notna() * f.groupby("team_id")["x"].transform("first")
    return f[f["month"].isin([6, 7])].reset_index(drop=True)


def wedge(rng: np.random.Generator, **more: float) -> pd.DataFrame:
    """Teams by month; all come under the policy, in an order drawn at random."""
    return a.by_team(a.AuthorityWorld(months=10, first_treated=(2, 4, 6, 8), **more), rng)


def counted(rng: np.random.Generator) -> pd.DataFrame:
    """Events a month in one authority, whose rate has seasons and lasts."""
    f = a.monthly(rng, months=48)
    return f.assign(events=rng.poisson(np.exp(3.7 + 0.15 * f["y"])))


def pilot_of(teams: int, **more: float) -> Make:
    """Team-months in which so many of 24 teams start in one month."""
    return partial(a.by_team, a.AuthorityWorld(pilot=teams, **more))


def rollout(**more: float) -> Make:
    """Team-months over two years in which teams start in three groups."""
    return partial(a.by_team, a.AuthorityWorld(months=24, first_treated=(8, 12, 16, -1), **more))


# --- what goes wrong ------------------------------------------------------------------------------------------------


def silent(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """35% to 60% answer, those who are well more often."""
    return f.assign(y=f["y"].where(f["responded"]))


def lost(column: str, share: float = 0.4) -> Change:
    """A share of a column was never recorded."""
    return lambda f, rng: f.assign(**{column: f[column].where(rng.random(len(f)) >= share)})


def unlike(column: str, by: float, exposure: str = "x") -> Change:
    """One team, the largest, is unlike all others: all its days are at home, and its outcome lies far off."""

    def change(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        one = f["team_id"] == f["team_id"].value_counts().index[0]
        moved = f[column] + by * one
        return f.assign(**{column: moved, exposure: f[exposure].mask(one, 1.0)})

    return change


def all_yes(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The largest team works at home on all days, and all of it say yes."""
    one = f["team_id"] == f["team_id"].value_counts().index[0]
    return f.assign(yes=f["yes"].mask(one, 1.0), x=f["x"].mask(one, 1.0))


def piloting(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Only the teams that pilot work at home."""
    return f.assign(x=f["policy"])


def no_first_path(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Autonomy does not go with days at home, and matters."""
    autonomy = rng.normal(size=len(f))
    return f.assign(autonomy=autonomy, y=f["y"] + 0.3 * autonomy)


def at_home_only(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Autonomy matters to those who are at home on most days, and the other way round to the others."""
    return f.assign(y=f["y"] + 6.0 * (f["x"] - 0.25) * f["autonomy"])


def shared_cause(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Something unseen moves autonomy and outcome a little: correlation of about 0.08, and nothing else does."""
    unseen = rng.normal(size=len(f))
    return f.assign(autonomy=f["autonomy"] + 0.3 * unseen, y=f["y"] + 0.3 * unseen)


def elders(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Senior workers are older than nearly all others."""
    return f.assign(age=f["age"] + 5.0 * f["senior"])


def age_among_senior(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Senior workers are older, and age matters among them only."""
    age = f["age"] + 1.0 * f["senior"]
    return f.assign(age=age, y=f["y"] + 0.6 * f["senior"] * age)


def one_starter(by: float) -> Change:
    """One of the teams that start changes beyond all others, for a reason of its own."""

    def change(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        one = f["team_id"] == f.loc[f["first_treated"].notna(), "team_id"].iloc[0]
        return f.assign(y=f["y"] + by * (one & (f["policy"] == 1)))

    return change


def struck(by: float) -> Change:
    """The first month from the start on has a figure far from all others."""
    return lambda f, rng: f.assign(y=f["y"] + by * (f["month"] == f["first_treated"]))


def early(by: float, months: int = 2) -> Change:
    """What the change does is there some months before it."""
    return lambda f, rng: f.assign(y=f["y"] + by * (f["month"] >= f["first_treated"] - months))


def jolted(by: float) -> Change:
    """Something else moved the changed one for good, midway through the months before."""
    return lambda f, rng: f.assign(y=f["y"] + by * (f["month"] >= (f["first_treated"] + 1) // 2))


def wave_of_two(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Two months in five are high: figures are entered in batches."""
    swing = np.where(f["month"] % 5 < 2, 1.2, -0.8)
    return f.assign(y=f["y"] + swing * rng.uniform(0.7, 1.3, len(f)))


def answered(share: float) -> Change:
    """A survey that a share answers, whoever they are."""

    def change(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        said = rng.random(len(f)) < share
        return f.assign(responded=said, y=f["y"].where(said))

    return change


def fell_away(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Most answer the first time; of those who began low, few do so later."""
    first = f["month"] == f["month"].min()
    began = f.loc[first].set_index("worker_id")["y"]
    low = f["worker_id"].map(began < began.median()).fillna(False).astype(bool)
    said = rng.random(len(f)) < np.where(first, 0.95, np.where(low, 0.35, 0.95))
    return f.assign(responded=said, y=f["y"].where(said))


def hardly_changes(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Everyone keeps to the days at home of the first month."""
    return f.assign(x=f.groupby("worker_id")["x"].transform("first") + 0.01 * rng.standard_normal(len(f)))


def left_low(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Those who began low have left before the last wave."""
    first = f.sort_values("month").groupby("worker_id")["y"].transform("first")
    gone = (first < first.median()) & (f["month"] > f["month"].min()) & (rng.random(len(f)) < 0.8)
    return f[~gone].reset_index(drop=True)


def older(by: float, *, of: str) -> Change:
    """Age decides who is in which group."""

    def change(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        return f.assign(**{of: (by * f["age"] + rng.logistic(size=len(f)) > 0).astype(float)})

    return change


def rare(column: str, share: float) -> Change:
    """Hardly ever: most of what was seen did not happen."""

    def change(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        return f.assign(**{column: rng.binomial(f[column].astype(int), share).astype(float)})

    return change


def turning(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Pilot teams lose people at once, and hardly any later."""
    soon = np.ceil(rng.exponential(5, len(f)))
    leaves = (f["pilot"] == 1) & (rng.random(len(f)) < 0.4)
    months = np.where(leaves, soon, np.where(f["pilot"] == 1, 48, f["months"]))
    return f.assign(months=np.minimum(months, 48), left=np.where(f["pilot"] == 1, leaves, f["left"]).astype(float))


def both_ends(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Days at home draw answers to both ends."""
    pulled = rng.random(len(f)) < np.clip(2.5 * (f["x"] - 0.2), 0, 0.9)
    return f.assign(answer=f["answer"].where(~pulled, np.where(f["answer"] >= 3, 5, 1)))


def out_of_order(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Teams that do well go first."""
    before = f[f["month"] == f["month"].min()].sort_values("y", ascending=False)
    starts = np.sort(f.groupby("team_id")["first_treated"].first().to_numpy())
    start = f["team_id"].map(dict(zip(before["team_id"], starts, strict=True)))
    return f.assign(first_treated=start, policy=(f["month"] >= start).astype(float))


def growing(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What the policy does is not there in its first month, and is in the next."""
    return f.assign(y=f["y"] + 1.0 * (f["month"] > f["first_treated"]))


def wander(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Everyone's days at home change from quarter to quarter."""
    return f.assign(x=np.clip(f["x"] + 0.15 * rng.standard_normal(len(f)), 0, 1))


def apart(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Senior workers are at home on most days, the others on few."""
    return f.assign(x=0.3 * f["x"] + 0.6 * f["senior"])


def four_change(f: pd.DataFrame, rng: np.random.Generator, *, effect: float = 0.0) -> pd.DataFrame:
    """Four authorities change at once."""
    first = f["first_treated"].where(f["la_id"] >= 4, f["first_treated"].max())
    on = (f["month"] >= first).astype(float)
    return f.assign(first_treated=first, policy=on, y=f["y"] + effect * on)


def one_of_four(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same, and one of them changes beyond all others for a reason of its own."""
    f = four_change(f, rng)
    return f.assign(y=f["y"] + 8.0 * f["policy"] * (f["la_id"] == 2))


def measured_twice(f: pd.DataFrame, rng: np.random.Generator, *, second: bool = True) -> pd.DataFrame:
    """Days at home by two records with errors of their own; or the second tells of something else."""
    one, two = (f["x"] + 0.05 * rng.standard_normal(len(f)) for _ in range(2))
    return f.assign(x=one, x_two=two if second else rng.standard_normal(len(f)))


def with_neighbours(f: pd.DataFrame, rng: np.random.Generator, *, ahead: float = 0, others: float = 0) -> pd.DataFrame:
    """Days at home of the next quarter and of the others in the team, which may go with the outcome."""
    f = f.sort_values(["worker_id", "month"]).reset_index(drop=True)
    at = [f["team_id"], f["month"]]
    total, size = f["x"].groupby(at).transform("sum"), f["x"].groupby(at).transform("size")
    f = f.assign(x_next=f.groupby("worker_id")["x"].shift(-1), x_others=(total - f["x"]) / (size - 1).clip(lower=1))
    return f.assign(y=f["y"] + ahead * f["x_next"].fillna(0.4) + others * f["x_others"])


def one_donor(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The changed authority is like one other only, which has a shock of its own after the start."""
    wide = f.pivot(index="month", columns="la_id", values="y")
    wave = 2.0 * np.sin(np.arange(len(wide)) / 2.0)
    wide[0] = wide[0] + wave
    wide[1] = wide[0] + 0.2 * rng.standard_normal(len(wide))
    wide.loc[wide.index >= f["first_treated"].min(), 1] += 4.0
    values = wide.stack().rename("y").reset_index()
    return f.drop(columns="y").merge(values, on=["la_id", "month"])


def one_control(f: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One of the other authorities moves far off after the start."""
    start = f["first_treated"].min()
    return f.assign(y=f["y"] + 12.0 * ((f["la_id"] == 1) & (f["month"] >= start)))
