// Larger charts. The numbers are read from the table behind each, so both always say the same.
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Canvas has no light-dark(): ask the browser what a token is just now.
function resolved(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function numbers(figure) {
  const rows = [...figure.querySelectorAll("tr[data-at]")];
  const times = rows.map((row) => Number(row.dataset.at));
  const width = rows[0]?.querySelectorAll("[data-number]").length ?? 0;
  const columns = Array.from({ length: width }, (_, index) =>
    rows.map((row) => Number(row.querySelectorAll("[data-number]")[index].dataset.number)));
  return [times, ...columns];
}

// Series on top of each other: the sums up to each, the highest first.
function stacked([times, ...columns]) {
  const sums = [];
  columns.forEach((column, index) => sums.push(column.map((value, at) => value + (sums[index - 1]?.[at] ?? 0))));
  return [times, ...sums.reverse()];
}

function draw(figure) {
  const raw = numbers(figure);
  const holder = figure.querySelector(".chart-plot");
  const names = [...figure.querySelectorAll("thead th")].slice(1).map((head) => head.textContent);
  const colours = names.map((name, index) => resolved(/refused|failed|error/i.test(name) ? "--bad" : ["--accent-text", "--second", "--text-muted"][index % 3]));
  const axis = { stroke: resolved("--text-muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style("--font")}` };
  const bars = uPlot.paths.bars({ size: [0.72, 32] });
  const clock = [[86400, "{D} {MMM}"], [3600, "{HH}:00", "\n{D} {MMM}", null, null, null, null, null, 1], [60, "{HH}:{mm}", "\n{D} {MMM}", null, null, null, null, null, 1]];
  holder.replaceChildren();
  return new uPlot({
    width: holder.clientWidth, height: 220, cursor: { y: false, points: { show: false } },
    scales: { x: { range: (_plot, low, high) => [low - (high - low) / 60, high + (high - low) / 60] }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [{ ...axis, grid: { show: false }, values: clock }, { ...axis, size: 56, values: (_plot, all) => all.map((value) => value.toLocaleString("en")) }],
    // Drawn from the top of the stack down, so that each lies before the one above it.
    series: [{ label: "When", value: "{D} {MMM} {HH}:{mm}" }, ...names.map((label, index) => ({
      label, fill: colours[index], width: 0, paths: bars, points: { show: false },
      value: (_plot, _sum, _series, at) => (at == null ? "" : raw[index + 1][at].toLocaleString("en")),
    })).reverse()],
  }, stacked(raw), holder);
}

function drawAll() {
  for (const figure of document.querySelectorAll("[data-plot]")) {
    figure.plot?.destroy();
    figure.plot = draw(figure);
  }
}
drawAll();
let timer = 0;
addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(drawAll, 150);
});
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
