"""The sentences above figures: they read the release alone, name their interval, and claim no more than is drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.data.wording.claim_words import causal_words, overreach
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.plots import figure_headlines as say
from hybrid_toolkit.report.plots.readable_units import in_readable_unit, readable_unit

VALUES = ["estimate", "conf_low", "conf_high"]


def groups(estimates: list[float], half: float = 0.02, n: int = 500, last_n: int = 500) -> Release:
    names = ["office", "home", "video", "phone"][: len(estimates)]
    frame = pd.DataFrame({"mode": names, "n": [*[n] * (len(names) - 1), last_n], "estimate": estimates})
    frame = frame.assign(conf_low=frame["estimate"] - half, conf_high=frame["estimate"] + half)
    return Gate().table(frame, people="n", title="Choice honoured", dims=["mode"], values=VALUES)


def estimates(rows: list[tuple[str, float, float, float]], n: int = 500, unit: str = "points") -> Release:
    frame = pd.DataFrame(rows, columns=["panel", *VALUES]).assign(n=n, unit=unit, term="x", role="study")
    return Gate().estimates(frame, title="Studies", people="n", labels=["panel", "role"])


def test_groups_that_overlap_are_about_alike_and_others_are_named_with_their_intervals() -> None:
    assert "are about alike" in say.groups_say(groups([0.55, 0.54]), unit="share")
    apart = say.groups_say(groups([0.7, 0.5]), unit="share")
    assert apart == "Office: 70%, 95% confidence interval 68% to 72%. Home: 50%, 48% to 52%."
    assert "All 3 groups are about alike: 53% to 55%" in say.groups_say(groups([0.55, 0.54, 0.53]), unit="share")


def test_what_is_hidden_is_told() -> None:
    assert say.groups_say(groups([0.7, 0.5, 0.6], last_n=3), unit="share").endswith("hidden to protect people.")
    assert say.groups_say(groups([0.7], n=3, last_n=3)) == "Every group is hidden to protect people."
    assert say.estimates_say(estimates([("A", 1, 0, 2)], n=3)) == "Every estimate is hidden to protect people."


def test_only_intervals_that_exclude_no_difference_are_named() -> None:
    told = say.estimates_say(estimates([("A", -2.0, -3.0, -1.0), ("B", 0.5, -1.0, 2.0)]))
    assert told.startswith("A: 2.0 points lower, 95% confidence interval 1.0 to 3.0 points lower.")
    assert told.endswith("The other interval is consistent with no difference.")
    assert say.estimates_say(estimates([("A", 0.1, -1.0, 1.0), ("B", 0.5, -1.0, 2.0)])).startswith("All 2 intervals")


def test_a_ratio_is_set_against_one_and_not_against_zero() -> None:
    unit = "times, for a day"
    assert "It is consistent with no difference" in say.estimates_say(estimates([("A", 1.1, 0.9, 1.3)], unit=unit))
    assert "It is not consistent with no difference" in say.estimates_say(estimates([("A", 1.5, 1.2, 1.9)], unit=unit))


def test_every_sentence_is_free_of_causal_words() -> None:
    curve = pd.DataFrame({"population_share": [0.5, 1.0], "n": [50, 50], "outcome_share": [0.3, 1.0]})
    released = Gate().figure_data(
        curve, title="C", dims=["population_share"], values=["outcome_share"], people="n", cumulative=["outcome_share"]
    )
    rows = pd.DataFrame({"period": [1, 2, 3], "observed": [1, 1, 3.0], "fitted": [1, 1, 3.0], "without": [1, 1, 1.2]})
    series = Gate().facts(rows, title="Calls", basis="simulation", source=vouch(rows, SIMULATED))
    told = [
        say.groups_say(groups([0.7, 0.5]), unit="share"),
        say.groups_say(groups([0.55, 0.54]), unit="share"),
        say.estimates_say(estimates([("A", -2.0, -3.0, -1.0)])),
        say.concentration_says(released),
        say.series_says(series, start=3, unit="calls a month"),
    ]
    for text in told:
        assert not overreach(text) and not causal_words(text), text
    assert (
        told[-1]
        == "After the start the series was on average 1.8 calls a month higher than the earlier trend continued."
    )
    assert told[-2].startswith("The 50% who come first hold 30% of the outcome")


def test_the_unadjusted_comparison_is_set_against_the_true_value() -> None:
    rows = pd.DataFrame(
        {
            "role": ["study", "unadjusted"],
            "estimate": [0.0, 2.0],
            "conf_low": [-1.0, 1.0],
            "conf_high": [1.0, 3.0],
            "truth": 0.0,
            "n": 500,
        }
    )
    held = Gate().estimates(rows, title="Trap", people="n", labels=["role", "truth"])
    told = say.unadjusted_says(held)
    assert (
        told
        == "The unadjusted comparison’s interval misses the true value, the study’s interval contains the true value."
    )


def test_a_frame_is_not_accepted() -> None:
    with pytest.raises(DisclosureError):
        say.estimates_say(pd.DataFrame({"estimate": [1.0]}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "scale", "mark"),
    [
        ("share", 100, "%"),
        ("share of runs", 100, "%"),
        ("difference of shares", 100, ""),
        ("share per unit share", 1, ""),
        ("hours a month", 1, ""),
        ("", 1, ""),
    ],
)
def test_units_that_a_person_reads(unit: str, scale: float, mark: str) -> None:
    assert (readable_unit(unit).scale, readable_unit(unit).mark) == (scale, mark)


def test_a_narrow_interval_gets_a_decimal() -> None:
    rows, how = in_readable_unit(pd.DataFrame({"estimate": [0.5], "conf_low": [0.497], "conf_high": [0.504]}), "share")
    assert how.span(*rows[["conf_low", "conf_high"]].iloc[0]) == "49.7% to 50.4%"
    assert np.isclose(rows["estimate"].iloc[0], 50)
