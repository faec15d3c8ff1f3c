// The form: native inputs that write the state, and are written from it.

import { $ } from "./dom.js";
import { feedbackAt, problem } from "./feedback.js";
import { regionNames } from "./results.js";
import { SLIDERS, levelInForce, parsePooling, poolingOf, stagesMistake, writePooling } from "./state.js";
import { nameOf, number, rate, signed, word } from "./words.js";

/** @type {(patch: Partial<import("./state.js").State>, settled: boolean) => void} */
let changed = () => {};
/** @type {import("./state.js").State} */
let current = null;
let info = null;
/** @type {import("./state.js").Pooling} */
let draft = null;

// `onChange(patch, settled)`: settled is false while a slider is dragged.
export function setUp(onChange) {
  changed = onChange;
  const bind = (id, name, read = (element) => element.value) =>
    $(id).addEventListener("change", (event) => changed({ [name]: read(event.target) }, true));
  bind("scheme", "scheme");
  bind("from_year", "from_year", (element) => Number(element.value));
  bind("mobility", "mobility", (element) => Number(element.value));
  bind("full", "full", (element) => element.checked);
  $("county").addEventListener("change", follow);
  bind("measure", "measure");
  bind("arcs", "arcs");
  $("mode").addEventListener("change", (event) => {
    draft = { ...starting(event.target.value), mode: event.target.value };
    poolingFields();
    pushPooling();
  });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
}

// A county by its name or a part of it; an empty field follows all funds together.
function follow() {
  const text = $("county").value.trim().toLowerCase();
  const names = regionNames(info);
  const counties = info.regions.filter((region) => region.level === info.levels[0]);
  const of = (region) => [names[region.code], region.name, region.name_local, region.code].map((name) => (name || "").toLowerCase());
  let exact = counties.filter((region) => of(region).includes(text));
  // the name of a region above stands for the fund of the places in it
  const above = exact.length ? null : info.regions.find((region) => of(region).includes(text));
  if (above) exact = counties.filter((region) => region.parent === above.code).slice(0, 1);
  const alike = exact.length ? exact : counties.filter((region) => of(region).some((name) => name.includes(text)));
  $("county").setCustomValidity(text && alike.length !== 1 ? word(alike.length ? "county_several" : "county_unknown", { names: alike.slice(0, 5).map((region) => names[region.code]).join(", ") }) : "");
  if ($("county").reportValidity()) changed({ county: text ? alike[0].code : "" }, true);
}

function starting(mode) {
  const levels = info.levels;
  const now = info.years[0];
  const inForce = levelInForce(current, info);
  const upper = levels[Math.min(levels.indexOf(inForce) + 1, levels.length - 1)];
  const top = levels[levels.length - 1];
  const level = levels.includes(draft.level) ? draft.level : inForce;
  if (mode === "staged") return { ...draft, level: inForce, stages: [{ level: upper, year: now + 6 }, ...(top === upper ? [] : [{ level: top, year: now + 10 }])] };
  if (mode === "fund") return { ...draft, level: level === top ? levels[0] : level, fund: draft.fund || { level: top, levy: 0.05, own: 0.3, need: 0 } };
  if (mode === "cluster") return { ...draft, level: levels[0], clusters: draft.clusters.length ? draft.clusters : [{ name: word("cluster_default"), codes: [] }] };
  return { ...draft, level };
}

function pushPooling(settled = true) {
  const mistake = draft.mode === "staged" ? stagesMistake(draft, info.levels) : "";
  if (mistake) {
    feedbackAt("plan");
    problem(word(mistake));
    return;
  }
  // where policies say how funds are pooled, the pooling in force has to be asked for by name
  const named = poolingOf({ ...current, pooling: "" }, info) ? info.pooling : "";
  changed({ pooling: writePooling(draft, levelInForce(current, info)) || named }, settled);
}

