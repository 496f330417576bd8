// The preview follows the form: after a pause in typing, the draft is posted into a new frame that replaces the old one
// once it is loaded. A new frame each time leaves no entry in the browser's history, and nothing flickers.

const PAUSE = 350;
const form = document.querySelector("#branding-form");
const button = document.querySelector("#update-preview");
const stage = document.querySelector(".preview-stage");
const preview = document.querySelector(".preview");
const phone = document.querySelector("#width-phone");
let shown = stage.querySelector("iframe");
let count = 0;
let waiting;

function update() {
  clearTimeout(waiting);
  const coming = shown.cloneNode();
  count += 1;
  coming.removeAttribute("src");
  coming.name = `preview-frame-${count}`;
  coming.className = "is-coming";
  stage.querySelector("iframe.is-coming")?.remove();
  stage.append(coming);
  coming.addEventListener("load", () => show(coming));
  post(coming.name);
}

// form.submit() asks no questions and raises no event: the form isn't marked as sent, and half a value is no error.
function post(target) {
  const { action, target: before } = form;
  form.action = button.formAction;
  form.target = target;
  form.submit();
  form.action = action;
  form.target = before;
}

function show(coming) {
  if (coming.contentWindow.location.href === "about:blank") return;
  coming.contentWindow.scrollTo(0, shown.contentWindow?.scrollY ?? 0);
  coming.className = "";
  shown.remove();
  shown = coming;
}

function fit() {
  const [width, height] = phone.checked ? [390, 780] : [1100, 780];
  const room = Math.max(0.5, (window.innerHeight - 160) / height);
  stage.style.setProperty("--scale", Math.min(1, preview.clientWidth / width, room));
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(update, PAUSE);
}

form.addEventListener("input", soon);
for (const control of preview.querySelectorAll("select, [name=preview_scheme]")) control.addEventListener("change", update);
for (const control of preview.querySelectorAll("[name=preview_width]")) control.addEventListener("change", fit);
button.addEventListener("click", (event) => {
  event.preventDefault();
  update();
});
button.hidden = true;
// What was sent and isn't saved is in the form: the page in the frame, asked for by its address, doesn't have it.
if ("unsaved" in form.dataset) update();
if (window.innerWidth < 600) phone.checked = true;
new ResizeObserver(fit).observe(preview);

// A picker and its text stand for the same colour; the text is what is sent, and may be empty.
for (const picker of document.querySelectorAll("[data-picks]")) {
  const text = document.getElementById(picker.dataset.picks);
  picker.addEventListener("input", () => {
    text.value = picker.value;
  });
  text.addEventListener("input", () => {
    const color = text.value || text.placeholder;
    if (/^#[0-9a-f]{6}$/i.test(color)) picker.value = color.toLowerCase();
  });
}
