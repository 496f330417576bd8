// A picture that is too large is refused when it is chosen: what has more than 1 MiB would be answered by a page on which
// the rest of the form isn't.

const KILOBYTE = 1024;

function inKilobytes(size) {
  return `${Math.ceil(size / KILOBYTE).toLocaleString(document.documentElement.lang)} KB`;
}

function judge(input) {
  const size = input.files[0]?.size ?? 0;
  const most = Number(input.dataset.mostBytes);
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
