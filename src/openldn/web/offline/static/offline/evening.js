// The check-in without a connection: asks the questions that this device knows, one at a time, and
// shows what waits here.

import { canKeep } from "./store.js";
import { cardOf, noteCard, rowOf } from "./cards.js";
import * as entries from "./entries.js";
import { send } from "./sending.js";
import { show } from "./state.js";

const AGAIN = 15000; // milliseconds between two tries to send

const line = document.getElementById("kept");
const place = document.getElementById("evening");
let daysBack = 0;

if (canKeep()) start();

async function start() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  window.addEventListener("online", sendAndSay);
  setInterval(() => document.visibilityState === "visible" && sendAndSay(), AGAIN);
  await draw();
  await sendAndSay();
}

async function onSubmit(event) {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  if (event.submitter?.name) fields[event.submitter.name] = event.submitter.value;
  if (fields.item === "note" && !fields.value.trim()) return;
  const { day, ...rest } = fields;
  const { diary } = await entries.questions();
  await entries.keep({ diary, day, fields: rest });
  await draw();
  await sendAndSay();
}

async function onClick(event) {
  const button = event.target.closest("button[data-forget], button[data-back]");
  if (!button) return;
  if (button.dataset.forget) await entries.forget(button.dataset.forget);
  else daysBack = Number(button.dataset.back);
  await draw();
  await sendAndSay();
}

async function sendAndSay() {
  const state = await send();
  if (["sent", "refused"].includes(state)) await draw();
  if (state !== "nothing") show(line, state);
}

/** Draw the page anew from what this device holds. */
async function draw() {
  const facts = await entries.questions();
  const kept = await entries.waiting();
  const mine = kept.filter((entry) => !facts || entry.diary === facts.diary);
  drawRows(facts, mine, kept.length - mine.length);
  const today = facts && dayOf(facts, 0);
  const day = facts && dayOf(facts, daysBack);
  document.getElementById("no-questions").hidden = Boolean(day);
  place.replaceChildren();
  if (!day) return;
  await drawDay(facts, day, mine);
  drawChoice(facts, today);
}

function drawRows(facts, mine, others) {
  const rows = mine.map((entry) => rowOf(entry, facts));
  document.getElementById("rows").replaceChildren(...rows);
  document.getElementById("waits").hidden = mine.length === 0;
  document.getElementById("others").hidden = others === 0;
}

async function drawDay(facts, day, mine) {
  const before = await entries.answered(day.day);
  const here = mine.filter((entry) => Number(entry.day) === day.day && !entry.why);
  const done = new Set([...before, ...here.map((entry) => entry.fields.item)]);
  const asked = (daysBack ? facts.past : facts.questions).filter(
    (question) => day.asks_capsule || !question.is_capsule,
  );
  const open = done.has("ill") ? undefined : asked.find((question) => !done.has(question.item));
  document.getElementById("day").textContent = day.words;
  if (open) place.append(cardOf(open, day));
  document.getElementById("all-done").hidden = Boolean(open);
  place.append(...noteCard(day, done));
}

function drawChoice(facts, today) {
  const other = document.getElementById("other-day");
  const before = dayOf(facts, 1);
  other.hidden = !before || !today;
  for (const button of other.querySelectorAll("button")) {
    button.hidden = Number(button.dataset.back) === daysBack;
  }
}

/** Find the day by the clock of the server, as it was when the questions were fetched. */
function dayOf(facts, back) {
  const moment = new Date(entries.now(facts));
  moment.setDate(moment.getDate() - back);
  const [year, month, date] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  const name = [year, month, date].map((part) => String(part).padStart(2, "0")).join("-");
  return facts.days.find((one) => one.date === name);
}
