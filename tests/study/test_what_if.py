"""What-if: figures by hand from the fit, refusals, groups, and words that keep to the design."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.wording.claim_words import causal_words, overreach
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.estimation.claim_grammar import grammar
from hybrid_toolkit.study.estimation.common_support import require_possible
from hybrid_toolkit.study.estimation.estimate import basis_of
from hybrid_toolkit.study.estimation.what_if_changes import Change, parse_change
from hybrid_toolkit.study.shipped_studies import declared_study, headline_studies
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import resolve

CAVEAT = grammar()["what_if"]["caveat"]


def figure(got, role, group="all", outcome=None):
    rows = got.tidy()
    rows = rows[(rows["role"] == role) & (rows["group"] == group)]
    return (rows if outcome is None else rows[rows["outcome"] == outcome]).iloc[0]


def used(study, authority):
    frame, plan = study.frame(authority), study.plan()
    needed = [plan.outcome, plan.exposure, plan.cluster, *plan.confounders, *plan.fixed_effects, *plan.instruments]
    return frame[frame[[*needed, *([plan.moderator] if plan.moderator else [])]].notna().all(axis=1)]


def test_a_cap_gives_slope_times_mean_change_with_the_slopes_own_error(authority, results) -> None:
    study = headline_studies()[0]
    result, rows = results[study.id], used(study, authority)
    got = result.what_if("at least 3 office days")
    dx = float((rows["rs_attendance"].clip(upper=0.4) - rows["rs_attendance"]).mean())
    main = result.tidy().iloc[0]
    change, now, under = (figure(got, r) for r in ("change", "now", "under the change"))
    assert change["estimate"] == pytest.approx(100 * main["estimate"] * dx, rel=1e-3)
    assert change["std_error"] == pytest.approx(100 * main["std_error"] * abs(dx), rel=1e-3)
    ends = sorted(100 * dx * main[["conf_low", "conf_high"]].to_numpy(dtype=float))
    assert [change["conf_low"], change["conf_high"]] == pytest.approx(ends, rel=1e-3)
    assert now["estimate"] == pytest.approx(100 * rows["choice_honoured"].mean())
    assert under["estimate"] == pytest.approx(now["estimate"] + change["estimate"])
    assert change["exposure_change"] == pytest.approx(dx, rel=1e-3) and got.outside == 0.0
    step = 5 / rows["worker_id"].nunique()  # as a count of workers is rounded
    assert got.moved == pytest.approx(step * np.round((rows["rs_attendance"] > 0.4).mean() / step), abs=1e-9)


def test_a_shift_of_a_yes_no_exposure_is_of_its_share_and_a_gap_has_its_own_change(authority, results) -> None:
    study = headline_studies()[2]
    result, rows = results[study.id], used(study, authority)
    got = result.what_if({"remote": -0.1})
    slopes = result.tidy().set_index("role").loc["slope"]
    gap = result.tidy().iloc[0]
    low = float(rows["low_access"].astype(float).mean())
    by_hand = -10 * (slopes["estimate"].iloc[0] + low * gap["estimate"])
    assert figure(got, "change")["estimate"] == pytest.approx(by_hand, rel=1e-6)
    assert figure(got, "gap change")["estimate"] == pytest.approx(-10 * gap["estimate"], rel=1e-6)
    assert figure(got, "gap change")["std_error"] == pytest.approx(10 * gap["std_error"], rel=1e-6)
    without = figure(got, "group change", "digital access: without full digital access")
    others = figure(got, "group change", "digital access: with digital access")
    assert without["estimate"] == pytest.approx(-10 * slopes["estimate"].iloc[1], rel=1e-6)
    assert without["std_error"] == pytest.approx(10 * slopes["std_error"].iloc[1], rel=1e-6)
    assert others["estimate"] == pytest.approx(-10 * slopes["estimate"].iloc[0], rel=1e-6)
    truth, size = resolve("helpful-hump", "small", 0)
    known = -10 * true_value(truth, study.estimand, size=size)
    assert figure(got, "gap change")["conf_low"] <= known <= figure(got, "gap change")["conf_high"]


def test_an_offer_moves_those_who_take_it_up(authority, results) -> None:
    study = headline_studies()[2]
    rows = used(study, authority)
    got = results[study.id].what_if(Change("offer", 0.0, uptake=0.3))
    remote = rows["remote"].astype(float)
    assert figure(got, "change")["exposure_change"] == pytest.approx(-0.3 * remote.mean())
    capped = results[study.id].what_if(Change("cap", 0.2))
    assert figure(capped, "change")["exposure_change"] == pytest.approx(0.2 - remote.mean())


def test_stages_have_their_own_slopes_where_the_study_has_them(authority, results) -> None:
    study = headline_studies()[1]
    result = results[study.id]
    got = result.what_if("at most 2 home days")
    rows = got.tidy()
    stages = rows[(rows["role"] == "group change") & rows["group"].str.startswith("career stage")]
    known = [f"career stage: {s}" for s in ("asye", "early", "mid", "late", "supervisor")]  # as a career goes
    order = [s for s in known if s in set(stages["group"])]
    assert len(order) > 2 and list(stages["group"]) == [*order, *order]  # two outcomes
    own = stages[(stages["slope"] == "its own") & stages["flag"].eq("") & stages["outcome"].eq("informal_learning")]
    slopes = result.tidy().query("role == 'group slope' and outcome == 'informal_learning'")
    for row in own.itertuples():
        stage = row.group.removeprefix("career stage: ")
        slope = slopes[slopes["term"].str.endswith(f"stage {stage}")].iloc[0]
        assert row.estimate == pytest.approx(slope["estimate"] * row.exposure_change, rel=1e-6)
        assert row.std_error == pytest.approx(slope["std_error"] * abs(row.exposure_change), rel=1e-6)
    assert len(own) >= 2
    hidden = stages[stages["flag"].ne("")]
    assert hidden[["estimate", "std_error", "n"]].isna().all(axis=None)


def test_small_groups_are_not_shown(results) -> None:
    result = results["exclusion-gap"]
    each = result.basis.outcomes["engaged"]
    few = {k: 4 if "with digital" in k[1] else v for k, v in each.clusters.items()}
    basis = replace(result.basis, outcomes={"engaged": replace(each, clusters=few)})
    got = replace(result, basis=basis).what_if({"remote": -0.1})
    row = figure(got, "group change", "digital access: with digital access")
    assert np.isnan(row["estimate"]) and "fewer than" in row["flag"] and row["direction"] == ""
    assert "digital access: with digital access: not shown" in got.summary()


def test_words_keep_to_the_design(results) -> None:
    for study in headline_studies():
        result = results[study.id]
        real = replace(result, synthetic=False)
        change = {study.exposure: -0.05}
        for got in (result.what_if(change), real.what_if(change)):
            for said, claim in zip(got.sentences, real.claims(), strict=True):
                assert (CAVEAT in said) == (got.synthetic or claim.grade in ("descriptive", "associational"))
                if CAVEAT in said:
                    assert not causal_words(said.replace(CAVEAT, "").replace("not evidence about", ""))
        got = result.what_if(change)
        assert "SYNTHETIC" in got.summary() and "delta method" in got.summary() and "any one person" in got.summary()
        assert len(got.glance()) == 1 and got.grade == "illustration"
        assert not [w for w in overreach(got.told) if w]
    strong = replace(results["remote-practice"], synthetic=False, checks=())
    strong = replace(strong, identification=replace(strong.identification, identified=True))
    (said,) = strong.what_if({"rs_attendance": -0.1}).sentences
    assert said.startswith("If the design's assumptions are met") and CAVEAT not in said
    with pytest.raises(StudyError, match="WORDS"):
        strong.what_if(Change("shift", -0.1, words="a rota that harms families"))


@pytest.mark.parametrize(
    ("study", "change", "code"),
    [
        ("career-stage", {"rs_desk_to_date": 0.5}, "WHAT-IF-SUPPORT"),
        ("career-stage", Change("set", 1.5), "WHAT-IF-SUPPORT"),
        ("career-stage", Change("floor", 0.98), "WHAT-IF-SUPPORT"),
        ("career-stage", Change("cap", 0.99), "WHAT-IF-NOTHING"),
        ("exclusion-gap", {"remote": -0.6}, "WHAT-IF-SUPPORT"),
        ("exclusion-gap", {"remote": 0.0}, "WHAT-IF-NOTHING"),
        ("exclusion-gap", {"engaged": 0.1}, "WHAT-IF-EXPOSURE"),
        ("exclusion-gap", {"remote": "less"}, "WHAT-IF-CHANGE"),
        ("exclusion-gap", {"remote": float("nan")}, "WHAT-IF-CHANGE"),
        ("exclusion-gap", {}, "WHAT-IF-CHANGE"),
        ("exclusion-gap", "fewer meetings", "WHAT-IF-CHANGE"),
        ("exclusion-gap", "at least 9 office days", "WHAT-IF-CHANGE"),
        ("exclusion-gap", None, "WHAT-IF-CHANGE"),
    ],
)
def test_what_cannot_be_told_is_refused(results, study, change, code) -> None:
    with pytest.raises(StudyError) as caught:
        results[study].what_if(change)
    assert caught.value.code == code and str(caught.value).count("How to fix") == 1


def test_a_design_without_a_slope_is_refused(results) -> None:
    with pytest.raises(StudyError, match="WHAT-IF-DESIGN"):
        replace(results["exclusion-gap"], basis=None).what_if({"remote": -0.1})
    with pytest.raises(StudyError, match="WHAT-IF-CHANGE"):
        Change("offer", 0.5, uptake=0.0)


@pytest.mark.parametrize(
    ("rule", "kind", "value"),
    [
        ("at least 3 office days", "cap", 0.4),
        ("At most 2 home days a week", "cap", 0.4),
        ("at most 2 office days of 4", "floor", 0.5),
        ("at least 1 remote day", "floor", 0.2),
    ],
)
def test_rules_of_days_bound_the_remote_share(rule, kind, value) -> None:
    got = parse_change(rule, "rs_desk")
    assert (got.kind, got.value) == (kind, pytest.approx(value)) and got.words.startswith("a rule of at ")


PAIR = Study(
    id="pair",
    question="Does y go with x?",
    estimand="none",
    outcome="y",
    exposure="x",
    design="cross-sectional",
    row_unit="rows",
    cluster="team_id",
    kind="slope-gap",
    moderators=("m",),
    confounders=("z",),
)
SLOPE, GAP = -0.4, -0.25


def made(rng: np.random.Generator, *, teams: int = 24, each: int = 20, tied: float = 0.12) -> pd.DataFrame:
    """Rows whose slopes are known; exposure and confounder go together by ``tied``."""
    n = teams * each
    team, z, m = np.repeat(np.arange(teams), each), rng.normal(size=n), rng.random(n) < 0.4
    x = np.clip(0.5 + tied * z + 0.05 * rng.normal(size=teams)[team] + (0.3 - tied) * rng.normal(size=n), 0, 1)
    y = 0.5 * z + (SLOPE + GAP * m) * x + 0.2 * m + 0.3 * rng.normal(size=teams)[team] + rng.normal(size=n)
    return pd.DataFrame({"team_id": team, "x": x, "z": z, "m": m, "y": y})


def test_intervals_hold_the_known_change_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    base, hits, draws = PAIR.estimate_frame(made(rng)), np.zeros(2), 40
    for _ in range(draws):
        frame = made(rng)
        fit = PAIR.design_used.fit(frame, PAIR.plan())
        got = replace(base, basis=basis_of(frame, [fit], "rows", None)).what_if(Change("cap", 0.4))
        dx, m = np.minimum(frame["x"], 0.4) - frame["x"], frame["m"]
        known = [((SLOPE + GAP * m) * dx).mean(), (SLOPE + GAP) * dx[m].mean() - SLOPE * dx[~m].mean()]
        rows = [figure(got, role) for role in ("change", "gap change")]
        hits += [r["conf_low"] <= k <= r["conf_high"] for r, k in zip(rows, known, strict=True)]
    assert (hits / draws >= 0.85).all() and (hits / draws).mean() >= 0.9


def test_the_level_has_the_error_of_the_mean_too() -> None:
    """By hand: each team left out in turn, with the weights of all rows."""
    frame = made(np.random.default_rng(2))
    result = PAIR.estimate_frame(frame)
    got = result.what_if(Change("times", 0.9))
    mean = frame.groupby("team_id")["y"].agg(["sum", "size"])
    left = (mean["sum"].sum() - mean["sum"]) / (mean["size"].sum() - mean["size"])
    by_hand = np.sqrt(23 / 24 * ((left - frame["y"].mean()) ** 2).sum())
    now, under, change = (figure(got, role) for role in ("now", "under the change", "change"))
    assert now["std_error"] == pytest.approx(by_hand, rel=1e-9)
    assert under["std_error"] > change["std_error"] and under["conf_low"] < under["estimate"] < under["conf_high"]
    moved = []  # the jackknife of the whole sum
    dx = -0.1 * frame["x"]
    w = np.array([dx.mean(), (dx * frame["m"]).mean()])
    for team in range(24):
        rest = frame[frame["team_id"] != team]
        fit = PAIR.design_used.fit(rest, PAIR.plan()).linear
        moved.append(rest["y"].mean() + w @ fit.estimate[[fit.index("x"), fit.index("x:m")]])
    assert under["std_error"] == pytest.approx(np.sqrt(23 / 24 * np.sum((moved - under["estimate"]) ** 2)), rel=1e-3)


def test_exposure_is_supported_among_rows_alike_too() -> None:
    """A value that many rows have may be one that no row like these has: x and z go together almost wholly."""
    loose, tied = made(np.random.default_rng(3)), made(np.random.default_rng(3), tied=0.28)
    assert PAIR.estimate_frame(loose).what_if(Change("set", 0.5)).outside < 0.1
    with pytest.raises(StudyError, match="rows similar") as caught:
        PAIR.estimate_frame(tied).what_if(Change("set", 0.6))
    assert caught.value.code == "WHAT-IF-SUPPORT"


def test_one_row_in_ten_may_leave_the_exposure_covered_and_no_more() -> None:
    """x takes 0, 0.01 to 0.99 equally often: a shift of 0.06 moves some 6% of rows past it, and one of 0.15, 15%."""
    rng = np.random.default_rng(6)
    frame = made(rng, each=40)
    frame["x"] = rng.permutation(np.arange(len(frame)) % 100) / 100
    result = PAIR.estimate_frame(frame)
    assert 0.04 < result.what_if(Change("shift", 0.06)).outside < 0.08
    with pytest.raises(StudyError, match="more than 10% of rows would lie beyond the exposure that the data cover"):
        result.what_if(Change("shift", 0.15))


def test_each_of_two_groups_compared_must_cover_the_change() -> None:
    frame = made(np.random.default_rng(4))
    frame["x"] = np.where(frame["m"], 0.3 * frame["x"], frame["x"])
    with pytest.raises(StudyError, match="one of the two groups") as caught:
        PAIR.estimate_frame(frame).what_if(Change("set", 0.6))
    assert caught.value.code == "WHAT-IF-SUPPORT"
    share = np.where(frame["m"], 0.15, 0.6)
    yes = frame.assign(x=(np.random.default_rng(1).random(len(frame)) < share).astype(float))
    result = PAIR.estimate_frame(yes)
    with pytest.raises(StudyError, match="one of the two groups"):
        result.what_if({"x": -0.3})
    assert result.what_if({"x": 0.2}).moved == 1.0


@pytest.mark.parametrize(("change", "fits"), [({"x": 20.0}, "WHAT-IF-CHANGE"), ({"x": -1.5}, "WHAT-IF-CHANGE")])
def test_a_share_given_in_per_cent_is_refused(change, fits) -> None:
    with pytest.raises(StudyError) as caught:
        PAIR.estimate_frame(made(np.random.default_rng(3))).what_if(change)
    assert caught.value.code == fits and "0.2 for 20" in caught.value.fix


def test_a_mean_beyond_every_value_seen_is_refused() -> None:
    frame = made(np.random.default_rng(3))
    steep = frame.assign(y=(frame["x"] > 0.45).astype(float))
    study = PAIR.replace(kind="slope", moderators=())
    result = study.estimate_frame(steep)
    basis = result.basis
    each = replace(basis.outcomes["y"], mean=0.99)
    with pytest.raises(StudyError, match="beyond every value"):
        replace(result, basis=replace(basis, outcomes={"y": each})).what_if({"x": 0.1})


def test_a_mean_may_lie_at_either_end_of_what_was_seen_and_not_beyond() -> None:
    seen = SimpleNamespace(lowest=1.0, highest=5.0, mean=2.0)
    for change in (-1.0, 0.0, 3.0):
        require_possible(seen, change)
    for change in (-1.01, 3.01):
        with pytest.raises(StudyError, match="beyond every value"):
            require_possible(seen, change)


def test_few_rows_or_clusters_tell_nothing_and_no_group_is_told_from_the_rest(results) -> None:
    small = made(np.random.default_rng(3), teams=4)
    with pytest.raises(StudyError, match="WHAT-IF-FEW"):
        PAIR.estimate_frame(small).what_if({"x": -0.05})
    result = results["exclusion-gap"]
    each = result.basis.outcomes["engaged"]
    few = {k: 4 if k == ("career stage", "asye") else v for k, v in each.clusters.items()}
    got = replace(result, basis=replace(result.basis, outcomes={"engaged": replace(each, clusters=few)}))
    rows = got.what_if({"remote": -0.1}).tidy()
    hidden = rows[rows["flag"].ne("")]
    assert list(hidden["group"]) == ["career stage: asye", "career stage: early"]  # the next smallest goes with it
    assert hidden[["estimate", "std_error", "conf_low", "n", "exposure_change"]].isna().all(axis=None)


def test_a_diagnosis_that_lowers_the_claim_lowers_the_what_if(results) -> None:
    study = headline_studies()[0]
    known = replace(results[study.id].identification, identified=True)
    result = replace(results[study.id], synthetic=False, identification=known, checks=())
    diagnosis = study.diagnose("helpful-hump", n_sims=4, progress=False)
    assert diagnosis.value("power") < 0.8
    (free,), (held,) = (result.what_if({"rs_attendance": -0.1}, d).sentences for d in (None, diagnosis))
    assert CAVEAT not in free and CAVEAT in held


def test_an_interval_that_holds_nothing_is_said_to_settle_nothing(results) -> None:
    for result in results.values():
        got = result.what_if({result.study.exposure: -0.05})
        for said, (_, rows) in zip(got.sentences, got.tidy().groupby("outcome", sort=False), strict=True):
            role = "gap change" if "gap change" in set(rows["role"]) else "change"
            row = rows[rows["role"].eq(role)].iloc[0]
            assert ("cannot tell whether it would be" in said) == (row["conf_low"] <= 0 <= row["conf_high"])


@pytest.mark.parametrize("name", ["worker_id", "team_7", "harm_index"])
def test_a_rota_over_one_team_or_worker_has_no_words(name) -> None:
    frame = made(np.random.default_rng(3)).rename(columns={"x": name})
    with pytest.raises(StudyError, match="WORDS"):
        PAIR.replace(kind="slope", moderators=(), exposure=name).estimate_frame(frame).what_if({name: -0.05})


def test_the_rule_of_breaks_is_a_share_of_the_meetings_that_follow_another(authority) -> None:
    """By hand: kept in a tenth of meetings, each worker's share falls by a tenth of itself."""
    study = declared_study("meeting-load")
    result, rows = study.estimate(authority), used(study, authority)
    got = result.what_if("45+15 kept in 10% of meetings")
    main = result.tidy().iloc[0]
    dx = -0.1 * float(rows["b2b_to_date"].mean())
    assert figure(got, "change")["exposure_change"] == pytest.approx(dx, rel=1e-3)
    assert figure(got, "change")["estimate"] == pytest.approx(main["estimate"] * dx, rel=1e-3)
    assert "meetings of 45 minutes with a break of 15, kept in 10% of meetings" in got.told
    assert parse_change("45+15", "b2b").value == 0.0
    for wrong, exposure, code in (("45+15", "rs_desk", "WHAT-IF-EXPOSURE"), ("45+15 kept in 300% of meetings", "b2b",
                                                                              "WHAT-IF-CHANGE")):  # fmt: skip
        with pytest.raises(StudyError, match=code):
            parse_change(wrong, exposure)


@pytest.mark.parametrize(("workers", "shown"), [(4, False), (9, False), (40, True)])
def test_a_groups_own_row_needs_people_and_not_rows_alone(workers: int, shown: bool) -> None:
    """Forty rows in eight teams are enough rows and clusters; of four workers they are not enough people."""
    rng = np.random.default_rng(8)
    n, few = 300, 40
    low = np.arange(n) < few
    frame = pd.DataFrame({"y": rng.normal(3, 1, n), "x": rng.random(n), "low_access": low,
                          "team_id": [f"T{i % 30:02}" for i in range(n)],
                          "worker_id": [f"W{i % workers if i < few else 1000 + i}" for i in range(n)]})  # fmt: skip
    study = Study(id="few", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x",
                  cluster="team_id", design="cross-sectional", estimand="slope",
                  confounders=("low_access",))  # fmt: skip
    rows = study.estimate_frame(frame).what_if(Change("times", 0.9)).rows
    groups = rows[rows["role"].eq("group change")].set_index("group")
    assert len(groups) == 2
    assert groups["estimate"].notna().all() == shown
    assert groups["n"].notna().all() == shown, "and the other group goes with it, or it would follow"
