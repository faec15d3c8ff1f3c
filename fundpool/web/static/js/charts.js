// Charts: one Vega view each, drawn once; a moved lever changes only the data.

import { save } from "./api.js";
import { word } from "./words.js";

const charts = new Map();
const CONFIG = {
  font: "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelColor: "#1b2430",
    titleColor: "#1b2430", gridColor: "#e3e8ee", domainColor: "#8593a3", tickColor: "#8593a3" },
  legend: { labelFontSize: 12, titleFontSize: 12, labelColor: "#1b2430", symbolSize: 120,
    labelLimit: 260 },
  view: { stroke: null },
};

// Show a chart: `key` says what the drawing depends on, `data` what is drawn.
export async function show(name, key, makeSpec, data, onClick) {
  const place = document.getElementById(`chart-${name}`);
  let chart = charts.get(name);
  const drawing = `${key}|${place.clientWidth}`;
  if (chart && chart.drawing === drawing && !chart.pending) {
    for (const [set, rows] of Object.entries(data)) chart.view.data(set, rows);
    chart.data = data;
    await chart.view.runAsync();
    return;
  }
  if (chart && chart.pending) {
    await chart.pending;
    if (charts.get(name) !== chart || chart.drawing !== drawing) return show(name, key, makeSpec, data, onClick);
    return show(name, key, makeSpec, data, onClick);
  }
  const before = chart;
  chart = { drawing, data, pending: null };
  charts.set(name, chart);
  const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", background: "#ffffff",
    config: CONFIG, ...makeSpec(Math.max(240, place.clientWidth)),
    datasets: data };
  chart.spec = spec;
  chart.pending = window.vegaEmbed(place, spec, { ast: true, actions: false, renderer: "canvas",
    defaultStyle: false, tooltip: { disableDefaultStyle: true } });
  const made = await chart.pending;
  chart.pending = null;
  if (before && before.made) before.made.finalize();
  chart.made = made;
  chart.view = made.view;
  place.setAttribute("role", "img");
  if (onClick) chart.view.addEventListener("click", (_event, item) => {
    if (item && item.datum) onClick(item.datum);
  });
}

export function describe(name, text) {
  document.getElementById(`chart-${name}`).setAttribute("aria-label", text);
}

export function pictureButtons() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const name = place.dataset.chart;
    place.replaceChildren(...["svg", "png", "csv", "spec"].map((kind) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word(kind);
      button.dataset.picture = kind;
      button.addEventListener("click", () => take(name, kind));
      return button;
    }));
  }
}

async function take(name, kind) {
  const chart = charts.get(name);
  if (!chart || !chart.view) return;
  if (kind === "svg") {
    save(new Blob([await chart.view.toSVG()], { type: "image/svg+xml" }), `fundpool-${name}.svg`);
  } else if (kind === "png") {
    const canvas = await chart.view.toCanvas(2);
    canvas.toBlob((blob) => save(blob, `fundpool-${name}.png`), "image/png");
  } else if (kind === "spec") {
    const spec = { ...chart.spec, datasets: chart.data };
    save(new Blob([JSON.stringify(spec, null, 1)], { type: "application/json" }), `fundpool-${name}.vl.json`);
  } else {
    save(new Blob([asCsv(Object.values(chart.data)[0])], { type: "text/csv" }), `fundpool-${name}.csv`);
  }
}

function asCsv(rows) {
  if (!rows.length) return "";
  const columns = Object.keys(rows[0]);
  // a text that a spreadsheet would take for a formula is kept a text
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [columns.join(","), ...rows.map((row) => columns.map((name) => cell(row[name])).join(","))].join("\n");
}

export function forget() {
  for (const chart of charts.values()) chart.drawing = "";
}
