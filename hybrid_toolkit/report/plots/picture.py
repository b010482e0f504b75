"""A drawn figure as a notebook shows it: the picture together with its words for those who do not see it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from html import escape

from matplotlib.axes import Axes

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.plots.plot_style import png_bytes


@dataclass(frozen=True, repr=False, eq=False)
class Picture:
    """A figure with its words, to stand last in a notebook's cell.

    Notebooks keep the words of a bare image but JupyterLab and nbconvert do not show them to a screen reader; here
    they are the ``alt`` of an HTML image. The PNG is kept beside it for places that take no HTML, such as LaTeX.

    Parameters
    ----------
    ax : Axes
        What a function of this room drew, such as ``plot_estimates``.
    alt : str
        The words, as the ``describe_...`` beside that function gives them.
    caption : str, optional
        A line under the figure; none where it is empty.
    dpi : int, default 110
        Dots an inch.

    Raises
    ------
    UsageError
        No words.

    Examples
    --------
    >>> from hybrid_toolkit.report.plots.plot_style import new_axes
    >>> shown = Picture(new_axes(height=1), alt="Power: 24 teams 0.51.", caption="By formula")
    >>> shown
    Power: 24 teams 0.51.
    >>> page = shown._repr_html_()
    >>> 'alt="Power: 24 teams 0.51."' in page, "<figcaption>By formula</figcaption>" in page
    (True, True)
    """

    ax: Axes
    alt: str
    caption: str = ""
    dpi: int = 110

    def __post_init__(self) -> None:
        if not isinstance(self.alt, str) or not self.alt.strip():
            raise UsageError(
                "A figure needs a text alternative for people who cannot see it; there is none.",
                fix="Set alt= to the text of the describe_... function that goes with the plot.",
                code="FIGURE-WORDS",
            )

    def __repr__(self) -> str:
        return self.alt

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG, drawn once."""
        return png_bytes(self.ax, dpi=self.dpi)

    def _repr_png_(self) -> bytes:
        return self.png

    def _repr_html_(self) -> str:
        """The figure as HTML that needs nothing else."""
        source = "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")
        under = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure style="margin: 0"><img alt="{escape(self.alt)}" src="{source}">{under}</figure>'
