// What a plan leads to: headline, tables and charts from one answer of the server.

import { describe, show } from "./charts.js";
import { $ } from "./dom.js";
import { frontierSpec, gainsSpec, languageKey, mapSpec, pathsSpec, ratesSpec } from "./specs.js";
import { mapKey, mapPoints, mapArcs, mapGeometry, placeNames } from "./map.js";
import { levelInForce, parsePooling, poolingOf } from "./state.js";
import { compared, fill } from "./tables.js";
import { money, moneyUnit, months, nameOf, number, people, percent, rate, signed, word, year } from "./words.js";

const LOW_IS_GOOD = new Set(["pools_exhausted", "persons_exhausted_share", "short_range_failed", "level_rate", "largest_ruin", "gini", "range", "cv", "theil", "theil_within", "theil_between"]);
// Names of regions; two places of one name carry that of the region above.
export function regionNames(info) {
  const often = {};
  for (const region of info.regions) often[nameOf(region)] = (often[nameOf(region)] || 0) + 1;
  const above = Object.fromEntries(info.regions.map((region) => [region.code, nameOf(region)]));
  return Object.fromEntries(info.regions.map((region) => [region.code,
    often[nameOf(region)] > 1 && above[region.parent] ? `${nameOf(region)} (${above[region.parent]})` : nameOf(region)]));
}

export function poolName(pool, names) {
  return names[pool.pool] || pool.name;
}

function schemeName(info, found) {
  return nameOf(info.schemes.find((scheme) => scheme.name === found.scheme)) || found.scheme;
}

export function planWords(state, info) {
  const parts = [];
  if (poolingOf(state, info)) parts.push(poolingWords(state, info));
  for (const name of state.policies) parts.push(nameOf(info.policies.find((policy) => policy.name === name)) || name);
  for (const name of ["rate", "premium", "care", "medical_inflation", "wage_growth", "interest"]) {
    if (state[name]) parts.push(`${word(name)} ${signed(100 * state[name], (value) => number(value, 3))}${name === "premium" || name === "care" ? " %" : ` ${word("unit_points")}`}`);
  }
  for (const [path, value] of Object.entries(state.values)) parts.push(`${path} = ${value}`);
  if (state.mobility) parts.push(`${word("mobility")} ${signed(100 * state.mobility, (value) => number(value, 2))}`);
  if (state.optimised) parts.push(word("optimise"));
  return parts.join("; ") || word("nothing_changed");
}

function poolingWords(state, info) {
  const plan = parsePooling(poolingOf(state, info), levelInForce(state, info));
  const level = (name) => {
    const text = word(`level_${name}`);
    return text.startsWith("level_") ? name : text;
  };
  if (plan.mode === "staged") {
    return [word("pool_level", { level: level(plan.level) }), ...plan.stages.map((stage) => word("pool_staged", { level: level(stage.level), year: stage.year }))].join(", ");
  }
  if (plan.mode === "fund") {
    const { levy, own, need } = plan.fund;
    return word("pool_fund", { level: level(plan.level), upper: level(plan.fund.level), levy: percent(levy, 3), own: percent(own, 3), need: percent(need, 3) });
  }
  if (plan.mode === "cluster") {
    return plan.clusters.map(({ name, codes }) => {
      const n = info.regions.filter((region) => region.level === info.levels[0] && (codes.includes(region.code) || codes.includes(region.parent))).length;
      return word("pool_cluster", { level: level(plan.level), name, n, from: plan.year ? word("pool_from", { year: plan.year }) : "" });
    }).join(", ");
  }
  return word("pool_level", { level: level(plan.level) });
}

export async function render(found, state, info) {
  headline(found, state, info);
  evenness(found);
  const drawn = [paths(found, info), maps(found, state, info), gains(found, info), rates(found, info)];
  pools(found, info);
  counties(found, info);
  await Promise.all(drawn);
}

