"""Where a spreadsheet's number formats cannot be read, fractions are not silently taken at face value."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from hybrid_toolkit.data.published import load_published


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("Area code", "Area name", "2024"),
        ("E06000001", "Hartlepool", 0.25),
        ("E06000002", "Middlesbrough", 0.5),
    ):
        sheet.append(row)
    book.save(path)
    return path


def test_formats_that_were_read_need_no_warning(tmp_path: Path) -> None:
    assert not [a for a in load_published(workbook(tmp_path / "a.xlsx")).assumptions if "number formats" in a]


def test_formats_that_were_not_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a style that the library does not know")

    monkeypatch.setattr(openpyxl, "load_workbook", broken)
    found = load_published(workbook(tmp_path / "a.xlsx"))
    (told,) = [a for a in found.assumptions if "number formats" in a]
    assert told.startswith("the spreadsheet's number formats were not read: 2 values")
    assert found.tidy()["value"].tolist() == [0.25, 0.5]
