// Sends a file in pieces, one after the other, each again if it doesn't arrive; whoever comes back goes on where it stopped.

const TRIES = 6;
const area = document.querySelector("[data-upload]");
const form = area.querySelector("form");
const file = form.querySelector('input[type="file"]');
const progress = area.querySelector(".upload-progress");
const bar = progress.querySelector("progress");
const status = progress.querySelector("p");
const words = area.querySelector(".upload-words").dataset;
const pieceBytes = Number(area.dataset.pieceBytes);

function say(sentence, isWrong = false) {
  status.textContent = sentence;
  status.classList.toggle("is-wrong", isWrong);
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function token() {
  return form.querySelector('[name="csrfmiddlewaretoken"]').value;
}

async function post(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), ...headers } });
  const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
  return { isDone: answer.ok && !answer.redirected, ...told };
}

// What is refused in words stays refused; what broke off, or waits its turn, is tried again.
async function insist(url, piece) {
  for (let tried = 0; ; tried += 1) {
    try {
      const told = await post(url, piece, { "Content-Type": "application/octet-stream" });
      if (told.isDone || told.problem || tried === TRIES) return told;
    } catch (error) {
      if (tried === TRIES) throw error;
    }
    await sleep(500 * 2 ** tried);
  }
}

async function begin(chosen) {
  if (area.dataset.url) {
    if (chosen.size !== Number(area.dataset.size)) return { problem: words.another };
    return { isDone: true, url: area.dataset.url };
  }
  return post(area.dataset.begin, new URLSearchParams({ name: chosen.name, size: String(chosen.size) }));
}

async function upload(chosen) {
  const { isDone, url, problem } = await begin(chosen);
  if (!isDone) return problem ?? words.signedOut;
  const pieces = Math.ceil(chosen.size / pieceBytes);
  for (let number = Number(area.dataset.next ?? 0); number < pieces; number += 1) {
    const told = await insist(`${url}pieces/${number}`, chosen.slice(number * pieceBytes, (number + 1) * pieceBytes));
    if (!told.isDone) return told.problem ?? words.brokeOff;
    bar.value = (number + 1) / pieces;
    say(`${words.uploaded} ${Math.floor(bar.value * 100)} %`);
  }
  // Nothing is lost by leaving now, so the browser doesn't ask.
  form.reset();
  location.assign(url);
  return "";
}

form.addEventListener(
  "submit",
  async (event) => {
    const chosen = file.files[0];
    if (!chosen) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    progress.hidden = false;
    say(words.uploading);
    let problem = "";
    try {
      problem = await upload(chosen);
    } catch {
      problem = words.brokeOff;
    }
    if (problem) {
      say(problem, true);
      button.disabled = false;
    }
  },
  { capture: true },
);
