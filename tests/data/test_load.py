"""Loading: the same content whatever the form, values as the contract has them, provenance that tells."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.load import load_data, read_raw
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import ContractError, IdentifierError


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def test_every_form_holds_the_same_content(stored: Path | str, tables: dict[str, pd.DataFrame]) -> None:
    data = load_data(stored)
    assert list(data) == ["team", "worker", "survey"]
    typed = {n: f.astype({c: TABLES[n][c].dtype for c in f.columns}) for n, f in tables.items()}
    assert data.hash == EvaluationData(typed).hash
    assert data["worker"]["worker_id"].tolist() == ["0012", "0013"]
    assert data["survey"]["value"].tolist()[:2] == [0.35, 5.0]
    assert data["team"]["rollout_month"].tolist()[0] == pd.Timestamp(2024, 3, 1)
    assert data["team"]["hotdesk"].isna().tolist() == [False, True, False]
    for name, frame in ((n, data[n]) for n in data):
        assert {c: str(t) for c, t in frame.dtypes.items()} == {c: TABLES[name][c].dtype for c in frame.columns}
        assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert [s.rows for s in data.provenance] == [3, 2, 3]


def test_provenance_tells_file_hash_time_and_rows(tmp_path: Path) -> None:
    text = "la_id,imd,Shoe size,Hat\nA,1,,\nB,2,4,5\n"
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    (source,) = load_data(put(tmp_path, la=text)).provenance
    assert (source.table, source.origin, source.rows) == ("la", "la.csv", 2)
    assert source.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert before <= source.read_at <= dt.datetime.now(dt.UTC)
    assert source.notes == ("2 columns outside the contract left out: Shoe size, Hat",)
    assert str(tmp_path) not in repr(source)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, ending: str) -> None:
    text = ending.join(delimiter.join(row) for row in (("la_id", "region", "imd"), ("Môn £", "NW", "1.5"))) + ending
    (tmp_path / "la.csv").write_bytes(text.encode(encoding))
    data = load_data(tmp_path)
    assert data["la"].to_dict("list") == {"la_id": ["Môn £"], "region": ["NW"], "imd": [1.5]}
    assert data.provenance[0].notes == ()


def test_windows_1252_is_read_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "la.csv").write_bytes("la_id,imd\nCafé – £5’s,1\n".encode("cp1252"))
    data = load_data(tmp_path)
    assert data["la"]["la_id"].tolist() == ["Café – £5’s"]
    assert "cp1252" in data.provenance[0].notes[0]


def test_headers_match_without_case_spaces_and_punctuation(tmp_path: Path) -> None:
    data = load_data(put(tmp_path, WORKER="Worker ID,START-DATE, Commute Min ,Agency\nW1,2024-01-31,12,no\n"))
    assert list(data["worker"].columns) == ["worker_id", "agency", "start_date", "commute_min"]


def test_booleans_in_every_spelling(tmp_path: Path) -> None:
    words = {"1": 1, "0": 0, "TRUE": 1, "false": 0, "Yes": 1, "no": 0, "Y": 1, "n": 0, "": None, "NULL": None}
    rows = "".join(f"W{i},{w}\n" for i, w in enumerate(words))
    got = load_data(put(tmp_path, worker="worker_id,agency\n" + rows))["worker"]["agency"]
    assert [None if pd.isna(v) else int(v) for v in got] == list(words.values())


def test_missing_words_spare_codes_of_the_same_name(tmp_path: Path) -> None:
    files = put(tmp_path, team="team_id,la_id,cover_policy\nT1,L,none\nT2,L,N/A\nT3,L,\n")
    data = load_data(files)
    assert data["team"]["cover_policy"].fillna("-").tolist() == ["none", "-", "-"]
    assert any("cover_policy: 1 row: a word for" in n for n in data.provenance[0].notes)


def test_codes_by_label_and_by_case(tmp_path: Path) -> None:
    files = put(tmp_path, worker="worker_id,role,sex,age_band\nA,5,F,30-39\nB,Case holder,female,60+\nC,6.0,u,20-29\n")
    worker = load_data(files)["worker"]
    assert worker["role"].tolist() == ["5", "5", "6"]
    assert worker["sex"].tolist() == ["F", "F", "U"]


def test_whole_number_keys_that_lost_their_form(tmp_path: Path) -> None:
    data = load_data(put(tmp_path, worker="worker_id,team_id\n17.0,\n18.0,4.5\n"))
    assert data["worker"]["worker_id"].tolist() == ["17", "18"]
    assert data["worker"]["team_id"].tolist()[1] == "4.5"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2024-03", "2024-03-01"),
        ("2024-03-01", "2024-03-01"),
        ("2024-03-31", "2024-03-01"),
        ("01/03/2024", "2024-03-01"),
        ("03/2024", "2024-03-01"),
        ("Mar-24", "2024-03-01"),
        ("March 2024", "2024-03-01"),
        ("mar 2024", "2024-03-01"),
    ],
)
def test_months_in_their_usual_spellings(tmp_path: Path, text: str, months: str) -> None:
    data = load_data(put(tmp_path, worker_month=f"worker_id,month,cases\nW,{text},3\n"))
    assert data["worker_month"]["month"].tolist() == [pd.Timestamp(months)]


def test_dates_day_first_where_all_are(tmp_path: Path) -> None:
    data = load_data(put(tmp_path, worker="worker_id,start_date\nA,03/04/2021\nB,\nC,25/12/2020\n"))
    assert data["worker"]["start_date"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2021-04-03", "", "2020-12-25"]
    assert any("day first" in note for note in data.provenance[0].notes)


def test_a_time_of_day_is_left_out_with_a_note(tmp_path: Path) -> None:
    data = load_data(put(tmp_path, worker="worker_id,start_date\nA,2021-04-03 00:00:00\nB,2021-04-03T09:30\n"))
    assert data["worker"]["start_date"].tolist() == [pd.Timestamp(2021, 4, 3)] * 2
    assert [n for n in data.provenance[0].notes if "time of day" in n] == [
        "start_date: 1 row: a time of day, which was left out."
    ]


def test_moments_with_a_time_zone_have_the_day_they_had_in_england(tmp_path: Path) -> None:
    moments = ["2021-06-30T23:00:00Z", "2021-01-31T00:00:00+00:00", "2021-07-01"]
    days = [pd.Timestamp(2021, 7, 1), pd.Timestamp(2021, 1, 31), pd.Timestamp(2021, 7, 1)]
    rows = "".join(f"{i},{m}\n" for i, m in enumerate(moments))
    assert load_data(put(tmp_path, worker="worker_id,start_date\n" + rows))["worker"]["start_date"].tolist() == days
    typed = pd.DataFrame({"worker_id": ["A", "B"], "start_date": pd.to_datetime(moments[:2], utc=True)})
    typed.to_parquet(tmp_path / "worker.parquet")
    assert load_data(tmp_path / "worker.parquet")["worker"]["start_date"].tolist() == days[:2]


def test_excel_day_numbers_only_from_a_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["worker_id", "start_date"])
    sheet.append(["A", 45322])
    book.save(tmp_path / "worker.xlsx")
    assert load_data(tmp_path)["worker"]["start_date"].tolist() == [pd.Timestamp(2024, 1, 31)]
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ContractError, match="TYPE-DATE"):
        load_data(put(other, worker="worker_id,start_date\nA,45322\n"))


def test_one_error_tells_every_problem_and_no_value(tmp_path: Path) -> None:
    worker = "worker_id,fte,role,agency,start_date,leave_date\n"
    worker += "A,0.5,5,yes,2021-01-01,2022-02-02\n"
    worker += "B,secret1,99,perhaps,01/02/2021,2022-02-30\n"
    worker += "C,1,5,no,2021-03-01,\n"
    worker += "D,secret2,5,no,2021-03-01,\n"
    team = "service,est_months\ncla,1.5\n"
    with pytest.raises(ContractError) as caught:
        load_data(put(tmp_path, worker=worker, team=team))
    text = str(caught.value)
    for expected in (
        "worker.fte [TYPE-NUMBER] 2 rows: not a number (fte). Rows 3, 5.",
        "worker.role [CODE-UNKNOWN] 1 row: a code",
        "worker.agency [TYPE-BOOL]",
        "worker.start_date [DATE-MIXED] 1 row: day-first dates in a column whose other dates are written otherwise.",
        " Row 3. How",
        "worker.leave_date [TYPE-DATE] 1 row: not a date that exists. Row 3.",
        "team.team_id [COLUMN-MISSING]",
        "team.est_months [TYPE-INT] 1 row: not a whole number (months). Row 2.",
    ):
        assert expected in text, text
    for value in ("secret", "99", "perhaps", "01/02/2021", "2022-02-30"):
        assert value not in text
    assert caught.value.exit_code == 1


def test_positions_count_blank_rows_and_are_cut_short(tmp_path: Path) -> None:
    rows = "A,1\n\n,\nB,x\n" + "".join(f"C{i},x\n" for i in range(9))
    with pytest.raises(ContractError, match=r"10 rows: not a number .* Rows 5, 6, 7, 8, 9, \.\.\.\."):
        load_data(put(tmp_path, worker="worker_id,commute_min\n" + rows))


def test_identifiers_are_refused_in_every_table_at_once(tmp_path: Path) -> None:
    files = put(tmp_path, worker="worker_id,Surname\nA,x\n", family="family_id,Postcode\nF,x\n")
    with pytest.raises(IdentifierError) as caught:
        load_data(files)
    assert "worker.Surname" in str(caught.value)
    assert "family.Postcode" in str(caught.value)


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    data = load_data(put(tmp_path, worker="worker_id,fte,start_date\n"))
    assert len(data["worker"]) == 0
    assert str(data["worker"]["start_date"].dtype) == "datetime64[us]"


def test_a_single_file_and_a_mixed_folder(tmp_path: Path, tables: dict[str, pd.DataFrame]) -> None:
    tables["team"].to_parquet(tmp_path / "Team.parquet")
    put(tmp_path, worker="worker_id\nW\n")
    with pd.ExcelWriter(tmp_path / "survey.xlsx") as writer:
        tables["survey"].to_excel(writer, sheet_name="Sheet1", index=False)
    (tmp_path / "readme.txt").write_text("not a table")
    assert list(load_data(tmp_path)) == ["team", "worker", "survey"]
    assert list(load_data(tmp_path / "worker.csv")) == ["worker"]
    assert load_data(tmp_path / "survey.xlsx").provenance[0].origin == "survey.xlsx, sheet 'Sheet1'"


def test_a_near_miss_beside_good_tables_is_told(tmp_path: Path) -> None:
    raw = read_raw(put(tmp_path, worker="worker_id\nW\n", contacts="contact_id\nC\n"))
    (notice,) = raw.notices
    assert (notice.code, notice.severity) == ("SOURCE-UNUSED", "notice")
    assert "'contact'" in notice.text


def test_simulated_folders_are_stamped(tmp_path: Path) -> None:
    put(tmp_path, worker="worker_id\nW\n")
    assert not load_data(tmp_path).synthetic
    says: dict[str, object] = {"synthetic": True, "label": "small, null, seed 1"}
    (tmp_path / "manifest.json").write_text(json.dumps(says))
    assert not load_data(tmp_path).synthetic, "the manifest says nothing of these files"
    assert not load_data(tmp_path).label
    by_content = says | {"content_sha256": load_data(tmp_path).hash}
    (tmp_path / "manifest.json").write_text(json.dumps(by_content))
    assert load_data(tmp_path).synthetic
    sha = hashlib.sha256((tmp_path / "worker.csv").read_bytes()).hexdigest()
    (tmp_path / "manifest.json").write_text(json.dumps(says | {"files": {"worker.csv": {"sha256": sha}}}))
    data = load_data(tmp_path)
    assert data.synthetic
    assert data.label == "small, null, seed 1"
    assert "SYNTHETIC" in repr(data)
    put(tmp_path, worker="worker_id\nA real one\n")
    assert not load_data(tmp_path).synthetic, "other rows in the place of the simulated ones"
