// Menus: placed beside the button that opens them, walked with the arrow keys.
const margin = 8;

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const right = at.left + width > innerWidth - margin;
  const above = at.bottom + 4 + height > innerHeight - margin && at.top > height;
  menu.style.left = `${Math.max(margin, right ? Math.min(at.right, innerWidth - margin) - width : at.left)}px`;
  menu.style.top = `${above ? at.top - height - 4 : at.bottom + 4}px`;
}

const openers = new WeakMap();
document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  const menu = button && document.getElementById(button.getAttribute("popovertarget"));
  if (menu) openers.set(menu, button);
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("[data-menu]")) return;
  const button = openers.get(menu) ?? document.querySelector(`[popovertarget="${menu.id}"]`);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open" || !button) return;
  place(menu, button);
  menu.querySelector("input:not([type=hidden], [type=radio]), .menu-item")?.focus({ preventScroll: true });
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  if (event.target.matches("input[type=radio], input[type=text], input[type=search], select, textarea")) return;
  const items = [...menu.querySelectorAll("a, button, input:not([type=hidden])")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items.at(next % items.length)?.focus();
  event.preventDefault();
});

addEventListener("resize", () => document.querySelectorAll("[data-menu]:popover-open").forEach((menu) => menu.hidePopover()));
document.addEventListener("scroll", (event) => {
  for (const menu of document.querySelectorAll("[data-menu]:popover-open")) if (!menu.contains(event.target)) menu.hidePopover();
}, true);
for (const button of document.querySelectorAll("[popovertarget]")) button.setAttribute("aria-haspopup", "true");