export function showControls(state, caseInfo) {
  const fresh = info !== caseInfo;
  current = state;
  info = caseInfo;
  options($("scheme"), info.schemes.map((scheme) => [scheme.name, nameOf(scheme)]), state.scheme || info.schemes[0].name);
  options($("from_year"), [["0", word("first_year")], ...info.years.map((at) => [String(at), String(at)])], String(state.from_year));
  options($("mobility"), [-0.02, -0.01, 0, 0.01, 0.02].map((value) => [String(value), value ? word("a_year", { value: signed(100 * value, (v) => number(v, 2)) }) : word("as_is")]), String(state.mobility));
  const names = regionNames(info);
  if (document.activeElement !== $("county")) $("county").value = state.county ? names[state.county] || state.county : "";
  $("county").placeholder = word("all_funds");
  $("counties-listed").replaceChildren(...info.regions.filter((region) => region.level === info.levels[0]).map((region) => new Option(names[region.code])));
  if (document.activeElement !== $("note")) $("note").value = state.note;
  options($("side"), ["in_debt", "balance"].map((name) => [name, word(`s_${name}`)]), state.side || "in_debt");
  options($("measure"), ["exhaustion", "rate", "months", "gain"].map((name) => [name, word(`m_${name}`)]), state.measure || "exhaustion");
  options($("arcs"), ["money", "migrants", "none"].map((name) => [name, word(`arcs_${name}`)]), state.arcs || "money");
  $("full").checked = state.full;
  sliders();
  policies(fresh);
  const pooling = poolingOf(state, info);
  const inForce = levelInForce(state, info);
  const asked = pooling === info.pooling || pooling === inForce ? "" : pooling;
  // what is being drawn may have parts that its text does not: an empty cluster, the one edited
  if (fresh || !draft || writePooling(draft, inForce) !== asked) draft = { ...parsePooling(asked, inForce), edited: draft && draft.mode === "cluster" ? draft.edited : 0 };
  $("mode").value = draft.mode;
  poolingFields();
}

function options(select, listed, value) {
  const wanted = listed.map(([key, text]) => `${key}\u0000${text}`).join("\u0001");
  if (select.dataset.listed !== wanted) {
    select.replaceChildren(...listed.map(([key, text]) => new Option(text, key)));
    select.dataset.listed = wanted;
  }
  select.value = value;
}

function unitText(name, value) {
  const spec = SLIDERS[name];
  const text = signed(100 * value, (v) => number(v, 3));
  return spec.unit === "percent" ? `${text} %` : `${text} ${word("unit_points")}`;
}

function sliderText(name) {
  const value = current[name];
  const text = unitText(name, value);
  const scheme = info.schemes.find((item) => item.name === (current.scheme || info.schemes[0].name));
  if (name === "rate" && scheme && scheme.rate) return `${text} (${word("statutory", { rate: rate(scheme.rate + value) })})`;
  if (info.economy[name] !== undefined) return `${text} (${rate(info.economy[name] + value)})`;
  return text;
}

function sliders() {
  const place = $("sliders");
  const scheme = info.schemes.find((item) => item.name === (current.scheme || info.schemes[0].name));
  for (const [name, spec] of Object.entries(SLIDERS)) {
    let box = $(`box-${name}`);
    if (!box) {
      box = document.createElement("div");
      box.id = `box-${name}`;
      box.innerHTML = `<label for="${name}"><span></span><output for="${name}"></output></label><input type="range" id="${name}">`;
      const input = box.querySelector("input");
      Object.assign(input, { min: spec.least, max: spec.most, step: spec.step });
      const read = () => Number(Number(input.value).toFixed(4));
      input.addEventListener("input", () => changed({ [name]: read() }, false));
      input.addEventListener("change", () => changed({ [name]: read() }, true));
      place.append(box);
    }
    // a lever of other schemes stays in sight while it is moved, since it is part of the plan
    const elsewhere = spec.kind && scheme && spec.kind !== scheme.kind;
    box.className = elsewhere && !current[name] ? "slider off" : "slider";
    const others = info.schemes.filter((item) => item.kind === spec.kind).map(nameOf).join(", ");
    box.querySelector("label span").textContent = elsewhere ? `${word(name)} (${others})` : word(name);
    const input = box.querySelector("input");
    if (Number(input.value) !== current[name]) input.value = current[name];
    box.querySelector("output").textContent = sliderText(name);
    input.setAttribute("aria-valuetext", sliderText(name));
  }
}

