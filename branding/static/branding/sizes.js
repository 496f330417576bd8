// A picture that is too large is refused when it is chosen, by itself or with the others: what has more than 5 MiB would be
// answered by a page on which the rest of the form isn't.

const KILOBYTE = 1024;
const TOGETHER = 4800 * KILOBYTE;

function inKilobytes(size) {
  return `${Math.ceil(size / KILOBYTE).toLocaleString(document.documentElement.lang)} KB`;
}

function judge(input) {
  const size = input.files[0]?.size ?? 0;
  const others = [...input.form.querySelectorAll("[data-most-bytes]")].filter((each) => each !== input);
  const taken = others.reduce((sum, each) => sum + (each.files[0]?.size ?? 0), 0);
  const most = Math.min(Number(input.dataset.mostBytes), TOGETHER - taken);
  input.closest(".field").querySelector("[data-too-large]")?.remove();
  if (size <= most) return;
  input.value = "";
  const said = document.createElement("div");
  said.className = "field-error";
  said.dataset.tooLarge = "";
  said.setAttribute("role", "alert");
  said.textContent = document.body.dataset.fileTooLarge
    .replace("{size}", inKilobytes(size))
    .replace("{most}", inKilobytes(most));
  input.after(said);
}

for (const input of document.querySelectorAll("[data-most-bytes]")) input.addEventListener("change", () => judge(input));
