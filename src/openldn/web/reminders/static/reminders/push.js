// A service worker that shows the evening's reminder, and does nothing else.

addEventListener("push", (event) => {
  const words = event.data?.text() || "Your evening note is open";
  // One tag: a second reminder takes the place of the first and makes no second sound.
  event.waitUntil(registration.showNotification(words, { tag: "evening" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow("/"));
});
