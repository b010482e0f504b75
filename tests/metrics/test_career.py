"""Career stage at its borders."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics.unit_frames import career_stage, registered_years

ON = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("registered", "asye", "role", "stage"),
    [
        ("2024-03-02", False, "5", "asye"),  # a day short of a year
        ("2024-03-01", False, "5", "early"),  # one year to the day
        ("2024-03-01", True, "5", "asye"),  # ASYE that runs on
        ("2023-03-01", True, "5", "early"),  # two years: the flag no longer counts
        ("2022-03-02", False, "6", "early"),
        ("2022-03-01", False, "6", "mid"),
        ("2015-03-02", False, "4", "mid"),
        ("2015-03-01", False, "4", "late"),
        ("2024-09-01", True, "3", "supervisor"),
        (None, False, "1", "supervisor"),
        (None, True, "5", "asye"),
        (None, False, "5", None),
        ("2025-03-02", False, "5", None),  # not registered yet
    ],
)
def test_stage(registered: str | None, asye: bool, role: str, stage: str | None) -> None:
    worker = pd.DataFrame({"role": [role], "asye": [asye], "reg_date": pd.to_datetime([registered])})
    got = career_stage(worker, ON).iloc[0]
    assert pd.isna(got) if stage is None else got == stage


def test_stage_moves_with_the_day() -> None:
    worker = pd.DataFrame({"role": ["5"] * 3, "reg_date": pd.to_datetime(["2022-01-15"] * 3)}, index=[7, 3, 5])
    days = pd.Series(pd.to_datetime(["2022-06-01", "2024-06-01", "2025-01-15"]), index=[7, 3, 5])
    assert career_stage(worker, days).to_dict() == {7: "asye", 3: "early", 5: "mid"}


def test_leap_day_registration() -> None:
    assert registered_years(pd.Series(pd.to_datetime(["2024-02-29"])), date(2025, 2, 28)).iloc[0] == 0
    assert registered_years(pd.Series(pd.to_datetime(["2024-02-29"])), date(2025, 3, 1)).iloc[0] == 1


def test_needs_registration_and_role() -> None:
    with pytest.raises(CoverageError, match="reg_date"):
        career_stage(pd.DataFrame({"role": ["5"]}), ON)
