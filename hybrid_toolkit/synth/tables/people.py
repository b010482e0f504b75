"""Teams and workers: who is there, before anyone leaves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.streams import (
    Bools,
    Context,
    Days,
    Ints,
    Labels,
    Texts,
    bounded,
    codes_at,
    known_where,
    pick,
    rounded,
)
from hybrid_toolkit.synth.streams import table_frame as frame

_SERVICES = {"assessment": 0.20, "cin_cp": 0.36, "cla": 0.22, "care_leavers": 0.09, "fostering": 0.08, "other": 0.05}
ETHNICITY = {"white": 0.63, "mixed": 0.03, "asian": 0.05, "black": 0.10, "other": 0.01}
FTE = {0.5: 0.03, 0.6: 0.06, 0.8: 0.09, 1.0: 0.82}
CARING_HOURS = 0.10
"""How much likelier part-time hours are among carers, a share; assumed."""
AGENCY_ROLES = {4: 0.18, 5: 0.72, 6: 0.10}
AGE_FLOOR = {"20-29": 23.0, "30-39": 30.0, "40-49": 40.0, "50-59": 50.0, "60+": 60.0}
AGENCY_TURNOVER = 2.5
"""Agency workers leave so many times as fast as staff, and are replaced."""
SLOW_MBPS = 10.0
"""Home broadband below this speed is inadequate: no generated speed lies between it and 30 Mbit/s."""
_HOTDESK = 0.55
"""Share of teams with shared desks; assumed."""
_DISABLED, _LIVES_ALONE = 0.12, 0.18
"""Shares of workers; assumed."""
_NOT_SAID, _NOT_ASKED = 0.05, 0.10
"""Shares of workers whose disability or household, and whose broadband at home, is not recorded; assumed."""
_EARLY_YEARS, _MID_YEARS = 3, 10
"""Years registered at which the early and the middle stage of a career end."""
_RAISE_YEARS = 5
"""Years registered from which pay is one band higher; assumed."""
_TEAMS_OF_3_DIGITS, _WORKERS_OF_4_DIGITS = 1000, 10000
"""Keys get two digits more from here on, so that they stay unlike and in order."""


@dataclass(frozen=True)
class Teams:
    """Teams of one authority, one entry a team; ``rollout`` is a month index, ``months`` where there is none."""

    ids: Labels
    service: Texts
    est_months: Ints
    hotdesk: Bools
    cover: Texts
    rollout: Ints
    step: Floats
    manager: Floats
    practice: Floats
    wellbeing: Floats
    climate: Floats


@dataclass(frozen=True)
class Workers:
    """Workers ever in post in the period, one entry a worker. ``start_index`` is the first month in post; ``demand`` is
    the families' need that a worker's post was made for, in full-time case holders, which no intervention changes.
    """

    ids: Labels
    team: Ints
    role: Ints
    agency: Bools
    registered: Days
    asye: Bools
    age_band: Texts
    sex: Texts
    ethnicity: Texts
    disability: Bools
    caring: Bools
    lives_alone: Bools
    fte: Floats
    start: Days
    start_index: Ints
    commute: Floats
    slow: Bools
    mbps: Floats
    broadband_cost: Floats
    pay: Ints
    practice: Floats
    wellbeing: Floats
    propensity: Floats
    engagement: Floats
    demand: Floats
    begin: np.datetime64

    @cached_property
    def stage(self) -> Texts:
        """Career stage at the start of the period."""
        return stage_on(self, self.begin)

    @cached_property
    def early(self) -> Floats:
        """1 for who had been registered for under three years at the start, managers left out."""
        return np.isin(self.stage, ("asye", "early")).astype(np.float64)

    @property
    def holder(self) -> Bools:
        """Holds cases: senior practitioners and case holders."""
        return np.isin(self.role, (c.SENIOR_PRACTITIONER, c.CASE_HOLDER))

    @property
    def supervisor(self) -> Bools:
        """Senior, middle and first-line managers."""
        return self.role <= c.FIRST_LINE_MANAGER


def draw_teams(ctx: Context) -> Teams:
    """Teams, their service and the month of their hybrid policy."""
    t, n, rng = ctx.truth, ctx.teams, ctx.rng("team")
    late = max(ctx.size.months - 3, 1)
    rollout = rng.integers(min(3, late - 1), late, n) if late > 1 else np.zeros(n, dtype=np.int64)
    u = rng.random(n)
    kind = pick(rng, _SERVICES, n)
    est = ctx.set("team_age", np.minimum(rng.gamma(1.6, 26.0, n).astype(np.int64) + 1, 240)).astype(np.int64)
    hotdesk = ctx.set_yes("team_stability", rng.random(n) < _HOTDESK)
    manager = ctx.set("manager", rng.standard_normal(n))
    # Managers who favour remote work and teams with shared desks have a policy more often, unless all or none have.
    lean = min(t.policy_never_share, 1 - t.policy_never_share) * (
        0.12 * manager + 0.10 * (hotdesk - _HOTDESK) + 0.08 * ctx.area
    )
    never = u < t.policy_never_share - lean
    if t.policy_month:
        rollout, never = np.full(n, min(t.policy_month - 1, ctx.size.months)), np.zeros(n, dtype=bool)
    return Teams(
        ids=ctx.keys("T", n, 3 if n < _TEAMS_OF_3_DIGITS else 5),
        service=kind,
        est_months=est,
        hotdesk=hotdesk,
        cover=pick(rng, {"none": 0.25, "rota": 0.5, "volunteer": 0.25}, n),
        rollout=np.asarray(ctx.set("policy", np.where(never, ctx.size.months, rollout)), dtype=np.int64),
        step=t.policy_step + t.policy_step_sd * bounded(rng, n),
        manager=manager,
        practice=bounded(rng, n),
        wellbeing=rng.standard_normal(n),
        climate=rng.standard_normal(n),
    )


def team_frame(ctx: Context, teams: Teams) -> pd.DataFrame:
    """The table ``team``."""
    n = len(teams.ids)
    months = np.append(ctx.months, np.datetime64("NaT", "D"))
    return frame(
        "team",
        {
            "team_id": teams.ids,
            "la_id": ctx.everywhere(n),
            "service": teams.service,
            "est_months": teams.est_months,
            "hotdesk": teams.hotdesk,
            "cover_policy": teams.cover,
            "rollout_month": months[np.minimum(teams.rollout, ctx.size.months)],
        },
    )


def _experience(ctx: Context, rng: np.random.Generator, z: Floats, joiner: Bools) -> Floats:
    """Years registered by rank: shares of the stages are exact in expectation, newcomers are nearer the start."""
    from math import sqrt

    t = ctx.truth
    mixed = 0.8 * z + sqrt(1 - 0.64) * rng.standard_normal(len(z))
    rank = np.argsort(np.argsort(mixed)) + rng.random(len(z))
    u = rank / len(z)
    u = np.where(joiner, u**1.4, u)
    marks = np.cumsum([0.0, t.asye_share, t.early_share, t.mid_share])
    return np.asarray(np.interp(u, [*marks, 0.97, 1.0], [0.0, 1.0, 3.0, 10.0, 30.0, 40.0]), dtype=np.float64)


def _roles(u: Floats, years: Floats, agency: Bools, junior: float) -> Ints:
    """Roles of the workforce census, at three places 0 to 1 a worker: managers and senior practitioners have at least
    three years.
    """
    plain = {5: c.ROLE_SHARES[5], 6: c.ROLE_SHARES[6]}
    whole = plain[5] + plain[6]
    senior = {r: c.ROLE_SHARES[r] for r in (1, 2, 3, 4)}
    rest = (1 - junior) - sum(senior.values())
    senior |= {r: max(rest, 0.0) * s / whole for r, s in plain.items()}
    role = np.where(years < _EARLY_YEARS, codes_at(plain, u[0]), codes_at(senior, u[1]))
    return np.where(agency, codes_at(AGENCY_ROLES, u[2]), role).astype(np.int64)


def draw_workers(ctx: Context, teams: Teams) -> Workers:
    """Workers in post at the start, and those who join; who leaves is drawn later."""
    t, rng = ctx.truth, ctx.rng("worker")
    n0 = round(ctx.teams * ctx.size.workers_per_team)
    floor = max(int(ctx.size.workers_per_team) - 3, 1)
    first = np.repeat(
        np.arange(ctx.teams), floor + rng.multinomial(n0 - floor * ctx.teams, [1 / ctx.teams] * ctx.teams)
    )
    agency_share, span = ctx.rates.agency / 100, ctx.size.months / 12
    begun = (1 - agency_share) * ctx.rates.starters / 100 * 1.03
    replaced = agency_share * AGENCY_TURNOVER * ctx.rates.turnover / 100 * 1.2
    n1 = rng.poisson(n0 * (begun + replaced) * span)
    team = np.concatenate([first, rng.integers(0, ctx.teams, n1)])
    n = n0 + n1
    joiner = np.arange(n) >= n0
    start_index = np.where(joiner, rng.integers(0, ctx.size.months, n), 0)
    by_luck = rng.random(n) < np.where(joiner, replaced / (begun + replaced), agency_share)
    agency = ctx.set_yes("agency", by_luck)
    latent = rng.standard_normal(n)
    age_z = np.argsort(np.argsort(latent)) / n
    bands = np.array(list(c.AGE_SHARES), dtype=object)
    age_band = bands[np.searchsorted(np.cumsum(list(c.AGE_SHARES.values()))[:-1], age_z, side="right")]
    limit = np.array([AGE_FLOOR[b] + 9.0 - 21.0 for b in age_band])
    years = np.minimum(_experience(ctx, rng, latent, joiner), limit)
    usual = np.where(by_luck, np.maximum(years, 1.5), years)
    years, places = ctx.set("stage", usual), rng.random((3, n))
    role = ctx.set("role", _roles(places, years, agency, t.asye_share + t.early_share))
    at = np.where(joiner, ctx.months[start_index], ctx.begin).astype("datetime64[D]")
    registered = at - np.maximum(np.floor(years * 365.25), 1).astype("timedelta64[D]")
    tenure = np.minimum(rng.gamma(1.1, 4.0, n), years) * np.where(agency, 0.15, 1.0)
    start = np.where(joiner, at, np.maximum(at - np.floor(tenure * 365.25).astype("timedelta64[D]"), registered))
    slow = ctx.set_yes("broadband", rng.random(n) < np.clip(0.10 + 0.03 * ctx.rurality, 0, 1))
    mbps = np.where(slow, 1 + 8.5 * rng.random(n), np.minimum(36 * np.exp(rng.gamma(2.0, 0.4, n)), 1000))
    commute = ctx.set("commute", np.minimum(np.rint(rng.gamma(2.2, 15.0, n)), 180.0))
    caring = ctx.set_yes("caring", rng.random(n) < 1 / 3)
    practice = ctx.set("working_style", bounded(rng, n))
    wellbeing = ctx.set("wellbeing_before", rng.standard_normal(n))
    at_hours = rng.random(n)
    part_time = np.clip(at_hours - CARING_HOURS * (caring - 1 / 3), 0.0, 1.0)
    fte = ctx.set("hours", codes_at(FTE, part_time).astype(np.float64))
    contracted = codes_at(FTE, at_hours).astype(np.float64)
    holds = np.isin(_roles(places, usual, by_luck, t.asye_share + t.early_share), (4, 5))
    demand = np.where(holds, contracted * np.where((usual < 1) & ~by_luck, 0.75, 1.02), 0.0)
    own = max(1 - t.selection_rho**2 - t.selection_rho_wellbeing**2 - t.rs_team_share, 0.0)
    propensity = t.selection_rho * practice + t.selection_rho_wellbeing * wellbeing
    propensity += np.sqrt(t.rs_team_share) * teams.manager[team] + np.sqrt(own) * rng.standard_normal(n)
    pay = np.clip(
        np.select([role <= c.MIDDLE_MANAGER, role <= c.SENIOR_PRACTITIONER], [5, 4], 2)
        + (years >= _RAISE_YEARS)
        + rng.integers(-1, 1, n),
        1,
        5,
    )
    return Workers(
        ids=ctx.keys("W", n, 4 if n < _WORKERS_OF_4_DIGITS else 6),
        team=team,
        role=role,
        agency=agency,
        registered=registered,
        asye=(registered > ctx.begin - np.timedelta64(365, "D")) & ~agency,
        age_band=age_band,
        sex=np.where(rng.random(n) < c.FEMALE_SHARE, "F", "M").astype(object),
        ethnicity=np.where(rng.random(n) < c.ETHNICITY_KNOWN, pick(rng, ETHNICITY, n), "unknown").astype(object),
        disability=ctx.set_yes("disability", rng.random(n) < _DISABLED),
        caring=caring,
        lives_alone=ctx.set_yes("lives_alone", rng.random(n) < _LIVES_ALONE),
        fte=fte,
        start=start,
        start_index=start_index,
        commute=commute,
        slow=slow,
        mbps=rounded(mbps, 1),
        broadband_cost=rounded(np.clip(rng.normal(31, 7, n), 12, 70), 2),
        pay=pay.astype(np.int64),
        practice=practice,
        wellbeing=wellbeing,
        propensity=propensity,
        engagement=bounded(rng, n),
        demand=demand,
        begin=ctx.begin,
    )


def stage_on(workers: Workers, day: np.datetime64) -> Texts:
    """Career stage of each worker on a day: asye, early, mid, late or supervisor.

    asye: under one year registered, or under two and flagged; early to three years; mid to ten.
    """
    years = (day - workers.registered).astype("timedelta64[D]").astype(np.int64) / 365.25
    stage = np.select(
        [(years < 1) | (workers.asye & (years < 2)), years < _EARLY_YEARS, years < _MID_YEARS],
        ["asye", "early", "mid"],
        "late",
    )
    return np.where(workers.supervisor, "supervisor", stage).astype(object)


def _leave_reasons(ctx: Context, w: Workers, leave: Days) -> Labels:
    """Why each worker left, as the census codes it; the end of an agency worker's assignment is "other"."""
    u = ctx.rng("leave-reason").random(len(leave))
    place = np.searchsorted(np.cumsum(list(c.LEAVING_SHARES.values())), u, side="right")
    codes = list(c.LEAVING_SHARES)
    place = np.where(w.agency, codes.index("8"), np.minimum(place, len(codes) - 1))
    return Labels.of(codes, place).but_empty(np.isnat(leave))


def worker_frame(ctx: Context, teams: Teams, w: Workers, leave: Days) -> pd.DataFrame:
    """The table ``worker``; some fields of it are not recorded for everyone."""
    rng, n = ctx.rng("worker-recording"), len(w.ids)
    return frame(
        "worker",
        {
            "worker_id": w.ids,
            "team_id": teams.ids[w.team],
            "role": w.role.astype(str),
            "agency": w.agency,
            "reg_date": w.registered,
            "asye": w.asye,
            "age_band": w.age_band,
            "sex": w.sex,
            "ethnicity": w.ethnicity,
            "disability": known_where(w.disability, rng.random(n) < _NOT_SAID),
            "caring": w.caring,
            "lives_alone": known_where(w.lives_alone, rng.random(n) < _NOT_SAID),
            "fte": w.fte,
            "start_date": w.start,
            "leave_date": leave,
            "commute_min": w.commute,
            "broadband_mbps": np.where(rng.random(n) < _NOT_ASKED, np.nan, w.mbps),
            "broadband_cost": np.where(rng.random(n) < _NOT_ASKED, np.nan, w.broadband_cost),
            "net_pay_band": w.pay.astype(str),
            "leave_reason": _leave_reasons(ctx, w, leave),
        },
    )
