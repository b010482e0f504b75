"""Validation: every failure is collected before any is reported, as counts and positions, never as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.load import read_raw
from hybrid_toolkit.data.privacy.identifiers import identifier_problems
from hybrid_toolkit.data.reading.coerce import coerce_frame, coerce_frames
from hybrid_toolkit.data.reading.raw_table import as_text
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.tables.schema import column_problems, key_problems, marked, rows
from hybrid_toolkit.data.validation.problem import Problem
from hybrid_toolkit.data.validation.rule_book import RULE_BOOK
from hybrid_toolkit.errors import ContractError, plural

EXAMPLE = "EXAMPLE-"
"""How the keys of the template's example row begin."""
_REPEATS = ("COLUMN-MISSING", "VALUE-EMPTY", "TYPE")
"""Codes that only repeat, after reading, what reading has already told of the same column."""
_FIELDS = ("table", "column", "code", "severity", "count", "positions", "text", "fix")


@dataclass(frozen=True)
class ValidationReport:
    """What validation found.

    Parameters
    ----------
    problems : tuple[Problem, ...]
        Errors first, then notices, each in the order of the contracts.
    checked : Mapping[str, int]
        Table -> rows that were checked.

    Examples
    --------
    >>> report = validate_frames({"la": pd.DataFrame({"la_id": ["A", "A"]})})
    >>> report.ok, report.problems[0].code
    (False, 'KEY-DUPLICATE')
    """

    problems: tuple[Problem, ...]
    checked: Mapping[str, int]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that must be mended before anything is measured."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def notices(self) -> tuple[Problem, ...]:
        """The problems that deserve a second look."""
        return tuple(p for p in self.problems if p.severity != "error")

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be notices."""
        return not self.errors

    def tidy(self) -> pd.DataFrame:
        """One row a problem: table, column, code, severity, count, positions (a text), text, fix.

        Returns
        -------
        pd.DataFrame
            One row a problem: table, column, code, severity, count, positions (a text), text, fix.
        """
        lines = [{**{f: getattr(p, f) for f in _FIELDS}, "positions": _listed(p)} for p in self.problems]
        return pd.DataFrame(lines, columns=list(_FIELDS)).astype({"count": "int64"})

    def summary(self) -> str:
        """Plain prose by table: the tables with most serious problems first.

        Returns
        -------
        str
            Plain prose by table: the tables with most serious problems first.
        """
        total = sum(self.checked.values())
        head = f"Checked {len(self.checked)} table{'' if len(self.checked) == 1 else 's'}, {rows(total)}: "
        if not self.problems:
            return f"{head}no problems found."
        lines = [f"{head}{plural(len(self.errors), 'error')}, {plural(len(self.notices), 'notice')}."]
        weight: dict[str, tuple[int, int]] = {}
        for p in self.problems:
            errors, places = weight.get(p.table, (0, 0))
            weight[p.table] = (errors + (p.severity == "error"), places + p.count)
        for table in sorted(weight, key=lambda t: (-weight[t][0], -weight[t][1])):
            lines += ["", f"Table '{table}'" + (f", {rows(self.checked[table])}:" if table in self.checked else ":")]
            lines += [
                f"  {'ERROR ' if p.severity == 'error' else 'notice'} {p}" for p in self.problems if p.table == table
            ]
        return "\n".join(lines)

    def raise_if_bad(self) -> None:
        """Raise if there is an error.

        Raises
        ------
        ContractError
            With every error and how to mend it.
        """
        if not self.ok:
            told = "\n".join(f"- {p}" for p in self.errors)
            raise ContractError(
                f"There {'is' if len(self.errors) == 1 else 'are'} {plural(len(self.errors), 'error')} in the data:\n"
                f"{told}\n",
                fix="Correct these rows in the source system and load the data again. 'hybrid-toolkit validate FOLDER "
                "--out errors.csv' gives a full list, as validate_data(data).tidy() does.",
                code="DATA-INVALID",
            )


def _listed(problem: Problem) -> str:
    more = ", ..." if problem.count > len(problem.positions) > 0 else ""
    return ", ".join(map(str, problem.positions)) + more


def validate_data(data: EvaluationData) -> ValidationReport:
    """Hold every table against its contract and the rules within and across tables.

    Parameters
    ----------
    data : EvaluationData
        The data; nothing in it is changed.

    Returns
    -------
    ValidationReport
        ValidationReport with every failure found: table, column, code, count and positions, never a value.

    Examples
    --------
    >>> data = EvaluationData({"la": pd.DataFrame({"la_id": ["A"], "imd": [21.5]})})
    >>> print(validate_data(data).summary())
    Checked 1 table, 1 row: no problems found.
    """
    return _validate(data.tables, [])


def validate_path(path: str | Path, mapping: str | Path | None = None) -> ValidationReport:
    """Validate files before they can be loaded, so that cells which cannot be read are reported with the rest.

    Parameters
    ----------
    path : str | Path
        As for ``load_data``.
    mapping : str | Path | None, optional
        As for ``load_data``.

    Returns
    -------
    ValidationReport
        ValidationReport; positions are rows of the file or sheet, as a spreadsheet numbers them.

    Raises
    ------
    UnreadableError
        Nothing is there, or it is locked, cut short, in another encoding, or without any known table.
    MappingError
        The mapping names something that does not exist.
    IdentifierError
        The name of a column says that it identifies a person.
    """
    raw = read_raw(path, mapping)
    frames, unread = coerce_frames(raw)
    report = _validate(frames, [])
    told = {(p.table, p.column) for p in unread if p.severity == "error"}
    numbers = {name: list(frame.index) for name, frame in raw.frames.items()}
    kept = [
        _renumbered(p, numbers) for p in report.problems if (p.table, p.column) not in told or p.code not in _REPEATS
    ]
    return ValidationReport(_ordered([*unread, *kept]), report.checked)


def _renumbered(problem: Problem, numbers: Mapping[str, list[int]]) -> Problem:
    """Positions in a frame as row numbers of its file, which may have blank rows."""
    if problem.table not in numbers or not problem.positions:
        return problem
    return replace(problem, positions=tuple(int(numbers[problem.table][p - 1]) for p in problem.positions))


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    order = {name: i for i, name in enumerate(TABLES)}
    return tuple(sorted(problems, key=lambda p: (p.severity != "error", order.get(p.table, len(order)))))


def validate_frames(frames: Mapping[str, pd.DataFrame]) -> ValidationReport:
    """Validate frames by table name that need not have the contract's types yet.

    Parameters
    ----------
    frames : Mapping[str, pd.DataFrame]
        Table name -> frame. Columns of another type are read as text first, as ``load_data`` reads a file. Tables and
        columns outside the contracts are notices.

    Returns
    -------
    ValidationReport
        ValidationReport, as from ``validate_data``.

    Examples
    --------
    >>> la = pd.DataFrame({"la_id": ["A"], "imd": ["high"]})
    >>> [p.code for p in validate_frames({"la": la, "extra": la}).problems]
    ['TYPE-NUMBER', 'TABLE-UNKNOWN']
    """
    typed, unread = {}, []
    for name, frame in frames.items():
        typed[name] = frame
        if name in TABLES:
            odd = [c for c in frame.columns if c in TABLES[name].names and str(frame[c].dtype) != TABLES[name][c].dtype]
            plain = frame.reset_index(drop=True)
            texts = pd.DataFrame(
                {c: plain[c].map(as_text, na_action="ignore").astype("str") for c in odd}, index=plain.index
            )
            texts.index += 1
            read, found = coerce_frame(name, texts)
            typed[name] = plain.assign(**{c: read[c] for c in odd})
            unread += [p for p in found if p.column in odd]
    return _validate(typed, unread)


def _validate(frames: Mapping[str, pd.DataFrame], unread: list[Problem]) -> ValidationReport:
    told = {(p.table, p.column) for p in unread if p.severity == "error"}
    problems = identifier_problems(frames)
    known = {name: frames[name] for name in TABLES if name in frames}
    for name, frame in known.items():
        problems += column_problems(name, frame) + key_problems(name, frame) + _notices(name, frame)
    for check in RULE_BOOK:
        problems += check.problems(known)
    problems = _unlinkable_survey(problems, known)
    for name in sorted(set(frames) - set(TABLES), key=str):
        text = "the table has no contract and is passed over."
        fix = f"Use one of the table names: {', '.join(TABLES)}."
        problems.append(Problem(str(name), "", "TABLE-UNKNOWN", 0, (), text, fix, "notice"))
    problems = [p for p in problems if (p.table, p.column) not in told or p.code not in _REPEATS]
    return ValidationReport(_ordered([*unread, *problems]), {str(n): len(f) for n, f in frames.items()})


def _notices(table: str, frame: pd.DataFrame) -> list[Problem]:
    contract = TABLES[table]
    problems = []
    if frame.empty:
        text = "the table has no rows."
        problems.append(Problem(table, "", "TABLE-EMPTY", 0, (), text, "Add its rows, or leave it out.", "notice"))
    unknown = [i for i, c in enumerate(frame.columns, start=1) if c not in contract.names]
    if unknown:
        text = f"{plural(len(unknown), 'column')} outside the contract (number {', '.join(map(str, unknown[:10]))})."
        fix = "Drop them (they are not used), or map them to a column of the contract (hybrid-toolkit map)."
        problems.append(Problem(table, "", "COLUMN-UNKNOWN", len(unknown), (), text, fix, "notice"))
    ids = [c for c in contract.key if c in frame.columns and contract[c].kind == "id"]
    if ids:
        texts = frame[ids].reset_index(drop=True).astype("str")
        count, places = marked(texts.apply(lambda s: s.str.startswith(EXAMPLE, na=False)).any(axis=1))
        if count:
            text = f"{rows(count)} of the template's example still there (keys that begin with {EXAMPLE})."
            fix = "Delete the example rows before anything is measured."
            problems.append(Problem(table, ids[0], "EXAMPLE-ROW", count, places, text, fix, "notice"))
    return problems


def _unlinkable_survey(problems: list[Problem], frames: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """A survey kept wholly apart from personnel keys is a choice to respect, so a notice and no error."""
    answered = int(frames["survey"]["worker_id"].notna().sum()) if "worker_id" in frames.get("survey", ()) else 0
    kept = []
    for p in problems:
        if p.code == "ORPHAN-SURVEY-WORKER-ID" and p.count == answered:
            text = "no answer can be linked to a worker, so nothing is measured by career stage or remote share."
            fix = "If the survey is anonymous, change nothing; else use a pseudonymous key (see pseudonymise)."
            p = Problem(p.table, p.column, "SURVEY-UNLINKED", p.count, (), text, fix, "notice")
        kept.append(p)
    return kept
