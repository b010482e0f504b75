"""What is generated lies near what is published, and the page says what the tool finds."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hybrid_toolkit.synth.parameter_sources import SOURCES, parameter_sources
from hybrid_toolkit.synth.truth import Truth
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


def test_agency_goes_with_vacancy_and_turnover_is_skewed(written: str) -> None:
    found = figures(written)
    for name, band in (("Agency share with vacancy", 0.05), ("Skew of turnover", 0.2)):
        published, generated = found[name]
        assert float(generated) == pytest.approx(float(published), abs=band)


def test_wellbeing_the_stress_scales_and_the_week_are_plausible(written: str) -> None:
    found = {name: generated for name, (_, generated) in figures(written).items()}
    assert 19.3 <= float(found["Mental wellbeing (7 to 35), mean"]) <= 21.1
    scale = {n: float(v) for n, v in found.items() if n.startswith("Health and Safety Executive")}
    assert min(scale, key=scale.get).endswith("demands") and max(scale.values()) - min(scale.values()) > 0.8
    assert 0 < float(found["Contacts on Saturday or Sunday"].rstrip("%")) < 3
    assert 5 < float(found["Statutory visits held remotely"].rstrip("%")) < 25


def test_parameters_that_have_a_source_are_printed_and_the_others_are_said_to_be_assumed(written: str) -> None:
    found = parameter_sources()
    assert set(SOURCES) <= set(found) and len(found) == len(fields(Truth)) - 1
    section = written.partition("## Where the parameters come from")[2]
    assert {n for n in found if f"`{n}`" in section} == set(SOURCES)
    assert f"Of {len(found)} parameters of a truth, {len(SOURCES)} have a source" in section
