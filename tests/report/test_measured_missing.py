"""A metric of yes and no whose records are missing for some is shown like any other."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.report.measured import measure_released


def test_contacts_without_a_mode_are_left_out_of_the_table() -> None:
    n = 600
    rows = pd.DataFrame({"contact_id": [f"k{i}" for i in range(n)], "family_id": [f"f{i % 90}" for i in range(n)]})
    rows["worker_id"] = [f"w{i % 40}" for i in range(n)]
    rows["held_date"] = pd.Timestamp("2025-01-07")
    rows["mode"] = pd.Series(["video", "home", None] * (n // 3), dtype="str")
    workers = pd.DataFrame({"worker_id": [f"w{i}" for i in range(40)], "team_id": [f"t{i % 8}" for i in range(40)]})
    data = EvaluationData({"contact": rows, "worker": workers})
    table = measure_released(data, "remote_contact_share", gate=Gate(source=data))[0].table.content
    assert 0.4 < table["estimate"].iloc[-1] < 0.6
