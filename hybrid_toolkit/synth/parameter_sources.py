"""What the parameters of a ``Truth`` mean and where they come from: published, a published direction, or assumed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

SOURCE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "published": "the size is a published one, or lies in a published range",
        "direction": "a study gives the direction; the size is assumed",
        "assumed": "assumed by this project, to be changed and argued with",
    }
)
"""What can be said of where a parameter comes from."""


@dataclass(frozen=True, slots=True)
class ParameterSource:
    """What one parameter means and where it comes from.

    Parameters
    ----------
    meaning : str
        What it does to the data, in a sentence.
    kind : str
        A key of ``SOURCE_KINDS``.
    source : str
        The study or figure; of an assumed one, why it was taken.
    """

    meaning: str
    kind: str
    source: str

    def __str__(self) -> str:
        """In one line: kind and source."""
        return f"{self.kind}: {self.source}"


@lru_cache(maxsize=1)
def parameter_sources() -> Mapping[str, ParameterSource]:
    """Every parameter of a ``Truth`` with its meaning and source.

    Returns
    -------
    Mapping[str, ParameterSource]
        Parameter -> source, in the order of ``Truth``.

    Examples
    --------
    >>> found = parameter_sources()
    >>> found["rs_mean"].kind, str(found["leave_commute"]).partition(" (")[0]
    ('assumed', 'direction: Bloom, Han and Liang 2024')
    """
    text = resources.files("hybrid_toolkit.synth").joinpath("parameters.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            r["parameter"]: ParameterSource(r["meaning"], r["kind"], r["source"])
            for r in csv.DictReader(text.splitlines())
        }
    )
