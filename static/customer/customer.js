// Small comforts. Every page works without them.
document.documentElement.classList.add("scripted");

for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const { show, hide, showName, hideName } = button.dataset;
  button.addEventListener("click", () => {
    const isHidden = input.type === "password";
    input.type = isHidden ? "text" : "password";
    input.classList.toggle("revealed", isHidden);
    button.textContent = isHidden ? hide : show;
    button.setAttribute("aria-label", isHidden ? hideName : showName);
    input.focus();
  });
  // A password manager and the browser's own memory expect a password field.
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

// How strong a password is, as the page says it when it is sent (accounts/credentials/guessable.py): by how many of its
// characters don't follow from the one before, and of how many kinds they are.
const ROWS = "qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn 1234567890".split(" ");

function strengthOf(password, least) {
  const all = [...password.toLowerCase()];
  const unit = all.findIndex((_, length) => length > 0 && length <= all.length / 2
    && all.every((character, place) => character === all[place % length]));
  const once = unit > 0 ? all.slice(0, unit) : all;
  const follows = (one, other) => Math.abs(other.codePointAt(0) - one.codePointAt(0)) <= 1
    || ROWS.some((row) => row.includes(one + other) || row.includes(other + one));
  const free = once.filter((character, place) => place === 0 || !follows(once[place - 1], character)).length;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u].filter((kind) => kind.test(password)).length;
  if ([...password].length < least) return 1;
  return 1 + [8, 12, 16].filter((enough) => free + Math.max(0, kinds - 1) >= enough).length;
}

for (const meter of document.querySelectorAll(".strength")) {
  const input = document.getElementById(meter.dataset.of);
  const tell = () => {
    meter.dataset.level = input.value ? strengthOf(input.value, Number(input.minLength)) : 0;
    meter.querySelector("[role=status]").textContent = meter.dataset[meter.dataset.level] ?? "";
  };
  input.addEventListener("input", tell);
  // Somebody may have typed before this ran.
  if (input.value) tell();
}

// Counts down to a moment so many seconds from now.
function countDown(seconds, tell) {
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    tell(left);
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}

for (const button of document.querySelectorAll("button[data-wait]")) {
  const text = button.textContent;
  countDown(Number(button.dataset.wait), (left) => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace("00", String(left)) : text;
  });
}

for (const hint of document.querySelectorAll("[data-expires]")) {
  const { expires, left: words, over } = hint.dataset;
  countDown(Number(expires), (left) => {
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    hint.textContent = left > 0 ? words.replace("0:00", clock) : over;
  });
}

// A second press while the first is on its way would only be told that it came late. When the browser was stopped, which
// nothing tells us but the Escape key, the button comes alive again after a while.
// Who came among too many gets an answer without content, so that the page stays as it is with all that was typed. A cookie
// that begins with the name of the press says in how many seconds to try again, and the page does.
// Without a connection the browser would put a page of its own in the place of what was typed. It may be wrong about that,
// so we ask once.
const SLOW = 5000;
const LOOK_EVERY = 250;
const MOST_TRIES = 12;
const note = document.getElementById("waiting");
note?.setAttribute("role", "status");

function secondsToWait(press) {
  const found = document.cookie.match(new RegExp(`=${press}\\.(\\d+)`));
  return found ? Number(found[1]) : null;
}

