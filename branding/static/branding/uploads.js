// A form with pictures says how much of them has arrived. The answer to it names the page to go on to; whatever else is
// answered, the form is sent once more as if there were no script, and shows what is wrong. Loaded after forms.js, which takes
// it as sent, and stops what is pressed twice.

const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function send(form, submitter) {
  const told = document.createElement("div");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  told.className = "uploading";
  words.setAttribute("role", "status");
  bar.setAttribute("aria-hidden", "true");
  told.append(bar, words);
  form.querySelector(".save-bar").append(told);

  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
    words.textContent = form.dataset.uploading.replace("{share}", share.format(loaded / total));
  });
  request.addEventListener("load", () => {
    if (request.response?.to) location.assign(request.response.to);
    else sendPlainly(form, submitter);
  });
  request.addEventListener("error", () => sendPlainly(form, submitter));
  request.send(new FormData(form, submitter));
}

function sendPlainly(form, submitter) {
  if (submitter?.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(pressed);
  }
  form.submit();
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  // The preview, and colours that are taken, are asked for by other buttons.
  const isOther = submitter?.hasAttribute("formaction");
  if (event.defaultPrevented || isOther || form.dataset.uploading === undefined) return;
  if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
  event.preventDefault();
  send(form, submitter);
});
