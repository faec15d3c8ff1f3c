// The page: state from the address, numbers from the server, charts from the numbers.

import { Cancelled, Refused, Superseded, Unreachable, answered, cancel, download, getCase, save, watch } from "./api.js";
import { setUpAssumptions, showAssumptions } from "./assumptions.js";
import { captionCharts, forget, pictureButtons } from "./charts.js";
import { drawing, setUp, showControls, toggleMember } from "./controls.js";
import { $ } from "./dom.js";
import { setUpEmptied, showEmptied } from "./emptied.js";
import { dim, feedbackAt, jobUnderWay, problem, progress, status } from "./feedback.js";
import { renderOptimised, optimise, traceFrontier } from "./optimiser.js";
import { setUpNeeded, showNeeded } from "./needed.js";
import { keepSession, keptSession, pinned, readSession, saveSession, showPins } from "./plans.js";
import { renderIncomes, renderProfile } from "./profile.js";
import { render } from "./results.js";
import { MOST_PINS, decode, emptyState, encode, requestOf } from "./state.js";
import { showStress, showStressed, stressCaption } from "./stress.js";
import { DARK } from "./theme.js";
import { receive } from "./uploads.js";
import { nameLevels, speak, spoken, word } from "./words.js";
import { setUpYears, showYears } from "./years.js";

const SLOW = 1000;
const LONGEST_WAIT = 30;
let state = decode(location.hash);
let info = null;
let found = null;
/** @type {import("./state.js").State} */
let shown = null; // the state that the figures on screen are of
/** @type {import("./state.js").State} */
let lost = null; // the plan of a link whose case is not open
let asked = 0;
let busy = false;
let again = false;
/** @type {{ begun: number, waiting: boolean, abort: AbortController }} */
let current = null;
let dragged = false;
let steps = 0; // of the address since the plan whose figures are on screen
let stepping = false; // back over steps that were refused
let watched = "";
let retry = 0;
let failures = 0;

async function begin() {
  setUp(change);
  setUpYears(change);
  setUpNeeded(() => state, () => info, () => found, change);
  setUpEmptied(() => state, () => info, () => found);
  setUpAssumptions(change, () => info);
  await speak(state.lang || (navigator.language.startsWith("zh") ? "zh" : "en"));
  $("lang").value = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  pictureButtons();
  buttons();
  await openCase();
  offerKept();
  refresh();
}

