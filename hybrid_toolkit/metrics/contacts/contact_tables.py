"""Tables of contacts where they are: frames, a DuckDB file, Parquet files or any Ibis backend, and what runs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import UnreadableError

if TYPE_CHECKING:
    import ibis.expr.types as ir

MIN_CONTACTS_COC = 4
"""Held contacts below which Bice-Boxerman continuity is not given."""
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
