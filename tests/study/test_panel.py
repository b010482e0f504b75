"""The study of authority totals: on a simulated panel whose truth is known, and on the published one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybrid_toolkit.data.wording.claim_words import causal_words
from hybrid_toolkit.study.estimation.claim_grammar import ILLUSTRATION
from hybrid_toolkit.study.shipped_studies import panel_study
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.tables.panel import simulate_panel


def test_on_a_simulated_panel_the_interval_meets_the_truth_and_the_naive_one_does_not() -> None:
    result = panel_study().estimate(simulate_panel(scenario("helpful-hump"), 3))
    rows = result.tidy().set_index("role")
    assert rows.loc["main", "conf_low"] < 0.06 < rows.loc["main", "conf_high"]
    assert rows.loc["unadjusted", "conf_low"] > 0.06
    assert 0.1 < rows.loc["variance", "estimate"] < 0.5
    (claim,) = result.claims()
    assert claim.grade == ILLUSTRATION and "authorit" in result.checks[0].message


@pytest.mark.realdata
def test_on_the_published_panel(real_data: Path) -> None:
    from hybrid_toolkit.data.published import load_published, workforce_panel

    panel = workforce_panel(load_published(real_data / "csww_indicators_2017_to_2025.csv"))
    result = panel_study().estimate(panel)
    assert 1300 < result.n < 1360 and 150 <= result.n_clusters <= 165
    (claim,) = result.claims()
    assert claim.grade in ("descriptive", "associational") and not causal_words(claim.text)
    share = result.tidy().set_index("role").loc["variance", "estimate"]
    assert share == pytest.approx(0.27, abs=0.08)  # persistence of turnover over authorities, 2017 to 2025
    assert not result.synthetic
