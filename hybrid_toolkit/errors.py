"""One family of exceptions.

Every message says what was expected, where, how many places are concerned and how to fix it.
A message holds counts and positions, never a value from the data: tracebacks are saved in notebooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

_SAID_AS_VOWEL = r"[aeiou]|8|1[18](?!\d)|hour|honest|NHS|HSE"
_SAID_AS_CONSONANT = r"uni(?!n)|use|usual|uk|one|once|eu"
"""How words begin that take the other article than their first letter says."""


class HybridToolkitError(Exception):
    """Base of every error that the toolkit raises on purpose.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to fix it, one sentence.
    code : str, default "ERROR"
        A stable short code such as ``DATA-UNREADABLE``.

    Examples
    --------
    >>> print(HybridToolkitError("table 'worker': 3 rows have no key", fix="Fill worker_id.", code="KEY-NULL"))
    [KEY-NULL] table 'worker': 3 rows have no key How to fix: Fill worker_id.
    """

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "", code: str = "ERROR") -> None:
        self.message = message
        self.fix = fix
        self.code = code
        super().__init__(message)

    def __str__(self) -> str:
        action = f" How to fix: {self.fix}" if self.fix else ""
        return f"[{self.code}] {self.message}{action}"


class UnreadableError(HybridToolkitError):
    """A path, file, sheet or database cannot be read as what it claims to be.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """

    exit_code = 2


class OutputError(HybridToolkitError):
    """An output cannot be written; nothing half-written is left behind.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """

    exit_code = 2


class UsageError(HybridToolkitError):
    """A call or a command asks for something that does not exist.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """

    exit_code = 2


class ContractError(HybridToolkitError):
    """Data break a table's contract.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class MappingError(HybridToolkitError):
    """A mapping file names a table, column or code that does not exist, or leaves one out.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class IdentifierError(HybridToolkitError):
    """Data carry a column that identifies a person.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class PublishedError(UnreadableError):
    """A published statistics file has a layout that is not recognised.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class CoverageError(HybridToolkitError):
    """A metric or study needs a table or column that the data do not have.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class MeasureError(HybridToolkitError):
    """A metric, scale or instrument cannot be computed from what it was given.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class StudyError(HybridToolkitError):
    """A study is declared in a way that cannot be run or identified.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class EstimationError(HybridToolkitError):
    """A model cannot be fitted to these data (singular, too few clusters, not converged).

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class DisclosureError(HybridToolkitError):
    """An output was asked for that has not passed the disclosure gate.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class PersonLevelError(PublishedError, IdentifierError):
    """A file given as published statistics holds one row a person.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


class MissingExtraError(UsageError):
    """Something needs packages that a plain install leaves out.

    Parameters
    ----------
    message : str
        What was found and what was expected, without values from the data.
    fix : str, optional
        How to put it right, in one sentence.
    code : str, default "ERROR"
        A stable short code.
    """


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    Parameters
    ----------
    count : int
        How many.
    one : str
        The noun for one.
    many : str | None, optional
        The noun for several; by default an "s" is added.

    Returns
    -------
    str
        Such as ``1,200 rows``.

    Examples
    --------
    >>> plural(1, "row"), plural(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {agreeing(count, one, many or one + 's')}"


def agreeing(count: int, one: str, many: str) -> str:
    """The form of a word that goes with a count which stands elsewhere in the sentence.

    Parameters
    ----------
    count : int
        How many.
    one : str
        The word for one.
    many : str
        The word for several, and for none.

    Returns
    -------
    str
        One of the two.

    Examples
    --------
    >>> " or ".join(f"{n} of 3 teams {agreeing(n, 'has', 'have')} answered" for n in (1, 2))
    '1 of 3 teams has answered or 2 of 3 teams have answered'
    """
    return one if count == 1 else many


def with_article(words: object) -> str:
    """Words with "a" or "an" before them, as they are said aloud.

    Parameters
    ----------
    words : object
        A noun, the name of a type, or a number: "80%" is said with the sound of "eight", "11%" with that of "eleven".

    Returns
    -------
    str
        Such as ``an authority``.

    Examples
    --------
    >>> [with_article(w) for w in ("team", "authority", "unit", "8%", "11%", "110", "NHS number")]
    ['a team', 'an authority', 'a unit', 'an 8%', 'an 11%', 'a 110', 'an NHS number']
    """
    said = str(words)
    vowel = re.match(_SAID_AS_VOWEL, said, re.IGNORECASE) and not re.match(_SAID_AS_CONSONANT, said, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {said}"


def toml_place(error: BaseException) -> str:
    """Where text stops being TOML, as the reader's error says it.

    Parameters
    ----------
    error : BaseException
        What the reader raised.

    Returns
    -------
    str
        Such as ``line 12``; empty where the error does not say it.

    Examples
    --------
    >>> toml_place(ValueError("Invalid value (at line 12, column 3)")), toml_place(RecursionError())
    ('line 12', '')
    """
    place = re.search(r"\(at (line \d+|end of document)", str(error))
    return place.group(1) if place else ""


@contextmanager
def from_extra(extra: str) -> Iterator[None]:
    """Import what only an extra brings; where it is not there, the error says which extra to install.

    Parameters
    ----------
    extra : str
        Name of the extra in ``pyproject.toml``.

    Yields
    ------
    None
        Nothing: the imports stand inside the block.

    Raises
    ------
    MissingExtraError
        A package is not installed.

    Examples
    --------
    >>> with from_extra("engines"):
    ...     import a_package_that_is_not_here
    Traceback (most recent call last):
    hybrid_toolkit.errors.MissingExtraError: [EXTRA-MISSING] this needs the package 'a_package_that_is_not_here', ...
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise MissingExtraError(
            f"this needs the package '{package}', which a plain install leaves out.",
            fix=f"Install the extra '{extra}': pip install 'hybrid-toolkit[{extra}]'.",
            code="EXTRA-MISSING",
        ) from None
