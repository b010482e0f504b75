"""Rated meetings and working alliance.

Skill of worker i in a month = ``learning_skill`` x learning + ``skill_supervision`` x quality of supervision +
``skill_early`` + own part. A rating is 1 plus the thresholds below 0.7 skill + mode + meeting + rater severity + item
noise, raters and workers crossed; alliance depends on skill, on the family, on mode, and is lower in remote contact
with a low-access family.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS, REMOTE_MODES
from hybrid_toolkit.data.tables.family_tables import ALLIANCE_ITEMS
from hybrid_toolkit.synth.streams import Context, Ints, bounded
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Families
from hybrid_toolkit.synth.tables.people import Workers

_RECORDED = 0.03
DOUBLE_CODED = 0.30
RATERS = 5
ALLIANCE = 0.035
_CUTS = (-1.5, -0.6, 0.4, 1.4)


def skill_by_month(ctx: Context, w: Workers, learning: Floats, supervision: Floats) -> Floats:
    """Skill of each worker and month, in standard deviations."""
    t, own = ctx.truth, 0.95 * bounded(ctx.rng("skill"), len(w.ids))
    lasting = own + t.skill_early * (w.early - 0.22)
    skill: Floats = ctx.set("skill", t.learning_skill * learning + t.skill_supervision * supervision + lasting[:, None])
    return skill


def _score(latent: Floats) -> Floats:
    return np.asarray(1 + (latent[..., None] > np.array(_CUTS)).sum(axis=-1), dtype=np.float64)


def _month_of(ctx: Context, contact: pd.DataFrame) -> Ints:
    """Place of each contact's month in the period."""
    months = contact["held_date"].to_numpy("datetime64[M]") - ctx.months[0].astype("datetime64[M]")
    return np.asarray(months.astype(np.int64))


def _held(contact: pd.DataFrame) -> pd.DataFrame:
    return contact[contact["held_date"].notna()]


def rating_frame(ctx: Context, w: Workers, skill: Floats, contact: pd.DataFrame) -> pd.DataFrame:
    """The table ``practice_rating``: a sample of held contacts, some coded by a second rater."""
    rng = ctx.rng("practice-rating")
    held = _held(contact)
    chosen = held[rng.random(len(held)) < _RECORDED]
    n = len(chosen)
    who = pd.Index(w.ids.array()).get_indexer(pd.Index(chosen["worker_id"]))
    far = chosen["mode"].isin(REMOTE_MODES).to_numpy()
    meeting = 0.7 * skill[who, _month_of(ctx, chosen)] + 0.45 * rng.standard_normal(n)
    meeting = meeting + far * (ctx.truth.rating_remote + ctx.truth.rating_remote_early * w.early[who])
    twice = np.flatnonzero(rng.random(n) < DOUBLE_CODED)
    first = rng.integers(0, RATERS, n)
    second = (first[twice] + rng.integers(1, RATERS, len(twice))) % RATERS
    rows, rater = np.concatenate([np.arange(n), twice]), np.concatenate([first, second])
    severity = ctx.truth.rater_sd * bounded(rng, RATERS)
    item = 0.25 * rng.standard_normal((n, len(PRACTICE_ITEMS)))
    error = 0.3 * rng.standard_normal((len(rows), len(PRACTICE_ITEMS)))
    values = _score((meeting[:, None] + item)[rows] + severity[rater][:, None] + error)
    columns = {name: values[:, k] for k, name in enumerate(PRACTICE_ITEMS)}
    keys = {"contact_id": chosen["contact_id"].array[rows], "rater_id": ctx.keys("R", RATERS, 2)[rater]}
    return frame("practice_rating", {**keys, **columns})


def alliance_frame(ctx: Context, w: Workers, skill: Floats, families: Families, contact: pd.DataFrame) -> pd.DataFrame:
    """The table ``alliance``: twelve answers of a parent after some contacts; one row a family, worker and day."""
    rng = ctx.rng("alliance")
    held = _held(contact).drop_duplicates(["family_id", "worker_id", "held_date"])
    chosen = held[rng.random(len(held)) < ALLIANCE]
    n = len(chosen)
    who = pd.Index(w.ids.array()).get_indexer(pd.Index(chosen["worker_id"]))
    family = pd.Index(families.ids.array()).get_indexer(pd.Index(chosen["family_id"]))
    far = chosen["mode"].isin(REMOTE_MODES).to_numpy()
    t = ctx.truth
    latent = 0.5 + 0.4 * skill[who, _month_of(ctx, chosen)] + 0.5 * families.engagement[family]
    latent = latent + far * (t.alliance_remote + t.alliance_remote_low * families.low[family])
    latent = latent + 0.4 * rng.standard_normal(n)
    values = _score(latent[:, None] + 0.6 * rng.standard_normal((n, 12)))
    return frame(
        "alliance",
        {
            "family_id": families.ids[family],
            "worker_id": w.ids[who],
            "date": chosen["held_date"].to_numpy(),
            **{name: values[:, k] for k, name in enumerate(ALLIANCE_ITEMS)},
        },
    )
