// Solves the puzzle of the page and sends it. Where that can't be done, the page stays as it is without scripts.
const form = document.querySelector("form[data-puzzle]");
const button = form.querySelector(".primary");
const said = document.getElementById("puzzle-said");
const before = said.textContent;
let isWorking = true;

function giveUp() {
  isWorking = false;
  button.removeAttribute("aria-busy");
  said.textContent = before;
}

form.addEventListener("submit", (event) => {
  if (!isWorking) return;
  // Before anybody else counts it as sent.
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

try {
  const { puzzle: address, salt, digest, most } = form.dataset;
  const worker = new Worker(address, { type: "module" });
  worker.addEventListener("error", giveUp);
  worker.addEventListener("message", ({ data: answer }) => {
    giveUp();
    form.elements.answer.value = answer;
    form.requestSubmit();
  });
  worker.postMessage({ salt, digest, most: Number(most) });
  button.setAttribute("aria-busy", "true");
  said.setAttribute("role", "status");
  said.textContent = said.dataset.working;
} catch {
  giveUp();
}
