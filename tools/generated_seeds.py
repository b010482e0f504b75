"""The good files that ``tools.generated_inputs`` starts from, and the readers that they are given to.

Their cells hold ``SECRET`` in the last rows only, never in a header: an error whose words hold it shows a value.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.app.documents import Saving, read_saving
from hybrid_toolkit.data.instruments.definition_file import load_instrument
from hybrid_toolkit.data.mapping.mapping_file import load_mapping
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.data.privacy.pseudonymise import pseudonymise_folder
from hybrid_toolkit.data.published.load import load_published
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.validation.validate import validate_path
from hybrid_toolkit.disclosure.policy import load_policy
from hybrid_toolkit.metrics.custom.custom_metric import declare_metric, load_metric
from hybrid_toolkit.report.notebook_check import check_notebook, clean_notebook
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog
from hybrid_toolkit.study.graph.causal_graph import load_graph, shipped_graph
from hybrid_toolkit.study.lock import load_lock
from hybrid_toolkit.study.sharing.evidence_file import read_bundle
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.study.study import load_study
from hybrid_toolkit.synth.committed import synthetic_folder
from hybrid_toolkit.widgets.parts.saved_state import load_state, save_state
from hybrid_toolkit.widgets.parts.state import ExplorerState

ROOT = Path(ht.__file__).parent
SECRET = "Zq7xV"
"""Stands in cells; no name of a table, column or key is like it."""
ROWS = 12
"""Rows of a small table: enough for dates, codes and keys to be recognised."""
CIN = f"""<Message><Header><CollectionDetails><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate>
</CollectionDetails><Source><LEA>201</LEA></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>{SECRET}</LAchildID>
<PersonBirthDate>2019-05-01</PersonBirthDate><GenderCurrent>2</GenderCurrent></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>BCRB</Ethnicity></ChildCharacteristics><CINdetails>
<CINreferralDate>2021-06-01</CINreferralDate><Section47><S47ActualStartDate>2021-06-05</S47ActualStartDate>
<DateOfInitialCPC>2021-06-20</DateOfInitialCPC></Section47><ChildProtectionPlans><CPPstartDate>2021-06-20</CPPstartDate>
</ChildProtectionPlans></CINdetails></Child></Children></Message>"""
WORKFORCE = f"""<Message><Header><CollectionDetails><Year>2023</Year><ReferenceDate>2023-09-30</ReferenceDate>
</CollectionDetails><Source><LEA>201</LEA></Source></Header><CSWWWorker><AgencyWorker>0</AgencyWorker>
<SWENo>{SECRET}</SWENo><FTE>1.0</FTE><PersonBirthDate>1980-01-31</PersonBirthDate><GenderCurrent>2</GenderCurrent>
<Ethnicity>WBRI</Ethnicity><OrgRole>5</OrgRole><RoleStartDate>2020-01-06</RoleStartDate><Cases30>12</Cases30>
<WorkingDaysLost>3</WorkingDaysLost></CSWWWorker></Message>"""
PLAIN_XML = (
    "<Visits>"
    + "".join(f"<Visit><Date>2024-01-{day:02}</Date><Mode>phone</Mode></Visit>" for day in range(1, 13))
    + f"<Visit><Mode>{SECRET}</Mode></Visit></Visits>"
)
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Look\n"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["data['worker'].head()"],
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["a.person@example.org\n", f"{SECRET}\n"]},
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {
                        "text/plain": [f"worker_id\n{SECRET}"],
                        "text/html": [f"<table><tr><td>{SECRET}</td></tr>"],
                    },
                },
                {"output_type": "error", "ename": "KeyError", "evalue": SECRET, "traceback": [SECRET]},
            ],
        },
    ],
    "metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
METRIC = """
name = "Visits in time"
question = "Were visits kept?"
table = "contact"
formula = "share(held_date <= due_date) where mode == 'home'"
unit = "share"
direction = "higher"
low = 0
high = 1
"""
MAPPING = """
name = "own"
[tables.worker]
source = "staff"
[tables.worker.columns]
worker_id = "Staff Ref"
fte = "FTE"
start_date = "Start"
[tables.worker.codes.role]
"Social worker" = "5"
"""
TIDY = f"""time_period,time_identifier,geographic_level,country_code,country_name,new_la_code,la_name,children,turnover
2023,Calendar year,National,E92000001,England,,,12,15.4
2024,Calendar year,National,E92000001,England,,,c,14.1
2024,Calendar year,Local authority,E92000001,England,E06000001,{SECRET},1,z
"""
AREAS = f"LAD22CD,LAD22NM,Rate 2021,Rate 2022\nE06000001,Hartlepool,1.5,1.7\nE06000002,{SECRET},2.5,c\n"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, the good files that it is given changed, how they are changed, and its share of the inputs."""

    name: str
    file: str
    kind: str
    seeds: Callable[[], list[bytes]]
    read: Callable[[Path], object]
    share: float = 1.0


