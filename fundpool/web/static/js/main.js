// The page: state from the address, numbers from the server, charts from the numbers.

import { Refused, answered, cancel, getCase, save, upload, watch } from "./api.js";
import { describe, forget, pictureButtons, show } from "./charts.js";
import { drawing, setUp, showControls, toggleMember } from "./controls.js";
import { renderOptimised, optimise, traceFrontier } from "./optimiser.js";
import { render } from "./results.js";
import { languageKey, pinsSpec } from "./specs.js";
import { MOST_PINS, decode, emptyState, encode, requestOf } from "./state.js";
import { fill } from "./tables.js";
import { local, money, moneyUnit, months, number, rate, nameLevels, speak, word, year } from "./words.js";

const $ = (id) => document.getElementById(id);
let state = decode(location.hash);
let info = null;
let found = null;
let asked = 0;
let busy = false;
let again = false;
let depth = 0;
let underWay = null;
let watched = "";

async function begin() {
  setUp(change);
  await speak(state.lang || (navigator.language.startsWith("zh") ? "zh" : "en"));
  $("lang").value = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  pictureButtons();
  buttons();
  await openCase();
  refresh();
}

async function openCase() {
  try {
    info = await getCase(state.case);
  } catch (error) {
    problem(error.message);
    if (!state.case) throw error;
    state = { ...emptyState(), lang: state.lang };
    info = await getCase("");
  }
  nameLevels(info.levels, info.plurals);
  $("months").value = state.optimised ? state.months : info.reserve_months;
  if (state.weight >= 0) $("unevenness").value = state.weight;
  $("swaps").checked = state.swaps;
  $("case-title").textContent = document.documentElement.lang.startsWith("zh") && info.title_local ? info.title_local : info.title;
  document.title = `fundpool – ${$("case-title").textContent}`;
}

// A change of the state: settled ones can be undone with the back button.
function change(patch, settled) {
  state = { ...state, ...patch };
  performance.mark("fundpool-change");
  const address = `#${encode(state)}`;
  if (settled && address !== location.hash) {
    history.pushState(null, "", address);
    depth += 1;
  }
  $("undo").disabled = depth === 0;
  refresh();
}

// Ask and draw; while an answer is on its way only the latest change waits.
async function refresh() {
  showControls(state, info);
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  $("results").setAttribute("aria-busy", "true");
  do {
    again = false;
    await ask();
  } while (again);
  busy = false;
  $("results").setAttribute("aria-busy", "false");
}

async function ask() {
  const number_ = ++asked;
  const body = requestOf(state);
  try {
    const response = await answered("/api/plan", body, (job) => progress(job), () => number_ === asked);
    progress(null);
    if (!response || number_ !== asked) return;
    performance.mark("fundpool-answer-begins");
    found = await response.json();
    performance.mark("fundpool-answer");
    problem("");
    await render(found, state, info);
    renderOptimised(found);
    document.body.dataset.waiting = found.waiting ? "scenarios" : "";
    document.body.dataset.drawn = String(number_);
    performance.mark("fundpool-drawn");
    if (performance.getEntriesByName("fundpool-change").length) {
      performance.measure("fundpool-redraw", "fundpool-change", "fundpool-drawn");
    }
    $("command").textContent = found.command.text;
    $("command-note").textContent = found.command.needs_policy ? word("command_policy") : "";
    follow(found.waiting);
    await pins();
  } catch (error) {
    progress(null);
    const cancelled = error instanceof Refused && error.message === "cancelled";
    problem(cancelled ? word("cancelled") : error.message);
    // back to the plan without what was cancelled
    if (cancelled && state.optimised) change({ optimised: false }, true);
  }
}

// Scenarios come after the central path; when they are there, the fans are drawn.
function follow(job) {
  if (!job || watched === job.job) return;
  watched = job.job;
  watch(job, (record) => {
    $("status").textContent = record.status === "running" || record.status === "waiting"
      ? `${word("job_scenarios")}: ${Math.round(100 * record.done)} %` : "";
  }).then((ended) => {
    if (ended.status === "done") refresh();
  });
}

function progress(job) {
  const running = job && !["done", "failed", "cancelled"].includes(job.status);
  underWay = running ? job : null;
  $("progress").hidden = !running;
  if (!running) return;
  if (job.kind === "optimisation") $("progress-bar").removeAttribute("value");
  else $("progress-bar").value = job.done;
  $("progress-words").textContent = `${word(`job_${job.kind}`)}: ${job.status === "waiting" ? word("waiting") : `${job.kind === "optimisation" ? "" : `${Math.round(100 * job.done)} % `}${job.words}`}`;
}

function problem(text) {
  $("problem").hidden = !text;
  $("problem").textContent = text;
}

