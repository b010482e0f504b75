"""Contacts as rows of frames, a DuckDB file, Parquet files or any Ibis backend, and the units of a metric there.

The formulas and expressions are in ``contact_formulas``; over loaded data they give frames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import UnreadableError
from hybrid_toolkit.metrics.contacts.contact_formulas import (
    CHOICE_HONOURED,
    EXPRESSIONS,
    ORDER,
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
    optional,
    require,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir


USED_TABLES = ("contact", "worker", "team", "family", "la", "access")
"""Tables that the expressions read."""


@dataclass(frozen=True)
class ContactTables:
    """Tables of the contracts that stay where they are; ``measure`` takes them in place of loaded data.

    Only sums of clusters leave the database, so the tables may be larger than memory. They are not checked against
    the contracts: load and check a sample first. Contact-level metrics only.

    Parameters
    ----------
    tables : Mapping[str, ir.Table]
        Contract table name -> Ibis table, of any Ibis backend that holds them all.
    connection : duckdb.DuckDBPyConnection | None, optional
        The DuckDB connection that answers; None asks the backend of the tables.
    synthetic : bool, default False
        True where they were simulated; answers are then stamped.

    Examples
    --------
    >>> import ibis
    >>> contacts = ibis.table({"contact_id": "string", "mode": "string"}, name="contact")
    >>> sorted(ContactTables({"contact": contacts}).tables)
    ['contact']
    """

    tables: Mapping[str, ir.Table]
    connection: duckdb.DuckDBPyConnection | None = None
    synthetic: bool = False

    @classmethod
    def open(cls, place: str | Path, *, synthetic: bool = False) -> ContactTables:
        """A ``.duckdb`` file with tables of the contracts' names, or a folder of Parquet files called after them.

        Parameters
        ----------
        place : str | Path
            The ``.duckdb`` file, or the folder of Parquet files.
        synthetic : bool, default False
            Whether the data are simulated; results are then stamped.

        Returns
        -------
        ContactTables
            A ``.duckdb`` file with tables of the contracts' names, or a folder of Parquet files called after them.

        Raises
        ------
        UnreadableError
            Nothing there, or no table ``contact`` in it.

        Examples
        --------
        >>> import tempfile, duckdb
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     duckdb.sql("SELECT 'a' AS contact_id").write_parquet(f"{folder}/contact.parquet")
        ...     sorted(ContactTables.open(folder).tables)
        ['contact']
        """
        path = Path(place)
        if path.is_file() and path.suffix == ".duckdb":
            connection = duckdb.connect(str(path), read_only=True)
        elif path.is_dir():
            connection = duckdb.connect()
            for name in USED_TABLES:
                files = [str(f) for f in sorted(path.glob(f"{name}.parquet")) + sorted(path.glob(f"{name}/*.parquet"))]
                if files:
                    connection.read_parquet(files).create_view(name)
        else:
            raise UnreadableError(
                f"'{path.name}' is not a DuckDB file or a folder.",
                fix="Choose a file that ends in .duckdb, or a folder with contact.parquet.",
                code="PATH-MISSING",
            )
        made = cls(described(connection), connection, synthetic)
        if "contact" not in made.tables:
            raise UnreadableError(
                f"'{path.name}' holds no table 'contact'.",
                fix="Name the table or the Parquet file contact.",
                code="TABLE-MISSING",
            )
        return made

    @classmethod
    def of(cls, data: EvaluationData) -> ContactTables:
        """The tables of loaded data, seen by DuckDB without a copy.

        Parameters
        ----------
        data : EvaluationData
            Loaded data.

        Returns
        -------
        ContactTables
            The tables of loaded data, seen by DuckDB without a copy.
        """
        connection = registered(data)
        return cls(described(connection), connection, data.synthetic)

    def run(self, expression: ir.Table) -> pd.DataFrame:
        """What an expression over the tables gives.

        Parameters
        ----------
        expression : ir.Table
            An Ibis expression over the tables.

        Returns
        -------
        pd.DataFrame
            What an expression over the tables gives.
        """
        if self.connection is None:
            frame: pd.DataFrame = expression.to_pandas()
            return frame
        import ibis

        answer: pd.DataFrame = self.connection.sql(str(ibis.to_sql(expression, "duckdb"))).df()
        return answer


def registered(data: EvaluationData) -> duckdb.DuckDBPyConnection:
    """DuckDB, seeing the frames with the place of each row."""
    connection = duckdb.connect()
    for name in USED_TABLES:
        if name in data.tables:
            frame = data.tables[name]
            rows = frame[[c for c in TABLES[name].names if c in frame.columns]].assign(_row=np.arange(len(frame)))
            connection.register(name, rows)
    return connection


def described(connection: duckdb.DuckDBPyConnection) -> dict[str, ir.Table]:
    """The tables that DuckDB holds, as Ibis knows them."""
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType

    held = {row[0] for row in connection.sql("SHOW TABLES").fetchall()}
    out = {}
    for name in (n for n in USED_TABLES if n in held):
        columns = connection.sql(f"DESCRIBE {name}").fetchall()
        out[name] = ibis.table({c[0]: DuckDBType.from_string(c[1]) for c in columns}, name=name)
    return out


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
    """One of the expressions of ``contact_formulas`` over loaded data, on DuckDB, in the order of its rows.

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
        Name of the expression in ``contact_formulas.EXPRESSIONS``.
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

    ``measure`` makes the same columns by an Ibis expression on DuckDB (``contact_formulas.all_contacts``).

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
