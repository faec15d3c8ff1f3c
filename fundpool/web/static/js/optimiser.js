// Optimising from the page: rates and swaps, and the frontier.

import { answered } from "./api.js";
import { $ } from "./dom.js";
import { feedbackAt, problem, progress } from "./feedback.js";
import { renderFrontier } from "./results.js";
import { requestOf } from "./state.js";
import { money, number, percent, rate, spoken, word } from "./words.js";

function wanted() {
  return { optimised: true, months: Number($("months").value), weight: $("unevenness").value === "" ? -1 : Number($("unevenness").value), swaps: $("swaps").checked,
    one_path: $("one-path").checked, burden: -1, money: -1 };
}

// Whether what the fields hold can be optimised; else they say why.
function ready() {
  feedbackAt("optimise");
  problem("");
  return [$("months"), $("unevenness")].every((field) => field.reportValidity());
}

export function optimise(change) {
  if (ready()) change(wanted(), true, "optimise");
}

export async function traceFrontier(state, change) {
  if (!ready()) return;
  const plan = requestOf({ ...state, ...wanted() });
  try {
    const response = await answered("/api/frontier", { plan, points: 4 }, progress);
    progress(null);
    const { points } = await response.json();
    await renderFrontier(points, (place) => change({ ...wanted(), burden: points[place].burden_ceiling, money: points[place].swap_ceiling }, true, "optimise"));
  } catch (error) {
    progress(null);
    problem(error.message);
  }
}

// Sentences on a plan in the language of the page.
function inLanguage(plan, part) {
  return (spoken() === "zh" && plan[`${part}_local`]) || plan[part];
}

export function renderOptimised(found) {
  const plan = found.plan;
  $("drop").hidden = !plan;
  const place = $("optimised");
  if (!plan) {
    place.replaceChildren();
    return;
  }
  const parts = [];
  const line = (text) => {
    const element = document.createElement("p");
    element.textContent = text;
    parts.push(element);
  };
  const known = ["certified", "shortfall", "unsafe"].includes(plan.status);
  line(word(known ? `opt_status_${plan.status}` : "opt_status_other", { status: plan.status, gap: plan.certificate.relative_gap < 1e-6 ? "0.0001 %" : percent(plan.certificate.relative_gap, 2) }));
  line(word("opt_rates", { before: rate(plan.mean_before), after: rate(plan.mean_after), least: rate(plan.least), most: rate(plan.most), swaps: money(plan.swaps_a_year) }));
  line(inLanguage(plan, "safety"));
  const chance = plan.probability;
  if (chance) {
    line(word("opt_probability", { inside: percent(chance.in_sample, 2), within: number(chance.scenarios_in_sample), outside: percent(chance.out_of_sample, 2),
      fresh: number(chance.scenarios), error: percent(chance.standard_error, 2), limit: percent(chance.limit, 1) }));
  }
  for (const [title, sentences] of [["opt_obstacle", inLanguage(plan, "obstacle")], ["opt_shadow", inLanguage(plan, "shadow_prices")]]) {
    if (!sentences || !sentences.length) continue;
    const heading = document.createElement("h3");
    heading.textContent = word(title);
    const list = document.createElement("ul");
    list.replaceChildren(...sentences.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    parts.push(heading, list);
  }
  place.replaceChildren(...parts);
}
