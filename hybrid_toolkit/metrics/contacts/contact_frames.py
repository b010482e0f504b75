"""The expressions of ``contact_level`` over loaded data, as frames. Ibis loads when the first is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.contacts.contact_tables import USED_TABLES, described, registered

_FRAME_TYPES = {
    "month": "datetime64[us]",
    **dict.fromkeys(("remote", "in_person", "low_access", "rural"), "boolean"),
    **dict.fromkeys(("contact_id", "family_id", "worker_id", "team_id", "child_id", "mode", "need", "purpose"), "str"),
    **dict.fromkeys(
        (
            "choice_honoured",
            "preference_met",
            "timely",
            "choice_recorded",
            "engaged",
            "risk",
            "visit_in_time",
            "seen_alone",
            "weekend",
            "video",
            "phone",
        ),
        "float64",
    ),
}

_SQL: dict[object, str] = {}
"""Expression and columns -> its SQL, so that a figure in a widget does not wait for the same words again."""


def unit_frame(data: EvaluationData, name: str) -> pd.DataFrame:
    """One of the expressions of ``contact_level`` over loaded data, on DuckDB, in the order of its rows.

    Raises
    ------
    CoverageError
        A table or column that the expression needs is not there.
    """
    held = {n: data.tables[n].dtypes.astype("str") for n in USED_TABLES if n in data.tables}
    key = (name, tuple((n, *t.index, *t) for n, t in held.items()))
    with registered(data) as connection:
        if key not in _SQL:
            import ibis

            from hybrid_toolkit.metrics.contacts.contact_level import EXPRESSIONS, ORDER

            _SQL[key] = str(ibis.to_sql(EXPRESSIONS[name](described(connection)).order_by(ORDER), "duckdb"))
        frame = connection.sql(_SQL[key]).df().drop(columns="_row")
    made: pd.DataFrame = frame.astype({c: t for c, t in _FRAME_TYPES.items() if c in frame})
    return made


@dataclass(frozen=True)
class ContactUnits:
    """The units of a contact-level metric: over loaded data a frame, and where tables stay an expression of that name.

    Parameters
    ----------
    expression : str
        Name of the expression in ``contact_level.EXPRESSIONS``.
    frame : Callable, optional
        Loaded data -> the units, where more than contacts make them; the expression by default.
    """

    expression: str
    frame: Callable[[EvaluationData], pd.DataFrame] | None = None

    def __call__(self, data: EvaluationData) -> pd.DataFrame:
        """The units over loaded data.

        Raises
        ------
        CoverageError
            A table or column is not there.
        """
        return unit_frame(data, self.expression) if self.frame is None else self.frame(data)
