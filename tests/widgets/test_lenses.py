"""The lenses: their numbers are the library's own, their code gives them again, nothing hidden follows from moving."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import require_release
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.constructs.stage_gap import stage_slopes
from hybrid_toolkit.study.estimation.shown_words import overclaims
from hybrid_toolkit.widgets.explorer.bands import make_bands
from hybrid_toolkit.widgets.lenses.exclusion_families import CUTS, FamilyAccess
from hybrid_toolkit.widgets.lenses.exclusion_staff import StaffBroadband
from hybrid_toolkit.widgets.lenses.lens_career import view_career_stage
from hybrid_toolkit.widgets.lenses.lens_exclusion import view_digital_exclusion
from hybrid_toolkit.widgets.lenses.lens_practice import view_practice_quality
from hybrid_toolkit.widgets.lenses.lens_wellbeing import view_wellbeing
from hybrid_toolkit.widgets.lenses.lens_widget import LensWidget
from hybrid_toolkit.widgets.lenses.lenses import DigitalExclusion

OWN_TESTS = {"WhatIf"}
"""Lenses that stand on more than data, and have tests of their own."""
LENSES = tuple(
    k
    for n, module in sorted(ht._PUBLIC.items())
    if module.startswith("hybrid_toolkit.widgets.") and n not in OWN_TESTS
    if issubclass(k := getattr(ht, n), LensWidget)
)
"""Every other public lens."""
VALUES = ["estimate", "conf_low", "conf_high"]


@pytest.fixture(scope="module", params=LENSES, ids=lambda k: k.__name__)
def lens(request: pytest.FixtureRequest, small: ht.EvaluationData) -> LensWidget:
    made: LensWidget = request.param(small)
    return made


def sound(html: str) -> None:
    ElementTree.fromstring(f"<div>{html.replace(' readonly', '')}</div>")
    assert "<script" not in html and "nan" not in html


def test_the_page_is_sound_stamped_and_described(lens: LensWidget) -> None:
    for part in (lens._answer.value, lens._figures.value, lens._code.value):
        sound(part)
    page = lens._figures.value
    assert lens.view is not None and "SYNTHETIC DATA" in lens._answer.value
    drawn = sum(p.draw is not None for p in lens.view.panels)
    assert page.count('role="img"') == page.count("<title>") == page.count("<desc>") == drawn >= 1
    assert page.count("<caption>") == len(lens.view.panels), "a table beside each figure"
    assert all(c.description for c in lens._lists.values()), "every control has a visible label"


def test_its_words_claim_no_cause_and_rank_no_one(lens: LensWidget) -> None:
    parts = (lens._answer.value, lens._figures.value.replace(" readonly", ""))
    page = ElementTree.fromstring(f"<div>{chr(10).join(parts)}</div>")
    texts = [lens.text, *(" ".join("".join(e.itertext()).split()) for e in page.iter() if e.tag in ("p", "li", "h3"))]
    assert len(lens.text) > 40
    assert {text: overclaims(text) for text in texts if overclaims(text)} == {}


def test_everything_shown_is_a_release(lens: LensWidget) -> None:
    assert lens.view is not None and all(require_release(r).intact for r in lens.view.releases)


def test_its_code_gives_the_same_answer(lens: LensWidget) -> None:
    said: list[str] = []
    exec(lens.to_code(), {"print": lambda *words: said.append(" ".join(map(str, words)))})
    assert said == [lens.text]


def test_its_state_is_saved_and_restored(lens: LensWidget, small: ht.EvaluationData, tmp_path: Path) -> None:
    varied = [(n, c) for n, c in lens._lists.items() if len(c.options) > 1]
    assert varied, f"no filter of {type(lens).__name__} has two choices: give one more in choices() of its views"
    name, control = varied[0]
    before = lens.state
    control.value = control.options[-1][1]
    lens.save(tmp_path / "lens.json")
    moved, text = lens.state, lens.text
    lens.state = before
    lens.load(tmp_path / "lens.json")
    assert (lens.state, lens.text) == (moved, text) and moved != before, name
    lens.state = before


def test_its_files_open(lens: LensWidget) -> None:
    assert lens.view is not None
    files = {f.name: f.content for f in lens._exports()}
    assert all(f.startswith(b"\x89PNG") for n, f in files.items() if n.endswith(".png"))
    for name, content in files.items():
        if name.endswith(".svg"):
            words = "".join(ElementTree.fromstring(content).itertext())
            assert "SYNTHETIC DATA" in words and "policy" in words
        elif name.endswith(".csv") and "meta" not in name and "record" not in name:
            assert b"time_period,time_identifier,geographic_level,country_code" in content and b"SYNTHETIC" in content
    drawn = sum(p.draw is not None for p in lens.view.panels)
    assert sum(n.endswith(".svg") for n in files) == sum(n.endswith(".png") for n in files) == drawn


@pytest.mark.parametrize("kind", LENSES)
def test_without_data_it_says_what_to_do(kind: type[LensWidget]) -> None:
    empty = kind(ht.EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})}))
    assert empty.view is None and "Add table" in empty._answer.value and empty.to_code() == ""
    assert empty._figures.value == "" and 'role="alert"' not in empty._answer.value
    assert empty._taken.layout.display == "none"


@pytest.mark.parametrize("kind", LENSES)
def test_a_choice_that_is_not_offered_is_refused(kind: type[LensWidget], small: ht.EvaluationData) -> None:
    with pytest.raises(UsageError, match="offer"):
        kind(small, gate=None, more=(), **{next(iter(kind.LABELS)): "worker_id"})


def test_code_in_a_fresh_process(small: ht.EvaluationData) -> None:
    lens = DigitalExclusion(small, who="staff")
    got = subprocess.run([sys.executable, "-W", "error", "-c", lens.to_code()], capture_output=True, text=True,
                         check=True)  # fmt: skip
    assert got.stdout.strip() == lens.text


def test_components_are_those_of_measure(small: ht.EvaluationData) -> None:
    view = view_practice_quality(small)
    shown = view.panels[1].release.content.set_index("component")
    for metric in ("skill", "skill_care", "skill_authority", "skill_evocation"):
        row = ht.measure(small, metric).iloc[0]
        name = ht.metrics.REGISTRY[metric].name
        np.testing.assert_allclose(shown.loc[name, VALUES].astype(float), row[VALUES].astype(float), atol=3e-3)
    told = view.panels[2].release.content.set_index("term")["estimate"]
    assert told["Agreement of raters, ICC(2,1)"] == pytest.approx(
        ht.measure(small, "skill")["reliability"][0], abs=6e-4
    )


def test_slopes_and_gap_are_those_of_the_library(small: ht.EvaluationData) -> None:
    slopes = view_career_stage(small, outcome="informal_learning").panels[1].release.content.set_index("term")
    own = stage_slopes(small).set_index("stage")
    own = own[~slopes.loc[own.index, "suppressed"].to_numpy(dtype=bool)]  # eleven in their first year, and few tell it
    assert list(own.index) == ["early", "mid", "late"]
    np.testing.assert_allclose(slopes.loc[own.index, VALUES].astype(float), own[VALUES], atol=0.051)  # two digits
    gap = ht.measure(small, "stage_gap_learning").iloc[0]
    np.testing.assert_allclose(slopes.iloc[-1][VALUES].astype(float), gap[VALUES].astype(float), atol=0.051)


def test_a_curve_of_a_straight_line_is_that_line() -> None:
    from hybrid_toolkit.widgets.lenses.stage_curves import curve_rows, slope_rows

    rng = np.random.default_rng(1)
    n = 400
    rows = pd.DataFrame({
        "worker_id": [f"w{i}" for i in range(n)], "team_id": [f"t{i % 20}" for i in range(n)],
        "stage": rng.choice(["asye", "early", "mid", "late"], n), "rs_desk": rng.uniform(0, 1, n),
    })  # fmt: skip
    slope = rows["stage"].map({"asye": -2.0, "early": -2.0, "mid": -0.5, "late": 0.0})
    rows["y"] = 3 + slope * rows["rs_desk"]
    curves = curve_rows(rows, "y", least=10)
    expected = 3 + curves["stage"].map({"asye": -2.0, "early": -2.0, "mid": -0.5, "late": 0.0}) * curves["at"]
    np.testing.assert_allclose(curves["estimate"], expected, atol=1e-9)
    assert curves[["conf_low", "conf_high"]].isna().all(axis=None), "nothing varies about a straight line"
    slopes = slope_rows(rows, "y", "gap", least=10).set_index("term")["estimate"]
    np.testing.assert_allclose(slopes[["asye", "mid", "gap"]], [-2.0, -0.5, -1.5], atol=1e-9)


def test_families_by_hand(small: ht.EvaluationData) -> None:
    homes = ht.metrics.household_access(small).dropna(subset=["count"])
    rows = ht.metrics.contact_engagement(small).dropna(subset=["remote", "engaged"]).merge(
        homes[["family_id", "count"]], on="family_id")  # fmt: skip
    view = view_digital_exclusion(small, who="families", threshold="7")
    low = rows["count"] < 7
    rate = rows.groupby([rows["remote"].astype(bool), low])["engaged"].mean()
    penalty = (rate[True, True] - rate[False, True]) - (rate[True, False] - rate[False, False])
    assert view.panels[1].release.content["estimate"][0] == pytest.approx(penalty, abs=6e-3)
    homes_shown = view.panels[2].release.content.set_index("place")["estimate"]
    assert homes_shown["Everyone"] == pytest.approx(homes["count"].ge(7).mean(), abs=3e-3)
    curve = view.panels[3].release.content.sort_values("place")
    first = rows["count"] < 5
    share, step = rows.loc[first, "engaged"].sum() / rows["engaged"].sum(), 0.002
    assert 0.001 < 1 / first.sum() <= step, "the next step that is not finer than one contact of the band"
    assert curve["outcome_share"].iloc[0] == pytest.approx(round(share / step) * step, abs=1e-9)


def test_lights_by_hand(small: ht.EvaluationData) -> None:
    survey = small.table("survey")
    value = survey.loc[survey["instrument"].eq("sword_remote") & survey["item"].eq("sword_sg1"), "value"]
    panel = next(p for p in view_wellbeing(small).panels if "green" in p.caption)
    row = next(r for r in panel.rows if r[0] == "manager trusts me")
    base = 5
    counts = [base * round((value.between(*b)).sum() / base) for b in ((5, 6), (3, 4), (1, 2))]
    assert row[1:4] == [f"{c / sum(counts):.0%}" for c in counts] and row[4] == "", "under a tenth red: no actions"
    assert panel.release.count == "n"


def derivable(shown: NDArray[np.float64], people: NDArray[np.int64], fewer_than: int) -> bool:
    """Whether some set of fewer people follows from what is shown by adding and subtracting.

    Rows of ``shown`` are cells, columns the finest groups of people that could be told apart; found by an integer
    programme over all sets at once, not by trying differences.
    """
    cells, atoms = shown.shape
    width = cells + atoms  # free weights of the cells, then which atoms are in the set
    adds_up = np.hstack([shown.T, -np.eye(atoms)])
    size = np.concatenate([np.zeros(cells), people.astype(float)])
    found = milp(
        np.zeros(width),
        constraints=[LinearConstraint(adds_up, 0, 0), LinearConstraint(size[None, :], 1, fewer_than - 1)],
        integrality=np.concatenate([np.zeros(cells), np.ones(atoms)]),
        bounds=Bounds(np.repeat([-50.0, 0.0], [cells, atoms]), np.repeat([50.0, 1.0], [cells, atoms])),
    )
    return bool(found.status == 0)


def shown_by(steps: list[float], values: NDArray[np.float64], splits: list[NDArray[np.bool_]]) -> NDArray[np.float64]:
    """Every cell that a slider shows in all of its positions, as 0/1 over rows."""
    sides = [side for k in steps for side in (values >= k, values < k)]
    return np.array([s & side for s in splits for side in sides], dtype=float)


@pytest.mark.parametrize("side", ["families", "staff"])
def test_moving_a_slider_through_all_positions_gives_no_small_group_away(small: ht.EvaluationData, side: str) -> None:
    gate = Gate(source=small)
    if side == "families":
        access = FamilyAccess(small, gate)
        rows, value, steps = access.contacts, access.contacts["count"], list(access.bands.cuts)
        who, every = rows["family_id"], list(CUTS)
        splits = [
            (rows["remote"].to_numpy() == m) & (rows["engaged"].to_numpy() == e) for m, e in product((0, 1), (0, 1))
        ]
    else:
        staff = StaffBroadband(small, gate)
        rows, value, steps = staff.rows, staff.rows["mbps"], list(staff.bands.cuts)
        who, every = rows["worker_id"], sorted(staff.rows["mbps"].unique())
        splits = [np.ones(len(rows), dtype=bool)]
    assert len(steps) >= 3, "there is something to move"
    fine = pd.DataFrame({"v": value.to_numpy(float), **{f"s{k}": s for k, s in enumerate(splits)}, "who": who})
    atoms = fine.groupby([c for c in fine if c != "who"])["who"].nunique().reset_index(name="people")
    inside = [atoms[f"s{k}"].to_numpy(dtype=bool) for k in range(len(splits))]
    held = atoms["v"].to_numpy(dtype=float)
    people = atoms["people"].to_numpy(dtype=np.int64)
    assert not derivable(shown_by(steps, held, inside), people, gate.policy.threshold)
    assert derivable(shown_by(every, held, inside), people, gate.policy.threshold), "the attack finds what is open"


def test_bands_hold_the_threshold_in_every_group() -> None:
    rng = np.random.default_rng(3)
    values, group = rng.integers(0, 11, 300).astype(float), rng.integers(0, 3, 300)
    who = rng.integers(0, 90, 300)
    bands = make_bands(values, CUTS, splits=[(group, [who]), (group * 0, [who])], threshold=10)
    held = pd.DataFrame({"band": bands.code, "group": group, "who": who}).groupby(["band", "group"])["who"].nunique()
    assert held.min() >= 10 and len(held) == 3 * bands.size and set(bands.cuts) <= set(CUTS)
