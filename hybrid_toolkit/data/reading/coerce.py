"""Text to the contract's types. Every problem of every column is collected; none holds a value from the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.columns.numeric_columns import FALSE, TRUE
from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.known.units import amount
from hybrid_toolkit.data.reading.dates import parse_days, parse_months
from hybrid_toolkit.data.reading.raw_table import RawTables
from hybrid_toolkit.data.tables.contracts import TABLES, ColumnContract
from hybrid_toolkit.data.validation.problem import SHOWN, Problem

MISSING_WORDS = frozenset({"null", "nan", "na", "n/a", "#n/a", "<na>", "nat"})
"""Cells that mean "nothing here", in any case, unless the contract has a code of that name."""

_PLACES = ("la_id", "site_id")
"""Keys of places: a zero or a word is a place like any other."""
_RUNNING = ("contact_id", "conference_id", "spell_id")
"""Keys of events, which systems number from 0: 0 is nobody, but a visit all the same."""
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WHOLE_AS_FLOAT = re.compile(r"(\d+)\.0+")


@dataclass
class TextCells:
    """One column on its way from text to its type, with what was found on the way."""

    table: str
    column: ColumnContract
    text: pd.Series[str] = field(repr=False)
    kind: str = "csv"
    format: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def bad(self, where: pd.Series[bool], code: str, what: str, fix: str) -> None:
        """Note an error at the rows where ``where`` is true."""
        self._note(where, code, what, fix, "error")

    def note(self, where: pd.Series[bool], code: str, what: str, fix: str = "") -> None:
        """Note something that was assumed at the rows where ``where`` is true."""
        self._note(where, code, what, fix, "notice")

    def _note(self, where: pd.Series[bool], code: str, what: str, fix: str, severity: str) -> None:
        rows = [int(i) for i in where.index[where.to_numpy(dtype=bool)]]
        if rows:
            text = f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}: {what}"
            self.problems.append(
                Problem(self.table, self.column.name, code, len(rows), tuple(rows[:SHOWN]), text, fix, severity)
            )


def coerce_frames(raw: RawTables) -> tuple[dict[str, pd.DataFrame], tuple[Problem, ...]]:
    """Contract frames with contract dtypes, and every problem met; a cell with a problem becomes missing.

    Parameters
    ----------
    raw : RawTables
        Text frames from ``read_raw``.

    Returns
    -------
    frames : dict[str, pd.DataFrame]
        Contract table name -> frame, columns in the contract's order.
    problems : tuple[Problem, ...]
        Severity "error" for what cannot be read as its type, "notice" for what was assumed.

    Examples
    --------
    >>> text = pd.DataFrame({"la_id": ["A", "B"], "imd": ["12.5", "high"]}, index=[1, 2], dtype="str")
    >>> frames, problems = coerce_frames(RawTables({"la": text}, ()))
    >>> print(frames["la"]["imd"].tolist(), problems[0].code, problems[0].positions)
    [12.5, nan] TYPE-NUMBER (2,)
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = list(raw.notices)
    for name, text in raw.frames.items():
        frame, found = coerce_frame(name, text, kind=raw.kinds.get(name, "csv"), dates=raw.dates.get(name, {}))
        frames[name] = frame
        problems += found
    return frames, tuple(problems)


