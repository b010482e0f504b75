"""How large a synthetic world is: teams, workers, months and survey waves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError


@dataclass(frozen=True, slots=True)
class Size:
    """How large a synthetic world is.

    Parameters
    ----------
    name : str
        Its name in ``SIZES`` or any other.
    n_la : int
        Local authorities.
    teams_per_la : int
        Teams an authority (the mean, where there is more than one authority).
    workers_per_team : float
        Filled posts a team at the start, agency workers among them.
    months : int
        Months observed; the last is September of the calibration year.
    waves : int
        Survey waves, in months 3, 7, 11, ... counted from 1.

    Examples
    --------
    >>> SIZES["small"].teams_per_la, SIZES["small"].wave_months
    (24, (2, 6, 10))
    """

    name: str
    n_la: int
    teams_per_la: int
    workers_per_team: float
    months: int
    waves: int

    def __post_init__(self) -> None:
        if min(self.n_la, self.months) < 1 or self.teams_per_la < 2 or self.workers_per_team < 2:
            raise UsageError(
                "A size needs at least 1 authority, 1 month, 2 teams and 2 workers a team.",
                fix="Choose one of SIZES, or increase the numbers.",
                code="SYNTH-SIZE",
            )
        if self.waves < 0 or 4 * self.waves - 1 > self.months:
            raise UsageError(
                f"{self.waves} survey waves do not fit in {self.months} months; wave w is in month 4w - 1.",
                fix="Ask for fewer waves or more months.",
                code="SYNTH-SIZE",
            )

    @property
    def wave_months(self) -> tuple[int, ...]:
        """Month index of each wave, counted from 0."""
        return tuple(4 * w + 2 for w in range(self.waves))


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        s.name: s
        for s in (
            Size("small", 1, 24, 8.5, 12, 3),
            Size("three-years", 1, 24, 8.5, 36, 9),
            Size("authority", 1, 40, 10.0, 24, 6),
            Size("region", 12, 24, 10.0, 12, 3),
            Size("national", 150, 24, 10.0, 12, 3),
        )
    }
)
"""Sizes by name."""
