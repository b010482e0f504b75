"""Whatever a study is made of: it survives its file, equal files give equal studies, wrong kinds are refused."""

from __future__ import annotations

import tomllib
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.study.headline import headline_studies
from hybrid_toolkit.study.study import Study, parse_study
from hybrid_toolkit.study.words import Words

PRACTICE = headline_studies()[0]
text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
names = st.text(ascii_lowercase + "_", min_size=1, max_size=8)
several = st.lists(names, max_size=3, unique=True).map(tuple)
numbers = st.floats(1e-300, 1e300)
# a claim's words may hold no causal word: letters that make none
plain = st.text("xyz 0123-", max_size=12)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    outcome, exposure, *others = draw(st.lists(names, min_size=8, max_size=8, unique=True))
    more = draw(st.integers(0, 2))
    return Study(
        id=draw(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)?", fullmatch=True)),
        question=draw(text) + "?",
        estimand=draw(text),
        outcome=outcome,
        exposure=exposure,
        design="cross-sectional",
        unit="rows",
        cluster=others[0],
        period=draw(text),
        secondary_outcomes=tuple(others[1 : 1 + more]),
        secondary_estimands=tuple(draw(text) for _ in range(more)),
        confounders=tuple(others[3:5]),
        placebos=draw(several),
        colleagues=draw(st.sampled_from(["", "c"])),
        time=draw(st.sampled_from(["", "t"])),
        effect_unit=draw(text),
        contrast=draw(plain),
        contrast_size=draw(numbers),
        words=tuple(
            Words(outcome, draw(plain), draw(text), draw(numbers), draw(st.none() | numbers))
            for _ in range(draw(st.integers(0, 1)))
        ),
        limits=tuple(draw(st.lists(text, max_size=2))),
    )


@settings(max_examples=80, deadline=None)
@given(studies())
def test_any_study_survives_its_file(study: Study) -> None:
    again = parse_study(study.to_toml())
    assert again == study and hash(again) == hash(study) and again.to_toml() == study.to_toml()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-z_]{1,9} = ([\[\]{}\"a-z0-9.,= ]{0,30})\n", fullmatch=True))
def test_any_text_is_a_study_or_a_named_error(line: str) -> None:
    try:
        parse_study(PRACTICE.but(words=()).to_toml() + line)
    except HybridToolkitError as error:
        assert error.code and error.fix


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confounders", "risk"),
        ("confounders", (1,)),
        ("confounders", None),
        ("outcome", 3),
        ("question", None),
        ("contrast_size", "1"),
        ("contrast_size", True),
        ("settings", 3),
        ("settings", ((1, 2),)),
        ("settings", {"a": [1]}),
        ("words", ("x",)),
        ("metrics", ("x",)),
        ("unit", ["contact"]),
    ],
)
def test_values_of_the_wrong_kind_are_refused_by_the_name_of_their_field(field, value) -> None:
    with pytest.raises(StudyError, match=field) as caught:
        PRACTICE.but(**{field: value})
    assert caught.value.code == "STUDY-KIND"


@pytest.mark.parametrize("size", [0.0, -1.0, float("inf"), float("nan")])
def test_a_contrast_is_of_a_size(size) -> None:
    with pytest.raises(StudyError, match="STUDY-FIELD"):
        PRACTICE.but(contrast_size=size)


def test_lists_and_whole_numbers_are_taken_as_what_they_mean() -> None:
    assert PRACTICE.but(confounders=["risk", "need"], contrast_size=1) == PRACTICE.but(contrast_size=1.0)
    hash(PRACTICE.but(confounders=["risk"]))


def test_each_line_of_a_shipped_file_is_read() -> None:
    from importlib.resources import files

    folder = files("hybrid_toolkit.study") / "declared"
    for path in folder.iterdir():
        raw, made = tomllib.loads(path.read_text(encoding="utf-8")), parse_study(path.read_text(encoding="utf-8"))
        assert set(tomllib.loads(made.to_toml())) >= {k for k, v in raw.items() if v != getattr(Study, k, None)}
