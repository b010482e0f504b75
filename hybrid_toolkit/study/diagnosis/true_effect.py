"""The true value of what a study asks, by intervention: simulate, move the exposure, simulate again with the same luck.

The exposure's node of the shipped graph is moved for everybody in every month, once down and once up, and the mean
outcome of the study's own rows is compared, over a number of authorities. With a moderator the change is taken in
both groups of it, as each row is without any intervention. Everybody is moved, colleagues too: where an outcome
follows one's own share and that of others (learning, through time together), the value is that of both. The value is
a mean effect: where a study's model is another summary (a projection, a ratio that varies), the two agree only as far
as that summary is the mean effect.

The value is a unit of the exposure's own column: the change of the outcome over the change of that column. Where a node
that cannot be moved has no path of arrows to the outcome's, the value is 0, as it is of what is drawn last: nothing
follows from an answer to a survey that stands for no cause, a rating, a referral, or next month's share. What is moved
for each column stands in ``moved_columns``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import networkx as nx
import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.instruments.definition_file import survey_instruments_of
from hybrid_toolkit.errors import StudyError, plural
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.moved_columns import ends_of, follows_nothing, is_moved, node_of
from hybrid_toolkit.study.diagnosis.suited_scenarios import first_suited
from hybrid_toolkit.study.graph.causal_graph import digraph, shipped_graph
from hybrid_toolkit.synth.generate import resolve
from hybrid_toolkit.synth.intervene import SETTABLE, simulate_intervened
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import NodeChange
from hybrid_toolkit.synth.truth import Truth

TRUE_AUTHORITIES = 24
"""Authorities over which a true value is averaged; its Monte Carlo error is given with it."""
_SEED = 20_251_129
_AS_THE_NODE: Mapping[str, float] = {
    **dict.fromkeys(("rs_desk", "rs_desk_to_date", "rs_desk_first"), 1.0),
    **dict.fromkeys(("rs_attendance", "rs_attendance_to_date", "rs_attendance_first"), 1.0),
    **dict.fromkeys(("caseload_last", "caseload_first", "vacancy_last", "sickness_last", "engaged_last"), 1.0),
    **dict.fromkeys(("formality", "formality_recorded", "minority_ethnic", "same_worker"), 1.0),
    "colleagues_office_share": -1.0,
}
"""Units of the column a unit of the node, where the column cannot tell: what moves is not what it is counted from (the
month before, colleagues' diaries, the parts of a mark), or a share is recorded with an error that bounds cut off."""
_PANEL: Mapping[tuple[str, str], str] = {
    ("agency_pct", "turnover_pct"): "panel_agency_turnover",
    ("caseload", "turnover_pct"): "panel_caseload_turnover",
}
"""Exposure and outcome of authorities by year, and the parameter that is the effect of one on the other."""


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
        Simulated authorities that it is the mean of; 0 where no path of arrows leads to the outcome, or a parameter
        is the effect.
    node : str
        The node of the causal graph that the exposure measures.
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
        ``TRUE-EFFECT``: the exposure is measured by no node that the generator can move, and one from which a path of
        arrows may lead to the outcome; the estimand is of a kind that is no mean effect; or fewer than 2 authorities
        are asked for.

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
    if asked.parameter or not asked.movable:
        return TrueEffect(float(getattr(made_truth, asked.parameter)) if asked.parameter else 0.0, 0.0, 0, asked.node)
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
    metrics: tuple[CustomMetric, ...] = ()

    @classmethod
    def of(cls, study: StudySpec, outcome: str) -> _Asked:
        node = node_of(study.exposure, study.row_unit)
        moderator = study.moderators[0] if study.kind == "slope-gap" and study.moderators else ""
        asked = cls(study.row_unit, outcome, study.exposure, moderator, study.kind, node, study.metrics)
        given = asked.movable or bool(asked.parameter) or follows_nothing(study.exposure, study.row_unit)
        if not (given or _no_path(node, shipped_graph().measured_by(outcome, study.row_unit))):
            raise _cannot(
                f"'{study.exposure}' in rows of '{study.row_unit}' is nothing that the generator can move.",
                f"Name an estimand of synth.estimands, or an exposure measured by one of: {', '.join(SETTABLE)}.",
            )
        if study.kind not in ("slope", "slope-gap", "effect", "log-odds", "log-rate", "log-hazard"):
            raise _cannot(f"an estimand of kind '{study.kind}' is no mean effect.", "Name an estimand instead.")
        return asked

    @property
    def movable(self) -> bool:
        """Whether the generator can move what the exposure measures."""
        return is_moved(self.exposure, self.row_unit)

    @property
    def parameter(self) -> str:
        """The parameter of the panel of years that is the effect, where one is."""
        return _PANEL.get((self.exposure, self.outcome), "") if self.row_unit == "authority-year" else ""

    @property
    def columns(self) -> list[str]:
        extra = ["under_policy"] if self.node == "policy" else [] if self.exposure in _AS_THE_NODE else [self.exposure]
        extra += ["month_index"] if self.exposure == "rs_desk_last" else []
        return [*dict.fromkeys([self.outcome, *([self.moderator] if self.moderator else []), *extra])]


@lru_cache(maxsize=256)
def _true_effect(asked: _Asked, truth: Truth, size: Size, n: int) -> TrueEffect:
    each = np.array([_of_authority(asked, truth, size, i) for i in range(n)])
    each = each[np.isfinite(each)]
    if len(each) < 2:
        raise _cannot(
            f"in {plural(len(each), 'simulated authority', 'simulated authorities')} of {n} the groups have rows, and "
            f"'{asked.exposure}' moves with the node '{asked.node}'; 2 are needed.",
            f"Use a size larger than '{size.name}', or another column as the exposure.",
        )
    return TrueEffect(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))), len(each), asked.node)


