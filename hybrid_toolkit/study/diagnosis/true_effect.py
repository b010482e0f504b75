"""The true value of what a study asks, by intervention: simulate, move the exposure, simulate again with the same luck.

The exposure's node of the shipped graph is moved for everybody in every month, once down and once up, and the mean
outcome of the study's own rows is compared, over a number of authorities. With a moderator the change is taken in
both groups of it, as each row is without any intervention. Everybody is moved, colleagues too: where an outcome
follows one's own share and that of others (learning, through time together), the value is that of both. The value is
a mean effect: where a study's model is another summary (a projection, a ratio that varies), the two agree only as far
as that summary is the mean effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.instruments.definition_file import survey_instruments_of
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.suited_scenarios import first_suited
from hybrid_toolkit.study.graph.causal_graph import shipped_graph
from hybrid_toolkit.synth.generate import resolve
from hybrid_toolkit.synth.intervene import SETTABLE, moved_by, set_to, simulate_intervened
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import NodeChange
from hybrid_toolkit.synth.truth import Truth

TRUE_AUTHORITIES = 24
"""Authorities over which a true value is averaged; its Monte Carlo error is given with it."""
_SEED = 20_251_129
_STEP: Mapping[str, float] = dict.fromkeys(
    ("remote_share", "co_presence", "senior_overlap", "colleagues_remote", "back_to_back"), 0.1
)
"""How far a node is moved each way; a tenth of its range, and others by one unit."""
_ENDS = (
    *("contact_mode", "supervision_mode", "family_access", "broadband", "caring", "engagement_before"),
    *("minority", "formality"),
)
"""Nodes that are set to 0 and to 1: those that are no or yes, and a share of which everything between is a mixture."""
_UNIT_OF: Mapping[str, float] = {
    "colleagues_office_share": -1.0,
    "broadband": -1.0,
    "supervision_in_person_to_date": -1.0,
}
"""Columns that run against their node, or on another scale: units of the column a unit of the node."""


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """A true value by intervention.

    Parameters
    ----------
    value : float
        The mean effect, in the units of the study's estimand.
    std_error : float
        Its Monte Carlo standard error.
    n_authorities : int
        Simulated authorities that it is the mean of.
    node : str
        The node of the causal graph that was moved.
    """

    value: float
    std_error: float
    n_authorities: int
    node: str


def true_effect(
    study: StudySpec,
    truth: Truth | str | None = None,
    size: Size | str = "small",
    *,
    outcome: str = "",
    n_authorities: int = TRUE_AUTHORITIES,
) -> TrueEffect:
    """The true value of what a study asks, in a simulated world.

    Parameters
    ----------
    study : StudySpec
        The declaration; its rows must be of workers, teams, contacts or months.
    truth : Truth | str | None, optional
        The parameters, or the name of a scenario; by default the first in which the study can be tried.
    size : Size | str, default "small"
        Size of an authority, or the name of one.
    outcome : str, optional
        The main outcome by default, or another of the study's.
    n_authorities : int, default 24
        Authorities to average over.

    Returns
    -------
    TrueEffect
        The value with its Monte Carlo error.

    Raises
    ------
    StudyError
        ``TRUE-EFFECT``: the exposure is measured by no node that the generator can set, the estimand is of a kind that
        is no mean effect, or fewer than 2 authorities are asked for.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> found = true_effect(headline_studies()[0], "null", Size("tiny", 1, 4, 6.0, 6, 1), n_authorities=2)
    >>> found.node, abs(round(found.value, 6))
    ('remote_share', 0.0)
    """
    made_truth, made_size = resolve(first_suited([study]) if truth is None else truth, size, 0)
    if n_authorities < 2:
        raise _cannot("at least 2 authorities are needed.", "Ask for 20 or more.")
    asked = _Asked.of(study, outcome or study.outcome)
    return _true_effect(asked, made_truth, made_size, n_authorities)


def check_intervention(study: StudySpec) -> None:
    """That the generator can move the exposure of a study, so that ``true_effect`` has a value for it.

    Raises
    ------
    StudyError
        ``TRUE-EFFECT``, as ``true_effect``.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import declared_study
    >>> check_intervention(declared_study("policy-children"))
    """
    _Asked.of(study, study.outcome)


@dataclass(frozen=True)
class _Asked:
    """What is asked: hashable, so that a value is worked out once."""

    row_unit: str
    outcome: str
    exposure: str
    moderator: str
    kind: str
    node: str

    @classmethod
    def of(cls, study: StudySpec, outcome: str) -> _Asked:
        node = shipped_graph().measured_by(study.exposure, study.row_unit)
        if node not in SETTABLE or study.row_unit in ("authority-year", "rows"):
            raise _cannot(
                f"'{study.exposure}' of {study.row_unit} rows is measured by no node that the generator can set.",
                f"Name an estimand of synth.estimands, or an exposure measured by one of: {', '.join(SETTABLE)}.",
            )
        if study.kind not in ("slope", "slope-gap", "effect", "log-odds", "log-rate", "log-hazard"):
            raise _cannot(f"an estimand of kind '{study.kind}' is no mean effect.", "Name an estimand instead.")
        moderator = study.moderators[0] if study.kind == "slope-gap" and study.moderators else ""
        return cls(study.row_unit, outcome, study.exposure, moderator, study.kind, node)

    @property
    def columns(self) -> list[str]:
        extra = ["under_policy"] if self.node == "policy" else []
        return [*dict.fromkeys([self.outcome, *([self.moderator] if self.moderator else []), *extra])]

    @property
    def ends(self) -> tuple[NodeChange, NodeChange | None]:
        """The interventions that are compared; None is the world as it is."""
        if self.node == "policy":
            return set_to(10_000.0), None
        if self.node in _ENDS:
            return set_to(0.0), set_to(1.0)
        step = _STEP.get(self.node, 1.0)
        return moved_by(-step, self.node), moved_by(step, self.node)


@lru_cache(maxsize=256)
def _true_effect(asked: _Asked, truth: Truth, size: Size, n: int) -> TrueEffect:
    each = np.array([_of_authority(asked, truth, size, _SEED + i) for i in range(n)])
    each = each[np.isfinite(each)]
    if len(each) < 2:
        raise _cannot("too few simulated authorities have rows of both groups.", "Use a larger size.")
    return TrueEffect(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))), len(each), asked.node)


def _of_authority(asked: _Asked, truth: Truth, size: Size, seed: int) -> float:
    moves: list[Floats] = [np.zeros(2), np.zeros(2)]
    frames = []
    for k, change in enumerate(asked.ends):
        do = {} if change is None else {asked.node: _noted(change, moves[k])}
        frames.append(_rows(asked, truth, size, seed, do))
    width = 1.0 if asked.node == "policy" else moves[1][0] / moves[1][1] - moves[0][0] / moves[0][1]
    width *= _UNIT_OF.get(asked.exposure, 1.0)
    low, high = (f if asked.node != "policy" else f.loc[_treated(frames[1])] for f in frames)
    if not asked.moderator:
        return _change(asked, low[asked.outcome], high[asked.outcome]) / width
    parts = []
    for group in (1.0, 0.0):
        there = [f.loc[f[asked.moderator].astype("float64").eq(group), asked.outcome] for f in (low, high)]
        parts.append(_change(asked, *there) / width)
    return parts[0] - parts[1]


def _treated(factual: pd.DataFrame) -> pd.Series:
    """Rows under the policy as it is; the rows of both worlds are the same where nobody's presence changed."""
    return factual["under_policy"].astype("float64").eq(1.0)


