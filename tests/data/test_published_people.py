"""Files with one row a person are refused before anything is made of them; a folder reads what it can."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from hybrid_toolkit.cli import main
from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.errors import IdentifierError, PersonLevelError, PublishedError

AREAS = "LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1.5\nE06000005,Darlington,[c]\n"
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
second = LETTERS[sum(int(d) * w for d, w in zip("801200001002", range(2, 14), strict=True)) % 23] + "801200001002"
PEOPLE = {
    "episodes.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE\n811,01/02/2019,P,V4,N4,K2\n812,05/06/2019,S,,N5,U5\n",
    "dates of birth.csv": "Record,Date of birth,Legal status\nA1,03/04/2012,C2\nA2,05/06/2013,V4\n",
    "pupils.csv": f"UPN,Sessions,Absent\nH801200001001,180,12\n{second},180,9\n",
    "upn under another name.csv": f"Key,Sessions,Absent\nH801200001001,180,12\n{second},180,9\n",
    "workers.csv": "Worker name,Team,Cases\nAlex Example,North,12\nSam Sample,South,14\n",
    "allocated.csv": "Case ref,Allocated worker,Visits\n90001,Alex Example,12\n90002,Sam Sample,14\n",
    "payroll.csv": "Payroll number,Post,Start date,FTE\n40011,Manager,01/09/2020,1.0\n40012,Worker,11/02/2021,0.6\n",
    "visits.csv": "LA,Child ref,Visit date\nKent,88001,01/04/2023\nKent,88002,02/04/2023\nKent,88001,02/05/2023\n",
    "born.csv": "Key,Born,School,Attendance\nA1,06/05/2012,Hill,92\nA2,06/05/2011,Hill,90\n",
    "homes.csv": "Row,Home postcode,Visits\n1,ZZ1 1ZZ,12\n2,ZZ2 2ZZ,14\n",
    "children.csv": "Child Unique ID,Gender,Age\n70001,b) Female,9\n70002,a) Male,10\n",
    "cases.csv": "Case number,Gender,Date opened,Date closed\n1,F,03/04/2019,05/06/2019\n2,M,07/08/2019,09/10/2019\n",
    "titled.csv": "List 6: children in need,,\n,,\nChild ID,Gender,Need\n70001,F,N1\n70002,M,N2\n",
}


@pytest.mark.parametrize("name", list(PEOPLE))
def test_person_level_files_are_refused_by_kind_and_without_a_value(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(PEOPLE[name], encoding="utf-8")
    with pytest.raises(PersonLevelError) as caught:
        load_published(file)
    assert isinstance(caught.value, PublishedError) and isinstance(caught.value, IdentifierError)
    message = str(caught.value)
    assert caught.value.code == "PUB-PERSON-LEVEL" and "one row a person" in message and "column" in message
    cells = {c for line in PEOPLE[name].splitlines()[1:] for c in line.split(",") if len(c) > 4}
    assert not [c for c in cells if c in message and "children in need" not in c]


def test_nothing_is_written_for_a_person_level_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    sheet = book.create_sheet("List 1", 0)
    sheet.append(["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Allocated Worker"])
    sheet.append([900001, "b) Female", "a) WBRI", dt.date(2012, 3, 4), 9, "Pat Example"])
    sheet.append([900002, "a) Male", "a) WBRI", dt.date(2013, 3, 4), 8, "Sam Example"])
    book.save(tmp_path / "x.xlsx")
    out = tmp_path / "out.csv"
    assert main(["published", str(tmp_path / "x.xlsx"), "--out", str(out)]) != 0
    said = capsys.readouterr()
    assert (
        not out.exists()
        and "birth date" in said.err
        and "worker name" in said.err
        and "Example" not in said.err + said.out
    )


@pytest.mark.parametrize(
    "text",
    [
        "Area code,Area,Children,Staff number\nE06000001,Hartlepool,81,12\nE06000005,Darlington,92,13\n",
        "LA code,LA name,Child,Adult\n805,Hartlepool,12345,45678\n841,Darlington,12346,45679\n",
        "LA code,LA name,Number of children,Case number\n805,Hartlepool,12345,45678\n841,Darlington,12346,45679\n",
        "LA code,LA name,Gender,Age group,Rate\n805,Hartlepool,Female,10-15,45.1\n841,Darlington,Female,10-15,4.2\n",
        "Local authority,Home name,URN,Postcode,Inspection date,Places\n"
        "Kent,The Willows,71,ZZ1 1ZZ,2024-01-02,5\nKent,The Oaks,72,ZZ1 2ZZ,2024-01-03,6\n",
    ],
    ids=["counts of staff", "counts of children", "number of children", "breakdowns", "inspections of homes"],
)
def test_tables_of_areas_with_such_words_are_not_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    assert len(load_published(tmp_path / "x.csv").tidy()) > 0


def test_a_folder_reads_what_it_can_and_names_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(AREAS, encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        "col_name,col_type,label\nrate,Indicator,Rate\ngroup,Filter,Group\n", encoding="utf-8"
    )
    (tmp_path / "c.csv").write_text(PEOPLE["children.csv"], encoding="utf-8")
    (tmp_path / "d.csv").write_text("", encoding="utf-8")
    out = load_published(tmp_path)
    assert [s.file for s in out.sources] == ["a.csv"] and len(out.tidy()) == 2
    assert [name for name, _ in out.left_out] == ["b.csv", "c.csv", "d.csv"]
    assert "Not read: 'b.csv': [PUB-LAYOUT]" in out.summary() and "[PUB-PERSON-LEVEL]" in out.left_out[1][1]
    (tmp_path / "a.csv").unlink()
    with pytest.raises(PersonLevelError, match="None of the 3 tables"):
        load_published(tmp_path)


def test_parquet_reads_as_the_same_table_in_csv(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Data item": ["Turnover", "Turnover", "Vacancy"],
            "Years": ["2016", "2017", "2016"],
            "LA and Regions": ["Brent", "Brent", "London"],
            "Values": [22.7, None, 19.5],
            "LA Number": pd.array([304, 304, 989], dtype="Int32"),
            "Region": ["Outer London", "Outer London", None],
        }
    )
    frame.to_parquet(tmp_path / "x.parquet")
    frame.to_csv(tmp_path / "x.csv", index=False)
    one, two = (load_published(tmp_path / f"x.{end}") for end in ("parquet", "csv"))
    assert one.source.kind == "parquet" and one.tidy()["value"].tolist()[::2] == [22.7, 19.5]
    pd.testing.assert_frame_equal(one.tidy().drop(columns="file"), two.tidy().drop(columns="file"))
    assert [s.file for s in load_published(tmp_path).sources] == ["x.csv", "x.parquet"]
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "x.parquet").read_bytes()[:200])
    with pytest.raises(PublishedError, match="cut short") as caught:
        load_published(tmp_path / "cut.parquet")
    assert caught.value.code == "PUB-BROKEN"


def test_what_is_not_understood_names_the_argument_that_helps(tmp_path: Path) -> None:
    rows = "Some notes,,\nZone,Visits,Calls\nNewtown,1,2\nOldville,3,4\n"
    (tmp_path / "x.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(PublishedError, match=r"saw 4 rows and 3 columns.*in row 2, 3 of its 3 cells") as caught:
        load_published(tmp_path / "x.csv")
    assert caught.value.code == "PUB-LAYOUT" and "header=2, area='HEADER'" in caught.value.fix
    t = load_published(tmp_path / "x.csv", header=2, area="Zone", period="2024").tidy()
    assert t["area_name"].tolist() == ["Newtown", "Oldville"] * 2 and t["value"].tolist() == [1, 3, 2, 4]
    assert set(t["period"]) == {"2024"}
    assert len(load_published(tmp_path / "x.csv", area="Zone").tidy()) == 4


@pytest.mark.parametrize(
    ("hints", "code"),
    [({"header": 40}, "PUB-HEADER"), ({"header": 2, "area": "Colour"}, "PUB-AREA"), ({"sheet": "Tab 9"}, "PUB-SHEET")],
)
def test_an_argument_that_fits_nothing_is_told(tmp_path: Path, hints: dict[str, object], code: str) -> None:
    (tmp_path / "x.csv").write_text("Some notes,,\nZone,Visits,Calls\nNewtown,1,2\nOldville,3,4\n", encoding="utf-8")
    with pytest.raises(PublishedError) as caught:
        load_published(tmp_path / "x.csv", **hints)  # type: ignore[arg-type]
    assert caught.value.code == code and caught.value.fix


def test_the_command_takes_the_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("Some notes,,\nZone,Visits,Calls\nNewtown,1,2\nOldville,3,4\n", encoding="utf-8")
    words = ["published", str(tmp_path / "x.csv"), "--header", "2", "--area", "Zone", "--period", "2024"]
    assert main([*words, "--out", str(tmp_path / "o.csv")]) == 0
    assert "4 cells: 2 measures" in capsys.readouterr().out and len(pd.read_csv(tmp_path / "o.csv")) == 4


@pytest.mark.parametrize("hints", [{}, {"header": 1}, {"header": 1, "area": "Council"}])
@pytest.mark.parametrize("short", [False, True])
def test_no_cell_of_rows_without_a_header_stands_in_a_message(
    tmp_path: Path, hints: dict[str, object], short: bool
) -> None:
    """A staff list whose header was cut off: what stands in its first line is a person's."""
    rows = ["Zqarro,Vexford,Bryn Terrace,31/07/1981,7", "Quillane,Obdam,Corve Street,02/11/1990,5"]
    rows = [*rows, "E06000001,Hartlepool,Zorby Lane,03/04/1999,4"]
    (tmp_path / "x.csv").write_text("\n".join([*rows, "Hull, City of,1,2,3,4,5"] if short else rows), encoding="utf-8")
    try:
        load_published(tmp_path / "x.csv", **hints)  # type: ignore[arg-type]
    except PublishedError as error:
        said = f"{error} {error.fix}"
        assert not [
            w for w in ["Zqarro", "Vexford", "Bryn", "Quillane", "Obdam", "Corve", "Zorby", "1981", "1990"] if w in said
        ]
    else:
        pytest.fail("a list without a header was read as published figures")
