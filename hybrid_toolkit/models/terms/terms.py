"""The terms of a model as data: columns, categories, interactions, splines. ``term_text`` reads them from a text."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.reading import LARGEST, as_numbers, counted_codes, plain
from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*\Z")


def check_frame(frame: object) -> None:
    """Whether the data are a data frame.

    Raises
    ------
    EstimationError
        They are anything else.
    """
    if not isinstance(frame, pd.DataFrame):
        raise EstimationError(
            f"the data must be a pandas data frame, one row an observation; they are a {type(frame).__name__}.",
            fix="Pass a data frame, such as study.frame(data) or pandas.DataFrame(columns).",
            code="FRAME-TYPE",
        )


def check_column(frame: pd.DataFrame, name: str) -> str:
    """The name itself, once it is a column of the frame; it is looked up and never evaluated.

    Raises
    ------
    EstimationError
        No column has that name and it is an expression or a formula; two columns have it; the data are no table, or a
        table whose columns have several levels of names.
    CoverageError
        The frame has no such column.
    """
    if not isinstance(frame, pd.DataFrame) or isinstance(frame.columns, pd.MultiIndex):
        raise EstimationError(
            "the data are not a table with one name a column.",
            fix="Pass a pandas DataFrame with one level of column names.",
            code="TABLE",
        )
    if isinstance(name, str) and name in frame.columns:
        if not frame.columns.is_unique and int((frame.columns == name).sum()) > 1:
            raise EstimationError(
                f"{int((frame.columns == name).sum())} columns are called '{name}'.",
                fix="Rename the columns so that each name is used once.",
                code="COLUMN-TWICE",
            )
        return name
    if not isinstance(name, str) or not _IDENTIFIER.match(name):
        raise EstimationError(
            "a term is not the name of one column: expressions and formulas are not evaluated.",
            fix="Name a column; join columns with Interaction, bend one with Spline, or write all terms as one text, "
            "such as 'a + b:c'.",
            code="TERM-NOT-A-COLUMN",
        )
    raise CoverageError(
        f"the data have no column '{name}', which the model needs.",
        fix="Add the column, or leave it out of the study.",
        code="COLUMN-MISSING",
    )


def _check_name(name: object, kind: str) -> None:
    if not isinstance(name, str) or not name:
        raise EstimationError(
            f"{kind} needs the name of a column as text; it was given {_article(name)}.",
            fix=f'Write {kind}("column", ...).',
            code="TERM-TYPE",
        )


def _article(value: object) -> str:
    """The kind of a value, which is never shown itself."""
    return "nothing" if value is None or value == "" else f"a value of type {type(value).__name__}"


def numbers(frame: pd.DataFrame, name: str) -> Array:
    """A numeric or yes/no column of any pandas type as floats, missing as NaN.

    Raises
    ------
    EstimationError
        The column holds text other than yes and no, or numbers that are infinite or beyond 1e100.
    """
    found = as_numbers(frame[check_column(frame, name)])
    if found is None:
        raise EstimationError(
            f"column '{name}' is not numeric: expected numbers or yes/no.",
            fix="Use Category for a column of codes.",
            code="TERM-NOT-NUMERIC",
        )
    inside = found.max(initial=0.0) <= LARGEST and found.min(initial=0.0) >= -LARGEST  # not so with a missing value
    endless = np.empty(0, dtype=np.intp) if inside else np.flatnonzero(np.abs(found) > LARGEST)
    if len(endless):
        raise EstimationError(
            f"column '{name}' holds {len(endless)} number(s) that are infinite or beyond {LARGEST:.0e}, first at rows "
            f"{(endless[:5] + 1).tolist()}.",
            fix="Leave these rows out, or set them to missing.",
            code="NOT-FINITE",
        )
    return found


def factorize(values: pd.Series[Any]) -> tuple[NDArray[np.intp], Any]:
    """A column as integers 0..k-1 and its levels in order: that of its categories, else sorted; missing as -1.

    Raises
    ------
    EstimationError
        The column mixes kinds of values, which have no order.

    Examples
    --------
    >>> factorize(pd.Series(["b", "a", "b"]))[0].tolist()
    [1, 0, 1]
    """
    values = plain(values)
    if (found := counted_codes(values)) is not None:
        return found[0], pd.Index(found[1])
    try:
        codes, levels = pd.factorize(values, sort=True)
    except (TypeError, ValueError):
        raise EstimationError(
            f"column '{values.name}' mixes kinds of values, such as text and numbers.",
            fix="Write all its values as text, or all as numbers.",
            code="MIXED-KINDS",
        ) from None
    return codes, levels


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
        _check_name(self.name, "Column")

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
        Text, number, yes/no or date, optional The level that the others are compared with; by default the first one. A
        text also names the level that is written so, such as ``"2024"`` for the number.
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
        _check_name(self.name, "Category")
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
                    f"{outside:,} row(s) have a level of '{self.name}' outside the {len(order)} levels of the term.",
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
class Spline:
    """A natural cubic spline: straight beyond its outer knots (Hastie, Tibshirani and Friedman 2009, eq. 5.4-5.5).

    Parameters
    ----------
    name : str
        Numeric column.
    knots : tuple[float, ...]
        Increasing, at least three; the term has ``len(knots) - 1`` columns.

    Raises
    ------
    EstimationError
        ``SPLINE-KNOTS``, fewer than three knots, or knots that do not increase.

    References
    ----------
    - Hastie, T., Tibshirani, R. and Friedman, J. (2009). The Elements of Statistical Learning, second edition,
      equations 5.4 and 5.5.

    Examples
    --------
    >>> frame = pd.DataFrame({"caseload": [10.0, 14, 18, 22]})
    >>> curve = Spline("caseload", knots=(10.0, 15.0, 22.0))
    >>> [name for name in curve.build(frame)]
    ['caseload', 'caseload~1']
    """

    name: str
    knots: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_name(self.name, "Spline")
        k = list(self.knots) if isinstance(self.knots, tuple | list) else []
        plain = all(isinstance(v, int | float | np.number) and np.isfinite(v) for v in k)
        if not plain or len(k) < 3 or not (np.diff(k) > 0).all():
            raise EstimationError(
                f"Spline('{self.name}') needs at least 3 increasing numbers as its knots.",
                fix="Set them, or let spline(frame, column) place them.",
                code="SPLINE-KNOTS",
            )
        object.__setattr__(self, "knots", tuple(k))

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
        return self.basis(numbers(frame, self.name))

    def basis(self, x: Array) -> dict[str, Array]:
        """The basis at given points, by name; the first column is ``x`` itself.

        Parameters
        ----------
        x : Array
            Values of the column.

        Returns
        -------
        dict[str, Array]
            The basis at given points, by name; the first column is ``x`` itself.

        Examples
        --------
        >>> b = Spline("x", (0.0, 1.0, 2.0)).basis(np.array([-1.0, 0.0, 1.0]))
        >>> [v.tolist() for v in b.values()]
        [[-1.0, 0.0, 1.0], [0.0, 0.0, 0.5]]
        """
        k = np.asarray(self.knots)

        def d(i: int) -> Array:
            out: Array = (np.clip(x - k[i], 0, None) ** 3 - np.clip(x - k[-1], 0, None) ** 3) / (k[-1] - k[i])
            return out

        last = d(len(k) - 2)
        bent = {f"{self.name}~{i + 1}": d(i) - last for i in range(len(k) - 2)}
        return {self.name: x, **bent}


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
                    f"Interaction joins two terms; it was given {_article(side)}.",
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


def spline(frame: pd.DataFrame, name: str, *, df: int = 3) -> Spline:
    """A natural spline with ``df`` columns, its knots at spread quantiles of the data (Harrell 2015, table 2.3).

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    name : str
        Column.
    df : int, default 3
        Number of columns of the basis.

    Returns
    -------
    Spline
        A natural spline with ``df`` columns, its knots at spread quantiles of the data (Harrell 2015, table 2.3).

    Raises
    ------
    EstimationError
        ``df`` is not 2, 3 or 4, or the column takes too few distinct values for its knots.

    References
    ----------
    - Harrell, F. E. (2015). Regression Modeling Strategies, second edition, table 2.3.

    Examples
    --------
    >>> frame = pd.DataFrame({"caseload": [float(n) for n in range(10, 30)]})
    >>> spline(frame, "caseload", df=2).knots
    (11.9, 19.5, 27.1)
    """
    check_arguments(spline, locals())
    places = {2: (0.10, 0.5, 0.90), 3: (0.05, 0.35, 0.65, 0.95), 4: (0.05, 0.275, 0.5, 0.725, 0.95)}
    if df not in places:
        raise EstimationError("a spline has 2, 3 or 4 columns.", fix="Set df=2, df=3 or df=4.", code="SPLINE-DF")
    at = places[df]
    x = numbers(frame, name)
    knots = np.unique(np.quantile(x[np.isfinite(x)], at)) if np.isfinite(x).any() else np.array([])
    if len(knots) < len(at):
        raise EstimationError(
            f"column '{name}' has too few distinct values for a spline with {df} columns.",
            fix="Use the column as it is.",
            code="SPLINE-KNOTS",
        )
    return Spline(name, tuple(float(k) for k in knots))


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
