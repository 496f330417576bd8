// Shows where a sentence stands: whoever is at its box sees the page it is on, and there the sentence itself.

const form = document.querySelector("#branding-form");
const page = document.querySelector("[name=preview_page]");
const stage = document.querySelector(".preview-stage");
const filter = document.querySelector(".words-filter");
const nowhere = document.querySelector("#shown-nowhere");
let box = null;
let pages = [];
let known;

// On which pages each sentence is. It is asked once, at the first box; without an answer the preview stays as it is.
function pagesBySentence() {
  known ??= fetch(form.dataset.samples).then((answer) => answer.json()).catch(() => ({}));
  return known;
}

// As it is typed: pages have other blanks, and characters that keep words whole (branding/words/slots.py).
function plain(text) {
  return text.replace(/\s+/g, " ").replaceAll("\u2011", "-").replaceAll("\u2060", "");
}

// The longest piece of the sentence between its places, by which it is found again.
function longestPiece() {
  const pieces = plain(box.value || box.dataset.before).split(/\{\w+\}/).map((piece) => piece.trim());
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
}

// In the frame alone: the page around it stays where somebody types.
function bringIntoSight(element, view) {
  const { top, height } = element.getBoundingClientRect();
  view.scrollBy(0, top + (height - view.innerHeight) / 2);
}

// Who reads it: a text; or what a sentence names, or has in store for a script, as far as there is anything to see of it.
function placeOf(piece, frame) {
  const texts = frame.createTreeWalker(frame.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (plain(texts.currentNode.data).includes(piece)) return texts.currentNode.parentElement;
  const holds = (each) => [...each.attributes].some(({ value }) => plain(value).includes(piece));
  let place = [...frame.body.querySelectorAll("*")].find(holds);
  while (place && !place.getClientRects().length) place = place.parentElement;
  return place;
}

function mark() {
  const frame = stage.querySelector("iframe:not(.is-coming)")?.contentDocument;
  if (!frame?.body || !box) return;
  for (const marked of frame.querySelectorAll("[data-marked]")) {
    marked.style.outline = "";
    delete marked.dataset.marked;
  }
  const piece = pages.includes(page.value) && longestPiece();
  const place = piece && placeOf(piece, frame);
  if (!place) return;
  place.style.outline = "2px solid #d33682";
  place.style.outlineOffset = "3px";
  place.dataset.marked = "";
  bringIntoSight(place, frame.defaultView);
}

// Whoever looks at a page that the sentence is on stays there.
async function show(focused) {
  box = focused;
  pages = [];
  const found = (await pagesBySentence())[focused.name] ?? [];
  if (box !== focused) return;
  pages = found;
  nowhere.hidden = pages.length > 0;
  if (pages.length && !pages.includes(page.value)) {
    page.value = pages.includes(form.dataset.sample) ? form.dataset.sample : pages[0];
    page.dispatchEvent(new Event("change"));
  } else mark();
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea[data-before]")) show(event.target);
});

// A frame's load doesn't bubble; it can be caught on its way down, before the new frame has taken its place.
stage.addEventListener("load", () => setTimeout(mark), true);
for (const choice of filter.querySelectorAll("select")) choice.addEventListener("change", () => filter.requestSubmit());
