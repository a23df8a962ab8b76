// Keeps "5 min ago" true while a page stays open. The words are those of web/formats.py.
const month = new Intl.DateTimeFormat("en", { month: "short" });

function words(at, now) {
  const seconds = (now - at) / 1000;
  if (seconds < -45) return null; // what lies ahead was written by the server
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86400);
  if (seconds < 604800) return days === 1 ? "1 day ago" : `${days} days ago`;
  return null;
}

function refresh() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const said = words(Date.parse(element.dateTime), now);
    if (said && element.textContent !== said) element.textContent = said;
  }
}
setInterval(() => document.hidden || refresh(), 30_000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());

for (const element of document.querySelectorAll("time[data-clock]")) {
  const at = new Date(Number(element.dataset.clock) * 1000);
  element.textContent = `${at.getDate()} ${month.format(at)} ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}
document.querySelectorAll("[data-command-key]").forEach((key) => {
  if (/Mac|iPhone|iPad/.test(navigator.platform)) key.textContent = "⌘ K";
});
