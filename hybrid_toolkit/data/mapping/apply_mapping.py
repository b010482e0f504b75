"""From a table as found to a contract table, still text: the mapping applied, extra columns left out and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial

import pandas as pd

from hybrid_toolkit.data.evaluation_data import Source
from hybrid_toolkit.data.mapping.items_across import with_items_across
from hybrid_toolkit.data.mapping.mapping_file import TableMap
from hybrid_toolkit.data.privacy.identifiers import HOW, PERSON_KEY_COLUMNS, identifier_problems, looks_like_names
from hybrid_toolkit.data.privacy.pseudonym import pseudonym
from hybrid_toolkit.data.reading.raw_table import RawTable, nearest_names, normal_name
from hybrid_toolkit.data.reshape.apply_steps import apply_steps
from hybrid_toolkit.data.reshape.attendance import hours_attended, read_home
from hybrid_toolkit.data.reshape.cells import after_codes, before_codes
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.problem import Problem
from hybrid_toolkit.errors import MappingError, agreeing, plural

SHOWN_COLUMNS = 20


def apply_map(
    raw: RawTable, table_map: TableMap, *, key: bytes, others: Callable[[Sequence[str]], RawTable] | None = None
) -> tuple[pd.DataFrame, Source]:
    """One contract table as text, and its source with notes on all that was left out or changed.

    Parameters
    ----------
    raw : RawTable
        The source.
    table_map : TableMap
        One part of a mapping.
    key : bytes
        Secret for keyed hashes.
    others : Callable[[Sequence[str]], RawTable] | None, optional
        Names of another source -> the first of them that is there, for look-ups.

    Raises
    ------
    MappingError
        A mapped column is not in the source, or a look-up meets nothing.
    """
    table_map = with_items_across(table_map, raw.frame)
    contract, steps = TABLES[table_map.table], table_map.steps
    headers = {normal_name(h): str(h) for h in raw.frame.columns}
    rows, notes = _filtered(raw.frame, table_map, headers, raw.origin)
    rows, said = apply_steps(rows, steps, partial(_header, raw.origin), raw.kind, key, raw.origin)
    notes += said
    if steps.attended:
        rows, said = hours_attended(rows, steps.attended, partial(_header, raw.origin, rows), raw.kind)
        notes += said
    filled = {str(h) for h in rows.columns if rows[h].notna().any()}
    chosen = _choose(table_map, {normal_name(str(h)): str(h) for h in rows.columns}, raw.origin, filled)
    frame = pd.DataFrame({c: rows[chosen[c]] for c in contract.names if c in chosen}, index=rows.index)
    frame, said = before_codes(frame, rows, table_map, partial(_header, raw.origin, rows), raw, others, chosen)
    notes += said
    if contract.name == "attendance_day" and "site_id" in frame:
        frame, said = read_home(frame)
        notes += said
    for column, codes in table_map.codes.items():
        if column in frame:
            before, frame[column] = frame[column], _recode(frame[column], codes)
            if many := int((before.fillna("") != frame[column].fillna("")).sum()):
                read = agreeing(many, "was", "were")
                notes.append(f"{plural(many, 'cell')} of {column} {read} read by the codes of the mapping")
    for column, value in table_map.constants.items():
        frame[column] = pd.Series(value or None, index=frame.index, dtype="str")
        notes.append(f"{column} is the same in {plural(len(frame), 'row')}, as the mapping says")
    for column in table_map.skip_empty:
        if column in frame and (empty := frame[column].isna()).any():
            frame = frame.loc[~empty]
            notes.append(f"{plural(int(empty.sum()), 'row was', 'rows were')} left out without {column}")
    for column in table_map.pseudonymise:
        if column in frame:
            frame[column] = frame[column].map(lambda v: pseudonym(v, key), na_action="ignore").astype("str")
            notes.append(f"{column} was replaced by a keyed hash")
    if table_map.distinct:
        doubled = frame.duplicated()
        frame = frame.loc[~doubled]
        if doubled.any():
            notes.append(f"{plural(int(doubled.sum()), 'row was', 'rows were')} left out that repeat another in full")
    frame, said = after_codes(frame, table_map, raw.kind)
    notes += said
    frame = frame[[c for c in contract.names if c in frame]]
    notes += _left_out(table_map, chosen, headers, raw)
    source = Source(contract.name, raw.origin, raw.sha256, len(frame), raw.read_at, (*raw.notes, *notes))
    return frame, source


def _header(origin: str, frame: pd.DataFrame, name: str) -> str:
    """The header that a step of the mapping names."""
    headers = {normal_name(str(h)): str(h) for h in frame.columns}
    if normal_name(name) not in headers:
        close = nearest_names(name, headers.values())
        raise MappingError(
            f"{origin}: the column '{name}' that a step of the mapping reads is not there"
            + (f" (nearest: '{close}')." if close else "."),
            fix="Correct the name in the mapping.",
            code="MAP-SOURCE",
        )
    return headers[normal_name(name)]


def _choose(table_map: TableMap, headers: Mapping[str, str], origin: str, filled: Set[str]) -> dict[str, str]:
    """Contract column -> source column, as the mapping says (of several the first that is filled), then by name."""
    chosen, absent = {}, []
    for column, names in table_map.columns.items():
        there = [headers[normal_name(n)] for n in names if normal_name(n) in headers]
        found = next((h for h in there if h in filled), there[0] if there else None)
        if found is not None:
            chosen[column] = found
        elif column not in table_map.optional:
            close = nearest_names(names[0], headers.values()) if names else ""
            absent.append(
                f"'{' or '.join(names)}' for {table_map.table}.{column}" + (f" (nearest: '{close}')" if close else "")
            )
    if absent:
        raise MappingError(
            f"{origin}: the mapping lists {len(absent)} column{'' if len(absent) == 1 else 's'} that "
            f"{'is' if len(absent) == 1 else 'are'} not in the file: {'; '.join(absent)}.",
            fix="Correct the names in the mapping, or list them under 'optional'.",
            code="MAP-SOURCE",
        )
    taken = set(chosen.values())
    for column in TABLES[table_map.table].names:
        found = headers.get(normal_name(column))
        if column not in table_map.columns and column not in table_map.constants and found and found not in taken:
            chosen[column] = found
    return chosen


def identifiers_in(raw: RawTable, table_map: TableMap) -> list[Problem]:
    """Columns that identify a person, by name or content, and are neither dropped nor pseudonymised by the mapping."""
    hashed = {normal_name(n) for c in table_map.pseudonymise for n in table_map.columns.get(c, (c,))}
    linked = {normal_name(n) for c in table_map.steps.lookup for n in table_map.columns.get(c, (c,))}
    safe = hashed | linked | {normal_name(d) for d in table_map.drop}
    problems = identifier_problems(
        {table_map.table: raw.frame[[h for h in raw.frame.columns if normal_name(str(h)) not in safe]]}
    )
    headers = {normal_name(str(h)): h for h in raw.frame.columns}
    for column in PERSON_KEY_COLUMNS:
        for name in table_map.columns.get(column, (column,)):
            if (
                normal_name(name) in headers
                and normal_name(name) not in safe
                and looks_like_names(raw.frame[headers[normal_name(name)]])
            ):
                text = (
                    "most of these keys are written like names of people "
                    f'(pseudonymise = ["{column}"] in the mapping hashes them).'
                )
                problems.append(Problem(table_map.table, name, "IDENTIFIER-CONTENT", len(raw.frame), (), text, HOW))
    return problems


def _filtered(
    frame: pd.DataFrame, table_map: TableMap, headers: Mapping[str, str], origin: str
) -> tuple[pd.DataFrame, list[str]]:
    notes = []
    for name, values in table_map.keep.items():
        if normal_name(name) not in headers:
            close = nearest_names(name, headers.values())
            raise MappingError(
                f"{origin}: the column '{name}' that the mapping keeps rows by is not there"
                + (f" (nearest: '{close}')." if close else "."),
                fix=f"Correct tables.{table_map.table}.keep in the mapping.",
                code="MAP-SOURCE",
            )
        wanted = {v.strip().casefold() for v in values}
        kept = frame[headers[normal_name(name)]].fillna("").str.casefold().isin(wanted)
        notes.append(f"{plural(int((~kept).sum()), 'row was', 'rows were')} left out by '{name}', as the mapping says")
        frame = frame.loc[kept]
    return frame, notes


def _recode(column: pd.Series[str], codes: Mapping[str, str]) -> pd.Series[str]:
    """Source codes to contract codes, exactly and then without case; what is in no list stays as it is."""
    loose = {source.strip().casefold(): target for source, target in codes.items()}
    exact = {source.strip(): target for source, target in codes.items()}
    made = column.map(lambda v: exact.get(v, loose.get(v.casefold(), v)) or None, na_action="ignore")
    return made.astype("str")


def _left_out(table_map: TableMap, chosen: Mapping[str, str], headers: Mapping[str, str], raw: RawTable) -> list[str]:
    used = set(chosen.values()) | {headers[normal_name(n)] for n in table_map.steps.named if normal_name(n) in headers}
    used |= {headers[normal_name(k)] for k in table_map.keep if normal_name(k) in headers}
    dropped = [headers[normal_name(d)] for d in table_map.drop if normal_name(d) in headers]
    extra = [h for h in headers.values() if h not in used and h not in dropped]
    notes = []
    if dropped:
        notes.append(f"{plural(len(dropped), 'column')} dropped by the mapping: {', '.join(dropped)}")
    if extra and raw.kind != "xml":
        shown = ", ".join(extra[:SHOWN_COLUMNS]) + (", ..." if len(extra) > SHOWN_COLUMNS else "")
        notes.append(f"{plural(len(extra), 'column')} outside the contract left out: {shown}")
    return notes
