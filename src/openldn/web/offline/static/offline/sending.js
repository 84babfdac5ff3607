// Sends what waits, one entry after the other. The server knows each by its id, so that sending one
// twice does no harm; one is forgotten here only after the server has said that it is on disk.

import * as entries from "./entries.js";

/**
 * Send what waits. Gives what became of it: `nothing` waited, everything was `sent`, there is no
 * connection (`offline`), the session has ended (`closed`), or some are `refused` and stay.
 */
export function send() {
  return navigator.locks.request("openldn-sending", sendAll); // one tab at a time
}

async function sendAll() {
  const kept = await entries.waiting();
  const before = kept.some((entry) => entry.why) ? "refused" : "nothing";
  const unsent = kept.filter((entry) => !entry.why);
  if (unsent.length === 0) return before;
  try {
    const facts = await entries.freshQuestions();
    if (!facts) return "closed";
    const states = [];
    for (const entry of unsent) states.push(await sendOne(entry, facts));
    return ["closed", "refused", "other"].find((state) => states.includes(state)) ?? "sent";
  } catch (error) {
    if (error instanceof TypeError) return "offline"; // what fetch throws without a connection
    throw error;
  }
}

async function sendOne(entry, { token }) {
  const { id, diary, day, said_at, fields } = entry;
  const body = new URLSearchParams({ ...fields, entry_id: id, diary, day, said_at });
  const headers = { "X-CSRFToken": token };
  const answer = await fetch("/kept/entry", { method: "POST", body, headers, redirect: "manual" });
  if (answer.status === 413) return refused(entry, []);
  if (answer.status >= 500) throw new TypeError("no server");
  if (!entries.isJson(answer)) return "closed";
  const { state, why } = await answer.json();
  if (state === "kept") {
    await entries.rememberSent(entry);
    await entries.forget(id);
  }
  return state === "refused" ? refused(entry, why) : state;
}

async function refused(entry, why) {
  await entries.refuse(entry, why);
  return "refused";
}
