"""Every design through a study, end to end on small frames of known truth, and with input that it cannot carry."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.wording.claim_words import causal_words
from hybrid_toolkit.designs import DESIGNS, GRADES, RATIO_KINDS
from hybrid_toolkit.errors import EstimationError, HybridToolkitError, StudyError
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.spec_checks import WHY_UNUSED
from hybrid_toolkit.study.estimation.shown_words import overclaims
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.trust.dgps import DGPS

OVER_TIME = {"panel_id": "team_id", "time": "month", "first_treated": "first_treated", "exposure": "policy"}
AREAS = {**OVER_TIME, "panel_id": "la_id", "cluster": "la_id"}
RECORDED = {"exposure": "remote", "confounders": ("experience", "need")}
CASES = {
    "cross-sectional": ("shares-in-teams", {"exposure": "share", "confounders": ("experience",)}),
    "within-worker": ("panel-lasting", {"exposure": "x", "fixed_effects": ("worker_id", "wave")}),
    "adjusted-interaction": ("slopes-differ", {"exposure": "x", "moderators": ("odd",), "kind": "slope-gap"}),
    "two-way-panel": ("panel-lasting", {"exposure": "x", "fixed_effects": ("worker_id", "wave")}),
    "within-between": ("panel-lasting", {"exposure": "x", "panel_id": "worker_id", "time": "wave"}),
    "multilevel": ("shares-in-teams", {"exposure": "share"}),
    "partial-pooling": ("slopes-differ", {"exposure": "x", "groups": "service"}),
    "propensity-weights": ("selected-recorded", RECORDED),
    "doubly-robust": ("selected-recorded", RECORDED),
    "mediation": ("mediated", {"exposure": "remote", "mediators": ("contact",), "confounders": ("experience",)}),
    "binary-outcome": ("yes-over-all", {"outcome": "yes", "exposure": "remote"}),
    "count-outcome": ("counts-spread", {"outcome": "visits", "exposure": "remote", "duration": "months"}),
    "ordinal-outcome": ("answers-over-all", {"outcome": "answer", "exposure": "remote"}),
    "binary-random-intercept": ("yes-within-teams", {"outcome": "yes", "exposure": "remote"}),
    "count-random-intercept": ("counts-spread", {"outcome": "visits", "exposure": "remote", "duration": "months"}),
    "ordinal-random-intercept": ("answers-within-teams", {"outcome": "answer", "exposure": "remote"}),
    "retention": (
        "leaving-late-entry",
        {"outcome": "left", "exposure": "remote", "duration": "months", "entry": "entry"},
    ),
    "retention-by-period": ("leaving-whole-months", {"outcome": "left", "exposure": "remote", "duration": "months"}),
    "decomposition": ("groups-differ", {"exposure": "group", "confounders": ("experience",)}),
    "two-by-two": ("rollout-two-groups", OVER_TIME),
    "staggered-rollout": ("rollout-growing", OVER_TIME),
    "sun-abraham": ("rollout-two-groups", OVER_TIME),
    "imputation": ("rollout-growing", OVER_TIME),
    "two-way-rollout": ("rollout-parallel", OVER_TIME),
    "dose": ("dose-linear", {**OVER_TIME, "exposure": "dose"}),
    "stepped-wedge": ("wedge-trend", OVER_TIME),
    "random-order": ("order-by-lot", {**OVER_TIME, "settings": {"order": "randomised"}}),
    "interrupted-series": ("series-level", AREAS),
    "controlled-series": ("series-shared-shock", AREAS),
    "interrupted-counts": ("counts-level", {**AREAS, "duration": "children"}),
    "synthetic-control": ("factors-one", AREAS),
    "synthetic-did": ("factors-four", {**AREAS, "settings": {"variance": "jackknife"}}),
}
SLOW = {"imputation", "dose", "sun-abraham", "ordinal-random-intercept", "multilevel", "binary-random-intercept"}
"""Only their estimates are made here: their checks are those of others, and slow."""
FAR = 4
"""Standard errors from the truth that chance does not reach: one draw in 16,000."""


def study_of(design: str) -> Study:
    named = {"outcome": "y", "cluster": "team_id", "kind": DESIGNS[design].identifies[0], **CASES[design][1]}
    return Study(id=f"a-{design}", question="Does it?", estimand="none", design=design, row_unit="rows", **named)


@cache
def frame_of(design: str) -> pd.DataFrame:
    frame = DGPS[CASES[design][0]].simulate(4)
    if "team_id" in frame and "first_treated" not in frame:
        frame = frame[frame["team_id"].isin(frame["team_id"].unique()[:12])]
    if design == "interrupted-counts":
        frame = frame.assign(children=500 + 5 * frame["month"])
    if "service" in frame:
        frame = frame.assign(odd=frame["team_id"] % 2 == 0)
    return frame.reset_index(drop=True)


def test_no_design_is_forgotten() -> None:
    odd = sorted(set(CASES) ^ set(DESIGNS))
    assert not odd, f"designs without a case in CASES of {__file__}, or cases without a design: {odd}"


@pytest.mark.parametrize("design", sorted(set(CASES) - SLOW))
def test_a_study_runs_from_rows_to_words(design) -> None:
    study, frame = study_of(design), frame_of(design)
    before = frame.copy()
    result = study.estimate_frame(frame, label="made up")
    pd.testing.assert_frame_equal(frame, before)
    rows = result.tidy()
    assert ["outcome", "role", *TIDY_COLUMNS, "rests_on", "residual_df"] == list(rows.columns)
    main = rows[rows["role"] == "main"]
    assert len(main) == 1 and main[["estimate", "conf_low", "conf_high"]].notna().all(axis=None)
    checks = result.checks_frame()
    assert len(checks) >= 4 and checks["message"].str.fullmatch(r"[^\n]+[.)]").all()
    assert not checks["message"].str.contains("nan|inf |None|array", regex=True).any()
    (claim,) = result.claims()
    carried = study.design_used.grade
    assert GRADES.index(claim.grade) <= GRADES.index(carried)
    if GRADES.index(claim.grade) < GRADES.index("quasi-causal"):
        assert not causal_words(claim.text)
    if study.kind in RATIO_KINDS:
        assert "times" in claim.text or claim.finding == "withheld"  # one series of free rows is one cluster
    said, names = result.summary(), (*study.columns, *frame.columns)
    shown = [*checks["message"], *claim.reasons, claim.text, said]
    assert [w for text in shown for w in overclaims(text, grade=carried, names=names)] == []
    assert not any(overclaims(text, says="condition", names=names) for text in result.assumptions)
    assert "  " not in said and study.design_used.title in said and result.method in said
    assert result.glance()["converged"].item() and result.data_hash and not result.synthetic
    off = (main["estimate"].item() - DGPS[CASES[design][0]].truth) / main["std_error"].item()
    assert abs(off) < FAR, f"{design}: {off:.1f} errors off the truth of its world in CASES of {__file__}"


@pytest.mark.parametrize("design", sorted(SLOW))
def test_the_slow_ones_estimate_near_the_truth(design) -> None:
    study, dgp = study_of(design), DGPS[CASES[design][0]]
    fit = study.design_used.fit(dgp.simulate(4), study.plan())
    assert abs(fit.estimate - dgp.truth) < 4 * float(fit.row["std_error"].iloc[0]) and fit.fit.method


SPOILED = {
    "the outcome is text": lambda f, s: f.assign(**{s.outcome: "a"}),
    "the outcome is missing": lambda f, s: f.assign(**{s.outcome: np.nan}),
    "the outcome does not vary": lambda f, s: f.assign(**{s.outcome: 1.0}),
    "no exposure varies": lambda f, s: f.assign(
        **{s.exposure: 0.0} | ({s.first_treated: np.nan} if s.first_treated else {})
    ),
    "one cluster": lambda f, s: f[f[s.cluster] == f[s.cluster].iloc[0]],
    "three rows": lambda f, s: f.head(3),
}


CARRIED = {
    ("one cluster", "interrupted-series"),  # a single series is what these two are for
    ("one cluster", "interrupted-counts"),
    ("the outcome does not vary", "retention"),  # everybody left, at different times
    ("the outcome does not vary", "retention-by-period"),
}


@pytest.mark.parametrize(
    ("spoiled", "design"), sorted({(s, d) for s in SPOILED for d in CASES} - CARRIED), ids=lambda v: v.replace(" ", "-")
)
def test_what_a_design_cannot_carry_is_named(spoiled, design) -> None:
    study = study_of(design)
    frame = SPOILED[spoiled](frame_of(design), study)
    with pytest.raises(HybridToolkitError) as caught:
        study.design_used.fit(frame, study.plan())
    assert caught.value.code and caught.value.fix


@pytest.mark.parametrize("design", [d for d, (_, f) in CASES.items() if f["exposure"] == "policy"])
def test_a_treatment_that_switches_back_or_starts_at_another_time_is_named(design) -> None:
    study, frame = study_of(design), frame_of(design)
    last = frame[study.time].max()
    back = frame.assign(policy=frame["policy"].where(frame[study.time] < last, 0))
    with pytest.raises(EstimationError, match="TREATMENT-REVERSES"):
        study.estimate_frame(back)
    early = frame[study.first_treated].notna() & (frame[study.time] == frame[study.first_treated] - 1)
    with pytest.raises(EstimationError, match="EXPOSURE-START") as caught:
        study.estimate_frame(frame.assign(policy=frame["policy"].where(~early, 1)))
    assert re.search(r"disagree in \d+ rows? of \d+ ", str(caught.value))


@pytest.mark.parametrize("field", sorted(WHY_UNUSED))
@pytest.mark.parametrize("design", sorted(set(CASES) - SLOW))
def test_what_a_study_names_is_used_by_its_design_or_refused(design, field) -> None:
    """A column that goes with the outcome, named as held: it changes the estimate, or the study is refused."""
    study, frame = study_of(design), frame_of(design)
    rng, y = np.random.default_rng(0), frame[study.outcome].astype("float64")
    made = {
        "confounders": rng.normal(size=len(frame)) + (y - y.mean()) / y.std(),
        "fixed_effects": rng.integers(0, 3, len(frame)),
        "instruments": frame[study.exposure].astype("float64") + rng.normal(size=len(frame)),
    }
    change = {field: (*getattr(study, field), "more")}
    if field in DESIGNS[design].leaves_aside:
        with pytest.raises(StudyError, match="more") as caught:
            study.replace(**change)
        assert caught.value.code == "STUDY-UNUSED" and field in caught.value.fix
        return
    without = study.design_used.fit(frame, study.plan()).estimate
    given = study.replace(**change)
    held = given.design_used.fit(frame.assign(more=made[field]), given.plan()).estimate
    unchanged = f"{design} leaves {field} aside: use it, or name it in leaves_aside of the design"
    assert abs(held - without) > 1e-9, unchanged