@cache
def _frames() -> dict[str, pd.DataFrame]:
    """Three tables with a text, a date, a code and a number too many each time."""
    place = synthetic_folder("small")
    out = {}
    for name, last in (("worker", "role"), ("contact", "mode"), ("survey", "wave")):
        frame = pd.read_csv(place / f"{name}.csv", nrows=ROWS, dtype="string")
        frame.loc[ROWS - 1, [frame.columns[0], last]] = SECRET
        out[name] = frame
    return out


@cache
def _csvs() -> list[bytes]:
    frames = _frames()
    texts = [f.to_csv(index=False) for f in frames.values()]
    texts.append("Staff list at 31 March\n\n" + frames["worker"].to_csv(index=False, sep=";") + "Total;12\n")
    return [t.encode() for t in texts]


@cache
def _books() -> list[bytes]:
    out = []
    for frame in _frames().values():
        file = io.BytesIO()
        frame.to_excel(file, index=False)
        out.append(file.getvalue())
    return out


@cache
def _ods() -> list[bytes]:
    """An OpenDocument sheet as a spreadsheet program writes it, by hand: no library that writes one is needed."""
    frame = _frames()["worker"]
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = [list(frame.columns), *frame.fillna("").to_numpy().tolist()]
    body = "".join(f"<table:table-row>{''.join(cell.format(v) for v in row)}</table:table-row>\n" for row in rows)
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "manifest")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="worker">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    listed = f'<manifest:manifest {spaces}><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", listed + "</manifest:manifest>")
    return [out.getvalue()]


@cache
def _parquets() -> list[bytes]:
    frame = _frames()["worker"]
    place = synthetic_folder("small")
    typed = [pd.read_csv(place / f"{n}.csv", nrows=ROWS).convert_dtypes() for n in ("worker", "contact")]
    typed[0]["start_date"] = pd.to_datetime(typed[0]["start_date"])
    out = []
    for one in (frame, *typed):
        file = io.BytesIO()
        one.to_parquet(file)
        out.append(file.getvalue())
    return out


@cache
def _databases() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "a.db"
        connection = sqlite3.connect(place)
        _frames()["worker"].to_sql("worker", connection, index=False)
        connection.close()
        return [place.read_bytes()]


@cache
def _bundles() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bundle.json"
        headline_studies()[0].evidence_bundle(ht.load_synthetic("small"), place)
        return [place.read_bytes()]


@cache
def _locks() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        headline_studies()[0].lock(Path(folder) / "lock.json")
        return [(Path(folder) / "lock.json").read_bytes()]


@cache
def _states() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        save_state(Path(folder) / "s.json", ExplorerState(metric="skill"), widget="MetricExplorer", schema=1)
        return [(Path(folder) / "s.json").read_bytes()]


def _savings() -> list[bytes]:
    content = {"title": "Plan", "actions": [{"what": SECRET, "when": "2025-01-01"}], "level": {"a": "2"}}
    return [Saving(content, 3, "title", "2025-01-01T10:00:00").text().encode()]


def _trials() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        log = TrialLog(Path(folder) / "t", {"seed": 1})
        for i in range(4):
            log.add(f"{i}", [0.5, {"estimate": 1.0}])
        return [(Path(folder) / "t").read_bytes()]


def _shipped(folder: str, *names: str) -> Callable[[], list[bytes]]:
    return lambda: [(ROOT / folder / f"{name}.toml").read_bytes() for name in names]


