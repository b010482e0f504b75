"""What an estimate would mean for another rota, an office-day rule or an offer of choice, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel, relative_phrase
from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.disclosure.policy import FLOOR_CLUSTERS, FLOOR_THRESHOLD
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.metrics.people_and_groups import group_order
from hybrid_toolkit.models.terms.result_rows import tidy_rows
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis
from hybrid_toolkit.study.estimation.claims import Claim
from hybrid_toolkit.study.estimation.common_support import (
    MIN_CLUSTERS,
    MIN_ROWS,
    Sides,
    SupportCells,
    few_moved,
    in_people,
    own_support,
    require_possible,
    set_apart,
    support,
    too_little,
)
from hybrid_toolkit.study.estimation.people_moved import ends_kept, tells_of_few
from hybrid_toolkit.study.estimation.what_if_basis import OutcomeBasis, WhatIfBasis
from hybrid_toolkit.study.estimation.what_if_changes import Change, ChangeLike, parse_change, what_if_sentence
from hybrid_toolkit.study.estimation.what_if_figures import WhatIfFigure, covering, direction_of, hidden


class FittedStudy(Protocol):
    """What a what-if reads of a result: ``StudyResult`` has it, and asks here in its own method."""

    @property
    def study(self) -> StudySpec: ...
    @property
    def basis(self) -> WhatIfBasis | None: ...
    @property
    def conf_level(self) -> float: ...
    @property
    def converged(self) -> bool: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def data_hash(self) -> str: ...
    def claims(self, diagnosis: Diagnosis | None = None) -> tuple[Claim, ...]: ...


@dataclass(frozen=True, eq=False)
class WhatIfResult:
    """Mean outcomes as they are and under another rota, in the unit that the study prints.

    Parameters
    ----------
    change : Change
        What was asked.
    told : str
        In words.
    rows : pd.DataFrame
        ``outcome``, ``role``, ``group``, the columns of ``TIDY_COLUMNS``, ``exposure_change``, ``slope`` (whose slope a
        group's figure rests on), ``direction`` and ``flag`` (why a figure is not shown). Roles: ``"now"``,
        ``"under the change"``, ``"change"``, for a gap ``"gap change"``, and ``"group change"``.
    sentences : tuple[str, ...]
        One an outcome, from the grammar of claims.
    grade : str
        Grade of the main claim.
    outside : float
        Share of rows beyond the exposure that the data cover, in steps that no few people are told from.
    moved : float
        Share of rows that the change moves, in the same steps.
    synthetic : bool
        Whether the data behind it are simulated.
    data_hash : str
        Hash of the data behind it.
    converged : bool
        Of the fits behind it.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.study.study import Study
    >>> rng = np.random.default_rng(5)
    >>> f = pd.DataFrame({"team": np.repeat(np.arange(40), 25), "x": rng.normal(size=1000)})
    >>> f["y"] = 2 * f["x"] + rng.normal(size=1000)
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> found = study.estimate(f).what_if({"x": 0.1})
    >>> found.rows[["role", "estimate"]].round(1).values.tolist()
    [['now', 0.1], ['under the change', 0.2], ['change', 0.2]]
    """

    change: Change
    told: str
    rows: pd.DataFrame = field(repr=False)
    sentences: tuple[str, ...]
    grade: str
    outside: float
    moved: float
    synthetic: bool
    data_hash: str = field(repr=False)
    converged: bool

    def tidy(self) -> pd.DataFrame:
        """One row a figure; see ``rows``.

        Returns
        -------
        pd.DataFrame
            One row a figure; see ``rows``.
        """
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """One row: the change, rows moved and outside, grade, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: the change, rows moved and outside, grade, method, convergence.
        """
        return pd.DataFrame(
            {
                "change": [self.told],
                "n": [int(self.rows["n"].max())],
                "moved_share": [self.moved],
                "outside_share": [self.outside],
                "grade": [self.grade],
                "method": ["slope times change of exposure, error by the delta method"],
                "converged": [self.converged],
            }
        )

    def summary(self) -> str:
        """Prose: a sentence an outcome, who would be higher or lower, what it rests on.

        Returns
        -------
        str
            Prose: a sentence an outcome, who would be higher or lower, what it rests on.
        """
        lines = [*self.sentences]
        groups = self.rows[self.rows["role"] == "group change"]
        for outcome, part in groups.groupby("outcome", sort=False):
            pairs = zip(part["group"], part["direction"], part["flag"], strict=True)
            told = [f"{group!s}: {'not shown' if flag else direction}" for group, direction, flag in pairs]
            lines.append(f"{str(outcome).replace('_', ' ')} by group: {'; '.join(told)}.")
        lines.append(
            f"It moves {self.moved:.0%} of rows, {self.outside:.0%} beyond the exposure that the data cover. The error "
            "is by the delta method: that of the slopes, exposure taken as observed. It is a mean over rows, and says "
            "nothing of any one person."
        )
        if self.synthetic:
            lines.append(SYNTHETIC_STAMP)
        return "\n".join(lines)


def what_if(
    result: FittedStudy, change: ChangeLike, *, diagnosis: Diagnosis | None = None, fewest: int = FLOOR_THRESHOLD
) -> WhatIfResult:
    """The mean outcome that an estimate would give under another rota, with its error, and who would differ how.

    Parameters
    ----------
    result : FittedStudy
        Of a study whose design fits a slope on its exposure.
    change : ChangeLike
        ``{exposure: shift}``, a ``Change``, or a rule such as ``"at least 3 office days"``.
    diagnosis : Diagnosis | None, optional
        As for ``StudyResult.claims``: what lowers the claim lowers the words of the what-if.
    fewest : int, default FLOOR_THRESHOLD
        People who must stand behind a group's figure: a policy may ask for more than the floor, never for fewer.

    Raises
    ------
    StudyError
        A design without such a slope, an estimate behind which too few people stand, a change that cannot be read, one
        that moves few people otherwise than the rest, or one that leaves the data's support (see
        ``hybrid_toolkit.study.estimation.common_support.support``).

    Notes
    -----
    The change of a mean is linear in the slopes, so the delta method is exact given exposure: w'b with variance w'Vw,
    where w holds the mean change of exposure, and that of the moderated rows. The mean itself, now and under the
    change, has its own error too, by leaving out each cluster, together with that of the slopes; how many rows have
    which exposure is taken as it stands. Groups of people who have a slope of their own in the study are given it;
    others share the study's slope and differ only in how far they would move.
    """
    basis = result.basis
    if basis is None:
        raise StudyError(
            f"design '{result.study.design}' fits no slope on its exposure from which another working pattern could "
            f"be calculated.",
            fix="Use a study of kind slope or slope-gap with a linear design.",
            code="WHAT-IF-DESIGN",
        )
    asked = parse_change(change, basis.exposure)
    told = asked.told(basis.exposure, share=basis.share)
    held = {outcome: support(asked, basis, each) for outcome, each in basis.outcomes.items()}
    claims = {c.outcome: c for c in result.claims(diagnosis)}
    few = {outcome for outcome, claim in claims.items() if claim.finding == "withheld"}
    if result.study.outcome in few:
        raise StudyError(
            f"no other working pattern can be asked of this estimate. {claims[result.study.outcome].text}",
            fix=f"Ask it of an estimate that rests on at least {FLOOR_THRESHOLD} people in {FLOOR_CLUSTERS} clusters.",
            code="WHAT-IF-FEW",
        )
    fewest = max(fewest, FLOOR_THRESHOLD)
    few |= {outcome for outcome, each in basis.outcomes.items() if few_moved(asked, basis, each, fewest)}
    if result.study.outcome in few:
        raise StudyError(
            f"the change would move fewer than {fewest} people, or leave fewer than {fewest} as they are, over all or "
            "in a group compared, and a figure would tell of them.",
            fix="Ask for a change that moves more of them, or fewer.",
            code="WHAT-IF-FEW",
        )
    outside, moved = held[result.study.outcome]
    parts, sentences = [], []
    spoken = _spoken(result, diagnosis)
    for outcome, each in basis.outcomes.items():
        if outcome in few:
            continue
        words = result.study.words_for(outcome)
        rows = _rows(asked, basis, each, words, result.conf_level, fewest=fewest)
        parts.append(rows.assign(outcome=outcome))
        grade = spoken[outcome]
        row = rows[rows["role"] == ("gap change" if len(each.slope) == 2 else "change")].iloc[0]
        said = what_if_sentence(
            words=words,
            change=told,
            estimate=row["estimate"] / words.scale,
            low=row["conf_low"] / words.scale,
            high=row["conf_high"] / words.scale,
            conf_level=result.conf_level,
            grade=grade,
            kind=result.study.kind,
            relative_to=relative_phrase(result.study.kind, result.study.moderators, result.study.mediators),
        )
        sentences.append(f"In simulated data: {said} {SYNTHETIC_STAMP}." if result.synthetic else said)
    columns = ["outcome", "role", "group", *TIDY_COLUMNS, "exposure_change", "slope", "direction", "flag"]
    return WhatIfResult(
        change=asked,
        told=told,
        rows=pd.concat(parts, ignore_index=True)[columns],
        sentences=tuple(sentences),
        grade=claims[result.study.outcome].grade,
        outside=in_people(outside, basis.outcomes[result.study.outcome]),
        moved=in_people(moved, basis.outcomes[result.study.outcome]),
        synthetic=result.synthetic,
        data_hash=result.data_hash,
        converged=result.converged,
    )


def _spoken(result: FittedStudy, diagnosis: Diagnosis | None) -> dict[str, str]:
    """The grade to speak with, by outcome: what simulated data illustrate is spoken of as an association at most."""
    if not result.synthetic:
        return {c.outcome: c.grade for c in result.claims(diagnosis)}
    most = GRADES.index("associational")
    claims = replace(result, synthetic=False).claims(diagnosis)  # type: ignore[type-var]
    return {c.outcome: GRADES[min(GRADES.index(c.grade), most)] for c in claims}


def _rows(
    asked: Change, basis: WhatIfBasis, each: OutcomeBasis, words: OutcomeLabel, level: float, *, fewest: int
) -> pd.DataFrame:
    cells: SupportCells = {str(c): each.cells[c].to_numpy() for c in each.cells}
    x, n = cells["x"], cells["n"]
    share = ends_kept(asked, each.reach, share=basis.share, fewest=fewest)
    new = asked.moved(x, n, share=share, binary=basis.binary)
    dx = (new - x) * asked.uptake
    all_rows = _change(cells, dx, each, np.ones(len(x)))
    require_possible(each, all_rows[0])
    sides = set_apart(asked, basis, each, fewest)
    tells = partial(tells_of_few, asked, fewest=fewest)
    figures = [
        *_levels(cells, dx, each),
        WhatIfFigure("change", "all", *all_rows, each.n),
        *([_gap(cells, dx, each)] if len(each.slope) == 2 else []),
        *(
            f
            for n in basis.groups
            for f in _by_group(cells, new, dx, each, n, binary=basis.binary, fewest=fewest, sides=sides, tells=tells)
        ),
    ]
    if each.slopes_rest_on < fewest:  # beside the gap, any of these would tell the slope of a side on which few stand
        figures = [
            hidden(replace(f, flag=too_little(fewest))) if f.role not in ("now", "gap change") else f for f in figures
        ]
    out = tidy_rows(
        [f"{f.role}: {f.group}" for f in figures],
        words.scale * np.array([f.estimate for f in figures]),
        words.scale * np.array([f.std_error for f in figures]),
        n=[f.n for f in figures],
        conf_level=level,
        df=each.df,
        unit=words.unit,
    )
    ends = zip(out["conf_low"], out["conf_high"], figures, strict=True)
    return out.assign(
        role=[f.role for f in figures],
        group=[f.group for f in figures],
        exposure_change=[f.shift for f in figures],
        slope=[f.slope for f in figures],
        direction=[direction_of(a, b) if f.role.endswith("change") and f.role != "under the change" else ""
                   for a, b, f in ends],
        flag=[f.flag for f in figures],
    )  # fmt: skip


def _levels(cells: SupportCells, dx: Array, each: OutcomeBasis) -> list[WhatIfFigure]:
    """The mean as it is and under the change: the error of the mean, and with it that of the slopes."""
    w = _weights(cells, dx, np.ones(len(dx)))[: len(each.slope)]
    mean, shared = float(each.mean_vcov[0]), float(w @ each.mean_vcov[1:])
    under = max(0.0, mean + float(w @ each.vcov @ w) + 2 * shared)
    return [
        WhatIfFigure("now", "all", each.mean, float(np.sqrt(mean)), 0.0, each.n),
        WhatIfFigure(
            "under the change", "all", each.mean + float(w @ each.slope), float(np.sqrt(under)), float(w[0]), each.n
        ),
    ]


def _change(cells: SupportCells, dx: Array, each: OutcomeBasis, at: Array) -> tuple[float, float, float]:
    """Change of the mean outcome over the cells ``at``, its error, and the mean change of exposure."""
    w: Array = _weights(cells, dx, at)[: len(each.slope)]
    return float(w @ each.slope), float(np.sqrt(max(0.0, float(w @ each.vcov @ w)))), float(w[0])


def _weights(cells: SupportCells, dx: Array, at: Array) -> Array:
    """Mean change of exposure over some cells, and the mean of its product with the moderator."""
    n = cells["n"] * at
    out: Array = np.array([n @ dx, n @ (dx * cells["moderated"])]) / n.sum()
    return out


def _gap(cells: SupportCells, dx: Array, each: OutcomeBasis) -> WhatIfFigure:
    """Change of the difference in mean outcome between the moderator's two groups."""
    inside = cells["moderated"]
    w = _weights(cells, dx, inside) - _weights(cells, dx, 1 - inside)
    b, se = float(w @ each.slope), float(np.sqrt(max(0.0, float(w @ each.vcov @ w))))
    return WhatIfFigure("gap change", "all", b, se, float(w[0]), each.n)


