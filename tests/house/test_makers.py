"""Who may vouch for an object: its maker alone, in the modules listed here."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "hybrid_toolkit"
MAKERS = {
    "data/published/published_statistics.py",  # what load_published read
    "metrics/beside_published.py",  # published figures beside a metric
    "report/findings.py",  # a diagnosis in the units of its study
    "study/diagnosis/diagnose.py",
    "study/diagnosis/diagnosis_result.py",  # the part of a diagnosis under one truth
    "study/diagnosis/minimum_effect.py",
    "study/diagnosis/power_curve.py",
    "study/diagnosis/wedge_study.py",
    "widgets/planning/power_view.py",  # power by a formula
}
CALLS = re.compile(r"^(?!\s*(?:>>>|\.\.\.)).*\bvouch\(", re.M)
"""A call that is no example in a docstring."""


def test_makers_alone_vouch() -> None:
    found = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if CALLS.search(p.read_text("utf-8"))}
    assert found - {"data/evaluation_data.py"} == MAKERS


def test_a_reader_s_vouching_is_called_by_the_reader_alone() -> None:
    calls = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if "as_read(" in p.read_text("utf-8")}
    assert calls == {"data/published/published_statistics.py", "data/published/load.py"}
