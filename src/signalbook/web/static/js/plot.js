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

// Several charts may share a table, each with some of its columns: data-table, data-columns="1 2".
function source(figure) {
  const table = document.getElementById(figure.dataset.table) ?? figure;
  const heads = [...table.querySelectorAll("thead th")].slice(1).map((head) => head.textContent);
  const columns = figure.dataset.columns?.split(" ").map((column) => column - 1) ?? heads.map((_, index) => index);
  return { rows: [...table.querySelectorAll("tr[data-at]")], names: columns.map((column) => heads[column]), columns };
}

function numbers({ rows, columns }) {
  const times = rows.map((row) => Number(row.dataset.at));
  const cells = rows.map((row) => [...row.querySelectorAll("[data-number]")].map((cell) => Number(cell.dataset.number)));
  return [times, ...columns.map((column) => cells.map((row) => row[column]))];
}

// Series on top of each other: the sums up to each, the highest first.
function stacked([times, ...columns]) {
  const sums = [];
  columns.forEach((column, index) => sums.push(column.map((value, at) => value + (sums[index - 1]?.[at] ?? 0))));
  return [times, ...sums.reverse()];
}

// What came above zero, what went below it, those that come later further down.
const flowing = ([times, came, ...went]) => {
  const [, ...down] = stacked([times, ...went]);
  const seen = (value) => value || null; // a bar of nothing would be a dash
  return [times, ...down.map((column) => column.map((value) => seen(-value))), came.map(seen)];
};

// How each kind of chart shapes its columns, and from where to where its numbers reach.
const kinds = {
  "": { shaped: stacked, range: (_low, high) => [0, Math.max(high * 1.1, 1)] },
  flow: { shaped: flowing, range: (low, high) => [Math.min(low * 1.1, -1), Math.max(high * 1.1, 1)] },
  level: { shaped: (columns) => columns, range: (low, high) => [Math.max(0, low - (high - low || low) * 0.2), high + (high - low || 1) * 0.2] },
};

function draw(figure) {
  const kind = kinds[figure.dataset.plot], isLine = figure.dataset.plot === "level";
  const from = source(figure), raw = numbers(from), names = from.names;
  const holder = figure.querySelector(".chart-plot");
  const colours = names.map((name, index) => resolved(/refused|failed|error|opted/i.test(name) ? "--bad" : ["--accent-text", "--second", "--text-muted"][index % 3]));
  const axis = { stroke: resolved("--text-muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style("--font")}` };
  const bars = uPlot.paths.bars({ size: [0.72, 32] });
  const clock = [[86400, "{D} {MMM}"], [3600, "{HH}:00", "\n{D} {MMM}", null, null, null, null, null, 1], [60, "{HH}:{mm}", "\n{D} {MMM}", null, null, null, null, null, 1]];
  holder.replaceChildren();
  return new uPlot({
    width: holder.clientWidth, height: 220, ...("utc" in figure.dataset && { tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC") }), cursor: { y: false, points: { show: false } },
    scales: { x: { range: (_plot, low, high) => [low - (high - low) / 60, high + (high - low) / 60] }, y: { range: (_plot, low, high) => kind.range(low, high) } },
    axes: [{ ...axis, grid: { show: false }, values: clock }, { ...axis, size: 56, values: (_plot, all) => all.map((value) => (Number.isInteger(value) ? Math.abs(value).toLocaleString("en") : "")) }],
    // Drawn from the top of the stack down, so that each lies before the one above it.
    series: [{ label: "When", value: "utc" in figure.dataset ? "{D} {MMM} {YYYY}" : "{D} {MMM} {HH}:{mm}" }, ...names.map((label, index) => ({
      label, points: { show: false },
      ...(isLine ? { stroke: colours[index], width: 2 } : { fill: colours[index], width: 0, paths: bars }),
      value: (_plot, _sum, _series, at) => (at == null ? "" : raw[index + 1][at].toLocaleString("en")),
    })).reverse()],
  }, kind.shaped(raw), holder);
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
