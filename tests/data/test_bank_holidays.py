"""Bank holidays of England: those of a published list, and working days counted by hand around Easter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.known.bank_holidays import add_working_days, bank_holidays_between, count_working_days

LISTS = Path(__file__).resolve().parents[3] / "shared" / "design" / "returns"


def days(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return np.array(texts, dtype="datetime64[D]")


def test_years_with_moved_and_added_days() -> None:
    found = {y: [str(d)[5:] for d in bank_holidays_between(y, y)] for y in (2020, 2021, 2022, 2023)}
    assert found[2020] == ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"]
    assert found[2021] == ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"]
    assert found[2022][3:7] == ["05-02", "06-02", "06-03", "08-29"] and len(found[2022]) == 10
    assert "05-08" in found[2023] and "05-01" in found[2023] and len(found[2023]) == 9


def test_the_days_are_those_of_the_list() -> None:
    file = LISTS / "bank_holidays_england_2020_2027.csv"
    if not file.is_file():
        pytest.skip("the list is not here")
    listed = pd.read_csv(file)["date"].tolist()
    assert [str(d) for d in bank_holidays_between(2020, 2027)] == sorted(listed) and len(listed) == 67


def test_working_days_pass_over_weekends_and_holidays() -> None:
    # Thursday 17 April 2025, then Good Friday, a weekend, Easter Monday: Tuesday is the first working day after it
    start, end = days("2025-04-17", "2025-04-22", "2025-12-24"), days("2025-04-22", "2025-04-17", "2025-12-29")
    assert count_working_days(start, end).tolist() == [1.0, -1.0, 1.0]
    assert add_working_days(days("2025-04-17", "2025-12-24"), 1).astype(str).tolist() == ["2025-04-22", "2025-12-29"]
    assert count_working_days(days(), days()).tolist() == [] and len(add_working_days(days(), 3)) == 0
