// Says in words what became of the entries that were kept on this device.

/** Show the words of one state; nothing is said where nothing waited. The line itself stays, so that
 * a screen reader hears it change. */
export function show(line, state) {
  const words = line.querySelectorAll("[data-when]");
  const shown = [...words].filter((one) => one.dataset.when.split(" ").includes(state));
  for (const one of words) one.hidden = !shown.includes(one);
  line.querySelector(".notice").hidden = shown.length === 0;
}
