// Small comforts. Every page works without them.
document.documentElement.classList.add("scripted");

for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const { show, hide } = button.dataset;
  button.addEventListener("click", () => {
    const isHidden = input.type === "password";
    input.type = isHidden ? "text" : "password";
    input.classList.toggle("revealed", isHidden);
    button.textContent = isHidden ? hide : show;
    button.setAttribute("aria-pressed", String(isHidden));
    input.focus();
  });
  // A password manager and the browser's own memory expect a password field.
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

for (const button of document.querySelectorAll("button[data-wait]")) {
  const text = button.textContent;
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace("00", String(left)) : text;
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}

// A second press while the first is on its way would only be told that it came late.
for (const form of document.querySelectorAll("form.step")) {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener("pageshow", () => { isSent = false; });
}

const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) wrong.focus();

const languages = document.querySelector("details.languages");
addEventListener("keydown", (event) => { if (event.key === "Escape" && languages) languages.open = false; });
addEventListener("click", (event) => { if (languages && !languages.contains(event.target)) languages.open = false; });
