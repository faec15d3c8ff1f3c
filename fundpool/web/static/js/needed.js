// What rate or premium keeps funds to a year, with a chosen probability.

import { answered } from "./api.js";
import { $ } from "./dom.js";
import { feedbackAt, problem, progress } from "./feedback.js";
import { poolName, regionNames } from "./results.js";
import { requestOf } from "./state.js";
import { nameOf, number, percent, signed, word } from "./words.js";

const PROBABILITIES = [0.5, 0.75, 0.9, 0.95, 0.99];
/** @type {{ query: string, lever: string, change: number } | null} */
let answer = null;
/** @type {() => any} */
let answerOf = () => null;

/**
 * @param {() => import("./state.js").State} stateOf
 * @param {() => any} infoOf
 * @param {() => any} foundOf the answer on screen
 * @param {(patch: Partial<import("./state.js").State>, settled: boolean, slot: "needed") => void} change
 */
export function setUpNeeded(stateOf, infoOf, foundOf, change) {
  answerOf = foundOf;
  $("needed-now").addEventListener("click", () => workOut(stateOf(), infoOf()));
  $("needed-take").addEventListener("click", () => {
    const taken = answer;
    if (taken) change({ [taken.lever]: taken.change }, true, "needed");
  });
}

// The fund that is asked about by its name: that of the plan in which the place followed lies.
/** @param {import("./state.js").State} state @param {any} info */
function whose(state, info) {
  if (!state.county) return word("every_fund");
  const found = answerOf();
  const row = found && found.counties.find((/** @type {any} */ county) => county.code === state.county);
  const pool = row && found.pools.find((/** @type {any} */ fund) => fund.pool === row.pool);
  const names = regionNames(info);
  return word("fund_of", { place: pool ? poolName(pool, names) : names[state.county] || state.county });
}

// The question as it can be asked of what is on screen; an answer to another plan is taken away.
/** @param {import("./state.js").State} state @param {any} info */
export function showNeeded(state, info) {
  const until = /** @type {HTMLSelectElement} */ ($("needed-until"));
  const share = /** @type {HTMLSelectElement} */ ($("needed-share"));
  const mark = `${document.documentElement.lang}|${info.key}|${info.years.join()}`;
  if (until.dataset.mark !== mark) {
    const [year, chosen] = [until.value, share.value];
    until.dataset.mark = mark;
    until.replaceChildren(...info.years.map((/** @type {number} */ at) => new Option(String(at), String(at))));
    share.replaceChildren(...PROBABILITIES.map((value) => new Option(percent(value), String(value))));
    until.value = year || String(info.years[Math.min(9, info.years.length - 1)]);
    share.value = chosen || "0.9";
  }
  $("needed-who").textContent = word("needed_who", { who: whose(state, info) });
  const query = JSON.stringify(requestOf({ ...state, rate: 0, premium: 0, year: 0 }));
  if (answer && answer.query !== query) forget();
}

function forget() {
  answer = null;
  $("needed-said").textContent = "";
  $("needed-take").hidden = true;
}

/** @param {string} lever @param {number} value @param {any} scheme */
function leverWords(lever, value, scheme) {
  const text = signed(100 * value, (/** @type {number} */ size) => number(size, 4));
  if (lever === "premium") return `${word(lever)} ${text} %`;
  const stated = scheme.rate ? ` (${word("statutory", { rate: percent(scheme.rate + value) })})` : "";
  return `${word(lever)} ${text} ${word("unit_points")}${stated}`;
}

/** @param {import("./state.js").State} state @param {any} info */
async function workOut(state, info) {
  feedbackAt("needed");
  problem("");
  forget();
  const until = Number(/** @type {HTMLSelectElement} */ ($("needed-until")).value);
  const probability = Number(/** @type {HTMLSelectElement} */ ($("needed-share")).value);
  const button = /** @type {HTMLButtonElement} */ ($("needed-now"));
  button.disabled = true;
  try {
    const response = await answered("/api/needed", { plan: requestOf(state), until, probability }, progress);
    const found = await response.json();
    const scheme = info.schemes.find((/** @type {any} */ item) => item.name === (state.scheme || info.schemes[0].name));
    const values = { who: whose(state, info), scheme: nameOf(scheme), until, share: percent(probability),
      now: percent(found.now, 3), reached: percent(found.probability, 3), n: found.scenarios,
      lever: found.change === null ? word(found.lever) : leverWords(found.lever, found.change, scheme) };
    const chance = found.scenarios ? "" : "_central";
    $("needed-said").textContent = word(`${found.change === null ? "needed_none" : "needed_answer"}${chance}`, values);
    if (found.change !== null) {
      answer = { query: JSON.stringify(requestOf({ ...state, rate: 0, premium: 0, year: 0 })), lever: found.lever, change: found.change };
      $("needed-take").hidden = false;
    }
  } catch (error) {
    problem(error.message || word("cancelled"));
  }
  progress(null);
  button.disabled = false;
}
