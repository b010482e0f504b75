"""What a saved notebook would give away: its outputs, its texts and its state, looked through before it is shared."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hybrid_toolkit import errors
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.data.privacy.inside import INSIDE_ONLY
from hybrid_toolkit.data.privacy.personal import details_in, names_person, who_values
from hybrid_toolkit.disclosure.policy import FLOOR_THRESHOLD
from hybrid_toolkit.disclosure.screen import is_identifier
from hybrid_toolkit.errors import UnreadableError, plural
from hybrid_toolkit.report.notebook_rows import (
    INITIALS,
    attribute_words,
    holds_image,
    looks_like_people,
    names_in,
    names_typed,
    signs_beside_source,
    signs_in_metadata,
    signs_in_text,
    state_holds,
)

_FORMAT = 4
"""The version of the notebook format since 2014, in which cells stand beneath the book and not beneath sheets."""
REMOVED = "Output removed before the notebook was shared."
"""Stands where ``clean_notebook`` took an output away."""
_KEPT = ("kernelspec", "language_info")
"""Metadata of a notebook that a copy keeps."""
_MOST_BYTES = 200_000_000
_PATHS = re.compile(
    r"(?:(?<![\w.:/])/(?:home|Users|root|mnt|media|var|srv|data|work|Volumes|opt|tmp|private|dbfs)/[\w.-]+/[\w./-]+"
    r"|(?<![\w.:/])(?:/[\w. -]{1,80}){2,20}\.(?:csv|tsv|xlsx?|ods|parquet|db|sqlite3?|feather|pkl|rds|dta)\b"
    r"|\b[A-Za-z]:(?:\\{1,2}(?!n\b)[\w .-]+\\|/(?!/)[\w .-]+/)"
    r"|(?<!\\)\\\\[\w.-]+\\[\w$.-]+|file://)"
)
_COUNTS = re.compile(
    r"^(?:n|n_people|people|count|counts|rows|size|freq|frequency|workers|families|children|contacts)$", re.I
)
_OUTPUTS = ("stream", "display_data", "execute_result", "update_display_data", "error")
_CELL_PARTS = ("cell_type", "id", "metadata", "source", "outputs", "execution_count", "attachments")
_BOOK_PARTS = ("cells", "metadata", "nbformat", "nbformat_minor")
"""What a cell and a notebook may hold; a copy has nothing else."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATE = "application/vnd.jupyter.widget-state+json"
_OWN = frozenset(n for n, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception))
_SPLIT = re.compile(r"\s{2,}|\t")


@dataclass(frozen=True, slots=True)
class NotebookFinding:
    """One thing in a notebook that should not be shared.

    Parameters
    ----------
    cell : int
        Numbers from 1; output 0 is the cell's source, cell 0 the notebook itself.
    output : int
        Numbers from 1; output 0 is the cell's source, cell 0 the notebook itself.
    kind : str
        ``row-level data``, ``identifier``, ``small cell``, ``not released``, ``traceback``, ``widget state`` or
        ``path``.
    text : str
        What it is, never the value.

    Examples
    --------
    >>> str(NotebookFinding(3, 1, "path", "1 path of a machine"))
    'cell 3, output 1: path: 1 path of a machine'
    """

    cell: int
    output: int
    kind: str
    text: str

    def __str__(self) -> str:
        where = (
            "notebook" if not self.cell else f"cell {self.cell}" + (f", output {self.output}" if self.output else "")
        )
        return f"{where}: {self.kind}: {self.text}"


