"""Settings of the documentation site; ``make docs`` builds it (see ``tools/docs_site.py``)."""

from __future__ import annotations

from hybrid_toolkit import __version__

project = "Hybrid Toolkit"
author = "Hybrid Toolkit contributors"
copyright = f"{author}, MIT licence"
version = release = __version__
language = "en-GB"

extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_nb"]
html_theme = "pydata_sphinx_theme"
html_title = "Hybrid Toolkit"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": False,
    "show_toc_level": 2,
    "navigation_depth": 2,
    "show_nav_level": 1,
}
html_sidebars = {"index": [], "README": []}

# Notebooks are shown as they were committed. A widget needs a kernel, and its view would load scripts from elsewhere:
# the site shows the line of text that stands for it.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
nb_render_markdown_format = "myst"
suppress_warnings: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

# Parameters are documented with their types in the docstrings; the signature stays readable without them.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
