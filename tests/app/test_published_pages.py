"""Published statistics in the app: kept with the work, refused where they hold people, one switch on the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from hybrid_toolkit.app import uploads as module
from hybrid_toolkit.app.pages import published as pages
from hybrid_toolkit.app.pages import study as study_pages
from hybrid_toolkit.app.session import Session
from hybrid_toolkit.app.settings import Settings
from hybrid_toolkit.app.visit import Fields, GoTo, PageView, SentIn, Visit
from hybrid_toolkit.app.work.look_at_data import lens_file, look_through
from hybrid_toolkit.app.work.plan_study import study_beside
from hybrid_toolkit.app.work.practice import assessment_file, beside
from hybrid_toolkit.app.work.published import read_published
from hybrid_toolkit.app.worker import Bench, call
from hybrid_toolkit.errors import HybridToolkitError, PersonLevelError, UsageError

STATISTICS = (
    b"time_period,geographic_level,country_code,country_name,region_code,region_name,new_la_code,la_name,"
    b"turnover_rate_fte\n"
    b"2024,National,E92000001,England,,,,,13.8\n2024,Regional,E92000001,England,E12000001,North East,,,12.5\n"
    b"2024,Local authority,E92000001,England,E12000001,North East,E06000005,Darlington,x\n"
)
PEOPLE = b"Child ID,Date of birth,Worker name\n700001,03/04/2012,Alex Example\n700002,05/06/2013,Sam Sample\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    place = tmp_path / "own"
    place.mkdir()
    rows = {"la_id": ["E06000005"], "year": [2024], "inpost_fte": [90.0], "leavers_fte": [9.0]}
    pd.DataFrame(rows).to_csv(place / "la_year.csv", index=False)
    return Bench(str(place))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bench: Bench) -> Session:
    monkeypatch.setattr(module, "private_folder", lambda: tmp_path / "private")
    opened = Session(Settings(1, "x" * 40, workspace=str(tmp_path / "work")))

    def ask(function: str, given: dict[str, Any], **_: Any) -> SimpleNamespace:
        try:
            return SimpleNamespace(error=None, ready=True, value=call(bench, function, given))
        except HybridToolkitError as error:
            return SimpleNamespace(error=error, ready=True, value=None)

    opened.jobs = SimpleNamespace(ask=ask, arguments=["--data"])  # type: ignore[assignment]
    return opened


def visit(desk: Session, form: dict[str, str] | None = None, **files: tuple[str, bytes]) -> Visit:
    sent = {field: (SentIn(*one),) for field, one in files.items()}
    given = Fields({k: [v] for k, v in (form or {}).items()})
    return Visit("/data/published", bool(form or files), {}, Fields(), given, sent, desk.workspace, desk.jobs,
                 today=date(2027, 1, 2), session=desk)  # fmt: skip


def left(tmp_path: Path) -> list[str]:
    """Files that stand in the folder of the work or in the private folder of copies, the app's own notes apart."""
    found = [p for part in ("work", "private") for p in (tmp_path / part).rglob("*") if p.is_file()]
    return sorted(p.name for p in found if p.suffix not in (".json", ".lock"))


def test_files_that_were_sent_are_read_and_kept_with_the_work(desk: Session, tmp_path: Path) -> None:
    assert isinstance(pages._show(visit(desk, file=("workforce.csv", STATISTICS))), GoTo)
    shown = pages._show(visit(desk))
    assert isinstance(shown, PageView) and shown.status == 200
    found = shown.values["found"]
    assert ("workforce.csv", "National", "1", "1") in found["levels"] and found["authorities"] == ["Darlington"]
    assert found["measures"] == ["Turnover"]
    assert left(tmp_path) == ["workforce.csv"]
    path, area, stamp = pages.published_of(visit(desk))
    assert Path(path) == tmp_path / "work" / pages.KEPT_FILES and stamp and not area
    pages._show(visit(desk, {"what": "area", "area": "Darlington"}))
    assert pages.published_of(visit(desk))[1] == "Darlington"
    pages._show(visit(desk, {"what": "close"}))
    assert pages.published_of(visit(desk)) == ("", "", "")
    closed = pages._show(visit(desk))
    assert isinstance(closed, PageView) and closed.values["closed"] and closed.values["found"] is None
    pages._show(visit(desk, {"what": "open"}))  # nothing is removed without a way back
    assert pages.published_of(visit(desk)) == (path, "Darlington", stamp) and left(tmp_path) == ["workforce.csv"]


