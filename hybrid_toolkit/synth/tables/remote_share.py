"""The true remote share of each worker and month, who leaves, and what the remote share does to being together.

True remote share, worker i, team g, month t, with what the month before left::

    RS*_it = clip(m + sd z_i + shifts_i + step_g 1[t >= rollout_g + lag] + rs_caseload cases_i,t-1
        + rs_vacancy vacancies_g,t-1 + rs_sickness sickness_g,t-1 + rs_season season_t + rs_within_sd e_it, 0.02, 0.98)

Co-presence = (1 - own RS) x (1 - colleagues' mean RS) x a coordination factor, at most 1; the factor's spread makes the
correlation with RS ``co_presence_rho``.

``z_i`` holds a team part and is correlated with the worker's unseen practice (``selection_rho``) and unseen
wellbeing (``selection_rho_wellbeing``), so a comparison between workers is not an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, bounded, expit, logit, rounded
from hybrid_toolkit.synth.tables.before import Before, team_sum
from hybrid_toolkit.synth.tables.people import AGENCY_TURNOVER, Teams, Workers

RS_LOW, RS_HIGH = 0.02, 0.98
CO_PRESENCE_MEAN, CO_PRESENCE_SD = 0.31, 0.15
"""Fixed centre and scale on which co-presence acts on learning."""
SENIOR_MEAN, SENIOR_SD = 0.48, 0.17
"""The same for time near experienced colleagues."""


@dataclass(frozen=True)
class Remote:
    """Exposure of each worker (row) and month (column); ``active`` is in post that month.

    ``rs`` is the true remote share, ``rs_to_date`` its mean over the months in post up to and including the month,
    ``others`` the mean true share of the team colleagues in post (own share where there is none).
    """

    rs: Floats
    rs_to_date: Floats
    others: Floats
    co_presence: Floats
    co_presence_to_date: Floats
    senior_overlap: Floats
    senior_overlap_to_date: Floats
    active: Bools
    leave_index: Ints


def others_mean(values: Floats, active: Bools, team: Ints, n_teams: int) -> Floats:
    """Mean over a worker's team colleagues who are in post; the worker's own value where there is none."""
    total = team_sum(np.where(active, values, 0.0), team, n_teams)[team] - np.where(active, values, 0.0)
    count = team_sum(active.astype(np.float64), team, n_teams)[team] - active
    return np.where(count > 0, total / np.maximum(count, 1), values)


def to_date(values: Floats, active: Bools) -> Floats:
    """Mean over the months in post so far."""
    return np.cumsum(np.where(active, values, 0.0), axis=1) / np.maximum(np.cumsum(active, axis=1), 1)


@dataclass(frozen=True)
class ShareLuck:
    """What each worker's remote share is made of before the month: its level, its step and its noise."""

    level: Floats
    step: Floats
    starts: Ints
    noise: Floats
    fixed: Floats

    @classmethod
    def draw(cls, ctx: Context, teams: Teams, w: Workers) -> ShareLuck:
        """Levels from what does not change, and the noise of every month."""
        t, months, rng = ctx.truth, ctx.size.months, ctx.rng("remote-share")
        shift = t.rs_caring * (w.caring - 1 / 3) + t.rs_commute * (w.commute - 33) / 30
        shift = shift + t.rs_early * (w.early - 0.22) + t.rs_broadband * (w.slow - 0.10)
        shift = (
            shift
            + t.rs_role * (w.role - 4.6)
            + t.rs_hours * (w.fte - 0.93)
            + t.rs_hotdesk * (teams.hotdesk - 0.55)[w.team]
        )
        shift = shift + t.rs_authority * ctx.area
        extremes = t.rs_all_office * t.rs_mean**2 + t.rs_all_home * (1 - t.rs_mean) ** 2
        spread = np.sqrt(max(t.rs_sd**2 - 0.0022 - extremes, 0.0001))
        late = max(months - 3, 1)
        begins = t.policy_month - 1 if t.policy_month else (min(3, late - 1) + late - 1) / 2
        after = max(1 - (begins + t.policy_lag_months) / months, 0.0)
        reached = 1.0 if t.policy_month else 1 - t.policy_never_share
        base = t.rs_mean - t.policy_step * reached * after
        noise = t.rs_within_sd * rng.standard_normal((len(w.ids), months))
        u = ctx.rng("extremes").random(len(w.ids))
        fixed = np.where(u < t.rs_all_office, RS_LOW, np.where(u > 1 - t.rs_all_home, RS_HIGH, np.nan))
        return cls(base + spread * w.propensity + shift, teams.step[w.team], teams.rollout[w.team], noise, fixed)

    def of_month(self, ctx: Context, before: Before, m: int) -> Floats:
        """True remote share of a month, after what the month before left."""
        t = ctx.truth
        mean = self.level + self.step * (m >= self.starts + t.policy_lag_months) + t.rs_season * ctx.season[m]
        mean = mean + t.rs_caseload * before.cases[:, m] / 5 + t.rs_vacancy * before.vacancy[:, m]
        mean = mean + t.rs_sickness * before.sickness[:, m] + self.noise[:, m]
        share = np.where(np.isnan(self.fixed), np.clip(mean, RS_LOW, RS_HIGH), self.fixed)
        return np.asarray(ctx.set("remote_share", share, m), dtype=np.float64)


