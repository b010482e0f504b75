"""A column translated through another source: by key alone, or by key and the day on which a spell holds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.privacy.pseudonym import name_key
from hybrid_toolkit.data.reading.raw_table import RawTable, normal_name
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.step_kinds import Lookup
from hybrid_toolkit.errors import MappingError, agreeing, plural


def looked_up(
    frame: pd.DataFrame, column: str, lookup: Lookup, other: RawTable, kind: str, *, optional: bool = False
) -> tuple[pd.Series[str], str]:
    """A column of a frame translated through another source, and what was done in words.

    Parameters
    ----------
    frame : pd.DataFrame
        Rows under contract names, still text.
    column : str
        The column that holds the keys and gets what they lead to.
    lookup : Lookup
        Columns of the other source.
    other : RawTable
        The other source.
    kind : str
        Kind of the rows' own source, as in ``RawTable``.
    optional : bool, default False
        Whether nothing may meet: the values are then kept as they are, or left out where a day was asked for.

    Raises
    ------
    MappingError
        A column is not there, a key leads to two values at once, or nothing meets.
    """
    values = frame[column]
    come, to = _header(other, lookup.come, column), _header(other, lookup.to, column)
    if lookup.on:
        made = _on_the_day(frame, column, lookup, other, kind, come, to)
    else:
        made = values.map(_pairs(other, come, to), na_action="ignore")
    made = made.astype("str")
    met, filled = int(made.notna().sum()), int(values.notna().sum())
    if filled and not met and optional:
        kept = made if lookup.on else values
        done = "left out" if lookup.on else "kept as they are"
        return kept, f"none of the {filled:,} values of {column} meets one of {other.origin}; they were {done}"
    if filled and not met:
        raise MappingError(
            f"{other.origin}: none of the {filled:,} values of {column} meets one of '{come}'.",
            fix="Check which column of the other source holds these values.",
            code="MAP-LOOKUP",
        )
    by = f", on the day of {lookup.on}" if lookup.on else ""
    if lookup.rest and met < filled:
        made, by = made.where(made.notna(), values), f"; {filled - met:,} {agreeing(filled - met, 'was', 'were')} kept"
    return made, f"{met:,} of {filled:,} values of {column} were translated through {other.origin}{by}"


def _header(other: RawTable, names: Sequence[str], column: str) -> str:
    headers = {normal_name(str(h)): str(h) for h in other.frame.columns}
    found = next((headers[normal_name(n)] for n in names if normal_name(n) in headers), None)
    if found is None:
        raise MappingError(
            f"{other.origin}: the column {' or '.join(names)} of the look-up for {column} is not there.",
            fix="Correct 'from' and 'to' of the look-up in the mapping.",
            code="MAP-SOURCE",
        )
    return found


def _pairs(other: RawTable, come: str, to: str) -> _Keyed:
    pairs = other.frame[[come, to]].dropna().drop_duplicates()
    twice = int(pairs.iloc[:, 0].duplicated().sum())
    if twice:
        raise MappingError(
            f"{other.origin}: {plural(twice, 'value')} of '{come}' {agreeing(twice, 'leads', 'lead')} to more than one "
            f"'{to}'.",
            fix="Keep one row for each, or look up by another column.",
            code="MAP-LOOKUP",
        )
    return _Keyed({name_key(a): b for a, b in pairs.itertuples(index=False)})


class _Keyed:
    """A look-up without regard to case and spaces."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def __call__(self, text: str) -> str | None:
        return self.known.get(name_key(text))


def _on_the_day(
    frame: pd.DataFrame, column: str, lookup: Lookup, other: RawTable, kind: str, come: str, to: str
) -> pd.Series[str]:
    """What the latest spell of a key that holds on a day leads to; it no longer holds on the day of its end."""
    rows = other.frame
    for name, texts in lookup.where.items():
        kept = {t.strip().casefold() for t in texts}
        rows = rows[rows[_header(other, (name,), column)].str.strip().str.casefold().isin(kept)]
    rows = rows[~rows[to].map(lambda v: is_stand_in(v, key=True), na_action="ignore").eq(True)]
    spells = pd.DataFrame({"key": rows[come].map(name_key, na_action="ignore"), "value": rows[to]})
    spells["start"] = days_of(rows[_header(other, lookup.start, column)], other.kind)
    spells["end"] = days_of(rows[_header(other, lookup.end, column)], other.kind) if lookup.end else pd.NaT
    spells = spells.dropna(subset=["key", "value", "start"])
    asked = pd.DataFrame(
        {"key": frame[column].map(name_key, na_action="ignore"), "day": days_of(frame[lookup.on], kind)}
    )
    asked = asked.assign(place=range(len(asked))).dropna(subset=["key", "day"])
    both = asked.merge(spells, on="key")
    both = both[(both["start"] <= both["day"]) & (both["end"].isna() | (both["end"] > both["day"]))]
    last = both.sort_values(["place", "start"], kind="stable").drop_duplicates("place", keep="last")
    made = pd.Series(None, index=range(len(frame)), dtype="str")
    made.loc[last["place"].to_numpy()] = last["value"].astype("str").to_numpy()
    return made.set_axis(frame.index)
