"""Grounds of facts: simulated and published figures are what their makers made, and no caller's own."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.metrics.beside_published import Beside, ReferenceFigures
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.wedge_study import Wedge, WedgeStudy
from hybrid_toolkit.widgets.planning.power_view import view_power

OWN = EvaluationData(
    {"la_year": pd.DataFrame({"la_id": ["A1"] * 2, "year": [2024, 2025], "inpost_fte": 100.0, "leavers_fte": 77.0})}
)


class Vouches:
    """Says of itself that it was simulated, and is nothing of the kind."""

    hash, synthetic = "0" * 64, True


@pytest.fixture(scope="module")
def tried() -> Diagnosis:
    return WedgeStudy("roll-out").diagnose(Wedge(teams=10, periods=4, workers=5), n_sims=20, progress=False)


class Mine(Diagnosis):
    """Own numbers in the clothes of a diagnosis."""

    def tidy(self) -> pd.DataFrame:
        return TEAM_OF_FOUR


TEAM_OF_FOUR = pd.DataFrame({"team_id": ["T1", "T2"], "n": [4, 3], "mean": [0.2, 0.9]})


def test_no_caller_s_word_makes_measured_figures_simulated(tried: Diagnosis) -> None:
    """A team of four as "simulation": unsaid, stamped, subclassed, copied, pickled, by hand, among others."""
    real, stamped = EvaluationData({}), EvaluationData({}, synthetic=True)
    passed = Gate(source=real).text("Twelve teams.", title="Teams")
    wide = pd.DataFrame({"team_id": ["T1", "T2"], "n": [40, 14]})
    of_stamped = Gate(source=stamped).table(wide, people="n", title="x", dims=["team_id"])
    subclass = Mine(**{f.name: getattr(tried, f.name) for f in dataclasses.fields(tried)})
    copies = (dataclasses.replace(tried), copy.copy(tried), copy.deepcopy(tried), pickle.loads(pickle.dumps(tried)))
    nothing = (None, Vouches(), real, stamped, pd.DataFrame(), passed, of_stamped, subclass, *copies, [], ())
    for source in (*nothing, [tried, real], (tried, Vouches())):
        for gate in (Gate(), Gate(source=real), Gate(source=stamped), Gate(source=tried)):
            with pytest.raises(DisclosureError, match="FACTS-SIMULATED"):
                gate.facts(TEAM_OF_FOUR, title="Teams", basis="simulation", source=source)


def test_simulated_facts_hold_the_numbers_of_their_trials_and_no_other(tried: Diagnosis) -> None:
    gate = Gate(source=EvaluationData({}))
    rows = tried.tidy()[["outcome", "term", "estimate"]]
    released = gate.facts(rows, title="Trials", basis="simulation", source=tried)
    assert released.synthetic and released.stamp == SYNTHETIC_STAMP and released.basis == "simulation"
    assert gate.facts(rows, title="Trials", basis="simulation", source=[tried, released]).synthetic
    as_text = TEAM_OF_FOUR[["team_id", "mean"]].assign(mean=["0.2", "0.9"])
    for own in (TEAM_OF_FOUR, as_text, pd.concat([rows, TEAM_OF_FOUR])):
        for source in (tried, released, [tried, released]):
            with pytest.raises(DisclosureError, match="FACTS-NUMBERS"):
                gate.facts(own, title="Teams", basis="simulation", source=source)
    with pytest.raises(DisclosureError, match="FACTS-MEASURED"):
        gate.facts(rows.assign(n_people=2), title="Trials", basis="simulation", source=tried)


def test_trials_that_were_changed_after_they_ran_vouch_for_nothing() -> None:
    tried = WedgeStudy("roll-out").diagnose(Wedge(teams=10, periods=4, workers=5), n_sims=5, progress=False)
    tried.draws.loc[0, "estimate"] = 0.75
    with pytest.raises(DisclosureError, match="FACTS-SIMULATED"):
        Gate().facts(tried.tidy()[["estimate"]], title="Trials", basis="simulation", source=tried)


@pytest.fixture
def rates(tmp_path: Path) -> Path:
    """Made-up turnover of England and one authority, as the workforce statistics lay them out."""
    head = "time_period,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,"
    places = (",National,E92000001,England,,,,,,12.0",
              ",Local authority,E92000001,England,E12000001,North East,841,E06000005,Darlington,10.0")  # fmt: skip
    file = tmp_path / "rates.csv"
    rows = [f"{head}la_name,turnover_rate_fte", *(f"{year}{place}" for year in (2023, 2024) for place in places)]
    file.write_text("\n".join(rows) + "\n")
    return file


def test_published_facts_are_the_frame_that_was_read_and_no_other() -> None:
    mine = pd.DataFrame({"label": ["our service"], "kind": ["England"], "figure": [0.41]})
    read = Beside().figures(OWN, "swemwbs")
    gate = Gate()
    shown = gate.facts(read.frame, title="Beside", basis="published", source=read)
    assert shown.content["figure"].tolist() == read.frame["figure"].tolist()
    by_hand = ReferenceFigures(mine)
    copies = [f(read) for f in (copy.copy, copy.deepcopy, dataclasses.replace)] + [pickle.loads(pickle.dumps(read))]
    tries = [(mine, None), (mine, read), (read.frame.assign(figure=0.41), read), (read.frame, None), (mine, by_hand)]
    for frame, source in (*tries, (mine, dataclasses.replace(read, frame=mine)), *((c.frame, c) for c in copies)):
        with pytest.raises(DisclosureError, match="FACTS-PUBLISHED"):
            gate.facts(frame, title="Beside", basis="published", source=source)
    read.frame.loc[0, "figure"] = 0.41
    with pytest.raises(DisclosureError, match="FACTS-PUBLISHED"):
        gate.facts(read.frame, title="Beside", basis="published", source=read)


def test_published_statistics_that_a_caller_built_are_nobodys_publication(rates: Path) -> None:
    read = load_published(rates)
    assert read.was_read
    forged = dataclasses.replace(read, frame=read.frame.assign(value=0.41))
    changed = load_published(rates)
    changed.frame.loc[0, "value"] = 0.41
    assert not any(p.was_read for p in (forged, changed, dataclasses.replace(read), copy.deepcopy(read)))
    for files, passes in ((read, True), (rates, True), (forged, False), (changed, False), ([read, forged], False)):
        found = Beside(files, "Darlington").figures(OWN, "turnover_rate_pct")
        assert "England" in set(found.frame["kind"])
        if passes:
            shown = Gate().facts(found.frame, title="Beside", basis="published", source=found)
            assert read.source.sha256[:12] in shown.decisions[0].why
        else:
            with pytest.raises(DisclosureError, match="FACTS-PUBLISHED"):
                Gate().facts(found.frame, title="Beside", basis="published", source=found)


@pytest.mark.parametrize("basis", ["metadata", "assumption"])
def test_numbers_do_not_pass_as_words(basis: str) -> None:
    """A team of four called metadata, or an assumption, as a number of any kind."""
    for mean in ([0.2, 0.9], [3, 4], pd.array([3, None], dtype="Int64")):
        frame = pd.DataFrame({"team_id": ["T1", "T2"], "mean": mean})
        with pytest.raises(DisclosureError, match="FACTS-NUMBERS"):
            Gate().facts(frame, title="Teams", basis=basis, source=OWN)
    shown = Gate().facts(pd.DataFrame({"table": ["a", "b"], "rows": [4, 204]}), title="x", basis=basis, counts=["rows"])
    assert shown.content["rows"].tolist()[1] == 205 and pd.isna(shown.content["rows"][0])


def test_a_frame_of_assumptions_that_was_copied_or_changed_is_refused() -> None:
    panel = view_power(teams=48).panels[0]
    made = panel.release.content
    assert panel.release.basis == "assumption" and made["power"].between(0, 1).all()
    with pytest.raises(DisclosureError, match="FACTS-NUMBERS"):
        Gate().facts(made, title="Power", basis="assumption")