def leaving_chance(ctx: Context, teams: Teams, w: Workers, wellbeing: Floats, rs: Floats, m: int) -> Floats:
    """Chance that each worker leaves at the end of a month.

    log odds = constant + ``leave_wb`` x wellbeing + ``leave_rs`` x remote share so far
        + what stage, role, commute, team, area and season add.
    """
    t, monthly = ctx.truth, ctx.rates.turnover / 100 / 12
    chance = np.where(w.agency, min(AGENCY_TURNOVER * monthly, 0.5), min(monthly, 0.5))
    odds = np.where(w.agency, logit(min(AGENCY_TURNOVER * monthly, 0.5)), logit(min(monthly, 0.5)))
    # What the spread of wellbeing and of the rest adds to the mean chance is taken off.
    odds = odds - 0.5 * (1.08 * t.leave_wb**2 + 0.03) * (1 - chance)
    odds = (
        odds
        + t.leave_rs * (rs - t.rs_mean)
        + t.leave_wb * wellbeing
        + t.leave_early * (w.early - 0.22)
        + t.leave_commute * (w.commute - 33) / 30
    )
    odds = odds + t.leave_role * (w.role - 4.6) + t.leave_hotdesk * (teams.hotdesk - 0.55)[w.team]
    odds = (
        odds + t.leave_manager * teams.manager[w.team] + t.leave_authority * ctx.area + t.leave_season * ctx.season[m]
    )
    return expit(np.asarray(odds))


def coordination(ctx: Context, w: Workers, rng: np.random.Generator) -> Floats:
    """How far days at the office fall on the same days as the colleagues': a factor with mean near 1."""
    t, shape = ctx.truth, (len(w.ids), ctx.size.months)
    relative = t.rs_sd / (1 - t.rs_mean)
    spread = relative * np.sqrt(max(1 / max(t.co_presence_rho**2, 0.01) - 1, 0.0))
    lasting = 0.85 * bounded(rng, shape[0]) + 0.35 * bounded(rng, ctx.teams)[w.team]
    noise = lasting[:, None] + 0.4 * bounded(rng, shape)
    return np.asarray(np.exp(spread * noise - 0.5 * spread**2), dtype=np.float64)


def together(rs: Floats, others: Floats, factor: Floats) -> Floats:
    """Co-presence: share of colleague-days at the office together, 0 to 1."""
    return rounded(np.clip((1 - rs) * (1 - others) * factor, 0.0, 1.0), 4)


def experienced(ctx: Context, w: Workers) -> Bools:
    """Registered for three years or more at the start."""
    return np.asarray((ctx.begin - w.registered).astype("timedelta64[D]").astype(np.int64) >= 3 * 365)


def overlap(rs: Floats, factor: Floats, senior: Bools, team: Ints, n_teams: int) -> Floats:
    """Senior overlap: (1 - own RS) x chance that an experienced colleague is in, shrunk by the same factor."""
    apart = np.where(senior, np.log(np.maximum(rs, RS_LOW / 2)), 0.0)
    alone = team_sum(apart, team, n_teams)[team] - apart
    return rounded(np.clip((1 - rs) * (1 - np.exp(alone)) * np.clip(factor, 0.5, 1.0), 0.0, 1.0), 4)


def leave_days(ctx: Context, remote: Remote) -> Days:
    """Last day of each worker in post; empty for who stays. Workers leave at the end of a month."""
    ends = np.append(ctx.month_ends, np.datetime64("NaT", "D"))
    return np.asarray(ends[remote.leave_index], dtype="datetime64[D]")
