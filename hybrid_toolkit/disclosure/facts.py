"""Frames of facts, which say nothing about any person: on what grounds they pass the gate, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from hybrid_toolkit.data.evaluation_data import ASSUMED, PUBLISHED_FILES, SIMULATED, vouched
from hybrid_toolkit.data.privacy.inside import InsideFrame
from hybrid_toolkit.disclosure.cells import hide_small, round_counts
from hybrid_toolkit.disclosure.extremes.in_words import refuse_values_as_counts, refuse_values_in_words, words_of
from hybrid_toolkit.disclosure.looks import refuse_named_people, refuse_person_keys
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.protect import Decisions, check_size, counted, policy_notes
from hybrid_toolkit.disclosure.release import Decision, Release, require_release
from hybrid_toolkit.disclosure.screen import refuse_columns, refuse_words
from hybrid_toolkit.errors import DisclosureError, plural

Basis = Literal["simulation", "metadata", "assumption", "published"]
BASES: dict[str, str] = {
    "simulation": "was made from simulated data alone",
    "metadata": "describes files, checks and methods, not people",
    "published": "stands in published statistics of other people, with their own symbols for what is not shown",
    "assumption": "states what was assumed or declared, not what was found",
}
"""On what grounds ``Gate.facts`` lets a frame through."""


MEASURED = ("n_people", "rests_on", "n_people_reason")
"""Columns that only figures measured on people carry."""


@dataclass(frozen=True, slots=True)
class OnlySimulated:
    """Stands behind what was made from simulations alone: synthetic, without the hash of one set of data."""

    hash: str = ""
    synthetic: bool = True


def protect_facts(
    frame: pd.DataFrame,
    policy: Policy,
    *,
    basis: Basis,
    counts: Sequence[str] = (),
    dims: Sequence[str] = (),
    source: object = None,
    behind: object = None,
) -> tuple[pd.DataFrame, Decisions]:
    """The facts that may be shown, and the decisions; arguments as in ``Gate.facts``.

    Parameters
    ----------
    behind : object, optional
        The data behind the facts, with their hash: those of ``source``, or those that the gate was made for.

    Raises
    ------
    DisclosureError
        BASIS-UNKNOWN, FACTS-MEASURED, FACTS-SIMULATED, FACTS-NUMBERS, FACTS-PUBLISHED, DIM-IDENTIFIER, and as
        ``refuse_columns``.

    Examples
    --------
    >>> card = pd.DataFrame({"table": ["worker", "la"], "rows": [204, 1]})
    >>> protect_facts(card, Policy(), basis="metadata", counts=["rows"])[0]["rows"].tolist()
    [205, <NA>]
    """
    if basis not in BASES:
        raise DisclosureError(
            f"The grounds '{basis}' are not known.", fix=f"Use one of {', '.join(BASES)}.", code="BASIS-UNKNOWN"
        )
    refuse_columns(list(frame.columns), [*counts, *dims], present=list(frame.columns))
    if dims and basis != "simulation":
        raise DisclosureError(
            "Only simulated facts may be split for a figure.",
            fix="Pass measured figures through .figure_data, which holds each to the policy.",
            code="FACTS-MEASURED",
        )
    refuse_measured(frame, basis, behind)
    if basis == "simulation":
        refuse_unsimulated(frame, source)
    elif basis == "published":
        refuse_unpublished(frame, source)
    else:
        refuse_numbers(frame, basis, counts)
        told = [str(c) for c in frame.columns if c not in counts]
        refuse_values_in_words([*words_of(frame, told), *counts], behind, what="facts")
        refuse_values_as_counts(frame, counts, behind)
    frame = pd.DataFrame(frame)
    for column in frame.select_dtypes(include=["object", "string"]):
        texts = frame[column].dropna().astype(str)
        for text in texts:
            refuse_words(text)
        refuse_named_people(str(column), texts.unique().tolist())
    check_size(frame, policy, dims=())
    out = frame.copy()
    decisions = policy_notes(policy)
    read = [sha[:12] for sha in getattr(source, "read_from", ())] if basis == "published" else []
    files = f" Its files have hashes that start with {', '.join(read)}." if read else ""
    decisions += (Decision("grounds", f"{plural(len(out), 'row')} shown", f"It {BASES[basis]}.{files}"),)
    for column in counts:
        small = hide_small(out[column], policy)
        out[column] = round_counts(out[column], policy).mask(small)
        decisions += counted("threshold", int(small.sum()), len(out), "counts", f"below {policy.threshold}")
    return out, decisions


def refuse_measured(frame: pd.DataFrame, basis: str, source: object) -> None:
    """Refuse as facts what was measured on people, or names them by their keys.

    Raises
    ------
    DisclosureError
        FACTS-MEASURED, DIM-IDENTIFIER.
    """
    carried = [c for c in MEASURED if c in frame.columns]
    if isinstance(frame, InsideFrame) or carried:
        raise DisclosureError(
            "The frame holds figures measured on people"
            + (f" (it carries {', '.join(carried)})." if carried else ", which have not passed the gate."),
            fix="Pass it through .table, .estimates or .figure_data, which hold each figure to the policy.",
            code="FACTS-MEASURED",
        )
    if basis == "simulation":
        return
    refuse_person_keys(frame, [str(c) for c in frame.select_dtypes(include=["object", "string"])], source)


def refuse_numbers(frame: pd.DataFrame, basis: str, counts: Sequence[str]) -> None:
    """Refuse numbers among facts in words: nothing tells whether they were measured on people.

    Counts pass, since the policy is held against them, and so does a frame that a formula of this package made of
    assumptions alone.

    Raises
    ------
    DisclosureError
        FACTS-NUMBERS.

    Examples
    --------
    >>> refuse_numbers(pd.DataFrame({"table": ["worker"], "rows": [204]}), "metadata", ["rows"])
    """
    odd = [
        str(c)
        for c in frame.columns
        if c not in counts
        and pd.api.types.is_numeric_dtype(frame[c].dtype)
        and not pd.api.types.is_bool_dtype(frame[c].dtype)
    ]
    if odd and not (basis == ASSUMED and vouched(frame, ASSUMED)):
        raise DisclosureError(
            f"{plural(len(odd), 'column of these facts holds', 'columns of these facts hold')} numbers "
            f"({', '.join(odd)}), and nothing tells what they were measured on.",
            fix="Name the columns that count rows as counts=; pass figures of people through .figure_data or "
            ".estimates, and numbers that describe a method as text.",
            code="FACTS-NUMBERS",
        )


def refuse_unsimulated(frame: pd.DataFrame, source: object) -> None:
    """Refuse as simulated what was not made from simulations, or holds a number that stands in none of its sources.

    Parameters
    ----------
    frame : pd.DataFrame
        The facts.
    source : object
        One or several of: trials of this package (a diagnosis, a power curve, a least effect), a frame that this
        package worked out from them, and releases of simulated facts. Who made them vouches for them; the stamp of
        synthetic data does not, since a caller can set it.

    Raises
    ------
    DisclosureError
        FACTS-SIMULATED, FACTS-NUMBERS.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> refuse_unsimulated(pd.DataFrame(), EvaluationData({}, synthetic=True))
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.DisclosureError: [FACTS-SIMULATED] 1 of 1 sources of these facts were not made by trials of \
this package in simulated authorities. How to fix: Pass source= the diagnosis or power curve as the study gave it, not \
a copy; figures of data, simulated or your own, pass .figure_data.
    """
    sources = list(source) if isinstance(source, (list, tuple)) else [source]
    other = sum(not _simulated(item) for item in sources)
    if other or not sources:
        raise DisclosureError(
            f"{other} of {len(sources)} sources of these facts were not made by trials of this package in simulated "
            "authorities.",
            fix="Pass source= the diagnosis or power curve as the study gave it, not a copy; figures of data, "
            "simulated or your own, pass .figure_data.",
            code="FACTS-SIMULATED",
        )
    known = {number for item in sources for held in _frames(item) for number in _numbers(held)}
    own = _numbers(frame)
    odd = sum(number not in known for number in own)
    if odd:
        raise DisclosureError(
            f"{odd} of {len(own)} numbers of these facts stand in none of the trials that they are said to come from.",
            fix="Pass columns of the diagnosis's or power curve's own .tidy() and .glance(), as they are.",
            code="FACTS-NUMBERS",
        )


def refuse_unpublished(frame: pd.DataFrame, source: object) -> None:
    """Refuse as published what is not a frame that published statistics were read into.

    Parameters
    ----------
    frame : pd.DataFrame
        The facts.
    source : object
        What ``Beside.figures`` returned, whose frame it is: that very object, as it was made from files.

    Raises
    ------
    DisclosureError
        FACTS-PUBLISHED.

    Examples
    --------
    >>> refuse_unpublished(pd.DataFrame({"figure": [0.4]}), None)
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.DisclosureError: [FACTS-PUBLISHED] These facts are not figures that were read from published \
statistics. How to fix: Pass source= what Beside.figures returned, not a copy, with its own frame; figures of your own \
data pass .figure_data.
    """
    read = getattr(source, "frame", None) if vouched(source, PUBLISHED_FILES) else None
    if not isinstance(read, pd.DataFrame) or not read.equals(frame):
        raise DisclosureError(
            "These facts are not figures that were read from published statistics.",
            fix="Pass source= what Beside.figures returned, not a copy, with its own frame; figures of your own data "
            "pass .figure_data.",
            code="FACTS-PUBLISHED",
        )


def _simulated(source: object) -> bool:
    if isinstance(source, Release):
        return require_release(source).basis == SIMULATED
    return vouched(source, SIMULATED)


def _frames(source: object) -> list[pd.DataFrame]:
    """The frames of a source in which its numbers stand."""
    if isinstance(source, pd.DataFrame):
        return [source]
    if isinstance(source, Release):
        return [source.content]
    return [getattr(source, name)() for name in ("tidy", "glance") if hasattr(source, name)]


def _numbers(frame: pd.DataFrame) -> list[float]:
    """Every number of a frame, those that stand as text among them."""
    found: list[float] = []
    for name in frame.columns:
        if not pd.api.types.is_bool_dtype(frame[name].dtype):
            column = pd.to_numeric(frame[name], errors="coerce").dropna()
            found += column.astype(float).tolist()
    return found
