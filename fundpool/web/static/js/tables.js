// Tables: plain HTML, built from rows of cells.

import { word } from "./words.js";

// A cell is a text, or { text, title, kind, button, action, node }: a node is put in as it is.
export function fill(table, head, rows, caption = "") {
  const parts = [];
  if (caption) {
    const element = document.createElement("caption");
    element.textContent = caption;
    parts.push(element);
  }
  const thead = document.createElement("thead");
  const top = document.createElement("tr");
  // the head of a column of words stands over them
  head.forEach((text, place) => {
    const first = rows.length ? rows[0][place] : null;
    const words = typeof text === "string" && first && first.kind === "words";
    top.append(cell("th", words ? { text, kind: "words" } : text, "col"));
  });
  thead.append(top);
  const tbody = document.createElement("tbody");
  for (const row of rows) {
    const line = document.createElement("tr");
    row.forEach((value, place) => line.append(place === 0 ? cell("th", value, "row") : cell("td", value)));
    tbody.append(line);
  }
  table.replaceChildren(...parts, thead, tbody);
  const place = table.closest(".scroll");
  if (place) for (const element of [place, table]) sizes.observe(element);
}

// Sizes are read when the browser has laid the page out: asked for after every table, each would be
// laid out by itself.
const sizes = new ResizeObserver((entries) => {
  for (const place of new Set(entries.map(({ target }) => target.closest(".scroll")))) reachable(place);
});

// A part that scrolls can be scrolled by keyboard, and says what it is.
function reachable(place) {
  if (place.scrollWidth > place.clientWidth + 1 || place.scrollHeight > place.clientHeight + 1) {
    place.tabIndex = 0;
    place.setAttribute("role", "region");
    const title = place.closest("section") && place.closest("section").getAttribute("aria-labelledby");
    if (title) place.setAttribute("aria-labelledby", title);
  } else {
    for (const name of ["tabindex", "role", "aria-labelledby"]) place.removeAttribute(name);
  }
}

function cell(tag, value, scope) {
  const element = document.createElement(tag);
  if (scope) element.scope = scope;
  if (value && typeof value === "object") {
    if (value.node) {
      element.append(value.node);
      if (value.kind) element.className = value.kind;
      return element;
    }
    if (value.action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = value.button;
      if (value.label) button.setAttribute("aria-label", value.label);
      button.addEventListener("click", value.action);
      element.append(button);
      return element;
    }
    element.textContent = value.text;
    if (value.kind) element.className = value.kind;
  } else {
    element.textContent = value ?? "–";
  }
  return element;
}

// Rows of the headline: measure, A, B, B − A; a difference says in colour and word which way it goes.
export function compared(a, b, keys, shows, lowIsGood) {
  return keys.map((key) => {
    const before = a ? a[key] : null;
    const after = b[key];
    const show = shows[key];
    /** @type {string | { text: string, kind: string }} */
    let change = "–";
    if (typeof before === "number" && typeof after === "number" && show.difference) {
      // what differs by rounding alone does not differ
      const gap = Math.abs(after - before) < 1e-7 * Math.max(Math.abs(after), Math.abs(before)) ? 0 : after - before;
      const good = lowIsGood.has(key) ? gap < 0 : gap > 0;
      // nor does what is shown as no difference
      const none = gap === 0 || show.difference(gap) === show.difference(0);
      const kind = none || show.neutral ? "" : good ? "better" : "worse";
      change = { text: `${kind === "better" ? "▲ " : kind === "worse" ? "▼ " : ""}${show.difference(gap)}`, kind };
    }
    return [show.title || word(key), show.text(before), show.text(after), change];
  });
}
