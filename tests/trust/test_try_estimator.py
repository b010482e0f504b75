"""One estimator on one world: the truth is found, failures are counted, runs go on, the trust table is written."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import models
from hybrid_toolkit.errors import EstimationError, StudyError
from hybrid_toolkit.trust.candidate import Candidate
from hybrid_toolkit.trust.candidates import CANDIDATES
from hybrid_toolkit.trust.dgps import DGP, DGPS
from hybrid_toolkit.trust.try_estimator import HIGHEST, LOWEST, Trial, try_estimator
from tools.trust_table import kept_draws, page, put_into, table

NORMAL = DGP("normal", "A normal sample.", 1.0, lambda r: pd.DataFrame({"y": r.normal(1, 1, 20)}), breaks="nothing")


def mean(frame: pd.DataFrame) -> tuple[float, float, float, float]:
    m, se = frame["y"].mean(), frame["y"].sem()
    return m, se, m - 2.093 * se, m + 2.093 * se


def candidate(estimate=mean, *, own: bool = True, warning: str = "") -> Candidate:
    return Candidate("mean", "The mean", "means", estimate, ("normal",), ("normal",) if own else (), 500, warning)


def verdict(
    cover: float, *, own: bool = True, breaks: str = "", failed: float = 0.0, n: int = 1000, off: float = 0.0
) -> str:
    hit = np.arange(n) < round(cover * n)
    error = np.where(np.arange(n) < failed * n, "SINGULAR", "")
    low = np.where(hit, 0.0, 2.0)
    draws = pd.DataFrame(
        {"sim": range(n), "estimate": 1 + off + np.sin(range(n)), "std_error": 1.0, "conf_low": low, "conf_high": 3.0}
    )
    return Trial("c", "w", 1.0, n, 1, own, breaks, draws.assign(error=error)).verdict


def test_a_known_estimator_on_a_known_world() -> None:
    got = try_estimator(candidate(), NORMAL)
    m = got.measures()
    assert abs(m["bias"][0]) < 4 * m["bias"][1] and abs(m["coverage"][0] - 0.95) < 0.04
    assert m["rmse"][0] == pytest.approx(1 / np.sqrt(20), rel=0.1)
    assert got.verdict == "held" and "500 draws" in got.summary() and got.glance()["converged"].item()
    assert set(got.tidy()["term"]) >= {"bias", "coverage", "power", "failures"}


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (verdict(0.95), "held"),
        (verdict(0.92), "held"),
        (verdict(0.91), "not held"),
        (verdict(0.91, breaks="few clusters"), "not held: few clusters"),
        (verdict(0.91, own=False, breaks="Selection by merit."), "breaks: selection by merit"),
        (verdict(0.91, own=False), "breaks: what it assumes is not met there"),
        (verdict(0.95, off=0.3), "held, biased"),
        (verdict(0.95, own=False, breaks="selection"), "held"),
        (verdict(0.999), "held, intervals wide"),
        (verdict(0.95, failed=0.10), "not held"),
        (verdict(0.95, failed=1.0), "no fit ran"),
    ],
)
def test_verdicts(trial, words) -> None:
    assert trial == words


def test_failures_are_counted_by_kind_and_spoil_no_other() -> None:
    def sometimes(frame: pd.DataFrame) -> tuple[float, float, float, float]:
        first = frame["y"].iloc[0]
        if first < 0.2:
            raise EstimationError("x", code="SINGULAR")
        if first < 0.6:
            raise np.linalg.LinAlgError
        return mean(frame) if first < 2 else (float("nan"),) * 4

    got = try_estimator(candidate(sometimes), NORMAL, n_sims=60)
    assert set(got.failures()) == {"SINGULAR", "LinAlgError", "NOT-FINITE"}
    whole = try_estimator(candidate(), NORMAL, n_sims=60)
    ran = got.draws["error"] == ""
    pd.testing.assert_frame_equal(got.draws[ran], whole.draws[ran])


def test_an_estimator_without_intervals_has_no_coverage() -> None:
    nan = float("nan")
    got = try_estimator(candidate(lambda f: (f["y"].mean(), nan, nan, nan)), NORMAL, n_sims=10)
    assert got.verdict == "no intervals" and np.isnan(got.measures()["coverage"][0])
    half = try_estimator(candidate(lambda f: (f["y"].mean(), 1.0, 0.0, nan)), NORMAL, n_sims=4)
    assert half.failures() == {"NO-INTERVAL": 4}


def test_it_goes_on_from_its_file(tmp_path) -> None:
    calls = []

    def counted(frame: pd.DataFrame) -> tuple[float, float, float, float]:
        calls.append(1)
        return mean(frame)

    first = try_estimator(candidate(counted), NORMAL, n_sims=5, resume=tmp_path / "a")
    more = try_estimator(candidate(counted), NORMAL, n_sims=8, resume=tmp_path / "a")
    assert len(calls) == 8
    pd.testing.assert_frame_equal(more.draws.head(5), first.draws)
    with pytest.raises(StudyError, match="RESUME-OTHER"):
        try_estimator(candidate(), NORMAL, n_sims=5, seed=1, resume=tmp_path / "a")
    with pytest.raises(StudyError, match="SIMS"):
        try_estimator(candidate(), NORMAL, n_sims=1)


def test_every_contender_names_worlds_that_are_there() -> None:
    ids = [c.id for c in CANDIDATES]
    assert len(set(ids)) == len(ids)
    for c in CANDIDATES:
        assert c.dgps and set(c.dgps) <= set(DGPS) and set(c.own) <= set(c.dgps) and c.n_sims >= 200


NO_INTERVAL_OF_ITS_OWN = {
    "fit_linear_pyfixest": "a second engine for fit_linear, equal to it in tests/models",
    "fit_variance_components": "variances without an interval",
}


def test_every_public_estimator_is_in_the_table(monkeypatch) -> None:
    """Each ``fit_`` of the models is met by some contender on its first world."""
    public = {getattr(models, n): n for n in models.__all__ if n.startswith("fit_")}
    met: set[str] = set()

    def noting(fit):
        def noted(*args, **more):
            met.add(public[fit])
            return fit(*args, **more)

        return noted

    stand_in = {fit: noting(fit) for fit in public}
    for module in [m for n, m in sys.modules.items() if n.startswith("hybrid_toolkit.")]:
        for name, value in list(vars(module).items()):
            if callable(value) and getattr(value, "__hash__", None) and value in stand_in:
                monkeypatch.setattr(module, name, stand_in[value])
    due = set(public.values()) - set(NO_INTERVAL_OF_ITS_OWN)
    for c in sorted(CANDIDATES, key=lambda c: -c.n_sims):  # the cheap ones first
        if not due - met:
            break
        c.estimate(DGPS[c.dgps[0]].simulate(1))
    assert met == due


def test_the_committed_table_is_whole_and_what_is_off_has_a_warning() -> None:
    kept = pd.read_csv(Path(__file__).parents[2] / "docs" / "trust.csv").set_index(["estimator", "world"])
    assert set(kept.index) == {(c.id, w) for c in CANDIDATES for w in c.dgps}
    for c in CANDIDATES:
        for dgp in c.dgps:
            row = kept.loc[(c.id, dgp)]
            assert row["n_sims"] == c.n_sims and (row["own_assumptions_hold"] == (dgp in c.own))
            assert dgp not in c.own or c.warning or LOWEST <= row["coverage"] <= HIGHEST, (c.id, dgp)


FIRST = {c.family: c for c in reversed(CANDIDATES)}


@pytest.mark.parametrize("family", list(FIRST))
def test_one_contender_of_each_family_near_the_truth_of_its_own_world(family) -> None:
    chosen = next((c for c in CANDIDATES if c.family == family and c.own), FIRST[family])
    got = try_estimator(chosen, DGPS[(chosen.own or chosen.dgps)[0]], n_sims=4)
    assert not got.failures()
    if chosen.own:
        off = got.draws["estimate"].mean() - got.truth
        spread = np.nan_to_num(got.draws["std_error"].mean(), nan=np.inf)
        assert abs(off) < 4 * spread


@pytest.mark.parametrize(("name", "dgp"), [("linear-jackknife", "linear-selected"), ("wedge-naive", "wedge-teams")])
def test_a_broken_assumption_shows(name, dgp) -> None:
    chosen = next(c for c in CANDIDATES if c.id == name)
    got = try_estimator(chosen, DGPS[dgp], n_sims=30)
    assert got.verdict.startswith("breaks: ") and abs(got.measures()["bias"][0]) > 0.1


def test_the_table_and_its_page(tmp_path) -> None:
    mine = [c for c in CANDIDATES if c.id in ("wedge-fixed-effects", "linear-unclustered")]
    first = table(mine, n_sims=6, work=tmp_path)
    again = table(mine, n_sims=6, jobs=1, work=tmp_path)
    pd.testing.assert_frame_equal(first, again)
    assert len(list(tmp_path.rglob("*.jsonl"))) == len(first) == sum(len(c.dgps) for c in mine)
    assert set(table(mine, only="wedge", n_sims=3)["estimator"]) == {"wedge-fixed-effects"}
    assert len(table(mine, only="wedge", n_sims=6, work=tmp_path, as_run=True)) == 2
    text = page(first, mine, "python -m tools.trust_table")
    broken = text.split("## Which broken assumption breaks which estimator")[1].split("## ")[0]
    assert "`linear-unclustered`" in broken and "`linear-selected`" in broken and "`linear-clustered`" not in broken
    assert "Not run yet" not in text and "Not run yet: `linear-" in page(
        first[first["family"] == "stepped wedge of teams"], mine, "x"
    )
    assert "## Stepped wedge of teams" in text and "`linear-unclustered` *" in text and "±" in text


def test_rows_drawn_anew_take_the_place_of_theirs_and_no_other_row_changes() -> None:
    mine = [c for c in CANDIDATES if c.id in ("wedge-fixed-effects", "linear-unclustered")]
    kept = table(mine, only="wedge", n_sims=3)
    gone = kept.assign(estimator="no candidate of today")
    drawn = table(mine, only="linear-null", n_sims=3)
    whole = put_into(pd.concat([kept.assign(n_sims=1), drawn, gone]), kept, mine)
    assert whole["n_sims"].tolist() == [3] * len(whole)
    assert list(zip(whole["estimator"], whole["world"], strict=True)) == [
        (c.id, w) for c in mine for w in c.dgps if c.id == "wedge-fixed-effects" or w == "linear-null"
    ]


def test_the_committed_page_is_made_from_the_committed_table() -> None:
    docs = Path(__file__).parents[2] / "docs"
    kept = pd.read_csv(docs / "trust.csv", dtype={"failed_with": str}).fillna({"failed_with": ""})
    assert page(kept, CANDIDATES, "python -m tools.trust_table --seed 20252000") == (docs / "trust.md").read_text()


def test_a_run_that_has_not_ended_is_told_in_whole_hundreds(tmp_path) -> None:
    file = tmp_path / "cell.jsonl"
    assert kept_draws(file) == 100
    file.write_text("what is tried\n" + "a draw\n" * 399)
    assert kept_draws(file) == 300
    file.write_text("what is tried\n" + "a draw\n" * 1000)
    assert kept_draws(file) == 1000
