"""What is generated lies near what is published, and the page says what the tool finds."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from hybrid_toolkit.synth.committed import load_synthetic, synthetic_folder
from hybrid_toolkit.synth.parameter_sources import SOURCE_KINDS, parameter_sources
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.truth import Truth
from hybrid_toolkit.synth.write import CARD
from tools.realism import PAGE, page


@pytest.fixture(scope="module")
def written() -> str:
    return page()


def figures(text: str) -> dict[str, tuple[str, str]]:
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {r[0].strip(): (r[1].strip(), r[2].strip()) for r in rows[1:] if len(r) == 4}


def test_the_page_is_what_the_tool_writes(written: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == written, "run: python -m tools.realism"


@pytest.mark.parametrize("name", ["Turnover", "Agency", "Vacancy", "Caseload", "Absence"])
def test_one_year_goes_with_the_next_as_published(written: str, name: str) -> None:
    published, generated = figures(written)[f"{name}: one year with the next"]
    assert float(generated) == pytest.approx(float(published), abs=0.06)


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("Agency share with vacancy", 0.05),
        ("Turnover with agency share", 0.06),
        ("Turnover with next year's agency share", 0.06),
        ("Turnover with caseload", 0.06),
        *((f"Skew of {rate}", 0.2) for rate in ("turnover", "agency", "vacancy", "caseload", "absence")),
    ],
)
def test_rates_go_together_and_are_skewed_as_published(written: str, name: str, band: float) -> None:
    published, generated = figures(written)[name]
    assert float(generated) == pytest.approx(float(published), abs=band)


def test_wellbeing_the_stress_scales_and_the_week_are_plausible(written: str) -> None:
    found = {name: generated for name, (_, generated) in figures(written).items()}
    assert 19.3 <= float(found["Mental wellbeing (7 to 35), mean"]) <= 21.1
    scale = {n: float(v) for n, v in found.items() if n.startswith("Health and Safety Executive")}
    assert min(scale, key=scale.get).endswith("demands") and max(scale.values()) - min(scale.values()) > 0.8
    assert 0 < float(found["Contacts on Saturday or Sunday"].rstrip("%")) < 3
    assert 5 < float(found["Statutory visits held remotely"].rstrip("%")) < 25


def test_the_week_and_the_holidays_lie_in_published_ranges_or_keep_the_law(written: str) -> None:
    found = figures(written)
    for name in ("Office half-days on a Monday", "Office half-days on a Friday"):
        low, high = (float(edge.rstrip("%")) for edge in found[name][0].split(" to "))
        assert low <= float(found[name][1].rstrip("%")) <= high, name
    assert found["Contacts on a public holiday"][1] == found["Half-days of attendance on a public holiday"][1] == "0"
    assert float(found["Contacts of a working day, school holidays over term"][1]) < 0.96
    assert float(found["Half-days of attendance of a day, school holidays over term"][1]) < 0.92
    assert 2 < float(found["Referrals on Saturday or Sunday"][1].rstrip("%")) < 10
    shown = {n: f for n, f in found.items() if n.startswith("Workers with ")}
    assert len(shown) == 2 and all(published for published, _ in shown.values()), "the published shares stand beside"


def test_every_parameter_has_a_source_or_says_that_it_is_assumed_and_why(written: str) -> None:
    found = parameter_sources()
    assert list(found) == [f.name for f in fields(Truth) if f.name != "scenario"]
    assert {s.kind for s in found.values()} == set(SOURCE_KINDS)
    assert all(len(s.source.split()) > 1 or s.source in ("none", "small") for s in found.values())
    dated = [n for n, s in found.items() if s.kind == "direction" and not re.search(r"(19|20)\d\d", s.source)]
    assert dated == [], "a direction that is published names the study and its year"
    section = written.partition("## Where the parameters come from")[2]
    assert [n for n in found if f"| `{n}` | " not in section] == []


def test_simulated_data_carry_a_card_with_every_parameter_and_its_source() -> None:
    card = (synthetic_folder("small") / CARD).read_text(encoding="utf-8")
    rows = {r[0]: r for r in (line.strip("| ").split(" | ") for line in card.splitlines() if line.startswith("| `"))}
    truth = scenario("helpful-hump").to_dict()
    for name, source in parameter_sources().items():
        _, value, meaning, kind, text = rows[f"`{name}`"]
        assert (value, meaning, kind, text) == (str(truth[name]), source.meaning, source.kind, source.source)
    data = load_synthetic("small")
    assert all(f"| {name} | " in card and f"| {len(frame):,} |" in card for name, frame in data.tables.items())