def check_notebook(path: str | Path) -> tuple[NotebookFinding, ...]:
    """Look through one notebook.

    Parameters
    ----------
    path : str | Path
        An ``.ipynb`` file, format 4.

    Returns
    -------
    tuple[NotebookFinding, ...]
        What should not be shared, in the order of the cells; empty where nothing was found. That nothing was found does
        not show that nothing is there: pictures are not read.

    Raises
    ------
    UnreadableError
        The file is not a notebook.
    """
    book = _read(path)
    found = list(_of_metadata(book))
    if set(book) - set(_BOOK_PARTS):
        found.append(NotebookFinding(0, 0, "row-level data", "parts that no notebook has, which are not read"))
    for number, cell in enumerate(book["cells"], start=1):
        source, code = _joined(cell.get("source")), cell.get("cell_type") == "code"
        found += _of_text(source, number, 0, code=code)
        found += _found(number, 0, signs_in_metadata(cell.get("metadata") or {}))
        if cell.get("cell_type") == "raw":
            found += _found(number, 0, signs_in_text(source, output=True))
        for at, output in enumerate(cell.get("outputs") or (), start=1):
            found += _of_output(output, number, at)
            found += _found(number, at, signs_in_metadata(output.get("metadata") or {}))
            mimes = set(output.get("data") or {})
            mimes |= (
                {"image/within a page"} if holds_image(_joined((output.get("data") or {}).get("text/html"))) else set()
            )
            if _joined(output.get("text")).strip() == REMOVED:
                continue
            shown = output.get("output_type") == "stream" or "text/html" in mimes or (bool(mimes) and not _drawn(mimes))
            found += _found(number, at, signs_beside_source(source, mimes, shown=shown))
        if _unknown(cell):
            found.append(NotebookFinding(number, 0, "row-level data", "parts that no cell has, which are not read"))
        if cell.get("attachments"):
            found.append(NotebookFinding(number, 0, "row-level data", "an attached file, which is not read"))
    return tuple(dict.fromkeys(found))


def clean_notebook(path: str | Path, out: str | Path | None = None) -> tuple[Path, tuple[NotebookFinding, ...]]:
    """Write a copy without the outputs and the widget state in which something was found.

    Parameters
    ----------
    path : str | Path
        The notebook, which stays as it is.
    out : str | Path | None, optional
        The copy; by default ``<name>.clean.ipynb`` beside it.

    Returns
    -------
    tuple[Path, tuple[NotebookFinding, ...]]
        The copy, and what is still found in it: sources are never changed, so that what stands in them is for its
        author.

    Raises
    ------
    UnreadableError
        The file is not a notebook.
    OutputError
        The copy cannot be written.
    """
    book, found = copy.deepcopy(_read(path)), check_notebook(path)
    dirty = {(f.cell, f.output) for f in found if f.output}
    for number, cell in enumerate(book["cells"], start=1):
        for at, _ in enumerate(cell.get("outputs") or (), start=1):
            if (number, at) in dirty:
                cell["outputs"][at - 1] = {"output_type": "stream", "name": "stdout", "text": [f"{REMOVED}\n"]}
            elif "metadata" in cell["outputs"][at - 1]:
                cell["outputs"][at - 1]["metadata"] = {}
        cell.pop("attachments", None)
        for part in _unknown(cell):
            cell.pop(part)
        cell["metadata"] = {k: v for k, v in (cell.get("metadata") or {}).items() if k == "tags"}
    book = {k: v for k, v in book.items() if k in _BOOK_PARTS}
    book["metadata"] = {k: v for k, v in (book.get("metadata") or {}).items() if k in _KEPT}
    target = Path(out) if out is not None else Path(path).with_suffix(".clean.ipynb")
    atomic_write_text(target, json.dumps(book, indent=1, ensure_ascii=False) + "\n")
    return target, check_notebook(target)


def _read(path: str | Path) -> dict[str, Any]:
    where = Path(path)
    try:
        if where.stat().st_size > _MOST_BYTES:
            raise ValueError("size")
        book = json.loads(where.read_text(encoding="utf-8"))
        if not isinstance(book, dict) or not isinstance(book["cells"], list) or book.get("nbformat") != _FORMAT:
            raise ValueError("format")
        if not _shaped(book):
            raise ValueError("shape")
        json.dumps(book, ensure_ascii=False).encode()  # half a character can be read, and not written again
    except (OSError, ValueError, KeyError, RecursionError):
        raise UnreadableError(
            f"'{where.name}' is not a notebook that can be read.",
            fix="Choose an .ipynb file of format 4; open it and save it again.",
            code="NOTEBOOK-UNREADABLE",
        ) from None
    return book


