"""Contracts of the tables about families, contacts and children."""

from __future__ import annotations

from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contract import ColumnContract, TableContract, date, flag, key, number

MODES = {
    "home": "Visit at the family's home",
    "office": "Meeting at an office",
    "community": "Meeting elsewhere in person",
    "video": "Video call",
    "phone": "Telephone call",
}
REMOTE_MODES = ("video", "phone")
"""Contact modes that are not in person."""

PRACTICE_ITEMS = load_instrument("practice_skill").item_ids
"""The seven rated dimensions of a recorded meeting (metric MA1)."""

ACCESS_FLAGS = load_instrument("family_access").item_ids
"""The ten parts of a household's minimum digital living standard (metric MC1)."""

ALLIANCE_ITEMS = load_instrument("wai_sr").item_ids
"""The twelve items of a parent's working alliance with a worker (metric MA2)."""

FAMILY_TABLES = (
    TableContract(
        "practice_rating",
        "One rater's coding of one recorded meeting.",
        ("contact_id", "rater_id"),
        (
            key("contact_id", "Contact that was recorded"),
            key("rater_id", "Rater"),
            *(
                ColumnContract(i, "int", f"Rating of {i.replace('_', ' ')}", unit="1-5", low=1, high=5)
                for i in PRACTICE_ITEMS
            ),
        ),
        {"contact_id": ("contact", "contact_id")},
    ),
    TableContract(
        "alliance",
        "One parent's working-alliance answers about one worker.",
        ("family_id", "worker_id", "date"),
        (
            key("family_id", "Family"),
            key("worker_id", "Worker"),
            date("date", "Day answered", required=True, nullable=False),
            *(
                ColumnContract(name, "int", f"Working alliance item {i}", unit="1-5", low=1, high=5)
                for i, name in enumerate(ALLIANCE_ITEMS, start=1)
            ),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "family",
        "One family.",
        ("family_id",),
        (
            key("family_id", "Pseudonymous key of the family"),
            ColumnContract("la_id", "id", "Authority"),
            ColumnContract("lsoa", "id", "Small area, pseudonymous"),
            ColumnContract("n_children", "int", "Children", unit="children", low=0, high=20),
            ColumnContract(
                "need",
                "code",
                "Highest plan",
                codes={
                    "cin": "Child in need",
                    "cp": "Child protection",
                    "cla": "Looked after",
                    "leaver": "Care leaver",
                },
            ),
            ColumnContract("risk", "int", "Risk at the last assessment, 1 low to 5 high", low=1, high=5),
            flag("rural", "Lives in a rural area"),
        ),
        {"la_id": ("la", "la_id")},
    ),
    TableContract(
        "access",
        "One record of one household's digital access.",
        ("family_id", "date"),
        (
            key("family_id", "Family"),
            date("date", "Day recorded", required=True, nullable=False),
            *(flag(f, f"Household has what it needs: {f.replace('_', ' ')}") for f in ACCESS_FLAGS),
        ),
        {"family_id": ("family", "family_id")},
    ),
    TableContract(
        "contact",
        "One contact, due or held, between a worker and a child or family.",
        ("contact_id",),
        (
            key("contact_id", "Key of the contact"),
            ColumnContract("family_id", "id", "Family", required=True, nullable=False),
            ColumnContract("child_id", "id", "Child"),
            ColumnContract("worker_id", "id", "Worker"),
            date("due_date", "Day by which it was due"),
            date("held_date", "Day it was held; empty if it was not"),
            ColumnContract("mode", "code", "How it was held", codes=MODES),
            flag("mode_offered_choice", "The family was offered a choice of how to meet"),
            ColumnContract("mode_preferred", "code", "How the family wanted to meet", codes=MODES),
            flag("engaged", "The family engaged"),
            number("minutes", "Length", "minutes", 0, 480),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "child_event",
        "One referral of one child and what followed.",
        ("child_id", "referral_date"),
        (
            key("child_id", "Pseudonymous key of the child"),
            ColumnContract("family_id", "id", "Family"),
            date("referral_date", "Referral", required=True, nullable=False),
            date("assessment_start_date", "Assessment began"),
            date("assessment_end_date", "Assessment ended"),
            date("s47_date", "Section 47 enquiry began"),
            date("icpc_date", "Initial child protection conference"),
            flag("rereferral", "Referred within 12 months of an earlier referral"),
            ColumnContract(
                "plan",
                "code",
                "Plan that followed",
                codes={"none": "None", "cin": "Child in need", "cp": "Child protection", "cla": "Looked after"},
            ),
        ),
        {"family_id": ("family", "family_id")},
    ),
    TableContract(
        "allocation_spell",
        "One spell in which one child was allocated to one worker.",
        ("child_id", "worker_id", "start_date"),
        (
            key("child_id", "Child"),
            key("worker_id", "Worker"),
            date("start_date", "Allocated from", required=True, nullable=False),
            date("end_date", "Allocated until; empty while it lasts"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
)
