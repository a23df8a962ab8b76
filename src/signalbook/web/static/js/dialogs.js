// Dialogs and the drawer: opened by data-dialog="id" or data-drawer="address", closed by Escape, the
// button, or a click beside them.
const drawer = () => document.getElementById("drawer");

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  (dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select") ?? dialog).focus?.();
}

export function isOpen() {
  return Boolean(document.querySelector("dialog[open], [popover]:popover-open:not(.toasts)"));
}

export async function openDrawer(url, href) {
  const dialog = drawer();
  dialog.dataset.href = href;
  await htmx.ajax("GET", url, { target: "#drawer-content", swap: "innerHTML" });
  if (!document.getElementById("drawer-content").hasChildNodes()) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[data-full]")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    opener.closest("[popover]")?.hidePopover();
    return open(document.getElementById(opener.dataset.dialog));
  }
  if (event.target.closest("[data-close]")) return event.target.closest("dialog")?.close();
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button);
  const row = event.target.closest("a[data-drawer]");
  if (row && plain && drawer()) {
    event.preventDefault();
    return openDrawer(row.dataset.drawer, row.href);
  }
});

document.addEventListener("mousedown", (event) => {
  if (event.target.matches?.("dialog[open]")) event.target.addEventListener("click", beside, { once: true });
});
function beside(event) {
  const box = this.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (event.target === this && !inside) this.close();
}

// The second Enter on a row: the drawer is open already, so go to the page.
drawer()?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.target === drawer() || event.target.matches(".drawer-body"))) location.assign(drawer().dataset.href);
});

document.querySelectorAll("dialog[data-open-now]").forEach(open);
