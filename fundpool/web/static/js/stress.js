// Stresses: one at a time, laid over every plan on screen, named wherever figures stand.

import { $ } from "./dom.js";
import { nameOf, word } from "./words.js";

/** @param {any} info @param {string} name a stress of the case */
export function stressName(info, name) {
  const shock = info.policies.find((/** @type {any} */ policy) => policy.name === name);
  return shock ? nameOf(shock) : word(name);
}

/** What charts are drawn under; nothing without a stress. */
export function stressCaption(state, info) {
  return state.stress ? word("stress_caption", { stress: stressName(info, state.stress) }) : "";
}

/**
 * The buttons, the pressed one with what it does, and the line above the figures.
 * @param {import("./state.js").State} state
 * @param {any} info
 * @param {(patch: Partial<import("./state.js").State>, settled: boolean) => void} change
 */
export function showStress(state, info, change) {
  $("stresses").hidden = !info.stresses.length;
  const place = $("stress-buttons");
  const mark = `${document.documentElement.lang}|${info.key}|${info.label}`;
  if (place.dataset.mark !== mark) {
    place.dataset.mark = mark;
    place.replaceChildren(...info.stresses.map((/** @type {string} */ name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.id = `stress-${name}`;
      button.textContent = stressName(info, name);
      button.addEventListener("click", () => change({ stress: button.getAttribute("aria-pressed") === "true" ? "" : name }, true));
      return button;
    }));
  }
  for (const name of info.stresses) $(`stress-${name}`).setAttribute("aria-pressed", String(name === state.stress));
  const shock = info.policies.find((/** @type {any} */ policy) => policy.name === state.stress);
  const chinese = document.documentElement.lang.startsWith("zh");
  $("stress-about").textContent = !state.stress ? "" : shock ? (chinese && shock.about_local) || shock.about : word(`${state.stress}_about`);
}

/** @param {import("./state.js").State} state @param {any} info */
export function showStressed(state, info) {
  $("stressed").hidden = !state.stress;
  $("stressed-words").textContent = state.stress ? word("stressed", { stress: stressName(info, state.stress) }) : "";
}