function policies(fresh) {
  const place = $("policies");
  const mark = `${document.documentElement.lang}|${info.key}|${info.label}`;
  if (fresh || place.dataset.mark !== mark) {
    place.dataset.mark = mark;
    place.replaceChildren(...info.policies.flatMap((policy) => {
      const label = check(`policy-${policy.name}`, nameOf(policy), (on) => {
        const others = current.policies.filter((name) => name !== policy.name);
        const patch = { policies: on ? [...others, policy.name] : others };
        // a policy that says how funds are pooled brings its plan along
        if (on && policy.pooling) patch.pooling = policy.pooling;
        if (!on && policy.pooling === current.pooling) patch.pooling = "";
        changed(patch, true);
      });
      const about = document.createElement("p");
      about.className = "about";
      const chinese = document.documentElement.lang.startsWith("zh") && policy.about_local;
      about.lang = chinese ? "zh-CN" : "en";
      about.textContent = chinese || policy.about;
      return [label, about];
    }));
  }
  for (const policy of info.policies) $(`policy-${policy.name}`).checked = current.policies.includes(policy.name);
  $("policy-count").textContent = current.policies.length ? word("chosen", { n: current.policies.length }) : "";
}

function check(id, text, act) {
  const label = document.createElement("label");
  label.className = "check";
  const input = document.createElement("input");
  input.type = "checkbox";
  input.id = id;
  input.addEventListener("change", () => act(input.checked));
  const span = document.createElement("span");
  span.textContent = text;
  label.append(input, span);
  return label;
}

function levelName(level) {
  const text = word(`level_${level}`);
  return text.startsWith("level_") ? level : text;
}

function poolingFields() {
  const place = $("pooling-fields");
  const mark = JSON.stringify([draft, document.documentElement.lang, info.key, info.label]);
  if (place.dataset.mark === mark) return;
  const focus = document.activeElement && document.activeElement.id;
  const scrolled = place.querySelector(".members") ? place.querySelector(".members").scrollTop : 0;
  const open = place.querySelector("details") ? place.querySelector("details").open : true;
  place.dataset.mark = mark;
  const parts = [];
  const levels = info.levels.map((level) => [level, levelName(level)]);
  if (draft.mode === "staged") {
    parts.push(selectRow("pool-level", word("first_level"), levels, draft.level, (value) => { draft.level = value; }));
    draft.stages.forEach((stage, number_) => {
      parts.push(selectRow(`stage-level-${number_}`, `${number_ + 2}.`, levels, stage.level, (value) => { stage.level = value; }));
      parts.push(selectRow(`stage-year-${number_}`, word("from"), [["0", "–"], ...info.years.map((at) => [String(at), String(at)])], String(stage.year), (value) => { stage.year = Number(value); }));
    });
  } else if (draft.mode === "fund") {
    parts.push(selectRow("pool-level", word("level"), levels, draft.level, (value) => { draft.level = value; }));
    parts.push(selectRow("fund-level", word("upper_level"), levels, draft.fund.level, (value) => { draft.fund.level = value; }));
    for (const [name, most] of [["levy", 0.3], ["own", 1], ["need", 1]]) parts.push(fundSlider(name, most));
  } else if (draft.mode === "cluster") {
    const cluster = active();
    parts.push(selectRow("pool-level", word("cluster_base"), levels, draft.level, (value) => { draft.level = value; }));
    parts.push(selectRow("cluster-year", word("cluster_year"), [["0", word("at_once")], ...info.years.map((at) => [String(at), String(at)])], String(draft.year), (value) => { draft.year = Number(value); }));
    if (draft.clusters.length > 1) parts.push(selectRow("cluster-edited", word("cluster_edited"), draft.clusters.map((item, place) => [String(place), item.name]), String(draft.edited || 0), (value) => { draft.edited = Number(value); poolingFields(); }));
    const row = document.createElement("div");
    row.className = "row";
    row.innerHTML = '<label for="cluster-name"></label><input id="cluster-name" maxlength="30">';
    row.querySelector("label").textContent = word("cluster_name");
    const input = row.querySelector("input");
    input.value = cluster.name;
    input.addEventListener("change", () => {
      cluster.name = input.value.replace(/[[\]|,@+=;:~]/g, " ").trim() || word("cluster_default");
      pushPooling();
    });
    const more = document.createElement("button");
    more.type = "button";
    more.id = "cluster-more";
    more.textContent = word("cluster_more");
    more.disabled = !cluster.codes.length;
    more.addEventListener("click", () => {
      draft.clusters.push({ name: `${word("cluster_default")} ${draft.clusters.length + 1}`, codes: [] });
      draft.edited = draft.clusters.length - 1;
      poolingFields();
    });
    parts.push(row, more, members(cluster, open));
  } else {
    parts.push(selectRow("pool-level", word("level"), levels, draft.level, (value) => { draft.level = value; }));
  }
  place.replaceChildren(...parts);
  if (place.querySelector(".members")) place.querySelector(".members").scrollTop = scrolled;
  if (focus && $(focus) && place.contains($(focus))) $(focus).focus();
}

