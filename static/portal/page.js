// Small comforts of every page: exact times in the reader's zone, notices that close, menus that close on Escape.

function showLocalTimes(root) {
  const exact = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "long" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = exact.format(new Date(time.dateTime));
  }
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".notice").remove();
  for (const menu of document.querySelectorAll("details:is(.switcher, .choices)[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details:is(.switcher, .choices, .phone-menu)[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Of more tabs than a phone has room for, the one that is open can be seen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.parentElement.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// Whoever types quickly may have begun before the scripts were there: those hear of it once they are. Where a list is
// searched by what is typed, an `input` that changes nothing since then is passed over, so it is a `search`.
window.addEventListener("load", () => {
  for (const control of document.querySelectorAll("main :is([type=text], [type=search], textarea)")) {
    const happens = control.type === "search" ? "search" : "input";
    if (control.value !== control.defaultValue) control.dispatchEvent(new Event(happens, { bubbles: true }));
  }
});

document.addEventListener("htmx:afterSwap", (event) => showLocalTimes(event.target));
showLocalTimes(document);
