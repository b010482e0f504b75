"""The Digital Exclusion Risk Index of small areas (metric MC2), to its owner's formula with settable parts.

Source: Greater Manchester Combined Authority, Digital Exclusion Risk Index v1.6. Every indicator is put on 0 to 10
between the least and the greatest value of a base; a component is a weighted sum; the index is the mean of three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.metrics.measured_columns import check_table, measured
from hybrid_toolkit.metrics.people_and_groups import PERSON_KEYS
from hybrid_toolkit.result import RowsHidden

_ROUNDING = 1e-9
"""What weights that sum to 1 are off by in floating point."""

CAUTION = (
    "An index of areas: its owner forbids its use for targets and trends, and nothing follows from it about a person, "
    "a family or a worker who lives there."
)
WEIGHTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "broadband": {"no_30mbit_pct": 1 / 3, "under_10mbit_pct": 1 / 3, "speed_mbps": 1 / 3},
        "deprivation": {"pension_credit_pct": 0.2, "no_qualifications_pct": 0.4, "unemployment_pct": 0.2, "imd": 0.2},
        "demography": {
            "age_65_74_pct": 5 / 14,
            "age_75_pct": 5 / 14,
            "limiting_disability_pct": 2 / 14,
            "grade_de_pct": 2 / 14,
        },
    }
)
"""Component -> indicator -> weight. The owner's weights of demography are 5, 5, 2 and 2; they are divided by 14 here,
since its formula as printed does not make them sum to 1. The three components weigh the same."""
REVERSED = ("speed_mbps",)
"""Indicators of which more is less risk."""
_BASES = ("authority", "nation", "Great Britain")
"""Areas over which the least and the greatest value are taken; indices of different bases do not compare."""
_PEOPLE = (*PERSON_KEYS, "contact_id", "rater_id")


@dataclass(frozen=True)
class AreaIndex(RowsHidden):
    """The index of each area, with what it rests on.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an area: ``area``, the components ``broadband``, ``deprivation``, ``demography`` and ``deri``, all 0
        (least risk) to 10; missing where an indicator is.
    base : str
        What it was worked out with.
    weights : Mapping[str, Mapping[str, float]]
        What it was worked out with.
    caution : str, default CAUTION
        Its owner's warning, shown wherever the index is.

    Examples
    --------
    >>> one = {name: [0.0, 5.0, 10.0] for part in WEIGHTS.values() for name in part}
    >>> frame = pd.DataFrame({"area": ["a", "b", "c"], **one})
    >>> index = digital_exclusion_risk(frame, base="authority")
    >>> index.frame[["area", "deri"]].round(2).values.tolist()
    [['a', 1.11], ['b', 5.0], ['c', 8.89]]
    """

    frame: pd.DataFrame = field(repr=False)
    base: str
    weights: Mapping[str, Mapping[str, float]]
    caution: str = CAUTION

    def summary(self) -> str:
        """One sentence and the warning; no area is named or ranked.

        Returns
        -------
        str
            One sentence and the warning; no area is named or ranked.
        """
        known = self.frame["deri"].dropna()
        spread = f", from {known.min():.1f} to {known.max():.1f}" if len(known) else ""
        return (
            f"Digital Exclusion Risk Index of {plural(len(known), 'area')}, {len(self.frame) - len(known):,} left out "
            f"for missing indicators; base: {self.base}{spread}. {self.caution}"
        )


def digital_exclusion_risk(
    areas: pd.DataFrame,
    *,
    base: str,
    base_areas: pd.DataFrame | None = None,
    weights: Mapping[str, Mapping[str, float]] = WEIGHTS,
) -> AreaIndex:
    """The index of small areas: score = 10 (x - min) / (max - min), reversed for speed; mean of three components.

    Parameters
    ----------
    areas : pd.DataFrame
        One row a small area: ``area`` (its code) and the indicators that the weights name.
    base : str
        ``authority``, ``nation`` or ``Great Britain``: what the least and greatest values are those of.
    base_areas : pd.DataFrame | None, optional
        The areas of the base; ``areas`` itself where it is left out.
    weights : Mapping[str, Mapping[str, float]], default WEIGHTS
        Component -> indicator -> weight; of each component they sum to 1.

    Returns
    -------
    AreaIndex
        The index of small areas: score = 10 (x - min) / (max - min), reversed for speed; mean of three components.

    Raises
    ------
    MeasureError
        Rows of people, an area twice, an absent indicator, weights below zero or not summing to 1, a base without a
        name or without variation, or an area outside its base.

    Examples
    --------
    >>> one = {name: [0.0, 5.0, 10.0] for part in WEIGHTS.values() for name in part}
    >>> frame = pd.DataFrame({"area": ["a", "b", "c"], **one})
    >>> digital_exclusion_risk(frame, base="authority").frame["broadband"].round(2).tolist()
    [3.33, 5.0, 6.67]
    """
    _check(areas, base, weights)
    whole = areas if base_areas is None else base_areas
    named = [name for part in weights.values() for name in part]
    gone = [n for n in named if n not in whole.columns]
    if gone:
        raise MeasureError(f"The base has no column {', '.join(gone)}.", fix="Add it to the base.", code="DERI-COLUMN")
    scores = pd.DataFrame({name: _score(areas[name], whole[name], name) for name in named})
    out = pd.DataFrame({"area": areas["area"].astype("str").to_numpy()})
    for component, part in weights.items():
        out[component] = sum(w * scores[name].to_numpy() for name, w in part.items())
    out["deri"] = out[list(weights)].mean(axis=1, skipna=False)
    return AreaIndex(out, base, weights)


def _score(values: pd.Series[float], base: pd.Series[float], name: str) -> pd.Series[float]:
    x = pd.Series(measured(values, name), values.index)
    whole = pd.Series(measured(base, name), base.index)
    low, high = whole.min(), whole.max()
    if not high > low:
        raise MeasureError(
            f"Indicator '{name}' does not vary over the base.", fix="Use a wider base.", code="DERI-BASE"
        )
    outside = int(((x < low) | (x > high)).sum())
    if outside:
        raise MeasureError(
            f"Indicator '{name}': {plural(outside, 'area lies', 'areas lie')} outside the base's least and greatest "
            "value.",
            fix="Use a base that holds the areas.",
            code="DERI-BASE",
        )
    score = 10 * (x - low) / (high - low)
    return 10 - score if name in REVERSED else score


def _check(areas: pd.DataFrame, base: str, weights: Mapping[str, Mapping[str, float]]) -> None:
    check_table(areas)
    people = [c for c in _PEOPLE if c in areas.columns]
    if people:
        raise MeasureError(
            f"The frame has {', '.join(people)}: the index is one of areas and is never joined to people.",
            fix="Provide one row for each area. For families use household_access(), which asks the families "
            "themselves.",
            code="DERI-PEOPLE",
        )
    if base not in _BASES:
        raise MeasureError("The base is not named.", fix=f"Set base to one of {', '.join(_BASES)}.", code="DERI-BASE")
    gone = [c for c in ("area", *(n for part in weights.values() for n in part)) if c not in areas.columns]
    if gone:
        raise MeasureError(
            f"The frame has no column {', '.join(gone)}.", fix="Add it to the frame.", code="DERI-COLUMN"
        )
    twice = int(areas["area"].duplicated().sum())
    if twice:
        raise MeasureError(
            f"{plural(twice, 'area has', 'areas have')} more than one row.",
            fix="Provide one row for each area.",
            code="DERI-AREA",
        )
    for component, part in weights.items():
        if min(part.values()) < 0 or abs(sum(part.values()) - 1) > _ROUNDING:
            raise MeasureError(
                f"The weights of '{component}' are below zero or do not sum to 1.",
                fix="Set weights of 0 or more that sum to 1.",
                code="DERI-WEIGHT",
            )
