// Moving through a table by keyboard: j and k, Enter, x, m; "/" goes to its search field.
import { isOpen } from "./dialogs.js";

export const table = () => document.querySelector("[data-table]");
export const rows = () => [...(table()?.querySelectorAll("tr[data-row]") ?? [])];
export const typing = (target) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const current = () => table()?.querySelector("tr.at");

export function go(row) {
  if (!row) return;
  current()?.classList.remove("at");
  row.classList.add("at");
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest?.("tr[data-row]") ?? current());
  if (by > 0 && at === all.length - 1) table().querySelector("[data-more]")?.click();
  go(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]);
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  x: () => current()?.querySelector("[data-pick]")?.click(),
  m: () => table().querySelector("[data-more]")?.click(),
  Enter: () => current()?.querySelector("[data-open]")?.click(),
};

// In the drawer, j and k open the neighbour; closing it goes back to the row that was open last.
let shown = null;
document.getElementById("drawer")?.addEventListener("close", () => {
  if (shown) go(shown);
  shown = null;
});
document.getElementById("drawer")?.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  event.preventDefault();
  acts[event.key]();
  acts.Enter();
  shown = current();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || isOpen()) return;
  if (event.key === "/") {
    const field = document.querySelector(".toolbar input[type=search]") ?? document.querySelector("main input[type=search]") ?? document.querySelector("[data-palette-open]");
    event.preventDefault();
    field?.focus();
    field?.select?.();
    return;
  }
  if (!table() || !acts[event.key]) return;
  const inTable = event.target === document.body || event.target.id === "main" || table().contains(event.target);
  if (event.key.startsWith("Arrow") && !inTable) return;
  if (event.key === "Enter" && event.target !== document.body && event.target.id !== "main") return; // it presses what has the focus
  event.preventDefault();
  acts[event.key]();
});

// From the search field down into the rows.
document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && event.target.matches?.(".toolbar input[type=search]")) {
    event.preventDefault();
    go(rows()[0]);
  }
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-row]");
  if (row && row !== current()) {
    current()?.classList.remove("at");
    row.classList.add("at");
  }
});

// Anywhere on a row opens it, except where there is something else to press.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, .pick") || String(getSelection())) return;
  row.querySelector("[data-open]")?.click();
});

// The line beside the first column appears when something is under it.
document.addEventListener("scroll", (event) => {
  if (event.target.matches?.("[data-table]")) event.target.toggleAttribute("data-scrolled", event.target.scrollLeft > 0);
}, true);
