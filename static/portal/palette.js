// The palette: search over everything by keyboard. What is found comes from the server; without a script the link that
// opens it leads to a page that does the same.

const palette = document.getElementById("palette");
const input = palette.querySelector("[type=search]");
const found = document.getElementById("palette-found");
const slash = palette.querySelector("[data-palette-slash]");
const NO_SLASH = "no-slash";
const links = () => [...found.querySelectorAll("a")];

// Whoever speaks to their browser, or rests a hand on the keyboard, can do without "/" (WCAG 2.1.4).
slash.checked = !localStorage.getItem(NO_SLASH);
slash.addEventListener("change", () => {
  if (slash.checked) localStorage.removeItem(NO_SLASH);
  else localStorage.setItem(NO_SLASH, "1");
});

function open() {
  if (palette.open) return;
  palette.showModal();
  input.select();
  input.dispatchEvent(new Event("opened"));
}

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const isSlash = event.key === "/" && slash.checked && !event.ctrlKey && !event.metaKey && !isTyping(event.target);
  if (!isK && !isSlash) return;
  event.preventDefault();
  if (isK && palette.open) palette.close();
  else open();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-palette-open]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open();
  }
  if (event.target === palette || event.target.closest("[data-palette-close]")) palette.close();
});

function step(by) {
  const all = links();
  const place = all.indexOf(document.activeElement) + by;
  if (place < 0 || all.length === 0) input.focus();
  else all[Math.min(place, all.length - 1)].focus();
}

palette.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    step(steps[event.key]);
  } else if (event.key === "Escape") {
    // A search box would be emptied first.
    event.preventDefault();
    palette.close();
  } else if (event.target.closest("#palette-found") && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    // Whoever types on goes on typing.
    input.focus();
  }
});

// Enter opens the first row of what is typed. While that is still on its way, the page of the search answers instead.
palette.querySelector("form").addEventListener("submit", (event) => {
  const [first] = links();
  if (!first || found.dataset.query !== input.value) return;
  event.preventDefault();
  first.click();
});

// Who is in the list already stays there when a late answer replaces it.
let place = -1;
found.addEventListener("htmx:beforeSwap", () => {
  place = links().indexOf(document.activeElement);
});

found.addEventListener("htmx:afterSwap", () => {
  const number = links().length;
  if (place >= 0) (links()[Math.min(place, number - 1)] ?? input).focus();
  found.dataset.query = input.value;
  document.getElementById("page-status").textContent = number === 1 ? found.dataset.oneFound : found.dataset.manyFound.replace("#", number);
});

// What is found may be on this very page.
found.addEventListener("click", (event) => {
  if (event.target.closest("a")) palette.close();
});
