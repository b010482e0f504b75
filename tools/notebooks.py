"""Run notebooks and commit-ready them: ``python -m tools.notebooks [NAME ...]``; every notebook where none is named.

``--check`` runs none and says which were not saved clean. Otherwise each is run from the top in a fresh kernel; its
outputs are kept, widget state and timings are not, so that the same code gives the same file. A cell that fails ends
the job and leaves that notebook as it was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def run(path: Path) -> None:
    """Run one notebook and write it in clean form."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    path.write_text(nbformat.writes(cleaned(notebook)) + "\n", encoding="utf-8", newline="\n")


def cleaned(notebook: Any) -> Any:
    """The notebook without what differs from run to run."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "application/vnd.jupyter.widget-view+json" in data:
                data["application/vnd.jupyter.widget-view+json"]["model_id"] = ""
        _join_streams(cell)
    return notebook


def is_clean(path: Path) -> bool:
    """Whether a notebook's file is what ``run`` would have written for its cells and outputs."""
    text = path.read_text(encoding="utf-8")
    return text == nbformat.writes(cleaned(nbformat.reads(text, as_version=4))) + "\n"


def _join_streams(cell: Any) -> None:
    """One piece of text a stream, however the kernel happened to cut it."""
    joined: list[Any] = []
    for output in cell.get("outputs", []):
        last = joined[-1] if joined else None
        if last is not None and output["output_type"] == "stream" == last["output_type"] and last.name == output.name:
            last["text"] += output["text"]
        else:
            joined.append(output)
    if "outputs" in cell:
        cell["outputs"] = joined


def main() -> None:
    """Run the named notebooks, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="start of a notebook's name, such as 03")
    parser.add_argument("--check", action="store_true", help="run none; stop with 1 where one was not saved clean")
    args = parser.parse_args()
    names = tuple(args.names)
    chosen = [p for p in sorted(FOLDER.glob("*.ipynb")) if not names or p.name.startswith(names)]
    if args.check:
        unclean = [p.name for p in chosen if not is_clean(p)]
        sys.exit(f"Not saved clean: {', '.join(unclean)}. Run: make notebooks" if unclean else 0)
    for path in chosen:
        print(path.name, flush=True)
        run(path)


if __name__ == "__main__":
    main()
