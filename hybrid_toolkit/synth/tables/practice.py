"""Rated meetings and working alliance.

Skill of worker i = ``learning_skill`` x learning (its lasting part) + own part. A rating is 1 plus the thresholds below
0.75 skill + meeting + rater severity + item noise; alliance depends on skill, on the family, and is lower in remote
contact with a low-access family.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS, REMOTE_MODES
from hybrid_toolkit.data.tables.family_tables import ALLIANCE_ITEMS
from hybrid_toolkit.synth.streams import Context, bounded
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Families
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote import CO_PRESENCE_MEAN, CO_PRESENCE_SD, Remote

_RECORDED = 0.03
DOUBLE_CODED = 0.30
RATERS = 5
ALLIANCE = 0.035
_CUTS = (-1.5, -0.6, 0.4, 1.4)


def skill(ctx: Context, teams: Teams, w: Workers, remote: Remote) -> Floats:
    """Skill of each worker, in standard deviations."""
    t = ctx.truth
    together = (remote.co_presence_to_date[:, -1] - CO_PRESENCE_MEAN) / CO_PRESENCE_SD
    learning = t.learning_co_presence * together + np.sqrt(t.learning_team_icc) * teams.climate[w.team]
    return np.asarray(t.learning_skill * learning + 0.95 * bounded(ctx.rng("skill"), len(w.ids)), dtype=np.float64)


def _score(latent: Floats) -> Floats:
    return np.asarray(1 + (latent[..., None] > np.array(_CUTS)).sum(axis=-1), dtype=np.float64)


def _held(contact: pd.DataFrame) -> pd.DataFrame:
    return contact[contact["held_date"].notna()]


def rating_frame(ctx: Context, teams: Teams, w: Workers, remote: Remote, contact: pd.DataFrame) -> pd.DataFrame:
    """The table ``practice_rating``: a sample of held contacts, some coded by a second rater."""
    rng = ctx.rng("practice-rating")
    held = _held(contact)
    chosen = held[rng.random(len(held)) < _RECORDED]
    n = len(chosen)
    who = pd.Index(w.ids.array()).get_indexer(pd.Index(chosen["worker_id"]))
    meeting = 0.7 * skill(ctx, teams, w, remote)[who] + 0.45 * rng.standard_normal(n)
    twice = np.flatnonzero(rng.random(n) < DOUBLE_CODED)
    first = rng.integers(0, RATERS, n)
    second = (first[twice] + rng.integers(1, RATERS, len(twice))) % RATERS
    rows, rater = np.concatenate([np.arange(n), twice]), np.concatenate([first, second])
    severity = 0.15 * bounded(rng, RATERS)
    item = 0.25 * rng.standard_normal((n, len(PRACTICE_ITEMS)))
    error = 0.3 * rng.standard_normal((len(rows), len(PRACTICE_ITEMS)))
    values = _score((meeting[:, None] + item)[rows] + severity[rater][:, None] + error)
    columns = {name: values[:, k] for k, name in enumerate(PRACTICE_ITEMS)}
    keys = {"contact_id": chosen["contact_id"].array[rows], "rater_id": ctx.keys("R", RATERS, 2)[rater]}
    return frame("practice_rating", {**keys, **columns})


def alliance_frame(
    ctx: Context, teams: Teams, w: Workers, remote: Remote, families: Families, contact: pd.DataFrame
) -> pd.DataFrame:
    """The table ``alliance``: twelve answers of a parent after some contacts; one row a family, worker and day."""
    rng = ctx.rng("alliance")
    held = _held(contact).drop_duplicates(["family_id", "worker_id", "held_date"])
    chosen = held[rng.random(len(held)) < ALLIANCE]
    n = len(chosen)
    who = pd.Index(w.ids.array()).get_indexer(pd.Index(chosen["worker_id"]))
    family = pd.Index(families.ids.array()).get_indexer(pd.Index(chosen["family_id"]))
    far = chosen["mode"].isin(REMOTE_MODES).to_numpy()
    latent = 0.5 + 0.4 * skill(ctx, teams, w, remote)[who] + 0.5 * families.engagement[family]
    latent = latent - 0.5 * (far & families.low[family]) + 0.4 * rng.standard_normal(n)
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
