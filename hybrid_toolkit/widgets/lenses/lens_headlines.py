"""The sentence above a lens's figure: what a reader should see in it, made of the released rows that it draws."""

from __future__ import annotations

from collections.abc import Sequence

from hybrid_toolkit.widgets.lenses.lens_view import span_text

FigureRow = tuple[str, float, float, float]
"""Label, estimate, and the ends of its interval; missing where it is hidden."""


def furthest_say(rows: Sequence[FigureRow], unit: str = "", *, changes: bool = False) -> str:
    """The highest and the lowest row of a figure, and whether their intervals overlap.

    Parameters
    ----------
    rows : Sequence[FigureRow]
        What the figure draws, without a row for everyone.
    unit : str, optional
        Unit of the estimates; a share is told in per cent.
    changes : bool, default False
        Whether the estimates are changes: they are told as rises and falls.

    Returns
    -------
    str
        One or two sentences.

    Examples
    --------
    >>> furthest_say([("Rural", 0.58, 0.54, 0.63), ("Urban", 0.64, 0.60, 0.67)], "share of families")
    'Highest: Urban, 64% (60% to 67%). Lowest: Rural, 58% (54% to 63%). Their 95% confidence intervals overlap.'
    >>> furthest_say([("Early", -0.5, -0.6, -0.4), ("Late", -0.2, -0.3, -0.1)], changes=True)
    'Largest fall: Early, -0.50 (-0.60 to -0.40). Smallest fall: Late, -0.20 (-0.30 to -0.10). Their 95% confidence intervals do not overlap.'
    """  # noqa: E501
    known = [r for r in rows if r[1] == r[1] and r[2] == r[2]]
    gone = len(rows) - len(known)
    tail = f" {gone} {'is' if gone == 1 else 'are'} hidden or cannot be estimated." if gone else ""
    if not known:
        return "Nothing can be shown here: every figure is hidden or cannot be estimated."
    top, bottom = max(known, key=lambda r: r[1]), min(known, key=lambda r: r[1])
    high, low = (f"{r[0]}, {span_text(*r[1:], unit=unit)}" for r in (top, bottom))
    if len(known) == 1:
        return f"{high}; the interval is a 95% confidence interval.{tail}"
    two = f"Highest: {high}. Lowest: {low}"
    if changes and bottom[1] >= 0:
        two = f"Largest rise: {high}. Smallest rise: {low}"
    elif changes and top[1] <= 0:
        two = f"Largest fall: {low}. Smallest fall: {high}"
    elif changes:
        two = f"Largest rise: {high}. Largest fall: {low}"
    apart = bottom[3] < top[2]
    return f"{two}. Their 95% confidence intervals {'do not ' if apart else ''}overlap.{tail}"
