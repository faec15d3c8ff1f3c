// Why a place's fund differs from the mean of its parent, and who gains and loses by place and income.

import { $ } from "./dom.js";
import { regionNames } from "./results.js";
import { fill } from "./tables.js";
import { money, number, people, percent, rate, signed, word } from "./words.js";

const SHOWN = {
  participation: (value) => percent(value, 3), collection: rate,
  claims: (value) => number(value, 3), care_away: (value) => number(value, 4),
};

export function renderProfile(found, info) {
  const { profile } = found;
  $("profile").hidden = !profile;
  if (!profile) return;
  const names = regionNames(info);
  const each = (value) => number(value, 4);
  const values = { place: names[profile.region], parent: names[profile.parent], currency: found.currency,
    distance: `${signed(profile.result - profile.mean, each)} ${found.currency}`, result: each(profile.result), mean: each(profile.mean) };
  $("profile-title").textContent = word("profile_title", values);
  $("profile-note").textContent = word("profile_note", values);
  const kind = (value) => (Math.abs(value) < 0.5 ? "" : value > 0 ? "better" : "worse");
  const rows = profile.factors.map((row) => {
    const show = SHOWN[row.factor] || each;
    return [word(`pf_${row.factor}`), show(row.place), show(row.mean),
      { text: signed(row.contribution, each), kind: kind(row.contribution) }];
  });
  const sum = profile.factors.reduce((total, row) => total + row.contribution, 0);
  rows.push([word("profile_sum"), each(profile.result), each(profile.mean), { text: signed(sum, each), kind: kind(sum) }]);
  fill($("profile-table"), [word("profile_factor"), values.place, word("profile_mean", values), word("profile_contribution", values)], rows);
}

/**
 * Places in order of income, in groups of about as many insured, and what the poorer half receives
 * (above zero) or pays: the place in the middle with the part of its people on the poorer side.
 * @param {{ income: number | null, persons: number | null, gain: number | null }[]} places
 * @param {number} size
 */
export function byIncome(places, size = 5) {
  const known = places.filter((row) => row.income !== null && row.persons > 0 && row.gain !== null).sort((p, q) => p.income - q.income);
  const persons = known.reduce((sum, row) => sum + row.persons, 0);
  const groups = Array.from({ length: Math.min(size, known.length) }, () => ({ places: 0, persons: 0, gain: 0, winners: 0, losers: 0, least: Infinity, most: -Infinity }));
  let before = 0;
  let poorer = 0;
  for (const row of known) {
    const group = groups[Math.min(groups.length - 1, Math.floor((groups.length * (before + row.persons / 2)) / persons))];
    group.places += 1;
    group.persons += row.persons;
    group.gain += row.gain;
    if (row.gain > 1) group.winners += 1;
    if (row.gain < -1) group.losers += 1;
    group.least = Math.min(group.least, row.income);
    group.most = Math.max(group.most, row.income);
    poorer += row.gain * Math.min(1, Math.max(0, (persons / 2 - before) / row.persons));
    before += row.persons;
  }
  return { groups: groups.filter((group) => group.places), poorer };
}

export function renderIncomes(found) {
  const { groups, poorer } = byIncome(found.counties);
  const direction = Math.abs(poorer) < 1 ? "even" : poorer > 0 ? "down" : "up";
  $("incomes-note").textContent = word("incomes_note", { direction: word(`incomes_${direction}`, { amount: money(Math.abs(poorer)) }) });
  fill($("incomes"), [word("income_group", { currency: found.currency }), word("counties_n"), word("persons"), word("c_gain"), word("c_loss"), word("gains_money"), word("gains_person")],
    groups.map((group) => [group.least === group.most ? number(group.least, 4) : `${number(group.least, 4)}–${number(group.most, 4)}`, String(group.places), people(group.persons), String(group.winners), String(group.losers),
      { text: signed(group.gain, money), kind: Math.abs(group.gain) < 1 ? "" : group.gain > 0 ? "better" : "worse" }, signed(group.gain / group.persons, (value) => number(value, 3))]));
}
