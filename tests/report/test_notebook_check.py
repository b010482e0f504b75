"""A notebook is looked through before it is shared: each kind of thing is found, a clean one passes, a copy is safe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hybrid_toolkit.cli import main
from hybrid_toolkit.data.privacy.inside import inside
from hybrid_toolkit.errors import UnreadableError
from hybrid_toolkit.report.notebook_check import check_notebook, clean_notebook

ROOT = Path(__file__).resolve().parents[2]
STAFF = pd.DataFrame({"worker_id": ["W0001", "W0002"], "hours": [31.2, 18.0]})
NAMED = pd.DataFrame({"who": ["Alex Surname", "Sam Surname"], "hours": [31.2, 18.0]})
COUNTS = pd.DataFrame({"group": ["early", "late"], "n": [4, 63]})
SAFE = pd.DataFrame({"group": ["early", "late"], "n": [40, 65], "share": [0.25, 0.5]})


def saved(
    folder: Path, *outputs: dict[str, Any], source: str = "1 + 1", metadata: dict[str, Any] | None = None
) -> Path:
    cell = {"cell_type": "code", "source": [source], "outputs": list(outputs), "metadata": {}, "execution_count": 1}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata or {}, "cells": [cell]}
    path = folder / "book.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def said(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def shown(frame: pd.DataFrame) -> dict[str, Any]:
    data = {"text/html": [frame._repr_html_()], "text/plain": [repr(frame)]}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}


STATE = {
    "widgets": {
        "application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {"value": "<table>" + "x" * 60}}}}
    }
}


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (shown(STAFF), "row-level data"),
        (said(STAFF.to_string()), "row-level data"),
        (shown(NAMED), "identifier"),
        (shown(COUNTS), "small cell"),
        (said(COUNTS.to_string(index=False)), "small cell"),
        (shown(inside(SAFE)), "not released"),
        (said(inside(SAFE).to_string()), "not released"),
        (said("Ring 0113 496 0000"), "identifier"),
        (said("The family at 12 High Street"), "identifier"),
        (said("Child 943 476 5919 was seen"), "identifier"),
        (said("read /home/someone/cases/contacts.csv"), "path"),
        (said("read C:\\\\Users\\\\someone\\\\cases.csv".replace("\\\\", "\\")), "path"),
        (
            {"output_type": "error", "ename": "KeyError", "evalue": "'W0001'", "traceback": ["KeyError: 'W0001'"]},
            "traceback",
        ),
        (
            {"output_type": "display_data", "data": {"application/json": {"rows": [1]}}, "metadata": {}},
            "row-level data",
        ),
    ],
)
def test_each_kind_is_found_and_cleaned(tmp_path: Path, output: dict[str, Any], kind: str) -> None:
    path = saved(tmp_path, output)
    found = check_notebook(path)
    assert kind in {f.kind for f in found} and {f.cell for f in found} == {1}
    assert not any(value in str(f) for f in found for value in ("W0001", "Sarah", "0113", "High Street", "someone"))
    assert main(["check-notebook", str(path)]) == 1
    copy, left = clean_notebook(path)
    assert left == () and copy != path and main(["check-notebook", str(copy)]) == 0
    assert kind in {f.kind for f in check_notebook(path)}, "the notebook itself stays as it was"


def test_what_is_safe_passes(tmp_path: Path) -> None:
    own = {
        "output_type": "error",
        "ename": "DisclosureError",
        "evalue": "x",
        "traceback": ["DisclosureError: [PEOPLE-UNSAID]"],
    }
    path = saved(tmp_path, shown(SAFE), said(SAFE.to_string()), said("-0.081 (-0.112 to -0.050), 14,205 contacts"), own)
    assert check_notebook(path) == () and main(["check-notebook", str(path)]) == 0
    prose = "37% of people who answered first also answered last.\n" + " ".join(["word"] * 3 + ["4"] + ["word"] * 5)
    assert check_notebook(saved(tmp_path, said(prose))) == ()  # a sentence is no head of a table


def test_widget_state_is_found_and_taken_out(tmp_path: Path) -> None:
    path = saved(tmp_path, metadata=STATE)
    assert [f.kind for f in check_notebook(path)] == ["widget state"]
    copy, left = clean_notebook(path)
    assert left == () and "widgets" not in json.loads(copy.read_text(encoding="utf-8"))["metadata"]


def test_what_stands_in_a_source_is_told_and_left_to_its_author(tmp_path: Path) -> None:
    path = saved(tmp_path, source="data = load('/home/someone/cases/real.csv')")
    assert [(f.kind, f.output) for f in check_notebook(path)] == [("path", 0)]
    assert main(["check-notebook", "--clean", str(path)]) == 1


def test_what_is_no_notebook_is_a_named_error(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    for text in ("", "[]", "{}", '{"cells": 3, "nbformat": 4}', '{"cells": [3], "nbformat": 4}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UnreadableError, match="NOTEBOOK-UNREADABLE"):
            check_notebook(path)
    assert main(["check-notebook", str(tmp_path / "none.ipynb")]) not in (0, 1)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem[:2])
def test_the_projects_own_notebooks_pass(path: Path) -> None:
    assert check_notebook(path) == ()
