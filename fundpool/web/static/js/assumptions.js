// All assumptions in one list that can be searched, each with its mark, source and range, and changed.

import { getAssumptions } from "./api.js";
import { $ } from "./dom.js";
import { problem } from "./feedback.js";
import { fill } from "./tables.js";
import { local, number, word } from "./words.js";

const MOST_ROWS = 80;
const MARKS = ["published", "derived", "assumed"];
/** @type {{ key: string, rows: any[] } | null} */
let listed = null;
/** @type {(patch: Partial<import("./state.js").State>, settled: boolean, slot: "assumptions") => void} */
let changed = () => {};
/** @type {import("./state.js").State} */
let current = null;
let drawn = "";

/** @param {typeof changed} change @param {() => any} infoOf the case that is open */
export function setUpAssumptions(change, infoOf) {
  changed = change;
  const redraw = () => showAssumptions(current, infoOf());
  $("assumptions-box").addEventListener("toggle", redraw);
  $("find-assumption").addEventListener("input", redraw);
  $("mark-shown").addEventListener("change", redraw);
}

/** @param {any} row */
function title(row) {
  return row.name || row.path.split(".").slice(1).join(" ").replace(/_/g, " ");
}

/**
 * Rows that hold every word searched for, and the mark chosen.
 * @param {any[]} rows
 * @param {string} text
 * @param {string} mark one of the marks, "changed", or nothing for all
 * @param {Record<string, number>} values
 */
export function matching(rows, text, mark, values) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (mark === "changed" ? values[row.path] === undefined : mark && row.mark !== mark) return false;
    const all = [row.path, row.name, title(row), row.source, row.note, row.range_source, row.mark, word(`mark_${row.mark}`)].join(" ").toLowerCase();
    return words.every((one) => all.includes(one));
  });
}

/** @param {import("./state.js").State} state @param {any} info */
export async function showAssumptions(state, info) {
  current = state;
  const names = Object.keys(state.values).length;
  $("assumptions-changed").textContent = names ? word("values_changed", { n: names }) : "";
  const box = /** @type {HTMLDetailsElement} */ ($("assumptions-box"));
  if (!box.open || !info) return;
  if (!listed || listed.key !== info.inputs_sha256) {
    try {
      listed = { key: info.inputs_sha256, rows: (await getAssumptions(state.case)).assumptions };
    } catch (error) {
      problem(error.message);
      return;
    }
  }
  const select = /** @type {HTMLSelectElement} */ ($("mark-shown"));
  const language = document.documentElement.lang;
  if (select.dataset.lang !== language) {
    const chosen = select.value;
    select.replaceChildren(new Option(word("mark_all"), ""), ...MARKS.map((name) => new Option(word(`mark_${name}`), name)), new Option(word("mark_changed"), "changed"));
    select.value = chosen;
    select.dataset.lang = language;
  }
  const text = /** @type {HTMLInputElement} */ ($("find-assumption")).value;
  const now = JSON.stringify([listed.key, language, text, select.value, current.values]);
  if (now === drawn) return;
  drawn = now;
  const rows = matching(listed.rows, text, select.value, current.values);
  $("assumptions-count").textContent = word("assumptions_count", { n: Math.min(rows.length, MOST_ROWS), all: rows.length });
  const focus = document.activeElement && document.activeElement.id;
  fill($("assumptions-table"), ["assumption", "value_now", "value_plan", "mark", "value_range", "value_weight", "value_source"].map((name) => word(name)),
    rows.slice(0, MOST_ROWS).map((row) => [{ node: named(row), kind: "words" }, row.now === null ? { text: local(row, "words"), kind: "wrap" } : figure(row.now, row),
      row.changeable ? { node: field(row) } : "–", { text: word(`mark_${row.mark}`), kind: "words" },
      { text: range(row), kind: "wrap" }, row.weight === null ? "–" : `${number(row.weight, 3)} %`,
      { text: [row.source, row.note].filter(Boolean).join("; "), kind: "wrap" }]));
  if (focus && focus.startsWith("set-") && $(focus)) $(focus).focus();
}

function figure(value, row) {
  const years = row.years ? ` (${word("years_listed", { n: row.years })})` : "";
  return `${number(value, 6)}${row.unit ? ` ${row.unit}` : ""}${years}`;
}

function range(row) {
  if (row.low === null) return "–";
  return `${number(row.low, 5)} – ${number(row.high, 5)}${row.range_source ? ` (${row.range_source})` : ""}`;
}

function named(row) {
  const box = document.createElement("span");
  box.textContent = title(row);
  if (row.path) {
    const code = document.createElement("code");
    code.textContent = row.path;
    box.append(document.createElement("br"), code);
  }
  return box;
}

// A field for another value; empty is the value of the case.
function field(row) {
  const input = document.createElement("input");
  input.type = "number";
  input.step = "any";
  input.id = `set-${row.path}`;
  input.placeholder = String(Number(row.now.toPrecision(6)));
  input.setAttribute("aria-label", word("value_new", { path: row.path }));
  if (current.values[row.path] !== undefined) input.value = String(current.values[row.path]);
  input.addEventListener("change", () => {
    const { [row.path]: _before, ...values } = current.values;
    const value = input.valueAsNumber;
    const none = !Number.isFinite(value);
    if (!none && value !== row.now) values[row.path] = value;
    const outside = !none && row.low !== null && (value < row.low || value > row.high);
    $("value-notice").textContent = !none && value === row.now ? word("value_same") : outside ? word("value_outside", { path: row.path, range: range(row) }) : "";
    changed({ values }, true, "assumptions");
  });
  return input;
}
