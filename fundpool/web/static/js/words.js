// Words of the page in the chosen language, and numbers as that language writes them.

let words = {};
let language = "en";
let nouns = {};
const SHEETS = {};

export async function speak(wanted) {
  language = wanted === "zh" ? "zh" : "en";
  if (!SHEETS[language]) SHEETS[language] = await (await fetch(`/words/${language}.json`)).json();
  words = SHEETS[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  label();
}

// What regions of the case are called: its lowest level and the one above it.
export function nameLevels(levels, plurals) {
  const at = Math.min(1, levels.length - 1);
  const noun = (place) => words[`noun_${levels[place]}`] ?? levels[place];
  const many = (place) => words[`noun_${levels[place]}`] ?? (language === "zh" ? levels[place] : plurals[place]);
  const large = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  nouns = { region: noun(0), regions: many(0), next: noun(at), nexts: many(at), Region: large(noun(0)), Regions: large(many(0)) };
  label();
}

function label() {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-label]"))) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
}

export function spoken() {
  return language;
}

// A message of the catalogue: %(name)s is a value, %% a per cent sign beside values; where a message
// depends on a number, n decides.
export function word(name, values = {}) {
  const message = words[name] ?? name;
  const text = Array.isArray(message) ? message[String(values.n) === "1" ? 0 : 1] : message;
  return text.replace(/%\((\w+)\)s|%%/g, (_sign, key) => (key ? values[key] ?? nouns[key] ?? "" : "%"));
}

// A region's, scheme's or policy's own name in the language.
export function nameOf(thing) {
  if (!thing) return "";
  const own = language === "zh" ? thing.title_local || thing.name_local : "";
  return own || thing.title || thing.name;
}

// A sentence of the server in the language: it sends the Chinese beside the English.
export function local(record, name) {
  return (language === "zh" && record[`${name}_local`]) || record[name];
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

// Making a format takes far longer than using it.
/** @param {number} digits */
function format(digits) {
  const key = `${language}|${digits}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", { maximumSignificantDigits: digits, signDisplay: "negative" });
    formats.set(key, made);
  }
  return made;
}

export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (Math.abs(value) < 1e-12) value = 0;
  return format(digits).format(value).replace("-", "−");
}

export function signed(value, show) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const text = show(Math.abs(value));
  const zero = Number.parseFloat(text.replace(/,/g, "")) === 0;
  return (zero ? "±" : value > 0 ? "+" : "−") + text;
}

export function percent(value, digits = 4) {
  return value === null || value === undefined ? "–" : `${number(100 * value, digits)} %`;
}

// A number with so many decimals; what rounds to nothing has no sign.
function fixed(value, decimals) {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

export function rate(value) {
  return value === null || value === undefined ? "–" : `${fixed(100 * value, 2)} %`;
}

export function people(value) {
  if (value === null || value === undefined) return "–";
  if (language === "zh") return value >= 1e4 ? `${number(value / 1e4, 3)}万` : number(value, 3);
  return value >= 1e6 ? `${number(value / 1e6, 3)} m` : value >= 1e3 ? `${number(value / 1e3, 3)} k` : number(value, 3);
}

/**
 * Units of money, the largest first: size, short form and digits of a figure.
 * @type {Record<"en" | "zh", [number, string, number][]>}
 */
const UNITS = { en: [[1e12, "tn", 4], [1e9, "bn", 4], [1e6, "m", 3]], zh: [[1e12, "万亿", 4], [1e8, "亿", 4], [1e4, "万", 3]] };

/**
 * The largest unit of which a figure has one or more once rounded.
 * @param {number} size
 */
function unitOf(size) {
  return UNITS[language === "zh" ? "zh" : "en"].find(([unit]) => size >= 0.9995 * unit);
}

/**
 * A unit that fits all figures of a chart, and its name with the currency.
 * @param {(number | null)[]} figures
 * @param {string} currency
 * @returns {[number, string]}
 */
export function moneyUnit(figures, currency) {
  const largest = figures.reduce((size, figure) => Math.max(size, Math.abs(figure || 0)), 0);
  const [unit, short] = unitOf(largest) || [1, ""];
  return [unit, `${short} ${currency}`.trim()];
}

export function money(value) {
  if (value === null || value === undefined) return "–";
  const fitting = unitOf(Math.abs(value));
  if (!fitting) return number(value, 3);
  const [unit, short, digits] = fitting;
  return `${number(value / unit, digits)}${language === "zh" ? "" : " "}${short}`;
}

export function months(value) {
  return value === null || value === undefined ? "–" : fixed(value, 1);
}

export function year(value) {
  return value === null || value === undefined ? word("never") : String(value);
}
