// Draws the cards of the page without a connection. Every word that a person wrote is put in as
// text, and never as markup.

/** Draw the card of one question. */
export function cardOf(question, { day }) {
  const card = copy(`card-${question.style}`);
  fill(card, "words", question.words);
  fill(card, "hint", question.hint);
  fill(card, "low", question.low);
  fill(card, "high", question.high);
  set(card, "day", day);
  set(card, "item", question.item);
  const keys = card.querySelector("[data-keys]");
  keys?.prepend(...question.keys.map((key) => keyOf(key, question.style)));
  const listed = card.querySelector("[data-listed]");
  listed?.append(...question.listed.map(chipsOf));
  return card;
}

/** Draw what stands below the questions: a note, and too ill to answer. */
export function noteCard({ day }, done) {
  const cards = ["card-note", ...(done.has("ill") ? [] : ["card-ill"])].map(copy);
  for (const card of cards) for (const form of card.querySelectorAll("form")) set(form, "day", day);
  return cards;
}

/** Draw an entry that waits here, with its day, what it says, and why it was refused. */
export function rowOf(entry, facts) {
  const row = copy("row");
  const day = facts?.days.find((one) => one.day === Number(entry.day));
  fill(row, "title", titleOf(entry, facts));
  fill(row, "said", [saidOf(entry, facts), day?.words].filter(Boolean).join(", "));
  fill(row, "state", entry.why ? entry.why.join(" ") || word("large") : word("waits"));
  row.querySelector("[data-forget]").dataset.forget = entry.id;
  return row;
}

function titleOf({ fields }, facts) {
  const question = facts?.questions.find((one) => one.item === fields.item);
  if (question) return question.title;
  const name = { note: "note", ill: "ill" }[fields.item] ?? "other";
  return word(name);
}

function saidOf({ fields }, facts) {
  if ("undo" in fields) return word("undo");
  if ("skip" in fields) return word("left-out");
  const question = facts?.questions.find((one) => one.item === fields.item);
  if (question?.style === "sides") return sidesOf(fields, question) || word("none");
  if (fields.dose_mg && fields.value === "another") return `${fields.dose_mg} mg`;
  const key = question?.keys.find((one) => one.value === fields.value);
  if (key) return key.text;
  return fields.item === "note" || question ? fields.value : "";
}

function sidesOf(fields, question) {
  const told = question.listed.filter((one) => one.item in fields);
  const text = (one) => one.keys.find((key) => key.value === fields[one.item])?.text;
  return told.map((one) => `${one.label}: ${text(one)}`).join("; ");
}

function keyOf(key, style) {
  const button = document.createElement("button");
  button.name = "value";
  button.value = key.value;
  button.textContent = key.text;
  button.className = style === "scale" ? key.bar : "btn";
  if (key.spoken) button.setAttribute("aria-label", key.spoken);
  return button;
}

function chipsOf(effect) {
  const list = copy("chips");
  fill(list, "label", effect.label);
  const chips = list.querySelector("[data-chips]");
  for (const key of effect.keys) {
    const chip = copy("chip");
    const input = chip.querySelector("input");
    input.name = effect.item;
    input.value = key.value;
    fill(chip, "text", key.text);
    chips.append(chip);
  }
  return list;
}

function copy(name) {
  return document.getElementById(name).content.cloneNode(true).firstElementChild;
}

function fill(card, name, text) {
  const place = card.querySelector(`[data-${name}]`);
  if (place) place.textContent = text;
}

function set(card, name, value) {
  const field = card.querySelector(`input[name="${name}"]`);
  if (field) field.value = value;
}

function word(name) {
  const words = document.getElementById("words").content;
  return words.querySelector(`[data-word="${name}"]`).textContent;
}
