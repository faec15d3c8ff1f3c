// What would empty a fund: the smallest joint move of the drivers, worked out when it is asked.

import { answered } from "./api.js";
import { $ } from "./dom.js";
import { feedbackAt, problem, progress } from "./feedback.js";
import { poolName, regionNames } from "./results.js";
import { requestOf } from "./state.js";
import { number, signed, word } from "./words.js";

const NAMED = 5;
const FELT = 0.05;
/** @type {string} */
let said = "";

/**
 * @param {() => import("./state.js").State} stateOf
 * @param {() => any} infoOf
 * @param {() => any} foundOf the answer on screen
 */
export function setUpEmptied(stateOf, infoOf, foundOf) {
  $("emptied-now").addEventListener("click", () => workOut(stateOf(), infoOf(), foundOf()));
}

/** @param {import("./state.js").State} state */
const question = (state) => JSON.stringify(requestOf({ ...state, year: 0 }));

// An answer to another plan or place is taken away.
/** @param {import("./state.js").State} state */
export function showEmptied(state) {
  if (!said || said === `${document.documentElement.lang}|${question(state)}`) return;
  said = "";
  $("emptied-said").textContent = "";
}

/** @param {any} fund */
function drivers(fund) {
  const moved = Object.entries(fund.means).filter(([, mean]) => mean !== null && Math.abs(mean) >= FELT);
  const two = (/** @type {number} */ size) => number(size, 2);
  return moved.map(([name, mean]) => `${word(`driver_${name}`)} ${signed(mean, two)}`).join(word("joint"));
}

/** @param {any} fund @param {string} name @param {any} found */
function words(fund, name, found) {
  if (fund.move === 0) return word("emptied_already", { fund: name });
  if (fund.move === null) return word("emptied_never", { fund: name, most: found.largest });
  const values = { fund: name, move: number(fund.move, 2), drivers: drivers(fund) };
  return `${word("emptied_answer", values)}${fund.verified ? "" : ` ${word("emptied_rough")}`}`;
}

/** @param {import("./state.js").State} state @param {any} info @param {any} shown */
async function workOut(state, info, shown) {
  feedbackAt("needed");
  problem("");
  const button = /** @type {HTMLButtonElement} */ ($("emptied-now"));
  button.disabled = true;
  try {
    const response = await answered("/api/emptied", requestOf(state), progress);
    const found = await response.json();
    const names = regionNames(info);
    const row = shown && shown.counties.find((/** @type {any} */ county) => county.code === state.county);
    const asked = row ? found.funds.filter((/** @type {any} */ fund) => fund.pool === row.pool) : found.funds;
    const rank = (/** @type {any} */ fund) => (fund.move === null ? Infinity : fund.move);
    const holding = asked.filter((/** @type {any} */ fund) => row || fund.move !== 0);
    const first = [...holding].sort((a, b) => rank(a) - rank(b)).slice(0, NAMED);
    const lines = first.map((fund) => words(fund, poolName(fund, names), found));
    if (!row) lines.unshift(word("emptied_first", { n: asked.length - holding.length, all: asked.length }));
    said = `${document.documentElement.lang}|${question(state)}`;
    $("emptied-said").replaceChildren(...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
  } catch (error) {
    problem(error.message || word("cancelled"));
  }
  progress(null);
  button.disabled = false;
}
