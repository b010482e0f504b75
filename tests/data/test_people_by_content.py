"""People in columns whose header says nothing: names, notes, births and postcodes, at every door."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.privacy.people_by_content import people_held
from hybrid_toolkit.data.privacy.personal import who_values
from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import DisclosureError, PersonLevelError

RNG = np.random.default_rng(5)
FIRST = ["Alex", "Sam", "Zqarro", "Obdam", "Corve", "Bryn", "Vexo", "Quill", "Jo"]
NAMES = [f"{f} {s}" for f in FIRST for s in ("Surname", "Example", "Sample")]
BIRTHS = (pd.Timestamp("1962-01-01") + pd.to_timedelta(RNG.integers(0, 14_000, 60), "D")).strftime("%d/%m/%Y")
HELD = {
    "name of a person": NAMES,
    "days of many years": list(BIRTHS),
    "postcode": [f"ZZ{i} {j}ZZ" for i in range(1, 9) for j in range(1, 8)],
    "notes that name people": [
        f"Spoke to {f} about the move, who would rather meet at home on day {i} of the month" for i in range(6)
        for f in ("Alex", "Sam", "Jo")
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", HELD)
@pytest.mark.parametrize("by", ["area", "number"])
def test_a_published_file_that_holds_them_under_a_neutral_header_is_refused(tmp_path: Path, kind: str, by: str) -> None:
    held = HELD[kind]
    first = [f"E0600{i % 40 + 1:04d}" for i in range(len(held))] if by == "area" else list(range(len(held)))
    pd.DataFrame({"Area": first, "Number": RNG.integers(1, 50, len(held)), "Item": held}).to_csv(
        tmp_path / "x.csv", index=False
    )
    with pytest.raises(PersonLevelError, match=kind) as caught:
        load_published(tmp_path / "x.csv")
    assert not [v for v in held if v in str(caught.value)]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("area", ["Stoke-on-Trent", "St Helens", "Isle of Wight", "Kent", "Barking and Dagenham", "North Tyneside"]),
        ("team", ["Family Safeguarding North", "Mill House Team", "Leaving Care", "Assessment One", "Duty Desk"]),
        ("item", list(pd.date_range("2012-01-06", "2025-01-01", freq="7D").strftime("%d/%m/%Y"))),
        ("date_of_inspection", list(BIRTHS)),
        ("postcode", HELD["postcode"]),
        ("note", [f"Figures for authority {i} are rounded to the nearest five and may not add up" for i in range(9)]),
    ],
)  # fmt: skip
def test_places_teams_series_and_footnotes_are_no_people(name: str, cells: list[str]) -> None:
    assert people_held(name, cells) == ""


@pytest.mark.parametrize("kind", ["name of a person", "notes that name people", "postcode"])
def test_none_of_them_is_a_dimension_of_a_table(kind: str) -> None:
    values = HELD[kind][:12]
    frame = pd.DataFrame({"col_x": values, "n": 50, "people": 50})
    with pytest.raises(DisclosureError, match="whatever the column is called"):
        Gate().table(frame, title="t", dims=["col_x"], people="people", totals=False, source=None)


@pytest.mark.parametrize("kind", ["name of a person", "notes that name people"])
def test_none_of_them_stands_among_facts(kind: str) -> None:
    with pytest.raises(DisclosureError, match="whatever the column is called"):
        Gate().facts(pd.DataFrame({"note": HELD[kind]}), title="t", basis="metadata")


def test_names_that_no_list_knows_are_known_by_their_shape_beside_a_few_that_it_knows() -> None:
    assert who_values(NAMES) == "names" and who_values(NAMES[6:15]) == ""