function headline(found, state, info) {
  const { a, b } = found;
  const values = { scheme: schemeName(info, found), last: b.last_year, b: b.pools_exhausted, bn: b.pools,
    first: b.first_exhaustion, a: a ? a.pools_exhausted : "", an: a ? a.pools : "" };
  $("finding").textContent = word(a ? (b.pools_exhausted ? "finding_some" : "finding_none") : "finding_new", values);
  $("glance").textContent = $("finding").textContent;
  $("basis").textContent = word("basis", { case: nameOf(info), level: word(`level_${levelInForce(state, info)}`).replace(/^level_/, ""), plan: planWords(state, info),
    currency: found.currency, sha: found.inputs_sha256.slice(0, 8),
    scenarios: found.scenarios ? word("with_scenarios", { n: number(found.scenarios) }) : word("no_scenarios") });
  const count = (value) => (value === null || value === undefined ? "–" : String(value));
  // numbers of funds say nothing about each other where plans divide the insured differently
  const alike = a && a.pools === b.pools;
  const shows = {
    pools: { text: count, difference: (v) => signed(v, count), neutral: true, title: word("pools_count") },
    pools_exhausted: alike ? { text: count, difference: (v) => signed(v, count) } : { text: count },
    persons_exhausted_share: { text: (v) => percent(v, 3), difference: (v) => signed(100 * v, (x) => `${number(x, 3)} ${word("unit_points")}`) },
    first_exhaustion: { text: year },
    short_range_failed: alike ? { text: count, difference: (v) => signed(v, count) } : { text: count },
    min_reserve_months: { text: months, difference: (v) => signed(v, (x) => x.toFixed(1)) },
    closing_balance: { text: money, difference: (v) => signed(v, money), title: word("closing_balance", { year: b.last_year }) },
    closing_balance_median: { text: money, difference: (v) => signed(v, money), title: word("closing_balance_median", { year: b.last_year }) },
    income_rate: { text: rate, difference: (v) => signed(100 * v, (x) => `${x.toFixed(2)} ${word("unit_points")}`), neutral: true },
    level_rate: { text: rate, difference: (v) => signed(100 * v, (x) => `${x.toFixed(2)} ${word("unit_points")}`) },
    largest_ruin: { text: (v) => percent(v, 3), difference: (v) => signed(100 * v, (x) => `${number(x, 3)} ${word("unit_points")}`) },
  };
  const keys = Object.keys(shows).filter((key) => found.scenarios || !["largest_ruin", "closing_balance_median"].includes(key));
  fill($("headline"), [word("measure"), word("as_it_stands"), word("this_plan"), word("difference")], compared(a, b, keys, shows, LOW_IS_GOOD));
}

function evenness(found) {
  const a = found.a && found.a.evenness;
  const b = found.b.evenness;
  const same = !a || Math.abs(b.gini - a.gini) < 1e-9;
  $("even-title").textContent = word("even_title", { word: word(same ? "as_even" : b.gini < a.gini ? "more_even" : "less_even"),
    b: number(b.gini, 3), a: a ? number(a.gini, 3) : "–" });
  const plain = { text: (v) => number(v, 3), difference: (v) => signed(v, (x) => number(x, 3)) };
  const points = { text: rate, difference: (v) => signed(100 * v, (x) => `${x.toFixed(2)} ${word("unit_points")}`) };
  const shows = { mean: { ...points, neutral: true }, range: points, cv: plain, gini: plain, theil: plain, theil_within: plain, theil_between: plain };
  fill($("evenness"), [word("evenness_measure"), word("as_it_stands"), word("this_plan"), word("difference")],
    compared(a, b, Object.keys(shows), shows, LOW_IS_GOOD));
}

