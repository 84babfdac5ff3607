// On every page: keep an answer here before it is sent, send what waits, and say so in words.
// Without this script every page works by itself; what it adds is that nothing is lost.

import { emptyAll, canKeep } from "./store.js";
import * as entries from "./entries.js";
import { send } from "./sending.js";
import { show } from "./state.js";

const PATIENCE = 5000; // milliseconds after which a button that led nowhere works again
const STUCK = 2000; // milliseconds after which a form goes its way without having been kept

const line = document.getElementById("kept");
let isGoing = false;

if (canKeep() && line) start();

async function start() {
  document.addEventListener("submit", onSubmit);
  window.addEventListener("online", sendAndSay);
  window.addEventListener("pageshow", () => (isGoing = false));
  await settle();
  await remember();
  await sendAndSay();
  await navigator.serviceWorker?.register("/worker.js").catch(() => {}); // works without it
}

function onSubmit(event) {
  const form = event.target;
  if (form.dataset.leaves !== undefined) leave(event, form);
  else if (form.elements.diary) guard(event, form);
}

/** Keep the answer of a form on this device, then let the form go its way with the answer's id. */
async function guard(event, form) {
  event.preventDefault();
  if (isGoing) return; // the second tap of a double tap
  isGoing = true;
  setTimeout(() => (isGoing = false), PATIENCE);
  const id = crypto.randomUUID();
  const kept = entries.keep({ id, ...said(form, event.submitter) });
  add(form, "entry_id", id);
  if (event.submitter?.name) add(form, event.submitter.name, event.submitter.value);
  // A store that is full or stuck must not stand in the way of the answer itself.
  await Promise.race([kept.catch(() => null), new Promise((done) => setTimeout(done, STUCK))]);
  HTMLFormElement.prototype.submit.call(form);
}

function said(form, submitter) {
  const { csrfmiddlewaretoken, diary, day, ...fields } = Object.fromEntries(new FormData(form));
  if (submitter?.name) fields[submitter.name] = submitter.value;
  return { diary, day, fields };
}

function add(form, name, value) {
  form.querySelector(`input[data-added="${name}"]`)?.remove(); // of an earlier try
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  field.dataset.added = name;
  form.append(field);
}

/** Forget the entry that this page answers: it was saved, or it is shown again to be mended. */
async function settle() {
  if (!line.dataset.settled) return;
  await entries.forget(line.dataset.settled);
  const address = new URL(location.href);
  address.searchParams.delete("kept");
  history.replaceState(history.state, "", address);
}

async function remember() {
  const evening = document.querySelector("[data-evening]");
  const diary = document.querySelector("input[name='diary']")?.value;
  if (evening) {
    const items = evening.dataset.answered.split(" ").filter(Boolean);
    await entries.rememberAnswered(Number(evening.dataset.evening), items);
  }
  const facts = await entries.questions();
  if (entries.isStale(facts, diary)) await entries.freshQuestions().catch(() => null);
}

async function sendAndSay() {
  show(line, await send());
}

/** Send what waits, then empty this browser. What cannot be sent is told once before it goes. */
async function leave(event, form) {
  event.preventDefault();
  const state = await send();
  const unsent = await entries.waiting();
  if (unsent.length > 0 && form.dataset.leaves !== "told") {
    form.dataset.leaves = "told";
    show(line, state === "closed" ? "closed" : "leaving");
    line.scrollIntoView();
    return;
  }
  await emptyAll().catch(() => null); // the reply of the server empties the browser too
  HTMLFormElement.prototype.submit.call(form);
}
