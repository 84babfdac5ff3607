// Locks what is kept on this device (AES-GCM). The key is made here, and no script can read it out.
// What that protects, and what it does not, is in docs/adr/0012.

import { get, putFirst } from "./store.js";

const CIPHER = "AES-GCM";

/** Lock something that JSON can say. */
export async function locked(thing) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(thing));
  return { iv, data: await crypto.subtle.encrypt({ name: CIPHER, iv }, await key(), text) };
}

/** Unlock it. Null: there is nothing, or it was locked with a key that is gone. */
export async function unlocked(box) {
  if (!box) return null;
  try {
    const text = await crypto.subtle.decrypt({ name: CIPHER, iv: box.iv }, await key(), box.data);
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
}

async function key() {
  const found = await get("keys", "lock");
  if (found) return found;
  const isReadable = false;
  const made = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, isReadable, [
    "encrypt",
    "decrypt",
  ]);
  return putFirst("keys", "lock", made); // another tab may have been faster
}
