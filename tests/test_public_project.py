"""What a visitor to the repository uses: site, docstrings, quick tests, workflow and hooks fit one another."""

from __future__ import annotations

import inspect
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

import hybrid_toolkit as ht
from tools import __main__ as jobs
from tools import docs_site, docstrings, times
from tools.__main__ import JOBS
from tools.notebooks import is_clean
from tools.public_names import public_in, public_methods, public_names, returned_classes, rooms
from tools.spelling import american_to_british

ROOT = Path(__file__).resolve().parents[1]


def test_public_names_are_those_of_the_face_and_of_every_room_once() -> None:
    names = list(public_names())
    paths = [n.path for n in names]
    assert len(set(paths)) == len(paths)
    faces = {n.name for n in names if n.room == "hybrid_toolkit"}
    assert faces == {n for n in ht.__all__ if not inspect.ismodule(getattr(ht, n))}
    for room in ("models", "metrics", "designs", "disclosure", "assess"):
        listed = {id(n.value) for n in names}
        assert {id(getattr(getattr(ht, room), n)) for n in public_in(getattr(ht, room))} <= listed
        assert f"hybrid_toolkit.{room}" in rooms()


def test_results_of_public_functions_have_pages_even_where_types_are_imported_for_checking_only() -> None:
    names = list(public_names())
    returned = {n.name for n in returned_classes(names)}
    assert {"StudyResult", "GroupTimeFit", "Diagnosis", "ValidationReport"} <= returned
    assert not returned & {"Study", "LinearFit"}, "public names have their own pages already"


def test_public_methods_come_from_this_package_only() -> None:
    methods = {name for name, _ in public_methods(ht.MetricExplorer)}
    assert {"save", "load"} <= methods
    assert not methods & {"observe", "trait_names"}, "those are of ipywidgets"


def test_links_of_root_pages_fit_the_site() -> None:
    text = "[a](docs/trust.md#x) [b](../CONTRIBUTING.md) [c](recovery.md)"
    assert docs_site.with_links_set_right(text) == "[a](trust.md#x) [b](CONTRIBUTING.md) [c](recovery.md)"


@pytest.mark.parametrize(
    ("page", "asks"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<link rel="stylesheet" href="//fonts.example/css">', True),
        ("<style>@import url(https://x.example/a.css)</style>", True),
        ("<style>a { background: url('https://x.example/a.png') }</style>", True),
        ('<img alt="a" src="http://x.example/a.png">', True),
        ('<a href="https://x.example/">a link is only followed by hand</a>', False),
        ('<link rel="canonical" href="https://x.example/">', False),
        ('<script src="_static/x.js"></script><img src="data:image/png;base64,AA//">', False),
    ],
)
def test_what_a_page_would_fetch_from_elsewhere_is_found(page: str, asks: bool, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert bool(docs_site.fetched_from_elsewhere(tmp_path)) is asks


def test_every_page_of_docs_is_in_the_site() -> None:
    staged = {name for _, name in docs_site.sources()}
    listed = "\n".join((ROOT / "docs" / f"{p}.md").read_text(encoding="utf-8") for p in ("index", "guide", "project"))
    for name in sorted(staged):
        if name.endswith(".md") and "/" not in name and name != "index.md":
            assert re.search(rf"\b{re.escape(name.removesuffix('.md'))}\b", listed), f"add {name} to docs/guide.md"


def test_the_glossary_has_fifty_terms_and_each_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    inside = "\n".join(re.findall(r"```\{glossary\}\n(.*?)```", text, re.DOTALL))
    terms = Counter(re.findall(r"^(\S.*)$", inside, re.MULTILINE))
    assert len(terms) >= 50 and set(terms.values()) == {1}


@pytest.mark.slow
def test_docstrings_fail_no_check_more_often_than_recorded() -> None:
    counts = {check: len(names) for check, names in docstrings.failures().items()}
    recorded = docstrings.recorded()
    assert set(recorded) == set(docstrings.CHECKS) | set(docstrings.OWN)
    risen = {check: n for check, n in counts.items() if n > recorded[check]}
    assert not risen, "see which: python -m tools.docstrings --list CHECK"


def test_numpydoc_is_asked_for_the_checks_of_pyproject() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["numpydoc_validation"]
    assert set(stated["checks"]) == set(docstrings.CHECKS)


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        ("as Callaway and Sant'Anna (2021) advise", True),
        ("kappa (Cohen 1960)", True),
        ("Wagner and others (2002), J. Clinical Pharmacy", True),
        ("section 17 of the Children Act 1989", False),
        ("in September 2025", False),
        ("2025 is a year", False),
    ],
)
def test_sources_are_told_from_dates(text: str, names_one: bool) -> None:
    assert bool(docstrings.SOURCE.search(docstrings.NO_AUTHOR.sub("", text))) is names_one


