"""The true remote share of each worker and month, who leaves, and what the remote share does to being together.

True remote share, worker i, team g, month t::

    RS*_it = clip(m + sd z_i + shifts_i + step_g 1[t >= rollout_g + lag] + rs_within_sd e_it, 0.02, 0.98)

``z_i`` holds a team part and is correlated with the worker's unseen practice (``selection_rho``) and unseen
wellbeing (``selection_rho_wellbeing``), so a comparison between workers is not an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, bounded, expit, logit, rounded
from hybrid_toolkit.synth.tables.people import AGENCY_TURNOVER, Teams, Workers, stage_on

RS_LOW, RS_HIGH = 0.02, 0.98
CO_PRESENCE_MEAN, CO_PRESENCE_SD = 0.31, 0.15
"""Fixed centre and scale on which co-presence acts on learning."""


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
    active: Bools
    leave_index: Ints


def team_sum(values: Floats, team: Ints, n_teams: int) -> Floats:
    """Sum of the rows of each team; every team has at least one row."""
    order = np.argsort(team, kind="stable")
    starts = np.searchsorted(team[order], np.arange(n_teams))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0), dtype=np.float64)


def others_mean(values: Floats, active: Bools, team: Ints, n_teams: int) -> Floats:
    """Mean over a worker's team colleagues who are in post; the worker's own value where there is none."""
    total = team_sum(np.where(active, values, 0.0), team, n_teams)[team] - np.where(active, values, 0.0)
    count = team_sum(active.astype(np.float64), team, n_teams)[team] - active
    return np.where(count > 0, total / np.maximum(count, 1), values)


def to_date(values: Floats, active: Bools) -> Floats:
    """Mean over the months in post so far."""
    return np.cumsum(np.where(active, values, 0.0), axis=1) / np.maximum(np.cumsum(active, axis=1), 1)


def true_share(ctx: Context, teams: Teams, w: Workers) -> Floats:
    """True remote share by worker and month, as if nobody left."""
    t, months, rng = ctx.truth, ctx.size.months, ctx.rng("remote-share")
    early = np.isin(stage_on(w, ctx.begin), ("asye", "early")).astype(np.float64)
    shift = t.rs_caring * (w.caring - 1 / 3) + t.rs_commute * (w.commute - 33) / 30
    shift = shift + t.rs_early * (early - 0.22) + t.rs_broadband * (w.slow - 0.10)
    spread = np.sqrt(max(t.rs_sd**2 - 0.0022, 0.0001))
    late = max(months - 3, 1)
    begins = t.policy_month - 1 if t.policy_month else (min(3, late - 1) + late - 1) / 2
    after = max(1 - (begins + t.policy_lag_months) / months, 0.0)
    reached = 1.0 if t.policy_month else 1 - t.policy_never_share
    base = t.rs_mean - t.policy_step * reached * after
    post = np.arange(months)[None, :] >= (teams.rollout + t.policy_lag_months)[:, None]
    mean = (base + spread * w.propensity + shift)[:, None] + (teams.step[:, None] * post)[w.team]
    noise = t.rs_within_sd * rng.standard_normal((len(w.ids), months))
    return np.asarray(np.clip(mean + noise, RS_LOW, RS_HIGH), dtype=np.float64)


def _leaving(ctx: Context, teams: Teams, w: Workers, rs: Floats) -> Ints:
    """Month index in which each worker leaves; ``months`` where the worker stays.

    log odds of leaving in a month = constant + ``leave_wb`` x wellbeing (its lasting part).
    """
    t, rng, months = ctx.truth, ctx.rng("leaving"), ctx.size.months
    lasting = np.sqrt(t.wb_worker_share) * w.wellbeing + np.sqrt(t.wb_team_icc) * teams.wellbeing[w.team]
    wb = lasting[:, None] + t.wb_rs * (rs - t.rs_mean) + t.wb_rs2 * (rs**2 - t.rs_mean**2 - t.rs_sd**2)
    variance = t.wb_worker_share + t.wb_team_icc
    monthly = ctx.rates.turnover / 100 / 12
    chance = np.where(w.agency, min(AGENCY_TURNOVER * monthly, 0.5), min(monthly, 0.5))
    constant = np.where(w.agency, logit(min(AGENCY_TURNOVER * monthly, 0.5)), logit(min(monthly, 0.5)))
    constant = constant - 0.5 * t.leave_wb**2 * variance * (1 - chance)
    leaves = rng.random((len(w.ids), months)) < expit(constant[:, None] + t.leave_wb * wb)
    leaves &= np.arange(months)[None, :] >= w.start_index[:, None]
    return np.where(leaves.any(axis=1), leaves.argmax(axis=1), months)


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


def draw_remote(ctx: Context, teams: Teams, w: Workers) -> Remote:
    """Remote share, employment and being together.

    Co-presence = (1 - own RS) x (1 - colleagues' mean RS) x a coordination factor, at most 1; the factor's spread
    makes the correlation with RS ``co_presence_rho``. Senior overlap = (1 - own RS) x chance that a colleague with
    three years or more is in, shrunk by the same factor.
    """
    n = ctx.teams
    rs = true_share(ctx, teams, w)
    leave_index = _leaving(ctx, teams, w, rs)
    clock = np.arange(ctx.size.months)[None, :]
    active = (clock >= w.start_index[:, None]) & (clock <= leave_index[:, None])
    others = others_mean(rs, active, w.team, n)
    factor = coordination(ctx, w, ctx.rng("co-presence"))
    co_presence = together(rs, others, factor)
    senior = ((ctx.begin - w.registered).astype("timedelta64[D]").astype(np.int64) >= 3 * 365)[:, None] & active
    alone = team_sum(np.where(senior, np.log(rs), 0.0), w.team, n)[w.team] - np.where(senior, np.log(rs), 0.0)
    overlap = (1 - rs) * (1 - np.exp(alone)) * np.clip(factor, 0.5, 1.0)
    return Remote(
        rs=rs,
        rs_to_date=to_date(rs, active),
        others=others,
        co_presence=co_presence,
        co_presence_to_date=to_date(co_presence, active),
        senior_overlap=rounded(np.clip(overlap, 0.0, 1.0), 4),
        active=active,
        leave_index=leave_index,
    )


def leave_days(ctx: Context, remote: Remote) -> Days:
    """Last day of each worker in post; empty for who stays. Workers leave at the end of a month."""
    ends = np.append(ctx.month_ends, np.datetime64("NaT", "D"))
    return np.asarray(ends[remote.leave_index], dtype="datetime64[D]")
