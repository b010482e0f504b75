"""Intervene on a simulated authority: set or move a node of the causal graph, and simulate again with the same luck."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import UsageError, plural
from hybrid_toolkit.synth.generate import authority_frames, label_of, resolve
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import NodeChange
from hybrid_toolkit.synth.truth import Truth

SETTABLE: Mapping[str, tuple[float, float]] = {
    "remote_share": (0.0, 1.0),
    "colleagues_remote": (0.0, 1.0),
    "co_presence": (0.0, 1.0),
    "senior_overlap": (0.0, 1.0),
    "travel": (0.0, 400.0),
    "back_to_back": (0.0, 1.0),
    "boundary": (0.0, 60.0),
    "cover_burden": (0.0, 60.0),
    "supervision_mode": (0.0, 1.0),
    "autonomy": (-9.0, 9.0),
    "secure_base": (-9.0, 9.0),
    "conflict": (-9.0, 9.0),
    "supervision_quality": (-9.0, 9.0),
    "caseload_before": (-30.0, 30.0),
    "vacancy_before": (-1.0, 1.0),
    "sickness_before": (-5.0, 25.0),
    "contact_mode": (0.0, 1.0),
    "family_access": (0.0, 1.0),
    "engagement_before": (0.0, 1.0),
    "caseload": (0.0, 60.0),
    "absence": (0.0, 25.0),
    "wellbeing": (-9.0, 9.0),
    "wellbeing_before": (-9.0, 9.0),
    "informal_learning": (-9.0, 9.0),
    "focus_time": (-9.0, 9.0),
    "stage": (0.0, 45.0),
    "team_stability": (0.0, 1.0),
    "risk_need": (1.0, 5.0),
    "family_rural": (0.0, 1.0),
    "continuity": (0.0, 1.0),
    "timeliness": (0.0, 1.0),
    "not_achieved": (0.0, 1.0),
    "child_seen": (0.0, 1.0),
    "choice_honoured": (0.0, 1.0),
    "engagement": (0.0, 1.0),
    "broadband": (0.0, 1.0),
    "caring": (0.0, 1.0),
    "minority": (0.0, 1.0),
    "formality": (0.0, 1.0),
    "hours": (0.1, 1.0),
    "commute": (0.0, 180.0),
    "policy": (0.0, 10_000.0),
    "leaving": (0.0, 1.0),
    "answering": (0.0, 1.0),
    "agency": (0.0, 1.0),
    "disability": (0.0, 1.0),
    "lives_alone": (0.0, 1.0),
    "team_age": (1.0, 240.0),
    "posts_vacant": (0.0, 0.6),
    "n_children": (1.0, 12.0),
    "meetings": (0.0, 40.0),
    "supervision_held": (0.0, 1.0),
    "choice_noted": (0.0, 1.0),
    "engagement_noted": (0.0, 1.0),
    "share_preferred": (0.0, 1.0),
    "share_requested": (0.0, 1.0),
    "adjustment_asked": (0.0, 1.0),
    "written": (0.0, 1.0),
}
"""What may be set, and the range of its values in the generator: nodes of the causal graph, and from ``agency`` on
parts of a node, or what is recorded and has none.
"""


def set_to(value: float) -> NodeChange:
    """An intervention that gives everybody one value.

    Examples
    --------
    >>> set_to(1.0)(np.array([0.2, 0.7]), 0).tolist()
    [1.0, 1.0]
    """

    def change(values: Floats, month: int) -> Floats:
        return np.full(np.shape(values), value)

    return change


def set_for_one_in(every: int, value: float, others: float) -> NodeChange:
    """An intervention that gives one value to the first of every so many, and another to the rest.

    Examples
    --------
    >>> set_for_one_in(3, 1.0, 0.0)(np.zeros(4), 0).tolist()
    [1.0, 0.0, 0.0, 1.0]
    """

    def change(values: Floats, month: int) -> Floats:
        shape = np.shape(values)
        place = np.arange(int(np.prod(shape))).reshape(shape)
        return np.where(place % every == 0, value, others)

    return change


def only_in_month(change: NodeChange, only: int) -> NodeChange:
    """An intervention in one month alone, counted from 0; in the others all stays as it is.

    Examples
    --------
    >>> only = only_in_month(set_to(1.0), 2)
    >>> only(np.zeros(2), 1).tolist(), only(np.zeros(2), 2).tolist()
    ([0.0, 0.0], [1.0, 1.0])
    """

    def at(values: Floats, month: int) -> Floats:
        return np.asarray(change(values, month) if month == only else values, dtype=np.float64)

    return at


def moved_by(step: float, node: str) -> NodeChange:
    """An intervention that moves everybody's value by so much, within the node's range.

    Examples
    --------
    >>> moved_by(0.5, "remote_share")(np.array([0.25, 0.75]), 0).tolist()
    [0.75, 1.0]
    """
    low, high = SETTABLE[node]

    def change(values: Floats, month: int) -> Floats:
        return np.clip(np.asarray(values, dtype=np.float64) + step, low, high)

    return change


def moved_across(bound: float, *, below: bool) -> NodeChange:
    """An intervention that gives those on one side of a bound the values of those on the other, one after another.

    Parameters
    ----------
    bound : float
        Values under it are on one side, it and values above it on the other.
    below : bool
        Whether everybody comes to be under the bound.

    Returns
    -------
    NodeChange
        The intervention; where nobody is on the side that is asked for, it leaves all as they are.

    Examples
    --------
    >>> moved_across(3.0, below=True)(np.array([1.0, 8.0, 2.0, 20.0, 5.0]), -1).tolist()
    [1.0, 1.0, 2.0, 2.0, 1.0]
    """

    def change(values: Floats, month: int) -> Floats:
        made = np.array(values, dtype=np.float64)
        there = made < bound if below else made >= bound
        if there.any():
            made[~there] = np.resize(made[there], int((~there).sum()))
        return made

    return change


def simulate_intervened(
    truth: Truth | str,
    size: Size | str,
    seed: int,
    do: Mapping[str, NodeChange],
    *,
    tables: Collection[str] | None = None,
    instruments: Collection[str] = (),
) -> EvaluationData:
    """Simulate the first authority of a size as it would have been under interventions; the luck is that of its seed.

    Parameters
    ----------
    truth : Truth | str
        The parameters, or the name of a scenario.
    size : Size | str
        A size, or the name of one.
    seed : int
        Seed of the random numbers: the same as of the authority without interventions.
    do : Mapping[str, NodeChange]
        What is done, by what is set of ``SETTABLE``: ``set_to``, ``moved_by`` or a function of values and month.
    tables : Collection[str] | None, optional
        Contract tables to make; all of them by default.
    instruments : Collection[str], optional
        Further survey instruments to draw, as in ``simulate_authority``.

    Returns
    -------
    EvaluationData
        Simulated data, marked as such.

    Raises
    ------
    UsageError
        A node that the generator cannot set.

    Examples
    --------
    >>> tiny = Size("tiny", 1, 2, 4.0, 4, 0)
    >>> home = simulate_intervened("null", tiny, 1, {"remote_share": set_to(0.9)}, tables=["worker_month"])
    >>> rows = home["worker_month"]
    >>> bool((rows["h_home"] > rows["h_office"]).mean() > 0.95)
    True
    """
    made_truth, made_size = resolve(truth, size, seed)
    unknown = sorted(set(do) - set(SETTABLE))
    if unknown:
        raise UsageError(
            f"{plural(len(unknown), 'node')} cannot be set in a simulated authority: {', '.join(unknown)}.",
            fix=f"Choose from: {', '.join(SETTABLE)}.",
            code="INTERVENTION",
        )
    drawn = tuple(instruments)
    frames = authority_frames(made_truth, made_size, seed, 0, tables=tables, instruments=drawn, do=do)
    return EvaluationData(frames, synthetic=True, label=label_of(made_truth, made_size, seed))
