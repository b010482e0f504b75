"""The synthetic data that come with the toolkit."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.errors import UsageError

SCENARIO, SEED = "helpful-hump", 2026
"""What every data set of the toolkit is drawn from; chosen before anything was estimated from them."""
NAMES = ("small", "national-panel", "three-years")


def synthetic_folder(name: str = "small") -> Path:
    """The folder of a committed synthetic data set: inside an installed wheel, or in the repository.

    Raises
    ------
    UsageError
        No data set has that name, or it is not here; "three-years" has no folder.
    """
    if name not in NAMES:
        raise UsageError(
            "There is no committed synthetic data set of that name.",
            fix=f"Choose one of: {', '.join(NAMES)}.",
            code="SYNTH-UNKNOWN",
        )
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_synthetic" / name, package.parent / "data" / "synthetic" / name):
        if (place / "manifest.json").is_file():
            return place
    raise UsageError(
        f"The committed synthetic data set '{name}' is not in this installation.",
        fix="Install the wheel again, or in the repository run: python -m tools.make_synthetic.",
        code="SYNTH-ABSENT",
    )


def is_committed(data: EvaluationData) -> bool:
    """Whether the content is that of a data set that comes with the toolkit, by the toolkit's own copy of its hash.

    A manifest beside other data says what its writer wants it to: hashes of one's own files are easily written, so that
    nothing in a folder tells simulated data from real.

    Examples
    --------
    >>> data = load_synthetic()
    >>> is_committed(data), is_committed(EvaluationData({"team": data.table("team")}, synthetic=True))
    (True, False)
    """
    known = set()
    for name in NAMES[:2]:  # the third has no folder
        try:
            manifest = json.loads((synthetic_folder(name) / "manifest.json").read_text(encoding="utf-8"))
        except UsageError:
            continue
        known.add(manifest["content_sha256"])
    return data.hash in known


def load_synthetic(name: str = "small") -> EvaluationData:
    """Load a synthetic data set that comes with the toolkit: no file to fetch, no server.

    Parameters
    ----------
    name : str, default "small"
        "small" (one authority over 12 months, all tables), "national-panel" (150 authorities by year) or "three-years"
        (one authority over 36 months, all tables; it is simulated when it is asked for, which takes half a second).

    Returns
    -------
    EvaluationData
        Tables that keep to the contracts, with their provenance.

    Raises
    ------
    UsageError
        No data set has that name, or it is not here.

    Examples
    --------
    >>> data = load_synthetic()
    >>> data.label, len(data["team"])
    ('synthetic: helpful-hump, small, seed 2026', 24)
    """
    if name == "three-years":
        from hybrid_toolkit.synth.generate import simulate_authority

        return simulate_authority(SCENARIO, name, SEED)
    kept = _read_once(synthetic_folder(name))
    data = replace(kept, tables={table: frame.copy(deep=False) for table, frame in kept.tables.items()})
    data.__dict__["hash"] = kept.hash  # a cached property: the values are the same
    return data


@lru_cache(maxsize=2)
def _read_once(folder: Path) -> EvaluationData:
    """Reading and hashing take two seconds; a process that asks again gets frames of its own over the same values."""
    return replace(load_data(folder), synthetic=True)
