"""The look of the widgets, and what lets their keys and answers reach people: colours, focus, a live answer."""

from __future__ import annotations

from html import escape

ROOT = "hte"
"""Class of a widget's outermost box."""
LIVE = "hte-live"
"""Class of the box whose text is read out when it changes."""

_CSS = """
.hte { color: var(--jp-ui-font-color0, #1a1a1a); font-size: 14px; line-height: 1.45;
  max-width: 960px; overflow: hidden; }
.hte .jupyter-widgets, .hte .widget-html-content { color: inherit; font-size: inherit; line-height: inherit; }
.hte .hte-controls { display: flex; flex-flow: row wrap; gap: 4px 16px; }
.hte .hte-controls label { color: inherit; font-weight: 600; width: auto; padding-right: 6px; }
.hte select:focus-visible, .hte button:focus-visible, .hte textarea:focus-visible, .hte input:focus-visible,
.hte a:focus-visible, .hte .hte-scroll:focus-visible, .hte .noUi-handle:focus-visible {
  outline: 3px solid #2b7bba; outline-offset: 1px; }
.hte .widget-slider { flex-wrap: wrap; height: auto; }
.hte .widget-slider .widget-readout { flex: none; max-width: none; }
.hte .hte-answer { margin: 8px 0 4px; }
.hte .hte-answer strong { font-size: 17px; }
.hte .hte-stamp { display: inline-block; border: 2px solid currentColor; padding: 1px 8px;
  font-weight: 600; margin: 2px 0; }
.hte .hte-notice { border-left: 4px solid #2b7bba; padding: 6px 12px; margin: 6px 0; }
.hte .hte-error { border-left: 4px solid #c0392b; padding: 6px 12px; margin: 6px 0; }
.hte .hte-columns { display: flex; flex-flow: row wrap; gap: 8px 28px; align-items: flex-start; }
.hte .hte-columns > * { flex: 1 1 340px; min-width: 0; max-width: 100%; }
.hte figure { margin: 6px 0; }
.hte figure svg { max-width: 100%; height: auto; display: block; }
.hte figcaption, .hte caption { text-align: left; font-weight: 600; padding: 2px 0; color: inherit; caption-side: top; }
.hte .hte-scroll { overflow: auto; max-height: 460px; margin: 0 0 10px; }
.hte table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0;
  font-size: 13px; color: inherit; }
.hte th, .hte td { padding: 3px 10px 3px 0; border-bottom: 1px solid rgba(128, 128, 128, .45); text-align: right; }
.hte td { white-space: nowrap; }
.hte td.hte-word { white-space: normal; min-width: 70px; }
.hte th:first-child, .hte td.hte-word, .hte th.hte-word { text-align: left; }
.hte ul { margin: 4px 0; padding-left: 20px; }
.hte textarea { width: 100%; box-sizing: border-box; font: 13px/1.4 monospace; padding: 6px; color: inherit;
  background: var(--jp-layout-color1, #fff); border: 1px solid #767676; white-space: pre; overflow: auto; }
.hte .hte-downloads { display: flex; flex-flow: row wrap; gap: 2px 20px; list-style: none; padding: 0; }
.hte a.hte-download { color: inherit; text-decoration: underline; }
.hte .hte-progress-words { min-height: 1.4em; }
.hte .hte-copy { font: inherit; padding: 3px 12px; color: inherit; background: var(--jp-layout-color1, #fff);
  border: 1px solid #767676; cursor: pointer; }
"""

# JupyterLab's command mode takes arrow keys and letters from drop-downs in an output (they move between cells). Keys
# pressed inside the widget stay there, apart from Escape and combinations with Ctrl or Cmd. The element that shows
# the answer is made a live region, because an HTML widget cannot say so itself; sliders are given their label's name
# and the words of their value.
_ON_LOAD = (
    "const r=this.closest('.hte');if(r&&!r.dataset.ready){r.dataset.ready='1';"
    "r.addEventListener('keydown',e=>{if(!e.ctrlKey&&!e.metaKey&&e.key!=='Escape')e.stopPropagation()});"
    "r.querySelectorAll('.hte-live').forEach(l=>{l.setAttribute('role','status');l.setAttribute('aria-live','polite')});"
    "const n=()=>r.querySelectorAll('.noUi-handle').forEach(h=>{const b=h.closest('.widget-inline-hbox');if(!b)return;"
    "const l=b.querySelector('label'),t=b.querySelector('.widget-readout');"
    "if(l)h.setAttribute('aria-label',l.textContent);"
    "if(t)h.setAttribute('aria-valuetext',t.textContent)});"
    "n();new MutationObserver(n).observe(r,{childList:true,subtree:true,characterData:true})}"
)


def style_html() -> str:
    """The look of every widget, and what lets its keys and its answer reach people in JupyterLab."""
    return f'<style onload="{escape(_ON_LOAD)}">{_CSS}</style>'