def _of_authority(asked: _Asked, truth: Truth, size: Size, place: int) -> float:
    moves: list[Floats] = [np.zeros(2), np.zeros(2)]
    frames = []
    month = place % max(size.months - 1, 1)  # where one month alone is moved, each authority has its own
    for k, change in enumerate(ends_of(asked.exposure, asked.node, month)):
        do = {} if change is None else {asked.node: _noted(change, moves[k])}
        rows = _rows(asked, truth, size, _SEED + place, do)
        frames.append(rows[rows["month_index"].eq(month + 2)] if asked.exposure == "rs_desk_last" else rows)
    width = 1.0 if asked.node == "policy" else _moved(asked, frames, moves)
    low, high = (f if asked.node != "policy" else f.loc[_treated(frames[1])] for f in frames)
    if not asked.moderator:
        return _change(asked, low[asked.outcome], high[asked.outcome]) / width
    if not all(f[asked.moderator].dropna().isin([0, 1]).all() for f in (low, high)):
        raise _cannot(
            f"the groups that are compared are of '{asked.moderator}', which is not yes or no.",
            "Compare by a column that is yes or no, such as early_career, caring or low_access.",
        )
    parts = []
    for group in (1.0, 0.0):
        there = [f.loc[f[asked.moderator].astype("float64").eq(group), asked.outcome] for f in (low, high)]
        parts.append(_change(asked, *there) / width)
    return parts[0] - parts[1]


def _moved(asked: _Asked, frames: list[pd.DataFrame], moves: list[Floats]) -> float:
    """How far the exposure's column was moved from the first world to the second; not known where it stayed."""
    if asked.exposure in _AS_THE_NODE:
        return float(moves[1][0] / moves[1][1] - moves[0][0] / moves[0][1]) * _AS_THE_NODE[asked.exposure]
    low, high = (float(f[asked.exposure].astype("float64").mean()) for f in frames)
    return high - low if high != low else float("nan")


def _no_path(cause: str, effect: str) -> bool:
    """Whether both are nodes of the graph, and no arrows lead from one to the other."""
    return bool(cause and effect and cause != effect) and not nx.has_path(digraph(shipped_graph()), cause, effect)


def _treated(factual: pd.DataFrame) -> pd.Series:
    """Rows under the policy as it is; the rows of both worlds are the same where nobody's presence changed."""
    return factual["under_policy"].astype("float64").eq(1.0)


def _rows(asked: _Asked, truth: Truth, size: Size, seed: int, do: Mapping[str, NodeChange]) -> pd.DataFrame:
    needed = {*table_needs(asked.row_unit, asked.columns, asked.metrics), "team", "worker", "worker_month"}
    drawn = survey_instruments_of(asked.columns)
    data = simulate_intervened(truth, size, seed, do, tables=sorted(needed), instruments=drawn)
    return build_frame(data, asked.row_unit, asked.columns, asked.metrics)


def _noted(change: NodeChange, note: Floats) -> NodeChange:
    """The intervention, with the sum and number of the values that it sets."""

    def at(values: Floats, month: int) -> Floats:
        made: Floats = np.asarray(change(values, month), dtype=np.float64)
        note[:] = note + np.array([np.sum(made), np.size(made)], dtype=np.float64)
        return made

    return at


def _change(asked: _Asked, low: pd.Series, high: pd.Series) -> float:
    """Change of the mean outcome, or of its log or log odds where the estimand is a ratio."""
    before, after = (float(v.astype("float64").mean()) for v in (low, high))
    if asked.kind in ("log-rate", "log-hazard"):
        return float(np.log(after) - np.log(before)) if before > 0 and after > 0 else float("nan")
    if asked.kind == "log-odds":
        odds = [np.log(p / (1 - p)) if 0 < p < 1 else np.nan for p in (before, after)]
        return float(odds[1] - odds[0])
    return after - before


def _cannot(what: str, fix: str) -> StudyError:
    return StudyError(f"a true value by intervention: {what}", fix=fix, code="TRUE-EFFECT")
