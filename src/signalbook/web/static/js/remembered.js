// Looks that are remembered in this browser: theme, folded navigation, folded filters.
const root = document.documentElement;

export function remember(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  try {
    if (value) localStorage.setItem(`signalbook.${name}`, value);
    else localStorage.removeItem(`signalbook.${name}`);
  } catch { /* it holds until the page is left */ }
}

for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.hidden = false;
  for (const radio of choice.querySelectorAll("input")) radio.checked = radio.value === (root.dataset.theme ?? "");
  choice.addEventListener("change", (event) => remember("theme", event.target.value));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-nav-fold]")) {
    const narrow = document.getElementById("nav").offsetWidth < 100;
    remember("nav", narrow ? "wide" : "narrow");
  } else if (event.target.closest("[data-filters-fold]")) remember("filters", root.dataset.filters === "closed" ? "" : "closed");
  else if (event.target.closest("[data-rows-fold]")) remember("rows", root.dataset.rows === "compact" ? "" : "compact");
});
