"""Mappings: strict about names, open about what they leave out; the shipped ones on their own layouts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.load import load_data, read_raw
from hybrid_toolkit.data.mapping.mapping_file import load_mapping, parse_mapping, shipped_mappings
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.errors import ContractError, IdentifierError, MappingError, UnreadableError

STAFF = """Staff ref,Full name,Post,WTE,Locum?,Started,Directorate,Team
17,x,SW,0.8,A,01.02.2021,Children,North
18,x,TM,1,P,02.02.2021,Children,North
19,x,sw,1,P,03.02.2021,Adults,South
,x,SW,1,P,04.02.2021,Children,South
"""
MAP = """
name = "hr"
[tables.worker]
source = "STAFF LIST"
dates = { start_date = "%d.%m.%Y" }
drop = ["Full name"]
pseudonymise = ["worker_id"]
skip_empty = ["worker_id"]
[tables.worker.columns]
worker_id = "Staff ref"
team_id = "Team"
role = "Post"
fte = ["FTE", "WTE"]
agency = "Locum?"
start_date = "Started"
[tables.worker.codes.role]
"SW" = "5"
"TM" = "3"
[tables.worker.codes.agency]
"A" = true
"P" = false
[tables.worker.constants]
disability = false
[tables.worker.keep]
"Directorate" = ["children"]
[tables.team]
source = "staff list"
distinct = true
drop = ["Full name"]
[tables.team.columns]
team_id = "Team"
[tables.team.constants]
la_id = "301"
service = "cla"
"""


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "Staff list.csv").write_text(STAFF)
    (tmp_path / "data" / "la.csv").write_text("la_id\n301\n")
    (tmp_path / "map.toml").write_text(MAP)
    return tmp_path


def test_names_codes_constants_dates_filters_and_pseudonyms(staff: Path) -> None:
    data = load_data(staff / "data", staff / "map.toml", key="k")
    worker = data["worker"]
    assert list(data) == ["la", "team", "worker"]
    assert worker["role"].tolist() == ["5", "3"]
    assert worker["fte"].tolist() == [0.8, 1.0]
    assert worker["agency"].tolist() == [True, False]
    assert worker["disability"].tolist() == [False, False]
    assert worker["start_date"].tolist() == [pd.Timestamp(2021, 2, 1), pd.Timestamp(2021, 2, 2)]
    assert data["team"].to_dict("list") == {"team_id": ["North", "South"], "la_id": ["301"] * 2, "service": ["cla"] * 2}
    assert "17" not in worker["worker_id"].tolist()
    notes = {s.table: s.notes for s in data.provenance}["worker"]
    assert "read by the mapping 'hr'" in notes
    assert "1 column dropped by the mapping: Full name" in notes
    assert "1 row was left out by 'Directorate', as the mapping says" in notes
    assert "1 row was left out without worker_id" in notes
    assert "worker_id was replaced by a keyed hash" in notes
    assert data.mapping_hash is not None and len(data.mapping_hash) == 64


def test_pseudonyms_follow_the_key(staff: Path) -> None:
    def ids(key: str | None) -> list[str]:
        return list(load_data(staff / "data", staff / "map.toml", key=key)["worker"]["worker_id"])

    assert ids("k") == ids("k")
    assert ids("k") != ids("other")
    assert ids(None) != ids(None)


def test_an_identifier_that_the_mapping_does_not_drop_is_refused(staff: Path) -> None:
    (staff / "map.toml").write_text(MAP.replace('drop = ["Full name"]', ""))
    with pytest.raises(IdentifierError, match="Full name"):
        load_data(staff / "data", staff / "map.toml")


def test_an_identifier_cannot_be_mapped_into_a_key(staff: Path) -> None:
    text = MAP.replace('worker_id = "Staff ref"', 'worker_id = "Full name"').replace('drop = ["Full name"]', "")
    (staff / "map.toml").write_text(text.replace('pseudonymise = ["worker_id"]', ""))
    with pytest.raises(IdentifierError):
        load_data(staff / "data", staff / "map.toml")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("[tables.worker]", "[tables.wrker]"), "MAP-TABLE", "nearest: 'worker'"),
        (('team_id = "Team"\nrole', 'teamid = "Team"\nrole'), "MAP-COLUMN", "nearest: 'team_id'"),
        (('"TM" = "3"', '"TM" = "33"'), "MAP-CODE", 'tables.worker.codes.role."TM"'),
        (('"A" = true', '"A" = "maybe"'), "MAP-CODE", "tables.worker.codes.agency"),
        (("codes.role", "codes.fte"), "MAP-CODE", "the column holds no codes"),
        (("distinct = true", "distinkt = true"), "MAP-KEY", "nearest: 'distinct'"),
        (("distinct = true", "distinct = 1"), "MAP-KEY", "must be true or false"),
        (('"%d.%m.%Y"', '"day month year"'), "MAP-DATE", "date format"),
        (('service = "cla"', 'service = "CLA team"'), "MAP-CODE", "constants.service"),
        (('name = "hr"', 'names = "hr"'), "MAP-KEY", "nearest: 'name'"),
        (('name = "hr"', "name = "), "MAP-TOML", "line 2"),
    ],
)
def test_a_mapping_with_an_unknown_name_says_which(change: tuple[str, str], code: str, said: str) -> None:
    assert change[0] in MAP
    with pytest.raises(MappingError) as caught:
        parse_mapping(MAP.replace(*change), "map.toml")
    assert caught.value.code == code
    assert said in str(caught.value)


def test_every_problem_of_a_mapping_in_one_error() -> None:
    with pytest.raises(MappingError, match=r"3 problems"):
        parse_mapping('[tables.x]\n[tables.worker]\nsauce = "a"\n[tables.worker.columns]\nid = "b"\n', "m")


def test_sources_and_columns_that_are_not_there(staff: Path) -> None:
    (staff / "map.toml").write_text(MAP.replace('"STAFF LIST"', '"Staff listing"'))
    with pytest.raises(MappingError, match="nearest: 'Staff list'"):
        load_data(staff / "data", staff / "map.toml")
    (staff / "map.toml").write_text(MAP.replace('"Staff ref"', '"Staff reference"').replace('"Post"', '"Zyx"'))
    with pytest.raises(MappingError) as caught:
        load_data(staff / "data", staff / "map.toml")
    assert "'Staff reference' for worker.worker_id (nearest: 'Staff ref')" in str(caught.value)
    assert "'Zyx' for worker.role" in str(caught.value)
    (staff / "map.toml").write_text(
        MAP.replace('["FTE", "WTE"]', '"FTE"\n').replace("drop", 'optional = ["fte"]\ndrop', 1)
    )
    assert "fte" not in load_data(staff / "data", staff / "map.toml")["worker"]


def test_a_code_in_no_list_is_still_an_error(staff: Path) -> None:
    (staff / "map.toml").write_text(MAP.replace('"TM" = "3"', ""))
    (staff / "data" / "Staff list.csv").write_text(STAFF.replace("TM", "Beadle"))
    with pytest.raises(ContractError, match=r"worker.role \[CODE-UNKNOWN\] 1 row.* Row 3\."):
        load_data(staff / "data", staff / "map.toml")


def test_no_such_mapping(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cin-census, csww-census, ssd, ssda903"):
        load_mapping(tmp_path / "none.toml")


def test_shipped_mappings_are_sound() -> None:
    for name in shipped_mappings():
        assert load_mapping(name).name == name


RETURN = """<?xml version="1.0"?><Message{space}><Header><CollectionDetails><Year>{year}</Year></CollectionDetails>
<Source><LEA>301</LEA></Source></Header>{workers}</Message>"""


def census(folder: Path, *workers: str, year: int = 2024, space: str = "") -> Path:
    body = "".join(f"<CSWWWorker>{w}</CSWWWorker>" for w in workers)
    file = folder / "return.xml"
    file.write_text(RETURN.format(year=year, workers=body, space=space))
    return file


def test_the_census_becomes_workers_a_team_and_caseloads(tmp_path: Path) -> None:
    file = census(
        tmp_path,
        "<AgencyWorker>1</AgencyWorker><SWENo>SW12345</SWENo><FTE>0.5</FTE><PersonBirthDate>1994-10-01</PersonBirthDate>"
        "<GenderCurrent>2</GenderCurrent><Ethnicity>CHNE</Ethnicity><QualInst>q</QualInst><OrgRole>5</OrgRole>"
        "<RoleStartDate>2020-04-01</RoleStartDate><Cases30>17</Cases30><WorkingDaysLost>9.5</WorkingDaysLost>"
        "<CFKSSstatus>1</CFKSSstatus>",
        "<Cases30/><AgencyWorker>0</AgencyWorker><SWENo>SW23456</SWENo><PersonBirthDate>1994-09-30</PersonBirthDate>"
        "<Sex>M</Sex><Ethnicity>NOBT</Ethnicity><CFKSSstatus>3</CFKSSstatus><RoleEndDate>2024-05-06</RoleEndDate>",
        year=2024,
        space=' xmlns="urn:return"',
    )
    data = load_data(file, key="k")
    first, second = data["worker"].to_dict("records")
    del first["worker_id"], second["worker_id"]
    assert pd.isna(first.pop("leave_reason"))
    assert first == {
        "team_id": "301",
        "role": "5",
        "agency": True,
        "asye": True,
        "age_band": "20-29",
        "sex": "F",
        "ethnicity": "asian",
        "fte": 0.5,
        "start_date": pd.Timestamp(2020, 4, 1),
        "leave_date": pd.NaT,
    }
    assert (second["age_band"], second["sex"], second["ethnicity"], second["asye"]) == ("30-39", "M", "unknown", False)
    assert second["leave_date"] == pd.Timestamp(2024, 5, 6)
    assert data["team"].to_dict("list") == {"team_id": ["301"], "la_id": ["301"]}
    month = data["worker_month"]
    assert month[["month", "cases"]].to_dict("list") == {"month": [pd.Timestamp(2024, 9, 1)], "cases": [17]}
    assert month["worker_id"].tolist() == data["worker"]["worker_id"].tolist()[:1]
    kept = "".join(data[t].to_csv() for t in data) + repr(data.provenance)
    for secret in ("SW12345", "1994", ">q<"):
        assert secret not in kept
    assert load_data(tmp_path, key="k").hash == data.hash == load_data(file, "csww-census", key="k").hash
    assert load_data(file).hash != load_data(file).hash


def test_one_record_a_worker_of_the_census(tmp_path: Path) -> None:
    file = census(
        tmp_path,
        "<SWENo>SW1</SWENo><OrgRole>5</OrgRole><RoleStartDate>2019-01-01</RoleStartDate><RoleEndDate>2024-01-01</RoleEndDate>",
        "<SWENo>SW1</SWENo><OrgRole>4</OrgRole><RoleStartDate>2024-03-01</RoleStartDate>",
        "<OrgRole>6</OrgRole>",
        "<OrgRole>6</OrgRole>",
    )
    data = load_data(file)
    assert data["worker"]["role"].tolist() == ["4", "6", "6"]
    assert data["worker"]["worker_id"].nunique() == 3
    notes = " ".join(data.provenance[1].notes)
    assert "1 record belongs to a worker with another record" in notes
    assert "2 records have no registration number" in notes


def test_a_census_beside_other_tables(tmp_path: Path) -> None:
    census(tmp_path, "<SWENo>SW1</SWENo><OrgRole>5</OrgRole>")
    (tmp_path / "family.csv").write_text("family_id,risk\nF,3\n")
    assert list(load_data(tmp_path)) == ["team", "worker", "worker_month", "family"]
    (tmp_path / "worker.csv").write_text("worker_id\nA\n")
    with pytest.raises(UnreadableError, match="TABLE-TWICE"):
        load_data(tmp_path)


@pytest.mark.realdata
def test_the_published_example_of_the_census(real_data: Path) -> None:
    file = real_data / "social_work_workforce_2022.xml"
    data = load_data(file)
    assert {t: len(data[t]) for t in data} == {"team": 1, "worker": 30, "worker_month": 19, "la_year": 1}
    year = data["la_year"].iloc[0]
    assert (year["la_id"], year["year"], year["vacancy_fte"], year["agency_fte"]) == ("301", 2022, 79.68, 59.82)
    worker = data["worker"]
    # Counted by hand in the file: 17 roles, 26 start dates, 13 end dates, 24 birth dates, 22 ethnicities.
    assert worker[["role", "start_date", "leave_date", "ethnicity"]].notna().sum().tolist() == [17, 26, 13, 22]
    assert worker["ethnicity"].value_counts().to_dict() == {
        "asian": 8,
        "white": 4,
        "black": 3,
        "mixed": 3,
        "unknown": 3,
        "other": 1,
    }
    assert worker["sex"].value_counts().to_dict() == {"U": 12, "M": 5, "F": 3}
    assert worker["fte"].between(0, 1).all()
    assert data["worker_month"]["month"].unique().tolist() == [pd.Timestamp(2022, 9, 1)]


SSD = {
    "ssd_professionals": """prof_professional_id,prof_staff_id,prof_professional_name,\