def _by_group(
    cells: SupportCells,
    new: Array,
    dx: Array,
    each: OutcomeBasis,
    name: str,
    *,
    binary: bool,
    fewest: int,
    sides: Mapping[tuple[str, str], Sides],
    tells: Callable[[Sides], bool],
) -> list[WhatIfFigure]:
    """One figure a level of a group, in the levels' own order, never in that of their figures."""
    figures = []
    for value in group_order(pd.Series(cells[name]).astype("str")):
        at = np.asarray(cells[name] == value, dtype=np.float64)
        n = int(cells["n"] @ at)
        b, se, shift = _change(cells, dx, each, at)
        own = each.own.get((name, value))
        flag = ""
        if own is not None:
            b, se = shift * own[0], abs(shift) * own[1]
            flag = own_support(cells, new, at > 0, binary=binary)
        people = each.people[(name, value)]
        moved = sides.get((name, value), (np.inf, np.inf))
        few = n < MIN_ROWS or people < fewest or each.clusters[(name, value)] < MIN_CLUSTERS or tells(moved)
        flag = too_little(fewest) if few else flag
        slope = "its own" if own is not None else "the study's"
        figures.append(WhatIfFigure("group change", f"{name}: {value}", b, se, shift, n, slope, flag, people, moved))
    return [hidden(f) if f.flag else f for f in covering(figures, fewest, tells=tells)]
