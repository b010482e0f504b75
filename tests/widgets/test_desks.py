"""The desks: own data are brought in without a value shown; what leaves is decided, signed and bundled."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.errors import DisclosureError, UnreadableError, UsageError
from hybrid_toolkit.synth.committed import synthetic_folder
from hybrid_toolkit.widgets.desks.data_desk import DataDesk
from hybrid_toolkit.widgets.desks.data_desk_view import DataDeskState, map_column, open_columns
from hybrid_toolkit.widgets.desks.release_bundle import bundle_files
from hybrid_toolkit.widgets.desks.release_desk import ReleaseDesk
from hybrid_toolkit.widgets.explorer.first_measure import first_measure
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews, view_metric

STAFF = "Staff ref,WTE,Shoe size,role\nSECRET1,0.5,44,5\nSECRET2,lots,38,5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "own"
    place.mkdir()
    (place / "Staff list.csv").write_text(STAFF, encoding="utf-8")
    return place


def page(desk: DataDesk) -> str:
    return str(desk._answer.value + desk._figures.value + desk._progress._said.value + desk._code.value)


def run(desk: DataDesk, step: str) -> DataDesk:
    desk.run(step)
    desk.wait()
    return desk


def test_from_choosing_to_loading(folder: Path, tmp_path: Path) -> None:
    desk = run(DataDesk(str(folder)), "Look")
    assert desk.text == "Found: 1 source"
    run(desk, "Propose a mapping")
    assert "worker_id" in desk.state.mapping and "1 item left to you" in desk.text
    assert [c.description for c in desk._columns.children] == ["worker: Shoe size"]
    run(desk, "Check")
    assert desk.text.startswith("Checked: 1 problem to fix") and "worker" in desk._figures.value
    run(desk, "Load")
    assert desk.data is None, "nothing is loaded while there is something to fix"
    assert "SECRET" not in page(desk) and "lots" not in page(desk) and "44" not in desk._figures.value
    (folder / "Staff list.csv").write_text(STAFF.replace("lots", "1"), encoding="utf-8")
    run(desk, "Load")
    assert desk.data is not None and desk.data["worker"]["fte"].tolist() == [0.5, 1.0]
    assert "SECRET" not in page(desk) and "few" in desk._figures.value
    (tmp_path / "mapping.toml").write_text(desk.state.mapping, encoding="utf-8")
    code = desk.to_code().replace("mapping.toml", str(tmp_path / "mapping.toml"))
    held: dict[str, Any] = {}
    exec(code, held)
    assert held["data"].hash == desk.data.hash


def test_a_column_is_mapped_from_its_list_and_taken_out_again(folder: Path) -> None:
    desk = run(DataDesk(str(folder)), "Propose a mapping")
    control = desk._columns.children[0]
    control.value = "commute_min"
    assert 'commute_min = "Shoe size"' in desk.state.mapping
    control.value = "agency"
    assert 'agency = "Shoe size"' in desk.state.mapping and "commute_min =" not in desk.state.mapping
    with pytest.raises(UsageError, match="no part"):
        map_column("", "worker", "x", "fte")


def test_a_column_of_several_files_is_one_choice_and_mapped_in_each_file_that_has_it(folder: Path) -> None:
    for year, columns in (("2024", "role,Ours"), ("2025", "role,Ours"), ("2026", "role")):
        row = f"W{year},0.5,5" + (",1" if "Ours" in columns else "")
        (folder / f"Staff {year}.csv").write_text(f"Staff ref,WTE,{columns}\n{row}\n", encoding="utf-8")
    (folder / "Staff list.csv").unlink()
    desk = run(DataDesk(str(folder)), "Propose a mapping")
    (control,) = desk._columns.children
    assert control.description == "worker: Ours"
    control.value = "agency"
    parts = desk.state.mapping.split("[[tables.worker]]")[1:]
    assert ['agency = "Ours"' in p for p in parts] == ["2026" not in p for p in parts] and len(parts) == 3
    run(desk, "Load")
    assert desk.data is not None and desk.data["worker"]["agency"].notna().tolist() == [True, True, False]
    control.value = ""
    assert "Ours" not in desk.state.mapping
    with pytest.raises(UsageError, match="cannot be read"):
        map_column(desk.state.mapping + "[", "worker", "Ours", "agency")


def test_a_mapping_of_one_s_own_comes_back_after_a_proposal_took_its_place(folder: Path) -> None:
    desk = DataDesk(str(folder))
    desk._lists["mapping"].value = "# by hand"
    run(desk, "Propose a mapping")
    proposed = desk.state.mapping
    assert proposed and proposed != "# by hand" and desk._columns.children
    desk._turns.undo()
    assert desk.state.mapping == desk._lists["mapping"].value == "# by hand" and not desk._columns.children
    desk._lists["path"].value = "elsewhere"
    desk._turns.undo()
    assert desk.state == DataDeskState(str(folder), "# by hand")
    assert desk._lists["path"].value == str(folder)


def test_files_are_uploaded_into_a_private_folder(folder: Path) -> None:
    desk = DataDesk()
    content = memoryview((folder / "Staff list.csv").read_bytes())
    desk._upload.value = ({"name": "../../Staff list.csv", "content": content, "size": 1, "type": "", "last_modified":
                           pd.Timestamp("2026-01-01", tz="UTC").to_pydatetime()},)  # fmt: skip
    desk.wait()
    assert desk.text == "Found: 1 source" and Path(desk.state.path, "Staff list.csv").exists()
    assert Path(desk.state.path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("path", ["", "nowhere-at-all", "postgresql://me:hidden-word@127.0.0.1:1/none"])
def test_a_place_that_is_not_there_is_said_in_place(path: str) -> None:
    desk = run(DataDesk(path), "Check")
    assert 'role="alert"' in desk._answer.value and desk.data is None
    assert "hidden-word" not in page(desk)


def test_a_mapping_that_is_no_mapping_is_said_and_another_path_forgets_what_was_found(folder: Path) -> None:
    desk = run(DataDesk(str(folder), mapping="not [toml"), "Check")
    assert "the mapping file cannot be read" in desk._answer.value
    run(desk, "Look")
    desk._lists["path"].value = "elsewhere"
    assert desk.text == "No data are chosen yet."


def test_a_password_is_not_saved(tmp_path: Path) -> None:
    desk = DataDesk("postgresql://me:hidden-word@host/name")
    desk.save(tmp_path / "desk.json")
    assert "hidden-word" not in (tmp_path / "desk.json").read_text(encoding="utf-8")
    assert "hidden-word" in desk.state.path
    desk.load(tmp_path / "desk.json")
    assert desk.state.path == "postgresql://host/name"


def test_the_synthetic_authority_is_loaded_and_stamped(small: ht.EvaluationData) -> None:
    desk = run(DataDesk(str(synthetic_folder("small"))), "Load")
    assert desk.data is not None and desk.data.hash == small.hash
    assert "SYNTHETIC" in desk._answer.value and "metrics" in desk._figures.value.lower()
    view = view_metric(small, metric=first_measure(MetricViews(small).metrics(), own=False))
    assert "A first look" in desk._figures.value and html.escape(view.text) in desk._figures.value
    assert "<svg" in desk._figures.value, "a figure beside its table"


FRAME = pd.DataFrame({"mode": ["home", "phone", "video"], "n": [41, 6, 18], "share": [0.61, 0.33, 0.55]})


@pytest.fixture
def releases() -> list[ht.Release]:
    loose = Gate(Policy(threshold=5, reason="For a closed audience.", agreed_by="data owner"))
    gates = ((Gate(), "A"), (loose, "B"))
    return [g.table(FRAME, people="n", title=t, dims=["mode"], values=["share"]) for g, t in gates]


def test_a_looser_output_waits_for_a_signature(releases: list[ht.Release]) -> None:
    desk = ReleaseDesk(releases, today=date(2026, 3, 1))
    assert desk.text == "2 outputs: 1 leaves, 1 wait for a signature, 0 held back"
    assert set(bundle_files(desk.releases, desk.state)) == {
        f"{releases[0].id}.csv", f"{releases[0].id}.meta.csv", "disclosure-record.csv", "exceptions.csv",
        "manifest.json",
    }  # fmt: skip
    desk._which.value, desk._reason.value, desk._by.value = releases[1].id, "short", "Data owner"
    sign_button = next(c for c in desk._form.children[0].children if getattr(c, "description", "") == "Sign")
    sign_button.click()
    assert 'role="alert"' in desk._said.value and not desk.state.signed
    desk._reason.value = "=Agreed at the data board for a closed audience"
    sign_button.click()
    assert desk.text == "2 outputs: 2 leave, 0 wait for a signature, 0 held back"
    files = bundle_files(desk.releases, desk.state)
    assert b"'=Agreed" in files["exceptions.csv"], "no cell starts a formula"
    assert "Agreed at the data board" in desk._figures.value


def test_an_output_is_held_back_and_nothing_hidden_is_shown(releases: list[ht.Release], tmp_path: Path) -> None:
    desk = ReleaseDesk(releases[:1], today=date(2026, 3, 1))
    held = zipfile.ZipFile(io.BytesIO(desk._exports()[0].content))
    rows = held.read(f"{releases[0].id}.csv").decode("utf-8-sig")
    assert "phone,c,c" in rows and ",6," not in rows
    manifest = json.loads(held.read("manifest.json"))
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256(held.read(name)).hexdigest() == digest
    desk.sign(releases[0].id, leaves=False, reason="A better grouping is being made", by="Analyst")
    with pytest.raises(DisclosureError, match="Nothing may leave"):
        bundle_files(desk.releases, desk.state)
    desk.save(tmp_path / "desk.json")
    other = ReleaseDesk(releases[:1])
    other.load(tmp_path / "desk.json")
    assert other.state == desk.state and other.text.endswith("1 held back")
    with pytest.raises(UnreadableError):
        DataDesk().load(tmp_path / "desk.json")


def test_the_bundle_is_written_as_a_folder_and_only_into_a_new_one(releases: list[ht.Release], tmp_path: Path) -> None:
    desk = ReleaseDesk(releases)
    desk._folder.value = str(tmp_path / "out")
    desk._written()
    assert (tmp_path / "out" / "manifest.json").exists()
    desk._written()
    assert 'role="alert"' in desk._said.value


def test_only_releases_come_to_the_desk() -> None:
    with pytest.raises(DisclosureError):
        ReleaseDesk([FRAME])  # type: ignore[list-item]
    assert ReleaseDesk([]).text == "There is no output to decide on."


def test_a_second_file_may_give_what_the_first_gives_already(tmp_path: Path) -> None:
    visits = "".join(f"{70000 + i},{500 + i},{10 + i % 18:02d}/05/2024,{{}}\n" for i in range(30))
    (tmp_path / "Visits.csv").write_text("Visit ID,Child ID,Visit date,Method\n" + visits.format(*["Phone"] * 30))
    (tmp_path / "Old visits.csv").write_text("Visit ID,Child ID,Visit date,Zeta\n" + visits.format(*["qqq"] * 30))
    free = {name: columns for _, name, columns in open_columns(propose_mapping(tmp_path))}
    assert "mode" in free["Zeta"] and "held_date" not in free["Zeta"]


PUBLISHED = (
    "time_period,geographic_level,country_code,country_name,region_code,region_name,new_la_code,la_name,"
    "turnover_rate_fte\n2024,National,E92000001,England,,,,,13.8\n"
    "2024,Regional,E92000001,England,E12000001,North East,,,12.5\n"
    "2024,Local authority,E92000001,England,E12000001,North East,E06000005,Darlington,x\n"
)


def test_published_statistics_have_a_place_and_stand_beside_a_measure(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    rows = {"la_id": ["E06000005"], "year": [2024], "inpost_fte": [90.0], "leavers_fte": [9.0]}
    pd.DataFrame(rows).to_csv(own / "la_year.csv", index=False)
    (tmp_path / "workforce.csv").write_text(PUBLISHED)
    desk = DataDesk(str(own))
    desk._lists["published"].value = str(tmp_path / "workforce.csv")
    run(desk, "Load")
    assert desk.data is not None and desk.text.endswith("with published statistics"), desk.text
    assert "Published statistics" in page(desk) and "National" in page(desk)
    assert "ht.load_published(" in desk.to_code()
    found = desk.published.figures(desk.data, "turnover_rate_pct").frame
    assert found.loc[found["kind"].eq("England"), "figure"].tolist() == [13.8]
    people = "".join(f"{700000 + i},0{1 + i % 9}/04/2012,A Name\n" for i in range(12))
    (tmp_path / "people.csv").write_text("Child ID,Date of birth,Worker name\n" + people)
    desk._lists["published"].value = str(tmp_path / "people.csv")
    run(desk, "Load")
    assert desk.data is None and "one row" in desk.text, desk.text
    assert DataDesk().published.knows("swemwbs"), "norms come with the toolkit"


def test_a_desk_that_was_saved_before_published_statistics_opens(tmp_path: Path) -> None:
    desk = DataDesk("somewhere")
    kept = desk.save(tmp_path / "desk.json")
    text = json.loads(Path(kept).read_text(encoding="utf-8"))
    text["schema"] = 1
    text["state"].pop("published")
    Path(kept).write_text(json.dumps(text), encoding="utf-8")
    other = DataDesk()
    other.load(kept)
    assert other.state == DataDeskState("somewhere", "", "")
