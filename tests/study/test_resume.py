"""A diagnosis goes on after an interruption, and runs on a Dask cluster, with the same numbers."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import warnings
from dataclasses import replace
from pathlib import Path

import joblib
import pandas as pd
import pytest

from hybrid_toolkit.errors import OutputError, StudyError
from hybrid_toolkit.study.diagnosis import trial_log as draws_module
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.synth.sizes import Size

GAP = headline_studies()[2]
TINY = Size("tiny", 1, 6, 5.0, 4, 1)
LONGER = replace(TINY, months=8)  # in 4 months workers and months may determine their teams' vacancies: no fit
KILLED = """
    import os, signal, sys
    from hybrid_toolkit.study.diagnosis import trial_log as draws
    from hybrid_toolkit.study.shipped_studies import headline_studies
    from hybrid_toolkit.synth.sizes import Size

    draws.code_version = lambda: "as tested"
    import hybrid_toolkit.study.diagnosis.diagnose as diagnose
    diagnose.code_version = draws.code_version
    real = draws.TrialLog.add

    def add(self, key, value):
        if len(self.found) == 3:
            with self.path.open("ab") as file:  # the line that the power cut broke off
                file.write(b'["null:3", [[["enga')
            os.kill(os.getpid(), signal.SIGKILL) if hasattr(signal, "SIGKILL") else os._exit(9)
        real(self, key, value)

    draws.TrialLog.add = add
    headline_studies()[2].diagnose("null", Size("tiny", 1, 6, 5.0, 4, 1), n_sims=6, seed=3, progress=False,
                                   resume=sys.argv[1])
"""


@pytest.fixture(autouse=True)
def _as_tested(monkeypatch) -> None:
    import hybrid_toolkit.study.diagnosis.diagnose as module

    monkeypatch.setattr(module, "code_version", lambda: "as tested")


def test_a_killed_run_goes_on_and_gives_the_numbers_of_one_that_was_not(tmp_path) -> None:
    place = tmp_path / "new" / "trials.jsonl"
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(place)], env=os.environ, check=False)
    assert ended.returncode != 0
    assert place.read_bytes().count(b"\n") == 4 and not place.read_bytes().endswith(b"\n")
    resumed = GAP.diagnose("null", TINY, n_sims=6, seed=3, progress=False, resume=place)
    whole = GAP.diagnose("null", TINY, n_sims=6, seed=3, progress=False)
    pd.testing.assert_frame_equal(resumed.draws, whole.draws, check_exact=True)
    assert place.read_bytes().count(b"\n") == 7


def test_what_is_there_is_not_run_again_and_more_may_be_asked_for(tmp_path, monkeypatch) -> None:
    import hybrid_toolkit.study.diagnosis.diagnose as module

    place = tmp_path / "trials.jsonl"
    first = GAP.diagnose("null", TINY, n_sims=2, seed=3, progress=False, resume=place)
    more = GAP.diagnose("null", TINY, n_sims=3, seed=3, progress=False, resume=place)
    pd.testing.assert_frame_equal(more.draws.query("sim < 2"), first.draws)
    monkeypatch.setattr(module, "simulate_authority", None)  # nothing is simulated any more
    again = GAP.diagnose("null", TINY, n_sims=3, seed=3, progress=False, resume=place)
    pd.testing.assert_frame_equal(again.draws, more.draws)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"truths": "helpful-hump"}, "truth"),
        ({"seed": 4}, "seed"),
        ({"size_like": "small"}, "size"),
        ({"conf_level": 0.9}, "conf_level"),
    ],
)
def test_the_trials_of_another_run_are_refused_and_kept(tmp_path, change, part) -> None:
    place = tmp_path / "trials.jsonl"
    same = {"truths": "null", "size_like": TINY, "n_sims": 2, "seed": 3, "progress": False, "resume": place}
    GAP.diagnose(**same)
    before = place.read_bytes()
    with pytest.raises(StudyError, match=rf"RESUME-OTHER.*: {part} differ"):
        GAP.diagnose(**{**same, **change})
    with pytest.raises(StudyError, match=r"RESUME-OTHER.*: study differ"):
        GAP.replace(confounders=()).diagnose(**same)
    assert place.read_bytes() == before


def test_other_code_is_refused(tmp_path) -> None:
    TrialLog(tmp_path / "a", {"code": "1"})
    with pytest.raises(StudyError, match="code differ"):
        TrialLog(tmp_path / "a", {"code": "2"})
    assert draws_module.code_version().startswith("0.")


def test_a_file_of_something_else_is_left_alone(tmp_path) -> None:
    place = tmp_path / "notes.txt"
    for content in ("my notes\nof today\n", "my notes", '{"a": 1}\n'):
        place.write_text(content)
        with pytest.raises(StudyError, match="RESUME-FORMAT"):
            TrialLog(place, {})
        assert place.read_text() == content
    TrialLog(tmp_path / "b", {}).add("k", [1])
    with (tmp_path / "b").open("ab") as file:
        file.write(b"\xff{\n")
    with pytest.raises(StudyError, match="RESUME-DAMAGED"):
        TrialLog(tmp_path / "b", {})
    with pytest.raises(OutputError, match="OUTPUT-UNWRITABLE"):
        TrialLog(tmp_path, {})


def test_a_header_cut_short_starts_afresh(tmp_path) -> None:
    TrialLog(tmp_path / "a", {"seed": 1})
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[:20])
    TrialLog(tmp_path / "a", {"seed": 1})
    assert (tmp_path / "a").read_bytes() == whole


def test_a_local_dask_cluster_gives_the_same_numbers(tmp_path: Path, monkeypatch) -> None:
    import hybrid_toolkit.study.diagnosis.diagnose as module

    distributed = pytest.importorskip("distributed")
    here = GAP.diagnose("null", LONGER, n_sims=4, seed=3, progress=False)
    monkeypatch.setattr(module, "simulate_authority", None)  # no trial can run in this process
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
            ) as cluster,
            distributed.Client(cluster),
            joblib.parallel_config(backend="dask"),
        ):
            there = GAP.diagnose("null", LONGER, n_sims=4, seed=3, progress=False)
    assert there.value("failures") == 0
    pd.testing.assert_frame_equal(there.draws, here.draws, check_exact=True)
