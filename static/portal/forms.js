// What is typed isn't lost: a form that was sent shows that it is working, and isn't sent twice; the browser asks before a
// page with unsaved changes is left; and what was sent after the session had ended is there again after the sign-in.

const DRAFT = "draft";
const UNSENT = "unsent";
// Forms that ask for a name before something is deleted have nothing to lose.
const forms = [...document.querySelectorAll('form[method="post"]:not([data-keeps-nothing])')];
const shown = new Map(forms.map((form) => [form, stateOf(form)]));
let sent = null;

function isMark(control) {
  return control.type === "checkbox" || control.type === "radio";
}

// Every control in its order, so that rows which were moved count as well. What chooses the preview is saved nowhere.
function stateOf(form) {
  const controls = [...form.elements].filter((control) => control.name && !control.name.startsWith("preview_"));
  return JSON.stringify(controls.map((control) => [control.name, isMark(control) ? control.checked : control.value]));
}

function wouldLose() {
  if (!sent && document.querySelector("[data-unsaved]")) return true;
  return forms.some((form) => form !== sent && stateOf(form) !== shown.get(form));
}

function beginAfresh() {
  sent = null;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  form.dataset.sent = "";
  sent = form;
  event.submitter?.setAttribute("aria-busy", "true");
  // The answer is a file, so the page stays.
  if (form.classList.contains("downloads")) setTimeout(beginAfresh, 1000);
  keep(form);
});

// A page restored by "back" starts afresh; one that is still loading when its form is sent doesn't.
window.addEventListener("pageshow", ({ persisted }) => persisted && beginAfresh());

window.addEventListener("beforeunload", (event) => {
  if (!wouldLose()) return;
  event.preventDefault();
  // Only happens to a page on which its reader chose to stay.
  setTimeout(beginAfresh, 1000);
});

// The draft stays in this tab until the next page of the portal, and is its own administrator's. Never a password, another
// secret or a file; of what is hidden, only the state which the form was about.
const { administrator } = document.body.dataset;
function keep(form) {
  const index = forms.indexOf(form);
  if (index < 0) return;
  const kept = [...form.elements].filter(
    (control) => control.name === "seen" || (control.name && !isNeverKept(control) && !["hidden", "submit"].includes(control.type)),
  );
  const values = kept.map((control) => [control.name, isMark(control) ? control.checked : control.value]);
  const lost = [...form.elements].filter((control) => isNeverKept(control) && control.value).map(labelOf);
  sessionStorage.setItem(DRAFT, JSON.stringify({ administrator, path: location.pathname, index, values, lost }));
}

function isNeverKept({ type, dataset }) {
  return ["password", "file"].includes(type) || "secret" in dataset;
}

function labelOf(control) {
  return control.labels[0]?.firstChild.textContent.trim() || control.getAttribute("aria-label") || control.name;
}

function takeDraft() {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
  sessionStorage.removeItem(DRAFT);
  const address = new URL(location.href);
  if (!address.searchParams.has(UNSENT)) return null;
  address.searchParams.delete(UNSENT);
  history.replaceState(history.state, "", address);
  return draft?.path === location.pathname && draft.administrator === administrator ? draft : null;
}

function restore({ index, values, lost }) {
  const places = new Map();
  for (const [name, value] of values) {
    const place = places.get(name) ?? 0;
    places.set(name, place + 1);
    const control = [...forms[index].elements].filter((each) => each.name === name)[place];
    if (!control) continue;
    if (isMark(control)) control.checked = value;
    else control.value = value;
  }
  const notice = document.querySelector("#unsent-notice").content.cloneNode(true);
  const again = notice.querySelector("[data-lost]");
  again.hidden = !lost.length;
  again.querySelector("b").textContent = lost.join(", ");
  document.querySelector(".page-head").after(notice);
}

const draft = takeDraft();
if (draft && forms[draft.index]) restore(draft);
