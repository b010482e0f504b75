"""Files that cannot be read say what was seen and what was expected, and show no value."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from hybrid_toolkit.cli import main
from hybrid_toolkit.data.published import load_published, workforce_panel
from hybrid_toolkit.errors import PublishedError

EES = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name"
LA = "old_la_code,new_la_code,la_name"


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def _zip_with_a_name_that_is_no_text() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as pack:
        pack.writestr("é.csv", "a,b\n1,2\n")
    return held.getvalue().replace("é".encode(), b"\xff\xfe")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"  \n", "PUB-EMPTY"),
        ("leaflet.csv", b"%PDF-1.7 and so on", "PUB-PDF"),
        ("damaged.parquet", b"PAR1 and so on", "PUB-BROKEN"),
        ("words.csv", f"{EES},n\n2020,Calendar year,National,E92000001,England,,,\n".encode(), "PUB-NO-NUMBERS"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"0" * 600, "PUB-XLS"),
        ("page.csv", b"<!DOCTYPE html><html></html>", "PUB-MARKUP"),
        ("cut.xlsx", b"PK\x03\x04" + b"0" * 200, "PUB-BROKEN"),
        ("plain.csv", b"a,b,c\n1,2,3\n4,5,6\n", "PUB-LAYOUT"),
        ("prose.txt", b"A page of words.\nWith no table at all.\n", "PUB-LAYOUT"),
        ("binary.csv", b"abc\x00\x01\x02,def\n" * 20, "PUB-BINARY"),
        ("name.zip", _zip_with_a_name_that_is_no_text(), "PUB-BROKEN"),
        ("half.csv", b"\xff\xfe" + "LAD22CD,Rate\nE06000001,1".encode("utf-16-le") + b"\xd8", "PUB-LAYOUT"),
        ("long.csv", b"a,b,c\n" + b"x" * 200_000 + b",2,3\n4,5,6\n", "PUB-LAYOUT"),
        ("ragged.csv", b"LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1\nE06000010,Hull, City of,2\n", "PUB-RAGGED"),
        ("gaps.csv", b"time_period,geographic_level,country_name,n\n2020,National,A,3\n,National,A,4\n", "PUB-GAPS"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    place = tmp_path / name
    place.write_bytes(content)
    with pytest.raises(PublishedError) as caught:
        load_published(place)
    assert caught.value.code == code and caught.value.fix and caught.value.exit_code == 2
    assert str(tmp_path) not in str(caught.value)
    assert "xpected" in caught.value.message and name in caught.value.message, "what was expected, and of which file"


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(PublishedError, match="no file called"):
        load_published(tmp_path / "nothing.csv")
    with pytest.raises(PublishedError, match="none of them a table"):
        load_published(tmp_path)


def test_layout_error_says_what_was_seen_and_expected(tmp_path: Path) -> None:
    with pytest.raises(
        PublishedError, match=r"saw 3 rows and 2 columns.*in row 1, 2 of its 2 cells.*Expected a column of area codes"
    ):
        load_published(write_text(tmp_path / "x.csv", "colour,size\nred,1\nblue,2\n"))


def test_words_among_numbers_are_an_error_with_positions_and_no_value(tmp_path: Path) -> None:
    rows = "time_period,geographic_level,new_la_code,la_name,n_count\n"
    rows += "".join(f"2020,Local authority,E0600000{i % 9 + 1},Area {i},{i}\n" for i in range(40))
    rows += "2020,Local authority,E06000001,Other,secret words here\n"
    with pytest.raises(PublishedError) as caught:
        load_published(write_text(tmp_path / "x.csv", rows))
    assert caught.value.code == "PUB-NUMBER" and "rows 42" in str(caught.value) and "n_count" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_file_cut_off_in_its_last_row(tmp_path: Path) -> None:
    rows = f"{EES},{LA},n\n" + "2020,Reporting year,National,E92000001,England,,,,,,5\n" * 3 + "2020,Reporting ye"
    with pytest.raises(PublishedError) as caught:
        load_published(write_text(tmp_path / "x.csv", rows))
    assert caught.value.code == "PUB-RAGGED" and "rows 5" in str(caught.value)


def test_panel_needs_workforce_rows(tmp_path: Path) -> None:
    out = load_published(write_text(tmp_path / "x.csv", "LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1.5\n"))
    with pytest.raises(PublishedError, match="No workforce panel"):
        workforce_panel(out)


def test_a_table_is_saved_under_the_name_of_a_table_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("LAD22CD,Rate\nE06000001,1.5\nE06000002,2.5\n", encoding="utf-8")
    for ending in ("xlsx", "html", ""):
        assert main(["published", str(tmp_path / "x.csv"), "--out", str(tmp_path / f"tidy.{ending}")]) == 2
        assert "ends in .csv" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.csv"]


def test_a_file_of_lines_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Alex Example\nSam Sample\n", encoding="utf-8")
    with pytest.raises(PublishedError, match="no line with several cells") as caught:
        load_published(tmp_path / "x.csv")
    assert "Example" not in str(caught.value)
