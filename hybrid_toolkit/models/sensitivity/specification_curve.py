"""One question, every defensible model: a specification curve."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.terms.arguments import check_arguments, check_column, numbers
from hybrid_toolkit.models.terms.result_rows import as_terms, check_level
from hybrid_toolkit.models.terms.terms import Column
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_MOST = 2000
"""Specifications that are run at once."""


@dataclass(frozen=True, eq=False)
class SpecificationCurve(ResultBase):
    """Every specification's estimate, in order of size.

    Parameters
    ----------
    exposure : str
        Column name.
    rows : pd.DataFrame
        A row a specification: rank from 1, outcome, subset, controls (names joined by ``+``), fixed_effects, then the
        columns of ``TIDY_COLUMNS``; estimates in units of the outcome, or in its standard deviations.
    choices : pd.DataFrame
        For a figure, a row a specification and choice: rank, dimension, choice, taken (True or False).
    failed : int
        Specifications that could not be fitted.
    standardised : bool
        Whether outcomes were put in standard deviations.
    conf_level : float
        Level of the intervals.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"x": rng.normal(size=300), "z": rng.normal(size=300), "team": np.arange(300) // 10})
    >>> f["y"] = 0.5 * f["x"] + f["z"] + rng.normal(size=300)
    >>> curve = specification_curve(f, outcomes=["y"], exposure="x", controls=["z"], cluster="team")
    >>> curve.same_sign, curve.rows["estimate"].round(1).tolist()
    (1.0, [0.5, 0.6])
    """

    exposure: str
    rows: pd.DataFrame = field(repr=False)
    choices: pd.DataFrame = field(repr=False)
    failed: int
    standardised: bool
    conf_level: float

    @property
    def median(self) -> float:
        """The middle estimate."""
        return float(self.rows["estimate"].median())

    @property
    def same_sign(self) -> float:
        """Share of specifications whose estimate has the sign of the middle one."""
        return float((np.sign(self.rows["estimate"]) == np.sign(self.median)).mean())

    @property
    def clear(self) -> float:
        """Share whose interval lies on that side of zero."""
        side = self.rows["conf_low"] > 0 if self.median > 0 else self.rows["conf_high"] < 0
        return float(side.mean())

    def tidy(self) -> pd.DataFrame:
        """One row a specification.

        Returns
        -------
        pd.DataFrame
            One row a specification.
        """
        return self.rows[list(TIDY_COLUMNS)].copy()

    def glance(self) -> pd.DataFrame:
        """One row: how many, median, range, share of one sign.

        Returns
        -------
        pd.DataFrame
            One row: how many, median, range, share of one sign.
        """
        return pd.DataFrame(
            {
                "n": [int(self.rows["n"].max())],
                "n_missing": [0],
                "specifications": [len(self.rows)],
                "failed": [self.failed],
                "method": ["least squares, clustered, one fit a specification"],
                "median": [self.median],
                "low": [float(self.rows["estimate"].min())],
                "high": [float(self.rows["estimate"].max())],
                "same_sign": [self.same_sign],
                "clear": [self.clear],
                "converged": [True],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        lost = f" {self.failed} could not be fitted." if self.failed else ""
        return (
            f"{len(self.rows)} specifications of the slope on {self.exposure}: median {self.median:+.3f}, from "
            f"{self.rows['estimate'].min():+.3f} to {self.rows['estimate'].max():+.3f}; {self.same_sign:.0%} have one "
            f"sign, {self.clear:.0%} with an interval that excludes zero.{lost} The curve shows how much depends on "
            "choices; "
            "specifications share rows, so their number adds no evidence, and a bias that all share stays unseen."
        )


def specification_curve(
    frame: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    exposure: str,
    cluster: str,
    controls: Sequence[str] = (),
    always: Sequence[str] = (),
    subsets: Mapping[str, str] | None = None,
    fixed_effects: Sequence[Sequence[str]] = ((),),
    standardise: bool = False,
    conf_level: float = 0.95,
) -> SpecificationCurve:
    """The slope on one exposure under every combination of outcome, controls, subset and fixed effects.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation.
    outcomes : Sequence[str]
        Columns that each could be the outcome.
    exposure : str
        Column of the exposure.
    cluster : str
        Column of the cluster.
    controls : Sequence[str], optional
        Columns that may be held constant; all their combinations are tried.
    always : Sequence[str], optional
        Held in every one.
    subsets : Mapping[str, str] | None, optional
        Label -> yes/no column of the rows to keep; all rows are always tried too.
    fixed_effects : Sequence[Sequence[str]], optional
        Sets of columns whose levels get intercepts; ``()`` is none.
    standardise : bool, default False
        Put each outcome in standard deviations over all rows, so that several can share an axis.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    SpecificationCurve
        The slope on one exposure under every combination of outcome, controls, subset and fixed effects.

    Raises
    ------
    EstimationError
        More than 2,000 combinations, or no specification that could be fitted.
    CoverageError
        A column is not there.

    Notes
    -----
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214.

    References
    ----------
    - Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Nature Human Behaviour 4, 1208-1214.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"x": rng.normal(size=300), "z": rng.normal(size=300), "team": np.arange(300) // 10})
    >>> f["y"] = 0.5 * f["x"] + f["z"] + rng.normal(size=300)
    >>> curve = specification_curve(f, outcomes=["y"], exposure="x", controls=["z"], cluster="team")
    >>> len(curve.rows), curve.same_sign, abs(curve.median - 0.5) < 0.15
    (2, 1.0, True)
    """
    check_arguments(specification_curve, locals())
    check_level(conf_level)
    for name in (*outcomes, exposure, cluster, *controls, *always, *(subsets or {}).values()):
        check_column(frame, name)
    picks = [c for k in range(len(controls) + 1) for c in itertools.combinations(controls, k)]
    parts = {"all rows": "", **(subsets or {})}
    every = list(itertools.product(outcomes, parts.items(), picks, [tuple(f) for f in fixed_effects]))
    if not 1 <= len(every) <= _MOST:
        raise EstimationError(
            f"{len(every):,} specifications; from 1 to {_MOST:,} are run.",
            fix="Name fewer controls, or hold some in every specification by always.",
            code="SPECIFICATIONS",
        )
    held = {label: frame if not column else frame[numbers(frame, column) == 1] for label, column in parts.items()}
    spread = {y: float(np.nanstd(numbers(frame, y), ddof=1)) if standardise else 1.0 for y in outcomes}
    rows, failed = [], 0
    for y, (label, _), chosen, within in every:
        try:
            fit = fit_linear(
                held[label],
                outcome=y,
                terms=[Column(exposure), *as_terms(frame, [*always, *chosen])],
                cluster=cluster,
                fixed_effects=within,
                conf_level=conf_level,
            )
        except EstimationError:
            failed += 1
            continue
        row = fit.combine({exposure: 1.0}, term=exposure, unit="standard deviations" if standardise else "")
        row[["estimate", "std_error", "conf_low", "conf_high"]] /= spread[y]
        words = {"outcome": y, "subset": label, "controls": "+".join(chosen), "fixed_effects": "+".join(within)}
        rows.append(row.assign(**words))
    if not rows:
        raise EstimationError(
            f"none of {len(every)} specifications could be fitted.", fix="Run one fit by itself first.", code="NO-FIT"
        )
    table = pd.concat(rows, ignore_index=True).sort_values("estimate", kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    order = ["rank", "outcome", "subset", "controls", "fixed_effects", *TIDY_COLUMNS]
    return SpecificationCurve(
        exposure=exposure,
        rows=table[order],
        choices=_choices(table, controls),
        failed=failed,
        standardised=standardise,
        conf_level=conf_level,
    )


def _choices(table: pd.DataFrame, controls: Sequence[str]) -> pd.DataFrame:
    """Which choice each specification took: what is drawn below the curve."""
    parts = []
    for dimension in ("outcome", "subset", "fixed_effects"):
        for value in table[dimension].unique():
            taken = table[dimension] == value
            parts.append(pd.DataFrame({"rank": table["rank"], "dimension": dimension, "choice": value or "none"}))
            parts[-1]["taken"] = taken.to_numpy()
    for name in controls:
        taken = table["controls"].str.split("+").map(lambda used, name=name: name in used)
        parts.append(pd.DataFrame({"rank": table["rank"], "dimension": "controls", "choice": name, "taken": taken}))
    return pd.concat(parts, ignore_index=True)