for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = null;
  let tries = 0;
  let isReached = false;
  const stopTimers = () => {
    for (const timer of sent?.timers ?? []) clearTimeout(timer);
  };
  const rest = () => {
    stopTimers();
    sent?.button?.removeAttribute("aria-busy");
    sent = null;
  };
  const tell = (text) => {
    if (!note) return;
    form.querySelector(".primary")?.before(note);
    note.textContent = text;
  };
  const calm = () => {
    rest();
    tries = 0;
    tell("");
  };
  const tryAgainIn = (seconds) => {
    tries += 1;
    if (tries > MOST_TRIES) {
      calm();
      tell(note?.dataset.over);
      return;
    }
    stopTimers();
    const { button } = sent;
    button?.setAttribute("aria-busy", "true");
    tell(note?.dataset.waits);
    sent.mayPress = true;
    sent.timers = [setTimeout(() => {
      rest();
      form.requestSubmit(button?.type === "submit" ? button : null);
    }, seconds * 1000)];
  };
  const look = () => {
    const seconds = secondsToWait(sent.press);
    if (seconds === null) sent.timers[1] = setTimeout(look, LOOK_EVERY);
    else tryAgainIn(seconds);
  };
  const tellSlow = () => {
    sent.button?.removeAttribute("aria-busy");
    sent.mayPress = true;
    tell(note?.dataset.waits);
  };
  form.addEventListener("submit", (event) => {
    if (sent && !sent.mayPress) {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine && !isReached) {
      event.preventDefault();
      fetch(location.pathname, { method: "HEAD", redirect: "manual" }).then(() => {
        isReached = true;
        form.requestSubmit(event.submitter);
      }, () => tell(note?.dataset.offline));
      return;
    }
    isReached = false;
    rest();
    const button = event.submitter ?? form.querySelector(".primary");
    const press = Math.random().toString(36).slice(2);
    sent = { button, press, timers: [setTimeout(tellSlow, SLOW), setTimeout(look, LOOK_EVERY)] };
    button?.setAttribute("aria-busy", "true");
  });
  form.addEventListener("formdata", ({ formData }) => {
    if (sent && new URL(form.action).origin === location.origin) formData.append("this-press", sent.press);
  });
  form.addEventListener("input", () => { if (sent?.mayPress) calm(); });
  addEventListener("pageshow", calm);
  addEventListener("online", () => { if (!sent) tell(""); });
  addEventListener("keydown", (event) => { if (event.key === "Escape") calm(); });
}

// Digits of any script; what else was pasted with them is dropped. The last one sends them, once it has been seen. A whole
// mail may hold more digits than the code's: what to make of it is for the server to say.
const code = document.querySelector(".code-field input");
const readCode = () => {
  const digits = code.value.match(/\p{Nd}/gu) ?? [];
  const length = Number(code.dataset.length);
  if (digits.length > length && /\p{L}/u.test(code.value)) return;
  code.value = digits.slice(0, length).join("");
  if (digits.length >= length) setTimeout(() => code.form.requestSubmit(), 250);
};
code?.addEventListener("input", readCode);
// Somebody may have typed before this ran. What was refused, or comes again by back or a refresh, isn't sent.
const cameBy = performance.getEntriesByType("navigation")[0]?.type;
if (code && cameBy === "navigate" && code.value !== code.defaultValue) readCode();

// A link of a mail, pressed in another tab, takes this page's journey on: its address leads away then.
const LOOK_AGAIN = 5000;
const watched = document.querySelector("[data-watch]");
if (watched) {
  const until = Date.now() + Number(watched.dataset.watch) * 1000;
  const moveOn = async () => {
    if (document.hidden || Date.now() > until) return;
    const answer = await fetch(location.pathname, { method: "HEAD", redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") location.replace(location.pathname);
  };
  setInterval(moveOn, LOOK_AGAIN);
  document.addEventListener("visibilitychange", moveOn);
}

const wrong = document.querySelector("[aria-invalid=true]");
wrong?.focus();
wrong?.select?.();

// What was done or refused is told once, not again at a refresh. What answers a form is remembered as a page that is asked
// for: so back and refresh show how things are now, where the browser would ask whether to send the form again.
const { askedAt } = document.querySelector("main").dataset;
const address = new URL(askedAt ?? location.href, location.href);
for (const { dataset } of document.querySelectorAll("[data-told]")) {
  for (const name of dataset.told.split(" ")) address.searchParams.delete(name);
}
if (askedAt || address.href !== location.href) history.replaceState(history.state, "", address);
if (askedAt) addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

// What was refused then stands in its form again, kept in this entry of the browser's history: as long as what the form
// is about, which it names, is as it was. Never a password.
const keeper = document.querySelector("form[data-keeps]");
if (keeper) {
  const isKept = ({ name, type }) => name && !["hidden", "submit", "password"].includes(type);
  const controls = [...keeper.elements].filter(isKept);
  const valueOf = ({ type }) => (["checkbox", "radio"].includes(type) ? "checked" : "value");
  const { about, values } = history.state ?? {};
  const keeps = keeper.dataset.keeps;
  if (askedAt) history.replaceState({ about: keeps, values: controls.map((each) => each[valueOf(each)]) }, "");
  else if (about === keeps && values.length === controls.length) controls.forEach((each, place) => { each[valueOf(each)] = values[place]; });
}