def _rows(asked: _Asked, truth: Truth, size: Size, seed: int, do: Mapping[str, NodeChange]) -> pd.DataFrame:
    needed = {*table_needs(asked.row_unit, asked.columns), "team", "worker", "worker_month"}
    drawn = survey_instruments_of(asked.columns)
    data = simulate_intervened(truth, size, seed, do, tables=sorted(needed), instruments=drawn)
    return build_frame(data, asked.row_unit, asked.columns, ())


def _noted(change: NodeChange, note: Floats) -> NodeChange:
    """The intervention, with the sum and number of the values that it sets."""

    def at(values: Floats, month: int) -> Floats:
        made: Floats = np.asarray(change(values, month), dtype=np.float64)
        note[:] = note + np.array([np.sum(made), np.size(made)], dtype=np.float64)
        return made

    return at


def _change(asked: _Asked, low: pd.Series, high: pd.Series) -> float:
    """NodeChange of the mean outcome, or of its log or log odds where the estimand is a ratio."""
    before, after = (float(v.astype("float64").mean()) for v in (low, high))
    if asked.kind in ("log-rate", "log-hazard"):
        return float(np.log(after) - np.log(before)) if before > 0 and after > 0 else float("nan")
    if asked.kind == "log-odds":
        odds = [np.log(p / (1 - p)) if 0 < p < 1 else np.nan for p in (before, after)]
        return float(odds[1] - odds[0])
    return after - before


def _cannot(what: str, fix: str) -> StudyError:
    return StudyError(f"a true value by intervention: {what}", fix=fix, code="TRUE-EFFECT")