def test_a_file_with_one_row_a_person_leaves_nothing_behind(desk: Session, tmp_path: Path) -> None:
    pages._show(visit(desk, file=("children.csv", PEOPLE)))
    shown = pages._show(visit(desk))
    assert isinstance(shown, PageView) and shown.status == 422
    told = shown.values["errors"]["path"]
    assert "one row a person" in told and "Example" not in told and "700001" not in told
    assert left(tmp_path) == [] and pages.published_of(visit(desk)) == ("", "", "")
    with pytest.raises(PersonLevelError):
        (tmp_path / "children.csv").write_bytes(PEOPLE)
        read_published(Bench(), str(tmp_path / "children.csv"))


def test_one_switch_sets_them_beside_a_measure_and_the_assessment(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "workforce.csv").write_bytes(STATISTICS)
    given = (str(tmp_path / "workforce.csv"), "", "1")
    plain = look_through(bench, "measures", (("metric", "turnover_rate_pct"),), given)
    assert plain["choices"]["beside"] == {"none": "Nothing", "published": "Published figures"}
    assert len(plain["panels"]) == 1
    asked = (("metric", "turnover_rate_pct"), ("beside", "published"))
    rows = look_through(bench, "measures", asked, given)["panels"][1]["rows"]
    assert rows[:3] == [
        ["Darlington, 2024", "this authority, published", "marked 'x'", "none"],
        ["England, 2024", "England", "13.8", "none"],
        ["North East, 2024", "region", "12.5", "none"],
    ]
    norms = look_through(bench, "measures", asked)["panels"][1]["rows"]
    assert norms and "North East" not in str(norms)
    part = {"metrics": {"staff": ["turnover_rate_pct"]}, "levels": {"staff": 2.0}, "targets": {}}
    assert beside(bench, **part)[0]["published"] == []
    below = beside(bench, **part, published=given)[0]
    assert below["published"][0]["rows"][1][:2] == ["England, 2024", "England"] and below["notes"]
    held = assessment_file(
        bench, rows=[], targets={}, own={}, on="2027-01-02", form=".html", data=True, published=given
    )
    assert "North East, 2024" in held.decode()


def test_a_page_that_shows_no_table_has_no_file(bench: Bench) -> None:
    found = look_through(bench, "review", (("beside", "published"),))
    assert found["empty"] is None and found["panels"] == []
    for form in (".csv", ".docx"):
        with pytest.raises(UsageError):
            lens_file(bench, "review", form)


def test_the_answer_of_a_study_has_one_switch_for_published_figures(
    desk: Session, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages._show(visit(desk, file=("workforce.csv", STATISTICS)))
    pages._show(visit(desk, {"what": "area", "area": "Darlington"}))
    told = study_beside(bench, (("start", "agency-turnover"),), pages.published_of(visit(desk)))
    rows = [row for table in told["tables"] for row in table["rows"]]
    assert any("England" in row[0] and "13.8" in row[2] for row in rows), told
    assert [row[2] for row in rows if "Darlington" in row[0]] == ["marked 'x'"], "a symbol stays a symbol"
    bare = study_beside(bench, (("start", "agency-turnover"),), ("", "", ""))
    assert not [r for t in bare["tables"] for r in t["rows"] if "13.8" in r[2]] and bare["notes"]
    asked = visit(desk)
    answers = {"study_answer": {"needs": []}, "study_beside": told}
    monkeypatch.setattr(Visit, "work", lambda self, function, **_: answers[function.rpartition(":")[2]])
    off = study_pages._answer(asked)
    asked = replace(asked, query=Fields({"beside": ["published"]}))
    on = study_pages._answer(asked)
    assert isinstance(off, PageView) and isinstance(on, PageView)
    assert off.values["published"] is None and on.values["published"] == told and on.values["beside"] == "published"
