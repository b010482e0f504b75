"""Estimators of time to leaving as the trust table tries them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.models import Column, fit_linear
from hybrid_toolkit.models.survival.cox import fit_cox
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of
from hybrid_toolkit.trust.candidates.regression import by_design

_FAMILY = "time to leaving"
_PLAN: dict[str, Any] = {"outcome": "left", "exposure": "remote", "confounders": ("experience",), "duration": "months"}
_STEADY = ("leaving-steady", "leaving-chosen", "leaving-whole-months")
_BROKEN = ("leaving-turning", "leaving-hidden")


def leavers_only(frame: pd.DataFrame) -> CandidateAnswer:
    """Months until leaving among those who left, in logs, signs turned so that later is a lower hazard."""
    gone = frame[frame["left"] == 1]
    gone = gone.assign(sooner=-np.log(gone["months"]))
    fit = fit_linear(gone, outcome="sooner", terms=[Column("remote"), Column("experience")], cluster="team_id")
    return answer_of(fit.combine({"remote": 1.0}, term="remote", unit=""))


def cox_of(frame: pd.DataFrame, **how: Any) -> CandidateAnswer:
    """Cox regression; without a cluster as if each worker stood alone."""
    fit = fit_cox(frame, duration="months", event="left", terms=["remote", "experience"], **how)
    return answer_of(fit.tidy())


ALL: tuple[Candidate, ...] = (
    Candidate(
        "cox",
        "Cox regression, clustered, from entry on",
        _FAMILY,
        by_design("retention", entry="entry", **_PLAN),
        (*_STEADY, "leaving-late-entry", *_BROKEN),
        (*_STEADY, "leaving-late-entry"),
    ),
    Candidate(
        "cox-sandwich",
        "Cox regression, clustered sandwich",
        _FAMILY,
        partial(cox_of, entry="entry", cluster="team_id", variance="sandwich"),
        ("leaving-steady", "leaving-late-entry"),
        ("leaving-steady", "leaving-late-entry"),
    ),
    Candidate(
        "cox-without-entry",
        "Cox regression that forgets late entry",
        _FAMILY,
        by_design("retention", **_PLAN),
        ("leaving-late-entry",),
        (),
        warning="It counts the time before observation began as time at risk.",
    ),
    Candidate(
        "cox-unclustered",
        "Cox regression, model-based errors",
        _FAMILY,
        partial(cox_of, entry="entry"),
        ("leaving-steady", "leaving-late-entry"),
        (),
        warning="It takes colleagues for strangers.",
    ),
    Candidate(
        "hazard-by-month",
        "Complementary log-log by month, clustered",
        _FAMILY,
        by_design("retention-by-period", entry="entry", **_PLAN),
        (*_STEADY, *_BROKEN),
        _STEADY,
    ),
    Candidate(
        "leavers-only",
        "Time until leaving among leavers",
        _FAMILY,
        leavers_only,
        ("leaving-steady", "leaving-chosen"),
        (),
        warning="It leaves out those who stay.",
    ),
)
