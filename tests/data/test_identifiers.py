"""Columns that identify a person are refused by name and by content; columns of the contracts never are."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.privacy.identifiers import (
    check_identifiers,
    identifier_problems,
    is_nhs_number,
    is_upn,
    kind_by_content,
    kind_by_name,
)
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import IdentifierError

REFUSED = {
    "NHS number": ["NHS Number", "nhs_no", "NHSNumber", "child nhs no", "nhs"],
    "Social Work England number": ["SWENo", "SWE number", "Social Work England No", "HCPC", "swe_registration_number"],
    "unique pupil number": ["UPN", "former_upn", "UniquePupilNumber", "ULN"],
    "National Insurance number": ["NINO", "NI number", "National Insurance No"],
    "name": [
        "Name",
        "Surname",
        "forename",
        "First Name",
        "lastName",
        "Worker name",
        "childname",
        "Full_Name",
        "known as",
    ],
    "postcode": ["Postcode", "post code", "PostCode", "home_postcode"],
    "e-mail address": ["E-mail", "email", "EmailAddress", "worker e-mail"],
    "telephone number": ["Phone", "telephone number", "mobile", "Mobile No", "home phone"],
    "address": ["Address", "address line 1", "home_address", "UPRN", "house number"],
    "date of birth": ["DOB", "Date of Birth", "birth_date", "dateOfBirth", "child dob"],
}
FINE = ["team_id", "team_name", "la_name", "site", "mode", "swimming", "address_type_code", "mobile_data", "start_date"]
FINE += ["no30mbit_pct", "filename", "phone_calls_made", "la", "upn_unknown_reason", "names_recorded_share"]


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, names in REFUSED.items() for n in names])
def test_names_that_give_a_person_away(kind: str, name: str) -> None:
    found = kind_by_name(name)
    assert found is not None and found.name == kind


@pytest.mark.parametrize("name", FINE)
def test_names_that_do_not(name: str) -> None:
    assert kind_by_name(name) is None


def test_no_contract_column_is_refused() -> None:
    check_identifiers({name: table.names for name, table in TABLES.items()})
    assert not [c for t in TABLES.values() for c in t.names if kind_by_name(c) is not None]


def test_the_message_names_every_column_and_the_way_out() -> None:
    with pytest.raises(IdentifierError) as error:
        check_identifiers({"worker": ["worker_id", "Surname", "SWENo"], "family": ["Postcode"]})
    said = str(error.value)
    for part in (
        "3 columns could identify a person",
        "worker.Surname",
        "worker.SWENo",
        "family.Postcode",
        "hybrid-toolkit pseudonymise",
    ):
        assert part in said
    assert error.value.exit_code == 1


def test_check_digits() -> None:
    assert is_nhs_number("9434765919") and is_nhs_number("4010232137")
    assert not is_nhs_number("9434765910") and not is_nhs_number("943476591") and not is_nhs_number("0000000000")
    assert is_upn("H801200001001") and not is_upn("A801200001001")


CONTENT = {
    "NHS number": ["943 476 5919", "4010232137", "9876543210.0", None],
    "Social Work England number": ["SW12345", "sw 104321", None],
    "unique pupil number": ["H801200001001", None],
    "National Insurance number": ["AB 12 34 56 C", "AB123457D"],
    "postcode": ["SW1A 1AA", "m1 1ae", "W001"],
    "e-mail address": ["a.b@example.gov.uk", "c@example.org"],
    "telephone number": ["01632 960123", "+44 7700 900456", "07700900123"],
}


@pytest.mark.parametrize(("kind", "values"), CONTENT.items())
def test_values_that_give_a_person_away(kind: str, values: list[str | None]) -> None:
    found = kind_by_content(pd.Series(values, dtype="str"))
    assert found is not None and found.name == kind


def test_numbers_are_looked_at_too() -> None:
    found = kind_by_content(pd.Series([9434765919, 4010232137, 9876543210], dtype="Int64"))
    assert found is not None and found.name == "NHS number"


def test_values_that_do_not() -> None:
    keys = [f"W{i:03d}" for i in range(50)]
    for values in (
        keys,
        [f"SW{i:03d}" for i in range(50)],
        [str(1_000_000_000 + i) for i in range(200)],
        ["home", "S1"],
    ):
        assert kind_by_content(pd.Series(values, dtype="str")) is None
    assert kind_by_content(pd.Series([1.5, 2.5])) is None
    assert kind_by_content(pd.Series(pd.to_datetime(["2024-01-01"]))) is None
    assert kind_by_content(pd.Series([], dtype="str")) is None


def test_a_file_without_a_header_does_not_give_its_first_row_away() -> None:
    frame = pd.DataFrame({"worker_id": ["W1"], "jo@example.org": ["x"]})
    problems = identifier_problems({"worker": frame})
    assert [(p.where, p.code) for p in problems] == [("worker.column 2", "IDENTIFIER-NAME")]
    assert "jo@" not in str(problems)


def test_a_contract_column_that_holds_nhs_numbers_is_found() -> None:
    frame = pd.DataFrame({"child_id": ["9434765919", "4010232137", "9876543210"], "family_id": ["a", "b", "c"]})
    problems = identifier_problems({"child_event": frame})
    assert [(p.where, p.code, p.severity) for p in problems] == [
        ("child_event.child_id", "IDENTIFIER-CONTENT", "error")
    ]
    assert "9434765919" not in str(problems)


def test_a_day_of_section_47_is_no_postcode_and_a_postcode_is() -> None:
    """A mainframe's "S47DT" is written as the postcode S4 7DT is, and folders with it were refused."""
    text = pd.Series(["2024-05-01", "2024-06-01"])
    assert not identifier_problems({"extract": pd.DataFrame({"S47DT": text, "s47ed": text})})
    assert identifier_problems({"extract": pd.DataFrame({"S4 7DX": text})})
