"""Halves of a day from the time at which somebody came, and weeks of a month added up."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.data.reading.raw_table import ENGLAND
from hybrid_toolkit.data.reshape.dates import as_iso, days_of
from hybrid_toolkit.data.tables.contract import TableContract
from hybrid_toolkit.errors import agreeing, plural

FrameMade = tuple[pd.DataFrame, list[str]]

_CLOCK = r"[T ](\d{1,2}):\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?([AaPp])[Mm])?"
_ZONED = r".*\d{1,2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})"
_NOON = 12


def halves_of(frame: pd.DataFrame, header: str) -> FrameMade:
    """The rows with ``slot`` (``"am"``, ``"pm"``) by the time in a column; a row without a time stands for both.

    A time with a zone is read as the time that it was in England.

    Examples
    --------
    >>> frame = pd.DataFrame({"t": ["2024-10-01T08:15:00Z", "01/10/2024 1:30 PM", "2024-10-02"]}, dtype="str")
    >>> halves_of(frame, "t")[0]["slot"].tolist()
    ['am', 'pm', 'am', 'pm']
    """
    text = frame[header]
    zoned = text.str.fullmatch(_ZONED).fillna(False).astype(bool)
    moments = pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True)
    clock = text.str.extract(_CLOCK)
    hour = pd.to_numeric(clock[0], errors="coerce") % 24
    half = clock[1].str.lower()
    hour = hour.mask(half.eq("p") & hour.lt(_NOON), hour + _NOON).mask(half.eq("a") & hour.eq(_NOON), 0)
    hour = hour.mask(moments.notna(), moments.dt.tz_convert(ENGLAND).dt.hour.astype(float))
    whole = hour.isna() | (hour.eq(0) & text.str.contains(r"[T ]0?0:00", regex=True).fillna(False))
    slot = pd.Series("am", index=frame.index).mask(hour.ge(_NOON), "pm").astype("object")
    slot = slot.mask(whole, pd.Series([("am", "pm")] * len(frame), index=frame.index, dtype="object"))
    made = frame.assign(slot=slot).explode("slot").astype({"slot": "str"})
    notes = [f"the half of the day was made of the time in '{header}': before noon or from noon on"]
    if whole.any():
        notes.append(
            f"{plural(int(whole.sum()), 'row without a time was', 'rows without a time were')} taken for both halves "
            "of their day"
        )
    return made, notes


def one_a_half(frame: pd.DataFrame, contract: TableContract, kind: str, form: str | None) -> FrameMade:
    """One row a worker, day and half, however often a door was passed."""
    days = days_of(frame["date"], kind, form).dt.strftime("%Y-%m-%d").astype("str")
    made = frame.assign(date=days.where(days.notna(), frame["date"]))
    again = made.duplicated([k for k in contract.key if k in made])
    if not again.any():
        return made, []
    return made.loc[~again], [
        f"{plural(int(again.sum()), 'further row was', 'further rows were')} left out of the same half-day"
    ]


def added_up(frame: pd.DataFrame, contract: TableContract, columns: Sequence[str], kind: str) -> FrameMade:
    """One row a key with the sums of some columns and the last row's values of the others.

    Days of a month count as their month, so that weeks are added up in the month in which they begin.
    """
    made = frame.copy()
    for column in contract.columns:
        if column.kind == "month" and column.name in made:
            text = as_iso(made[column.name], column, kind)
            made[column.name] = text.where(
                ~text.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False), text.str[:7] + "-01"
            )
    keys, notes = [made[k] for k in contract.key], list[str]()
    for name in (c for c in columns if c in made):
        numbers = pd.to_numeric(made[name], errors="coerce")
        if many := int((made[name].notna() & numbers.isna()).sum()):
            notes.append(
                f"{plural(many, 'cell')} of {name} that {agreeing(many, 'is', 'are')} no number: left out of sums"
            )
        sums = numbers.groupby(keys, dropna=False).transform("sum", min_count=1)
        made[name] = sums.map("{:g}".format, na_action="ignore").astype("str")
    again = made.duplicated(list(contract.key), keep="last")
    note = f"{plural(int(again.sum()), 'further row was', 'further rows were')} added up with the same "
    note += ", ".join(contract.key)
    return made.loc[~again], [*notes, note] if again.any() else notes
