"""Keys replaced by a keyed hash, direct identifiers dropped, and the secret key never beside the data."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_write_bytes
from hybrid_toolkit.data.known.filler_dates import filler_date
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.matching.profile import Profile
from hybrid_toolkit.data.privacy.column_placing import ColumnPlacing, may_meet_a_key, meets_a_key, only_links, place
from hybrid_toolkit.data.privacy.identifiers import kind_by_name, plain_name
from hybrid_toolkit.data.privacy.pseudonym import name_key, pseudonym
from hybrid_toolkit.data.privacy.row_numbers import row_numbers
from hybrid_toolkit.data.reading.coerce import MISSING_WORDS
from hybrid_toolkit.data.reading.raw_table import Found, nearest_names, normal_name
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import OutputError, UnreadableError, UsageError, plural

_KEY_BYTES = 16
"""Length of the shortest key, 128 bits: NIST SP 800-131A asks for 112 or more of a keyed hash."""
_HALF = 0.5
"""A column of which half are days is no column of keys."""
_YEAR_DIGITS = 4
"""A number no longer than a year, such as 9999 or 0, may be a count."""

_NO_NAME = re.compile(r"(?:sheet|report|export|table|page|query|data) ?\d*", re.I)
_NOT_DATA = ("readme", "data_dictionary")


@dataclass(frozen=True)
class Pseudonymised:
    """What was done to each column; names of columns only, never a value.

    Parameters
    ----------
    tables : dict[str, int]
        Table, file or sheet name -> rows written.
    hashed : tuple[str, ...]
        Columns replaced by a keyed hash, as ``table.column``.
    renamed : dict[str, str]
        Of those, the ones that carry another name now, with it.
    dropped : dict[str, str]
        Columns left out, with the reason.
    kept : tuple[str, ...]
        Columns left as they are that no contract knows: look at them before you share the data.
    key_kept : bool
        Whether the key was written to a file or read from one.
    nobody : dict[str, int], optional
        Hashed columns with cells that stand for no one (UNKNOWN, -1), which were emptied -> how many.
    fillers : dict[str, int], optional
        Columns with days that stand for no date (01/01/1900, 31/12/4712) -> how many; they are left as they are.
    """

    tables: dict[str, int]
    hashed: tuple[str, ...]
    renamed: dict[str, str]
    dropped: dict[str, str]
    kept: tuple[str, ...]
    key_kept: bool
    nobody: dict[str, int] = field(default_factory=dict)
    fillers: dict[str, int] = field(default_factory=dict)

    def summary(self) -> str:
        """What was done, in words, and what is left to the reader."""
        lines = [f"{plural(len(self.tables), 'table')}, {plural(sum(self.tables.values()), 'row')} written."]
        lines.append(f"Replaced by a keyed hash: {', '.join(self.hashed) or 'nothing'}.")
        if self.renamed:
            lines.append("Renamed: " + "; ".join(f"{old} is now {new}" for old, new in self.renamed.items()) + ".")
        if self.dropped:
            lines.append("Left out: " + "; ".join(f"{c} ({why})" for c, why in self.dropped.items()) + ".")
        if self.nobody:
            told = "; ".join(f"{c} ({n:,})" for c, n in self.nobody.items())
            lines.append(f"Cells that stand for no one, such as UNKNOWN or -1, were emptied: {told}.")
        if self.fillers:
            told = "; ".join(f"{c} ({n:,})" for c, n in self.fillers.items())
            lines.append(f"Days that stand for no date, such as 01/01/1900 or 31/12/4712: {told}.")
        if self.kept:
            lines.append(f"Left as they are, so check that nothing in them names a person: {', '.join(self.kept)}.")
        if self.key_kept:
            lines.append(
                "The key file links pseudonyms back to people: keep it apart from the data, and delete it in time."
            )
        else:
            lines.append(
                "The key was thrown away: later data cannot be linked to these, and these cannot be linked to people "
                "by recomputing."
            )
        lines.append("Pseudonymised data are still personal data: access, purpose and retention rules apply.")
        return "\n".join(lines)


def pseudonymise_folder(
    path: str | Path,
    out: str | Path,
    *,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    keep: Collection[str] = (),
    key_file: str | Path | None = None,
) -> Pseudonymised:
    """Read every table, replace keys by a keyed hash that is the same in every table, drop what names a person.

    Parameters
    ----------
    path : str | Path
        A folder, a file, a workbook or a database URL, as for ``load_data``, but with any table and column names.
    out : str | Path
        Folder to write, one CSV a table, whole or not at all; must not be there yet or be empty.
    columns : Collection[str] | None, optional
        Columns to hash, as ``column`` or ``table.column``. By default every column that is named or looks like a key
        (``..._id``, ``Employee No``, ``Supervisor``), but for those of places (la_id, site_id). Numbers that identify a
        person are hashed where they are a key (those of Social Work England are under any name). Blanks, case and
        leading zeros do not count, so that a person has one pseudonym in every table and column.
    drop : Collection[str], optional
        Further columns to leave out. NHS, pupil and National Insurance numbers, names, postcodes, addresses, e-mail
        addresses, telephone numbers, dates of birth and free text are always left out, unless they are among
        ``columns``; a name or an e-mail address that is the only link between two tables is hashed.
    keep : Collection[str], optional
        Columns to leave as they are though no rule places them; never one that identifies a person.
    key_file : str | Path | None, optional
        Where the secret key is kept. A file that is there is read, so that the same person gets the same pseudonym
        again; else a new key is made and written, readable by its owner only. Without it the key is thrown away. It may
        not lie in the folder of the data nor in ``out``.

    Returns
    -------
    Pseudonymised
        Pseudonymised, what was done to each column.

    Raises
    ------
    UnreadableError
        The data or the key file cannot be read.
    OutputError
        ``out`` cannot be written, or the key would lie beside the data.
    UsageError
        A column that is in no table, or columns that no rule places; nothing is written then.
    """
    source = None if "://" in str(path) else _folder_of(Path(path))
    target = Path(out).expanduser().resolve()
    _keep_apart(source, target, key_file)
    found = [f for f in find_sources(path) if normal_name(f.name) not in _NOT_DATA]
    frames = {_file_name(one, found): one.read().frame for one in found}
    _check_names(columns, (*drop, *keep), frames)
    placed = _placed(frames, columns, drop, keep)
    own = row_numbers({(t, h): frames[t][h] for t in frames for h, one in placed[t].items() if one.what == "hash"})
    key, new = _key(key_file)
    done = _Done()
    with atomic_folder(target) as part:
        for name, frame in frames.items():
            text = csv_text(_pseudonymised(name, frame, placed[name], key, done, {h for t, h in own if t == name}))
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
        done.nobody,
        done.fillers,
    )


class _Done:
    """What was done so far, column by column."""

    def __init__(self) -> None:
        self.hashed: list[str] = []
        self.renamed: dict[str, str] = {}
        self.dropped: dict[str, str] = {}
        self.kept: list[str] = []
        self.nobody: dict[str, int] = {}
        self.fillers: dict[str, int] = {}


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
    if len(key) < _KEY_BYTES or not any(key):
        raise UnreadableError(
            "the key file contains no key of this tool (at least 32 hexadecimal digits, not all of them zero).",
            fix="Choose the file that an earlier run wrote, or the name of a new file.",
            code="KEY-BAD",
        )
    return key, False


def _file_name(one: Found, found: list[Found]) -> str:
    file = Path(one.ref.split("/")[0]).stem
    said = one.name
    if file and (_NO_NAME.fullmatch(said) or sum(normal_name(f.name) == normal_name(said) for f in found) > 1):
        of_file = [f for f in found if Path(f.ref.split("/")[0]).stem == file]
        said = file if len(of_file) == 1 else f"{file} {said}"
    name = re.sub(r"[^\w .-]+", "_", said).strip(" .") or "table"
    if sum(f.ref == one.ref and normal_name(f.name) == normal_name(one.name) for f in found) > 1:
        raise UnreadableError(
            f"two tables are called '{one.name}'.",
            fix="Rename the files and sheets so that each name is used once, or pseudonymise them one by one.",
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
                fix=f"Did you mean '{close}'?" if close else "Write column or table.column, as in the files.",
                code="COLUMN-UNKNOWN",
            )


def _placed(
    frames: dict[str, pd.DataFrame], columns: Collection[str] | None, drop: Collection[str], keep: Collection[str]
) -> dict[str, dict[str, ColumnPlacing]]:
    """What happens to every column of every table.

    Raises
    ------
    UsageError
        Columns that no rule places and the user did not name.
    """
    seen = {t: {str(c): Profile(str(c), f[c]) for c in f.columns} for t, f in frames.items()}
    links = only_links(seen)
    placed = {t: {h: place(t, p, links[t]) for h, p in mine.items()} for t, mine in seen.items()}
    for table, mine in placed.items():
        for header, one in mine.items():
            identifies = one.kind is not None
            if _asked(drop, table, header):
                mine[header] = ColumnPlacing("drop", "as asked")
            elif _asked(columns or (), table, header):
                mine[header] = ColumnPlacing("hash", name=one.name, kind=one.kind)
            elif (_asked(keep, table, header) and not identifies) or (
                columns is not None and one.what == "hash" and not identifies
            ):
                mine[header] = ColumnPlacing("keep")
    keys = [seen[t][h].keys for t, mine in placed.items() for h, one in mine.items() if one.what == "hash"]
    for table, mine in placed.items():
        for header, one in mine.items():
            free = one.what in ("keep", "ask") and not _asked(keep, table, header) and columns is None
            if free and seen[table][header].dates < _HALF and meets_a_key(seen[table][header], keys):
                # else the key would stand here in clear, and the link would be lost
                mine[header] = ColumnPlacing("hash")
            elif free and may_meet_a_key(seen[table][header], keys):
                mine[header] = ColumnPlacing("ask", "its numbers are keys of another column")
    unplaced = [f"{t}.{h} ({one.why})" for t, mine in placed.items() for h, one in mine.items() if one.what == "ask"]
    if unplaced:
        raise UsageError(
            f"{plural(len(unplaced), 'column')} could not be placed, and nothing was written: {'; '.join(unplaced)}.",
            fix="Check each column, then leave it out (drop, --drop), keep it as it is (keep, --keep) or hash it "
            "(columns, --columns; that list must then name every column to hash).",
            code="COLUMNS-UNPLACED",
        )
    return placed


def _pseudonymised(
    table: str, frame: pd.DataFrame, placed: dict[str, ColumnPlacing], key: bytes, done: _Done, own: Collection[str]
) -> pd.DataFrame:
    contract = TABLES.get(normal_name(table))
    out: dict[str, pd.Series] = {}
    for column in map(str, frame.columns):
        values, where, plain, one = frame[column], f"{table}.{column}", plain_name(column), placed[column]
        known = contract is not None and plain in contract.names
        if one.what == "drop":
            done.dropped[where] = one.why
        elif one.what == "hash":
            name = column if known or kind_by_name(column) is None else f"{plain}_hash"
            number = one.kind is not None and one.kind.number
            of = f"{table}|" if column in own else ""  # row 7 of one list is nobody of another
            out[name] = _hashed(values, key, number=number, name=one.name, where=where, done=done, of=of)
            done.hashed.append(where)
            if name != column:
                done.renamed[where] = name
        else:
            out[column] = values
            _count_fillers(values, where, done)
            if not known:
                done.kept.append(where)
    return pd.DataFrame(out, index=frame.index)


def _hashed(values: pd.Series, key: bytes, *, number: bool, name: bool, where: str, done: _Done, of: str) -> pd.Series:
    nobody = values.map(lambda v: is_stand_in(v, key=True) or v.casefold() in MISSING_WORDS, na_action="ignore")
    if values.dropna().is_unique and {"0", "1", "2"} <= set(values.dropna()):
        nobody = nobody.mask(values.eq("0"), False)  # events numbered from 0, of which each stands once
    if (nobody == True).any():  # noqa: E712  missing cells are neither
        done.nobody[where] = int((nobody == True).sum())  # noqa: E712
        values = values.mask(nobody.eq(True))
    if number:
        values = values.str.replace(r"[\s-]+", "", regex=True).str.upper()
    known = {v: pseudonym(of + (name_key(v) if name else v), key) for v in values.dropna().unique()}
    return values.map(known).astype("str")


def _count_fillers(values: pd.Series, where: str, done: _Done) -> None:
    fillers = sum(
        int(n) for v, n in values.value_counts().items() if len(str(v)) > _YEAR_DIGITS and filler_date(str(v))
    )
    if fillers:
        done.fillers[where] = fillers