function paths(found, info) {
  const names = regionNames(info);
  const group = found.paths.county || found.paths.total;
  const who = found.paths.county ? word("fund_of", { place: names[found.paths.county.code] }) : word("all_funds");
  // funds of different size are compared by insured person
  const alone = Boolean(found.paths.county);
  const amounts = ["a", "b"].filter((side) => group[side]).flatMap((side) => ["central", "p05", "p95"].flatMap((band) => group[side][band] || []));
  const [unit, unitName] = alone ? [1, found.currency] : moneyUnit(amounts, found.currency);
  const scaled = (side, value, t) => (value === null || value === undefined ? null : value / (alone ? group[side].persons[t] : unit));
  const each = (value) => `${number(value, 3)} ${found.currency}`;
  const show_ = (side, value, t) => (value === null || value === undefined ? "–" : alone ? each(scaled(side, value, t)) : money(value));
  const rows = [];
  for (const [side, title] of [["a", word("as_it_stands")], ["b", word("this_plan")]]) {
    if (!group[side]) continue;
    group[side].central.forEach((value, t) => {
      const row = { year: found.years[t], side: title, central: scaled(side, value, t) };
      for (const band of ["p05", "p25", "p75", "p95"]) row[band] = scaled(side, group[side][band] && group[side][band][t], t);
      rows.push(row);
    });
  }
  const last = (side) => (group[side] ? show_(side, group[side].central[group[side].central.length - 1], group[side].central.length - 1) : "–");
  const fundOf = (side) => (group[side] ? fundName(names, group[side].pool) : "–");
  $("paths-note").textContent = [alone ? word("paths_person_note", { a: fundOf("a"), b: fundOf("b") }) : "", found.scenarios ? word("bands_note") : ""].filter(Boolean).join(" ");
  const title = word(alone ? "paths_title_person" : "paths_title", { who, last: found.b.last_year, a: last("a"), b: last("b") });
  $("paths-title").textContent = title;
  describe("paths", title);
  const fan = found.scenarios > 0;
  fill($("paths"), fan
    ? [word("year"), ...["as_it_stands", "this_plan"].flatMap((side) => [`${word(side)} ${word("low90")}`, `${word(side)} ${word("median")}`, `${word(side)} ${word("high90")}`])]
    : [word("year"), word("as_it_stands"), word("this_plan")],
  found.years.map((at, t) => [String(at), ...["a", "b"].flatMap((side) => {
    const own = group[side];
    if (!own) return fan ? ["–", "–", "–"] : ["–"];
    const text = (value) => show_(side, value, t);
    return fan ? [text(own.p05[t]), text(own.p50[t]), text(own.p95[t])] : [text(own.central[t])];
  })]));
  return show("paths", `${languageKey()}|${fan}|${alone}|${unitName}`, pathsSpec(word(alone ? "paths_axis_person" : "paths_axis", alone ? { currency: found.currency } : { unit: unitName }), fan), { paths: rows });
}

function fundName(names, code) {
  return names[code] || code;
}

