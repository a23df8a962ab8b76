// Picking rows: one, a range with Shift, all shown, or all that match the filter.
import { isOpen } from "./dialogs.js";
import { table, typing } from "./rows.js";

const bar = () => document.querySelector("[data-selection]");
const picks = () => [...(table()?.querySelectorAll("[data-pick]") ?? [])];
let last = null;

function show() {
  const form = bar();
  if (!form) return;
  const all = picks();
  const picked = all.filter((box) => box.checked);
  const counted = document.getElementById("list-count"); // a count that came later than the rows
  const total = Number(counted?.dataset.matching ?? form.dataset.total);
  const said = counted?.dataset.said || total.toLocaleString("en");
  const every = form.querySelector("[data-all]");
  if (picked.length < all.length) every.value = "";
  const count = every.value ? total : picked.length;
  for (const box of all) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  form.toggleAttribute("data-open", count > 0);
  form.querySelector("[data-count]").textContent = every.value ? `All ${said} selected` : `${count.toLocaleString("en")} selected`;
  form.querySelector("[data-select-all]").textContent = `Select all ${said} matching`;
  form.querySelector("[data-select-all]").hidden = Boolean(every.value) || picked.length < all.length || total <= all.length;
  const head = table()?.querySelector("[data-pick-all]");
  if (head) {
    head.checked = all.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
}

function clear() {
  for (const box of picks()) box.checked = false;
  const every = bar()?.querySelector("[data-all]");
  if (every) every.value = "";
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (box) {
    const all = picks();
    if (event.shiftKey && last?.isConnected) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  } else if (event.target.closest("[data-pick-all]")) {
    for (const one of picks()) one.checked = event.target.checked;
    show();
  } else if (event.target.closest("[data-select-all]")) {
    bar().querySelector("[data-all]").value = "1";
    show();
  } else if (event.target.closest("[data-clear]")) clear();
});

// Shift with a click on the box's label would select text instead.
document.addEventListener("mousedown", (event) => event.shiftKey && event.target.closest(".pick") && event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (!table() || typing(event.target) || isOpen()) return;
  if (event.key === "Escape" && picks().some((box) => box.checked)) clear();
  if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    for (const box of picks()) box.checked = true;
    show();
  }
});
document.addEventListener("htmx:afterSettle", show);
addEventListener("pageshow", show);
