"""Cumulative links of ordinal models: each a distribution function with its density and the density's slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import special, stats

from hybrid_toolkit.arrays import Array


def _logit(u: Array) -> tuple[Array, Array, Array]:
    f = special.expit(u)
    d = f * (1 - f)
    return f, d, d * (1 - 2 * f)


def _probit(u: Array) -> tuple[Array, Array, Array]:
    d = stats.norm.pdf(u)
    return stats.norm.cdf(u), d, -u * d


def _cloglog(u: Array) -> tuple[Array, Array, Array]:
    rate = np.exp(np.clip(u, -700, 30))
    d = rate * np.exp(-rate)
    return -np.expm1(-rate), d, d * (1 - rate)


def _loglog(u: Array) -> tuple[Array, Array, Array]:
    f, d, bend = _cloglog(-u)
    return 1 - f, d, -bend


CUMULATIVE: Mapping[str, tuple[Callable[[Array], tuple[Array, Array, Array]], Callable[[Array], Array]]] = {
    "logit": (_logit, special.logit),
    "probit": (_probit, stats.norm.ppf),
    "cloglog": (_cloglog, lambda p: np.log(-np.log1p(-p))),
    "loglog": (_loglog, lambda p: -np.log(-np.log(p))),
}
"""Name -> function, density and slope at a point; and the function's inverse (McCullagh 1980, JRSS B 42)."""
