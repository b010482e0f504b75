"""Do items measure the same in every group? Configural, metric, scalar and strict models compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.psychometrics.factor_data import FactorData, prepare_answers
from hybrid_toolkit.metrics.psychometrics.factor_estimates import FactorSolution
from hybrid_toolkit.metrics.psychometrics.factor_fit import FactorFit, fit_prepared
from hybrid_toolkit.metrics.psychometrics.invariance_cutoffs import (
    GOOD,
    INVARIANCE_LEVELS,
    KIND,
    item_hints,
    judge,
    levels_table,
    limits,
)
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase


@dataclass(frozen=True)
class InvarianceResult(ResultBase):
    """What may be compared across groups.

    Parameters
    ----------
    group : str
        The column of groups.
    groups : tuple[str, ...]
        Names of the groups; the first is the one that others are compared with.
    n : tuple[int, ...]
        Their complete rows.
    n_dropped : int
        Rows left out because an answer is missing.
    fits : Mapping[str, FactorFit]
        The fitted model of each level.
    levels : pd.DataFrame
        One row a level: ``level``, ``chi2``, ``df``, ``p_value``, ``cfi``, ``rmsea``, ``srmr``, ``srmr_means``,
        ``aic``, ``bic``, ``delta_chi2``, ``delta_df``, ``p_difference``, ``delta_cfi``, ``delta_rmsea``, ``status``,
        ``reason``. Changes are from the level above.
    hints : pd.DataFrame
        One row an item and level: score test of letting it differ (``score``, ``df``, ``p_value``, ``p_holm``), ``gap``
        between the groups furthest apart (item points), and ``scale_shift``, what that gap alone adds to the difference
        of the groups' mean scores (intercepts only).
    released : tuple[tuple[str, str], ...]
        (kind, item) pairs let free, the largest first, until the level held; empty where all levels held or no such set
        was found.
    partial : FactorFit | None
        The scalar model with these pairs free, where it was needed and held.
    associations : bool | None
        Whether relations with other things may be compared by score; None where the rows cannot tell.
    means : bool | None
        Whether means may be compared by score; None where the rows cannot tell.
    test : str
        ``scaled`` or ``normal``, the chi-square of ``levels``.
    notes : tuple[str, ...]
        Caveats, in words.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(3); f = rng.normal(size=800)
    >>> x = pd.DataFrame({i: 0.8 * f + 0.6 * rng.normal(size=800) for i in "abcd"})
    >>> x["stage"] = np.repeat(["early", "late"], 400); x.loc[x["stage"] == "early", "d"] += 0.6
    >>> result = measurement_invariance(x, factors={"skill": list("abcd")}, group="stage")
    >>> result.tidy()[["term", "estimate"]].round(2).values.tolist()[:2]
    [['skill mean, late less early (scalar)', -0.11], ['skill mean, late less early (partial scalar)', 0.05]]
    """

    group: str
    groups: tuple[str, ...]
    n: tuple[int, ...]
    n_dropped: int
    fits: Mapping[str, FactorFit]
    levels: pd.DataFrame = field(repr=False)
    hints: pd.DataFrame = field(repr=False)
    released: tuple[tuple[str, str], ...]
    partial: FactorFit | None
    associations: bool | None
    means: bool | None
    test: str
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """Differences of factor means from the first group, one row a factor, group and model (scalar, partial).

        Returns
        -------
        pd.DataFrame
            Differences of factor means from the first group, one row a factor, group and model (scalar, partial).
        """
        rows: list[pd.DataFrame] = []
        for model, fit in (("scalar", self.fits["scalar"]), ("partial scalar", self.partial)):
            if fit is None:
                continue
            t = fit.tidy()
            t = t[(t["kind"] == "factor mean") & (t["group"] != self.groups[0])]
            term = t["factor"] + " mean, " + t["group"] + " less " + self.groups[0] + f" ({model})"
            unit = f"standard deviations of the factor in {self.groups[0]}"
            rows.append(t.assign(term=term, unit=unit)[list(TIDY_COLUMNS)])
        return pd.concat(rows, ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """One row: n, n_dropped, n_groups, the status of each level, associations, means, method, converged.

        Returns
        -------
        pd.DataFrame
            One row: n, n_dropped, n_groups, the status of each level, associations, means, method, converged.
        """
        row: dict[str, object] = {"n": sum(self.n), "n_dropped": self.n_dropped, "n_groups": len(self.groups)}
        row |= dict(zip(self.levels["level"], self.levels["status"], strict=True))
        row |= {"associations": self.associations, "means": self.means}
        row["method"] = f"multi-group maximum likelihood, {self.test} chi-square difference, change of CFI and RMSEA"
        row["converged"] = all(f.converged for f in self.fits.values())
        return pd.DataFrame([row])

    @property
    def cfi_limit(self) -> float:
        """Change of CFI below which a level fails."""
        return limits(sum(self.n))[0]

    @property
    def message(self) -> str:
        """One sentence: which comparisons across the groups are allowed."""
        status = dict(zip(self.levels["level"], self.levels["status"], strict=True))
        across = f"Across {self.group.replace('_', ' ')} ({', '.join(self.groups)})"
        if status["configural"] not in GOOD:
            return (
                f"{across} nothing may be compared by score: the items do not form the declared scales in every group."
            )
        if self.means:
            near = " by the limits on the change of fit" if "held within limits" in status.values() else ""
            return (
                f"{across} both associations and mean scores may be compared: loadings and intercepts are alike{near}."
            )
        freed = ", ".join(f"{kind[:-1]} of {item}" for kind, item in self.released)
        model = f"; a model that leaves the {freed} free may compare factor means" if self.partial is not None else ""
        if self.associations:
            if self.means is None:
                return f"{across} associations may be compared; whether means may, these rows cannot tell{model}."
            most = self._most("scalar")
            return f"{across} associations may be compared, mean scores may not: intercepts differ{most}{model}."
        if self.associations is None:
            return f"{across} these rows cannot tell whether loadings are alike: compare nothing by score yet."
        most = self._most("metric")
        return f"{across} associations and means must not be compared by score: loadings differ{most}{model}."

    def _most(self, level: str) -> str:
        mine = self.hints[self.hints["level"] == level]
        return "" if mine.empty else f", most for {mine.iloc[0]['item']}"

    def prose(self) -> str:
        """Prose: the verdict, each level's fit, and the caveats.

        Returns
        -------
        str
            Prose: the verdict, each level's fit, and the caveats.
        """
        rows = ", ".join(f"{name} {n:,}" for name, n in zip(self.groups, self.n, strict=True))
        parts = [self.message, f"Rows: {rows}; {self.n_dropped:,} left out for missing answers."]
        parts += [f"{r['level'].capitalize()}: {r['status']} ({r['reason']})." for r in self.levels.to_dict("records")]
        return " ".join([*parts, *self.notes])


def measurement_invariance(
    frame: pd.DataFrame,
    *,
    factors: Mapping[str, Sequence[str]],
    group: str,
    cluster: str | None = None,
    test: str = "scaled",
    alpha: float = 0.05,
    conf_level: float = 0.95,
) -> InvarianceResult:
    """Test whether items measure the same in each group, level by level.

    Four models are fitted to all groups together: the same items for each factor (configural), then equal loadings
    (metric), equal intercepts too (scalar), equal residual variances too (strict). Comparing associations by score
    needs metric invariance, comparing means needs scalar invariance; strict is shown and asked for by neither.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a respondent (not a respondent and wave), one column an item, already reversed.
    factors : Mapping[str, Sequence[str]]
        Items of each factor.
    group : str
        Column of groups; the first by letter, or by category, is the one others are compared with.
    cluster : str | None, optional
        Column of clusters such as teams, which tests then allow for.
    test : str, default "scaled"
        ``scaled`` (Satorra 2000) or ``normal`` chi-square differences.
    alpha : float, default 0.05
        Level of the difference tests.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    InvarianceResult
        What may be compared across groups.

    Raises
    ------
    UsageError
        ``test`` is neither word.
    MeasureError
        As ``fit_factor_model``; fewer than two groups.

    Notes
    -----
    Configural holds where the scaled test does not reject, or CFI is .90 or more and SRMR .08 or less. A further
    level is ``not held`` where the difference test rejects and CFI falls by more than .010 or RMSEA rises by more
    than .015 (Cheung and Rensvold 2002; Chen 2007; with 300 rows or fewer Chen's .005 and .010). It is ``held``
    where the test does not reject, ``held within limits`` where it rejects and the fit changes by less,
    ``unclear`` where the test does not reject and both limits are passed, and ``not reached`` below a level that
    does not hold. Partial invariance: the item with the largest score test is let free, one at a time, while two
    items of its factor stay equal.

    References
    ----------
    - Chen, F. F. (2007). Structural Equation Modeling 14, 464-504.
    - Cheung, G. W. and Rensvold, R. B. (2002). Structural Equation Modeling 9, 233-255.
    - Satorra, A. (2000), in Heijmans, R. D. H. and others (eds), Innovations in Multivariate Statistical Analysis.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(3); f = rng.normal(size=800)
    >>> x = pd.DataFrame({i: 0.8 * f + 0.6 * rng.normal(size=800) for i in "abcd"})
    >>> x["stage"] = np.repeat(["early", "late"], 400); x.loc[x["stage"] == "early", "d"] += 0.6
    >>> result = measurement_invariance(x, factors={"skill": list("abcd")}, group="stage")
    >>> result.associations, result.means, result.released
    (True, False, (('intercepts', 'd'),))
    """
    if test not in ("scaled", "normal"):
        raise UsageError("test is scaled or normal.", fix="Use one of these.", code="FACTOR-OPTION")
    ready = prepare_answers(frame, factors, group=group, cluster=cluster)
    variance = "normal" if test == "normal" and cluster is None else "robust"
    solved = {
        name: fit_prepared(ready, equal=equal, variance=variance, conf_level=conf_level)
        for name, equal in INVARIANCE_LEVELS.items()
    }
    fits = {name: fit for name, (fit, _) in solved.items()}
    levels = levels_table(ready, {name: found for name, (_, found) in solved.items()}, test, alpha)
    status = dict(zip(levels["level"], levels["status"], strict=True))
    hints = pd.concat([item_hints(ready, level, solved[level][1]) for level in KIND], ignore_index=True)
    usable = _flag(status["configural"])
    associations = _flag(status["metric"]) if usable else usable
    means = _both(associations, _flag(status["scalar"]))
    released: tuple[tuple[str, str], ...] = ()
    partial: FactorFit | None = None
    if usable and not (associations and means):
        released, partial = _release(ready, solved["configural"][1], test, alpha, variance, conf_level)
    return InvarianceResult(
        group=group,
        groups=ready.groups,
        n=tuple(m.n for m in ready.moments),
        n_dropped=ready.n_dropped,
        fits=fits,
        levels=levels,
        hints=hints,
        released=released,
        partial=partial,
        associations=associations,
        means=means,
        test=test,
        notes=ready.notes,
    )


def _flag(status: str) -> bool | None:
    return True if status in GOOD else False if status == "not held" else None


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return True if first and second else None


def _release(
    ready: FactorData,
    loose: FactorSolution,
    test: str,
    alpha: float,
    variance: str,
    conf_level: float,
) -> tuple[tuple[tuple[str, str], ...], FactorFit | None]:
    """Let items free, the largest score first, until metric and then scalar hold; none where two cannot stay equal."""
    free: tuple[tuple[str, str], ...] = ()
    fit: FactorFit | None = None
    for level, kind in KIND.items():
        fit, solved = fit_prepared(
            ready, equal=INVARIANCE_LEVELS[level], free=free, variance=variance, conf_level=conf_level
        )
        while judge(ready, solved, loose, test, alpha)[0] not in GOOD:
            left = item_hints(ready, level, solved, free)
            spare = [
                item
                for item, factor in zip(left["item"], left["factor"], strict=True)
                if sum((kind, other) not in free for other in ready.factors[factor]) > 2
            ]
            if not spare:
                return (), None
            free = (*free, (kind, spare[0]))
            if kind == "loadings":
                free = (*free, ("intercepts", spare[0]))
            fit, solved = fit_prepared(
                ready, equal=INVARIANCE_LEVELS[level], free=free, variance=variance, conf_level=conf_level
            )
        loose = solved
    return free, fit
