// Talking to the server: plain JSON, and server-sent events for what takes long.

import { local, word } from "./words.js";

/** The server says no, in a sentence. */
export class Refused extends Error {
  /** @param {string} words @param {number} status */
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

/** A later change has taken the place of the request. */
export class Superseded extends Error {}

/** No answer at all: stopped, restarting, or no way to it. */
export class Unreachable extends Error {}

/** The reader has pressed Cancel. */
export class Cancelled extends Error {}

const WAIT = 1000;
const TRIES = 4;

/** @param {Response} response */
async function refusal(response) {
  let words = "";
  try {
    words = local(await response.json(), "error");
  } catch { /* an answer without words */ }
  return new Refused(words || word("refused_status", { status: response.status }), response.status);
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function request(path, options = {}) {
  try {
    return await fetch(path, options);
  } catch {
    if (options.signal && options.signal.aborted) throw new Superseded();
    throw new Unreachable(word("unreachable"));
  }
}

/** @param {string} key */
export async function getCase(key) {
  const response = await request(`/api/case?case=${encodeURIComponent(key)}`);
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** @param {string} key */
export async function getAssumptions(key) {
  const response = await request(`/api/case/assumptions?case=${encodeURIComponent(key)}`);
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    if (signal) signal.addEventListener("abort", () => { clearTimeout(timer); reject(new Superseded()); }, { once: true });
  });
}

/**
 * The answer to a request. Jobs that it waits for are watched, and `onJob` hears of them; a server
 * that is busy is asked again, each time after twice as long.
 * @param {string} path
 * @param {unknown} body
 * @param {(job: any) => void} onJob
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function answered(path, body, onJob, signal) {
  let tries = 0;
  for (;;) {
    const response = await request(path, { method: "POST", signal,
      headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (response.status === 202) {
      const job = await response.json();
      const ended = await watch(job, onJob, signal);
      // cancelled by somebody else who waited for the same, or the connection lost: ask again
      if (ended.status === "cancelled" && stopped.has(job.job)) throw new Cancelled();
      if (ended.status === "failed") throw new Refused(local(ended, "words"), 500);
      continue;
    }
    if ((response.status === 429 || response.status === 503) && tries < TRIES) {
      const wait = WAIT * 2 ** tries++;
      onJob({ kind: "busy", status: "running", done: 0, words: word("again_in", { s: wait / 1000 }) });
      await pause(wait, signal);
      continue;
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

/**
 * Follow a job to its end; `lost` where the connection ends before it does.
 * @param {any} job
 * @param {(job: any) => void} onJob
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function watch(job, onJob, signal) {
  return new Promise((resolve, reject) => {
    onJob(job);
    const events = new EventSource(`/api/jobs/${job.job}/events`);
    const end = (/** @type {any} */ record) => { events.close(); resolve(record); };
    if (signal) signal.addEventListener("abort", () => { events.close(); reject(new Superseded()); }, { once: true });
    events.onmessage = (event) => {
      const record = JSON.parse(event.data);
      onJob(record);
      if (["done", "failed", "cancelled"].includes(record.status)) end(record);
    };
    events.onerror = () => end({ status: "lost" });
  });
}

const stopped = new Set();

/** @param {any} job */
export function cancel(job) {
  stopped.add(job.job);
  return fetch(`/api/jobs/${job.job}`, { method: "DELETE" }).catch(() => undefined);
}

/** @param {File} file */
export async function upload(file) {
  const response = await request("/api/cases", { method: "POST", body: file,
    headers: { "x-file-name": encodeURIComponent(file.name),
      "content-type": "application/octet-stream" } });
  try {
    return { status: response.status, ...(await response.json()) };
  } catch {
    throw new Refused(word("refused_status", { status: response.status }), response.status);
  }
}

/** @param {string} path a file of the server's @param {string} name what it is saved as */
export async function download(path, name) {
  const response = await request(path);
  if (!response.ok) throw await refusal(response);
  save(await response.blob(), name);
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
