"""Bringing one's own data, without a widget: what stands at a place, a mapping to mend, problems by table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import pandas as pd

from hybrid_toolkit.data.coverage import coverage_summary
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.mapping_file import parse_mapping
from hybrid_toolkit.data.mapping.propose_mapping import Proposal, propose_mapping
from hybrid_toolkit.data.published import Published, load_published
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.validate import ValidationReport, validate_path
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import KEPT_INSIDE
from hybrid_toolkit.errors import UsageError, plural, toml_place
from hybrid_toolkit.widgets.parts.html_parts import list_html, table_html

LEAVE_OUT = ""
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class DataDeskState:
    """Where the data are and how they are read.

    Parameters
    ----------
    path : str, optional
        Folder, file or database address; without a password when it is saved.
    mapping : str, optional
        Text of the mapping (TOML); empty for none.
    published : str, optional
        File or folder of published statistics to set beside the data; empty for none.
    """

    path: str = ""
    mapping: str = ""
    published: str = ""


def published_added(state: dict[str, object]) -> dict[str, object]:
    """A state that was saved before the desk had a place for published statistics.

    Examples
    --------
    >>> published_added({"path": "folder", "mapping": ""})
    {'path': 'folder', 'mapping': '', 'published': ''}
    """
    return {**state, "published": ""}


@dataclass(frozen=True)
class Checked:
    """What came of looking: sources, a proposal, a report of problems, data, published ones; None where not yet."""

    sources: tuple[tuple[str, str], ...] = ()
    proposal: Proposal | None = None
    report: ValidationReport | None = None
    data: EvaluationData | None = None
    published: Published | None = None
    first: str = ""
    """The first table and figure of the data, as a page."""


def look(path: str) -> tuple[tuple[str, str], ...]:
    """Name and origin of each source at a place.

    Raises
    ------
    UsageError
        No place is named.
    UnreadableError
        Nothing is there.
    """
    return tuple(
        (one.name, "cannot be read" if one.error is not None else one.origin) for one in find_sources(_named(path))
    )


def propose(path: str) -> Proposal:
    """A mapping for what stands there; raises as ``propose_mapping``."""
    return propose_mapping(_named(path))


def check(path: str, mapping: str) -> ValidationReport:
    """Every problem, by table; raises as ``read_raw``."""
    return validate_path(_named(path), _mapping(mapping))


def load(path: str, mapping: str) -> EvaluationData:
    """The data; raises as ``load_data``."""
    return load_data(_named(path), _mapping(mapping))


def load_beside(place: str) -> Published | None:
    """Published statistics of a file or folder, or None where none is named; raises as ``load_published``."""
    return load_published(place.strip()) if place.strip() else None


def without_password(path: str) -> str:
    """A database address without user and password.

    Examples
    --------
    >>> without_password("postgresql://me:secret@host/name"), without_password("folder")
    ('postgresql://host/name', 'folder')
    """
    if "://" not in path:
        return path
    parts = urlsplit(path)
    return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]))


def keep_uploaded(files: Sequence[Mapping[str, Any]]) -> str:
    """Uploaded files in a new private folder; its path.

    Raises
    ------
    UsageError
        No file, or one whose name is no file name.
    """
    if not files:
        raise UsageError("No file was chosen.", fix="Choose one file or several.", code="UPLOAD-NONE")
    folder = Path(mkdtemp(prefix="hybrid-toolkit-"))
    for one in files:
        name = Path(str(one["name"]).replace("\\", "/")).name
        if not name or name.startswith("."):
            raise UsageError(
                "A chosen file has no usable name.", fix="Rename the file and choose it again.", code="UPLOAD-NAME"
            )
        (folder / name).write_bytes(bytes(one["content"]))
    return str(folder)


def open_columns(proposal: Proposal) -> list[tuple[str, str, tuple[str, ...]]]:
    """Table, source column and the contract columns it could be, for each column that was left to a person.

    A column that stands in several files of one table is one choice. What one file of a table gives another may give
    as well, so that a column is free where it is not taken from the same file.
    """
    taken = {(r["table"], r["source"], r["column"]) for r in proposal.matched.to_dict("records")}
    rows = proposal.unmatched[proposal.unmatched["kind"].eq("column")]
    out = []
    for key, mine in rows.groupby(["table", "name"], sort=False):
        table, name = map(str, key)
        if table in TABLES:
            files = mine["source"].unique()
            free = tuple(c for c in TABLES[table].names if any((table, f, c) not in taken for f in files))
            out.append((table, name, free))
    return out


def map_column(
    mapping: str, table: str, source: str, column: str, headers: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The mapping with one source column mapped to a contract column, or to none, in every file that has it.

    Parameters
    ----------
    mapping : str
        Text of the mapping (TOML).
    table : str
        Name of the contract table.
    source : str
        Column of the files.
    column : str
        Column of the contract; empty to leave the source column out.
    headers : Mapping[str, Sequence[str]] | None, optional
        Source, as the mapping names it -> its columns (``Proposal.headers``). None, or a source column that stands
        in none of them, means every part of the table.

    Returns
    -------
    str
        The new text.

    Raises
    ------
    UsageError
        The mapping has no such table, or is no TOML.

    Examples
    --------
    >>> text = '[tables.worker]\\nsource = "S"\\n\\n[tables.worker.columns]\\nfte = "WTE"\\n'
    >>> print(map_column(text, "worker", "Ref", "worker_id"))
    [tables.worker]
    source = "S"
    <BLANKLINE>
    [tables.worker.columns]
    worker_id = "Ref"
    fte = "WTE"
    <BLANKLINE>
    """
    head = f"[tables.{table}.columns]"
    before, *parts = re.split(rf"(?m)^(?=\[+tables\.{re.escape(table)}\]+$)", mapping)
    if not any(head + "\n" in part for part in parts):
        raise UsageError(f"The mapping has no part {head}.", fix="Select 'Propose a mapping' first.", code="MAP-PART")
    ours = [any(source in (headers or {}).get(s, ()) for s in _sources(part, table)) for part in parts]
    if not any(ours):
        ours = [True] * len(parts)
    return before + "".join(
        _map_in_part(part, head, source, column) if mine else part for part, mine in zip(parts, ours, strict=True)
    )


