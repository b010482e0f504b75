"""The terms of a model as data: columns, categories, interactions, splines. ``term_text`` reads them from a text."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import as_numbers
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import (
    check_column,
    check_frame,
    check_name,
    factorize,
    kind_of_value,
    numbers,
)
from hybrid_toolkit.models.terms.splines import Spline


@dataclass(frozen=True, slots=True)
class Column:
    """A number or a yes/no column, as it is.

    Parameters
    ----------
    name : str
        Column.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "desk": [0.0, 1, 0, 1]})
    >>> Column("desk").build(frame)
    {'desk': array([0., 1., 0., 1.])}
    """

    name: str

    def __post_init__(self) -> None:
        check_name(self.name, "Column")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name.

        Parameters
        ----------
        frame : pd.DataFrame
            The rows.

        Returns
        -------
        dict[str, Array]
            Columns of the design matrix by name.
        """
        return {self.name: numbers(frame, self.name)}


@dataclass(frozen=True, slots=True)
class Category:
    """A column of codes, as one 0/1 column for each level but the reference.

    Parameters
    ----------
    name : str
        The column.
    reference : Hashable, optional
        The level that the others are compared with (text, number, yes/no or date); by default the first one. A text
        also names the level that is written so, such as ``"2024"`` for the number.
    levels : tuple, optional
        The levels in order, the first being the reference where none is named. By default those that occur, in the
        order of an ordered categorical column, else sorted.

    Raises
    ------
    EstimationError
        ``LEVEL-UNKNOWN``: the reference does not occur, or a row has a level outside ``levels``. ``TERM-TYPE``: a
        name that is not text, or a level that is not a single value.

    Examples
    --------
    >>> f = pd.DataFrame({"need": ["cin", "cp", "lac", "cin"]})
    >>> {name: values.tolist() for name, values in Category("need", reference="cp").build(f).items()}
    {'need[cin]': [1.0, 0.0, 0.0, 1.0], 'need[lac]': [0.0, 0.0, 1.0, 0.0]}
    """

    name: str
    reference: Hashable = None
    levels: tuple[Hashable, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name, "Category")
        if isinstance(self.levels, list):
            object.__setattr__(self, "levels", tuple(self.levels))
        single = isinstance(self.levels, tuple) and all(isinstance(v, Hashable) for v in (self.reference, *self.levels))
        if not single or len(set(self.levels)) < len(self.levels):
            raise EstimationError(
                f"Category('{self.name}'): the reference is one value, and levels a list of values, each once.",
                fix='Write Category("column", reference="a", levels=("a", "b")).',
                code="TERM-TYPE",
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name.

        Parameters
        ----------
        frame : pd.DataFrame
            The rows.

        Returns
        -------
        dict[str, Array]
            Columns of the design matrix by name.
        """
        order, place = self._places(frame)
        return {f"{self.name}[{level}]": (place == i).astype(np.float64) for i, level in enumerate(order) if i}

    def pinned(self, frame: pd.DataFrame) -> Category:
        """The same term with the levels that these rows have, so that other rows give the same columns.

        Parameters
        ----------
        frame : pd.DataFrame
            The data frame.

        Returns
        -------
        Category
            The same term with the levels that these rows have, so that other rows give the same columns.
        """
        return Category(self.name, levels=tuple(self._places(frame)[0]))

    def _places(self, frame: pd.DataFrame) -> tuple[list[Hashable], NDArray[np.intp]]:
        """The levels, reference first, and the place of each row's level among them (-1 where it is missing)."""
        values = frame[check_column(frame, self.name)]
        if self.levels:
            order: list[Hashable] = list(self.levels)
            place = pd.Index(order, dtype=object).get_indexer(pd.Index(values.astype(object)))
            outside = int(((place < 0) & values.notna().to_numpy()).sum())
            if outside:
                raise EstimationError(
                    f"{plural(outside, 'row has', 'rows have')} a level of '{self.name}' outside the {len(order)} "
                    "levels of the term.",
                    fix="Name every level, or keep to rows that have one of them.",
                    code="LEVEL-UNKNOWN",
                )
        else:
            place, found = factorize(values)
            order = list(found)
        if self.reference is None:
            return order, place
        first = self._first(order)
        turned = np.array([i + (i < first) for i in range(len(order))] + [-1])  # the last one stays for a missing value
        turned[first] = 0
        return [order[first], *order[:first], *order[first + 1 :]], turned[place]

    def _first(self, order: list[Hashable]) -> int:
        """Where the reference stands among the levels."""
        written = [str(level).removesuffix(" 00:00:00") for level in order]  # a date is named without its midnight
        for found in (order, written):
            place = next((i for i, level in enumerate(found) if level == self.reference), None)
            if place is not None:
                return place
        raise EstimationError(
            f"the reference of '{self.name}' is not one of the {len(order)} levels that it has in the complete rows.",
            fix=f"Name a level that occurs; frame['{self.name}'].unique() shows them.",
            code="LEVEL-UNKNOWN",
        )


@dataclass(frozen=True, slots=True)
class Interaction:
    """Every product of a column of one term with a column of another; main effects are named apart.

    Parameters
    ----------
    left : Term
        The first term.
    right : Term
        The second term.

    Examples
    --------
    >>> frame = pd.DataFrame({"desk": [0.0, 1, 0, 1], "new": [0, 0, 1, 1]})
    >>> product = Interaction(Column("desk"), Column("new"))
    >>> {name: values.tolist() for name, values in product.build(frame).items()}
    {'desk:new': [0.0, 0.0, 0.0, 1.0]}
    """

    left: Term
    right: Term

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            if not isinstance(side, Column | Category | Spline | Interaction):
                raise EstimationError(
                    f"Interaction joins two terms; it was given {kind_of_value(side)}.",
                    fix='Write Interaction(Column("a"), Category("b")), or the text "a:b" for all terms.',
                    code="TERM-TYPE",
                )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (*self.left.columns, *self.right.columns)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name.

        Parameters
        ----------
        frame : pd.DataFrame
            The rows.

        Returns
        -------
        dict[str, Array]
            Columns of the design matrix by name.
        """
        right = self.right.build(frame)
        return {f"{a}:{b}": u * v for a, u in self.left.build(frame).items() for b, v in right.items()}

    def reach(self, frame: pd.DataFrame) -> dict[str, float]:
        """Root mean square of each product with both columns centred: what it has of its own, wherever they lie.

        Parameters
        ----------
        frame : pd.DataFrame
            The data frame.

        Returns
        -------
        dict[str, float]
            Name of each product -> its root mean square.
        """
        left, right = ({c: v - np.median(v) for c, v in side.build(frame).items()} for side in (self.left, self.right))
        return {f"{a}:{b}": _size(u * v) for a, u in left.items() for b, v in right.items()}


Term: TypeAlias = Column | Category | Spline | Interaction
"""Any term of a model."""
Terms: TypeAlias = Term | str | Sequence[Term | str]
"""What every argument for terms takes: a list of names and terms, one term, or one text such as ``"a + b:c"``."""


def pinned(rows: pd.DataFrame, terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms with each category's levels held as these rows have them, so that other rows give the same columns."""
    return tuple(_pinned(rows, t) for t in terms)


def _pinned(rows: pd.DataFrame, term: Term) -> Term:
    if isinstance(term, Interaction):
        return Interaction(_pinned(rows, term.left), _pinned(rows, term.right))
    return term.pinned(rows) if isinstance(term, Category) else term


def _size(v: Array) -> float:
    top = float(np.abs(v).max(initial=0.0))
    return top * float(np.sqrt(np.mean((v / top) ** 2))) if top > 0 else 0.0


def reaches(frame: pd.DataFrame, terms: Sequence[Term]) -> dict[str, float]:
    """What the products among the terms have of their own, by name; see ``Interaction.reach``."""
    return {c: v for t in terms if isinstance(t, Interaction) for c, v in t.reach(frame).items()}


def as_term(frame: pd.DataFrame, name: str) -> Column | Category:
    """A column of numbers or yes/no (as words too) as ``Column``, of codes or dates as ``Category``.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    name : str
        Column.

    Returns
    -------
    Column | Category
        A column of numbers or yes/no (as words too) as ``Column``, of codes or dates as ``Category``.

    Examples
    --------
    >>> f = pd.DataFrame({"risk": [1, 2], "need": ["cin", "cp"]})
    >>> as_term(f, "risk"), as_term(f, "need")
    (Column(name='risk'), Category(name='need', reference=None, levels=()))
    """
    check_frame(frame)
    values = frame[check_column(frame, name)]
    declared = isinstance(values.dtype, pd.CategoricalDtype)  # codes that were called categories on purpose
    words = declared and not pd.api.types.is_numeric_dtype(values.cat.categories)
    numeric = (words or not declared) and values.notna().any() and as_numbers(values) is not None
    return Column(name) if numeric else Category(name)


def design_columns(frame: pd.DataFrame, terms: Sequence[Term]) -> dict[str, Array]:
    """All columns of several terms by name, in order.

    Raises
    ------
    EstimationError
        Two terms give the same column.
    """
    out: dict[str, Array] = {}
    for term in terms:
        for name, values in term.build(frame).items():
            if name in out:
                raise EstimationError(f"'{name}' stands twice among the terms.", fix="Name it once.", code="TERM-TWICE")
            out[name] = values
    return out
