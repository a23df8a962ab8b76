// The command palette: go to a contact, a page or an action without leaving the keyboard.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector(".palette-list");
const sprite = document.getElementById("toasts")?.dataset.closeIcon;
const wait = 120;
let asked = 0;
let timer = 0;
let found = [];

// What this page offers: its navigation, its own actions (data-command="Add contact"), other accounts.
function commands() {
  const offered = [];
  for (const element of document.querySelectorAll("[data-command]")) {
    offered.push({ group: "Actions", title: element.dataset.command, icon: "arrow-right", press: element });
  }
  for (const link of document.querySelectorAll(".nav-link")) {
    const icon = link.querySelector("use")?.getAttribute("href").split("#")[1];
    offered.push({ group: "Go to", title: link.querySelector("span").textContent, href: link.href, icon, keys: link.dataset.go });
  }
  for (const choice of document.querySelectorAll("#account-menu button[name=account]:not([aria-current])")) {
    offered.push({ group: "Switch account", title: choice.querySelector(".clip").textContent, icon: "building", press: choice });
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  const other = theme === "dark" ? "light" : "dark";
  const radio = document.querySelector(`[data-theme-choice] input[value="${other}"]`);
  if (radio) offered.push({ group: "Actions", title: `Switch to ${other}`, icon: other === "dark" ? "moon" : "sun", press: radio });
  return offered;
}

function matches(title, wanted) {
  return wanted.split(/\s+/).every((word) => title.toLowerCase().includes(word));
}

function draw() {
  const wanted = input.value.trim().toLowerCase();
  const offered = commands().filter((one) => matches(one.title, wanted));
  const all = [...(wanted ? found : []).filter((one) => !offered.some((other) => other.title === one.title)), ...offered];
  const nodes = [];
  let group = null;
  all.forEach((one, index) => {
    const name = one.group ?? "Contacts";
    if (name !== group) {
      const head = Object.assign(document.createElement("div"), { className: "menu-title", textContent: name });
      head.setAttribute("role", "presentation");
      nodes.push(head);
      group = name;
    }
    nodes.push(line(one, index));
  });
  if (!nodes.length) nodes.push(Object.assign(document.createElement("p"), { className: "palette-none", textContent: `Nothing found for “${input.value.trim()}”.` }));
  list.replaceChildren(...nodes);
  choose(0);
}

function line(one, index) {
  const item = document.createElement(one.href ? "a" : "button");
  item.className = "menu-item";
  item.id = `palette-${index}`;
  item.tabIndex = -1;
  item.setAttribute("role", "option");
  if (one.href) item.href = one.href;
  else item.type = "button";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${one.icon ?? "user"}`);
  svg.append(use);
  item.append(svg, Object.assign(document.createElement("span"), { className: "clip", textContent: one.title }));
  if (one.hint && one.hint !== one.title) item.append(Object.assign(document.createElement("span"), { className: "push clip", textContent: one.hint }));
  if (one.keys) item.append(Object.assign(document.createElement("kbd"), { className: "push", textContent: one.keys }));
  item.addEventListener("click", () => {
    dialog.close();
    if (one.press) one.press.click();
  });
  return item;
}

const items = () => [...list.querySelectorAll("[role=option]")];

function choose(index) {
  const all = items();
  const at = (index + all.length) % (all.length || 1);
  all.forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  if (all[at]) {
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

async function ask() {
  const wanted = input.value.trim();
  const mine = ++asked;
  if (!wanted) found = [];
  else {
    try {
      const answer = await fetch(`/palette?q=${encodeURIComponent(wanted)}`, { headers: { accept: "application/json" } });
      if (mine !== asked) return;
      found = answer.ok ? (await answer.json()).items : [];
    } catch { found = []; }
  }
  if (mine === asked) draw();
}

export function openPalette(text = "") {
  if (!dialog || dialog.open) return;
  input.value = text;
  found = [];
  dialog.showModal();
  input.focus();
  draw();
}

if (dialog) {
  input.addEventListener("input", () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  });
  dialog.addEventListener("keydown", (event) => {
    const at = items().findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(at + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") {
      const item = items()[at];
      if (item?.href && (event.ctrlKey || event.metaKey)) open(item.href, "_blank", "noopener");
      else item?.click();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("mousemove", (event) => {
    const at = items().indexOf(event.target.closest("[role=option]"));
    if (at >= 0) choose(at);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else openPalette();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette-open]");
    if (!opener) return;
    event.preventDefault();
    openPalette(opener.value ?? "");
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-palette-open]")) return;
    const text = event.target.value;
    event.target.value = "";
    openPalette(text);
    ask();
  });
}
