"""A first draft of a mapping: what is sure, what is guessed, and what a person has to decide.

Sources are recognised by the names of their columns (synonyms of the national returns and common systems, and near
spellings), by what the columns hold, and by keys that meet those of other sources. Extra columns never count against
a source. Values are data: a source code is written into the proposal only where its column has few codes and at least
ten rows hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.load import returns_here
from hybrid_toolkit.data.mapping.mapping_file import load_mapping, shipped_mappings
from hybrid_toolkit.data.mapping.return_parts import ReturnPart, return_parts
from hybrid_toolkit.data.matching.parts import ProposedPart
from hybrid_toolkit.data.matching.plan import plan_parts
from hybrid_toolkit.data.matching.profile import SourceProfile, profile
from hybrid_toolkit.data.matching.repeated_keys import with_keys
from hybrid_toolkit.data.matching.tables import Choice, choose
from hybrid_toolkit.data.matching.write import HEAD, ProposalRow, write_part
from hybrid_toolkit.data.reading.raw_table import FIRST_ROWS, nearest_names, normal_name
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import UnreadableError, UsageError, plural
from hybrid_toolkit.result import RowsHidden

ROWS_MATCHED = 20_000
"""Rows by which a database table or large file is recognised: all workers of the largest authority, weeks of visits."""


@dataclass(frozen=True, slots=True)
class Proposal(RowsHidden):
    """A proposed mapping.

    Parameters
    ----------
    toml : str
        The text of the mapping, which ``load_mapping`` reads once saved.
    matched : pd.DataFrame
        Frame ``table, column, source, source_column, how, sure``; ``sure`` is ``"sure"`` or ``"guess"``.
    unmatched : pd.DataFrame
        Frame ``kind, table, source, name, nearest, why``: sources, columns and codes left to a person.
    questions : tuple[str, ...], optional
        What has to be answered before the mapping loads, one sentence each.
    shipped : tuple[str, ...], optional
        Names of the mappings of national returns that know some of what is here.
    headers : Mapping[str, tuple[str, ...]], optional
        Source, as the mapping names it -> its columns, without those that identify a person.
    partly : tuple[str, ...], optional
        Tables and large files of which the first rows alone were looked at, one sentence each.
    """

    toml: str
    matched: pd.DataFrame = field(repr=False)
    unmatched: pd.DataFrame = field(repr=False)
    questions: tuple[str, ...] = field(default=())
    shipped: tuple[str, ...] = field(default=())
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    partly: tuple[str, ...] = field(default=())

    def summary(self) -> str:
        """What was matched and what was not, in a few lines."""
        tables = self.matched["table"].nunique() if len(self.matched) else 0
        lines = [
            f"{plural(len(self.matched), 'column')} of {plural(tables, 'table')} matched; "
            f"{plural(len(self.unmatched), 'item')} left to you."
        ]
        lines += [
            f"Some of this is a national return: --mapping {name} reads it as it is, with its traps."
            for name in self.shipped
        ]
        lines += self.partly
        guessed = self.matched[self.matched["sure"].eq("guess")]
        if len(guessed):
            lines.append(f"{len(guessed)} of them are guesses: look at these first.")
            lines += [
                f"  ? {r['table']}.{r['column']} = '{r['source_column']}' ({r['source']})"
                for r in guessed.to_dict("records")
            ]
        if self.questions:
            lines.append(f"{plural(len(self.questions), 'question')} to answer before it loads:")
            lines += [f"  {i}. {q}" for i, q in enumerate(self.questions, start=1)]
        for row in self.unmatched.to_dict("records"):
            kind, _, source, name, near, why = map(str, row.values())
            lines.append(f"- {kind} '{name}' ({source}): {why}." + (f" Nearest: {near}." if near else ""))
        return "\n".join(lines)


def propose_mapping(path: str | Path, *, tables: Mapping[str, str] | None = None) -> Proposal:
    """Propose a mapping for whatever stands at a path.

    Parameters
    ----------
    path : str | Path
        As in ``load_data``.
    tables : Mapping[str, str] | None, optional
        File, sheet or source -> the contract table that it is, where you know better.

    Raises
    ------
    UnreadableError
        Nothing there can be read, or nothing needs a mapping.
    UsageError
        ``tables`` names a table that no contract has, or a source that is not there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "Staff list.csv").write_text("Staff ref,WTE,Shoe size\\nA1,0.5,4\\n")
    >>> proposal = propose_mapping(folder)
    >>> print(proposal.matched[["column", "source_column"]].to_string(index=False, header=False))
    worker_id Staff ref
          fte       WTE
    >>> proposal.unmatched["name"].tolist()
    ['Shoe size']
    """
    sources, broken, unmatched = _read(path)
    if not sources and broken:
        raise broken[0]
    if not sources:
        raise UnreadableError(
            "There is nothing here that needs a mapping.",
            fix="Load national returns as they are, without a mapping, or add the authority's own tables.",
            code="MAP-NOTHING",
        )
    _check(tables or {}, sources)
    sources = with_keys(sources)
    choices = choose(sources, tables)
    known = return_parts(sources)
    theirs = {(k.table_map.table, k.source.ref) for k in known}
    parts = [p for p in plan_parts(choices) if (p.table, p.source.ref) not in theirs]
    counts = Counter([*(p.table for p in parts), *(k.table_map.table for k in known)])
    texts, matched, questions = [HEAD], list[ProposalRow](), dict[str, str]()
    for part in parts:
        written = write_part(part, several=counts[part.table] > 1)
        texts.append(written.toml)
        matched += written.matched
        unmatched += written.unmatched
        questions = written.questions | questions
    loose = sorted({c for p in parts for c in p.steps.get("loose", ())})
    for one in known:
        texts.append(one.to_toml(several=counts[one.table_map.table] > 1, loose=loose))
        matched += _of_return(one)
    returned = {id(one.source) for one in known}
    made = {(p.table, id(p.source)) for p in parts} | {(k.table_map.table, id(k.source)) for k in known}
    unmatched += _columns_left([s for s in sources if id(s) not in returned], parts)
    for choice in choices:
        if not choice.table and id(choice.source) not in returned:
            unmatched.append(_source_left(choice))
    said = FIRST_ROWS.format(ROWS_MATCHED)
    if not parts and not known:
        texts.append("# Nothing here resembles a table of the contracts.\n[tables]\n")
    return Proposal(
        "\n".join(texts),
        pd.DataFrame(matched, columns=["table", "column", "source", "source_column", "how", "sure"], dtype="str"),
        pd.DataFrame(unmatched, columns=["kind", "table", "source", "name", "nearest", "why"], dtype="str"),
        tuple(questions.values()),
        _returns_left(sources, made),
        {s.ref: tuple(s.usable) for s in sources},
        tuple(f"{s.raw.origin}: {said}." for s in sources if said in s.raw.notes),
    )


def _returns_left(sources: list[SourceProfile], taken: set[tuple[str, int]]) -> tuple[str, ...]:
    """Shipped mappings that make a table of a source here which the proposal does not make of it."""
    found = {id(s.found): s for s in sources}
    left = []
    for name in shipped_mappings():
        mapping = load_mapping(name)
        made = (
            (p.table, f)
            for p in mapping.parts
            for f in returns_here(replace(mapping, parts=(p,)), [s.found for s in sources])
        )
        if any((table, id(found[id(f)])) not in taken for table, f in made):
            left.append(name)
    return tuple(left)


def _read(path: str | Path) -> tuple[list[SourceProfile], list[UnreadableError], list[ProposalRow]]:
    """Every source that can be read; one that cannot is told and stops nothing."""
    sources, broken, left = [], [], list[ProposalRow]()
    for one in find_sources(path, first=ROWS_MATCHED):
        if one.mapping:
            continue
        try:
            if one.error is not None:
                raise one.error
            seen = profile(one)
        except UnreadableError as error:
            broken.append(error)
            left.append(("source", "", one.origin, one.name, "", f"it cannot be read: {error.message.rstrip('.')}"))
            continue
        if seen.columns and len(seen.raw.frame.columns):
            sources.append(seen)
    return sources, broken, left


def _check(tables: Mapping[str, str], sources: list[SourceProfile]) -> None:
    names = {
        normal_name(n)
        for s in sources
        for n in (s.ref, s.found.name, s.ref.split("/")[0], Path(s.ref.split("/")[0]).stem)
    }
    for source, table in tables.items():
        if table not in TABLES:
            close = nearest_names(table, TABLES)
            raise UsageError(
                f"no table is called '{table}'.",
                fix=f"Did you mean '{close}'?" if close else f"Choose one of the tables: {', '.join(TABLES)}.",
                code="TABLE-UNKNOWN",
            )
        if normal_name(source) not in names:
            raise UsageError(
                f"nothing here is called '{source}'.",
                fix=f"Choose one of: {', '.join(s.ref for s in sources[:12])}.",
                code="SOURCE-UNKNOWN",
            )


def _columns_left(sources: list[SourceProfile], parts: list[ProposedPart]) -> list[ProposalRow]:
    """Columns of recognised sources that nothing takes, with the nearest column of their table that is free."""
    rows: list[ProposalRow] = []
    for source in sources:
        mine = [p for p in parts if p.source is source]
        if not mine:
            continue
        used = {h for p in mine for h in p.columns.values()} | {h for p in mine for h in p.steps_read()}
        free = [c for p in mine for c in TABLES[p.table].names if c not in p.how]
        why = "no column of the contract resembles it; it is left out unless you map it"
        for header in source.usable:
            if header not in used:
                close = nearest_names(header, free, cutoff=0.4)
                rows.append(("column", mine[0].table, source.raw.origin, header, close, why))
    return rows


def _of_return(one: ReturnPart) -> list[ProposalRow]:
    """What a part of a national return takes, column by column."""
    headers = {normal_name(h): h for h in one.source.columns}
    rows: list[ProposalRow] = []
    for column, names in one.table_map.columns.items():
        header = next((headers[normal_name(n)] for n in names if normal_name(n) in headers), None)
        if header is not None:
            rows.append((one.table_map.table, column, one.source.raw.origin, header, "return", "sure"))
    return rows


def _source_left(choice: Choice) -> ProposalRow:
    near = ", ".join(choice.nearest)
    name = choice.source.ref
    why = f'it resembles no table enough; --as "{name}={choice.nearest[0]}" would take it for the first of these'
    return ("source", "", choice.source.raw.origin, choice.source.found.name, near, why)
