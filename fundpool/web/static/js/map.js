// The maps: counties as points sized by people, shaped and coloured by class, in cells around their
// centres with the names of the largest; arrows between them.

import { cellsOf, edgesOf, usualRadius } from "./cells.js";
import { classes } from "./specs.js";
import { money, months, number, people, rate, word, year } from "./words.js";
import { levelInForce, parsePooling, poolingOf } from "./state.js";

function placed(region, middle) {
  return { x: region.longitude * Math.cos((middle * Math.PI) / 180), y: region.latitude };
}

function middleOf(info) {
  const located = info.regions.filter((region) => region.latitude !== null);
  return located.reduce((sum, region) => sum + region.latitude, 0) / Math.max(1, located.length);
}

const geometries = new WeakMap();

// Computed once for each case.
export function mapGeometry(info) {
  if (!geometries.has(info)) geometries.set(info, geometryOf(info));
  return geometries.get(info);
}

function geometryOf(info) {
  const middle = middleOf(info);
  const points = info.regions.filter((region) => region.latitude !== null).map((region) => placed(region, middle));
  const span = (values) => {
    const least = Math.min(...values);
    const most = Math.max(...values);
    const pad = Math.max(0.05, 0.05 * (most - least));
    return [least - pad, most + pad];
  };
  const edges = boundaries(info, middle);
  const corners = edges.length ? edges.flatMap((edge) => [{ x: edge.x, y: edge.y }, { x: edge.x2, y: edge.y2 }]) : points;
  const x = span(corners.map((point) => point.x));
  const y = span(corners.map((point) => point.y));
  return { x, y, edges, aspect: Math.min(1.6, Math.max(0.5, (y[1] - y[0]) / (x[1] - x[0]))) };
}

// A ring of a region's boundary as edges, heavier for regions above the lowest level.
function outline(code, ring, info, middle) {
  const points = ring.map(([longitude, latitude]) => placed({ longitude, latitude }, middle));
  const region = info.regions.find((item) => item.code === code);
  const width = region && region.level === info.levels[0] ? 0.5 : 1.6;
  return points.slice(1).map((point, i) => ({ x: points[i].x, y: points[i].y, x2: point.x, y2: point.y, width }));
}

// Boundaries of the case, else borders of the cells around the centres, heavier where they part regions of the level above.
function boundaries(info, middle) {
  const outlined = Object.entries(info.boundaries);
  if (outlined.length) return outlined.flatMap(([code, rings]) => rings.flatMap((ring) => outline(code, ring, info, middle)));
  const places = info.regions.filter((region) => region.level === info.levels[0] && region.latitude !== null);
  if (places.length < 2) return [];
  const centres = places.map((region) => placed(region, middle));
  return edgesOf(cellsOf(centres, usualRadius(centres))).map((edge) => ({ x: edge.x, y: edge.y, x2: edge.x2, y2: edge.y2,
    width: edge.beside < 0 || places[edge.cell].parent !== places[edge.beside].parent ? 1.6 : 0.5 }));
}

// Names of the places with most insured, as many as do not cover each other.
export function placeNames(points, geometry, width) {
  const scale = width / (geometry.x[1] - geometry.x[0]);
  const shown = [];
  for (const point of [...points].sort((p, q) => q.size - p.size)) {
    const reach = [...point.name].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 11 : 6.2), 0) / 2 + 3;
    const free = shown.every((other) => Math.abs(other.x - point.x) * scale > reach + other.reach || Math.abs(other.y - point.y) * scale > 15);
    if (free) shown.push({ x: point.x, y: point.y, name: point.name, reach });
  }
  return shown;
}

const MEASURES = {
  exhaustion(row, found) {
    if (found.year) {
      const { dry, months: held } = row.then || { dry: false, months: null };
      if (dry) return { class: 0, shown: `${year(row.exhaustion_year)} (${months(held)})` };
      return { class: held === null ? 5 : held < found.target_months ? 3 : 4, shown: months(held) };
    }
    const first = found.years[0];
    const dry = row.exhaustion_year;
    const shown = year(dry);
    if (dry) return { class: dry < first + 10 ? 0 : dry < first + 20 ? 1 : 2, shown };
    return { class: row.final_reserve_months < found.target_months ? 3 : 4, shown: `${shown} (${months(row.final_reserve_months)})` };
  },
  rate(row, found, cuts) {
    const value = figure(row, found, "rate");
    return { class: value === null ? 5 : 4 - below(value, cuts), shown: rate(value) };
  },
  months(row, found, cuts) {
    const value = figure(row, found, "months");
    return { class: value === null ? 5 : below(value, cuts), shown: months(value) };
  },
};

// A figure of a side of a place: of all years, or of the year shown.
function figure(side, found, measure) {
  if (found.year) return side.then ? side.then[measure] : null;
  return measure === "rate" ? side.level_rate : side.final_reserve_months;
}

function below(value, cuts) {
  return cuts.filter((cut) => value >= cut).length;
}

// Four cuts at fifths of A and B together, so that both maps read alike.
function fifths(values) {
  const sorted = values.filter((value) => value !== null).sort((p, q) => p - q);
  return [0.2, 0.4, 0.6, 0.8].map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
}

