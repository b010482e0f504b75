"""Wellbeing and learning of each worker, and the survey that measures them.

Latents, in standard deviations, worker i at wave w, with RS the mean true remote share to date::

    wellbeing = wb_rs RS + wb_rs2 RS^2 + (wb_asye | wb_early | wb_late by stage) RS + wb_caseload (cases - mean)
        + wb_travel h + wb_b2b b2b + wb_cover cover + wb_caring caring + wb_interference colleagues' RS
        + area + team + worker + wave parts
    learning = learning_co_presence m(stage) co-presence + team + worker + wave parts,
        m = learning_asye, learning_early or 1; co-presence is correlated ``co_presence_rho`` with RS

An item is 1 plus the number of thresholds below ``loading x latent + acquiescence + error``. Response falls with low
wellbeing (``response_wb``), and workers are lost between waves, more so with low wellbeing (``attrition_wb``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.instruments import Factor, load_instrument
from hybrid_toolkit.synth.streams import Bools, Context, Labels, Texts, bounded, expit, logit
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Slots
from hybrid_toolkit.synth.tables.items import INSTRUMENTS, DrawnInstrument, item_values
from hybrid_toolkit.synth.tables.people import Teams, Workers, stage_on
from hybrid_toolkit.synth.tables.remote import CO_PRESENCE_MEAN, CO_PRESENCE_SD, Remote
from hybrid_toolkit.synth.tables.work import MEAN_TRAVEL_WEEK, Work

COVER_MEAN, COVER_SD = 1.9, 1.8


@dataclass(frozen=True)
class Latents:
    """Latents by worker (row) and wave (column), and who answers."""

    wellbeing: Floats
    learning: Floats
    answers: Bools


def _stages(ctx: Context, w: Workers, months: tuple[int, ...]) -> Texts:
    """Career stage by worker and month index asked for."""
    stages = [stage_on(w, ctx.months[m]) for m in months]
    return np.array(stages, dtype=object).reshape(len(months), len(w.ids)).T


def case_pressure(ctx: Context, w: Workers, slots: Slots, months: tuple[int, ...]) -> Floats:
    """What cases beyond the mean caseload do to wellbeing, by worker and month index; 0 for who holds none."""
    over = slots.cases[:, list(months)] / w.fte[:, None] - ctx.rates.caseload
    return ctx.truth.wb_caseload * np.where(w.holder[:, None], np.clip(over, -15, 15), 0.0)


def structural_wellbeing(ctx: Context, w: Workers, remote: Remote, work: Work, months: tuple[int, ...]) -> Floats:
    """The part of wellbeing that exposures and circumstances but cases give, by worker and month index."""
    t, columns = ctx.truth, list(months)
    rs, stage = remote.rs_to_date[:, columns], _stages(ctx, w, months)
    slope = np.select([stage == "asye", stage == "early", stage == "late"], [t.wb_asye, t.wb_early, t.wb_late], 0.0)
    return np.asarray(
        t.wb_rs * (rs - t.rs_mean)
        + t.wb_rs2 * (rs**2 - t.rs_mean**2 - t.rs_sd**2)
        + slope * (rs - t.rs_mean)
        + t.wb_travel * (work.travel_week[:, columns] - MEAN_TRAVEL_WEEK)
        + t.wb_b2b * (work.b2b[:, columns] - 0.26)
        + t.wb_cover * (work.cover[:, columns] - COVER_MEAN) / COVER_SD
        + t.wb_caring * (w.caring[:, None] - 1 / 3)
        + t.wb_interference * (remote.others[:, columns] - t.rs_mean),
        dtype=np.float64,
    )


def structural_learning(ctx: Context, w: Workers, co_presence_to_date: Floats, months: tuple[int, ...]) -> Floats:
    """The part of informal learning that being together gives, by worker and month index asked for."""
    t, stage = ctx.truth, _stages(ctx, w, months)
    scaled = (co_presence_to_date[:, list(months)] - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    times = np.select([stage == "asye", stage == "early"], [t.learning_asye, t.learning_early], 1.0)
    return np.asarray(t.learning_co_presence * times * scaled, dtype=np.float64)


def wellbeing_by_month(ctx: Context, teams: Teams, w: Workers, remote: Remote, work: Work, slots: Slots) -> Floats:
    """Wellbeing of each worker and month without the passing part; sickness depends on it."""
    t = ctx.truth
    months = tuple(range(ctx.size.months))
    structure = structural_wellbeing(ctx, w, remote, work, months) + case_pressure(ctx, w, slots, months)
    lasting = np.sqrt(t.wb_worker_share) * w.wellbeing + np.sqrt(t.wb_team_icc) * teams.wellbeing[w.team]
    return np.asarray(structure + lasting[:, None], dtype=np.float64)


def draw_latents(ctx: Context, teams: Teams, w: Workers, remote: Remote, work: Work, slots: Slots) -> Latents:
    """Wellbeing and learning at each wave, and who answers."""
    t, rng, waves = ctx.truth, ctx.rng("latents"), ctx.size.wave_months
    shape = (len(w.ids), len(waves))
    area = rng.standard_normal() if ctx.size.n_la > 1 else 0.0
    passing = np.sqrt(max(1 - t.wb_worker_share - t.wb_team_icc - t.wb_la_icc, 0.0))
    wellbeing = structural_wellbeing(ctx, w, remote, work, waves) + case_pressure(ctx, w, slots, waves)
    wellbeing = wellbeing + np.sqrt(t.wb_la_icc) * area + passing * rng.standard_normal(shape)
    wellbeing += (np.sqrt(t.wb_worker_share) * w.wellbeing + np.sqrt(t.wb_team_icc) * teams.wellbeing[w.team])[:, None]
    learning = structural_learning(ctx, w, remote.co_presence_to_date, waves)
    own = np.sqrt(0.45) * rng.standard_normal(shape[0])
    learning = learning + np.sqrt(max(0.55 - t.learning_team_icc, 0.0)) * rng.standard_normal(shape)
    learning += (own + np.sqrt(t.learning_team_icc) * teams.climate[w.team])[:, None]
    answers = rng.random(shape) < expit(logit(t.response_rate) + t.response_wb * wellbeing)
    if t.attrition > 0:
        lost = rng.random(shape) < expit(logit(t.attrition) + t.attrition_wb * wellbeing)
        answers[:, 1:] &= np.cumsum(lost, axis=1)[:, :-1] == 0
    here = remote.active[:, list(waves)]
    return Latents(wellbeing=wellbeing, learning=learning, answers=answers & here)


def _factors(ctx: Context, w: Workers, remote: Remote, latents: Latents, instrument: DrawnInstrument) -> Floats:
    """The latent of each item (last axis) by worker and wave."""
    rng, shape = ctx.rng(f"factors-{instrument.name}"), latents.wellbeing.shape
    columns = list(ctx.size.wave_months)
    together = (remote.co_presence_to_date[:, columns] - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    drawn: dict[str, Floats] = {}
    for factor in {f.id: f for f in instrument.factors}.values():
        if factor.latent:
            drawn[factor.id] = latents.learning if factor.latent == "learning" else latents.wellbeing
        else:
            own = factor.own * rng.standard_normal(shape)
            drawn[factor.id] = _pull(factor, latents.wellbeing, together, w.caring) + own
    return np.stack([drawn[f.id] for f in instrument.factors], axis=2)


def _pull(factor: Factor, wellbeing: Floats, together: Floats, caring: Bools) -> Floats:
    """What wellbeing, time together and caring (a third of workers care for somebody) do to a factor."""
    moved = factor.wellbeing * wellbeing + factor.together * together + factor.caring * (caring[:, None] - 1 / 3)
    return np.asarray(moved, dtype=np.float64)


def survey_frame(
    ctx: Context, w: Workers, remote: Remote, latents: Latents, also: tuple[str, ...] = ()
) -> pd.DataFrame:
    """The table ``survey``: one row an item answered; items hold ids only, never wording.

    ``also`` names further instruments to draw, each from streams of its own, so that the others keep their answers.
    """
    asked = [DrawnInstrument.of(load_instrument(i)) for i in also]
    instruments = [*INSTRUMENTS, *(i for i in asked if i.name not in {d.name for d in INSTRUMENTS})]
    of_instrument = np.repeat(np.arange(len(instruments)), [len(i.items) for i in instruments])
    first_item = np.searchsorted(of_instrument, np.arange(len(instruments)))
    t, waves = ctx.truth, ctx.size.wave_months
    agree = t.acquiescence_sd * bounded(ctx.rng("acquiescence"), len(w.ids))
    early = np.isin(_stages(ctx, w, waves), ("asye", "early"))
    who, wave, items, values = [], [], [], []
    row, col = np.nonzero(latents.answers)
    for first, instrument in zip(first_item, instruments, strict=True):
        rng = ctx.rng(f"items-{instrument.name}")
        noise = rng.standard_normal((*latents.answers.shape, len(instrument.items)))[row, col]
        left = rng.random(noise.shape) < t.item_missing
        factor = _factors(ctx, w, remote, latents, instrument)[row, col]
        shift = np.zeros(noise.shape)
        for item_id in instrument.draw.shifted:
            shift[:, instrument.items.index(item_id)] = t.noninvariance * early[row, col]
        value = item_values(t, instrument, factor, agree[row][:, None] + shift, noise)
        r, k = np.nonzero(~left)
        who.append(row[r])
        wave.append(col[r])
        items.append(first + k)
        values.append(value[r, k])
    i, at, item = np.concatenate(who), np.concatenate(wave), np.concatenate(items)
    starts = np.array([ctx.months[m] for m in waves] or [ctx.begin], dtype="datetime64[D]")
    return frame(
        "survey",
        {
            "worker_id": w.ids[i],
            "wave": at + 1,
            "month": starts[at] if len(at) else np.array([], dtype="datetime64[D]"),
            "instrument": Labels.of([i.name for i in instruments], of_instrument[item]),
            "item": Labels.of([name for i in instruments for name in i.items], item),
            "value": np.concatenate(values).astype(np.float64),
        },
    )
