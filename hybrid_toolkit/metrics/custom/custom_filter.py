"""The filter of a metric of one's own never singles out a few people, by itself or beside another filter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.custom.custom_metric import OwnFrame, _linked
from hybrid_toolkit.metrics.custom.formula_values import values
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import cached

FEWEST = 10
"""People on either side of a filter, or between two filters of one sitting: the threshold of the disclosure policy."""
_PEOPLE = ("worker_id", "family_id", "child_id")


def hold_filter(data: EvaluationData, spec: MetricSpec) -> None:
    """Refuse a filter that keeps or leaves out a few people, or differs by a few from one used before on these data.

    Data of fewer people than the threshold are passed over: nothing of them is ever shown.

    Parameters
    ----------
    data : EvaluationData
        What is measured.
    spec : MetricSpec
        The metric; one without a filter passes.

    Raises
    ------
    MeasureError
        METRIC-FILTER, with the number of people at the least.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.custom.custom_metric import declare_metric
    >>> d = EvaluationData({"worker": pd.DataFrame({"worker_id": [f"w{i}" for i in range(40)],
    ...                     "fte": [0.5] + [1.0] * 39})})
    >>> one = declare_metric("Hours", question="How many?", table="worker", formula="mean(fte) where fte < 0.8",
    ...                      unit="fte")
    >>> hold_filter(d, one)
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.MeasureError: [METRIC-FILTER] the filter of metric 'hours' would set fewer than 10 people \
apart. How to fix: Use a wider filter, or leave the filter out: 10 people or more must stand on either side.
    """
    frame = spec.frame
    if not isinstance(frame, OwnFrame) or frame.formula.where is None or not data.has(frame.table):
        return
    rows = data.table(frame.table)
    told = values(frame.formula.where, rows)
    stays = np.asarray(np.isnan(told) | (told != 0), dtype=bool)
    people = _codes(rows, frame.table, data)
    before: list[tuple[str, NDArray[np.bool_]]] = cached(data, ("own filters", frame.table), list)
    for who in people:
        if len(np.unique(who[who >= 0])) < FEWEST:
            continue
        sides = [stays, ~stays]
        for _, other in before:
            sides += [stays & ~other, other & ~stays]
        if any(0 < _distinct(who, side) < FEWEST for side in sides):
            raise MeasureError(
                f"the filter of metric '{spec.id}' would set fewer than {FEWEST} people apart"
                + (
                    "."
                    if any(0 < _distinct(who, s) < FEWEST for s in sides[:2])
                    else ", beside a filter that was used before on these data."
                ),
                fix=f"Use a wider filter, or leave the filter out: {FEWEST} people or more must stand on either side.",
                code="METRIC-FILTER",
            )
    if not any(np.array_equal(stays, other) for _, other in before):
        before.append((spec.id, stays))


def _codes(rows: pd.DataFrame, table: str, data: EvaluationData) -> list[NDArray[np.int64]]:
    linked = _linked(rows[[c for c in rows.columns if c.endswith("_id")]], data)
    found = [pd.factorize(linked[c])[0].astype(np.int64) for c in _PEOPLE if c in linked and linked[c].notna().any()]
    return found


def _distinct(who: NDArray[np.int64], side: NDArray[np.bool_]) -> int:
    return len(np.unique(who[side & (who >= 0)]))
