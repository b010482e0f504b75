"""The disclosure policy: what may be shown, read from one TOML file, and whether a sentence may be."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from hybrid_toolkit.disclosure.release import Decision
from hybrid_toolkit.errors import DisclosureError, UnreadableError

FLOOR_THRESHOLD = 10
"""The smallest group shown without a stated reason (the threshold of ONS safe research settings)."""
FLOOR_CLUSTERS = 5
"""The fewest clusters under an estimate shown without a stated reason."""
FLOOR_RESIDUAL_DF = 10
"""The fewest residual degrees of freedom of a regression shown without a stated reason (the default of ACRO)."""
FLOOR_ROUNDING = 5
"""The least to which counts are rounded without a stated reason."""
MOST_DECIMALS = 3
"""The most decimals shown without a stated reason."""

_SECTIONS: Mapping[str, Mapping[str, type]] = {
    "counts": {
        "threshold": int,
        "rounding_base": int,
        "zero_cells": str,
        "secondary": bool,
        "protection_width": int,
    },
    "values": {"decimals": int, "drop_extremes": bool, "dominance_share": float},
    "estimates": {"minimum_clusters": int, "minimum_residual_df": int, "guard_authorities": bool},
    "tables": {"max_cells": int, "max_dimensions": int},
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the gate lets through. Frozen; read from a file with ``load_policy``.

    Parameters
    ----------
    name : str, default "default"
        What the policy is called, why it differs from the default, and who agreed to that (a role, such as "head of
        performance").
    reason : str, optional
        What the policy is called, why it differs from the default, and who agreed to that (a role, such as "head of
        performance").
    agreed_by : str, optional
        What the policy is called, why it differs from the default, and who agreed to that (a role, such as "head of
        performance").
    threshold : int, default 10
        Smallest count shown, in people, families or contacts.
    rounding_base : int, default 5
        Counts are rounded to the nearest multiple of it; 1 for none.
    zero_cells : str, default "suppress"
        ``"suppress"`` or ``"show"``.
    secondary : bool, default True
        Hide further cells in tables with totals.
    protection_width : int, default 10
        Narrowest range that may remain for a hidden small count.
    decimals : int, default 3
        Decimals kept of values.
    drop_extremes : bool, default True
        Remove minimum, maximum and range columns.
    dominance_share : float, default 1.0
        Largest share of one contributor; 1.0 for no rule.
    minimum_clusters : int, default 5
        Fewest clusters under an estimate.
    minimum_residual_df : int, default 10
        Fewest rows of a regression beyond its coefficients: with fewer, the coefficients give the outcome of each row.
    guard_authorities : bool, default False
        Hold estimates whose clusters are whole authorities to ``minimum_clusters`` as well.
    max_cells : int, default 600
        Most cells in one table.
    max_dimensions : int, default 3
        Most dimensions of one table.

    Raises
    ------
    DisclosureError
        A value is out of range, or is looser than the floor and ``reason`` or ``agreed_by`` is empty.

    Examples
    --------
    >>> Policy().threshold, Policy().lowered
    (10, ())
    >>> Policy(threshold=5, reason="For a closed audience.", agreed_by="data owner").lowered
    ('threshold 5 is below the floor of 10',)
    """

    name: str = "default"
    reason: str = ""
    agreed_by: str = ""
    threshold: int = 10
    rounding_base: int = 5
    zero_cells: str = "suppress"
    secondary: bool = True
    protection_width: int = 10
    decimals: int = 3
    drop_extremes: bool = True
    dominance_share: float = 1.0
    minimum_clusters: int = 5
    minimum_residual_df: int = 10
    guard_authorities: bool = False
    max_cells: int = 600
    max_dimensions: int = 3

    def __post_init__(self) -> None:
        ranges = {
            "threshold": (1, 10_000),
            "rounding_base": (1, 1_000),
            "protection_width": (1, 10_000),
            "decimals": (0, 6),
            "dominance_share": (0.0, 1.0),
            "minimum_clusters": (1, 1_000),
            "minimum_residual_df": (0, 1_000),
            "max_cells": (1, 100_000),
            "max_dimensions": (1, 6),
        }
        for key, (low, high) in ranges.items():
            if not low <= getattr(self, key) <= high:
                raise DisclosureError(
                    f"The disclosure policy's '{key}' must lie from {low} to {high}.",
                    fix="Correct the policy file.",
                    code="POLICY-RANGE",
                )
        if self.zero_cells not in ("suppress", "show"):
            raise DisclosureError(
                "The disclosure policy's 'zero_cells' must be 'suppress' or 'show'.",
                fix="Correct the policy file.",
                code="POLICY-RANGE",
            )
        if self.lowered and not (self.reason.strip() and self.agreed_by.strip()):
            raise DisclosureError(
                f"The disclosure policy is looser than the floor: {'; '.join(self.lowered)}.",
                fix="State why in 'reason' and who agreed in 'agreed_by' (both are printed with every release), or "
                "keep to the floor.",
                code="POLICY-LOWERED",
            )

    @property
    def lowered(self) -> tuple[str, ...]:
        """In what the policy is looser than the floor, in words."""
        found = []
        if self.threshold < FLOOR_THRESHOLD:
            found.append(f"threshold {self.threshold} is below the floor of {FLOOR_THRESHOLD}")
        if self.minimum_clusters < FLOOR_CLUSTERS:
            found.append(f"{self.minimum_clusters} clusters is below the floor of {FLOOR_CLUSTERS}")
        if self.minimum_residual_df < FLOOR_RESIDUAL_DF:
            found.append(f"{self.minimum_residual_df} residual degrees of freedom are below {FLOOR_RESIDUAL_DF}")
        if self.protection_width < min(self.threshold, FLOOR_THRESHOLD):
            found.append(f"protection width {self.protection_width} is below the threshold")
        if not self.secondary:
            found.append("secondary suppression is off")
        if not self.drop_extremes:
            found.append("minimum and maximum columns are kept")
        if self.zero_cells == "show":
            found.append("counts of zero are shown")
        if self.rounding_base < FLOOR_ROUNDING:
            found.append(f"counts are rounded to {self.rounding_base}, finer than the floor of {FLOOR_ROUNDING}")
        if self.decimals > MOST_DECIMALS:
            found.append(f"{self.decimals} decimals are more than {MOST_DECIMALS}")
        return tuple(found)

    @property
    def hash(self) -> str:
        """SHA-256 of every setting."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def load_policy(path: str | Path | None = None) -> Policy:
    """Read a policy file; without a path, the one that comes with the package.

    Parameters
    ----------
    path : str | Path | None, optional
        The TOML file.

    Returns
    -------
    Policy
        What the gate lets through.

    Raises
    ------
    UnreadableError
        The file is not there or is not TOML.
    DisclosureError
        A key is missing, unknown or of the wrong type, or a limit is lowered without a reason.

    Examples
    --------
    >>> load_policy() == Policy()
    True
    """
    source = Path(path) if path is not None else files("hybrid_toolkit.disclosure") / "policy.toml"
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, or nested too deep
        raise UnreadableError(
            f"The disclosure policy cannot be read as TOML ({type(error).__name__}).",
            fix="Start from a copy of hybrid_toolkit/disclosure/policy.toml.",
            code="POLICY-UNREADABLE",
        ) from None
    return Policy(**_flat(raw))


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    _same_keys("the top level", set(raw), {"name", "reason", "agreed_by", *_SECTIONS})
    found: dict[str, Any] = {}
    for key in ("name", "reason", "agreed_by"):
        found[key] = _typed(key, raw[key], str)
    for section, keys in _SECTIONS.items():
        _same_keys(f"[{section}]", set(raw[section]) if isinstance(raw[section], dict) else set(), set(keys))
        for key, kind in keys.items():
            found[key] = _typed(f"{section}.{key}", raw[section][key], kind)
    return found


def _same_keys(where: str, got: set[str], expected: set[str]) -> None:
    missing, unknown = sorted(expected - got), sorted(got - expected)
    if missing or unknown:
        parts = [f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("unknown", unknown)) if names]
        raise DisclosureError(
            f"The disclosure policy, {where}: {'; '.join(parts)}.",
            fix="Keep every key of hybrid_toolkit/disclosure/policy.toml and no other.",
            code="POLICY-KEYS",
        )


def _typed(key: str, value: object, kind: type) -> object:
    ok = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    if not ok or (isinstance(value, bool) and kind is not bool):
        raise DisclosureError(
            f"The disclosure policy's '{key}' must be of type {kind.__name__}.",
            fix="Correct the policy file.",
            code="POLICY-TYPE",
        )
    return float(value) if kind is float and isinstance(value, (int, float)) else value


def withhold_text(
    policy: Policy,
    *,
    n: float | None,
    clusters: float | None,
    whole: bool,
    people: float | None = None,
    residual_df: float = float("nan"),
) -> tuple[str, tuple[Decision, ...]]:
    """What stands in place of a sentence that rests on too little, empty where it may be shown; and the decisions.

    Examples
    --------
    >>> withhold_text(Policy(), n=40, clusters=3, whole=False)[0]
    'Withheld: fewer than 5 clusters stand behind it.'
    """
    least = min((v for v in (n, people) if v is not None), default=None)
    if least is not None and not least >= policy.threshold:
        told = f"Withheld: fewer than {policy.threshold} stand behind it."
        return told, (Decision("threshold", "1 of 1 texts withheld", "Too few stand behind it.", 1),)
    if residual_df < policy.minimum_residual_df and not exempted(policy, whole):
        told = f"Withheld: fewer than {policy.minimum_residual_df} rows beyond the coefficients stand behind it."
        return told, (Decision("residual_df", "1 of 1 texts withheld", "Too few residual degrees of freedom.", 1),)
    if clusters is not None and exempted(policy, whole):
        return "", (exemption(policy),)
    if clusters is not None and clusters < policy.minimum_clusters:
        told = f"Withheld: fewer than {policy.minimum_clusters} clusters stand behind it."
        return told, (Decision("clusters", "1 of 1 texts withheld", "Too few clusters stand behind it.", 1),)
    return "", ()


def exempted(policy: Policy, whole: bool) -> bool:
    """Whether the least number of clusters is not asked for: they are whole authorities, which the policy exempts."""
    return whole and not policy.guard_authorities


def exemption(policy: Policy) -> Decision:
    return Decision(
        "clusters",
        f"Not held to {policy.minimum_clusters} clusters",
        "Each cluster is a whole authority, and the disclosure policy exempts whole authorities.",
    )
