"""Several authorities together: their bundles combined by random effects. None is named, ordered or ranked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.data.wording.claim_words import (
    OutcomeLabel,
    check_words,
    contrast_of,
    relative_phrase,
)
from hybrid_toolkit.designs import RATIO_KINDS
from hybrid_toolkit.errors import StudyError, plural
from hybrid_toolkit.models.inference.meta_analysis import fit_random_effects
from hybrid_toolkit.models.inference.meta_analysis_result import (
    META_ANALYSIS_INTERVALS,
    META_ANALYSIS_METHODS,
    RandomEffects,
)
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.estimation.claim_grammar import family_of, grammar, known_lean, open_path
from hybrid_toolkit.study.estimation.claims import Claim, claim_slots, guard_words, make_claim
from hybrid_toolkit.study.graph.identification import identify
from hybrid_toolkit.study.sharing.evidence import EvidenceBundle
from hybrid_toolkit.study.sharing.evidence_file import read_bundle

LIMITS = (
    "Which authority does better: the spread between authorities is not a table of them.",
    "Why authorities differ.",
)
_MANY = 0.2
"""Share of authorities in which a check may fail before it fails for all: a test at 5% fails in some by chance."""
_SMALL = 5
"""Authorities under which the spread between them is hardly known."""


@dataclass(frozen=True, eq=False)
class PooledEvidence:
    """A study's answers over several authorities.

    Parameters
    ----------
    study : StudySpec
        The declaration that all share.
    fits : tuple[tuple[str, RandomEffects], ...]
        Outcome and its random-effects fit, in the unit that the study prints (log scale for a ratio).
    checks : tuple[tuple[str, tuple[Check, ...]], ...]
        Outcome and checks; one that failed in over a fifth of the authorities fails here.
    k : int
        Number of authorities.
    n : int
        Rows behind them (rounded).
    synthetic : bool
        Whether the data were simulated.
    versions : tuple[str, ...]
        Versions of the toolkit that made the bundles.
    converged : bool
        Whether every fit, here and in the authorities, ended at its optimum.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.study.study import Study
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> bundles = []
    >>> for seed in range(5):
    ...     rng = np.random.default_rng(seed)
    ...     f = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)})
    ...     f["y"] = 2 * f["x"] + rng.normal(size=400)
    ...     bundles.append(study.evidence_bundle(f))
    >>> found = pool(bundles)
    >>> [claim.grade for claim in found.claims()]
    ['associational']
    """

    study: StudySpec
    fits: tuple[tuple[str, RandomEffects], ...]
    checks: tuple[tuple[str, tuple[Check, ...]], ...] = field(repr=False)
    k: int
    n: int
    synthetic: bool
    versions: tuple[str, ...]
    converged: bool

    def fit(self, outcome: str = "") -> RandomEffects:
        """The random-effects fit of the main or another outcome.

        Parameters
        ----------
        outcome : str, optional
            The main outcome by default, or another.

        Returns
        -------
        RandomEffects
            The random-effects fit of the main or another outcome.
        """
        return dict(self.fits)[outcome or self.study.outcome]

    def tidy(self) -> pd.DataFrame:
        """Two rows an outcome: ``outcome``, ``role`` (pooled, prediction), then the columns of ``TIDY_COLUMNS``.

        Returns
        -------
        pd.DataFrame
            Two rows an outcome: ``outcome``, ``role`` (pooled, prediction), then the columns of ``TIDY_COLUMNS``.
        """
        unit = "log ratio" if self.study.kind in RATIO_KINDS else ""
        parts = [
            f.tidy(unit=unit or self.study.words_for(o).unit).assign(outcome=o, role=["pooled", "prediction"])
            for o, f in self.fits
        ]
        return pd.concat(parts, ignore_index=True)[["outcome", "role", *TIDY_COLUMNS]]

    def glance(self) -> pd.DataFrame:
        """One row an outcome: authorities, rows, variance between them, heterogeneity, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row an outcome: authorities, rows, variance between them, heterogeneity, method, convergence.
        """
        return pd.concat([f.glance().assign(outcome=o) for o, f in self.fits], ignore_index=True)

    def claims(self) -> tuple[Claim, ...]:
        """One claim an outcome on the mean over authorities, graded as a study's own; see ``StudyResult.claims``.

        Returns
        -------
        tuple[Claim, ...]
            One claim an outcome on the mean over authorities, graded as a study's own; see ``StudyResult.claims``.
        """
        return tuple(self._claim(o, f) for o, f in self.fits)

    def _claim(self, outcome: str, fit: RandomEffects) -> Claim:
        words, ratio = self.study.words_for(outcome), self.study.kind in RATIO_KINDS
        scale = 1.0 if ratio else words.scale
        told = Check(
            "authorities",
            self.k >= _SMALL,
            f"{self.k} authorities tell little of how much others differ.",
            self.k,
            _SMALL,
        )
        fitted = () if self.converged else (Check("convergence", False, "A fit did not converge."),)
        return make_claim(
            words=words,
            contrast=contrast_of(
                self.study.contrast, self.study.exposure, self.study.kind, size=self.study.contrast_size
            ),
            estimate=fit.estimate / scale,
            low=fit.conf_low / scale,
            high=fit.conf_high / scale,
            conf_level=fit.conf_level,
            design_grade=self.study.design_used.grade,
            checks=(
                *dict(self.checks).get(outcome, ()),
                told,
                *fitted,
                *open_path(identify(self.study, outcome=outcome)),
                *known_lean(self.study),
            ),
            caveats=(*self.study.caveats, *LIMITS),
            synthetic=self.synthetic,
            notes=(f"It is a mean over {self.k} authorities that may truly differ (I2 {fit.i2:.0%}).",),
            kind=self.study.kind,
            relative_to=relative_phrase(self.study.kind, self.study.moderators, self.study.mediators),
        )

    def prediction(self, outcome: str = "") -> str:
        """The sentence on where another authority like these would lie, from the grammar of claims.

        Parameters
        ----------
        outcome : str, optional
            The main outcome by default, or another.

        Returns
        -------
        str
            The sentence on where another authority like these would lie, from the grammar of claims.
        """
        name = outcome or self.study.outcome
        fit = self.fit(name)
        return prediction_sentence(
            words=self.study.words_for(name),
            contrast=contrast_of(
                self.study.contrast, self.study.exposure, self.study.kind, size=self.study.contrast_size
            ),
            low=fit.prediction_low,
            high=fit.prediction_high,
            conf_level=fit.conf_level,
            k=fit.k,
            kind=self.study.kind,
            relative_to=relative_phrase(self.study.kind, self.study.moderators, self.study.mediators),
        )

    def summary(self) -> str:
        """Prose: the question, the claims, the prediction interval, heterogeneity, the stamp of simulated data.

        Returns
        -------
        str
            Prose: the question, the claims, the prediction interval, heterogeneity, the stamp of simulated data.
        """
        first = self.fits[0][1]
        how = f"{META_ANALYSIS_METHODS[first.method]}, {META_ANALYSIS_INTERVALS[first.interval]} interval"
        lines = [self.study.question, f"{self.k} authorities, none named: random effects ({how})."]
        for claim, (outcome, fit) in zip(self.claims(), self.fits, strict=True):
            spread = f"Between authorities: I2 {fit.i2:.0%}, Q p = {fit.q_p_value:.2f}."
            lines += [claim.text, self.prediction(outcome), spread]
        if self.synthetic:
            lines.append(SYNTHETIC_STAMP)
        return "\n".join(lines)


def pool(
    bundles: Sequence[EvidenceBundle | Path | str],
    *,
    method: str = "reml",
    interval: str = "hartung-knapp",
    conf_level: float = 0.95,
) -> PooledEvidence:
    """Combine the bundles of several authorities that ran the same study.

    Parameters
    ----------
    bundles : Sequence[EvidenceBundle | Path | str]
        Bundles, or the files that ``Study.evidence_bundle`` wrote.
    method : str, default "reml"
        As ``hybrid_toolkit.models.inference.meta_analysis.fit_random_effects``.
    interval : str, default "hartung-knapp"
        As ``hybrid_toolkit.models.inference.meta_analysis.fit_random_effects``.
    conf_level : float, default 0.95
        As ``hybrid_toolkit.models.inference.meta_analysis.fit_random_effects``.

    Returns
    -------
    PooledEvidence
        A study's answers over several authorities.

    Raises
    ------
    StudyError
        Fewer than two bundles, bundles of different studies, outcomes or units, the same data twice, simulated and real
        data together. Bundles name no authority, so two of one authority on different data are not told apart from two
        authorities: who collects them keeps one each.
    UnreadableError
        A file is no bundle, or was changed since it was written.
    EstimationError
        An unknown method.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.study.study import Study
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> bundles = []
    >>> for seed in range(5):
    ...     rng = np.random.default_rng(seed)
    ...     f = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)})
    ...     f["y"] = 2 * f["x"] + rng.normal(size=400)
    ...     bundles.append(study.evidence_bundle(f))
    >>> found = pool(bundles)
    >>> found.k, round(found.fit().estimate, 1)
    (5, 2.0)
    """
    read = _read(bundles)
    _check_together(read)
    study = read[0].study
    fits = []
    for outcome in study.outcomes:
        rows = [r for b in read for r in b.estimates if r.outcome == outcome]
        fit = fit_random_effects(
            [r.estimate for r in rows],
            [r.variance for r in rows],
            n=sum(r.n for r in rows),
            method=method,
            interval=interval,
            conf_level=conf_level,
        )
        fits.append((outcome, fit))
    return PooledEvidence(
        study=study,
        fits=tuple(fits),
        checks=tuple((o, _checks_of(read, o)) for o in study.outcomes),
        k=len(read),
        n=fits[0][1].n,
        synthetic=read[0].synthetic,
        versions=tuple(sorted({b.version for b in read})),
        converged=all(b.converged for b in read) and all(f.converged for _, f in fits),
    )


def _read(bundles: Sequence[EvidenceBundle | Path | str]) -> list[EvidenceBundle]:
    """Each bundle, from its file where a path is given."""
    several = isinstance(bundles, Iterable) and not isinstance(bundles, str | bytes)
    given = list(bundles) if several else [None]
    if not all(isinstance(b, EvidenceBundle | Path | str) for b in given):
        raise StudyError(
            "pool takes a list of bundles, or of paths to their files.",
            fix='Write pool(["one.json", "two.json"]).',
            code="POOL-KIND",
        )
    return [b if isinstance(b, EvidenceBundle) else read_bundle(b) for b in given if b is not None]


def _check_together(read: Sequence[EvidenceBundle]) -> None:
    """The bundles are several, of one study, each on its own data, in the same outcomes, terms and units."""
    studies, data = {b.study_hash for b in read}, [b.data_hash for b in read]
    measured = {tuple((r.outcome, r.term, r.unit) for r in b.estimates) for b in read}
    twice = [f"{data.index(h) + 1} and {i + 1}" for i, h in enumerate(data) if h in data[:i]]
    refusals = (
        (
            len(read) < 2,
            f"{plural(len(read), 'bundle was', 'bundles were')} given; combining needs at least 2",
            "POOL-ONE",
        ),
        (len(studies) > 1, f"the bundles are of {len(studies)} different studies", "POOL-STUDIES"),
        (twice, f"bundles rest on the same data, by their place: {', '.join(twice)}", "POOL-TWICE"),
        (len({b.synthetic for b in read}) > 1, "simulated and real data would be mixed", "POOL-SYNTHETIC"),
        (len(measured) > 1, "the bundles differ in their outcomes, terms or units", "POOL-UNITS"),
    )
    for wrong, what, code in refusals:
        if wrong:
            raise StudyError(f"{what}.", fix="Use one bundle for each authority, all from the same study.", code=code)


def _checks_of(read: Sequence[EvidenceBundle], outcome: str) -> tuple[Check, ...]:
    """Every check of an outcome once, told by count.

    Failed where it failed in over a fifth of the authorities, undecided where fewer than half of them could tell.
    """
    mine: dict[str, list[bool | None]] = {}
    for bundle in read:
        for c in bundle.checks:
            if c.outcome == outcome:
                mine.setdefault(c.name, []).append(c.passed)
    out = []
    for name, passed in mine.items():
        told, failed = sum(p is not None for p in passed), sum(p is False for p in passed)
        share, undecided = failed / len(passed), len(passed) - told
        message = False if share > _MANY else True if told >= len(passed) / 2 else None
        rest = f"; {undecided} could not tell" if undecided else ""
        words = f"It failed in {failed} of the {len(passed)} authorities{rest}."
        out.append(Check(name, message, words, float(np.round(share, 2)) if told else None, _MANY))
    return tuple(out)


def prediction_sentence(
    *,
    words: OutcomeLabel,
    contrast: str,
    low: float,
    high: float,
    conf_level: float,
    k: int,
    kind: str = "slope",
    relative_to: str = "",
) -> str:
    """Where another authority like ``k`` that were combined would lie, in the words of the grammar.

    Parameters are those of ``make_claim``; ``low`` and ``high`` are printed as they are (log scale for a ratio).

    Raises
    ------
    StudyError
        The words claim too much.
    """
    check_words(contrast, words.phrase, words.unit, relative_to)
    log = family_of(kind) == "ratio"
    name = ("ratio" if log else "difference") if math.isfinite(low) and math.isfinite(high) else "none"
    figures = (0.0, low, high) if name != "none" else (0.0, 0.0, 0.0)
    slots = claim_slots(words, contrast, figures, conf_level, kind=kind, relative_to=relative_to)
    text: str = grammar()["prediction"][name].format(**slots, k=k)
    guard_words(text.replace("prediction interval", "interval"), "associational")
    return text