async function openCase() {
  for (let wait = SLOW; ; wait = Math.min(2 * wait, LONGEST_WAIT * SLOW)) {
    try {
      info = await getCase(state.case);
      break;
    } catch (error) {
      if (error instanceof Refused && error.status === 404 && state.case) {
        lost = state;
        state = { ...emptyState(), lang: state.lang };
        continue;
      }
      // a server that starts or is busy is asked again
      const later = error instanceof Unreachable || (error instanceof Refused && [429, 503].includes(error.status));
      problem(error.message);
      if (!later) throw error;
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
  }
  problem("");
  nameLevels(info.levels, info.plurals);
  $("months").value = state.optimised ? state.months : info.reserve_months;
  if (state.weight >= 0) $("unevenness").value = state.weight;
  $("swaps").checked = state.swaps;
  // without scenarios there is no other plan than that on the one path
  $("one-path").checked = state.one_path && Boolean(info.scenarios_described);
  $("one-path-choice").hidden = !info.scenarios_described;
  const title = document.documentElement.lang.startsWith("zh") && info.title_local ? info.title_local : info.title;
  $("case-title").textContent = title;
  document.title = `fundpool – ${title}`;
  $("lost").hidden = !lost;
  if (lost) $("lost").textContent = word("lost_case", { file: lost.file || lost.case, title });
}

// A change of the state: settled ones can be undone with the back button.
/**
 * @param {Partial<import("./state.js").State>} patch
 * @param {boolean} settled
 * @param {import("./feedback.js").Slot} [slot]
 */
function change(patch, settled, slot = "plan") {
  const before = state;
  state = { ...state, ...patch };
  // a slider that is let go has been asked for where it stands
  const asked_ = dragged && settled && encode(state) === encode(before);
  dragged = !settled;
  performance.mark("fundpool-change");
  feedbackAt(slot);
  if (settled) push();
  if (!asked_) refresh();
}

function push() {
  const address = `#${encode(state)}`;
  if (address === location.hash) return;
  const { depth = 0 } = history.state || {};
  history.pushState({ depth: depth + 1 }, "", address);
  steps += 1;
  mayUndo();
  keepSession(state, info);
}

// How far back the page's own changes go is kept in the history itself, so that it holds after a
// reload and after going forward.
function mayUndo() {
  $("undo").disabled = !((history.state || {}).depth > 0);
}

// Ask and draw; while an answer is on its way only the latest change waits. An answer that takes
// long is given up for it.
async function refresh() {
  if (state.year && !info.years.includes(state.year)) state = { ...state, year: 0 };
  controls();
  if (busy) {
    again = true;
    if (current && (current.waiting || performance.now() - current.begun > SLOW)) current.abort.abort();
    return;
  }
  busy = true;
  clearTimeout(retry);
  $("results").setAttribute("aria-busy", "true");
  const late = setTimeout(() => { if (!jobUnderWay()) status(word("slow")); }, SLOW);
  do {
    again = false;
    await ask();
  } while (again);
  clearTimeout(late);
  busy = false;
  $("results").setAttribute("aria-busy", "false");
}

function controls() {
  showControls(state, info);
  showStress(state, info, change);
  showYears(state, info);
  showNeeded(state, info);
  showEmptied(state);
  showAssumptions(state, info);
}

async function ask() {
  const number_ = ++asked;
  const wanted = state;
  const taken = steps;
  current = { begun: performance.now(), waiting: false, abort: new AbortController() };
  try {
    const request = current;
    const onJob = (job) => { request.waiting = true; progress(job); };
    const response = await answered("/api/plan", requestOf(wanted), onJob, current.abort.signal);
    progress(null);
    performance.mark("fundpool-answer-begins");
    const answer = await response.json();
    // a slider that has been let go meanwhile stands elsewhere: what it passed is not drawn
    if (again && !dragged) return;
    found = answer;
    performance.mark("fundpool-answer");
    shown = wanted;
    steps = Math.max(0, steps - taken);
    failures = 0;
    problem("");
    status("");
    dim(false);
    await draw();
    document.body.dataset.waiting = found.waiting ? "scenarios" : "";
    document.body.dataset.drawn = String(number_);
    performance.mark("fundpool-drawn");
    if (performance.getEntriesByName("fundpool-change").length) {
      performance.measure("fundpool-redraw", "fundpool-change", "fundpool-drawn");
    }
    follow(found.waiting);
    await showPins(shown, found, change);
  } catch (error) {
    progress(null);
    status("");
    if (error instanceof Superseded) return;
    if (error instanceof Unreachable) unreachable();
    else if (error instanceof Refused && error.status === 404 && state.case) await closed();
    else rollBack(error instanceof Cancelled ? word("cancelled") : error.message);
  }
}

async function draw() {
  captionCharts(stressCaption(shown, info));
  showStressed(shown, info);
  $("values-idle").hidden = !found.idle;
  showNeeded(state, info);
  await render(found, shown, info);
  renderProfile(found, info);
  renderIncomes(found);
  renderOptimised(found);
  $("command").textContent = found.command.text;
  $("command-note").textContent = found.command.needs_policy ? word("command_policy") : "";
}

// The controls go back to the plan whose figures are on screen, and the address with them: what was
// refused leaves no step to undo.
function rollBack(words) {
  problem(shown ? `${words} ${word("rolled_back")}` : words);
  if (!shown || again) return;
  state = { ...shown, lang: state.lang, pins: state.pins };
  stepping = steps > 0;
  if (stepping) history.go(-steps);
  else history.replaceState(history.state, "", `#${encode(state)}`);
  steps = 0;
  controls();
}

// No answer: the figures on screen are dimmed, and the server is asked again, ever less often.
function unreachable() {
  dim(true);
  failures += 1;
  const wait = Math.min(LONGEST_WAIT, 2 ** failures);
  problem(`${word("unreachable")} ${word("again_in", { s: wait })}`);
  retry = setTimeout(refresh, wait * SLOW);
}

// The server has been started anew and does not have the uploaded case any more.
async function closed() {
  await openCase();
  again = true;
}

// Scenarios come after the central path; when they are there, the fans are drawn.
function follow(job) {
  if (!job || watched === job.job) return;
  watched = job.job;
  watch(job, (record) => {
    status(record.status === "running" || record.status === "waiting"
      ? `${word("job_scenarios")}: ${Math.round(100 * record.done)} %` : "");
  }).then((ended) => {
    if (ended.status === "lost") watched = "";
    if (ended.status === "done" || ended.status === "lost") refresh();
  });
}

function offerKept() {
  const kept = location.hash.length > 1 ? null : keptSession(info);
  $("kept").hidden = !kept;
  if (!kept) return;
  $("kept-at").textContent = new Date(kept.at).toLocaleString(document.documentElement.lang);
  $("continue").onclick = () => {
    $("kept").hidden = true;
    change({ ...decode(kept.query), lang: state.lang, case: state.case }, true);
  };
}

function buttons() {
  mayUndo();
  $("undo").addEventListener("click", () => history.back());
  $("reset").addEventListener("click", () => change({ ...emptyState(), lang: state.lang, case: state.case, file: state.file, pins: state.pins }, true));
  $("share").addEventListener("click", () => copyText(location.href, $("share"), "share"));
  $("copy").addEventListener("click", () => copyText($("command").textContent, $("copy"), "copy"));
  $("progress-cancel").addEventListener("click", () => {
    const job = jobUnderWay();
    if (job && job.job) cancel(job);
  });
  $("lang").addEventListener("change", async () => {
    state = { ...state, lang: $("lang").value };
    history.replaceState(history.state, "", `#${encode(state)}`);
    await speak(state.lang);
    forget();
    pictureButtons();
    await openCase();
    refresh();
  });
  DARK.addEventListener("change", async () => {
    if (!found) return;
    await draw();
    await showPins(shown, found, change);
  });
  window.addEventListener("popstate", async () => {
    if (stepping) {
      stepping = false;
      history.replaceState(history.state, "", `#${encode(state)}`);
      mayUndo();
      return;
    }
    steps = 0;
    const before = state;
    state = decode(location.hash);
    mayUndo();
    if (!state.lang) state.lang = before.lang;
    if (before.case !== state.case) await openCase();
    refresh();
  });
  document.addEventListener("county", (/** @type {any} */ event) => {
    if (drawing()) toggleMember(event.detail);
    else change({ county: state.county === event.detail ? "" : event.detail }, true);
  });
  let wide = window.innerWidth;
  window.addEventListener("resize", () => {
    if (Math.abs(window.innerWidth - wide) < 20 || !found) return;
    wide = window.innerWidth;
    draw().then(() => showPins(shown, found, change));
  });
  $("note").addEventListener("change", () => change({ note: $("note").value }, true));
  $("pin").addEventListener("click", () => {
    const name = $("plan-name").value || word("plan_n", { n: state.pins.length + 1 });
    $("plan-name").value = "";
    change({ pins: pinned(state, name, $("note").value).slice(-MOST_PINS) }, true);
  });
  $("side").addEventListener("change", () => change({ side: $("side").value === "in_debt" ? "" : $("side").value }, true));
  for (const [id, path, name] of [["get-workbook", "/api/workbook", "fundpool-plan.xlsx"], ["get-policy", "/api/policy", "page-plan.toml"]]) {
    $(id).addEventListener("click", () => takeAway(async () => {
      const response = await answered(path, requestOf(state), progress);
      save(await response.blob(), name);
    }));
  }
  $("get-report").addEventListener("click", () => takeAway(async () => {
    const response = await answered("/api/report", { plan: requestOf(state), lang: spoken() }, progress);
    save(await response.blob(), "fundpool-report.zip");
  }));
  $("get-json").addEventListener("click", () => {
    save(new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }), "fundpool-plan.json");
  });
  $("print").addEventListener("click", () => window.print());
  $("save-session").addEventListener("click", () => saveSession(state, info));
  $("stress-off").addEventListener("click", () => change({ stress: "" }, true));
  $("session-file").addEventListener("change", (event) => takeAway(async () => {
    const file = event.target.files[0];
    if (!file) return;
    event.target.value = "";
    const read = readSession(await file.text(), state, info);
    change(read.state, true, "take");
    if (read.warning) status(read.warning);
  }));
  $("get-case").addEventListener("click", () => takeAway(() => download(`/api/case/workbook?case=${encodeURIComponent(state.case)}`, "fundpool-case.xlsx"), "upload"));
  $("get-template").addEventListener("click", () => takeAway(() => download("/api/case/template", "fundpool-template.xlsx"), "upload"));
  $("file").addEventListener("change", (event) => event.target.files[0] && receive(event.target.files[0], opened));
  $("optimise").addEventListener("click", () => optimise(change));
  $("frontier").addEventListener("click", () => traceFrontier(state, change));
  $("drop").addEventListener("click", () => change({ optimised: false }, true, "optimise"));
  printWhole();
}

// Do something that ends in a file, with what goes wrong said beside the button.
/** @param {() => Promise<void>} act @param {import("./feedback.js").Slot} [slot] */
async function takeAway(act, slot = "take") {
  feedbackAt(slot);
  problem("");
  try {
    await act();
  } catch (error) {
    problem(error instanceof Cancelled ? word("cancelled") : error.message);
  }
  progress(null);
}

// A workbook that has been read: the plan of a link that waited for it is laid over it.
async function opened(key, file) {
  const plan = lost || emptyState();
  lost = null;
  state = { ...plan, lang: state.lang, case: key, file };
  await openCase();
  push();
  refresh();
}

// Print shows what details hide.
function printWhole() {
  let closedBefore = [];
  window.addEventListener("beforeprint", () => {
    closedBefore = [...document.querySelectorAll("main details:not([open]):not(#assumptions-box)")];
    for (const element of closedBefore) element.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const element of closedBefore) element.open = false;
  });
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

begin();
