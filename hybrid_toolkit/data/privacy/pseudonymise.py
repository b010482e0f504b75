"""Keys replaced by a keyed hash, direct identifiers dropped, and the secret key never beside the data."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_write_bytes
from hybrid_toolkit.data.privacy.identifiers import kind_by_content, kind_by_name, plain_name
from hybrid_toolkit.data.privacy.pseudonym import pseudonym
from hybrid_toolkit.data.reading.raw_table import Found, nearest_names, normal_name
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import OutputError, UnreadableError, UsageError

PUBLIC_KEYS = ("la_id", "site_id")
"""Keys of places, not people: left as they are unless they are asked for."""
_KEY = re.compile(r"(\w+_)?(id|ref|reference|key|guid|uuid)")
_NOT_DATA = ("readme", "data_dictionary")


@dataclass(frozen=True)
class Pseudonymised:
    """What was done to each column; names of columns only, never a value.

    Parameters
    ----------
    tables : table, file or sheet name -> rows written.
    hashed : columns replaced by a keyed hash, as ``table.column``.
    renamed : of those, the ones that carry another name now, with it.
    dropped : columns left out, with the reason.
    kept : columns left as they are that no contract knows: look at them before you share the data.
    key_kept : whether the key was written to a file or read from one.
    """

    tables: dict[str, int]
    hashed: tuple[str, ...]
    renamed: dict[str, str]
    dropped: dict[str, str]
    kept: tuple[str, ...]
    key_kept: bool

    def summary(self) -> str:
        """What was done, in words, and what is left to the reader."""
        lines = [f"{len(self.tables)} table(s), {sum(self.tables.values()):,} row(s) written."]
        lines.append(f"Replaced by a keyed hash: {', '.join(self.hashed) or 'nothing'}.")
        if self.renamed:
            lines.append("Renamed: " + "; ".join(f"{old} is now {new}" for old, new in self.renamed.items()) + ".")
        if self.dropped:
            lines.append("Left out: " + "; ".join(f"{c} ({why})" for c, why in self.dropped.items()) + ".")
        if self.kept:
            lines.append(f"Left as they are, so check that nothing in them names a person: {', '.join(self.kept)}.")
        if self.key_kept:
            lines.append(
                "The key file links pseudonyms back to people: keep it apart from the data, and delete it in time."
            )
        else:
            lines.append(
                "The key was thrown away: later data cannot be linked to these, nor these to people by recomputing."
            )
        lines.append("Pseudonymised data are still personal data: access, purpose and retention rules apply.")
        return "\n".join(lines)


def pseudonymise_folder(
    path: str | Path,
    out: str | Path,
    *,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    key_file: str | Path | None = None,
) -> Pseudonymised:
    """Read every table, replace keys by a keyed hash that is the same in every table, drop what names a person.

    Parameters
    ----------
    path : a folder, a file, a workbook or a database URL, as for ``load_data``, but with any table and column names.
    out : folder to write, one CSV a table, whole or not at all; must not be there yet or be empty.
    columns : columns to hash, as ``column`` or ``table.column``. By default every column that is named like a key
        (``..._id``, ``..._ref``), but for those of places (la_id, site_id). Numbers that identify a person (NHS, Social
        Work England, pupil and National Insurance numbers) are always hashed.
    drop : further columns to leave out. Names, postcodes, addresses, e-mail addresses, telephone numbers and dates
        of birth are always left out, unless they are among ``columns``.
    key_file : where the secret key is kept. A file that is there is read, so that the same person gets the same
        pseudonym again; else a new key is made and written, readable by its owner only. Without it the key is
        thrown away. It may not lie in the folder of the data nor in ``out``.

    Returns
    -------
    Pseudonymised, what was done to each column.

    Raises
    ------
    UnreadableError : the data or the key file cannot be read.
    OutputError : ``out`` cannot be written, or the key would lie beside the data.
    UsageError : a column that is in no table.
    """
    source = None if "://" in str(path) else _folder_of(Path(path))
    target = Path(out).expanduser().resolve()
    _keep_apart(source, target, key_file)
    found = [f for f in find_sources(path) if normal_name(f.name) not in _NOT_DATA]
    frames = {_file_name(one, found): one.read().frame for one in found}
    _check_names(columns, drop, frames)
    key, new = _key(key_file)
    done = _Done()
    with atomic_folder(target) as part:
        for name, frame in frames.items():
            text = csv_text(_pseudonymised(name, frame, columns, drop, key, done))
            (part / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        if new and key_file is not None:
            atomic_write_bytes(key_file, key.hex().encode() + b"\n", mode=0o600)
    return Pseudonymised(
        {name: len(frame) for name, frame in frames.items()},
        tuple(done.hashed),
        done.renamed,
        done.dropped,
        tuple(done.kept),
        key_file is not None,
    )


class _Done:
    """What was done so far, column by column."""

    def __init__(self) -> None:
        self.hashed: list[str] = []
        self.renamed: dict[str, str] = {}
        self.dropped: dict[str, str] = {}
        self.kept: list[str] = []


def _folder_of(path: Path) -> Path:
    whole = path.expanduser().resolve()
    return whole if whole.is_dir() else whole.parent


def _within(inner: Path, outer: Path) -> bool:
    return inner == outer or outer in inner.parents


def _keep_apart(source: Path | None, target: Path, key_file: str | Path | None) -> None:
    if source is not None and (_within(target, source) or _within(source, target)):
        raise OutputError(
            f"the output folder '{target.name}' and the folder of the data lie within one another.",
            fix="Write to a folder elsewhere, so that raw and pseudonymised data never mix.",
            code="OUTPUT-BESIDE",
        )
    if key_file is None:
        return
    key = Path(key_file).expanduser().resolve()
    if _within(key, target) or (source is not None and _within(key, source)):
        raise OutputError(
            "the key file would lie beside the data that it opens.",
            fix="Keep the key in another place, which those who use the data cannot read.",
            code="KEY-BESIDE",
        )


def _key(key_file: str | Path | None) -> tuple[bytes, bool]:
    """The key, and whether it is new."""
    if key_file is None or not Path(key_file).expanduser().exists():
        return secrets.token_bytes(32), True
    try:
        key = bytes.fromhex(Path(key_file).expanduser().read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) < 16:
        raise UnreadableError(
            "the key file does not hold a key of this tool (at least 32 hexadecimal digits).",
            fix="Give the file that an earlier run wrote, or the name of a new file.",
            code="KEY-BAD",
        )
    return key, False


def _file_name(one: Found, found: list[Found]) -> str:
    name = re.sub(r"[^\w .-]+", "_", one.name).strip(" .") or "table"
    if sum(normal_name(f.name) == normal_name(one.name) for f in found) > 1:
        raise UnreadableError(
            f"two tables are called '{one.name}'.",
            fix="Give each file and sheet its own name, or pseudonymise them one by one.",
            code="TABLE-TWICE",
        )
    return name


def _asked(names: Iterable[str], table: str, column: str) -> bool:
    wanted = {normal_name(n) for n in names}
    return normal_name(column) in wanted or f"{normal_name(table)}_{normal_name(column)}" in {
        normal_name(n) for n in names if "." in n
    }


def _check_names(columns: Collection[str] | None, drop: Collection[str], frames: dict[str, pd.DataFrame]) -> None:
    there = [(t, str(c)) for t, f in frames.items() for c in f.columns]
    for name in (*(columns or ()), *drop):
        if not any(_asked([name], t, c) for t, c in there):
            close = nearest_names(name, [c for _, c in there])
            raise UsageError(
                f"no table has a column '{name}'.",
                fix=f"Did you mean '{close}'?" if close else "Give column or table.column, as in the files.",
                code="COLUMN-UNKNOWN",
            )


def _pseudonymised(
    table: str, frame: pd.DataFrame, columns: Collection[str] | None, drop: Collection[str], key: bytes, done: _Done
) -> pd.DataFrame:
    contract = TABLES.get(normal_name(table))
    out: dict[str, pd.Series] = {}
    for column in map(str, frame.columns):
        values, where, plain = frame[column], f"{table}.{column}", plain_name(column)
        known = contract is not None and plain in contract.names
        kind = None if known else kind_by_name(column)
        kind = kind or kind_by_content(values)
        asked = _asked(columns or (), table, column)
        is_key = _KEY.fullmatch(plain) or (contract is not None and known and contract[plain].kind == "id")
        if _asked(drop, table, column):
            done.dropped[where] = "as asked"
        elif kind is not None and not kind.keep and not asked:
            done.dropped[where] = kind.name
        elif kind is not None or asked or (columns is None and is_key and plain not in PUBLIC_KEYS):
            name = column if known or kind_by_name(column) is None else f"{plain}_hash"
            out[name] = _hashed(values, key, number=kind is not None and kind.keep)
            done.hashed.append(where)
            if name != column:
                done.renamed[where] = name
        else:
            out[column] = values
            if not known:
                done.kept.append(where)
    return pd.DataFrame(out, index=frame.index)


def _hashed(values: pd.Series, key: bytes, *, number: bool) -> pd.Series:
    if number:
        values = values.str.replace(r"[\s-]+", "", regex=True).str.upper()
    known = {v: pseudonym(v, key) for v in values.dropna().unique()}
    return values.map(known).astype("str")
