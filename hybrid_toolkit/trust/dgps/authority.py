"""One authority as its managers would describe it: unequal teams, movers, pilots, seasons, answers that go missing.

Written from a description of authorities and from no estimator: 12 to 40 teams of 4 to 12 workers, one or two of them
giants; a few workers change team, 15% a year leave and are replaced; a team works from home on 0.2, 0.4 or 0.6 of its
days, or each worker or each team-month has a share of its own; what befalls a team lasts (AR 0.6 from month to month);
some teams are far more alike than others; scores hit a ceiling; 35% to 60% answer a survey, those who are well more
often; months have a season with school holidays; a policy is piloted in three teams, or rolled out in groups.

Outcomes are in standard deviations of a worker's score: ``y`` a score, ``yes`` a yes/no answer, ``count`` events of a
month, ``months`` and ``left`` a spell. Effects are 0 unless a world says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP

_BEFORE = 2
"""Months before the start of a policy in which an early effect is felt."""
_FOLLOWED = 48
"""Months after which everybody still in post is no longer followed."""
_SHARES = (0.2, 0.4, 0.6)
GIANT, TURNOVER, MOVERS, _CARRY = 45, 0.15, 0.04, 0.6
TEAM_SD, _SHOCK_SD, WORKER_SD, _NOISE_SD = 0.25, 0.20, 0.55, 0.75
HOLIDAYS = {3: -0.4, 6: -0.4, 7: -1.0, 11: -0.7}
"""Month of the year (0 is January) and the dip of activity in it: Easter, the summer, Christmas."""


@dataclass(frozen=True, slots=True)
class AuthorityWorld:
    """The numbers of one authority.

    Parameters
    ----------
    teams : int, default 24
        How many; a giant has 45 workers.
    months : int, default 12
        How many; a giant has 45 workers.
    giants : int, default 1
        How many; a giant has 45 workers.
    waves : bool, default False
        Keep every fourth month only, as a survey does.
    exposure : str, default "team"
        Who has the share of days at home: ``"team"``, ``"team-month"`` (drawn anew every fourth month) or ``"worker"``.
    first_treated : tuple[int, ...], optional
        0-based months in which teams come under the policy, -1 for never, dealt to teams in turn.
    pilot : int, default 0
        Instead of ``first_treated``: so many teams start in the middle month.
    slope : float, default 0.0
        Of the exposure, and of the policy, on the outcome.
    effect : float, default 0.0
        Of the exposure, and of the policy, on the outcome.
    season : float, default 0.3
        Standard deviations by which the summer lowers everybody's outcome.
    spill : float, default 0.0
        What others' policy takes from teams not under it, where all are.
    drift : float, default 0.0
        What a month adds to the teams that will come under the policy.
    early : float, default 0.0
        Share of the effect that is there in the two months before the start.
    selected : float, default 0.0
        Weight of a worker's unseen level in the worker's own exposure.
    """

    teams: int = 24
    months: int = 12
    giants: int = 1
    waves: bool = False
    exposure: str = "team"
    first_treated: tuple[int, ...] = ()
    pilot: int = 0
    slope: float = 0.0
    effect: float = 0.0
    season: float = 0.3
    spill: float = 0.0
    drift: float = 0.0
    early: float = 0.0
    selected: float = 0.0


def lasting(rng: np.random.Generator, units: int, months: int, carry: float = _CARRY) -> Floats:
    """Units x months of a stationary first-order process with variance 1."""
    e = np.empty((units, months))
    e[:, 0] = rng.standard_normal(units)
    for t in range(1, months):
        e[:, t] = carry * e[:, t - 1] + np.sqrt(1 - carry**2) * rng.standard_normal(units)
    return e


def season_of(months: int, first: int = 3) -> Floats:
    """The school year: dips in the holidays over a slow wave, lowest value about -1; ``first`` is the first month."""
    at = (first + np.arange(months)) % 12
    wave = 0.3 * np.cos(2 * np.pi * (at - 1) / 12)
    return np.asarray(wave + np.array([HOLIDAYS.get(int(m), 0.0) for m in at]))


def authority_frame(made: AuthorityWorld, rng: np.random.Generator) -> pd.DataFrame:
    """One row a worker and month in post: ids, ``x``, ``first_treated``, ``policy``, outcomes and ``responded``."""
    g, t = made.teams, made.months
    sizes = rng.integers(4, 13, g)
    sizes[rng.permutation(g)[: made.giants]] = GIANT
    home = np.repeat(np.arange(g), sizes)
    posts = len(home)
    loose = rng.uniform(0.6, 1.4, g)  # unequal spread between teams
    shock = _SHOCK_SD * lasting(rng, g, t)
    level = TEAM_SD * rng.standard_normal(g)
    # who sits in a post: a new person from the month in which the last one left
    leaves = rng.random((posts, t)) < TURNOVER / 12
    leaves[:, 0] = False
    turn = np.cumsum(leaves, axis=1)
    person = np.arange(posts)[:, None] * 20 + turn
    own = rng.standard_normal(posts * 20)[person]
    moves = rng.random(posts) < MOVERS
    team = np.repeat(home[:, None], t, axis=1)
    team[moves, t // 2 :] = rng.integers(0, g, int(moves.sum()))[:, None]
    month = np.tile(np.arange(t), (posts, 1))
    share = rng.permutation(np.resize(_SHARES, g))
    if made.exposure == "team":
        x = share[team]
    elif made.exposure == "team-month":
        x = rng.choice(_SHARES, (g, t // 4 + 1))[team, month // 4]
    else:
        x = np.clip(0.4 + 0.15 * rng.standard_normal(posts * 20)[person] + 0.1 * made.selected * own, 0, 1)
    first_treated = _starts(made, rng)
    lead = month - np.where(first_treated < 0, np.inf, first_treated)[team]
    policy = lead >= 0
    others = np.array([(policy & (month == m)).sum() / posts for m in range(t)])
    mean = level[team] + shock[team, month] + made.season * season_of(t)[month]
    mean = mean + made.slope * (x - 0.4) + made.effect * (policy + made.early * ((lead < 0) & (lead >= -_BEFORE)))
    mean = mean + made.drift * month * (first_treated >= 0)[team] - made.spill * others[month] * ~policy
    tired = mean + WORKER_SD * own
    y = np.minimum(tired + _NOISE_SD * loose[team] * rng.standard_normal(posts * t).reshape(posts, t), 1.5)
    frame = {
        "team_id": team,
        "worker_id": person,
        "month": month + 1,
        "x": x,
        "first_treated": np.where(first_treated < 0, np.nan, first_treated + 1.0)[team],
        "policy": policy.astype(float),
        "y": y,
        "yes": (rng.random((posts, t)) < special.expit(-0.4 + 1.2 * tired)).astype(float),
        "count": rng.poisson(np.exp(0.2 + 0.5 * tired)).astype(float),
        "responded": rng.random((posts, t)) < np.clip(0.475 + 0.10 * tired, 0.35, 0.60),
    }
    out = pd.DataFrame({k: np.asarray(v).ravel() for k, v in frame.items()})
    return out[out["month"] % 4 == 1].reset_index(drop=True) if made.waves else out


def _starts(made: AuthorityWorld, rng: np.random.Generator) -> Floats:
    """0-based month of the start of each team, -1 for never."""
    if made.pilot:
        found = np.full(made.teams, -1.0)
        found[rng.permutation(made.teams)[: made.pilot]] = made.months // 2
        return found
    return rng.permutation(np.resize(np.array(made.first_treated or (-1,), dtype=np.float64), made.teams))


def surveyed(made: AuthorityWorld, rng: np.random.Generator) -> pd.DataFrame:
    """The same once a wave, with the outcome of those who did not answer missing."""
    rows = authority_frame(made, rng)
    return rows.assign(y=rows["y"].where(rows["responded"]))


def by_team(made: AuthorityWorld, rng: np.random.Generator) -> pd.DataFrame:
    """Means by team and month, as a roll-out over teams is studied; workers count where they sit that month."""
    rows = authority_frame(made, rng)
    return rows.groupby(["team_id", "month"], as_index=False).agg(
        y=("y", "mean"), first_treated=("first_treated", "first"), policy=("policy", "first"), x=("x", "mean")
    )


def staying(made: AuthorityWorld, rng: np.random.Generator) -> pd.DataFrame:
    """One row a worker: months in post up to four years, whether it ended, the team, its exposure and its policy."""
    rows = authority_frame(made, rng)
    first = rows.drop_duplicates("worker_id")
    team, n = first["team_id"].to_numpy(), len(first)
    likeness = 0.5 * rng.standard_normal(made.teams)[team]
    months = np.ceil(rng.exponential(1, n) * np.exp(-likeness) * 48)
    ever = first["first_treated"].notna().astype(float)
    return pd.DataFrame(
        {
            "team_id": team,
            "worker_id": first["worker_id"].to_numpy(),
            "x": first["x"].to_numpy(),
            "pilot": ever.to_numpy(),
            "months": np.minimum(months, _FOLLOWED),
            "left": (months <= _FOLLOWED).astype(float),
        }
    )


def monthly(
    rng: np.random.Generator, *, months: int = 24, effect: float = 0.0, season: float = 1.0, carry: float = 0.3
) -> pd.DataFrame:
    """One authority's months with school holidays: ``la_id``, ``month``, ``y``, ``first_treated`` in the middle."""
    y = season * season_of(months) + 0.02 * np.arange(months) + 0.5 * lasting(rng, 1, months, carry)[0]
    month = np.arange(1, months + 1)
    start = months // 2 + 1
    y = y + effect * (month >= start)
    return pd.DataFrame(
        {"la_id": 0, "month": month, "y": y, "first_treated": float(start), "policy": month >= start}
    ).assign(policy=lambda f: f["policy"].astype(float))


