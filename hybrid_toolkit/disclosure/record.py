"""The record of what the gate decided: for the person who answers for the data."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from hybrid_toolkit.disclosure.release import Release, require_release

RECORD_COLUMNS = ("release", "kind", "title", "rule", "what", "why", "cells", "policy")


def disclosure_record(releases: Iterable[Release]) -> pd.DataFrame:
    """One row a decision over all releases; a release without any has one row that says so.

    Parameters
    ----------
    releases : Iterable[Release]
        What has passed the gate.

    Returns
    -------
    pd.DataFrame
        One row a decision over all releases; a release without any has one row that says so.

    Raises
    ------
    DisclosureError
        Something in ``releases`` is not a release.

    Examples
    --------
    >>> disclosure_record([]).columns.tolist()
    ['release', 'kind', 'title', 'rule', 'what', 'why', 'cells', 'policy']
    """
    rows = []
    for release in releases:
        require_release(release)
        head = (release.id, release.kind, release.title)
        policy = release.policy_hash[:12]
        for d in release.decisions:
            rows.append((*head, d.rule, d.what, d.why, d.cells, policy))
        if not release.decisions:
            rows.append((*head, "none", "Shown whole", "No rule asked for more.", 0, policy))
    return pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