async function maps(found, state, info) {
  const measure = state.measure || "exhaustion";
  const names = regionNames(info);
  const geometry = mapGeometry(info);
  const last = found.year || found.b.last_year;
  const dry = (side) => found.counties.filter((row) => row[side] && row[side].exhaustion_year && row[side].exhaustion_year <= last).length;
  $("map-title").textContent = word("map_title", { n: dry("b"), all: found.counties.length, last, a: found.a ? dry("a") : "–" });
  $("map-a-title").textContent = word("map_a");
  $("map-b-title").textContent = word("map_b");
  const made = mapPoints(found, state, info, names, measure);
  mapKey($("map-key"), made.labels);
  const arcs = mapArcs(found, state, info);
  $("arcs-note").textContent = arcs.note;
  const label = word(`m_${measure}`);
  const at = found.year && measure !== "gain" ? String(found.year) : "";
  const key = `${languageKey()}|${measure}`;
  const pick = (datum) => {
    if (datum.code) document.dispatchEvent(new CustomEvent("county", { detail: datum.code }));
  };
  const total = found.swaps.reduce((sum, row) => sum + row.amount, 0);
  const income = Object.fromEntries(found.counties.map((row) => [row.code, row.gain_share && row.gain ? row.gain / row.gain_share : null]));
  fill($("payments"), [word("payer"), word("receiver"), word("amount"), word("share_of_income"), word("kind")],
    found.swaps.map((row) => [names[row.payer], { text: names[row.receiver], kind: "words" }, money(row.amount),
      percent(income[row.payer] ? row.amount / income[row.payer] : null, 3), { text: word(`kind_${row.kind}`), kind: "words" }]),
    word("payments_caption", { n: found.swaps.length, all: found.swaps_in_all.count, part: money(total), sum: money(found.swaps_in_all.amount) }));
  for (const side of ["a", "b"]) describe(`map_${side}`, `${word(`map_${side}`)}: ${label}. ${$("map-title").textContent}`);
  const called = (side) => placeNames(made[side], geometry, $(`chart-map_${side}`).clientWidth);
  // the left map stays as it stands; both share classes and scale
  await Promise.all([
    show("map_a", key, mapSpec(geometry, label), { points: made.a, arcs: [], edges: geometry.edges, names: called("a") }, { onClick: pick, at }),
    show("map_b", key, mapSpec(geometry, label), { points: made.b, arcs: arcs.rows, edges: geometry.edges, names: called("b") }, { onClick: pick, at }),
  ]);
}

// The ends of a list in order, as many as a chart can name.
export function mostMoved(ordered, most = 24) {
  return ordered.length > most ? [...ordered.slice(0, most / 2), ...ordered.slice(-most / 2)] : ordered;
}

function gains(found, info) {
  const names = regionNames(info);
  const rows = found.counties.filter((row) => row.gain !== null && row.gain_per_person !== null);
  const least = 0.5;
  const carried = rows.filter((row) => row.gain_per_person > least);
  const carrying = rows.filter((row) => row.gain_per_person < -least);
  const total = carried.reduce((sum, row) => sum + row.gain, 0);
  const title = carried.length || carrying.length
    ? word("gains_title", { gain: carried.length, loss: carrying.length, most: money(total) }) : word("gains_title_none");
  $("gains-title").textContent = title;
  describe("gains", title);
  const ordered = [...carried, ...carrying].sort((p, q) => q.gain_per_person - p.gain_per_person);
  const chosen = mostMoved(ordered);
  const data = chosen.map((row, rank) => ({ name: names[row.code], value: row.gain_per_person, rank }));
  $("gains-shown").textContent = ordered.length > chosen.length ? word("gains_shown", { n: chosen.length, all: ordered.length }) : "";
  const all = ordered.map((row, rank) => ({ code: row.code, name: names[row.code], gain_per_person: row.gain_per_person, gain: row.gain, rank }));
  return show("gains", `${languageKey()}|${found.currency}|${data.length}`, gainsSpec(found.currency), { gains: data }, { rows: all });
}

// Order of places under the plan: whose fund runs dry first, then who holds least.
export function worse(one, other) {
  const key = (row) => [row.b.exhaustion_year ?? Infinity, row.b.final_reserve_months ?? Infinity];
  const [first, second] = [key(one), key(other)];
  return first[0] === second[0] ? (first[1] === second[1] ? 0 : first[1] - second[1]) : first[0] - second[0];
}

function counties(found, info) {
  const names = regionNames(info);
  const byPool = Object.fromEntries(found.pools.map((pool) => [pool.pool, poolName(pool, names)]));
  fill($("counties"), [word("county"), word("fund"), word("persons"), word("own_rate"), word("fund_rate"), word("gains_money"), word("gains_person"),
    `A: ${word("exhaustion")}`, `B: ${word("exhaustion")}`, `A: ${reserveTitle(found)}`, `B: ${reserveTitle(found)}`],
  [...found.counties].sort(worse).map((row) => [names[row.code], { text: byPool[row.pool], kind: "words" }, people(row.persons), rate(row.own_rate), rate(row.b.level_rate),
    { text: row.gain === null ? "–" : signed(row.gain, money), kind: Math.abs(row.gain || 0) < 1 ? "" : row.gain > 0 ? "better" : "worse" },
    row.gain_per_person === null ? "–" : signed(row.gain_per_person, (v) => number(v, 3)),
    row.a ? year(row.a.exhaustion_year) : "–", year(row.b.exhaustion_year),
    row.a ? months(endMonths(row.a, found)) : "–", months(endMonths(row.b, found))]));
}

