"""The wild cluster bootstrap with the null imposed: a p-value and an interval that hold with few clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as g
from hybrid_toolkit.models.terms.arguments import check_arguments, check_column, left_out_words
from hybrid_toolkit.models.terms.design_matrix import DesignMatrix, prepare_matrix
from hybrid_toolkit.models.terms.result_rows import as_instruments, as_names, as_terms, check_choice, check_level
from hybrid_toolkit.models.terms.terms import Column, Term, Terms
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_WEIGHTS = {
    "auto": "Webb's with fewer than 12 clusters, otherwise Rademacher's",
    "rademacher": "-1 or 1",
    "webb": "six points (Webb 2023)",
}
_SIX = np.sqrt(np.array([0.5, 1.0, 1.5]))
_WEBB = np.concatenate([-_SIX, _SIX])
LEAST_DRAWS = 99
"""Draws under which a p-value of 0.01, (1 + 0) / (1 + draws), cannot be reached."""
_MOST_SIGNS = 31
"""Clusters whose sign patterns are never counted one by one: two billion rows and more."""
_FARTHEST = 1e4
"""Standard errors from the estimate at which the search for an end of the interval stops: it is infinite."""
FEW_FOR_RADEMACHER = 12


@dataclass(frozen=True, slots=True)
class WildTest(ResultBase):
    """A test of one coefficient by the wild cluster bootstrap.

    Parameters
    ----------
    term : str
        Name of the coefficient.
    estimate : float
        The coefficient.
    std_error : float
        Its sandwich error (CV1).
    t : float
        The t statistic against the null.
    p_value : float
        Share of bootstrap samples with one as far from zero.
    conf_low : float
        The least value that the same bootstrap would not reject; NaN where not looked for.
    conf_high : float
        The greatest value that the same bootstrap would not reject; NaN where not looked for.
    null : float
        The value that was tested.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    draws : int
        Bootstrap samples.
    weights : str
        Key of ``_WEIGHTS``.
    exact : bool
        Whether every sign pattern was used.
    reduced_form : bool
        Whether the instrument took the exposure's place (a test of no slope at all).
    conf_level : float
        Level of the interval.
    behind : float, optional
        Clusters on the smaller side of the coefficient, or effective ones (see ``support``); with one there is neither
        p-value nor interval.
    converged : bool, default True
        Always True here.
    dropped : tuple[str, ...], optional
        Levels of categories that other columns determine, left out of the fit.

    Examples
    --------
    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 2, 1, 3, 6, 8, 7, 7, 8, 9], "d": [0] * 6 + [1] * 6,
    ...                   "team": list("aabbccddeeff")})
    >>> got = wild_bootstrap(f, outcome="y", terms=[Column("d")], term="d", cluster="team", weights="rademacher")
    >>> got.tidy()[["term", "estimate"]].round(2).values.tolist(), got.n_clusters
    ([['d', 5.5]], 6)
    """

    term: str
    estimate: float
    std_error: float
    t: float
    p_value: float
    conf_low: float
    conf_high: float
    null: float
    n: int
    n_missing: int
    n_clusters: int
    draws: int
    weights: str
    exact: bool
    reduced_form: bool
    conf_level: float
    behind: float = np.inf
    converged: bool = True
    dropped: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """What was done, in words."""
        how = "all sign patterns" if self.exact else f"{self.draws:,} draws"
        what = " of the reduced form" if self.reduced_form else ""
        return f"wild cluster bootstrap{what}, null imposed, {self.weights} weights, {how}"

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """One row with the columns of ``TIDY_COLUMNS``.

        Parameters
        ----------
        unit : str, optional
            Unit of the outcome, for the column ``unit``.

        Returns
        -------
        pd.DataFrame
            One row with the columns of ``TIDY_COLUMNS``.
        """
        row = (self.term, self.estimate, self.std_error, self.conf_low, self.conf_high, self.p_value, self.n, unit)
        return g.withheld(pd.DataFrame([row], columns=list(TIDY_COLUMNS)), np.array([self.behind]))

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, convergence.
        """
        names = ("n", "n_missing", "n_clusters", "method", "converged")
        row = pd.DataFrame({name: [getattr(self, name)] for name in names})
        return row.assign(clusters_behind=self.behind)

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        few, lost = g.few_words(self.behind, holds=True), left_out_words(self.dropped)
        return (
            f"{self.term}: p = {self.p_value:.3f} against {self.null:g} ({self.method}; {self.n:,} rows in "
            f"{self.n_clusters} clusters).{few}{lost} It holds with few clusters, less so where few carry the exposure."
        )


