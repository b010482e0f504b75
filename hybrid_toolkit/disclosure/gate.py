"""The disclosure gate: the one way from results to anything that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.disclosure.facts import Basis, OnlySimulated, protect_facts
from hybrid_toolkit.disclosure.looks import refuse_texts
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF, protect_estimates
from hybrid_toolkit.disclosure.policy import Policy, load_policy, withhold_text
from hybrid_toolkit.disclosure.protect import policy_notes, protect_table
from hybrid_toolkit.disclosure.release import Decision, Release, data_hash_of, is_redrawn, seal_release
from hybrid_toolkit.disclosure.screen import refuse_words
from hybrid_toolkit.disclosure.versions import VersionLedger
from hybrid_toolkit.result import Result


class Gate:
    """Makes a ``Release`` of what a policy lets through, with a record of each decision.

    One gate, so that no plot, table or widget decides for itself. Every release is safe by itself. What several give
    away together is held where the units are at hand: within a measured table, over the views of an explorer, and over
    versions of the data with a ledger. Two frames that a caller adds up alone are not held against each other.

    Parameters
    ----------
    policy : Policy | None, optional
        What may be shown; None reads ``policy.toml`` of the package.
    source : object, optional
        The data behind what is released (anything with ``hash`` or ``data_hash``, and ``synthetic``), so that releases
        carry their hash and their synthetic stamp. A result that knows its own needs none.
    ledger : VersionLedger | None, optional
        What the release folder has shown of earlier versions of the data; measured tables that differ from it by a few
        people are held back. None remembers nothing.

    Examples
    --------
    >>> frame = pd.DataFrame({"mode": ["home", "phone", "video"], "n": [41, 3, 18], "share": [0.61, 0.33, 0.5555]})
    >>> release = Gate().table(frame, title="Choice honoured, by mode", dims=["mode"], people="n", values=["share"])
    >>> release.content
        mode     n  share  suppressed
    0   home    40    0.6       False
    1  phone  <NA>    NaN        True
    2  video    20    0.6       False
    >>> [d.rule for d in release.decisions]
    ['threshold', 'rounding']
    """

    def __init__(
        self, policy: Policy | None = None, *, source: object = None, ledger: VersionLedger | None = None
    ) -> None:
        self.policy = load_policy() if policy is None else policy
        self.ledger = ledger
        self._source = source

    def __repr__(self) -> str:
        return f"Gate(policy={self.policy.name!r}, threshold={self.policy.threshold})"

    def table(
        self,
        frame: pd.DataFrame,
        *,
        title: str,
        dims: Sequence[str],
        count: str = "n",
        values: Sequence[str] = (),
        people: str | None = None,
        shares: Sequence[str] = (),
        other_counts: Sequence[str] = (),
        dominance: str | None = None,
        totals: bool = False,
        total_label: str = "Total",
        structural_zeros: bool = False,
        hide: str | None = None,
        source: object = None,
    ) -> Release:
        """Release a table of counts, and of values that rest on them.

        Only the named columns leave. Rows come out ordered by the dimensions, never by a value. Rows whose dimension
        holds ``total_label`` are totals; what could be worked out from them by subtraction is hidden too.

        Parameters
        ----------
        frame : pd.DataFrame
            One row a cell.
        title : str
            What it shows.
        dims : Sequence[str]
            Columns that split it (categories, months, team_id); no key of a person, family or event.
        count : str, default "n"
            Column of counts on which the row rests.
        values : Sequence[str], optional
            Columns shown where the row is shown (means, rates, interval ends).
        people : str | None, optional
            Column of counts of distinct people, held to the threshold as well (contacts may be many from few). What
            ``ht.measure`` gives carries it as ``n_people``; another frame must name it, and names ``count`` itself
            where each unit counted is one person. The fewest that any such column says counts.
        shares : Sequence[str], optional
            Those of ``values`` that are shares of ``count``: hidden as well where fewer than the threshold are in or
            out of the share, since both numbers follow from it. Shares are found by looking too.
        other_counts : Sequence[str], optional
            Further count columns, hidden one by one where small, and rounded.
        dominance : str | None, optional
            Column with the largest contributor's share of the row, needed where the policy has that rule.
        totals : bool, default False
            Add total rows for every dimension (counts only).
        total_label : str, default "Total"
            What marks a total.
        structural_zeros : bool, default False
            Leave combinations that are not in the frame out, rather than as counts of nought.
        hide : str | None, optional
            Column that is true in rows to be hidden whatever they count.
        source : object, optional
            As in ``Gate``, for this table only.

        Returns
        -------
        Release
            Release of kind ``"table"``; content holds dims, count, values and ``suppressed`` (True: hidden, not why).

        Raises
        ------
        DisclosureError
            Nobody is said to stand behind the rows, an identifier as dimension by name or by values, a person's name or
            details in title or cells, an unknown column, counts that are no counts, duplicate cells, too many cells or
            dimensions, or totals that cannot be protected.
        """
        refuse_texts([title], what="title")
        out, shown, decisions = protect_table(
            frame,
            self.policy,
            dims=dims,
            count=count,
            values=values,
            people=people,
            shares=shares,
            other_counts=other_counts,
            dominance=dominance,
            totals=totals,
            total_label=total_label,
            structural_zeros=structural_zeros,
            hide=hide,
            source=self._behind(source),
        )
        return self._seal(out, "table", title, decisions, source, dims, count, shown)

    def figure_data(
        self,
        frame: pd.DataFrame,
        *,
        title: str,
        dims: Sequence[str],
        count: str = "n",
        values: Sequence[str] = (),
        people: str | None = None,
        shares: Sequence[str] = (),
        cumulative: Sequence[str] = (),
        hide: str | None = None,
        derived_from: Release | Sequence[Release] | None = None,
        source: object = None,
    ) -> Release:
        """Release the numbers behind a figure: the same rules as ``table``, without totals.

        A figure shows groups or bins, each with its count; never one mark a person. Bins of a distribution leave with
        open ends, joined until enough people stand in each (see ``hybrid_toolkit.disclosure.bins``).

        Parameters
        ----------
        frame : pd.DataFrame
            The data frame.
        title : str
            Title of the figure.
        dims : Sequence[str]
            Columns that split the figures.
        count : str, default "n"
            Column of the counts behind each figure.
        values : Sequence[str], optional
            Columns of the figures.
        people : str | None, optional
            Column of the people behind each figure.
        shares : Sequence[str], optional
            Columns of shares among the figures.
        cumulative : Sequence[str], optional
            Those of ``values`` that run up to 1, as the points of a curve of concentration do; looked at too.
        hide : str | None, optional
            Column that is true where a figure is to be hidden, whatever its counts.
        derived_from : Release | Sequence[Release] | None, optional
            The releases whose numbers these are, put together anew; they are not looked at again. Every count must
            stand in one of them.
        source : object, optional
            As in ``Gate``, for this figure only.

        Returns
        -------
        Release
            What passed the disclosure gate.

        Raises
        ------
        DisclosureError
            As ``table``.

        Examples
        --------
        >>> bins = pd.DataFrame({"remote": ["0 to 0.2", "0.2 to 0.4", "0.4 to 0.6"], "n": [20, 4, 60],
        ...                      "mean": [3.1, 3.8, 3.4]})
        >>> Gate().figure_data(bins, title="Learning by remote share", dims=["remote"], people="n",
        ...                    values=["mean"]).content[["remote", "mean"]].values.tolist()
        [['under 0.2', 3.1], ['0.2 to 0.4', nan], ['0.4 or more', 3.4]]
        """
        refuse_texts([title], what="title")
        out, shown, decisions = protect_table(
            frame,
            self.policy,
            dims=dims,
            count=count,
            values=values,
            people=people if derived_from is None else count,
            shares=shares,
            structural_zeros=True,
            cumulative=cumulative,
            look=not is_redrawn(frame, count, derived_from),
            hide=hide,
            source=self._behind(source),
        )
        return self._seal(out, "figure", title, decisions, source, dims, count, shown)

    def estimates(
        self,
        result: Result | pd.DataFrame,
        *,
        title: str,
        n: str = "n",
        clusters: str | None = None,
        whole: bool = False,
        people: str | None = None,
        labels: Sequence[str] = (),
        derived_from: Release | Sequence[Release] | None = None,
        error_digits: int = 2,
        source: object = None,
    ) -> Release:
        """Release estimates with their intervals, each only where enough people and clusters stand behind it.

        Parameters
        ----------
        result : Result | pd.DataFrame
            A result with ``tidy()``, or a frame with its columns (term, estimate, ..., n, unit).
        title : str
            What they estimate.
        n : str, default "n"
            Column with the number behind each estimate.
        clusters : str | None, optional
            Column with the number of clusters, held to the policy's least; None where there are none.
        whole : bool, default False
            Each cluster is a whole authority; the policy's ``guard_authorities`` says whether the least holds too.
        people : str | None, optional
            Column with the people on whom each estimate rests. Studies' rows and what ``ht.measure`` gives carry it
            (``rests_on``, ``n_people``); another frame names it, or ``n`` itself where each row is one person.
        labels : Sequence[str], optional
            Further columns that say nothing about people (outcome, design, a simulated truth): released as is.
        derived_from : Release | Sequence[Release] | None, optional
            The releases whose numbers these are, put together anew; they are not looked at again. Every count must
            stand in one of them.
        error_digits : int, default 2
            Digits of a standard error to which it and its estimate are shown at the finest; bundles that are combined
            with others need more than a reader does.
        source : object, optional
            As in ``Gate``; a result's own ``data_hash`` and ``synthetic`` come first.

        Returns
        -------
        Release
            What passed the disclosure gate.

        Raises
        ------
        DisclosureError
            No ``n``, nobody said to stand behind it, a label, term or title that identifies a person, or a column that
            is not there.

        Examples
        --------
        >>> rows = pd.DataFrame({"term": ["remote share", "remote share, late"], "estimate": [-0.0812, -0.2],
        ...                      "conf_low": [-0.11, -0.5], "conf_high": [-0.05, 0.1], "n": [812, 6], "unit": "share"})
        >>> Gate().estimates(rows, title="Choice honoured", people="n").content["estimate"].tolist()
        [-0.081, nan]
        """
        refuse_texts([title], what="title")
        frame = pd.DataFrame(result if isinstance(result, pd.DataFrame) else result.tidy())
        if (free := getattr(result, RESIDUAL_DF, None)) is not None and RESIDUAL_DF not in frame:
            frame = frame.assign(**{RESIDUAL_DF: free})
        out, numbers, decisions = protect_estimates(
            frame,
            self.policy,
            n=n,
            clusters=clusters,
            whole=whole,
            people=people,
            labels=labels,
            digits=error_digits,
            derived_from=derived_from,
        )
        origin = source if source is not None else result
        return self._seal(out, "estimates", title, decisions, origin, (), n, numbers)

    def facts(
        self,
        frame: pd.DataFrame,
        *,
        title: str,
        basis: Basis,
        counts: Sequence[str] = (),
        dims: Sequence[str] = (),
        source: object = None,
    ) -> Release:
        """Release a frame that says nothing about any person: checks, methods, a diagnosis on simulated data.

        Parameters
        ----------
        frame : pd.DataFrame
            What to show, all columns.
        title : str
            Title of the facts.
        basis : Basis
            The grounds, one of ``BASES``; printed in the record.
        counts : Sequence[str], optional
            Columns that count rows of the data: small ones are hidden, the rest rounded.
        dims : Sequence[str], optional
            Of simulated facts, the columns that name a row in a figure.
        source : object, optional
            As in ``Gate``. Simulated facts need it: the diagnosis or power curve that they were made from, or releases
            of simulated facts, one or a list, in which each of their numbers stands. They are always stamped. Published
            facts need what ``Beside.figures`` returned, with its own frame.

        Returns
        -------
        Release
            What passed the disclosure gate.

        Raises
        ------
        DisclosureError
            An unknown basis, simulated or published facts without a source of that kind, a frame of measured figures or
            of keys of people, a column that identifies, personal details in words, or too many cells.

        Examples
        --------
        >>> card = pd.DataFrame({"table": ["worker", "la"], "rows": [204, 1]})
        >>> Gate().facts(card, title="Tables", basis="metadata", counts=["rows"]).content["rows"].tolist()
        [205, <NA>]
        """
        refuse_texts([title], what="title")
        out, decisions = protect_facts(
            frame, self.policy, basis=basis, counts=counts, dims=dims, source=source, behind=self._behind(source)
        )
        behind = OnlySimulated() if basis == "simulation" else source
        return self._seal(out, "facts", title, decisions, behind, dims, basis=basis)

    def text(
        self,
        text: str,
        *,
        title: str,
        n: float | None = None,
        clusters: float | None = None,
        whole: bool = False,
        people: float | None = None,
        source: object = None,
    ) -> Release:
        """Release a sentence or two; withheld where too few people or clusters stand behind it (see ``estimates``).

        Parameters
        ----------
        text : str
            The words.
        title : str
            Their title.
        n : float | None, optional
            The number of rows behind them; None if no one is behind them.
        clusters : float | None, optional
            The number of clusters, held to the policy's least; None where there are none.
        whole : bool, default False
            Each cluster is a whole authority; the policy's ``guard_authorities`` says whether the least holds too.
        people : float | None, optional
            The number of distinct people behind them, if rows may be many from few people.
        source : object, optional
            As in ``Gate``, for this text only.

        Returns
        -------
        Release
            What passed the disclosure gate.

        Raises
        ------
        DisclosureError
            The words look as if they hold a personal detail.

        Examples
        --------
        >>> Gate().text("Remote share is associated with learning.", title="Claim", n=6).text
        'Withheld: fewer than 10 stand behind it.'
        """
        refuse_texts([title], what="title")
        refuse_words(text)
        withheld, why = withhold_text(self.policy, n=n, clusters=clusters, whole=whole, people=people)
        decisions = (*policy_notes(self.policy), *why)
        shown = withheld or text
        return self._seal(pd.DataFrame({"text": [shown]}), "text", title, decisions, source)

    def _seal(
        self,
        frame: pd.DataFrame,
        kind: str,
        title: str,
        decisions: tuple[Decision, ...],
        source: object,
        dims: Sequence[str] = (),
        count: str | None = None,
        values: Sequence[str] = (),
        basis: str = "",
    ) -> Release:
        return seal_release(
            frame, kind=kind, title=title, decisions=decisions, dims=tuple(dims), count=count, values=tuple(values),
            behind=self._behind(source), policy_hash=self.policy.hash, basis=basis,
        )  # fmt: skip

    def _behind(self, source: object) -> object:
        """The data behind a frame: those named with it, or those that the gate was made for."""
        return next((s for s in (source, self._source) if data_hash_of(s) is not None), None)
