// The page of reminders: fills in the browser's own zone, and asks the browser for push.
// Without it the page works, and the calendar and e-mail are there.

const WORKER = new URL("push.js", import.meta.url);
const part = (id) => document.getElementById(id);

function guessZone() {
  const select = part("guess-zone")?.querySelector("select");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (select && [...select.options].some((option) => option.value === zone)) {
    select.value = zone;
  }
  // The first button keeps the zone, whichever it is.
  for (const form of document.forms) {
    form.addEventListener("formdata", (event) => event.formData.set("zone", zone));
  }
}

function offerPush() {
  const isAble =
    window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!isAble) return;
  const form = part("push-form");
  const isPhone = matchMedia("(pointer: coarse)").matches;
  part("device-name").value = isPhone ? form.dataset.phone : form.dataset.computer;
  part("push-unable").hidden = true;
  part("push-able").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    turnOn(form);
  });
}

async function turnOn(form) {
  part("push-denied").hidden = part("push-failed").hidden = true;
  if ((await Notification.requestPermission()) !== "granted") {
    part("push-denied").hidden = false;
    return;
  }
  try {
    const { endpoint, keys } = (await subscribed(form.dataset.key)).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    part("push-failed").hidden = false;
  }
}

async function subscribed(key) {
  // Its scope is its own folder: it never stands between the app's pages and the network.
  const registration = await navigator.serviceWorker.register(WORKER);
  await active(registration);
  // A subscription for an earlier key of the server would be of no use.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function active(registration) {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  return new Promise((resolve) => {
    const look = () => worker.state === "activated" && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}

guessZone();
offerPush();
