"""Whatever a study is made of: it survives its file, equal files give equal studies, wrong kinds are refused."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid_toolkit.data.wording.claim_words import OutcomeLabel, says_size
from hybrid_toolkit.data.wording.named import named_in, ranks_or_blames
from hybrid_toolkit.data.wording.text_form import odd_form
from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.study.study import Study, parse_study

PRACTICE = headline_studies()[0]
FULL = Study(
    id="full",
    question="Is every field kept?",
    estimand="none",
    outcome="y",
    exposure="x",
    design="adjusted-interaction",
    row_unit="rows",
    cluster="team",
    kind="slope-gap",
    moderators=("gap",),
    time_label="week",
    secondary_outcomes=("y2",),
    secondary_estimands=("none",),
    groups="g",
    mediators=("m",),
    confounders=("c",),
    fixed_effects=("f",),
    instruments=("i",),
    placebos=("p",),
    colleagues="co",
    responded="a",
    panel_id="w",
    time="t",
    first_treated="s",
    entry="e",
    duration="d",
    effect_unit="points",
    contrast="a day",
    contrast_size=0.5,
    words=(OutcomeLabel("y", "the score", "points", 2.0, 0.5),),
    caveats=("Nothing more.",),
    known_lean="Simulated without any effect, it finds half a point.",
)


def nobody(text: str) -> bool:
    """Whether text made by chance reads as no name, key or telephone number, which a study refuses."""
    return not named_in(text.replace("-", " ")) and not named_in(text)


text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30).filter(nobody)
prose = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=30).filter(
    lambda t: nobody(t) and not odd_form(t) and not ranks_or_blames(t)
)
# letters that make nobody's name, no causal word and no formula
names = st.text("bcfghkqvwxz_", min_size=1, max_size=8)
numbers = st.floats(1e-300, 1e300)
plain = st.text("xyq 0123-", max_size=12).map(lambda t: t.lstrip(" -")).filter(nobody)
units = st.text("xyzéß ,", max_size=12).filter(lambda t: not t or bool(t.strip()))
# design and kind with settings that it takes, and the fields that it needs
DESIGNED = st.sampled_from(
    [
        ("cross-sectional", "slope", {}),
        ("adjusted-interaction", "slope-gap", {}),
        ("mediation", "indirect", {}),
        ("stepped-wedge", "effect", {}),
        ("synthetic-did", "effect", {"variance": "jackknife"}),
        ("synthetic-control", "effect", {"demean": False}),
        ("interrupted-series", "effect", {"season": 12, "errors": "newey-west"}),
        ("retention", "log-hazard", {}),
    ]
)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """A study of free rows with something in every field but ``metrics``, which needs tables."""
    columns = iter(draw(st.lists(names, min_size=24, max_size=24, unique=True)))
    design, kind, chosen = draw(DESIGNED)
    needs = DESIGNS[design].needs

    def one(field: str) -> str:
        return next(columns) if field in needs or draw(st.booleans()) else ""

    def some(field: str, most: int = 2) -> tuple[str, ...]:
        return tuple(next(columns) for _ in range(draw(st.integers(int(field in needs), most))))

    outcome, secondary = next(columns), some("secondary_outcomes")
    exposure, size = next(columns), draw(numbers)
    return Study(
        id=draw(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)?", fullmatch=True).filter(nobody)),
        question=draw(units) + "?",
        estimand=draw(text),
        outcome=outcome,
        exposure=exposure,
        design=design,
        kind=kind,
        row_unit="rows",
        cluster=next(columns),
        time_label=draw(prose),
        secondary_outcomes=secondary,
        secondary_estimands=tuple(draw(text) for _ in secondary),
        moderators=(next(columns),) if kind == "slope-gap" else (),
        groups=one("groups"),
        mediators=some("mediators"),
        confounders=some("confounders", 0 if "confounders" in DESIGNS[design].leaves_aside else 2),
        fixed_effects=some("fixed_effects", 0 if "fixed_effects" in DESIGNS[design].leaves_aside else 1),
        instruments=some("instruments", 0 if "instruments" in DESIGNS[design].leaves_aside else 1),
        placebos=some("placebos", 1),
        colleagues=one("colleagues"),
        responded=one("responded"),
        panel_id=one("panel_id"),
        time=one("time"),
        first_treated=one("first_treated"),
        entry=one("entry"),
        duration=one("duration"),
        settings=draw(st.sampled_from([chosen, {}])),
        effect_unit=draw(units),
        contrast=draw(plain.filter(lambda t: says_size(t, exposure, size) != "another size")),  # refused otherwise
        contrast_size=size,
        words=tuple(
            OutcomeLabel(o, draw(plain), draw(units), draw(st.floats(0.01, 100)), draw(st.none() | numbers))
            for o in draw(st.lists(st.sampled_from([outcome, *secondary]), unique=True))
        ),
        caveats=tuple(draw(st.lists(prose, max_size=2))),
    )


metrics = st.builds(
    CustomMetric,
    name=st.text("abc XYZ", min_size=1, max_size=12).map(lambda t: f"Own {t.strip()} metric").filter(nobody),
    question=st.text('abc é"\\\\', max_size=20).map(lambda t: f"q{t}?"),
    table=st.just("contact"),
    formula=st.sampled_from(['share(mode == "video")', "mean(held_date - due_date)"]),
    unit=st.just("share"),
    id=st.from_regex(r"own_[a-z]{3,9}", fullmatch=True),
    cluster=st.sampled_from([(), ("team_id",)]),
    direction=st.sampled_from(["none", "higher", "lower"]),
    low=st.none() | st.floats(-1e6, -1),
    high=st.none() | st.floats(1, 1e6),
    min_n=st.integers(10, 99),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(metrics, max_size=2, unique_by=lambda m: m.id))
def test_metrics_of_ones_own_survive_the_file_too(own: list[CustomMetric]) -> None:
    study = PRACTICE.replace(metrics=tuple(own))
    again = parse_study(study.to_toml())
    assert again == study and hash(again) == hash(study) and again.metrics == tuple(own)


def test_no_field_of_a_study_is_left_out_of_its_file() -> None:
    seen = {f.name for f in fields(Study) if f.default is MISSING} | {"metrics", "effect", "settings"}
    for study in (*headline_studies(), FULL):
        seen |= {f.name for f in fields(Study) if f.default is not MISSING and getattr(study, f.name) != f.default}
    assert seen == {f.name for f in fields(Study)}
    assert parse_study(FULL.to_toml()) == FULL


ALONE = {
    "question": "Another?",
    "contrast_size": 0.25,
    "settings": None,
    "words": (),
    "row_unit": None,
}
# None: fields that others hang on
ALONE |= dict.fromkeys(("kind", "effect", "design", "row_unit", "moderators", "metrics"))
ALONE |= dict.fromkeys(("secondary_outcomes", "secondary_estimands"))


@pytest.mark.parametrize("field", [f.name for f in fields(Study) if ALONE.get(f.name, "") is not None])
def test_a_field_that_differs_makes_another_study_and_another_text(field: str) -> None:
    value = getattr(FULL, field)
    other = ALONE.get(field, (*value, "more") if isinstance(value, tuple) else "other")
    study = FULL.replace(**{"words": () if field == "outcome" else FULL.words, field: other})
    assert study != FULL and study.to_toml() != FULL.to_toml() and parse_study(study.to_toml()) == study


@settings(max_examples=80, deadline=None)
@given(studies())
def test_any_study_survives_its_file(study: Study) -> None:
    again = parse_study(study.to_toml())
    assert again == study and hash(again) == hash(study) and again.to_toml() == study.to_toml()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-z_]{1,9} = ([\[\]{}\"a-z0-9.,= ]{0,30})\n", fullmatch=True))
def test_any_text_is_a_study_or_a_named_error(line: str) -> None:
    try:
        parse_study(PRACTICE.replace(words=()).to_toml() + line)
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
        ("row_unit", ["contact"]),
    ],
)
def test_values_of_the_wrong_kind_are_refused_by_the_name_of_their_field(field, value) -> None:
    with pytest.raises(StudyError, match=field) as caught:
        PRACTICE.replace(**{field: value})
    assert caught.value.code == "STUDY-KIND"


@pytest.mark.parametrize("size", [0.0, -1.0, float("inf"), float("nan")])
def test_a_contrast_is_of_a_size(size) -> None:
    with pytest.raises(StudyError, match="STUDY-FIELD"):
        PRACTICE.replace(contrast_size=size)


def test_lists_and_whole_numbers_are_taken_as_what_they_mean() -> None:
    listed = PRACTICE.replace(confounders=["risk", "need"], contrast="", contrast_size=1)
    assert listed == PRACTICE.replace(confounders=("risk", "need"), contrast="", contrast_size=1.0)
    hash(PRACTICE.replace(confounders=["risk"]))


def test_each_line_of_a_shipped_file_is_read() -> None:
    from importlib.resources import files

    folder = files("hybrid_toolkit.study") / "shipped"
    for path in folder.iterdir():
        raw, made = tomllib.loads(path.read_text(encoding="utf-8")), parse_study(path.read_text(encoding="utf-8"))
        assert set(tomllib.loads(made.to_toml())) >= {k for k, v in raw.items() if v != getattr(Study, k, None)}
