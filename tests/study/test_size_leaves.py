"""The size of real data stands in diagnosis files and trial logs that are sent on: it is coarse."""

from __future__ import annotations

import json

import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.study.diagnosis.data_size import size_of
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, hash_of


def staff(n: int) -> ht.EvaluationData:
    workers = {"worker_id": [f"QX{i:03}" for i in range(n)], "team_id": [f"ZT{i % 4}" for i in range(n)]}
    return ht.EvaluationData({"worker": pd.DataFrame(workers)})


def test_one_leaver_does_not_show_in_the_size_or_the_log(tmp_path) -> None:
    sizes = [size_of(staff(n)) for n in (38, 39, 40, 41, 42)]
    assert len(set(sizes)) == 1, "five numbers of workers give one size"
    assert size_of(staff(43)) != sizes[0]
    TrialLog(tmp_path / "log.jsonl", {"size": hash_of(sizes[0])})
    told = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])
    assert told["size"] == hash_of(sizes[-1]), "a guess at the number of workers is not confirmed by the hash"
    exact = hash_of(sizes[0].__class__(sizes[0].name, 1, 4, 39 / 4, 1, 0))
    assert told["size"] != exact
