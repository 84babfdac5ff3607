// The entries that wait on this device, and the questions that it may ask by itself.

import { locked, unlocked } from "./lock.js";
import * as store from "./store.js";

const FRESH = 60 * 60 * 1000; // milliseconds for which the questions need no second look

/** Keep an entry before anything is sent. It is on disk when this is done. */
export async function keep({ id = crypto.randomUUID(), diary, day, fields }) {
  const facts = await questions();
  const said = new Date(now(facts)).toISOString();
  const entry = { id, diary, day, fields, said_at: said, why: null };
  await store.put("entries", id, { made: Date.now(), box: await locked(entry) });
}

/** Give the entries that wait, the oldest first. */
export async function waiting() {
  const kept = await store.all("entries");
  kept.sort((one, other) => one.made - other.made);
  const open = await Promise.all(kept.map((one) => unlocked(one.box)));
  return open.filter(Boolean);
}

/** Note why the server could not take an entry. It stays until she deletes it. */
export async function refuse(entry, why) {
  const box = await locked({ ...entry, why });
  await store.put("entries", entry.id, { made: Date.parse(entry.said_at), box });
}

/** Forget an entry: it is on the server, or she took it back. */
export function forget(id) {
  return store.remove("entries", id);
}

/** Give the questions that were kept, or null. */
export async function questions() {
  return unlocked(await store.get("facts", "questions"));
}

/** Ask the server for the questions. Null: the session has ended. It fails without a connection. */
export async function freshQuestions() {
  const answer = await fetch("/kept/facts", { cache: "no-store", redirect: "manual" });
  if (answer.status >= 500) throw new TypeError("no server");
  if (!isJson(answer)) return null;
  const facts = await answer.json();
  facts.ahead = Date.parse(facts.now) - Date.now(); // how far the clock of this device is behind
  facts.seen = Date.now();
  const { token, ...kept } = facts;
  await store.put("facts", "questions", await locked(kept));
  return facts;
}

/** Say whether the questions are so old, or of another diary, that a page should ask again. */
export function isStale(facts, diary) {
  return !facts || (diary && facts.diary !== diary) || Math.abs(Date.now() - facts.seen) > FRESH;
}

/** Remember which questions of a day have an answer on the server. */
export async function rememberAnswered(day, items) {
  await store.put("facts", "answered", await locked({ day, items }));
}

/** Remember that one more question of a day has an answer there. */
export async function rememberSent({ day, fields }) {
  const items = await answered(Number(day));
  if (fields.item && !("undo" in fields)) await rememberAnswered(Number(day), [...items, fields.item]);
}

/** Give the questions of a day that had an answer when a page was last seen. */
export async function answered(day) {
  const known = await unlocked(await store.get("facts", "answered"));
  return known?.day === day ? known.items : [];
}

/** Give the time of the server, as well as this device can tell. */
export function now(facts) {
  return Date.now() + (facts?.ahead ?? 0);
}

/** Say whether an answer is one of ours, and not a page that says that the app is closed. */
export function isJson(answer) {
  return answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
}
