"""Results do not change with the order of rows or columns, nor with what people, teams and groups are called."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics import measure_differences
from hybrid_toolkit.metrics.specs.registry import REGISTRY

CALM = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
NUMBERS = ["estimate", "conf_low", "conf_high", "n", "n_clusters", "n_missing", "flag"]
ORDERED = {"worker_id", "team_id", "family_id", "child_id", "contact_id", "rater_id", "spell_id", "la_id", "lsoa"}


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    made: EvaluationData = ht.simulate_authority("helpful-hump", "small", 12)
    return made


def shuffled(data: EvaluationData, seed: int) -> EvaluationData:
    """Rows and columns in another order."""
    rng = np.random.default_rng(seed)
    tables = {}
    for name, frame in data.tables.items():
        mixed = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
        tables[name] = mixed[[frame.columns[i] for i in rng.permutation(len(frame.columns))]]
    return EvaluationData(tables, synthetic=True)


def renamed(data: EvaluationData, seed: int) -> EvaluationData:
    """Other keys for people, teams and areas, in another alphabetical order."""
    rng = np.random.default_rng(seed)
    maps: dict[str, dict[str, str]] = {}
    for frame in data.tables.values():
        for name in ORDERED & set(frame.columns):
            held = maps.setdefault(name, {})
            held.update(dict.fromkeys((v for v in frame[name].dropna().unique() if v not in held), ""))
    for name, held in maps.items():
        places = rng.permutation(len(held))
        maps[name] = {old: f"{name}-{place:06d}" for old, place in zip(sorted(held), places, strict=True)}
    tables = {
        n: f.assign(**{c: f[c].map(maps[c]).astype("str") for c in ORDERED & set(f.columns)})
        for n, f in data.tables.items()
    }
    return EvaluationData(tables, synthetic=True)


METRICS = sorted(m.id for m in REGISTRY.values() if m.computed and not m.own)


def measured(data: EvaluationData, metrics: list[str]) -> pd.DataFrame:
    """What can be measured of these, with the error's code for what cannot."""
    rows = []
    for metric in metrics:
        try:
            rows.append(ht.measure(data, metric)[["metric", *NUMBERS]])
        except HybridToolkitError as error:
            rows.append(pd.DataFrame({"metric": [metric], "flag": [error.code]}))
    return pd.concat(rows, ignore_index=True)


@CALM
@given(seed=st.integers(0, 10_000), metrics=st.lists(st.sampled_from(METRICS), min_size=8, max_size=8, unique=True))
@pytest.mark.parametrize("change", [shuffled, renamed])
def test_order_and_what_people_and_teams_are_called(
    data: EvaluationData, change: Callable[[EvaluationData, int], EvaluationData], seed: int, metrics: list[str]
) -> None:
    """The reliability of ratings is left out: it takes the first two raters of a meeting by their ids."""
    there, here = measured(change(data, seed), metrics), measured(data, metrics)
    pd.testing.assert_frame_equal(there, here, rtol=1e-7, atol=1e-9)


@CALM
@given(seed=st.integers(0, 10_000))
def test_differences_and_groups(data: EvaluationData, seed: int) -> None:
    mixed = shuffled(data, seed)
    for metric, by in (("remote_share_desk", "career_stage"), ("engaged_share", "low_access"), ("skill", "role")):
        pd.testing.assert_frame_equal(
            measure_differences(mixed, metric, by=by), measure_differences(data, metric, by=by), rtol=1e-7, atol=1e-9
        )
        pd.testing.assert_frame_equal(
            ht.measure(mixed, metric, by=by), ht.measure(data, metric, by=by), rtol=1e-7, atol=1e-9
        )


def test_labels_of_groups_change_names_alone(data: EvaluationData) -> None:
    """Services called otherwise: the same figures, under the other names."""
    names = dict(zip(sorted(data["team"]["service"].unique()), "zyxwvu", strict=False))
    team = data["team"].assign(service=data["team"]["service"].map(names).astype("str"))
    other = EvaluationData({**data.tables, "team": team})
    here = ht.measure(data, "remote_share_desk", by="service").set_index("group")
    there = ht.measure(other, "remote_share_desk", by="service").set_index("group")
    pd.testing.assert_frame_equal(
        there.loc[[names[g] for g in here.index], NUMBERS].set_axis(here.index), here[NUMBERS]
    )


@CALM
@given(seed=st.integers(0, 10_000))
def test_instruments(data: EvaluationData, seed: int) -> None:
    mine = data["survey"].loc[lambda s: s["instrument"].eq("swemwbs")]
    rng = np.random.default_rng(seed)
    columns = [mine.columns[i] for i in rng.permutation(mine.shape[1])]
    keys = ["worker_id", "wave"]
    mixed = mine.iloc[rng.permutation(len(mine))][columns]
    scored = [
        ht.score_instrument(f[[c for c in f if c != "month"]], "swemwbs").frame.sort_values(keys, ignore_index=True)
        for f in (mine, mixed)
    ]
    pd.testing.assert_frame_equal(scored[1][scored[0].columns], scored[0])
