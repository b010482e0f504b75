"""Notebooks as somebody in a hurry leaves them: what each gives away is found, and a clean copy holds none of it."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hybrid_toolkit.report.notebook_check import check_notebook, clean_notebook

ROWS = pd.DataFrame({"worker_id": ["W0001", "W0002", "W0003"], "name": ["Alex Surname", "Sam Surname", "Kim Surname"],
                     "fte": [0.31, 0.8, 0.55]})  # fmt: skip
PLAIN = pd.DataFrame({"age": [23, 45, 31, 52], "sick_days": [0, 12, 3, 44], "salary": [31200, 45500, 38900, 51200]})
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 80).decode()
POLARS = "shape: (2, 2)\n┌─────┬────────┐\n│ age ┆ salary │\n╞═════╪════════╡\n│ 23  ┆ 31200  │\n│ 45  ┆ 45500  │"


def _shown(**data: str) -> dict[str, Any]:
    """An output by kinds of content, in which ``_`` stands for ``/``."""
    return {"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/"): v for k, v in data.items()}}


def _printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


OUTPUTS: dict[str, tuple[str, dict[str, Any]]] = {
    "head": ("df.head()", _shown(text_html=ROWS.to_html(), text_plain=repr(ROWS))),
    "head without keys": ("df.head()", _shown(text_html=PLAIN.to_html(), text_plain=repr(PLAIN))),
    "sample printed": ("print(df.sample(4))", _printed(PLAIN.to_string())),
    "one row": ("print(df.iloc[0].to_dict())", _printed(str(PLAIN.iloc[0].to_dict()))),
    "a row with types": ("one", _printed("{'age': np.int64(23), 'salary': np.int64(31200)}")),
    "a column": ("df.fte.tolist()", _shown(text_plain="[0.31, 0.8, 0.55, 0.9, 1.0]")),
    "csv": ("print(text)", _printed(PLAIN.to_csv())),
    "json": ("print(text)", _printed(PLAIN.to_json(orient="records"))),
    "another library's frame": ("frame", _shown(text_plain=POLARS)),
    "counts of values": ("x", _shown(text_plain="sex\nF    41\nM     3\nName: count, dtype: int64")),
    "description": ("x", _shown(text_plain=repr(PLAIN.describe()))),
    "means not rounded": ("m", _shown(text_plain="            fte\nteam\nNorth  0.812334\nSouth  0.412211")),
    "greatest value": ("df.salary.max()", _shown(text_plain="98211")),
    "scatter": ("plt.scatter(df.x, df.y)", _shown(image_png=PNG, text_plain="<Figure>")),
    "strip plot": ("sns.stripplot(df, x='team', y='sick')", _shown(image_png=PNG)),
    "box plot": ("df.boxplot('sick', by='team')", _shown(image_png=PNG)),
    "picture in a page": ("HTML(page)", _shown(text_html=f"<img src='data:image/png;base64,{PNG}'>")),
    "link that holds a file": ("x", _shown(text_html=f"<a href='data:text/csv;base64,{PNG}'>get</a>")),
    "page in a page": ("x", _shown(text_html='<iframe srcdoc="&lt;td&gt;W0001&lt;/td&gt;"></iframe>')),
    "script": (
        "show(p)",
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "x=[23]"}},
    ),
    "pdf": ("x", {"output_type": "display_data", "metadata": {}, "data": {"application/pdf": PNG}}),
    "latex": ("x", _shown(text_latex="\\begin{tabular}{ll} a & 0.3 \\\\ b & 0.8 \\end{tabular}")),
    "rows one by one": ("for r in rows: print(r)", _printed("Pandas(Index=0, age=23)\nPandas(Index=1, age=45)\n")),
    "table of two": ("pd.crosstab(df.team, df.role)", _shown(text_plain="role   PC  SSW\nteam\nNorth   1    2")),
    "means by group": ("df.groupby('team').pay.mean()", _shown(text_plain="team\nEast     31200.0\nNorth    45500.5")),
    "one left": ("len(df[df.age > 60])", _shown(text_plain="np.int64(3)")),
    "the rest's shape": ("left", _shown(text_plain="(2, 31200)")),
    "one value": ("df.query('age > 60').pay.iloc[0]", _shown(text_plain="np.int64(31200)")),
    "an array": ("rows", _shown(text_plain="array([[    3, 31200],\n       [    2, 45500]])")),
    "a counter": ("c", _shown(text_plain="Counter({'North': 31200, 'East': 1})")),
    "what is filled": (
        "df.info()",
        _printed(" #   Column  Non-Null Count\n 0   31200   5 non-null"),
    ),
    "a fitted model": ("m", _shown(text_plain="                OLS Regression Results\nteam[T.East]  31200 0.2")),
    "a sentence": ("f()", _printed("Wrenna Surname has 31200 days")),
    "an initial": ("f()", {**_printed("dropped 1 row of worker J Surname\n"), "name": "stderr"}),
    "files of a folder": ("!ls -l", _printed("-rw-r--r-- 1 jsurname hr 31200 Nov  3 10:11 worker.csv")),
    "a path of data": ("p", _shown(text_plain="'/opt/people/Surname.csv'")),
    "words in a drawing": ("x", _shown(**{"image_svg+xml": "<svg><text>W0001</text></svg>"})),
    "a script in a page": ("x", _shown(text_html="<div><script>draw([31200])</script></div>")),
    "hidden in a page": ("x", _shown(text_html="<div data-rows='W0001'>ok</div>")),
    "a remark in a page": ("x", _shown(text_html="<!-- W0001 -->ok")),
    "another kind of output": ("x", {"output_type": "pyout", "text": "31200"}),
    "a column with its type": ("x", _shown(text_plain="0     0.0\n1    31200.0\nName: pay, dtype: float64")),
    "counts in brackets": ("d", _shown(text_plain="{'31200': 1, 'North': 12}")),
    "counts line by line": ("for t in x: print(t)", _printed("East 1 31200\nNorth 12 14\nSouth 12 64\n")),
    "a table in signs": ("%sql x", _shown(text_plain="+------+---+\n| East | 31200 |\n+------+---+")),
    "surnames with initials": ("x", _shown(text_plain="worker       pay\nSurname, D  31200\nOther, J    45500")),
    "initials": ("x", _shown(text_plain="who    pay\nDO   31200\nJP   45500\nMK   38900")),
    "a note": ("print(notes[0])", _printed("Off as worker Janet Surname was ill.")),
    "a figure by its name": ("fig", _shown(image_png=PNG, text_plain="<Figure>")),
    "what the machine knows": ("os.environ", _shown(text_plain="environ({'USER': 'Surname'})")),
    "rows beside an output": ("x", {**_shown(text_plain="ok"), "metadata": {"rows": ["W0001", "W0002"]}}),
}


def _cell(source: str, *outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), **more}


def _saved(folder: Path, *cells: dict[str, Any], metadata: dict[str, Any] | None = None) -> Path:
    path = folder / "mine.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": metadata or {}, "nbformat": 4}), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", OUTPUTS)
def test_an_output_is_found_and_cleaned(tmp_path: Path, kind: str) -> None:
    source, output = OUTPUTS[kind]
    path = _saved(tmp_path, _cell(source, output))
    found = check_notebook(path)
    assert any(f.output or f.cell for f in found)
    assert not any(secret in f.text for f in found for secret in ("W0001", "Alex", "31200", "0.31"))
    copy, left = clean_notebook(path)
    text = copy.read_text(encoding="utf-8")
    assert not left and not any(secret in text for secret in ("W0001", "Surname", "31200", "0.412211", PNG[:40]))


SOURCES: dict[str, dict[str, Any]] = {
    "password": _cell("e = create_engine('postgresql://me:hunter2@host/cms')"),
    "name in a comment": _cell("# Alex Surname has 31 cases\nx = 1"),
    "rows typed in": _cell("rows = [('W0001', 0.31), ('W0002', 0.8)]"),
    "table in words": {"cell_type": "markdown", "metadata": {}, "source": "| w | f |\n|---|---|\n| W0001 | 0.3 |"},
    "hidden words": {"cell_type": "markdown", "metadata": {}, "source": "<!-- W0001 Alex Surname -->"},
    "raw rows": {"cell_type": "raw", "metadata": {}, "source": PLAIN.to_csv()},
    "a key": _cell("API_KEY = 'abcdef1234567890'"),
    "a salt": _cell("SALT = 'a9f3c0d2e4b58877'"),
    "name in code": _cell("df = df[df.name != 'Alex Surname']"),
    "picture in words": {"cell_type": "markdown", "metadata": {}, "source": f"<img src='data:image/png;base64,{PNG}'>"},
    "pasted picture": {"cell_type": "markdown", "metadata": {}, "source": "![a](attachment:a.png)",
                       "attachments": {"a.png": {"image/png": PNG}}},
}  # fmt: skip


@pytest.mark.parametrize("kind", SOURCES)
def test_what_was_typed_is_found(tmp_path: Path, kind: str) -> None:
    assert check_notebook(_saved(tmp_path, SOURCES[kind]))


@pytest.mark.parametrize("text", ["x" * 100_000, "/a " * 30_000, "Ab " * 30_000, "a1 " * 30_000, "'a': " * 20_000])
def test_long_texts_are_looked_through_in_time(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    check_notebook(_saved(tmp_path, _cell("x", _printed(text))))
    assert time.process_time() - began < 10


def test_parts_that_no_notebook_has_are_found_and_left_out(tmp_path: Path) -> None:
    cell = _cell("1", rows=["W0001"], id="Alex Surname")
    path = _saved(tmp_path, cell)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"history": ["W0001"]}), encoding="utf-8")
    assert {f.cell for f in check_notebook(path)} == {0, 1}
    copy, left = clean_notebook(path)
    assert not left and not any(secret in copy.read_text() for secret in ("W0001", "Surname"))


@pytest.mark.parametrize(
    "state", [{"value": "J Surname"}, {"_options_labels": ["W0001", "W0002"]}], ids=["typed", "to choose from"]
)
def test_short_texts_in_a_widget_are_found(tmp_path: Path, state: dict[str, Any]) -> None:
    kind = "application/vnd.jupyter.widget-state+json"
    held = {"widgets": {kind: {"state": {"a": {"state": state}}}}}
    assert check_notebook(_saved(tmp_path, _cell("w"), metadata=held))
    assert check_notebook(_saved(tmp_path, _cell("w"), metadata={"widgets": {"another": {"rows": ["W0001"]}}}))


def test_metadata_are_read_and_taken_out(tmp_path: Path) -> None:
    held = {"authors": [{"name": "Alex Surname"}], "papermill": {"input_path": "/home/me/work/a.ipynb"},
            "kernelspec": {"name": "python3"}}  # fmt: skip
    path = _saved(tmp_path, _cell("x", metadata={"note": "W0001", "tags": ["keep"]}), metadata=held)
    kinds = {(f.cell, f.kind) for f in check_notebook(path)}
    assert {(0, "path"), (0, "identifier"), (1, "identifier")} <= kinds
    copy, left = clean_notebook(path)
    kept = json.loads(copy.read_text(encoding="utf-8"))
    assert not left and kept["metadata"] == {"kernelspec": {"name": "python3"}}
    assert kept["cells"][0]["metadata"] == {"tags": ["keep"]}


@pytest.mark.parametrize(
    "said",
    ["3 managers off sick", "Only 3 of the managers answered.", "2 of 41 asked; 4 social workers left", "1 family"],
)
def test_a_sentence_that_counts_few_people_is_found(tmp_path: Path, said: str) -> None:
    for cell in (
        _cell("print(told)", _printed(said + "\n")),
        {"cell_type": "markdown", "source": said, "metadata": {}},
    ):
        assert {f.kind for f in check_notebook(_saved(tmp_path, cell))} == {"small cell"}


@pytest.mark.parametrize(
    "said", ["at least 5 workers", "teams of 8 workers", "fewer than 3 families", "40 managers", "4 workers a team"]
)
def test_a_bound_or_a_size_tells_of_nobody(tmp_path: Path, said: str) -> None:
    assert not check_notebook(_saved(tmp_path, _cell("print(told)", _printed(said + "\n"))))


def test_a_path_with_either_slash_is_found(tmp_path: Path) -> None:
    for path in ("C:/Users/me/HR/staff list.csv", "D:\\\\HR\\\\staff.csv", "C:\\HR\\staff.csv"):
        assert {f.kind for f in check_notebook(_saved(tmp_path, _cell(f"read('{path}')")))} == {"path"}, path
    assert not check_notebook(_saved(tmp_path, _cell("see = 'https://example.org/a/b'")))
