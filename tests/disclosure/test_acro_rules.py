"""Rules of ACRO: residual degrees of freedom of a regression, and the outer bins of a distribution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate, Policy
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.models import fit_cr2, fit_linear


def rows(n: int, k: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    known = pd.DataFrame(rng.normal(size=(n, k)), columns=[f"x{i}" for i in range(k)])
    return known.assign(y=rng.normal(size=n), team=[f"t{i % 12:02}" for i in range(n)], worker=np.arange(n) // 2)


@pytest.mark.parametrize(("n", "shown"), [(14, False), (15, True)])
def test_coefficients_need_ten_rows_beyond_them(n: int, shown: bool) -> None:
    fit = fit_linear(rows(n, 4), outcome="y", terms=[f"x{i}" for i in range(4)], cluster="team")
    assert fit.residual_df == n - 5
    for given in (fit, pd.DataFrame(fit.tidy())):
        release = Gate().estimates(given, title="Y", people="n")
        assert release.content["estimate"].notna().any() is np.bool_(shown)
        assert ("residual_df" in [d.rule for d in release.decisions]) is not shown


@pytest.mark.parametrize("fitted", [fit_linear, fit_cr2])
def test_intercepts_that_are_taken_out_are_counted(fitted) -> None:  # type: ignore[no-untyped-def]
    frame = rows(40, 2)
    fit = fitted(frame, outcome="y", terms=["x0", "x1"], fixed_effects="worker", cluster="team")
    assert fit.residual_df == 40 - 20 - 2
    assert Gate(Policy(minimum_residual_df=19)).estimates(fit, title="Y", people="n").content["estimate"].isna().all()
    assert Gate(Policy(minimum_residual_df=18)).estimates(fit, title="Y", people="n").content["estimate"].notna().any()


def test_a_study_is_held_to_them_in_its_claim_and_its_bundle() -> None:
    frame = rows(42, 2).assign(x0=np.tile([0.0, 1.0], 21), kind=[f"k{i % 3}" for i in range(42)])
    more = [f"c{i}" for i in range(33)]
    frame[more] = np.random.default_rng(5).normal(size=(42, 33))
    study = ht.Study(id="s", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x0", cluster="team",
                     design="cross-sectional", estimand="slope", confounders=("kind", *more))  # fmt: skip
    result = study.estimate_frame(frame)
    assert result.estimates["residual_df"].iloc[0] == 42 - 1 - 1 - 2 - 33
    assert result.claims()[0].text.startswith("Withheld")
    with pytest.raises(DisclosureError):
        study.evidence_bundle(result)


def test_fewer_is_looser_and_needs_a_reason() -> None:
    with pytest.raises(DisclosureError, match="residual degrees"):
        Policy(minimum_residual_df=3)


def bins(n: list[int], **more: object) -> pd.DataFrame:
    edges = 10.0 * np.arange(len(n) + 1)
    labels = [f"{a:g} to {b:g}" for a, b in pairwise(edges)]
    return pd.DataFrame({"hours": labels, "n": n, **more})


def shown(frame: pd.DataFrame, **options: object) -> pd.DataFrame:
    return Gate().figure_data(frame, title="Hours", dims=["hours"], people="n", **options).content  # type: ignore[arg-type]


def test_bins_of_few_are_joined_and_the_ends_are_open() -> None:
    content = shown(bins([1, 9, 30, 4, 20, 2]))
    assert content["hours"].tolist() == ["under 20", "20 to 30", "30 or more"]
    assert content["n"].tolist() == [10, 30, 25]
    assert not content["suppressed"].any()


@pytest.mark.parametrize(
    "edges", [[0.014, 16.011, 64.003, 80.0], pd.IntervalIndex.from_tuples([(0, 16), (64, 80)])], ids=["words", "pandas"]
)
def test_bins_that_do_not_meet_are_bins_where_the_empty_ones_between_were_left_out(edges: object) -> None:
    labels = (
        edges if isinstance(edges, pd.IntervalIndex) else [f"{edges[0]} to {edges[1]}", f"{edges[2]} to {edges[3]}"]
    )  # type: ignore[index]
    with pytest.raises(DisclosureError, match="BINS-FEW"):
        shown(pd.DataFrame({"hours": labels, "n": [48, 1]}))
    content = shown(pd.DataFrame({"hours": labels, "n": [48, 12]}))
    assert content["hours"].str.contains("under|or more").all()


def test_figures_cannot_be_joined_so_an_outer_bin_of_few_is_refused() -> None:
    with pytest.raises(DisclosureError, match="BINS-FEW"):
        shown(bins([30, 20, 4], mean=[1.1, 1.2, 1.3]), values=["mean"])
    content = shown(bins([30, 4, 20], mean=[1.1, 1.2, 1.3]), values=["mean"])
    assert content["hours"].tolist() == ["under 10", "10 to 20", "20 or more"]
    assert content["suppressed"].tolist() == [False, True, False]


def test_bins_are_the_same_in_every_group_and_totals_stay() -> None:
    both = pd.concat(
        [bins([2, 20, 30]).assign(sex="f"), bins([20, 20, 13]).assign(sex="m"), bins([2, 3, 1]).assign(sex="x")]
    )
    content = Gate().table(both, title="Hours", dims=["sex", "hours"], people="n", totals=True).content
    assert list(dict.fromkeys(content["hours"])) == ["under 20", "20 or more", "Total"]
    assert content[content["sex"].eq("x")]["suppressed"].all()
    with pytest.raises(DisclosureError, match="BINS-FEW"):
        shown(bins([9, 6, 4]))
    given = pd.concat([bins([2, 20, 30]), pd.DataFrame({"hours": ["Total"], "n": [52]})])
    content = Gate().table(given, title="Hours", dims=["hours"], people="n").content
    assert content["hours"].tolist() == ["under 20", "20 or more", "Total"]


def test_bands_of_a_code_list_stay_as_they_are() -> None:
    ages = pd.DataFrame({"age_band": ["16 to 24", "25 to 34", "35 to 44"], "n": [12, 30, 22]})
    content = Gate().table(ages, title="Age", dims=["age_band"], people="n").content
    assert content["age_band"].tolist() == ages["age_band"].tolist()


def test_edges_in_equal_steps_from_the_least_value_are_told_roughly() -> None:
    y = np.random.default_rng(0).normal(37, 6, 200)
    counted = pd.cut(pd.Series(y), 12).value_counts(sort=False).rename_axis("hours").reset_index(name="n")
    told = " ".join(shown(counted)["hours"])
    assert "about" in told
    assert not any(f"{c.left:g}" in told for c in counted["hours"])
