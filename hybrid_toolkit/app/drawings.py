"""Pictures of the assessment, as SVG text: where roles stand on each condition, and rounds side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_TITLE = 36
"""Letters of a title that fit to the left of its line at this size."""
_NEAR_END = 2.5
"""A bar that ends beyond this level leaves no room for words to its right."""
LETTERS: Mapping[str, str] = {
    "practitioner": "P", "supervisor": "S", "hr": "H", "estates": "E", "it": "I", "learning": "L", "finance": "F",
    "families": "V", "senior_leader": "D",
}  # fmt: skip
"""Role -> its letter in the picture; the legend says which is which."""
LEVEL_NAMES = ("None", "Emerging", "Established", "Evidenced")
_HALO = ' stroke="#fff" stroke-width="4" paint-order="stroke"'
"""White around words, so that no line of the scale crosses them; the picture stands on white in every theme."""
_WIDTH, _LEFT, _RIGHT, _STEP, _MARK = 760, 270, 20, 22, 9


def spread_svg(rows: Sequence[tuple[str, float, Mapping[str, float]]]) -> str:
    """Each condition on a line from None to Evidenced: a letter for each role, a diamond for the median of all.

    Parameters
    ----------
    rows : Sequence[tuple[str, float, Mapping[str, float]]]
        Title, median level (missing for too few people), and role -> level.

    Returns
    -------
    str
        The picture.

    Examples
    --------
    >>> spread_svg([("Local arrangements", 1.0, {"practitioner": 0.0, "it": 2.0})]).count("<circle")
    2
    """
    drawn, y = [], 46.0
    for title, level, roles in rows:
        places = _stacked(roles)
        deepest = max((depth for _, _, depth in places), default=0)
        low, high = min(roles.values(), default=0.0), max(roles.values(), default=0.0)
        drawn.append(f'<text x="0" y="{y + 5:.0f}" font-weight="600">{escape(_short(title))}</text>')
        drawn.append(_line(_x(0), y, _x(3), y, "#b5bcc1", 1))
        if roles:
            drawn.append(_line(_x(low), y, _x(high), y, "#14504f", 4))
        for role, value, depth in places:
            at = y + depth * _STEP
            drawn.append(f'<circle cx="{_x(value):.1f}" cy="{at:.1f}" r="{_MARK}" fill="#fff" stroke="#14171a"/>')
            drawn.append(
                f'<text x="{_x(value):.1f}" y="{at + 4:.1f}" font-size="11" text-anchor="middle">{LETTERS[role]}</text>'
            )
        if level == level:
            x, top = _x(level), y - 21
            drawn.append(f'<path d="M{x:.1f} {top:.1f}l7 7l-7 7l-7 -7z" fill="#b5480e"/>')
        y += 44 + deepest * _STEP
    axis = "".join(
        f'<text x="{_x(i):.1f}" y="14" text-anchor="{("start", "middle", "middle", "end")[i]}">{name}</text>'
        + _line(_x(i), 20, _x(i), y - 24, "#dfe3e5", 1)
        for i, name in enumerate(LEVEL_NAMES)
    )
    return _svg(axis + "".join(drawn), y)


def rounds_svg(rows: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> str:
    """Each condition with a line for each round that ends at its level.

    Parameters
    ----------
    rows : Sequence[tuple[str, Sequence[tuple[str, float]]]]
        Title, and the rounds in order: name and median level (missing for too few people).

    Returns
    -------
    str
        The picture.
    """
    drawn, y = [], 46.0
    for title, levels in rows:
        drawn.append(f'<text x="0" y="{y + 5:.0f}" font-weight="600">{escape(_short(title))}</text>')
        for i, (name, level) in enumerate(levels):
            at, newest = y + i * 18, i == len(levels) - 1
            if level == level:
                drawn.append(_line(_x(0), at, _x(level), at, "#14504f" if newest else "#8a959c", 9 if newest else 5))
                inside = level >= _NEAR_END
                fill = "#fff" if inside and newest else "#14171a"
                drawn.append(
                    f'<text x="{_x(level) + (-6 if inside else 6):.1f}" y="{at + 4:.1f}" font-size="11" '
                    f'text-anchor="{"end" if inside else "start"}" fill="{fill}"{"" if inside else _HALO}>'
                    f"{escape(name[:24])}: {level:g}</text>"
                )
            else:
                drawn.append(
                    f'<text x="{_x(0):.1f}" y="{at + 4:.1f}" font-size="11"{_HALO}>{escape(name[:24])}: no level</text>'
                )
        y += 22 + 18 * len(levels)
    axis = "".join(
        f'<text x="{_x(i):.1f}" y="14" text-anchor="{("start", "middle", "middle", "end")[i]}">{name}</text>'
        + _line(_x(i), 20, _x(i), y - 16, "#dfe3e5", 1)
        for i, name in enumerate(LEVEL_NAMES)
    )
    return _svg(axis + "".join(drawn), y)


def _stacked(roles: Mapping[str, float]) -> list[tuple[str, float, int]]:
    """Each role with how far down it stands so that no letter covers another."""
    found: list[tuple[str, float, int]] = []
    for role in [r for r in LETTERS if r in roles]:
        depth = 0
        while any(d == depth and abs(_x(v) - _x(roles[role])) < 2 * _MARK + 1 for _, v, d in found):
            depth += 1
        found.append((role, roles[role], depth))
    return found


def _x(level: float) -> float:
    return _LEFT + level / 3 * (_WIDTH - _LEFT - _RIGHT)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def _short(title: str) -> str:
    """A title that fits to the left of its line."""
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def _svg(inside: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'height="{height:.0f}" font-family="Arial, sans-serif" font-size="14" fill="#14171a">{inside}</svg>'
    )
