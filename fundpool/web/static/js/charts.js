// Charts: one Vega view each, drawn once; a moved lever changes only the data.

import { save } from "./api.js";
import { colour, themeKey } from "./theme.js";
import { atPointer, byKeyboard } from "./tooltip.js";
import { word } from "./words.js";

const charts = new Map();
let caption = "";

/** @param {string} text what every chart is drawn under, said in the drawing; nothing for nothing */
export function captionCharts(text) {
  caption = text;
}

// A drawing with a line above it.
function captioned(spec, text) {
  if (!text) return spec;
  const title = { text, anchor: "start", fontSize: 12, fontWeight: "normal", color: colour("ink"), offset: 6 };
  return { ...spec, title, ...(spec.padding ? { padding: { top: 26, left: spec.padding, right: spec.padding, bottom: spec.padding } } : {}) };
}
function config() {
  const ink = colour("ink");
  return {
    font: "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
    axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelColor: ink,
      titleColor: ink, gridColor: colour("line"), domainColor: colour("edge"), tickColor: colour("edge") },
    legend: { labelFontSize: 12, titleFontSize: 12, labelColor: ink, symbolSize: 120,
      labelLimit: 260 },
    view: { stroke: null },
  };
}

// Show a chart: `key` says what the drawing depends on, `data` what is drawn; the rows behind it are
// the first of the data unless `rows` names all of which the drawing shows a part.
export async function show(name, key, makeSpec, data, /** @type {{ onClick?: (datum: any) => void, rows?: any[], at?: string }} */ { onClick, rows, at = "" } = {}) {
  const place = document.getElementById(`chart-${name}`);
  let chart = charts.get(name);
  const line = [caption, at].filter(Boolean).join(" · ");
  const drawing = `${key}|${line}|${themeKey()}|${place.clientWidth}`;
  if (chart && chart.drawing === drawing && !chart.pending) {
    for (const [set, values] of Object.entries(data)) chart.view.data(set, values);
    Object.assign(chart, { data, rows });
    await chart.view.runAsync();
    return;
  }
  if (chart && chart.pending) {
    await chart.pending;
    return show(name, key, makeSpec, data, { onClick, rows, at });
  }
  const before = chart;
  chart = { drawing, data, rows, pending: null };
  charts.set(name, chart);
  const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", background: colour("paper"),
    config: config(), ...captioned(makeSpec(Math.max(240, place.clientWidth)), line),
    datasets: data };
  chart.spec = spec;
  chart.pending = /** @type {any} */ (window).vegaEmbed(place, spec, { ast: true, actions: false, renderer: "canvas",
    defaultStyle: false, tooltip: atPointer });
  const made = await chart.pending;
  chart.pending = null;
  if (before && before.made) before.made.finalize();
  chart.made = made;
  chart.view = made.view;
  place.setAttribute("role", "img");
  if (!place.hasAttribute("tabindex")) byKeyboard(place, () => charts.get(name)?.view, onClick);
  if (onClick) chart.view.addEventListener("click", (_event, item) => {
    if (item && item.datum) onClick(item.datum);
  });
}

export function describe(name, text) {
  document.getElementById(`chart-${name}`).setAttribute("aria-label", text);
}

export function pictureButtons() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chart]"))) {
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
    save(new Blob([asCsv(chart.rows || Object.values(chart.data)[0])], { type: "text/csv" }), `fundpool-${name}.csv`);
  }
}

export function asCsv(rows) {
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