// A reserve at the end, or at the end of the year shown.
function endMonths(side, found) {
  return found.year ? side.then && side.then.months : side.final_reserve_months;
}

function reserveTitle(found) {
  return found.year ? word("reserve_then", { year: found.year }) : word("reserve_end");
}

function rates(found, info) {
  const names = regionNames(info);
  const rows = [];
  for (const row of found.counties) {
    const size = Math.max(20, Math.sqrt(row.persons || 0) / 6);
    for (const [which, title] of [["a", "as_it_stands"], ["b", "this_plan"]]) {
      const side = row[which];
      const value = side && (found.year ? side.then && side.then.rate : side.level_rate);
      if (value !== null && value !== undefined) rows.push({ side: word(title), name: names[row.code], rate: 100 * value, size });
    }
  }
  describe("rates", $("even-title").textContent);
  const title = found.year ? word("rates_axis_then", { year: found.year }) : word("rates_axis");
  return show("rates", `${languageKey()}|${title}`, ratesSpec(title), { rates: rows });
}

function pools(found, info) {
  const names = regionNames(info);
  const head = ["fund", "level", "counties_n", "persons", "opening", "closing", "exhaustion", "min_reserve_months", "reserve_end", "income_rate", "level_rate", "test"];
  const then = { closing: "closing_then", reserve_end: "reserve_then" };
  const rows = found.pools.map((pool) => {
    const whole = pool.first_year === found.years[0] && pool.last_year === found.years[found.years.length - 1];
    const life = whole ? "" : ` (${pool.first_year}–${pool.last_year})`;
    const cells = [poolName(pool, names) + life, { text: word(`level_${pool.level}`).replace(/^level_/, ""), kind: "words" }, String(pool.counties), people(pool.persons), money(pool.opening_balance), money(found.year ? pool.then && pool.then.balance : pool.closing_balance),
      { text: year(pool.exhaustion_year), kind: pool.exhaustion_year ? "worse" : "" }, months(pool.min_reserve_months), months(endMonths(pool, found)), rate(pool.income_rate), rate(pool.level_rate),
      { text: word(pool.short_range_test ? "passed" : "failed"), kind: pool.short_range_test ? "" : "worse" }];
    if (found.scenarios) cells.push(percent(pool.ruin_probability, 3));
    if (found.pools.some((other) => other.swaps_a_year)) cells.push(signed(pool.swaps_a_year, money));
    return cells;
  });
  const more = [...(found.scenarios ? ["ruin"] : []), ...(found.pools.some((pool) => pool.swaps_a_year) ? ["swaps_year"] : [])];
  fill($("pools"), [...head, ...more].map((name) => word((found.year && then[name]) || name, { year: found.year })), rows);
}

export function renderFrontier(rows, load) {
  $("frontier-box").hidden = false;
  const data = rows.map((row, place) => ({ place, rate: 100 * row.mean_rate, uneven: 100 * row.unevenness, swaps: 100 * row.swaps }));
  fill($("frontier-table"), [word("f_rate"), word("f_uneven"), word("f_swaps"), word("load")],
    rows.map((row, place) => [rate(row.mean_rate), (100 * row.unevenness).toFixed(3), (100 * row.swaps).toFixed(2), { button: word("load"), action: () => load(place) }]));
  return show("frontier", languageKey(), frontierSpec(), { frontier: data }, { onClick: (datum) => load(datum.place) });
}
