// Saves forms as they are filled in, and follows slow work. Every page works without this script.
"use strict";

const WAIT = 400; // milliseconds after the last key: short enough that little is at stake, long enough not to chatter
const AGAIN = 2000; // milliseconds until a save that failed is tried again

function asShown(field) { // as the page came
  if (field.type === "radio" || field.type === "checkbox") return field.checked === field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].every((o) => o.selected === o.defaultSelected);
  return field.value === field.defaultValue;
}

function putBack(form) { // what was filled in before a button was pressed
  const kept = JSON.parse(form.dataset.kept), at = {};
  if (!Object.keys(kept).length || document.querySelector(".error-summary")) return;
  for (const field of form.elements) {
    if (!field.name || ["hidden", "submit", "file"].includes(field.type)) continue;
    const values = kept[field.name] || [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[at[field.name] = (at[field.name] ?? -1) + 1] ?? field.value;
  }
}

function autosave(form) {
  const byButton = "kept" in form.dataset, filters = "keep" in form.dataset; // filters go into the address by their button
  if (byButton) putBack(form);
  const said = form.querySelector("[data-said]");
  const touched = new Set(); // a field that was changed and changed back was saved in between
  let timer = 0, unsaved = false, busy = false;

  function tell(words, bad) {
    if (said.textContent !== words) said.textContent = words;
    said.classList.toggle("bad", Boolean(bad));
  }

  function content() {
    const data = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
    data.set("_draft", "1");
    if (filters) { data.set("_keep", form.dataset.keep); data.set("_of", form.dataset.of); data.set("_xsrf", form.dataset.xsrf); }
    return new URLSearchParams(data);
  }

  async function save() {
    clearTimeout(timer);
    if (busy) { timer = setTimeout(save, WAIT); return; }
    busy = true;
    unsaved = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: content(), credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const told = await answer.json();
      const errors = Object.values(told.errors || {});
      if (told.shown && form.elements._shown) form.elements._shown.value = told.shown;
      tell(errors.length ? "Not saved. " + errors.join(" ") : told.message, errors.length);
    } catch {
      unsaved = true;
      tell("Not saved: the workbench does not answer. Trying again.", true);
      timer = setTimeout(save, AGAIN);
    } finally {
      busy = false;
    }
  }

  // a second tab, or a colleague's desk, may have changed what this tab does not show: only what was changed here is sent
  form.addEventListener("formdata", (event) => {
    if (byButton || document.querySelector(".error-summary")) return; // what was refused is shown again, and is saved nowhere
    for (const name of new Set(event.formData.keys())) {
      const fields = [...form.elements].filter((f) => f.name === name && f.type !== "hidden" && f.type !== "submit");
      if (fields.length && !touched.has(name) && fields.every(asShown)) event.formData.delete(name);
    }
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    unsaved = true;
    touched.add(event.target.name);
    tell("Saving …");
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("submit", () => {
    unsaved = false;
    clearTimeout(timer);
    if (!filters) return;
    const used = content(); // what was asked for is no longer waiting, and must not come back beside another view
    used.set("_of", "");
    navigator.sendBeacon(form.action, used);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && unsaved) save(); });
  addEventListener("pagehide", () => { if (unsaved) navigator.sendBeacon(form.action, content()); });
}

function follow(box) {
  const said = box.querySelector("[data-said]"), bar = box.querySelector("progress");
  if (!said) return;
  const timer = setInterval(async () => {
    let work;
    try {
      const answer = await fetch(box.dataset.waits, { credentials: "same-origin" });
      if (!answer.ok) throw new Error();
      work = await answer.json();
    } catch { return; }
    if (work.state !== "waiting" && work.state !== "running") {
      clearInterval(timer);
      location.reload(); // a file is downloaded and this page stays: say so
      setTimeout(() => { bar.remove(); said.textContent = "Ready. If no file was downloaded, reload this page."; }, 1500);
      return;
    }
    if (work.total) {
      bar.max = work.total;
      bar.value = work.done;
      said.textContent = `${work.words || "Working it out"}: ${work.done} of ${work.total} …`;
    }
  }, 500);
}

document.querySelectorAll("form[data-autosave]").forEach(autosave);
document.querySelectorAll("[data-waits]").forEach(follow);
// on a narrow screen the steps would fill it before the page begins
if (matchMedia("(max-width: 52rem)").matches) document.querySelectorAll("[data-folds]").forEach((d) => { d.open = false; });
const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();
addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not(.analysts)").forEach((d) => { d.open = true; });
});
