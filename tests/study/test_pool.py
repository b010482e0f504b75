"""Several authorities together: bundles that hold no rows, and their combination, against known truth and bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate, Policy
from hybrid_toolkit.errors import DisclosureError, OutputError, StudyError, UnreadableError
from hybrid_toolkit.study.sharing.evidence import EvidenceBundle, digest, study_hash
from hybrid_toolkit.study.sharing.evidence_file import parse_bundle, read_bundle
from hybrid_toolkit.study.sharing.pooling import pool
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import resolve, simulate_authority

STUDY = ht.headline_studies()[2]
SEEDS = range(301, 307)


@pytest.fixture(scope="module")
def bundles() -> list[EvidenceBundle]:
    tables = sorted(STUDY.tables())
    return [STUDY.evidence_bundle(simulate_authority("helpful-hump", "small", s, tables=tables)) for s in SEEDS]


def test_six_authorities_together_hold_the_truth(bundles) -> None:
    truth, size = resolve("helpful-hump", "small", 0)
    value = true_value(truth, STUDY.estimand, size=size) * 100
    got = pool(bundles)
    fit = got.fit()
    assert got.k == 6 and got.synthetic and got.converged
    assert fit.conf_low <= value <= fit.conf_high
    assert fit.prediction_low <= value <= fit.prediction_high
    single = float(np.median([b.estimates[0].std_error for b in bundles]))
    assert fit.std_error < 0.7 * single
    assert 0 <= fit.i2 < 0.7  # every authority was made with the same truth
    assert fit.prediction_low <= fit.conf_low and fit.prediction_high >= fit.conf_high


def test_a_lean_that_is_known_holds_the_claim_of_several_authorities_down() -> None:
    """From rows to the claim of five authorities together: a mean of leaning studies leans, however narrow it is."""
    study = declared_study("who-answers")
    tables = sorted(study.tables())
    made = [study.evidence_bundle(simulate_authority("helpful-hump", "small", s, tables=tables)) for s in range(5)]
    together = replace(pool(made), synthetic=False)
    (claim,) = together.claims()
    assert together.k == 5 and claim.grade == "descriptive" and "associated" not in claim.text
    assert any("imulated with" in r for r in claim.reasons)
    freed = replace(together, study=study.replace(known_lean="")).claims()[0]
    assert not any("imulated with" in r for r in freed.reasons)


def test_a_bundle_holds_no_row_and_names_no_authority(bundles, tmp_path: Path) -> None:
    data = simulate_authority("helpful-hump", "small", 301, tables=sorted(STUDY.tables()))
    result = STUDY.estimate(data)
    bundle = STUDY.evidence_bundle(result, tmp_path / "new" / "a.json")
    text = (tmp_path / "new" / "a.json").read_text(encoding="utf-8")
    assert bundle == bundles[0] == read_bundle(tmp_path / "new" / "a.json")
    assert len(text) < 12_000 and data.label not in text
    for name in ("worker_id", "family_id", "contact_id"):
        ids = set(data["contact"][name].astype(str).unique()[:50])
        assert not [i for i in ids if f'"{i}"' in text]
    row = bundle.estimates[0]
    main = result.tidy().iloc[0]
    assert row.estimate == pytest.approx(100 * main["estimate"], abs=5e-4)
    assert row.variance == pytest.approx((100 * main["std_error"]) ** 2, rel=1e-3)
    assert row.n % 5 == 0 and row.n_clusters == result.n_clusters
    assert {d["rule"] for d in bundle.gate["decisions"]} >= {"rounding"} and len(bundle.gate["policy_hash"]) == 64
    assert bundle.study == STUDY and bundle.study_hash == study_hash(STUDY)
    assert "SYNTHETIC" in bundle.summary() and "no rows" in bundle.summary()
    assert {"outcome", "estimate", "std_error"} <= set(bundle.tidy()) and len(bundle.glance()) == 1


def test_pooling_files_and_bundles_is_the_same_in_any_order(bundles, tmp_path: Path) -> None:
    paths = []
    for i, b in enumerate(bundles[:4]):
        paths.append(tmp_path / f"{i}.json")
        paths[-1].write_text(b.to_json(), encoding="utf-8")
    one, two = pool(paths), pool(bundles[3::-1])
    np.testing.assert_allclose(one.tidy()["estimate"], two.tidy()["estimate"], rtol=1e-9)
    assert ht.pool is pool
    assert list(one.tidy()["role"]) == ["pooled", "prediction"] and len(one.glance()) == 1
    mandel = pool(paths, method="paule-mandel", interval="normal")
    assert mandel.fit().estimate == pytest.approx(one.fit().estimate, abs=0.5)


def test_what_is_said_of_several_names_and_ranks_none(bundles) -> None:
    got = pool(bundles)
    (claim,) = got.claims()
    assert claim.grade == "illustration" and any("6 authorities" in r for r in claim.reasons)
    assert any("Which authority does better" in s for s in claim.does_not_show)
    assert "prediction interval" in got.prediction() and "may be seen alongside" in got.prediction()
    real = replace(got, synthetic=False)
    assert real.claims()[0].grade in ("descriptive", "associational")
    assert "SYNTHETIC" in got.summary() and "SYNTHETIC" not in real.summary()
    failed = [c for _, cs in got.checks for c in cs if c.passed is False]
    assert all(c.message.startswith("It failed in ") for c in failed)
    few = replace(pool(bundles[:3]), synthetic=False, checks=())
    assert any("3 authorities" in r and "authorities'" in r for r in few.claims()[0].reasons)


def test_authorities_that_truly_differ_are_told_apart_by_no_one() -> None:
    tables = sorted(STUDY.tables())
    truth, size = resolve("helpful-hump", "small", 0)
    base = true_value(truth, STUDY.estimand, size=size) * 100
    rng = np.random.default_rng(5)
    first = STUDY.evidence_bundle(simulate_authority("helpful-hump", "small", 301, tables=tables))
    spread, bundles, truths = 6.0, [], base + rng.normal(0, 6.0, 12)
    for i, value in enumerate(truths):
        row = first.estimates[0]
        moved = replace(row, estimate=round(value + rng.normal(0, row.std_error), 3))
        bundles.append(replace(first, estimates=(moved,), data_hash=f"{i:064d}"))
    fit = pool(bundles).fit()
    assert fit.i2 > 0.5 and 0.4 < np.sqrt(fit.tau2) / spread < 1.8
    inside = np.mean((truths > fit.prediction_low) & (truths < fit.prediction_high))
    assert inside >= 11 / 12 and fit.conf_low <= base <= fit.conf_high


def changed(bundle: EvidenceBundle, **fields: object) -> dict[str, object]:
    raw = json.loads(bundle.to_json())
    return {**raw, **fields}


def moved(bundle: EvidenceBundle, **fields: object) -> EvidenceBundle:
    return replace(bundle, estimates=(replace(bundle.estimates[0], **fields),))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda b: [b[0]], "POOL-ONE"),
        (lambda b: [], "POOL-ONE"),
        (lambda b: [b[0], b[0]], "POOL-TWICE"),
        (lambda b: [b[0], replace(b[1], synthetic=False)], "POOL-SYNTHETIC"),
        (lambda b: [b[0], replace(b[1], study_hash="0" * 64)], "POOL-STUDIES"),
        (lambda b: [b[0], moved(b[1], unit="points")], "POOL-UNITS"),
        (lambda b: [b[0], moved(b[1], term="another")], "POOL-UNITS"),
        (lambda b: [b[0], moved(b[1], outcome="timely")], "POOL-UNITS"),
        (lambda b: [b[0], replace(b[1], estimates=b[1].estimates * 2)], "POOL-UNITS"),
        (lambda b: b[0], "POOL-KIND"),
        (lambda b: "one.json", "POOL-KIND"),
        (lambda b: None, "POOL-KIND"),
        (lambda b: [b[0], 3], "POOL-KIND"),
    ],
)
def test_bundles_that_do_not_belong_together_are_refused(bundles, given, code) -> None:
    with pytest.raises(StudyError) as caught:
        pool(given(bundles))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "write",
    [
        lambda b: "not json",
        lambda b: "[]",
        lambda b: json.dumps(changed(b, schema=2)),
        lambda b: json.dumps(changed(b, synthetic=False)),
        lambda b: b.to_json().replace(str(b.estimates[0].estimate), "1.5"),
        lambda b: b.to_json()[:-40],
        lambda b: json.dumps({k: v for k, v in changed(b).items() if k != "checks"}),
        lambda b: json.dumps(changed(b, content_hash="")),
    ],
)
def test_a_damaged_or_edited_bundle_is_refused(bundles, write, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(write(bundles[0]), encoding="utf-8")
    with pytest.raises(UnreadableError) as caught:
        pool([bundles[1], path])
    assert caught.value.code == "BUNDLE-UNREADABLE" and "1.5" not in str(caught.value)
    with pytest.raises(UnreadableError):
        read_bundle(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": [[1, 2]]}, "missing or unknown"),
        ({"checks": "none"}, "no list"),
        ({"estimates": []}, "one for each outcome"),
        ({"conf_level": 2.0}, "level"),
        ({"synthetic": "no"}, "'synthetic' in the bundle is of the wrong kind"),
        ({"grade": "causal"}, "more than its design carries"),
        ({"design": "cross-sectional"}, "design or grade"),
        ({"study_toml": "x = = 1"}, "cannot be read"),
        ({"study_toml": STUDY.replace(contrast_size=0.5).to_toml()}, "not that of its hash"),
        ({"data_hash": ""}, "hash of its data"),
        ({"gate": []}, "'gate' in the bundle is of the wrong kind"),
        ({"estimate": "0.1"}, "'estimate' in estimates is of the wrong kind"),
        ({"estimate": None}, "'estimate' in estimates is of the wrong kind"),
        ({"n": True}, "'n' in estimates is of the wrong kind"),
        ({"n": -5}, "not above 0"),
        ({"std_error": 0.0, "variance": 0.0}, "not above 0"),
        ({"variance": 1e-6}, "not the square"),
        ({"outcome": "timely"}, "one for each outcome"),
    ],
)
def test_a_bundle_that_other_software_sealed_is_held_to_its_kinds(bundles, change, said) -> None:
    raw = json.loads(bundles[0].to_json())
    row = raw["estimates"][0]
    inner = {k: v for k, v in change.items() if k in row}
    body = {**raw, **{k: v for k, v in change.items() if k not in row}}
    body |= {"estimates": [{**row, **inner}]} if inner else {}
    del body["content_hash"]
    with pytest.raises(UnreadableError, match=said) as caught:
        parse_bundle({**body, "content_hash": digest(body)}, name="other.json")
    assert caught.value.code == "BUNDLE-UNREADABLE" and "other.json" in str(caught.value)


def test_what_may_not_leave_does_not(tmp_path: Path) -> None:
    data = simulate_authority("helpful-hump", "small", 301, tables=sorted(STUDY.tables()))
    result = STUDY.estimate(data)
    path = tmp_path / "b.json"
    with pytest.raises(DisclosureError, match="BUNDLE-WITHHELD"):
        STUDY.evidence_bundle(replace(result, n_clusters=4), path)
    with pytest.raises(DisclosureError, match="BUNDLE-WITHHELD"):
        STUDY.evidence_bundle(result, path, gate=Gate(Policy(minimum_clusters=60)))
    with pytest.raises(DisclosureError, match="BUNDLE-DECIMALS"):
        STUDY.replace(words=()).evidence_bundle(
            replace(result, study=STUDY.replace(words=()), estimates=tiny(result)), path
        )
    with pytest.raises(StudyError, match="EVIDENCE-STUDY"):
        STUDY.replace(contrast_size=0.5).evidence_bundle(result, path)
    with pytest.raises(OutputError):
        STUDY.evidence_bundle(result, tmp_path)
    assert not list(tmp_path.iterdir())


def tiny(result):
    return result.estimates.assign(std_error=result.estimates["std_error"] / 1000)


def test_pooling_the_published_trials_of_the_bcg_vaccine(bundles) -> None:
    """Colditz and others (1994), as metafor's pages analyse them, each trial a bundle of a study of rates."""
    cases = [[4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761]]
    cases += [[180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232]]
    cases += [[17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825]]
    a, b, c, d = np.array(cases, dtype=float).T
    y, v = np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    study = Study(
        id="bcg", question="Does it?", estimand="none", kind="log-rate", outcome="cases", exposure="vaccinated",
        design="count-outcome", row_unit="rows", cluster="site", duration="people",
    )  # fmt: skip
    first = bundles[0]
    made = []
    for i, (estimate, variance) in enumerate(zip(y, v, strict=True)):
        row = replace(first.estimates[0], outcome="cases", term="vaccinated", unit="log ratio", estimate=estimate)
        row = replace(row, std_error=float(np.sqrt(variance)), variance=variance)
        named = {"study_id": "bcg", "study_toml": study.to_toml(), "study_hash": study_hash(study), "checks": ()}
        made.append(replace(first, **named, estimates=(row,), design=study.design, data_hash=f"{i:064d}"))
    got = pool(made, interval="normal")
    fit = got.fit()
    assert (fit.estimate, fit.std_error, fit.tau2) == pytest.approx((-0.7145, 0.1798, 0.3132), abs=5e-5)
    assert (fit.i2, fit.q) == pytest.approx((0.9222, 152.2330), abs=5e-5)
    pooled = got.tidy().set_index("role").loc["pooled"]
    assert tuple(pooled[["conf_low", "conf_high"]]) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    knapp = pool(made).fit()
    assert (knapp.std_error, knapp.conf_low, knapp.conf_high) == pytest.approx((0.1808, -1.1084, -0.3206), abs=5e-5)
    assert "0.49 times" in got.claims()[0].text
