"""A bundle of evidence: what one authority found in a study, to be combined with others. It holds no rows.

The file is JSON with a hash of its own content, which shows damage and careless edits. It is not a signature: who
wants to be sure where a bundle comes from should take it from its sender by a safe way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.designs import RATIO_KINDS
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.disclosure.ledger.marks import FREE_ROWS
from hybrid_toolkit.disclosure.ledger.release_ledger import FreeRows, VersionLedger
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.errors import DisclosureError, StudyError, agreeing, plural
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.study_spec import StudySpec, parse_spec
from hybrid_toolkit.study.estimation.estimate import data_behind, estimate_study
from hybrid_toolkit.study.estimation.rows_usable import RESTS_ON
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.synth.committed import is_committed

FORMAT = "hybrid-toolkit evidence bundle"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class BundleRow:
    """One outcome's estimate for the study's contrast, in the unit that the study prints (log scale for a ratio).

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    term : str
        Name of the term.
    estimate : float
        The estimate, rounded by the gate.
    std_error : float
        Its standard error, rounded by the gate.
    variance : float
        Its variance, ``std_error`` squared.
    n : int
        Rows behind it, rounded by the gate.
    n_clusters : int
        Clusters.
    unit : str
        Name of the unit.
    """

    outcome: str
    term: str
    estimate: float
    std_error: float
    variance: float
    n: int
    n_clusters: int
    unit: str


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """One check of one outcome."""

    outcome: str
    name: str
    passed: bool | None
    message: str


@dataclass(frozen=True)
class EvidenceBundle:
    """What one authority found in a study. Frozen; names no authority and holds no rows of data.

    Parameters
    ----------
    study_id : str
        Id of the study.
    study_hash : str
        Hash of the declaration; equal hashes mean equal studies.
    study_toml : str
        The declaration as TOML text.
    design : str
        Id of the design.
    grade : str
        The strongest words that it carries.
    estimates : tuple[BundleRow, ...]
        See ``BundleRow`` and ``BundleCheck``.
    checks : tuple[BundleCheck, ...]
        See ``BundleRow`` and ``BundleCheck``.
    converged : bool
        Whether every fit ended at its optimum.
    conf_level : float
        Level of the study's intervals.
    synthetic : bool
        Whether the data were simulated.
    version : str
        Version of the toolkit.
    data_hash : str
        Hash of the released estimates, so that the same data are not counted twice. That of the data would confirm a
        guessed value.
    gate : Mapping[str, Any]
        Policy hash and the decisions of the disclosure gate.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.study.study import Study
    >>> rng = np.random.default_rng(5)
    >>> f = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)})
    >>> f["y"] = 2 * f["x"] + rng.normal(size=400)
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> bundle = study.evidence_bundle(study.estimate(f))
    >>> bundle.study_id, bundle.grade
    ('plain', 'associational')
    """

    study_id: str
    study_hash: str
    study_toml: str
    design: str
    grade: str
    estimates: tuple[BundleRow, ...]
    checks: tuple[BundleCheck, ...]
    converged: bool
    conf_level: float
    synthetic: bool
    version: str
    data_hash: str
    gate: Mapping[str, Any]

    @property
    def study(self) -> StudySpec:
        """The declaration."""
        return parse_spec(self.study_toml)

    def tidy(self) -> pd.DataFrame:
        """One row an outcome: ``outcome``, the columns of ``TIDY_COLUMNS`` (no interval) and ``n_clusters``.

        Returns
        -------
        pd.DataFrame
            One row an outcome: ``outcome``, the columns of ``TIDY_COLUMNS`` (no interval) and ``n_clusters``.
        """
        rows = pd.DataFrame([asdict(r) for r in self.estimates])
        return rows.reindex(columns=["outcome", *TIDY_COLUMNS, "n_clusters"])

    def glance(self) -> pd.DataFrame:
        """One row: study, n, clusters, checks failed, convergence, synthetic.

        Returns
        -------
        pd.DataFrame
            One row: study, n, clusters, checks failed, convergence, synthetic.
        """
        first = self.estimates[0]
        failed = sum(c.passed is False for c in self.checks)
        names = {"study": self.study_id, "n": first.n, "n_clusters": first.n_clusters, "checks_failed": failed}
        return pd.DataFrame([{**names, "converged": self.converged, "synthetic": self.synthetic}])

    def summary(self) -> str:
        """Prose: what it holds.

        Returns
        -------
        str
            Prose: what it holds.
        """
        stamp = f" {SYNTHETIC_STAMP}." if self.synthetic else ""
        many = len(self.estimates)
        return (
            f"Evidence on '{self.study_id}': {plural(many, 'estimate')} with "
            f"{agreeing(many, 'its variance', 'their variances')}, "
            f"{plural(len(self.checks), 'check')}, no rows of data.{stamp}"
        )

    def to_json(self) -> str:
        """The bundle as text, with the hash of its content.

        Returns
        -------
        str
            The bundle as text, with the hash of its content.
        """
        body = {"format": FORMAT, "schema": SCHEMA, **asdict(self), "gate": dict(self.gate)}
        return json.dumps({**body, "content_hash": digest(body)}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def study_hash(study: StudySpec) -> str:
    """SHA-256 of a study's declaration; equal studies have equal hashes.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> a, b, _ = headline_studies()
    >>> study_hash(a) == study_hash(a.replace()), study_hash(a) == study_hash(b)
    (True, False)
    """
    return hashlib.sha256(study.to_toml().encode()).hexdigest()


def evidence_bundle(
    study: StudySpec,
    found: StudyResult | EvaluationData | pd.DataFrame,
    path: Path | str | None = None,
    *,
    gate: Gate | None = None,
) -> EvidenceBundle:
    """What may leave an authority for a study to be combined with others: estimates and checks through the gate.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    found : StudyResult | EvaluationData | pd.DataFrame
        Its result, or data to run it on first.
    path : Path | str | None, optional
        File to write, whole or not at all; None writes none.
    gate : Gate | None, optional
        A ``hybrid_toolkit.disclosure.Gate`` with another policy; None takes the default policy and, where a file is
        named, the ledger of its folder.

    Raises
    ------
    StudyError
        The result is of another study.
    DisclosureError
        Too few rows or clusters stand behind an estimate, it is too small for the policy's decimals, or the folder
        holds figures of data that differ by few people (DATA-FEW-CHANGED) or of which that cannot be told
        (EVIDENCE-DATA).
    OutputError
        The file cannot be written.
    EstimationError
        As ``Study.estimate``.
    CoverageError
        As ``Study.estimate``.
    """
    result = found if isinstance(found, StudyResult) else estimate_study(study, found)
    if study_hash(result.study) != study_hash(study):
        raise StudyError(
            "the result is of another study than the one whose evidence is asked for.",
            fix="Use the study that made the result, or run this one on the data.",
            code="EVIDENCE-STUDY",
        )
    used, alone = _gate_beside(path, found, result) if gate is None else (gate, False)
    _made(study, result, used.without_ledger())  # what is refused is not remembered as shown
    if alone and used.ledger is not None:
        used.ledger.record(_ALONE, [{"data": result.data_hash}], version=result.data_hash)
    bundle = _made(study, result, used)
    if path is not None:
        atomic_write_text(path, bundle.to_json())
    return bundle


def _made(study: StudySpec, result: StudyResult, used: Gate) -> EvidenceBundle:
    shown = used.estimates(
        _rows(result),
        title=f"Evidence on {study.id}",
        clusters="n_clusters",
        whole=result.whole_authorities,
        labels=["outcome"],
        error_digits=4,
        source=result,
    )
    checks = result.checks_frame()[["outcome", "check", "passed", "message"]].astype({"passed": "boolean"})
    told = used.facts(checks, title=f"Checks of {study.id}", basis="metadata", source=result)
    rows = tuple(_bundle_row(r) for r in _records(shown))
    return EvidenceBundle(
        study_id=study.id,
        study_hash=study_hash(study),
        study_toml=study.to_toml(),
        design=study.design,
        grade=study.design_used.grade,
        estimates=rows,
        checks=tuple(_bundle_check(r) for r in _records(told)),
        converged=result.converged,
        conf_level=result.conf_level,
        synthetic=result.synthetic,
        version=result.version,
        data_hash=digest({"study": study_hash(study), "estimates": [asdict(r) for r in rows]}),
        gate=_record(shown, told),
    )


_ALONE = "data of results alone"
"""What a ledger calls results whose data nobody holds any more."""


def _gate_beside(path: Path | str | None, found: object, result: StudyResult) -> tuple[Gate, bool]:
    """The gate of a bundle that nobody gave one for, held to what its folder has shown; whether the data are not there.

    Raises
    ------
    DisclosureError
        EVIDENCE-DATA.
    """
    if path is None:
        return Gate(), False
    data = data_behind(result.data_hash) if isinstance(found, StudyResult) else found
    if isinstance(data, EvaluationData) and is_committed(data):
        return Gate(source=data), False
    ledger = VersionLedger(Path(path).expanduser().parent)
    if isinstance(data, EvaluationData):
        return Gate(source=data, ledger=ledger), False
    if isinstance(data, pd.DataFrame):
        return Gate(source=FreeRows({FREE_ROWS: data}, result.data_hash, result.synthetic), ledger=ledger), False
    if ledger.few_changed(_ALONE, {"data": result.data_hash}, threshold=2):
        raise DisclosureError(
            "the folder holds figures of other data, and the data behind this result are not at hand: the "
            "number of people who differ is not known.",
            fix="Pass the data in place of the result, or name another release folder.",
            code="EVIDENCE-DATA",
        )
    return Gate(source=result, ledger=ledger), True


def _rows(result: StudyResult) -> pd.DataFrame:
    """Main and secondary estimates for the study's contrast, in the unit that the study prints."""
    study = result.study
    rows = result.estimates[result.estimates["role"].isin(["main", "secondary"])].reset_index(drop=True)
    words = [study.words_for(str(o)) for o in rows["outcome"]]
    ratio = study.kind in RATIO_KINDS
    factor = study.contrast_size * np.array([1.0 if ratio else w.scale for w in words])
    out = rows[["outcome", "term", "n", RESTS_ON, RESIDUAL_DF]].assign(n_clusters=result.n_clusters)
    out["estimate"], out["std_error"] = rows["estimate"] * factor, rows["std_error"] * factor
    out["unit"] = "log ratio" if ratio else [w.unit for w in words]
    return out


