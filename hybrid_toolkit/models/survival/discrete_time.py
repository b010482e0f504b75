"""Leaving in discrete time: one row a person and period, and a binary model of whether the period was the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.binary import fit_binary
from hybrid_toolkit.models.generalised.glm_result import GeneralisedFit
from hybrid_toolkit.models.survival.kaplan_meier import read_spells
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import as_terms, term_columns
from hybrid_toolkit.models.terms.terms import Category, Term, Terms

_MOST_ROWS = 2_000_000
SHAPES = {"dummies": "an intercept for each period", "band": "an intercept for each of up to six bands of periods"}
"""How the hazard may move over time."""


def person_periods(
    frame: pd.DataFrame, *, duration: str, event: str, entry: str | None = None, keep: Sequence[str] = ()
) -> pd.DataFrame:
    """One row for each period in which somebody was under observation.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a spell.
    duration : str
        Whole periods to the event or the end of observation, from 1.
    event : str
        1 where the spell ended in its last period.
    entry : str | None, optional
        Whole periods before observation began.
    keep : Sequence[str], optional
        Columns to carry along.

    Returns
    -------
    pd.DataFrame
        DataFrame : columns ``period`` (1, 2, ...), ``event``, and those kept; rows with a missing value are left out.

    Raises
    ------
    EstimationError
        Durations that are not whole periods from 1, entries not below them, no event.

    Examples
    --------
    >>> f = pd.DataFrame({"months": [2, 3], "left": [1, 0], "late": [0, 1]})
    >>> rows = person_periods(f, duration="months", event="left", entry="late")
    >>> rows["period"].tolist(), rows["event"].tolist()
    ([1, 2, 2, 3], [0.0, 1.0, 0.0, 0.0])
    """
    check_arguments(person_periods, locals())
    rows, time, ended, start = read_spells(frame, duration, event, keep, entry)
    broken = int(((time != np.round(time)) | (start != np.round(start))).sum())
    if broken:
        raise EstimationError(
            f"{plural(broken, 'row has', 'rows have')} times that are not whole periods.",
            fix="Round durations up to whole periods and entries down, or use Cox regression.",
            code="PERIODS",
        )
    length = (time - start).astype(np.int64)
    if length.sum() > _MOST_ROWS:
        raise EstimationError(
            f"the spells make {int(length.sum()):,} person-periods, more than {_MOST_ROWS:,}.",
            fix="Use longer periods, such as months for days.",
            code="PERIODS",
        )
    at = np.repeat(np.arange(len(rows)), length)
    past = np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    period = start[at].astype(np.int64) + past + 1
    made = {"period": period, "event": np.where(period == time[at], ended[at], 0.0)}
    return pd.DataFrame(made | {c: rows[c].to_numpy()[at] for c in dict.fromkeys(keep)})


def fit_discrete_time(
    frame: pd.DataFrame,
    *,
    duration: str,
    event: str,
    terms: Terms,
    entry: str | None = None,
    cluster: str | None = None,
    link: str = "cloglog",
    shape: str = "band",
    conf_level: float = 0.95,
) -> GeneralisedFit:
    """The hazard of leaving in each period.

    Parameters
    ----------
    frame : pd.DataFrame
        As in ``person_periods``.
    duration : str
        As in ``person_periods``.
    event : str
        As in ``person_periods``.
    terms : Terms
        Terms or columns, constant over a spell.
    entry : str | None, optional
        As in ``person_periods``.
    cluster : str | None, optional
        Rows of one cluster depend on each other.
    link : str, default "cloglog"
        ``"cloglog"`` (log hazard ratios, those of a Cox model in grouped time) or ``"logit"`` (log odds).
    shape : str, default "band"
        Key of ``SHAPES``. Periods without an event, or in which all who are left leave, are joined with their
        neighbours: their own intercept would have no finite estimate.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    GeneralisedFit
        The hazard of leaving in each period.

    Raises
    ------
    EstimationError
        As in ``person_periods`` and ``fit_binary``; a column called ``period`` or ``event`` among the terms.
    CoverageError
        A column is not there.

    Notes
    -----
    Prentice and Gloeckler (1978), Biometrics 34; Singer and Willett (1993), Journal of Educational Statistics 18.

    References
    ----------
    - Prentice, R. L. and Gloeckler, L. A. (1978). Biometrics 34, 57-67.
    - Singer, J. D. and Willett, J. B. (1993). Journal of Educational Statistics 18, 155-195.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> office = rng.integers(0, 2, 2000)
    >>> months = np.ceil(rng.exponential(8 * np.exp(0.5 * office)))
    >>> f = pd.DataFrame({"office": office, "months": np.minimum(months, 12), "left": (months <= 12) * 1})
    >>> fit = fit_discrete_time(f, duration="months", event="left", terms=["office"])
    >>> bool(abs(fit.combine({"office": 1.0}, term="office")["estimate"].iloc[0] + 0.5) < 0.1)
    True
    """
    check_arguments(fit_discrete_time, locals())
    if shape not in SHAPES:
        raise EstimationError(
            f"shape '{shape}' is unknown.", fix=f"Use one of: {', '.join(SHAPES)}.", code="SHAPE-UNKNOWN"
        )
    held = as_terms(frame, terms)
    names = list(dict.fromkeys([*term_columns(held), *([cluster] if cluster else [])]))
    if {"period", "event", "band"} & set(names):
        raise EstimationError(
            "a term or cluster is called period, event or band, which this model makes itself.",
            fix="Rename the column in your frame.",
            code="TERM-TWICE",
        )
    rows = person_periods(frame, duration=duration, event=event, entry=entry, keep=names)
    rows["band"] = _bands(rows, 0 if shape == "dummies" else 6)
    shape_term: list[Term] = [Category("band")] if rows["band"].nunique() > 1 else []
    both = [*held, *shape_term]
    fit = fit_binary(rows, outcome="event", terms=both, cluster=cluster, link=link, conf_level=conf_level)
    n = len(read_spells(frame, duration, event, names, entry)[0])
    kind = f"discrete-time {fit.kind} over {fit.n:,} person-periods"
    return replace(fit, outcome=event, kind=kind, n=n, n_missing=len(frame) - n, model_terms=None)


def _bands(rows: pd.DataFrame, most: int) -> pd.Series:
    """Periods as bands, each with an event: single periods, or up to ``most`` with about as many events each."""
    events = rows.groupby("period")["event"].sum()
    found = events[events > 0]
    share = (found.cumsum() - found / 2) / found.sum()
    label = (share * most).astype(int) if most else pd.Series(range(len(found)), index=found.index)
    whole = label.reindex(events.index).ffill().bfill()  # a period without an event joins its neighbour
    at = pd.Series(pd.factorize(whole)[0], index=events.index)
    risk = rows.groupby("period").size()
    while at.nunique() > 1:
        all_left = (events.groupby(at).sum() == risk.groupby(at).sum()).to_numpy()
        if not all_left.any():
            break
        gone = int(np.flatnonzero(all_left)[-1])
        at = pd.Series(pd.factorize(at.replace(gone, gone - 1 if gone else 1))[0], index=at.index)
    return rows["period"].map(at)
