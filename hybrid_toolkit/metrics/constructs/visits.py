"""Visits as records show them: statutory ones in person and in time, the child seen alone, not achieved (MF3)."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.visit_due import usual_intervals
from hybrid_toolkit.data.tables.contracts import REMOTE_MODES
from hybrid_toolkit.metrics.constructs.service import working_days
from hybrid_toolkit.metrics.contacts.contact_formulas import REQUIRED_IN_PERSON
from hybrid_toolkit.metrics.unit_frames import flag_values, look_up, month_of, optional, require

NOT_ACHIEVED = ("no_access", "cancelled_family", "cancelled_worker", "cancelled", "refused")
"""Outcomes of a visit that was to be held and was not."""
RECORDED_DAYS = 5
"""Working days in which a visit is to be written down; the longest local standard seen (24 hours to 5 days)."""


def visits(data: EvaluationData) -> pd.DataFrame:
    """What each contact was for, and whether it was achieved, in person, in time and with the child alone.

    One row a contact: ``contact_id``, ``family_id``, ``child_id``, ``worker_id``, ``team_id``, ``month`` (of the day
    held, else due), ``purpose``, ``statutory``; and 0, 1 or missing: ``in_person`` (of those held with a mode),
    ``in_time`` (held by the due date, of those whose due date has passed), ``child_seen`` and ``seen_alone`` (of
    those held in person), ``not_achieved`` (of those planned), ``recorded_in_time`` (written down within 5 days)
    with ``record_days``. A contact held remotely says nothing of a child seen alone, and is missing there.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        One row a contact.

    Raises
    ------
    CoverageError
        ``contact`` lacks ``held_date``. Other columns open what they open.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-01-07", "2025-01-09"])
    >>> d = EvaluationData({"contact": pd.DataFrame({
    ...     "contact_id": ["1", "2"], "family_id": ["f", "f"], "held_date": day, "mode": ["home", "video"],
    ...     "purpose": ["statutory_cp", "statutory_cp"], "seen_alone": [True, True]})})
    >>> visits(d)[["statutory", "in_person", "seen_alone"]].values.tolist()
    [[True, 1.0, 1.0], [True, 0.0, nan]]
    """
    rows = require(data, "contact", "contact_id", "family_id", "held_date")
    out = rows[["contact_id", "family_id"]].copy()
    for name in ("child_id", "worker_id", "purpose"):
        out[name] = rows[name] if name in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    out = look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    held = rows["held_date"]
    due = rows["due_date"] if "due_date" in rows else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    mode = rows["mode"] if "mode" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    outcome = rows["outcome"] if "outcome" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    out["month"] = month_of(held.fillna(due))
    out["statutory"] = out["purpose"].isin(REQUIRED_IN_PERSON).astype("boolean").where(out["purpose"].notna())
    face = ~mode.isin(REMOTE_MODES)
    out["in_person"] = face.astype("float64").where(mode.notna() & held.notna())
    passed = held.notna() | (due < held.max())
    out["in_time"] = (held <= due).astype("float64").where(due.notna() & passed)
    for name in ("child_seen", "seen_alone"):
        out[name] = flag_values(rows, name).astype("float64").where(out["in_person"].eq(1.0))
    asked = outcome.notna() & outcome.ne("not_needed")
    out["not_achieved"] = outcome.isin(NOT_ACHIEVED).astype("float64").where(asked)
    written = rows["recorded_date"] if "recorded_date" in rows else pd.Series(pd.NaT, index=rows.index)
    out["record_days"] = working_days(held, written)
    out["recorded_in_time"] = out["record_days"].le(RECORDED_DAYS).astype("float64").where(out["record_days"].notna())
    return out.reset_index(drop=True)


def statutory_visits(data: EvaluationData) -> pd.DataFrame:
    """``visits`` of those that law or guidance asks for.

    Raises
    ------
    CoverageError
        ``contact`` lacks ``held_date`` or ``purpose``.
    """
    require(data, "contact", "purpose")
    out = visits(data)
    return out[out["statutory"].fillna(False).astype(bool)].reset_index(drop=True)


def visit_intervals(data: EvaluationData) -> pd.DataFrame:
    """Working days between one statutory visit in person and the next of the same child and purpose, one row a gap.

    Columns: the keys of ``visits``, ``purpose``, ``month`` of the later visit, ``gap_days`` in working days and
    ``in_time``: 1 where the gap is within those of ``usual_intervals``; missing for the first visit. For records
    without a due date; an authority whose rule is another puts it into its mapping, which then writes due dates.

    Raises
    ------
    CoverageError
        ``contact`` lacks ``child_id``, ``purpose``, ``mode`` or ``held_date``.
    """
    source = require(data, "contact", "contact_id", "child_id", "purpose", "mode", "held_date")
    out = statutory_visits(data).merge(source[["contact_id", "held_date"]], on="contact_id", how="left")
    out = out[out["in_person"].eq(1.0) & out["child_id"].notna()]
    out = out.sort_values(["child_id", "purpose", "held_date", "contact_id"], kind="stable").reset_index(drop=True)
    before = out.groupby(["child_id", "purpose"])["held_date"].shift()
    out["gap_days"] = working_days(before, out["held_date"])
    allowed = out["purpose"].map({what: i.days for what, i in usual_intervals("purpose").items()}).astype("float64")
    out["in_time"] = out["gap_days"].le(allowed).astype("float64").where(out["gap_days"].notna() & allowed.notna())
    return out[out["gap_days"].notna()].drop(columns="held_date").reset_index(drop=True)
