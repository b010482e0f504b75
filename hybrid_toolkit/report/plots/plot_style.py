"""How figures look: colours that can be told apart, marks that do not rely on colour, sizes for a phone."""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_LINEAR = 0.04045
"""Below this the sRGB scale is a straight line (IEC 61966-2-1, as WCAG 2 measures contrast)."""
INK = "#1a1a1a"
GREY = "#595959"
PAPER = "#ffffff"
BLUE = "#005a9c"
RUST = "#a63d00"
GREEN = "#00664e"
PURPLE = "#6b2f7a"
STAMP_PAPER = "#fff3cd"

TIMES = "times"
"""Unit of a ratio; its figure is drawn around 1."""
_WIDTH = 3.7
"""Width of a figure in inches: on a phone 360 pixels wide the words stay above 10 pixels."""

RC: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",
        "font.size": 9.0,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.color": INK,
        "svg.fonttype": "path",
        "svg.hashsalt": "hybrid-toolkit",
        "axes.unicode_minus": True,
        "figure.facecolor": PAPER,
    }
)
"""Settings of matplotlib under which every figure is drawn; used in a context, never set for good."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one role is drawn: colour, marker and line style together, so that any one of them is enough."""

    colour: str
    marker: str
    line: str
    filled: bool
    words: str


MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "study": Mark(BLUE, "o", "-", True, "Study"),
        "unadjusted": Mark(RUST, "s", "--", False, "Unadjusted comparison"),
        "truth": Mark(INK, "D", ":", True, "True value"),
        "other": Mark(PURPLE, "^", "-.", False, "Secondary"),
    }
)


def contrast(colour: str, paper: str = PAPER) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    light, dark = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= _LINEAR else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def number_label(value: float, *, decimals: int | None = None, sign: bool = False) -> str:
    """A number for the eye: a true minus, and by default three decimals below 1 and two from there.

    Examples
    --------
    >>> number_label(-0.0812), number_label(0.5), number_label(12.345)
    ('−0.081', '0.500', '12.35')
    >>> number_label(1234.0, decimals=0), number_label(0.1, sign=True), number_label(float("-inf"))
    ('1,234', '+0.100', '−∞')
    """
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    places = (3 if abs(value) < 1 else 2) if decimals is None else decimals
    text = f"{value:{'+' if sign else ''},.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-+")
    return text.replace("-", "−")


def wrapped(words: str, width: int) -> str:
    """Words in lines of at most ``width`` characters; a bracket that fits on a line is not parted.

    Examples
    --------
    >>> print(wrapped("share of remote contacts (0 to 1)", 31))
    share of remote contacts
    (0 to 1)
    """
    held = re.sub(rf"\([^()]{{1,{width - 2}}}\)", lambda found: re.sub(r"\s", "\u00a0", found[0]), words)
    return "\n".join(textwrap.wrap(held, width)).replace("\u00a0", " ")


def bar_words(level: float | None) -> str:
    """What the bar of a figure is, for its axis.

    Examples
    --------
    >>> bar_words(0.95), bar_words(None)
    ('bar: 95% confidence interval', 'bar: confidence interval')
    """
    return f"bar: {'' if level is None else f'{100 * level:.6g}% '}confidence interval"


def drawing() -> AbstractContextManager[None]:
    """The settings of every figure, for the length of a ``with`` block."""
    settings: Any = dict(RC)
    return rc_context(settings)


def new_axes(*, height: float, width: float = _WIDTH) -> Axes:
    """Fresh axes on a figure of their own, without pyplot: nothing to close, nothing shown twice."""
    return new_panels(1, height=height, width=width)[0]


def new_panels(count: int, *, height: float, width: float = _WIDTH, columns: int = 1) -> list[Axes]:
    """Fresh axes on a figure of their own, in rows of ``columns``; inches, as if they all stood in one column."""
    rows = -(-count // columns)
    figure = Figure(figsize=(width * columns, height * rows / count), layout="constrained")
    return [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


def draw_stamp(ax: Axes, stamp: str) -> None:
    """Draw the stamp of synthetic data across the top of the figure of ``ax``, once; nothing where it is empty."""
    figure = ax.get_figure(root=True)
    if not stamp or figure is None or getattr(figure, "_hybrid_stamp", False):
        return
    figure.suptitle(
        stamp.replace(" - ", "\n"),
        fontsize=8,
        fontweight="bold",
        color=INK,
        linespacing=1.25,
        bbox={"facecolor": STAMP_PAPER, "edgecolor": RUST, "linewidth": 0.8, "boxstyle": "square,pad=0.4"},
    )
    figure._hybrid_stamp = True  # type: ignore[attr-defined]


def svg_bytes(ax: Axes) -> bytes:
    """The figure of ``ax`` as SVG, the same bytes for the same figure."""
    return _bytes(ax, "svg", metadata={"Date": None, "Creator": None})


def png_bytes(ax: Axes, *, dpi: int = 160) -> bytes:
    """The figure of ``ax`` as PNG."""
    return _bytes(ax, "png", dpi=dpi, metadata={"Software": None})


def _bytes(ax: Axes, kind: str, **more: Any) -> bytes:
    figure = ax.get_figure(root=True)
    assert figure is not None
    held = io.BytesIO()
    with drawing():
        figure.savefig(held, format=kind, bbox_inches="tight", pad_inches=0.06, **more)
    return held.getvalue()
