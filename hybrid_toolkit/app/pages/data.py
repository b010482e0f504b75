"""Look at our data: open a service's own files step by step, without code."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page
from hybrid_toolkit.app.session import DATA_FILE
from hybrid_toolkit.app.uploads import is_gone
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, Visit
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.errors import HybridToolkitError, UsageError

OPENING = "opening-data"
"""The saved file of what is being opened: place, what each file is, columns and codes that a person matched."""
_WORK = "hybrid_toolkit.app.work.own_data"
_MAPPING = "mapping.toml"
ROWS_OF_A_PROBLEM = 3
"""Rows of a problem that its page shows with what stands around them; the rest are named by number."""


def _draft(visit: Visit) -> dict[str, Any]:
    return dict(visit.workspace.read(OPENING).content) if visit.workspace is not None else {}


def _status(step: str) -> Any:
    def stands(visit: Visit) -> str:
        draft = _draft(visit)
        if step in draft.get("done", ()):
            return DONE
        return BEGUN if draft.get("path") and step == "files" else TO_DO

    return stands


def _done(held: dict[str, Any], *steps: str) -> list[str]:
    return list(dict.fromkeys([*held.get("done", ()), *steps]))


def _home(visit: Visit) -> Answered:
    if visit.sent:
        assert visit.session is not None
        what = visit.form.word("what")
        if what in ("undo", "redo"):
            return GoTo("/data", visit.saved_in.step(OPENING, what))
        visit.session.forget_data()
        visit.saved_in.change(OPENING, lambda _: {}, "closed the data")
        return GoTo("/data", "Your data are closed. The pages show a simulated service.")
    source = "" if visit.session is None or visit.session.data is None else visit.session.data[0]
    steps = [
        {"title": p.title, "href": p.path, "hint": p.purpose, "stands": p.status(visit)}
        for p in ALL
        if p.step and p.status is not None
    ]
    source = "the files that you sent" if is_gone(source) else source
    gone = is_gone(str(_draft(visit).get("path", "")))
    turns = visit.workspace.steps(OPENING) if visit.workspace is not None else (False, False)
    return PageView("data_home.html.j2", {"source": source, "tasks": steps, "gone": gone, "turns": turns})


def _open(visit: Visit) -> Answered:
    path, errors = _draft(visit).get("path", ""), {}
    if visit.sent:
        try:
            if visit.files:
                assert visit.session is not None
                path = visit.session.uploads.keep(
                    [(one.name, one.content) for sent in visit.files.values() for one in sent]
                )
            else:
                path = visit.form.word("path")
                if not path:
                    raise UsageError("No place is named.", fix="Enter a folder, or choose a file.", code="PATH-NONE")
                if "://" not in path and not Path(path).expanduser().exists():
                    raise UsageError(
                        "There is no file or folder at that place.", fix="Check the spelling.", code="PATH-NONE"
                    )
        except HybridToolkitError as error:
            errors["path"] = f"{error.message} {error.fix}"
        else:
            visit.saved_in.change(OPENING, lambda _: {"path": path, "done": ["open"]}, "chose files")
            return GoTo("/data/files")
    return PageView("data_open.html.j2", {"path": path, "errors": errors}, status=422 if errors else 200)


def _tables(draft: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(k), str(v)) for k, v in draft.get("tables", {}).items()))


def _stamp(path: str) -> str:
    """What changes when a file does; empty for a database, which is read again by reopening it."""
    place = Path(path).expanduser()
    files = [place] if place.is_file() else sorted(place.iterdir()) if place.is_dir() else []
    return " ".join(f"{f.stat().st_mtime_ns}-{f.stat().st_size}" for f in files if f.is_file())


def _shape(found: dict[str, Any]) -> str:
    """What the questions of the page on columns are about: they change with the files and with what each file is."""
    asked = [[c["table"], c["source"]] for c in found["columns"]] + [[c["place"], c["code"]] for c in found["codes"]]
    return sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _answers(draft: dict[str, Any], name: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(tuple(map(str, row)) for row in draft.get(name, ()))  # type: ignore[misc]


def _files(visit: Visit) -> Answered:
    from hybrid_toolkit.data.tables.contracts import TABLES

    draft = _draft(visit)
    if not draft.get("path") or is_gone(str(draft["path"])):
        return GoTo("/data/open", "Choose your files first.")
    found = visit.work(f"{_WORK}:recognise_files", path=draft["path"], stamp=_stamp(draft["path"]))
    if visit.sent:
        given, leave = dict[str, str](), list[str]()
        for i, one in enumerate(found):
            said = visit.form.word(f"other-{i}") or visit.form.word(f"file-{i}")
            if said == "leave":
                leave.append(one["ref"])
            elif said in TABLES:
                given[one["ref"]] = said
        visit.saved_in.change(
            OPENING,
            lambda h: {**h, "tables": given, "leave": leave, "done": _done(h, "files")},
            "said what each file is",
        )
        return GoTo("/data/columns")
    words = {name: contract.text for name, contract in TABLES.items()}
    return PageView(
        "data_files.html.j2", {"files": found, "words": words, "draft": draft, "stamp": _stamp(draft["path"])}
    )


def _proposed(visit: Visit, draft: dict[str, Any]) -> dict[str, Any]:
    """The mapping with the person's answers in it."""
    found: dict[str, Any] = visit.work(
        f"{_WORK}:propose_with_answers",
        path=draft["path"],
        tables=_tables(draft),
        columns=_answers(draft, "columns"),
        codes=_answers(draft, "codes"),
        leave=tuple(map(str, draft.get("leave", ()))),
        stamp=_stamp(draft["path"]),
    )
    return found


