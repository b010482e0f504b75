"""The quality of relational practice as raters and records show it: skill and cover."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.metrics.contacts.contact_tables import is_remote
from hybrid_toolkit.metrics.unit_frames import (
    look_up,
    month_of,
    number_values,
    optional,
    require,
    safe_ratio,
)

CARE_ITEMS = load_instrument("practice_skill").scale("skill_care").items
"""Rated dimensions whose mean is the care score (MA1)."""
AUTHORITY_ITEMS = load_instrument("practice_skill").scale("skill_authority").items
"""Rated dimensions whose mean is the authority score (MA1)."""


def practice_skill(data: EvaluationData) -> pd.DataFrame:
    """Rated skill of recorded meetings, one row a meeting: the mean over its raters (MA1).

    Columns: ``contact_id``, ``family_id``, ``worker_id``, ``team_id``, ``month``, ``remote``, ``n_raters``, and 1 to 5,
    higher is more skilled: ``care`` (mean of collaboration, autonomy, empathy), ``authority`` (mean of purposefulness,
    child focus, clarity), ``evocation``, ``skill`` (mean of all seven). A score is missing where any of its ratings is.
    ``rater_1``, ``rater_2``, ... in the order of their ids, with their scores ``skill_1``, ``skill_2``, ...

    Raises
    ------
    CoverageError
        ``practice_rating`` or ``contact`` is not there.
    """
    ratings = require(data, "practice_rating", "contact_id", "rater_id", *PRACTICE_ITEMS)
    contacts = require(data, "contact", "contact_id", "family_id", "worker_id", "held_date", "mode")
    items = ratings[list(PRACTICE_ITEMS)].astype("float64")
    scores = pd.DataFrame(
        {
            "care": items[list(CARE_ITEMS)].mean(axis=1, skipna=False),
            "authority": items[list(AUTHORITY_ITEMS)].mean(axis=1, skipna=False),
            "evocation": items["evocation"],
            "skill": items.mean(axis=1, skipna=False),
        }
    )
    out = scores.groupby(ratings["contact_id"]).mean()
    wide = scores.assign(rater=ratings["rater_id"], contact_id=ratings["contact_id"]).sort_values(
        ["contact_id", "rater"]
    )
    turn = wide.groupby("contact_id").cumcount() + 1
    for k in range(1, int(turn.max()) + 1 if len(turn) else 1):
        out = out.join(wide[turn.eq(k)].set_index("contact_id").add_suffix(f"_{k}"))
    out["n_raters"] = ratings.groupby("contact_id")["rater_id"].nunique().astype("float64")
    out = look_up(out.reset_index(), contacts, "contact_id", ["family_id", "worker_id", "held_date", "mode"])
    out = look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["month"], out["remote"] = month_of(out["held_date"]), is_remote(out["mode"])
    return out.drop(columns=["held_date", "mode"])


def cover_burden(load: pd.DataFrame) -> pd.Series[float]:
    """Duty responses for colleagues' families per office day, row by row (ME8)."""
    return safe_ratio(number_values(load, "duty_cover"), number_values(load, "office_days"))