def coerce_frame(
    name: str, text: pd.DataFrame, *, kind: str = "csv", dates: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """One table, as ``coerce_frames``."""
    contract = TABLES[name]
    formats = dates or {}
    problems: list[Problem] = []
    absent = [c for c in contract.required if c not in text]
    for missing in absent:
        others = ", ".join(str(c) for c in text.columns) or "none"
        problems.append(
            Problem(
                name,
                missing,
                "COLUMN-MISSING",
                len(text),
                (),
                f"The column that the table cannot do without is not there (there are: {others}).",
                f"Add the column '{missing}' ({contract[missing].text.lower()}), or name it in a mapping.",
            )
        )
    made: dict[str, pd.Series] = {}
    for column_name in (c for c in contract.names if c in text):
        column = contract[column_name]
        pattern = formats.get(column_name, formats.get("")) if column.kind in ("date", "month") else None
        cells = TextCells(name, column, text[column_name], kind, pattern)
        cells.text = _empty_words(cells)
        made[column_name] = (
            _BY_KIND[column.kind](cells).astype(pd.api.types.pandas_dtype(column.dtype)).reset_index(drop=True)
        )
        problems += cells.problems
    return pd.DataFrame(made, index=pd.RangeIndex(len(text))), problems


def _empty_words(cells: TextCells) -> pd.Series[str]:
    column = cells.column
    own = {c.casefold() for c in column.codes} | {t.casefold() for t in column.codes.values()}

    def empty(text: str) -> bool:
        if text.casefold() in own or (column.codes and known_code(column, text)):
            return False
        key = column.kind == "id" and column.name not in (*_PLACES, *_RUNNING)
        return text.casefold() in MISSING_WORDS or is_stand_in(text, key=key) or known_code(column, text) == ""

    if column.kind == "text":
        words = cells.text.str.lower().isin(MISSING_WORDS)
    else:
        found = {text for text in cells.text.dropna().unique() if empty(text)}
        words = cells.text.isin(list(found))
    cells.note(words, "EMPTY-WORD", "a word for 'nothing' (such as NULL, N/A or Not recorded), taken as empty.")
    return cells.text.mask(words)


def _text(cells: TextCells) -> pd.Series[str]:
    return cells.text


def _id(cells: TextCells) -> pd.Series[str]:
    filled = cells.text.dropna()
    if len(filled) and filled.str.fullmatch(_WHOLE_AS_FLOAT.pattern).all():
        cells.note(cells.text.notna(), "ID-DECIMAL", "a whole-number key written with '.0', which was removed.")
        return cells.text.str.replace(r"\.0+$", "", regex=True)
    return cells.text


def _float(cells: TextCells) -> pd.Series[float]:
    cells.text = _plain_amounts(cells)
    good = cells.text.str.fullmatch(_NUMBER).fillna(False).astype(bool)
    unit = f" ({cells.column.unit})" if cells.column.unit else ""
    cells.bad(
        cells.text.notna() & ~good,
        "TYPE-NUMBER",
        f"not a number{unit}.",
        "Write digits with a decimal point only: no units, no commas, no words; leave the cell empty if not known.",
    )
    return pd.to_numeric(cells.text.where(good), errors="coerce").astype("float64")


def _plain_amounts(cells: TextCells) -> pd.Series[str]:
    """Amounts that carry their unit, such as "1 hour" in a column of minutes, as plain numbers of the column's unit."""
    odd = cells.text.notna() & ~cells.text.str.fullmatch(_NUMBER).fillna(False).astype(bool)
    known = {t: amount(t, cells.column.unit) for t in cells.text[odd].unique()}
    made = cells.text.map({t: f"{a:g}" for t, a in known.items() if a is not None}).astype("str")
    cells.note(made.notna(), "UNIT-READ", f"an amount with its own unit, read as {cells.column.unit}.")
    return made.fillna(cells.text).astype("str")


def _int(cells: TextCells) -> pd.Series[int]:
    numbers = _float(cells)
    whole = numbers.isna() | ((numbers % 1 == 0) & (numbers.abs() < 2**53))
    unit = f" ({cells.column.unit})" if cells.column.unit else ""
    cells.bad(~whole, "TYPE-INT", f"not a whole number{unit}.", "Write whole numbers.")
    return numbers.where(whole).astype("Int64")


def _bool(cells: TextCells) -> pd.Series[bool]:
    lower = cells.text.str.lower()
    true, false = lower.isin(TRUE), lower.isin(FALSE)
    spelled = cells.text.map({t: known_code(cells.column, t) for t in cells.text[~true & ~false].dropna().unique()})
    spelled = spelled.astype("str")
    cells.note(spelled.isin(["true", "false"]), "CODE-READ", "another spelling of yes or no; read as that.")
    true, false = true | spelled.eq("true"), false | spelled.eq("false")
    cells.bad(
        cells.text.notna() & ~true & ~false,
        "TYPE-BOOL",
        "not yes or no.",
        "Write true or false, yes or no, Y or N, 1 or 0; other words can be given in a mapping.",
    )
    answer = pd.Series(pd.NA, index=cells.text.index, dtype="boolean")
    return answer.mask(true, True).mask(false, False)


def _code(cells: TextCells) -> pd.Series[str]:
    codes = cells.column.codes
    loose = {label.casefold(): code for code, label in codes.items()} | {code.casefold(): code for code in codes}

    def find(text: str) -> str | None:
        if text in codes:
            return text
        plain = _WHOLE_AS_FLOAT.fullmatch(text)
        return loose.get(plain.group(1) if plain else text.casefold()) or known_code(cells.column, text) or None

    known = {text: find(text) for text in cells.text.dropna().unique()}
    made = cells.text.map(known).astype("str")
    cells.bad(
        cells.text.notna() & made.isna(),
        "CODE-UNKNOWN",
        "a code that is not in the list.",
        f"Use one of: {', '.join(f'{c} ({t})' if t != c else c for c, t in codes.items())}; or translate in a mapping.",
    )
    cells.note(
        made.notna() & (made != cells.text), "CODE-READ", "a label, or another spelling, of a code; read as that code."
    )
    return made


def _date(cells: TextCells) -> pd.Series[pd.Timestamp]:
    return parse_days(cells)


def _month(cells: TextCells) -> pd.Series[pd.Timestamp]:
    return parse_months(cells)


_BY_KIND: Mapping[str, Callable[[TextCells], pd.Series]] = {
    "id": _id,
    "text": _text,
    "code": _code,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "date": _date,
    "month": _month,
}