def _columns(visit: Visit) -> Answered:
    draft = _draft(visit)
    if not draft.get("path") or is_gone(str(draft["path"])):
        return GoTo("/data/open", "Choose your files first.")
    columns, codes = _answers(draft, "columns"), _answers(draft, "codes")
    found = _proposed(visit, draft)
    if visit.sent:
        chosen = [
            [c["table"], c["source"], visit.form.word(f"column-{i}")]
            for i, c in enumerate(found["columns"])
            if visit.form.word(f"column-{i}") in c["free"]
        ]
        meant = [
            [c["place"], c["code"], visit.form.word(f"code-{i}")]
            for i, c in enumerate(found["codes"])
            if visit.form.word(f"code-{i}") in c["allowed"]
        ]
        visit.saved_in.change(
            OPENING,
            lambda h: {**h, "columns": chosen, "codes": meant, "done": _done(h, "columns")},
            "matched columns and codes",
        )
        return GoTo("/data/check")
    held = {(t, s): c for t, s, c in columns}
    meanings = {(p, c): to for p, c, to in codes}
    return PageView(
        "data_columns.html.j2", {"found": found, "held": held, "meanings": meanings, "stamp": _shape(found)}
    )


def _check(visit: Visit) -> Answered:
    draft = _draft(visit)
    if not draft.get("path") or is_gone(str(draft["path"])):
        return GoTo("/data/open", "Choose your files first.")
    made = _proposed(visit, draft)
    aside = tuple(map(tuple, draft.get("aside", ())))
    toml = _without(made["toml"], aside)
    if visit.sent and visit.form.word("aside"):
        table, _, column = visit.form.word("aside").partition(".")
        visit.saved_in.change(
            OPENING, lambda h: {**h, "aside": [*h.get("aside", ()), [table, column]]}, "set a column aside"
        )
        what = f"column {column}" if column else f"table {table}"
        return GoTo("/data/check", f"The {what.replace('_', ' ')} is set aside.")
    if visit.sent and visit.form.word("back"):
        visit.saved_in.change(OPENING, lambda h: {**h, "aside": []}, "took columns back")
        return GoTo("/data/check", "All columns are back.")
    found = visit.work(f"{_WORK}:problems_of", path=draft["path"], toml=toml, stamp=_stamp(draft["path"]))
    if visit.sent:
        if found["errors"]:
            return GoTo("/data/check", "There are still problems to fix.")
        place = visit.saved_in.folder / _MAPPING
        atomic_write_text(place, toml)
        visit.saved_in.change(DATA_FILE, lambda _: {"source": draft["path"], "mapping": str(place)}, "opened data")
        visit.saved_in.change(OPENING, lambda h: {**h, "done": _done(h, "check")}, "opened data")
        assert visit.session is not None
        visit.session.reopen_data()
        visit.session.uploads.remove(but=draft["path"])
        return GoTo("/data/first", "Your data are open.")
    return PageView("data_check.html.j2", {"found": found, "aside": aside, "questions": made["questions"]})


