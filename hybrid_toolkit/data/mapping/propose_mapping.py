"""A first draft of a mapping: what could be matched, and what a person has to decide.

Tables and columns are matched by name (without case, spaces and punctuation), then by a list of synonyms, then by
spelling, and columns of codes also by whether their values look like the contract's. Values are data: a source code
is written into the proposal only where its column has few codes and at least ten rows hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from hybrid_toolkit.columns.reading import FALSE, TRUE
from hybrid_toolkit.data.mapping import synonyms
from hybrid_toolkit.data.privacy.identifiers import identifier_problems
from hybrid_toolkit.data.reading.raw_table import Found, normal_name
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.tables.contracts import TABLES, ColumnContract
from hybrid_toolkit.errors import UnreadableError
from hybrid_toolkit.result import RowsHidden

FEW_CODES = 20
"""A column with more distinct values than this is not taken for a column of codes."""
ROWS_A_CODE = 10
"""A code that fewer rows hold is not written out: it could point at a person."""
_SPELLING = 0.82
_MIN_TABLE = 0.34
_REASONS = {"many": f"more than {FEW_CODES} distinct values", "few": f"held by fewer than {ROWS_A_CODE} rows"}


@dataclass(frozen=True, slots=True)
class Proposal(RowsHidden):
    """A proposed mapping.

    Parameters
    ----------
    toml : the text of the mapping, which ``load_mapping`` reads once saved.
    matched : frame ``table, column, source, source_column, how``.
    unmatched : frame ``kind, table, source, name, nearest, why``: sources, columns and codes left to a person.
    """

    toml: str
    matched: pd.DataFrame = field(repr=False)
    unmatched: pd.DataFrame = field(repr=False)

    def summary(self) -> str:
        """What was matched and what was not, in a few lines."""
        tables = self.matched["table"].nunique() if len(self.matched) else 0
        lines = [
            f"{len(self.matched)} column(s) of {tables} table(s) matched; {len(self.unmatched)} item(s) left to you."
        ]
        for row in self.unmatched.to_dict("records"):
            kind, _, source, name, near, why = map(str, row.values())
            lines.append(f"- {kind} '{name}' ({source}): {why}." + (f" Nearest: {near}." if near else ""))
        return "\n".join(lines)


def propose_mapping(path: str | Path) -> Proposal:
    """Propose a mapping for whatever stands at a path.

    Parameters
    ----------
    path : as in ``load_data``.

    Raises
    ------
    UnreadableError : nothing there can be read, or nothing resembles a table of the contracts.

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
    found = find_sources(path)
    here = [_source(one) for one in found if not one.mapping and one.error is None]
    here = [one for one in here if one.profile]
    broken = [one.error for one in found if one.error is not None]
    if not here and broken:
        raise broken[0]
    if not here:
        raise UnreadableError(
            "There is nothing here that needs a mapping.",
            fix="The XML of the workforce census is read without one; otherwise add the authority's tables.",
            code="MAP-NOTHING",
        )
    pairs = _pair(here)
    parts: list[str] = [_HEAD]
    matched: list[_Row] = []
    unmatched: list[_Row] = []
    for place, one in enumerate(here):
        table = pairs.get(place)
        if table is None:
            near = max(TABLES, key=lambda t: _table_score(one, t))
            unmatched.append(("source", "", one.origin, one.name, near, "it resembles no table enough"))
            continue
        part = _propose_table(table, one)
        parts.append(part.toml)
        matched += part.matched
        unmatched += part.unmatched
    if not pairs:
        parts.append("# Nothing here resembles a table of the contracts.\n[tables]\n")
    return Proposal(
        "\n".join(parts),
        pd.DataFrame(matched, columns=["table", "column", "source", "source_column", "how"], dtype="str"),
        pd.DataFrame(unmatched, columns=["kind", "table", "source", "name", "nearest", "why"], dtype="str"),
    )


