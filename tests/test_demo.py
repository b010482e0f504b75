"""The demonstration, run once with few simulations: files, findings, page, and what it refuses."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.demo import DemoResult, run_demo
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError, OutputError
from hybrid_toolkit.report.documents.blocks import Report, Section, TextBlock
from hybrid_toolkit.report.documents.html import render_html
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.synth.committed import load_synthetic


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo") / "out", n_sims=3, n_jobs=1, progress=False)


@pytest.fixture(scope="module")
def findings(done: DemoResult) -> dict[str, Any]:
    def refuse(name: str) -> float:
        raise AssertionError(f"{name} is not JSON")

    loaded: dict[str, Any] = json.loads(done.findings.read_text(encoding="utf-8"), parse_constant=refuse)
    return loaded


def test_it_writes_a_report_findings_and_figures(done: DemoResult) -> None:
    reports = {"report.html", "report.docx", "report.xlsx"}
    assert {p.name for p in done.out.iterdir()} == reports | {"findings.json", "figures"}
    names = {p.name for p in done.figures.iterdir()}
    assert {"headline.svg", "headline.png", "confounded-null.svg", "coverage.svg", "panel.svg"} <= names
    assert all(p.stat().st_size > 1000 for p in done.figures.iterdir())
    assert not [p for p in done.out.parent.iterdir() if p.name != "out"], "something half-written is left"


def test_the_three_studies_stand_in_order_with_all_that_is_promised(findings: dict[str, Any]) -> None:
    studies = findings["studies"]
    assert [s["id"] for s in studies] == ["remote-practice", "career-stage", "exclusion-gap"]
    needed = {"id", "question", "design", "estimand", "estimate", "conf_low", "conf_high", "conf_level", "unit", "n"}
    needed |= {"clusters", "truth", "truth_inside", "unadjusted", "diagnosis", "checks", "claim", "claim_grade"}
    needed |= {"does_not_show", "estimates"}
    for study in studies:
        assert needed <= set(study)
        assert study["conf_low"] < study["estimate"] < study["conf_high"]
        assert study["truth_inside"] == (study["conf_low"] <= study["truth"] <= study["conf_high"])
        assert study["clusters"] == 24
        assert study["claim_grade"] == "illustration"
        assert study["claim"].endswith(f"{SYNTHETIC_STAMP}.")
        assert study["does_not_show"]
        assert {"name", "passed", "message"} <= set(study["checks"][0])
        assert {"bias", "coverage", "power"} <= set(study["diagnosis"])
        assert {"bias_mcse", "coverage_mcse", "power_mcse"} <= set(study["diagnosis"])


def test_findings_agree_with_the_studies_run_by_hand(findings: dict[str, Any]) -> None:
    from hybrid_toolkit.study.shipped_studies import headline_studies

    data = load_synthetic("small")
    result = headline_studies()[2].estimate(data)
    main = result.tidy().iloc[0]
    found = findings["studies"][2]
    assert math.isclose(found["estimate"], main["estimate"], abs_tol=0.0006)
    assert math.isclose(found["conf_low"], main["conf_low"], abs_tol=0.0006)
    assert found["n"] % 5 == 0
    assert abs(found["n"] - main["n"]) <= 2.5
    assert findings["data_hash"] == data.hash


def test_findings_are_stamped_and_state_their_versions(findings: dict[str, Any]) -> None:
    assert findings["synthetic"] is True
    assert findings["stamp"] == SYNTHETIC_STAMP
    assert {"hybrid-toolkit", "python", "pandas", "statsmodels"} <= set(findings["versions"])
    assert findings["panel"]["id"] == "agency-turnover"
    assert findings["panel"]["estimate"] is not None


def test_the_unadjusted_comparison_is_wrong_where_the_true_value_is_zero(findings: dict[str, Any]) -> None:
    trap = findings["confounded_null"]
    assert trap["truth"] == 0
    assert trap["unadjusted"]["conf_low"] > 0
    assert trap["conf_low"] <= 0 <= trap["conf_high"]
    assert abs(trap["diagnosis"]["unadjusted_bias"]) > 3 * abs(trap["diagnosis"]["bias"])


def test_the_page_is_stamped_whole_and_in_order(done: DemoResult) -> None:
    page = done.report.read_text(encoding="utf-8")
    assert page.count(SYNTHETIC_STAMP) >= 2
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == [
        "Summary",
        "What would answer the open questions",
        "Results in full",
        "What these results do not show",
        "Why an unadjusted comparison is not enough",
        "How reliable these studies are",
        "Annex: checks, data and methods",
        "Estimates and true values",
        "Checks on each study",
        "Example with national totals",
        "The data",
        "Metrics",
        "What was hidden and why",
        "How to reproduce this report",
    ]
    assert "nan" not in re.sub(r"base64,[^\"]+", "", page).lower().split()


def test_the_readme_asks_what_the_studies_ask() -> None:
    text = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    asked = re.findall(r"^\d\. (.+\?)$", text, flags=re.M)
    assert asked == [study.question for study in headline_studies()]


def test_the_first_screen_is_question_answer_and_how_sure(done: DemoResult, findings: dict[str, Any]) -> None:
    page = done.report.read_text(encoding="utf-8")
    summary = page[page.index("<h2") : page.index("What would answer the open questions</h2>")]
    assert summary.count('<th scope="row"') >= 3 and summary.count("<figure>") == 1
    assert summary.index("</table>") < summary.index("<figure>"), "the answers stand above the figure"
    for i, study in enumerate(findings["studies"], start=1):
        assert f"{i}. {study['question']}" in summary.replace("&#39;", "’")
    assert "95% confidence interval" in summary and "we know the true values" in summary


def test_a_larger_service_settles_what_a_small_one_cannot(findings: dict[str, Any]) -> None:
    small, larger = findings["studies"][0], findings["larger"]
    assert small["finding"] == "inconclusive" and larger["id"] == small["id"]
    assert larger["finding"] in ("difference", "negligible"), "the interval excludes no difference"
    assert larger["conf_high"] < 0 and larger["truth"] < 0
    assert larger["conf_high"] - larger["conf_low"] < 0.6 * (small["conf_high"] - small["conf_low"])


def test_everything_shown_passed_the_gate(done: DemoResult) -> None:
    assert done.releases
    assert all(isinstance(r, Release) and r.intact and r.synthetic and r.stamp for r in done.releases)
    for release in done.releases:
        rows = release.content
        if release.kind in ("table", "estimates", "figure") and "n" in rows:
            assert (rows["n"].dropna() >= 10).all()


def test_a_report_that_holds_a_changed_release_is_not_rendered() -> None:
    from hybrid_toolkit.report.documents.blocks import Prose

    release = Gate().text("As it passed.", title="x")
    report = Report("x", (Section("x", (Prose(release), TextBlock("w"))),))
    release._frame.loc[0, "text"] = "Changed."
    with pytest.raises(DisclosureError, match="RELEASE-CHANGED"):
        render_html(report)


def test_the_summary_names_the_stamp_the_answers_and_the_places(done: DemoResult) -> None:
    assert done.summary.startswith(SYNTHETIC_STAMP)
    assert done.summary.count("The true value in these simulated data") == 4
    assert "report.html" in done.summary
    assert max(map(len, done.summary.splitlines()[:-4])) <= 100


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="OUTPUT-OCCUPIED"):
        run_demo(tmp_path, progress=False)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_findings_of_another_hand_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text('{"written_by": "someone"}')
    with pytest.raises(OutputError, match="OUTPUT-OCCUPIED"):
        run_demo(tmp_path, progress=False)


def test_a_run_of_its_own_may_be_replaced(done: DemoResult) -> None:
    from hybrid_toolkit.demo import _is_ours

    assert _is_ours(done.out)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.write_text("a file")
    with pytest.raises(OutputError):
        run_demo(place, progress=False)
    assert place.read_text() == "a file"
