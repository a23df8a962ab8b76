// Short notes in the corner. The server sends them with HX-Trigger, a page brings them with it.
const region = document.getElementById("toasts");
const icons = { good: "ok", bad: "bad", warn: "warn", info: "info" };
const stays = { good: 6000, info: 6000, warn: 10000, bad: 0 };

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

function draw(name, size) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `icon icon-${size}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${region.dataset.closeIcon}#${name}`);
  svg.append(use);
  return svg;
}

function settle(note) {
  const button = make("button", "toast-close");
  button.type = "button";
  button.setAttribute("aria-label", "Dismiss");
  button.append(draw("close", 14));
  button.addEventListener("click", () => note.remove());
  note.append(button);
  const kind = [...note.classList].find((name) => name.startsWith("toast-"))?.slice(6);
  const wait = note.querySelector(".toast-action") ? 12000 : stays[kind];
  if (!wait) return;
  let timer = setTimeout(() => note.remove(), wait);
  note.addEventListener("mouseenter", () => clearTimeout(timer));
  note.addEventListener("focusin", () => clearTimeout(timer));
  note.addEventListener("mouseleave", () => { timer = setTimeout(() => note.remove(), 3000); });
}

export function toast({ text, kind = "good", href = "", link = "", undo = "" }) {
  if (!region) return;
  const note = make("div", `toast toast-${kind}`);
  note.setAttribute("role", kind === "bad" ? "alert" : "status");
  note.append(draw(icons[kind] ?? "info", 16), make("span", "", text));
  if (undo) {
    const form = make("form");
    const token = make("input");
    Object.assign(form, { method: "post", action: undo });
    Object.assign(token, { type: "hidden", name: "csrf_token", value: document.querySelector('meta[name="csrf-token"]').content });
    form.append(token, make("button", "toast-action", "Undo"));
    note.append(form);
  }
  if (href) {
    const anchor = make("a", "toast-action", link || "Show");
    anchor.href = href;
    note.append(anchor);
  }
  region.append(note);
  settle(note);
  raise();
}

// In the top layer, so that a dialog does not cover it.
function raise() {
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
}

if (region) {
  region.popover = "manual";
  for (const note of region.children) settle(note);
  if (region.children.length) raise();
  document.addEventListener("toast", (event) => toast(event.detail));
}
