"""Every result shows its estimates, intervals and sizes, and never a row, a value or an identifier of a person."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit
from hybrid_toolkit import models
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.metrics import flag_careless, impute_chained
from hybrid_toolkit.models import Category, fit_ols
from hybrid_toolkit.models.terms.arguments import ARGUMENT_KINDS
from hybrid_toolkit.result import MOST_SHOWN, ResultBase, RowsHidden, estimate_table, figure

FUNCTIONS = [name for name in models.__all__ if inspect.isfunction(getattr(models, name))]
READ_BY_THEMSELVES = {"Terms", "Terms | None", "Mapping[str, Terms] | None", "object"}
"""Annotations of arguments that ``as_terms`` reads, or that may be of any kind."""


class Texts(HTMLParser):
    """The tags and the texts of a page, each tag closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts(page: str) -> list[str]:
    reader = Texts()
    reader.feed(page)
    assert reader.open == []
    return reader.texts


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_a_working_call_here(calls, name) -> None:
    assert name in calls, "add a working call of the new function to tests/models/conftest.py"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_result_shows_its_estimates_and_intervals(made, name) -> None:
    result = made(name)
    if not name.startswith("fit_") or isinstance(result, pd.DataFrame):
        assert not hasattr(result, "summary") or isinstance(result, ResultBase)
        return
    assert isinstance(result, ResultBase)
    told, rows = result.summary(), result.shown()
    assert told.startswith(result.prose())
    assert not rows.empty and rows["conf_low"].notna().any()
    shown = texts(result._repr_html_())
    for row in rows.head(MOST_SHOWN).to_dict("records"):
        for wanted in (str(row["term"]), *(figure(row[c]) for c in ("estimate", "conf_low", "conf_high"))):
            assert wanted in told and (not wanted or wanted in shown)
    assert f"{100 * result.conf_level:g}% confidence interval" in told
    glance = result.glance().iloc[0]
    assert str(glance["method"]) in told
    for column, words in (("n", "ows used"), ("n_missing", "rows left out"), ("n_clusters", "clusters")):
        if column in glance and glance["n"] > 0:
            assert f"{words} {int(glance[column]):,}" in told


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_page_holds_an_identifier(calls, made, name) -> None:
    secret = "PERSON7c1x"
    frame = calls[name].get("frame")
    if frame is not None:
        assert any(secret in str(v) for v in frame.iloc[0]) or "month" in frame.columns
    result = made(name)
    if isinstance(result, pd.DataFrame | list) or not hasattr(result, "_repr_html_"):
        return
    assert secret not in result._repr_html_() and secret not in result.summary() and secret not in repr(result)


def test_every_text_of_a_page_is_escaped() -> None:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"<b>y</b>": rng.normal(size=60), "k": rng.choice(["a", "<script>x</script>"], 60)})
    page = fit_ols(f, outcome="<b>y</b>", terms=[Category("k", reference="a")])._repr_html_()
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page
    assert any("<script>" in text for text in texts(page))


def test_long_tables_are_cut_and_say_so() -> None:
    rows = pd.DataFrame({"term": [f"x{i}" for i in range(50)], "estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5})
    table, more = estimate_table(rows, level=0.9)
    assert len(table) == MOST_SHOWN and more == [
        "10 more rows: tidy() has them all.",
        "90% CI: 90% confidence interval.",
    ]
    assert list(table.columns) == ["term", "estimate", "90% CI low", "90% CI high"]


def public_classes() -> list[type]:
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(hybrid_toolkit.__path__, "hybrid_toolkit."):
        if module.name.endswith("__main__"):
            continue
        for item in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(item) and dataclasses.is_dataclass(item) and item.__module__ == module.name:
                found[f"{item.__module__}.{item.__qualname__}"] = item
    return list(found.values())


def test_no_object_prints_the_rows_of_its_frames() -> None:
    printed = [
        f"{item.__module__}.{item.__qualname__}.{field.name}"
        for item in public_classes()
        if "__repr__" not in vars(item) or item.__dataclass_params__.repr  # type: ignore[attr-defined]
        for field in dataclasses.fields(item)
        if field.repr and re.search(r"\b(DataFrame|Series)\b", str(field.type)) and "Callable" not in str(field.type)
    ]
    own = {"hybrid_toolkit.data.evaluation_data.EvaluationData.tables"}  # its own __repr__ prints counts
    assert set(printed) == own


def test_every_result_of_the_room_is_shown_in_the_one_way() -> None:
    told = [c for c in public_classes() if c.__module__.startswith("hybrid_toolkit.models.") and hasattr(c, "tidy")]
    assert len(told) > 30 and not [c.__qualname__ for c in told if not issubclass(c, ResultBase)]
    assert not [c.__qualname__ for c in told if "summary" in vars(c) or "_repr_html_" in vars(c)]


@pytest.mark.parametrize("kind", ["imputed", "data", "careless"])
def test_objects_that_hold_rows_show_their_counts(kind) -> None:
    secret = "PERSON7c1x"
    rng = np.random.default_rng(0)
    people = pd.DataFrame({"worker_id": [f"{secret}{i}" for i in range(60)], "y": rng.normal(size=60)})
    holed = people.assign(y=people["y"].where(rng.random(60) < 0.8))
    item: object
    if kind == "imputed":
        item = impute_chained(holed, n_imputations=2, n_iter=1)
    elif kind == "data":
        item = EvaluationData({"worker": people[["worker_id"]]}, synthetic=True, label="made up")
    else:
        index = pd.Index(people["worker_id"])
        item = flag_careless(pd.DataFrame(rng.integers(1, 6, (60, 8)), index).add_prefix("q"))
    assert isinstance(item, RowsHidden)
    page = item._repr_html_()
    assert secret not in page and secret not in repr(item) and "60" in texts(page)
    assert (SYNTHETIC_STAMP in page) == (kind == "data")


def test_every_annotation_of_an_argument_is_checked() -> None:
    unknown = {
        (name, parameter.name, str(parameter.annotation))
        for name in FUNCTIONS
        if name not in ("as_term", "as_terms")
        for parameter in inspect.signature(getattr(models, name)).parameters.values()
        if str(parameter.annotation).removesuffix(" | None") not in ARGUMENT_KINDS
        and str(parameter.annotation) not in READ_BY_THEMSELVES
    }
    assert unknown == set()
