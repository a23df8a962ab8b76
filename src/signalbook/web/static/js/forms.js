// Forms: a warning before unsaved changes are lost, a question before something large, fields in place.
import { open } from "./dialogs.js";

let dirty = null;
let agreed = null;

// The button that goes on is called like the one that was pressed.
function ask(text, form, submitter) {
  const dialog = document.getElementById("ask");
  const yes = dialog.querySelector("[data-yes]");
  form.closest("[popover]:popover-open")?.hidePopover();
  dialog.querySelector("#ask-text").textContent = text;
  yes.textContent = submitter?.textContent.trim() || "Go on";
  dialog.querySelector("[data-close]").textContent = form.dataset.keep ?? "Cancel";
  yes.onclick = () => {
    dialog.close();
    agreed = form;
    form.requestSubmit(submitter);
  };
  open(dialog);
  dialog.querySelector("[data-close]").focus();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) dirty = form;
});
document.addEventListener("submit", (event) => {
  const said = (event.submitter ?? event.target).closest("[data-confirm]")?.dataset.confirm;
  if (said && event.target !== agreed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return ask(said, event.target, event.submitter);
  }
  agreed = null;
  if (event.target === dirty) dirty = null;
  if (event.target.matches("form[method=post]:not([hx-post])")) {
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 4000);
  }
}, true);
addEventListener("beforeunload", (event) => { if (dirty?.isConnected) event.preventDefault(); });
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A field edited in place: focus what came, Escape gives the row back, and so does the focus after.
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.detail.elt?.closest?.(".fact") ?? event.target.closest?.(".fact");
  const input = row?.querySelector("form[data-fact] :is(input:not([type=hidden]), select, textarea)");
  if (input) {
    if (!input.id) input.id = "fact-input";
    input.focus();
    input.select?.();
  } else row?.querySelector("[data-edit]")?.focus();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-fact]");
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    form.querySelector("[data-cancel]")?.click();
  } else if (event.key === "Enter" && event.target.matches("textarea") && (event.metaKey || event.ctrlKey)) form.requestSubmit();
}, true);