function buttons() {
  $("undo").disabled = true;
  $("undo").addEventListener("click", () => history.back());
  $("reset").addEventListener("click", () => change({ ...emptyState(), lang: state.lang, case: state.case, pins: state.pins }, true));
  $("share").addEventListener("click", () => copyText(location.href, $("share"), "share"));
  $("copy").addEventListener("click", () => copyText($("command").textContent, $("copy"), "copy"));
  $("progress-cancel").addEventListener("click", () => underWay && cancel(underWay));
  $("lang").addEventListener("change", async () => {
    state = { ...state, lang: $("lang").value };
    history.replaceState(null, "", `#${encode(state)}`);
    await speak(state.lang);
    forget();
    pictureButtons();
    await openCase();
    refresh();
  });
  window.addEventListener("popstate", async () => {
    const before = state;
    state = decode(location.hash);
    depth = Math.max(0, depth - 1);
    $("undo").disabled = depth === 0;
    if (!state.lang) state.lang = before.lang;
    if (before.case !== state.case) await openCase();
    refresh();
  });
  document.addEventListener("county", (event) => {
    if (drawing()) toggleMember(event.detail);
    else change({ county: state.county === event.detail ? "" : event.detail }, true);
  });
  let wide = window.innerWidth;
  window.addEventListener("resize", () => {
    if (Math.abs(window.innerWidth - wide) < 20 || !found) return;
    wide = window.innerWidth;
    render(found, state, info).then(pins);
  });
  $("pin").addEventListener("click", () => {
    const name = ($("plan-name").value || word("plan_n", { n: state.pins.length + 1 })).replace(/~/g, "-");
    const query = encode({ ...state, lang: "" }, false);
    $("plan-name").value = "";
    change({ pins: [...state.pins, { name, query }].slice(-MOST_PINS) }, true);
  });
  for (const [id, path, name] of [["get-workbook", "/api/workbook", "fundpool-plan.xlsx"], ["get-policy", "/api/policy", "page-plan.toml"]]) {
    $(id).addEventListener("click", async () => {
      try {
        const response = await answered(path, requestOf(state), progress);
        progress(null);
        save(await response.blob(), name);
      } catch (error) {
        progress(null);
        problem(error.message);
      }
    });
  }
  $("get-json").addEventListener("click", () => {
    save(new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }), "fundpool-plan.json");
  });
  $("file").addEventListener("change", (event) => event.target.files[0] && receive(event.target.files[0]));
  $("optimise").addEventListener("click", () => optimise(state, change, progress, problem));
  $("frontier").addEventListener("click", () => traceFrontier(state, change, progress, problem));
  $("drop").addEventListener("click", () => change({ optimised: false }, true));
}

async function copyText(text, button, name) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = word("copied");
    setTimeout(() => { button.textContent = word(name); }, 1500);
  } catch {
    window.prompt(word(name), text);
  }
}

async function receive(file) {
  const status = $("upload-status");
  status.textContent = word("checking", { name: file.name });
  $("findings").hidden = true;
  let answer;
  try {
    answer = await upload(file);
  } catch (error) {
    status.textContent = error.message;
    return;
  }
  $("file").value = "";
  const findings = answer.findings || [];
  if (findings.length) {
    fill($("findings"), ["f_place", "f_row", "f_column", "f_value", "f_expected", "f_mend"].map((name) => word(name)),
      findings.map((row) => [row.file, row.row === null ? "–" : String(row.row), row.column ?? "–", { text: row.value ?? "–", kind: "wrap" }, { text: local(row, "expected"), kind: "wrap" }, { text: local(row, "mend"), kind: "wrap" }]));
    $("findings").hidden = false;
  }
  if (answer.error) status.textContent = local(answer, "error");
  else if (answer.case === undefined) status.textContent = word("refused", { name: file.name, n: findings.length });
  else {
    status.textContent = word(findings.length ? "opened_warnings" : "opened", { name: file.name, n: findings.length });
    state = { ...emptyState(), lang: state.lang, case: answer.case };
    history.pushState(null, "", `#${encode(state)}`);
    depth += 1;
    $("undo").disabled = false;
    await openCase();
    refresh();
  }
}

// Pinned plans beside the one on screen.
async function pins() {
  $("compared").hidden = state.pins.length === 0;
  $("pin").disabled = state.pins.length >= MOST_PINS;
  if (!state.pins.length || !found) return;
  const look = { scheme: state.scheme, county: "", lang: state.lang, case: state.case };
  const answers = await Promise.all(state.pins.map(async (pin) => {
    try {
      const response = await answered("/api/plan", { ...requestOf({ ...decode(pin.query), ...look }) }, () => {});
      return response ? await response.json() : null;
    } catch {
      return null;
    }
  }));
  const columns = [{ name: word("as_it_stands"), side: found.a, path: found.paths.total.a },
    { name: word("current"), side: found.b, path: found.paths.total.b },
    ...state.pins.map((pin, place) => ({ name: pin.name, side: answers[place] && answers[place].b, path: answers[place] && answers[place].paths.total.b }))];
  const lines = { pools: String, pools_exhausted: String, first_exhaustion: year, persons_exhausted_share: (v) => rate(v), min_reserve_months: months, closing_balance: money, income_rate: rate, level_rate: rate };
  const titles = { pools: word("pools_count"), closing_balance: word("closing_balance", { year: found.b.last_year }) };
  const rows = Object.entries(lines).map(([key, text]) => [titles[key] || word(key), ...columns.map(({ side }) => (side ? text(side[key]) : "–"))]);
  rows.push([word("gini"), ...columns.map(({ side }) => (side ? number(side.evenness.gini, 3) : "–"))]);
  rows.push([word("load"), "", "", ...state.pins.map((pin) => ({ button: word("load"), label: `${word("load")}: ${pin.name}`, action: () => change({ ...decode(pin.query), lang: state.lang, pins: state.pins }, true) }))]);
  rows.push([word("remove"), "", "", ...state.pins.map((pin, place) => ({ button: word("remove"), label: `${word("remove")}: ${pin.name}`, action: () => change({ pins: state.pins.filter((_, other) => other !== place) }, true) }))]);
  fill($("pins"), [word("measure"), ...columns.map(({ name }) => name)], rows);
  const data = columns.flatMap(({ name, path }) => (path ? path.central.map((value, t) => ({ plan: name, year: found.years[t], central: value === null ? null : value / moneyUnit() })) : []));
  const names = [...new Set(columns.map(({ name }) => name))];
  describe("pins", word("compared"));
  await show("pins", `${languageKey()}|${names.join("|")}`, pinsSpec(found.currency, names), { pins: data });
}

begin();
