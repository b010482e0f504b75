"""Frames for use inside: what has not passed the disclosure gate says so wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

INSIDE_ONLY = "inside only: not checked for release"
"""Shown above every measured frame that has not passed the disclosure gate."""


class InsideSeries(pd.Series):
    """A column or row of an ``InsideFrame``: a pandas Series that says what it is when it is shown.

    Examples
    --------
    >>> print(repr(inside(pd.DataFrame({"n": [12]}))["n"]).splitlines()[0])
    inside only: not checked for release
    """

    @property
    def _constructor(self) -> Callable[..., InsideSeries]:
        return InsideSeries

    @property
    def _constructor_expanddim(self) -> Callable[..., InsideFrame]:
        return InsideFrame

    def __repr__(self) -> str:
        return _marked(pd.Series(self).__repr__())

    def to_string(self, buf: Any = None, *args: Any, **options: Any) -> Any:
        """As pandas, under the words ``INSIDE_ONLY`` where the text is given back."""
        said = pd.Series(self).to_string(buf, *args, **options)
        return said if said is None else _marked(said)


class InsideFrame(pd.DataFrame):
    """A pandas DataFrame that says, wherever it is shown, that it has not passed the disclosure gate.

    It behaves as a DataFrame, and what is cut from it is marked as well. ``pd.DataFrame(frame)`` gives a plain one;
    the disclosure gate gives a ``Release``.

    Parameters
    ----------
    data : object, optional
        As in ``pandas.DataFrame``.
    index : Axes | None, optional
        As in ``pandas.DataFrame``.
    columns : Axes | None, optional
        As in ``pandas.DataFrame``.
    dtype : Dtype | None, optional
        As in ``pandas.DataFrame``.
    copy : bool | None, optional
        As in ``pandas.DataFrame``.

    Examples
    --------
    >>> frame = inside(pd.DataFrame({"group": ["a", "b"], "n": [12, 3]}))
    >>> print(frame[frame["n"] > 5].to_string(index=False))
    inside only: not checked for release
    group  n
        a 12
    """

    @property
    def _constructor(self) -> Callable[..., InsideFrame]:
        return InsideFrame

    @property
    def _constructor_sliced(self) -> Callable[..., InsideSeries]:
        return InsideSeries

    def __repr__(self) -> str:
        return _marked(pd.DataFrame(self).__repr__())

    def _repr_html_(self) -> str | None:
        said = pd.DataFrame(self)._repr_html_()  # type: ignore[operator]
        return said if said is None else f"<p><strong>{INSIDE_ONLY}</strong></p>\n{said}"

    def to_string(self, buf: Any = None, *args: Any, **options: Any) -> Any:
        """As pandas, under the words ``INSIDE_ONLY`` where the text is given back.

        Parameters
        ----------
        buf : Any, optional
            As pandas.
        *args : Any
            As pandas.
        **options : Any
            As pandas.

        Returns
        -------
        Any
            As pandas, under the words ``INSIDE_ONLY`` where the text is given back.
        """
        said = pd.DataFrame(self).to_string(buf, *args, **options)
        return said if said is None else _marked(said)

    def to_html(self, buf: Any = None, *args: Any, **options: Any) -> Any:
        """As pandas, under the words ``INSIDE_ONLY`` where the text is given back.

        Parameters
        ----------
        buf : Any, optional
            As pandas.
        *args : Any
            As pandas.
        **options : Any
            As pandas.

        Returns
        -------
        Any
            As pandas, under the words ``INSIDE_ONLY`` where the text is given back.
        """
        said = pd.DataFrame(self).to_html(buf, *args, **options)
        return said if said is None else f"<p><strong>{INSIDE_ONLY}</strong></p>\n{said}"


def inside(frame: pd.DataFrame) -> InsideFrame:
    """A frame marked as for use inside; the same rows, columns, index and attributes.

    Examples
    --------
    >>> print(inside(pd.DataFrame({"n": [3]})))
    inside only: not checked for release
       n
    0  3
    """
    out = InsideFrame(frame)
    out.attrs.update(frame.attrs)
    return out


def without_mark(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame without the mark, for work inside the gate."""
    out = pd.DataFrame(frame)
    out.attrs.update(frame.attrs)
    return out


def _marked(text: str) -> str:
    return text if text.startswith(INSIDE_ONLY) else f"{INSIDE_ONLY}\n{text}"
