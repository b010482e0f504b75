"""Learning of each worker, who answers, and the survey that measures latents.

Latents, in standard deviations, worker i at wave w (wellbeing and what moves it stand in ``latents``)::

    learning = m(stage) (learning_co_presence co-presence + learning_senior time near experienced colleagues)
        + role, hours, season, style + team + worker + month parts,
        m = learning_asye, learning_early or 1; co-presence is correlated ``co_presence_rho`` with RS

An item is 1 plus the number of thresholds below ``loading x latent + acquiescence + error``. Response falls with low
wellbeing (``response_wb``) and with many cases (``response_caseload``), and workers are lost between waves, more so
with low wellbeing (``attrition_wb``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.synth.streams import Bools, Context, Labels, Texts, bounded, expit, logit
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.before import OVER_MOST
from hybrid_toolkit.synth.tables.items import INSTRUMENTS, DrawnInstrument, item_values, loadings
from hybrid_toolkit.synth.tables.latents import WELLBEING_MOVERS
from hybrid_toolkit.synth.tables.months import Months
from hybrid_toolkit.synth.tables.people import Teams, Workers, stage_on
from hybrid_toolkit.synth.tables.remote_share import CO_PRESENCE_MEAN, CO_PRESENCE_SD, SENIOR_MEAN, SENIOR_SD, Remote


@dataclass(frozen=True)
class Latents:
    """Latents by name, each by worker (row) and wave (column), and who answers."""

    known: dict[str, Floats]
    answers: Bools


def _by_wave(columns: list[Floats], shape: tuple[int, int]) -> Floats:
    """Columns side by side, also where there is none."""
    return np.column_stack(columns) if columns else np.zeros(shape)


def _stages(ctx: Context, w: Workers, months: tuple[int, ...]) -> Texts:
    """Career stage by worker and month index asked for."""
    stages = [stage_on(w, ctx.months[m]) for m in months]
    return np.array(stages, dtype=object).reshape(len(months), len(w.ids)).T


def structural_learning(
    ctx: Context, teams: Teams, w: Workers, co_presence: Floats, senior: Floats, months: tuple[int, ...]
) -> Floats:
    """The part of informal learning that being together and circumstances give, by worker and month index asked for.

    ``co_presence`` and ``senior``, time near experienced colleagues, are means to date.
    """
    t, stage = ctx.truth, _stages(ctx, w, months)
    at = list(months)
    pulled = t.learning_co_presence * (co_presence[:, at] - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    pulled = pulled + t.learning_senior * (senior[:, at] - SENIOR_MEAN) / SENIOR_SD
    times = np.select([stage == "asye", stage == "early"], [t.learning_asye, t.learning_early], 1.0)
    fixed = t.learning_role * (w.role - 4.6) + t.learning_hours * (w.fte - 0.93) + t.learning_style * w.practice
    fixed = fixed + t.learning_hotdesk * (teams.hotdesk - 0.55)[w.team]
    season = t.learning_season * ctx.season[at]
    return np.asarray(times * pulled + fixed[:, None] + season, dtype=np.float64)


def learning_by_month(ctx: Context, teams: Teams, w: Workers, remote: Remote) -> Floats:
    """Informal learning of each worker and month."""
    t, rng, shape = ctx.truth, ctx.rng("learning"), remote.rs.shape
    months = tuple(range(ctx.size.months))
    structure = structural_learning(ctx, teams, w, remote.co_presence_to_date, remote.senior_overlap_to_date, months)
    own = np.sqrt(0.45) * rng.standard_normal(shape[0])
    lasting = own + np.sqrt(t.learning_team_icc) * teams.climate[w.team]
    passing = np.sqrt(max(0.55 - t.learning_team_icc, 0.0)) * rng.standard_normal(shape)
    return np.asarray(ctx.set("informal_learning", structure + lasting[:, None] + passing), dtype=np.float64)


def draw_latents(ctx: Context, w: Workers, months: Months, learning: Floats) -> Latents:
    """What an instrument may measure at each wave, and who answers."""
    t, rng, waves = ctx.truth, ctx.rng("answering"), ctx.size.wave_months
    columns = list(waves)
    shape = (len(w.ids), len(waves))
    wellbeing, learning = months.latent.wellbeing[:, columns], learning[:, columns]
    over = np.clip(months.slots.cases[:, columns] - ctx.rates.caseload, -OVER_MOST, OVER_MOST)
    pressed = t.response_caseload * over / 5
    answers = rng.random(shape) < expit(logit(t.response_rate) + t.response_wb * wellbeing + pressed)
    if t.attrition > 0:
        lost = rng.random(shape) < expit(logit(t.attrition) + t.attrition_wb * wellbeing)
        answers[:, 1:] &= np.cumsum(lost, axis=1)[:, :-1] == 0
    answers = _by_wave([ctx.set("answering", answers[:, k], m) for k, m in enumerate(waves)], shape).astype(np.bool_)
    movers = {name: getattr(months.latent, name)[:, columns] for name in WELLBEING_MOVERS}
    known = {"wellbeing": wellbeing, "learning": learning, **movers, "caseload": months.before.cases[:, columns] / 5}
    return Latents(known=known, answers=answers & months.remote.active[:, columns])


def _factors(ctx: Context, w: Workers, remote: Remote, latents: Latents, instrument: DrawnInstrument) -> Floats:
    """The latent of each item (last axis) by worker and wave."""
    rng, shape = ctx.rng(f"factors-{instrument.name}"), latents.answers.shape
    columns = list(ctx.size.wave_months)
    together = (remote.co_presence_to_date[:, columns] - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    caring = np.broadcast_to(w.caring[:, None] - 1 / 3, shape)
    known = {**latents.known, "together": together, "caring": caring}
    drawn: dict[str, Floats] = {}
    for factor in {f.id: f for f in instrument.factors}.values():
        own = factor.own * rng.standard_normal(shape)
        pulled = sum((weight * known[cause] for cause, weight in factor.causes.items()), np.zeros(shape))
        drawn[factor.id] = latents.known[factor.latent] if factor.latent else pulled + own
    return np.stack([drawn[f.id] for f in instrument.factors], axis=2)


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
        level = np.array([f.level for f in instrument.factors])
        factor = factor + level / loadings(t, instrument)
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
