// What the page shows is held in its address: every link is a plan, and the back button undoes.

/** @typedef {{ name: string, query: string }} Pin a plan kept under a name */
/**
 * A plan and how it is looked at; levers as fractions, years 0 for the first.
 * @typedef {{
 *   lang: string, case: string, file: string, scheme: string, pooling: string, county: string,
 *   measure: string, arcs: string, side: string, note: string, rate: number, premium: number,
 *   care: number, medical_inflation: number, wage_growth: number, interest: number,
 *   mobility: number, months: number, weight: number, burden: number, money: number,
 *   from_year: number, year: number, policies: string[], full: boolean, optimised: boolean,
 *   swaps: boolean, one_path: boolean, stress: string, values: Record<string, number>, pins: Pin[],
 * }} State
 */
/** @typedef {{ level: string, year: number }} Stage */
/**
 * A pooling plan as the form edits it.
 * @typedef {{
 *   mode: string, level: string, stages: Stage[],
 *   fund: { level: string, levy: number, own: number, need: number } | null,
 *   clusters: { name: string, codes: string[] }[], year: number, edited?: number,
 * }} Pooling
 */

/** @type {Record<string, { least: number, most: number, step: number, unit: string, kind?: string }>} */
export const SLIDERS = {
  rate: { least: -0.05, most: 0.05, step: 0.001, unit: "points", kind: "payroll" },
  premium: { least: -0.5, most: 1, step: 0.01, unit: "percent", kind: "flat" },
  care: { least: -0.3, most: 0.3, step: 0.01, unit: "percent" },
  medical_inflation: { least: -0.03, most: 0.03, step: 0.001, unit: "points" },
  wage_growth: { least: -0.03, most: 0.03, step: 0.001, unit: "points" },
  interest: { least: -0.02, most: 0.02, step: 0.001, unit: "points" },
};
export const MOST_PINS = 6;
const NUMBERS = [...Object.keys(SLIDERS), "mobility", "months", "weight", "burden", "money"];
const TEXTS = ["lang", "case", "file", "scheme", "pooling", "county", "measure", "arcs", "side", "note", "stress"];
const YEARS = ["from_year", "year"];

/** @returns {State} */
export function emptyState() {
  /** @type {any} */
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, 0]));
  const texts = Object.fromEntries(TEXTS.map((name) => [name, ""]));
  return { ...numbers, ...texts, from_year: 0, year: 0, policies: [], values: {}, full: false,
    optimised: false, months: 6, weight: -1, burden: -1, money: -1, swaps: true, one_path: false, pins: [] };
}

// A plan without how it is looked at: what a pin keeps.
/** @param {State} state */
export function encode(state, withPins = true) {
  /** @type {any} */
  const empty = emptyState();
  /** @type {any} */
  const values = state;
  const query = new URLSearchParams();
  for (const name of [...TEXTS, ...NUMBERS, ...YEARS]) {
    if (values[name] !== empty[name]) query.set(name, String(values[name]));
  }
  if (state.policies.length) query.set("policies", state.policies.join(" "));
  for (const path of Object.keys(state.values).sort()) query.append("set", `${path}=${state.values[path]}`);
  for (const name of ["full", "optimised", "one_path"]) if (values[name]) query.set(name, "1");
  if (!state.swaps) query.set("swaps", "0");
  if (withPins) for (const pin of state.pins) query.append("pin", `${pin.name}~${pin.query}`);
  return query.toString();
}

