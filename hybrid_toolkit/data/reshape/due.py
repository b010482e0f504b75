"""Due dates that an authority's own rule gives where none is recorded."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.visit_due import VisitInterval
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.half_days import FrameMade
from hybrid_toolkit.data.tables.contracts import REMOTE_MODES, TABLES
from hybrid_toolkit.errors import plural


def _codes(values: pd.Series[str], column: str) -> pd.Series[str]:
    contract = TABLES["contact"][column]
    own = {c.casefold(): c for c in contract.codes} | {t.casefold(): c for c, t in contract.codes.items()}
    read = {t: own.get(t.casefold()) or known_code(contract, t) or "" for t in values.dropna().unique()}
    return values.map(read, na_action="ignore").fillna("").astype("str")


def fill_due_dates(frame: pd.DataFrame, rule: Mapping[str, VisitInterval], kind: str) -> FrameMade:
    """The rows with ``due_date`` where it is empty: the interval after the child's last visit of the same purpose.

    A visit that was not held, and one known to be held remotely, starts no interval. The first visit has no due date.

    Parameters
    ----------
    frame : pd.DataFrame
        Contacts as text under contract names, with ``child_id``, ``held_date`` and ``purpose``.
    rule : Mapping[str, VisitInterval]
        Purpose -> time to the next visit.
    kind : str
        Of the source, as in ``RawTable``.
    """
    needed = [c for c in ("child_id", "held_date", "purpose") if c not in frame]
    if needed:
        return frame, [f"no due date was worked out: {', '.join(needed)} is not mapped"]
    held = days_of(frame["held_date"], kind)
    purpose = _codes(frame["purpose"], "purpose")
    mode = _codes(frame["mode"], "mode") if "mode" in frame else pd.Series("", index=frame.index)
    visits = pd.DataFrame({"child": frame["child_id"], "purpose": purpose, "held": held}).reset_index(drop=True)
    counts = visits["held"].notna() & visits["child"].notna() & ~mode.isin(REMOTE_MODES).to_numpy()
    order = visits.sort_values("held", kind="stable")
    start = order["held"].where(counts[order.index])
    # The visit before is an earlier row of the same child and purpose that counts, whether this row counts or not.
    before = start.groupby([order["child"], order["purpose"]]).transform(lambda s: s.shift().ffill())
    before = before.reindex(visits.index)
    due = pd.Series(pd.NaT, index=visits.index, dtype="datetime64[us]")
    for what, interval in rule.items():
        mine = visits["purpose"].eq(what)
        due[mine] = interval.after(before[mine])
    text = due.dt.strftime("%Y-%m-%d").set_axis(frame.index)
    recorded = frame.get("due_date", pd.Series(None, index=frame.index, dtype="str"))
    empty = recorded.isna()
    made = text.where(empty, recorded)
    filled = int((empty & text.notna()).sum())
    return frame.assign(due_date=made.astype("str")), [
        f"{plural(filled, 'due date was', 'due dates were')} worked out by the rule of the mapping"
    ]
