// Stands between the pages and the network. Without a connection it shows the page that asks the
// questions from this device. It keeps files of ours and that one page, and no answer of anybody.

"use strict";

const CACHE = "openldn-{{ mark }}";
const PAGE = {{ page|safe }};
const FILES = {{ files|safe }};
const EVENINGS = ["/", "/yesterday"];
const PATIENCE = 20000; // milliseconds for an evening to come over a bad line
const SILENT = [502, 503, 504]; // the server behind the door is down

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address.pathname));
  else if (FILES.includes(address.pathname)) event.respondWith(file(request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((name) => new Request(name, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request, path) {
  try {
    const answer = fetch(request);
    const found = await (EVENINGS.includes(path) ? Promise.race([answer, late()]) : answer);
    return SILENT.includes(found.status) ? await kept(PAGE, found) : found;
  } catch {
    return kept(PAGE, Response.error());
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return kept(request, Response.error());
  }
}

async function kept(name, otherwise) {
  return (await caches.match(name)) ?? otherwise;
}

function late() {
  return new Promise((_, failed) => setTimeout(() => failed(new Error("late")), PATIENCE));
}