def wild_bootstrap(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    term: str,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
    null: float = 0.0,
    weights: str = "auto",
    draws: int = 9_999,
    seed: int = 0,
    interval: bool = True,
    conf_level: float = 0.95,
) -> WildTest:
    """Test one coefficient of a linear model by resampling signs of whole clusters' residuals under the null.

    Parameters
    ----------
    frame : pd.DataFrame
        As ``fit_linear``.
    outcome : str
        As ``fit_linear``.
    terms : Terms
        As ``fit_linear``.
    term : str
        The coefficient to test.
    cluster : str
        As ``fit_linear``.
    fixed_effects : str | Sequence[str], optional
        As ``fit_linear``.
    instruments : Mapping[str, Terms] | None, optional
        One coefficient, which must be ``term``, with one stand-in column. The stand-in then takes its place and the
        test asks whether the slope is zero (Anderson and Rubin's test), so ``null`` must be 0 and no interval is given.
    null : float, default 0.0
        Value to test.
    weights : str, default "auto"
        Key of ``_WEIGHTS``.
    draws : int, default 9999
        Bootstrap samples; every pattern of signs is used instead where there are no more of them.
    seed : int, default 0
        Seed of the samples.
    interval : bool, default True
        Whether to look for the interval too, which takes some hundred times as long as the p-value.
    conf_level : float, default 0.95
        As ``fit_linear``.

    Returns
    -------
    WildTest
        A test of one coefficient by the wild cluster bootstrap.

    Raises
    ------
    EstimationError
        An unknown term or weight, fewer than 99 draws, instruments other than described, or as ``fit_linear``.
    CoverageError
        A column is not there.

    Notes
    -----
    WCR of Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90, computed as in Roodman, MacKinnon,
    Nielsen and Webb (2019), Stata Journal 19: each bootstrap sample is G numbers. Interval by inverting the test.
    Samples that tie with the data count against the null's rejection.

    References
    ----------
    - Anderson, T. W. and Rubin, H. (1949). Annals of Mathematical Statistics 20, 46-63.
    - Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Review of Economics and Statistics 90, 414-427.
    - Roodman, D., MacKinnon, J. G., Nielsen, M. Ø. and Webb, M. D. (2019). Stata Journal 19, 4-60.

    Examples
    --------
    Three teams of each arm that do not overlap: 2 of the 64 patterns of signs, the data's own among them, come as far.

    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 2, 1, 3, 6, 8, 7, 7, 8, 9], "d": [0] * 6 + [1] * 6,
    ...                   "team": list("aabbccddeeff")})
    >>> got = wild_bootstrap(f, outcome="y", terms=[Column("d")], term="d", cluster="team", weights="rademacher")
    >>> got.p_value * 64, got.exact
    (2.0, True)
    """
    check_arguments(wild_bootstrap, locals())
    check_level(conf_level)
    check_choice("weights", weights, _WEIGHTS)
    if draws < LEAST_DRAWS:
        raise EstimationError(f"draws must be {LEAST_DRAWS} or more.", fix="Ask for 999 or more.", code="DRAWS")
    used_terms, stand_ins = as_terms(frame, terms), as_instruments(frame, instruments)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    model, tested = (used_terms, term) if not stand_ins else _reduced(used_terms, term, stand_ins, null)
    used = frame if not instruments else frame[frame[check_column(frame, term)].notna()]
    p = prepare_matrix(used, outcome, model, cluster, fixed_effects, {})
    if tested not in p.x_names or tested in p.nuisance:
        raise EstimationError(f"the model has no coefficient '{tested}'.", fix="Name one it has.", code="TERM-UNKNOWN")
    pieces = _pieces(p, at := p.x_names.index(tested))
    kind = weights if weights != "auto" else ("webb" if len(p.grams) < FEW_FOR_RADEMACHER else "rademacher")
    leverage = g.leverages(p.grams[:, p.layout.x[:, None], p.layout.x[None, :]], np.array([at]), turn=p.turn)
    behind = float(min(p.sides[at], g.effective(leverage)[0]))
    v, exact = _weights(kind, len(p.grams), draws, seed)

    def p_at(r: float) -> float:
        return pieces.p_value(r, v)

    alone = behind < g.ALONE
    sought = interval and not instruments and not alone
    low, high = _inverted(p_at, pieces.estimate, pieces.error, 1 - conf_level) if sought else (np.nan, np.nan)
    return WildTest(
        term=term,
        estimate=pieces.estimate,
        std_error=pieces.error,
        t=(pieces.estimate - null) / pieces.error,
        p_value=np.nan if alone else p_at(null),
        conf_low=low,
        conf_high=high,
        null=null,
        n=p.n,
        n_missing=len(frame) - p.n,
        n_clusters=len(p.grams),
        draws=v.shape[1],
        weights=kind,
        exact=exact,
        reduced_form=bool(instruments),
        conf_level=conf_level,
        behind=behind,
        dropped=p.dropped,
    )


