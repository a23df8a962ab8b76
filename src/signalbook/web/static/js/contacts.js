// Contacts that stay true while one looks: new signals appear by themselves, on the table and on a page.
const every = 4000;

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-refresh]")) htmx.trigger(element, "refresh");
}, every);

const busy = () =>
  document.querySelector("[data-pick]:checked, dialog[open], [popover][data-menu]:popover-open, tr.at") ||
  document.querySelectorAll("tr[data-row]").length > 51 ||
  document.querySelector(".table-scroll")?.scrollTop > 0;

function reload() {
  const fresh = document.querySelector("[data-list-fresh]");
  if (fresh) fresh.hidden = true;
  const list = document.querySelector("[data-list]");
  if (!list) return;
  if (list.hasAttribute("data-whole")) location.reload(); // the first contact: the whole page changes
  else htmx.trigger(list, "list-reload");
}

// Something happened: show it at once, or offer it when that would pull the rows from under a hand.
document.addEventListener("list-stale", () => {
  const fresh = document.querySelector("[data-list-fresh]");
  if (fresh && busy()) fresh.hidden = false;
  else reload();
});
document.addEventListener("list-changed", reload);
document.addEventListener("click", (event) => event.target.closest("[data-list-fresh]") && reload());

// A value was changed here: the timeline follows now. It moved by itself: so did tags and reachability.
document.addEventListener("contact-changed", () => {
  const activity = document.getElementById("activity");
  if (activity) htmx.trigger(activity, "refresh");
});
const engaged = (signals) =>
  signals.contains(document.activeElement) || signals.querySelector("[data-typed]")?.value;
document.addEventListener("contact-stirred", () => {
  const signals = document.querySelector("[data-stirred]");
  if (signals && !engaged(signals)) htmx.trigger(signals, "stirred");
});
// Who began to type while the answer was on its way keeps the word; the next stir shows the rest.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig?.elt;
  if (asked?.matches("[data-stirred]") && engaged(asked)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", () => {
  const field = document.querySelector("[data-focus]");
  field?.removeAttribute("data-focus"); // once; the next swap is another matter
  field?.focus();
});