export function mapPoints(found, state, info, names, measure) {
  const middle = middleOf(info);
  const regions = Object.fromEntries(info.regions.map((region) => [region.code, region]));
  const most = Math.max(...found.counties.map((row) => row.persons || 0), 1);
  const plan = parsePooling(poolingOf(state, info), levelInForce(state, info));
  const members = new Set(plan.clusters.flatMap((cluster) => cluster.codes));
  let cuts = [];
  let labels = [];
  if (measure === "rate" || measure === "months") {
    const show = measure === "rate" ? rate : months;
    cuts = fifths(found.counties.flatMap((row) => [row.a && figure(row.a, found, measure), figure(row.b, found, measure)]).filter((value) => value !== undefined));
    labels = [word("c_rate1", { a: show(cuts[0]) }), ...[0, 1, 2].map((i) => word("c_between", { a: show(cuts[i]), b: show(cuts[i + 1]) })), word("c_rate5", { a: show(cuts[3]) })];
    if (measure === "rate") labels.reverse();
  } else if (measure === "gain") {
    labels = ["c_loss_big", "c_loss", "c_even", "c_gain", "c_gain_big"].map((name) => word(name));
  } else if (found.year) {
    labels = [word("c_dry_then", { year: found.year }), null, null, word("c_below_then", { year: found.year }), word("c_target_then", { year: found.year })];
  } else {
    labels = ["c_soon", "c_later", "c_late", "c_below", "c_target"].map((name) => word(name));
  }
  const largest = Math.max(1, ...found.counties.map((row) => Math.abs(row.gain_per_person || 0)));
  const gainClass = (value) => (value === null ? 5 : value < -largest / 4 ? 0 : value < -0.5 ? 1 : value <= 0.5 ? 2 : value <= largest / 4 ? 3 : 4);
  const fundNames = Object.fromEntries(found.pools.map((pool) => [pool.pool, names[pool.pool] || pool.name]));
  const side = (which) => found.counties.filter((row) => row[which] && regions[row.code].latitude !== null).map((row) => {
    let own;
    if (measure === "gain") {
      const value = which === "a" ? 0 : row.gain_per_person;
      own = { class: gainClass(value), shown: number(value, 3) };
    } else {
      own = MEASURES[measure](row[which], found, cuts);
    }
    const size = 30 + 420 * Math.sqrt((row.persons || 0) / most);
    return { code: row.code, name: names[row.code], fund: which === "a" ? names[row.code] : fundNames[row.pool], ...placed(regions[row.code], middle), ...own, size, ring: size + 160,
      picked: row.code === state.county || members.has(row.code) || members.has(regions[row.code].parent) };
  });
  return { a: found.a ? side("a") : [], b: side("b"), labels };
}

export function mapKey(place, labels) {
  const shapes = {
    "triangle-down": "M1 3h14L8 15z", diamond: "M8 0l7 8-7 8-7-8z", square: "M2 2h12v12H2z",
    circle: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z", "triangle-up": "M8 1l7 12H1z",
  };
  const drawn = classes();
  place.replaceChildren(...labels.flatMap((text, number_) => {
    if (text === null) return [];
    const item = document.createElement("span");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shapes[drawn[number_].shape]);
    path.setAttribute("fill", drawn[number_].colour);
    svg.append(path);
    item.append(svg, text);
    return item;
  }));
}

export function mapArcs(found, state, info) {
  const kind = state.arcs || "money";
  const middle = middleOf(info);
  const regions = Object.fromEntries(info.regions.map((region) => [region.code, region]));
  const located = (code) => (regions[code] && regions[code].latitude !== null ? placed(regions[code], middle) : null);
  const centre = (code) => {
    const own = located(code);
    if (own) return own;
    const inside = info.regions.filter((region) => region.parent === code && region.latitude !== null).map((region) => placed(region, middle));
    if (!inside.length) return null;
    return { x: inside.reduce((sum, point) => sum + point.x, 0) / inside.length, y: inside.reduce((sum, point) => sum + point.y, 0) / inside.length };
  };
  const listed = kind === "money" ? found.swaps.map((row) => [row.payer, row.receiver, row.amount])
    : kind === "migrants" ? found.migrants.map((row) => [row.home, row.residence, row.persons]) : [];
  const most = Math.max(...listed.map((row) => row[2]), 1e-9);
  const rows = [];
  for (const [from, to, amount] of listed) {
    const start = centre(from);
    const end = centre(to);
    if (!start || !end || from === to) continue;
    const angle = (Math.atan2(end.x - start.x, end.y - start.y) * 180) / Math.PI;
    rows.push({ x: start.x, y: start.y, x2: end.x, y2: end.y, xm: start.x + 0.72 * (end.x - start.x), ym: start.y + 0.72 * (end.y - start.y),
      angle, width: 0.6 + 5 * Math.sqrt(amount / most), amount });
  }
  let note = "";
  if (kind === "money") {
    note = listed.length ? word("arcs_money_note", { n: listed.length, all: found.swaps_in_all.count, part: money(listed.reduce((sum, row) => sum + row[2], 0)), sum: money(found.swaps_in_all.amount) }) : word("arcs_no_money");
  } else if (kind === "migrants") {
    note = word("arcs_migrants_note", { last: found.b.last_year, most: people(most), n: listed.length, all: found.migrants_in_all.count, sum: people(found.migrants_in_all.persons) });
  }
  return { rows, note };
}
