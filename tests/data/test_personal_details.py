"""Personal details in words, in the forms in which people write them; ordinary words hold none."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybrid_toolkit.data.privacy.personal import details_in

FOUND = {
    "a telephone number": (
        *("07700 900123", "07700-900-123", "(07700) 900123", "+44 7700 900123", "+44(0)7700900123", "0044 7700 900123"),
        *("07700.900.123", "07 700 900 123", "07700/900123", "07700_900123", "020 7946 0000", "01632 960 001"),
        *("phone 7700 900123", "O7700 900123", "07700\u00a0900\u00a0123", "07700\u200b900123", "07700\u2009900123"),
        *("\uff10\uff17\uff17\uff10\uff10 \uff19\uff10\uff10\uff11\uff12\uff13", "0 7 7 0 0 9 0 0 1 2 3"),
        *("oh seven seven double oh nine double oh one two three", "0800 123 456", "07700\u2011900\u2011123"),
        *("o77oo 900123", "\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663", "07700,900,123"),
        *("7700 900123", "44 7700 900123", "+353 1 234 5678", "+1 (202) 555-0147", "0-113-496-0000", "0800 1111"),
        *("phone 496 0000", "ring 496000", "mob 900123", "call0113 4960000now"),
    ),
    "an address": (
        *(
            "12 High Street",
            "12a High St",
            "12A HIGH STREET",
            "Flat 3, Mill Lane",
            "12-14 Mill Lane",
            "No. 12 Mill Lane",
        ),
        *("12 mill ln", "12 the avenue", "14 St. John's Road", "Rose Cottage, Mill Lane", "The Old Rectory, Mill Lane"),
    ),
    "a postcode": (
        "LS1 4AP",
        "LS14AP",
        "ls1 4ap",
        "LS1-4AP",
        "sw1a1aa",
        "L\u200bS1 4AP",
        "\uff2c\uff33\uff11 \uff14\uff21\uff30",
    ),
    "a case number": (
        *(
            "CF20210042",
            "case no 20431",
            "case 20431",
            "Case #20431",
            "caseno20431",
            "case ref AB/20431",
            "LCS 123456",
            "lcs 123456",
        ),
        *("LCS-ID: 123456", "mosaic id 123456", "ref 20431", "Ref: 20431", "reference number 20431", "file 20431"),
        *(
            "ID 123456",
            "URN 20431",
            "payroll 20431",
            "employee number 20431",
            "worker 20431",
            "P20431",
            "Passport 123456789",
        ),
    ),
    "a long number such as an NHS number": (
        *("NHS 943 476 5919", "9434765919", "943-476-5919", "943.476.5919", "943\u00a0476\u00a05919"),
        "NHS no: 943 476 591 9",
    ),
    "a National Insurance number": ("AB123456C", "AB 12 34 56 C", "ab123456c", "ab 12 34 56 c", "AB-12-34-56-C"),
    "a unique pupil number": ("A801200001001", "UPN A801200001001", "A801 2000 0100 1", "a801200001001"),
    "a Social Work England number": ("SW12345", "SW 123456", "sw-12345"),
    "a date of birth": (
        *("dob 1/2/2012", "born 1 Feb 2012", "born 1st February 2012", "date of birth is 1/2/2012", "b. 1/2/2012"),
        *("D.O.B 2012-02-01", "birthday 1 February 2012", "born on February 1st, 2012"),
    ),
    "an e-mail address": (
        *("a.surname@example.org", "a.surname at example dot org", "a.surname(at)example.org", "a\uff20b.org"),
        *("a.surname @ example.org", "a.surname[at]example.org"),
    ),
}
NONE = (
    *("Audit of May 2026", "scored 0 1 2 3 4 5 6 7 8 9 10", "from 14,205 contacts in 24 teams in 2025 to 2026"),
    *("wave 1 1st quarter", "in w1 2nd and w2 3rd", "S47 enquiries and section 17", "10 the most", "0.031 to 0.094"),
    *("two or three of the four or five", "E08000035", "ISO 27001 and BS10500", "2024-01-01 to 2024-12-31"),
    *(
        "7100 250 300",
        "0 12 13 14 15 16 17",
        "+0.25 (+0.10 to +0.40)",
        "calls 12 to 34",
        "Telephone 3.18 (2.86 to 3.48)",
        "ring the family in 2024",
    ),
    *("born to be heard", "case load of 18.5", "12 on the street team", "files 1 to 3", "5 visits close to home"),
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
def test_a_detail_is_found_however_it_is_written(kind: str, text: str) -> None:
    assert kind in details_in(f"Please see {text} about this")
    assert kind in details_in(text)


@pytest.mark.parametrize("text", NONE)
def test_ordinary_words_hold_none(text: str) -> None:
    assert details_in(text) == ()


def test_the_project_s_own_pages_hold_none() -> None:
    pages = [*Path("docs").glob("*.md"), Path("README.md"), Path("CONTRIBUTING.md")]
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if len(line) < 2000]
    assert len(lines) > 500
    assert [line for line in lines if details_in(line)] == []
