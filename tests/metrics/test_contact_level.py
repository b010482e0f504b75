"""Contact-level metrics on DuckDB: the numbers of the frames, from frames, a database and Parquet files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, MeasureError, UnreadableError, UsageError
from hybrid_toolkit.metrics.constructs.exclusion import contact_engagement
from hybrid_toolkit.metrics.contacts.contact_formulas import EXPRESSIONS
from hybrid_toolkit.metrics.contacts.contact_tables import ContactTables, ContactUnits, contact_practice, unit_frame
from hybrid_toolkit.metrics.specs.registry import REGISTRY

ROWS = {m.id: m.frame.expression for m in REGISTRY.values() if isinstance(m.frame, ContactUnits)}
METRICS = ["choice_honoured", "exclusion_penalty_raw", "contact_in_time_share"]
"""One of each expression and statistic; without a split, all of them."""


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    whole: EvaluationData = ht.simulate_authority("helpful-hump", "small", 6)
    return EvaluationData({n: f for n, f in whole.tables.items() if n != "allocation_spell"}, synthetic=True)


@pytest.fixture(scope="module")
def folder(data: EvaluationData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parquet files, the contacts in two parts and in another order."""
    out = tmp_path_factory.mktemp("tables")
    for name in ("worker", "team", "family", "la", "access"):
        data.tables[name].to_parquet(out / f"{name}.parquet")
    (out / "contact").mkdir()
    mixed = data.tables["contact"].sample(frac=1, random_state=1)
    mixed.iloc[:5000].to_parquet(out / "contact" / "1.parquet")
    mixed.iloc[5000:].to_parquet(out / "contact" / "2.parquet")
    return out


def test_every_contact_metric_has_its_expression() -> None:
    assert set(ROWS.values()) <= set(EXPRESSIONS), "ContactUnits names an expression that contact_formulas.py has not"
    named = {m.id for m in REGISTRY.values() if m.computed and m.unit in ("held contact", "contact")}
    assert named <= set(ROWS), "metrics of contacts whose frame is not a ContactUnits: they stay out of a database"


def test_unit_frames_are_those_of_pandas(data: EvaluationData) -> None:
    for name, made in (("all_contacts", contact_practice), ("engagement", contact_engagement)):
        there = made(data)
        pd.testing.assert_frame_equal(unit_frame(data, name)[there.columns], there, rtol=1e-12)


@pytest.mark.parametrize(
    ("by", "period"), [(None, None), ("service", None), ("low_access", "quarter"), ("mode", "month"), ("team_id", None)]
)
def test_sums_in_the_database_give_the_numbers_of_the_frame(
    data: EvaluationData, folder: Path, by: str | None, period: str | None
) -> None:
    every = METRICS if by else [m for m in ROWS if not m.startswith("continuity")]
    wanted = [m for m in every if by != "mode" or ROWS[m] != "engagement"]
    there = ht.measure(ContactTables.open(folder), wanted, by=by, period=period)
    pd.testing.assert_frame_equal(there, ht.measure(data, wanted, by=by, period=period), rtol=1e-10, atol=1e-12)


def test_continuity_in_the_database(data: EvaluationData, folder: Path) -> None:
    wanted = ["continuity_usual_provider", "continuity_bice_boxerman"]
    there = ht.measure(ContactTables.open(folder), wanted)
    here = ht.measure(data, wanted)
    pd.testing.assert_frame_equal(there, here, rtol=1e-12, atol=1e-12)


def test_a_database_file(data: EvaluationData, tmp_path: Path) -> None:
    file = tmp_path / "evaluation.duckdb"
    with duckdb.connect(str(file)) as connection:
        for name in ("contact", "worker"):
            connection.register("frame", data.tables[name])
            connection.sql(f"CREATE TABLE {name} AS SELECT * FROM frame")
    got = ht.measure(ContactTables.open(file, synthetic=True), "remote_contact_share")
    assert got["estimate"].item() == pytest.approx(ht.measure(data, "remote_contact_share")["estimate"].item())
    assert "SYNTHETIC" in got.attrs["stamp"]


def test_bad_input(data: EvaluationData, folder: Path, tmp_path: Path) -> None:
    tables = ContactTables.open(folder)
    with pytest.raises(UnreadableError, match="holds no table 'contact'"):
        ContactTables.open(tmp_path)
    with pytest.raises(UnreadableError, match="not a DuckDB file"):
        ContactTables.open(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="not a contact-level metric"):
        ht.measure(tables, "swemwbs")
    with pytest.raises(MeasureError, match="single people"):
        ht.measure(tables, "remote_contact_share", by="worker_id")
    with pytest.raises(UsageError, match="loaded data only"):
        ht.measure(tables, "remote_contact_share", by="career_stage")
    lean = EvaluationData({"contact": data.tables["contact"].drop(columns="mode")})
    with pytest.raises(CoverageError, match="'mode'"):
        ht.measure(ContactTables.of(lean), "remote_contact_share")
    with pytest.raises(CoverageError, match="'access'"):
        ht.measure(ContactTables.of(EvaluationData({"contact": data.tables["contact"]})), "exclusion_penalty_raw")


def test_a_measure_asks_for_no_table_that_its_figure_does_not_read(data: EvaluationData) -> None:
    """Without a table of digital access the share engaged is what it is with one, loaded or not."""
    alone = EvaluationData({n: f for n, f in data.tables.items() if n != "access"}, synthetic=data.synthetic)
    whole = pd.DataFrame(ht.measure(data, "engaged_share"))
    for tables in (alone, ContactTables.of(alone)):
        pd.testing.assert_frame_equal(pd.DataFrame(ht.measure(tables, "engaged_share")), whole)
    with pytest.raises(CoverageError, match="'access'"):
        ht.measure(alone, "exclusion_penalty_raw")
