"""The notebooks keep the shape of the course and were committed with clean outputs.

That they run and give the committed outputs is checked apart: ``python -m pytest --nbval -o addopts=-q notebooks``.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.stem)
def notebook(request: pytest.FixtureRequest) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return held


def cells(notebook: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [c for c in notebook["cells"] if c["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_there_is_a_course() -> None:
    assert NOTEBOOKS


def test_length_title_and_parameters(notebook: dict[str, Any]) -> None:
    code, prose = cells(notebook, "code"), [source(c) for c in cells(notebook, "markdown")]
    assert 10 <= len(code) <= 20
    assert sum(len(text.split()) for text in prose) <= 1500
    assert len(re.findall(r"^# ", "\n".join(prose), re.MULTILINE)) == 1
    assert sum("parameters" in c["metadata"].get("tags", []) for c in code) == 1
    assert max(source(c).count("\n") + 1 for c in code) <= 10
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_only_public_names_and_no_blanket_filter(notebook: dict[str, Any]) -> None:
    text = "\n".join(source(c) for c in cells(notebook, "code"))
    assert "filterwarnings" not in text and "simplefilter" not in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr
        if isinstance(node, ast.ImportFrom):
            assert not any(a.name.startswith("_") for a in node.names)


def test_outputs_are_committed_in_order_and_clean(notebook: dict[str, Any]) -> None:
    code = cells(notebook, "code")
    assert [c["execution_count"] for c in code] == list(range(1, len(code) + 1))
    outputs = [o for c in code for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    said = json.dumps([o.get("text") or o.get("data", {}).get("text/plain") for o in outputs])
    assert not re.search(r"/(home|root|tmp|work|Users)/|0x[0-9a-f]{6,}|[A-Z]:\\\\", said)
    assert "widgets" not in notebook["metadata"], "no widget state with random ids"


def test_every_html_image_has_words(notebook: dict[str, Any]) -> None:
    for cell in cells(notebook, "code"):
        for output in cell["outputs"]:
            page = "".join(output.get("data", {}).get("text/html", ""))
            assert page.count("<img ") == len(re.findall(r'<img alt="[^"]{20,}" src="data:image/png;base64,', page))
            assert not re.search(r"/(home|root|tmp|work|Users)/", re.sub(r"base64,[\w+/=]+", "", page))


def test_a_number_is_printed_beside_each_figure_and_widget(notebook: dict[str, Any]) -> None:
    shown = ("image/png", "application/vnd.jupyter.widget-view+json")
    for cell in cells(notebook, "code"):
        if any(kind in o.get("data", {}) for o in cell["outputs"] for kind in shown):
            printed = "".join("".join(o["text"]) for o in cell["outputs"] if o.get("name") == "stdout")
            assert re.search(r"\d", printed)
