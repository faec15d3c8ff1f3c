// One tooltip for every chart: at the pointer, or at the mark that the arrow keys have reached.

const GAP = 14;

function element() {
  return /** @type {HTMLElement} */ (document.getElementById("tooltip"));
}

/**
 * Show a mark's values beside a point of the window; the text is also read aloud.
 * @param {Record<string, unknown> | string} values
 * @param {number} x
 * @param {number} y
 */
export function showTooltip(values, x, y) {
  const box = element();
  /** @type {[string, unknown][]} */
  const rows = typeof values === "string" ? [["", values]] : Object.entries(values);
  box.replaceChildren(...rows.map(([title, text]) => {
    const line = document.createElement("div");
    line.textContent = title.trim() ? `${title}: ${text}` : String(text);
    return line;
  }));
  box.classList.add("shown");
  const place = box.getBoundingClientRect();
  const left = x + GAP + place.width > window.innerWidth ? x - GAP - place.width : x + GAP;
  const top = y + GAP + place.height > window.innerHeight ? y - GAP - place.height : y + GAP;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${Math.max(4, top)}px`;
}

export function hideTooltip() {
  element().classList.remove("shown");
}

/**
 * The handler that a Vega view takes.
 * @param {unknown} _handler
 * @param {MouseEvent} event
 * @param {unknown} _item
 * @param {any} value
 */
export function atPointer(_handler, event, _item, value) {
  if (value === null || value === undefined || value === "") hideTooltip();
  else showTooltip(value, event.clientX, event.clientY);
}

/**
 * Marks of a drawing that have a tooltip, with their middles in pixels of its canvas.
 * @param {any} mark a mark or group of the scene graph
 * @param {number} dx
 * @param {number} dy
 * @returns {{ item: any, x: number, y: number }[]}
 */
export function tippedMarks(mark, dx = 0, dy = 0) {
  const listed = [];
  for (const item of mark.items || []) {
    if (item.items) {
      for (const inner of item.items) listed.push(...tippedMarks(inner, dx + (item.x || 0), dy + (item.y || 0)));
    } else if (item.tooltip) {
      const { x1, x2, y1, y2 } = item.bounds;
      listed.push({ item, x: dx + (x1 + x2) / 2, y: dy + (y1 + y2) / 2 });
    }
  }
  return listed;
}

/**
 * Arrow keys step through the marks of a chart, Enter picks one, Escape hides the tooltip.
 * @param {HTMLElement} place
 * @param {() => any} viewOf
 * @param {((datum: any) => void) | undefined} pick
 */
export function byKeyboard(place, viewOf, pick) {
  let at = -1;
  place.tabIndex = 0;
  place.addEventListener("blur", () => { at = -1; hideTooltip(); });
  place.addEventListener("keydown", (event) => {
    const view = viewOf();
    if (!view) return;
    const marks = tippedMarks(view.scenegraph().root);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") hideTooltip();
    else if (event.key === "Enter" && marks[at] && pick) pick(marks[at].item.datum);
    else if (step && marks.length) {
      event.preventDefault();
      at = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length;
      const canvas = /** @type {Element} */ (place.querySelector("canvas"));
      const box = canvas.getBoundingClientRect();
      const [ox, oy] = view.origin();
      showTooltip(marks[at].item.tooltip, box.left + ox + marks[at].x, box.top + oy + marks[at].y);
    }
  });
}