def authorities(
    rng: np.random.Generator, *, units: int = 25, months: int = 36, effect: float = 0.0, unlike: bool = False
) -> pd.DataFrame:
    """Authorities' months that follow a few common waves; one of them changes two thirds of the way through.

    ``unlike`` gives the changed one a wave of its own, which no mean of the others follows.
    """
    waves = lasting(rng, 3, months, 0.9).cumsum(axis=1) / np.sqrt(months)
    weight = rng.dirichlet(np.ones(3), units)
    y = 2 * weight @ waves + rng.normal(0, 1.0, units)[:, None] + season_of(months) * 0.3
    y = y + 0.35 * lasting(rng, units, months, 0.3)
    if unlike:
        y[0] += 2.5 * np.sin(np.arange(months) / 3.0)
    start = 2 * months // 3
    y[0, start:] += effect
    first = np.where(np.arange(units) == 0, start + 1.0, np.nan)
    month = np.tile(np.arange(1, months + 1), units)
    f = pd.DataFrame({"la_id": np.repeat(np.arange(units), months), "month": month, "y": y.ravel()})
    f["first_treated"] = np.repeat(first, months)
    return f.assign(policy=(f["month"] >= f["first_treated"]).astype(float))


def neighbours(rng: np.random.Generator, *, units: int = 10, months: int = 48, effect: float = 0.0) -> pd.DataFrame:
    """Authorities' months that share a trend and the school year; the first changes half-way, the others do not.

    Each has a level of its own and shocks that last a little; what moves one for good moves all.
    """
    common = 0.03 * np.arange(months) + 0.3 * lasting(rng, 1, months, 0.9)[0] + season_of(months)
    y = common + rng.normal(0, 1.0, units)[:, None] + 0.5 * lasting(rng, units, months, 0.3)
    start = months // 2
    y[0, start:] += effect
    month = np.tile(np.arange(1, months + 1), units)
    f = pd.DataFrame({"la_id": np.repeat(np.arange(units), months), "month": month, "y": y.ravel()})
    f["first_treated"] = np.repeat(np.where(np.arange(units) == 0, start + 1.0, np.nan), months)
    return f.assign(policy=(f["month"] >= f["first_treated"]).astype(float))


