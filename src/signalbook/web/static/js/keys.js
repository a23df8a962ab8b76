// "?" lists the keys; "g" and a letter goes to a page.
import { isOpen, open } from "./dialogs.js";
import { typing } from "./rows.js";

let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || isOpen()) return;
  if (event.key === "?") {
    event.preventDefault();
    return open(document.getElementById("keys"));
  }
  if (going && Date.now() - going < 1200) {
    const link = document.querySelector(`[data-go="g ${CSS.escape(event.key)}"]`);
    going = 0;
    if (link) {
      event.preventDefault();
      event.stopImmediatePropagation();
      link.click();
    }
  } else if (event.key === "g") going = Date.now();
}, true);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-open]")) return;
  event.target.closest("[popover]")?.hidePopover();
  open(document.getElementById("keys"));
});
