"""The workforce panel from a path, both vintages of names, rates that cannot be worked out, and the study command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.cli import main
from hybrid_toolkit.cli_studies import SHIPPED
from hybrid_toolkit.data.published import holds_workforce
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.findings import METRIC_OF_COLUMN
from hybrid_toolkit.study.shipped_studies import declared_study

BASE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
NEW = (
    "inpost_fte,leavers_fte,turnover_rate_fte,agency_fte,agency_rate_fte,vacancy_fte,case_holders_fte,cases,"
    "caseload_fte"
)
OLD = (
    "social_worker_fte,leaver_fte,turnover_rate_fte_%,agency_fte,agency_worker_rate_fte_%,vacancy_fte,case_holders_fte,"
    "cases,caseload_fte"
)


def release(path: Path, header: str, areas: int = 2, years: int = 2, seed: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    rows = [f"{BASE},{header}"]
    for y in range(2016, 2016 + years):
        for i in range(areas):
            posts, agency = 80.0 + i, round(float(rng.uniform(2, 30)), 1)
            left = round(float(np.clip(rng.normal(8 + 0.3 * agency, 2), 1, 60)), 1)
            cases = 800 + int(rng.integers(0, 90))
            rates = (round(100 * left / posts, 1), round(100 * agency / (agency + posts), 1))
            rows.append(
                f"{y},Reporting year,Local authority,E92000001,England,E12000001,North East,{800 + i},E06{i:06d},"
                f"Place {i},"
                f"{posts},{left},{rates[0]},{agency},{rates[1]},{5 + i % 3},40,{cases},{round(cases / 40, 1)}"
            )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("header", [NEW, OLD, OLD.replace("_%", "_perc")], ids=["newer", "older", "older, perc"])
def test_the_panel_is_the_same_from_both_vintages_of_names(tmp_path: Path, header: str) -> None:
    data = ht.workforce_panel(release(tmp_path / "x.csv", header))
    wanted = ht.workforce_panel(ht.load_published(release(tmp_path / "y.csv", NEW)))
    pd.testing.assert_frame_equal(data["la_year"], wanted["la_year"])
    told = [n for n in data.provenance[0].notes if "read as" in n]
    assert ("'social_worker_fte' read as inpost_fte" in told) == (header != NEW)


def test_rates_that_cannot_be_worked_out_are_named(tmp_path: Path) -> None:
    check = ht.recompute_rates(release(tmp_path / "x.csv", OLD))
    glance = check.glance().set_index("measure")
    assert glance.loc["turnover_rate_fte", "n"] == 4 and glance["n_beyond_rounding"].sum() == 0
    missing = dict(check.not_computed)
    assert missing["vacancy_rate_fte"] == "the file has no vacancy_rate_fte"
    assert "no agency_cover_fte" in missing["agency_cover_rate_fte"] and "turnover_rate_fte" not in missing
    assert "vacancy_rate_fte: not worked out, because the file has no vacancy_rate_fte." in check.summary()


def test_the_study_command_runs_on_the_file_as_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for header in (NEW, OLD):
        file = release(tmp_path / "statistics.csv", header, areas=30, years=6)
        assert holds_workforce(file)
        assert main(["study", "agency-turnover", str(file)]) == 0
        said = capsys.readouterr().out
        assert "1 percentage point more agency workers" in said and "Checks:" in said
        assert "published figures" not in said


def test_one_switch_sets_published_figures_in_the_study_and_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, report = release(tmp_path / "statistics.csv", NEW, areas=30, years=6), tmp_path / "report.html"
    beside = ["--beside", str(file), "--area", "Place 3", "--out", str(report)]
    assert main(["study", "agency-turnover", str(file), *beside]) == 0
    said = capsys.readouterr().out
    last = ht.load_published(file).tidy().query("area_name == 'Place 3' and measure == 'turnover_rate_fte'").iloc[-1]
    assert f"  Place 3, {last['period']}: {last['value']:.4g}\n" in said
    text = report.read_text(encoding="utf-8")
    assert "Published figures of what the study measures" in text and f"Place 3, {last['period']}" in text
    assert main(["study", "agency-turnover", str(file), "--beside", str(file)]) == 0
    assert "which authority is meant is not known" in capsys.readouterr().out


def test_the_columns_of_studies_that_stand_for_metrics_are_theirs() -> None:
    declared = [declared_study(name) for name in SHIPPED]
    named = {c for s in declared for c in (*s.outcomes, s.exposure)}
    assert set(METRIC_OF_COLUMN) <= named and set(METRIC_OF_COLUMN.values()) <= set(REGISTRY)


def test_other_files_are_not_taken_for_workforce_statistics(tmp_path: Path) -> None:
    (tmp_path / "la_year.csv").write_text("la_id,year,inpost_fte\nE06000001,2020,5\n", encoding="utf-8")
    assert not holds_workforce(tmp_path / "la_year.csv") and not holds_workforce(tmp_path)
    assert not holds_workforce(tmp_path / "none.csv")