def _reduced(
    terms: Sequence[Term], term: str, instruments: Mapping[str, Sequence[Term]], null: float
) -> tuple[list[Term], str]:
    """The terms with the stand-in at the exposure's place, and the stand-in's name."""
    stand_in = [*instruments.get(term, ())]
    if set(instruments) != {term} or len(stand_in) != 1 or not isinstance(stand_in[0], Column) or null != 0:
        raise EstimationError(
            "with instruments the bootstrap tests one instrumented coefficient with one stand-in column against 0.",
            fix="Test a model with one instrument, or leave the instruments out.",
            code="WILD-INSTRUMENTS",
        )
    return [stand_in[0] if t == Column(term) else t for t in terms], stand_in[0].name


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """What each bootstrap sample needs: s0, s1 (clusters) and k0, k1 (clusters x clusters), linear in the null."""

    estimate: float
    error: float
    factor: float
    s0: Array
    s1: Array
    k0: Array
    k1: Array

    def p_value(self, null: float, v: Array) -> float:
        """Share of samples whose t is at least as far from zero as that of the data."""
        s, k = self.s0 - null * self.s1, self.k0 - null * self.k1
        spread = np.sqrt(self.factor * np.square(k @ v).sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(s @ v) / spread
        seen = abs(self.estimate - null) / self.error
        t = np.where(np.isnan(t), np.inf, t)
        return float(np.mean(t >= seen * (1 - 1e-9)))


def _pieces(p: DesignMatrix, j: int) -> _Pieces:
    grams, x, y = p.grams, p.layout.x, p.layout.y
    total = grams.sum(axis=0)
    inner = g.inverse(total[np.ix_(x, x)])
    weights = p.turn[j]  # the coefficient is this sum of those of the scaled columns
    width = grams.shape[1]
    target, u0 = np.zeros(width), np.zeros(width)
    target[x] = inner @ weights / float(weights @ inner @ weights)  # the column less what the others foretell
    a = inner @ total[x, y]
    estimate = float(p.back(a)[j])
    u0[y], u0[x] = 1.0, -a
    u0 = u0 + estimate * target  # the outcome less what the others foretell
    d = float(target @ total @ target)
    cross = grams[:, :, x]
    to_x = np.einsum("i,gik->gk", target, cross) @ inner
    s, k = [], []
    for u in (u0, target):
        mine = np.einsum("i,gij,j->g", target, grams, u)
        s.append(mine)
        k.append(np.diag(mine) - to_x @ np.einsum("j,gjk->gk", u, cross).T - _crossing(p, target, u))
    n_g = len(grams)
    factor = n_g / (n_g - 1) * (p.n - 1) / (p.n - p.n_parameters)
    error = float(np.sqrt(factor * np.square(s[0] - estimate * s[1]).sum()) / d)
    if not error > 0 or not float(total[y, y]) > 1e-26 * p.squares:  # what rounding leaves of an exact fit
        raise EstimationError(
            "the model fits without any error, so there is nothing to resample.", fix="Check the outcome.", code="EXACT"
        )
    return _Pieces(estimate, error, factor, s[0], s[1], k[0], k[1])


def _crossing(p: DesignMatrix, target: Array, u: Array) -> Array:
    """What a fixed effect that crosses clusters takes from each cluster's score, for each cluster's weight."""
    n_g = len(p.grams)
    spells = p.spells
    if spells is None or spells.whole:
        return np.zeros((n_g, n_g))
    sums = np.zeros((2, n_g, len(spells.unit_rows)))
    for found, w in zip(sums, (target, u), strict=True):
        found[spells.cluster, spells.unit] = p.spell_sums @ w
    out: Array = (sums[0] / spells.unit_rows) @ sums[1].T
    return out


def _weights(kind: str, clusters: int, draws: int, seed: int) -> tuple[Array, bool]:
    """Clusters x samples, and whether they are every pattern of signs."""
    if kind == "rademacher" and clusters < _MOST_SIGNS and 2**clusters <= max(draws, 2**FEW_FOR_RADEMACHER):
        return np.array(list(product((1.0, -1.0), repeat=clusters))).T, True
    rng = np.random.default_rng(seed)
    points = _WEBB if kind == "webb" else np.array([-1.0, 1.0])
    return rng.choice(points, size=(clusters, draws)), False


def _inverted(p_at: Callable[[float], float], estimate: float, error: float, alpha: float) -> tuple[float, float]:
    """The ends between which the test does not reject; infinite where it never does."""
    ends = []
    for side in (-1.0, 1.0):
        reach = 2.0
        while p_at(estimate + side * reach * error) > alpha and reach < _FARTHEST:
            reach *= 2
        if reach >= _FARTHEST:
            ends.append(side * np.inf)
            continue
        inside, outside = 0.0, reach
        for _ in range(40):
            middle = (inside + outside) / 2
            if p_at(estimate + side * middle * error) > alpha:
                inside = middle
            else:
                outside = middle
        ends.append(estimate + side * outside * error)
    return ends[0], ends[1]
