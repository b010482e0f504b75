"""An authority's own names and codes, put into the contract's: a TOML file, read strictly.

::

    name = "our-hr-system"                  # optional

    [tables.worker]
    source = "STAFF LIST"                   # file, sheet or database table; "File.xlsx/Sheet1" names one without doubt
    dates = "%d/%m/%Y"                      # optional; or one format a column: { start_date = "%d.%m.%Y" }
    drop = ["Full name", "SWE number"]      # left out on purpose; identifiers must stand here
    pseudonymise = ["worker_id"]            # replaced by a keyed hash, the key being new for each load
    optional = ["fte"]                      # mapped columns that may be absent
    skip_empty = ["worker_id"]              # rows without them are left out, and counted
    distinct = true                         # rows that repeat in full are kept once
    if_present = true                       # the whole source may be absent

    [tables.worker.columns]
    worker_id = "Staff ref"                 # contract column = source column, or a list, the first found counts

    [tables.worker.codes.role]
    "SW" = "5"                              # source code = contract code; "" means not known

    [tables.worker.constants]
    agency = "false"                        # the same value in every row

    [tables.worker.keep]
    "Directorate" = ["Children"]            # only rows whose source column holds one of these

A list of sources is read from all that are there, one below the other. Where the columns differ, a table is written
as several parts, each [[tables.contact]]; with ``joined = true`` a part is joined by the table's key instead. What
else may be done to the rows of a part stands in ``reshape/spec.py``, an example of each in the tests::

    missing = { worker_id = ["UNKNOWN"] }   # texts that mean "not known"
    loose = ["worker_id"]                   # keys in which case and leading zeros do not count
    times = { h_home = 7.4 }                # days to hours
    add_up = ["h_home", "h_office"]         # weeks of one month
    halves = "Time of entry"                # the half of the day, of a time
    newest = "Date Recorded"                # of rows with the same key, the newest
    number = "contact_id"                   # rows numbered, where a source has no key of its own
    only = { role = ["3", "4", "5"] }       # rows of other known codes go, and what other tables say of those staff
    due = { statutory_cp = "10 working days", statutory_cla = "6 weeks" }   # the authority's rule, where no due date is
    spells = { start = "From", end = "To", days = "Days lost", into = "sick_days" }
    each = { Session = { "All day" = ["am", "pm"] } }   # a row for each of several
    attended = { date = "Day", at = "Place", by = "Staff", slot = "AM or PM" }  # half-days to hours by month
    open = { start = "From", end = "To", by = "Worker", count = "Child", into = "cases" }
    month_of = { month = "Month", year = "Year", into = "Month and year" }  # "Apr" of "2024/25", read as one column
    day_columns = { columns = ["Mon 1", "Tue 2"], month = "2025-04" }  # or week = its Monday, weeks = a column
    grid = { columns = ["Apr-24", "May-24"], name = "month", value = "sick_days" }
    wide = { names = "Question", values = "Answer", rows = ["Household", "Date"] }
    households = { child = "Child ID", by = ["Address key"] }
    waves = "Survey date"                   # numbers the waves of a survey

    [tables.survey.long]
    "I have been feeling useful" = "swemwbs/swemwbs_2"

    [tables.attendance_day.places]          # what stands below the days of day_columns
    "O/H" = ["office", "home"]              # before and after noon; "" is neither

    [tables.access.flags."Digital access"]
    "No device" = { devices = false }

    [tables.access.ticks."What do you have?"]
    "Laptop or tablet" = "devices"

    [tables.worker.lookup.team_id]
    source = "departments"
    from = "Name"
    to = "Code"

Contract columns that a mapping does not name are still found under their own names, and so are whole tables.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from hybrid_toolkit.data.reading.raw_table import nearest_names
from hybrid_toolkit.data.reshape.step_kinds import STEP_KEYS, Steps
from hybrid_toolkit.data.reshape.step_reading import read_steps
from hybrid_toolkit.data.tables.contracts import TABLES, TableContract
from hybrid_toolkit.errors import MappingError, UnreadableError, plural, toml_place

BOOL_TEXTS = ("true", "false", "1", "0", "yes", "no", "y", "n", "")


@dataclass(frozen=True, slots=True)
class TableMap:
    """How one contract table is made from one source; the fields are the keys of the file."""

    table: str
    source: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    pseudonymise: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    skip_empty: tuple[str, ...] = ()
    distinct: bool = False
    if_present: bool = False
    steps: Steps = field(default_factory=Steps)


@dataclass(frozen=True, slots=True)
class DataMapping:
    """A whole mapping.

    Parameters
    ----------
    name : str
        Its own name, or that of its file.
    tables : Mapping[str, TableMap]
        Contract table name -> ``TableMap``, the first part of a table that has several.
    sha256 : str
        Hash of the text it was read from.
    parts : tuple[TableMap, ...], optional
        Every part of every table, in the order of the file.
    """

    name: str
    tables: Mapping[str, TableMap]
    sha256: str
    parts: tuple[TableMap, ...] = ()


def shipped_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with the package.

    Examples
    --------
    >>> shipped_mappings()
    ('annex-a', 'cin-census', 'csww-census', 'ssd', 'ssda903')
    """
    folder = resources.files("hybrid_toolkit.data") / "built_in_mappings"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def load_mapping(source: str | Path | DataMapping) -> DataMapping:
    """A mapping from a shipped name or a TOML file.

    Raises
    ------
    UnreadableError
        There is no such file and no built-in mapping has that name.
    MappingError
        The file is not TOML, or names a table, column, code or key that does not exist.

    Examples
    --------
    >>> load_mapping("ssd").tables["worker"].columns["worker_id"]
    ('prof_professional_id', 'prof_staff_id')
    """
    if isinstance(source, DataMapping):
        return source
    if str(source) in shipped_mappings():
        file = resources.files("hybrid_toolkit.data") / "built_in_mappings" / f"{source}.toml"
        return parse_mapping(file.read_text(encoding="utf-8"), str(source))
    path = Path(source)
    try:
        return parse_mapping(path.read_bytes().decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise UnreadableError(
            f"{path.name}: the mapping is not UTF-8.", fix="Save it as UTF-8.", code="FILE-ENCODING"
        ) from None
    except OSError:
        raise UnreadableError(
            f"There is no mapping file '{path.name}' at that place, and no built-in mapping has that name.",
            fix=f"Enter the path of a TOML file, or one of: {', '.join(shipped_mappings())}.",
            code="PATH-MISSING",
        ) from None


def parse_mapping(text: str, origin: str) -> DataMapping:
    """A mapping from its TOML text.

    Raises
    ------
    MappingError
        As in ``load_mapping``, with every problem in one message.
    """
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of too many digits, a list too deep
        line = toml_place(error)
        why = str(error).partition(" (at ")[0]
        raise MappingError(
            f"{origin}: the mapping file cannot be read{f' at {line}' if line else ''}: {why}.",
            fix=f"Correct {line or 'what is nested too deeply or too long'}. Text needs quotation marks, and each name "
            "can appear only once.",
            code="MAP-TOML",
        ) from None
    check = _Check(origin)
    check.keys("", content, ("name", "tables"))
    tables = content.get("tables", {})
    if not isinstance(tables, dict) or not tables:
        check.say("MAP-KEY", "it has no [tables.NAME] part")
        tables = {}
    pieces = [(name, one) for name, part in tables.items() for one in (part if isinstance(part, list) else [part])]
    parts = tuple(made for name, one in pieces if (made := check.table(name, one)) is not None)
    check.raise_all()
    return DataMapping(
        str(content.get("name", origin)),
        {name: next(p for p in parts if p.table == name) for name in dict.fromkeys(p.table for p in parts)},
        hashlib.sha256(text.encode()).hexdigest(),
        parts,
    )


class _Check:
    """Reads the parts of a mapping and collects what is wrong with them."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.wrong: list[tuple[str, str]] = []

    def say(self, code: str, text: str) -> None:
        self.wrong.append((code, text))

    def raise_all(self) -> None:
        if self.wrong:
            lines = "; ".join(text for _, text in self.wrong)
            raise MappingError(
                f"{self.origin}: {plural(len(self.wrong), 'problem')} in the mapping: {lines}.",
                fix="Correct these names; the data dictionary lists every table, column and code.",
                code=self.wrong[0][0],
            )

    def keys(self, where: str, part: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in part:
            if key not in known:
                self.say("MAP-KEY", f"unknown key '{where}{key}'{_hint(key, known)}")

    def table(self, name: str, part: object) -> TableMap | None:
        where = f"tables.{name}"
        if name not in TABLES:
            self.say("MAP-TABLE", f"unknown table '{where}'{_hint(name, TABLES)}")
            return None
        if not isinstance(part, dict):
            self.say("MAP-KEY", f"'{where}' must be a table of keys")
            return None
        known = tuple(f for f in TableMap.__slots__ if f not in ("table", "steps"))
        self.keys(f"{where}.", part, (*known, *STEP_KEYS))
        twice = set(self.part(where, part, "columns")) & set(self.part(where, part, "constants"))
        for column in sorted(twice):
            self.say("MAP-TWICE", f"'{where}' gives '{column}' in columns and again in constants; keep one of them")
        contract = TABLES[name]
        return TableMap(
            table=name,
            source=self.texts(f"{where}.source", part.get("source", name)),
            columns={c: self.texts(f"{where}.columns.{c}", v) for c, v in self.by_column(contract, part, "columns")},
            codes={c: self.codes(contract, c, v) for c, v in self.by_column(contract, part, "codes")},
            constants={c: self.constant(contract, c, v) for c, v in self.by_column(contract, part, "constants")},
            keep={k: self.kept(f"{where}.keep.{k}", v) for k, v in self.part(where, part, "keep").items()},
            dates=self.dates(contract, part.get("dates", {})),
            drop=self.texts(f"{where}.drop", part.get("drop", [])),
            pseudonymise=self.names(contract, part, "pseudonymise"),
            optional=self.names(contract, part, "optional"),
            skip_empty=self.names(contract, part, "skip_empty"),
            distinct=self.flag(where, part, "distinct"),
            if_present=self.flag(where, part, "if_present"),
            steps=read_steps(contract, part, self.say),
        )

    def part(self, where: str, part: Mapping[str, Any], key: str) -> dict[str, Any]:
        value = part.get(key, {})
        if isinstance(value, dict):
            return value
        self.say("MAP-KEY", f"'{where}.{key}' must be a table of keys")
        return {}

    def by_column(self, contract: TableContract, part: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
        where = f"tables.{contract.name}"
        found = self.part(where, part, key).items()
        for column, _ in found:
            self.column(contract, column, f"{where}.{key}.{column}")
        return [(c, v) for c, v in found if c in contract.names]

    def column(self, contract: TableContract, column: str, where: str) -> bool:
        if column in contract.names:
            return True
        self.say("MAP-COLUMN", f"unknown column '{where}'{_hint(column, contract.names)}")
        return False

    def texts(self, where: str, value: object) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        if all(isinstance(i, str) and i.strip() for i in items):
            return tuple(str(i) for i in items)
        self.say("MAP-KEY", f"'{where}' must be a name or a list of names")
        return ()

    def kept(self, where: str, value: object) -> tuple[str, ...]:
        """Texts of the rows that count; an empty one stands for empty cells."""
        filled = [v for v in value if v != ""] if isinstance(value, list) else value
        return self.texts(where, filled) + (("",) if filled != value else ())

    def names(self, contract: TableContract, part: Mapping[str, Any], key: str) -> tuple[str, ...]:
        where = f"tables.{contract.name}.{key}"
        return tuple(c for c in self.texts(where, part.get(key, [])) if self.column(contract, c, f"{where}: {c}"))

    def flag(self, where: str, part: Mapping[str, Any], key: str) -> bool:
        value = part.get(key, False)
        if not isinstance(value, bool):
            self.say("MAP-KEY", f"'{where}.{key}' must be true or false")
        return value is True

    def constant(self, contract: TableContract, column: str, value: object) -> str:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        if isinstance(value, dict | list):
            self.say("MAP-KEY", f"'tables.{contract.name}.constants.{column}' must be one value")
        self.target(contract, column, text, f"tables.{contract.name}.constants.{column}")
        return text

    def codes(self, contract: TableContract, column: str, value: object) -> Mapping[str, str]:
        where = f"tables.{contract.name}.codes.{column}"
        if contract[column].kind not in ("code", "bool"):
            self.say("MAP-CODE", f"'{where}': the column holds no codes")
            return {}
        if not isinstance(value, dict):
            self.say("MAP-KEY", f"'{where}' must be a table of codes")
            return {}
        made = {}
        for source, target in value.items():
            text = ("true" if target else "false") if isinstance(target, bool) else str(target)
            if self.target(contract, column, text, f'{where}."{source}"'):
                made[source] = text
        return made

    def target(self, contract: TableContract, column: str, text: str, where: str) -> bool:
        spec = contract[column]
        allowed = (*spec.codes, "") if spec.kind == "code" else BOOL_TEXTS
        if spec.kind not in ("code", "bool") or (text if spec.kind == "code" else text.casefold()) in allowed:
            return True
        shown = ", ".join(c or '""' for c in allowed)
        self.say("MAP-CODE", f"'{where}' leads to a code that {contract.name}.{column} does not have (it has {shown})")
        return False

    def dates(self, contract: TableContract, value: object) -> Mapping[str, str]:
        where = f"tables.{contract.name}.dates"
        formats = value if isinstance(value, dict) else {"": value}
        for column, pattern in formats.items():
            known = not column or self.column(contract, column, f"{where}.{column}")
            if column and known and contract[column].kind not in ("date", "month"):
                self.say("MAP-DATE", f"'{where}.{column}': the column holds no dates")
            if not isinstance(pattern, str) or not ("%m" in pattern or "%b" in pattern or "%B" in pattern):
                self.say("MAP-DATE", f"'{where}' must be a date format such as \"%d/%m/%Y\"")
        return {c: p for c, p in formats.items() if isinstance(p, str)}


def _hint(name: str, among: Any) -> str:
    close = nearest_names(name, among)
    return f" (nearest: '{close}')" if close else f" (known: {', '.join(among)})"
