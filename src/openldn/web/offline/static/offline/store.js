// The store of this browser: three shelves, and nothing of a person on them in plain text.

const NAME = "openldn";
const SHELVES = ["keys", "entries", "facts"];

/** Say whether this browser can keep anything safely; it cannot on an address without TLS. */
export function canKeep() {
  return Boolean(
    window.isSecureContext && window.indexedDB && window.crypto?.subtle && navigator.locks,
  );
}

/** Give what lies on a shelf under a name. */
export function get(shelf, name) {
  return ask(shelf, "readonly", (store) => store.get(name));
}

/** Give everything on a shelf, in the order of its names. */
export function all(shelf) {
  return ask(shelf, "readonly", (store) => store.getAll());
}

/** Put something on a shelf. It is on disk when this is done. */
export function put(shelf, name, thing) {
  return ask(shelf, "readwrite", (store) => store.put(thing, name));
}

/** Put something on a shelf unless there is something; give what is there then. */
export async function putFirst(shelf, name, thing) {
  return ask(shelf, "readwrite", (store) => {
    const found = store.get(name);
    found.onsuccess = () => found.result ?? store.put(thing, name);
    return found;
  }).then((before) => before ?? thing);
}

/** Take something off a shelf. */
export function remove(shelf, name) {
  return ask(shelf, "readwrite", (store) => store.delete(name));
}

/** Empty this browser of everything that the app ever put there, with the key. */
export async function emptyAll() {
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = done;
  });
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

async function ask(shelf, mode, question) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(shelf, mode, { durability: "strict" });
      const request = question(transaction.objectStore(shelf));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const shelf of SHELVES) request.result.createObjectStore(shelf);
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