def _cell(visit: Visit) -> Answered:
    """The place of a problem in its file: the rows around it, by kind of value."""
    draft, table, column = _draft(visit), visit.query.word("table"), visit.query.word("column")
    if not draft.get("path") or is_gone(str(draft["path"])):
        return GoTo("/data/open", "Choose your files first.")
    toml = _without(_proposed(visit, draft)["toml"], tuple(map(tuple, draft.get("aside", ()))))
    found = visit.work(f"{_WORK}:problems_of", path=draft["path"], toml=toml, stamp=_stamp(draft["path"]))
    asked = [e for e in found["errors"] + found["notices"] if (e["table"], e["column"]) == (table, column)]
    problem = next((e for e in asked if e["positions"]), None)
    if problem is None:  # it was mended, or the address was typed by hand
        return GoTo("/data/check", "That problem is not there now. What is left stands here.")
    near = visit.work(
        f"{_WORK}:cells_around", path=draft["path"], toml=toml, table=table, column=column,
        rows=tuple(problem["positions"][:ROWS_OF_A_PROBLEM]), stamp=_stamp(draft["path"]),
    )  # fmt: skip
    return PageView("data_cell.html.j2", {"wrong": problem, "near": near})


def _without(toml: str, aside: tuple[tuple[str, ...], ...]) -> str:
    """A mapping without the columns, or with an empty column the whole tables, that a person set aside."""
    gone = "|".join(re.escape(table) for table, column in aside if not column)
    if gone:
        parts = re.split(r"(?m)^(?=\[\[?tables\.\w+\]\]?$)", toml)
        toml = "".join(p for p in parts if not re.match(rf"\[\[?tables\.(?:{gone})\]", p))
    lines, table = [], ""
    for line in toml.splitlines():
        if line.startswith("["):
            head = re.fullmatch(r"\[tables\.(\w+)\.columns\]", line)
            table = head[1] if head else ""
        if not (table and (table, line.partition(" = ")[0]) in aside):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _first(visit: Visit) -> Answered:
    if visit.session is not None and visit.session.reads_copies:
        visit.session.keep_data(visit.work(f"{_WORK}:hand_over"))
    found = visit.work("hybrid_toolkit.app.work.look_at_data:first_look")
    return PageView("data_first.html.j2", {"first": found, "found": found["lens"]})


ALL = (
    Page("/data", "Our data", "What is open, and the steps to open your own.", "data", _home),
    Page("/data/open", "Choose your files", "A folder on this computer, or files.", "data", _open, step=True,
         status=_status("open"), saves=True),
    Page("/data/files", "What each file is", "See each file and say what it holds.", "data", _files, step=True,
         status=_status("files"), saves=True),
    Page("/data/columns", "Columns and codes", "Match what the toolkit did not recognise.", "data", _columns, step=True,
         status=_status("columns"), saves=True),
    Page("/data/check", "Check and open", "Fix problems or set a column aside, then open the data.", "data", _check,
         step=True, status=_status("check"), saves=True),
    Page("/data/cell", "Where the problem is", "The rows around a problem.", "data", _cell, listed=False, saves=True),
    Page("/data/first", "A first look", "What your data hold, and a first figure.", "data", _first),
)  # fmt: skip
