"""Survey scales of workers: one row a worker and wave (metrics MB3, MD1 to MD9)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics.instruments import InstrumentScores, instrument_ids, score_instrument
from hybrid_toolkit.metrics.unit_frames import cached, career_stage, look_up, optional, require


def survey_instrument(data: EvaluationData, instrument: str) -> InstrumentScores:
    """One instrument of the survey, scored once for the same data: keys ``worker_id`` and ``wave``; copy its frames.

    Raises
    ------
    CoverageError
        There is no ``survey`` table, or it has no answers to this instrument.
    MeasureError
        Answers break the instrument's definition.
    """
    return cached(data, ("survey", instrument), lambda: _scored(data, instrument))


def _scored(data: EvaluationData, instrument: str) -> InstrumentScores:
    rows = require(data, "survey", "worker_id", "wave", "instrument", "item", "value")
    mine = rows[rows["instrument"].eq(instrument).to_numpy(dtype=bool)]
    if mine.empty:
        raise CoverageError(
            f"table 'survey' has no answers with instrument '{instrument}'.",
            fix="Add them, one row an answer, or leave the metric out.",
            code="INSTRUMENT-MISSING",
        )
    return score_instrument(mine[["worker_id", "wave", "instrument", "item", "value"]], instrument)


def survey_scores(data: EvaluationData, instruments: Sequence[str] | None = None) -> pd.DataFrame:
    """Every scale of the survey, one row a worker and wave.

    Columns: ``worker_id``, ``wave``, ``month``, ``team_id``, ``stage`` (career stage in the month of the wave; missing
    where it cannot be told), then one column a scale by the scale's id (``informal_learning``, ``swemwbs``,
    ``hse_demands``, ``ons4_satisfied``, ...). A worker who answered nothing in a wave has no row; a scale with too few
    answers is missing. Instruments without a shipped definition are left out unless named.

    Parameters
    ----------
    data : EvaluationData
        The data.
    instruments : Sequence[str] | None, optional
        Ids to score; all that the survey holds by default.

    Returns
    -------
    pd.DataFrame
        Every scale of the survey, one row a worker and wave.

    Raises
    ------
    CoverageError
        There is no ``survey`` table, or it holds none of the instruments.
    MeasureError
        Answers break an instrument's definition.

    Examples
    --------
    >>> s = pd.DataFrame({"worker_id": "a", "wave": 1, "instrument": "informal_learning",
    ...                   "item": ["il_1", "il_2", "il_3", "il_4"], "value": [5.0, 4.0, 4.0, 3.0]})
    >>> survey_scores(EvaluationData({"survey": s}))["informal_learning"].tolist()
    [4.0]
    """
    rows = require(data, "survey", "worker_id", "wave", "instrument", "item", "value")
    held = set(rows["instrument"].dropna().unique())
    wanted = [i for i in instrument_ids() if i in held] if instruments is None else list(instruments)
    if not wanted:
        raise CoverageError(
            "table 'survey' holds no instrument that is defined.",
            fix=f"Use the ids {', '.join(instrument_ids())} in column instrument.",
            code="INSTRUMENT-MISSING",
        )
    keys = ["worker_id", "wave"]
    out = rows[keys].drop_duplicates()
    for instrument in wanted:
        out = out.merge(survey_instrument(data, instrument).frame, on=keys, how="left")
    scales = [c for c in out.columns if c not in keys]
    out["month"] = _wave_month(rows, out)
    worker = optional(data, "worker", "worker_id")
    out = look_up(out, worker, "worker_id", ["team_id", "role", "reg_date", "asye"])
    if data.has("worker", "role", "reg_date") and out["month"].notna().any():
        out["stage"] = career_stage(out, out["month"])
    else:
        out["stage"] = pd.Series(pd.NA, index=out.index, dtype="str")
    ordered = out[[*keys, "month", "team_id", "stage", *scales]]
    return ordered.sort_values(keys).reset_index(drop=True)


def _wave_month(rows: pd.DataFrame, out: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    if "month" not in rows:
        return pd.Series(pd.NaT, index=out.index, dtype="datetime64[us]")
    first = rows.dropna(subset=["month"]).drop_duplicates(["worker_id", "wave"])
    months = first.set_index(["worker_id", "wave"])["month"].astype("datetime64[us]")
    index = pd.MultiIndex.from_frame(out[["worker_id", "wave"]])
    return pd.Series(months.reindex(index).to_numpy(), index=out.index)
