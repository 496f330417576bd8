// Logs: times in the reader's zone, and what has come since the list was read.

const LOOK_EVERY_MS = 2000;
const LOOKS_FOR_MS = 10 * 60 * 1000;
const LIVE = "logs-live";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const clock = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

function tellTimes(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) {
    const moment = new Date(time.dateTime);
    time.textContent = clock.format(moment);
    time.title = `${time.dateTime.slice(0, 19).replace("T", " ")} UTC`;
  }
  for (const note of root.querySelectorAll("[data-zone-note]")) note.textContent = note.dataset.zoneNote.replace("#", zone);
  const live = root.querySelector("[data-live]");
  if (live) live.checked = sessionStorage.getItem(LIVE) === "on";
}

for (const input of document.querySelectorAll("[data-zone]")) input.value = zone;

// Whoever filters gets an address that says what they filter by, and nothing else.
for (const form of document.querySelectorAll(".log-filters form")) {
  form.addEventListener("submit", () => {
    const hasTimes = form.elements.since.value || form.elements.until.value;
    for (const field of form.elements) {
      if (field.name && (!field.value || (field.name === "zone" && !hasTimes))) field.disabled = true;
    }
  });
}

let since = Date.now();

function look() {
  const newer = document.getElementById("newer");
  if (!newer || document.hidden) return;
  if (Date.now() - since > LOOKS_FOR_MS) {
    newer.textContent = newer.dataset.over;
    return;
  }
  const list = document.getElementById("list");
  const link = newer.querySelector("a");
  if (link && sessionStorage.getItem(LIVE) === "on" && !list.querySelector("table:hover")) link.click();
  else globalThis.htmx.trigger(newer, "look");
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-live]")) return;
  sessionStorage.setItem(LIVE, event.target.checked ? "on" : "off");
  since = Date.now();
});

document.addEventListener("htmx:afterSettle", () => tellTimes(document));
tellTimes(document);
setInterval(look, LOOK_EVERY_MS);
