// The year whose figures maps, tables and the spread of burdens show.

import { $ } from "./dom.js";
import { word } from "./words.js";

/** @param {(patch: Partial<import("./state.js").State>, settled: boolean) => void} change */
export function setUpYears(change) {
  const slider = /** @type {HTMLInputElement} */ ($("year"));
  const read = () => (Number(slider.value) < Number(slider.dataset.first) ? 0 : Number(slider.value));
  slider.addEventListener("input", () => change({ year: read() }, false));
  slider.addEventListener("change", () => change({ year: read() }, true));
}

/** @param {import("./state.js").State} state @param {any} info */
export function showYears(state, info) {
  const slider = /** @type {HTMLInputElement} */ ($("year"));
  const first = info.years[0];
  slider.min = String(first - 1);
  slider.max = String(info.years[info.years.length - 1]);
  slider.dataset.first = String(first);
  const value = String(state.year || first - 1);
  if (slider.value !== value) slider.value = value;
  const text = state.year ? String(state.year) : word("all_years");
  $("year-said").textContent = text;
  slider.setAttribute("aria-valuetext", text);
}
