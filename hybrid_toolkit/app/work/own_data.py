"""What the pages that open a service's own data ask of another process: what each file is, a mapping, problems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hybrid_toolkit.app.worker import Bench

Pairs = tuple[tuple[str, str], ...]
Answers = tuple[tuple[str, str, str], ...]
MOST_HEADINGS = 60
"""Columns of one file that a page lists; the rest are counted."""
MOST_LISTED = 200
CELLS_BESIDE = 2
"""Rows and columns shown on each side of a cell with a problem: enough to find it in the file."""
_SURE = {"sure": "", "guess": "please check"}


def hand_over(bench: Bench) -> bytes:
    """The open data, pickled: whoever holds them needs the files that they came from no more."""
    import pickle
    from dataclasses import fields

    held = bench.data
    given = {f.name: getattr(held, f.name) for f in fields(held) if f.init}
    return pickle.dumps({**given, "tables": dict(held.tables)})  # a read-only mapping cannot be pickled


def cells_around(
    bench: Bench, path: str, toml: str, table: str, column: str, rows: tuple[int, ...], stamp: str = ""
) -> dict[str, Any]:
    """The rows of a file around a problem, each cell as the kind of value that stands there and never the value.

    Parameters
    ----------
    bench : Bench
        Only its progress is used.
    path : str
        As ``recognise_files``.
    toml : str
        Text of the mapping.
    table : str
        Table of the problem.
    column : str
        Its column; empty where the problem is of the whole table.
    rows : tuple[int, ...]
        Rows of the file.
    stamp : str, optional
        As ``recognise_files``.

    Returns
    -------
    dict[str, Any]
        ``file``, ``heading``, ``heads`` and ``rows`` (row number and kinds), ``marked`` (the rows of the problem) and
        ``at``, which of the columns has the problem.

    Raises
    ------
    UsageError
        The mapping names no such column, or the file has no such row now.
    """
    from hybrid_toolkit.data.reading.readers import find_sources
    from hybrid_toolkit.errors import UsageError

    file, headings = mapped_places(toml).get(table, ("", {}))
    found = next((one for one in find_sources(path) if file and file in (one.ref, one.name)), None)
    frame = found.read().frame if found is not None else None
    if frame is None or headings.get(column) not in frame.columns or not frame.index.isin(rows).any():
        raise UsageError("the cell is no longer where the problem was.", fix="Open the list of problems again.",
                         code="CELL-GONE")  # fmt: skip
    at = list(frame.columns).index(headings[column])
    first = max(0, at - CELLS_BESIDE)
    near = frame.iloc[:, first : at + CELLS_BESIDE + 1]
    places = [n for n, row in enumerate(frame.index) if row in rows]
    wanted = sorted({n for p in places for n in range(p - CELLS_BESIDE, p + CELLS_BESIDE + 1) if 0 <= n < len(frame)})
    kinds = [[f"{frame.index[n]}", *(kind_of(v, exact=first + i == at) for i, v in enumerate(near.iloc[n]))]
             for n in wanted]  # fmt: skip
    return {
        "file": file, "heading": headings[column], "heads": ["Row", *map(str, near.columns)], "rows": kinds,
        "marked": [f"{frame.index[p]}" for p in places], "at": at - first + 1,
    }  # fmt: skip


def kind_of(value: Any, *, exact: bool = True) -> str:
    """What kind of value stands in a cell, in words that do not tell it.

    Parameters
    ----------
    value : Any
        Text of the cell, or missing.
    exact : bool, default True
        Whether its length, digits or year are told too, which helps to find a slip.

    Returns
    -------
    str
        Such as ``"text of 4 letters or signs"``.

    Examples
    --------
    >>> [kind_of(v) for v in ("many", "1.5", "20")]
    ['text of 4 letters or signs', 'number with decimals', 'whole number of 2 digits']
    >>> [kind_of(v) for v in ("2045-01-31", "31/01/2045", None)]
    ['date in 2045', 'date in 2045', 'empty']
    >>> kind_of("many", exact=False)
    'text'
    """
    text = "" if value is None or value != value else str(value).strip()
    if not text:
        return "empty"
    if found := re.fullmatch(r"(\d{4})-\d\d?-\d\d?.*|\d\d?[/.-]\d\d?[/.-](\d{4}|\d\d).*", text):
        return f"date in {found[1] or found[2]}" if exact else "date"
    if re.fullmatch(r"[+-]?\d+", text):
        digits = len(text.lstrip("+-"))
        return f"whole number of {digits} {'digit' if digits == 1 else 'digits'}" if exact else "whole number"
    if re.fullmatch(r"[+-]?\d*[.,]\d+", text):
        return "number with decimals"
    return f"text of {len(text)} letters or signs" if exact else "text"


def recognise_files(bench: Bench, path: str, tables: Pairs = (), stamp: str = "") -> list[dict[str, Any]]:
    """Each file or sheet at a place: its columns, and what it is taken for with the three nearest.

    Parameters
    ----------
    bench : Bench
        Only its progress is used: the data are not open yet.
    path : str
        Folder, file or database address.
    tables : Pairs, optional
        File or sheet -> the table that a person said it is.
    stamp : str, optional
        What changes with the files, so that an answer about older ones is not shown again.

    Returns
    -------
    list[dict[str, Any]]
        ``ref``, ``name``, ``where``, ``rows`` (rounded), ``columns`` (header, share filled), ``more``, ``tables``
        (one file may hold several), ``nearest``, ``sure``; or ``problem`` in words.

    Raises
    ------
    UnreadableError
        Nothing there can be read.
    """
    from hybrid_toolkit.data.mapping.propose_mapping import ROWS_MATCHED
    from hybrid_toolkit.data.matching.profile import profile
    from hybrid_toolkit.data.matching.repeated_keys import with_keys
    from hybrid_toolkit.data.matching.tables import choose
    from hybrid_toolkit.data.reading.readers import find_sources
    from hybrid_toolkit.disclosure.policy import FLOOR_THRESHOLD
    from hybrid_toolkit.errors import UnreadableError

    found = [one for one in find_sources(path, first=ROWS_MATCHED) if not one.mapping]
    seen, out = [], list[dict[str, Any]]()
    for i, one in enumerate(found):
        bench.progress(i, len(found), "Reading your files")
        try:
            if one.error is not None:
                raise one.error
            held = profile(one)
        except UnreadableError as error:
            out.append(
                {"ref": one.name, "name": one.name, "where": one.origin, "problem": f"{error.message} {error.fix}"}
            )
            continue
        if len(held.raw.frame.columns):
            seen.append(held)
    taken: dict[str, list[Any]] = {}
    for choice in choose(with_keys(seen), dict(tables) or None):
        taken.setdefault(choice.source.ref, []).append(choice)
    for ref, choices in taken.items():
        held, rows = choices[0].source, len(choices[0].source.raw.frame)
        about = f"fewer than {FLOOR_THRESHOLD}" if rows < FLOOR_THRESHOLD else f"about {5 * round(rows / 5):,}"
        usable = list(held.usable.items())
        out.append(
            {
                "ref": ref,
                "name": held.found.name,
                "where": held.raw.origin,
                "rows": f"more than {rows:,}" if held.in_part else about,
                "columns": [(h, f"{p.filled / rows:.0%}" if rows else "0%") for h, p in usable[:MOST_HEADINGS]],
                "more": max(0, len(usable) - MOST_HEADINGS),
                "removed": len(held.identifying),
                "tables": list(dict.fromkeys(c.table for c in choices if c.table)),
                "nearest": list(dict.fromkeys(t for c in choices for t in c.nearest))[:3],
                "sure": all(c.sure for c in choices),
                "problem": "",
            }
        )
    return out


def propose_with_answers(
    bench: Bench,
    path: str,
    tables: Pairs,
    columns: Answers = (),
    codes: Answers = (),
    leave: tuple[str, ...] = (),
    stamp: str = "",
) -> dict[str, Any]:
    """A mapping with a person's answers in it, and what is left to decide.

    Parameters
    ----------
    bench : Bench
        Only its progress is used.
    path : str
        As ``recognise_files``.
    tables : Pairs
        As ``recognise_files``.
    columns : Answers, optional
        Table, column of the file, column of the toolkit (empty to leave it out).
    codes : Answers, optional
        Table and column of the toolkit joined by a dot, code of the file, code of the toolkit.
    leave : tuple[str, ...], optional
        Files or sheets to leave out.
    stamp : str, optional
        As ``recognise_files``.

    Returns
    -------
    dict[str, Any]
        ``toml``, ``matched`` (rows of words), ``columns`` and ``codes`` (lists to choose from), ``questions``.

    Raises
    ------
    UnreadableError
        As ``propose_mapping``.
    """
    from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
    from hybrid_toolkit.data.tables.contracts import TABLES
    from hybrid_toolkit.widgets.desks.data_desk_view import map_column, open_columns

    bench.progress(0, 1, "Matching your columns")
    made = propose_mapping(path, tables=dict(tables) or None)
    toml = made.toml
    for table, source, column in columns:
        toml = map_column(toml, table, source, column, made.headers)
    lists = [
        {"table": t, "source": s, "free": {c: TABLES[t][c].text for c in free}} for t, s, free in open_columns(made)
    ][:MOST_LISTED]
    open_codes = codes_left(made.toml)
    toml = without_sources(with_codes(toml, codes), leave)
    matched = []
    for r in made.matched.to_dict("records"):
        taken = f"{r['table']}: {r['column']}".replace("_", " ")
        matched.append((str(r["source_column"]), str(r["source"]), taken, _SURE[str(r["sure"])]))
    left = codes_left(toml)
    questions = [q for q in made.questions if not (q.startswith("What do ") and not left)]
    return {"toml": toml, "matched": matched, "columns": lists, "codes": open_codes, "questions": questions}


def codes_left(toml: str) -> list[dict[str, Any]]:
    """Codes of a proposed mapping that have no meaning yet, with those they can have.

    Examples
    --------
    >>> codes_left('[tables.contact.codes.mode]\\n# TODO "ZZ" = "..."  # one of: home, phone\\n')
    [{'place': 'contact.mode', 'code': 'ZZ', 'allowed': ['home', 'phone']}]
    """
    import tomllib

    out, place = [], ""
    for line in toml.splitlines():
        if head := re.match(r"\[tables\.(\w+)\.(?:codes\.)?(\w+)\]", line):
            place = f"{head[1]}.{head[2]}"
        elif found := re.fullmatch(r'# TODO ("(?:[^"\\]|\\.)*") = "\.\.\."  # one of: (.*)', line):
            code = next(iter(tomllib.loads(f"{found[1]} = 1")))
            out.append({"place": place, "code": code, "allowed": found[2].split(", ")})
    return out


def with_codes(toml: str, codes: Answers) -> str:
    """A mapping in which a person's codes stand.

    Examples
    --------
    >>> text = '[tables.contact.codes.mode]\\n# TODO "ZZ" = "..."  # one of: home, phone\\n'
    >>> print(with_codes(text, (("contact.mode", "ZZ", "phone"),)))
    [tables.contact.codes.mode]
    "ZZ" = "phone"
    <BLANKLINE>
    """
    from hybrid_toolkit.data.matching.write import quote

    given = {(place, code): to for place, code, to in codes if to}
    lines, place = [], ""
    for line in toml.splitlines():
        if head := re.match(r"\[tables\.(\w+)\.(?:codes\.)?(\w+)\]", line):
            place = f"{head[1]}.{head[2]}"
        for (there, code), to in given.items():
            if there == place and line.startswith(f"# TODO {quote(code)} = "):
                line = f"{quote(code)} = {quote(to)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def without_sources(toml: str, leave: tuple[str, ...]) -> str:
    r"""A mapping without the parts that read a file or sheet.

    Examples
    --------
    >>> text = '[tables.team]\nsource = "a.csv"\n[tables.team.columns]\nfte = "F"\n[tables.worker]\nsource = "b.csv"\n'
    >>> print(without_sources(text, ("a.csv",)))
    [tables.worker]
    source = "b.csv"
    <BLANKLINE>
    """
    from hybrid_toolkit.data.matching.write import quote

    if not leave:
        return toml
    gone = {f"source = {quote(ref)}" for ref in leave}
    parts = re.split(r"(?m)^(?=\[\[?tables\.\w+\]\]?$)", toml)
    return "".join(p for p in parts if not gone & set(p.splitlines()))


def mapped_places(toml: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Where the columns of a mapped table stand: its file or sheet, and the heading of each column there.

    A table that several files feed is left out: a row number alone would not say in which of them it is.

    Examples
    --------
    >>> mapped_places('[tables.worker]\\nsource = "Staff.csv"\\n[tables.worker.columns]\\nfte = "WTE"\\n')
    {'worker': ('Staff.csv', {'fte': 'WTE'})}
    """
    import tomllib

    out = {}
    for table, parts in tomllib.loads(toml).get("tables", {}).items():
        one = parts[0] if isinstance(parts, list) and len(parts) == 1 else parts
        if isinstance(one, dict) and isinstance(one.get("source"), str):
            columns = {c: h for c, h in one.get("columns", {}).items() if isinstance(h, str)}
            out[table] = (one["source"], columns)
    return out