_HEAD = """# A proposed mapping: check every line, and complete what is marked TODO.
# Codes are listed only where a column has few of them and at least ten rows hold each; the rest you fill in.
"""


_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    toml: str
    matched: list[_Row]
    unmatched: list[_Row]


@dataclass(frozen=True, slots=True)
class _Source:
    """A source, the distinct values of its columns in lower case (None for more than a few), and its identifiers."""

    name: str
    origin: str
    frame: pd.DataFrame = field(repr=False)
    profile: Mapping[str, frozenset[str] | None]
    identifying: frozenset[str]


def _source(one: Found) -> _Source:
    raw = one.read()
    profile: dict[str, frozenset[str] | None] = {}
    for header in raw.frame.columns:
        distinct = raw.frame[header].dropna().unique()
        profile[str(header)] = frozenset(str(v).casefold() for v in distinct) if len(distinct) <= FEW_CODES else None
    identifying = frozenset(p.column for p in identifier_problems({one.name: raw.frame}))
    return _Source(one.name, raw.origin, raw.frame, profile, identifying)


def _pair(here: list[_Source]) -> dict[int, str]:
    """Place of a source -> contract table, best pairs first, each table once."""
    scores = [(_table_score(one, table), place, table) for place, one in enumerate(here) for table in TABLES]
    pairs: dict[int, str] = {}
    for score, place, table in sorted(scores, key=lambda s: -s[0]):
        if score >= _MIN_TABLE and place not in pairs and table not in pairs.values():
            pairs[place] = table
    return pairs


def _table_score(one: _Source, table: str) -> float:
    """Likeness of the name and of the columns, of which the required ones count double."""
    name = normal_name(one.name)
    by_name = 1.0 if name == table or name in synonyms.TABLE_SYNONYMS.get(table, ()) else _alike(name, table)
    found = _match_columns(table, one)
    if not found:
        return 0.0
    required = TABLES[table].required
    by_columns = len(found) / len(one.profile) * (1 + sum(c in found for c in required) / len(required)) / 2
    return 0.6 * (by_name if by_name >= _SPELLING else 0.0) + 0.6 * by_columns


def _match_columns(table: str, one: _Source) -> dict[str, tuple[str, str]]:
    """Contract column -> (source column, how it was matched), best ways first."""
    free = {normal_name(h): h for h in one.profile if h not in one.identifying}
    made: dict[str, tuple[str, str]] = {}
    ways: tuple[tuple[str, Callable[[ColumnContract, str, frozenset[str] | None], bool]], ...] = (
        ("name", lambda column, name, _: _tight(name) == _tight(column.name)),
        ("synonym", lambda column, name, _: _tight(name) in map(_tight, synonyms.COLUMN_SYNONYMS.get(column.name, ()))),
        ("spelling", lambda column, name, _: _alike(name, column.name) >= _SPELLING),
        ("values", lambda column, _, values: _coded(column, values)),
    )
    for how, way in ways:
        for column in TABLES[table].columns:
            if column.name not in made:
                hit = next((n for n in free if way(column, n, one.profile[free[n]])), None)
                if hit is not None:
                    made[column.name] = (free.pop(hit), how)
    return {c: made[c] for c in TABLES[table].names if c in made}


def _coded(column: ColumnContract, values: frozenset[str] | None) -> bool:
    """Whether three or more values, all of them words, stand in the column's list of codes."""
    if values is None or column.kind != "code" or all(code.isdigit() for code in column.codes):
        return False
    codes = {c.casefold() for c in column.codes} | {t.casefold() for t in column.codes.values()}
    return len(values) >= 3 and values <= codes


def _tight(name: str) -> str:
    return name.replace("_", "")


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b).ratio()


