"""Simulated data say so wherever they go."""

from __future__ import annotations

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData


def test_tables_measures_and_the_data_carry_the_stamp() -> None:
    data = ht.simulate_authority("null", "small", 5, tables=["team", "worker", "worker_month"])
    assert SYNTHETIC_STAMP in repr(data)
    assert data["worker"].query("fte > 0.5").attrs["stamp"] == SYNTHETIC_STAMP
    assert ht.measure(data, "remote_share_desk").attrs["stamp"] == SYNTHETIC_STAMP


def test_real_data_carry_none() -> None:
    data = ht.simulate_authority("null", "small", 5, tables=["team", "worker", "worker_month"])
    real = EvaluationData(data.tables)
    assert "SYNTHETIC" not in repr(real)
    assert "stamp" not in real["worker"].attrs and "stamp" not in ht.measure(real, "remote_share_desk").attrs
