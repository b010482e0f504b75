"""Every design with input that it cannot carry: a named error that tells what was found, and no value of the data."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import designs
from hybrid_toolkit.designs import DESIGNS, Design, ModelColumns
from hybrid_toolkit.errors import CoverageError, EstimationError, HybridToolkitError
from hybrid_toolkit.trust.dgps import DGPS
from tests.study.test_every_design import CASES, study_of

SECRET = "a-secret"


def plan_of(design: str) -> ModelColumns:
    """The columns of the study of this design in ``test_every_design``."""
    return study_of(design).plan()


@cache
def frame_of(design: str) -> pd.DataFrame:
    frame = DGPS[CASES[design][0]].simulate(4).reset_index(drop=True)
    own = {"children": 500 + 5 * frame["month"]} if design == "interrupted-counts" else {}
    return frame.assign(odd=np.arange(len(frame)) % 2, **own)


def one(frame: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    kind = object if isinstance(value, str) else float
    values = frame[column].astype(kind)
    return frame.assign(**{column: values.where(frame.index != 3, value)})


def text(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: np.where(frame.index % 3 == 0, SECRET, SECRET + "-2")})


SPOILED = {
    "no outcome column": (lambda f, p: f.drop(columns=p.outcome), "COLUMN-MISSING"),
    "no exposure column": (lambda f, p: f.drop(columns=p.exposure), "COLUMN-MISSING"),
    "a column twice": (lambda f, p: pd.concat([f, f[[p.outcome]]], axis=1), "COLUMN-TWICE"),
    "no rows": (lambda f, p: f.iloc[:0], "NO-ROWS"),
    "outcome all missing": (lambda f, p: f.assign(**{p.outcome: np.nan}), "ALL-MISSING"),
    "exposure all missing": (lambda f, p: f.assign(**{p.exposure: np.nan}), "ALL-MISSING"),
    "infinite outcome": (lambda f, p: one(f, p.outcome, np.inf), "NOT-FINITE"),
    "infinite exposure": (lambda f, p: one(f, p.exposure, -np.inf), "NOT-FINITE"),
    "outcome of text": (lambda f, p: text(f, p.outcome), ""),
    "one outcome of text": (lambda f, p: one(f, p.outcome, SECRET), ""),
    "exposure of text": (lambda f, p: text(f, p.exposure), ""),
    "outcome of dates": (lambda f, p: f.assign(**{p.outcome: pd.Timestamp("2026-01-01")}), ""),
    "constant outcome": (lambda f, p: f.assign(**{p.outcome: 1}), ""),
    "one cluster": (lambda f, p: f[f[p.cluster] == f[p.cluster].iloc[0]], ""),
    "two rows": (lambda f, p: f.head(2), ""),
    "outcome made from the exposure": (lambda f, p: f.assign(**{p.outcome: f[p.exposure]}), ""),
}
CARRIED = {
    *{("one cluster", d) for d in ("interrupted-series", "interrupted-counts")},  # a single series is what they are for
    *{("constant outcome", d) for d in ("retention", "retention-by-period")},  # all left, at different times
    ("exposure of text", "decomposition"),  # two groups by name
}


def test_every_design_of_a_module_is_in_the_library() -> None:
    seen: set[str] = set()
    for found in pkgutil.walk_packages(designs.__path__, f"{designs.__name__}."):
        module = import_module(found.name)
        for name, one in vars(module).items():
            if isinstance(one, Design):
                where = f"ALL of {found.name}, or the module in DESIGN_FAMILIES of designs/library.py"
                assert DESIGNS.get(one.id) is one, f"design {name} is not in the library: add it to {where}"
                seen.add(one.id)
    assert seen == set(DESIGNS), f"made in no module of designs/: {sorted(set(DESIGNS) - seen)}"


@pytest.mark.parametrize("design", sorted(CASES))
def test_a_named_error_says_what_was_found_and_holds_no_value(design) -> None:
    plan, frame, use = plan_of(design), frame_of(design), DESIGNS[design]
    for name, (spoil, code) in SPOILED.items():
        if (name, design) in CARRIED:
            assert use.fit(spoil(frame, plan), plan).fit.n > 0
            continue
        for run in (use.fit, *((use.unadjusted,) if code else ())):
            with pytest.raises(HybridToolkitError) as caught:
                run(spoil(frame, plan), plan)
                pytest.fail(f"{name} was carried")
            assert caught.value.fix and SECRET not in str(caught.value), name
            assert not code or caught.value.code == code, name


OVER_TIME = [d for d in CASES if d in DESIGNS and "first_treated" in DESIGNS[d].needs]


@pytest.mark.parametrize("design", sorted(OVER_TIME))
def test_what_a_design_over_time_needs_is_named(design) -> None:
    plan, f, use = plan_of(design), frame_of(design), DESIGNS[design]
    named = {
        "no start": f.assign(first_treated=np.nan),
        "starts of another kind": f.assign(first_treated=SECRET),
        "starts before all": f.assign(first_treated=f["first_treated"].where(f["first_treated"].isna(), -5)),
        "starts after all": f.assign(first_treated=f["first_treated"].where(f["first_treated"].isna(), 999)),
        "one period": f[f["month"] == f["month"].min()],
        "a start that changes": f.assign(first_treated=f["first_treated"].where(f["month"] < f["month"].max(), 2)),
    }
    if design not in ("interrupted-series", "interrupted-counts"):
        named["nobody stays without"] = f.assign(first_treated=f["first_treated"].max())
    if design not in ("stepped-wedge", "random-order"):
        named["a unit twice in a period"] = pd.concat([f, f.head(9)])
    for name, frame in named.items():
        with pytest.raises(HybridToolkitError) as caught:
            use.fit(frame, plan)
            pytest.fail(f"{name} was carried")
        assert caught.value.fix and SECRET not in str(caught.value), name


@pytest.mark.parametrize("design", ["staggered-rollout", "random-order", "interrupted-series", "synthetic-control"])
def test_a_start_that_is_nought_or_infinite_is_none(design) -> None:
    plan, f, use = plan_of(design), frame_of(design), DESIGNS[design]
    whole = use.fit(f, plan).estimate
    for never in (0, np.inf):
        assert use.fit(f.assign(first_treated=f["first_treated"].fillna(never)), plan).estimate == pytest.approx(whole)
    doubled = f.set_index(np.zeros(len(f), dtype=int))
    assert use.fit(doubled, plan).estimate == pytest.approx(whole) and use.unadjusted(doubled, plan).row["n"].item() > 0


def test_counts_are_whole_and_answers_in_order_are_few() -> None:
    for design in ("count-outcome", "count-random-intercept", "interrupted-counts"):
        plan, f = plan_of(design), frame_of(design)
        for bad in (f[plan.outcome] + 0.5, -1 - f[plan.outcome]):
            with pytest.raises(EstimationError, match="COUNTS"):
                DESIGNS[design].fit(f.assign(**{plan.outcome: bad}), plan)
    for design in ("ordinal-outcome", "ordinal-random-intercept"):
        f = frame_of(design)
        with pytest.raises(EstimationError, match="LEVELS"):
            DESIGNS[design].fit(f.assign(answer=np.arange(len(f))), plan_of(design))


def test_all_columns_that_lack_are_told_at_once() -> None:
    f = frame_of("cross-sectional").drop(columns=["y", "share"])
    with pytest.raises(CoverageError, match="lack 2 columns that the model needs: y, share"):
        DESIGNS["cross-sectional"].fit(f, plan_of("cross-sectional"))


@pytest.mark.parametrize("design", ["binary-outcome", "ordinal-outcome", "binary-random-intercept"])
def test_a_column_that_tells_the_outcome_without_error_is_named(design) -> None:
    plan, f = plan_of(design), frame_of(design)
    with pytest.raises(EstimationError) as caught:
        DESIGNS[design].fit(f.assign(remote=(f[plan.outcome] >= f[plan.outcome].median()).astype(int)), plan)
    assert caught.value.code in ("SEPARATION", "PERFECT-FIT", "CONSTANT")


def test_a_moderator_and_an_answer_are_yes_or_no() -> None:
    plan, f = plan_of("adjusted-interaction"), frame_of("adjusted-interaction")
    for column, change in (("odd", {}), ("told", {"responded": "told"})):
        for values in (np.where(f.index % 3 == 0, SECRET, "b"), f.index % 5):
            with pytest.raises(EstimationError, match="NOT-BINARY") as caught:
                DESIGNS["adjusted-interaction"].fit(f.assign(**{column: values}), replace(plan, **change))
            assert SECRET not in str(caught.value)
