"""The limits of dominance, each tried just under and just over, and that both sides count what they should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.disclosure import Gate, Policy
from hybrid_toolkit.disclosure.looks import dominated


@pytest.mark.parametrize(("two", "told"), [(0.92, True), (0.88, False)])
def test_two_people_may_hold_nine_tenths_of_a_total_and_no_more(two: float, told: bool) -> None:
    """ACRO's N-K rule: the two largest hold more than 90%."""
    values = np.array([two / 2, two / 2, *np.full(10, (1 - two) / 10)])
    assert dominated(values, np.arange(12)) is told
    assert dominated(-values, np.arange(12)) is told
    twice = np.concatenate([values / 2, values / 2])  # a person's rows count together
    assert dominated(twice, np.tile(np.arange(12), 2)) is told


@pytest.mark.parametrize(("share", "hidden"), [(0.5, False), (0.51, True)])
def test_a_share_just_over_the_policy_is_hidden(share: float, hidden: bool) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "n": [30, 40], "hours": [101.3, 93.7], "largest": [share, 0.1]})
    gate = Gate(Policy(dominance_share=0.5))
    shown = gate.table(frame, people="n", title="x", dims=["a"], values=["hours"], dominance="largest").content
    assert shown["suppressed"].tolist() == [hidden, False]