def _records(release: Release) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in release.content.to_dict("records")]


def _bundle_row(row: Mapping[str, Any]) -> BundleRow:
    error = float(row["std_error"])
    if not np.isfinite(row["estimate"]) or not np.isfinite(error):
        raise DisclosureError(
            f"the estimate of '{row['outcome']}' may not be shared: it is based on too few rows or clusters.",
            fix="Add rows or clusters up to the policy's minimum, or share no bundle.",
            code="BUNDLE-WITHHELD",
        )
    if not error > 0:
        raise DisclosureError(
            f"the standard error of '{row['outcome']}' is 0 in the policy's decimals.",
            fix="Increase the scale of the study's words, or the size of its contrast.",
            code="BUNDLE-DECIMALS",
        )
    return BundleRow(
        outcome=str(row["outcome"]),
        term=str(row["term"]),
        estimate=float(row["estimate"]),
        std_error=error,
        variance=round(error**2, 12),
        n=int(row["n"]),
        n_clusters=int(row["n_clusters"]),
        unit=str(row["unit"]),
    )


def _bundle_check(row: Mapping[str, Any]) -> BundleCheck:
    passed = None if pd.isna(row["passed"]) else bool(row["passed"])
    return BundleCheck(str(row["outcome"]), str(row["check"]), passed, str(row["message"]))


def _record(*releases: Release) -> dict[str, Any]:
    decisions = [asdict(d) for r in releases for d in r.decisions]
    return {"policy_hash": releases[0].policy_hash, "decisions": decisions}


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a bundle's content."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
