"""Published figures beside a metric: what may stand there, of which place and year, and never a figure of the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit import cli
from hybrid_toolkit.disclosure.release import require_release
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.comparators import comparators
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.synth.committed import synthetic_folder

HEAD = "time_period,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name"
ROWS = (
    ",National,E92000001,England,,,,,,12.0",
    ",Regional,E92000001,England,E12000001,North East,,,,11.0",
    ",Local authority,E92000001,England,E12000001,North East,841,E06000005,Darlington,10.0",
    ",Local authority,E92000001,England,E12000001,North East,805,E06000001,Hartlepool,x",
    ",Local authority,E92000001,England,E12000002,North West,351,E08000002,Bury,20.0",
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    text = "".join(f"{year}{row}\n" for year in (2023, 2024) for row in ROWS)
    (tmp_path / "rates.csv").write_text(f"{HEAD},turnover_rate_fte\n{text}")
    (tmp_path / "model.csv").write_text(
        "old_la_code,la_name,region_name,SN_1,SN_1P,SN_2,SN_2P,SN_3,SN_3P\n"
        "841,Darlington,North East,351,Close,805,Close,999,Close\n"
        "805,Hartlepool,North East,841,Close,351,Close,340,Close\n"
    )
    return tmp_path / "rates.csv", tmp_path / "model.csv"


@pytest.fixture
def own() -> ht.EvaluationData:
    rows = {"la_id": ["A1"] * 2, "year": [2024, 2025], "inpost_fte": [100.0] * 2, "leavers_fte": [77.0] * 2}
    return ht.EvaluationData({"la_year": pd.DataFrame(rows)})


def test_places_of_the_newest_year_that_both_have(own: ht.EvaluationData, files: tuple[Path, Path]) -> None:
    rates, model = files
    found = Beside(rates, "Darlington", model).read().figures(own, "turnover_rate_pct")
    said = found.frame[found.frame["kind"].ne("norm")]
    assert said[["label", "kind"]].values.tolist() == [
        ["Darlington, 2024", "this authority, published"],
        ["England, 2024", "England"],
        ["North East, 2024", "region"],
        ["Bury, 2024", "statistical neighbour"],
        ["Hartlepool, 2024", "statistical neighbour"],
    ]
    assert said["figure"].tolist()[:4] == [10.0, 12.0, 11.0, 20.0] and said["marker"].tolist()[4] == "x"
    assert not found.frame["figure"].eq(77.0).any(), "a figure of the data never passes as published"
    assert "not a target" in found.notes[-1]


def test_what_cannot_stand_beside_it_says_why(own: ht.EvaluationData, files: tuple[Path, Path]) -> None:
    found = Beside(files[0], "Nowhere").figures(own, "turnover_rate_pct")
    assert found.frame["kind"].isin(["norm"]).all() and "Set area=" in found.notes[0]
    assert not len(Beside().figures(own, "choice_honoured").frame)


def test_the_measure_command_and_the_report_have_it_as_one_switch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = ht.load_synthetic("small")
    plain = measure_released(small, "swemwbs")[0]
    beside = measure_released(small, "swemwbs", beside=Beside())[0]
    assert plain.beside is None and beside.beside is not None
    pd.testing.assert_frame_equal(plain.table.content, beside.table.content)
    shown = require_release(beside.beside).content
    assert shown["figure"].tolist() == comparators("swemwbs").lines()["estimate"].tolist()
    where = str(synthetic_folder("small"))
    assert cli.main(["measure", where, "--metric", "swemwbs", "--beside"]) == 0
    told = capsys.readouterr().out
    assert "Published figures, as a reference:" in told and shown["label"].iloc[0] in told
