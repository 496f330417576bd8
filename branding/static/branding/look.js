// Colours that are proposed fill in the form without loading the page anew; the preview and the contrast follow.

document.querySelector("#check-contrast").hidden = true;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use]");
  if (!button) return;
  event.preventDefault();
  for (const [name, color] of new URLSearchParams(button.value)) {
    const text = button.form.elements[name];
    text.value = color;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