def _propose_table(table: str, one: _Source) -> _Part:
    contract = TABLES[table]
    found = _match_columns(table, one)
    used = {source for source, _ in found.values()}
    drop = [h for h in one.profile if h in one.identifying]
    free = [h for h in one.profile if h not in used and h not in drop]
    lines = [f"[tables.{table}]", f"source = {_quote(one.name)}"]
    if drop:
        lines.append(f"drop = [{', '.join(map(_quote, drop))}]  # they identify a person")
    lines += ["", f"[tables.{table}.columns]", *(f"{c} = {_quote(s)}" for c, (s, _) in found.items())]
    unmatched: list[_Row] = []
    for column in contract.required:
        if column not in found:
            lines.append(f'# TODO {column} = "..."  # required: {contract[column].text}')
            near = _candidate(column, free)
            unmatched.append(("needed column", table, one.origin, column, near, "the table cannot do without it"))
    rest = [c for c in contract.names if c not in found]
    why = "no column of the contract resembles it; it is left out unless you map it"
    unmatched += [("column", table, one.origin, header, _candidate(header, rest), why) for header in free]
    for name, (source, _) in found.items():
        code_lines, left = _codes(table, contract[name], one.frame[source], one.origin, source)
        lines += code_lines
        unmatched += left
    matched: list[_Row] = [(table, c, one.origin, s, how) for c, (s, how) in found.items()]
    return _Part("\n".join(lines) + "\n", matched, unmatched)


def _codes(
    table: str, column: ColumnContract, values: pd.Series[str], origin: str, source: str
) -> tuple[list[str], list[_Row]]:
    """Lines that translate codes, and what had to be left; nothing for codes that the contract reads as they are."""
    if column.kind not in ("code", "bool"):
        return [], []
    counts = values.value_counts()
    odd = counts[[not _reads(column, str(v)) for v in counts.index]]
    if odd.empty:
        return [], []
    if len(counts) > FEW_CODES:
        return [], [("codes", table, origin, source, "", f"{_REASONS['many']}, so its values are not shown")]
    lines = ["", f"[tables.{table}.codes.{column.name}]"]
    left: list[_Row] = []
    rare = int((odd < ROWS_A_CODE).sum())
    for value in sorted(str(v) for v in odd.index[odd >= ROWS_A_CODE]):
        target = _guess(column, value)
        if target is None:
            lines.append(f'# TODO {_quote(value)} = "..."  # one of: {", ".join(_allowed(column))}')
            near = _candidate(value, [f"{c} ({t})" if c != t else c for c, t in column.codes.items()])
            left.append(("code", table, origin, value, near, f"no code of {table}.{column.name} resembles it"))
        else:
            lines.append(f"{_quote(value)} = {_quote(target)}")
    if rare:
        lines.append(f"# TODO {rare} more code(s), {_REASONS['few']} and so not shown")
        left.append(("codes", table, origin, source, "", f"{rare} code(s) {_REASONS['few']}, so they are not shown"))
    return lines, left


def _reads(column: ColumnContract, value: str) -> bool:
    text = value.casefold()
    if column.kind == "bool":
        return text in TRUE | FALSE
    return text in {c.casefold() for c in column.codes} | {t.casefold() for t in column.codes.values()}


def _allowed(column: ColumnContract) -> Iterable[str]:
    return ("true", "false") if column.kind == "bool" else tuple(column.codes)


def _guess(column: ColumnContract, value: str) -> str | None:
    """The one code that the words commonly stand for, or whose meaning is spelled nearly so."""
    text = normal_name(value).replace("_", " ")
    hits = [code for code in _allowed(column) if text in synonyms.CODE_SYNONYMS.get(code, ())]
    if not hits and column.kind == "code":
        labels: Mapping[str, str] = {c: normal_name(t).replace("_", " ") for c, t in column.codes.items()}
        hits = [c for c, label in labels.items() if _alike(text, label) >= _SPELLING]
    return hits[0] if len(hits) == 1 else None


def _candidate(name: str, among: Iterable[str]) -> str:
    scored = sorted(((_alike(normal_name(name), normal_name(a)), a) for a in among), reverse=True)
    return scored[0][1] if scored and scored[0][0] >= 0.4 else ""


def _quote(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
