// Runs before the first paint, so that nothing flashes: what this browser remembers of the looks.
(() => {
  const root = document.documentElement;
  for (const name of ["theme", "nav", "filters", "rows"]) {
    try {
      const kept = localStorage.getItem(`signalbook.${name}`);
      if (kept) root.dataset[name] = kept;
    } catch { /* storage may be forbidden; the defaults are fine */ }
  }
  root.dataset.script = "";
})();
