"""An evaluator's own data, from files, workbooks, databases or the census return, into contract tables."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData, Source
from hybrid_toolkit.data.mapping.apply_mapping import apply_map, identifiers_in
from hybrid_toolkit.data.mapping.mapping_file import DataMapping, TableMap, load_mapping, shipped_mappings
from hybrid_toolkit.data.privacy.identifiers import refuse_identifiers
from hybrid_toolkit.data.privacy.pseudonym import key_bytes
from hybrid_toolkit.data.reading.coerce import coerce_frames
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, RawTables, nearest_names, normal_name
from hybrid_toolkit.data.reading.readers import find_sources, no_table, source_named, sources_named
from hybrid_toolkit.data.reshape.combine import SourcePart, combine
from hybrid_toolkit.data.reshape.outsiders import leave_outsiders
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.problem import Problem
from hybrid_toolkit.errors import ContractError, MappingError, UnreadableError, plural

_LEAST_COLUMNS = 3
"""A source is known by its columns alone from three on: two such as a key and a date stand in many."""


def load_data(path: str | Path, mapping: str | Path | None = None, *, key: str | bytes | None = None) -> EvaluationData:
    """Read tables, put them into the contracts' names, codes and types, and say where each came from.

    Parameters
    ----------
    path : str | Path
        A folder of CSV, XLSX, ODS or Parquet files named after the tables; one such file; a workbook with a sheet a
        table; the XML of the workforce census; or a database URL (``sqlite:///file.db``, ``duckdb:///file.duckdb``,
        ``postgresql://user:password@host/name``, ``mssql+pyodbc://...``, each with an optional ``?schema=name``). SQL
        Server is supported through its driver but untried: no test runs it.
    mapping : str | Path | None, optional
        A TOML file from an authority's names and codes to the contracts', or the name of a shipped one (``"ssd"``,
        ``"csww-census"``). The census and the Standard Safeguarding Dataset are recognised without.
    key : str | bytes | None, optional
        Secret for columns that a mapping pseudonymises; a random one for this load if not given, so that pseudonyms,
        and with them the hash of the data, then differ from load to load. Never stored. The text of a key file of
        ``pseudonymise_folder`` gives the same pseudonyms as that did.

    Returns
    -------
    EvaluationData
        EvaluationData with one ``Source`` a table: file and sheet, SHA-256, rows, when read, and notes on what was
        assumed or left out.

    Raises
    ------
    UnreadableError
        Nothing is there, or it is locked, cut short, in another encoding, or without any known table.
    ContractError
        Cells cannot be read as their type; one error names every table, column, count and position.
    MappingError
        The mapping names something that does not exist.
    IdentifierError
        A column identifies a person, by its name or by what most of its cells look like.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "worker.csv").write_text("Worker ID,role,start date\\nW1,5,2021-09-06\\nW2,case holder,\\n")
    >>> data = load_data(folder)
    >>> data["worker"]["role"].tolist(), data.provenance[0].origin, data.provenance[0].rows
    (['5', '5'], 'worker.csv', 2)
    """
    raw = read_raw(path, mapping, key=key)
    frames, problems = coerce_frames(raw)
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise _contract_error(errors)
    data = EvaluationData(
        tables=frames,
        provenance=tuple(_with_notes(source, problems) for source in raw.sources),
        synthetic=raw.synthetic,
        label=raw.label if raw.synthetic else "",
        mapping_hash=raw.mapping_hash,
    )
    same = bool(raw.claimed) and data.hash == raw.claimed
    return replace(data, synthetic=True, label=raw.label) if same else data


def read_raw(path: str | Path, mapping: str | Path | None = None, *, key: str | bytes | None = None) -> RawTables:
    """Tables under their contract names and codes, still text, so that every problem in them can be reported.

    Parameters and errors are those of ``load_data``, but for ``ContractError``.
    """
    found = find_sources(path)
    chosen = load_mapping(mapping) if mapping is not None else _recognise(found)
    secret = _secret(key)
    frames: dict[str, pd.DataFrame] = {}
    sources: dict[str, Source] = {}
    kinds: dict[str, str] = {}
    plan = _plan(found, chosen, _place(path))
    read = {key: one.read() for key, one in {id(one): one for _, one in plan}.items()}

    def other(names: Sequence[str]) -> RawTable:
        name = next((n for n in names if sources_named(n, found)), names[0])
        one = source_named(name, found)
        return read.setdefault(id(one), one.read())

    refuse_identifiers(p for table_map, one in plan for p in identifiers_in(read[id(one)], table_map))
    parts: dict[str, list[SourcePart]] = {}
    for table_map, one in plan:
        raw = read[id(one)]
        frame, source = apply_map(raw, table_map, key=secret, others=other)
        parts.setdefault(table_map.table, []).append(SourcePart(table_map, frame, source, raw.kind))

    def unfiltered(part: SourcePart) -> pd.DataFrame:
        raw = next(read[id(f)] for m, f in plan if m is part.table_map and f.origin == part.source.origin)
        open_to_all = replace(part.table_map, steps=replace(part.table_map.steps, only={}))
        return apply_map(raw, open_to_all, key=secret, others=other)[0]

    for name, some in leave_outsiders(parts, unfiltered).items():
        frames[name], source = combine(some)
        note = f"read by the mapping '{chosen.name}'" if chosen and name in chosen.tables else ""
        sources[name] = replace(source, notes=(*((note,) if note else ()), *source.notes))
        kinds[name] = "workbook" if any(p.kind == "workbook" for p in some) else some[0].kind
    used = set(read)
    synthetic, label, claimed = _synthetic(path, sources)
    maps = {name: some[0].table_map.dates for name, some in parts.items() if len(some) == 1}
    hashes = sorted({m.sha256 for m in [chosen] if m is not None} | _census_hash(plan))
    return RawTables(
        frames={n: frames[n] for n in TABLES if n in frames},
        sources=tuple(sources[n] for n in TABLES if n in sources),
        kinds=kinds,
        dates=maps,
        notices=_unused([f for f in found if id(f) not in used]),
        mapping_hash="+".join(hashes) or None,
        synthetic=synthetic,
        label=label,
        claimed="" if synthetic else claimed,
    )


def _plan(found: list[Found], mapping: DataMapping | None, place: str) -> list[tuple[TableMap, Found]]:
    """Which source makes which table."""
    plan: list[tuple[TableMap, Found]] = []
    for table_map in mapping.parts if mapping else ():
        plan += _mapped(table_map, found)
    taken = {id(one) for _, one in plan}
    made = set(mapping.tables) if mapping else set()
    for one in found:
        if one.mapping and not (mapping and mapping.name == one.mapping):
            parts = [m for m in load_mapping(one.mapping).parts if normal_name(one.name) in map(normal_name, m.source)]
            # its workers, say, have other numbers than those of the staff list that the mapping reads
            plan += [(m, one) for m in parts if not made & {p.table for p in parts}]
        elif normal_name(one.name) in TABLES and id(one) not in taken and one.error is None:
            plan.append((TableMap(normal_name(one.name), (one.name,)), one))
    if not plan:
        raise no_table(found, place)
    by_table: dict[str, list[str]] = {}
    meant = {id(m) for m in mapping.parts} if mapping else set()
    for table_map, one in plan:
        if id(table_map) not in meant or table_map.table not in by_table:
            by_table.setdefault(table_map.table, []).append(one.origin)
    twice = {table: origins for table, origins in by_table.items() if len(origins) > 1}
    if twice:
        raise UnreadableError(
            " ".join(f"The table '{t}' was found in {len(o)} places: {' and '.join(o)}." for t, o in twice.items()),
            fix="If both are this table, move the rows into one file. If not, give each file or sheet a different name "
            "and correct the mapping.",
            code="TABLE-TWICE",
        )
    return plan


def _mapped(table_map: TableMap, found: list[Found]) -> list[tuple[TableMap, Found]]:
    here = [one for name in table_map.source for one in sources_named(name, found)]
    if not here and table_map.if_present:
        here = _by_content(table_map, found)
    if here:
        return [(table_map, one) for one in dict.fromkeys(here)]
    if table_map.if_present:
        return []
    for one in found:
        if one.error is not None:
            raise one.error
    close = nearest_names(table_map.source[0], [f.name for f in found])
    raise MappingError(
        f"tables.{table_map.table}.source: nothing is named {' or '.join(repr(s) for s in table_map.source)}"
        + (f" (nearest: '{close}')." if close else f" (there is: {', '.join(f.name for f in found) or 'nothing'})."),
        fix="Correct the name of the file, sheet or database table in the mapping.",
        code="MAP-SOURCE",
    )


def _by_content(table_map: TableMap, found: list[Found]) -> list[Found]:
    """Sources with every column of a part that need not be there, whatever they are called; from three columns up."""
    needed = [n for c, n in table_map.columns.items() if c not in table_map.optional]
    named = [n for names in needed for n in names]
    if len(needed) < _LEAST_COLUMNS or not all(any(c.isupper() or c == "_" for c in n) for n in named):
        return []
    return [one for one in found if one.error is None and not one.mapping and _holds(one, needed)]


def _holds(one: Found, needed: Sequence[Sequence[str]]) -> bool:
    headers = {normal_name(str(h)) for h in one.read().frame.columns}
    return all(any(normal_name(n) in headers for n in names) for names in needed)


def returns_here(mapping: DataMapping, found: list[Found]) -> list[Found]:
    """The sources that a shipped mapping of a national return knows, by name and columns or by columns alone."""
    here: list[Found] = []
    for part in mapping.parts:
        needed = [n for c, n in part.columns.items() if c not in part.optional]
        named = [
            f
            for f in found
            if normal_name(f.name) in map(normal_name, part.source) and f.error is None and not f.mapping
        ]
        here += [f for f in named if _holds(f, needed)] or _by_content(part, found)
    return list(dict.fromkeys(here))


def _recognise(found: list[Found]) -> DataMapping | None:
    """The one shipped mapping whose sources are here, where no file is named like a table."""
    if any(normal_name(f.name) in TABLES or f.mapping for f in found):
        return None
    fits = [m for m in map(load_mapping, shipped_mappings()) if _fits(m, found)]
    return fits[0] if len(fits) == 1 else None


def _fits(mapping: DataMapping, found: list[Found]) -> bool:
    plan = [(m, f) for m in mapping.parts for f in found if normal_name(f.name) in map(normal_name, m.source)]
    for table_map, one in plan:
        needed = [n for c, n in table_map.columns.items() if c not in table_map.optional]
        if one.error is not None or not _holds(one, needed):
            return False
    return bool(plan) or bool(returns_here(mapping, found))


def _census_hash(plan: Iterable[tuple[TableMap, Found]]) -> set[str]:
    return {load_mapping(one.mapping).sha256 for _, one in plan if one.mapping}


def _secret(key: str | bytes | None) -> bytes:
    if key is None:
        return secrets.token_bytes(32)
    return key_bytes(key)


def _place(path: str | Path) -> str:
    """The last part of a path, or a URL without user and password."""
    if "://" in str(path):
        parts = urlsplit(str(path))
        return f"{parts.scheme}: {Path(parts.path).name or 'database'}"
    return Path(path).name or str(path)


def _unused(left: list[Found]) -> tuple[Problem, ...]:
    """A notice for each source left out whose name is nearly that of a table."""
    notices = []
    for one in left:
        if one.error is not None:
            text = f"It was left out because it cannot be read ({one.error.code}): {one.error.message}"
            notices.append(Problem(one.name, "", "SOURCE-UNREADABLE", 1, (), text, one.error.fix, "notice"))
            continue
        if one.mapping:
            text = f"It was left out ({one.origin}): the mapping makes its table from another source."
            fix = "Remove that part of the mapping to read the return in its place."
            notices.append(Problem(one.name, "", "RETURN-LEFT", 1, (), text, fix, "notice"))
            continue
        table = nearest_names(one.name, TABLES, cutoff=0.75)
        if table:
            text = f"It was left out: its name is not a table's, though near to '{table}' ({one.origin})."
            notices.append(
                Problem(one.name, "", "SOURCE-UNUSED", 1, (), text, f"Name it '{table}' if it is.", "notice")
            )
    return tuple(notices)


def _synthetic(path: str | Path, sources: Mapping[str, Source]) -> tuple[bool, str, str]:
    """Whether these are the files of a manifest that calls them simulated; its label; the content it speaks of.

    The stamp is bound to content: a manifest beside other files says nothing of them.
    """
    if "://" in str(path):
        return False, "", ""
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    content = _json(folder / "manifest.json")
    if content.get("synthetic") is not True:
        return False, "", ""
    files = content.get("files")
    listed = {str(name): entry for name, entry in files.items()} if isinstance(files, dict) else {}
    hashes = {str(e.get("sha256")) for e in listed.values() if isinstance(e, dict)}
    bound = bool(sources) and all(source.sha256 in hashes for source in sources.values())
    return bound, str(content.get("label") or ""), str(content.get("content_sha256") or "")


def _json(file: Path) -> Mapping[str, object]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _with_notes(source: Source, problems: Iterable[Problem]) -> Source:
    notes = [f"{p.column}: {p.text}" for p in problems if p.table == source.table and p.severity == "notice"]
    return replace(source, notes=(*source.notes, *notes))


def _contract_error(errors: list[Problem]) -> ContractError:
    lines = "\n".join(f"  {problem}" for problem in errors)
    tables = len({p.table for p in errors})
    return ContractError(
        f"There {'is' if len(errors) == 1 else 'are'} {plural(len(errors), 'error')} in {plural(tables, 'table')}:\n"
        f"{lines}\n",
        fix="Correct these cells in the source system and load the data again. 'hybrid-toolkit validate FOLDER --out "
        "errors.csv' gives a full list.",
        code=errors[0].code if len(errors) == 1 else "CONTRACT",
    )
