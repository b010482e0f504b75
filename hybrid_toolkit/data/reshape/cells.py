"""What a mapping does to cells and keys once the columns have their contract names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from hybrid_toolkit.data.known.codes import is_outsider, known_code
from hybrid_toolkit.data.known.readable_codes import reads
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.known.units import amount
from hybrid_toolkit.data.mapping.mapping_file import TableMap
from hybrid_toolkit.data.privacy.identifiers import PERSON_KEY_COLUMNS
from hybrid_toolkit.data.privacy.pseudonym import loose_key
from hybrid_toolkit.data.reading.raw_table import RawTable, normal_name
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.due import fill_due_dates
from hybrid_toolkit.data.reshape.half_days import FrameMade, added_up, one_a_half
from hybrid_toolkit.data.reshape.lookup import looked_up
from hybrid_toolkit.data.reshape.re_referrals import fill_rereferrals
from hybrid_toolkit.data.tables.contracts import TABLES, ColumnContract
from hybrid_toolkit.errors import MappingError, agreeing, plural, with_article


def before_codes(
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    table_map: TableMap,
    find: Callable[[str], str],
    raw: RawTable,
    others: Callable[[Sequence[str]], RawTable] | None,
    chosen: Mapping[str, str],
) -> FrameMade:
    """Texts that mean nothing, look-ups, the newest of doubled rows, running numbers, loose keys and units.

    Raises
    ------
    MappingError
        A look-up meets nothing, or two rows of its source disagree.
    """
    steps, notes = table_map.steps, list[str]()
    made = frame.copy()
    for column in made.columns:
        texts = {t.strip().casefold() for t in (*steps.missing.get("", ()), *steps.missing.get(str(column), ()))}
        empty = made[column].str.strip().str.casefold().isin(texts)
        if empty.any():
            made[column] = made[column].mask(empty)
            notes.append(
                f"{plural(int(empty.sum()), 'cell')} of {column} {agreeing(int(empty.sum()), 'means', 'mean')} 'not "
                "known', as the mapping says"
            )
    for column in steps.loose:
        if column in made:
            made[column] = made[column].map(loose_key, na_action="ignore").astype("str")
            notes.append(f"{column} is read without regard to case and leading zeros")
    for column in (c for c in PERSON_KEY_COLUMNS if c in made):
        nobody = made[column].isin([v for v in made[column].dropna().unique() if is_stand_in(v, key=True)])
        if nobody.any():
            made[column] = made[column].mask(nobody)
            notes.append(
                f"{plural(int(nobody.sum()), 'cell')} of {column} {agreeing(int(nobody.sum()), 'stands', 'stand')} for "
                "no one (such as UNKNOWN or -1)"
            )
    for column, lookup in steps.lookup.items():
        if lookup.of and normal_name(chosen.get(column, "")) != normal_name(lookup.of):
            continue
        if others is None or column not in made:
            continue
        may_be_empty = column in table_map.optional
        try:
            other = others(lookup.source)
            made[column], said = looked_up(made, column, lookup, other, raw.kind, optional=may_be_empty)
        except MappingError:
            if not may_be_empty:
                raise
            if lookup.on:
                made[column] = pd.Series(None, index=made.index, dtype="str")
            said = f"{column} was not translated: what leads to it is not in {lookup.source[0]}"
        notes.append(said)
    if steps.newest:
        made, said = _newest(made, rows[find(steps.newest)], TABLES[table_map.table].key, raw.kind)
        notes.append(said)
    if steps.number:
        again = made.groupby(level=0, sort=False).cumcount()  # one row of the sheet may have become several
        names = [f"{raw.origin}-{i}" + (f"-{k + 1}" if k else "") for i, k in zip(made.index, again, strict=True)]
        made[steps.number] = pd.Series(names, index=made.index, dtype="str")
        notes.append(f"{steps.number} was made of the source and the row, because it has no separate key")
    for column, codes in steps.only.items():
        if column in made:
            made, told = _only(made, TABLES[table_map.table][column], codes, table_map.codes.get(column, {}))
            notes += told
    for column, by in steps.times.items():
        if column in made:
            filled = int(made[column].notna().sum())
            made[column] = _times(made[column], by, TABLES[table_map.table][column].unit)
            notes.append(f"{plural(filled, 'cell')} of {column} {agreeing(filled, 'was', 'were')} multiplied by {by:g}")
    return made, notes


def after_codes(frame: pd.DataFrame, table_map: TableMap, kind: str = "csv") -> FrameMade:
    """Codes in no list taken as not known, where the mapping says so; amounts of spells of one month added up."""
    spells, key = table_map.steps.spells, TABLES[table_map.table].key
    told: list[str] = []
    for column in (c for c in table_map.steps.unread if c in frame):
        known = {t: reads(TABLES[table_map.table][column], t) for t in frame[column].dropna().unique()}
        new = frame[column].map(known).eq(False)
        if new.any():
            frame = frame.assign(**{column: frame[column].mask(new)})
            told.append(
                f"{plural(int(new.sum()), 'cell')} of {column} with a code that is in no list: taken as not known"
            )
    if table_map.steps.due:
        frame, said = fill_due_dates(frame, table_map.steps.due, kind)
        told += said
    if table_map.steps.again:
        frame, said = fill_rereferrals(frame, kind)
        told += said
    if table_map.steps.halves:
        form = table_map.dates.get("date", table_map.dates.get(""))
        frame, said = one_a_half(frame, TABLES[table_map.table], kind, form)
        told += said
    if table_map.steps.add_up:
        frame, said = added_up(frame, TABLES[table_map.table], table_map.steps.add_up, kind)
        told += said
    if spells is None or not set(key) <= set(frame.columns) or spells.into not in frame:
        return frame, told
    amounts = pd.to_numeric(frame[spells.into], errors="coerce")
    whole = amounts.groupby([frame[k] for k in key], dropna=False).transform("sum")
    if "month" in frame:  # spells that overlap were written twice: no month has more days than its own
        whole = whole.clip(upper=pd.to_datetime(frame["month"], format="%Y-%m-%d").dt.days_in_month)
    first = ~frame.duplicated(list(key))
    made = frame.assign(**{spells.into: whole.map("{:g}".format).astype("str")}).loc[first]
    added = int((~first).sum())
    many = plural(added, "further spell of the same month was", "further spells of the same month were")
    return made, [*told, f"{many} added up"] if added else told


def _only(frame: pd.DataFrame, column: ColumnContract, codes: tuple[str, ...], given: Mapping[str, str]) -> FrameMade:
    """Rows whose code is one of some, or not known; rows of another known code are left out."""
    own = {c.casefold(): c for c in column.codes} | {t.casefold(): c for c, t in column.codes.items()}
    mine = {s.casefold(): c for s, c in given.items()}

    def code(text: str) -> str:
        said = text.casefold()
        found = mine.get(said) or own.get(said) or known_code(column, text) or ""
        return "-" if not found and is_outsider(text) else found

    read = frame[column.name].map({t: code(t) for t in frame[column.name].dropna().unique()}).astype("str")
    other = read.notna() & ~read.isin([*codes, ""])
    new = read.eq("")
    notes = []
    if other.any():
        notes.append(f"{plural(int(other.sum()), 'row was', 'rows were')} left out whose {column.name} is another one")
    if new.any():
        notes.append(
            f"{plural(int(new.sum()), 'row has', 'rows have')} {with_article(column.name)} that is in no list; it was "
            "taken as not known"
        )
    return frame.assign(**{column.name: frame[column.name].mask(new)}).loc[~other], notes


def _newest(frame: pd.DataFrame, dates: pd.Series[str], key: tuple[str, ...], kind: str) -> tuple[pd.DataFrame, str]:
    present = [k for k in key if k in frame]
    days = days_of(dates, kind).reindex(frame.index)
    order = days.sort_values(kind="stable", na_position="first").index
    kept = frame.loc[order]
    kept = kept.loc[~kept.duplicated(present, keep="last") | kept[present].isna().any(axis=1)].sort_index(kind="stable")
    return (
        kept,
        f"{plural(len(frame) - len(kept), 'older row was', 'older rows were')} left out with the same "
        f"{', '.join(present)}",
    )


def _times(values: pd.Series[str], by: float, unit: str) -> pd.Series[str]:
    def one(text: str) -> str:
        number = amount(text, unit)
        if number is not None:
            return f"{number:g}"  # the cell says its own unit
        try:
            return f"{float(text) * by:g}"
        except ValueError:
            return text

    return values.map(one, na_action="ignore").astype("str")
