"""A contrast in one's own words says the size that its figure is for, or the claim does, or the study is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.wording.claim_words import says_size
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.study import parse_study

AGAINST = (
    *[("A day more at home", "home_days", size) for size in (5.0, 0.2, 1000.0)],
    *[("half a day more at home", "home_days", 2.0), ("half as much time at home", "home_days", 2.0)],
    *[("twice the cases", "cases", 2.0), ("double the days at home", "home_days", 2.0)],
    *[("per unit of time at home", "home_days", 3.0), ("each extra day at home", "home_days", 5.0)],
    *[("another day at home", "home_days", 2.0), ("a single extra day", "home_days", 3.0)],
    *[("one more case", "cases", 10.0), ("10 more cases", "cases", 1.0), ("ten more cases", "cases", 5.0)],
    *[("a couple of days more at home", "home_days", 5.0), ("a dozen more cases", "cases", 10.0)],
    *[("10 percentage points more time at home", "rs", 0.5), ("ten per cent more time at home", "rs", 1.0)],
    *[("3 days at home rather than 1", "home_days", 1.0), ("a caseload of 20 rather than 15", "caseload", 1.0)],
    *[("fully remote rather than not at all", "rs", 0.1), ("all of the week rather than none", "rs", 0.1)],
    *[("0.2 more", "rs", 0.1), ("an hour more", "h_home", 2.0), ("a day and a half more", "home_days", 1.0)],
)
SAID = (
    *[("a day more at home", "home_days", 1.0), ("five days more at home", "home_days", 5.0)],
    *[("half a day more at home", "home_days", 0.5), ("a day and a half more", "home_days", 1.5)],
    *[("10 percentage points more time at home", "rs", 0.1), ("20% more time at home", "rs", 0.2)],
    *[("1 percentage point more agency workers", "agency_pct", 1.0), ("a dozen more cases", "cases", 12.0)],
    *[("moving from 1 to 4 days at home", "home_days", 3.0), ("1,000 more contacts", "contacts", 1000.0)],
    *[("one more of four marks of a formal arrangement", "formal", 0.25), ("ten units more", "x", 10.0)],
    *[("meeting remotely rather than in person", "remote", 1.0), ("two more meetings a day", "meetings", 2.0)],
    *[("fully remote rather than not at all", "rs", 1.0), ("a worker spending 10 percentage points more", "rs", 0.1)],
)
UNSAID = (
    *[("a day more at home", "rs", 0.2), ("a day more at home", "rs", 1.0), ("more time at home", "home_days", 5.0)],
    *[("working at home", "rs", 0.1), ("an hour more a week", "rs", 0.1), ("some more time at home", "home_days", 3.0)],
    *[("being at home rather than at the office", "rs", 0.5), ("two days more at home", "rs", 1.0)],
)


def study(contrast: str, exposure: str, size: float) -> ht.Study:
    return ht.Study(id="s", question="Does y go with x?", row_unit="rows", outcome="y", exposure=exposure,
                    cluster="team_id", design="cross-sectional", estimand="slope", contrast=contrast,
                    contrast_size=size)  # fmt: skip


@pytest.mark.parametrize(("contrast", "exposure", "size"), AGAINST)
def test_words_against_the_size_are_refused_in_python_and_in_a_file(contrast: str, exposure: str, size: float) -> None:
    """ "A day more at home with a size of five printed the figure of five days, and of one day the words."""
    with pytest.raises(StudyError, match="WORDS-SIZE"):
        study(contrast, exposure, size)
    text = study("", exposure, size).to_toml().replace("exposure = ", f'contrast = "{contrast}"\nexposure = ', 1)
    with pytest.raises(StudyError, match="WORDS-SIZE"):
        parse_study(text)


@pytest.mark.parametrize(("contrast", "exposure", "size"), [*SAID, *UNSAID])
def test_a_claim_says_the_size_that_its_figure_is_for(contrast: str, exposure: str, size: float) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({exposure: rng.random(300) * max(1.0, size), "team_id": [f"T{i % 30:02}" for i in range(300)]})
    frame["y"] = 3 + 2 * frame[exposure] / max(1.0, size) + rng.normal(0, 0.5, 300)
    declared = parse_study(study(contrast, exposure, size).to_toml())
    text = declared.estimate_frame(frame).claims()[0].text
    told = contrast[0].upper() + contrast[1:]
    units = "one unit" if size == 1 else f"{size:g} units"
    behind = f" ({units} of {exposure.replace('_', ' ')})" if (contrast, exposure, size) in UNSAID else ""
    assert text.startswith(f"{told}{behind} is associated")


def test_the_words_of_the_studies_that_come_with_the_toolkit_say_their_size() -> None:
    from hybrid_toolkit.cli_studies import SHIPPED
    from hybrid_toolkit.study.shipped_studies import declared_study

    for name in SHIPPED:
        spec = declared_study(name)
        assert not spec.contrast or says_size(spec.contrast, spec.exposure, spec.contrast_size) == "the size", name


def test_a_column_whose_name_says_too_much_is_not_put_behind_the_words() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"harm_index": rng.random(300) * 4, "team_id": [f"T{i % 30:02}" for i in range(300)]})
    frame["y"] = frame["harm_index"] + rng.normal(0, 0.5, 300)
    text = study("more of what was counted", "harm_index", 2.0).estimate_frame(frame).claims()[0].text
    assert text.startswith("More of what was counted (2 units of the exposure) is associated")
