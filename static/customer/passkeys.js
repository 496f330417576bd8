// Asks the browser for a passkey, or has it make one, and sends what it answers with the form. What goes wrong is said in
// words, and every other way on the page stays.
const RENEWED_AFTER = 8 * 60 * 1000; // What a page asks for is good for ten minutes.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (each) => String.fromCharCode(each)).join(""))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const described = (keys) => keys.map((key) => ({ ...key, id: toBytes(key.id) }));

function optionsOf(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  if (options.allowCredentials) options.allowCredentials = described(options.allowCredentials);
  if (options.excludeCredentials) options.excludeCredentials = described(options.excludeCredentials);
  return options;
}

// As JSON (Web Authentication Level 3, section 5.1): what few browsers write by themselves yet.
function written({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((part) => response[part]).map((part) => [part, toText(response[part])]);
  return JSON.stringify({ id, rawId: toText(rawId), type, response: Object.fromEntries(told) });
}

function begin(form) {
  const { passkey: kind, cancelled, exists, failed, autofill } = form.dataset;
  const button = form.querySelector("button");
  const notice = form.querySelector(".notice");
  const token = form.elements.namedItem("token");
  const answer = form.elements.namedItem("answer");
  let loadedAt = Date.now();
  let pending = null;

  const tell = (text) => {
    notice.textContent = text;
  };
  const send = (credential) => {
    answer.value = written(credential);
    form.requestSubmit();
  };
  // The same page once more, of which nothing is taken but what it asks for by now.
  const renew = async () => {
    if (Date.now() - loadedAt < RENEWED_AFTER) return;
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const fresh = page.querySelector("form[data-passkey]");
    if (!fresh) return;
    form.dataset.options = fresh.dataset.options;
    token.value = fresh.elements.namedItem("token").value;
    loadedAt = Date.now();
  };
  // One call at a time: the one that waits in the list below the address is called off before another one.
  const callOff = async () => {
    pending?.control.abort();
    await pending?.done;
    pending = null;
  };
  const waitInList = async () => {
    if (autofill === undefined || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    await callOff();
    const control = new AbortController();
    const wake = setTimeout(() => { renew().then(waitInList); }, RENEWED_AFTER + 1000);
    const done = navigator.credentials.get({ publicKey: optionsOf(form), mediation: "conditional", signal: control.signal })
      .then(send, () => {}).finally(() => clearTimeout(wake));
    pending = { control, done };
  };
  const ask = async () => {
    tell("");
    try {
      await callOff();
      await renew();
      const publicKey = optionsOf(form);
      const options = { publicKey };
      send(await (kind === "create" ? navigator.credentials.create(options) : navigator.credentials.get(options)));
    } catch ({ name }) {
      tell(name === "InvalidStateError" ? exists : ["NotAllowedError", "AbortError"].includes(name) ? cancelled : failed);
      waitInList();
    }
  };

  for (const each of form.querySelectorAll("[hidden]")) each.hidden = false;
  button.addEventListener("click", ask);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) waitInList(); });
  waitInList();
}

const form = document.querySelector("form[data-passkey]");
if (form && window.PublicKeyCredential) begin(form);
else if (form && form.dataset.autofill === undefined) form.querySelector(".notice").textContent = form.dataset.unknown;

// The browser forgets a key that nobody here has any more, where it can.
if (form?.dataset.gone) {
  const { rpId } = JSON.parse(form.dataset.options);
  window.PublicKeyCredential?.signalUnknownCredential?.({ rpId, credentialId: form.dataset.gone }).catch(() => {});
}
const accepted = document.querySelector("[data-accepted]")?.dataset.accepted;
if (accepted) window.PublicKeyCredential?.signalAllAcceptedCredentials?.(JSON.parse(accepted)).catch(() => {});
