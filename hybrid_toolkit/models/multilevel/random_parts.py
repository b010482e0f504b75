"""Random effects of a mixed model: groupings with slopes, their columns, and their spreads in the units of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import linalg

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import factorize, numbers
from hybrid_toolkit.models.terms.result_rows import frozen

Grouping: TypeAlias = str | tuple[str, ...]
Groupings: TypeAlias = str | Sequence[Grouping] | Mapping[Grouping, Sequence[str]]


@dataclass(frozen=True, eq=False)
class RandomPart:
    """The random effects of one grouping.

    Parameters
    ----------
    group : str
        Name of the grouping; nested columns are joined by a colon.
    names : tuple[str, ...]
        ``(Intercept)`` and the columns whose slopes vary.
    sd : Array
        Standard deviations, in units of the outcome for each unit of the column.
    corr : Array
        Their correlations, 0 where the model holds them at 0.
    n_groups : int
        Levels.
    """

    group: str
    names: tuple[str, ...]
    sd: Array
    corr: Array
    n_groups: int


def components_table(random: Sequence[RandomPart], last: tuple[str, float, int] | None = None) -> pd.DataFrame:
    """Standard deviations (``name`` equals ``with``) and correlations: group, name, with, estimate, n_groups.

    ``last`` is a spread of another kind: its name, size and count.
    """
    rows: list[tuple[str, str, str, float, int]] = []
    for part in random:
        for i, name in enumerate(part.names):
            rows.append((part.group, name, name, float(part.sd[i]), part.n_groups))
        for i, name in enumerate(part.names):
            for j in range(i):
                rows.append((part.group, part.names[j], name, float(part.corr[i, j]), part.n_groups))
    if last:
        rows.append((last[0], last[0], last[0], last[1], last[2]))
    return pd.DataFrame(rows, columns=["group", "name", "with", "estimate", "n_groups"])


def component_names(table: pd.DataFrame) -> list[str]:
    """The rows of ``components_table`` as terms."""
    return [
        f"corr {a}, {b} | {g}" if a != b else f"sd {a} | {g}" if g != "residual" else "sd residual"
        for g, a, b in zip(table["group"], table["name"], table["with"], strict=True)
    ]


@dataclass(frozen=True, eq=False)
class RandomColumns:
    """The groupings of a model as columns for mixedlm, slopes centred and of unit spread.

    Parameters
    ----------
    plan : list[tuple[tuple[str, ...], list[str]]]
        Every grouping as a tuple of columns, with its slopes.
    levels : list[Any]
        Codes of each.
    data : dict[str, Any]
        Columns ``g0``, ``z0_0`` and so on.
    text : list[str]
        The random parts of the formula.
    centres : list[Array]
        What was taken off each grouping's slopes.
    scales : list[Array]
        What they were divided by.
    """

    plan: list[tuple[tuple[str, ...], list[str]]]
    levels: list[Any]
    data: dict[str, Any] = field(repr=False)
    text: list[str]
    centres: list[Array] = field(repr=False)
    scales: list[Array] = field(repr=False)

    def parts(self, fit: Any, unit: float = 1.0) -> tuple[RandomPart, ...]:
        """The random effects of a fit of mixedlm, in the units of the data.

        Parameters
        ----------
        fit : Any
            The fit.
        unit : float, default 1.0
            What one unit of the fit's outcome is in the data.

        Returns
        -------
        tuple[RandomPart, ...]
            One part a grouping.
        """
        return self.parts_of([covariance_of(fit, f"g{i}") for i in range(len(self.plan))], unit)

    def parts_of(self, covariances: Sequence[Array], unit: float = 1.0) -> tuple[RandomPart, ...]:
        """The same from the covariance of each grouping.

        Parameters
        ----------
        covariances : Sequence[Array]
            One a grouping, in units of the search.
        unit : float, default 1.0
            As ``parts``.

        Returns
        -------
        tuple[RandomPart, ...]
            One part a grouping.
        """
        return tuple(
            RandomPart(
                ":".join(g),
                ("(Intercept)", *s),
                *own_spreads(covariances[i], self.centres[i], self.scales[i], unit),
                int(self.levels[i].max()) + 1,
            )
            for i, (g, s) in enumerate(self.plan)
        )


def random_columns(
    rows: pd.DataFrame, plan: list[tuple[tuple[str, ...], list[str]]], levels: list[Any], correlated: bool
) -> RandomColumns:
    """Columns of groupings whose codes are known."""
    raw = [np.column_stack([numbers(rows, c) for c in s]) if s else np.empty((len(rows), 0)) for _, s in plan]
    scales = [_spread(z) for z in raw]
    # where slopes may correlate with the intercept, moving their zero leaves the model the same and eases the search
    centres = [np.median(z, axis=0) if correlated else np.zeros(z.shape[1]) for z in raw]
    centres = [c + (z - c).mean(axis=0) if correlated else c for z, c in zip(raw, centres, strict=True)]
    data: dict[str, Any] = {}
    text: list[str] = []
    for i, (code, z) in enumerate(zip(levels, raw, strict=True)):
        data[f"g{i}"] = np.char.mod("%d", code)
        data |= {f"z{i}_{j}": (z[:, j] - centres[i][j]) / scales[i][j] for j in range(z.shape[1])}
        text += random_text(i, z.shape[1], correlated)
    return RandomColumns(plan, levels, data, text, centres, scales)


def read_groupings(groups: Groupings) -> list[tuple[tuple[str, ...], list[str]]]:
    """Every grouping as a tuple of columns, with its slopes.

    Raises
    ------
    EstimationError
        ``GROUPS``: there is none.
    """
    if isinstance(groups, str):
        groups = [groups]
    pairs: Mapping[Grouping, Sequence[str]] = groups if isinstance(groups, Mapping) else dict.fromkeys(groups, ())
    out = [((g,) if isinstance(g, str) else tuple(g), [s] if isinstance(s, str) else list(s)) for g, s in pairs.items()]
    if not out or any(not g for g, _ in out):
        raise EstimationError("a mixed model needs at least one grouping.", fix="Name a column.", code="GROUPS")
    return out


def level_codes(rows: pd.DataFrame, columns: Sequence[str], *, each_row: bool = False) -> Any:
    """Codes of the combinations of columns; with ``each_row`` every row may be a group of its own.

    Raises
    ------
    EstimationError
        ``GROUPS``: one group, or as many as rows.
    """
    code = factorize(rows[columns[0]])[0]
    for name in columns[1:]:
        more = factorize(rows[name])[0]
        code = pd.factorize(code * (more.max() + 1) + more, sort=True)[0]
    found = int(code.max()) + 1
    if found < 2 or found >= len(rows) + each_row:
        raise EstimationError(
            f"grouping '{':'.join(columns)}' has {plural(found, 'group')} in {len(rows)} complete rows: variance "
            "between groups needs at least 2 groups and fewer groups than rows.",
            fix="Add groups, or rows for each group, or leave the grouping out.",
            code="GROUPS",
        )
    return code


def random_text(i: int, slopes: int, correlated: bool) -> list[str]:
    """The random part of one grouping as lme4 writes it."""
    if correlated:
        return [f"(1 + {' + '.join(f'z{i}_{j}' for j in range(slopes))} | g{i})" if slopes else f"(1 | g{i})"]
    return [f"(1 | g{i})", *(f"(0 + z{i}_{j} | g{i})" for j in range(slopes))]


def _spread(z: Array) -> Array:
    sd = np.asarray(z.std(axis=0), dtype=np.float64)
    return np.where(sd > 0, sd, 1.0)


def covariance_of(fit: Any, key: str) -> Array:
    """Covariance of the random effects of one grouping; parts that the formula keeps apart have none."""
    found = [v for v in fit.VarCorr().groups.values() if v.name == key or v.name.startswith(f"{key}.")]
    return np.asarray(linalg.block_diag(*(v.cov for v in found)), dtype=np.float64)


def own_spreads(cov: Array, centre: Array, scale: Array, y_scale: float) -> tuple[Array, Array]:
    """Standard deviations and correlations in the units of the data, from those in units of the search."""
    turn = np.diag(np.concatenate([[1.0], 1 / scale]))
    turn[0, 1:] = -centre / scale
    cov = turn @ cov @ turn.T * y_scale**2
    sd = np.sqrt(np.diagonal(cov))
    safe = np.where(sd > 0, sd, 1.0)
    corr = cov / np.outer(safe, safe)
    np.fill_diagonal(corr, 1.0)
    return frozen(sd), frozen(corr)
