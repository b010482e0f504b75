"""Bundles of evidence read back from their files: each part held to its kind, the whole to its hashes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.errors import HybridToolkitError, UnreadableError
from hybrid_toolkit.study.sharing.evidence import (
    FORMAT,
    SCHEMA,
    BundleCheck,
    BundleRow,
    EvidenceBundle,
    digest,
    study_hash,
)

_WHY: Mapping[type[Exception], str] = {
    FileNotFoundError: "it is not there",
    IsADirectoryError: "it is a folder",
    UnicodeDecodeError: "it is not UTF-8 text",
}
_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "bool | None": (bool, type(None)),
    "int": (int,),
    "float": (int, float),
    "Mapping[str, Any]": (dict,),
}
"""Kind of a field -> what JSON holds for it."""


def read_bundle(path: Path | str) -> EvidenceBundle:
    """A bundle from its file.

    Raises
    ------
    UnreadableError
        The file is not there, is no bundle, is of a newer schema, or was changed since it was written.
    """
    name = Path(path).name
    try:
        raw = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(name, _WHY.get(type(error), "it cannot be read as JSON")) from None
    return parse_bundle(raw, name=name)


def parse_bundle(raw: object, *, name: str = "bundle") -> EvidenceBundle:
    """A bundle from what its file holds; raises as ``read_bundle``."""
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise _unreadable(name, "it is not an evidence bundle")
    if raw.get("schema") != SCHEMA:
        raise _unreadable(name, f"it is of another schema than {SCHEMA}")
    body = {k: v for k, v in raw.items() if k != "content_hash"}
    if raw.get("content_hash") != digest(body):
        raise _unreadable(name, "it was changed or damaged since it was written")
    parts = {k: v for k, v in body.items() if k not in ("format", "schema")}
    rows = tuple(_part(r, BundleRow, "estimates", name) for r in _list(parts, "estimates", name))
    checks = tuple(_part(c, BundleCheck, "checks", name) for c in _list(parts, "checks", name))
    bundle: EvidenceBundle = _part({**parts, "estimates": rows, "checks": checks}, EvidenceBundle, "the bundle", name)
    if why := _unsound(bundle):
        raise _unreadable(name, why)
    return bundle


def _list(parts: Mapping[str, Any], key: str, name: str) -> list[Any]:
    if not isinstance(parts.get(key), list):
        raise _unreadable(name, f"'{key}' is no list")
    return list(parts[key])


def _part(raw: Any, kind: Any, where: str, name: str) -> Any:
    """One record with every field of its kind and no other."""
    known = {f.name: str(f.type) for f in fields(kind)}
    if not isinstance(raw, dict) or set(raw) != set(known):
        raise _unreadable(name, f"a part of {where} is missing or unknown")
    wrong = [k for k, v in raw.items() if not _is(v, known[k])]
    if wrong:
        raise _unreadable(name, f"'{wrong[0]}' in {where} is of the wrong kind")
    return kind(**raw)


def _is(value: object, kind: str) -> bool:
    if kind.startswith("tuple"):
        return isinstance(value, tuple)
    if isinstance(value, bool) and "bool" not in kind:
        return False
    return isinstance(value, _KINDS[kind]) and (not isinstance(value, float) or math.isfinite(value))


def _unsound(bundle: EvidenceBundle) -> str:
    """What does not hold together in a bundle; empty where all does."""
    try:
        study = bundle.study
    except HybridToolkitError:
        return "its study cannot be read by this version"
    rows = bundle.estimates
    refusals = (
        (study_hash(study) != bundle.study_hash or study.id != bundle.study_id, "its study is not that of its hash"),
        (study.design != bundle.design or bundle.grade not in GRADES, "its design or grade is not that of its study"),
        (GRADES.index(study.design_used.grade) < _rank(bundle.grade), "its grade is more than its design carries"),
        ([r.outcome for r in rows] != list(study.outcomes), "its estimates are not one for each outcome of its study"),
        (any(not r.std_error > 0 or r.n < 0 or r.n_clusters < 0 for r in rows), "an error or a count is not above 0"),
        (
            any(not math.isclose(r.variance, r.std_error**2, rel_tol=1e-6, abs_tol=1e-11) for r in rows),
            "a variance is not the square of its error",
        ),
        (not 0 < bundle.conf_level < 1 or not bundle.data_hash, "its level or the hash of its data is missing"),
    )
    return next((why for wrong, why in refusals if wrong), "")


def _rank(grade: str) -> int:
    return GRADES.index(grade) if grade in GRADES else len(GRADES)


def _unreadable(name: str, why: str) -> UnreadableError:
    return UnreadableError(
        f"'{name}' cannot be used as evidence: {why}.",
        fix="Ask for the bundle again; write it with study.evidence_bundle.",
        code="BUNDLE-UNREADABLE",
    )
