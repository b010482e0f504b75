"""A contender: one estimator with its settings, as the trust table tries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd

CandidateAnswer: TypeAlias = tuple[float, float, float, float]
"""Estimate, standard error, lower and upper end of the 95% interval."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One estimator as it is tried on worlds whose truth is known.

    Parameters
    ----------
    id : str
        Short name, such as ``"group-time"``.
    title : str
        What it is, in a few words.
    family : str
        What it is for, such as ``"roll-out of a policy"``.
    estimate : Callable[[pd.DataFrame], CandidateAnswer]
        Frame of a world in, answer out; may raise a ``HybridToolkitError``, which is counted.
    dgps : tuple[str, ...]
        Ids of the worlds that it is tried on.
    own : tuple[str, ...]
        Those of ``dgps`` in which its own assumptions hold: its intervals must hold the truth there.
    n_sims : int, default 1000
        How often: 1,000 where it is cheap, at least 200 where it is dear.
    warning : str, optional
        What is printed beside it where its intervals are known to be off; empty otherwise.
    """

    id: str
    title: str
    family: str
    estimate: Callable[[pd.DataFrame], CandidateAnswer] = field(repr=False)
    dgps: tuple[str, ...]
    own: tuple[str, ...]
    n_sims: int = 1000
    warning: str = ""


def answer_of(row: pd.DataFrame) -> CandidateAnswer:
    """The answer in one tidy row."""
    first = row.iloc[0]
    return float(first["estimate"]), float(first["std_error"]), float(first["conf_low"]), float(first["conf_high"])
