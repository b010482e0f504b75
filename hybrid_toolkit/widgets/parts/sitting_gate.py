"""The gate of a widget: the one it is given, or one that remembers what this sitting has shown."""

from __future__ import annotations

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.ledger.sitting_ledger import sitting_ledger
from hybrid_toolkit.synth.committed import is_committed


def sitting_gate(data: EvaluationData, gate: Gate | None = None) -> Gate:
    """The gate that is given; otherwise one over the data, with the ledger that all widgets of a kernel share.

    Data that come with the toolkit need no ledger: they are nobody's.

    Parameters
    ----------
    data : EvaluationData
        What is looked at.
    gate : Gate | None, optional
        The gate that the caller chose, with the ledger of a release folder for what is to be remembered from day to
        day.

    Examples
    --------
    >>> from hybrid_toolkit.synth.committed import load_synthetic
    >>> sitting_gate(load_synthetic()).ledger is None
    True
    """
    if gate is not None:
        return gate
    return Gate(source=data, ledger=None if is_committed(data) else sitting_ledger())