def test_the_quick_tests_fit_their_budget_and_the_table_names_files_that_exist() -> None:
    table = times.read()
    here = set(times.files_with_tests())
    assert table and not set(table) - here, "run: python -m tools.times"
    quick = [f for f in times.quick_files() if f in table]
    assert sum(table[f][1] for f in quick) <= times.BUDGET
    assert sum(table[f][0] for f in quick) >= sum(n for n, _ in table.values()) / 3, "a third of all tests at least"
    assert len(here - set(table)) <= 60, "many files are not timed yet; run: python -m tools.times"


def test_the_workflow_calls_the_one_script_and_both_pythons() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert any("bash .ci/run" in step.get("run", "") for step in jobs["everything"]["steps"])
    assert jobs["tests"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "make test\n" in script and "make docs" in script


def test_hooks_use_the_pinned_tools_and_jobs_that_exist() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert {r["repo"] for r in repos} == {"local"}
    for hook in repos[0]["hooks"]:
        assert hook["language"] == "system" and hook["entry"].startswith("python -m tools ")
        assert hook["entry"].split()[-1] in JOBS


def test_make_has_no_target_without_a_job() -> None:
    targets = re.findall(r"^([a-z-]+): ;", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"docs", "test-fast", "check"} <= set(targets) <= set(JOBS)


def test_the_notebooks_do_not_start_for_root_unless_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "setup", lambda: None)
    monkeypatch.setattr(jobs, "run", lambda *command: asked.append(command))
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    monkeypatch.setattr("sys.argv", ["tools", "lab"])
    with pytest.raises(SystemExit, match="python -m tools lab --allow-root"):
        jobs.lab()
    assert not asked
    monkeypatch.setattr("sys.argv", ["tools", "lab", "--allow-root"])
    jobs.lab()
    assert asked[0][-2:] == ("notebooks", "--allow-root")
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr("sys.argv", ["tools", "lab"])
    jobs.lab()
    assert asked[1][-1] == "notebooks"


def test_issue_forms_are_read_as_forms_and_warn_of_personal_data() -> None:
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
    assert [f.stem for f in forms] == ["bug", "data-layout", "metric"]
    for form in forms:
        content = yaml.safe_load(form.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(content)
    assert "Never paste real personal data" in forms[0].read_text(encoding="utf-8")


def test_american_spellings_are_slips() -> None:
    listed = american_to_british()
    assert "\nbehavior->behaviour\n" in listed and "\nbehaviour->" not in listed


def test_notebooks_are_saved_clean_and_a_changed_one_is_not(tmp_path: Path) -> None:
    path = sorted((ROOT / "notebooks").glob("*.ipynb"))[0]
    assert is_clean(path)
    changed = tmp_path / path.name
    changed.write_text(path.read_text(encoding="utf-8").replace('"id": "cell-00"', '"id": "abc"', 1), encoding="utf-8")
    assert not is_clean(changed)


def test_no_tracked_file_names_a_package_registry() -> None:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git repository")
    hosts = ["pyp" + "i.org", "files.pythonhost" + "ed.org", "registry.npm" + "js", "deb.deb" + "ian.org"]
    for name in done.stdout.split("\0"):
        path = ROOT / name
        if (
            name
            and path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".lock", ".txt", ".cfg", ""}
            and path.is_file()
        ):
            text = path.read_text(encoding="utf-8")
            assert not [h for h in hosts if h in text], name
