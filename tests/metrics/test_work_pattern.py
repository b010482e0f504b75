"""The mix of channels and the weekdays of a team, by hand; who counts where no arrangement is on the register."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.work_pattern import channel_mix, office_weekdays


def contacts(modes: list[str | None], worker: str = "a") -> pd.DataFrame:
    n = len(modes)
    return pd.DataFrame(
        {
            "contact_id": [f"{worker}{i}" for i in range(n)],
            "family_id": [f"{worker}f"] * n,
            "worker_id": [worker] * n,
            "held_date": pd.to_datetime(["2025-01-07"] * n),
            "mode": pd.Series(modes, dtype="str"),
        }
    )


def test_evenness_by_hand() -> None:
    """Two channels alike are log 2 over log 4; one is nothing; home and office are one channel; nine are too few."""
    frame = pd.concat(
        [
            contacts(["home", "office"] * 3 + ["phone"] * 6, "a"),
            contacts(["video"] * 10, "b"),
            contacts(["home"] * 9 + ["remote"] * 5, "c"),
            contacts(["home", "video", "phone", "message"] * 3, "d"),
        ]
    )
    got = channel_mix(EvaluationData({"contact": frame})).set_index("worker_id")["evenness"]
    assert got.tolist() == pytest.approx([0.5, 0.0, np.nan, 1.0], nan_ok=True)
    assert ht.measure(EvaluationData({"contact": frame}), "channel_evenness")["estimate"].item() == pytest.approx(0.5)


def test_a_team_with_one_day_in_the_office_and_one_that_spreads() -> None:
    days = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-20", "2025-01-07", "2025-01-08", "2025-01-09"])
    rows = [("a", d, "hq", "am") for d in days[:3]] + [("b", d, "hq", "am") for d in (days[0], *days[3:])]
    data = EvaluationData(
        {
            "worker": pd.DataFrame({"worker_id": ["a", "b"], "team_id": ["t", "u"]}),
            "attendance_day": pd.DataFrame(rows, columns=["worker_id", "date", "site_id", "slot"]),
        }
    )
    assert office_weekdays(data)["anchor"].tolist() == pytest.approx([1.0, 0.25])


def test_workers_without_an_arrangement_are_counted(tiny: EvaluationData) -> None:
    spells = tiny.tables["arrangement_spell"]
    fewer = EvaluationData({**tiny.tables, "arrangement_spell": spells[spells["worker_id"] != "c"]})
    row = ht.measure(fewer, "hybrid_access_share").iloc[0]
    assert (row["estimate"], row["n"]) == (pytest.approx(1 / 3), 3)