/** @param {string} text @returns {State} */
export function decode(text) {
  /** @type {any} */
  const state = emptyState();
  const query = new URLSearchParams(text.replace(/^#/, ""));
  for (const name of TEXTS) if (query.has(name)) state[name] = query.get(name);
  for (const name of [...NUMBERS, ...YEARS]) {
    const value = Number(query.get(name));
    if (query.has(name) && Number.isFinite(value)) state[name] = value;
  }
  state.policies = (query.get("policies") || "").split(" ").filter(Boolean);
  for (const change of query.getAll("set")) {
    const [path, value] = splitOnce(change, "=");
    if (path && value && Number.isFinite(Number(value))) state.values[path] = Number(value);
  }
  state.full = query.get("full") === "1";
  state.optimised = query.get("optimised") === "1";
  state.one_path = query.get("one_path") === "1";
  state.swaps = query.get("swaps") !== "0";
  state.pins = query.getAll("pin").slice(0, MOST_PINS).map((pin) => {
    const cut = pin.indexOf("~");
    return { name: pin.slice(0, cut), query: pin.slice(cut + 1) };
  });
  return state;
}

/** @param {State} state */
export function requestOf(state) {
  /** @type {any} */
  const values = state;
  /** @type {Record<string, number>} */
  const levers = Object.fromEntries(Object.keys(SLIDERS).map((name) => [name, values[name]]));
  if (state.from_year) levers.from_year = state.from_year;
  /** @type {any} */
  const request = { case: state.case, scheme: state.scheme, pooling: state.pooling,
    policies: state.policies, mobility: state.mobility, levers, county: state.county,
    full: state.full };
  if (state.year) request.year = state.year;
  if (state.stress) request.stress = state.stress;
  if (Object.keys(state.values).length) request.values = state.values;
  if (state.optimised) {
    request.optimised = { months: state.months, swaps: state.swaps };
    if (state.one_path) request.optimised.one_path = true;
    if (state.weight >= 0) request.optimised.unevenness = state.weight;
    if (state.burden >= 0) Object.assign(request.optimised, { burden_ceiling: state.burden, swap_ceiling: state.money });
  }
  return request;
}

// The pooling plan in force: what was asked for, else that of the last policy that has one.
/** @param {State} state @param {any} info */
export function poolingOf(state, info) {
  const plans = state.policies.map((name) => info.policies.find((policy) => policy.name === name)).filter((policy) => policy && policy.pooling);
  return state.pooling || (plans.length ? plans[plans.length - 1].pooling : "");
}

// The level that the funds of the scheme shown have when the case is valued.
/** @param {State} state @param {any} info @returns {string} */
export function levelInForce(state, info) {
  const scheme = info.schemes.find((item) => item.name === state.scheme) || info.schemes[0];
  return scheme.pooling;
}

// The short form of a pooling plan and its parts; no text is the level in force.
/** @param {string} text @param {string} inForce @returns {Pooling} */
export function parsePooling(text, inForce) {
  const plain = { mode: "level", level: inForce, stages: [], fund: null, clusters: [], year: 0 };
  if (!text) return plain;
  const parts = text.split(",").map((part) => {
    const [body, year] = splitOnce(part.trim(), "@");
    const [lower, fund] = splitOnce(body, "+");
    const [level, groups] = splitOnce(lower, "[");
    return { level, year: Number(year || 0), fund, groups: groups && groups.replace(/\]$/, "") };
  });
  const last = parts[parts.length - 1];
  if (last.groups) {
    const clusters = last.groups.split(";").map((cluster) => {
      const [name, members] = splitOnce(cluster, "=");
      return { name, codes: (members || "").split("|").filter(Boolean) };
    });
    return { ...plain, mode: "cluster", level: last.level, clusters, year: last.year };
  }
  if (last.fund) {
    const [level, levy, own, need] = last.fund.split(":");
    const fund = { level, levy: Number(levy || 0), own: Number(own || 0), need: Number(need || 0) };
    return { ...plain, mode: "fund", level: last.level, fund };
  }
  if (parts.length > 1) {
    return { ...plain, mode: "staged", level: parts[0].level, stages: parts.slice(1) };
  }
  return { ...plain, level: last.level };
}

// What is wrong with the stages of a plan: years and levels must rise. A word of the page, or nothing.
/** @param {Pooling} plan @param {string[]} levels */
export function stagesMistake(plan, levels) {
  const stages = plan.stages.filter((stage) => stage.year > 0);
  const ranks = [plan.level, ...stages.map((stage) => stage.level)].map((level) => levels.indexOf(level));
  if (stages.some((stage, place) => place > 0 && stage.year <= stages[place - 1].year)) return "stages_years";
  if (ranks.some((rank, place) => place > 0 && rank < ranks[place - 1])) return "stages_levels";
  return "";
}

/** @param {Pooling} plan @param {string} inForce */
export function writePooling(plan, inForce) {
  if (plan.mode === "staged") {
    const stages = plan.stages.filter((stage) => stage.year > 0);
    return [plan.level, ...stages.map((stage) => `${stage.level}@${stage.year}`)].join(",");
  }
  if (plan.mode === "fund") {
    const { level, levy, own, need } = plan.fund;
    return `${plan.level}+${level}:${round(levy)}:${round(own)}${need ? `:${round(need)}` : ""}`;
  }
  const clusters = plan.clusters.filter((cluster) => cluster.codes.length);
  if (plan.mode === "cluster" && clusters.length) {
    const groups = clusters.map((cluster) => `${cluster.name}=${cluster.codes.join("|")}`);
    const drawn = `${plan.level}[${groups.join(";")}]`;
    return plan.year ? `${plan.level},${drawn}@${plan.year}` : drawn;
  }
  return plan.level === inForce ? "" : plan.level;
}

/** @param {string} text @param {string} mark @returns {[string, string | undefined]} */
function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(6));
}