def _sources(part: str, table: str) -> list[str]:
    """What a part of a mapping reads; a part runs up to the next of the same table."""
    try:
        read = tomllib.loads(part)["tables"][table]
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"The mapping cannot be read: {error}.", fix=f"Correct {toml_place(error)} of the mapping.", code="MAP-TOML"
        ) from error
    named = (read[0] if isinstance(read, list) else read).get("source", [])
    return [named] if isinstance(named, str) else list(named)


def _map_in_part(part: str, head: str, source: str, column: str) -> str:
    quoted = '"' + source.replace("\\", "\\\\").replace('"', '\\"') + '"'
    before, found, after = part.partition(head + "\n")
    if not found:
        return part
    end = after.find("\n[")
    own, rest = (after, "") if end < 0 else (after[: end + 1], after[end + 1 :])
    lines = [line for line in own.splitlines() if not re.fullmatch(rf"\w+ = {re.escape(quoted)}", line)]
    if column:
        lines = [line for line in lines if not re.match(rf"(# TODO )?{re.escape(column)} = ", line)]
        lines.insert(0, f"{column} = {quoted}")
    return before + found + "\n".join(lines).rstrip("\n") + "\n" + (f"\n{rest}" if rest else "")


def desk_text(found: Checked) -> str:
    """The answer in one line."""
    if found.data is not None:
        data = found.data
        beside = "" if found.published is None else ", with published statistics"
        held = f"hash {data.hash[:12]}" if data.synthetic else KEPT_INSIDE
        return f"Loaded: {plural(len(data), 'table')}, {held}{beside}"
    if found.report is not None:
        errors, notices = len(found.report.errors), len(found.report.notices)
        return f"Checked: {plural(errors, 'problem')} to fix, {plural(notices, 'notice')}"
    if found.proposal is not None:
        left = len(found.proposal.unmatched)
        return f"Proposed: {plural(len(found.proposal.matched), 'column')} matched, {plural(left, 'item')} left to you"
    if found.sources:
        return f"Found: {plural(len(found.sources), 'source')}"
    return "No data are chosen yet."


