"""Wellbeing and what moves it, month by month, in standard deviations.

Worker i, team g, month t, with RS and co-presence the means to date::

    autonomy    = autonomy_rs RS/sd + own
    supervision = supervision_mode remote session + supervision_manager manager_g + own
    focus       = focus_rs RS/sd + focus_travel travel + own
    secure base = secure_co_presence co-presence + secure_supervision supervision + own
    conflict    = conflict_boundary unpaid hours + conflict_caring caring + own
    wellbeing   = wb_rs RS + wb_rs2 RS^2 + (wb_asye | wb_early | wb_late by stage) RS + wb_caseload cases before
        + wb_travel h + wb_b2b b2b + wb_cover cover + wb_caring caring + wb_autonomy autonomy + wb_focus focus
        + wb_secure_base secure base + wb_conflict conflict + wb_supervision supervision
        + wb_interference colleagues' RS + role, hours, area and season + team + worker + passing parts
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Context
from hybrid_toolkit.synth.tables.before import Before
from hybrid_toolkit.synth.tables.people import Teams, Workers, stage_on
from hybrid_toolkit.synth.tables.remote_share import CO_PRESENCE_MEAN, CO_PRESENCE_SD
from hybrid_toolkit.synth.tables.work import MEAN_TRAVEL_WEEK, WEEKS, Work

COVER_MEAN, COVER_SD = 1.9, 1.8
UNPAID_MEAN, UNPAID_SD = 2.9, 2.4
"""Hours a week about which unpaid work is centred, and on which it is scaled."""
LASTING_SD, PASSING_SD = 0.7, 0.6
"""Standard deviation of the lasting and of the passing part of what moves wellbeing; assumed."""
WELLBEING_MOVERS = ("autonomy", "focus_time", "supervision_quality", "secure_base", "conflict")


@dataclass(frozen=True)
class Latent:
    """Worker by month. ``expected`` is wellbeing without what only chance gives a worker, a team or a month."""

    autonomy: Floats
    focus_time: Floats
    supervision_quality: Floats
    secure_base: Floats
    conflict: Floats
    expected: Floats
    wellbeing: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Latent:
        """Nothing yet."""
        return cls(*(np.zeros(shape) for _ in range(7)))


@dataclass(frozen=True)
class LatentLuck:
    """What chance adds: to each mover lasting and passing, to wellbeing of a team and in passing."""

    movers: dict[str, Floats]
    team: Floats
    passing: Floats

    @classmethod
    def draw(cls, ctx: Context, teams: Teams, w: Workers) -> LatentLuck:
        """One draw a worker of what lasts, and a worker and month of what passes."""
        t, shape = ctx.truth, (len(w.ids), ctx.size.months)
        movers = {}
        for name in WELLBEING_MOVERS:
            rng = ctx.rng(name)
            movers[name] = LASTING_SD * rng.standard_normal(shape[0])[:, None] + PASSING_SD * rng.standard_normal(shape)
        rest = 1 - t.wb_worker_share - t.wb_team_icc - t.wb_la_icc - mover_variance(ctx)
        passing = np.sqrt(max(rest, 0.0)) * ctx.rng("latents").standard_normal(shape)
        return cls(movers, np.sqrt(t.wb_team_icc) * teams.wellbeing[w.team], passing)


def mover_variance(ctx: Context) -> float:
    """Variance of wellbeing that the movers' own parts give."""
    t = ctx.truth
    weights = (
        t.wb_autonomy,
        t.wb_focus,
        t.wb_supervision + t.wb_secure_base * t.secure_supervision,
        t.wb_secure_base,
        t.wb_conflict,
    )
    return sum(v**2 for v in weights) * (LASTING_SD**2 + PASSING_SD**2)


def latents_of_month(
    ctx: Context,
    teams: Teams,
    w: Workers,
    luck: LatentLuck,
    work: Work,
    before: Before,
    latent: Latent,
    m: int,
    rs: Floats,
    together: Floats,
    others: Floats,
) -> None:
    """The latents of one month; ``rs`` and ``together`` are means to date."""
    t, own = ctx.truth, {name: values[:, m] for name, values in luck.movers.items()}
    autonomy = ctx.set("autonomy", t.autonomy_rs * (rs - t.rs_mean) / 0.2 + own["autonomy"], m)
    travel = (work.commute_h[:, m] + work.visit_travel_h[:, m]) / WEEKS
    focus = t.focus_rs * (rs - t.rs_mean) / 0.2 + t.focus_travel * (travel - MEAN_TRAVEL_WEEK)
    focus = ctx.set("focus_time", focus + own["focus_time"], m)
    guided = t.supervision_mode * (work.supervision_far[:, m] - 0.42) + t.supervision_manager * teams.manager[w.team]
    guided = ctx.set("supervision_quality", guided + own["supervision_quality"], m)
    scaled = (together - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    secure = t.secure_co_presence * scaled + t.secure_supervision * guided + own["secure_base"]
    secure = ctx.set("secure_base", secure, m)
    unpaid = (work.unpaid[:, m] - UNPAID_MEAN) / UNPAID_SD
    conflict = t.conflict_boundary * unpaid + t.conflict_caring * (w.caring - 1 / 3) + own["conflict"]
    conflict = ctx.set("conflict", conflict, m)
    stage = stage_on(w, ctx.months[m])
    slope = np.select([stage == "asye", stage == "early", stage == "late"], [t.wb_asye, t.wb_early, t.wb_late], 0.0)
    expected = (
        t.wb_rs * (rs - t.rs_mean)
        + t.wb_rs2 * (rs**2 - t.rs_mean**2 - t.rs_sd**2)
        + slope * (rs - t.rs_mean)
        + t.wb_caseload * before.cases[:, m]
        + t.wb_travel * (travel - MEAN_TRAVEL_WEEK)
        + t.wb_b2b * (work.b2b[:, m] - 0.26)
        + t.wb_cover * (work.cover[:, m] - COVER_MEAN) / COVER_SD
        + t.wb_caring * (w.caring - 1 / 3)
        + t.wb_autonomy * autonomy
        + t.wb_focus * focus
        + t.wb_supervision * guided
        + t.wb_secure_base * secure
        + t.wb_conflict * conflict
        + t.wb_interference * (others - t.rs_mean)
        + t.wb_role * (w.role - 4.6)
        + t.wb_hours * (w.fte - 0.93)
        + t.wb_hotdesk * (teams.hotdesk - 0.55)[w.team]
        + t.wb_manager * teams.manager[w.team]
        + t.wb_season * ctx.season[m]
    )
    area = np.sqrt(t.wb_la_icc) * ctx.area
    lasting = np.sqrt(t.wb_worker_share) * w.wellbeing + luck.team
    latent.autonomy[:, m], latent.supervision_quality[:, m], latent.focus_time[:, m] = autonomy, guided, focus
    latent.secure_base[:, m], latent.conflict[:, m] = secure, conflict
    latent.expected[:, m] = expected
    latent.wellbeing[:, m] = ctx.set("wellbeing", expected + area + lasting + luck.passing[:, m], m)
