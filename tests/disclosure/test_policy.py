"""The policy file: strict keys, and nothing lowered in silence."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.disclosure import Gate, Policy, load_policy
from hybrid_toolkit.errors import DisclosureError, UnreadableError

TEXT = (files("hybrid_toolkit.disclosure") / "policy.toml").read_text(encoding="utf-8")


def policy_file(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_policy_is_the_default() -> None:
    assert load_policy() == Policy()
    assert Policy().lowered == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("threshold = 10", "threshhold = 10", "POLICY-KEYS"),
        ("threshold = 10\n", "", "POLICY-KEYS"),
        ("[tables]", "[table]", "POLICY-KEYS"),
        ("threshold = 10", 'threshold = "10"', "POLICY-TYPE"),
        ("threshold = 10", "threshold = true", "POLICY-TYPE"),
        ("secondary = true", "secondary = 1", "POLICY-TYPE"),
        ("guard_authorities = false\n", "", "POLICY-KEYS"),
        ("guard_authorities = false", 'guard_authorities = "no"', "POLICY-TYPE"),
        ("threshold = 10", "threshold = 0", "POLICY-RANGE"),
        ('zero_cells = "suppress"', 'zero_cells = "blank"', "POLICY-RANGE"),
        ("threshold = 10", "threshold = 5", "POLICY-LOWERED"),
        ("secondary = true", "secondary = false", "POLICY-LOWERED"),
        ("drop_extremes = true", "drop_extremes = false", "POLICY-LOWERED"),
        ("minimum_clusters = 5", "minimum_clusters = 2", "POLICY-LOWERED"),
        ("protection_width = 10", "protection_width = 1", "POLICY-LOWERED"),
        ('zero_cells = "suppress"', 'zero_cells = "show"', "POLICY-LOWERED"),
        ("rounding_base = 5", "rounding_base = 1", "POLICY-LOWERED"),
        ("decimals = 3", "decimals = 6", "POLICY-LOWERED"),
    ],
)
def test_a_policy_that_is_wrong_or_lowered_in_silence_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in TEXT
    with pytest.raises(DisclosureError, match=code):
        load_policy(policy_file(tmp_path, TEXT.replace(old, new, 1)))


def test_a_lowered_policy_states_its_reason_in_every_release(tmp_path: Path) -> None:
    reason = "Agreed with the data owner for a closed audience."
    text = (
        TEXT.replace("threshold = 10", "threshold = 5")
        .replace('reason = ""', f'reason = "{reason}"')
        .replace('agreed_by = ""', 'agreed_by = "head of performance"')
    )
    release = Gate(load_policy(policy_file(tmp_path, text))).table(
        pd.DataFrame({"a": ["x"], "n": [7]}), people="n", title="x", dims=["a"]
    )
    notes = [d for d in release.decisions if d.rule == "policy"]
    assert [d.why for d in notes] == [f"{reason} Agreed by: head of performance."]
    assert "below the floor" in notes[0].what
    assert release.content["suppressed"].tolist() == [False]


def test_a_stricter_policy_needs_no_reason() -> None:
    assert Policy(threshold=30, minimum_clusters=20).lowered == ()


def test_a_policy_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", policy_file(tmp_path, "threshold == 10")):
        with pytest.raises(UnreadableError, match="POLICY-UNREADABLE"):
            load_policy(path)


def test_every_setting_changes_the_hash() -> None:
    assert len({Policy().hash, Policy(threshold=11).hash, Policy(rounding_base=10).hash}) == 3


def test_whole_authorities_are_held_to_the_least_only_where_the_policy_says_so(tmp_path: Path) -> None:
    rows = pd.DataFrame({"term": ["x"], "estimate": [0.25], "n": [40], "areas": [1]})
    strict = load_policy(policy_file(tmp_path, TEXT.replace("guard_authorities = false", "guard_authorities = true")))
    for policy, shown in ((Policy(), True), (strict, False)):
        gate = Gate(policy)
        whole = gate.estimates(rows, people="n", title="x", clusters="areas", whole=True)
        said = gate.text("One series rose.", title="x", n=40, clusters=1, whole=True)
        assert whole.content["estimate"].notna().tolist() == [shown] and (said.text == "One series rose.") is shown
        for release in (whole, said):
            (told,) = [d for d in release.decisions if d.rule == "clusters"]
            assert ("exempts whole authorities" in told.why) is shown and told.cells == (0 if shown else 1)
    # teams are held to the least whatever the policy says of authorities
    assert Gate().estimates(rows, people="n", title="x", clusters="areas").content["estimate"].isna().all()
    few = Gate().estimates(rows.assign(n=4), people="n", title="x", clusters="areas", whole=True)
    assert few.content["estimate"].isna().all() and Policy().hash != strict.hash