GROUPS = (4, 6, 8, -1)
PILOT = AuthorityWorld(pilot=3)

ALL: tuple[DGP, ...] = (
    DGP(
        "authority-by-team",
        "Teams differ in days at home; it changes nothing.",
        0.0,
        partial(authority_frame, AuthorityWorld()),
    ),
    DGP(
        "authority-by-worker",
        "Workers differ in days at home; it changes nothing.",
        0.0,
        partial(authority_frame, AuthorityWorld(exposure="worker")),
    ),
    DGP(
        "authority-waves",
        "Teams change their days at home between waves, what befalls them lasts; it changes nothing.",
        0.0,
        partial(surveyed, AuthorityWorld(exposure="team-month", waves=True)),
    ),
    DGP("authority-pilot", "Three of 24 teams pilot a policy that changes nothing.", 0.0, partial(by_team, PILOT)),
    DGP(
        "authority-rollout",
        "A policy that changes nothing is rolled out in three groups of teams, months have a season.",
        0.0,
        partial(by_team, AuthorityWorld(first_treated=GROUPS)),
    ),
    DGP("authority-months", "24 months with school holidays; the change changes nothing.", 0.0, monthly),
    DGP("authority-donors", "One of 25 authorities changes; it changes nothing.", 0.0, authorities),
)
"""Worlds of one authority whose every effect is 0."""