def _load(path: Path) -> object:
    """What ``hybrid-toolkit validate`` does; what it says of the data holds no value either."""
    report = validate_path(path)
    if SECRET in report.summary():
        raise ValueError("the report of the check shows a value")
    return report


def _pseudonymised(path: Path) -> object:
    out = path.parent.parent / f"{path.parent.name} pseudonymised"  # beside the data and not among them
    shutil.rmtree(out, ignore_errors=True)
    return pseudonymise_folder(path, out)


@cache
def _published_books() -> list[bytes]:
    file = io.BytesIO()
    pd.read_csv(io.StringIO(TIDY)).to_excel(file, index=False)
    return [file.getvalue()]


def _formula(path: Path) -> object:
    """A formula with its filter, over a table of two dates, a number and codes."""
    text = path.read_bytes().decode("utf-8", "replace")
    table = "contact" if "held_date" in text else "worker"
    return declare_metric("Own", question="How much?", table=table, formula=text, unit="share")


def _formulas() -> list[bytes]:
    return [
        b"share(held_date <= due_date) where mode in ('home', 'phone') and not recorded(engaged)",
        b"mean(held_date - due_date) where minutes >= 15 or mode == 'video'",
        b"ratio(fte, fte + 1) where fte > 0.5 and asye == true",
        b"-(fte * 2 + 1) / 3 >= 0.2 and role != '5'",
    ]


def _mappings() -> list[bytes]:
    return _shipped("data/built_in_mappings", "ssd", "csww-census")()


def _every_source(path: Path) -> object:
    return [one.read() for one in find_sources(path)]


def _notebook(path: Path) -> object:
    return check_notebook(path), clean_notebook(path)


_STATE = {"kind": ExplorerState, "widget": "MetricExplorer", "schema": 1}
_ALL = (
    Reader("csv", "worker.csv", "text", _csvs, _load, 0.1),
    Reader("csv, mapped", "staff.csv", "text", _csvs, propose_mapping, 0.05),
    Reader("csv, pseudonymised", "staff.csv", "text", _csvs, _pseudonymised, 0.05),
    Reader("xlsx", "worker.xlsx", "zip", _books, _load, 0.1),
    Reader("ods", "worker.ods", "zip", _ods, _load, 0.1),
    Reader("parquet", "worker.parquet", "bytes", _parquets, _load, 0.1),
    Reader("sqlite", "worker.db", "bytes", _databases, _every_source, 0.1),
    Reader("xml", "worker.xml", "text", lambda: [t.encode() for t in (CIN, WORKFORCE, PLAIN_XML)], _every_source, 0.4),
    Reader("published csv", "figures.csv", "text", lambda: [TIDY.encode(), AREAS.encode()], load_published, 0.4),
    Reader("published xlsx", "figures.xlsx", "zip", _published_books, load_published, 0.1),
    Reader("bundle", "bundle.json", "json", _bundles, read_bundle, 1),
    Reader("lock", "lock.json", "json", _locks, load_lock),
    Reader("widget state", "state.json", "json", _states, lambda p: load_state(p, **_STATE), 1.5),
    Reader("work", "plan.json", "json", _savings, lambda p: read_saving(p.read_bytes(), where=p.name), 1.5),
    Reader("trials", "trials.jsonl", "text", _trials, lambda p: TrialLog(p, {"seed": 1}), 1.5),
    Reader("notebook", "look.ipynb", "json", lambda: [json.dumps(NOTEBOOK).encode()], _notebook),
    Reader("metric", "own.toml", "text", lambda: [METRIC.encode()], load_metric, 1.5),
    Reader("formula", "own.txt", "text", _formulas, _formula, 1),
    Reader("study", "own.toml", "text", _shipped("study/shipped", "remote-practice", "policy-rollout"), load_study, 1),
    Reader("graph", "own.toml", "text", lambda: [shipped_graph().to_toml().encode()], load_graph, 1),
    Reader("instrument", "own.toml", "text", _shipped("data/instruments", "who5", "swemwbs"), load_instrument, 1.5),
    Reader("mapping", "own.toml", "text", lambda: [MAPPING.encode(), *_mappings()], load_mapping, 1.5),
    Reader("policy", "own.toml", "text", _shipped("disclosure", "policy"), load_policy, 1.5),
)
READERS = {reader.name: reader for reader in _ALL}
