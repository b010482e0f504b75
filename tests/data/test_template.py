"""The workbook to fill in: complete, without formulas, and loadable with its example row."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.template import DICTIONARY, write_template
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.validate import EXAMPLE, validate_data, validate_path
from hybrid_toolkit.errors import OutputError


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("template") / "fill in.xlsx")


def test_it_has_a_sheet_a_table_with_its_columns(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames == ["README", DICTIONARY, *TABLES]
    for name, table in TABLES.items():
        sheet = book[name]
        assert tuple(c.value for c in sheet[1]) == table.names
        assert sheet.freeze_panes == "A2" and sheet.max_row == 2
        assert all(c.comment is not None and c.comment.text for c in sheet[1])


def test_no_cell_starts_a_formula(template: Path) -> None:
    for sheet in load_workbook(template):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and not str(cell.value or "").startswith(("=", "+", "-", "@"))


def test_codes_and_flags_have_a_list_to_choose_from(template: Path) -> None:
    book = load_workbook(template)
    for name, table in TABLES.items():
        lists = {str(v.sqref).split(":")[0].rstrip("2"): v.formula1 for v in book[name].data_validations.dataValidation}
        for cell, column in zip(book[name][1], table.columns, strict=True):
            if column.codes:
                assert lists[cell.column_letter] == '"' + ",".join(column.codes) + '"'
                assert len(lists[cell.column_letter]) <= 257 and not any("," in c for c in column.codes)
            elif column.kind == "bool":
                assert lists[cell.column_letter] == '"yes,no"'
            else:
                assert cell.column_letter not in lists


def test_the_dictionary_has_every_column(template: Path) -> None:
    rows = list(load_workbook(template)[DICTIONARY].iter_rows(min_row=2, values_only=True))
    assert [(r[0], r[1]) for r in rows] == [(t.name, c.name) for t in TABLES.values() for c in t.columns]
    role = next(r for r in rows if r[:2] == ("worker", "role"))
    assert "5: Case holder" in str(role[7]) and role[8] == "no"


def test_the_example_loads_and_is_noticed(template: Path) -> None:
    data = load_data(template)
    assert list(data) == list(TABLES) and all(len(data[t]) == 1 for t in data)
    for name, table in TABLES.items():
        assert tuple(data[name].columns) == table.names
    report = validate_data(data)
    assert report.ok, report.summary()
    assert {p.code for p in report.problems} == {"EXAMPLE-ROW"}
    keyed = [t.name for t in TABLES.values() if any(t[k].kind == "id" for k in t.key)]
    assert [p.table for p in report.problems] == keyed == list(TABLES)
    assert data["worker"].loc[0, "worker_id"] == f"{EXAMPLE}WORKER"
    assert validate_path(template).ok


def test_a_filled_workbook_loads(template: Path, tmp_path: Path) -> None:
    book = load_workbook(template)
    sheet = book["worker"]
    sheet.delete_rows(2)
    sheet.append(["W1", "T1", "5", "no", None, "yes"])
    for name in TABLES:
        if name != "worker":
            del book[name]
    book.save(tmp_path / "filled.xlsx")
    worker = load_data(tmp_path / "filled.xlsx")["worker"]
    assert worker.loc[0, ["worker_id", "role", "agency", "asye"]].tolist() == ["W1", "5", False, True]


def test_an_unwritable_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        write_template(tmp_path / "file" / "t.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
