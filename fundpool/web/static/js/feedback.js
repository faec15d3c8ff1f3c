// What happens to a request, said where the control is that was used.

import { $ } from "./dom.js";
import { local, word } from "./words.js";

/** What the last settled request ended with, until the next one. */
let underWay = null;

/** @typedef {"plan" | "needed" | "optimise" | "assumptions" | "take" | "upload"} Slot where messages are shown */

/**
 * Move messages to the control that was used.
 * @param {Slot} slot
 */
export function feedbackAt(slot) {
  const place = $(`at-${slot}`);
  if ($("feedback").parentElement !== place) place.append($("feedback"));
}

export function jobUnderWay() {
  return underWay;
}

/** @param {any} job how far it is; null when nothing is under way */
export function progress(job) {
  const running = job && !["done", "failed", "cancelled"].includes(job.status);
  underWay = running ? job : null;
  $("progress").hidden = !running;
  if (!running) return;
  const measured = job.kind === "projection" || job.kind === "scenarios";
  if (measured) $("progress-bar").value = job.done;
  else $("progress-bar").removeAttribute("value");
  const share = measured ? `${Math.round(100 * job.done)} % ` : "";
  const words = job.status === "waiting" ? word("waiting") : `${share}${local(job, "words")}`;
  $("progress-words").textContent = `${word(`job_${job.kind}`)}: ${words}`;
}

/** @param {string} text nothing for no message */
export function problem(text) {
  $("problem").hidden = !text;
  $("problem").textContent = text;
}

/** @param {string} text */
export function status(text) {
  $("status").textContent = text;
}

/**
 * That figures on screen are not those of the controls: shown dimmed, with the reason.
 * @param {boolean} stale
 */
export function dim(stale) {
  $("results").classList.toggle("stale", stale);
}
