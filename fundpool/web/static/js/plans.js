// Plans kept under a name beside the one on screen, and the session as a file.

import { answered, save } from "./api.js";
import { describe, show } from "./charts.js";
import { $ } from "./dom.js";
import { languageKey, pinsSpec } from "./specs.js";
import { MOST_PINS, decode, encode, requestOf } from "./state.js";
import { fill } from "./tables.js";
import { money, moneyUnit, months, number, rate, word, year } from "./words.js";

const FORMAT = "fundpool-session";
const KEPT = "fundpool-session:";

export function pinned(state, name, note) {
  const query = encode({ ...state, lang: "", note, stress: "", year: 0 }, false);
  return [...state.pins, { name: name.replace(/~/g, "-"), query }];
}

// Pinned plans beside the one on screen.
export async function showPins(state, found, change) {
  $("compared").hidden = state.pins.length === 0;
  $("pin").disabled = state.pins.length >= MOST_PINS;
  if (!state.pins.length || !found) return;
  const look = { scheme: state.scheme, county: "", lang: state.lang, case: state.case, stress: state.stress, year: 0 };
  const answers = await Promise.all(state.pins.map(async (pin) => {
    try {
      const response = await answered("/api/plan", requestOf({ ...decode(pin.query), ...look }), () => {});
      return await response.json();
    } catch (error) {
      return { problem: error.message || word("cancelled") };
    }
  }));
  const columns = [{ name: word("as_it_stands"), side: found.a, path: found.paths.total.a },
    { name: word("current"), side: found.b, path: found.paths.total.b, note: state.note },
    ...state.pins.map((pin, place) => ({ name: pin.name, side: answers[place].b, path: answers[place].paths && answers[place].paths.total.b, note: decode(pin.query).note, problem: answers[place].problem }))];
  const lines = { pools: String, pools_exhausted: String, first_exhaustion: year, persons_exhausted_share: (v) => rate(v), min_reserve_months: months, closing_balance: money, income_rate: rate, level_rate: rate };
  const titles = { pools: word("pools_count"), closing_balance: word("closing_balance", { year: found.b.last_year }) };
  const rows = Object.entries(lines).map(([key, text]) => [titles[key] || word(key), ...columns.map(({ side }) => (side ? text(side[key]) : "–"))]);
  rows.push([word("gini"), ...columns.map(({ side }) => (side ? number(side.evenness.gini, 3) : "–"))]);
  if (columns.some(({ note, problem }) => note || problem)) {
    rows.push([word("note"), ...columns.map(({ note, problem }) => ({ text: problem || note || "", kind: "wrap" }))]);
  }
  rows.push([word("load"), "", "", ...state.pins.map((pin) => ({ button: word("load"), label: `${word("load")}: ${pin.name}`, action: () => change({ ...decode(pin.query), lang: state.lang, case: state.case, file: state.file, stress: state.stress, year: state.year, pins: state.pins }, true) }))]);
  rows.push([word("remove"), "", "", ...state.pins.map((pin, place) => ({ button: word("remove"), label: `${word("remove")}: ${pin.name}`, action: () => change({ pins: state.pins.filter((_, other) => other !== place) }, true) }))]);
  fill($("pins"), [word("measure"), ...columns.map(({ name }) => name)], rows);
  // balances of all funds together are nearly the same however they are pooled; who is in debt is not
  const debt = state.side !== "balance";
  const [unit, unitName] = moneyUnit(columns.flatMap(({ path }) => (path ? path.central : [])), found.currency);
  const value = (path, t) => (debt ? 100 * path.in_debt[t] : path.central[t] === null ? null : path.central[t] / unit);
  const data = columns.flatMap(({ name, path }) => (path ? path.central.map((_, t) => ({ plan: name, year: found.years[t], value: value(path, t) })) : []));
  const names = [...new Set(columns.map(({ name }) => name))];
  const title = debt ? word("in_debt_axis") : word("paths_axis", { unit: unitName });
  describe("pins", `${word("compared")}: ${title}`);
  await show("pins", `${languageKey()}|${debt}|${unitName}|${names.join("|")}`, pinsSpec(title, names), { pins: data });
}

// The session: the plan on screen, named plans and notes, without figures, which the case gives.
export function sessionOf(state, info) {
  return { format: FORMAT, version: 1, case: { label: info.label, title: info.title, inputs_sha256: info.inputs_sha256 },
    plan: encode({ ...state, case: "" }) };
}

export function saveSession(state, info) {
  save(new Blob([JSON.stringify(sessionOf(state, info), null, 1)], { type: "application/json" }), "fundpool-session.json");
}

// The state that a session file holds, for the case that is open, and a warning where it is another.
export function readSession(text, state, info) {
  let session;
  try {
    session = JSON.parse(text);
  } catch {
    session = null;
  }
  if (!session || session.format !== FORMAT || session.version !== 1 || typeof session.plan !== "string") {
    throw new Error(word("session_refused"));
  }
  const other = !session.case || session.case.inputs_sha256 !== info.inputs_sha256;
  const title = session.case ? session.case.title : "?";
  return { state: { ...decode(session.plan), lang: state.lang, case: state.case, file: state.file },
    warning: other ? word("session_other", { title, open: info.title }) : "" };
}

// What was looked at last in this browser, by case: a reader who comes back can go on.
export function keepSession(state, info) {
  try {
    const query = encode({ ...state, case: "", file: "" });
    if (query) localStorage.setItem(KEPT + info.inputs_sha256, JSON.stringify({ query, at: new Date().toISOString() }));
  } catch { /* a browser that keeps nothing */ }
}

export function keptSession(info) {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT + info.inputs_sha256) || "null");
    return kept && typeof kept.query === "string" ? kept : null;
  } catch {
    return null;
  }
}
