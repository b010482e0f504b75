"""Survey instruments as the generator draws them, from their definitions: latents, loadings, thresholds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.instruments import Draw, Factor, Instrument, instruments_in, load_instrument
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.truth import Truth


@dataclass(frozen=True, slots=True)
class DrawnInstrument:
    """One instrument, laid out for drawing.

    Parameters
    ----------
    definition : Instrument
        Its definition.
    draw : Draw
        How it is drawn, as its definition says.
    factors : tuple[Factor, ...]
        Tuple of Factor The factor of each item.
    """

    definition: Instrument
    draw: Draw
    factors: tuple[Factor, ...]

    @classmethod
    def of(cls, definition: Instrument) -> DrawnInstrument:
        """An instrument whose definition says how it is drawn.

        Raises
        ------
        UsageError
            It does not.
        """
        if definition.draw is None:
            raise UsageError(
                f"instrument '{definition.id}' cannot be drawn: its definition has no table [draw].",
                fix=f"Add [draw] to {definition.id}.toml, or ask for another instrument.",
                code="INSTRUMENT-DRAW",
            )
        of = {item: factor for factor in definition.draw.factors for item in factor.items}
        return cls(definition, definition.draw, tuple(of[i] for i in definition.item_ids))

    @property
    def name(self) -> str:
        """Instrument id."""
        return self.definition.id

    @property
    def items(self) -> tuple[str, ...]:
        """Item ids."""
        return self.definition.item_ids

    def signs(self, items: Collection[str]) -> Floats:
        """-1 for these items, 1 for the others."""
        return np.array([-1.0 if i in items else 1.0 for i in self.items])


INSTRUMENTS = tuple(
    sorted(
        (DrawnInstrument.of(i) for i in instruments_in("survey") if i.draw is not None and i.draw.order is not None),
        key=lambda d: d.draw.order or 0,
    )
)
"""The instruments that every simulated survey holds."""


def loadings(truth: Truth, instrument: DrawnInstrument) -> Floats:
    """Loadings of the items: within each factor they fall evenly from the largest to the smallest."""
    load = np.empty(len(instrument.items))
    for factor in dict.fromkeys(f.id for f in instrument.factors):
        at = np.array([k for k, f in enumerate(instrument.factors) if f.id == factor])
        load[at] = np.linspace(truth.loading_high, truth.loading_low, len(at))
    return load


def item_values(truth: Truth, instrument: DrawnInstrument, factor: Floats, shift: Floats, noise: Floats) -> Floats:
    """Answers: respondents by items, from latents, shifts on the item's latent scale, and standard normal noise."""
    d, load = instrument.definition, loadings(truth, instrument)
    pull = instrument.signs(instrument.draw.against) * load * factor
    if instrument.draw.rounded:
        mean, sd = (np.array([instrument.draw.rounded[i][k] for i in instrument.items]) for k in (0, 1))
        latent = pull + shift + np.sqrt(1 - load**2) * noise
        return np.asarray(np.clip(np.rint(mean + sd * latent), d.low, d.high), dtype=np.float64)
    sign = instrument.signs(d.reversed_ids)
    latent = pull + sign * shift + np.sqrt(1 - load**2) * noise
    value = d.low + d.step * np.searchsorted(instrument.draw.cuts, latent)
    return np.asarray(np.where(sign < 0, d.low + d.high - value, value), dtype=np.float64)


_CDF_AT = np.linspace(-8.0, 8.0, 8001)
_CDF = np.array([0.5 * (1 + erf(v / sqrt(2))) for v in _CDF_AT])


def normal_cdf(x: Floats) -> Floats:
    """The standard normal distribution function, by a table good to 1e-6."""
    return np.asarray(np.interp(x, _CDF_AT, _CDF), dtype=np.float64)


SWEMWBS_METRIC = tuple(score for _, score in sorted(load_instrument("swemwbs").scale("swemwbs").table.items()))
"""Metric score of each raw total, 7 to 35, of the seven-item scale."""
