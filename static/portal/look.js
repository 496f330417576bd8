// The switch for light and dark, without loading the page anew: what was typed into a form stays. It comes before
// forms.js, which leaves a form alone that isn't sent in the usual way.

const dark = document.getElementById("dark-colors");

function show(chosen) {
  dark.media = chosen.dataset.media;
  document.documentElement.dataset.look = chosen.value;
  for (const button of document.querySelectorAll("[data-look-switch] button")) {
    button.setAttribute("aria-pressed", button.value === chosen.value);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-look-switch]");
  if (!form) return;
  event.preventDefault();
  show(event.submitter);
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual", keepalive: true });
});
