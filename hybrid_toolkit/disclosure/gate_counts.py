"""The gate for counts: tables, and the numbers behind figures, with what both halves of the gate share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import pandas as pd

from hybrid_toolkit.disclosure.extremes.in_words import refuse_values_in_words
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.disclosure.looks import refuse_texts
from hybrid_toolkit.disclosure.policy import Policy, load_policy
from hybrid_toolkit.disclosure.protect import protect_table
from hybrid_toolkit.disclosure.release import Decision, Release, data_hash_of, is_redrawn, seal_release


class CountsGate:
    """What ``Gate`` does with frames of counts; made as ``Gate`` only, whose docstring says what it takes."""

    def __init__(
        self, policy: Policy | None = None, *, source: object = None, ledger: VersionLedger | None = None
    ) -> None:
        self.policy = load_policy() if policy is None else policy
        self.ledger = ledger
        self._source = source

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
        self._refuse_title(title, source)
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
        self._hold_version(source)
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
        >>> from hybrid_toolkit.disclosure import Gate
        >>> bins = pd.DataFrame({"remote": ["0 to 0.2", "0.2 to 0.4", "0.4 to 0.6"], "n": [20, 4, 60],
        ...                      "mean": [3.1, 3.8, 3.4]})
        >>> Gate().figure_data(bins, title="Learning by remote share", dims=["remote"], people="n",
        ...                    values=["mean"]).content[["remote", "mean"]].values.tolist()
        [['under 0.2', 3.1], ['0.2 to 0.4', nan], ['0.4 or more', 3.4]]
        """
        self._refuse_title(title, source)
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
        if derived_from is None:
            self._hold_version(source)
        return self._seal(out, "figure", title, decisions, source, dims, count, shown)

    def _refuse_title(self, title: str, source: object) -> None:
        refuse_texts([title], what="title")
        refuse_values_in_words([title], self._behind(source), what="title")

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

    def without_ledger(self) -> Self:
        """The same gate with no memory, for cells that are held to the ledger one by one by who shows them.

        Returns
        -------
        Self
            The gate.
        """
        return type(self)(self.policy, source=self._source)

    def _hold_version(self, source: object) -> None:
        """Ask the ledger, where there is one, whether figures of these data may be shown beside those of others."""
        for behind in (source, self._source):
            if self.ledger is not None and behind is not None:
                self.ledger.hold_version(behind, threshold=self.policy.threshold)

    def _behind(self, source: object) -> object:
        """The data behind a frame: those named with it, or those that the gate was made for."""
        return next((s for s in (source, self._source) if data_hash_of(s) is not None), None)
