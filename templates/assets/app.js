// The page works without this file; it adds progress, keys, copying and the theme. Listeners only, no markup from strings
// but the server's own fragments.
"use strict";

const root = document.documentElement;
const THEMES = ["auto", "light", "dark"];
const stored = { get: () => { try { return localStorage.getItem("theme"); } catch { return null; } },
                 set: (name) => { try { localStorage.setItem("theme", name); } catch { /* private window */ } } };
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

root.classList.add("js");
setTheme(stored.get() || "auto");

function setTheme(name) {
  if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
  const label = one("[data-theme-name]");
  if (label) label.textContent = name;
}

function nextTheme() {
  const name = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
  stored.set(name);
  setTheme(name);
}

let fading = 0;
function say(text) {
  const toast = one("[data-toast]");
  if (!toast) return;
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ""; }, 2200);
}

// What a button copies: a page of ours, an element named by its id, or the snippet that it stands in.
async function textOf(button) {
  const { copyUrl, copyFrom } = button.dataset;
  if (copyUrl) {
    const answer = await fetch(copyUrl);
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  }
  return one("code", copyFrom ? document.getElementById(copyFrom) : button.closest(".snippet")).textContent;
}

async function copy(button) {
  let text;
  try { text = await textOf(button); } catch { return say("Not copied: the server did not answer"); }
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
  } catch {
    say("The browser did not allow copying");
  }
}

// Uploads: the raw file is the body, so nothing is held in memory twice.
function send(file, list, form) {
  const row = one("[data-upload-row]").content.firstElementChild.cloneNode(true);
  one(".upload-name", row).textContent = file.name;
  list.append(row);
  if (file.size > Number(form.dataset.limit)) {
    return refuse(row, `The file is larger than the limit of ${form.dataset.limitText}.`);
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-Filename", encodeURIComponent(file.name));
  request.upload.addEventListener("progress", (event) => {
    const percent = Math.round(100 * event.loaded / event.total);
    one("progress", row).value = percent;
    one(".upload-state", row).textContent = `sending, ${percent} %`;
  });
  request.addEventListener("load", () => {
    if (request.status !== 202) return refuse(row, request.responseText);
    row.outerHTML = request.responseText;
    htmx.process(list);
  });
  request.addEventListener("error", () => refuse(row, "The connection ended before the file was sent."));
  request.send(file);
}

function refuse(row, text) {
  row.classList.add("upload-refused");
  one("progress", row)?.remove();
  const state = one(".upload-state", row);
  state.setAttribute("role", "alert");
  state.textContent = text;
}

function sendAll(files, form) {
  const list = one("[data-uploads]");
  for (const file of files) send(file, list, form);
}

// One file alone leads straight to its report.
function follow() {
  const rows = all("[data-uploads] > li");
  if (rows.length === 1 && rows[0].dataset.report) location.assign(rows[0].dataset.report);
}

// A date that is typed chooses itself, and a span that is chosen takes the date away.
function onExpiry({ target }) {
  if (target.matches("[data-day]")) one("[name=expires][value=day]", target.form).checked = true;
  if (target.matches("[name=expires]") && target.value !== "day") one("[data-day]", target.form).value = "";
}

// What cannot be undone is asked about first. What takes a while says so, and is not asked for twice.
function onSubmit(event) {
  const { target, submitter } = event;
  if (target.dataset.confirm && !confirm(target.dataset.confirm)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (target.matches("[data-saves]")) awaited.set("Saved");
  if (!submitter?.dataset.busy) return;
  submitter.textContent = submitter.dataset.busy;
  submitter.disabled = true;
}

// Said on the next page, where that is ours again and not one of trouble.
const awaited = { set: (text) => { try { sessionStorage.setItem("awaited", text); } catch { /* not told, then */ } },
                  take: () => { try { const text = sessionStorage.getItem("awaited"); sessionStorage.removeItem("awaited"); return text; } catch { return null; } } };

function setUpDrop(form) {
  const input = one("input[type=file]", form);
  input.addEventListener("change", () => { sendAll(input.files, form); input.value = ""; });
  document.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("dragging"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) root.classList.remove("dragging"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("dragging");
    sendAll(event.dataTransfer.files, form);
  });
}

// Filter: a row stays where every word occurs in its own line, or in its group's.
function setUpFilter(input) {
  input.closest("[data-filter-label]").hidden = false;
  const groups = all("[data-group]").map((group) => ({
    group,
    rows: all("[data-row]", group).map((row) => ({ row, text: (one("summary", row) || row).textContent.toLowerCase() })),
  }));
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { group, rows } of groups) {
      const hits = rows.filter(({ row, text }) => {
        const hit = words.every((word) => text.includes(word));
        if (row.classList.contains("follower") || row.tagName === "LI") row.hidden = !hit;
        return hit;
      });
      group.hidden = hits.length === 0;
      const folded = one("[data-followers]", group);
      if (folded && words.length) folded.open = hits.some(({ row }) => row.classList.contains("follower"));
      shown += hits.length;
    }
    one("[data-filter-empty]").hidden = shown > 0;
  });
}

function step(by) {
  const heads = all("[data-row]").map((row) => one("summary, a", row)).filter((head) => head && head.checkVisibility());
  if (!heads.length) return;
  const now = heads.indexOf(document.activeElement);
  const next = heads[now < 0 ? (by > 0 ? 0 : heads.length - 1) : Math.min(heads.length - 1, Math.max(0, now + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView();
  (one("summary", target) || target).focus({ preventScroll: true });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && typing) return typing.blur();
  if (typing || one("dialog[open]")) return;
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => one("[data-filter]")?.focus(),
    "?": () => one("[data-help-dialog]").showModal(),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
}

function reveal(within) {
  for (const button of all("[data-copy], [data-copies]", within)) button.hidden = false;
}

document.addEventListener("DOMContentLoaded", () => {
  setTheme(root.dataset.theme || "auto");
  for (const button of all("[data-theme-toggle], [data-help]")) button.hidden = false;
  reveal(document);
  one("[data-theme-toggle]").addEventListener("click", nextTheme);
  one("[data-help]").addEventListener("click", () => one("[data-help-dialog]").showModal());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    const row = event.target.closest("summary")?.parentElement;
    if (row?.matches("details[data-row]") && !row.open) history.replaceState(null, "", `#${row.id}`); // to come back to
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", onExpiry);
  document.addEventListener("submit", onSubmit, true); // ahead of htmx
  document.addEventListener("htmx:afterSwap", (event) => { reveal(event.detail.elt || document); follow(); });
  addEventListener("hashchange", openTarget);
  const drop = one("[data-drop]");
  if (drop) setUpDrop(drop);
  const filter = one("[data-filter]");
  if (filter) setUpFilter(filter);
  openTarget();
  const told = awaited.take();
  if (told && one("[data-saves]")) say(told);
});