function selectRow(id, text, listed, value, act) {
  const row = document.createElement("div");
  row.className = "row";
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = text;
  const select = document.createElement("select");
  select.id = id;
  select.replaceChildren(...listed.map(([key, shown]) => new Option(shown, key)));
  select.value = value;
  select.addEventListener("change", () => { act(select.value); pushPooling(); });
  row.append(label, select);
  return row;
}

function fundSlider(name, most) {
  const box = document.createElement("div");
  box.className = "slider";
  box.innerHTML = `<label for="fund-${name}"><span></span><output></output></label><input type="range" id="fund-${name}" min="0" step="0.005">`;
  box.querySelector("span").textContent = word(name);
  const input = box.querySelector("input");
  input.max = most;
  input.value = draft.fund[name];
  const tell = () => { box.querySelector("output").textContent = `${number(100 * draft.fund[name], 3)} %`; };
  tell();
  const act = (settled) => () => {
    draft.fund[name] = Number(input.value);
    tell();
    $("pooling-fields").dataset.mark = JSON.stringify([draft, document.documentElement.lang, info.key, info.label]);
    pushPooling(settled);
  };
  input.addEventListener("input", act(false));
  input.addEventListener("change", act(true));
  return box;
}

function members(cluster, open) {
  const box = document.createElement("details");
  box.open = open;
  const lowest = info.levels[0];
  const above = info.levels[Math.min(1, info.levels.length - 1)];
  const counties = info.regions.filter((region) => region.level === lowest);
  const inside = counties.filter((region) => cluster.codes.includes(region.code) || cluster.codes.includes(region.parent));
  const summary = document.createElement("summary");
  summary.textContent = word("cluster_members", { n: inside.length });
  const hint = document.createElement("p");
  hint.className = "note";
  hint.textContent = word("cluster_hint");
  const list = document.createElement("div");
  list.className = "members";
  const row = (region, kind, on) => {
    const label = check(`member-${region.code}`, nameOf(region), () => toggleMember(region.code));
    label.classList.add(kind);
    label.querySelector("input").checked = on;
    list.append(label);
  };
  if (above === lowest) {
    for (const region of counties) row(region, "county", inside.includes(region));
  } else {
    for (const city of info.regions.filter((region) => region.level === above)) {
      row(city, "city", cluster.codes.includes(city.code));
      for (const region of counties.filter((county) => county.parent === city.code)) row(region, "county", inside.includes(region));
    }
  }
  box.append(summary, hint, list);
  return box;
}

// The cluster whose members are being chosen.
function active() {
  return draft.clusters[draft.edited || 0] || draft.clusters[0];
}

export function drawing() {
  return draft && draft.mode === "cluster";
}

// Put a county or a whole city into the cluster, or take it out.
export function toggleMember(code) {
  const cluster = active();
  const region = info.regions.find((item) => item.code === code);
  const children = info.regions.filter((item) => item.parent === code).map((item) => item.code);
  const codes = new Set(cluster.codes);
  // a place is in one cluster at most
  for (const other of draft.clusters) if (other !== cluster) other.codes = other.codes.filter((item) => item !== code && !children.includes(item));
  if (codes.has(code)) codes.delete(code);
  else if (region && codes.has(region.parent)) {
    // one county leaves: the city stays with the others
    codes.delete(region.parent);
    for (const item of info.regions) if (item.parent === region.parent && item.code !== code) codes.add(item.code);
  } else {
    codes.add(code);
    for (const child of children) codes.delete(child);
  }
  cluster.codes = [...codes];
  poolingFields();
  pushPooling();
}
