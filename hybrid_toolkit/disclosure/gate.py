"""The disclosure gate: the one way from results to anything that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.disclosure.extremes.in_words import refuse_values_in_words
from hybrid_toolkit.disclosure.facts import Basis, OnlySimulated, protect_facts
from hybrid_toolkit.disclosure.gate_counts import CountsGate
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF, protect_estimates
from hybrid_toolkit.disclosure.policy import withhold_text
from hybrid_toolkit.disclosure.protect import policy_notes
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.disclosure.screen import refuse_words
from hybrid_toolkit.result import Result


class Gate(CountsGate):
    """Makes a ``Release`` of what a policy lets through, with a record of each decision.

    One gate, so that no plot, table or widget decides for itself. Every release is safe by itself. What several give
    away together is held where the units are at hand: within a measured table, over the views of an explorer, and over
    versions of the data with a ledger. Two frames that a caller adds up alone are not held against each other.

    What ``ht.measure`` and studies give is known to be means, shares and coefficients. A frame that is put together by
    hand is only looked at: counts, people and clusters are those that it says; a figure is held back where it, or a
    line through its logarithm, root, square, inverse or exponential, is an extreme of the data or of its groups; words,
    names of columns and counts are refused where they hold keys of people or single values of the data. So it needs
    ``source``, labels that the data know, and a person who answers for it. It can still carry one person's value that
    was changed in another way (two values added, noise put on, digits moved about), one such value alone in words, a
    mean of fewer people than its count says, two groups that differ by one person, or, under labels that the data do
    not know, an extreme taken from a number of the caller's own.

    Parameters
    ----------
    policy : Policy | None, optional
        What may be shown; None reads ``policy.toml`` of the package.
    source : object, optional
        The data behind what is released (anything with ``hash`` or ``data_hash``, and ``synthetic``), so that releases
        carry their hash and their synthetic stamp. A result that knows its own needs none.
    ledger : VersionLedger | None, optional
        What the release folder has shown of earlier versions of the data. Cells of a measured table that differ from
        it by a few people are held back; any other figure is refused while the data as a whole do. None remembers
        nothing.

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

    def __repr__(self) -> str:
        return f"Gate(policy={self.policy.name!r}, threshold={self.policy.threshold})"

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
        groups: Release | None = None,
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
        groups : Release | None, optional
            For differences between groups (``measure_differences``), the released table of the same groups: a
            difference is shown only where both its groups are.
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
            No ``n``, nobody said to stand behind it, a label, term or title that identifies a person, a column that is
            not there, or differences without ``groups``.

        Examples
        --------
        >>> rows = pd.DataFrame({"term": ["remote share", "remote share, late"], "estimate": [-0.0812, -0.2],
        ...                      "conf_low": [-0.11, -0.5], "conf_high": [-0.05, 0.1], "n": [812, 6], "unit": "share"})
        >>> Gate().estimates(rows, title="Choice honoured", people="n").content["estimate"].tolist()
        [-0.081, nan]
        """
        self._refuse_title(title, source)
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
            groups=groups,
            source=self._behind(source),
        )
        if derived_from is None:
            self._hold_version(source)
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
        self._refuse_title(title, source)
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
        self._refuse_title(title, source)
        refuse_words(text)
        refuse_values_in_words([text], self._behind(source), what="text")
        withheld, why = withhold_text(self.policy, n=n, clusters=clusters, whole=whole, people=people)
        decisions = (*policy_notes(self.policy), *why)
        shown = withheld or text
        if not withheld and (n is not None or people is not None):
            self._hold_version(source)
        return self._seal(pd.DataFrame({"text": [shown]}), "text", title, decisions, source)
