"""Survey instruments as the generator knows them: item ids, latents, loadings and thresholds. No wording."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.truth import Truth


@dataclass(frozen=True, slots=True)
class SyntheticInstrument:
    """One instrument.

    Parameters
    ----------
    name : instrument id.
    items : item ids.
    scales : the latent of each item.
    reverse : item positions (from 0) answered the other way round.
    kind : "likert" (1 and up by thresholds) or "ten" (0 to 10, rounded).
    cuts : thresholds of an item on its own latent scale (mean 0, SD 1): four for five points.
    """

    name: str
    items: tuple[str, ...]
    scales: tuple[str, ...]
    reverse: tuple[int, ...] = ()
    kind: str = "likert"
    cuts: tuple[float, ...] = (-1.6, -0.8, 0.2, 1.2)


HSE_SCALES = {
    "demands": (3, 6, 9, 12, 16, 18, 20, 22),
    "control": (2, 10, 15, 19, 25, 30),
    "manager_support": (8, 23, 29, 33, 35),
    "peer_support": (7, 24, 27, 31),
    "relationships": (5, 14, 21, 34),
    "role": (1, 4, 11, 13, 17),
    "change": (26, 28, 32),
}
_HSE = {item: scale for scale, items in HSE_SCALES.items() for item in items}

CONFLICT_SCALES = ("time_wif", "time_fiw", "strain_wif", "strain_fiw", "behav_wif", "behav_fiw")
"""Kinds of conflict, three items each: a higher answer is more conflict."""

INSTRUMENTS = (
    SyntheticInstrument("informal_learning", tuple(f"il_{i}" for i in range(1, 5)), ("learning",) * 4),
    SyntheticInstrument(
        "swemwbs",
        tuple(f"swemwbs_{i}" for i in range(1, 8)),
        ("wellbeing",) * 7,
        cuts=(-2.2, -1.2, 0.05, 1.4),
    ),
    SyntheticInstrument(
        "hse_msit",
        tuple(f"hse_{i:02d}" for i in range(1, 36)),
        tuple(_HSE[i] for i in range(1, 36)),
        reverse=tuple(i - 1 for i in sorted(HSE_SCALES["demands"] + HSE_SCALES["relationships"])),
        cuts=(-2.0, -1.2, -0.2, 1.0),
    ),
    SyntheticInstrument(
        "ons4",
        ("ons4_satisfied", "ons4_worthwhile", "ons4_happy", "ons4_anxious"),
        ("wellbeing",) * 4,
        kind="ten",
    ),
    SyntheticInstrument(
        "secure_base",
        tuple(f"sb_{n}" for n in ("availability", "sensitivity", "acceptance", "cooperation", "membership")),
        ("secure_base",) * 5,
        cuts=(-1.8, -1.0, 0.0, 1.1),
    ),
    SyntheticInstrument(
        "sword_remote",
        tuple(f"sword_s{colour}{i}" for colour in "gar" for i in range(1, 6)),
        tuple(f"remote_{colour}" for colour in ("green", "amber", "red") for _ in range(5)),
        cuts=(-1.9, -1.2, -0.5, 0.3, 1.2),
    ),
    SyntheticInstrument(
        "carlson_wfc",
        tuple(f"wfc_{i:02d}" for i in range(1, 19)),
        tuple(s for s in CONFLICT_SCALES for _ in range(3)),
        cuts=(-0.9, 0.0, 0.8, 1.7),
    ),
)
TEN_MEAN, TEN_SD = (7.0, 7.5, 6.9, 3.9), (1.8, 1.7, 2.1, 2.7)


def loadings(truth: Truth, instrument: SyntheticInstrument) -> Floats:
    """Loadings of the items: within each scale they fall evenly from the largest to the smallest."""
    load = np.empty(len(instrument.items))
    scales = np.array(instrument.scales, dtype=object)
    for scale in dict.fromkeys(instrument.scales):
        at = np.flatnonzero(scales == scale)
        load[at] = np.linspace(truth.loading_high, truth.loading_low, len(at))
    return load


def item_values(truth: Truth, instrument: SyntheticInstrument, factor: Floats, shift: Floats, noise: Floats) -> Floats:
    """Answers: respondents by items, from latents, shifts on the item's latent scale, and standard normal noise."""
    load = loadings(truth, instrument)
    if instrument.kind == "ten":
        down = np.array([1.0, 1.0, 1.0, -1.0])
        latent = down * load * factor + shift + np.sqrt(1 - load**2) * noise
        answer = np.rint(np.array(TEN_MEAN) + np.array(TEN_SD) * latent)
        return np.asarray(np.clip(answer, 0, 10), dtype=np.float64)
    sign = np.ones(len(instrument.items))
    sign[list(instrument.reverse)] = -1.0
    latent = load * factor + sign * shift + np.sqrt(1 - load**2) * noise
    value = 1 + np.searchsorted(instrument.cuts, latent)
    return np.asarray(np.where(sign < 0, len(instrument.cuts) + 2 - value, value), dtype=np.float64)


_CDF_AT = np.linspace(-8.0, 8.0, 8001)
_CDF = np.array([0.5 * (1 + erf(v / sqrt(2))) for v in _CDF_AT])


def normal_cdf(x: Floats) -> Floats:
    """The standard normal distribution function, by a table good to 1e-6."""
    return np.asarray(np.interp(x, _CDF_AT, _CDF), dtype=np.float64)


# fmt: off
SWEMWBS_METRIC = (
    7.00, 9.51, 11.25, 12.40, 13.33, 14.08, 14.75, 15.32, 15.84, 16.36, 16.88, 17.43, 17.98, 18.59, 19.25, 19.98,
    20.73, 21.54, 22.35, 23.21, 24.11, 25.03, 26.02, 27.03, 28.13, 29.31, 30.70, 32.55, 35.00,
)
# fmt: on
"""Metric score of each raw total, 7 to 35, of the seven-item scale."""
