"""Parts of a table, each from one source, put below one another or joined by the table's key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.data.evaluation_data import Source
from hybrid_toolkit.data.mapping.mapping_file import TableMap
from hybrid_toolkit.data.reshape.dates import as_iso
from hybrid_toolkit.data.tables.contracts import TABLES, TableContract
from hybrid_toolkit.errors import MappingError, agreeing, plural


@dataclass(frozen=True)
class SourcePart:
    """One part of a table: its mapping, its rows under contract names, still text, and where they came from."""

    table_map: TableMap
    frame: pd.DataFrame = field(repr=False)
    source: Source
    kind: str


def combine(parts: Sequence[SourcePart]) -> tuple[pd.DataFrame, Source]:
    """One table of its parts, and one source that names them all.

    Raises
    ------
    MappingError
        A part is to be joined and no key of it meets another's, or it lacks the key.
    """
    if len(parts) == 1:
        return parts[0].frame, parts[0].source
    contract = TABLES[parts[0].table_map.table]
    frames = [_plain_dates(part) for part in parts]
    whole = frames[0]
    notes = [f"{p.source.origin}: {n}" for p in parts for n in p.source.notes]
    for part, frame in zip(parts[1:], frames[1:], strict=True):
        if part.table_map.steps.joined:
            whole, said = _joined(whole, frame, part, contract.key)
            notes.append(said)
        else:
            again = _again(whole, frame, contract)
            whole = pd.concat([whole, frame.loc[~again]])
            notes.append(
                f"{plural(int((~again).sum()), 'row was', 'rows were')} put below the others from {part.source.origin}"
            )
            if again.any():
                notes.append(
                    f"{plural(int(again.sum()), 'row was', 'rows were')} left out of {part.source.origin}, standing in "
                    "an earlier part"
                )
    whole = whole[[c for c in contract.names if c in whole]].astype("str")
    origins = " and ".join(dict.fromkeys(p.source.origin for p in parts))
    digest = hashlib.sha256("".join(p.source.sha256 for p in parts).encode()).hexdigest()
    read_at = max(p.source.read_at for p in parts)
    return whole, Source(contract.name, origins, digest, len(whole), read_at, tuple(notes))


def _again(whole: pd.DataFrame, frame: pd.DataFrame, contract: TableContract) -> pd.Series[bool]:
    """Rows that an earlier part has with the same key, keys and days; the same visit may stand in two lists."""
    shared = [
        c.name for c in contract.columns if c.kind in ("id", "date", "month") and c.name in whole and c.name in frame
    ]
    if not set(contract.key) <= set(shared):
        return pd.Series(False, index=frame.index)
    return _keys(frame, shared).isin(set(_keys(whole, shared))) & frame[list(contract.key)].notna().all(axis=1)


def _plain_dates(part: SourcePart) -> pd.DataFrame:
    """The part with its days and months as ISO, since each source writes them in its own way."""
    contract, formats = TABLES[part.table_map.table], part.table_map.dates
    made = part.frame.copy()
    for column in contract.columns:
        if column.name in made and column.kind in ("date", "month"):
            form = formats.get(column.name, formats.get(""))
            made[column.name] = as_iso(made[column.name], column, part.kind, form)
    return made


def _joined(whole: pd.DataFrame, frame: pd.DataFrame, part: SourcePart, key: Sequence[str]) -> tuple[pd.DataFrame, str]:
    lacking = [k for k in key if k not in whole or k not in frame]
    if lacking:
        raise MappingError(
            f"{part.source.origin} cannot be joined to {part.table_map.table}: {', '.join(lacking)} is not mapped.",
            fix="Map every column of the table's key in each part that is joined.",
            code="MAP-JOIN",
        )
    here, there = _keys(whole, key), _keys(frame, key)
    met = int(there.isin(set(here)).sum())
    ids = [k for k in key if TABLES[part.table_map.table][k].kind != "month"]  # a file of other months meets nobody's
    if len(there) and len(here) and not met and not _keys(frame, ids).isin(set(_keys(whole, ids))).any():
        raise MappingError(
            f"{part.source.origin}: none of its {len(there):,} keys ({', '.join(key)}) meets one of the other parts of "
            f"{part.table_map.table}.",
            fix=f"Check that both write {', '.join(key)} alike; loose = [...] in the mapping lets zeros and case "
            f"not count.",
            code="MAP-JOIN",
        )
    first = frame.loc[~there.duplicated()]
    right = first.set_axis(pd.Index(there[~there.duplicated()]), axis=0)
    made = whole.copy()
    covered = _covered(whole, frame)
    for column in (c for c in frame.columns if c not in key):
        values = here.map(right[column]).astype("str")
        before = made[column] if column in made else pd.Series(None, index=made.index, dtype="str")
        values = before.where(before.notna(), pd.Series(values.to_numpy(), index=made.index, dtype="str"))
        if column in part.table_map.steps.fill:
            values = values.mask(values.isna() & covered, part.table_map.steps.fill[column])
        made[column] = values
    alone = first.loc[~there[~there.duplicated()].isin(set(here)).to_numpy()]
    twice = int(there.duplicated().sum())
    said = f"{plural(met, 'row was', 'rows were')} joined from {part.source.origin} by {', '.join(key)}"
    if len(alone):
        kept = not part.table_map.steps.fill
        made = pd.concat([made, alone]) if kept else made
        said += f"; {len(alone):,} met nothing and {agreeing(len(alone), 'was', 'were')} "
        said += "put below" if kept else "left out"
    return made, said + (
        f"; {plural(twice, 'further row')} with the same key {agreeing(twice, 'was', 'were')} left out" if twice else ""
    )


def _covered(whole: pd.DataFrame, frame: pd.DataFrame) -> pd.Series[bool]:
    """Rows in months that the joined part covers, in which no row of it means none rather than not known."""
    if "month" not in whole or "month" not in frame or frame.empty:
        return pd.Series(True, index=whole.index)
    covered: pd.Series[bool] = whole["month"].between(frame["month"].min(), frame["month"].max())
    return covered


def _keys(frame: pd.DataFrame, key: Sequence[str]) -> pd.Series[str]:
    texts: Mapping[str, pd.Series] = {k: frame[k].fillna("") for k in key}
    joined = pd.Series("", index=frame.index, dtype="str")
    for text in texts.values():
        joined = joined + "\x1f" + text
    return joined
