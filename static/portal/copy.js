// Buttons with data-copy put that text on the clipboard and say so, to eyes and to screen readers.

const SHOWN_FOR_MS = 2000;

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const status = document.getElementById("page-status");
  button.dataset.copied = "";
  status.textContent = status.dataset.copiedWords;
  setTimeout(() => {
    delete button.dataset.copied;
    status.textContent = "";
  }, SHOWN_FOR_MS);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button);
});
