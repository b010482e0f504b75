"""One table of any columns, for studies whose rows are those of a file: numbers, yes/no and text by what is in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.reading.coerce import MISSING_WORDS
from hybrid_toolkit.data.reading.text_files import read_csv, read_parquet
from hybrid_toolkit.errors import UnreadableError

_YES_NO = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def read_plain_table(path: str | Path) -> pd.DataFrame:
    """A CSV or Parquet file as a frame: a column of numbers is numeric, one of yes and no is 1 and 0, any other text.

    Parameters
    ----------
    path : str | Path
        The file, ending in ``.csv`` or ``.parquet``.

    Raises
    ------
    UnreadableError
        Another ending, no such file, or a file that is damaged.
    """
    place = Path(path)
    readers = {".csv": read_csv, ".parquet": read_parquet}
    if place.suffix.lower() not in readers:
        raise UnreadableError(
            "a study of unit 'rows' is run on one CSV or Parquet file.",
            fix="Choose a file that ends in .csv or .parquet.",
            code="PLAIN-TABLE",
        )
    text = readers[place.suffix.lower()](place).frame
    return pd.DataFrame({name: _typed(text[name]) for name in text.columns})


def _typed(cells: pd.Series[str]) -> pd.Series:
    said = cells.astype("object").where(cells.notna(), None)
    held = said.where(~said.astype("str").str.strip().str.lower().isin(MISSING_WORDS), None)
    known = held.dropna()
    if known.empty:
        return pd.Series(float("nan"), index=cells.index)
    lower = known.str.strip().str.lower()
    if lower.isin(_YES_NO).all():
        return lower.map(_YES_NO).reindex(cells.index)
    numbers = pd.to_numeric(known, errors="coerce")
    if numbers.notna().all():
        return numbers.astype("float64").reindex(cells.index)
    return held.astype("str").where(held.notna(), None)