def desk_html(found: Checked, gate: Gate) -> str:
    """Tables of what was found; names, counts and positions, never a value."""
    page = ""
    if found.data is not None:
        rows = pd.DataFrame({"table": list(found.data), "rows": [len(found.data.table(t)) for t in found.data]})
        card = gate.facts(rows, title="Tables", basis="metadata", counts=["rows"], source=found.data).content
        shown = [[r["table"], "few" if pd.isna(r["rows"]) else f"{r['rows']:,}"] for r in card.to_dict("records")]
        page += table_html("Tables, rows rounded", ["Table", "Rows"], shown)
        told = list_html([line for line in coverage_summary(found.data.coverage()).splitlines() if line.strip()])
        page += f'<div class="hte-scroll" tabindex="0" role="region" aria-label="What can be measured">{told}</div>'
    page += found.first
    if found.published is not None:
        page += published_html(found.published)
    if found.report is not None:
        page += problems_html(found.report)
    if found.proposal is not None and found.report is None:
        unmatched = found.proposal.unmatched
        left = [
            [str(r[c]) for c in ("table", "source", "name", "nearest", "why")] for r in unmatched.to_dict("records")
        ]
        page += table_html("Left to you", ["Table", "Source", "Name", "Nearest", "Why"], left, words=5)
        heads = ["table", "column", "source", "source_column", "how"]
        matched = [[str(r[c]) for c in heads] for r in found.proposal.matched.to_dict("records")]
        page += table_html("Matched", ["Table", "Column", "Source", "Source column", "By"], matched, words=5)
    if found.sources and found.proposal is None and found.report is None and found.data is None:
        page += table_html("Sources", ["Name", "Where"], [list(s) for s in found.sources], words=2)
    return page


def published_html(published: Published) -> str:
    """What published statistics hold: areas and rows of each level, file by file."""
    counted = published.rows_per_level().groupby(["file", "geographic_level"], sort=False)[["areas", "rows"]].sum()
    rows = [[f, n or "Not known", f"{a:,}", f"{r:,}"] for f, n, a, r in counted.reset_index().itertuples(index=False)]
    return table_html("Published statistics", ["File", "Level", "Areas", "Rows"], rows, words=2)


def problems_html(report: ValidationReport) -> str:
    """Problems by table, errors first."""
    if not (report.errors or report.notices):
        return table_html("Problems", ["Table", "What"], [["all", "No problems to fix."]], words=2)
    rows = [
        [p.table, p.column or "-", "mend" if p.severity == "error" else "notice", p.text,
         f"{p.count:,}: {', '.join(map(str, p.positions))}" if p.positions else f"{p.count:,}", p.fix]
        for p in sorted((*report.errors, *report.notices), key=lambda p: (p.severity != "error", p.table))
    ][:_MOST_SHOWN]  # fmt: skip
    heads = ["Table", "Column", "Kind", "What", "Rows (first)", "How to fix"]
    return table_html("Problems by table", heads, rows, words=6)


def _named(path: str) -> str:
    if not path.strip():
        raise UsageError("No place is named.", fix="Choose files, or write a folder, a file or a database address.",
                         code="PATH-NONE")  # fmt: skip
    return path.strip()


def _mapping(text: str) -> str | None:
    """The mapping as the loader takes it."""
    return cast("str", parse_mapping(text, "mapping")) if text.strip() else None
