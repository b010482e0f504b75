"""The formulas of contact-level metrics, each written once: in words, and for frames and database expressions alike.

A pandas frame and an Ibis table answer to the same operators, so the same lines run on both: here on a frame with one
row a contact, in ``contact_level`` where the tables are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import IN_PERSON_MODES, REMOTE_MODES
from hybrid_toolkit.metrics.unit_frames import (
    flag_values,
    look_up,
    month_of,
    optional,
    require,
)

SATURDAY = 5
"""First day of the weekend where Monday is 0, in pandas and in Ibis."""


REQUIRED_IN_PERSON = ("statutory_cp", "statutory_cin", "statutory_cla")
"""Purposes of contacts that law or guidance requires, and requires in person."""


@dataclass(frozen=True)
class ContactFormula:
    """A share of contacts: for which it is known, and in which it holds.

    Parameters
    ----------
    words : str
        The formula in words, as the catalogue has it.
    known : Callable
        Contacts -> whether the answer is known. Contacts have the columns ``offered``, ``wish``, ``mode``,
        ``purpose``, ``seen_alone``, ``held``, ``due`` and ``last``: the last day the data know of, which is the
        latest day held, or due of those held.
    holds : Callable
        Contacts -> whether it holds, where it is known.
    """

    words: str
    known: Callable[[Any], Any]
    holds: Callable[[Any], Any]


def as_wished(contacts: Any) -> Any:
    """Whether contacts were held in the mode the family wished for.

    Where the wish or the mode says only "in person" or "remote", that much is compared: a visit at home is what a
    family that wished to meet in person had asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> as_wished(pd.DataFrame({"mode": ["home", "home", "video"], "wish": ["in_person", "office", "remote"]})).tolist()
    [True, False, True]
    """
    mode, wish = contacts["mode"], contacts["wish"]
    said = mode == wish
    for kind, modes in (("in_person", IN_PERSON_MODES), ("remote", REMOTE_MODES)):
        both = mode.isin(list(modes)) & wish.isin(list(modes))
        said = said | (both & ((mode == kind) | (wish == kind)))
    return said


CHOICE_HONOURED = ContactFormula(
    "contacts in which a choice was offered and the mode used was the mode preferred / held contacts in which offer, "
    "wish and mode were recorded",
    lambda c: c["offered"].notnull() & c["wish"].notnull() & c["mode"].notnull() & c["held"].notnull(),
    lambda c: c["offered"] & as_wished(c),
)
PREFERENCE_MET = ContactFormula(
    "held contacts in the mode that the family preferred / held contacts in which wish and mode were recorded",
    lambda c: c["wish"].notnull() & c["mode"].notnull() & c["held"].notnull(),
    as_wished,
)
TIMELY = ContactFormula(
    "contacts held by the due date / contacts due whose date has passed",
    lambda c: c["due"].notnull() & (c["held"].notnull() | (c["due"] < c["last"])),
    lambda c: c["held"] <= c["due"],
)
VISIT_IN_TIME = ContactFormula(
    "statutory visits held in person by the due date / statutory visits due whose date has passed, the mode known "
    "where one was held; a call in place of a visit is not a visit",
    lambda c: (
        c["purpose"].isin(list(REQUIRED_IN_PERSON))
        & c["due"].notnull()
        & ((c["held"].notnull() & c["mode"].notnull()) | (c["held"].isnull() & (c["due"] < c["last"])))
    ),
    lambda c: (c["held"] <= c["due"]) & ~c["mode"].isin(list(REMOTE_MODES)),
)
SEEN_ALONE = ContactFormula(
    "statutory visits in person at which the child was seen alone / statutory contacts held for which both are "
    "recorded",
    lambda c: (
        c["purpose"].isin(list(REQUIRED_IN_PERSON))
        & c["held"].notnull()
        & c["mode"].notnull()
        & c["seen_alone"].notnull()
    ),
    lambda c: c["seen_alone"] & ~c["mode"].isin(list(REMOTE_MODES)),
)
REMOTE = ContactFormula(
    "held contacts by video or telephone / held contacts with a mode",
    lambda c: c["mode"].notnull(),
    lambda c: c["mode"].isin(list(REMOTE_MODES)),
)

USUAL_PROVIDER_WORDS = "contacts with the most frequent worker / contacts, of each child; mean over children"
BICE_BOXERMAN_WORDS = (
    "(sum of squares of contacts with each worker - N) / (N (N - 1)) of each child with 4 contacts or more"
)
MIN_CONTACTS_COC = 4
"""Held contacts below which Bice-Boxerman continuity is not given."""


def usual_provider(most: Any, n: Any) -> Any:
    """Share of a child's ``n`` contacts with the worker who held ``most`` of them (Breslau and Reeb 1975).

    Examples
    --------
    >>> usual_provider(3, 4)
    0.75
    """
    return most / n


def bice_boxerman(squares: Any, n: Any) -> Any:
    """Continuity from the sum of the squares of a child's contacts with each worker, and all ``n`` of them.

    References
    ----------
    Bice, T. W. and Boxerman, S. B. (1977). A quantitative measure of continuity of care. Medical Care, 15, 347-349.

    Examples
    --------
    >>> bice_boxerman(3**2 + 1**2, 4)
    0.5
    """
    return (squares - n) / (n * (n - 1))


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
    visits): 1 where the formula of that name holds, 0 where it does not, missing where that
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
