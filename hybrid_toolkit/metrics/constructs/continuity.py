"""Continuity of the worker: from a child's contacts, and from the spells of its allocations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.contacts.contact_tables import unit_frame
from hybrid_toolkit.metrics.unit_frames import look_up, optional, require


def continuity(data: EvaluationData) -> pd.DataFrame:
    """Continuity of the worker, one row a child (MF2).

    From held contacts of a child: ``n_contacts``; ``n_contact_workers``; ``usual_provider_share`` and, for 4 contacts
    or more, ``bice_boxerman``, by the formulas of those names in ``contact_formulas``. From allocation
    spells: ``n_workers`` distinct workers allocated, ``child_years`` from the first day allocated to the last,
    ``workers_12m`` distinct workers in the last twelve months the spells cover, and ``three_or_more`` (0/1) of those,
    the analogue of the national measure. Shares are 0 to 1, higher is steadier. ``family_id`` and ``team_id`` are the
    child's most frequent in the contacts; without contacts, the team is that of the last worker allocated. Missing
    parts stay missing.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Continuity of the worker, one row a child (MF2).

    Raises
    ------
    CoverageError
        Neither ``contact`` with ``child_id`` and ``worker_id`` nor ``allocation_spell`` is there.

    References
    ----------
    - Bice, T. W. and Boxerman, S. B. (1977). A quantitative measure of continuity of care. Medical Care 15, 347-349.

    Examples
    --------
    >>> d = EvaluationData({"contact": pd.DataFrame({
    ...     "contact_id": list("1234"), "family_id": ["f"] * 4, "child_id": ["c"] * 4,
    ...     "worker_id": ["a", "a", "a", "b"], "held_date": pd.to_datetime(["2025-01-07"] * 4)})})
    >>> continuity(d)[["usual_provider_share", "bice_boxerman"]].values.tolist()
    [[0.75, 0.5]]
    """
    columns = ("child_id", "family_id", "worker_id", "held_date")
    spells = optional(data, "allocation_spell", "child_id", "worker_id", "start_date")
    if spells is None:
        contacts: pd.DataFrame | None = require(data, "contact", *columns)
    else:
        contacts = optional(data, "contact", *columns)
    parts = []
    if contacts is not None:
        parts.append(unit_frame(data, "contact_continuity"))
    if spells is not None:
        parts.append(_spell_continuity(data, spells))
    out = parts[0] if len(parts) == 1 else parts[0].merge(parts[1], on="child_id", how="outer")
    if "spell_team_id" in out:
        team = out["spell_team_id"]
        out["team_id"] = out["team_id"].fillna(team) if "team_id" in out else team
    wanted = (
        *("child_id", "family_id", "team_id", "n_contacts", "n_contact_workers", "usual_provider_share"),
        *("bice_boxerman", "n_workers", "child_years", "workers_12m", "three_or_more"),
    )
    for name in wanted:
        if name not in out:
            out[name] = pd.Series(pd.NA, index=out.index, dtype="str") if name.endswith("_id") else np.nan
    return out[list(wanted)].sort_values("child_id").reset_index(drop=True)


def _spell_continuity(data: EvaluationData, spells: pd.DataFrame) -> pd.DataFrame:
    end = spells["end_date"] if "end_date" in spells else pd.Series(pd.NaT, index=spells.index, dtype="datetime64[us]")
    last = max(spells["start_date"].max(), end.max()) if end.notna().any() else spells["start_date"].max()
    rows = spells.assign(end_date=end.fillna(last))
    by = rows.groupby("child_id")
    days = (by["end_date"].max() - by["start_date"].min()).dt.days.astype("float64") + 1.0
    out = pd.DataFrame({"n_workers": by["worker_id"].nunique().astype("float64"), "child_years": days / 365.25})
    year = rows[rows["end_date"] > last - pd.DateOffset(years=1)]
    recent = year.groupby("child_id")["worker_id"].nunique().astype("float64")
    out["workers_12m"] = recent.reindex(out.index)
    out["three_or_more"] = out["workers_12m"].ge(3).astype("float64").where(out["workers_12m"].notna())
    last_spell = rows.sort_values(["child_id", "start_date", "worker_id"]).drop_duplicates("child_id", keep="last")
    teams = look_up(last_spell, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["spell_team_id"] = teams.set_index("child_id")["team_id"]
    return out.reset_index()
