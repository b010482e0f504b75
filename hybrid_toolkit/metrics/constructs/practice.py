"""The quality of relational practice as records show it: choice, timeliness, skill, cover."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.metrics.contacts.contact_formulas import (
    CHOICE_HONOURED,
    PREFERENCE_MET,
    REMOTE,
    SATURDAY,
    SEEN_ALONE,
    TIMELY,
    VISIT_IN_TIME,
    ContactFormula,
)
from hybrid_toolkit.metrics.unit_frames import (
    flag_values,
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


def is_remote(mode: pd.Series[str]) -> pd.Series[bool]:
    """Whether a contact was by video or telephone; missing where the mode is.

    Examples
    --------
    >>> is_remote(pd.Series(["video", "home", None], dtype="str")).tolist()
    [True, False, <NA>]
    """
    contacts = pd.DataFrame({"mode": mode})
    remote: pd.Series[bool] = REMOTE.holds(contacts).astype("boolean").where(REMOTE.known(contacts))
    return remote


def contact_practice(data: EvaluationData) -> pd.DataFrame:
    """Whether the family's choice was honoured and whether the contact was in time, one row a contact.

    Columns: ``contact_id``, ``family_id``, ``worker_id``, ``team_id``, ``month`` (of the day held, else due),
    ``mode``, ``purpose``, ``remote``, ``video``, ``phone`` and ``weekend`` (0, 1 or missing); ``choice_honoured``
    and ``preference_met`` (MA3), ``timely``, ``visit_in_time`` and ``seen_alone`` (MF3; the last two of statutory
    visits): 1 where the formula of that name in ``contact_formulas`` holds, 0 where it does not, missing where that
    is not known.

    ``measure`` makes the same columns by an Ibis expression on DuckDB (``contact_level.all_contacts``).

    A service that records a wish only after it offers a choice will see a share of the offers only: look at the
    missing share first.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Whether the family's choice was honoured and whether the contact was in time, one row a contact.

    Raises
    ------
    CoverageError
        ``contact`` lacks ``held_date`` or ``mode``. Other columns open what they open.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-01-07", "2025-01-09"])
    >>> d = EvaluationData({"contact": pd.DataFrame({
    ...     "contact_id": ["1", "2"], "family_id": ["f", "f"], "worker_id": ["a", "a"],
    ...     "due_date": pd.to_datetime(["2025-01-08"] * 2), "held_date": day, "mode": ["home", "video"],
    ...     "mode_offered_choice": [True, True], "mode_preferred": ["home", "home"]})})
    >>> contact_practice(d)[["choice_honoured", "timely"]].values.tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    rows = require(data, "contact", "contact_id", "family_id", "held_date", "mode")
    worker_id = rows["worker_id"] if "worker_id" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    out = rows[["contact_id", "family_id"]].assign(worker_id=worker_id)
    out = look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    held = rows["held_date"]
    due = rows["due_date"] if "due_date" in rows else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    out["month"] = month_of(held.fillna(due))
    out["mode"] = rows["mode"]
    missing = pd.Series(pd.NA, index=rows.index, dtype="str")
    out["purpose"] = rows.get("purpose", missing)
    out["remote"] = is_remote(rows["mode"])
    for name in ("video", "phone"):
        out[name] = rows["mode"].eq(name).astype("float64").where(rows["mode"].notna())
    out["weekend"] = held.dt.day_of_week.ge(SATURDAY).astype("float64").where(held.notna())
    last = max((d for d in (held.max(), due.where(held.notna()).max()) if pd.notna(d)), default=pd.NaT)
    wish = rows.get("mode_preferred", missing)
    contacts = pd.DataFrame(
        {
            "offered": flag_values(rows, "mode_offered_choice"),
            "wish": wish,
            "mode": rows["mode"],
            "purpose": out["purpose"],
            "seen_alone": flag_values(rows, "seen_alone"),
            "held": held,
            "due": due,
        }
    )
    contacts["last"] = last
    out["choice_honoured"] = _share(CHOICE_HONOURED, contacts)
    out["preference_met"] = _share(PREFERENCE_MET, contacts)
    out["timely"] = _share(TIMELY, contacts)
    out["visit_in_time"] = _share(VISIT_IN_TIME, contacts)
    out["seen_alone"] = _share(SEEN_ALONE, contacts)
    return out.reset_index(drop=True)


def _share(formula: ContactFormula, contacts: pd.DataFrame) -> pd.Series[float]:
    """1 where the formula holds, 0 where it does not, missing where that is not known."""
    holds: pd.Series[float] = formula.holds(contacts).fillna(False).astype("float64")
    return holds.where(formula.known(contacts))


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