def _shaped(book: Mapping[str, Any]) -> bool:
    """Whether every part that is looked through is of the kind that the format says: another could be overlooked."""
    about = book.get("metadata") or {}
    widgets = (about.get("widgets") or {}) if isinstance(about, dict) else None
    saved = (widgets.get(_STATE) or {}) if isinstance(widgets, dict) else None
    state = (saved.get("state") or {}) if isinstance(saved, dict) else None
    cells = book["cells"]
    outputs = [c.get("outputs") or [] for c in cells if isinstance(c, dict)]
    each = [o for many in outputs if isinstance(many, list) for o in many]
    return (
        isinstance(state, dict)
        and all(isinstance(m, dict) and isinstance(m.get("state", {}), dict) for m in state.values())
        and all(isinstance(c, dict) for c in cells)
        and all(isinstance(many, list) for many in outputs)
        and all(isinstance(o, dict) and isinstance(o.get("data") or {}, dict) for o in each)
        and all(isinstance(part.get("metadata") or {}, dict) for part in (*cells, *each))
    )


def _unknown(cell: Mapping[str, Any]) -> list[str]:
    """Parts of a cell that the format does not know, and an id that is none."""
    said = not _ID.fullmatch(str(cell.get("id", "x")))
    return [k for k in cell if k not in _CELL_PARTS or (k == "id" and said)]


def _drawn(mimes: set[str]) -> bool:
    return any(m.startswith("image/") for m in mimes)


def _found(cell: int, at: int, signs: Iterable[tuple[str, str]]) -> Iterator[NotebookFinding]:
    for kind, what in signs:
        yield NotebookFinding(cell, at, kind, what)


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")


def _of_metadata(book: Mapping[str, Any]) -> Iterator[NotebookFinding]:
    yield from _found(0, 0, signs_in_metadata(book.get("metadata") or {}))
    paths = len(_PATHS.findall(json.dumps(book.get("metadata") or {})))
    if paths:
        yield NotebookFinding(0, 0, "path", f"{plural(paths, 'path')} of a machine")
    widgets = (book.get("metadata") or {}).get("widgets") or {}
    state = (widgets.get(_STATE) or {}).get("state") or {}
    held = sum(state_holds(k, v) for m in state.values() for k, v in m.get("state", {}).items())
    other = len(set(widgets) - {_STATE})
    if held or other:
        what = f"{plural(held, 'saved value')} in {plural(len(state), 'widget')} may hold data"
        yield NotebookFinding(0, 0, "widget state", what)


def _of_output(output: Mapping[str, Any], cell: int, at: int) -> Iterator[NotebookFinding]:
    kind = output.get("output_type")
    if kind not in _OUTPUTS:
        yield NotebookFinding(cell, at, "row-level data", "an output of a kind that is not read")
        return
    if kind == "error":
        text = _joined(output.get("traceback"))
        if str(output.get("ename")) not in _OWN:
            yield NotebookFinding(cell, at, "traceback", "an error that may quote values; the toolkit's own never do")
        yield from _of_text(re.sub(r"\x1b\[[0-9;]*m", "", text), cell, at, code=False, tables=False)
        return
    data = {"text/plain": output.get("text")} if kind == "stream" else output.get("data") or {}
    for mime, content in data.items():
        if mime == "text/html":
            page = _Tables()
            page.feed(_joined(content))
            if page.scripts:
                yield NotebookFinding(cell, at, "row-level data", "a script in a page, which is not read")
            for table in page.tables:
                yield from _of_table(table, cell, at)
            yield from _of_text(" ".join(page.words), cell, at, code=False, tables=False)
        elif mime.startswith("text/"):
            yield from _of_text(_joined(content), cell, at, code=False)
        elif (mime == "application/json" or mime.endswith("+json")) and "widget-view" not in mime:
            yield NotebookFinding(cell, at, "row-level data", "an output of data in JSON, which is not read")
        elif mime == "image/svg+xml":
            yield from _of_text(" ".join(re.split(r"<[^>]*>", _joined(content))), cell, at, code=False, tables=False)
        elif not mime.startswith("image/") and "widget-view" not in mime:
            yield NotebookFinding(cell, at, "row-level data", "an output of a kind that is not read")