def problems_of(bench: Bench, path: str, toml: str, stamp: str = "") -> dict[str, Any]:
    """Every problem of mapped data, with the table, the column and the rows of the file.

    Parameters
    ----------
    bench : Bench
        Only its progress is used.
    path : str
        As ``recognise_files``.
    toml : str
        Text of the mapping.
    stamp : str, optional
        As ``recognise_files``.

    Returns
    -------
    dict[str, Any]
        ``errors`` and ``notices``, lists of mappings of words with the file, the heading and the rows in it;
        ``tables``, how many were checked.

    Raises
    ------
    HybridToolkitError
        As ``validate_path``.
    """
    from hybrid_toolkit.widgets.desks.data_desk_view import check

    bench.progress(0, 1, "Checking your data")
    report = check(path, toml)

    places = mapped_places(toml)

    def words(problem: Any) -> dict[str, Any]:
        rows = ", ".join(map(str, problem.positions))
        file, headings = places.get(problem.table, ("", {}))
        named = [headings[c] for c in problem.column.split(", ") if c in headings]
        return {
            "file": file,
            "heading": " and ".join(f"‘{h}’" for h in named),
            "table": problem.table,
            "column": problem.column,
            "text": problem.text,
            "count": f"{problem.count:,}",
            "rows": rows,
            "positions": list(map(int, problem.positions)) if named and len(named) == 1 else [],
            "fix": problem.fix,
        }

    return {
        "errors": [words(p) for p in report.errors][:MOST_LISTED],
        "notices": [words(p) for p in report.notices][:MOST_LISTED],
        "tables": len(report.checked),
    }
