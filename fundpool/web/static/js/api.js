// Talking to the server: plain JSON, and server-sent events for what takes long.

import { local } from "./words.js";

export class Refused extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

async function refusal(response) {
  let words = response.statusText;
  try {
    words = local(await response.json(), "error") || words;
  } catch { /* an answer without words */ }
  return new Refused(words, response.status);
}

export async function getCase(key) {
  const response = await fetch(`/api/case?case=${encodeURIComponent(key)}`);
  if (!response.ok) throw await refusal(response);
  return response.json();
}

export function post(path, body) {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify(body) });
}

// The answer to a request; jobs it waits for are watched, and `onJob` hears of them.
export async function answered(path, body, onJob, stillWanted = () => true) {
  for (;;) {
    const response = await post(path, body);
    if (response.status === 202) {
      const job = await response.json();
      const ended = await watch(job, onJob);
      // cancelled by somebody else who waited for the same: ask again
      if (ended.status === "cancelled" && stopped.has(job.job)) throw new Refused("cancelled", 0);
      if (ended.status === "failed") throw new Refused(ended.words, 500);
      if (!stillWanted()) return null;
      continue;
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

export function watch(job, onJob) {
  return new Promise((resolve) => {
    onJob(job);
    const events = new EventSource(`/api/jobs/${job.job}/events`);
    events.onmessage = (event) => {
      const record = JSON.parse(event.data);
      onJob(record);
      if (["done", "failed", "cancelled"].includes(record.status)) {
        events.close();
        resolve(record);
      }
    };
    events.onerror = () => {
      events.close();
      resolve({ status: "failed", words: "The connection to the server was lost." });
    };
  });
}

const stopped = new Set();

export function cancel(job) {
  stopped.add(job.job);
  return fetch(`/api/jobs/${job.job}`, { method: "DELETE" });
}

export async function upload(file) {
  const response = await fetch("/api/cases", { method: "POST", body: file,
    headers: { "x-file-name": encodeURIComponent(file.name),
      "content-type": "application/octet-stream" } });
  const body = await response.json();
  return { status: response.status, ...body };
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