def _of_text(text: str, cell: int, at: int, *, code: bool, tables: bool = True) -> Iterator[NotebookFinding]:
    if at and INSIDE_ONLY in text:
        yield NotebookFinding(cell, at, "not released", "a measured frame that has not passed the disclosure gate")
    for what in details_in(text):
        yield NotebookFinding(
            cell, at, "identifier", f"the {'source' if not at else 'output'} looks as if it holds {what}"
        )
    yield from _found(cell, at, signs_in_text(text, output=bool(at)))
    said = text if not code else "\n".join(re.findall(r"#(.*)", text))
    if named := names_in(said) + (names_typed(text) if code else 0):
        yield NotebookFinding(cell, at, "identifier", f"{plural(named, 'line that names', 'lines that name')} somebody")
    paths = len(_PATHS.findall(text))
    if paths:
        yield NotebookFinding(cell, at, "path", f"{plural(paths, 'path')} of a machine")
    if at and tables and not code:
        yield from _of_table(_plain_table(text), cell, at)


def _plain_table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip() and line.strip() != INSIDE_ONLY]
    rows = [[part for part in _SPLIT.split(line.strip()) if part] for line in lines]
    heads = [[] if line.rstrip().endswith(".") else line.split() for line in lines[:3]]  # a sentence heads no table
    wide = [row if len(row) > 1 else line.split() for row, line in zip(rows, lines, strict=True)]
    tells = (i for i, head in enumerate(heads) if any(_counted(h) or is_identifier(h) or h in INITIALS for h in head))
    start = next(tells, None)
    if start is None:
        return []
    head = heads[start]
    body = [line.split() for line in lines[start + 1 :]]
    lined = [row[-len(head) :] for row in body if len(row) >= len(head)]
    return [head, *lined] if lined else ([] if len(wide) < 2 else [head])


def _of_table(table: Sequence[Sequence[str]], cell: int, at: int) -> Iterator[NotebookFinding]:
    if len(table) < 2:
        return
    head, body = table[0], [row for row in table[1:] if len(row) == len(table[0])]
    for i, name in enumerate(head):
        column = [row[i].strip() for row in body]
        named = name.strip(" ,").lower()
        if named in ("name", "names") and not _mostly_names(column):
            continue  # names of metrics, tables and files
        if name and is_identifier(named):
            yield NotebookFinding(
                cell, at, "row-level data", f"a column of keys or personal details ('{name}'), {len(body)} rows"
            )
        elif column and (_mostly_names(column) or looks_like_people(name, column)):
            yield NotebookFinding(cell, at, "identifier", f"a column of names ('{name}'), {len(body)} rows")
        else:
            kind = who_values([c for c in column if c]) if len(column) > 2 else ""
            if kind not in ("", "keys", "names"):
                yield NotebookFinding(cell, at, "identifier", f"a column that looks like {kind}, {len(body)} rows")
        if _counted(name) and not any(re.search(r"\.\d*[1-9]", c) for c in column):
            small = sum(1 for c in column if _small(c))
            if small:
                yield NotebookFinding(
                    cell, at, "small cell", f"{plural(small, 'count')} from 1 to {FLOOR_THRESHOLD - 1} in '{name}'"
                )


def _mostly_names(column: Sequence[str]) -> bool:
    return len(column) > 1 and 2 * sum(map(names_person, column)) >= len(column)


def _counted(name: str) -> bool:
    return bool(_COUNTS.match(name.strip()))


def _small(text: str) -> bool:
    plain = text.replace(",", "")
    return bool(re.fullmatch(r"\d+(?:\.0+)?", plain)) and 0 < float(plain) < FLOOR_THRESHOLD


class _Tables(HTMLParser):
    """The tables of a page as rows of words, and all its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.words: list[str] = []
        self.scripts = 0
        self._cell: list[str] | None = None
        self._skip = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += attribute_words(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
        elif tag in ("style", "script"):
            self._skip = True
            self.scripts += tag == "script"

    def handle_comment(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join(self._cell).strip())
            self._cell = None
        elif tag in ("style", "script"):
            self._skip = False

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        if self._cell is not None:
            self._cell.append(data.strip())
        if data.strip():
            self.words.append(data.strip())