prof_social_worker_registration_no,prof_agency_worker_flag,prof_professional_job_title,prof_professional_caseload,\
prof_professional_department,prof_full_time_equivalency
P1,S1,name one,SW11111,N,Social Worker,12,D1,1.0
P2,S2,name two,SW22222,Y,Team Manager,0,D1,0.6
""",
    "ssd_involvements": """invo_involvements_id,invo_professional_id,invo_professional_role_id,invo_professional_team,\
invo_person_id,invo_involvement_start_date,invo_involvement_end_date,invo_worker_change_reason,invo_referral_id
I1,P1,ALLOCATED CASE WORKER,D1,C1,2023-05-01 00:00:00,2023-09-30 00:00:00,,R1
I2,P1,ALLOCATED CASE WORKER,D1,C2,2023-06-01 00:00:00,,,R2
I3,,ALLOCATED CASE WORKER,D1,C3,2023-06-01 00:00:00,,,R3
""",
    "ssd_person": "pers_person_id,pers_dob\nC1,2015-01-01\n",
}


@pytest.mark.parametrize("prefix", ["ssd_", ""])
@pytest.mark.parametrize("mapping", ["ssd", None])
def test_the_standard_safeguarding_dataset(tmp_path: Path, mapping: str | None, prefix: str) -> None:
    for name, text in SSD.items():
        (tmp_path / f"{prefix}{name.removeprefix('ssd_')}.csv").write_text(text)
    data = load_data(tmp_path, mapping)
    assert data["worker"].to_dict("list") == {
        "worker_id": ["P1", "P2"],
        "team_id": ["D1", "D1"],
        "role": ["5", "3"],
        "agency": [False, True],
        "fte": [1.0, 0.6],
    }
    spells = data["allocation_spell"]
    assert spells["child_id"].tolist() == ["C1", "C2"]
    assert spells["end_date"].isna().tolist() == [False, True]
    by_table = {s.table: " ".join(s.notes) for s in data.provenance}
    worker_notes, spell_notes = by_table["worker"], by_table["allocation_spell"]
    assert data["child"]["child_id"].tolist() == ["C1"] and "pers_dob" in by_table["child"]
    assert "dropped by the mapping: prof_professional_name, prof_social_worker_registration_no" in worker_notes
    assert "read by the mapping 'ssd'" in worker_notes
    assert "1 row was left out without worker_id" in spell_notes
    assert not any(s in repr(data.provenance) for s in ("SW11111", "name one", str(tmp_path)))


def test_ssd_with_one_list_only_and_with_a_column_missing(tmp_path: Path) -> None:
    (tmp_path / "ssd_involvements.csv").write_text(SSD["ssd_involvements"])
    assert list(load_data(tmp_path)) == ["allocation_spell"]
    (tmp_path / "ssd_involvements.csv").write_text(SSD["ssd_involvements"].replace("invo_person_id", "person"))
    for mapping in (None, "ssd"):
        with pytest.raises(MappingError, match="ssd_cin_episodes"):  # the referral would lead to the child
            load_data(tmp_path, mapping)


def test_raw_frames_are_text_with_the_rows_of_the_file(staff: Path) -> None:
    raw = read_raw(staff / "data", staff / "map.toml")
    assert list(raw.frames["worker"].index) == [2, 3]
    assert {str(t) for t in raw.frames["worker"].dtypes} == {"str"}


WHOLE_SSD = {
    "ssd_professionals": "prof_professional_id,prof_staff_id,prof_professional_name,prof_professional_job_title\n"
    "P1,S1,n,Social Worker\nP2,S2,n,GP\n-1,,n,\nP3,S3,n,Wizard\n",
    "ssd_involvements": "invo_person_id,invo_professional_id,invo_involvement_start_date,invo_involvement_end_date,"
    "invo_professional_role_id,invo_worker_change_reason\nC1,P1,2024-01-01,9999-12-31,CW,LEFTRL\n"
    "C1,P2,2024-01-01,,GP,\nC2,-1,2024-01-01,,CW,\nC2,P1,2024-02-01,2024-03-01,CW,TSPROC\n",
    "ssd_cp_visits": "cppv_cp_visit_id,cppv_cp_plan_id,cppv_cp_visit_date,cppv_cp_visit_seen,cppv_cp_visit_seen_alone\n"
    "V1,PL1,2024-02-01,Y,N\n",
    "ssd_cp_plans": "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\nPL1,C1,"
    "2024-01-20,\n",
    "ssd_cin_visits": "cinv_cin_visit_id,cinv_person_id,cinv_cin_visit_date,cinv_cin_visit_seen,"
    "cinv_cin_visit_seen_alone\n"
    "V1,C1,2024-02-01,Y,N\nV2,C2,2024-02-05,Y,Y\n",
    "ssd_cin_episodes": "cine_referral_id,cine_person_id,cine_referral_date,cine_close_date\nR1,C1,2024-01-02,"
    "\nR2,C2,2024-01-09,\n",
    "ssd_cin_assessments": "cina_person_id,cina_referral_id,cina_assessment_start_date,cina_assessment_auth_date\n"
    "C1,R1,2024-01-03,2024-02-20\n",
    "ssd_contacts": "cont_contact_id,cont_person_id,cont_contact_date\n1,C1,2024-01-01\n",
    "ssd_cla_reviews": "clar_cla_review_id,clar_cla_person_id,clar_cla_review_due_date,clar_cla_review_date,"
    "clar_cla_review_participation\nQ1,C2,2024-05-01,2024-05-03,PN1\n",
}


def test_the_whole_standard_dataset_with_its_traps(tmp_path: Path) -> None:
    for name, text in WHOLE_SSD.items():
        (tmp_path / f"{name}.csv").write_text(text)
    data = load_data(tmp_path)
    assert data["worker"]["worker_id"].tolist() == ["P1", "P3"], "a doctor is no worker, -1 nobody"
    assert data["worker"]["role"].fillna("").tolist() == ["5", ""], "a post in no list is not known"
    spells = data["allocation_spell"]
    assert spells[["child_id", "worker_id"]].values.tolist() == [["C1", "P1"], ["C2", "P1"]]
    assert spells["end_date"].isna().tolist() == [True, False] and spells["end_reason"].tolist() == ["left", "transfer"]
    contact = data["contact"].set_index("contact_id")
    assert contact["purpose"].to_dict() == {"V1": "statutory_cp", "V2": "statutory_cin"}, (
        "a visit in two lists counts once"
    )
    assert contact.loc["V1", "family_id"] == "C1" and contact["seen_alone"].tolist() == [False, True]
    assert "mode" not in contact, "the dataset does not say how a visit was held"
    event = data["child_event"].set_index("child_id")
    assert event.loc["C1", "assessment_end_date"] == pd.Timestamp("2024-02-20") and pd.isna(
        event.loc["C2", "assessment_end_date"]
    )
    assert data["plan_spell"]["plan"].tolist() == ["cp"] and data["conference"]["child_participation"].tolist() == [
        "speaks"
    ]
    assert len(contact) == 2, "enquiries at the front door are no meetings"


def test_returns_are_known_by_their_columns_and_offered(tmp_path: Path) -> None:
    (tmp_path / "list_3_of_903.csv").write_text(
        "CHILD,DECOM,RNE,DEC,HOME_POST,PL_POST,URN\n1,11/12/2018,P,,AB1 2CD,,9\n"
    )
    assert load_data(tmp_path)["plan_spell"]["plan"].tolist() == ["cla"]
    proposal = propose_mapping(tmp_path)
    assert proposal.shipped == ("ssda903",) and "--mapping ssda903" in proposal.summary()


def test_the_looked_after_children_return(tmp_path: Path) -> None:
    (tmp_path / "Header.csv").write_text("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,11/07/2015,WBRI,3412,,\n")
    (tmp_path / "Episodes.csv").write_text(
        "CHILD,DECOM,RNE,DEC,HOME_POST,PL_POST,URN\n1,11/12/2018,P,18/07/2019,AB1 2CD,,9\n"
    )
    (tmp_path / "SW_Episodes.csv").write_text(
        "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n1,11/07/2015,AB0000012345,01/04/2023,01/06/2023,LEFTRL\n"
        "1,11/07/2015,AB0000012346,01/06/2023,,\n"
    )
    data = load_data(tmp_path, key="k")
    assert data["allocation_spell"]["end_reason"].fillna("").tolist() == ["left", ""]
    assert data["allocation_spell"]["role"].eq("case_holder").all()
    assert not data["allocation_spell"]["worker_id"].str.startswith("AB").any()
    assert data["plan_spell"]["plan"].tolist() == ["cla"] and data["child"]["sex"].tolist() == ["M"]


CIN = """<Message><Header><CollectionDetails><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate>
</CollectionDetails><Source><LEA>201</LEA></Source></Header><Children><Child><ChildIdentifiers><LAchildID>qx71</LAchildID><UPN>qx72</UPN>
<PersonBirthDate>2019-05-01</PersonBirthDate><GenderCurrent>2</GenderCurrent></ChildIdentifiers><ChildCharacteristics>
<Ethnicity>BCRB</Ethnicity><Disabilities><Disability>HEAR</Disability></Disabilities></ChildCharacteristics><CINdetails>
<CINreferralDate>2021-06-01</CINreferralDate><DateOfInitialCPC>2021-05-01</DateOfInitialCPC><Assessments>
<AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate>
<AssessmentAuthorisationDate>2021-07-10</AssessmentAuthorisationDate></Assessments><Section47>
<S47ActualStartDate>2021-06-05</S47ActualStartDate><InitialCPCtarget>2021-06-25</InitialCPCtarget>
<DateOfInitialCPC>2021-06-20</DateOfInitialCPC></Section47><ChildProtectionPlans><CPPstartDate>2021-06-20</CPPstartDate>
<Reviews><CPPreviewDate>2021-09-18</CPPreviewDate></Reviews><Reviews><CPPreviewDate>2022-03-01</CPPreviewDate></Reviews>
</ChildProtectionPlans></CINdetails><CINdetails><CINreferralDate>2022-01-01</CINreferralDate><ReferralNFA>true</ReferralNFA>
</CINdetails></Child></Children></Message>"""


def test_the_children_in_need_census(tmp_path: Path) -> None:
    (tmp_path / "cin 2022.xml").write_text(CIN)
    data = load_data(tmp_path, key="k")
    child = data["child"].iloc[0]
    assert (child["age_band"], child["sex"], child["ethnicity"]) == ("1-4", "F", "black")
    assert child["disabled"] and child["communication_need"]
    event = data["child_event"]
    assert event["icpc_date"].iloc[0] == pd.Timestamp("2021-06-20"), "the transfer-in conference is another"
    assert event["plan"].tolist() == ["cp", "none"] and event["child_id"].nunique() == 1
    assert data["plan_spell"][["plan", "start_date"]].values.tolist() == [["cp", pd.Timestamp("2021-06-20")]]
    assert data["conference"]["held_date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-09-18", "2022-03-01"]
    kept = "".join(data[t].to_csv() for t in data) + repr(data.provenance)
    assert not [s for s in ("qx71", "qx72", "2019-05") if s in kept]


def test_a_column_that_is_given_twice_is_refused() -> None:
    """A constant took the place of the file's own column, and nothing was said."""
    twice = MAP.replace("disability = false", 'disability = false\nfte = "1"')
    with pytest.raises(MappingError, match="'fte' in columns and again in constants") as caught:
        parse_mapping(twice, "m.toml")
    assert caught.value.code == "MAP-TWICE"
